// SPDX-License-Identifier: Apache-2.0
#include "base/yaml.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/text.h"
#include "base/yaml_fields.h"

namespace truce {
namespace {

std::string told(const std::vector<Error>& errors) {
    std::string text;
    for (const auto& error : errors) text += error.text() + "\n";
    return text;
}

std::string errors_in(std::string_view text, const YamlLimits& limits = {}) {
    return told(read_yaml(text, limits).errors);
}

TEST(Yaml, ReadsMappingsListsAndTextsWithTheirPlaces) {
    const auto reading = read_yaml("a: 1\nb:\n  - x\n  - {c: \"no\"}\n");
    ASSERT_TRUE(reading.errors.empty()) << told(reading.errors);
    const auto* list = reading.root->find("b");
    ASSERT_NE(list, nullptr);
    EXPECT_EQ(list->values.at(0).text, "x");
    EXPECT_EQ(list->values.at(0).line, 3U);
    EXPECT_EQ(list->values.at(0).column, 5U);
    const auto* quoted = list->values.at(1).find("c");
    ASSERT_NE(quoted, nullptr);
    EXPECT_TRUE(quoted->quoted);
    EXPECT_EQ(quoted->text, "no");
}

TEST(Yaml, CountsColumnsInCharactersNotBytes) {
    const auto reading = read_yaml("{ar: حلب, en: Aleppo}\n");
    EXPECT_EQ(reading.root->find("en")->column, 15U);
}

TEST(Yaml, AnEmptyTextHasANullRoot) {
    const auto reading = read_yaml("# nothing but a comment\n");
    ASSERT_TRUE(reading.root);
    EXPECT_TRUE(reading.root->is_null());
    EXPECT_TRUE(reading.errors.empty());
}

TEST(Yaml, AByteOrderMarkAndWindowsLineEndsAreTaken) {
    const auto reading = read_yaml(
        "\xEF\xBB\xBF"
        "a: 1\r\nb: 2\r\n");
    ASSERT_TRUE(reading.errors.empty()) << told(reading.errors);
    EXPECT_EQ(reading.root->find("b")->text, "2");
}

TEST(Yaml, RefusesADuplicateKeyAndNamesTheFirst) {
    EXPECT_EQ(errors_in("a: 1\nb: 2\na: 3\n"),
              "3:1: key 'a' stands twice in one mapping; the first is in line 1\n");
}

TEST(Yaml, RefusesTheBooleansOfYaml11InAnyCase) {
    EXPECT_EQ(errors_in("a: NO\n"),
              "1:4: 'NO' is a boolean to some programs and a text to others; write \"NO\" in quotes, or true "
              "or false\n");
    EXPECT_EQ(errors_in("on: 1\n"),
              "1:1: 'on' is a boolean to some programs and a text to others; write \"on\" in quotes, or true "
              "or false\n");
    EXPECT_EQ(read_yaml("[yes, no, on, off, y, n, Yes, oFF, N]").errors.size(), 9U);
    EXPECT_EQ(errors_in("['yes', \"no\", none, Norway, true]"), "");
}

TEST(Yaml, RefusesWholeNumbersWithALeadingZero) {
    EXPECT_EQ(
        errors_in("a: 0123\n"),
        "1:4: '0123' is an octal number to some programs; write it without the leading zero, or in quotes\n");
    EXPECT_EQ(read_yaml("[07, -012, 0o17, 08]").errors.size(), 4U);
    EXPECT_EQ(errors_in("[0, 0.5, \"0123\", 2016-05-04, 10]"), "");
}

TEST(Yaml, RefusesAnchorsAliasesMergeKeysAndTags) {
    EXPECT_EQ(errors_in("a: &x 1\nb: *x\n"),
              "1:4: anchors are not read; write the value out where it is needed\n"
              "2:4: aliases are not read; write the value out\n");
    EXPECT_EQ(errors_in("<<: {a: 1}\n"), "1:1: merge keys ('<<') are not read; write the members out\n");
    EXPECT_EQ(errors_in("a: !!int 1\n"), "1:4: tags are not read; leave '!' and what belongs to it away\n");
    EXPECT_EQ(errors_in("a: ! 1\n"), "1:4: tags are not read; leave '!' and what belongs to it away\n");
}

TEST(Yaml, RefusesASecondDocument) {
    EXPECT_EQ(errors_in("a: 1\n---\nb: 2\n"),
              "2:1: a second document starts here; put it into a file of its own\n");
    EXPECT_EQ(errors_in("---\na: 1\n...\n"), "");
}

TEST(Yaml, RefusesATabInTheIndentation) {
    const auto reading = read_yaml("a:\n  - x\n\t- y\n");
    ASSERT_FALSE(reading.errors.empty());
    EXPECT_EQ(reading.errors.front().text(), "3:1: a tab in the indentation; indent with spaces");
}

TEST(Yaml, RefusesControlCharactersAndWhatIsNotUtf8) {
    EXPECT_EQ(errors_in(std::string_view("a: x\0y\n", 7)),
              "1:5: control character \\u{0000} in the text; take it out\n");
    EXPECT_EQ(errors_in("a: x\x04 y\n"), "1:5: control character \\u{0004} in the text; take it out\n");
    EXPECT_EQ(errors_in("a: x\ry\n"), "1:5: control character \\u{000d} in the text; take it out\n");
    EXPECT_EQ(errors_in("a: 1\nb: \xFF\n"), "2:4: this is not UTF-8; save the file in UTF-8\n");
}

TEST(Yaml, SaysWhereTheSyntaxIsBrokenAndWhatToDo) {
    EXPECT_EQ(errors_in("a: b: c\n"),
              "1:5: this is not YAML: illegal map value; a text that holds ': ' must stand in quotes\n");
    EXPECT_EQ(errors_in("a: [1, 2\n"),
              "2:1: this is not YAML: end of sequence flow not found; a ']' or a comma is missing\n");
    EXPECT_EQ(errors_in("a: 1\n b: 2\nc: 3\n").substr(0, 23), "2:3: this is not YAML: ");
}

TEST(Yaml, TellsWhatItFoundBeforeTheSyntaxBrokeToo) {
    const auto reading = read_yaml("a: yes\nb: [1\n");
    EXPECT_EQ(reading.errors.size(), 2U);
    EXPECT_FALSE(reading.root);
}

TEST(Yaml, RefusesDeepNestingAndLongTexts) {
    const std::string deep = std::string(100, '[') + std::string(100, ']');
    EXPECT_EQ(errors_in(deep), "1:65: nested deeper than 64 levels\n");
    EXPECT_EQ(errors_in("abc", {.bytes = 2}), "the file has 3 bytes; at most 2 are read\n");
}

TEST(Yaml, StopsAfterTooManyProblems) {
    std::string text;
    for (int i = 0; i < 300; ++i) text += "- yes\n";
    const auto reading = read_yaml(text);
    EXPECT_EQ(reading.errors.size(), 201U);
    EXPECT_EQ(reading.errors.back().message, "too many problems; mend these first");
}

TEST(Yaml, KeysThatAreNoTextsAreRefused) {
    EXPECT_EQ(errors_in("? [a, b]\n: 1\n"), "1:3: a key must be a text; found a list\n");
}

TEST(Yaml, WarnsOfInvisibleMarksThatTurnTheDirection) {
    const auto reading = read_yaml("name: abc\u202Edef\n");
    EXPECT_TRUE(reading.errors.empty());
    ASSERT_EQ(reading.warnings.size(), 1U);
    EXPECT_EQ(reading.warnings.front().text(),
              "1:7: 'abc\\u{202e}def' holds the invisible character \\u{202e}, which turns the direction of "
              "writing; "
              "take it out, or put the text in quotes");
}

TEST(Yaml, AScalarThatWasWrittenReadsBackTheSame) {
    EXPECT_TRUE(rc::check([](const std::string& raw) {
        std::string text;
        for (const char c : raw) {
            if (static_cast<unsigned char>(c) < 0x80) text += c;
        }
        const auto reading = read_yaml("key: " + yaml_scalar(text) + "\n");
        RC_ASSERT(reading.errors.empty());
        RC_ASSERT(reading.root->find("key")->is_scalar());
        RC_ASSERT(reading.root->find("key")->text == text);
    }));
    for (const std::string text :
         {"no", "007", "null", "~", "", " a", "a ", "حلب", "a: b", "- x", "#c", "a\nb", "\\"}) {
        const auto written = "key: " + yaml_scalar(text) + "\n";
        const auto reading = read_yaml(written);
        ASSERT_TRUE(reading.errors.empty()) << written << told(reading.errors);
        EXPECT_EQ(reading.root->find("key")->text, text);
    }
}

TEST(Yaml, NeverThrowsWhateverTheText) {
    EXPECT_TRUE(rc::check([](const std::vector<std::uint8_t>& picks) {
        static constexpr std::string_view pieces[] = {"a", ":",   " ",   "\n", "- ", "[", "]", "{", "}",
                                                      ",", "'",   "\"",  "&x", "*x", "!", "|", ">", "?",
                                                      "%", "---", "...", "#",  "\t", "0", "~"};
        std::string text;
        for (const auto pick : picks) text += pieces[pick % std::size(pieces)];
        const auto reading = read_yaml(text);
        RC_ASSERT(reading.root.has_value() || !reading.errors.empty());
    }));
}

struct Checked {
    YamlReading reading;
    Problems problems{.file = "x.yaml"};
    explicit Checked(std::string_view text) : reading(read_yaml(text)) {}
    Fields fields(std::string_view what = "thing") { return {*reading.root, what, problems}; }
    std::string told_errors() const { return told(problems.errors); }
};

TEST(Fields, AnUnknownKeyIsToldWithTheNearest) {
    Checked checked("colour: red\nsize: 3\nzzzzz: 1\n");
    auto fields = checked.fields();
    (void)fields.text("color");
    (void)fields.integer("size", 1, 10);
    fields.finish();
    EXPECT_EQ(checked.told_errors(),
              "x.yaml:1:1: thing has no key 'colour'; did you mean 'color'?\n"
              "x.yaml:3:1: thing has no key 'zzzzz'\n");
}

TEST(Fields, AWrongTypeSaysWhatWasFoundAndWanted) {
    Checked checked("t: [1]\ni: \"3\"\nr: x\nf: maybe\nw: rde\nl: 1\n");
    auto fields = checked.fields();
    EXPECT_FALSE(fields.text("t"));
    EXPECT_FALSE(fields.integer("i", 1, 10));
    EXPECT_FALSE(fields.real("r", 0, 1));
    EXPECT_FALSE(fields.flag("f"));
    EXPECT_FALSE(fields.word("w", {"red", "green", "blue"}));
    EXPECT_TRUE(fields.list("l").empty());
    EXPECT_EQ(checked.told_errors(),
              "x.yaml:1:4: t must be a text; found a list\n"
              "x.yaml:2:4: i must be a whole number from 1 to 10; found '3'\n"
              "x.yaml:3:4: r must be a number from 0 to 1; found 'x'\n"
              "x.yaml:4:4: f must be true or false; found 'maybe'\n"
              "x.yaml:5:4: w must be red, green or blue; found 'rde'; did you mean 'red'?\n"
              "x.yaml:6:4: l must be a list ([...] or lines that start with '- '); found '1'\n");
}

TEST(Fields, UnknownAndNullAreNothingAndNoError) {
    Checked checked("a: unknown\nb: null\nc: ~\nd: \"unknown\"\n");
    auto fields = checked.fields();
    EXPECT_FALSE(fields.text("a"));
    EXPECT_FALSE(fields.text("b"));
    EXPECT_FALSE(fields.required_text("c"));
    EXPECT_EQ(fields.text("d"), "unknown");
    EXPECT_EQ(checked.told_errors(), "");
}

TEST(Fields, AMissingRequiredKeyIsToldOnce) {
    Checked checked("a: 1\n");
    auto fields = checked.fields("duty");
    (void)fields.required("id");
    EXPECT_EQ(checked.told_errors(), "x.yaml:1:1: duty lacks 'id'\n");
}

TEST(Fields, WhatTheStrictPassFoundIsNotToldAgain) {
    Checked checked("f: yes\n");
    auto fields = checked.fields();
    EXPECT_FALSE(fields.flag("f"));
    EXPECT_EQ(checked.told_errors(), "");
}

}  // namespace
}  // namespace truce
