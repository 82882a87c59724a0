// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml_fields.h"
#include "geo/geojson.h"
#include "model/agreement.h"
#include "model/area.h"

namespace truce::sources {

/// The areas that a mission's agreements may name, while the files are read.
class AreaNames {
public:
    /// `countries`: a TopoJSON text of the world's countries (Natural Earth), parsed only when an agreement
    /// names a country; empty where there is none. Requires: it outlives this.
    explicit AreaNames(std::string_view countries) : countries_(countries) {}

    /// Reads one GeoJSON file of named areas (doc/formats/areas.md). Errors carry the line where the feature
    /// starts. A polygon that crosses itself is mended, which the area notes and a warning says. The same for
    /// every number of threads. A text with room for 64 more bytes (`reserve`) is read in place, any other is
    /// copied.
    void read(const std::string& geojson, Problems& problems, int threads = 1);

    /// What an agreement names as its area:
    ///
    ///     aleppo                                          every version of that area
    ///     areas/aleppo.geojson, areas/aleppo.geojson#id   the file's one area, or the one of that id
    ///     {name: aleppo, versions: {usa: .., russia: ..}} each guarantor's own drawing
    ///     {name: aleppo, file: areas/aleppo.geojson}      that area, of that file
    ///     {country: SYR}   {admin1: Aleppo Governorate}   a country; an administrative area of that level
    ///     {circle: {lat: 36.2, lon: 37.1, radius_m: 500}} a disc
    ///     {any_of: [..]}                                  all of several together
    ///
    /// Nothing after an error, and where it says `unknown`.
    [[nodiscard]] std::optional<AreaClause> clause(const YamlNode& node, Problems& problems);

    [[nodiscard]] const std::vector<Area>& areas() const { return areas_; }
    /// Where an area is defined; a line of 0 for one that an agreement made.
    struct Definition {
        std::string file;
        std::size_t line = 0;
        bool used = false;
    };
    [[nodiscard]] const std::vector<Definition>& definitions() const { return definitions_; }

private:
    void add(Area area, const YamlNode& at, Problems& problems);

    std::optional<AreaClause> clause_named(const YamlNode& node, std::string_view id, Problems& problems);
    std::optional<AreaClause> clause_of_file(const YamlNode& node, std::string_view reference,
                                             Problems& problems);
    std::optional<AreaClause> clause_of_versions(Fields& fields, Problems& problems);
    std::optional<AreaId> version_named(const YamlNode& node, std::string_view id, std::string_view by,
                                        Problems& problems);
    std::optional<AreaClause> clause_of_country(const YamlNode& node, Problems& problems);
    std::optional<AreaClause> clause_of_admin(const YamlNode& node, int level, Problems& problems);
    std::optional<AreaClause> clause_of_circle(const YamlNode& node, Problems& problems);
    std::optional<AreaClause> clause_of_any(const YamlNode& node, Problems& problems);
    AreaClause made(Area area);
    AreaClause use(const std::vector<AreaId>& areas);
    [[nodiscard]] std::vector<AreaId> with_id(std::string_view id) const;
    [[nodiscard]] std::vector<AreaId> in_file(std::string_view file) const;
    [[nodiscard]] std::vector<std::string_view> ids() const;

    std::string_view countries_;
    std::optional<std::vector<CountryShape>> country_shapes_;
    std::vector<Area> areas_;
    std::vector<Definition> definitions_;
    std::map<std::string, AreaId, std::less<>> made_;
};

}  // namespace truce::sources
