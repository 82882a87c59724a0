// SPDX-License-Identifier: Apache-2.0
#include "assessment/assessment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <numeric>

#include "geo/shape.h"

namespace truce {
namespace {

constexpr ActorId government{0};
constexpr ActorId opposition{1};

sys_days day(std::string_view text) {
    return parse_day(text).value();
}
Zone damascus() {
    return Zone::named("Asia/Damascus").value();
}

Area square(std::string id, double south, double west, double size) {
    Area area;
    area.id = std::move(id);
    area.shape = rectangle({south, west, south + size, west + size});
    return area;
}

Agreement truce_from(std::string_view when) {
    Agreement agreement;
    agreement.id = "truce";
    agreement.from = Moment::at(damascus().day(day(when)).first);
    agreement.until = Moment::at(open_end);
    agreement.area = AreaClause{{{.by = "", .area = AreaId{0}}}};
    agreement.adherents = {{.actor = government,
                            .accepted = {},
                            .withdrawn = {},
                            .suspended_from = {},
                            .suspended_until = {},
                            .via = {},
                            .reservation = {}},
                           {.actor = opposition,
                            .accepted = {},
                            .withdrawn = {},
                            .suspended_from = {},
                            .suspended_until = {},
                            .via = {},
                            .reservation = {}}};
    Duty duty;
    duty.id = "no-attacks";
    duty.acts = {Act::attack};
    duty.against = {TargetKind::adherent, TargetKind::civilian};
    agreement.duties = {duty};
    return agreement;
}

Account attack_on(std::string_view when, Point where) {
    Account account;
    account.source = SourceId{0};
    account.told.when = {damascus().day(day(when)), TimePrecision::day};
    account.told.place.centre = where;
    account.told.place.precision = PlacePrecision::exact;
    account.told.place.admin1 = "Aleppo Governorate";
    account.told.act = Act::attack_shelling;
    account.told.parties.attacker = {{{government, 1.0}}, "the army", Basis::reported};
    account.told.parties.target = {{{opposition, 1.0}}, "the opposition", Basis::reported};
    account.told.toll.killed = CountRange{1, 2, 3};
    return account;
}

constexpr Point inside{36.2, 37.1};
constexpr Point outside{33.5, 36.3};

/// A truce from 4 May in a square about Aleppo, and no accounts yet.
Dossier ordinary() {
    Dossier dossier;
    dossier.mission.id = "aleppo";
    dossier.mission.zone = damascus();
    dossier.mission.focus = "aleppo";
    dossier.mission.period = DayRange{day("2016-02-15"), day("2016-06-15")};
    std::vector<Actor> actors(2);
    actors[0].id = "government";
    actors[1].id = "opposition";
    dossier.actors = ActorRegister(std::move(actors));
    dossier.areas = AreaRegister({square("aleppo", 36.0, 37.0, 0.5)});
    dossier.agreements = {truce_from("2016-05-04")};
    Source source;
    source.id = "test";
    source.republish = Republish::rows;
    dossier.sources = {source};
    return dossier;
}

Dossier with(std::vector<Account> accounts) {
    auto dossier = ordinary();
    for (std::size_t i = 0; i < accounts.size(); ++i) accounts[i].row = i + 1;
    dossier.sources[0].rows = accounts.size();
    dossier.sources[0].accounts = accounts.size();
    dossier.accounts = std::move(accounts);
    return dossier;
}

Assessment assessed(const Dossier& dossier, int threads = 1) {
    return assess(dossier, {.threads = threads, .software_version = "test"}).value();
}

TEST(Assess, AnAttackUnderTheTruceIsABreachAndOneBeforeItIsNot) {
    const auto result = assessed(with({attack_on("2016-05-10", inside), attack_on("2016-05-01", inside)}));
    EXPECT_EQ(result.judged[0].verdict, Verdict::breach);
    EXPECT_EQ(result.judged[1].verdict, Verdict::out_of_scope);
    EXPECT_EQ(result.judged[1].passed_over.before, 1U);
    EXPECT_EQ(result.since_truce_verdicts[static_cast<std::size_t>(Verdict::breach)], 1U);
}

TEST(Assess, WhatLiesElsewhereIsJudgedAndNotInTheHeadline) {
    const auto result = assessed(with({attack_on("2016-05-10", outside)}));
    EXPECT_EQ(result.judged[0].in_focus, InFocus::no);
    EXPECT_EQ(std::accumulate(result.since_truce_verdicts.begin(), result.since_truce_verdicts.end(), 0U),
              0U);
    EXPECT_EQ(result.toll_since.all.best, 0U);
    EXPECT_EQ(result.toll_all.all.best, 2U);
}

TEST(Assess, APlaceThatIsNotKnownIsNeitherInTheFocusNorOutsideIt) {
    auto account = attack_on("2016-05-10", inside);
    account.told.place.centre.reset();
    const auto result = assessed(with({account}));
    EXPECT_EQ(result.judged[0].in_focus, InFocus::unclear);
    EXPECT_EQ(result.focus_unclear, 1U);
}

TEST(Assess, EveryRowIsAccountedFor) {
    auto lead = attack_on("2016-05-10", inside);
    lead.kind = AccountKind::lead;
    auto late = attack_on("2016-08-01", inside);
    auto dossier = with({attack_on("2016-05-10", inside), lead, late});
    dossier.rejects.resize(2);
    dossier.sources[0].rows = 5;
    const auto sum = assessed(dossier).accounting;
    EXPECT_EQ(sum.rows, sum.told_incidents + sum.leads + sum.corroborations + sum.aggregates + sum.rejects);
    EXPECT_EQ(sum.incidents, sum.assessed + sum.outside_days);
    EXPECT_EQ(sum.outside_days, 1U);
    EXPECT_EQ(sum.leads, 1U);
}

TEST(Assess, AnIncidentOfUnknownDateIsSpreadOverItsDaysInTheCourse) {
    auto account = attack_on("2016-05-10", inside);
    account.told.when = {damascus().days(day("2016-05-10"), day("2016-05-13")), TimePrecision::days};
    const auto result = assessed(with({account}));
    const auto index = static_cast<std::size_t>((day("2016-05-12") - day("2016-02-15")).count());
    EXPECT_DOUBLE_EQ(result.course[index].incidents, 0.25);
    EXPECT_DOUBLE_EQ(result.course[index].deaths, 0.5);
}

TEST(Assess, AFallIsSaidToBeOneOnlyWhenTheIntervalSaysSo) {
    std::vector<Account> accounts;
    for (int d = 0; d < 60; ++d)
        accounts.push_back(attack_on(day_text(day("2016-02-20") + std::chrono::days{d}), inside));
    const auto result = assessed(with(accounts));
    EXPECT_EQ(result.trends.incidents.set_apart.change, analysis::Change::fell);
    EXPECT_EQ(result.trends.incidents.set_apart.after.count, 0U);
}

TEST(Assess, ASelectionIsNeverTakenForATrend) {
    std::vector<Account> accounts;
    for (int d = 0; d < 60; ++d)
        accounts.push_back(attack_on(day_text(day("2016-02-20") + std::chrono::days{d}), inside));
    auto dossier = with(accounts);
    dossier.sources[0].recording = Recording::selection;
    const auto trend = assessed(dossier).trends.incidents.set_apart;
    EXPECT_EQ(trend.why_not, analysis::NoVerdict::selection_only);
    EXPECT_FALSE(trend.estimate.has_value());
    EXPECT_FALSE(trend.before.rate.has_value());
}

TEST(Assess, IncidentsOfASelectionAreKeptOutOfTheTrendOfARecord) {
    std::vector<Account> accounts;
    for (int d = 0; d < 60; ++d)
        accounts.push_back(attack_on(day_text(day("2016-02-20") + std::chrono::days{d}), inside));
    auto dossier = with(accounts);
    Source chosen;
    chosen.id = "chosen";
    chosen.recording = Recording::selection;
    dossier.sources.push_back(chosen);
    auto extra = attack_on("2016-05-20", inside);
    extra.source = SourceId{1};
    dossier.accounts.push_back(extra);
    EXPECT_EQ(assessed(dossier).trends.incidents.set_apart.after.count, 0U);
}

TEST(Assess, WhereOnlyASelectionTellsOfTheFocusNothingIsEstimatedThere) {
    auto dossier = with({attack_on("2016-05-20", outside)});
    Source chosen;
    chosen.id = "chosen";
    chosen.recording = Recording::selection;
    dossier.sources.push_back(chosen);
    auto extra = attack_on("2016-05-20", inside);
    extra.source = SourceId{1};
    dossier.accounts.push_back(extra);
    EXPECT_EQ(assessed(dossier).trends.incidents.set_apart.why_not, analysis::NoVerdict::selection_only);
}

TEST(Assess, BothWhoFoughtAreTalliedWhenItIsNotSaidWhoBegan) {
    auto account = attack_on("2016-05-10", inside);
    account.told.parties.roles = Roles::unstated;
    const auto result = assessed(with({account}));
    ASSERT_EQ(result.by_party.size(), 2U);
    EXPECT_EQ(result.by_party[0].id, "government");
    EXPECT_EQ(result.by_party[1].id, "opposition");
}

TEST(Assess, ProtectedSitesAreListedApart) {
    auto account = attack_on("2016-05-10", inside);
    account.told.parties.target_kinds = {TargetKind::medical, TargetKind::civilian};
    const auto result = assessed(with({account}));
    ASSERT_EQ(result.by_site.size(), 1U);
    EXPECT_EQ(result.by_site[0].id, "medical");
}

TEST(Assess, WhatIsUndecidedSaysWhy) {
    auto account = attack_on("2016-05-10", inside);
    account.told.parties.attacker = {};
    const auto result = assessed(with({account}));
    EXPECT_EQ(result.judged[0].verdict, Verdict::undetermined);
    ASSERT_EQ(result.undecided.size(), 1U);
    EXPECT_EQ(result.undecided[0].element, Element::actor_bound);
    EXPECT_EQ(result.undecided[0].reason, Reason::attacker_unknown);
}

TEST(Assess, AnAgreementStandsAsOnTheLastDay) {
    auto dossier = ordinary();
    dossier.agreements[0].until = Moment::at(damascus().day(day("2016-05-12")).first);
    EXPECT_EQ(assessed(dossier).standing[0].state, Standing::State::lapsed);
    dossier.agreements[0].until = {damascus().day(day("2016-05-12")).first, open_end};
    EXPECT_EQ(assessed(dossier).standing[0].state, Standing::State::unknown);
}

TEST(Assess, DaysAfterTheEndOfTheTruceAreNotDaysOfIt) {
    std::vector<Account> accounts;
    for (int d = 0; d < 120; ++d)
        accounts.push_back(attack_on(day_text(day("2016-02-15") + std::chrono::days{d}), inside));
    auto dossier = with(accounts);
    EXPECT_EQ(assessed(dossier).trends.incidents.set_apart.after.count, 41U);
    EXPECT_EQ(assessed(dossier).truce_last_day, std::nullopt);
    dossier.agreements[0].until = Moment::at(damascus().day(day("2016-05-25")).first);
    const auto result = assessed(dossier);
    EXPECT_EQ(result.trends.incidents.set_apart.after.count, 21U);
    EXPECT_EQ(result.trends.incidents.set_apart.after.watched_days, 21);
    EXPECT_EQ(result.truce_last_day, day("2016-05-24"));
}

TEST(Assess, WhatHappensAfterTheEndOfTheTruceIsCountedUnderNothingOfIt) {
    auto before = attack_on("2016-04-01", inside);
    auto under = attack_on("2016-05-10", inside);
    auto over = attack_on("2016-05-26", inside);
    for (auto* account : {&before, &under, &over}) account->told.toll.killed = CountRange::exactly(3);
    auto dossier = with({before, under, over});
    dossier.agreements[0].until = Moment::at(damascus().day(day("2016-05-25")).first);
    const auto result = assessed(dossier);
    std::vector<Judged::Side> sides;
    for (const auto& judged : result.judged) sides.push_back(judged.side);
    EXPECT_THAT(sides, testing::ElementsAre(Judged::Side::before, Judged::Side::after, Judged::Side::ended));
    EXPECT_EQ(result.toll_since.all.best, 3U);
    EXPECT_EQ(result.toll_since.definition.days.end, day("2016-05-25"));
    EXPECT_EQ(result.toll_all.all.best, 9U);
    std::uint64_t counted = 0;
    for (const auto n : result.since_truce_verdicts) counted += n;
    EXPECT_EQ(counted, 1U);
    ASSERT_EQ(result.by_act.size(), 1U);
    EXPECT_EQ(result.by_act[0].incidents, 1U);
    ASSERT_TRUE(result.durability && result.durability->truce);
    EXPECT_EQ(result.durability->truce->ended, day("2016-05-24"));
    dossier.agreements[0].until = Moment::at(damascus().day(day("2016-05-25")).first + std::chrono::minutes{1});
    const auto a_minute_past = assessed(dossier);
    EXPECT_EQ(a_minute_past.truce_end_day, day("2016-05-25"));
    EXPECT_EQ(a_minute_past.truce_last_day, day("2016-05-24"));
    EXPECT_EQ(result.durability->why_not, analysis::NoForecast::ended_already);
    EXPECT_TRUE(result.durability->answer.empty());
}

TEST(Assess, WithoutAPeriodTheDaysEndWithTheRecord) {
    auto vague = attack_on("2016-05-10", inside);
    vague.told.when = {damascus().days(day("2016-01-01"), day("2016-12-31")), TimePrecision::year};
    auto dossier = with({attack_on("2016-03-01", inside), vague, attack_on("2016-05-20", inside)});
    dossier.mission.period.reset();
    const auto result = assessed(dossier);
    EXPECT_EQ(result.days, (DayRange{day("2016-03-01"), day("2016-05-20")}));
    EXPECT_EQ(result.accounting.outside_days, 1U);
}

TEST(Assess, AMissionWithoutAgreementsIsRefusedWithWhatToDo) {
    auto dossier = ordinary();
    dossier.agreements.clear();
    EXPECT_EQ(assess(dossier, {}).error().message,
              "there is no agreement, so nothing to hold incidents against; add one under agreements/");
}

TEST(Assess, AFocusThatIsNotDefinedIsRefusedWithTheNearestName) {
    auto dossier = ordinary();
    dossier.mission.focus = "alepo";
    EXPECT_EQ(assess(dossier, {}).error().message,
              "focus: area 'alepo' is not defined; did you mean 'aleppo'?");
}

TEST(Assess, AMissionWithoutAccountsIsAssessedAndClaimsNothing) {
    const auto result = assessed(ordinary());
    EXPECT_EQ(result.trends.incidents.set_apart.change, analysis::Change::cannot_be_estimated);
    EXPECT_EQ(result.accounting.rows, 0U);
}

TEST(Assess, ThreadsChangeNothing) {
    EXPECT_TRUE(rc::check([] {
        std::vector<Account> accounts;
        const auto count = *rc::gen::inRange(0, 40);
        for (int i = 0; i < count; ++i) {
            const auto offset = *rc::gen::inRange(0, 120);
            const Point where{*rc::gen::inRange(33, 38) + 0.1, *rc::gen::inRange(35, 39) + 0.1};
            accounts.push_back(attack_on(day_text(day("2016-02-15") + std::chrono::days{offset}), where));
        }
        const auto dossier = with(accounts);
        const auto one = assessed(dossier, 1);
        const auto three = assessed(dossier, 3);
        RC_ASSERT(one.all_verdicts == three.all_verdicts);
        RC_ASSERT(one.findings.size() == three.findings.size());
        for (std::size_t i = 0; i < one.findings.size(); ++i)
            RC_ASSERT(one.findings[i].chance == three.findings[i].chance);
        for (std::size_t i = 0; i < one.judged.size(); ++i)
            RC_ASSERT(one.judged[i].in_focus == three.judged[i].in_focus);
    }));
}

}  // namespace
}  // namespace truce
