// SPDX-License-Identifier: Apache-2.0
#include "base/few.h"

#include <gtest/gtest.h>

#include <string>

namespace truce {
namespace {

TEST(Few, KeepsItsOrderWhenItOutgrowsItself) {
    Few<std::string, 2> few{"a", "b"};
    few.push_back("c");
    few.push_back("d");
    EXPECT_EQ(std::vector<std::string>(few.begin(), few.end()),
              (std::vector<std::string>{"a", "b", "c", "d"}));
}

TEST(Few, CopiesHaveMembersOfTheirOwn) {
    const Few<std::string, 1> few{"a", "b"};
    auto copy = few;
    copy[1] = "c";
    EXPECT_EQ(few.back(), "b");
    EXPECT_FALSE(few == copy);
}

TEST(Few, AnEmptiedListStartsAfresh) {
    Few<int, 1> few{1, 2, 3};
    few.clear();
    few.push_back(4);
    EXPECT_EQ(few.size(), 1U);
    EXPECT_EQ(few.front(), 4);
}

}  // namespace
}  // namespace truce
