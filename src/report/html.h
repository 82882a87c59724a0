// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assessment/assessment.h"
#include "geo/geojson.h"
#include "report/licence.h"
#include "report/opinion_files.h"
#include "report/messages.h"

namespace truce::report {

/// What an earlier assessment of the mission said, for "what has changed since".
struct Earlier {
    DayRange days;
    std::uint64_t assessed = 0;  ///< incidents assessed
    VerdictCounts verdicts{};    ///< of those
    CountRange killed;           ///< all areas, all days assessed
    analysis::Change change = analysis::Change::cannot_be_estimated;
    /// How far the record went, and the digest of what it came to; nothing where it was made without one.
    struct Record {
        std::vector<std::pair<std::string, std::uint64_t>> sizes;
        std::string state;
    };
    std::optional<Record> record{};
};

/// What the report is made with, beside what it is about.
struct HtmlSettings {
    /// The languages in the file, the first shown first. Requires: not empty, each language once.
    std::span<const Messages> languages;
    /// The script and the style sheet (report/assets.h). Without a script the report is as complete, and
    /// still.
    std::string_view script;
    std::string_view style;
    /// Outlines of countries for the maps; empty: maps without them.
    std::span<const CountryShape> countries;
    std::optional<Earlier> earlier;
    /// Findings whose inputs changed in the record; nothing: not asked for. What it points to must live as long.
    std::optional<ChangesSince> changes{};
    Readers readers = Readers::everyone;
    /// As of when accounts were taken in, in words ("2016-05-21 00:00 UTC"); empty: not said.
    std::string cut_off;
    /// How many incidents are put on the map, and how many bytes the whole file may have; the gravest come
    /// first. What does not fit is left to the files beside the report, and the report says how many that
    /// are.
    std::size_t most_on_map = 2000;
    std::size_t most_bytes = 2'900'000;
};

/// The report as one HTML file: needs no network, reads without scripts, prints, and holds all its languages.
///
/// Rows of sources whose licence does not allow their republication are counted and never shown, nor are
/// incidents that rest on such a row. All that sources wrote is escaped. The same values give the same bytes.
/// Cost: O(incidents log incidents + vertices of countries and areas).
[[nodiscard]] std::string html(const Dossier& dossier, const Assessment& assessment,
                               const HtmlSettings& settings);

}  // namespace truce::report
