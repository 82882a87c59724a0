// SPDX-License-Identifier: Apache-2.0
#include "sources/effort_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "base/csv.h"
#include "base/text.h"

namespace truce::sources {
namespace {

struct Places {
    std::optional<std::size_t> date;
    std::optional<std::size_t> watched;
};

Places places_of(const csv::Row& header) {
    Places places;
    for (std::size_t i = 0; i < header.fields.size(); ++i) {
        const auto name = lower_ascii(trimmed(header.fields[i]));
        if (name == "date") places.date = i;
        if (name == "watched") places.watched = i;
    }
    return places;
}

}  // namespace

Result<std::vector<EffortOnDay>> read_effort(std::string_view text, std::string_view file) {
    const auto wrong = [&](std::string message, std::size_t line = 0) {
        return failure({.message = std::move(message), .file = std::string(file), .line = line});
    };
    const auto body = csv::without_byte_order_mark(text);
    csv::Rows rows(body, csv::sniff(body).dialect);
    const auto* header = rows.next();
    const auto places = header != nullptr ? places_of(*header) : Places{};
    if (!places.date || !places.watched)
        return wrong("want columns 'date' and 'watched' in the first row",
                     header != nullptr ? header->line : 0);
    std::vector<EffortOnDay> effort;
    std::set<sys_days> seen;
    while (const auto* row = rows.next()) {
        if (auto error = row->error()) {
            error->file = std::string(file);
            return failure(std::move(*error));
        }
        if (row->fields.size() <= std::max(*places.date, *places.watched))
            return wrong(fmt::format("the row has {} columns, the header more", row->fields.size()),
                         row->line);
        const auto date = trimmed(row->fields[*places.date]);
        const auto amount = trimmed(row->fields[*places.watched]);
        const auto day = parse_day(date);
        if (!day) return wrong(fmt::format("date '{}': {}", shown(date), day.error().message), row->line);
        const auto watched = parse_real(amount);
        if (!watched || *watched < 0)
            return wrong(fmt::format("watched '{}' is no number of at least 0", shown(amount)), row->line);
        if (!seen.insert(*day).second)
            return wrong(fmt::format("{} is given twice", day_text(*day)), row->line);
        effort.push_back({*day, *watched});
    }
    if (std::ranges::none_of(effort, [](const EffortOnDay& day) { return day.watched > 0; }))
        return wrong("no day was watched: every 'watched' is 0, or there is no row");
    return effort;
}

}  // namespace truce::sources
