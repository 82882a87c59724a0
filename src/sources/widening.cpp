// SPDX-License-Identifier: Apache-2.0
#include "sources/widening.h"

#include <chrono>
#include <optional>
#include <string_view>

namespace truce::sources {

Distance radius_for(PlacePrecision precision) {
    switch (precision) {
        case PlacePrecision::exact:
        case PlacePrecision::stated:
            return Distance::km(1);
        case PlacePrecision::town:
            return Distance::km(5);
        case PlacePrecision::near:
            return Distance::km(25);
        case PlacePrecision::district:
            return Distance::km(30);
        case PlacePrecision::line:
            return Distance::km(50);
        case PlacePrecision::region:
            return Distance::km(100);
        case PlacePrecision::elsewhere:
            return Distance::km(200);
        case PlacePrecision::country:
        case PlacePrecision::unknown:
            return Distance::km(500);
    }
    return Distance::km(500);
}

void drop_zero_centre(Account& account) {
    auto& centre = account.told.place.centre;
    if (!centre || centre->lat != 0 || centre->lon != 0) return;
    account.remarks.emplace_back("coordinates 0, 0 are taken as not known");
    centre.reset();
}

void widen(Place& place, Lookup& lookup) {
    std::optional<AreaId> area;
    switch (place.precision) {
        case PlacePrecision::district:
            area = lookup.admin(2, place.admin2);
            break;
        case PlacePrecision::region:
            area = lookup.admin(1, place.admin1);
            break;
        case PlacePrecision::country:
            area = lookup.admin(0, place.country);
            break;
        case PlacePrecision::exact:
        case PlacePrecision::near:
        case PlacePrecision::town:
        case PlacePrecision::line:
        case PlacePrecision::elsewhere:
        case PlacePrecision::stated:
        case PlacePrecision::unknown:
            break;
    }
    if (!place.centre && !area) {
        // Without a point the smallest area that is named is all there is.
        area = lookup.admin(2, place.admin2);
        if (!area) area = lookup.admin(1, place.admin1);
        if (!area) area = lookup.admin(0, place.country);
    }
    place.within = area;
    if (place.centre) place.radius = radius_for(place.precision);
}

DayRange widened(DayRange days, TimePrecision precision) {
    using namespace std::chrono;
    if (days.first != days.last) return days;
    const year_month_day day{days.first};
    switch (precision) {
        case TimePrecision::week: {
            const auto monday = days.first - (weekday{days.first} - Monday);
            return {monday, monday + std::chrono::days{6}};
        }
        case TimePrecision::month:
            return {sys_days{day.year() / day.month() / 1}, sys_days{day.year() / day.month() / last}};
        case TimePrecision::year:
            return {sys_days{day.year() / January / 1}, sys_days{day.year() / December / 31}};
        case TimePrecision::minute:
        case TimePrecision::hour:
        case TimePrecision::day:
        case TimePrecision::days:
        case TimePrecision::unknown:
            return days;
    }
    return days;
}

}  // namespace truce::sources
