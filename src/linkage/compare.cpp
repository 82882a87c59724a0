// SPDX-License-Identifier: Apache-2.0
#include "linkage/compare.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <iterator>
#include <utility>

namespace truce::linkage {
namespace {

constexpr double very_alike = 0.92;
constexpr double alike = 0.8;
constexpr double same_spot_km = 0.5;
constexpr double near_km = 2;
constexpr double some_km = 10;
constexpr double far_km = 25;
constexpr std::int64_t hour = 3600;
constexpr std::uint32_t telling_toll = 4;

std::int64_t gap(std::int64_t first_a, std::int64_t last_a, std::int64_t first_b, std::int64_t last_b) {
    return std::max(std::int64_t{0}, std::max(first_a, first_b) - std::min(last_a, last_b));
}

std::uint8_t alike_level(double similarity) {
    return similarity >= very_alike ? 2 : similarity >= alike ? 1 : 0;
}

/// The act of which `act` is the broadest kind.
Act broadest(Act act) {
    for (const auto one : all_acts()) {
        if (is_kind_of(act, one)) return one;
    }
    return act;
}

bool says_nothing(Act act) {
    return act == Act::unknown || act == Act::other;
}

CountRange in_order(CountRange range) {
    const auto [low, high] = std::minmax({range.low, range.best, range.high});
    return {.low = low, .best = range.best, .high = high};
}

std::optional<std::uint8_t> level_of(const Party& a, const Party& b) {
    if (!a.known() || !b.known()) return std::nullopt;
    return party_level(a, b);
}

/// How well two sides agree, for choosing between two orders.
int goodness(std::optional<std::uint8_t> attacker, std::optional<std::uint8_t> target) {
    return (attacker ? *attacker + 1 : 0) + (target ? *target + 1 : 0);
}

}  // namespace

std::string_view name_of(Compared what) {
    constexpr std::array<std::string_view, compared_count> names{"when",   "place", "place_name", "attacker",
                                                                 "target", "act",   "killed",     "text"};
    return names[static_cast<std::size_t>(what)];
}

const std::vector<ComparedField>& compared_fields() {
    static const std::vector<ComparedField> fields{{"when", 6},     {"place", 6},  {"place_name", 4},
                                                   {"attacker", 4}, {"target", 4}, {"act", 4},
                                                   {"killed", 5},   {"text", 4}};
    return fields;
}

std::string_view level_in_words(Compared what, std::uint8_t level) {
    static constexpr std::array<std::array<std::string_view, 6>, compared_count> words{{
        {"more than three days apart", "two or three days apart", "a day apart, or more than six hours",
         "windows of several days that meet", "the same day", "within an hour"},
        {"more than 25 km apart", "10 to 25 km beyond their precision", "up to 10 km beyond their precision",
         "within their precision, which is coarse", "within 2 km, or their precision", "within 0.5 km"},
        {"other names", "names somewhat alike", "names much alike", "the same name"},
        {"another", "some in common, or names somewhat alike", "one may be the other, or names much alike",
         "the same"},
        {"another", "some in common, or names somewhat alike", "one may be the other, or names much alike",
         "the same"},
        {"another act", "another kind of one act", "one a kind of the other", "the same act"},
        {"other figures", "figures within a factor or difference of two", "ranges that meet",
         "the same figure", "the same figure, of four or more"},
        {"other words", "a twentieth of the words in common", "a fifth of the words in common",
         "half of the words in common"},
    }};
    return words[static_cast<std::size_t>(what)][level];
}

std::uint8_t when_level(const Occasion& a, const Occasion& b) {
    auto days = gap(a.first_day, a.last_day, b.first_day, b.last_day);
    if (a.end - a.begin <= clock_seconds && b.end - b.begin <= clock_seconds) {
        const auto seconds = gap(a.begin, a.end, b.begin, b.end);
        if (seconds <= hour) return 5;
        if (seconds <= 6 * hour) return 4;
        days = std::max(days, std::int64_t{1});
    }
    if (days == 0) return a.first_day == a.last_day && b.first_day == b.last_day ? 4 : 3;
    return days == 1 ? 2 : days <= 3 ? 1 : 0;
}

std::uint8_t place_level(double km, double radii_km) {
    if (radii_km <= coarse_km) {
        if (km <= same_spot_km) return 5;
        if (km <= std::max(near_km, radii_km)) return 4;
    } else if (km <= radii_km) {
        return 3;
    }
    const double beyond = km - radii_km;
    return beyond <= some_km ? 2 : beyond <= far_km ? 1 : 0;
}

std::uint8_t name_level(std::string_view a, std::string_view b) {
    return a == b ? 3 : alike_level(jaro_winkler(a, b));
}

std::uint8_t party_level(const Party& a, const Party& b) {
    assert(a.known() && b.known());
    if (a.may_be.empty() != b.may_be.empty()) return alike_level(jaro_winkler(a.key, b.key));
    if (a.may_be.empty()) return name_level(a.key, b.key);
    if (a.may_be == b.may_be) return 3;
    if (std::ranges::includes(a.may_be, b.may_be) || std::ranges::includes(b.may_be, a.may_be)) return 2;
    std::vector<ActorId> common;
    std::ranges::set_intersection(a.may_be, b.may_be, std::back_inserter(common));
    return common.empty() ? 0 : 1;
}

std::optional<std::uint8_t> act_level(Act a, Act b) {
    if (says_nothing(a) || says_nothing(b)) return std::nullopt;
    if (a == b) return std::uint8_t{3};
    if (is_kind_of(a, b) || is_kind_of(b, a)) return std::uint8_t{2};
    return broadest(a) == broadest(b) ? std::uint8_t{1} : std::uint8_t{0};
}

std::uint8_t killed_level(const CountRange& a, const CountRange& b) {
    if (a.best == b.best) return a.best >= telling_toll ? 4 : 3;
    const auto x = in_order(a);
    const auto y = in_order(b);
    if (std::max(x.low, y.low) <= std::min(x.high, y.high)) return 2;
    const std::uint64_t less = std::min(a.best, b.best);
    const std::uint64_t more = std::max(a.best, b.best);
    return more <= 2 * less || more - less <= 2 ? 1 : 0;
}

std::uint8_t text_level(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
    const double shared = resemblance(a, b);
    return shared >= 0.5 ? 3 : shared >= 0.2 ? 2 : shared >= 0.05 ? 1 : 0;
}

void choose_order(std::optional<std::uint8_t>& attacker, std::optional<std::uint8_t>& target,
                  std::optional<std::uint8_t> attacker_as_target,
                  std::optional<std::uint8_t> target_as_attacker) {
    if (goodness(attacker_as_target, target_as_attacker) > goodness(attacker, target)) {
        attacker = attacker_as_target;
        target = target_as_attacker;
    }
    // Neither field is truly the attacker's: the higher level comes first, so that no account's order
    // matters.
    if (target > attacker) std::swap(attacker, target);
}

Pattern compare(const Told& a, const Told& b) {
    Pattern pattern;
    const auto set = [&](Compared what, std::optional<std::uint8_t> level) {
        if (level) pattern.set(static_cast<std::size_t>(what), *level);
    };
    set(Compared::when, when_level(a.when, b.when));
    if (a.centre && b.centre) {
        set(Compared::place, place_level(distance(*a.centre, *b.centre).in_km(), a.radius_km + b.radius_km));
    }
    if (!a.place_key.empty() && !b.place_key.empty()) {
        set(Compared::place_name, name_level(a.place_key, b.place_key));
    }
    auto attacker = level_of(a.attacker, b.attacker);
    auto target = level_of(a.target, b.target);
    if (a.sides == Sides::no_order || b.sides == Sides::no_order) {
        choose_order(attacker, target, level_of(a.attacker, b.target), level_of(a.target, b.attacker));
    }
    set(Compared::attacker, attacker);
    set(Compared::target, target);
    set(Compared::act, act_level(a.act, b.act));
    if (a.killed && b.killed) set(Compared::killed, killed_level(*a.killed, *b.killed));
    if (a.text.count > 0 && b.text.count > 0 && a.letters == b.letters) {
        set(Compared::text, text_level(a.text.values(), b.text.values()));
    }
    return pattern;
}

const LevelPrior& usual_levels() {
    static const LevelPrior prior{
        .m = {{0.005, 0.04, 0.15, 0.10, 0.505, 0.20},
              {0.01, 0.03, 0.11, 0.10, 0.25, 0.50},
              {0.12, 0.08, 0.15, 0.65},
              {0.05, 0.05, 0.20, 0.70},
              {0.06, 0.06, 0.23, 0.65},
              {0.05, 0.15, 0.20, 0.60},
              {0.08, 0.12, 0.20, 0.45, 0.15},
              {0.30, 0.30, 0.20, 0.20}},
        .u = {{0.10, 0.36, 0.30, 0.06, 0.15, 0.03},
              {0.17, 0.35, 0.20, 0.08, 0.10, 0.10},
              {0.75, 0.10, 0.03, 0.12},
              {0.45, 0.10, 0.20, 0.25},
              {0.45, 0.10, 0.20, 0.25},
              {0.30, 0.35, 0.15, 0.20},
              {0.30, 0.25, 0.15, 0.27, 0.03},
              {0.85, 0.11, 0.03, 0.01}},
        .pairs = 20,
    };
    return prior;
}

}  // namespace truce::linkage
