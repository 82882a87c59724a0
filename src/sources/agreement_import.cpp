// SPDX-License-Identifier: Apache-2.0
#include "sources/agreement_import.h"

#include <fmt/format.h>
#include <unicode/locid.h>
#include <unicode/uloc.h>

#include <algorithm>
#include <unordered_map>

#include "base/csv.h"
#include "base/text.h"
#include "base/yaml.h"
#include "sources/eth_prio.h"
#include "sources/pax.h"

namespace truce::sources {
namespace {

constexpr std::size_t raw_kept = std::size_t{64} << 10;
constexpr csv::Limits limits{.max_row_bytes = std::size_t{4} << 20, .max_columns = 2000};

std::string localised_yaml(const Localised& text) {
    std::string members;
    for (const auto& [language, words] : text.by_language) {
        members +=
            fmt::format("{}{}: {}", members.empty() ? "" : ", ", yaml_scalar(language), yaml_scalar(words));
    }
    return "{" + members + "}";
}

/// The local day that starts at that instant, or nothing.
std::optional<sys_days> day_starting(sys_seconds instant, const Zone& zone) {
    const auto day = zone.local_day(instant);
    return zone.day(day).first == instant ? std::optional(day) : std::nullopt;
}

std::string instant_yaml(sys_seconds instant, const Zone& zone) {
    if (const auto day = day_starting(instant, zone)) return day_text(*day);
    // With its own offset, so that a reading that came twice is told apart.
    const auto local = zone.local_text(instant);
    const auto offset = zone.utc_offset_minutes(instant);
    return fmt::format("{}T{}{}{:02}:{:02}", local.substr(0, 10), local.substr(11), offset < 0 ? '-' : '+',
                       std::abs(offset) / 60, std::abs(offset) % 60);
}

/// A month or year, where a moment runs from its first day to its last.
std::optional<std::string> month_or_year(sys_days first, sys_days last) {
    using namespace std::chrono;
    const year_month_day a{first};
    const year_month_day b{last};
    const auto next = last + days{1};
    if (a.day() != day{1} || year_month_day{next}.day() != day{1} || a.year() != b.year())
        return std::nullopt;
    if (a.month() == b.month()) {
        return fmt::format("{:04}-{:02}", static_cast<int>(a.year()), static_cast<unsigned>(a.month()));
    }
    if (a.month() == January && b.month() == December)
        return fmt::format("{:04}", static_cast<int>(a.year()));
    return std::nullopt;
}

std::string duty_yaml(const Duty& duty) {
    std::string acts;
    for (const auto act : duty.acts) acts += fmt::format("{}{}", acts.empty() ? "" : ", ", name_of(act));
    std::string text = fmt::format("  - id: {}\n    {}: [{}]\n", yaml_scalar(duty.id),
                                   duty.deontic == Deontic::prohibited   ? "forbids"
                                   : duty.deontic == Deontic::obligatory ? "requires"
                                                                         : "allows",
                                   acts);
    std::string targets;
    for (const auto kind : all_target_kinds()) {
        if (duty.against.has(kind))
            targets += fmt::format("{}{}", targets.empty() ? "" : ", ", name_of(kind));
    }
    if (!targets.empty()) text += fmt::format("    against: [{}]\n", targets);
    if (!duty.clause.empty()) text += fmt::format("    clause: {}\n", yaml_scalar(duty.clause));
    if (!duty.text.empty()) text += fmt::format("    text: {}\n", localised_yaml(duty.text));
    return text;
}

std::string area_yaml(const std::vector<std::string>& countries) {
    if (countries.empty()) return "area: unknown\n";
    if (countries.size() == 1) return fmt::format("area: {{country: {}}}\n", yaml_scalar(countries.front()));
    std::string parts;
    for (const auto& country : countries) {
        parts += fmt::format("{}{{country: {}}}", parts.empty() ? "" : ", ", yaml_scalar(country));
    }
    return fmt::format("area: {{any_of: [{}]}}\n", parts);
}

std::string list_yaml(const std::vector<std::string>& texts) {
    std::string parts;
    for (const auto& text : texts) parts += (parts.empty() ? "" : ", ") + yaml_scalar(text);
    return "[" + parts + "]";
}

}  // namespace

Result<ImportedAgreements> import_agreements(std::string_view text, const ImportContext& context) {
    if (const auto fault = first_utf8_fault(text)) {
        return failure({.message = fmt::format("byte {} is not UTF-8; save the file as UTF-8", *fault + 1)});
    }
    const auto table = register_table(text);
    if (eth_prio::recognises(table)) return eth_prio::read(table, context);
    if (pax::recognises(table)) return pax::read(table, context);
    std::string found;
    for (std::size_t i = 0; i < std::min<std::size_t>(table.header_as_written.size(), 8); ++i) {
        found += (i > 0 ? ", " : "") + shown(table.header_as_written[i], 30);
    }
    return failure(
        {.message = fmt::format("this is no register of agreements: its columns begin {}; want ETH/PRIO's "
                                "(cf_id, ucdp_actor_id, cf_dec_yr, ...) or PA-X's (AgtId, Dat, Stage, ...)",
                                found.empty() ? "with nothing" : found)});
}

std::string moment_yaml(Moment moment, const Zone& zone) {
    if (moment == Moment::unknown()) return "unknown";
    if (moment == Moment::at(open_end)) return "open";
    if (moment.known()) return instant_yaml(moment.earliest, zone);
    if (moment.earliest != open_start && moment.latest != open_end) {
        const auto first = day_starting(moment.earliest, zone);
        const auto last = day_starting(moment.latest, zone);
        if (first && last) {
            if (const auto whole = month_or_year(*first, *last)) return *whole;
        }
    }
    std::string parts;
    if (moment.earliest != open_start) parts = "earliest: " + instant_yaml(moment.earliest, zone);
    if (moment.latest != open_end) {
        parts += (parts.empty() ? "" : ", ") + ("latest: " + instant_yaml(moment.latest, zone));
    }
    return "{" + parts + "}";
}

namespace {

/// A moment of which a date alone means "some time of that day".
std::string happened_yaml(Moment moment, const Zone& zone) {
    if (moment.known() || moment.earliest == open_start || moment.latest == open_end)
        return moment_yaml(moment, zone);
    const auto first = zone.local_day(moment.earliest);
    const auto last = zone.local_day(moment.latest);
    const auto whole = zone.days(first, last);
    if (whole.first != moment.earliest || whole.end - std::chrono::seconds{1} != moment.latest) {
        return moment_yaml(moment, zone);
    }
    if (first == last) return day_text(first);
    return month_or_year(first, last)
        .value_or(fmt::format("{{earliest: {}, latest: {}}}", day_text(first), day_text(last)));
}

}  // namespace

std::string agreement_yaml(const ImportedAgreement& imported, const ImportContext& context,
                           const std::vector<Actor>& new_actors) {
    const auto& one = imported.agreement;
    const auto actor_id = [&](ActorId id) {
        const auto known = context.actors.actors().size();
        return yaml_scalar(id.value < known ? context.actors[id].id : new_actors[id.value - known].id);
    };
    std::string text = "trucewatch: 1\n";
    text += fmt::format("agreement: {}\n", yaml_scalar(one.id));
    text += fmt::format("title: {}\n", localised_yaml(one.title));
    text += fmt::format("class: {}\n", name_of(one.cls));
    if (!one.purposes.empty()) text += fmt::format("purpose: {}\n", list_yaml(one.purposes));
    text += fmt::format("zone: {}\n", yaml_scalar(one.zone));
    if (one.announced) text += fmt::format("announced: {}\n", happened_yaml(*one.announced, context.zone));
    text += fmt::format("in_force: {{from: {}, to: {}}}\n", moment_yaml(one.from, context.zone),
                        moment_yaml(one.until, context.zone));
    text += area_yaml(imported.countries);
    if (!one.adherents.empty()) text += "adherents:\n";
    for (const auto& adherent : one.adherents) {
        text += fmt::format("  - {{actor: {}, capacity: {}", actor_id(adherent.actor),
                            name_of(adherent.capacity));
        if (adherent.accepted)
            text += fmt::format(", accepted: {}", moment_yaml(*adherent.accepted, context.zone));
        text += "}\n";
    }
    if (!one.duties.empty()) text += "duties:\n";
    for (const auto& duty : one.duties) text += duty_yaml(duty);
    if (!one.sources.empty()) text += "sources:\n";
    for (const auto& source : one.sources) {
        text += fmt::format("  - title: {}\n", yaml_scalar(source.title));
        if (!source.publisher.empty())
            text += fmt::format("    publisher: {}\n", yaml_scalar(source.publisher));
        if (!source.url.empty()) text += fmt::format("    url: {}\n", yaml_scalar(source.url));
    }
    if (!one.notes.empty()) text += fmt::format("notes: {}\n", localised_yaml(one.notes));
    if (!one.raw_codes.empty()) text += "raw_codes:\n";
    for (const auto& [column, value] : one.raw_codes) {
        text += fmt::format("  {}: {}\n", yaml_scalar(column), yaml_scalar(value));
    }
    return text;
}

std::string actors_yaml(const std::vector<Actor>& actors) {
    std::string text;
    for (const auto& actor : actors) {
        text += fmt::format("  - id: {}\n    kind: {}\n    name: {}\n", yaml_scalar(actor.id),
                            name_of(actor.kind), localised_yaml(actor.name));
        if (!actor.codes.ucdp.empty())
            text += fmt::format("    codes: {{ucdp: {}}}\n", list_yaml(actor.codes.ucdp));
    }
    return text;
}

std::string_view RegisterRow::operator[](std::string_view column) const {
    const auto found = std::ranges::find(header_, column);
    if (found == header_.end()) return {};
    const auto index = static_cast<std::size_t>(found - header_.begin());
    if (index >= fields_.size()) return {};
    const auto value = trimmed(fields_[index]);
    return value == "NA" ? std::string_view() : value;
}

bool RegisterTable::has(std::string_view column) const {
    return std::ranges::find(header, column) != header.end();
}

Reject RegisterTable::reject(const RegisterLine& line, std::string_view column, std::string expected) const {
    Reject rejected;
    rejected.row = line.row;
    rejected.line = line.line;
    rejected.raw = line.raw;
    rejected.expected = std::move(expected);
    const auto found = std::ranges::find(header, column);
    if (found != header.end()) {
        const auto index = static_cast<std::size_t>(found - header.begin());
        rejected.column = index + 1;
        rejected.column_name = header_as_written[index];
        if (index < line.fields.size()) rejected.found = shown(line.fields[index], 200);
    }
    return rejected;
}

RegisterTable register_table(std::string_view text) {
    RegisterTable table;
    const auto sniffed = csv::sniff(text);
    csv::Rows rows(text, sniffed.dialect, limits);
    while (const auto* row = rows.next()) {
        if (table.header.empty()) {
            if (row->problem != csv::Problem::none) return table;
            for (const auto field : row->fields) {
                // A name that stands twice means its first column; the others keep their values under another
                // name.
                auto key = header_key(field);
                for (int n = 2; table.has(key); ++n) key = fmt::format("{} ({})", header_key(field), n);
                table.header.push_back(std::move(key));
                table.header_as_written.emplace_back(trimmed(field));
            }
            continue;
        }
        ++table.rows;
        RegisterLine line{.fields = {row->fields.begin(), row->fields.end()},
                          .row = table.rows,
                          .line = row->line,
                          .raw = std::string(row->raw.substr(0, raw_kept))};
        if (const auto error = row->error()) {
            Reject rejected = table.reject(line, "", "a row of the table");
            rejected.found = error->message;
            table.rejects.push_back(std::move(rejected));
        } else if (line.fields.size() != table.header.size()) {
            Reject rejected =
                table.reject(line, "", fmt::format("{} columns, as the header has", table.header.size()));
            rejected.found = fmt::format("{} columns", line.fields.size());
            table.rejects.push_back(std::move(rejected));
        } else {
            table.lines.push_back(std::move(line));
        }
    }
    return table;
}

std::string id_from(std::string_view name) {
    std::string id;
    for (const char c : name_key(name)) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (plain) {
            id += c;
        } else if (!id.empty() && id.back() != '-') {
            id += '-';
        }
        if (id.size() == 60) break;
    }
    while (!id.empty() && id.back() == '-') id.pop_back();
    return id;
}

std::optional<std::string> country_named(std::string_view name) {
    static const auto by_name = [] {
        std::unordered_map<std::string, std::optional<std::string>> names;
        for (const auto* const* code = uloc_getISOCountries(); *code != nullptr; ++code) {
            icu::UnicodeString shown_name;
            const icu::Locale country("", *code);
            country.getDisplayCountry(icu::Locale::getEnglish(), shown_name);
            std::string text;
            shown_name.toUTF8String(text);
            const auto [place, added] = names.try_emplace(name_key(text), country.getISO3Country());
            if (!added) place->second.reset();
        }
        return names;
    }();
    // Registers of conflicts write "Myanmar (Burma)", "Yemen (North Yemen)", "Russia (Soviet Union)".
    const auto plain = trimmed(name.substr(0, name.find('(')));
    for (const auto tried : {name, plain}) {
        const auto found = by_name.find(name_key(tried));
        if (found != by_name.end()) return found->second;
    }
    return std::nullopt;
}

}  // namespace truce::sources
