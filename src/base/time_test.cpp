// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace truce {
namespace {

using namespace std::chrono_literals;
using std::chrono::hours;

Zone zone(std::string_view name) {
    return Zone::named(name).value();
}
LocalTime local(std::string_view text) {
    return parse_local_time(text).value();
}
sys_seconds instant(std::string_view text) {
    return Zone::utc().instant(local(text)).value();
}
sys_days day(std::string_view text) {
    return parse_day(text).value();
}

TEST(Zone, AMinutePastMidnightInDamascusInMay2016IsTenOClockTheEveningBeforeInUtc) {
    EXPECT_EQ(zone("Asia/Damascus").instant(local("2016-05-04T00:01")).value(),
              instant("2016-05-03T21:01:00Z"));
}

TEST(Zone, ReadingsThatTheClocksSkippedFailAndSayWhy) {
    const auto result = zone("Asia/Damascus").instant(local("2016-03-25T00:30"));
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().message,
              "2016-03-25 00:30 does not exist in Asia/Damascus: the clocks were put forward over it; give a "
              "time that "
              "exists, or add the offset from UTC");
}

TEST(Zone, ReadingsThatCameTwiceFailUnlessTheySayWhich) {
    const auto damascus = zone("Asia/Damascus");
    EXPECT_FALSE(damascus.instant(local("2016-10-27T23:30")).has_value());
    EXPECT_EQ(damascus.instant(local("2016-10-27T23:30+02:00")).value(), instant("2016-10-27T21:30:00Z"));
}

TEST(Zone, AReadingThatCameTwiceMayMeanEither) {
    const auto both = zone("Asia/Damascus").instants(local("2016-10-27T23:30"));
    EXPECT_EQ(both.first, instant("2016-10-27T20:30:00Z"));
    EXPECT_EQ(both.end, instant("2016-10-27T21:30:01Z"));
}

TEST(Zone, ADayWhoseMidnightWasSkippedStartsAtTheJump) {
    const auto spring = zone("Asia/Damascus").day(day("2016-03-25"));
    EXPECT_EQ(spring.first, instant("2016-03-24T22:00:00Z"));
    EXPECT_EQ(spring.length(), 23h);
}

TEST(Zone, ADayOnWhichTheClocksWentBackIsTwentyFiveHours) {
    EXPECT_EQ(zone("Asia/Damascus").day(day("2016-10-27")).length(), 25h);
}

TEST(Zone, DaysFollowOneAnotherWithoutGapOrOverlap) {
    EXPECT_TRUE(rc::check([] {
        const auto name = *rc::gen::elementOf(std::vector<std::string>{
            "Asia/Damascus", "Asia/Beirut", "America/Santiago", "Pacific/Apia", "Africa/Khartoum", "UTC"});
        const auto damascus = Zone::named(name).value();
        const sys_days one{std::chrono::days{*rc::gen::inRange(0, 25000)}};
        RC_ASSERT(damascus.day(one).end == damascus.day(one + std::chrono::days{1}).first);
    }));
}

TEST(Zone, LocalDayIsTheDayThatHoldsTheInstant) {
    EXPECT_TRUE(rc::check([] {
        const auto beirut = zone("Asia/Beirut");
        const sys_seconds at{std::chrono::seconds{*rc::gen::inRange(0, 2'000'000'000)}};
        RC_ASSERT(beirut.day(beirut.local_day(at)).contains(at));
    }));
}

TEST(Zone, AnUnknownNameOffersTheNearest) {
    const auto result = Zone::named("Asia/Damascsu");
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().message,
              "time zone 'Asia/Damascsu' is not in the IANA database; did you mean 'Asia/Damascus'?");
}

TEST(Zone, LocalTextShowsSecondsOnlyWhereThereAreSome) {
    EXPECT_EQ(zone("Asia/Damascus").local_text(instant("2016-05-03T21:01:00Z")), "2016-05-04 00:01");
    EXPECT_EQ(Zone::utc().local_text(instant("2016-05-03T21:01:09Z")), "2016-05-03 21:01:09");
}

TEST(Period, TheFirstInstantBelongsToItAndTheEndDoesNot) {
    const Period may{instant("2016-05-04T00:01:00Z"), instant("2016-05-06T00:01:00Z")};
    EXPECT_TRUE(may.contains(may.first));
    EXPECT_FALSE(may.contains(may.end));
}

TEST(Period, ShareWithinIsTheOverlapOverTheWindow) {
    const Period window{instant("2016-05-04T00:00:00Z"), instant("2016-05-05T00:00:00Z")};
    EXPECT_DOUBLE_EQ(share_within(window, {instant("2016-05-04T06:00:00Z"), open_end}), 0.75);
    EXPECT_DOUBLE_EQ(share_within(window, {open_start, window.first}), 0.0);
    const Period point{window.first, window.first};
    EXPECT_DOUBLE_EQ(share_within(point, {window.first, open_end}), 1.0);
}

TEST(LocalTime, TwentyFourHundredIsTheNextDaysStart) {
    EXPECT_EQ(instant("2016-05-04T24:00Z"), instant("2016-05-05T00:00:00Z"));
    EXPECT_FALSE(parse_local_time("2016-05-04T24:01").has_value());
}

TEST(LocalTime, WhatIsNoTimeIsRefusedWithWhatWasFound) {
    EXPECT_EQ(parse_local_time("2020-13-02").error().message,
              "date '2020-13-02' has month 13; want 01 to 12");
    EXPECT_EQ(parse_local_time("2021-02-29").error().message,
              "date '2021-02-29' has day 29, which that month does not have");
    EXPECT_FALSE(parse_local_time("2021-02-28T7:00").has_value());
    EXPECT_FALSE(parse_local_time("2021-02-28T07:00+99:00").has_value());
    EXPECT_FALSE(parse_local_time("2021-02-28T07:00:00Zx").has_value());
    EXPECT_FALSE(parse_local_time("").has_value());
    EXPECT_FALSE(parse_local_time("0000-01-01").has_value());
}

TEST(PartialDay, AMonthMeansItsFirstToItsLastDay) {
    EXPECT_EQ(parse_partial_day("2016-02").value(), (DayRange{day("2016-02-01"), day("2016-02-29")}));
    EXPECT_EQ(parse_partial_day("2016").value(), (DayRange{day("2016-01-01"), day("2016-12-31")}));
    EXPECT_FALSE(parse_partial_day("2016-00").has_value());
    EXPECT_FALSE(parse_partial_day("16").has_value());
}

TEST(Time, TextsReadBackAsTheyWere) {
    EXPECT_TRUE(rc::check([] {
        const sys_seconds at{
            std::chrono::seconds{*rc::gen::inRange<std::int64_t>(-62'135'596'800, 253'402'300'799)}};
        RC_ASSERT(instant(utc_text(at)) == at);
    }));
}

}  // namespace
}  // namespace truce
