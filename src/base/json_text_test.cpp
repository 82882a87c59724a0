// SPDX-License-Identifier: Apache-2.0
#include "base/json_text.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace truce {
namespace {

std::string string_of(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

std::string number_of(double value) {
    std::string out;
    append_json_number(out, value);
    return out;
}

TEST(JsonText, AStringMayStandInAScriptElement) {
    EXPECT_EQ(string_of("</script>"), "\"\\u003c/script\\u003e\"");
    EXPECT_EQ(string_of("a\"b\\c\n\x01"), "\"a\\\"b\\\\c\\n\\u0001\"");
}

TEST(JsonText, BrokenUtf8BecomesTheReplacementCharacter) {
    EXPECT_EQ(string_of("a\xFFz"), "\"a\uFFFDz\"");
}

TEST(JsonText, EveryStringReadsBackWithAnotherReader) {
    EXPECT_TRUE(rc::check([] {
        const auto text = *rc::gen::container<std::string>(rc::gen::inRange<char>(0, 127));
        RC_ASSERT(nlohmann::json::parse(string_of(text)).get<std::string>() == text);
    }));
}

TEST(JsonText, NumbersAreShortAndReadBack) {
    EXPECT_EQ(number_of(0.1), "0.1");
    EXPECT_EQ(number_of(-36.0), "-36");
    EXPECT_EQ(number_of(std::numeric_limits<double>::infinity()), "null");
    EXPECT_TRUE(rc::check(
        [](double value) { RC_ASSERT(nlohmann::json::parse(number_of(value)).get<double>() == value); }));
}

}  // namespace
}  // namespace truce
