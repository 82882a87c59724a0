// SPDX-License-Identifier: Apache-2.0
#include "analysis/numeric/latent_class.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "analysis/numeric/effective_size.h"
#include "analysis/numeric/quantile.h"
#include "analysis/numeric/test_list_tables.h"
#include "base/random.h"

namespace truce::numeric {
namespace {

double quantile(std::vector<double> draws, double share) {
    std::ranges::sort(draws);
    return sample_quantile(draws, {.value = share});
}

/// The model as it is usually sampled: everyone's class, the unseen, chances, sticks and concentration in
/// turn (Manrique-Vallier 2016, appendix). Slow, and written apart from what is tested.
std::vector<double> gibbs(const ListCounts& counts, int sweeps, std::uint64_t seed) {
    constexpr std::size_t classes = 5;
    const auto lists = static_cast<std::size_t>(counts.lists());
    Random random(seed);
    std::vector<double> share(classes, 1.0 / classes);
    std::vector<std::vector<double>> chance(classes, std::vector<double>(lists));
    for (auto& one : chance) {
        for (double& p : one) p = random.uniform_open();
    }
    double concentration = 0.2;
    std::vector<double> draws;
    for (int sweep = 0; sweep < sweeps; ++sweep) {
        const auto weights_of = [&](ListSet set) {
            std::vector<double> weights(classes);
            for (std::size_t k = 0; k < classes; ++k) {
                weights[k] = share[k];
                for (std::size_t j = 0; j < lists; ++j) {
                    weights[k] *= ((set >> j) & 1U) != 0 ? chance[k][j] : 1 - chance[k][j];
                }
            }
            return weights;
        };
        double unseen_chance = 0;
        for (const double weight : weights_of(0)) unseen_chance += weight;
        const auto seen = static_cast<double>(counts.total());
        std::uint64_t unseen = 0;
        do unseen = random.negative_binomial(seen, 1 - unseen_chance);
        while (static_cast<double>(unseen) > 20 * seen);
        draws.push_back(seen + static_cast<double>(unseen));

        std::vector<double> people(classes);
        std::vector<std::vector<double>> on(classes, std::vector<double>(lists));
        std::vector<std::uint64_t> drawn(classes);
        for (ListSet set = 0; set < counts.cells().size(); ++set) {
            const std::uint64_t n = set == 0 ? unseen : counts.on_just(set);
            if (n == 0) continue;
            random.multinomial(n, weights_of(set), drawn);
            for (std::size_t k = 0; k < classes; ++k) {
                people[k] += static_cast<double>(drawn[k]);
                for (std::size_t j = 0; j < lists; ++j) {
                    if (((set >> j) & 1U) != 0) on[k][j] += static_cast<double>(drawn[k]);
                }
            }
        }
        double later = 0;
        for (const double n : people) later += n;
        double left = 1;
        double log_left = 0;
        for (std::size_t k = 0; k < classes; ++k) {
            for (std::size_t j = 0; j < lists; ++j) {
                chance[k][j] = random.beta(1 + on[k][j], 1 + people[k] - on[k][j]);
            }
            later -= people[k];
            if (k + 1 == classes) {
                share[k] = left;
                break;
            }
            const double x = random.log_gamma_variate(1 + people[k]);
            // Without anybody later, a stick takes all but what doubles can tell.
            const double y = std::max(random.log_gamma_variate(concentration + later), x - 600);
            share[k] = left / (1 + std::exp(y - x));
            log_left += -std::log1p(std::exp(x - y));
            left *= 1 / (1 + std::exp(x - y));
        }
        concentration =
            std::max(1e-9, random.gamma(0.25 + static_cast<double>(classes) - 1) / (0.25 - log_left));
    }
    return draws;
}

// METHODS M5: the bands are those of the reference's own chains.
TEST(DrawLatentClasses, GivesLcmcrsAnswerForKosovo) {
    const auto drawn = draw_latent_classes(kosovo(), {.burn_in = 500, .draws = 4000, .seed = 1}).population;
    EXPECT_GT(quantile(drawn, 0.5), 10266);
    EXPECT_LT(quantile(drawn, 0.5), 10528);
    EXPECT_GT(quantile(drawn, 0.025), 8420);
    EXPECT_LT(quantile(drawn, 0.025), 9230);
    EXPECT_GT(quantile(drawn, 0.975), 12970);
    EXPECT_LT(quantile(drawn, 0.975), 14600);
    EXPECT_GT(effective_size(drawn), 600);
}

TEST(DrawLatentClasses, SamplesWhatTheSlowSamplerSamples) {
    const auto counts = list_counts(3, {{1, 30}, {2, 25}, {3, 12}, {4, 20}, {5, 9}, {6, 8}, {7, 11}});
    const auto slow = gibbs(counts, 40000, 5);
    const auto fast =
        draw_latent_classes(counts, {.classes = 5, .burn_in = 500, .draws = 8000, .seed = 5}).population;
    EXPECT_NEAR(quantile(fast, 0.25), quantile(slow, 0.25), 3);
    EXPECT_NEAR(quantile(fast, 0.5), quantile(slow, 0.5), 4);
    EXPECT_NEAR(quantile(fast, 0.75), quantile(slow, 0.75), 8);
    EXPECT_NEAR(std::log(quantile(fast, 0.975)), std::log(quantile(slow, 0.975)), 0.12);
}

TEST(DrawLatentClasses, DrawsTheSameForTheSameSeedAndStream) {
    const LatentClassSettings settings{.burn_in = 50, .draws = 20, .seed = 3, .stream = 2};
    EXPECT_EQ(draw_latent_classes(kosovo(), settings).population,
              draw_latent_classes(kosovo(), settings).population);
    auto other = settings;
    other.stream = 1;
    EXPECT_NE(draw_latent_classes(kosovo(), settings).population,
              draw_latent_classes(kosovo(), other).population);
}

TEST(DrawLatentClasses, NeverPassesTheMostUnseen) {
    // Almost nobody is on two lists: the posterior would go on for ever.
    const auto counts = list_counts(3, {{1, 5}, {2, 4}, {4, 3}});
    const auto drawn = draw_latent_classes(counts, {.most_unseen = 3, .burn_in = 200, .draws = 1000});
    EXPECT_GE(*std::ranges::min_element(drawn.population), 12);
    EXPECT_LE(*std::ranges::max_element(drawn.population), 48);
}

TEST(DrawLatentClasses, HoldsTheTruthOfListsThatAreIndependent) {
    // 1,000 people, each on each list with chance 1/2: expected counts of a cell 125.
    ListCounts counts(3);
    for (ListSet set = 1; set < 8; ++set) counts.add(set, 125);
    const auto drawn = draw_latent_classes(counts, {.burn_in = 500, .draws = 2000}).population;
    EXPECT_LT(quantile(drawn, 0.025), 1000);
    EXPECT_GT(quantile(drawn, 0.975), 1000);
}

TEST(EffectiveSize, IsThatOfTheDrawsWhereTheyAreIndependent) {
    Random random(9);
    std::vector<double> chain(4000);
    for (double& value : chain) value = random.normal();
    EXPECT_NEAR(effective_size(chain), 4000, 400);
}

TEST(EffectiveSize, FallsAsAnAutoregressionDictates) {
    // x' = 0.8 x + noise: (1 - 0.8) / (1 + 0.8) of the draws.
    Random random(9);
    std::vector<double> chain(40000);
    double x = 0;
    for (double& value : chain) value = x = 0.8 * x + random.normal();
    EXPECT_NEAR(effective_size(chain), 40000.0 / 9, 500);
}

TEST(PotentialScaleReduction, SeesChainsThatDiffer) {
    Random random(9);
    std::vector<std::vector<double>> chains(2, std::vector<double>(500));
    for (auto& chain : chains) {
        for (double& value : chain) value = random.normal();
    }
    EXPECT_NEAR(potential_scale_reduction(chains), 1, 0.02);
    for (double& value : chains[1]) value += 1;
    EXPECT_GT(potential_scale_reduction(chains), 1.1);
}

}  // namespace
}  // namespace truce::numeric
