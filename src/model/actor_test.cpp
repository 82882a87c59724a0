// SPDX-License-Identifier: Apache-2.0
#include "model/actor.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace truce {
namespace {

constexpr ActorId government{0};
constexpr ActorId brigade{1};
constexpr ActorId militia{2};
constexpr ActorId opposition{3};
constexpr ActorId nusra{4};
constexpr ActorId rebels{5};
constexpr ActorId splinter{6};

sys_seconds on(int year, unsigned month, unsigned day) {
    return std::chrono::sys_days{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day}};
}

ActorRegister known_actors() {
    std::vector<Actor> actors(7);
    actors[0] = {
        .id = "government",
        .kind = ActorKind::state,
        .name = {{{"en", "Government of Syria"}}},
        .spellings = {},
        .codes = {.ucdp = {"118"}, .acled = {"Military Forces of Syria (2000-)"}, .gdelt = {"SYRGOV"}},
        .relations = {}};
    actors[1] = {.id = "brigade",
                 .kind = ActorKind::armed_group,
                 .name = {},
                 .spellings = {"4th Division"},
                 .codes = {},
                 .relations = {{ActorRelation::part_of, government, {}}}};
    actors[2] = {.id = "militia",
                 .kind = ActorKind::armed_group,
                 .name = {},
                 .spellings = {},
                 .codes = {},
                 .relations = {{ActorRelation::allied_with, government, {}}}};
    actors[3] = {.id = "opposition",
                 .kind = ActorKind::coalition,
                 .name = {},
                 .spellings = {"the rebels"},
                 .codes = {},
                 .relations = {}};
    actors[4] = {.id = "nusra",
                 .kind = ActorKind::armed_group,
                 .name = {{{"ar", "جبهة النصرة"}}},
                 .spellings = {"al-Nusra"},
                 .codes = {},
                 .relations = {}};
    actors[5] = {.id = "rebels",
                 .kind = ActorKind::umbrella,
                 .name = {},
                 .spellings = {"Syrian insurgents"},
                 .codes = {.ucdp = {"4456"}, .acled = {}, .gdelt = {}},
                 .relations = {{ActorRelation::contains, opposition, {}},
                               {ActorRelation::contains, nusra, {on(2012, 1, 1), on(2017, 1, 1)}}}};
    actors[6] = {.id = "splinter",
                 .kind = ActorKind::armed_group,
                 .name = {},
                 .spellings = {"the rebels"},
                 .codes = {},
                 .relations = {{ActorRelation::splinter_of, opposition, {}}}};
    return ActorRegister(std::move(actors));
}

TEST(ActorRegister, FindsByCodeNameAndSpellingInAnyScript) {
    const auto actors = known_actors();
    EXPECT_EQ(actors.meant_by("118", CodeSystem::ucdp), government);
    EXPECT_EQ(actors.meant_by("military forces of syria 2000", CodeSystem::acled), government);
    EXPECT_EQ(actors.meant_by("جبهة النُّصره", CodeSystem::none), nusra);
    EXPECT_EQ(actors.meant_by("AL NUSRA", CodeSystem::none), nusra);
    EXPECT_EQ(actors.meant_by("118", CodeSystem::none), std::nullopt);
    EXPECT_EQ(actors.meant_by("", CodeSystem::none), std::nullopt);
}

TEST(ActorRegister, ANameThatTwoActorsShareMeansNeither) {
    EXPECT_EQ(known_actors().meant_by("the rebels", CodeSystem::none), std::nullopt);
}

TEST(ActorRegister, WhatBindsAPartyBindsItsParts) {
    EXPECT_EQ(known_actors().acts_for(brigade, government, on(2016, 5, 4)), Answer::yes);
    EXPECT_EQ(known_actors().acts_for(government, brigade, on(2016, 5, 4)), Answer::no);
}

TEST(ActorRegister, AlliesAndUmbrellasLeaveItOpen) {
    EXPECT_EQ(known_actors().acts_for(militia, government, on(2016, 5, 4)), Answer::unknown);
    EXPECT_EQ(known_actors().acts_for(rebels, opposition, on(2016, 5, 4)), Answer::unknown);
}

TEST(ActorRegister, ASplinterIsNotBound) {
    EXPECT_EQ(known_actors().acts_for(splinter, opposition, on(2016, 5, 4)), Answer::no);
}

TEST(ActorRegister, RelationsHoldInTheirTimeOnly) {
    EXPECT_EQ(known_actors().may_be(rebels, nusra, on(2016, 5, 4)), Answer::unknown);
    EXPECT_EQ(known_actors().may_be(rebels, nusra, on(2018, 5, 4)), Answer::no);
    EXPECT_EQ(known_actors().members(rebels, on(2018, 5, 4)), std::vector{opposition});
    EXPECT_EQ(known_actors().umbrellas_of(nusra, on(2016, 5, 4)), std::vector{rebels});
}

TEST(ActorRegister, ARelationIsKnownFromBothSides) {
    const auto actors = known_actors();
    EXPECT_TRUE(std::ranges::any_of(actors[government].relations, [](const DatedRelation& relation) {
        return relation.relation == ActorRelation::commands && relation.other == brigade;
    }));
}

}  // namespace
}  // namespace truce
