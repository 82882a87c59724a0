// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>

namespace truce {
namespace {

TEST(Text, TrimmedTakesNoBreakSpacesAndByteOrderMarksToo) {
    EXPECT_EQ(trimmed("\xEF\xBB\xBF \xC2\xA0 Aleppo\t\r\n\xE2\x80\xAF"), "Aleppo");
    EXPECT_EQ(trimmed(" \t "), "");
}

TEST(Text, ClippedCutsBetweenCharacters) {
    EXPECT_EQ(clipped("حلب", 6), "حلب");
    EXPECT_EQ(clipped("حلب", 5), "حل\u2026");
    EXPECT_EQ(clipped("حلب", 1), "\u2026");
}

TEST(Text, ShownMakesControlsAndTurningMarksVisible) {
    EXPECT_EQ(shown("a\x1b[31mb"), "a\\u{001b}[31mb");
    EXPECT_EQ(shown("abc\u202Etxt"), "abc\\u{202e}txt");
    EXPECT_EQ(shown("a\xFFz"), "a\\xffz");
    EXPECT_EQ(shown("حلب"), "حلب");
}

TEST(Text, FirstUtf8FaultIsTheByteThatBreaksIt) {
    EXPECT_EQ(first_utf8_fault("abc"), std::nullopt);
    EXPECT_EQ(first_utf8_fault("ab\xC3"), 2U);
    EXPECT_EQ(first_utf8_fault("ab\xC0\x80"), 2U);            // overlong
    EXPECT_EQ(first_utf8_fault("\xED\xA0\x80"), 0U);          // a surrogate
    EXPECT_EQ(first_utf8_fault("حلب \xF4\x90\x80\x80"), 7U);  // beyond U+10FFFF
}

TEST(Text, SpellingsOfOneNameHaveOneKey) {
    EXPECT_EQ(name_key("Jabhat al-Nu\u1E63ra"), name_key("jabhat  AL NUSRA"));
    EXPECT_EQ(name_key("النُّصرة"), name_key("النصره"));
    EXPECT_EQ(name_key("أحرار الشام"), name_key("احرار الشام"));
    EXPECT_EQ(name_key("Sana'a"), name_key("Sanaa"));
    EXPECT_EQ(name_key("حـــلب"), name_key("حلب"));
    EXPECT_NE(name_key("Hama"), name_key("Homs"));
    EXPECT_EQ(name_key(" -- "), "");
}

TEST(Text, HeadersMatchWhateverTheirSeparators) {
    EXPECT_EQ(header_key("\xEF\xBB\xBF\"EVENT_ID_CNTY\""), "event_id_cnty");
    EXPECT_EQ(header_key("admin 1"), "admin_1");
    EXPECT_EQ(header_key("Where-Prec"), "where_prec");
    EXPECT_EQ(header_key("_id"), "_id");
    EXPECT_EQ(header_key("group/question"), "group_question");
}

TEST(Text, EditDistanceCountsASwapOnce) {
    EXPECT_EQ(edit_distance("alepo", "aleppo"), 1U);
    EXPECT_EQ(edit_distance("alpepo", "aleppo"), 1U);
    EXPECT_EQ(edit_distance("", "abc"), 3U);
    EXPECT_EQ(edit_distance("حلب", "حلت"), 1U);
}

TEST(Text, EditDistanceIsSymmetricAndZeroOnlyForEqualTexts) {
    EXPECT_TRUE(rc::check([] {
        const auto a = *rc::gen::string<std::string>();
        const auto b = *rc::gen::string<std::string>();
        RC_ASSERT(edit_distance(a, b) == edit_distance(b, a));
        RC_ASSERT(edit_distance(a, a) == 0U);
    }));
}

TEST(Text, TheNearestNameIsOfferedOnlyWhenNear) {
    const std::array<std::string_view, 3> names{"aleppo", "latakia", "damascus"};
    EXPECT_EQ(did_you_mean("alepo", names), "; did you mean 'aleppo'?");
    EXPECT_EQ(did_you_mean("kyiv", names), "");
}

TEST(Text, NumbersAreTheWholeTextOrNothing) {
    EXPECT_EQ(parse_integer(" +12 "), 12);
    EXPECT_EQ(parse_integer("12a"), std::nullopt);
    EXPECT_EQ(parse_integer("1e3"), std::nullopt);
    EXPECT_EQ(parse_integer("99999999999999999999"), std::nullopt);
    EXPECT_EQ(parse_real("1e3"), 1000.0);
    EXPECT_EQ(parse_real("nan"), std::nullopt);
    EXPECT_EQ(parse_real("inf"), std::nullopt);
    EXPECT_EQ(parse_real("++1"), std::nullopt);
    EXPECT_EQ(parse_real("+-1"), std::nullopt);
    EXPECT_EQ(parse_integer("+-1"), std::nullopt);
    EXPECT_EQ(parse_real(""), std::nullopt);
}

TEST(Text, DigitsOfOtherScriptsBecomeAscii) {
    EXPECT_EQ(ascii_digits("٣٦٫٢٠"), "36.20");
    EXPECT_EQ(ascii_digits("۱٬۲۳۴"), "1234");
    EXPECT_EQ(ascii_digits("36,20"), "36,20");
}

TEST(Text, SplitLeavesEmptyPartsOut) {
    const auto parts = split("a; b;;c ;", ';');
    ASSERT_EQ(parts.size(), 3U);
    EXPECT_EQ(parts[1], "b");
    EXPECT_EQ(parts[2], "c");
}

}  // namespace
}  // namespace truce
