// SPDX-License-Identifier: Apache-2.0
#include "linkage/fellegi_sunter.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace truce::linkage {
namespace {

/// An end whose share of links exceeds what is expected by more than this is refused.
constexpr double most_times_expected = 10;

bool silenced(const LinkModel& model, std::size_t field) {
    return std::ranges::find(model.silenced, field) != model.silenced.end();
}

/// ln(exp(a) + exp(b)) without overflow.
double log_sum(double a, double b) {
    const auto [low, high] = std::minmax(a, b);
    return high + std::log1p(std::exp(low - high));
}

/// Brings chances into [least, 1 - least], and their sum to 1.
void normalise(std::vector<double>& chances, double least) {
    double sum = 0;
    for (const double chance : chances) sum += chance;
    if (sum <= 0) {
        std::ranges::fill(chances, 1.0 / static_cast<double>(chances.size()));
        return;
    }
    double bounded = 0;
    for (double& chance : chances) {
        chance = std::clamp(chance / sum, least, 1 - least);
        bounded += chance;
    }
    for (double& chance : chances) chance /= bounded;
}

/// One search from one start.
class Search {
public:
    Search(std::span<const ComparedField> fields, std::span<const PatternCount> patterns,
           const EmSettings& settings, const std::vector<std::size_t>& silenced_fields)
        : fields_(fields), patterns_(patterns), settings_(settings) {
        model_.silenced = silenced_fields;
        for (const auto& pattern : patterns) pairs_ += static_cast<double>(pattern.count);
    }

    FittedModel from(const EmStart& start) {
        begin(start);
        FittedModel fitted;
        double before = -std::numeric_limits<double>::infinity();
        for (fitted.rounds = 0; fitted.rounds < settings_.most_rounds; ++fitted.rounds) {
            const double now = round();
            if (std::abs(now - before) < settings_.tolerance) break;
            before = now;
        }
        fitted.log_likelihood = likelihood();
        fitted.model = model_;
        return fitted;
    }

private:
    void begin(const EmStart& start) {
        model_.share = start.share;
        model_.m.clear();
        model_.u.clear();
        const auto levels_of = [](double top, std::uint8_t levels) {
            std::vector<double> chances(levels, (1 - top) / (levels - 1));
            chances.back() = top;
            return chances;
        };
        for (const auto& field : fields_) {
            model_.m.push_back(levels_of(start.m, field.levels));
            model_.u.push_back(levels_of(start.u, field.levels));
        }
        if (settings_.u) model_.u = *settings_.u;
        for (auto& chances : model_.u) normalise(chances, settings_.least_chance);
    }

    /// The two logarithms ln(p prod m) and ln((1 - p) prod u) of a pattern.
    [[nodiscard]] std::pair<double, double> logs(Pattern pattern) const {
        double same = log_share_;
        double other = log_rest_;
        for (std::size_t k = 0; k < fields_.size(); ++k) {
            const auto level = pattern.level(k);
            if (!level || silenced(model_, k)) continue;
            same += log_m_[k][*level];
            other += log_u_[k][*level];
        }
        return {same, other};
    }

    void take_logs() {
        const auto of = [](const LevelChances& chances) {
            auto logs = chances;
            for (auto& field : logs) {
                for (auto& level : field) level = std::log(level);
            }
            return logs;
        };
        log_m_ = of(model_.m);
        log_u_ = of(model_.u);
        log_share_ = std::log(model_.share);
        log_rest_ = std::log1p(-model_.share);
    }

    [[nodiscard]] double likelihood() {
        take_logs();
        double sum = 0;
        for (const auto& [pattern, count] : patterns_) {
            const auto [same, other] = logs(pattern);
            sum += static_cast<double>(count) * log_sum(same, other);
        }
        return sum;
    }

    /// Pseudo-counts of what is held beforehand.
    [[nodiscard]] LevelChances pseudo_counts(const LevelChances LevelPrior::*which) const {
        LevelChances counts;
        for (std::size_t k = 0; k < fields_.size(); ++k) {
            counts.emplace_back(fields_[k].levels, 0.0);
            if (!settings_.prior) continue;
            for (std::size_t l = 0; l < counts[k].size(); ++l) {
                counts[k][l] = settings_.prior->pairs * ((*settings_.prior).*which)[k][l];
            }
        }
        return counts;
    }

    /// One expectation and maximisation; the log-likelihood before it, with that of the prior, which is what
    /// rises.
    double round() {
        take_logs();
        auto m = pseudo_counts(&LevelPrior::m);
        auto u = pseudo_counts(&LevelPrior::u);
        double links = 0;
        double sum = prior_likelihood(m, u);
        for (const auto& [pattern, count] : patterns_) {
            const auto [same, other] = logs(pattern);
            const double both = log_sum(same, other);
            const auto n = static_cast<double>(count);
            const double same_pairs = n * std::exp(same - both);
            const double other_pairs = n * std::exp(other - both);
            links += same_pairs;
            sum += n * both;
            for (std::size_t k = 0; k < fields_.size(); ++k) {
                const auto level = pattern.level(k);
                if (!level) continue;
                m[k][*level] += same_pairs;
                u[k][*level] += other_pairs;
            }
        }
        const double least_share = std::min(1e-12, 0.01 / pairs_);
        const double held = settings_.prior ? settings_.prior->pairs : 0;
        const double held_same = settings_.prior ? held * settings_.prior->share : 0;
        model_.share =
            std::clamp((links + held_same) / (pairs_ + held), least_share, 1 - settings_.least_chance);
        for (std::size_t k = 0; k < fields_.size(); ++k) {
            normalise(m[k], settings_.least_chance);
            normalise(u[k], settings_.least_chance);
        }
        model_.m = std::move(m);
        if (!settings_.u) model_.u = std::move(u);
        return sum;
    }

    [[nodiscard]] double prior_likelihood(const LevelChances& m, const LevelChances& u) const {
        if (!settings_.prior) return 0;
        const double same = settings_.prior->pairs * settings_.prior->share;
        double sum = same * log_share_ + (settings_.prior->pairs - same) * log_rest_;
        for (std::size_t k = 0; k < fields_.size(); ++k) {
            for (std::size_t l = 0; l < m[k].size(); ++l) {
                sum += m[k][l] * log_m_[k][l];
                if (!settings_.u) sum += u[k][l] * log_u_[k][l];
            }
        }
        return sum;
    }

    std::span<const ComparedField> fields_;
    std::span<const PatternCount> patterns_;
    const EmSettings& settings_;
    double pairs_ = 0;
    LinkModel model_;
    LevelChances log_m_;
    LevelChances log_u_;
    double log_share_ = 0;
    double log_rest_ = 0;
};

double mean_level(const std::vector<double>& chances) {
    double mean = 0;
    for (std::size_t l = 0; l < chances.size(); ++l) mean += static_cast<double>(l) * chances[l];
    return mean;
}

/// Fields on which pairs that are the same agree less than others.
std::vector<std::size_t> turned_round(const LinkModel& model) {
    std::vector<std::size_t> fields;
    for (std::size_t k = 0; k < model.m.size(); ++k) {
        if (!silenced(model, k) && mean_level(model.m[k]) < mean_level(model.u[k])) fields.push_back(k);
    }
    return fields;
}

bool too_many_links(const LinkModel& model, double pairs, const EmSettings& settings) {
    return settings.expected_links && model.share * pairs > most_times_expected * *settings.expected_links;
}

struct Ends {
    std::optional<FittedModel> best;
    /// The best of those refused for a field that is turned round alone.
    std::optional<FittedModel> best_turned;
};

Ends search_all(std::span<const ComparedField> fields, std::span<const PatternCount> patterns,
                const EmSettings& settings, const std::vector<std::size_t>& silent, double pairs) {
    Ends ends;
    std::size_t refused = 0;
    const auto better = [](const FittedModel& one, const std::optional<FittedModel>& best) {
        return !best || one.log_likelihood > best->log_likelihood + 1e-6;
    };
    for (std::size_t s = 0; s < settings.starts.size(); ++s) {
        Search search(fields, patterns, settings, silent);
        auto end = search.from(settings.starts[s]);
        end.start = s;
        if (too_many_links(end.model, pairs, settings)) {
            ++refused;
        } else if (!turned_round(end.model).empty()) {
            ++refused;
            if (better(end, ends.best_turned)) ends.best_turned = std::move(end);
        } else if (better(end, ends.best)) {
            ends.best = std::move(end);
        }
    }
    if (ends.best) ends.best->refused = refused;
    return ends;
}

}  // namespace

double LinkModel::weight(std::size_t field, std::uint8_t level) const {
    return linkage::silenced(*this, field) ? 0.0 : std::log2(m[field][level] / u[field][level]);
}

double LinkModel::weight(Pattern pattern) const {
    double sum = 0;
    for (std::size_t k = 0; k < m.size(); ++k) {
        if (const auto level = pattern.level(k)) sum += weight(k, *level);
    }
    return weight_cap ? std::clamp(sum, -*weight_cap, *weight_cap) : sum;
}

double LinkModel::posterior(Pattern pattern) const {
    if (share <= 0) return 0;
    if (share >= 1) return 1;
    const double log_odds = weight(pattern) * std::log(2.0) + std::log(share) - std::log1p(-share);
    return log_odds > 0 ? 1 / (1 + std::exp(-log_odds)) : std::exp(log_odds) / (1 + std::exp(log_odds));
}

Result<FittedModel> fit_link_model(std::span<const ComparedField> fields,
                                   std::span<const PatternCount> patterns, const EmSettings& settings) {
    assert(fields.size() <= Pattern::most_fields);
    double pairs = 0;
    for (const auto& pattern : patterns) pairs += static_cast<double>(pattern.count);
    if (pairs <= 0) return failure({.message = "there is no pair to learn from"});
    std::vector<std::size_t> silent;
    while (silent.size() < fields.size()) {
        auto ends = search_all(fields, patterns, settings, silent, pairs);
        if (ends.best) return std::move(*ends.best);
        if (!ends.best_turned) {
            return failure({.message =
                                "every search ends with more links than there can be: the fields do not "
                                "tell pairs apart"});
        }
        const auto more = turned_round(ends.best_turned->model);
        silent.insert(silent.end(), more.begin(), more.end());
        std::ranges::sort(silent);
    }
    return failure({.message = "no field agrees more often in some pairs than in others"});
}

}  // namespace truce::linkage
