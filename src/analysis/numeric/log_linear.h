// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/numeric/interval.h"
#include "analysis/numeric/list_counts.h"

namespace truce::numeric {

/// A hierarchical log-linear model of who is on which list: every list has a term of its own, and the sets
/// of two or more lists named here depend on one another.
///
/// Hierarchical: with a set, every set within it of two or more lists is named too. In rising order.
class LogLinearModel {
public:
    /// No list depends on another.
    LogLinearModel() = default;
    /// The smallest model that holds these sets. Sets of fewer than two lists add nothing.
    explicit LogLinearModel(std::span<const ListSet> generators);

    /// The sets of two or more lists that depend on one another, in rising order.
    [[nodiscard]] const std::vector<ListSet>& interactions() const { return interactions_; }
    [[nodiscard]] bool has(ListSet set) const;
    /// The same model with one more dependence, and all that lie within it.
    [[nodiscard]] LogLinearModel with(ListSet set) const;
    /// Without the rest, what the model is known by: the largest sets. "[123,14,34]" for lists 1, 2, 3, 4; a
    /// list that depends on none stands alone. Lists beyond the ninth are written "(10)".
    [[nodiscard]] std::string name(int lists) const;

    friend bool operator==(const LogLinearModel&, const LogLinearModel&) = default;
    friend auto operator<=>(const LogLinearModel&, const LogLinearModel&) = default;

private:
    std::vector<ListSet> interactions_;
};

/// Every hierarchical model but the one in which all lists depend on one another at once, the simplest first
/// (by number of sets, then by the sets): 1, 8, 113 and 6,893 for two, three, four and five lists.
///
/// Requires: 1 to 5 lists. With six there would be 7,785,062.
std::vector<LogLinearModel> hierarchical_models(int lists);

/// Whether a model's maximum-likelihood estimate exists for a table of counts.
enum class Estimable : std::uint8_t {
    yes,
    /// It exists once the dependences of lists that share nobody are set to minus infinity, and the
    /// combinations that they rule out are left out.
    with_empty_overlaps,
    /// The counts that remain cannot tell the model's parameters apart.
    not_identified,
    /// The likelihood grows without end: a marginal count lies on the boundary of what the model can yield.
    no_maximum,
};

/// A model held against a table of counts.
struct LogLinearFit {
    Estimable estimable = Estimable::no_maximum;
    /// How many are on no list, by the model; the variance of its logarithm's error. Meaningful where the
    /// estimate exists, like all that follows.
    double unseen = 0;
    double log_unseen_variance = 0;
    double deviance = 0;  ///< from the counts, over all combinations but that of no list
    double degrees = 0;   ///< combinations less parameters
    double bic = 0;       ///< -2 log likelihood + parameters * ln(people seen)
    std::uint64_t seen = 0;

    [[nodiscard]] bool exists() const {
        return estimable == Estimable::yes || estimable == Estimable::with_empty_overlaps;
    }
    /// Those on any list and those on none.
    [[nodiscard]] double population() const { return static_cast<double>(seen) + unseen; }
    /// Of the population: what the unseen vary by chance and what their estimate errs by.
    [[nodiscard]] double standard_error() const;
    /// Of the population: seen + unseen * exp(-+ z * error of its logarithm). Never below the people seen.
    [[nodiscard]] Interval interval(Level level = {}) const;
};

/// Fits log-linear models to one table of counts, and keeps what they share.
///
/// A Poisson model of the count of each combination of lists but that of no list, with a logarithm linear in
/// the sets within it; what it gives for the combination of no list is the estimate of the unseen. Newton's
/// method, to a relative accuracy of about 1e-10. Terms are sets, so sums over a margin are one transform
/// over subsets, and a fit costs some microseconds for five lists. Existence is checked first, as Fienberg
/// and Rinaldo do it, by rank and by linear programming.
///
/// Parameters of empty overlaps count as parameters in `degrees` and `bic`, as R's Rcapture counts them.
///
/// Fienberg (1972), Biometrika 59: 591; Fienberg, Rinaldo (2012), Ann. Statist. 40: 996; Chan, Silverman,
/// Vincent (2021), JASA 116: 1297.
class LogLinear {
public:
    explicit LogLinear(const ListCounts& counts);

    [[nodiscard]] LogLinearFit fit(const LogLinearModel& model);

    /// Whether the model's estimate exists, without fitting it.
    [[nodiscard]] Estimable estimable(const LogLinearModel& model);

    /// How many the model expects on all of these lists. Only after fit(model) of a fit that exists, and of
    /// that model. Those on no list among them are not counted.
    [[nodiscard]] double expected_on_all(ListSet set) const;

    /// The estimate and interval by the multinomial likelihood: the population that makes the counts most
    /// likely, the model's parameters being the best for it, and all populations that are not significantly
    /// less likely.
    ///
    /// Populations are taken as real numbers. Nothing where the estimate does not exist. Unbounded above
    /// where no population up to 1e4 times the people seen is less likely.
    struct Profile {
        double population = 0;
        Interval interval;
    };
    [[nodiscard]] std::optional<Profile> profile(const LogLinearModel& model, Level level = {});

private:
    struct Terms {
        std::vector<ListSet> sets;  ///< of the parameters that are estimated; the first is the empty set
        std::size_t parameters = 0;
        Estimable estimable = Estimable::no_maximum;
    };

    Terms prepare(const LogLinearModel& model);
    double maximise(const Terms& terms);
    void expect(const Terms& terms);
    void solve_newton(const Terms& terms, const std::vector<double>& margins);
    bool factorise(const Terms& terms);
    double log_likelihood() const;
    double profile_likelihood(const Terms& terms, double unseen);
    double unseen_variance(const Terms& terms);

    int lists_;
    std::size_t cells_;
    std::uint64_t total_;
    std::vector<double> counts_;          ///< by combination; of no list: 0, or what a profile supposes
    std::vector<std::uint64_t> margins_;  ///< how many are on all of a set's lists
    std::vector<unsigned char> active_;   ///< whether a combination takes part in the fit
    std::vector<double> expected_;
    std::vector<double> work_;
    std::vector<double> information_;  ///< by set: the sum of what is expected on all of its lists
    std::vector<double> factor_;       ///< the information's Cholesky factor
    std::vector<double> parameters_;
    std::vector<double> step_;
    double constant_ = 0;  ///< the sum of ln count! over the combinations
};

/// One forward step at a time: the dependence of two lists that surprises most is added, as long as its p is
/// below `threshold` and the larger model's estimate exists.
///
/// The p of a pair is the smaller one-sided Poisson probability of how many are on both lists, given what
/// the model without it expects. Ties go to the first pair. Nothing where not even independence has an
/// estimate.
///
/// Chan, Silverman, Vincent (2021), JASA 116: 1297, section 3.
struct Stepwise {
    LogLinearModel model;
    std::vector<ListSet> added;  ///< in the order in which they came in
    LogLinearFit fit;
};
std::optional<Stepwise> stepwise(const ListCounts& counts, double threshold = 0.02);

/// Models by what the counts say of them.
struct RankedModel {
    LogLinearModel model;
    LogLinearFit fit;
    double weight = 0;  ///< exp(-BIC / 2), the weights of all those ranked adding up to 1
};

/// All hierarchical models that can be estimated, the lowest BIC first (ties: the simpler one first).
/// Requires: at most 5 lists.
std::vector<RankedModel> rank_models(const ListCounts& counts);

}  // namespace truce::numeric
