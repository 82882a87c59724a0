// SPDX-License-Identifier: Apache-2.0
#include "cli/bound.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <vector>

#include "checkout.h"
#include "cli/command.h"

namespace truce::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Said {
    int status;
    std::string out;
    std::string err;
};

/// Runs `truce bound` on the example mission.
Said bound(std::vector<std::string> arguments) {
    CLI::App app("test", "truce");
    Outcome outcome;
    add_bound_command(app, outcome);
    const std::string mission = checkout() / "examples/aleppo-2016";
    arguments.insert(arguments.begin(), {"bound", mission});
    std::ranges::reverse(arguments);  // as CLI11 takes them
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    app.parse(arguments);
    auto out = testing::internal::GetCapturedStdout();
    auto err = testing::internal::GetCapturedStderr();
    return {outcome.status, std::move(out), std::move(err)};
}

TEST(BoundCommand, SaysThatTheCitysTruceBindsItsParties) {
    const auto said =
        bound({"--at", "2016-05-04T00:30", "--place", "36.20,37.16", "--actor", "sy-government"});
    EXPECT_EQ(said.status, 0) << said.err;
    EXPECT_THAT(said.out, HasSubstr("Asia/Damascus = 2016-05-03T21:30:00Z"));
    EXPECT_THAT(said.out, HasSubstr("Binds\n  sy-2016-02-27: no-attacks"));
    EXPECT_THAT(said.out, HasSubstr("sy-2016-05-04-aleppo: no-attacks"));
}

TEST(BoundCommand, SaysThatAnExcludedGroupIsNotBound) {
    const auto said = bound({"--at", "2016-05-04T00:30", "--place", "36.20,37.16", "--actor", "nusra-front"});
    EXPECT_EQ(said.status, answered_no) << said.err;
    EXPECT_THAT(said.out, HasSubstr("the actor is excluded from it"));
    EXPECT_THAT(said.out, Not(HasSubstr("\nBinds\n")));
}

TEST(BoundCommand, TakesUtcAndDegreesWithMinutes) {
    const auto local = bound({"--at", "2016-05-04T00:30", "--place", "36.20,37.16"});
    const auto utc = bound({"--at", "2016-05-03T21:30Z", "--place", "36 12 0 N, 37 9 36 E"});
    EXPECT_EQ(local.status, 0) << local.err;
    EXPECT_EQ(local.out, utc.out);
}

TEST(BoundCommand, SaysWhatIsNotYetInForce) {
    const auto said = bound({"--at", "2016-02-26T23:59", "--place", "36.20,37.16"});
    EXPECT_EQ(said.status, answered_no) << said.err;
    EXPECT_THAT(said.out, HasSubstr("not yet in force: 2016-02-27 00:00 to no end set"));
}

TEST(BoundCommand, SaysWhichDutiesForbidAnAct) {
    const auto said = bound({"--at", "2016-03-10", "--place", "36.20,37.16", "--actor", "sy-government",
                             "--act", "attack.air_strike", "--against", "medical"});
    EXPECT_EQ(said.status, 0) << said.err;
    EXPECT_THAT(said.out, HasSubstr("Forbids it\n  sy-2016-02-27: no-attacks-on-civilians\n"));
}

TEST(BoundCommand, RefusesWhatItDoesNotUnderstandAndSaysWhatIsNear) {
    const auto actor = bound({"--at", "2016-03-10", "--place", "36.20,37.16", "--actor", "nusra-fron"});
    EXPECT_EQ(actor.status, wrong_usage);
    EXPECT_THAT(actor.err, HasSubstr("did you mean 'nusra-front'?"));
    const auto place = bound({"--at", "2016-03-10", "--place", "nowhere"});
    EXPECT_EQ(place.status, wrong_usage);
    EXPECT_THAT(place.err, HasSubstr("--place: place 'nowhere' is neither"));
    const auto time = bound({"--at", "2016-13-10", "--place", "36.20,37.16"});
    EXPECT_EQ(time.status, wrong_usage);
    EXPECT_THAT(time.err, HasSubstr("month 13"));
}

}  // namespace
}  // namespace truce::cli
