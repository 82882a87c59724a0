// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/capture_bounds.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "analysis/numeric/normal.h"

namespace truce::numeric {

std::optional<PopulationEstimate> chao_bound(const ListCounts& counts, Level level) {
    if (counts.total() == 0) return std::nullopt;
    const auto seen = static_cast<double>(counts.total());
    const auto once = static_cast<double>(counts.on_number(1));
    const auto twice = static_cast<double>(counts.on_number(2));
    double unseen = 0;
    double variance = 0;
    if (twice > 0) {
        const double ratio = once / twice;
        unseen = once * ratio / 2;
        variance = twice * (std::pow(ratio, 4) / 4 + std::pow(ratio, 3) + ratio * ratio / 2);
    } else {
        unseen = once * (once - 1) / 2;
        if (unseen > 0) {
            const double square = (2 * once - 1) * (2 * once - 1);
            variance = once * (once - 1) / 2 + once * square / 4 - std::pow(once, 4) / (4 * (seen + unseen));
        }
    }
    PopulationEstimate bound{.population = seen + unseen, .interval = {.low = seen, .high = seen}};
    if (unseen > 0) {
        const double spread =
            std::exp(normal_reach(level) * std::sqrt(std::log1p(variance / (unseen * unseen))));
        bound.interval = {.low = seen + unseen / spread, .high = seen + unseen * spread};
    }
    return bound;
}

PopulationEstimate chapman(const ListCounts& counts, ListPair pair, Level level) {
    assert(pair.first != pair.second && std::min(pair.first, pair.second) >= 0 &&
           std::max(pair.first, pair.second) < counts.lists());
    const ListSet first = ListSet{1} << static_cast<unsigned>(pair.first);
    const ListSet second = ListSet{1} << static_cast<unsigned>(pair.second);
    const auto n1 = static_cast<double>(counts.on_all(first));
    const auto n2 = static_cast<double>(counts.on_all(second));
    const auto m = static_cast<double>(counts.on_all(first | second));
    const double population = (n1 + 1) * (n2 + 1) / (m + 1) - 1;
    const double variance = (n1 + 1) * (n2 + 1) * (n1 - m) * (n2 - m) / ((m + 1) * (m + 1) * (m + 2));
    const double reach = normal_reach(level) * std::sqrt(variance);
    return {.population = population,
            .interval = {.low = std::max(n1 + n2 - m, population - reach), .high = population + reach}};
}

}  // namespace truce::numeric
