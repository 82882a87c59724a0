// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/agreement.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <map>

#include "analysis/numeric/sum.h"

namespace truce::numeric {
namespace {

double squared_difference(double a, double b, Scale scale) {
    switch (scale) {
        case Scale::nominal:
            return a == b ? 0.0 : 1.0;  // codes as they were given, not computed
        case Scale::interval:
            return (a - b) * (a - b);
    }
    return 0;
}

/// ln(sum of e^x).
double log_of_sum(std::span<const double> logs) {
    const double greatest = *std::ranges::max_element(logs);
    double sum = 0;
    for (const double x : logs) sum += std::exp(x - greatest);
    return greatest + std::log(sum);
}

class DawidSkene {
public:
    DawidSkene(const Ratings& ratings, std::size_t classes, std::span<const std::optional<std::size_t>> known)
        : ratings_(ratings),
          classes_(classes),
          known_(known),
          anchored_(std::ranges::any_of(known, [](const auto& c) { return c.has_value(); })) {
        found_.truth.resize(ratings.units() * classes);
        for (std::size_t unit = 0; unit < ratings.units(); ++unit) start_from_votes(unit);
    }

    RaterReliability run() {
        constexpr int most_steps = 1000;
        constexpr double least_gain = 1e-9;
        double before = -HUGE_VAL;
        for (found_.steps = 1; found_.steps <= most_steps; ++found_.steps) {
            estimate_raters();
            estimate_truth();
            if (found_.log_likelihood - before < least_gain) break;
            before = found_.log_likelihood;
        }
        found_.may_be_flipped = std::ranges::any_of(found_.confusion, [&](const std::vector<double>& table) {
            std::size_t wrong = 0;
            for (std::size_t c = 0; c < classes_; ++c) wrong += table[c * classes_ + c] < 0.5 ? 1U : 0U;
            return 2 * wrong > classes_;
        });
        return std::move(found_);
    }

private:
    [[nodiscard]] std::optional<std::size_t> known(std::size_t unit) const {
        return unit < known_.size() ? known_[unit] : std::nullopt;
    }
    [[nodiscard]] std::optional<std::size_t> answer(std::size_t rater, std::size_t unit) const {
        const auto& given = ratings_.at(rater, unit);
        if (!given) return std::nullopt;
        const auto c = static_cast<std::size_t>(*given);
        assert(*given >= 0 && c < classes_);
        return c;
    }
    void start_from_votes(std::size_t unit) {
        double votes = 0;
        double* truth = &found_.truth[unit * classes_];
        for (std::size_t rater = 0; rater < ratings_.raters(); ++rater) {
            if (const auto c = answer(rater, unit)) {
                truth[*c] += 1;
                votes += 1;
            }
        }
        for (std::size_t c = 0; c < classes_; ++c) {
            if (const auto c_known = known(unit))
                truth[c] = c == *c_known ? 1.0 : 0.0;
            else if (anchored_)
                truth[c] = 0;  // the first tables come from the units that are known alone
            else
                truth[c] = votes > 0 ? truth[c] / votes : 1.0 / static_cast<double>(classes_);
        }
    }
    void estimate_raters() {
        constexpr double smoothing = 0.01;
        found_.prevalence.assign(classes_, 0.0);
        for (std::size_t unit = 0; unit < ratings_.units(); ++unit) {
            for (std::size_t c = 0; c < classes_; ++c)
                found_.prevalence[c] += found_.truth[unit * classes_ + c];
        }
        double units = 0;
        for (const double count : found_.prevalence) units += count;
        for (double& share : found_.prevalence) share /= units;
        found_.confusion.assign(ratings_.raters(), std::vector<double>(classes_ * classes_, smoothing));
        for (std::size_t rater = 0; rater < ratings_.raters(); ++rater) {
            auto& table = found_.confusion[rater];
            for (std::size_t unit = 0; unit < ratings_.units(); ++unit) {
                const auto given = answer(rater, unit);
                if (!given) continue;
                for (std::size_t c = 0; c < classes_; ++c)
                    table[c * classes_ + *given] += found_.truth[unit * classes_ + c];
            }
            for (std::size_t c = 0; c < classes_; ++c) {
                double sum = 0;
                for (std::size_t l = 0; l < classes_; ++l) sum += table[c * classes_ + l];
                for (std::size_t l = 0; l < classes_; ++l) table[c * classes_ + l] /= sum;
            }
        }
    }
    void estimate_truth() {
        CompensatedSum log_likelihood;
        std::vector<double> logs(classes_);
        for (std::size_t unit = 0; unit < ratings_.units(); ++unit) {
            for (std::size_t c = 0; c < classes_; ++c) {
                logs[c] = std::log(std::max(found_.prevalence[c], 1e-300));
                for (std::size_t rater = 0; rater < ratings_.raters(); ++rater) {
                    if (const auto given = answer(rater, unit))
                        logs[c] += std::log(found_.confusion[rater][c * classes_ + *given]);
                }
            }
            if (const auto c = known(unit)) {
                log_likelihood.add(logs[*c]);
                continue;
            }
            const double all = log_of_sum(logs);
            log_likelihood.add(all);
            for (std::size_t c = 0; c < classes_; ++c)
                found_.truth[unit * classes_ + c] = std::exp(logs[c] - all);
        }
        found_.log_likelihood = log_likelihood.value();
    }

    const Ratings& ratings_;
    std::size_t classes_;
    std::span<const std::optional<std::size_t>> known_;
    bool anchored_;
    RaterReliability found_;
};

}  // namespace

std::optional<Alpha> krippendorff_alpha(const Ratings& ratings, Scale scale) {
    Alpha alpha;
    CompensatedSum observed;
    std::map<double, double> totals;  // answers in units with two or more, by value
    for (std::size_t unit = 0; unit < ratings.units(); ++unit) {
        std::vector<double> answers;
        for (std::size_t rater = 0; rater < ratings.raters(); ++rater) {
            if (const auto& given = ratings.at(rater, unit)) answers.push_back(*given);
        }
        if (answers.size() < 2) continue;
        std::ranges::sort(answers);
        double within = 0;
        for (const double a : answers) {
            for (const double b : answers) within += squared_difference(a, b, scale);
            totals[a] += 1;
        }
        observed.add(within / static_cast<double>(answers.size() - 1));
        ++alpha.units;
        alpha.answers += answers.size();
    }
    CompensatedSum expected;
    for (const auto& [a, of_a] : totals) {
        for (const auto& [b, of_b] : totals) expected.add(of_a * of_b * squared_difference(a, b, scale));
    }
    if (expected.value() <= 0) return std::nullopt;
    alpha.value = 1 - static_cast<double>(alpha.answers - 1) * observed.value() / expected.value();
    return alpha;
}

std::optional<RaterReliability> rater_reliability(const Ratings& ratings, std::size_t classes,
                                                  std::span<const std::optional<std::size_t>> known) {
    assert(classes > 0);
    bool any = false;
    for (std::size_t rater = 0; rater < ratings.raters(); ++rater) {
        for (std::size_t unit = 0; unit < ratings.units(); ++unit)
            any = any || ratings.at(rater, unit).has_value();
    }
    if (!any) return std::nullopt;
    return DawidSkene(ratings, classes, known).run();
}

}  // namespace truce::numeric
