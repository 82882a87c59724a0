// SPDX-License-Identifier: Apache-2.0
#include "sources/comparables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace truce::sources {
namespace {

using std::chrono::sys_days;
using std::chrono::year;
using ::testing::HasSubstr;

constexpr std::string_view header =
    "cc,cf_id,ucdp_actor_id,actor_name,ucdp_acd_id,cf_dec_yr,cf_dec_month,cf_dec_day,cf_effect_yr,cf_effect_"
    "month,"
    "cf_effect_day,end_yr,end_month,end_day,ended,ceasefire_class,p_humanitarian,implement\n";

ReadComparables ceasefires(const std::string& rows, const EndCodes& codes = {}) {
    return read_comparables(std::string(header) + rows, "cf.csv", {}, codes).value();
}

TEST(ReadComparables, CountsTheDaysOfACeasefireOnce) {
    // Two sides of one ceasefire, 4 to 14 May 2016.
    const auto read = ceasefires(
        "652,5,101,Side A,299,2016,5,4,2016,5,4,2016,5,14,2,1,0,1\n"
        "652,5,102,Side B,299,2016,5,4,2016,5,4,2016,5,14,2,1,0,1\n");
    ASSERT_EQ(read.comparables.list.size(), 1U);
    const Comparable& one = read.comparables.list[0];
    EXPECT_EQ(one.at_least, 10);
    EXPECT_EQ(one.at_most, 10);
    EXPECT_EQ(one.end, TruceEnd::ended);
    EXPECT_EQ(one.conflict, "ucdp-299");
    EXPECT_EQ(one.kind, "cessation_of_hostilities");
    EXPECT_EQ(one.covariates, (std::vector<double>{1, 0, 1}));
    EXPECT_EQ(read.comparables.rows, 2U);
    EXPECT_EQ(read.comparables.observed_until, (sys_days{year{2016} / 12 / 31}));
}

TEST(ReadComparables, KeepsADayThatIsNotKnownARange) {
    const auto read = ceasefires("652,5,101,Side A,299,2016,5,-1,2016,5,-1,2016,6,14,2,1,0,-1\n");
    const Comparable& one = read.comparables.list[0];
    // From 1 to 31 May until 14 June.
    EXPECT_EQ(one.at_least, 14);
    EXPECT_EQ(one.at_most, 44);
    EXPECT_EQ(one.began->first, (sys_days{year{2016} / 5 / 1}));
    EXPECT_EQ(one.began->last, (sys_days{year{2016} / 5 / 31}));
    EXPECT_TRUE(std::isnan(one.covariates[2]));
}

TEST(ReadComparables, DoesNotTakeAnUnknownEndForOneThatHeld) {
    const std::string row = "652,5,101,Side A,-1,2016,5,4,2016,5,4,-1,-1,-1,3,1,0,1\n";
    EXPECT_EQ(ceasefires(row).comparables.list[0].end, TruceEnd::not_known);
    EXPECT_EQ(ceasefires(row).comparables.list[0].conflict, "country-652");
    const auto told = ceasefires(row, {{"3", TruceEnd::still_held}});
    EXPECT_EQ(told.comparables.list[0].end, TruceEnd::still_held);
    EXPECT_EQ(told.comparables.list[0].at_most, 241);  // from 4 May to 31 December 2016
}

TEST(ReadComparables, LeavesOutACeasefireWithoutABeginningAndCountsIt) {
    const auto read = ceasefires("652,5,101,Side A,299,2016,5,4,-1,-1,-1,2016,5,14,2,1,0,1\n");
    EXPECT_TRUE(read.comparables.list.empty());
    EXPECT_EQ(read.comparables.without_beginning, 1U);
}

TEST(ReadComparables, UsesTheCodesThatItIsGiven) {
    const std::string row = "652,5,101,Side A,299,2016,5,4,2016,5,4,2016,5,14,4,1,0,1\n";
    EXPECT_EQ(ceasefires(row, {{"4", TruceEnd::expired}}).comparables.list[0].end, TruceEnd::expired);
}

TEST(ReadComparables, ReadsAnyTableOfDurations) {
    const auto read = read_comparables(
        "truce,days,status,conflict,x\nA,10,collapsed,c,1.5\nB,20,still_held,c,\nC,30,1,d,2\nD,40,0,d,3\n",
        "t.csv", {.covariates = {"x"}}, {});
    ASSERT_TRUE(read);
    ASSERT_EQ(read->comparables.list.size(), 4U);
    EXPECT_EQ(read->comparables.list[0].name, "A");
    EXPECT_EQ(read->comparables.list[0].at_most, 10);
    EXPECT_EQ(read->comparables.list[1].end, TruceEnd::still_held);
    EXPECT_TRUE(std::isnan(read->comparables.list[1].covariates[0]));
    EXPECT_EQ(read->comparables.list[2].end, TruceEnd::collapsed);
    EXPECT_EQ(read->comparables.list[3].end, TruceEnd::still_held);
}

TEST(ReadComparables, ReadsATableOfDays) {
    const auto read =
        read_comparables("began,ended\n2016-05-04,2016-05-14\n2016-05,2016-05-20\n2016-06-01,\n", "t.csv", {},
                         {}, sys_days{year{2016} / 7 / 1});
    ASSERT_TRUE(read);
    EXPECT_EQ(read->comparables.list[0].at_most, 10);
    EXPECT_EQ(read->comparables.list[1].at_least, 0);
    EXPECT_EQ(read->comparables.list[1].at_most, 19);
    EXPECT_EQ(read->comparables.list[2].end, TruceEnd::still_held);
    EXPECT_EQ(read->comparables.list[2].at_most, 30);
}

TEST(ReadComparables, RejectsARowThatItCannotBelieve) {
    const auto read = read_comparables("days,status\n-3,1\nten,1\n5,maybe\n5,1\n", "t.csv", {}, {});
    ASSERT_TRUE(read);
    EXPECT_EQ(read->comparables.list.size(), 1U);
    ASSERT_EQ(read->rejects.size(), 3U);
    EXPECT_EQ(read->rejects[0].column_name, "days");
    EXPECT_EQ(read->rejects[0].found, "-3");
    EXPECT_EQ(read->rejects[2].column_name, "status");
    EXPECT_EQ(read->comparables.rejects, 3U);
}

TEST(ReadComparables, NamesAColumnThatIsNotThere) {
    const auto read = read_comparables("days,status\n5,1\n", "t.csv", {.covariates = {"age"}}, {});
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().text(), HasSubstr("t.csv: there is no column 'age'"));
}

TEST(ReadComparables, RefusesATableWithoutDurations) {
    const auto read = read_comparables("a,b\n5,1\n", "t.csv", {}, {});
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().message, HasSubstr("--stop"));
}

}  // namespace
}  // namespace truce::sources
