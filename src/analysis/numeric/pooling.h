// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace truce::numeric {

/// A number with the variance of its error, taken as normal. Requires, as an input: variance positive.
struct Noisy {
    double value = 0;
    double variance = 0;
};

/// Several groups' estimates of one quantity, each drawn towards what they have in common.
struct Pooling {
    Noisy mean;  ///< the mean over groups, with the variance of its error
    double between_variance =
        0;  ///< how much the groups' true values vary; 0 where sampling error explains all
    std::vector<Noisy> pooled;  ///< each group's estimate given all groups, in the order given
};

/// Draws each estimate towards the common mean, the more so the less certain it is.
///
/// The true values are taken as normal about a mean; their variance is estimated by Paule and Mandel's
/// equation. A pooled variance includes the error of the mean, not that of the variance between groups. The
/// answer does not depend on the order of the groups but for rounding. Requires: at least two estimates,
/// finite.
///
/// Paule, Mandel (1982), J. Res. NBS 87: 377; Morris (1983), JASA 78: 47.
Pooling pool(std::span<const Noisy> estimates);

}  // namespace truce::numeric
