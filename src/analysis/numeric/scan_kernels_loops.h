// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "analysis/numeric/scan_kernels.h"

/// The loops, written once over a `Lanes` of some numbers side by side. Each instruction set includes them
/// with its own `Lanes`; everything here has internal linkage, so that each set keeps its own code.
namespace truce::numeric::scan_kernels {
namespace {  // NOLINT(google-build-namespaces): see above.

template <class Lanes>
void add_series(const float* series, float* sum, std::size_t size) {
    for (std::size_t i = 0; i < size; i += Lanes::count) {
        Lanes::store(sum + i, Lanes::add(Lanes::load(sum + i), Lanes::load(series + i)));
    }
}

template <class Lanes>
void subtract_series(const float* series, float* sum, std::size_t size) {
    for (std::size_t i = 0; i < size; i += Lanes::count) {
        Lanes::store(sum + i, Lanes::subtract(Lanes::load(sum + i), Lanes::load(series + i)));
    }
}

/// For each line, cases - slope * base at every bound between bins: a window lies above a line if this rises
/// from its start to its end by more than the line's limit. The largest rise is found in one pass, with the
/// least value so far.
template <class Lanes>
struct Heights {
    using V = typename Lanes::V;

    const float* cases;
    const float* base;
    V slope;
    V limit;

    Heights(const Course& course, const Lines& lines)
        : cases(course.cases),
          base(course.base),
          slope(Lanes::multiply(Lanes::load(lines.slope.data()), Lanes::all(course.factor))),
          limit(Lanes::load(lines.limit.data())) {}

    [[gnu::always_inline]] V at(std::size_t bound) const {
        return Lanes::less_product(Lanes::all(cases[bound]), slope, Lanes::all(base[bound]));
    }
};

/// Calls `visit(end, rise)` for every end, with the largest rise to it: from any start before it, or, where
/// windows are much shorter than all the bins, from any of the starts less than twice `longest` before it.
template <class Lanes, class Visit>
[[gnu::always_inline]] inline void visit_rises(const Course& course, const Heights<Lanes>& heights,
                                               Visit visit) {
    using V = typename Lanes::V;
    const V highest = Lanes::all(std::numeric_limits<float>::infinity());
    V least = highest;
    if (course.longest * 2 >= course.last_end) {
        for (std::size_t start = 0; start + 1 < course.first_end; ++start) {
            least = Lanes::lesser(least, heights.at(start));
        }
        V before = heights.at(course.first_end - 1);
        for (std::size_t end = course.first_end; end <= course.last_end; ++end) {
            least = Lanes::lesser(least, before);
            before = heights.at(end);
            visit(end, Lanes::subtract(before, least));
        }
        return;
    }
    // In stretches of `longest` starts: a window starts in the stretch of its last start or in the one
    // before.
    std::size_t start = course.first_end > course.longest ? course.first_end - course.longest : 0;
    V least_of_stretch = highest;
    for (; start + 1 < course.first_end; ++start) {
        least_of_stretch = Lanes::lesser(least_of_stretch, heights.at(start));
    }
    V least_before = least_of_stretch;
    least_of_stretch = highest;
    std::size_t left = course.longest;
    V before = heights.at(course.first_end - 1);
    for (std::size_t end = course.first_end; end <= course.last_end; ++end) {
        least_of_stretch = Lanes::lesser(least_of_stretch, before);
        before = heights.at(end);
        visit(end, Lanes::subtract(before, Lanes::lesser(least_before, least_of_stretch)));
        if (--left == 0) {
            least_before = least_of_stretch;
            least_of_stretch = highest;
            left = course.longest;
        }
    }
}

template <class Lanes>
bool any_above(const Course& course, const Lines& lines) {
    const Heights<Lanes> heights(course, lines);
    typename Lanes::V greatest = Lanes::all(-std::numeric_limits<float>::infinity());
    visit_rises<Lanes>(course, heights, [&](std::size_t, typename Lanes::V rise) {
        greatest = Lanes::greater(greatest, rise);
    });
    return Lanes::above(greatest, heights.limit) != 0;
}

template <class Lanes>
std::size_t ends_above(const Course& course, const Lines& lines, std::uint32_t* ends) {
    const Heights<Lanes> heights(course, lines);
    std::size_t count = 0;
    visit_rises<Lanes>(course, heights, [&](std::size_t end, typename Lanes::V rise) {
        ends[count] = static_cast<std::uint32_t>(end);
        count += Lanes::above(rise, heights.limit) != 0 ? 1U : 0U;
    });
    return count;
}

/// Here the lanes are starts, and the lines come one after the other.
template <class Lanes>
std::size_t starts_above(const Course& course, const Lines& lines, std::size_t end, std::uint32_t* starts) {
    using V = typename Lanes::V;
    const std::size_t first = end > course.longest ? end - course.longest : 0;
    std::size_t count = 0;
    for (std::size_t start = first - first % Lanes::count; start < end; start += Lanes::count) {
        const V cases = Lanes::load(course.cases + start);
        const V base = Lanes::load(course.base + start);
        std::uint32_t found = 0;
        for (std::size_t line = 0; line < Lanes::count; ++line) {
            const V slope = Lanes::all(lines.slope[line] * course.factor);
            const V from = Lanes::less_product(cases, slope, base);
            const V to =
                Lanes::less_product(Lanes::all(course.cases[end]), slope, Lanes::all(course.base[end]));
            found |= Lanes::above(Lanes::subtract(to, from), Lanes::all(lines.limit[line]));
        }
        for (; found != 0; found &= found - 1) {
            const std::size_t at = start + static_cast<std::size_t>(std::countr_zero(found));
            if (at >= first && at < end) starts[count++] = static_cast<std::uint32_t>(at);
        }
    }
    return count;
}

}  // namespace
}  // namespace truce::numeric::scan_kernels
