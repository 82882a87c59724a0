// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/scan_lines.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace truce::numeric {

namespace {

using scan_kernels::Lines;

/// The boundary of a level: where the statistic is just `level`.
class Boundary {
public:
    Boundary(const ScanStatistic& statistic, double level) : statistic_(statistic), level_(level) {}

    /// Whether a window of so many cases and that base lies beyond the level, or would if that many cases had
    /// room in it.
    [[nodiscard]] bool beyond(double cases, double base) const {
        const double with_room = statistic_.model() == ScanModel::bernoulli ? std::max(cases, base) : base;
        return statistic_(cases, with_room) > level_;
    }

    /// The fewest cases from `least` to `most` that lie beyond at that base; more than `most` where none do.
    [[nodiscard]] std::uint64_t fewest_beyond(std::uint64_t least, std::uint64_t most, double base) const {
        std::uint64_t low = least;
        std::uint64_t high = std::max(least, most + 1);
        while (low < high) {
            const std::uint64_t middle = low + (high - low) / 2;
            if (beyond(static_cast<double>(middle), base)) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /// A base at and above which so many cases do not lie beyond, larger than the least such by a ten
    /// millionth at most. Requires: they lie beyond at `inside`.
    [[nodiscard]] double base_of(double cases, double inside) const {
        constexpr double accuracy = 1e-7;
        double outside = statistic_.model() == ScanModel::bernoulli
                             ? cases * statistic_.all_base() / statistic_.all_cases() * (1 + accuracy)
                             : cases;
        while (outside - inside > accuracy * outside) {
            const double middle = outside > 2 * inside ? std::sqrt(outside * inside) : (outside + inside) / 2;
            (beyond(cases, middle) ? inside : outside) = middle;
        }
        return outside;
    }

private:
    const ScanStatistic& statistic_;
    double level_;
};

struct Vertex {
    double base;
    double cases;
};

/// What the kernels' single precision may lose: their numbers are right within 2^-24 of themselves, and an
/// answer takes fewer than sixteen roundings.
double lost_by_rounding(const BaseRange& range, double slope) {
    return 0x1p-19 * (range.most_cases + slope * range.zone);
}

}  // namespace

Lines lines_above(const ScanStatistic& statistic, double level, std::uint32_t least_cases,
                  const BaseRange& range) {
    constexpr std::size_t count = scan_kernels::most_lines;
    assert(range.least > 0 && range.least <= range.most);
    Lines lines{};
    lines.limit.fill(std::numeric_limits<float>::infinity());

    const Boundary boundary(statistic, level);
    const auto all = static_cast<std::uint64_t>(range.most_cases);
    const std::uint64_t fewest = boundary.fewest_beyond(std::max(least_cases, 1U), all, range.least);
    if (fewest > all) return lines;
    const std::uint64_t highest =
        std::clamp(boundary.fewest_beyond(fewest, all, range.most), std::min(fewest + 1, all), all);

    // Vertices at whole numbers of cases, evenly spaced by ratio. Beyond the first and the last, the
    // outermost chords go on: fewer cases than at the first cannot lie beyond, more than at the last lie
    // above its chord.
    std::array<Vertex, scan_kernels::most_lines + 1> vertices;
    std::size_t made = 0;
    const double ratio = static_cast<double>(highest) / static_cast<double>(fewest);
    std::uint64_t cases = fewest;
    for (std::size_t i = 0; i <= count && cases <= highest; ++i) {
        const double share = static_cast<double>(i) / static_cast<double>(count);
        const auto wanted = i == count ? highest
                                       : static_cast<std::uint64_t>(std::llround(static_cast<double>(fewest) *
                                                                                 std::pow(ratio, share)));
        cases = std::clamp(wanted, cases, highest);
        const double base = boundary.base_of(static_cast<double>(cases), range.least);
        if (made == 0 || base > vertices[made - 1].base)
            vertices[made++] = {base, static_cast<double>(cases)};
        ++cases;
    }
    if (made == 1) {
        lines.slope[0] = 0;
        lines.limit[0] = static_cast<float>(vertices[0].cases - 0.5);
        return lines;
    }
    for (std::size_t i = 0; i + 1 < made; ++i) {
        const double slope =
            (vertices[i + 1].cases - vertices[i].cases) / (vertices[i + 1].base - vertices[i].base);
        const double limit = vertices[i].cases - slope * vertices[i].base;
        lines.slope[i] = static_cast<float>(slope);
        lines.limit[i] = static_cast<float>(limit - lost_by_rounding(range, slope));
    }
    return lines;
}

namespace {

constexpr double class_step = 1.25;

}  // namespace

int LineTable::class_of(double base) {
    static const double per_class = 1 / std::log(class_step);
    return static_cast<int>(std::floor(std::log(base) * per_class));
}

void LineTable::set_windows(const Windows& windows) {
    if (windows == windows_) return;
    windows_ = windows;
    by_level_.clear();
    current_ = nullptr;
}

void LineTable::set_level(double statistic) {
    // Below this all levels are one: the statistic's own rounding is not far.
    constexpr double least_level = 0.05;
    constexpr double steps = 200;
    const int step = statistic < least_level ? std::numeric_limits<int>::min()
                                             : static_cast<int>(std::floor(steps * std::log(statistic)));
    level_ = statistic < least_level ? 0 : std::exp(step / steps) * (1 - 1e-9);
    std::vector<Entry>& entries = by_level_[step];
    if (entries.empty()) entries.resize(static_cast<std::size_t>(last_class_ - first_class_) + 1);
    current_ = &entries;
}

void LineTable::compute(Entry& entry, int zone_class) const {
    // A class is a little wider than the rounding of its logarithm.
    constexpr double rounding = 1e-9;
    const double smallest = std::pow(class_step, zone_class) * (1 - rounding);
    const double largest = smallest * class_step * widest_run * (1 + 4 * rounding);
    const double least = windows_.least_share > 0 ? smallest * windows_.least_share : windows_.least;
    const double most = std::max(largest * windows_.most_share, least);
    entry.lines = lines_above(
        statistic_, level_, least_cases_,
        {.least = least, .most = most, .zone = std::max(largest, most), .most_cases = windows_.most_cases});
    entry.known = true;
}

}  // namespace truce::numeric
