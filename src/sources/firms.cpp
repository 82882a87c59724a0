// SPDX-License-Identifier: Apache-2.0
#include "sources/firms.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "sources/cell.h"

namespace truce::sources::firms {
namespace {

using std::chrono::minutes;

/// MODIS on Terra saw its first fires in November 2000.
constexpr std::chrono::year earliest{2000};
constexpr std::chrono::year latest{2100};

/// The width of a pixel straight under the satellite.
constexpr double viirs_pixel_km = 0.375;
constexpr double modis_pixel_km = 1.0;
constexpr double widest_pixel_km = 20.0;

/// Minutes since midnight UTC: `0048`, `48`, `112`, `00:45:00`. Some files drop the zeros in front.
DateResult<minutes> read_overpass(std::string_view text) {
    const bool digits = !text.empty() && text.size() <= 2 &&
                        std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    const auto clock = read_clock(digits ? fmt::format("{:0>4}", text) : std::string(text));
    if (!clock)
        return tl::unexpected(DateFault{DateFault::Kind::malformed, "a time as HHMM or HH:MM, in UTC"});
    return std::chrono::floor<minutes>(clock->since_midnight);
}

class Maker {
public:
    explicit Maker(const Header& h)
        : lat_(*h.find("latitude")),
          lon_(*h.find("longitude")),
          date_(*h.find("acq_date")),
          time_(*h.find("acq_time")),
          scan_(h.find("scan")),
          track_(h.find("track")),
          satellite_(h.find("satellite")),
          type_(h.find("type")),
          pixel_km_(h.has("bright_ti4") ? viirs_pixel_km : modis_pixel_km),
          extra_(h, {lat_, lon_, date_, time_}) {}

    RowResult operator()(const TableRow& row) {
        Account account;
        account.kind = AccountKind::corroboration;
        auto date = read_date(text_of(row[date_]), std::nullopt);
        if (date) date = within(*date, earliest, latest);
        if (!date) return tl::unexpected(fault_at(row, date_, date.error()));
        if (date->first != date->last || date->clock)
            return tl::unexpected(fault_at(row, date_, "a day as YYYY-MM-DD"));
        const auto overpass = read_overpass(text_of(row[time_]));
        if (!overpass) return tl::unexpected(fault_at(row, time_, overpass.error()));
        const sys_seconds at = date->first + *overpass;
        account.told.when = {.window = {at, at + minutes{1}}, .precision = TimePrecision::minute};
        const auto point = read_point(row, lat_, lon_);
        if (!point) return tl::unexpected(point.error());
        if (!*point) return tl::unexpected(fault_at(row, lat_, "the pixel's latitude"));
        auto& place = account.told.place;
        place.centre = *point;
        place.precision = PlacePrecision::stated;
        const auto radius = pixel_radius(row);
        if (!radius) return tl::unexpected(radius.error());
        place.radius = *radius;
        account.act_as_told = "heat seen from space";
        account.told.parties.roles = Roles::unstated;
        account.key = fmt::format("{} {} {} {}", satellite_ ? text_of(row[*satellite_]) : "", utc_text(at),
                                  text_of(row[lat_]), text_of(row[lon_]));
        remark_on_type(row, account);
        extra_.put(row, account);
        return account;
    }

private:
    /// Half the diagonal of the pixel: the point is its centre. Pixels grow towards the edge of the swath.
    [[nodiscard]] tl::expected<Distance, RowFault> pixel_radius(const TableRow& row) const {
        double width = pixel_km_;
        double height = pixel_km_;
        for (const auto& [column, size] : {std::pair{scan_, &width}, std::pair{track_, &height}}) {
            if (!column || text_of(row[*column]).empty()) continue;
            const auto km = parse_real(row[*column]);
            if (!km || *km <= 0 || *km > widest_pixel_km)
                return tl::unexpected(
                    fault_at(row, *column, fmt::format("a pixel's size from 0 to {} km", widest_pixel_km)));
            *size = *km;
        }
        return Distance::km(std::hypot(width, height) / 2);
    }

    void remark_on_type(const TableRow& row, Account& account) const {
        const auto type = type_ ? text_of(row[*type_]) : std::string_view();
        if (type == "1") account.remarks.emplace_back("type 1: an active volcano");
        if (type == "2") account.remarks.emplace_back("type 2: a static source on land, such as a gas flare");
        if (type == "3") account.remarks.emplace_back("type 3: offshore");
    }

    std::size_t lat_;
    std::size_t lon_;
    std::size_t date_;
    std::size_t time_;
    std::optional<std::size_t> scan_;
    std::optional<std::size_t> track_;
    std::optional<std::size_t> satellite_;
    std::optional<std::size_t> type_;
    double pixel_km_;
    ExtraColumns extra_;
};

}  // namespace

bool is_header(const Header& header) {
    return header.has_all({"latitude", "longitude", "acq_date", "acq_time"}) &&
           header.find_any({"frp", "bright_ti4", "brightness", "confidence"}).has_value();
}

RowMaker row_maker(const Header& header, const Context& /*context*/) {
    auto maker = std::make_shared<Maker>(header);
    return [maker](const TableRow& row) { return (*maker)(row); };
}

Source source() {
    Source made;
    made.id = "firms";
    made.format = "firms";
    made.title.by_language["en"] = "NASA FIRMS active fires";
    made.licence = "public domain";
    made.credit =
        "NASA FIRMS (Fire Information for Resource Management System), https://firms.modaps.eosdis.nasa.gov";
    made.republish = Republish::rows;
    return made;
}

}  // namespace truce::sources::firms
