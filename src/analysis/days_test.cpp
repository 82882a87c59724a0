// SPDX-License-Identifier: Apache-2.0
#include "analysis/days.h"

#include <gtest/gtest.h>

namespace truce::analysis {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

sys_days day(unsigned month, unsigned day_of_month) {
    return std::chrono::year{2016} / std::chrono::month{month} / std::chrono::day{day_of_month};
}

Zone damascus() {
    return Zone::named("Asia/Damascus").value();
}

sys_seconds at(std::string_view local) {
    return damascus().instant(parse_local_time(local).value()).value();
}

TEST(MiddleDay, IsTheEarlierOfTwo) {
    EXPECT_EQ(middle_day({day(5, 1), day(5, 2)}), day(5, 1));
    EXPECT_EQ(middle_day({day(5, 1), day(5, 3)}), day(5, 1));
    EXPECT_EQ(middle_day({day(5, 1), day(5, 4)}), day(5, 2));
}

TEST(InBoth, OfDaysThatDoNotMeetIsEmpty) {
    EXPECT_TRUE(in_both({day(5, 1), day(5, 4)}, {day(5, 4), day(5, 9)}).empty());
    EXPECT_EQ(in_both({day(5, 1), day(5, 4)}, {day(5, 3), day(5, 9)}), (Days{day(5, 3), day(5, 4)}));
}

TEST(LocalDays, AreDaysOfTheZoneAndNotOfUtc) {
    // 22:30 UTC on 3 May is 01:30 on 4 May in Damascus.
    EXPECT_EQ(local_days({at("2016-05-04T01:30"), at("2016-05-04T01:31")}, damascus()),
              (Days{day(5, 4), day(5, 5)}));
}

TEST(LocalDays, DoNotTouchTheDayThatStartsWhereThePeriodEnds) {
    EXPECT_EQ(local_days({at("2016-05-04T00:00"), at("2016-05-05T00:00")}, damascus()),
              (Days{day(5, 4), day(5, 5)}));
}

TEST(LocalDays, OfAnInstantIsItsDay) {
    EXPECT_EQ(local_days({at("2016-05-04T12:00"), at("2016-05-04T12:00")}, damascus()),
              (Days{day(5, 4), day(5, 5)}));
}

TEST(TruceDays, FromAMinutePastMidnightCoverTheFirstDay) {
    const TruceDays truce = truce_days({at("2016-05-04T00:01"), at("2016-05-06T00:01")}, damascus());
    EXPECT_EQ(truce.before_end, day(5, 4));
    EXPECT_EQ(truce.first, day(5, 4));
    EXPECT_EQ(truce.end, day(5, 6));
}

TEST(TruceDays, FromNoonLeaveTheDayOfEntryToNeitherSide) {
    const TruceDays truce = truce_days({at("2016-05-04T12:00"), open_end}, damascus());
    EXPECT_EQ(truce.before_end, day(5, 4));
    EXPECT_EQ(truce.first, day(5, 5));
    EXPECT_FALSE(truce.end);
}

TEST(TruceDays, FromJustBeforeMidnightLeaveTheDayOfEntryBefore) {
    const TruceDays truce = truce_days({at("2016-05-03T23:30"), open_end}, damascus());
    EXPECT_EQ(truce.before_end, day(5, 4));
    EXPECT_EQ(truce.first, day(5, 4));
}

TEST(TruceDays, OfAFewHoursHaveNoWholeDay) {
    const TruceDays truce = truce_days({at("2016-05-04T08:00"), at("2016-05-04T18:00")}, damascus());
    EXPECT_EQ(truce.first, truce.end);
}

TEST(TruceDays, OnTheDayTheClockGoesForwardAreStillWhole) {
    // In 2016 Damascus put its clocks forward at midnight of 25 March: the day starts at 01:00.
    const TruceDays truce = truce_days({at("2016-03-25T01:00"), at("2016-03-27T00:00")}, damascus());
    EXPECT_EQ(truce.before_end, day(3, 25));
    EXPECT_EQ(truce.first, day(3, 25));
    EXPECT_EQ(truce.end, day(3, 27));
}

}  // namespace
}  // namespace truce::analysis
