// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "analysis/numeric/interval.h"
#include "analysis/numeric/list_counts.h"

namespace truce::numeric {

/// How one log-linear model is chosen among many.
enum class ModelChoice : std::uint8_t {
    stepwise,    ///< as `stepwise`, with its threshold of 0.02
    lowest_bic,  ///< of all hierarchical models that can be estimated; at most 5 lists
};

struct BootstrapSettings {
    ModelChoice choice = ModelChoice::stepwise;
    int replicates = 1000;
    std::uint64_t seed = 0;
    Level level{};
};

/// An estimate whose interval knows that the model was chosen after looking.
struct Bootstrap {
    double population = 0;  ///< by the model chosen for the counts themselves
    /// Bias-corrected and accelerated. Unbounded above where too many replicates have no estimate.
    Interval interval;
    /// Replicates in which no model has an estimate, which are taken as infinitely large.
    int without_estimate = 0;
};

/// Draws the people seen anew, from the combinations as they were seen, chooses a model each time, and takes
/// the spread of the estimates. The acceleration comes from leaving out one person at a time.
///
/// Deterministic: replicate i draws from stream i of the seed. Nothing where the counts themselves have no
/// estimate. Requires: at least 40 replicates.
///
/// Silverman, Chan, Vincent (2023), "Bootstrapping multiple systems estimates to account for model
/// selection", Statistics and Computing 34: 44; DiCiccio, Efron (1996), Statistical Science 11: 189.
std::optional<Bootstrap> bootstrap_with_choice(const ListCounts& counts, const BootstrapSettings& settings);

}  // namespace truce::numeric
