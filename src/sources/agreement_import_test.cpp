// SPDX-License-Identifier: Apache-2.0
#include "sources/agreement_import.h"

#include <gtest/gtest.h>

#include "sources/mission_folder.h"

namespace truce::sources {
namespace {

using namespace std::chrono;

constexpr std::string_view eth_header =
    "cc,location,region,cf_id,uniq_id,id,side,ucdp_actor_id,actor_name,ucdp_acd_id,nsa_frac,cf_dec_yr,cf_dec_"
    "month,"
    "cf_dec_day,cf_effect_yr,cf_effect_month,cf_effect_day,end_yr,end_month,end_day,ended,written,partial,"
    "timing,"
    "ceasefire_class,p_humanitarian,p_peaceprocess,p_holiday,mediator_nego,comment\n";

/// Two sides of one ceasefire of 2016 in Syria, in the dataset's layout; facts from the public record.
constexpr std::string_view two_sides =
    "652,Syria,2,5,901,1,1,118,Government of Syria,299,0,2016,2,23,2016,2,27,0,0,0,0,1,0,3,1,1,0,0,1,\n"
    "652,Syria,2,5,902,2,2,4456,Syrian insurgents,299,1,2016,2,26,2016,2,27,0,0,0,0,1,0,3,1,0,1,0,1,\n";

ActorRegister register_of(std::vector<Actor> actors) {
    return ActorRegister(std::move(actors));
}

ImportedAgreements import_eth(std::string_view rows, const ActorRegister& known = {}) {
    auto imported = import_agreements(std::string(eth_header) + std::string(rows), {known, Zone::utc()});
    EXPECT_TRUE(imported) << imported.error().text();
    return imported ? *imported : ImportedAgreements{};
}

/// One side whose three dates are as given.
std::string dated(std::string_view declared, std::string_view effective, std::string_view ended) {
    return "652,Syria,2,5,901,1,1,118,Government of Syria,299,0," + std::string(declared) + "," +
           std::string(effective) + "," + std::string(ended) + ",0,1,0,3,1,1,0,0,1,\n";
}

Moment at(int y, unsigned m, unsigned d) {
    return Moment::at(sys_days{year{y} / month{m} / day{d}});
}

TEST(EthPrio, TheSidesOfOneCeasefireAreOneAgreement) {
    const auto imported = import_eth(two_sides);
    EXPECT_EQ(imported.format, "eth-prio");
    EXPECT_EQ(imported.rows, 2U);
    EXPECT_EQ(imported.used, 2U);
    ASSERT_EQ(imported.agreements.size(), 1U);
    const auto& one = imported.agreements.front().agreement;
    EXPECT_EQ(one.id, "eth-prio-652-5");
    EXPECT_EQ(one.cls, CeasefireClass::cessation_of_hostilities);
    EXPECT_EQ(one.purposes, (std::vector<std::string>{"humanitarian", "peace_process"}));
    EXPECT_EQ(one.from, at(2016, 2, 27));
    EXPECT_EQ(one.until, Moment::unknown());
    EXPECT_EQ(one.announced, (Moment{sys_days{2016y / 2 / 23}, sys_days{2016y / 2 / 24} - 1s}));
    ASSERT_EQ(one.adherents.size(), 2U);
    EXPECT_EQ(imported.agreements.front().countries, std::vector<std::string>{"SYR"});
    ASSERT_EQ(imported.new_actors.size(), 2U);
    EXPECT_EQ(imported.new_actors[1].id, "syrian-insurgents");
    EXPECT_EQ(imported.new_actors[1].codes.ucdp, std::vector<std::string>{"4456"});
}

TEST(EthPrio, ActorsThatTheMissionKnowsAreTheMissionsOwn) {
    Actor government;
    government.id = "sy-government";
    government.codes.ucdp = {"118"};
    const auto known = register_of({government});
    const auto imported = import_eth(two_sides, known);
    EXPECT_EQ(imported.agreements.front().agreement.adherents[0].actor, ActorId{0});
    EXPECT_EQ(imported.agreements.front().agreement.adherents[1].actor, ActorId{1});
    EXPECT_EQ(imported.new_actors.size(), 1U);
}

TEST(EthPrio, AnUnknownDayIsAnIntervalAndNeverTheMiddle) {
    const auto month_known = import_eth(dated("2016,2,-1", "2016,2,0", "-1,-1,-1"));
    EXPECT_EQ(month_known.agreements.front().agreement.from,
              (Moment{sys_days{2016y / 2 / 1}, sys_days{2016y / 2 / 29}}));
    const auto year_known = import_eth(dated("2016,0,0", "2016,-1,15", "2017,0,0"));
    EXPECT_EQ(year_known.agreements.front().agreement.from,
              (Moment{sys_days{2016y / 1 / 1}, sys_days{2016y / 12 / 31}}));
    EXPECT_EQ(year_known.agreements.front().agreement.until,
              (Moment{sys_days{2017y / 1 / 1}, sys_days{2018y / 1 / 1}}));
    const auto nothing_known = import_eth(dated("-1,-1,-1", "0,0,0", "0,0,0"));
    EXPECT_EQ(nothing_known.agreements.front().agreement.from, Moment::unknown());
    EXPECT_FALSE(nothing_known.agreements.front().agreement.announced);
}

TEST(EthPrio, ASideThatBeganLaterAcceptedLater) {
    const auto imported = import_eth(
        "652,Syria,2,5,901,1,1,118,Government of "
        "Syria,299,0,2016,2,23,2016,2,27,2016,3,10,0,1,0,3,1,1,0,0,1,\n"
        "652,Syria,2,5,902,2,2,4456,Syrian "
        "insurgents,299,1,2016,3,1,2016,3,1,2016,3,12,0,1,0,3,1,0,1,0,1,\n");
    const auto& one = imported.agreements.front().agreement;
    EXPECT_FALSE(one.adherents[0].accepted);
    EXPECT_EQ(one.adherents[1].accepted, at(2016, 3, 1));
    EXPECT_EQ(one.until, (Moment{sys_days{2016y / 3 / 10}, sys_days{2016y / 3 / 13}}));
}

TEST(EthPrio, CodesWithoutALabelAreKeptRawForEachSide) {
    const auto imported = import_eth(two_sides);
    const auto& codes = imported.agreements.front().agreement.raw_codes;
    const auto value = [&](std::string_view column) {
        for (const auto& [name, text] : codes) {
            if (name == column) return text;
        }
        return std::string("absent");
    };
    EXPECT_EQ(value("timing"), "3");
    EXPECT_EQ(value("nsa_frac"), "0 | 1");
    EXPECT_EQ(value("ended"), "0");
    EXPECT_EQ(value("comment"), "absent");
}

TEST(EthPrio, APartialCeasefireIsNotTakenForTheWholeCountry) {
    std::string rows(two_sides);
    rows.replace(rows.find(",0,3,1,1"), 8, ",1,3,1,1");
    EXPECT_TRUE(import_eth(rows).agreements.front().countries.empty());
}

TEST(EthPrio, BadRowsAreRejectsWithTheirColumn) {
    const auto imported =
        import_eth(dated("2016,13,1", "2016,2,27", "0,0,0") + dated("2016,2,23", "2016,2,30", "0,0,0") +
                   dated("2016,2,23", "2016,2,27", "2015,1,1") + "652,Syria,2\n" + std::string(two_sides));
    EXPECT_EQ(imported.rows, 6U);
    EXPECT_EQ(imported.used, 2U);
    ASSERT_EQ(imported.rejects.size(), 4U);
    EXPECT_EQ(imported.rejects[0].column_name, "cf_dec_month");
    EXPECT_EQ(imported.rejects[0].column, 13U);
    EXPECT_EQ(imported.rejects[0].found, "13");
    EXPECT_EQ(imported.rejects[0].line, 2U);
    EXPECT_EQ(imported.rejects[1].column_name, "cf_effect_day");
    EXPECT_EQ(imported.rejects[2].expected, "an end that is not before the start");
    EXPECT_EQ(imported.rejects[3].found, "3 columns");
}

constexpr std::string_view pax_header =
    "Con,Contp,PP,PPName,Reg,AgtId,Agt,Dat,Status,Lgt,N_characters,Agtp,Stage,StageSub,Part,ThrdPart,OthAgr,"
    "Loc1ISO,"
    "Loc2ISO,Loc1GWNO,Loc2GWNO,UcdpCon,GeWom,Ce,CeProv,CeGen,ImSrc\n";

ImportedAgreements import_pax(std::string_view rows) {
    auto imported =
        import_agreements(std::string(pax_header) + std::string(rows), {ActorRegister{}, Zone::utc()});
    EXPECT_TRUE(imported) << imported.error().text();
    return imported ? *imported : ImportedAgreements{};
}

/// The Hodeidah Agreement of 13 December 2018 (PA-X 2120), in PA-X's layout.
constexpr std::string_view hodeidah =
    "Yemen,Government/territory,138,Yemen peace process,Middle East and North "
    "Africa,2120,\"Hodeidah\nAgreement\","
    "2018-12-13,Multiparty signed/agreed,1,3339,Intra,Cea,Ceas,Yemeni government and the Houthi "
    "movement,,,YEM,,678,,"
    "230,0,2,1,0,1\n";

TEST(PaX, ACeasefireIsAnAgreementWhosePeriodIsUnknown) {
    const auto imported = import_pax(hodeidah);
    EXPECT_EQ(imported.format, "pa-x");
    ASSERT_EQ(imported.agreements.size(), 1U);
    const auto& one = imported.agreements.front().agreement;
    EXPECT_EQ(one.id, "pa-x-2120");
    EXPECT_EQ(one.title.in("en"), "Hodeidah\nAgreement");
    EXPECT_EQ(one.announced, (Moment{sys_days{2018y / 12 / 13}, sys_days{2018y / 12 / 14} - 1s}));
    EXPECT_EQ(one.from, Moment::unknown());
    EXPECT_EQ(one.until, Moment::unknown());
    EXPECT_TRUE(one.adherents.empty());
    EXPECT_EQ(imported.agreements.front().countries, std::vector<std::string>{"YEM"});
}

TEST(PaX, RowsWithoutACeasefireAreSkippedAndCounted) {
    const auto imported = import_pax(
        "Yemen,Government,138,Yemen peace "
        "process,MENA,2014,Statement,2016-11-16,x,1,841,Intra,Pre,Proc,,,,YEM,,678,,230,"
        "0,0,0,0,1\n"
        "Yemen,Government,138,Yemen peace "
        "process,MENA,0,Statement,2016-11-16,x,1,841,Intra,Cea,Ceas,,,,YEM,,678,,230,0,0,"
        "0,0,1\n"
        "Yemen,Government,138,Yemen peace "
        "process,MENA,7,Statement,16/11/2016,x,1,841,Intra,Cea,Ceas,,,,YEM,,678,,230,0,"
        "0,0,0,1\n");
    EXPECT_EQ(imported.skipped, 1U);
    EXPECT_TRUE(imported.agreements.empty());
    ASSERT_EQ(imported.rejects.size(), 2U);
    EXPECT_EQ(imported.rejects[0].column_name, "AgtId");
    EXPECT_EQ(imported.rejects[1].found, "16/11/2016");
    EXPECT_EQ(imported.rejects[1].expected, "the day of signature as YYYY-MM-DD");
}

TEST(PaX, ALocalAgreementIsNotTakenForTheWholeCountry) {
    std::string row(hodeidah);
    row.replace(row.find("Intra,"), 6, "IntraLocal,");
    EXPECT_TRUE(import_pax(row).agreements.front().countries.empty());
}

TEST(Import, AFileThatIsNoRegisterIsRefusedWithItsColumns) {
    const auto refused = import_agreements("a,b\n1,2\n", {ActorRegister{}, Zone::utc()});
    ASSERT_FALSE(refused);
    EXPECT_EQ(
        refused.error().message,
        "this is no register of agreements: its columns begin a, b; want ETH/PRIO's (cf_id, ucdp_actor_id, "
        "cf_dec_yr, ...) or PA-X's (AgtId, Dat, Stage, ...)");
}

TEST(Import, AColumnThatStandsTwiceIsKeptUnderTwoNames) {
    const ActorRegister nobody;
    const auto imported = import_agreements(
        "cc,cf_id,ucdp_actor_id,actor_name,cf_dec_yr,x,x\n652,5,118,Government of Syria,2016,a,b\n",
        {nobody, Zone::utc()});
    ASSERT_TRUE(imported);
    const std::vector<std::pair<std::string, std::string>> codes{{"cc", "652"}, {"x", "a"}, {"x (2)", "b"}};
    EXPECT_EQ(imported->agreements.front().agreement.raw_codes, codes);
}

/// The imported agreements, written as a mission folder's files and read again.
tl::expected<LoadedMission, MissionErrors> written_and_read(const ImportedAgreements& imported,
                                                            const Zone& zone) {
    const ActorRegister nobody;
    const ImportContext context{nobody, zone};
    MissionFiles files;
    files.texts["mission.yaml"] = "trucewatch: 1\nmission: m\nzone: " + std::string(zone.name()) + "\n";
    files.texts["actors.yaml"] = imported.new_actors.empty()
                                     ? "trucewatch: 1\nactors: []\n"
                                     : "trucewatch: 1\nactors:\n" + actors_yaml(imported.new_actors);
    files.texts["areas/countries.geojson"] =
        R"({"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"id":"syria","admin_level":0,"code":"SYR"},"geometry":{"type":"Polygon","coordinates":[[[36,32],[42,32],[42,37],[36,32]]]}},
{"type":"Feature","properties":{"id":"yemen","admin_level":0,"code":"YEM"},"geometry":{"type":"Polygon","coordinates":[[[42,12],[53,12],[53,19],[42,12]]]}}]})";
    for (const auto& one : imported.agreements) {
        files.texts["agreements/" + one.agreement.id + ".yaml"] =
            agreement_yaml(one, context, imported.new_actors);
    }
    return load_mission(files);
}

TEST(Import, WhatIsWrittenReadsBackTheSame) {
    const auto zone = *Zone::named("Asia/Damascus");
    const ActorRegister nobody;
    const auto text =
        std::string(eth_header) + std::string(two_sides) +
        "652,Syria,2,6,903,1,1,118,Government of Syria,299,0,2016,4,-1,2016,0,0,2016,5,12,0,1,0,3,2,1,0,0,1,"
        "\"said: \"\"no\"\", #1\"\n";
    const auto imported = import_agreements(text, {nobody, zone});
    ASSERT_TRUE(imported);
    const auto loaded = written_and_read(*imported, zone);
    ASSERT_TRUE(loaded) << loaded.error().errors.front().text();
    ASSERT_EQ(loaded->agreements.size(), imported->agreements.size());
    for (std::size_t i = 0; i < loaded->agreements.size(); ++i) {
        const auto& before = imported->agreements[i].agreement;
        const auto& after = loaded->agreements[i];
        EXPECT_EQ(after.id, before.id);
        EXPECT_EQ(after.title, before.title);
        EXPECT_EQ(after.cls, before.cls);
        EXPECT_EQ(after.purposes, before.purposes);
        EXPECT_EQ(after.announced, before.announced);
        EXPECT_EQ(after.from, before.from);
        EXPECT_EQ(after.until, before.until);
        EXPECT_EQ(after.notes, before.notes);
        EXPECT_EQ(after.raw_codes, before.raw_codes);
        ASSERT_EQ(after.adherents.size(), before.adherents.size());
        EXPECT_EQ(after.duties.size(), 1U);
    }
}

TEST(Import, PaXsLineBreaksSurviveTheWriting) {
    const auto imported = import_pax(hodeidah);
    const auto loaded = written_and_read(imported, Zone::utc());
    ASSERT_TRUE(loaded) << loaded.error().errors.front().text();
    EXPECT_EQ(loaded->agreements.front().title.in("en"), "Hodeidah\nAgreement");
    EXPECT_EQ(loaded->agreements.front().announced, imported.agreements.front().agreement.announced);
}

TEST(Import, CountriesAreKnownByTheirEnglishNames) {
    EXPECT_EQ(country_named("Syria"), "SYR");
    EXPECT_EQ(country_named("Myanmar (Burma)"), "MMR");
    EXPECT_EQ(country_named("Yemen (North Yemen)"), "YEM");
    EXPECT_EQ(country_named("Atlantis"), std::nullopt);
}

}  // namespace
}  // namespace truce::sources
