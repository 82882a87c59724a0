// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/numeric/list_counts.h"

namespace truce::numeric {

struct LatentClassSettings {
    /// The most classes that people may fall into.
    int classes = 10;
    /// Shape and rate of the gamma prior of the stick-breaking law's concentration.
    double concentration_shape = 0.25;
    double concentration_rate = 0.25;
    /// No more unseen than this many times the people seen.
    double most_unseen = 20;
    int burn_in = 1000;
    int draws = 4000;
    std::uint64_t seed = 0;
    /// Which of the seed's streams to draw from: one for each chain.
    std::uint64_t stream = 0;
};

/// Draws from the posterior of the population.
struct LatentClassDraws {
    std::vector<double> population;  ///< whole numbers, in the order drawn
    double acceptance = 0;           ///< the share of trajectories kept, after burning in
    double step = 0;                 ///< the length of a trajectory's steps that burning in settled on
};

/// Draws the population under the latent-class model of who is on which list: people fall into classes, in
/// each of which they come onto the lists independently, with the class's own chances.
///
/// Classes have stick-breaking shares, their chances are uniform beforehand, and the population's prior is
/// 1 / N. Same model and priors as R's LCMCR. That samples everyone's class and the unseen in turn and moves
/// slowly; here the unseen, the classes of people and the concentration are integrated out, the posterior of
/// shares and chances is sampled by Hamiltonian trajectories with a random number of steps, mixed with
/// exchanges of neighbouring classes, and each draw of the population is then drawn exactly.
///
/// Sampling error remains: see effective_size and potential_scale_reduction. The same settings give the same
/// draws on every machine. Cost: about (different combinations seen) * classes for each step, some 80 steps
/// a draw. Requires: people on at least one list; classes >= 2; draws and burn_in at least 1.
///
/// Manrique-Vallier (2016), Biometrics 72: 1246; Neal (2011), Handbook of Markov Chain Monte Carlo, ch. 5;
/// exchanges: Papaspiliopoulos, Roberts (2008), Biometrika 95: 169; step length: Hoffman, Gelman (2014),
/// J. Mach. Learn. Res. 15: 1593.
LatentClassDraws draw_latent_classes(const ListCounts& counts, const LatentClassSettings& settings);

}  // namespace truce::numeric
