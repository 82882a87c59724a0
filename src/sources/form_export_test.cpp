// SPDX-License-Identifier: Apache-2.0
#include "sources/form_export.h"

#include <gtest/gtest.h>

#include "sources/mapping.h"
#include "sources/test_mission.h"

namespace truce::sources {
namespace {

const std::string kobo_header =
    "\"start\";\"incident/date\";\"incident/time\";\"incident/type\";\"incident/type/"
    "airstrike\";\"place\";\"incident/geo\";"
    "\"incident/_geo_latitude\";\"incident/_geo_longitude\";\"incident/_geo_altitude\";\"incident/"
    "_geo_precision\";\"killed\";\"_id\";"
    "\"_uuid\";\"_submission_time\";\"_validation_status\";\"_index\"\n";

std::string kobo_row(const std::string& status) {
    return "\"2016-05-04T10:00:00.000+03:00\";\"2016-05-04\";\"09:30\";\"air "
           "strike\";\"1\";\"Sarmada\";\"36.2 36.7 300 5\";\"36.2\";\"36.7\";"
           "\"300\";\"5\";\"28\";\"12\";\"0a1b\";\"2016-05-04T07:05:00\";\"" +
           status + "\";\"1\"\n";
}

TEST(Kobo, AFormWithPlainNamesNeedsNoMapping) {
    const TestMission mission;
    EXPECT_EQ(recognise(kobo_header + kobo_row("")), Format::kobo);
    const auto result = mission.read(kobo_header + kobo_row(""));
    ASSERT_TRUE(result) << result.error().text();
    ASSERT_EQ(result->accounts.size(), 1U)
        << result->rejects[0].found << "; want " << result->rejects[0].expected;
    const auto& account = result->accounts[0];
    EXPECT_EQ(account.key, "0a1b");
    EXPECT_EQ(utc_text(account.told.when.window.first), "2016-05-04T06:30:00Z");
    EXPECT_EQ(account.told.act, Act::attack_air_strike);
    EXPECT_EQ(account.told.place.centre, (Point{36.2, 36.7}));
    EXPECT_EQ(account.told.place.name, "Sarmada");
    EXPECT_EQ(account.told.toll.killed, CountRange::exactly(28));
    EXPECT_EQ(result->source.format, "kobo");
}

TEST(Kobo, ASubmissionThatWasNotApprovedIsAReject) {
    const TestMission mission;
    const auto result = mission.read(kobo_header + kobo_row("validation_status_not_approved") +
                                     kobo_row("Not approved") + kobo_row("On hold"));
    ASSERT_TRUE(result);
    EXPECT_EQ(result->rejects.size(), 2U);
    ASSERT_EQ(result->accounts.size(), 1U);
    EXPECT_EQ(result->accounts[0].remarks.size(), 1U);
}

TEST(Kobo, AnHxlRowUnderTheHeaderIsNoRow) {
    const TestMission mission;
    std::string tags = ";#date;;;;#loc;;;;;;#affected+killed;;;;;\n";
    const auto result = mission.read(kobo_header + tags + kobo_row(""));
    ASSERT_TRUE(result);
    EXPECT_EQ(result->source.rows, 1U);
}

TEST(Kobo, ArabicHeadersAreUnderstood) {
    const TestMission mission;
    const auto result =
        mission.read("التاريخ;المكان;نوع الحادث;عدد القتلى;_id;_uuid\n٢٠١٦-٠٥-٠٤;حلب;قصف;٣;1;u1\n");
    ASSERT_TRUE(result) << result.error().text();
    ASSERT_EQ(result->accounts.size(), 1U);
    EXPECT_EQ(result->accounts[0].told.act, Act::attack_shelling);
    EXPECT_EQ(result->accounts[0].told.toll.killed, CountRange::exactly(3));
}

TEST(Kobo, AFormWithoutADateAsksForAMapping) {
    const TestMission mission;
    const auto result = mission.read("q1;q2;_id;_uuid;_submission_time\na;b;1;u1;2016-05-04T07:05:00\n");
    ASSERT_FALSE(result);
    EXPECT_NE(result.error().message.find("truce map-columns"), std::string::npos);
}

TEST(Kobo, AMappingKeepsTheReview) {
    const TestMission mission;
    const auto by = read_mapping("trucewatch: 1\nfields:\n  date: incident/date\n", "m.yaml").mapping;
    ASSERT_TRUE(by);
    const auto result = mission.read(kobo_header + kobo_row("validation_status_not_approved"), &*by);
    ASSERT_TRUE(result);
    EXPECT_EQ(result->rejects.size(), 1U);
    EXPECT_EQ(result->source.format, "kobo");
}

const std::string odk_header =
    "SubmissionDate,event-date,event-place,event-geo-Latitude,event-geo-Longitude,event-geo-Altitude,event-"
    "geo-Accuracy,meta-instanceID,"
    "KEY,SubmitterID,SubmitterName,AttachmentsPresent,AttachmentsExpected,Status,ReviewState,DeviceID,Edits,"
    "FormVersion\n";

TEST(Odk, ACentralExportIsRead) {
    const TestMission mission;
    const auto row =
        "2016-05-04T10:00:00.123Z,2016-05-04,Sarmada,36.2,36.7,300,5,uuid:1,uuid:1,1,Someone,0,0,,approved,,"
        "0,1\n";
    EXPECT_EQ(recognise(odk_header + row), Format::odk);
    const auto result = mission.read(odk_header + row);
    ASSERT_TRUE(result) << result.error().text();
    ASSERT_EQ(result->accounts.size(), 1U);
    EXPECT_EQ(result->accounts[0].key, "uuid:1");
    EXPECT_EQ(result->accounts[0].told.place.centre, (Point{36.2, 36.7}));
    EXPECT_EQ(result->accounts[0].told.place.name, "Sarmada");
    EXPECT_EQ(result->accounts[0].told.place.radius, Distance::km(1));
}

TEST(Odk, ARejectedSubmissionIsAReject) {
    const TestMission mission;
    const auto result = mission.read(odk_header +
                                     "2016-05-04T10:00:00.123Z,2016-05-04,Sarmada,36.2,36.7,300,5,uuid:1,"
                                     "uuid:1,1,Someone,0,0,,rejected,,0,1\n");
    ASSERT_TRUE(result);
    ASSERT_EQ(result->rejects.size(), 1U);
    EXPECT_EQ(result->rejects[0].column_name, "ReviewState");
}

}  // namespace
}  // namespace truce::sources
