// SPDX-License-Identifier: Apache-2.0
#include "base/shared_text.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace truce {
namespace {

TEST(SharedText, CopiesShowTheSameBytes) {
    const SharedText text("Aleppo");
    const SharedText copy = text;
    EXPECT_EQ(copy.view().data(), text.view().data());
    EXPECT_EQ(copy, "Aleppo");
}

TEST(SharedText, OutlivesTheTextItWasMadeOf) {
    SharedText text;
    {
        const SharedText first(std::string("a text too long to lie within a string"));
        text = first;
    }
    EXPECT_EQ(text, "a text too long to lie within a string");
}

TEST(SharedText, EmptyTextsAreEqualHoweverMade) {
    EXPECT_EQ(SharedText(), SharedText(std::string_view()));
    EXPECT_TRUE(SharedText("").empty());
    EXPECT_EQ(SharedText().size(), 0U);
}

TEST(SharedText, KeepsNulBytes) {
    EXPECT_EQ(SharedText(std::string_view("a\0b", 3)).size(), 3U);
}

TEST(SharedText, ReadsInFormattedOutputLikeAnyText) {
    EXPECT_EQ(fmt::format("{}|", SharedText("ab")), "ab|");
}

TEST(SharedText, SeveralThreadsMayCopyOneText) {
    const SharedText text("shared");
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 2; ++t) {
            threads.emplace_back([&] { std::vector<SharedText>(1000, text).clear(); });
        }
    }
    EXPECT_EQ(text, "shared");
}

}  // namespace
}  // namespace truce
