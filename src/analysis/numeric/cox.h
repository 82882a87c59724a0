// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/numeric/kaplan_meier.h"
#include "analysis/numeric/spells.h"
#include "analysis/numeric/symmetric.h"
#include "base/result.h"

namespace truce::numeric {

/// What is known of each spell beside its times: one column for each covariate, one place in it for each
/// spell.
using Columns = std::span<const std::span<const double>>;

/// How failures at one time share the risk.
enum class Ties : std::uint8_t {
    efron,    ///< as if they had failed one after another: the one to use where time is counted in days
    breslow,  ///< as if each had failed before all others of its time
};

/// Spells, their covariates and what else the model is told of them.
struct CoxInput {
    Spells spells;
    Columns covariates;
    /// Each stratum has a baseline hazard of its own; empty: all in one.
    std::span<const std::uint32_t> stratum{};
    /// Spells of one cluster (a conflict) are not independent: their numbers, from 0 on without large gaps;
    /// empty: all are independent.
    std::span<const std::uint32_t> cluster{};
    Ties ties = Ties::efron;
};

/// What happens to the hazard at one time of failure, for a spell whose covariates are at their means.
struct BaselineStep {
    double time = 0;
    double hazard = 0;            ///< cumulative, up to and with this time
    double variance = 0;          ///< of it, had the coefficients no error
    std::vector<double> leaning;  ///< cumulative: the mean covariates of those at risk, times the hazard
};

/// A fitted proportional hazards model.
struct CoxFit {
    std::vector<double> coefficients;  ///< log hazard ratios, one for each covariate
    Symmetric variance;                ///< of the coefficients, by the information
    std::optional<Symmetric> robust;   ///< the same, allowing for clusters; nothing where none were given
    std::vector<double> means;         ///< of the covariates, which the baseline belongs to
    double null_log_likelihood = 0;    ///< with all coefficients 0
    double log_likelihood = 0;
    double score_test = 0;  ///< that all coefficients are 0; chi-squared
    std::uint32_t spells = 0;
    std::uint32_t failures = 0;
    std::uint32_t clusters = 0;
    std::uint32_t iterations = 0;
    /// Covariates whose coefficient grows without bound, because all that failed lie on one side of all that
    /// did not: its figure and its error mean nothing.
    std::vector<std::size_t> unbounded;
    std::vector<std::vector<BaselineStep>> baseline;  ///< of each stratum, by rising time

    [[nodiscard]] double likelihood_ratio_test() const { return 2 * (log_likelihood - null_log_likelihood); }
    /// By the robust variance where there is one.
    [[nodiscard]] double standard_error(std::size_t covariate) const;
};

/// Fits a proportional hazards model by Newton's method on the partial likelihood.
///
/// Fails where nothing failed, where a covariate is a combination of others or constant among those at risk
/// (the message gives its place), where a number is not finite, or where no maximum is reached.
/// `robust` is the sandwich of the score residuals summed by cluster. Standard errors come from the
/// information at the estimate. Deterministic.
/// Cost: O(n p^2) for each iteration after one sort; the robust variance costs one more such sweep.
///
/// Cox (1972), J. R. Statist. Soc. B 34: 187; Efron (1977), JASA 72: 557; Breslow (1974), Biometrics 30: 89;
/// Lin, Wei (1989), JASA 84: 1074.
Result<CoxFit> fit_cox(const CoxInput& input);

/// The share of spells with these covariates that outlives each of `times`, with log-log intervals.
///
/// The hazard is the baseline's of the stratum, estimated in the same way as ties are shared. The error is of
/// the baseline and of the coefficients (the robust variance where there is one). Requires: as many
/// covariates as the fit has; a stratum of the fit.
std::vector<Estimated> predict_survival(const CoxFit& fit, std::span<const double> covariates,
                                        std::span<const double> times, std::size_t stratum = 0,
                                        Level level = {});

/// The share of those alive at `from` that outlives `to`, as predict_survival; the error is of what happens
/// in (from, to] alone. Requires: from <= to.
Estimated predict_conditional(const CoxFit& fit, std::span<const double> covariates, double from, double to,
                              std::size_t stratum = 0, Level level = {});

/// A test of whether one covariate's effect stays the same as time goes on.
struct Proportionality {
    double chi_squared = 0;
    double degrees = 1;
    double p = 1;
};

struct ProportionalityTest {
    std::vector<Proportionality> covariates;
    Proportionality all;
};

/// Tests whether hazards are proportional: the score test of an interaction of each covariate, and of all
/// together, with time on the scale of 1 - S(t-), S being the curve of all spells.
///
/// Small p: the effect changes with time, and one number for it misleads. Nothing where the test cannot be
/// made: the information is singular, as with a single time of failure.
/// Grambsch, Therneau (1994), Biometrika 81: 515, in its score form.
std::optional<ProportionalityTest> test_proportionality(const CoxInput& input, const CoxFit& fit);

}  // namespace truce::numeric
