// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/latent_class.h"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

#include "analysis/numeric/lanes.h"
#include "base/random.h"

namespace truce::numeric {

namespace {

/// Logits beyond this are as good as certain: chances stay where they are there, which keeps products of
/// shares above the smallest double, and the density falls by a factor e for each unit, as it does just
/// before. Some 1e-13 of it lies beyond.
constexpr double most_logit = 30;

Lanes within_reach(Lanes x) {
    const Lanes most = {most_logit, most_logit};
    const Lanes bounded = x > most ? most : x;
    return bounded < -most ? -most : bounded;
}

/// A number for each class, class by class, in lanes.
class ByClass {
public:
    ByClass() = default;
    ByClass(std::size_t rows, std::size_t classes)
        : width_((classes + lanes - 1) / lanes), values_(rows * width_) {}

    Lanes* row(std::size_t r) { return values_.data() + r * width_; }
    [[nodiscard]] const Lanes* row(std::size_t r) const { return values_.data() + r * width_; }
    double& at(std::size_t r, std::size_t k) {
        // The lanes' type is a vector of doubles, and may be looked at as doubles.
        return reinterpret_cast<double*>(row(r))[k];
    }
    [[nodiscard]] double at(std::size_t r, std::size_t k) const {
        return values_[r * width_ + k / lanes][k % lanes];
    }
    [[nodiscard]] std::size_t width() const { return width_; }
    std::span<Lanes> all() { return values_; }
    [[nodiscard]] std::span<const Lanes> all() const { return values_; }
    void clear() { std::ranges::fill(values_, Lanes{}); }

private:
    std::size_t width_ = 0;
    std::vector<Lanes> values_;
};

/// The chance of every combination of some of the lists, by class: the lists of one half, so that a
/// combination's chance is the product of its two halves'.
struct Half {
    std::size_t first = 0;  ///< the first list
    std::size_t lists = 0;
    ByClass chance;
    ByClass pull;  ///< by combination of these lists: the gradient's share of those that have it

    Half(std::size_t first_list, std::size_t number, std::size_t classes)
        : first(first_list),
          lists(number),
          chance(std::size_t{1} << number, classes),
          pull(std::size_t{1} << number, classes) {}
    [[nodiscard]] std::size_t combinations() const { return std::size_t{1} << lists; }
};

/// The posterior of the classes' shares and chances, all as logits: row 0 holds the sticks (the share of what
/// earlier classes left), row 1 + j the chances of coming onto list j. The last class takes what is left.
class Posterior {
public:
    Posterior(const ListCounts& counts, const LatentClassSettings& settings)
        : settings_(settings),
          lists_(static_cast<std::size_t>(counts.lists())),
          classes_(static_cast<std::size_t>(settings.classes)),
          seen_(static_cast<double>(counts.total())),
          low_(0, (lists_ + 1) / 2, classes_),
          high_((lists_ + 1) / 2, lists_ / 2, classes_),
          logits_(lists_ + 1, classes_),
          gradient_(lists_ + 1, classes_),
          yes_(lists_ + 1, classes_),
          no_(lists_ + 1, classes_),
          shares_(1, classes_),
          product_(1, classes_) {
        cells_.push_back({.set = 0, .people = 0});
        for (ListSet set = 1; set < counts.cells().size(); ++set) {
            if (counts.on_just(set) > 0) {
                cells_.push_back({.set = set, .people = static_cast<double>(counts.on_just(set))});
            }
        }
    }

    [[nodiscard]] std::size_t rows() const { return lists_ + 1; }
    [[nodiscard]] std::size_t classes() const { return classes_; }
    /// Whether a coordinate is one of the posterior's: the last class has no stick, and lanes may be spare.
    [[nodiscard]] bool has(std::size_t row, std::size_t k) const { return k + (row == 0 ? 1 : 0) < classes_; }

    ByClass& logits() { return logits_; }
    ByClass& gradient() { return gradient_; }

    /// Sets the gradient of the log posterior at the logits, but for the bound on the unseen.
    void evaluate() {
        expand();
        fill(low_, shares_.row(0));
        fill(high_, nullptr);
        low_.pull.clear();
        high_.pull.clear();
        const std::size_t width = shares_.width();
        const std::size_t high_shift = low_.lists;
        const std::size_t low_mask = low_.combinations() - 1;
        Lanes* const product = product_.row(0);
        for (Cell& cell : cells_) {
            const Lanes* const low = low_.chance.row(cell.set & low_mask);
            const Lanes* const high = high_.chance.row(cell.set >> high_shift);
            Lanes sum{};
            for (std::size_t i = 0; i < width; ++i) {
                product[i] = low[i] * high[i];
                sum += product[i];
            }
            cell.chance = sum[0] + sum[1];
            // d/dp of n ln p for a combination seen, of -n ln(1 - p) for that of no list.
            const double weight = cell.set == 0 ? seen_ / (1 - cell.chance) : cell.people / cell.chance;
            Lanes* const low_pull = low_.pull.row(cell.set & low_mask);
            Lanes* const high_pull = high_.pull.row(cell.set >> high_shift);
            for (std::size_t i = 0; i < width; ++i) {
                const Lanes pull = weight * product[i];
                low_pull[i] += pull;
                high_pull[i] += pull;
            }
        }
        differentiate();
    }

    /// The log posterior where `evaluate` was last called, up to a constant.
    [[nodiscard]] double log_density() const {
        const double unseen = cells_[0].chance;
        double sum = -seen_ * std::log1p(-unseen);
        for (std::size_t c = 1; c < cells_.size(); ++c) sum += cells_[c].people * std::log(cells_[c].chance);
        sum -= concentration_power() * std::log(concentration_scale());
        for (std::size_t k = 0; k + 1 < classes_; ++k) sum += std::log(yes_.at(0, k));
        for (std::size_t j = 1; j <= lists_; ++j) {
            for (std::size_t k = 0; k < classes_; ++k) {
                sum += std::log(yes_.at(j, k)) + std::log(no_.at(j, k));
            }
        }
        for (const Lanes& one : logits_.all()) {
            for (const double logit : {one[0], one[1]}) sum -= std::max(0.0, std::abs(logit) - most_logit);
        }
        // The chance that no more are unseen than allowed: beyond doubt unless most people are unseen.
        constexpr double doubtful = 0.5;
        if (unseen > doubtful) {
            sum += std::log(boost::math::ibeta(seen_, settings_.most_unseen * seen_ + 1, 1 - unseen));
        }
        return sum;
    }

    /// A person's chance of being on no list.
    [[nodiscard]] double unseen_chance() const { return cells_[0].chance; }

    /// The log prior of the sticks as a density over the shares that they make, and those shares' logits;
    /// nothing where a stick would take all.
    struct Sticks {
        double log_prior = 0;
        std::vector<double> logits;
        bool possible = true;
    };
    [[nodiscard]] Sticks sticks_of(std::span<const double> shares) const {
        Sticks sticks;
        double left = 1;
        double scale = settings_.concentration_rate;
        for (std::size_t k = 0; k + 1 < classes_; ++k) {
            double rest = 0;  // added from the end: a difference would lose the smallest
            for (std::size_t later = classes_; later-- > k + 1;) rest += shares[later];
            const double stick_left = rest / left;
            const double logit = std::log(shares[k]) - std::log(rest);
            if (!(std::abs(logit) < most_logit)) {
                sticks.possible = false;
                return sticks;
            }
            sticks.logits.push_back(logit);
            scale -= std::log(stick_left);
            sticks.log_prior -= std::log(stick_left) + std::log(left);
            left = rest;
        }
        sticks.log_prior -= concentration_power() * std::log(scale);
        return sticks;
    }
    [[nodiscard]] std::vector<double> shares() const {
        std::vector<double> shares(classes_);
        for (std::size_t k = 0; k < classes_; ++k) shares[k] = shares_.at(0, k);
        return shares;
    }

private:
    struct Cell {
        ListSet set = 0;
        double people = 0;
        double chance = 0;
    };

    /// The concentration is integrated out: sticks V have the joint density
    /// prod 1 / (1 - V_k) * (rate - sum ln(1 - V_k)) ^ -(shape + number of sticks).
    [[nodiscard]] double concentration_power() const {
        return settings_.concentration_shape + static_cast<double>(classes_ - 1);
    }
    [[nodiscard]] double concentration_scale() const {
        return settings_.concentration_rate - std::log(shares_.at(0, classes_ - 1));
    }

    void expand() {
        const auto logits = logits_.all();
        const auto yes = yes_.all();
        const auto no = no_.all();
        for (std::size_t i = 0; i < logits.size(); ++i) {
            const Lanes odds_against = exponential(-within_reach(logits[i]));
            yes[i] = 1.0 / (1.0 + odds_against);
            no[i] = odds_against * yes[i];
        }
        double left = 1;
        for (std::size_t k = 0; k + 1 < classes_; ++k) {
            shares_.at(0, k) = left * yes_.at(0, k);
            left *= no_.at(0, k);
        }
        shares_.at(0, classes_ - 1) = left;
    }

    void fill(Half& half, const Lanes* start) {
        const std::size_t width = shares_.width();
        for (std::size_t i = 0; i < width; ++i) {
            half.chance.row(0)[i] = start != nullptr ? start[i] : Lanes{1, 1};
        }
        for (std::size_t j = 0; j < half.lists; ++j) {
            const std::size_t size = std::size_t{1} << j;
            const Lanes* const yes = yes_.row(1 + half.first + j);
            const Lanes* const no = no_.row(1 + half.first + j);
            for (std::size_t c = 0; c < size; ++c) {
                Lanes* const without = half.chance.row(c);
                Lanes* const with = half.chance.row(c + size);
                for (std::size_t i = 0; i < width; ++i) {
                    with[i] = without[i] * yes[i];
                    without[i] *= no[i];
                }
            }
        }
    }

    void differentiate() {
        const std::size_t width = shares_.width();
        Lanes* const whole = product_.row(0);
        for (std::size_t i = 0; i < width; ++i) {
            whole[i] = Lanes{};
            for (std::size_t c = 0; c < high_.combinations(); ++c) whole[i] += high_.pull.row(c)[i];
        }
        for (const Half* half : {&low_, &high_}) {
            for (std::size_t j = 0; j < half->lists; ++j) {
                const std::size_t row = 1 + half->first + j;
                for (std::size_t i = 0; i < width; ++i) {
                    Lanes on_list{};
                    for (std::size_t c = 0; c < half->combinations(); ++c) {
                        if (((c >> j) & 1U) != 0) on_list += half->pull.row(c)[i];
                    }
                    // Uniform chances: as a density of the logit, yes * no.
                    gradient_.row(row)[i] =
                        on_list - yes_.row(row)[i] * whole[i] + 1.0 - 2.0 * yes_.row(row)[i];
                }
            }
        }
        const double prior = concentration_power() / concentration_scale();
        double later = product_.at(0, classes_ - 1);
        for (std::size_t k = classes_ - 1; k-- > 0;) {
            const double stick = yes_.at(0, k);
            gradient_.at(0, k) = (product_.at(0, k) + 1) * no_.at(0, k) - stick * (later + prior);
            later += product_.at(0, k);
        }
        const auto logits = logits_.all();
        const auto gradient = gradient_.all();
        for (std::size_t i = 0; i < logits.size(); ++i) {
            gradient[i] = logits[i] > most_logit ? Lanes{-1, -1} : gradient[i];
            gradient[i] = logits[i] < -most_logit ? Lanes{1, 1} : gradient[i];
        }
        for (std::size_t row = 0; row < rows(); ++row) {
            for (std::size_t k = classes_ - (row == 0 ? 1 : 0); k < width * lanes; ++k) {
                gradient_.at(row, k) = 0;
            }
        }
    }

    LatentClassSettings settings_;
    std::size_t lists_;
    std::size_t classes_;
    double seen_;
    std::vector<Cell> cells_;  ///< that of no list, and those with people
    Half low_;
    Half high_;
    ByClass logits_;
    ByClass gradient_;
    ByClass yes_;
    ByClass no_;
    ByClass shares_;
    ByClass product_;  ///< of one combination, by class; after `evaluate`, the whole pull of each class
};

/// Settles on a step length at which trajectories are kept as often as wanted.
/// Hoffman, Gelman (2014), section 3.2, with the constants they recommend.
class StepLength {
public:
    explicit StepLength(double first) : centre_(std::log(10 * first)), log_step_(std::log(first)) {}

    [[nodiscard]] double now() const { return std::exp(log_step_); }
    [[nodiscard]] double settled() const { return std::exp(average_); }

    void learn(double acceptance) {
        constexpr double wanted = 0.8;
        constexpr double shrink = 0.05;
        constexpr double start = 10;
        constexpr double decay = 0.75;
        ++rounds_;
        const double share = 1 / (rounds_ + start);
        error_ = (1 - share) * error_ + share * (wanted - acceptance);
        log_step_ = centre_ - std::sqrt(rounds_) / shrink * error_;
        const double weight = std::pow(rounds_, -decay);
        average_ = weight * log_step_ + (1 - weight) * average_;
    }

private:
    double centre_;
    double log_step_;
    double average_ = 0;
    double error_ = 0;
    double rounds_ = 0;
};

class Chain {
public:
    Chain(const ListCounts& counts, const LatentClassSettings& settings)
        : posterior_(counts, settings), random_(settings.seed, settings.stream) {
        for (std::size_t row = 0; row < posterior_.rows(); ++row) {
            for (std::size_t k = 0; k < posterior_.classes(); ++k) {
                if (posterior_.has(row, k)) posterior_.logits().at(row, k) = random_.normal();
            }
        }
        momentum_ = posterior_.logits();
        here();
    }

    [[nodiscard]] double unseen_chance() const { return unseen_chance_; }
    Random& random() { return random_; }

    /// One trajectory of at most so many steps; the chance with which its end is kept.
    double move(double step, double most_steps) {
        // On average half of this is travelled: enough for a draw that forgets where it came from.
        constexpr double longest = 3.2;
        const auto steps =
            1 + random_.below(static_cast<std::uint64_t>(std::clamp(longest / step, 1.0, most_steps)));
        const double size = step * (0.5 + random_.uniform());
        double energy = -log_density_;
        for (std::size_t row = 0; row < posterior_.rows(); ++row) {
            for (std::size_t k = 0; k < posterior_.classes(); ++k) {
                if (!posterior_.has(row, k)) continue;
                const double z = random_.normal();
                momentum_.at(row, k) = z;
                energy += z * z / 2;
            }
        }
        kick(size / 2);
        for (std::uint64_t s = 0; s < steps; ++s) {
            drift(size);
            posterior_.evaluate();
            kick(s + 1 < steps ? size : size / 2);
        }
        double energy_there = -posterior_.log_density();
        for (const Lanes& one : momentum_.all()) energy_there += (one[0] * one[0] + one[1] * one[1]) / 2;
        const double acceptance =
            std::isfinite(energy_there) ? std::exp(std::min(0.0, energy - energy_there)) : 0;
        if (random_.uniform() < acceptance) {
            keep();
        } else {
            posterior_.logits() = logits_;
            posterior_.gradient() = gradient_;
        }
        return acceptance;
    }

    /// Offers to exchange one class with the next: shares and chances change places, so that the counts are
    /// as likely as before and only the sticks' prior decides.
    void exchange() {
        posterior_.evaluate();
        const auto k = static_cast<std::size_t>(random_.below(posterior_.classes() - 1));
        auto shares = posterior_.shares();
        const auto before = posterior_.sticks_of(shares);
        std::swap(shares[k], shares[k + 1]);
        const auto after = posterior_.sticks_of(shares);
        const double u = random_.uniform_open();
        if (!before.possible || !after.possible) return;
        if (std::log(u) >= after.log_prior - before.log_prior) return;
        auto& logits = posterior_.logits();
        for (std::size_t row = 1; row < posterior_.rows(); ++row) {
            std::swap(logits.at(row, k), logits.at(row, k + 1));
        }
        for (std::size_t i = 0; i < after.logits.size(); ++i) logits.at(0, i) = after.logits[i];
        here();
    }

private:
    void here() {
        posterior_.evaluate();
        keep();
    }
    void keep() {
        logits_ = posterior_.logits();
        gradient_ = posterior_.gradient();
        log_density_ = posterior_.log_density();
        unseen_chance_ = posterior_.unseen_chance();
    }
    void kick(double size) {
        const auto momentum = momentum_.all();
        const auto gradient = posterior_.gradient().all();
        for (std::size_t i = 0; i < momentum.size(); ++i) momentum[i] += size * gradient[i];
    }
    void drift(double size) {
        const auto momentum = momentum_.all();
        const auto logits = posterior_.logits().all();
        for (std::size_t i = 0; i < momentum.size(); ++i) logits[i] += size * momentum[i];
    }

    Posterior posterior_;
    Random random_;
    ByClass momentum_;
    ByClass logits_;
    ByClass gradient_;
    double log_density_ = 0;
    double unseen_chance_ = 0;
};

}  // namespace

LatentClassDraws draw_latent_classes(const ListCounts& counts, const LatentClassSettings& settings) {
    assert(counts.total() > 0 && settings.classes >= 2 && settings.draws >= 1 && settings.burn_in >= 1);
    Chain chain(counts, settings);
    const auto seen = static_cast<double>(counts.total());
    StepLength step(0.1 / std::sqrt(seen + 10));
    constexpr double few_steps = 10;  // while it falls from where it began, which would throw it far
    constexpr double most_steps = 500;
    for (int i = 0; i < settings.burn_in; ++i) {
        step.learn(chain.move(step.now(), i < settings.burn_in / 5 ? few_steps : most_steps));
        chain.exchange();
    }
    LatentClassDraws result;
    result.step = step.settled();
    double kept = 0;
    for (int i = 0; i < settings.draws; ++i) {
        kept += chain.move(result.step, most_steps);
        chain.exchange();
        double unseen = 0;
        do {
            unseen = static_cast<double>(chain.random().negative_binomial(seen, 1 - chain.unseen_chance()));
        } while (unseen > settings.most_unseen * seen);
        result.population.push_back(seen + unseen);
    }
    result.acceptance = kept / settings.draws;
    return result;
}

}  // namespace truce::numeric
