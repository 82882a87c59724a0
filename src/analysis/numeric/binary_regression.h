// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/numeric/cox.h"
#include "base/result.h"

namespace truce::numeric {

/// How the chance of a yes follows from a sum of effects.
enum class Link : std::uint8_t {
    logit,
    cloglog,  ///< for days: with it, effects are log hazard ratios, as in Cox's model
};

/// Rows that each ended in a yes or a no.
///
/// A discrete-time hazard is this on one row for each spell and day under observation, a yes on the day of
/// failure. What is known of a day must have been known before it began: violence counts at least one day
/// old, or the model foretells what it has seen.
struct BinaryRows {
    std::span<const std::uint8_t> yes;
    Columns covariates;                        ///< an intercept is added before them
    std::span<const double> weights{};         ///< not negative; empty: 1 each
    std::span<const std::uint32_t> cluster{};  ///< as in CoxInput
};

/// A fitted regression of yes and no.
struct BinaryFit {
    Link link = Link::logit;
    std::vector<double> coefficients;  ///< the intercept first
    Symmetric variance;                ///< by the information
    std::optional<Symmetric> robust;   ///< allowing for clusters; nothing where none were given
    double log_likelihood = 0;
    std::uint32_t iterations = 0;
    /// Coefficients that grow without bound, because a covariate tells all yes from all no: their figures
    /// mean nothing.
    std::vector<std::size_t> unbounded;

    [[nodiscard]] double standard_error(std::size_t coefficient) const;
    /// The chance of a yes. Requires: as many covariates as were fitted.
    [[nodiscard]] double chance(std::span<const double> covariates) const;
};

/// Fits by Newton's method (logit) or Fisher scoring (cloglog).
///
/// Fails without a yes or without a no, where a covariate is constant or a combination of others (the message
/// gives its place), where a number is not finite, or where no maximum is reached. Deterministic. Cost:
/// O(n p^2) for each iteration.
///
/// McCullagh, Nelder (1989), Generalized Linear Models, 2nd ed., chapter 4; Beck, Katz, Tucker (1998), AJPS
/// 42: 1260 (days of peace as such rows).
Result<BinaryFit> fit_binary(const BinaryRows& rows, Link link);

}  // namespace truce::numeric
