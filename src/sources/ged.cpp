// SPDX-License-Identifier: Apache-2.0
#include "sources/ged.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <memory>

#include "sources/cell.h"
#include "sources/widening.h"

namespace truce::sources::ged {
namespace {

using std::chrono::year;

/// The dataset begins in 1989; no row can lie after this century.
constexpr year earliest{1989};
constexpr year latest{2100};

constexpr std::size_t summary_length = 400;

constexpr std::array<std::string_view, 49> columns_of_23_1{"id",
                                                           "relid",
                                                           "year",
                                                           "active_year",
                                                           "code_status",
                                                           "type_of_violence",
                                                           "conflict_dset_id",
                                                           "conflict_new_id",
                                                           "conflict_name",
                                                           "dyad_dset_id",
                                                           "dyad_new_id",
                                                           "dyad_name",
                                                           "side_a_dset_id",
                                                           "side_a_new_id",
                                                           "side_a",
                                                           "side_b_dset_id",
                                                           "side_b_new_id",
                                                           "side_b",
                                                           "number_of_sources",
                                                           "source_article",
                                                           "source_office",
                                                           "source_date",
                                                           "source_headline",
                                                           "source_original",
                                                           "where_prec",
                                                           "where_coordinates",
                                                           "where_description",
                                                           "adm_1",
                                                           "adm_2",
                                                           "latitude",
                                                           "longitude",
                                                           "geom_wkt",
                                                           "priogrid_gid",
                                                           "country",
                                                           "country_id",
                                                           "region",
                                                           "event_clarity",
                                                           "date_prec",
                                                           "date_start",
                                                           "date_end",
                                                           "deaths_a",
                                                           "deaths_b",
                                                           "deaths_civilians",
                                                           "deaths_unknown",
                                                           "best",
                                                           "high",
                                                           "low",
                                                           "gwnoa",
                                                           "gwnob"};

std::optional<int> small_number(std::string_view text) {
    int value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// Where each column stands; optional ones are missing in some layouts.
struct Columns {
    std::size_t type, side_a, side_b, start, end, best;
    std::optional<std::size_t> id, year, status, side_a_id, side_b_id, article, office, headline, original,
        where_prec, where, adm_1, adm_2, lat, lon, country, clarity, date_prec, deaths_a, deaths_b, civilians,
        deaths_unknown, high, low;

    explicit Columns(const Header& h)
        : type(*h.find("type_of_violence")),
          side_a(*h.find("side_a")),
          side_b(*h.find("side_b")),
          start(*h.find("date_start")),
          end(*h.find("date_end")),
          best(*h.find_any({"best", "best_est"})),
          id(h.find("id")),
          year(h.find("year")),
          status(h.find("code_status")),
          side_a_id(h.find_any({"side_a_new_id", "side_a_id"})),
          side_b_id(h.find_any({"side_b_new_id", "side_b_id"})),
          article(h.find("source_article")),
          office(h.find("source_office")),
          headline(h.find("source_headline")),
          original(h.find("source_original")),
          where_prec(h.find("where_prec")),
          where(h.find("where_coordinates")),
          adm_1(h.find("adm_1")),
          adm_2(h.find("adm_2")),
          lat(h.find_any({"latitude", "lat", "y"})),
          lon(h.find_any({"longitude", "lon", "long", "x"})),
          country(h.find("country")),
          clarity(h.find("event_clarity")),
          date_prec(h.find("date_prec")),
          deaths_a(h.find("deaths_a")),
          deaths_b(h.find("deaths_b")),
          civilians(h.find("deaths_civilians")),
          deaths_unknown(h.find("deaths_unknown")),
          high(h.find_any({"high", "high_est"})),
          low(h.find_any({"low", "low_est"})) {}

    /// Those that an account has a place for, and those that say again what another column says.
    [[nodiscard]] std::vector<std::size_t> used(const Header& h) const {
        std::vector<std::size_t> all{type, side_a, side_b, start, end, best};
        for (const auto& column :
             {id,    year,  side_a_id, side_b_id, article, office,  headline,  original,  where_prec, where,
              adm_1, adm_2, lat,       lon,       country, clarity, date_prec, civilians, high,       low}) {
            if (column) all.push_back(*column);
        }
        for (const auto key : {"geom_wkt", "the_geom", "priogrid_gid", "conflict_dset_id", "dyad_dset_id",
                               "side_a_dset_id", "side_b_dset_id", "source_date", "country_id", "gwnoa",
                               "gwnob", "active_year", "dyad_name", "latitude", "longitude", "x", "y"}) {
            if (const auto column = h.find(key)) all.push_back(*column);
        }
        return all;
    }
};

std::optional<TimePrecision> time_precision(std::string_view code) {
    switch (small_number(code).value_or(0)) {
        case 1:
            return TimePrecision::day;
        case 2:
            return TimePrecision::days;
        case 3:
            return TimePrecision::week;
        case 4:
            return TimePrecision::month;
        case 5:
            return TimePrecision::year;
        default:
            return std::nullopt;
    }
}

std::optional<PlacePrecision> place_precision(std::string_view code) {
    switch (small_number(code).value_or(0)) {
        case 1:
            return PlacePrecision::exact;
        case 2:
            return PlacePrecision::near;
        case 3:
            return PlacePrecision::district;
        case 4:
            return PlacePrecision::region;
        case 5:
            return PlacePrecision::line;
        case 6:
            return PlacePrecision::country;
        case 7:
            return PlacePrecision::elsewhere;
        default:
            return std::nullopt;
    }
}

std::string_view violence(int type) {
    switch (type) {
        case 1:
            return "state-based violence";
        case 2:
            return "non-state violence";
        default:
            return "one-sided violence";
    }
}

/// The dead of two sides, as far as a count of people can hold them.
std::uint32_t both_sides(std::uint32_t a, std::uint32_t b) {
    constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
    return static_cast<std::uint32_t>(std::min(most, std::uint64_t{a} + b));
}

class Maker {
public:
    Maker(const Header& header, const Context& context, std::optional<DateOrder> order)
        : at_(header), lookup_(context), order_(order), extra_(header, at_.used(header)) {}

    RowResult operator()(const TableRow& row) {
        Account account;
        account.key = std::string(cell(row, at_.id));
        if (auto fault = read_when(row, account)) return tl::unexpected(std::move(*fault));
        if (auto fault = read_place(row, account)) return tl::unexpected(std::move(*fault));
        if (auto fault = read_parties(row, account)) return tl::unexpected(std::move(*fault));
        if (auto fault = read_toll(row, account)) return tl::unexpected(std::move(*fault));
        read_words(row, account);
        extra_.put(row, account);
        return account;
    }

private:
    using Fault = std::optional<RowFault>;

    static std::string_view cell(const TableRow& row, std::optional<std::size_t> column) {
        return column ? text_of(row[*column]) : std::string_view();
    }
    /// As `cell`, but nothing where the file writes one of its marks for "not known".
    static std::string_view told(const TableRow& row, std::optional<std::size_t> column) {
        const auto text = cell(row, column);
        return is_missing(text) || text == "-1" ? std::string_view() : text;
    }

    DateResult<DateCell> date(std::string_view text) const {
        const auto read = read_date(text, order_);
        return read ? within(*read, earliest, latest) : read;
    }

    Fault read_when(const TableRow& row, Account& account) {
        const auto start = date(text_of(row[at_.start]));
        if (!start) return fault_at(row, at_.start, start.error());
        const auto end = date(text_of(row[at_.end]));
        if (!end) return fault_at(row, at_.end, end.error());
        if (end->last < start->first) {
            return fault_at(row, at_.end,
                            fmt::format("a day not before date_start, {}", day_text(start->first)));
        }
        DayRange days{start->first, end->last};
        auto precision = days.first == days.last ? TimePrecision::day : TimePrecision::days;
        if (const auto code = told(row, at_.date_prec); !code.empty()) {
            const auto stated = time_precision(code);
            if (!stated) return fault_at(row, *at_.date_prec, "a date precision from 1 to 5");
            if (*stated == TimePrecision::day && days.first != days.last) {
                account.remarks.push_back(
                    fmt::format("date_prec 1 says one day, the dates {} to {} say more: all of them kept",
                                day_text(days.first), day_text(days.last)));
            } else {
                precision = *stated;
            }
        }
        const auto wide = widened(days, precision);
        if (wide != days) {
            account.remarks.push_back(fmt::format("date_prec {} with the one day {}: widened to {} to {}",
                                                  told(row, at_.date_prec), day_text(days.first),
                                                  day_text(wide.first), day_text(wide.last)));
        }
        check_year(row, wide, account);
        account.told.when = {.window = lookup_.days(wide.first, wide.last), .precision = precision};
        return std::nullopt;
    }

    void check_year(const TableRow& row, DayRange days, Account& account) const {
        const auto text = told(row, at_.year);
        const auto stated = small_number(text);
        if (!stated) return;
        const int first = static_cast<int>(std::chrono::year_month_day{days.first}.year());
        const int last = static_cast<int>(std::chrono::year_month_day{days.last}.year());
        if (*stated < first || *stated > last) {
            account.remarks.push_back(
                fmt::format("column year says {}, the dates {} to {}: the dates are used", *stated,
                            day_text(days.first), day_text(days.last)));
        }
    }

    Fault read_place(const TableRow& row, Account& account) {
        auto& place = account.told.place;
        if (at_.lat && at_.lon) {
            const auto point = read_point(row, *at_.lat, *at_.lon);
            if (!point) return point.error();
            place.centre = *point;
        }
        place.name = lookup_.name(told(row, at_.where));
        place.admin1 = lookup_.name(told(row, at_.adm_1));
        place.admin2 = lookup_.name(told(row, at_.adm_2));
        place.country = lookup_.name(told(row, at_.country));
        if (const auto code = told(row, at_.where_prec); !code.empty()) {
            const auto precision = place_precision(code);
            if (!precision) return fault_at(row, *at_.where_prec, "a place precision from 1 to 7");
            place.precision = *precision;
        }
        drop_zero_centre(account);
        widen(place, lookup_);
        return std::nullopt;
    }

    Fault read_parties(const TableRow& row, Account& account) {
        const auto type = small_number(text_of(row[at_.type])).value_or(0);
        if (type < 1 || type > 3) return fault_at(row, at_.type, "a type of violence from 1 to 3");
        auto& parties = account.told.parties;
        parties.attacker =
            lookup_.side(told(row, at_.side_a_id), told(row, at_.side_a), CodeSystem::ucdp, Basis::reported);
        parties.target =
            lookup_.side(told(row, at_.side_b_id), told(row, at_.side_b), CodeSystem::ucdp, Basis::reported);
        // GED names both sides of a fight and does not say which of them began; in one-sided violence it
        // does.
        parties.roles = type == 3 ? Roles::stated : Roles::unstated;
        parties.target_kinds.add(type == 3 ? TargetKind::civilian : TargetKind::combatant);
        account.told.act = Act::attack;
        account.act_as_told = lookup_.name(violence(type));
        return std::nullopt;
    }

    Fault read_toll(const TableRow& row, Account& account) {
        Fault fault;
        const auto count = [&](std::optional<std::size_t> column) -> std::optional<std::uint32_t> {
            if (!column || fault) return std::nullopt;
            const auto read = read_count(text_of(row[*column]));
            if (!read) {
                fault = fault_at(row, *column, read.error());
                return std::nullopt;
            }
            return *read;
        };
        const auto best = count(at_.best);
        const auto low = count(at_.low);
        const auto high = count(at_.high);
        const auto civilians = count(at_.civilians);
        const std::array parts{count(at_.deaths_a), count(at_.deaths_b), civilians,
                               count(at_.deaths_unknown)};
        if (fault) return fault;
        if (const auto any = best ? best : (low ? low : high)) {
            const CountRange killed{low.value_or(*any), *any, high.value_or(*any)};
            account.told.toll.killed = killed;
            if (killed.low > killed.best) {
                account.remarks.push_back(
                    fmt::format("low {} exceeds best {}: kept as they are", killed.low, killed.best));
            }
            if (killed.high < killed.best) {
                account.remarks.push_back(
                    fmt::format("high {} is below best {}: kept as they are", killed.high, killed.best));
            }
        }
        if (civilians) account.told.toll.civilians_killed = CountRange::exactly(*civilians);
        // Sides A and B are combatants; in one-sided violence, whose victims are civilians, side B has none.
        if (parts[0] && parts[1])
            account.told.toll.combatants_killed = CountRange::exactly(both_sides(*parts[0], *parts[1]));
        if (parts[3]) account.told.toll.unknown_killed = CountRange::exactly(*parts[3]);
        std::uint64_t sum = 0;
        for (const auto& part : parts) {
            if (!part) return std::nullopt;
            sum += *part;
        }
        if (best && sum != *best) {
            account.remarks.push_back(
                fmt::format("best {} is not the sum {} of the deaths by side: kept as they are", *best, sum));
        }
        return std::nullopt;
    }

    void read_words(const TableRow& row, Account& account) const {
        auto summary = told(row, at_.headline);
        if (summary.empty()) summary = told(row, at_.article);
        account.summary = clipped(summary, summary_length);
        auto cites = told(row, at_.original);
        if (cites.empty()) cites = told(row, at_.office);
        account.cites = clipped(cites, summary_length);
        if (told(row, at_.clarity) == "2")
            account.remarks.emplace_back("event_clarity 2: a summary of several incidents");
        if (const auto status = told(row, at_.status); !status.empty() && status != "Clear") {
            account.remarks.push_back(
                fmt::format("code_status '{}': the dataset has not settled this row", shown(status)));
        }
    }

    Columns at_;
    Lookup lookup_;
    std::optional<DateOrder> order_;
    ExtraColumns extra_;
};

}  // namespace

bool is_header(const Header& header) {
    return header.has_all({"type_of_violence", "side_a", "side_b", "date_start", "date_end"}) &&
           header.find_any({"best", "best_est"}).has_value();
}

bool is_first_row(std::span<const std::string> cells) {
    if (cells.size() != columns_of_23_1.size()) return false;
    const auto in = [&](std::size_t column, int least, int most) {
        const auto value = small_number(text_of(cells[column]));
        return value && *value >= least && *value <= most;
    };
    constexpr std::size_t id = 0;
    constexpr std::size_t year_column = 2;
    constexpr std::size_t type = 5;
    constexpr std::size_t where_prec = 24;
    constexpr std::size_t date_prec = 37;
    constexpr std::size_t start = 38;
    return parse_integer(cells[id]) && in(year_column, 1989, 2100) && in(type, 1, 3) &&
           in(where_prec, 1, 7) && in(date_prec, 1, 5) &&
           (read_date(cells[start], DateOrder::day_first) || read_date(cells[start], DateOrder::month_first));
}

std::vector<std::string> column_names() {
    return {columns_of_23_1.begin(), columns_of_23_1.end()};
}

RowMaker row_maker(const Header& header, const Context& context, std::optional<DateOrder> order) {
    // std::function copies what it holds; the maker's memory of names is not to be copied with it.
    auto maker = std::make_shared<Maker>(header, context, order);
    return [maker](const TableRow& row) { return (*maker)(row); };
}

DateOrderEvidence date_order(const TextTable& table) {
    const Columns at(table.header());
    DateOrderEvidence evidence;
    table.for_each_row([&](const TableRow& row) {
        evidence.add(row[at.start]);
        evidence.add(row[at.end]);
        const int code = at.date_prec ? small_number(text_of(row[*at.date_prec])).value_or(0) : 0;
        if (code == 1) evidence.add_range(row[at.start], row[at.end], 1);
        if (code == 2 || code == 3) evidence.add_range(row[at.start], row[at.end], 7);
    });
    return evidence;
}

Source source() {
    return {.id = "ucdp-ged",
            .file = {},
            .format = "ucdp-ged",
            .title = {{{"en", "UCDP Georeferenced Event Dataset"}}},
            .licence = "CC BY 4.0",
            .credit =
                "Uppsala Conflict Data Program (UCDP GED); Sundberg and Melander (2013), Journal of Peace "
                "Research 50(4)",
            .version = {},
            .republish = Republish::rows,
            .sha256 = {},
            .warnings = {}};
}

}  // namespace truce::sources::ged
