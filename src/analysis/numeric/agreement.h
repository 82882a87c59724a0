// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace truce::numeric {

/// What several raters said of several units: one row for each rater, one column for each unit, nothing where
/// a rater said nothing. Answers are numbers: codes, or values on a scale.
class Ratings {
public:
    Ratings(std::size_t raters, std::size_t units) : units_(units), cells_(raters * units) {}
    [[nodiscard]] std::size_t raters() const { return units_ == 0 ? 0 : cells_.size() / units_; }
    [[nodiscard]] std::size_t units() const { return units_; }
    [[nodiscard]] std::optional<double>& at(std::size_t rater, std::size_t unit) {
        return cells_[rater * units_ + unit];
    }
    [[nodiscard]] const std::optional<double>& at(std::size_t rater, std::size_t unit) const {
        return cells_[rater * units_ + unit];
    }

private:
    std::size_t units_;
    std::vector<std::optional<double>> cells_;
};

/// How far apart two answers are.
enum class Scale : std::uint8_t {
    nominal,   ///< the same or not
    interval,  ///< by the square of their difference
};

/// Krippendorff's alpha: 1 where raters agree throughout, 0 where they agree no more than by chance, below 0
/// where less.
struct Alpha {
    double value = 0;
    std::size_t units = 0;    ///< with two answers or more: the others tell nothing
    std::size_t answers = 0;  ///< in those
};

/// Nothing where no unit has two answers, or all answers are the same: then there is no disagreement to
/// expect, and none to compare with.
///
/// Krippendorff (2011), "Computing Krippendorff's alpha-reliability": coincidences of each unit weighted by 1
/// / (m - 1). Cost: O(units * raters^2 + distinct answers^2). Independent of the order of raters and units.
[[nodiscard]] std::optional<Alpha> krippendorff_alpha(const Ratings& ratings, Scale scale);

/// Below this, conclusions are not to be drawn from the ratings: Krippendorff (2004), "Content Analysis",
/// section 11.4.2.
inline constexpr double least_alpha = 0.667;

/// What each rater's word is worth, and what is most likely true, when nobody knows the truth.
struct RaterReliability {
    /// The share of each class.
    std::vector<double> prevalence;
    /// For each rater, the chance of each answer given each true class: `confusion[rater][truth * classes +
    /// answer]`.
    std::vector<std::vector<double>> confusion;
    /// For each unit, the chance of each class: `truth[unit * classes + c]`.
    std::vector<double> truth;
    double log_likelihood = 0;
    int steps = 0;
    /// Whether some rater is likelier wrong than right on most classes: then truth and lie may have changed
    /// places, and only units whose truth is known can tell.
    bool may_be_flipped = false;
};

/// Dawid and Skene's estimate by EM, from vote shares as first truth; answers are classes 0 to `classes` - 1.
/// `known` holds units whose truth is known, by unit; they stay as they are, and where there are any the
/// first estimate comes from them alone: so they anchor the classes. Each cell of a rater's table starts with
/// 0.01 counts, so that no chance is 0. Stops when the log likelihood grows by less than 1e-9, or after 1,000
/// steps. Nothing without a single answer.
///
/// It takes raters to err independently of each other given the truth. Two that copy one source do not.
/// Dawid, Skene (1979), "Maximum likelihood estimation of observer error-rates using the EM algorithm",
/// Applied Statistics 28(1).
[[nodiscard]] std::optional<RaterReliability> rater_reliability(
    const Ratings& ratings, std::size_t classes, std::span<const std::optional<std::size_t>> known = {});

}  // namespace truce::numeric
