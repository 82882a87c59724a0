// SPDX-License-Identifier: Apache-2.0
#include "linkage/taxonomy.h"

#include <algorithm>
#include <cstdlib>
#include <numbers>
#include <utility>

#include "geo/point.h"

namespace truce::linkage {
namespace {

constexpr double meltt_km_per_degree = 111.111;

bool of_one_day(const Spots& spots, std::uint32_t i) {
    return spots.first_days[i] == spots.last_days[i];
}

bool near_in_time(const Spots& spots, Pair pair, int days) {
    return std::abs(spots.first_days[pair.a] - spots.first_days[pair.b]) <= days &&
           std::abs(spots.last_days[pair.a] - spots.last_days[pair.b]) <= days &&
           of_one_day(spots, pair.a) == of_one_day(spots, pair.b);
}

}  // namespace

std::optional<double> category_score(std::span<const Taxonomy> taxonomies, Pair pair) {
    double sum = 0;
    for (const auto& taxonomy : taxonomies) {
        const auto* const a = &taxonomy.categories[pair.a * taxonomy.depth];
        const auto* const b = &taxonomy.categories[pair.b * taxonomy.depth];
        std::size_t level = 0;
        while (level < taxonomy.depth && (a[level] != b[level] || a[level] == Taxonomy::no_category)) ++level;
        if (level == taxonomy.depth) return std::nullopt;
        const auto broadest = static_cast<double>(std::max<std::size_t>(1, taxonomy.depth - 1));
        sum += taxonomy.weight * static_cast<double>(level) / broadest;
    }
    return taxonomies.empty() ? 0.0 : sum / static_cast<double>(taxonomies.size());
}

std::vector<ScoredPair> meltt_pairs(const Spots& spots, std::span<const std::uint32_t> sources,
                                    std::span<const Taxonomy> taxonomies, MelttWindow window) {
    const double km_per_degree = earth_radius_km * std::numbers::pi / 180;
    const double km = window.km * km_per_degree / meltt_km_per_degree;
    const Candidates candidates(
        spots, {.km = km, .coarse_km = km, .days = window.days, .episode_days = window.days});
    std::vector<ScoredPair> pairs;
    for (std::size_t piece = 0; piece < candidates.pieces(); ++piece) {
        candidates.visit(piece, [&](std::uint32_t a, std::uint32_t b, double /*km*/) {
            const Pair pair{std::min(a, b), std::max(a, b)};
            if (sources[a] == sources[b] || !near_in_time(spots, pair, window.days)) return;
            if (const auto score = category_score(taxonomies, pair)) pairs.push_back({pair, *score});
        });
    }
    std::ranges::sort(pairs, {}, [](const ScoredPair& one) { return std::pair(one.score, one.pair); });
    return pairs;
}

std::vector<std::vector<std::uint32_t>> meltt_groups(std::span<const ScoredPair> pairs,
                                                     std::span<const std::uint32_t> sources) {
    const std::vector<std::uint8_t> repeats(sources.empty() ? 0 : std::ranges::max(sources) + 1);
    Clusters clusters(sources, repeats);
    for (const auto& one : pairs) clusters.offer(one.pair, [](std::uint32_t, std::uint32_t) { return true; });
    return clusters.groups();
}

std::vector<std::vector<std::uint32_t>> meltt_groups_one_by_one(std::span<const ScoredPair> pairs,
                                                                std::span<const std::uint32_t> sources) {
    const std::uint32_t count = sources.empty() ? 0 : std::ranges::max(sources) + 1;
    const std::vector<std::uint8_t> repeats(count);
    Clusters clusters(sources, repeats);
    // Not 0: no longer the first of its group.
    std::vector<std::uint8_t> joined(sources.size());
    for (std::uint32_t newcomer = 1; newcomer < count; ++newcomer) {
        std::vector<std::uint8_t> taken(sources.size());
        for (const auto& one : pairs) {
            const auto [old, fresh] =
                sources[one.pair.a] < sources[one.pair.b] ? one.pair : Pair{one.pair.b, one.pair.a};
            if (sources[fresh] != newcomer || sources[old] > newcomer) continue;
            if (joined[old] != 0 || taken[old] != 0 || taken[fresh] != 0) continue;
            clusters.insist({old, fresh});
            taken[old] = taken[fresh] = joined[fresh] = 1;
        }
    }
    return clusters.groups();
}

}  // namespace truce::linkage
