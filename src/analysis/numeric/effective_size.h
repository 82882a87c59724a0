// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace truce::numeric {

/// How many independent draws a chain's draws are worth for their mean, from their autocorrelation.
///
/// Sums of neighbouring autocorrelations are added up as long as they are positive, each held to be no more
/// than the one before. Never more than the number of draws; all of them where they do not vary. Requires:
/// at least 4 draws.
///
/// Geyer (1992), Statistical Science 7: 473.
double effective_size(std::span<const double> chain);

/// By how much chains differ beyond what their own scatter explains: 1 when they agree; above 1.05 they have
/// not all found the same distribution. Each chain is split in half first, so that one that drifts does not
/// agree with itself. Infinite when chains are constant and differ.
///
/// Requires: at least one chain, all of one length, at least 4 draws.
/// Gelman, Rubin (1992), Statistical Science 7: 457; Vehtari, Gelman, Simpson, Carpenter, Buerkner (2021),
/// Bayesian Analysis 16: 667.
double potential_scale_reduction(std::span<const std::vector<double>> chains);

}  // namespace truce::numeric
