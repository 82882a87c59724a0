// SPDX-License-Identifier: Apache-2.0
#include "report/html_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace truce::report {
namespace {

TEST(HtmlText, MarksOfHtmlAreEscaped) {
    EXPECT_EQ(escaped("<script>alert(\"a\" & 'b')</script>"),
              "&lt;script&gt;alert(&quot;a&quot; &amp; &#39;b&#39;)&lt;/script&gt;");
}

TEST(HtmlText, OverridesOfDirectionAreShownAndDoNotAct) {
    EXPECT_EQ(escaped("abc\u202Edef\u2066"), "abc[U+202E]def[U+2066]");
}

TEST(HtmlText, ArabicStaysAsItIs) {
    EXPECT_EQ(escaped("حلب"), "حلب");
}

TEST(HtmlText, BrokenUtf8AndControlCharactersAreReplaced) {
    EXPECT_EQ(escaped("a\xFFz"), "a\uFFFDz");
    EXPECT_EQ(escaped(std::string_view("a\0b\x1B", 4)), "a\uFFFDb\uFFFD");
}

TEST(HtmlText, NoTextWhateverItsBytesLeavesAMarkUnescaped) {
    EXPECT_TRUE(rc::check([](const std::string& text) {
        const auto safe = escaped(text);
        RC_ASSERT(safe.find_first_of("<>\"'") == std::string::npos);
    }));
}

TEST(HtmlText, JsonCannotCloseItsScriptElement) {
    EXPECT_EQ(json_for_script(R"({"a":"</script><!--"})"), R"({"a":"\u003c/script>\u003c!--"})");
    EXPECT_EQ(json_for_script("\"\u2028\u2029\""), R"("\u2028\u2029")");
}

TEST(HtmlText, OnlyAddressesOfTheWebBecomeLinks) {
    EXPECT_TRUE(is_link("https://example.org/a?b=c"));
    EXPECT_TRUE(is_link("HTTP://example.org"));
    EXPECT_FALSE(is_link("javascript:alert(1)"));
    EXPECT_FALSE(is_link("data:text/html,x"));
    EXPECT_FALSE(is_link("https://example.org/ onclick=x"));
    EXPECT_FALSE(is_link(""));
}

}  // namespace
}  // namespace truce::report
