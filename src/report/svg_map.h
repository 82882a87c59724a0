// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assessment/assessment.h"
#include "geo/geojson.h"
#include "report/messages.h"

namespace truce::report {

/// An area that an agreement speaks of, or that the headline does, clipped to the map.
struct MapArea {
    AreaId area;
    bool focus = false;
    std::vector<std::vector<Point>> rings;
    Point label;
};

/// Where incidents of one verdict happened: somewhere in the disc, and not at a point.
struct MapMark {
    Point at;
    Distance radius = Distance::metres(0);
    /// Known only to lie in some area; `at` is the middle of its box.
    bool within_area = false;
    Verdict verdict = Verdict::out_of_scope;
    std::vector<IncidentId> incidents;
};

/// A hotspot, with its number in the table beside the map.
struct MapCircle {
    Disc disc;
    int number = 0;
    bool clear = false;  ///< beyond chance
};

/// What both maps show, the drawn one and the one with scripts.
struct MapPicture {
    /// Names its drawn shapes within the file.
    std::string id;
    Box view;
    std::vector<std::vector<Point>> land;  ///< outlines of countries, clipped somewhat beyond the view
    std::vector<MapArea> areas;
    std::vector<MapMark> marks;     ///< least grave first, so that graver ones are drawn over them
    std::size_t without_place = 0;  ///< incidents shown nowhere: no place is known
    std::vector<MapCircle> circles{};
};

/// The picture of `incidents`. Nothing is drawn from an area of a whole country: it would be the whole map.
[[nodiscard]] MapPicture map_picture(const Dossier& dossier, const Assessment& assessment,
                                     std::span<const IncidentId> incidents,
                                     std::span<const CountryShape> countries);

/// The same picture, close up on the focus area's smallest drawing, with what lies in that view; nothing
/// where the area fills a third of the whole map or more, and where there is none.
[[nodiscard]] std::optional<MapPicture> close_up(const MapPicture& whole, const Dossier& dossier,
                                                 std::span<const CountryShape> countries);

/// The hotspots of one scan, with the incidents in them and the areas about them; nothing where it found
/// none.
[[nodiscard]] std::optional<MapPicture> hotspot_picture(const Dossier& dossier, const Assessment& assessment,
                                                        const HotspotScan& scan, std::string id,
                                                        std::span<const CountryShape> countries);

/// The part of the drawn map that holds no words: put once into the file, and used by the map of each
/// language.
[[nodiscard]] std::string svg_map_shapes(const MapPicture& picture);
/// The map in one language.
[[nodiscard]] std::string svg_map(const MapPicture& picture, const Dossier& dossier,
                                  const Messages& messages);
/// The picture as a JSON object for the scripts: `view`, `land`, `areas`, `marks`.
[[nodiscard]] std::string map_json(const MapPicture& picture, const Dossier& dossier,
                                   const Assessment& assessment, std::span<const Messages> languages);

}  // namespace truce::report
