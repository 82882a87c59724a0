// SPDX-License-Identifier: Apache-2.0
#include "linkage/link.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "base/random.h"
#include "linkage/comparands.h"

namespace truce::linkage {
namespace {

/// Accounts, with what they are of and which source tells them.
struct World {
    std::vector<Told> told;
    std::vector<std::uint32_t> sources;
    std::vector<std::uint32_t> truth;

    void add(Told one, std::uint32_t source, std::uint32_t of) {
        told.push_back(std::move(one));
        sources.push_back(source);
        truth.push_back(of);
    }
};

constexpr std::array<std::string_view, 6> places{"sarmada", "anadan", "khan touman",
                                                 "daraya",  "douma",  "zabadani"};
constexpr std::array<std::string_view, 4> groups{"ahrar", "faylaq", "jaysh", "liwa"};
constexpr std::array<Act, 4> acts{Act::attack_shelling, Act::attack_air_strike, Act::attack_armed_clash,
                                  Act::attack};

Told something(Random& random) {
    Told told;
    const auto day = static_cast<std::int32_t>(random.below(400));
    told.when = {.begin = day * 86400LL, .end = (day + 1) * 86400LL, .first_day = day, .last_day = day};
    const auto place = random.below(places.size());
    told.centre = Point{.lat = 36 + 0.3 * static_cast<double>(place) + 0.02 * random.uniform(),
                        .lon = 37 + 0.02 * random.uniform()};
    told.radius_km = random.below(3) == 0 ? 5 : 1;
    told.place_key = places[place];
    told.attacker.may_be = {ActorId{static_cast<std::uint32_t>(random.below(3))}};
    told.target.key = groups[random.below(groups.size())];
    told.act = acts[random.below(acts.size())];
    told.killed = CountRange::exactly(static_cast<std::uint32_t>(random.below(12)));
    return told;
}

/// The same as another source tells it: a little off, some of it left out.
Told retold(Told told, Random& random) {
    if (random.below(4) == 0) {
        told.when.begin += 86400;
        told.when.end += 86400;
        ++told.when.first_day;
        ++told.when.last_day;
    }
    told.centre->lat += 0.01 * random.uniform();
    if (random.below(4) == 0) told.place_key += "h";
    if (random.below(6) == 0) told.target = {};
    if (random.below(6) == 0) told.killed.reset();
    if (random.below(8) == 0) told.act = Act::attack;
    if (random.below(6) == 0) told.sides = Sides::no_order;
    return told;
}

/// `incidents` things, each told by each of three sources with chance 0.6.
World world(std::uint64_t seed, std::uint32_t incidents) {
    Random random(seed);
    World made;
    for (std::uint32_t i = 0; i < incidents; ++i) {
        const auto what = something(random);
        for (std::uint32_t source = 0; source < 3; ++source) {
            if (random.uniform() < 0.6) made.add(retold(what, random), source, i);
        }
    }
    return made;
}

/// A world in an order, as linkage takes it.
struct Ordered {
    Comparands told;
    std::vector<std::uint32_t> sources;
    std::vector<std::uint32_t> ranks;
    std::vector<std::uint8_t> repeats{0, 0, 0};
    std::vector<HumanDecision> decisions;

    Ordered(const World& world, std::span<const std::uint32_t> order) {
        for (const auto i : order) {
            told.add(world.told[i]);
            sources.push_back(world.sources[i]);
            ranks.push_back(i);
        }
    }
    [[nodiscard]] LinkInput input() const { return {told, sources, repeats, ranks, {}, decisions}; }
};

std::vector<std::uint32_t> as_made(const World& world) {
    std::vector<std::uint32_t> order(world.told.size());
    std::iota(order.begin(), order.end(), 0U);
    return order;
}

/// Incidents as sets of ranks.
std::set<std::set<std::uint32_t>> incidents_of(const Linked& linked, const Ordered& ordered) {
    std::set<std::set<std::uint32_t>> all;
    for (const auto& incident : linked.incidents) {
        std::set<std::uint32_t> ranks;
        for (const auto i : incident) ranks.insert(ordered.ranks[i]);
        all.insert(ranks);
    }
    return all;
}

struct Counts {
    double precision = 0;
    double recall = 0;
};

Counts quality(const World& world, const Linked& linked) {
    double right = 0;
    double declared = 0;
    double all = 0;
    for (const auto& incident : linked.incidents) {
        for (const auto a : incident) {
            for (const auto b : incident) {
                if (a >= b) continue;
                ++declared;
                right += world.truth[a] == world.truth[b] ? 1 : 0;
            }
        }
    }
    for (std::size_t a = 0; a < world.truth.size(); ++a) {
        for (std::size_t b = 0; b < a; ++b) all += world.truth[a] == world.truth[b] ? 1 : 0;
    }
    return {right / declared, right / all};
}

TEST(Link, FindsMostOfWhatIsOneAndLittleElse) {
    const auto made = world(7, 400);
    const Ordered ordered(made, as_made(made));
    const auto linked = link(ordered.input(), {});
    const auto [precision, recall] = quality(made, linked);
    EXPECT_GE(precision, 0.97);
    EXPECT_GE(recall, 0.93);
    EXPECT_EQ(linked.learned, Learned::from_accounts);
}

TEST(Link, ExpectsAboutAsManyFalseLinksAsThereAre) {
    const auto made = world(8, 1500);
    const Ordered ordered(made, as_made(made));
    const auto linked = link(ordered.input(), {});
    double wrong = 0;
    for (const auto& one : linked.links) {
        if (one.state == LinkState::linked && made.truth[one.pair.a] != made.truth[one.pair.b]) ++wrong;
    }
    const auto links = static_cast<double>(linked.linked);
    EXPECT_NEAR(linked.expected_false / links, wrong / links, 0.02);
}

TEST(Link, TheOrderOfAccountsAndTheNumberOfThreadsChangeNothing) {
    const auto made = world(9, 200);
    auto order = as_made(made);
    const Ordered first(made, order);
    const auto expected = incidents_of(link(first.input(), {}), first);
    Random(1).shuffle(std::span(order));
    const Ordered second(made, order);
    const auto shuffled = link(second.input(), {.threads = 3});
    EXPECT_EQ(incidents_of(shuffled, second), expected);
    const auto again = link(first.input(), {.threads = 2});
    ASSERT_EQ(again.links.size(), shuffled.links.size());
    for (std::size_t i = 0; i < again.links.size(); ++i) {
        EXPECT_EQ(again.links[i].chance, shuffled.links[i].chance);
        EXPECT_EQ(first.ranks[again.links[i].pair.a], second.ranks[shuffled.links[i].pair.a]);
    }
}

TEST(Link, PairsTooManyToRememberAreLinkedAlike) {
    const auto made = world(9, 200);
    const Ordered ordered(made, as_made(made));
    const auto remembered = link(ordered.input(), {.threads = 2});
    const auto compared_twice = link(ordered.input(), {.most_remembered = 10, .threads = 2});
    ASSERT_GT(remembered.compared, 10U);
    EXPECT_EQ(compared_twice.incidents, remembered.incidents);
    ASSERT_EQ(compared_twice.links.size(), remembered.links.size());
    for (std::size_t i = 0; i < remembered.links.size(); ++i) {
        EXPECT_EQ(compared_twice.links[i].pair.a, remembered.links[i].pair.a);
        EXPECT_EQ(compared_twice.links[i].pair.b, remembered.links[i].pair.b);
        EXPECT_EQ(compared_twice.links[i].state, remembered.links[i].state);
        EXPECT_EQ(compared_twice.links[i].chance, remembered.links[i].chance);
    }
}

RC_GTEST_PROP(LinkProperty, NoIncidentHoldsTwoAccountsOfOneSource, (std::uint8_t seed)) {
    const auto made = world(seed, 60);
    const Ordered ordered(made, as_made(made));
    for (const auto& incident : link(ordered.input(), {}).incidents) {
        std::set<std::uint32_t> sources;
        for (const auto i : incident) RC_ASSERT(sources.insert(made.sources[i]).second);
    }
}

RC_GTEST_PROP(LinkProperty, EveryAccountIsInExactlyOneIncident, (std::uint8_t seed)) {
    const auto made = world(seed, 60);
    const Ordered ordered(made, as_made(made));
    std::vector<int> times(made.told.size());
    for (const auto& incident : link(ordered.input(), {}).incidents) {
        for (const auto i : incident) ++times[i];
    }
    RC_ASSERT(std::ranges::all_of(times, [](int n) { return n == 1; }));
}

RC_GTEST_PROP(LinkProperty, AsHumansDecideSoItIs, (std::uint8_t seed)) {
    const auto made = world(seed, 60);
    Ordered ordered(made, as_made(made));
    Random random(seed);
    const auto n = made.told.size();
    const auto before = link(ordered.input(), {});
    for (const auto& incident : before.incidents) {
        if (incident.size() > 1 && random.below(3) == 0)
            ordered.decisions.push_back({{incident[0], incident[1]}, HumanDecision::Kind::apart});
    }
    const auto a = static_cast<std::uint32_t>(random.below(n));
    const auto b = static_cast<std::uint32_t>(random.below(n));
    const bool separate = std::ranges::none_of(ordered.decisions, [&](const HumanDecision& one) {
        return one.pair.a == a || one.pair.b == a || one.pair.a == b || one.pair.b == b;
    });
    if (a != b && separate) ordered.decisions.push_back({{a, b}, HumanDecision::Kind::together});
    const auto linked = link(ordered.input(), {});
    std::vector<std::size_t> incident_of(n);
    for (std::size_t k = 0; k < linked.incidents.size(); ++k) {
        for (const auto i : linked.incidents[k]) incident_of[i] = k;
    }
    for (const auto& [pair, kind] : ordered.decisions) {
        RC_ASSERT((incident_of[pair.a] == incident_of[pair.b]) == (kind == HumanDecision::Kind::together));
    }
}

TEST(Link, DecidingWhatWasFoundChangesNothing) {
    const auto made = world(10, 150);
    Ordered ordered(made, as_made(made));
    const auto before = link(ordered.input(), {});
    for (const auto& one : before.links) {
        if (one.state == LinkState::linked)
            ordered.decisions.push_back({one.pair, HumanDecision::Kind::together});
    }
    EXPECT_EQ(link(ordered.input(), {}).incidents, before.incidents);
}

TEST(Link, ADecisionThatContradictsEarlierOnesIsNotHeeded) {
    const auto made = world(11, 20);
    Ordered ordered(made, as_made(made));
    using Kind = HumanDecision::Kind;
    ordered.decisions = {{{0, 1}, Kind::together}, {{1, 2}, Kind::together}, {{0, 2}, Kind::apart}};
    const auto linked = link(ordered.input(), {});
    EXPECT_EQ(std::ranges::count(linked.links, LinkState::not_heeded, &Link::state), 1);
    EXPECT_EQ(std::ranges::count(linked.links, LinkState::decided_together, &Link::state), 2);
}

TEST(Link, OneSourceThatDoesNotRepeatItselfIsLeftAsItIs) {
    const auto made = world(12, 100);
    auto one = made;
    std::ranges::fill(one.sources, 0U);
    const Ordered ordered(one, as_made(one));
    const auto linked = link(ordered.input(), {});
    EXPECT_EQ(linked.incidents.size(), one.told.size());
    EXPECT_EQ(linked.compared, 0U);
}

TEST(Link, ASourceThatRepeatsItselfIsLinkedWithItself) {
    const auto made = world(13, 200);
    auto one = made;
    std::ranges::fill(one.sources, 0U);
    Ordered ordered(one, as_made(one));
    ordered.repeats[0] = 1;
    const auto [precision, recall] = quality(one, link(ordered.input(), {}));
    EXPECT_GE(precision, 0.9);
    EXPECT_GE(recall, 0.9);
}

TEST(Link, ByTaxonomyTheFinestAgreementWins) {
    Random random(14);
    World made;
    auto what = something(random);
    what.act = Act::attack_shelling;
    auto vague = what;
    vague.act = Act::attack;
    made.add(what, 0, 0);
    made.add(what, 1, 0);
    made.add(vague, 0, 1);
    const Ordered ordered(made, as_made(made));
    const auto linked = link(ordered.input(), {.method = Method::taxonomy});
    EXPECT_EQ(linked.incidents, (std::vector<std::vector<std::uint32_t>>{{0, 1}, {2}}));
}

// The bulk comparison is held to the plain one.

Told anything(Random& random) {
    auto told = retold(something(random), random);
    if (random.below(3) == 0) {
        told.when.begin += static_cast<std::int64_t>(random.below(86400));
        told.when.end = told.when.begin + 3600;
    }
    if (random.below(5) == 0) {
        told.when.last_day += static_cast<std::int32_t>(random.below(5));
        told.when.end = (told.when.last_day + 1) * 86400LL;
    }
    if (random.below(4) == 0) told.radius_km = 40 * random.uniform();
    if (random.below(6) == 0) told.attacker.may_be.push_back(ActorId{5});
    if (random.below(6) == 0) told.attacker = {};
    if (random.below(6) == 0) told.place_key.clear();
    if (random.below(2) == 0) {
        told.text = shingles_of(random.below(2) == 0 ? "four shells fell on the market"
                                                     : "shells fell on the market at noon");
        told.letters = random.below(2) == 0 ? Letters::latin : Letters::arabic;
    }
    if (random.below(8) == 0) told.act = Act::unknown;
    return told;
}

RC_GTEST_PROP(Comparands, SayWhatThePlainComparisonSays, (std::uint16_t seed)) {
    Random random(seed);
    std::vector<Told> all;
    Comparands columns;
    for (int i = 0; i < 25; ++i) {
        all.push_back(anything(random));
        columns.add(all.back());
    }
    const ComparandRows rows(columns, columns.occasions);
    PairComparison comparison(rows);
    for (std::uint32_t a = 0; a < all.size(); ++a) {
        for (std::uint32_t b = 0; b < all.size(); ++b) {
            const auto plain = compare(all[a], all[b]);
            RC_ASSERT(comparison(a, b, distance(*all[a].centre, *all[b].centre).in_km()) == plain);
            RC_ASSERT(compare(all[b], all[a]) == plain);
        }
    }
}

TEST(Compare, MissingIsNotHeldAgainstThem) {
    Random random(1);
    auto a = something(random);
    const auto b = a;
    a.killed.reset();
    a.target = {};
    const auto pattern = compare(a, b);
    EXPECT_EQ(pattern.level(static_cast<std::size_t>(Compared::killed)), std::nullopt);
    EXPECT_EQ(pattern.level(static_cast<std::size_t>(Compared::target)), std::nullopt);
}

TEST(Compare, ADistrictsCentreIsNoPoint) {
    EXPECT_EQ(place_level(12, 2), 2);   // two points twelve kilometres apart
    EXPECT_EQ(place_level(12, 31), 3);  // one of them stands for a district
    EXPECT_EQ(place_level(0.1, 31), 3);
    EXPECT_EQ(place_level(0.1, 2), 5);
}

TEST(Compare, AWeekIsNoDay) {
    const Occasion day{.begin = 0, .end = 86400, .first_day = 0, .last_day = 0};
    const Occasion week{.begin = 0, .end = 7 * 86400, .first_day = 0, .last_day = 6};
    EXPECT_EQ(when_level(day, day), 4);
    EXPECT_EQ(when_level(day, week), 3);
}

TEST(Compare, MidnightDoesNotPartWhatIsMinutesApart) {
    const Occasion before{.begin = 86400 - 600, .end = 86400, .first_day = 0, .last_day = 0};
    const Occasion after{.begin = 86400 + 600, .end = 86400 + 1200, .first_day = 1, .last_day = 1};
    EXPECT_EQ(when_level(before, after), 5);
}

TEST(Compare, ActsAreHeldTogetherAtTheirFinestCommonKind) {
    EXPECT_EQ(act_level(Act::attack_shelling, Act::attack_shelling), 3);
    EXPECT_EQ(act_level(Act::attack_explosive_ied, Act::attack_explosive), 2);
    EXPECT_EQ(act_level(Act::attack_shelling, Act::attack_air_strike), 1);
    EXPECT_EQ(act_level(Act::attack_shelling, Act::siege), 0);
    EXPECT_EQ(act_level(Act::unknown, Act::siege), std::nullopt);
}

TEST(Compare, AnUmbrellaAndItsMemberAgreeLessThanTheSame) {
    const Party umbrella{.may_be = {ActorId{1}, ActorId{2}, ActorId{3}}, .key = "insurgents"};
    const Party member{.may_be = {ActorId{2}}, .key = "ahrar"};
    const Party another{.may_be = {ActorId{9}}, .key = "army"};
    EXPECT_EQ(party_level(member, member), 3);
    EXPECT_EQ(party_level(umbrella, member), 2);
    EXPECT_EQ(party_level(another, member), 0);
}

TEST(Compare, RangesOfKilledThatMeetAgree) {
    EXPECT_EQ(killed_level({10, 12, 15}, {14, 20, 30}), 2);
    EXPECT_EQ(killed_level(CountRange::exactly(12), CountRange::exactly(20)), 1);
    EXPECT_EQ(killed_level(CountRange::exactly(2), CountRange::exactly(20)), 0);
    EXPECT_EQ(killed_level(CountRange::exactly(0), CountRange::exactly(0)), 3);
    EXPECT_EQ(killed_level(CountRange::exactly(31), CountRange::exactly(31)), 4);
}

TEST(Compare, SidesWithoutAnOrderAgreeWhicheverComesFirst) {
    Random random(2);
    auto a = something(random);
    a.attacker = {.may_be = {ActorId{1}}, .key = "army"};
    a.target = {.may_be = {ActorId{2}}, .key = "front"};
    auto b = a;
    std::swap(b.attacker, b.target);
    const auto attacker = static_cast<std::size_t>(Compared::attacker);
    EXPECT_EQ(compare(a, b).level(attacker), 0);
    b.sides = Sides::no_order;
    EXPECT_EQ(compare(a, b).level(attacker), 3);
}

}  // namespace
}  // namespace truce::linkage
