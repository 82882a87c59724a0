// SPDX-License-Identifier: Apache-2.0
#include "server/report_routes.h"

#include <gtest/gtest.h>

namespace truce::server {
namespace {

using namespace std::chrono_literals;

const Zone damascus = Zone::named("Asia/Damascus").value();
constexpr sys_days may_4 = std::chrono::year(2016) / 5 / 4;

TEST(DayDue, NothingIsDueBeforeTheCutOff) { EXPECT_EQ(day_due(damascus, 18h, may_4 + 14h + 59min), std::nullopt); }

TEST(DayDue, TheLocalDayIsDueFromTheCutOffOn) { EXPECT_EQ(day_due(damascus, 18h, may_4 + 15h), may_4); }

TEST(DayDue, AtMidnightTheDayIsTheMissionsOwn) { EXPECT_EQ(day_due(damascus, 0min, may_4 + 21h), may_4 + std::chrono::days(1)); }

// The clocks of Damascus went from 00:00 to 01:00 on 25 March 2016.
TEST(DayDue, ACutOffThatTheClocksLeaveOutIsTheFirstInstantAfterIt) {
    constexpr sys_days march_25 = std::chrono::year(2016) / 3 / 25;
    EXPECT_EQ(day_due(damascus, 30min, march_25 - 2h), march_25);
}

}  // namespace
}  // namespace truce::server
