// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sources/text_table.h"

/// Points of GeoJSON as a table: one row for each feature, one column for each property.
/// `doc/formats/geojson.md`.
namespace truce::sources::geojson {

/// Whether a text is JSON at all, by its first character.
[[nodiscard]] bool is_json(std::string_view text);

/// One feature, or why it is none.
struct FeatureRow {
    /// As many as the header's columns.
    std::vector<std::string> cells;
    std::string raw;
    std::uint64_t line = 0;
    std::string found;     ///< not empty: the feature cannot be read
    std::string expected;  ///< what it should have been
};

/// The features of one text.
struct FeatureTable {
    /// Each property's name, in the order in which they come up first, then `latitude` and `longitude` (or
    /// `geometry_latitude`, `geometry_longitude` where properties have those names), and `id` (`feature_id`)
    /// where features have one.
    Header header;
    std::vector<FeatureRow> rows;
};

/// Reads a FeatureCollection or a single Feature of points. Numbers are cells as they are written; nested
/// values are cells of JSON. Features without a geometry have no coordinates; heights are dropped. Fails for
/// JSON that is no GeoJSON (saying what it says instead), another `crs` than CRS84 or EPSG:4326, more than
/// 4,096 properties, and text that breaks off.
[[nodiscard]] Result<FeatureTable> read_features(std::string_view text);

/// Reads the features of a rejects file: one in each row's only cell, `feature`.
[[nodiscard]] FeatureTable read_rejected_features(const TextTable& rejects);

/// Makes accounts of the rows by `maker`, as TextTable::read does.
[[nodiscard]] ReadRows read(const FeatureTable& table, const RowMaker& maker);

}  // namespace truce::sources::geojson
