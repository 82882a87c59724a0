// SPDX-License-Identifier: Apache-2.0
#include "server/throttle.h"

#include <gtest/gtest.h>

namespace truce::server {
namespace {

const sys_seconds start = sys_days(std::chrono::year(2016) / 5 / 4);
using std::chrono::minutes;
using std::chrono::seconds;

void fail(Throttle& throttle, int times, std::string_view name, std::string_view place, sys_seconds at = start) {
    for (int i = 0; i < times; ++i) throttle.failed(name, place, at);
}

TEST(Throttle, LetsFourFailuresPassAndMakesTheFifthWait) {
    Throttle throttle;
    fail(throttle, 4, "watch", "10.0.0.1");
    EXPECT_EQ(throttle.wait("watch", "10.0.0.1", start), seconds(0));
    fail(throttle, 1, "watch", "10.0.0.1");
    EXPECT_EQ(throttle.wait("Watch", "10.0.0.1", start), seconds(30));
    EXPECT_EQ(throttle.wait("watch", "10.0.0.1", start + seconds(30)), seconds(0));
}
TEST(Throttle, DoublesTheWaitUpToAQuarterOfAnHour) {
    Throttle throttle;
    fail(throttle, 7, "watch", "10.0.0.1");
    EXPECT_EQ(throttle.wait("watch", "10.0.0.1", start), minutes(2));
    fail(throttle, 20, "watch", "10.0.0.1");
    EXPECT_EQ(throttle.wait("watch", "10.0.0.1", start), minutes(15));
}
TEST(Throttle, DoesNotLockOutSomebodyAtAnotherPlace) {
    Throttle throttle;
    fail(throttle, 40, "watch", "10.0.0.1");
    EXPECT_EQ(throttle.wait("watch", "10.0.0.2", start), seconds(0));
}
TEST(Throttle, OfManyPlacesTogetherSlowsANameByAMinuteAtMost) {
    Throttle throttle;
    for (int place = 0; place < 100; ++place) throttle.failed("watch", "10.0.1." + std::to_string(place), start);
    EXPECT_EQ(throttle.wait("watch", "10.0.0.2", start), minutes(1));
}
TEST(Throttle, OfManyNamesSlowsAPlace) {
    Throttle throttle;
    for (int name = 0; name < 60; ++name) throttle.failed("n" + std::to_string(name), "10.0.0.1", start);
    EXPECT_GT(throttle.wait("somebody else", "10.0.0.1", start), seconds(0));
}
TEST(Throttle, ForgetsWithTimeAndWithASuccess) {
    Throttle throttle;
    fail(throttle, 4, "watch", "10.0.0.1");
    fail(throttle, 1, "watch", "10.0.0.1", start + minutes(60));
    EXPECT_EQ(throttle.wait("watch", "10.0.0.1", start + minutes(60)), seconds(0));
    fail(throttle, 9, "watch", "10.0.0.1", start + minutes(60));
    throttle.succeeded("watch", "10.0.0.1");
    EXPECT_EQ(throttle.wait("watch", "10.0.0.1", start + minutes(60)), seconds(0));
}
TEST(Throttle, HoldsNoMoreThanItIsGiven) {
    Throttle throttle(10);
    fail(throttle, 9, "first", "10.0.0.1");
    for (int i = 0; i < 50; ++i) throttle.failed("n" + std::to_string(i), "10.0.1.1", start + seconds(i + 1));
    EXPECT_EQ(throttle.wait("first", "10.0.0.1", start + seconds(60)), seconds(0)) << "the oldest goes";
}

}  // namespace
}  // namespace truce::server
