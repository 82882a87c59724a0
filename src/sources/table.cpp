// SPDX-License-Identifier: Apache-2.0
#include "sources/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <memory>

#include "base/text.h"
#include "geo/coordinates.h"
#include "sources/cell.h"
#include "sources/widening.h"

namespace truce::sources::table {
namespace {

using std::chrono::days;
using std::chrono::seconds;
using std::chrono::year;

/// Outside these years a date in a monitor's table is a sentinel or a slip.
constexpr year earliest{1946};
constexpr year latest{2100};

/// A column by the name that a mapping gives it: `column` or nothing, and how many would fit.
struct Found {
    std::optional<std::size_t> column;
    std::size_t fits = 0;
};

Found column_named(const Header& header, std::string_view name) {
    const auto look = [&](auto&& same) {
        Found found;
        for (std::size_t i = 0; i < header.size(); ++i) {
            if (!same(i)) continue;
            if (!found.column) found.column = i;
            ++found.fits;
        }
        return found;
    };
    if (const auto exact = look([&](std::size_t i) { return trimmed(header.name(i)) == name; }); exact.column)
        return exact;
    const auto key = header_key(name);
    if (key.empty()) return {};
    if (const auto by_key = look([&](std::size_t i) { return header.key(i) == key; }); by_key.column)
        return by_key;
    const auto letters = name_key(name);
    if (letters.empty()) return {};
    return look([&](std::size_t i) { return name_key(header.name(i)) == letters; });
}

/// A rule with its columns found and its words ready to be looked up.
struct Prepared {
    const FieldRule* rule = nullptr;
    std::vector<std::size_t> columns;
    std::unordered_map<std::string, std::string> values;        // by the source's words as they are
    std::unordered_map<std::string, std::string> values_loose;  // by their `name_key`

    [[nodiscard]] explicit operator bool() const { return rule != nullptr; }
    /// The column that a fault of this field is shown at.
    [[nodiscard]] std::optional<std::size_t> column() const {
        return columns.empty() ? std::nullopt : std::optional(columns.front());
    }
    /// What the source's word stands for; nothing where the mapping has no entry for it.
    [[nodiscard]] std::optional<std::string> mapped(std::string_view word) const {
        if (values.empty()) return std::nullopt;
        if (const auto found = values.find(std::string(word)); found != values.end()) return found->second;
        if (const auto found = values_loose.find(name_key(word)); found != values_loose.end())
            return found->second;
        return std::nullopt;
    }
};

Prepared prepared(const FieldRule* rule, const Header& header) {
    Prepared made;
    made.rule = rule;
    if (rule == nullptr) return made;
    for (const auto& name : rule->columns) {
        const auto found = column_named(header, name);
        assert(found.column);
        made.columns.push_back(*found.column);
    }
    for (const auto& [word, value] : rule->values) {
        made.values.emplace(word, value);
        if (auto key = name_key(word); !key.empty()) made.values_loose.emplace(std::move(key), value);
    }
    return made;
}

class Maker {
public:
    Maker(const Header& header, const Mapping& mapping, const Context& context)
        : mapping_(mapping),
          lookup_(context, mapping.zone.value_or(context.zone)),
          areas_(context.areas),
          fields_(prepare(header, mapping)),
          extra_(header, used()) {}

    RowResult operator()(const TableRow& row) {
        Account account;
        account.kind = mapping_.kind;
        account.key = value(row, Field::key);
        if (auto fault = read_when(row, account)) return tl::unexpected(std::move(*fault));
        if (auto fault = read_place(row, account)) return tl::unexpected(std::move(*fault));
        if (auto fault = read_act(row, account)) return tl::unexpected(std::move(*fault));
        if (auto fault = read_parties(row, account)) return tl::unexpected(std::move(*fault));
        if (auto fault = read_toll(row, account)) return tl::unexpected(std::move(*fault));
        account.summary = value(row, Field::summary);
        account.cites = value(row, Field::cites);
        account.url = value(row, Field::url);
        extra_.put(row, account);
        return account;
    }

private:
    using Fault = std::optional<RowFault>;
    using FieldTable = std::array<Prepared, field_count>;

    static FieldTable prepare(const Header& header, const Mapping& mapping) {
        FieldTable fields;
        for (std::size_t i = 0; i < field_count; ++i)
            fields[i] = prepared(mapping.rule(static_cast<Field>(i)), header);
        return fields;
    }

    [[nodiscard]] std::vector<std::size_t> used() const {
        std::vector<std::size_t> all;
        for (const auto& field : fields_) all.insert(all.end(), field.columns.begin(), field.columns.end());
        return all;
    }

    [[nodiscard]] const Prepared& at(Field field) const { return fields_[static_cast<std::size_t>(field)]; }

    [[nodiscard]] bool means_nothing(std::string_view text) const {
        if (mapping_.missing.empty()) return is_missing(text);
        return text.empty() || std::ranges::find(mapping_.missing, text) != mapping_.missing.end();
    }

    /// The field's text as the row has it, before any values are mapped; empty where the row says nothing.
    [[nodiscard]] std::string told(const TableRow& row, Field field) const {
        const auto& prepared = at(field);
        if (!prepared) return {};
        if (prepared.columns.empty()) return prepared.rule->constant;
        std::string joined;
        for (const auto column : prepared.columns) {
            const auto text = text_of(row[column]);
            if (means_nothing(text)) continue;
            if (!joined.empty()) joined += prepared.rule->join;
            joined += text;
        }
        return joined;
    }

    /// What one word of the source stands for.
    [[nodiscard]] static std::string stands_for(const Prepared& prepared, const std::string& word) {
        if (auto mapped = prepared.mapped(word)) return std::move(*mapped);
        return prepared.rule->otherwise.value_or(word);
    }

    [[nodiscard]] std::string value(const TableRow& row, Field field) const {
        const auto word = told(row, field);
        const auto& prepared = at(field);
        if (!prepared) return {};
        if (word.empty()) return prepared.values.empty() ? std::string() : prepared.mapped("").value_or("");
        return stands_for(prepared, word);
    }

    /// The field's values, each mapped by itself, where the mapping gives a separator.
    [[nodiscard]] std::vector<std::string> values(const TableRow& row, Field field) const {
        const auto& prepared = at(field);
        if (!prepared) return {};
        std::vector<std::string> all;
        if (prepared.rule->separator.empty()) {
            if (auto one = value(row, field); !one.empty()) all.push_back(std::move(one));
            return all;
        }
        const auto whole = told(row, field);
        const auto& separator = prepared.rule->separator;
        for (std::size_t from = 0; from <= whole.size();) {
            const auto end = std::min(whole.find(separator, from), whole.size());
            const auto word = std::string(trimmed(std::string_view(whole).substr(from, end - from)));
            if (!word.empty()) {
                if (auto one = stands_for(prepared, word); !one.empty()) all.push_back(std::move(one));
            }
            from = end + separator.size();
        }
        return all;
    }

    [[nodiscard]] RowFault fault(const TableRow& row, Field field, std::string expected) const {
        const auto column = at(field).column();
        if (column) return fault_at(row, *column, std::move(expected));
        return {.found = fmt::format("'{}'", shown(at(field) ? at(field).rule->constant : "")),
                .expected = std::move(expected)};
    }
    [[nodiscard]] RowFault fault(const TableRow& row, Field field, const DateFault& why) const {
        auto made = fault(row, field, why.expected);
        if (why.kind == DateFault::Kind::needs_order) made.kind = RowFault::Kind::needs_date_order;
        return made;
    }

    // When

    static DateResult<DateCell> read_by_form(std::string_view text, DateForm form) {
        switch (form) {
            case DateForm::by_itself:
                return read_date(text, std::nullopt);
            case DateForm::day_first:
                return read_date(text, DateOrder::day_first);
            case DateForm::month_first:
                return read_date(text, DateOrder::month_first);
            case DateForm::compact: {
                const auto day = read_compact_day(text);
                if (!day) return tl::unexpected(day.error());
                return DateCell{.first = *day, .last = *day};
            }
            case DateForm::excel_1900:
                return read_serial_date(text, SerialEpoch::excel_1900);
            case DateForm::excel_1904:
                return read_serial_date(text, SerialEpoch::excel_1904);
            case DateForm::unix_seconds:
                return read_unix_time(text);
        }
        return read_date(text, std::nullopt);
    }

    /// A date field with the clock of its time field; nothing where the row has no such date.
    DateResult<std::optional<DateCell>> date(const TableRow& row, Field field) const {
        const auto text = value(row, field);
        if (text.empty()) return std::optional<DateCell>();
        auto read = read_by_form(text, at(field).rule->form);
        if (read) read = within(*read, earliest, latest);
        if (!read) return tl::unexpected(read.error());
        return std::optional(*read);
    }

    Fault add_clock(const TableRow& row, Field field, DateCell& date) const {
        const auto text = value(row, field);
        if (text.empty()) return std::nullopt;
        const auto clock = read_clock(text);
        if (!clock) return fault(row, field, clock.error());
        if (date.first != date.last) return fault(row, field, "no time of day, since the date is not a day");
        if (date.clock) return fault(row, field, "no second time of day: the date has one");
        date.clock = clock->since_midnight;
        date.clock_unit = clock->unit;
        return std::nullopt;
    }

    Fault read_when(const TableRow& row, Account& account) {
        auto start = date(row, Field::date);
        if (!start) return fault(row, Field::date, start.error());
        if (!*start)
            return fault(row, Field::date, "a date: an account needs a day, a month or a year at least");
        if (auto bad = add_clock(row, Field::time, **start)) return bad;
        auto end = date(row, Field::date_end);
        if (!end) return fault(row, Field::date_end, end.error());
        if (*end) {
            if (auto bad = add_clock(row, Field::time_end, **end)) return bad;
        } else if (at(Field::time_end)) {
            DateCell same_day{.first = (*start)->first, .last = (*start)->last};
            if (auto bad = add_clock(row, Field::time_end, same_day)) return bad;
            if (same_day.clock) *end = same_day;
        }
        return set_when(row, **start, *end, account);
    }

    Fault set_when(const TableRow& row, const DateCell& start, const std::optional<DateCell>& end,
                   Account& account) {
        std::optional<TimePrecision> stated;
        if (const auto word = value(row, Field::date_precision); !word.empty()) {
            stated = time_precision_named(lower_ascii(word));
            if (!stated)
                return fault(row, Field::date_precision,
                             "minute, hour, day, days, week, month, year or unknown");
        }
        const auto last = end.value_or(start);
        if (last.last < start.first)
            return fault(row, Field::date_end,
                         fmt::format("a day not before the first, {}", day_text(start.first)));
        auto& when = account.told.when;
        const bool to_the_clock =
            start.clock && (!end || end->clock) &&
            (!stated || *stated == TimePrecision::minute || *stated == TimePrecision::hour);
        if (to_the_clock) {
            const auto first = instants(start);
            const auto until = end ? instants(*end) : first;
            when.window = {first.first, until.end};
            if (when.window.empty()) return fault(row, Field::time_end, "a time not before the first");
            const bool by_minute = start.clock_unit <= std::chrono::minutes{1} &&
                                   when.window.length() <= std::chrono::minutes{1};
            when.precision = stated.value_or(by_minute ? TimePrecision::minute : TimePrecision::hour);
            if (when.window.length() > std::chrono::hours{3})
                when.precision = stated.value_or(TimePrecision::day);
            if (when.precision == TimePrecision::hour && !end) {
                when.window = {first.first, std::max(first.end, first.first + std::chrono::hours{1})};
            }
            return std::nullopt;
        }
        const DayRange told_days{start.first, last.last};
        auto precision = stated.value_or(usual_precision(told_days));
        // The clock is set aside where it says less than the day does, and where no clock was given at all.
        if (precision == TimePrecision::minute || precision == TimePrecision::hour)
            precision = usual_precision(told_days);
        const auto wide = widened(told_days, precision);
        if (wide != told_days) {
            account.remarks.push_back(fmt::format("known to the {} only: widened to {} to {}",
                                                  name_of(precision), day_text(wide.first),
                                                  day_text(wide.last)));
        }
        when = {.window = lookup_.days(wide.first, wide.last), .precision = precision};
        return std::nullopt;
    }

    static TimePrecision usual_precision(DayRange range) {
        using namespace std::chrono;
        if (range.first == range.last) return TimePrecision::day;
        const year_month_day first{range.first};
        const year_month_day last{range.last};
        const bool whole_months =
            first.day() == day{1} && last == first.year() / first.month() / std::chrono::last;
        if (whole_months) return TimePrecision::month;
        const bool whole_year =
            first.month() == January && first.day() == day{1} && last == first.year() / December / 31;
        return whole_year ? TimePrecision::year : TimePrecision::days;
    }

    /// What the clock's reading may mean: as long as its unit, longer where the clocks were put back over it.
    [[nodiscard]] Period instants(const DateCell& date) const {
        const auto clock = *date.clock;
        const LocalTime local{.day = std::chrono::year_month_day{date.first},
                              .hour = static_cast<int>(clock.count() / 3600),
                              .minute = static_cast<int>(clock.count() / 60 % 60),
                              .second = static_cast<int>(clock.count() % 60),
                              .utc_offset_minutes = date.utc_offset_minutes};
        auto period = lookup_.zone().instants(local);
        period.end += date.clock_unit - seconds{1};
        return period;
    }

    // Where

    Fault read_centre(const TableRow& row, Place& place, Distance& notation) const {
        if (at(Field::coordinates)) {
            const auto text = value(row, Field::coordinates);
            if (text.empty()) return std::nullopt;
            // KoBoToolbox and ODK write "lat lon height accuracy".
            const auto parts = split(text, ' ');
            const bool four_numbers = parts.size() == 4 && std::ranges::all_of(parts, [](auto p) {
                                          return parse_real(p).has_value();
                                      });
            const auto read =
                parse_written_place(four_numbers ? fmt::format("{} {}", parts[0], parts[1]) : text);
            if (!read) return fault(row, Field::coordinates, read.error().message);
            place.centre = read->disc.centre;
            notation = read->disc.radius;
            return std::nullopt;
        }
        if (!at(Field::lat)) return std::nullopt;
        const auto number = [&](Field field, double most) {
            auto text = value(row, field);
            if (mapping_.decimal_comma) std::ranges::replace(text, ',', '.');
            return read_degrees(text, most);
        };
        const auto lat = number(Field::lat, 90);
        if (!lat) return fault(row, Field::lat, lat.error());
        const auto lon = number(Field::lon, 180);
        if (!lon) return fault(row, Field::lon, lon.error());
        if (lat->has_value() != lon->has_value())
            return fault(row, lat->has_value() ? Field::lon : Field::lat,
                         "a number, since the place's other coordinate is given");
        if (*lat) place.centre = Point{.lat = **lat, .lon = **lon};
        return std::nullopt;
    }

    Fault read_place(const TableRow& row, Account& account) {
        auto& place = account.told.place;
        place.name = value(row, Field::place);
        place.admin1 = value(row, Field::admin1);
        place.admin2 = value(row, Field::admin2);
        place.country = value(row, Field::country);
        auto notation = Distance::metres(0);
        if (auto bad = read_centre(row, place, notation)) return bad;
        drop_zero_centre(account);
        if (const auto word = value(row, Field::place_precision); !word.empty()) {
            const auto precision = place_precision_named(lower_ascii(word));
            if (!precision)
                return fault(row, Field::place_precision,
                             "exact, near, town, district, region, line, country, elsewhere or unknown");
            place.precision = *precision;
        } else if (place.centre && !at(Field::place_precision)) {
            place.precision = PlacePrecision::town;
        }
        widen(place, lookup_);
        if (auto bad = read_radius(row, place)) return bad;
        if (place.centre && place.radius < notation) place.radius = notation;
        return read_area(row, place);
    }

    Fault read_radius(const TableRow& row, Place& place) const {
        auto text = value(row, Field::radius_km);
        if (text.empty()) return std::nullopt;
        if (mapping_.decimal_comma) std::ranges::replace(text, ',', '.');
        const auto km = parse_real(ascii_digits(text));
        if (!km || *km < 0 || *km > 2000) return fault(row, Field::radius_km, "a radius from 0 to 2000 km");
        if (!place.centre) return std::nullopt;
        place.radius = Distance::km(*km);
        place.within.reset();
        if (place.precision == PlacePrecision::unknown || !at(Field::place_precision))
            place.precision = PlacePrecision::stated;
        return std::nullopt;
    }

    Fault read_area(const TableRow& row, Place& place) const {
        const auto id = value(row, Field::area);
        if (id.empty()) return std::nullopt;
        const auto versions = areas_.versions_of(id);
        if (versions.empty()) return fault(row, Field::area, "the id of an area of the mission");
        if (versions.size() > 1)
            return fault(row, Field::area,
                         "an area that is drawn once: the mission has several versions of this one");
        place.within = versions.front();
        return std::nullopt;
    }

    // What, who and whom

    Fault read_act(const TableRow& row, Account& account) const {
        account.act_as_told = told(row, Field::act);
        const auto word = value(row, Field::act);
        if (word.empty()) return std::nullopt;
        const auto act = act_named(word);
        if (!act) {
            std::vector<std::string_view> names;
            for (const auto one : all_acts()) names.push_back(name_of(one));
            return fault(row, Field::act,
                         fmt::format("an act, or a word that the mapping's values explain{}",
                                     did_you_mean(word, names)));
        }
        account.told.act = *act;
        return std::nullopt;
    }

    /// What is said to excuse the act, and on whose word: that of the one who did it, unless the row says
    /// otherwise.
    Fault read_excuses(const TableRow& row, Account& account) const {
        auto basis = Basis::claimed;
        if (const auto stated = lower_ascii(value(row, Field::excuse_basis)); !stated.empty()) {
            const auto read = basis_named(stated);
            if (!read)
                return fault(row, Field::excuse_basis, "reported, claimed, assessed, alleged or unknown");
            basis = *read;
        }
        for (const auto& word : values(row, Field::excuse)) {
            const auto kind = exception_kind_named(lower_ascii(word));
            if (!kind) {
                return fault(row, Field::excuse,
                             "a kind of exception (self_defence, prior_notified ...), or a word that the "
                             "mapping's values "
                             "explain");
            }
            account.told.excuses.emplace_back(*kind, basis);
        }
        return std::nullopt;
    }

    /// A side. Several values: any one of them may have been the one.
    Fault read_side(const TableRow& row, Field party, Field basis, Side& side) {
        const auto names = values(row, party);
        side.name = told(row, party);
        const auto stated = value(row, basis);
        if (!stated.empty()) {
            const auto read = basis_named(lower_ascii(stated));
            if (!read) return fault(row, basis, "reported, claimed, assessed, alleged or unknown");
            side.basis = *read;
        }
        Candidates candidates;
        for (const auto& name : names) {
            const auto one = lookup_.side({}, name, CodeSystem::none, Basis::reported);
            candidates.append(one.candidates.begin(), one.candidates.end());
        }
        if (candidates.empty()) {
            side.basis = Basis::unknown;
            return std::nullopt;
        }
        // It was one of them, and nobody says which: no share is invented, and what is missing to 1 is not
        // known.
        if (candidates.size() > 1) {
            for (auto& candidate : candidates) candidate.probability = 0.0;
        }
        side.candidates = std::move(candidates);
        if (stated.empty()) side.basis = Basis::reported;
        return std::nullopt;
    }

    Fault read_parties(const TableRow& row, Account& account) {
        auto& parties = account.told.parties;
        if (auto bad = read_side(row, Field::attacker, Field::attacker_basis, parties.attacker)) return bad;
        if (auto bad = read_side(row, Field::target_party, Field::target_basis, parties.target)) return bad;
        for (const auto& word : values(row, Field::target_kind)) {
            const auto kind = target_kind_named(lower_ascii(word));
            if (!kind)
                return fault(row, Field::target_kind,
                             "a kind of target, or a word that the mapping's values explain");
            parties.target_kinds.add(*kind);
        }
        const auto roles = lower_ascii(value(row, Field::roles));
        if (roles == "unstated") {
            parties.roles = Roles::unstated;
        } else if (!roles.empty() && roles != "stated") {
            return fault(row, Field::roles, "stated or unstated");
        } else if (roles.empty() && account.told.act == Act::attack_armed_clash) {
            parties.roles = Roles::unstated;
        }
        return read_excuses(row, account);
    }

    // How many

    tl::expected<std::optional<std::uint32_t>, RowFault> count(const TableRow& row, Field field) const {
        const auto text = value(row, field);
        if (text.empty()) return std::optional<std::uint32_t>();
        const auto read = read_count(text);
        if (!read) return tl::unexpected(fault(row, field, read.error()));
        return *read;
    }

    struct RangeFields {
        Field low, best, high;
        std::string_view what;
    };

    Fault read_range(const TableRow& row, const RangeFields& fields, std::optional<CountRange>& range,
                     Account& account) const {
        const auto low = count(row, fields.low);
        if (!low) return low.error();
        const auto best = count(row, fields.best);
        if (!best) return best.error();
        const auto high = count(row, fields.high);
        if (!high) return high.error();
        if (!*low && !*best && !*high) return std::nullopt;
        const auto middle = *best ? **best : (*low ? **low : **high);
        range = CountRange{low->value_or(middle), middle, high->value_or(middle)};
        if (!*best)
            account.remarks.push_back(fmt::format("{}: no best figure; {} {} taken for it", fields.what,
                                                  *low ? "low" : "high", middle));
        if (!range->in_order())
            account.remarks.push_back(
                fmt::format("{}: low {}, best {}, high {} are not in order: kept as they are", fields.what,
                            range->low, range->best, range->high));
        return std::nullopt;
    }

    Fault read_toll(const TableRow& row, Account& account) const {
        auto& toll = account.told.toll;
        if (auto bad = read_range(row, {Field::killed_low, Field::killed_best, Field::killed_high, "killed"},
                                  toll.killed, account))
            return bad;
        if (auto bad = read_range(row,
                                  {Field::civilians_killed_low, Field::civilians_killed_best,
                                   Field::civilians_killed_high, "civilians killed"},
                                  toll.civilians_killed, account))
            return bad;
        if (auto bad =
                read_range(row, {Field::injured_low, Field::injured_best, Field::injured_high, "injured"},
                           toll.injured, account))
            return bad;
        struct Part {
            Field field;
            std::optional<CountRange>* count;
        };
        for (const auto& [field, part] : {Part{Field::combatants_killed, &toll.combatants_killed},
                                          Part{Field::unknown_killed, &toll.unknown_killed},
                                          Part{Field::women_killed, &toll.women_killed},
                                          Part{Field::children_killed, &toll.children_killed}}) {
            const auto number = count(row, field);
            if (!number) return number.error();
            if (*number) *part = CountRange::exactly(**number);
        }
        if (toll.killed && toll.civilians_killed && toll.civilians_killed->low > toll.killed->high)
            account.remarks.emplace_back("more civilians killed than killed in all: kept as they are");
        return std::nullopt;
    }

    const Mapping& mapping_;
    Lookup lookup_;
    const AreaRegister& areas_;
    FieldTable fields_;
    ExtraColumns extra_;
};

bool has_every_column(const Header& header, const Mapping& mapping) {
    return std::ranges::all_of(mapping.fields, [&](const auto& field) {
        return std::ranges::all_of(field.second.columns, [&](const std::string& name) {
            return column_named(header, name).column.has_value();
        });
    });
}

}  // namespace

Result<void> check_columns(const Header& header, const Mapping& mapping) {
    for (const auto& [field, rule] : mapping.fields) {
        for (const auto& name : rule.columns) {
            const auto found = column_named(header, name);
            if (!found.column) {
                std::vector<std::string> names(header.names().begin(), header.names().end());
                return failure(
                    {.message = fmt::format("{} is to come from column '{}', which the table does not have{}",
                                            name_of(field), shown(name), did_you_mean(name, names)),
                     .file = mapping.file,
                     .line = rule.line});
            }
            if (found.fits > 1) {
                return failure({.message = fmt::format(
                                    "{} is to come from column '{}', which the table has {} times: give the "
                                    "columns different names",
                                    name_of(field), shown(name), found.fits),
                                .file = mapping.file,
                                .line = rule.line});
            }
        }
    }
    return {};
}

Result<TextTable> with_header(TextTable table, const Mapping& mapping) {
    if (!mapping.column_names.empty() && !table.of_rejects()) {
        table.set_names(mapping.column_names, mapping.column_names.size());
    } else {
        const auto head = table.head();
        std::size_t record = 0;
        if (mapping.preamble_rows && !table.of_rejects()) {
            record = *mapping.preamble_rows;
            if (record >= head.size())
                return failure({.message = fmt::format(
                                    "the mapping says that {} rows precede the header; the file has only {}",
                                    record, head.size()),
                                .file = mapping.file});
        } else {
            while (record < head.size() && !has_every_column(Header(head[record]), mapping)) ++record;
            if (record == head.size()) record = 0;
        }
        table.set_header(record);
    }
    if (const auto fits = check_columns(table.header(), mapping); !fits) return tl::unexpected(fits.error());
    return table;
}

RowMaker row_maker(const Header& header, const Mapping& mapping, const Context& context) {
    auto maker = std::make_shared<Maker>(header, mapping, context);
    return [maker](const TableRow& row) { return (*maker)(row); };
}

Source source(const Mapping& mapping) {
    return {.id = mapping.id,
            .file = {},
            .format = "table",
            .title = mapping.title,
            .licence = mapping.licence,
            .credit = mapping.credit,
            .version = mapping.version,
            .republish = mapping.republish.value_or(Republish::nothing),
            .sha256 = {},
            .warnings = {}};
}

std::vector<std::string> warnings(const Mapping& mapping) {
    std::vector<std::string> all;
    const bool placed = mapping.rule(Field::lat) != nullptr || mapping.rule(Field::coordinates) != nullptr;
    if (placed && mapping.rule(Field::radius_km) == nullptr &&
        mapping.rule(Field::place_precision) == nullptr) {
        all.emplace_back(
            "nothing says how exactly places are known: each is taken as known to its town, within 5 km");
    }
    if (!placed && mapping.rule(Field::area) == nullptr)
        all.emplace_back("no coordinates: places are known by the names of areas alone");
    if (mapping.rule(Field::act) == nullptr)
        all.emplace_back("nothing says what was done: every act is unknown");
    return all;
}

}  // namespace truce::sources::table
