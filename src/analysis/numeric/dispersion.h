// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>

namespace truce::numeric {

/// How many times more counts vary than those of a Poisson process with the same mean; never below 1.
///
/// Fewer than Poisson variation is not believed: it narrows an interval on the strength of one estimated
/// number.
class Dispersion {
public:
    Dispersion() = default;
    static Dispersion at_least_one(double phi) { return Dispersion(std::max(1.0, phi)); }

    [[nodiscard]] double phi() const { return phi_; }
    friend auto operator<=>(Dispersion, Dispersion) = default;

private:
    explicit Dispersion(double phi) : phi_(phi) {}
    double phi_ = 1;
};

/// Counts of successive days under one constant rate, and how much of each day was watched.
///
/// Requires: as many exposures as counts, each finite and at least 0. A day of no exposure is left out,
/// whatever its count.
struct Stretch {
    std::span<const double> counts;
    std::span<const double> exposure;
};

/// Pearson's chi-squared of counts about their expected values, and its degrees of freedom. Sums of these
/// over independent groups are again such sums.
struct PearsonSum {
    double chi_squared = 0;
    double degrees = 0;

    /// The estimated dispersion; nothing without a degree of freedom.
    [[nodiscard]] std::optional<double> phi() const {
        return degrees > 0 ? std::optional(chi_squared / degrees) : std::nullopt;
    }
    PearsonSum& operator+=(PearsonSum other);
};

/// Pearson's sum over the days of one stretch, about its own mean rate. A stretch that counts nothing, or
/// that has fewer than two watched days, tells nothing of dispersion and gives zeros.
PearsonSum pearson(Stretch stretch);

/// The dispersion found in the days before and after a date: by day, and by blocks of days.
struct MeasuredDispersion {
    /// The lengths of the blocks: one, two and four weeks.
    static constexpr std::array<std::size_t, 3> block_days{7, 14, 28};
    /// Blocks of one length count only with this many degrees of freedom.
    static constexpr double enough_blocks = 5;

    PearsonSum daily;
    /// Of whole blocks, counted away from the date that divides the two stretches; one for each of
    /// `block_days`.
    std::array<PearsonSum, block_days.size()> blocks{};

    /// The dispersion to widen by: the largest of those measured, floored at 1.
    ///
    /// Fighting calls forth fighting for weeks, and days that resemble their neighbours make a mean less
    /// certain than the daily variation tells; the blocks see that, so far as the stretches are long enough
    /// to hold several. Taking the largest of several estimates errs towards a wider interval. 1 where
    /// nothing can be measured.
    [[nodiscard]] Dispersion used() const;

    MeasuredDispersion& operator+=(const MeasuredDispersion& other);
};

/// Measures the dispersion of daily counts within two stretches, each about its own mean, so that a change of
/// the rate between them is not taken for dispersion.
///
/// McCullagh, Nelder (1989), Generalized Linear Models, 2nd ed., section 4.5.2.
MeasuredDispersion measure_dispersion(Stretch before, Stretch after);

}  // namespace truce::numeric
