// SPDX-License-Identifier: Apache-2.0
#include "sources/effort_file.h"

#include <gtest/gtest.h>

namespace truce::sources {
namespace {

constexpr sys_days entry{std::chrono::year{2016} / 2 / 27};

std::string fault(std::string_view text) {
    const auto read = read_effort(text, "effort.csv");
    return read ? "" : read.error().text();
}

TEST(ReadEffort, TakesADayAndANumberFromEachRow) {
    const auto effort = read_effort("date,watched\n2016-02-27,4\n2016-02-28,0.5\n", "effort.csv").value();
    ASSERT_EQ(effort.size(), 2U);
    EXPECT_EQ(effort[0].day, entry);
    EXPECT_EQ(effort[0].watched, 4);
    EXPECT_EQ(effort[1].watched, 0.5);
}

TEST(ReadEffort, FindsItsColumnsAmongOthersAndWithOtherSeparators) {
    const auto effort =
        read_effort("\xEF\xBB\xBFteam; Watched ;date\nnorth;3;2016-02-27\n", "effort.csv").value();
    EXPECT_EQ(effort[0].watched, 3);
}

TEST(ReadEffort, NamesTheLineThatIsWrong) {
    EXPECT_EQ(fault("date,watched\n2016-02-27,1\n2016-02-28,-1\n"),
              "effort.csv:3: watched '-1' is no number of at least 0");
    EXPECT_EQ(fault("date,watched\n2016-02-27,1\n2016-02-27,2\n"), "effort.csv:3: 2016-02-27 is given twice");
    EXPECT_NE(fault("date,watched\n2016-02-30,1\n").find("effort.csv:2: date '2016-02-30'"),
              std::string::npos);
    EXPECT_NE(fault("date,watched\n2016-02-27\n").find("effort.csv:2:"), std::string::npos);
    EXPECT_NE(fault("date,watched\n2016-02-27,inf\n").find("no number"), std::string::npos);
}

TEST(ReadEffort, NeedsItsColumnsAndADayThatWasWatched) {
    EXPECT_NE(fault("day,patrols\n2016-02-27,1\n").find("want columns 'date' and 'watched'"),
              std::string::npos);
    EXPECT_NE(fault("").find("want columns"), std::string::npos);
    EXPECT_NE(fault("date,watched\n2016-02-27,0\n").find("no day was watched"), std::string::npos);
}

}  // namespace
}  // namespace truce::sources
