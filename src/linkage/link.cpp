// SPDX-License-Identifier: Apache-2.0
#include "linkage/link.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <cmath>
#include <limits>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "base/side_by_side.h"
#include "linkage/candidates.h"
#include "linkage/comparands.h"

namespace truce::linkage {
namespace {

/// Accounts moved against each other by less than this may still tell of one incident, or of its sequel.
constexpr std::int32_t least_move_days = 14;
constexpr std::int32_t usual_move_days = 35;
/// About so many accounts are enough to learn what agrees by chance.
constexpr std::size_t enough_accounts = 50'000;
constexpr std::uint64_t enough_by_chance = 500;
/// With fewer pairs compared, what is learned of them stays near what is usual.
constexpr std::uint64_t few_pairs = 200;

/// Patterns and how often each occurs.
using Counts = std::unordered_map<std::uint64_t, std::uint64_t>;

std::vector<PatternCount> in_order(const std::vector<Counts>& parts) {
    Counts all;
    for (const auto& part : parts) {
        for (const auto& [bits, count] : part) all[bits] += count;
    }
    std::vector<PatternCount> counts;
    counts.reserve(all.size());
    for (const auto& [bits, count] : all) counts.push_back({Pattern(bits), count});
    std::ranges::sort(counts, {}, &PatternCount::pattern);
    return counts;
}

std::uint64_t sum_of(std::span<const PatternCount> counts) {
    std::uint64_t sum = 0;
    for (const auto& one : counts) sum += one.count;
    return sum;
}

std::size_t source_count(const LinkInput& input) {
    return input.repeats.size();
}

/// Where and when the accounts are, and which of them may be a pair.
Spots spots_of(const LinkInput& input) {
    auto spots = input.told.spots();
    spots.sources = input.sources;
    spots.repeats = input.repeats;
    spots.parts = input.parts;
    return spots;
}

constexpr auto every_pair = [](std::uint32_t /*a*/, std::uint32_t /*b*/) { return true; };

/// Calls `use(lane, a, b, pattern, km)` for every pair of the candidates that `taken(a, b)` says yes of, on
/// several lanes at a time; a lane is one thread's.
template <class Taken, class Use>
void for_each_pair(const LinkInput& input, const Candidates& candidates, std::span<const Occasion> occasions,
                   unsigned threads, const Taken& taken, const Use& use) {
    const unsigned lanes = std::max(1U, threads);
    const ComparandRows rows(input.told, occasions);
    std::atomic<std::size_t> next{0};
    run_side_by_side(lanes, lanes, [&](std::size_t lane) {
        PairComparison comparison(rows);
        for (auto piece = next++; piece < candidates.pieces(); piece = next++) {
            candidates.visit(piece, [&](std::uint32_t a, std::uint32_t b, double km) {
                if (taken(a, b)) use(lane, a, b, comparison(a, b, km), km);
            });
        }
    });
}

/// The patterns of pairs of which `taken(a, b)` says yes.
template <class Taken>
std::vector<PatternCount> count_patterns(const LinkInput& input, const Candidates& candidates,
                                         std::span<const Occasion> occasions, unsigned threads,
                                         const Taken& taken) {
    std::vector<Counts> counts(std::max(1U, threads));
    for_each_pair(input, candidates, occasions, threads, taken,
                  [&](std::size_t lane, std::uint32_t /*a*/, std::uint32_t /*b*/, Pattern pattern,
                      double /*km*/) { ++counts[lane][pattern.bits()]; });
    return in_order(counts);
}

struct ComparedPair {
    std::uint32_t a;
    std::uint32_t b;
    Pattern pattern;
    double km;
};

/// All pairs within the window.
struct FirstLook {
    std::vector<PatternCount> patterns;
    /// The pairs themselves, by lane; nothing where they are too many.
    std::optional<std::vector<std::vector<ComparedPair>>> pairs;
};

FirstLook look(const LinkInput& input, const LinkSettings& settings, const Candidates& candidates) {
    const std::size_t lanes = std::max(1U, settings.threads);
    const std::size_t most = settings.most_remembered / lanes;
    std::vector<Counts> counts(lanes);
    std::vector<std::vector<ComparedPair>> pairs(lanes);
    for_each_pair(input, candidates, input.told.occasions, settings.threads, every_pair,
                  [&](std::size_t lane, std::uint32_t a, std::uint32_t b, Pattern pattern, double km) {
                      ++counts[lane][pattern.bits()];
                      if (pairs[lane].size() <= most) pairs[lane].push_back({a, b, pattern, km});
                  });
    FirstLook seen{.patterns = in_order(counts), .pairs = {}};
    if (std::ranges::all_of(pairs, [&](const auto& lane) { return lane.size() <= most; }))
        seen.pairs = std::move(pairs);
    return seen;
}

/// Scatters ranks evenly, for taking a share of the accounts.
std::uint64_t scattered(std::uint32_t rank) {
    std::uint64_t x = (rank + 1) * 0x9e3779b97f4a7c15U;
    x ^= x >> 29U;
    return x * 0xbf58476d1ce4e5b9U >> 32U;
}

/// The accounts with each source moved in time by days of its own, so that no pair of two sources is the same and all lie in one
/// window.
struct Moved {
    std::vector<Occasion> occasions;
    std::vector<std::int32_t> first_days;  // the candidates look into these two
    std::vector<std::int32_t> last_days;
    Candidates candidates;
};

/// Nothing where the accounts span too short a time to be moved in.
std::optional<Moved> moved_apart(const LinkInput& input, const LinkSettings& settings) {
    const auto& told = input.told;
    const auto n = told.size();
    const auto sources = static_cast<std::int32_t>(source_count(input));
    if (n == 0 || sources < 2) return std::nullopt;
    const auto first = *std::ranges::min_element(told.first_days);
    const auto last = *std::ranges::max_element(told.last_days);
    const std::int32_t span = last - first + 1;
    const std::int32_t move = std::min(usual_move_days, span / sources / 7 * 7);
    if (move < least_move_days) return std::nullopt;
    // Moved round a ring of days, so that none falls out.
    std::vector<Occasion> occasions(told.occasions);
    std::vector<std::int32_t> first_days(n);
    std::vector<std::int32_t> last_days(n);
    constexpr std::int64_t day = 86400;
    for (std::size_t i = 0; i < n; ++i) {
        auto to = told.first_days[i] - first + static_cast<std::int32_t>(input.sources[i]) * move % span;
        if (to >= span) to -= span;
        const std::int32_t by = first + to - told.first_days[i];
        auto& when = occasions[i];
        when.first_day = first_days[i] = told.first_days[i] + by;
        when.last_day = last_days[i] = told.last_days[i] + by;
        when.begin += by * day;
        when.end += by * day;
    }
    auto spots = spots_of(input);
    spots.first_days = first_days;
    spots.last_days = last_days;
    Candidates candidates(spots, settings.window);
    return Moved{.occasions = std::move(occasions),
                 .first_days = std::move(first_days),
                 .last_days = std::move(last_days),
                 .candidates = std::move(candidates)};
}

/// What agrees by chance.
struct ByChance {
    std::vector<PatternCount> patterns;
    double pairs = 0;  ///< as many as there would be had all accounts been taken
};

std::optional<ByChance> patterns_by_chance(const LinkInput& input, const LinkSettings& settings, const Moved& moved) {
    const std::uint64_t share = std::max<std::uint64_t>(1, input.told.size() / enough_accounts);
    ByChance found;
    found.patterns = count_patterns(input, moved.candidates, moved.occasions, settings.threads,
                                    [&](std::uint32_t a, std::uint32_t b) {
                                        if (input.sources[a] == input.sources[b]) return false;
                                        const auto lower = std::min(input.ranks[a], input.ranks[b]);
                                        return scattered(lower) % share == 0;
                                    });
    const auto counted = sum_of(found.patterns);
    found.pairs = static_cast<double>(counted * share);
    if (counted < enough_by_chance) return std::nullopt;
    return found;
}

/// How likely each level is among pairs by chance.
LevelChances chances_of(std::span<const PatternCount> patterns) {
    const auto& fields = compared_fields();
    const auto& usual = usual_levels();
    LevelChances chances = usual.u;
    for (std::size_t k = 0; k < fields.size(); ++k) {
        double sum = usual.pairs;
        for (auto& chance : chances[k]) chance *= usual.pairs;
        for (const auto& [pattern, count] : patterns) {
            const auto level = pattern.level(k);
            if (!level) continue;
            chances[k][*level] += static_cast<double>(count);
            sum += static_cast<double>(count);
        }
        for (auto& chance : chances[k]) chance /= sum;
    }
    return chances;
}

/// No more links can there be than the smaller of two sources has accounts, for any two.
double most_links(const LinkInput& input) {
    std::vector<double> sizes(source_count(input));
    for (const auto source : input.sources) ++sizes[source];
    double most = 0;
    for (std::size_t s = 0; s < sizes.size(); ++s) {
        if (input.repeats[s] != 0) most += sizes[s];
        for (std::size_t t = 0; t < s; ++t) most += std::min(sizes[s], sizes[t]);
    }
    return most;
}

void learn(const LinkInput& input, const LinkSettings& settings, std::span<const PatternCount> patterns,
           const std::optional<Moved>& moved, Linked& linked) {
    const auto& usual = usual_levels();
    linked.fit.model = {.share = usual.share, .m = usual.m, .u = usual.u, .weight_cap = settings.weight_cap};
    if (patterns.empty()) {
        linked.why_not_learned = "no two accounts of different sources lie in one window";
        return;
    }
    EmSettings em;
    em.prior = usual;
    const auto pairs = static_cast<double>(linked.compared);
    if (const auto chance = moved ? patterns_by_chance(input, settings, *moved) : std::nullopt) {
        em.u = chances_of(chance->patterns);
        linked.by_chance = chance->pairs;
        const double noise = 3 * std::sqrt(chance->pairs) + 1;
        em.expected_links = std::max(pairs - chance->pairs, noise);
    } else {
        em.expected_links = most_links(input);
    }
    auto fit = fit_link_model(compared_fields(), patterns, em);
    if (!fit) {
        linked.why_not_learned = fit.error().message;
        return;
    }
    linked.fit = std::move(*fit);
    linked.fit.model.weight_cap = settings.weight_cap;
    linked.learned = linked.compared < few_pairs ? Learned::from_few : Learned::from_accounts;
}

/// A model's weights, looked up by the bits of a pattern.
class Weighing {
public:
    explicit Weighing(const LinkModel& model) : cap_(*model.weight_cap) {
        for (std::size_t k = 0; k < compared_count; ++k) {
            for (std::uint8_t l = 0; l < compared_fields()[k].levels; ++l)
                bits_[k][l + 1U] = model.weight(k, l);
        }
        log_odds_ = std::log2(model.share) - std::log2(1 - model.share);
    }
    [[nodiscard]] double weight(Pattern pattern) const {
        double sum = 0;
        for (std::size_t k = 0; k < compared_count; ++k) sum += bits_[k][(pattern.bits() >> (4 * k)) & 15U];
        return std::clamp(sum, -cap_, cap_);
    }
    [[nodiscard]] double chance(double weight) const {
        const double odds = std::exp2(-(weight + log_odds_));
        return 1 / (1 + odds);
    }

private:
    std::array<std::array<double, 16>, compared_count> bits_{};
    double cap_;
    double log_odds_ = 0;
};

struct Acceptance {
    bool linked = false;
    bool review = false;
};

Acceptance accepted(const Link& link, const LinkSettings& settings) {
    switch (settings.method) {
        case Method::fellegi_sunter:
            return {link.chance >= settings.link_from, link.chance >= settings.review_from};
        case Method::taxonomy:
            return {link.score <= settings.score_up_to, link.score <= settings.score_up_to};
    }
    return {};
}

/// All pairs worth keeping.
std::vector<Link> likely_links(const LinkInput& input, const LinkSettings& settings, const Candidates& candidates,
                               const FirstLook& seen, const LinkModel& model) {
    const Weighing weighing(model);
    std::vector<std::vector<Link>> kept(std::max(1U, settings.threads));
    const auto weigh = [&](std::size_t lane, std::uint32_t a, std::uint32_t b, Pattern pattern, double km) {
        Link link;
        link.pair = {a, b};
        link.pattern = pattern;
        link.km = km;
        link.weight = weighing.weight(pattern);
        link.chance = weighing.chance(link.weight);
        if (settings.method == Method::fellegi_sunter && link.chance < settings.review_from) return;
        link.score = taxonomy_score(pattern).value_or(std::numeric_limits<double>::infinity());
        if (!accepted(link, settings).review) return;
        if (input.ranks[a] > input.ranks[b]) std::swap(link.pair.a, link.pair.b);
        kept[lane].push_back(link);
    };
    if (seen.pairs) {
        run_side_by_side(settings.threads, seen.pairs->size(), [&](std::size_t lane) {
            for (const auto& [a, b, pattern, km] : (*seen.pairs)[lane]) weigh(lane, a, b, pattern, km);
        });
    } else {
        for_each_pair(input, candidates, input.told.occasions, settings.threads, every_pair, weigh);
    }
    std::vector<Link> links;
    for (auto& part : kept) {
        links.insert(links.end(), part.begin(), part.end());
        part = {};
    }
    return links;
}

class Clustering {
public:
    Clustering(const LinkInput& input, const LinkSettings& settings, const LinkModel& model)
        : input_(input), settings_(settings), weighing_(model), clusters_(input.sources, input.repeats) {}

    void run(Linked& linked, std::vector<Link> links) {
        for (auto& one : heed_decisions()) linked.links.push_back(one);
        std::ranges::sort(links, [&](const Link& x, const Link& y) { return key(x) < key(y); });
        const auto fits = [&](std::uint32_t a, std::uint32_t b) { return in_one_window(a, b); };
        for (auto& one : links) {
            if (decided(one.pair)) continue;
            if (!accepted(one, settings_).linked) {
                one.state = LinkState::review;
            } else {
                one.state = clusters_.offer(one.pair, fits) ? LinkState::linked : LinkState::kept_apart;
            }
            linked.links.push_back(one);
        }
        // What was thought likely and is now in one incident by way of others needs no look.
        for (auto& one : linked.links) {
            if (one.state == LinkState::review && clusters_.together(one.pair)) one.state = LinkState::linked;
        }
        std::ranges::sort(linked.links, {}, [&](const Link& one) { return by_rank(one.pair); });
        linked.incidents = clusters_.groups();
    }

private:
    [[nodiscard]] std::pair<std::uint32_t, std::uint32_t> by_rank(Pair pair) const {
        return {input_.ranks[pair.a], input_.ranks[pair.b]};
    }
    /// Best first: by chance (or score), then by nearness, then by rank.
    [[nodiscard]] std::tuple<double, double, std::uint32_t, std::uint32_t> key(const Link& link) const {
        const auto [a, b] = by_rank(link.pair);
        const double value = settings_.method == Method::fellegi_sunter ? -link.weight : link.score;
        return {value, link.km, a, b};
    }
    [[nodiscard]] bool decided(Pair pair) const {
        return std::ranges::any_of(input_.decisions, [&](const HumanDecision& one) {
            return (one.pair.a == pair.a && one.pair.b == pair.b) ||
                   (one.pair.a == pair.b && one.pair.b == pair.a);
        });
    }

    /// In the order given; what contradicts an earlier one is not heeded.
    std::vector<Link> heed_decisions() {
        std::vector<Link> heeded;
        for (const auto& decision : input_.decisions) {
            Link link = weighed(decision.pair);
            switch (decision.kind) {
                case HumanDecision::Kind::apart:
                    clusters_.forbid(decision.pair);
                    link.state =
                        clusters_.together(decision.pair) ? LinkState::not_heeded : LinkState::decided_apart;
                    break;
                case HumanDecision::Kind::together:
                    link.state =
                        clusters_.insist(decision.pair) ? LinkState::decided_together : LinkState::not_heeded;
                    break;
            }
            heeded.push_back(link);
        }
        return heeded;
    }

    Link weighed(Pair pair) {
        if (!rows_) rows_.emplace(input_.told, input_.told.occasions);
        if (input_.ranks[pair.a] > input_.ranks[pair.b]) std::swap(pair.a, pair.b);
        Link link;
        link.pair = pair;
        if (has_place(pair.a) && has_place(pair.b)) link.km = km_between(pair.a, pair.b);
        PairComparison comparison(*rows_);
        link.pattern = comparison(pair.a, pair.b, link.km);
        link.weight = weighing_.weight(link.pattern);
        link.chance = weighing_.chance(link.weight);
        link.score = taxonomy_score(link.pattern).value_or(std::numeric_limits<double>::infinity());
        return link;
    }

    [[nodiscard]] bool has_place(std::uint32_t i) const { return !std::isnan(input_.told.lats[i]); }
    [[nodiscard]] double km_between(std::uint32_t a, std::uint32_t b) const {
        const auto& told = input_.told;
        return distance({told.lats[a], told.lons[a]}, {told.lats[b], told.lons[b]}).in_km();
    }
    [[nodiscard]] bool in_one_window(std::uint32_t a, std::uint32_t b) const {
        const auto& told = input_.told;
        if (!has_place(a) || !has_place(b)) return true;
        const auto& window = settings_.window;
        if (window.box_degrees) return true;
        const auto days =
            std::max(told.first_days[a], told.first_days[b]) - std::min(told.last_days[a], told.last_days[b]);
        const bool coarse = told.coarse[a] != 0 || told.coarse[b] != 0;
        return days <= std::max(window.days, 0) &&
               km_between(a, b) <= (coarse ? window.coarse_km : window.km);
    }

    const LinkInput& input_;
    const LinkSettings& settings_;
    Weighing weighing_;
    Clusters clusters_;
    std::optional<ComparandRows> rows_;  // made when a human's decision is to be weighed
};

void sum_up(const LinkInput& input, std::span<const PatternCount> patterns, Linked& linked) {
    double all = 0;
    for (const auto& [pattern, count] : patterns) {
        all += static_cast<double>(count) * linked.fit.model.posterior(pattern);
    }
    double found = 0;
    for (const auto& one : linked.links) {
        switch (one.state) {
            case LinkState::linked: {
                ++linked.linked;
                linked.expected_false += 1 - one.chance;
                const auto& told = input.told;
                const bool long_a = told.first_days[one.pair.a] != told.last_days[one.pair.a];
                const bool long_b = told.first_days[one.pair.b] != told.last_days[one.pair.b];
                if (long_a != long_b) ++linked.mixed;
                break;
            }
            case LinkState::review:
                ++linked.review;
                continue;
            case LinkState::kept_apart:
                ++linked.kept_apart;
                break;
            case LinkState::decided_together:
            case LinkState::decided_apart:
            case LinkState::not_heeded:
                break;
        }
        found += one.chance;
    }
    linked.expected_missed = std::max(0.0, all - found);
}

}  // namespace

std::string_view name_of(LinkState state) {
    switch (state) {
        case LinkState::linked:
            return "linked";
        case LinkState::review:
            return "review";
        case LinkState::kept_apart:
            return "kept_apart";
        case LinkState::decided_together:
            return "decided_together";
        case LinkState::decided_apart:
            return "decided_apart";
        case LinkState::not_heeded:
            return "not_heeded";
    }
    return "";
}

Linked link(const LinkInput& input, const LinkSettings& settings) {
    assert(input.sources.size() == input.told.size() && input.ranks.size() == input.told.size());
    Linked linked;
    for (const double lat : input.told.lats) linked.without_place += std::isnan(lat) ? 1U : 0U;
    std::optional<Candidates> candidates;
    std::optional<Moved> moved;
    run_side_by_side(settings.threads, 2, [&](std::size_t which) {
        if (which == 0)
            candidates.emplace(spots_of(input), settings.window);
        else
            moved = moved_apart(input, settings);
    });
    auto seen = look(input, settings, *candidates);
    linked.compared = sum_of(seen.patterns);
    learn(input, settings, seen.patterns, moved, linked);
    moved.reset();
    auto links = likely_links(input, settings, *candidates, seen, linked.fit.model);
    seen.pairs.reset();
    Clustering(input, settings, linked.fit.model).run(linked, std::move(links));
    sum_up(input, seen.patterns, linked);
    return linked;
}

std::optional<double> taxonomy_score(Pattern pattern) {
    // Act and parties have their levels from the finest category on (3) to none in common (0).
    double sum = 0;
    int fields = 0;
    for (const auto what : {Compared::act, Compared::attacker, Compared::target}) {
        const auto level = pattern.level(static_cast<std::size_t>(what));
        if (!level) continue;
        if (*level == 0) return std::nullopt;
        sum += (3.0 - *level) / 2.0;
        ++fields;
    }
    if (fields == 0) return std::nullopt;
    return sum / fields;
}

}  // namespace truce::linkage
