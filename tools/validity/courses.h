// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>

#include "analysis/trend.h"
#include "base/random.h"

namespace truce::validity {

/// The first day of every simulated truce.
inline constexpr std::chrono::sys_days entry{std::chrono::year{2016} / 5 / 4};

/// The true course of violence about a truce.
struct Course {
    double per_day = 2;         ///< incidents before the truce
    double ratio = 1;           ///< of the rate under the truce to that before
    double dispersion = 1;      ///< the variance of a day's number over its mean
    double called_forth = 0;    ///< incidents that each calls forth (Hawkes); only with `ratio` 1
    double delay = 7;           ///< the mean number of days until they follow
    double flare = 1;           ///< the rate of the fourteen days before the truce, over that before them
    double decline = 0;         ///< a steady fall of the rate's logarithm, in each day, before and after
    double reported_after = 1;  ///< of incidents under the truce, as a share of those reported before it
    int days_before = 400;
    int days_after = 60;

    [[nodiscard]] double rate(int day) const;
};

/// What is observed of one course.
analysis::Observations observed(const Course& course, Random& random);

/// The settings of a comparison about `entry`.
analysis::TrendSettings comparison_settings();

}  // namespace truce::validity
