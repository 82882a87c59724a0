// SPDX-License-Identifier: Apache-2.0
#include "server/source_rows.h"

#include <algorithm>
#include <set>
#include <utility>

namespace truce::server {
namespace {

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
