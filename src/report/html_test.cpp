// SPDX-License-Identifier: Apache-2.0
#include "report/html.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <algorithm>
#include <fstream>

#include "report/assets.h"
#include "report/html_listing.h"

namespace truce::report {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr sys_days day_of(int month, int day) {
    return sys_days{std::chrono::year{2016} / month / day};
}

Area square(std::string id, std::string version, std::string english, std::string arabic, Box box) {
    return {.id = std::move(id),
            .version = std::move(version),
            .name = {{{"en", std::move(english)}, {"ar", std::move(arabic)}}},
            .spellings = {},
            .admin_level = {},
            .code = {},
            .shape = rectangle(box),
            .mended = {}};
}

Actor actor(std::string id, std::string english, std::string arabic,
            ActorKind kind = ActorKind::armed_group) {
    return {.id = std::move(id),
            .kind = kind,
            .name = {{{"en", std::move(english)}, {"ar", std::move(arabic)}}},
            .spellings = {},
            .codes = {},
            .relations = {}};
}

constexpr ActorId government{0};
constexpr ActorId opposition{1};
constexpr ActorId excluded_group{2};
constexpr ActorId umbrella{3};

Agreement truce_of(std::string id, std::string title, sys_days from, std::vector<AreaClause::Version> area) {
    Agreement agreement;
    agreement.id = std::move(id);
    agreement.title = {{{"en", std::move(title)}}};
    agreement.zone = "Asia/Damascus";
    agreement.from = Moment::at(from);
    agreement.until = Moment::at(open_end);
    agreement.area = AreaClause{std::move(area)};
    for (const auto party : {government, opposition}) {
        Adherent adherent;
        adherent.actor = party;
        agreement.adherents.push_back(adherent);
    }
    Exclusion exclusion;
    exclusion.actor = excluded_group;
    agreement.excluded = {exclusion};
    Duty duty;
    duty.id = "no-attacks";
    duty.acts = {Act::attack};
    duty.against = {TargetKind::adherent, TargetKind::civilian};
    duty.text = {
        {{"en", "No attacks on adherents or civilians"}, {"ar", "لا هجمات على الملتزمين أو المدنيين"}}};
    agreement.duties = {duty};
    return agreement;
}

struct Told {
    sys_days day;
    Point at;
    double km = 2;
    std::optional<ActorId> by = government;
    std::string summary = "Shells fell on a street.";
    SourceId source = {0};
};

Account account(const Told& told, std::uint64_t row) {
    Account account;
    account.source = told.source;
    account.row = row;
    account.line = row + 1;
    account.raw = sha256(fmt::format("row {}", row));
    account.key = fmt::format("a{}", row);
    account.summary = told.summary;
    account.cites = "local press";
    account.told.when = {Zone::named("Asia/Damascus")->day(told.day), TimePrecision::day};
    account.told.place.centre = told.at;
    account.told.place.radius = Distance::km(told.km);
    account.told.place.precision = PlacePrecision::town;
    account.told.place.name = "Aleppo";
    account.told.place.admin1 = "Aleppo Governorate";
    account.told.act = Act::attack_shelling;
    if (told.by)
        account.told.parties.attacker = {
            .candidates = {{*told.by, 1.0}}, .name = "attacker", .basis = Basis::reported};
    account.told.parties.target = {
        .candidates = {{opposition, 1.0}}, .name = "target", .basis = Basis::reported};
    account.told.parties.target_kinds = {TargetKind::civilian};
    account.told.toll.killed =
        CountRange{static_cast<std::uint32_t>(row % 3), static_cast<std::uint32_t>(row % 4 + 2),
                   static_cast<std::uint32_t>(row % 5 + 6)};
    account.told.toll.civilians_killed = CountRange::exactly(static_cast<std::uint32_t>(row % 3));
    return account;
}

Source source(std::string id, Republish republish) {
    Source source;
    source.id = std::move(id);
    source.file = "accounts/" + source.id + ".csv";
    source.format = "table";
    source.title = {{{"en", "Public record"}, {"ar", "السجل العام"}}};
    source.licence = "CC BY 4.0";
    source.credit = "typed by hand";
    source.republish = republish;
    source.sha256 = sha256(source.id);
    return source;
}

/// A truce of 4 May 2016 around Aleppo with two drawings of its area, and two incidents on most days before
/// it.
Dossier dossier_of(std::vector<Told> more = {}) {
    Dossier dossier;
    dossier.mission.id = "aleppo";
    dossier.mission.title = {{{"en", "Aleppo, spring 2016"}, {"ar", "حلب، ربيع 2016"}}};
    dossier.mission.zone = *Zone::named("Asia/Damascus");
    dossier.mission.focus = "aleppo";
    dossier.mission.truce = "truce-aleppo";
    dossier.mission.baseline_days = 75;
    dossier.mission.set_apart_days = 14;
    dossier.mission.period = DayRange{day_of(2, 15), day_of(5, 20)};
    dossier.actors = ActorRegister({actor("government", "Government", "الحكومة", ActorKind::state),
                                    actor("opposition", "Opposition", "المعارضة"),
                                    actor("excluded", "Excluded group", "جماعة مستثناة"),
                                    actor("insurgents", "Insurgents", "فصائل مسلحة", ActorKind::umbrella),
                                    actor("usa", "United States", "الولايات المتحدة", ActorKind::state),
                                    actor("russia", "Russia", "روسيا", ActorKind::state)});
    dossier.areas = AreaRegister(
        {square("aleppo", "russia", "Aleppo city", "مدينة حلب", {36.1, 37.0, 36.3, 37.3}),
         square("aleppo", "usa", "Aleppo and surroundings", "حلب ومحيطها", {35.9, 36.7, 36.6, 37.6})});
    dossier.agreements = {
        truce_of("truce-first", "Cessation of hostilities", day_of(2, 27), {{"", {1}}}),
        truce_of("truce-aleppo", "Extension to Aleppo", day_of(5, 4), {{"russia", {0}}, {"usa", {1}}})};
    dossier.agreements[1].guarantors = {{.actor = {4}, .on_behalf_of = opposition},
                                        {.actor = {5}, .on_behalf_of = government}};
    dossier.sources = {source("record", Republish::rows), source("restricted", Republish::aggregates)};
    std::uint64_t row = 0;
    for (auto day = day_of(2, 15); day < day_of(5, 4); day += std::chrono::days{1}) {
        if (row % 7 == 3) ++row;
        const double drift = static_cast<double>(row % 11) * 0.02;
        dossier.accounts.push_back(account(
            {.day = day, .at = {36.1 + drift, 37.05 + drift}, .by = row % 5 == 0 ? umbrella : government},
            ++row));
        dossier.accounts.push_back(account({.day = day,
                                            .at = {36.2, 37.1 + drift},
                                            .km = 12,
                                            .by = row % 3 == 0 ? std::optional<ActorId>{} : government},
                                           ++row));
    }
    for (auto day = day_of(5, 5); day < day_of(5, 20); day += std::chrono::days{4}) {
        dossier.accounts.push_back(account({.day = day, .at = {36.2, 37.15}}, ++row));
    }
    for (const auto& told : more) dossier.accounts.push_back(account(told, ++row));
    for (const auto& one : dossier.accounts) {
        auto& from = dossier.sources[one.source.value];
        ++from.rows;
        ++from.accounts;
    }
    return dossier;
}

std::vector<Messages> english_and_arabic() {
    std::vector<Messages> out;
    for (const auto& one : assets::catalogues().first(2))
        out.push_back(*Messages::parse(one.language, one.json));
    return out;
}

std::string report_of(const Dossier& dossier, std::size_t most_bytes = 2'900'000) {
    const auto assessment = assess(dossier, {.threads = 1, .software_version = "trucewatch test"});
    EXPECT_TRUE(assessment);
    const auto languages = english_and_arabic();
    const auto countries = country_shapes(assets::countries_10m());
    return html(dossier, *assessment,
                {.languages = languages,
                 .script = assets::report_js(),
                 .style = assets::report_css(),
                 .countries = *countries,
                 .earlier = {},
                 .cut_off = {},
                 .most_bytes = most_bytes});
}

std::size_t count(std::string_view text, std::string_view word) {
    std::size_t n = 0;
    for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) ++n;
    return n;
}

TEST(Html, TheSameValuesGiveTheSameBytes) {
    const auto dossier = dossier_of();
    EXPECT_EQ(report_of(dossier), report_of(dossier));
}

TEST(Html, ItIsSmallerThanThreeMegabytes) {
    const auto report = report_of(dossier_of());
    EXPECT_LT(report.size(), 3'000'000U);
    // Left where tests may write, to be looked at.
    std::ofstream(testing::TempDir() + "trucewatch-report.html", std::ios::binary) << report;
}

TEST(Html, EveryLanguageHasItsPart) {
    const auto report = report_of(dossier_of());
    EXPECT_THAT(report, HasSubstr(R"(<main class="part" id="en" lang="en" dir="ltr">)"));
    EXPECT_THAT(report, HasSubstr(R"(<main class="part" id="ar" lang="ar" dir="rtl">)"));
}

TEST(Html, NoMessageIsMissing) {
    const auto report = report_of(dossier_of());
    const auto document = report.substr(0, report.find("<script"));
    EXPECT_THAT(document, Not(testing::ContainsRegex("\\[[a-z_]+\\.[a-z_]+")));
}

TEST(Html, WhatSourcesWroteCannotBecomeMarkup) {
    const auto report = report_of(
        dossier_of({{.day = day_of(5, 10),
                     .at = {36.2, 37.15},
                     .summary = "</details><script>alert(1)</script><img src=x onerror=alert(2)>\"'"}}));
    EXPECT_THAT(report, Not(HasSubstr("<script>alert")));
    EXPECT_THAT(report, Not(HasSubstr("<img src=x")));
    EXPECT_THAT(report, HasSubstr("&lt;script&gt;alert(1)"));
}

TEST(Html, NoNameTurnsTheTextAroundIt) {
    const auto report =
        report_of(dossier_of({{.day = day_of(5, 10), .at = {36.2, 37.15}, .summary = "evil\u202Etxt"}}));
    EXPECT_THAT(report, HasSubstr("evil[U+202E]txt"));
    EXPECT_THAT(report, Not(HasSubstr("\u202E")));
}

TEST(Html, RowsThatMayNotBePassedOnAreCountedAndNotShown) {
    const auto report = report_of(dossier_of({{.day = day_of(5, 10),
                                               .at = {36.2, 37.15},
                                               .summary = "Kept to the reader alone.",
                                               .source = {1}}}));
    EXPECT_THAT(report, Not(HasSubstr("Kept to the reader alone.")));
    EXPECT_THAT(report, HasSubstr("1 incident is counted but not listed"));
}

TEST(Html, ALimitOnItsSizeLeavesOutTheLeastGraveAndSaysSo) {
    const auto dossier = dossier_of();
    const auto whole = report_of(dossier);
    const auto limit = whole.size() - 200'000;
    const auto shorter = report_of(dossier, limit);
    EXPECT_LE(shorter.size(), limit + 20'000);
    EXPECT_LT(count(shorter, "<details class=\"finding\""), count(whole, "<details class=\"finding\""));
    EXPECT_THAT(shorter, HasSubstr("gravest incidents of"));
}

TEST(Html, TheOnlyScriptThatMayRunIsNamedByItsHash) {
    const auto report = report_of(dossier_of());
    EXPECT_THAT(report, HasSubstr("script-src &#39;sha256-"));
    EXPECT_THAT(report, Not(HasSubstr("script-src &#39;unsafe")));
}

TEST(Html, ItFetchesNothing) {
    auto report = report_of(dossier_of());
    report.resize(report.find("<script"));
    for (const auto* what : {" src=\"", "<link", "@import", "url(http", "<iframe", "<object"})
        EXPECT_THAT(report, Not(HasSubstr(what)));
}

TEST(Html, IncidentsAreListedByGravityThenByDeaths) {
    const auto dossier = dossier_of();
    const auto assessment = *assess(dossier, {.threads = 1, .software_version = {}});
    const auto listing = listing_of(dossier, assessment, Readers::everyone);
    ASSERT_EQ(listing.incidents.size(), assessment.accounting.assessed);
    EXPECT_TRUE(std::ranges::is_sorted(listing.incidents, {},
                                       [&](IncidentId id) { return assessment.judged[id.value].verdict; }));
}

TEST(Html, TablesOfManyGroupsShowTheLargestAndSayHowManyMoreThereAre) {
    auto dossier = dossier_of();
    for (int i = 0; i < 60; ++i) {
        auto one = account({.day = day_of(5, 10), .at = {36.2, 37.15}}, 1000 + static_cast<std::uint64_t>(i));
        one.told.place.admin1 = fmt::format("Area no. {:02}", i);
        dossier.accounts.push_back(one);
        ++dossier.sources[0].rows;
        ++dossier.sources[0].accounts;
    }
    const auto report = report_of(dossier);
    EXPECT_THAT(report, HasSubstr("Area no. 38</"));
    // With the area of the other incidents there are 61 by area.
    EXPECT_THAT(report, HasSubstr("21 more groups"));
}

}  // namespace
}  // namespace truce::report
