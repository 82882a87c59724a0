// SPDX-License-Identifier: Apache-2.0
#include "server/source_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/csv.h"
#include "base/text.h"

namespace truce::server {
namespace {

std::vector<std::string> names_of(std::span<const std::string> given) {
    std::vector<std::string> names;
    for (const auto& one : given) {
        const std::string plain(trimmed(one));
        auto name = plain.empty() ? fmt::format("column {}", names.size() + 1) : plain;
        for (int n = 2; std::ranges::find(names, name) != names.end(); ++n) name = fmt::format("{} ({})", plain, n);
        names.push_back(std::move(name));
    }
    return names;
}

void append_cell(std::string& out, std::string_view cell) {
    if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
        out += cell;
        return;
    }
    out += '"';
    for (const char c : cell) {
        if (c == '"') out += '"';
        out += c;
    }
    out += '"';
}

}  // namespace

std::map<Sha256, NamedCells> rows_by_hash(std::string_view text, const std::set<Sha256>& wanted, std::size_t first_line,
                                          std::span<const std::string> column_names) {
    std::map<Sha256, NamedCells> found;
    const auto body = csv::without_byte_order_mark(text);
    csv::Rows rows(body, csv::sniff(body).dialect);
    std::vector<std::string> before;
    std::vector<std::string> names = column_names.empty() ? std::vector<std::string>() : names_of(column_names);
    while (const csv::Row* row = rows.next()) {
        if (row->line < first_line) {
            before.assign(row->fields.begin(), row->fields.end());
            continue;
        }
        if (names.empty()) names = names_of(before);
        if (row->problem != csv::Problem::none || !is_utf8(row->raw)) continue;
        const auto hash = sha256(row->raw);
        if (!wanted.contains(hash)) continue;
        NamedCells cells;
        for (std::size_t c = 0; c < row->fields.size(); ++c) {
            cells.emplace_back(c < names.size() ? names[c] : fmt::format("column {}", c + 1), row->fields[c]);
        }
        std::ranges::sort(cells);
        found.try_emplace(hash, std::move(cells));
        if (found.size() == wanted.size()) break;
    }
    return found;
}

std::string table_of(std::span<const NamedCells> rows) {
    std::set<std::string> columns;
    for (const auto& row : rows) {
        for (const auto& [name, value] : row) columns.insert(name);
    }
    std::string text;
    const auto append_line = [&](const auto& value_of) {
        bool first = true;
        for (const auto& column : columns) {
            if (!first) text += ',';
            first = false;
            append_cell(text, value_of(column));
        }
        text += '\n';
    };
    append_line([](const std::string& column) { return std::string_view(column); });
    for (const auto& row : rows) {
        append_line([&](const std::string& column) {
            const auto at = std::ranges::find(row, column, &std::pair<std::string, std::string>::first);
            return at == row.end() ? std::string_view() : std::string_view(at->second);
        });
    }
    return text;
}

std::string_view filed_mapping() {
    return R"(trucewatch: 1
mapping: reports
title: {en: Reports to the mission, ar: تقارير واردة إلى البعثة, ru: Сообщения в миссию, fr: Signalements à la mission}
licence: for the mission's own use
credit: The mission's reporters
republish: nothing
fields:
  key: key
  date: date
  time: time
  date_end: date_end
  time_end: time_end
  date_precision: precision
  place: place
  lat: lat
  lon: lon
  radius_km: radius_km
  act: act
  attacker: attacker
  attacker_basis: {constant: reported}
  roles: roles
  target_party: target
  killed_low: killed_low
  killed_best: killed_best
  killed_high: killed_high
  injured_low: injured_low
  injured_best: injured_best
  injured_high: injured_high
  summary: what
)";
}

}  // namespace truce::server
