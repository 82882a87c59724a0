// SPDX-License-Identifier: Apache-2.0
#include "sources/person_lists.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/text.h"
#include "base/yaml_fields.h"
#include "sources/written_values.h"

namespace truce::sources {
namespace {

constexpr std::array<std::pair<std::string_view, PersonFieldKind>, 5> kinds{{
    {"name", PersonFieldKind::name},
    {"text", PersonFieldKind::text},
    {"code", PersonFieldKind::code},
    {"date", PersonFieldKind::date},
    {"number", PersonFieldKind::number},
}};
/// As many as one comparison holds.
constexpr std::size_t most_fields = 16;

class Reader {
public:
    Reader(Problems& problems, PersonMapping& mapping) : problems_(problems), mapping_(mapping) {}

    void read(const YamlNode& root) {
        Fields fields(root, "the mapping of a list of persons", problems_);
        check_format_version(fields, problems_);
        if (const auto* id = fields.required("persons"))
            mapping_.id = id_of(*id, "persons", problems_).value_or("");
        if (fields.flag("may_repeat").value_or(false)) mapping_.repeats = Repeats::may;
        mapping_.key_column = fields.text("key").value_or("");
        mapping_.missing = fields.texts("missing");
        if (const auto word = fields.word("delimiter", {"comma", "semicolon", "tab", "pipe"})) {
            mapping_.form.delimiter = *word == "comma"       ? ','
                                      : *word == "semicolon" ? ';'
                                      : *word == "tab"       ? '\t'
                                                             : '|';
        }
        if (const auto* rules = fields.required("fields")) read_rules(*rules);
        fields.finish();
    }

private:
    void read_rules(const YamlNode& node) {
        if (!node.is_mapping() || node.members.empty()) {
            problems_.error(node, fmt::format("fields must be a mapping of fields to columns; found {}",
                                              node.described()));
            return;
        }
        if (node.members.size() > most_fields)
            problems_.error(node, fmt::format("more than {} fields", most_fields));
        for (const auto& member : node.members) {
            PersonMapping::Rule rule{.line = member.line};
            rule.field.name = member.key;
            Fields fields(member.value, member.key, problems_);
            rule.column = fields.required_text("column").value_or("");
            const auto word = fields.word("compare", {"name", "text", "code", "date", "number"});
            if (!word && member.value.is_mapping() && !fields.has("compare"))
                problems_.error(
                    member.value,
                    fmt::format("{} lacks 'compare': name, text, code, date or number", member.key));
            for (const auto& [name, kind] : kinds) {
                if (word && *word == name) rule.field.kind = kind;
            }
            fields.finish();
            mapping_.fields.push_back(std::move(rule));
        }
    }

    Problems& problems_;
    PersonMapping& mapping_;
};

Result<std::size_t> column_of(const Header& header, const std::string& name, const PersonMapping& mapping,
                              std::size_t line) {
    for (std::size_t column = 0; column < header.size(); ++column) {
        if (trimmed(header.name(column)) == name) return column;
    }
    if (const auto column = header.find(header_key(name))) return *column;
    const std::vector<std::string> names(header.names().begin(), header.names().end());
    return failure(
        {.message = fmt::format("the list has no column '{}'{}", shown(name), did_you_mean(name, names)),
         .file = mapping.file,
         .line = line});
}

}  // namespace

PersonMappingReading read_person_mapping(std::string_view yaml, std::string_view file) {
    PersonMappingReading result;
    result.mapping.file = file;
    Problems problems{.file = std::string(file)};
    const auto reading = read_yaml(yaml);
    problems.add(reading);
    if (reading.root) Reader(problems, result.mapping).read(*reading.root);
    result.errors = std::move(problems.errors);
    result.warnings = std::move(problems.warnings);
    return result;
}

Result<PersonList> read_person_list(std::string_view text, std::string_view file,
                                    const PersonMapping& mapping) {
    auto table = TextTable::open(text, mapping.form);
    if (!table) return tl::unexpected(std::move(table.error()));
    table->set_header(0);
    PersonList list;
    list.id = mapping.id;
    list.file = file;
    list.repeats = mapping.repeats;
    std::vector<std::size_t> columns;
    for (const auto& rule : mapping.fields) {
        const auto column = column_of(table->header(), rule.column, mapping, rule.line);
        if (!column) return tl::unexpected(column.error());
        columns.push_back(*column);
        list.fields.push_back(rule.field);
    }
    std::optional<std::size_t> key;
    if (!mapping.key_column.empty()) {
        const auto column = column_of(table->header(), mapping.key_column, mapping, 0);
        if (!column) return tl::unexpected(column.error());
        key = *column;
    }
    list.values.resize(columns.size());
    // The table's own reader finds rows that are not whole; the accounts that it wants are of no use here.
    const auto read = table->read(1, [&]() -> RowMaker {
        return [&](const TableRow& row) -> RowResult {
            list.keys.emplace_back(key ? std::string(trimmed(row[*key])) : fmt::format("row{}", row.number));
            for (std::size_t f = 0; f < columns.size(); ++f) {
                const auto value = trimmed(row[columns[f]]);
                const bool missing = std::ranges::find(mapping.missing, value) != mapping.missing.end();
                list.values[f].emplace_back(missing ? std::string_view() : value);
            }
            return Account{};
        };
    });
    if (!read.rejects.empty()) {
        const auto& first = read.rejects.front();
        return failure(
            {.message = fmt::format("{} of {} rows cannot be read; the first: found {}, expected {}. A list "
                                    "that is not read whole has no overlap to count",
                                    read.rejects.size(), read.rows, shown(first.found), first.expected),
             .file = std::string(file),
             .line = first.line});
    }
    return list;
}

}  // namespace truce::sources
