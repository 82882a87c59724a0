// SPDX-License-Identifier: Apache-2.0
#include "sources/comparables.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <initializer_list>
#include <limits>

#include "base/text.h"
#include "sources/agreement_import.h"
#include "sources/eth_prio.h"

namespace truce::sources {
namespace {

using std::string_view;
using std::chrono::days;
using std::chrono::floor;

constexpr double most_days = 1e6;  // longer than writing

std::string_view raw_code(const Agreement& agreement, string_view column) {
    const auto found =
        std::ranges::find(agreement.raw_codes, column, &std::pair<std::string, std::string>::first);
    return found == agreement.raw_codes.end() ? string_view() : string_view(found->second);
}

std::optional<TruceEnd> end_of(string_view written, const EndCodes& codes) {
    const auto code = std::ranges::find(codes, written, &std::pair<std::string, TruceEnd>::first);
    if (code != codes.end()) return code->second;
    // A spreadsheet makes 1.0 of 1.
    if (const auto number = parse_real(written)) {
        for (const auto& [known, end] : codes) {
            if (parse_real(known) == number) return end;
        }
    }
    return std::nullopt;
}

/// The days on which a moment may lie; nothing where it is not bounded on both sides.
std::optional<DayRange> days_of(Moment moment) {
    if (moment.earliest == open_start || moment.latest == open_end) return std::nullopt;
    return DayRange{floor<days>(moment.earliest), floor<days>(moment.latest)};
}

/// An end at some instant of a day up to its midnight: the day before that midnight is the last.
std::optional<DayRange> end_days_of(Moment moment) {
    if (moment.earliest == open_start || moment.latest == open_end) return std::nullopt;
    return DayRange{floor<days>(moment.earliest), floor<days>(moment.latest - std::chrono::seconds(1))};
}

void set_durations(Comparable& one, DayRange began, DayRange ended) {
    one.began = began;
    one.at_least = std::max(0.0, static_cast<double>((ended.first - began.last).count()));
    one.at_most = std::max(one.at_least, static_cast<double>((ended.last - began.first).count()));
}

Result<ReadComparables> from_register(string_view text, string_view file, const EndCodes& codes,
                                      std::optional<sys_days> observed_until) {
    const ActorRegister nobody;
    auto imported = import_agreements(text, {.actors = nobody, .zone = Zone::utc()});
    if (!imported) return tl::unexpected(imported.error());
    ReadComparables read;
    read.rejects = std::move(imported->rejects);
    read.warnings = std::move(imported->warnings);
    Comparables& comparables = read.comparables;
    comparables.source = "ETH/PRIO Civil Conflict Ceasefire Dataset";
    comparables.file = file;
    comparables.rows = imported->rows;
    comparables.rejects = read.rejects.size();
    comparables.covariates = ceasefire_covariates();
    sys_days last{};
    for (const ImportedAgreement& ceasefire : imported->agreements) {
        const Agreement& agreement = ceasefire.agreement;
        const auto began = days_of(agreement.from);
        if (!began) {
            ++comparables.without_beginning;
            continue;
        }
        Comparable one;
        one.name = agreement.id;
        const auto conflict = raw_code(agreement, "ucdp_acd_id");
        const bool has_conflict = parse_real(conflict).value_or(0) > 0;
        one.conflict = has_conflict ? fmt::format("ucdp-{}", conflict)
                                    : fmt::format("country-{}", raw_code(agreement, "cc"));
        one.kind = name_of(agreement.cls);
        one.covariates = ceasefire_covariates_of(agreement);
        one.began = began;
        last = std::max(last, began->last);
        if (const auto ended = end_days_of(agreement.until)) {
            set_durations(one, *began, *ended);
            one.end = end_of(raw_code(agreement, "ended"), codes).value_or(TruceEnd::ended);
            last = std::max(last, ended->last);
        }
        comparables.list.push_back(std::move(one));
    }
    const std::chrono::year_month_day newest{last};
    comparables.observed_until =
        observed_until.value_or(sys_days{newest.year() / std::chrono::December / 31});
    // A code can say of a ceasefire without an end day that it had not ended.
    for (std::size_t i = 0, at = 0; i < imported->agreements.size(); ++i) {
        if (!days_of(imported->agreements[i].agreement.from)) continue;
        Comparable& one = comparables.list[at++];
        if (one.end != TruceEnd::not_known) continue;
        const auto said = end_of(raw_code(imported->agreements[i].agreement, "ended"), codes);
        if (said != TruceEnd::still_held || *comparables.observed_until < one.began->last) continue;
        set_durations(one, *one.began, {*comparables.observed_until, *comparables.observed_until});
        one.end = TruceEnd::still_held;
    }
    return read;
}

/// The table's columns as they were named, or found by a usual name.
class Columns {
public:
    explicit Columns(const RegisterTable& table) : table_(table) {}

    /// The key of the column named, or of the first with a usual name; empty where there is none.
    std::string find(const std::string& named, std::initializer_list<string_view> usual) {
        if (!named.empty()) {
            const auto key = header_key(named);
            if (table_.has(key)) return key;
            if (!missing_) missing_ = named;
            return {};
        }
        for (const string_view name : usual) {
            if (table_.has(name)) return std::string(name);
        }
        return {};
    }
    [[nodiscard]] const std::optional<std::string>& missing() const { return missing_; }

private:
    const RegisterTable& table_;
    std::optional<std::string> missing_;
};

struct Keys {
    std::string name;
    std::string conflict;
    std::string kind;
    std::string start;
    std::string stop;
    std::string status;
    std::string began;
    std::string ended;
    std::vector<std::string> covariates;
};

class Table {
public:
    Table(const RegisterTable& table, Keys keys, const EndCodes& codes,
          std::optional<sys_days> observed_until)
        : table_(table), keys_(std::move(keys)), codes_(codes), observed_until_(observed_until) {}

    ReadComparables run(const DurationColumns& columns, string_view file) {
        read_.comparables.source = file;
        read_.comparables.file = file;
        read_.comparables.rows = table_.rows;
        read_.comparables.covariates = columns.covariates;
        read_.comparables.observed_until = observed_until_;
        read_.rejects = table_.rejects;
        for (const RegisterLine& line : table_.lines) {
            if (auto one = comparable(line)) read_.comparables.list.push_back(std::move(*one));
        }
        std::ranges::sort(read_.rejects, {}, &Reject::row);
        read_.comparables.rejects = read_.rejects.size();
        return std::move(read_);
    }

private:
    std::optional<Comparable> refuse(const RegisterLine& line, const std::string& key, string_view expected) {
        read_.rejects.push_back(table_.reject(line, key, std::string(expected)));
        return std::nullopt;
    }

    std::optional<Comparable> comparable(const RegisterLine& line) {
        const RegisterRow row = table_.row(line);
        const auto cell = [&](const std::string& key) { return key.empty() ? string_view() : row[key]; };
        Comparable one;
        one.name = cell(keys_.name).empty() ? fmt::format("row {}", line.row) : std::string(cell(keys_.name));
        one.conflict = cell(keys_.conflict);
        one.kind = cell(keys_.kind);
        one.end = TruceEnd::collapsed;
        if (!keys_.status.empty()) {
            const auto end = status(cell(keys_.status));
            if (!end) {
                return refuse(
                    line, keys_.status,
                    "how it ended: a name such as collapsed or expired, 1 or 0, or a code of --ends");
            }
            one.end = *end;
        }
        for (const std::string& key : keys_.covariates) {
            const auto value = parse_real(cell(key));
            if (!value && !cell(key).empty()) return refuse(line, key, "a number, or nothing");
            one.covariates.push_back(value.value_or(std::numeric_limits<double>::quiet_NaN()));
        }
        if (!keys_.began.empty() && !cell(keys_.began).empty()) {
            const auto began = parse_partial_day(cell(keys_.began));
            if (!began) return refuse(line, keys_.began, "a day, month or year: 2016-05-04, 2016-05, 2016");
            one.began = *began;
        }
        if (!keys_.stop.empty()) {
            const auto stop = parse_real(cell(keys_.stop));
            if (!stop || *stop < 0 || *stop > most_days)
                return refuse(line, keys_.stop, "how many days it lasted, 0 to 1,000,000");
            one.at_least = one.at_most = *stop;
            if (!keys_.start.empty() && !cell(keys_.start).empty()) {
                const auto start = parse_real(cell(keys_.start));
                if (!start || *start < 0 || *start >= *stop)
                    return refuse(line, keys_.start, "how many days old it was at first, below its end");
                one.entered = *start;
            }
            return one;
        }
        if (!one.began) {
            ++read_.comparables.without_beginning;
            return std::nullopt;
        }
        if (cell(keys_.ended).empty()) {
            if (!observed_until_ || *observed_until_ < one.began->last) {
                one.end = TruceEnd::not_known;
                return one;
            }
            set_durations(one, *one.began, {*observed_until_, *observed_until_});
            one.end = TruceEnd::still_held;
            return one;
        }
        const auto ended = parse_partial_day(cell(keys_.ended));
        if (!ended) return refuse(line, keys_.ended, "a day, month or year: 2016-05-04, 2016-05, 2016");
        if (ended->last < one.began->first)
            return refuse(line, keys_.ended, "a day not before its beginning");
        set_durations(one, *one.began, *ended);
        return one;
    }

    [[nodiscard]] std::optional<TruceEnd> status(string_view written) const {
        if (const auto coded = end_of(written, codes_)) return coded;
        if (const auto named = truce_end_named(written)) return named;
        if (parse_real(written) == 1.0 || written == "TRUE" || written == "true") return TruceEnd::collapsed;
        if (parse_real(written) == 0.0 || written == "FALSE" || written == "false")
            return TruceEnd::still_held;
        return std::nullopt;
    }

    const RegisterTable& table_;
    Keys keys_;
    const EndCodes& codes_;
    std::optional<sys_days> observed_until_;
    ReadComparables read_;
};

}  // namespace

Result<ReadComparables> read_comparables(string_view text, string_view file, const DurationColumns& columns,
                                         const EndCodes& codes, std::optional<sys_days> observed_until) {
    const RegisterTable table = register_table(text);
    if (eth_prio::recognises(table)) {
        auto read = from_register(text, file, codes, observed_until);
        if (!read) {
            auto error = read.error();
            error.file = file;
            return tl::unexpected(error);
        }
        return read;
    }
    Columns find(table);
    Keys keys{.name = find.find(columns.name, {"name", "id", "truce"}),
              .conflict = find.find(columns.conflict, {"conflict", "cluster"}),
              .kind = find.find(columns.kind, {"kind", "class"}),
              .start = find.find(columns.start, {"start", "entered"}),
              .stop = find.find(columns.stop, {"stop", "days", "lasted", "duration", "time"}),
              .status = find.find(columns.status, {"status", "end", "failed", "event"}),
              .began = find.find(columns.began, {"began"}),
              .ended = find.find(columns.ended, {"ended"}),
              .covariates = {}};
    for (const std::string& covariate : columns.covariates)
        keys.covariates.push_back(find.find(covariate, {}));
    const auto wrong = [&](std::string message) {
        return failure({.message = std::move(message), .file = std::string(file)});
    };
    if (find.missing())
        return wrong(fmt::format("there is no column '{}'; the columns are: {}", shown(*find.missing()),
                                 shown(fmt::format("{}", fmt::join(table.header_as_written, ", ")), 300)));
    if (keys.stop.empty() && (keys.began.empty() || keys.ended.empty())) {
        return wrong(
            fmt::format("no column gives how long each lasted (--stop), nor two when it began and ended "
                        "(--began, --ended); the columns are: {}",
                        shown(fmt::format("{}", fmt::join(table.header_as_written, ", ")), 300)));
    }
    return Table(table, std::move(keys), codes, observed_until).run(columns, file);
}

Result<std::vector<TruceDay>> read_truce_days(string_view text, string_view file) {
    const RegisterTable table = register_table(text);
    const auto wrong = [&](std::string message, std::uint64_t line) {
        return failure({.message = std::move(message), .file = std::string(file), .line = line});
    };
    for (const string_view column : {"truce", "day", "violence", "failed"}) {
        if (!table.has(column)) {
            return wrong(fmt::format("there is no column '{}'; want truce, day, violence and failed", column),
                         0);
        }
    }
    if (!table.rejects.empty())
        return wrong(fmt::format("found '{}', want {}", shown(table.rejects.front().found),
                                 table.rejects.front().expected),
                     table.rejects.front().line);
    std::vector<TruceDay> read;
    for (const RegisterLine& line : table.lines) {
        const RegisterRow row = table.row(line);
        const auto day = parse_real(row["day"]);
        if (!day || *day < 1 || *day > most_days || *day != std::floor(*day))
            return wrong(fmt::format("day '{}': want a whole number from 1 on", shown(row["day"])),
                         line.line);
        const auto violence = parse_real(row["violence"]);
        if (!violence || *violence < 0 || *violence > 1e9)
            return wrong(
                fmt::format("violence '{}': want a number that is not negative", shown(row["violence"])),
                line.line);
        const auto failed = parse_real(row["failed"]);
        if (failed != 0.0 && failed != 1.0)
            return wrong(fmt::format("failed '{}': want 1 or 0", shown(row["failed"])), line.line);
        read.push_back({.truce = std::string(row["truce"]),
                        .conflict = std::string(row["conflict"]),
                        .day = static_cast<int>(*day),
                        .violence = *violence,
                        .failed = failed == 1.0});
    }
    return read;
}

}  // namespace truce::sources
