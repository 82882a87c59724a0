// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/numeric/cox.h"
#include "analysis/numeric/kaplan_meier.h"
#include "analysis/numeric/spells.h"
#include "base/result.h"

namespace truce::numeric {

/// The distribution of a lifetime: log T = x b + scale * e.
enum class Lifetime : std::uint8_t {
    weibull,     ///< e has the smallest extreme value distribution; the hazard falls just when scale > 1
    log_normal,  ///< e is standard normal; the hazard rises and then falls
};

/// A fitted accelerated failure time model.
struct LifetimeFit {
    Lifetime lifetime = Lifetime::weibull;
    /// The intercept, then one for each covariate: a coefficient of 0.7 doubles the time to failure.
    std::vector<double> coefficients;
    double scale = 1;           ///< of a Weibull distribution, 1 / scale is the shape
    Symmetric variance;         ///< of the coefficients and then of log scale
    double log_likelihood = 0;  ///< of the times themselves, not of their logarithms
    std::uint32_t spells = 0;
    std::uint32_t failures = 0;
    std::uint32_t iterations = 0;

    [[nodiscard]] double standard_error(std::size_t coefficient) const;
};

/// Fits the model by Newton's method on (b, log scale).
///
/// Fails where nothing failed, where a time is not positive, where a covariate is a combination of others or
/// constant (the message gives its place), or where no maximum is reached. Left truncation is not allowed
/// for: `spells.start` must be empty. Deterministic. Cost: O(n p^2) for each iteration.
///
/// Kalbfleisch, Prentice (2002), The Statistical Analysis of Failure Time Data, 2nd ed., chapter 3.
Result<LifetimeFit> fit_lifetime(Lifetime lifetime, const Spells& spells, Columns covariates = {});

/// The share of spells with these covariates that outlives each of `times`, with intervals by the delta
/// method on the scale of log(-log S). Requires: times not negative; as many covariates as the fit has.
std::vector<Estimated> predict_survival(const LifetimeFit& fit, std::span<const double> covariates,
                                        std::span<const double> times, Level level = {});

/// The share of those alive at `from` that outlives `to`, likewise. Requires: 0 <= from <= to.
Estimated predict_conditional(const LifetimeFit& fit, std::span<const double> covariates, double from,
                              double to, Level level = {});

/// Lifetimes of which a share never ends: S(t) = cured + (1 - cured) S0(t), S0 being Weibull.
struct CureFit {
    double cured = 0;  ///< the share that never fails
    Interval cured_interval;
    double scale = 1;     ///< of log T, as in LifetimeFit
    double location = 0;  ///< of log T
    double log_likelihood = 0;
    std::uint32_t iterations = 0;

    [[nodiscard]] double survival(double time) const;
};

/// Whether a curve ends in a plateau: failures stop well before the last spell is last seen.
struct Plateau {
    double last_failure = 0;
    double last_seen = 0;
    std::uint32_t watched_past = 0;  ///< spells seen past the last failure, in the last quarter of the time
    /// The chance of seeing no failure in the last stretch if failures went on as they did in the stretch of
    /// the same length before it (Maller and Zhou's alpha).
    double chance_of_none = 1;

    /// The share that never ends can be told from one that has not ended yet: nothing failed in the last
    /// quarter of the time watched, at least ten spells were watched into it, and chance_of_none is below
    /// 0.05. (That last alone is met by chance where failures go on to the end.)
    [[nodiscard]] bool there_is_one() const {
        return last_failure <= 0.75 * last_seen && watched_past >= 10 && chance_of_none < 0.05;
    }
};

/// Maller, Zhou (1994), Biometrika 81: 499.
Plateau plateau_of(const Spells& spells);

/// Fits the cure model by maximum likelihood. Fails without a plateau, where the share that never fails is
/// whatever one likes to think of the time past the data; and as fit_lifetime does.
///
/// Boag (1949), J. R. Statist. Soc. B 11: 15; Farewell (1982), Biometrics 38: 1041.
Result<CureFit> fit_cure(const Spells& spells, Level level = {});

}  // namespace truce::numeric
