// SPDX-License-Identifier: Apache-2.0
#include "sources/mapping.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>

#include "base/text.h"
#include "base/yaml_fields.h"

namespace truce::sources {
namespace {

constexpr std::array<std::string_view, field_count> field_names{"key",
                                                                "date",
                                                                "time",
                                                                "date_end",
                                                                "time_end",
                                                                "date_precision",
                                                                "place",
                                                                "admin1",
                                                                "admin2",
                                                                "country",
                                                                "area",
                                                                "lat",
                                                                "lon",
                                                                "coordinates",
                                                                "radius_km",
                                                                "place_precision",
                                                                "act",
                                                                "attacker",
                                                                "attacker_basis",
                                                                "target_party",
                                                                "target_basis",
                                                                "target_kind",
                                                                "roles",
                                                                "excuse",
                                                                "excuse_basis",
                                                                "killed_low",
                                                                "killed_best",
                                                                "killed_high",
                                                                "civilians_killed_low",
                                                                "civilians_killed_best",
                                                                "civilians_killed_high",
                                                                "injured_low",
                                                                "injured_best",
                                                                "injured_high",
                                                                "combatants_killed",
                                                                "unknown_killed",
                                                                "women_killed",
                                                                "children_killed",
                                                                "summary",
                                                                "cites",
                                                                "url"};

constexpr std::array<std::string_view, 7> form_names{"by-itself",  "day-first",  "month-first", "compact",
                                                     "excel-1900", "excel-1904", "unix-seconds"};

/// What the values of a field may be, where only certain words will do.
bool is_allowed(Field field, std::string_view value) {
    switch (field) {
        case Field::act:
            return act_named(value).has_value();
        case Field::attacker_basis:
        case Field::target_basis:
        case Field::excuse_basis:
            return basis_named(value).has_value();
        case Field::excuse:
            return exception_kind_named(value).has_value();
        case Field::target_kind:
            return target_kind_named(value).has_value();
        case Field::roles:
            return value == "stated" || value == "unstated";
        case Field::date_precision:
            return time_precision_named(value).has_value();
        case Field::place_precision:
            return place_precision_named(value).has_value();
        default:
            return true;
    }
}

std::string wanted(Field field, std::string_view value) {
    const auto from = [&](const auto& all) {
        std::vector<std::string_view> names;
        for (const auto one : all) names.push_back(name_of(one));
        return fmt::format("want one of {}{}", fmt::join(names, ", "), did_you_mean(value, names));
    };
    switch (field) {
        case Field::act:
            return from(all_acts());
        case Field::target_kind:
            return from(all_target_kinds());
        case Field::attacker_basis:
        case Field::target_basis:
        case Field::excuse_basis:
            return from(
                std::array{Basis::reported, Basis::claimed, Basis::assessed, Basis::alleged, Basis::unknown});
        case Field::excuse:
            return from(std::array{ExceptionKind::self_defence, ExceptionKind::excluded_target,
                                   ExceptionKind::live_fire_in_area, ExceptionKind::law_enforcement,
                                   ExceptionKind::prior_notified, ExceptionKind::coordinated_return_fire,
                                   ExceptionKind::other});
        case Field::date_precision:
            return from(std::array{TimePrecision::minute, TimePrecision::hour, TimePrecision::day,
                                   TimePrecision::days, TimePrecision::week, TimePrecision::month,
                                   TimePrecision::year, TimePrecision::unknown});
        case Field::place_precision:
            return from(std::array{PlacePrecision::exact, PlacePrecision::near, PlacePrecision::town,
                                   PlacePrecision::district, PlacePrecision::region, PlacePrecision::line,
                                   PlacePrecision::country, PlacePrecision::elsewhere,
                                   PlacePrecision::unknown});
        default:
            return "want stated or unstated";
    }
}

bool is_date(Field field) {
    return field == Field::date || field == Field::date_end;
}

class Reader {
public:
    Reader(Problems& problems, Mapping& mapping) : problems_(problems), mapping_(mapping) {}

    void read(const YamlNode& root) {
        Fields fields(root, "mapping file", problems_);
        if (const auto edition = fields.integer("trucewatch", 1, 1);
            !edition && root.is_mapping() && !fields.has("trucewatch"))
            problems_.error(root, "a mapping file starts with 'trucewatch: 1'");
        mapping_.id = fields.text("mapping").value_or("");
        read_title(fields);
        mapping_.licence = fields.text("licence").value_or("");
        mapping_.credit = fields.text("credit").value_or("");
        mapping_.version = fields.text("version").value_or("");
        if (const auto word = fields.word("republish", {"rows", "aggregates", "nothing"}))
            mapping_.republish = republish_named(*word);
        if (const auto word = fields.word("kind", {"incident", "lead", "corroboration", "aggregate"})) {
            for (const auto kind : {AccountKind::incident, AccountKind::lead, AccountKind::corroboration,
                                    AccountKind::aggregate}) {
                if (name_of(kind) == *word) mapping_.kind = kind;
            }
        }
        read_zone(fields);
        mapping_.missing = fields.texts("missing");
        if (const auto word = fields.word("decimal", {"point", "comma"}))
            mapping_.decimal_comma = *word == "comma";
        if (const auto* form = fields.value("file")) read_form(*form);
        if (const auto* rules = fields.required("fields")) read_rules(*rules);
        fields.finish();
    }

private:
    void read_title(Fields& fields) {
        const auto* node = fields.value("title");
        if (node == nullptr) return;
        if (node->is_scalar()) {
            mapping_.title.by_language["en"] = node->text;
        } else if (node->is_mapping()) {
            for (const auto& member : node->members) {
                if (const auto text = text_of(member.value, "title", problems_))
                    mapping_.title.by_language[member.key] = *text;
            }
        } else {
            problems_.error(*node, fmt::format("title must be a text, or texts by language; found {}",
                                               node->described()));
        }
    }

    void read_zone(Fields& fields) {
        const auto* node = fields.value("zone");
        if (node == nullptr) return;
        const auto name = text_of(*node, "zone", problems_);
        if (!name) return;
        if (const auto zone = Zone::named(*name)) {
            mapping_.zone = *zone;
        } else {
            problems_.error(*node, zone.error().message);
        }
    }

    void read_form(const YamlNode& node) {
        Fields fields(node, "file", problems_);
        if (const auto word = fields.word("delimiter", {"comma", "semicolon", "tab", "pipe"})) {
            mapping_.form.delimiter = *word == "comma"       ? ','
                                      : *word == "semicolon" ? ';'
                                      : *word == "tab"       ? '\t'
                                                             : '|';
        }
        if (const auto word = fields.word("quotes", {"csv", "none"}))
            mapping_.form.quoting = *word == "csv" ? csv::Quoting::rfc4180 : csv::Quoting::none;
        if (const auto word = fields.word("encoding", {"utf-8", "utf-16", "windows-1251", "windows-1256"})) {
            // UTF-16 says so itself by its mark, and is believed when it does.
            if (*word == "windows-1251") mapping_.form.encoding = TextEncoding::windows_1251;
            if (*word == "windows-1256") mapping_.form.encoding = TextEncoding::windows_1256;
        }
        if (const auto lines = fields.integer("preamble_rows", 0, TextTable::head_size - 1))
            mapping_.preamble_rows = static_cast<std::size_t>(*lines);
        mapping_.column_names = fields.texts("column_names");
        fields.finish();
    }

    void read_rules(const YamlNode& node) {
        if (!node.is_mapping()) {
            problems_.error(node, fmt::format("fields must be a mapping of fields to columns; found {}",
                                              node.described()));
            return;
        }
        for (const auto& member : node.members) {
            const auto field = field_named(member.key);
            if (!field) {
                YamlNode at;
                at.line = member.line;
                at.column = member.column;
                problems_.error(at, fmt::format("there is no field '{}'{}", shown(member.key),
                                                did_you_mean(member.key, field_names)));
                continue;
            }
            read_rule(*field, member.value);
        }
        if (mapping_.rule(Field::date) == nullptr)
            problems_.error(node, "fields lacks 'date': every account needs a day");
        if ((mapping_.rule(Field::lat) == nullptr) != (mapping_.rule(Field::lon) == nullptr))
            problems_.error(node, "lat and lon go together: one of them is missing");
        if (mapping_.rule(Field::coordinates) != nullptr && mapping_.rule(Field::lat) != nullptr)
            problems_.error(node, "coordinates in one column, or lat and lon in two: not both");
    }

    void read_rule(Field field, const YamlNode& node) {
        FieldRule rule{.line = node.line};
        if (node.is_scalar()) {
            rule.columns.push_back(node.text);
            mapping_.fields.emplace(field, std::move(rule));
            return;
        }
        const auto what = std::string(name_of(field));
        Fields fields(node, what, problems_);
        if (const auto column = fields.text("column")) rule.columns.push_back(*column);
        const auto several = fields.texts("columns");
        if (!several.empty() && !rule.columns.empty())
            problems_.error(node, fmt::format("{} has both 'column' and 'columns': one of them", what));
        rule.columns.insert(rule.columns.end(), several.begin(), several.end());
        rule.join = fields.text("join").value_or(" ");
        const auto constant = fields.value("constant");
        if (constant != nullptr) rule.constant = text_of(*constant, "constant", problems_).value_or("");
        if (constant == nullptr && rule.columns.empty() && node.is_mapping())
            problems_.error(node, fmt::format("{} needs 'column', 'columns' or 'constant'", what));
        if (constant != nullptr && !rule.columns.empty())
            problems_.error(node, fmt::format("{} has a constant and a column: one of them", what));
        if (constant != nullptr && !is_allowed(field, rule.constant))
            problems_.error(*constant, fmt::format("{} '{}' is not known; {}", what, shown(rule.constant),
                                                   wanted(field, rule.constant)));
        read_values(field, fields, rule);
        rule.separator = fields.text("separator").value_or("");
        if (const auto word = fields.word("form", form_names)) {
            const auto at = std::ranges::find(form_names, *word) - form_names.begin();
            rule.form = static_cast<DateForm>(at);
            if (!is_date(field))
                problems_.error(node, fmt::format("'form' is for date and date_end, not for {}", what));
        }
        fields.finish();
        mapping_.fields.emplace(field, std::move(rule));
    }

    void read_values(Field field, Fields& fields, FieldRule& rule) {
        const auto check = [&](const YamlNode& at, const std::string& value) {
            if (!value.empty() && !is_allowed(field, value))
                problems_.error(at, fmt::format("{} '{}' is not known; {}", name_of(field), shown(value),
                                                wanted(field, value)));
        };
        if (const auto* values = fields.value("values")) {
            if (!values->is_mapping()) {
                problems_.error(
                    *values, fmt::format("values must be a mapping of the source's words to ours; found {}",
                                         values->described()));
                return;
            }
            for (const auto& member : values->members) {
                // `unknown` is a value here, not the lack of one.
                if (member.value.is_null()) {
                    rule.values.emplace_back(member.key, "");
                    continue;
                }
                const auto value = text_of(member.value, "value", problems_);
                if (!value) continue;
                check(member.value, *value);
                rule.values.emplace_back(member.key, *value);
            }
        }
        if (fields.has("otherwise")) {
            const auto* otherwise = fields.node().find("otherwise");
            const auto value = otherwise->is_null() ? std::optional<std::string>("")
                                                    : text_of(*otherwise, "otherwise", problems_);
            if (value) {
                check(*otherwise, *value);
                rule.otherwise = *value;
            }
        }
    }

    Problems& problems_;
    Mapping& mapping_;
};

}  // namespace

std::string_view name_of(Field field) {
    return field_names[static_cast<std::size_t>(field)];
}

std::optional<Field> field_named(std::string_view name) {
    const auto found = std::ranges::find(field_names, name);
    if (found == field_names.end()) return std::nullopt;
    return static_cast<Field>(found - field_names.begin());
}

std::string_view name_of(DateForm form) {
    return form_names[static_cast<std::size_t>(form)];
}

MappingReading read_mapping(std::string_view yaml, std::string_view file) {
    const auto reading = read_yaml(yaml);
    Problems problems{.file = std::string(file)};
    problems.add(reading);
    Mapping mapping;
    mapping.file = std::string(file);
    if (reading.root) Reader(problems, mapping).read(*reading.root);
    MappingReading made{
        .mapping = {}, .errors = std::move(problems.errors), .warnings = std::move(problems.warnings)};
    for (auto* list : {&made.errors, &made.warnings}) {
        for (auto& error : *list) error.file = std::string(file);
    }
    if (made.errors.empty()) made.mapping = std::move(mapping);
    return made;
}

}  // namespace truce::sources
