// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace truce::linkage {

/// How two things compare, field by field: for each field an ordered level (0: they disagree; higher: they
/// agree better), or nothing where either says nothing. Packed in one integer.
class Pattern {
public:
    static constexpr std::size_t most_fields = 16;
    static constexpr std::uint8_t most_levels = 15;

    constexpr Pattern() = default;
    explicit constexpr Pattern(std::uint64_t bits) : bits_(bits) {}

    /// Requires: the field is below `most_fields`, the level below `most_levels`, and not set before.
    constexpr void set(std::size_t field, std::uint8_t level) {
        bits_ |= static_cast<std::uint64_t>(level + 1U) << (4 * field);
    }
    [[nodiscard]] constexpr std::optional<std::uint8_t> level(std::size_t field) const {
        const auto stored = static_cast<std::uint8_t>((bits_ >> (4 * field)) & 15U);
        return stored == 0 ? std::nullopt : std::optional(static_cast<std::uint8_t>(stored - 1));
    }
    [[nodiscard]] constexpr std::uint64_t bits() const { return bits_; }
    friend constexpr auto operator<=>(Pattern, Pattern) = default;

private:
    std::uint64_t bits_ = 0;
};

/// A pattern, and how many pairs show it.
struct PatternCount {
    Pattern pattern;
    std::uint64_t count = 0;
};

/// One field that is compared, and into how many levels. Requires: 2 to Pattern::most_levels.
struct ComparedField {
    std::string name;
    std::uint8_t levels = 2;
};

/// For each field, how likely each of its levels is; the levels of one field add up to 1.
using LevelChances = std::vector<std::vector<double>>;

/// What is known of pairs that are the same (m), of pairs that are not (u), and of how many are.
struct LinkModel {
    double share = 0;  ///< of pairs that are the same, among all compared
    LevelChances m;
    LevelChances u;
    /// Fields left without weight, since what was estimated of them says that those who agree are less often
    /// the same.
    std::vector<std::size_t> silenced{};
    /// The bounds of the whole weight, in bits: fields that hang together would else be counted as if each
    /// were a witness of its own. Nothing: not bounded.
    std::optional<double> weight_cap{};

    /// The evidence of one level of one field, in bits: log2(m/u). 0 where the field is silenced.
    [[nodiscard]] double weight(std::size_t field, std::uint8_t level) const;
    /// The evidence of a pattern in bits: the sum over its fields, kept within the cap. Fields on which
    /// either says nothing add nothing.
    [[nodiscard]] double weight(Pattern pattern) const;
    /// How likely a pair of that pattern is the same.
    [[nodiscard]] double posterior(Pattern pattern) const;
};

/// What is held before looking: pseudo-counts of pairs, for each field spread over its levels as `m` and `u`
/// say. With few pairs the model stays near them; with many they do not matter.
struct LevelPrior {
    LevelChances m;
    LevelChances u;
    double pairs = 0;
    double share = 0.1;  ///< of pairs that are the same
};

/// Where one search for a model begins: the share of pairs that are the same, and how often they, and others,
/// agree fully on a field. What is left is spread evenly over the lower levels.
struct EmStart {
    double share = 0.01;
    double m = 0.9;
    double u = 0.1;
};

struct EmSettings {
    /// Each is followed to its end; the most likely end that is not refused is taken.
    std::vector<EmStart> starts{{.share = 0.1, .m = 0.9, .u = 0.1},
                                {.share = 0.01, .m = 0.9, .u = 0.05},
                                {.share = 0.001, .m = 0.8, .u = 0.05},
                                {.share = 0.3, .m = 0.95, .u = 0.2}};
    /// Known u, from pairs that cannot be the same; nothing: it is estimated along with m.
    std::optional<LevelChances> u{};
    std::optional<LevelPrior> prior{};
    /// About how many pairs are the same, where that is known. An end with more than ten times as many is
    /// refused.
    std::optional<double> expected_links{};
    /// No chance is taken below this (or above 1 less it): separation of the two kinds would else drive
    /// weights to infinity.
    double least_chance = 1e-6;
    /// The search ends when the log-likelihood rises by less than this.
    double tolerance = 1e-7;
    int most_rounds = 5000;
};

/// A model found, and how well it fits.
struct FittedModel {
    LinkModel model;
    /// Sum over pairs of ln(p prod m + (1 - p) prod u), without prior.
    double log_likelihood = 0;
    int rounds = 0;
    std::size_t start = 0;    ///< which of the starts led here
    std::size_t refused = 0;  ///< how many starts led to ends that were refused
};

/// Estimates m, u and the share of pairs that are the same, from patterns alone: nobody says which pairs are.
///
/// Expectation and maximisation over distinct patterns, from several starts, since the likelihood has several
/// tops. An end is refused when its share exceeds ten times what is expected, or when on some field those
/// that are the same agree less than others (their mean level is lower: with two levels, m < u). Where every
/// end is refused for the latter, the fields at fault are silenced and the rest is fitted again. Fails when
/// there is no pair, or no end is left.
///
/// Requires: patterns are different from one another and in a fixed order, which fixes the sums; levels are
/// below their fields'. Cost: O(rounds * patterns * fields), whatever the number of pairs. Deterministic.
///
/// Fellegi, Sunter (1969), Journal of the American Statistical Association 64: 1183-1210; Winkler (1988);
/// missing values skipped as by Enamorado, Fifield, Imai (2019), American Political Science Review 113:
/// 353-371.
[[nodiscard]] Result<FittedModel> fit_link_model(std::span<const ComparedField> fields,
                                                 std::span<const PatternCount> patterns,
                                                 const EmSettings& settings);

}  // namespace truce::linkage
