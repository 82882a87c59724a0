// SPDX-License-Identifier: Apache-2.0
#include "sources/acled_aggregated.h"

#include <fmt/format.h>

#include <memory>

#include "sources/acled.h"
#include "sources/cell.h"
#include "sources/widening.h"

namespace truce::sources::acled_aggregated {
namespace {

constexpr std::chrono::year earliest{1997};
constexpr std::chrono::year latest{2100};

class Maker {
public:
    Maker(const Header& h, const Context& context, std::optional<DateOrder> order)
        : week_(*h.find("week")),
          country_(*h.find("country")),
          admin1_(*h.find_any({"admin1", "admin_1"})),
          type_(*h.find("event_type")),
          sub_type_(h.find("sub_event_type")),
          fatalities_(*h.find("fatalities")),
          lat_(h.find_any({"centroid_latitude", "latitude"})),
          lon_(h.find_any({"centroid_longitude", "longitude"})),
          lookup_(context),
          order_(order),
          extra_(h, used()) {}

    RowResult operator()(const TableRow& row) {
        Account account;
        account.kind = AccountKind::aggregate;
        auto week = read_date(text_of(row[week_]), order_);
        if (week) week = within(*week, earliest, latest);
        if (!week) return tl::unexpected(fault_at(row, week_, week.error()));
        if (week->first != week->last)
            return tl::unexpected(fault_at(row, week_, "the day on which the week begins"));
        if (std::chrono::weekday{week->first} != std::chrono::Saturday)
            account.remarks.emplace_back("the week does not begin on a Saturday, as ACLED's do");
        account.told.when = {.window = lookup_.days(week->first, week->first + std::chrono::days{6}),
                             .precision = TimePrecision::week};
        auto& place = account.told.place;
        place.admin1 = std::string(text_of(row[admin1_]));
        place.country = std::string(text_of(row[country_]));
        place.precision = place.admin1.empty() ? PlacePrecision::country : PlacePrecision::region;
        if (lat_ && lon_) {
            const auto point = read_point(row, *lat_, *lon_);
            if (!point) return tl::unexpected(point.error());
            place.centre = *point;
        }
        drop_zero_centre(account);
        widen(place, lookup_);
        const auto type = text_of(row[type_]);
        const auto sub_type = sub_type_ ? text_of(row[*sub_type_]) : std::string_view();
        account.act_as_told = std::string(sub_type.empty() ? type : sub_type);
        account.told.act = acled::act_of(type, sub_type).value_or(Act::unknown);
        account.told.parties.roles = Roles::unstated;
        const auto fatalities = read_count(text_of(row[fatalities_]));
        if (!fatalities) return tl::unexpected(fault_at(row, fatalities_, fatalities.error()));
        if (*fatalities) account.told.toll.killed = CountRange::exactly(**fatalities);
        account.key = fmt::format("{} {} {} {}", day_text(week->first), place.country, place.admin1,
                                  account.act_as_told);
        extra_.put(row, account);
        return account;
    }

private:
    [[nodiscard]] std::vector<std::size_t> used() const {
        std::vector<std::size_t> all{week_, country_, admin1_, type_, fatalities_};
        for (const auto& column : {sub_type_, lat_, lon_}) {
            if (column) all.push_back(*column);
        }
        return all;
    }

    std::size_t week_;
    std::size_t country_;
    std::size_t admin1_;
    std::size_t type_;
    std::optional<std::size_t> sub_type_;
    std::size_t fatalities_;
    std::optional<std::size_t> lat_;
    std::optional<std::size_t> lon_;
    Lookup lookup_;
    std::optional<DateOrder> order_;
    ExtraColumns extra_;
};

}  // namespace

bool is_header(const Header& header) {
    return header.has_all({"week", "country", "event_type", "events", "fatalities"}) &&
           header.find_any({"admin1", "admin_1"}).has_value();
}

RowMaker row_maker(const Header& header, const Context& context, std::optional<DateOrder> order) {
    auto maker = std::make_shared<Maker>(header, context, order);
    return [maker](const TableRow& row) { return (*maker)(row); };
}

DateOrderEvidence date_order(const TextTable& table) {
    const auto column = *table.header().find("week");
    DateOrderEvidence evidence;
    table.for_each_row([&](const TableRow& row) { evidence.add(row[column]); });
    return evidence;
}

Source source() {
    auto made = acled::source();
    made.id = "acled-aggregated";
    made.format = "acled-aggregated";
    made.title.by_language["en"] = "ACLED, counts by week and region";
    return made;
}

}  // namespace truce::sources::acled_aggregated
