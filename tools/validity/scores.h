// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/numeric/interval.h"
#include "base/random.h"

namespace truce::validity {

/// What a figure is a figure of.
enum class Kind : std::uint8_t {
    coverage,     ///< the share of 95% intervals that hold the truth
    false_alarm,  ///< the share of draws with nothing to find in which something is said to be found
    power,        ///< the share of draws with something to find in which it is found
    warning,      ///< the share of draws in which the method failed, and the software warned of it
    mean,         ///< an average over draws
};
[[nodiscard]] std::string_view name_of(Kind kind);

/// One figure that a case measures, and where it is to lie.
struct Wanted {
    std::string what;  ///< unique within the case
    Kind kind = Kind::coverage;
    numeric::Interval bounds{0.92, 0.98};
    /// Why it lies outside of 0.92 to 0.98 (a coverage) or what else a reader must know; empty: nothing.
    std::string remark;
};

/// What was measured of one figure. The sums run over the draws in their order, so they are the same for any
/// number of threads.
class Score {
public:
    void add(double value);
    [[nodiscard]] std::uint64_t number() const { return number_; }
    [[nodiscard]] double mean() const;
    /// Where the true figure may lie: Wilson's interval of a share, the normal one of a mean. Everything
    /// where there is none. `z`: how many standard errors.
    [[nodiscard]] numeric::Interval range(Kind kind, double z) const;

private:
    std::uint64_t number_ = 0;
    double sum_ = 0;
    double squares_ = 0;
};

/// Takes what one draw of a case shows.
class Scores {
public:
    explicit Scores(const std::vector<Wanted>& wanted) : wanted_(wanted), scores_(wanted.size()) {}
    /// One trial of a share.
    void trial(std::string_view what, bool hit);
    /// One interval and the truth.
    void holds(std::string_view what, numeric::Interval interval, double truth) {
        trial(what, interval.contains(truth));
    }
    void value(std::string_view what, double value);
    [[nodiscard]] const Score& of(std::size_t place) const { return scores_[place]; }

private:
    Score& find(std::string_view what);
    const std::vector<Wanted>& wanted_;
    std::vector<Score> scores_;
};

/// One truth from which draws are made, and what is measured of them.
struct Case {
    std::string name;
    std::string chapter;
    std::string truth;  ///< in a sentence, for the reader
    std::vector<Wanted> wanted;
    std::function<void(Random& random, std::uint64_t seed, Scores& scores)> draw;
};

/// All cases, by chapter.
std::vector<Case> trend_cases();
std::vector<Case> hotspot_cases();
std::vector<Case> linkage_cases();
std::vector<Case> toll_cases();
std::vector<Case> durability_cases();

}  // namespace truce::validity
