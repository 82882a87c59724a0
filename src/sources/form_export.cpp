// SPDX-License-Identifier: Apache-2.0
#include "sources/form_export.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/text.h"
#include "sources/cell.h"
#include "sources/column_names.h"

namespace truce::sources {
namespace {

/// The one column whose key ends so; nothing where none or several do.
std::optional<std::size_t> only_column_ending(const Header& header, std::string_view end) {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < header.size(); ++i) {
        if (!header.key(i).ends_with(end)) continue;
        if (found) return std::nullopt;
        found = i;
    }
    return found;
}

}  // namespace

std::optional<Mapping> form_mapping(const Header& header, const FormExport& tool) {
    auto mapping = mapping_by_names(header);
    if (!mapping) return std::nullopt;
    if (const auto key = header.find(tool.key_column))
        mapping->fields[Field::key] = {.columns = {header.name(*key)}};
    const auto lat = only_column_ending(header, tool.latitude_end);
    const auto lon = only_column_ending(header, tool.longitude_end);
    if (lat && lon) {
        mapping->fields[Field::lat] = {.columns = {header.name(*lat)}};
        mapping->fields[Field::lon] = {.columns = {header.name(*lon)}};
        mapping->fields.erase(Field::coordinates);
        // A geopoint called "location" is the point, not the place's name.
        if (const auto* place = mapping->rule(Field::place)) {
            const auto stem = header_key(place->columns[0]);
            if (header.key(*lat).find(stem) != std::string::npos) mapping->fields.erase(Field::place);
        }
        // The device's precision in metres is part of the geopoint, and no word for how well the place is
        // known.
        const auto& lat_key = header.key(*lat);
        const auto precision_key =
            lat_key.substr(0, lat_key.size() - tool.latitude_end.size()) + "_precision";
        if (const auto* precision = mapping->rule(Field::place_precision);
            precision != nullptr && header_key(precision->columns[0]) == precision_key)
            mapping->fields.erase(Field::place_precision);
        if (mapping->rule(Field::place_precision) == nullptr && mapping->rule(Field::radius_km) == nullptr)
            mapping->fields[Field::place_precision] = {.constant = "exact"};
    }
    return mapping;
}

RowMaker with_review(const Header& header, const FormExport& tool, RowMaker maker) {
    const auto column = header.find(tool.review_column);
    if (!column) return maker;
    return [column = *column, tool, maker = std::move(maker)](const TableRow& row) -> RowResult {
        const auto review = name_key(row[column]);
        if (review.empty()) return maker(row);
        if (std::ranges::find(tool.refused, review) != tool.refused.end())
            return tl::unexpected(fault_at(row, column, "a submission that its reviewers did not refuse"));
        auto made = maker(row);
        if (made && std::ranges::find(tool.questioned, review) != tool.questioned.end())
            made->remarks.push_back(
                fmt::format("the submission's review says '{}'", shown(text_of(row[column]))));
        return made;
    };
}

}  // namespace truce::sources
