// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "analysis/durability.h"
#include "analysis/numeric/binary_regression.h"
#include "base/result.h"
#include "model/comparable.h"

namespace truce::analysis {

/// The hazard of each day of a truce, by its age and by the violence of the week before.
///
/// The chance that a truce fails on day t, having held until then, by a complementary log-log regression on
/// one row for each truce and day: age, its square and its cube, and log(1 + the violence of the seven days
/// that ended `lag` days before t). What happened on the day itself, or on the `lag - 1` days before, never
/// enters.
struct DailyHazard {
    static constexpr int week = 7;

    numeric::BinaryFit fit;  ///< intercept; age, age^2, age^3 in units of 100 days; log(1 + violence)
    int lag = 1;
    std::uint32_t rows = 0;
    std::uint32_t failures = 0;

    /// What a violence of one more on the log scale multiplies the hazard by, allowing for conflicts.
    [[nodiscard]] numeric::Interval violence_ratio(numeric::Level level = {}) const;

    /// The chance of holding from `age` for so many days more, if each week stays as violent as the last:
    /// what is foretold of more than a day rests on that. The interval is by the delta method, on the scale
    /// of log(-log). Requires: violence not negative.
    [[nodiscard]] Holds holds(double age, double violence_of_week, int days, numeric::Level level = {}) const;
};

/// Fits the model. Days of a truce must follow one another from the first that is given; the first days, of
/// which the week before is not whole, use what part of it is known (a truce is given from its beginning).
///
/// Fails with fewer than 20 failures or 10 for each of the four covariates (the message says how many there
/// are), where days are missing or stand twice, and where the regression cannot be fitted. Order does not
/// matter. Beck, Katz, Tucker (1998), AJPS 42: 1260; Carter, Signorino (2010), Political Analysis 18: 271
/// (the cubic).
[[nodiscard]] Result<DailyHazard> fit_daily_hazard(std::span<const TruceDay> days, int lag = 1);

}  // namespace truce::analysis
