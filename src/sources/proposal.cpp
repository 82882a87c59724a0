// SPDX-License-Identifier: Apache-2.0
#include "sources/proposal.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "base/text.h"
#include "base/yaml.h"
#include "sources/accounts.h"
#include "sources/cell.h"
#include "sources/column_names.h"
#include "sources/dates.h"
#include "sources/geojson_points.h"
#include "sources/mapping.h"
#include "sources/text_table.h"

namespace truce::sources {
namespace {

constexpr std::size_t rows_looked_at = 2000;
constexpr std::size_t words_kept = 40;
constexpr std::size_t most_columns = 512;

/// What one column's values look like.
struct ColumnLook {
    std::size_t filled = 0;
    std::size_t dates = 0;  ///< dates in any form, those that need an order included
    std::size_t need_order = 0;
    std::size_t compact_days = 0;
    std::size_t decimal_commas = 0;
    DateOrderEvidence order;
    std::vector<std::string>
        words;  ///< distinct values, in the order in which they came, at most `words_kept`
    bool more_words = false;

    void add(std::string_view text) {
        if (is_missing(text)) return;
        ++filled;
        const auto date = read_date(text, std::nullopt);
        if (date || date.error().kind == DateFault::Kind::needs_order) ++dates;
        if (!date && date.error().kind == DateFault::Kind::needs_order) ++need_order;
        if (read_compact_day(text)) ++compact_days;
        order.add(text);
        const auto comma = text.find(',');
        if (comma != std::string_view::npos && comma == text.rfind(',') && !parse_real(text)) {
            auto pointed = std::string(text);
            pointed[comma] = '.';
            if (parse_real(pointed)) ++decimal_commas;
        }
        if (std::ranges::find(words, text) != words.end()) return;
        if (words.size() < words_kept) {
            words.emplace_back(text);
        } else {
            more_words = true;
        }
    }
};

/// The table's columns as they look.
struct TableLook {
    std::vector<std::string> names;
    std::vector<ColumnLook> columns;
    std::size_t rows = 0;
    std::size_t preamble = 0;
    std::optional<csv::Dialect> dialect;  // nothing: GeoJSON

    void add(std::span<const std::string_view> cells) {
        if (rows == rows_looked_at) return;
        ++rows;
        for (std::size_t i = 0; i < columns.size(); ++i) columns[i].add(text_of(cells[i]));
    }
};

/// The first record that has as many cells as most, none of them a number or a date.
std::size_t likely_header(const TextTable& table) {
    std::map<std::size_t, std::size_t> sizes;
    for (const auto& cells : table.head()) ++sizes[cells.size()];
    const auto usual =
        std::ranges::max_element(sizes, {}, [](const auto& size) { return size.second; })->first;
    for (std::size_t i = 0; i < table.head().size(); ++i) {
        const auto& cells = table.head()[i];
        if (cells.size() < usual) continue;
        const bool plain = std::ranges::none_of(cells, [](const std::string& cell) {
            return parse_real(cell).has_value() || read_date(cell, DateOrder::day_first).has_value();
        });
        if (plain) return i;
    }
    return 0;
}

Result<TableLook> look_at(std::string_view text) {
    TableLook look;
    if (geojson::is_json(text)) {
        const auto features = geojson::read_features(text);
        if (!features) return tl::unexpected(features.error());
        look.names.assign(features->header.names().begin(), features->header.names().end());
        look.names.resize(std::min(look.names.size(), most_columns));
        look.columns.resize(look.names.size());
        for (const auto& row : features->rows) {
            if (!row.found.empty()) continue;
            const std::vector<std::string_view> cells(row.cells.begin(), row.cells.end());
            look.add(cells);
        }
        return look;
    }
    auto table = TextTable::open(text);
    if (!table) return tl::unexpected(table.error());
    look.preamble = likely_header(*table);
    table->set_header(look.preamble);
    look.dialect = table->dialect();
    look.names.assign(table->header().names().begin(), table->header().names().end());
    look.names.resize(std::min(look.names.size(), most_columns));
    look.columns.resize(look.names.size());
    table->for_each_row([&](const TableRow& row) { look.add(row.cells); });
    return look;
}

/// Which column is to be which field: by name, else, for the date alone, by what the column holds.
std::map<Field, std::size_t> fields_of(const TableLook& look, std::vector<std::string>& doubts) {
    std::map<Field, std::size_t> fields;
    for (std::size_t i = 0; i < look.names.size(); ++i) {
        const auto field = field_meant(look.names[i]);
        if (!field) continue;
        if (const auto [place, added] = fields.try_emplace(*field, i); !added) {
            doubts.push_back(fmt::format("{} could also come from column {}", name_of(*field),
                                         yaml_scalar(look.names[i])));
        }
    }
    if (!fields.contains(Field::date)) {
        for (std::size_t i = 0; i < look.columns.size(); ++i) {
            const auto& column = look.columns[i];
            if (column.filled == 0 || column.dates * 10 < column.filled * 9 || fields.contains(Field::date))
                continue;
            fields.emplace(Field::date, i);
            doubts.push_back(
                fmt::format("no column is called a date; {} holds dates", yaml_scalar(look.names[i])));
        }
    }
    if (!fields.contains(Field::lat) || !fields.contains(Field::lon)) {
        fields.erase(Field::lat);
        fields.erase(Field::lon);
    } else {
        fields.erase(Field::coordinates);
    }
    return fields;
}

/// A text on one line, for a comment.
std::string comment(std::string_view text) {
    return shown(text, 60);
}

std::string samples(const ColumnLook& column) {
    std::string out;
    for (std::size_t i = 0; i < std::min<std::size_t>(3, column.words.size()); ++i)
        out += fmt::format("{}'{}'", i == 0 ? "" : ", ", shown(column.words[i], 30));
    return out.empty() ? "nothing" : out;
}

class Proposal {
public:
    Proposal(const TableLook& look, std::string_view file) : look_(look), file_(file) {}

    std::string text() {
        const auto fields = fields_of(look_, doubts_);
        write_top(fields);
        out_ += "fields:\n";
        if (!fields.contains(Field::date))
            out_ +=
                "  # CHECK: no column holds dates that can be told to be dates, and every account needs "
                "one\n";
        for (const auto& [field, column] : fields) write_field(field, column);
        write_rest(fields);
        return out_;
    }

private:
    void write_top(const std::map<Field, std::size_t>& fields) {
        out_ += fmt::format("# Proposed by `truce map-columns` for {}, from its first {} rows.\n",
                            comment(file_), look_.rows);
        out_ += "# Read every line, and decide wherever CHECK stands.\n";
        for (const auto& doubt : doubts_) out_ += fmt::format("# CHECK: {}.\n", doubt);
        out_ += "trucewatch: 1\n";
        out_ += "licence: \"\"          # CHECK: under which licence may the rows be used?\n";
        out_ += "credit: \"\"           # CHECK: whom must a report name?\n";
        out_ += "republish: nothing   # CHECK: rows, aggregates or nothing\n";
        out_ +=
            "# zone: Asia/Damascus   # CHECK: on whose clocks are dates and times? Without it, on the "
            "mission's\n";
        write_form();
        const auto commas = [&](Field field) {
            const auto found = fields.find(field);
            return found == fields.end() ? std::size_t{0} : look_.columns[found->second].decimal_commas;
        };
        if (commas(Field::lat) + commas(Field::lon) > 0)
            out_ += "decimal: comma       # coordinates are written as 36,2\n";
    }

    void write_form() {
        if (!look_.dialect) return;
        const char delimiter = look_.dialect->delimiter;
        out_ += "file:\n";
        out_ += fmt::format("  delimiter: {}\n", delimiter == ';'    ? "semicolon"
                                                 : delimiter == '\t' ? "tab"
                                                 : delimiter == '|'  ? "pipe"
                                                                     : "comma");
        if (look_.preamble > 0) out_ += fmt::format("  preamble_rows: {}\n", look_.preamble);
    }

    void write_field(Field field, std::size_t at) {
        const auto& column = look_.columns[at];
        out_ += fmt::format("  # {} of {} rows; {}.\n", column.filled, look_.rows, samples(column));
        if (field == Field::date || field == Field::date_end) {
            write_date(field, at);
        } else if (field == Field::act) {
            write_words(field, at, act_words(), "unknown");
        } else if (field == Field::target_kind) {
            write_words(field, at, {}, "");
        } else {
            if (field == Field::attacker || field == Field::target_party)
                out_ +=
                    "  # CHECK: names are looked up in actors.yaml; give 'values' for those that it does not "
                    "know.\n";
            if (field == Field::place_precision)
                out_ +=
                    "  # CHECK: exact, near, town, district, region, line, country or elsewhere; give "
                    "'values' for other words.\n";
            out_ += fmt::format("  {}: {}\n", name_of(field), yaml_scalar(look_.names[at]));
        }
    }

    void write_date(Field field, std::size_t at) {
        const auto& column = look_.columns[at];
        std::string form;
        if (column.filled > 0 && column.compact_days * 10 >= column.filled * 9) form = "compact";
        if (column.need_order > 0) {
            if (const auto order = column.order.order()) {
                form = name_of(*order);
                out_ += fmt::format("  # CHECK: {}: {}.\n", form, column.order.text());
            } else {
                out_ += fmt::format(
                    "  # CHECK: {} dates can be read two ways, and nothing in the file says which: add form: "
                    "day-first or\n"
                    "  # form: month-first. Until then those rows are rejected.\n",
                    column.need_order);
            }
        }
        if (column.dates < column.filled && form != "compact")
            out_ += fmt::format("  # CHECK: {} values are no dates that can be read.\n",
                                column.filled - column.dates);
        out_ += fmt::format("  {}: {{column: {}{}}}\n", name_of(field), yaml_scalar(look_.names[at]),
                            form.empty() ? "" : ", form: " + form);
    }

    void write_words(Field field, std::size_t at,
                     const std::vector<std::pair<std::string, std::string>>& known, std::string_view other) {
        std::map<std::string, std::string> by_key;
        for (const auto& [word, value] : known) by_key.emplace(name_key(word), value);
        const auto& column = look_.columns[at];
        out_ += fmt::format("  {}:\n    column: {}\n", name_of(field), yaml_scalar(look_.names[at]));
        if (field == Field::target_kind)
            out_ += "    separator: \";\"   # CHECK: what stands between several kinds in one cell?\n";
        if (column.words.empty()) return;
        out_ += "    values:\n";
        for (const auto& word : column.words) {
            const auto found = by_key.find(name_key(word));
            const bool own = field == Field::target_kind && target_kind_named(word).has_value();
            const auto value = found != by_key.end() ? found->second : own ? word : std::string(other);
            const bool sure = found != by_key.end() || own;
            out_ += fmt::format("      {}: {}{}\n", yaml_scalar(word), value.empty() ? "\"\"" : value,
                                sure ? "" : "   # CHECK");
        }
        if (column.more_words)
            out_ +=
                "      # CHECK: there are more words than these; rows with words that are not here are "
                "rejected.\n";
    }

    void write_rest(const std::map<Field, std::size_t>& fields) {
        std::string rest;
        for (std::size_t i = 0; i < look_.names.size(); ++i) {
            if (std::ranges::any_of(fields, [i](const auto& field) { return field.second == i; })) continue;
            rest += fmt::format("#   {} ({})\n", comment(look_.names[i]), samples(look_.columns[i]));
        }
        if (!rest.empty())
            out_ += "# Columns that no field takes; they are kept with each account as they are:\n" + rest;
    }

    const TableLook& look_;
    std::string_view file_;
    std::vector<std::string> doubts_;
    std::string out_;
};

}  // namespace

Result<std::string> proposed_mapping(std::string_view text, std::string_view file) {
    const auto format = recognise(text);
    if (!format) return tl::unexpected(format.error());
    auto look = look_at(text);
    if (!look) return tl::unexpected(look.error());
    std::string known;
    switch (*format) {
        case Format::ucdp_ged:
        case Format::acled:
        case Format::acled_aggregated:
        case Format::gdelt:
        case Format::firms:
            known =
                fmt::format("# This file is read without a mapping: its format is {}.\n", name_of(*format));
            break;
        case Format::kobo:
        case Format::odk:
        case Format::geojson:
        case Format::table:
            break;
    }
    return known + Proposal(*look, file).text();
}

}  // namespace truce::sources
