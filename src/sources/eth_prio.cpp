// SPDX-License-Identifier: Apache-2.0
#include "sources/eth_prio.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.h"

namespace truce::sources::eth_prio {
namespace {

using std::string_view;

/// Columns whose meaning this reader carries into the agreement, so that they are not kept raw as well.
constexpr std::array<string_view, 24> understood{
    "cc",           "cf_id",      "uniq_id",         "ucdp_actor_id",   "actor_name",     "cf_dec_yr",
    "cf_dec_month", "cf_dec_day", "cf_effect_yr",    "cf_effect_month", "cf_effect_day",  "end_yr",
    "end_month",    "end_day",    "ceasefire_class", "p_humanitarian",  "p_peaceprocess", "p_holiday",
    "p_election",   "p_other",    "p_unclear",       "comment",         "location",       "factivia_source"};

struct Purpose {
    string_view column;
    string_view purpose;
};
constexpr std::array purposes{Purpose{"p_humanitarian", "humanitarian"},
                              Purpose{"p_peaceprocess", "peace_process"},
                              Purpose{"p_holiday", "holiday"},
                              Purpose{"p_election", "election"},
                              Purpose{"p_other", "other"},
                              Purpose{"p_unclear", "unclear"}};

/// The three columns of one date.
struct DateColumns {
    string_view year;
    string_view month;
    string_view day;
};
constexpr DateColumns declared{"cf_dec_yr", "cf_dec_month", "cf_dec_day"};
constexpr DateColumns effective{"cf_effect_yr", "cf_effect_month", "cf_effect_day"};
constexpr DateColumns ended{"end_yr", "end_month", "end_day"};

/// One side's row, with its dates read. No days: the date is not known at all.
struct SideRow {
    const RegisterLine* line;
    std::optional<DayRange> declared;
    std::optional<DayRange> effective;
    std::optional<DayRange> ended;
};

/// A part of a date, 0 where it is unknown; nothing where the column holds no such number.
std::optional<int> date_part(string_view text, int most) {
    if (text.empty()) return 0;
    const auto real = parse_real(text);  // spreadsheets make 2016.0 of 2016
    if (!real || *real < -1 || *real > most || *real != static_cast<int>(*real)) return std::nullopt;
    return std::max(0, static_cast<int>(*real));
}

/// A date's days as far as they are known. `fault` names the column that holds no part of a date.
struct DateRead {
    std::optional<DayRange> days;
    std::optional<string_view> fault;
};
DateRead date_of(const RegisterRow& row, const DateColumns& columns) {
    using namespace std::chrono;
    const auto y = date_part(row[columns.year], 9999);
    if (!y || (*y > 0 && *y < 1900)) return {{}, columns.year};
    const auto m = date_part(row[columns.month], 12);
    if (!m) return {{}, columns.month};
    const auto d = date_part(row[columns.day], 31);
    if (!d) return {{}, columns.day};
    if (*y == 0) return {{}, {}};
    if (*m == 0) return {DayRange{sys_days{year{*y} / 1 / 1}, sys_days{year{*y} / 12 / 31}}, {}};
    const auto in_month = year{*y} / month{static_cast<unsigned>(*m)};
    if (*d == 0) return {DayRange{sys_days{in_month / 1}, sys_days{in_month / last}}, {}};
    const year_month_day whole{in_month / day{static_cast<unsigned>(*d)}};
    if (!whole.ok()) return {{}, columns.day};
    return {DayRange{sys_days{whole}, sys_days{whole}}, {}};
}

Moment begins(const std::optional<DayRange>& days, const Zone& zone) {
    if (!days) return Moment::unknown();
    return {zone.day(days->first).first, zone.day(days->last).first};
}

Moment some_time_of(const DayRange& days, const Zone& zone) {
    const auto whole = zone.days(days.first, days.last);
    return {whole.first, whole.end - std::chrono::seconds{1}};
}

/// The day of the end is the last that may belong to the ceasefire: it ended at some time of that day.
Moment ends(const std::optional<DayRange>& days, const Zone& zone) {
    if (!days) return Moment::unknown();
    const auto whole = zone.days(days->first, days->last);
    return {whole.first, whole.end};
}

Moment hull(Moment a, Moment b) {
    return {std::min(a.earliest, b.earliest), std::max(a.latest, b.latest)};
}

CeasefireClass class_of(string_view code) {
    const auto number = parse_real(code).value_or(0);
    if (number == 1) return CeasefireClass::cessation_of_hostilities;
    if (number == 2) return CeasefireClass::preliminary;
    if (number == 3) return CeasefireClass::definitive;
    return CeasefireClass::unclear;
}

class Importing {
public:
    Importing(const RegisterTable& table, const ImportContext& context) : table_(table), context_(context) {}

    ImportedAgreements run() {
        result_.format = "eth-prio";
        result_.rows = table_.rows;
        result_.rejects = table_.rejects;
        std::map<std::pair<std::string, std::string>, std::vector<SideRow>> ceasefires;
        std::vector<const std::vector<SideRow>*> in_order;
        for (const auto& line : table_.lines) {
            const auto row = table_.row(line);
            if (row["cf_id"].empty()) {
                result_.rejects.push_back(table_.reject(line, "cf_id", "the ceasefire's id"));
                continue;
            }
            if (row["actor_name"].empty() && row["ucdp_actor_id"].empty()) {
                result_.rejects.push_back(table_.reject(line, "actor_name", "the name of the side"));
                continue;
            }
            auto side = side_of(line, row);
            if (!side) continue;
            auto& sides = ceasefires[{std::string(row["cc"]), std::string(row["cf_id"])}];
            if (sides.empty()) in_order.push_back(&sides);
            sides.push_back(*side);
            ++result_.used;
        }
        for (const auto* sides : in_order) add_ceasefire(*sides);
        std::ranges::sort(result_.rejects, {}, &Reject::row);
        return std::move(result_);
    }

private:
    std::optional<SideRow> side_of(const RegisterLine& line, const RegisterRow& row) {
        SideRow side{&line, {}, {}, {}};
        const auto take = [&](const DateColumns& columns, std::optional<DayRange>& days) {
            const auto read = date_of(row, columns);
            if (read.fault) {
                result_.rejects.push_back(
                    table_.reject(line, *read.fault, "a part of a date that exists, or -1 or 0 for unknown"));
                return false;
            }
            days = read.days;
            return true;
        };
        if (!take(declared, side.declared) || !take(effective, side.effective) || !take(ended, side.ended)) {
            return std::nullopt;
        }
        if (side.effective && side.ended && side.ended->last < side.effective->first) {
            result_.rejects.push_back(table_.reject(line, "end_yr", "an end that is not before the start"));
            return std::nullopt;
        }
        return side;
    }

    ActorId actor_of(const RegisterRow& row) {
        const auto known = context_.actors.actors().size();
        const auto code_number = parse_real(row["ucdp_actor_id"]);
        const auto code =
            code_number && *code_number > 0 ? fmt::format("{:.0f}", *code_number) : std::string();
        const std::string name(row["actor_name"]);
        if (!code.empty()) {
            if (const auto found = context_.actors.meant_by(code, CodeSystem::ucdp)) return *found;
        }
        if (const auto found = context_.actors.meant_by(name, CodeSystem::none)) return *found;
        const auto key = code.empty() ? name_key(name) : "ucdp " + code;
        if (const auto found = made_.find(key); found != made_.end()) return found->second;
        Actor actor;
        actor.id = unused_id(id_from(name), code);
        actor.name.by_language["en"] = name.empty() ? actor.id : name;
        actor.kind = name.starts_with("Government of") ? ActorKind::state : ActorKind::armed_group;
        if (!code.empty()) actor.codes.ucdp.push_back(code);
        const ActorId id{static_cast<std::uint32_t>(known + result_.new_actors.size())};
        result_.new_actors.push_back(std::move(actor));
        made_.emplace(key, id);
        return id;
    }

    std::string unused_id(std::string wanted, const std::string& code) {
        if (wanted.empty()) wanted = "actor-" + (code.empty() ? "unnamed" : code);
        const auto taken = [&](const std::string& id) {
            return context_.actors.with_id(id).has_value() || actor_ids_.contains(id);
        };
        std::string id = wanted;
        for (int n = 2; taken(id); ++n) id = fmt::format("{}-{}", wanted, n);
        actor_ids_.insert(id);
        return id;
    }

    void add_ceasefire(const std::vector<SideRow>& sides) {
        ImportedAgreement imported;
        auto& one = imported.agreement;
        const auto first = table_.row(*sides.front().line);
        one.id = unused_agreement_id(first);
        one.zone = context_.zone.name();
        one.title.by_language["en"] =
            fmt::format("Ceasefire {}{}", first["cf_id"],
                        first["location"].empty() ? "" : fmt::format(", {}", first["location"]));
        one.cls = class_of(first["ceasefire_class"]);
        for (const auto& known : purposes) {
            const bool stated = std::ranges::any_of(sides, [&](const SideRow& side) {
                return parse_real(table_.row(*side.line)[known.column]) == 1.0;
            });
            if (stated) one.purposes.emplace_back(known.purpose);
        }
        set_dates(one, sides);
        set_parties(one, sides);
        set_area(imported, sides);
        Duty duty;
        duty.id = "no-attacks";
        duty.acts = {Act::attack};
        duty.against = {TargetKind::adherent};
        duty.clause = "What the dataset calls a ceasefire: a statement by a party to stop violence";
        one.duties.push_back(std::move(duty));
        one.sources.push_back(
            {.title = "ETH/PRIO Civil Conflict Ceasefire Dataset, ceasefire " + std::string(first["cf_id"]),
             .publisher = "ETH Zurich and PRIO",
             .url = {},
             .date = {}});
        for (const auto& side : sides) {
            const auto cited = table_.row(*side.line)["factivia_source"];
            if (!cited.empty())
                one.sources.push_back({.title = std::string(cited), .publisher = {}, .url = {}, .date = {}});
        }
        if (const auto comment = joined(sides, "comment"); !comment.empty())
            one.notes.by_language["en"] = comment;
        for (const auto& column : table_.header) {
            if (std::ranges::find(understood, column) != understood.end() && column != "cc" &&
                column != "uniq_id") {
                continue;
            }
            if (auto value = joined(sides, column); !value.empty())
                one.raw_codes.emplace_back(column, std::move(value));
        }
        result_.agreements.push_back(std::move(imported));
    }

    void set_dates(Agreement& one, const std::vector<SideRow>& sides) {
        const auto& zone = context_.zone;
        std::optional<DayRange> announced;
        std::optional<Moment> from;
        std::optional<Moment> until;
        for (const auto& side : sides) {
            if (side.declared && (!announced || side.declared->first < announced->first))
                announced = side.declared;
            if (side.effective) {
                const auto start = begins(side.effective, zone);
                if (!from || start.earliest < from->earliest) from = start;
            }
            const auto end = ends(side.ended, zone);
            until = until ? hull(*until, end) : end;
        }
        if (announced) one.announced = some_time_of(*announced, zone);
        one.from = from.value_or(Moment::unknown());
        one.until = until.value_or(Moment::unknown());
    }

    void set_parties(Agreement& one, const std::vector<SideRow>& sides) {
        for (const auto& side : sides) {
            Adherent adherent;
            adherent.actor = actor_of(table_.row(*side.line));
            adherent.capacity = Capacity::signatory;
            // A side whose own ceasefire began with the agreement is bound from its start; another's from its
            // own.
            const auto start = begins(side.effective, context_.zone);
            if (start != one.from) adherent.accepted = start;
            const bool there = std::ranges::any_of(
                one.adherents, [&](const Adherent& other) { return other.actor == adherent.actor; });
            if (there) {
                result_.warnings.push_back(
                    fmt::format("line {}: '{}' stands twice in ceasefire {}; it is taken once",
                                side.line->line, shown(table_.row(*side.line)["actor_name"]), one.id));
                continue;
            }
            one.adherents.push_back(std::move(adherent));
        }
    }

    void set_area(ImportedAgreement& imported, const std::vector<SideRow>& sides) {
        const auto first = table_.row(*sides.front().line);
        const auto country = country_named(first["location"]);
        if (!country && !first["location"].empty()) {
            imported.agreement.raw_codes.emplace_back("location", first["location"]);
        }
        // `partial` has no label that we know; any other value than 0 may mean less than the whole country.
        const bool whole = std::ranges::all_of(sides, [&](const SideRow& side) {
            return parse_real(table_.row(*side.line)["partial"]).value_or(0) == 0;
        });
        if (country && whole) imported.countries.push_back(*country);
        if (country && !whole) imported.agreement.raw_codes.emplace_back("location", first["location"]);
    }

    std::string joined(const std::vector<SideRow>& sides, string_view column) const {
        std::vector<string_view> values;
        for (const auto& side : sides) values.push_back(table_.row(*side.line)[column]);
        if (std::ranges::all_of(values, [&](string_view value) { return value == values.front(); })) {
            return std::string(values.front());
        }
        std::string text;
        for (std::size_t i = 0; i < values.size(); ++i)
            text += fmt::format("{}{}", i > 0 ? " | " : "", values[i]);
        return text;
    }

    std::string unused_agreement_id(const RegisterRow& row) {
        auto wanted = id_from(fmt::format("eth-prio {} {}", row["cc"], row["cf_id"]));
        std::string id = wanted;
        for (int n = 2; !agreement_ids_.insert(id).second; ++n) id = fmt::format("{}-{}", wanted, n);
        return id;
    }

    const RegisterTable& table_;
    const ImportContext& context_;
    ImportedAgreements result_;
    std::map<std::string, ActorId> made_;
    std::set<std::string> actor_ids_;
    std::set<std::string> agreement_ids_;
};

}  // namespace

bool recognises(const RegisterTable& table) {
    return table.has("cf_id") && table.has("ucdp_actor_id") && table.has("cf_dec_yr");
}

ImportedAgreements read(const RegisterTable& table, const ImportContext& context) {
    return Importing(table, context).run();
}

}  // namespace truce::sources::eth_prio
