// SPDX-License-Identifier: Apache-2.0
#include "base/canonical_json.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

namespace truce {
namespace {

using nlohmann::json;

std::string canonical(std::string_view text) {
    const auto value = parse_strict_json(text);
    if (!value) return "refused: " + value.error().message;
    const auto out = canonical_json(*value);
    return out ? *out : "refused: " + out.error().message;
}

double from_bits(std::uint64_t bits) {
    return std::bit_cast<double>(bits);
}

// RFC 8785, section 3.2.2.
TEST(CanonicalJson, WritesTheExampleOfTheRfc) {
    EXPECT_EQ(canonical(R"({"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
                "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]})"),
              "refused: a whole number lies outside +-(2^53 - 1), where programs read different numbers; "
              "write it as a text");
    EXPECT_EQ(canonical(R"({"numbers": [333333333.33333329, 4.50, 2e-3, 0.000000000000000000000000001],
                "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]})"),
              "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,4.5,0.002,1e-27],"
              "\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

// RFC 8785, section 3.2.3.
TEST(CanonicalJson, SortsKeysByTheirUtf16CodeUnits) {
    EXPECT_EQ(
        canonical(
            R"({"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7})"),
        "{\"\\r\":2,\"1\":4,\"\u0080\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\ufb33\":3}");
}

// RFC 8785, appendix B.
TEST(CanonicalJson, WritesNumbersAsTheRfcsTableDoes) {
    const auto written = [](std::uint64_t bits) { return canonical_json(json(from_bits(bits))).value(); };
    EXPECT_EQ(written(0x0000000000000000), "0");
    EXPECT_EQ(written(0x8000000000000000), "0");
    EXPECT_EQ(written(0x0000000000000001), "5e-324");
    EXPECT_EQ(written(0x8000000000000001), "-5e-324");
    EXPECT_EQ(written(0x7fefffffffffffff), "1.7976931348623157e+308");
    EXPECT_EQ(written(0x4340000000000000), "9007199254740992");
    EXPECT_EQ(written(0xc340000000000000), "-9007199254740992");
    EXPECT_EQ(written(0x4430000000000000), "295147905179352830000");
    EXPECT_EQ(written(0x44b52d02c7e14af5), "9.999999999999997e+22");
    EXPECT_EQ(written(0x44b52d02c7e14af6), "1e+23");
    EXPECT_EQ(written(0x444b1ae4d6e2ef4e), "999999999999999700000");
    EXPECT_EQ(written(0x444b1ae4d6e2ef50), "1e+21");
    EXPECT_EQ(written(0x3eb0c6f7a0b5ed8c), "9.999999999999997e-7");
    EXPECT_EQ(written(0x3eb0c6f7a0b5ed8d), "0.000001");
    EXPECT_EQ(written(0x41b3de4355555553), "333333333.3333332");
    EXPECT_EQ(written(0xbecbf647612f3696), "-0.0000033333333333333333");
    EXPECT_EQ(written(0x43143ff3c1cb0959), "1424953923781206.2");
}

TEST(CanonicalJson, AnInfinityHasNoForm) {
    EXPECT_FALSE(canonical_json(json(std::numeric_limits<double>::infinity())));
    EXPECT_FALSE(canonical_json(json(std::nan(""))));
}

TEST(CanonicalJson, AKeyThatStandsTwiceIsRefused) {
    EXPECT_EQ(canonical(R"({"a":1,"b":{"a":2},"a":3})"), "refused: the key 'a' stands twice in one object");
}

TEST(CanonicalJson, OneHalfOfASurrogatePairIsRefused) {
    EXPECT_TRUE(canonical(R"("\ud800")").starts_with("refused"));
    EXPECT_TRUE(canonical("\"\xED\xA0\x80\"").starts_with("refused"));
}

TEST(CanonicalJson, WhatFollowsTheValueIsRefused) {
    EXPECT_TRUE(canonical("{} {}").starts_with("refused"));
}

TEST(CanonicalJson, DeepNestingIsRefusedWithoutDeepRecursion) {
    EXPECT_EQ(canonical(std::string(500'000, '[')), "refused: values lie more than 32 deep in one another");
}

TEST(CanonicalJson, ATextOverTheLimitIsNotRead) {
    EXPECT_TRUE(parse_strict_json(std::string(100, ' '), {.bytes = 99})
                    .error()
                    .message.starts_with("this JSON text has 100"));
}

TEST(CanonicalJson, AWholeNumberBeyondDoublesIsRefused) {
    EXPECT_EQ(canonical("9007199254740991"), "9007199254740991");
    EXPECT_TRUE(canonical("9007199254740992").starts_with("refused"));
    EXPECT_TRUE(canonical("-9007199254740992").starts_with("refused"));
    EXPECT_TRUE(canonical("1e400").starts_with("refused"));
}

TEST(CanonicalJson, ATextThatIsNotCanonicalIsToldWhereItDiffers) {
    EXPECT_TRUE(parse_canonical_json(R"({"a":1,"b":2})"));
    EXPECT_EQ(parse_canonical_json(R"({"b":1,"a":2})").error().column, 3U);
    EXPECT_FALSE(parse_canonical_json(R"({"a":1.0})"));
    EXPECT_FALSE(parse_canonical_json("{\"a\":1}\n"));
    EXPECT_FALSE(parse_canonical_json(R"({"a":"\u0041"})"));
}

RC_GTEST_PROP(CanonicalJson, EveryFiniteNumberReadsBackAsItself, (std::uint64_t bits)) {
    const double value = from_bits(bits);
    RC_PRE(std::isfinite(value));
    const std::string text = canonical_json(json(value)).value();
    RC_ASSERT(json::parse(text).get<double>() == value);
}

RC_GTEST_PROP(CanonicalJson, TheOrderOfMembersLeavesNoTrace, (std::map<std::uint16_t, int> members)) {
    json a = json::object();
    json b = json::object();
    for (const auto& [key, value] : members) a[std::to_string(key)] = value;
    for (auto it = members.rbegin(); it != members.rend(); ++it) b[std::to_string(it->first)] = it->second;
    const std::string text = canonical_json(a).value();
    RC_ASSERT(text == canonical_json(b).value());
    RC_ASSERT(parse_canonical_json(text).has_value());
}

// --- tokens

/// What tokens say, as a tree.
json tree_of(const CanonicalTokens::Value& value, std::string& room) {
    if (const auto text = value.text(room)) return *text;
    json tree;
    if (value.each_member([&](std::string_view name, const auto& member) {
            std::string rest;
            tree[std::string(name)] = tree_of(member, rest);
        })) {
        return tree.is_null() ? json::object() : tree;
    }
    if (value.each_element([&](const auto& element) {
            std::string rest;
            tree.push_back(tree_of(element, rest));
        })) {
        return tree.is_null() ? json::array() : tree;
    }
    if (const auto size = value.size()) return *size;
    return value.is_true() ? json(true) : json();
}

/// The tree that tokens of `text` give, or nothing where they do not take it.
std::optional<json> by_tokens(std::string_view text) {
    CanonicalTokens tokens;
    if (!tokens.read(text)) return std::nullopt;
    std::string room;
    return tree_of(tokens.root(), room);
}

TEST(CanonicalTokens, SayWhatTheTreeSays) {
    for (const std::string_view text :
         {R"({"a":[1,true,null,{}],"b":{"c":"","d":[]},"e":"\"\\\b\f\n\r\t\u0000\u001fé€😀/"})", R"("x")", "0", "9007199254740991", "[[[]]]"}) {
        ASSERT_TRUE(parse_canonical_json(text)) << text;
        EXPECT_EQ(by_tokens(text), *parse_canonical_json(text)) << text;
    }
    CanonicalTokens tokens;
    ASSERT_TRUE(tokens.read(R"({"a":-1,"b":"x"})"));
    EXPECT_EQ(tokens.root().member_count(), 2U);
    EXPECT_EQ(tokens.root().find("a")->size(), std::nullopt);
    EXPECT_FALSE(tokens.root().find("c"));
}

TEST(CanonicalTokens, TakeNothingThatIsNotCanonical) {
    for (const std::string_view text :
         {"", " 1", "1 ", "01", "-0", "-01", "1.0", "1e3", "9007199254740992", "+1", "tru", R"({"b":1,"a":2})", R"({"a":1,"a":2})",
          R"({"a":1,})", "[1,]", "[1", R"({"a")", R"({"a":)", R"("a)", R"("\u0041")", R"("\u000a")", R"("\u001F")", R"("\/")", "\"\n\"",
          "\"\xff\"", "\"a\0b\"", "{}{}", "\xEF\xBB\xBF{}"}) {
        EXPECT_FALSE(parse_canonical_json(text)) << text;
        EXPECT_FALSE(by_tokens(text)) << text;
    }
    CanonicalTokens tokens;
    EXPECT_FALSE(tokens.read("[[[]]]", {.depth = 2}));
    EXPECT_TRUE(tokens.read("[[[]]]", {.depth = 3}));
    EXPECT_FALSE(tokens.read("[10]", {.bytes = 3}));
}

TEST(CanonicalTokens, LeaveWhatIsRareToTheTree) {
    // A fraction, an escape in a key, and keys whose order by bytes is not that by UTF-16 units: all canonical.
    for (const std::string_view text : {"0.5", R"({"\n":1})", "{\"😀\":1,\"\uE000\":2}"}) {
        EXPECT_TRUE(parse_canonical_json(text)) << text;
        EXPECT_FALSE(by_tokens(text)) << text;
    }
}

rc::Gen<std::string> canonical_text() {
    return rc::gen::exec([] {
        const auto text = [] { return *rc::gen::container<std::string>(rc::gen::element('a', 'z', '"', '\\', '\n', '\x01', '/', ' ')); };
        json value = json::object();
        for (int i = *rc::gen::inRange(0, 6); i > 0; --i) {
            json& member = value[*rc::gen::container<std::string>(rc::gen::inRange('a', 'e'))];
            switch (*rc::gen::inRange(0, 5)) {
                case 0:
                    member = text();
                    break;
                case 1:
                    member = *rc::gen::inRange(0, 2000);
                    break;
                case 2:
                    member = {{"k", text()}, {"l", true}, {"m", json::array({1, nullptr})}};
                    break;
                case 3:
                    member = {text(), text()};
                    break;
                default:
                    member = json::object();
            }
        }
        return canonical_json(value).value();
    });
}

RC_GTEST_PROP(CanonicalTokens, ReadAnyTextAsTheTreeDoes, ()) {
    const std::string text = *canonical_text();
    RC_ASSERT(by_tokens(text) == *parse_canonical_json(text));
}

// The tokens' word that a text is canonical is what signatures rest on.
RC_GTEST_PROP(CanonicalTokens, NeverTakeADamagedTextThatTheTreeRefuses, ()) {
    std::string text = *canonical_text();
    const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
    switch (*rc::gen::inRange(0, 3)) {
        case 0:
            text[at] = *rc::gen::element('"', '\\', '{', '}', '[', ']', ',', ':', '0', '-', 'a', ' ', '\x02', '\xC3');
            break;
        case 1:
            text.erase(at, 1);
            break;
        default:
            text.insert(at, 1, *rc::gen::element('"', '\\', '0', '.', ' ', ','));
    }
    const auto tree = parse_canonical_json(text);
    const auto tokens = by_tokens(text);
    if (tokens) RC_ASSERT(tree.has_value() && *tokens == *tree);
}

}  // namespace
}  // namespace truce
