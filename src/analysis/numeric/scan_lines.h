// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "analysis/numeric/scan_kernels.h"
#include "analysis/numeric/scan_statistic.h"

namespace truce::numeric {

/// What windows of a class of zones can hold. The base of a window with any base at all is at least `least`
/// and at most `most`; no zone's base, over all bins, exceeds `zone`.
struct BaseRange {
    double least = 0;
    double most = 0;
    double zone = 0;
    /// No window has more cases, nor have all together.
    double most_cases = 0;
};

/// Lines such that every window with `least_cases` or more and a statistic above `level` lies above one of
/// them, rounding of the kernels included; and few others. Where no such window can
/// be, no window lies above.
///
/// The statistic's level sets bound convex sets of (base, cases): the lines are chords of that boundary
/// between whole numbers of cases, of which a window has one.
/// Requires: 0 < range.least <= range.most <= range.zone; range.most_cases >= 1.
scan_kernels::Lines lines_above(const ScanStatistic& statistic, double level, std::uint32_t least_cases,
                                const BaseRange& range);

/// The lines for each class of zones and each level, computed when first asked for.
///
/// Zones are classed by their base over all bins, in steps of a quarter; levels are rounded down by at most
/// half a percent.
class LineTable {
public:
    /// How much larger than the innermost zone of a run the outermost may be.
    static constexpr double widest_run = 1.6;

    /// The class of a zone of that base. Requires: positive, finite.
    [[nodiscard]] static int class_of(double base);

    /// Which base windows may have that have any: a share of the zone's own, or for all zones the same.
    struct Windows {
        double least_share = 0;  ///< of the zone's base; 0: `least` is meant
        double least = 0;
        double most_share = 1;  ///< of the zone's base
        double most_cases = 0;  ///< that any window, or all together, may hold
        friend bool operator==(const Windows&, const Windows&) = default;
    };

    /// For zones of the classes `first_class` to `last_class`, and windows with `least_cases` or more.
    LineTable(const ScanStatistic& statistic, std::uint32_t least_cases, int first_class, int last_class)
        : statistic_(statistic),
          least_cases_(least_cases),
          first_class_(first_class),
          last_class_(last_class) {}

    /// Forgets the lines made for other windows.
    void set_windows(const Windows& windows);
    [[nodiscard]] const Windows& windows() const { return windows_; }

    /// From now on lines for windows of a statistic above `statistic`, which is at least 0. Requires: the
    /// windows are set.
    void set_level(double statistic);

    /// Valid for zones of that class, and for those up to `widest_run` times as large.
    const scan_kernels::Lines& lines(int zone_class) {
        Entry& entry = (*current_)[static_cast<std::size_t>(zone_class - first_class_)];
        if (!entry.known) [[unlikely]]
            compute(entry, zone_class);
        return entry.lines;
    }

private:
    struct Entry {
        scan_kernels::Lines lines{};
        bool known = false;
    };

    void compute(Entry& entry, int zone_class) const;

    ScanStatistic statistic_;
    std::uint32_t least_cases_;
    int first_class_;
    int last_class_;
    Windows windows_;
    std::map<int, std::vector<Entry>> by_level_;
    std::vector<Entry>* current_ = nullptr;
    double level_ = 0;
};

}  // namespace truce::numeric
