// SPDX-License-Identifier: Apache-2.0
#include "assessment/linkage_draws.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "assessment/assessment.h"
#include "assessment/documented_toll.h"

namespace truce {
namespace {

/// So many accounts of one day by as many sources, ten dead in each.
Dossier dossier_of(std::uint32_t accounts) {
    Dossier dossier;
    for (std::uint32_t i = 0; i < accounts; ++i) {
        Source source;
        source.id = std::string(1, static_cast<char>('a' + i));
        dossier.sources.push_back(source);
        Account account;
        account.source = SourceId{i};
        const sys_seconds start = sys_days{std::chrono::year{2016} / 5 / 4};
        account.told.when.window = {start, start + std::chrono::days{1}};
        account.told.toll.killed = CountRange::exactly(10);
        dossier.accounts.push_back(account);
    }
    return dossier;
}

AccountLink link(std::uint32_t a, std::uint32_t b, double chance, linkage::LinkState state) {
    AccountLink one;
    one.a = AccountId{a};
    one.b = AccountId{b};
    one.chance = chance;
    one.state = state;
    return one;
}

/// Two incidents of an account each, with one link between them.
LinkedIncidents two_incidents(const Dossier& dossier, double chance, linkage::LinkState state) {
    LinkedIncidents linked;
    for (std::uint32_t i = 0; i < 2; ++i) {
        linked.incidents.push_back({.accounts = {AccountId{i}}, .what = dossier.accounts[i].told});
    }
    linked.linkage.links = {link(0, 1, chance, state)};
    return linked;
}

const std::vector<IncidentId> both{IncidentId{0}, IncidentId{1}};

TEST(LinkageDraws, JoinAsOftenAsTheLinksChanceSays) {
    const auto dossier = dossier_of(2);
    const auto linked = two_incidents(dossier, 0.7, linkage::LinkState::review);
    const auto draws = linkage_draws(dossier, linked.incidents, linked.linkage, both, 1000, 3);
    const auto joined = std::ranges::count_if(draws, [](const auto& draw) { return draw.size() == 1; });
    EXPECT_NEAR(static_cast<double>(joined), 700, 60);
}

TEST(LinkageDraws, AreNotMadeWhereNothingIsOpen) {
    const auto dossier = dossier_of(2);
    for (const auto state : {linkage::LinkState::decided_apart, linkage::LinkState::decided_together}) {
        const auto linked = two_incidents(dossier, 0.6, state);
        EXPECT_TRUE(linkage_draws(dossier, linked.incidents, linked.linkage, both, 20, 3).empty());
    }
}

TEST(LinkageDraws, NeverPutTwoAccountsOfOneSourceTogether) {
    auto dossier = dossier_of(2);
    dossier.accounts[1].source = SourceId{0};
    const auto linked = two_incidents(dossier, 0.9, linkage::LinkState::review);
    for (const auto& draw : linkage_draws(dossier, linked.incidents, linked.linkage, both, 50, 3))
        EXPECT_EQ(draw.size(), 2U);
}

TEST(LinkageDraws, LeaveOutLinksToIncidentsThatDoNotTakePart) {
    const auto dossier = dossier_of(2);
    const auto linked = two_incidents(dossier, 0.6, linkage::LinkState::review);
    EXPECT_TRUE(
        linkage_draws(dossier, linked.incidents, linked.linkage, std::vector{IncidentId{0}}, 20, 3).empty());
}

}  // namespace
}  // namespace truce
