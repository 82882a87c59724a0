// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "report/html.h"
#include "report/html_listing.h"
#include "report/html_page.h"
#include "report/svg_course.h"
#include "report/svg_map.h"

namespace truce::report {

/// What the sections that show single incidents need to know.
struct Shown {
    const Listing& listing;
    const MapPicture& picture;
    const std::optional<MapPicture>& close;  ///< the focus area, close up
    std::span<const std::optional<MapPicture>> hotspots;  ///< of each scan
    std::size_t on_map = 0;                  ///< how many of the listing are in the picture
    std::size_t in_full = 0;                 ///< how many of the listing are written out, from its front
};

// The report's sections, in the order in which they are written. Each appends itself to the page.

void write_holding(Page& page);
void write_changed(Page& page, const HtmlSettings& settings, const Shown& shown);
void write_map(Page& page, const Shown& shown);
void write_course(Page& page);
void write_terms(Page& page);
/// The head of the findings: the counts by verdict, party, area and act. The incidents themselves follow it.
void write_tallies(Page& page, const Shown& shown);
void write_deaths(Page& page);
void write_trends(Page& page);
void write_hotspots(Page& page, const Shown& shown);
void write_undecided(Page& page, const Shown& shown);
void write_accounting(Page& page);
void write_method(Page& page, const HtmlSettings& settings);
void write_limits(Page& page);

/// The days on which agreements enter into force, numbered as in the table of agreements.
[[nodiscard]] std::vector<CourseMark> course_marks(const Dossier& dossier);

/// Anchor and heading key of each section, for the table of contents.
struct SectionName {
    const char* anchor;
    const char* heading;
};
[[nodiscard]] std::span<const SectionName> section_names();

}  // namespace truce::report
