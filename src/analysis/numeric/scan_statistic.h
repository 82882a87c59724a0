// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>

namespace truce::numeric {

/// What a scan holds the cases of a window against.
enum class ScanModel : std::uint8_t {
    poisson,                    ///< what a population, or any other measure, lets expect; the sum is given
    space_time_permutation,     ///< what the window's place and its time, each on its own, let expect
    expectation_based_poisson,  ///< what was counted before lets expect; the sum may have changed as well
    bernoulli,                  ///< the share of cases among all trials, elsewhere and at other times
};

/// The logarithm of the likelihood ratio of a window: that its rate is raised, against that it is not.
///
/// With c cases in the window, m the base there (what is expected; for bernoulli the number of trials), C
/// cases and M base in all:
///   poisson, space_time_permutation   c ln(c/m) + (C-c) ln((C-c)/(C-m)), where M = C
///   expectation_based_poisson         c ln(c/m) + m - c
///   bernoulli                         the same ratio of two shares, c of m and C-c of M-m, to one share
/// and 0 where the rate is not raised: c <= m, or c/m <= C/M for bernoulli. Each is convex in (c, m), rises
/// with c and falls with m where it is not 0: the scan's pruning rests on that. Infinite with cases where
/// the base is 0.
///
/// Kulldorff (1997), Communications in Statistics 26: 1481; Neill, Moore, Sabhnani, Daniel (2005), KDD '05.
class ScanStatistic {
public:
    /// Requires: totals not negative.
    ScanStatistic(ScanModel model, double cases, double base) : model_(model), cases_(cases), base_(base) {}

    /// Requires: 0 <= cases <= all cases, 0 <= base; for bernoulli cases <= base.
    [[nodiscard]] double operator()(double cases, double base) const {
        switch (model_) {
            case ScanModel::poisson:
            case ScanModel::space_time_permutation:
                return cases <= base ? 0 : term(cases, base) + term(cases_ - cases, cases_ - base);
            case ScanModel::expectation_based_poisson:
                return cases <= base ? 0 : term(cases, base) + base - cases;
            case ScanModel::bernoulli: {
                // Shares of whole numbers compare exactly as products.
                if (cases * base_ <= cases_ * base) return 0;
                const double others = base_ - base;
                const double other_cases = cases_ - cases;
                return term(cases, base) + term(base - cases, base) + term(other_cases, others) +
                       term(others - other_cases, others) - term(cases_, base_) - term(base_ - cases_, base_);
            }
        }
        return 0;
    }

    [[nodiscard]] ScanModel model() const { return model_; }
    [[nodiscard]] double all_cases() const { return cases_; }
    [[nodiscard]] double all_base() const { return base_; }
    /// How many cases the base lets expect: the base itself, and for bernoulli its share of all cases.
    [[nodiscard]] double expected(double base) const {
        return model_ == ScanModel::bernoulli ? base * cases_ / base_ : base;
    }

private:
    static double term(double count, double against) {
        return count > 0 ? count * std::log(count / against) : 0;
    }

    ScanModel model_;
    double cases_;
    double base_;
};

}  // namespace truce::numeric
