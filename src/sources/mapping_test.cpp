// SPDX-License-Identifier: Apache-2.0
#include "sources/mapping.h"

#include <gtest/gtest.h>

#include "checkout.h"
#include "sources/test_mission.h"

namespace truce::sources {
namespace {

TEST(MappingFile, AllErrorsAreToldAtOnceWithTheirLines) {
    const auto reading = read_mapping(
        "trucewatch: 1\nzone: Asia/Damascas\nlicense: x\nfields:\n  dat: Date\n  act: {column: T, values: "
        "{Raid: atack}}\n  lat: Y\n"
        "  time: {column: T, form: day-first}\n",
        "m.yaml");
    EXPECT_FALSE(reading.mapping);
    std::string all;
    for (const auto& error : reading.errors) all += error.text() + "\n";
    EXPECT_NE(all.find("m.yaml:2:7: time zone 'Asia/Damascas' is not in the IANA database; did you mean "
                       "'Asia/Damascus'?"),
              std::string::npos)
        << all;
    EXPECT_NE(all.find("m.yaml:3:1: "), std::string::npos) << all;
    EXPECT_NE(all.find("m.yaml:5:3: there is no field 'dat'; did you mean 'date'?"), std::string::npos)
        << all;
    EXPECT_NE(all.find("act 'atack' is not known"), std::string::npos) << all;
    EXPECT_NE(all.find("'form' is for date and date_end"), std::string::npos) << all;
    EXPECT_NE(all.find("fields lacks 'date'"), std::string::npos) << all;
    EXPECT_NE(all.find("lat and lon go together"), std::string::npos) << all;
}

TEST(MappingFile, AConstantAndAColumnExcludeEachOther) {
    const auto reading = read_mapping("trucewatch: 1\nfields: {date: {column: a, constant: b}}\n", "m.yaml");
    EXPECT_FALSE(reading.mapping);
}

TEST(MappingFile, EveryFieldHasItsName) {
    for (std::size_t i = 0; i < field_count; ++i)
        EXPECT_EQ(field_named(name_of(static_cast<Field>(i))), static_cast<Field>(i));
}

TEST(MappingFile, TheExamplesAccountsAreAllRead) {
    const auto folder = (checkout() / "examples/aleppo-2016/accounts/").string();
    const auto text = [&](const std::string& name) {
        std::ifstream file(folder + name, std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(file), {});
    };
    const auto reading = read_mapping(text("public-record.mapping.yaml"), "public-record.mapping.yaml");
    ASSERT_TRUE(reading.mapping) << reading.errors[0].text();
    const TestMission mission;
    const auto result = mission.read(text("public-record.csv"), &*reading.mapping);
    ASSERT_TRUE(result) << result.error().text();
    for (const auto& reject : result->rejects)
        ADD_FAILURE() << reject.line << " " << reject.column_name << " " << reject.found << "; want "
                      << reject.expected;
    EXPECT_GE(result->accounts.size(), 60U);
    EXPECT_EQ(result->source.id, "public-record");
}

}  // namespace
}  // namespace truce::sources
