// SPDX-License-Identifier: Apache-2.0
#include "base/csv.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace truce::csv {
namespace {

using testing::ElementsAre;
using Fields = std::vector<std::string>;

/// A record as this test writes it down: equal if everything a reader can see of it is equal.
struct Seen {
    std::size_t number = 0;
    std::size_t line = 0;
    std::size_t offset = 0;
    std::string raw{};
    Fields fields{};
    Problem problem = Problem::none;
    std::size_t quote_line = 0;
    friend bool operator==(const Seen&, const Seen&) = default;
};

std::ostream& operator<<(std::ostream& out, const Seen& seen) {
    out << fmt::format("#{} line {} at {} problem {} quote {} ", seen.number, seen.line, seen.offset,
                       static_cast<int>(seen.problem), seen.quote_line);
    for (const std::string& field : seen.fields) out << '[' << field << ']';
    return out << " raw(" << seen.raw << ")\n";
}

Seen seen(const Row& row) {
    return {.number = row.number,
            .line = row.line,
            .offset = row.offset,
            .raw = std::string(row.raw),
            .fields = Fields(row.fields.begin(), row.fields.end()),
            .problem = row.problem,
            .quote_line = row.quote_line};
}

std::vector<Seen> read(std::string_view text, Dialect dialect = {}, Limits limits = {}) {
    std::vector<Seen> all;
    Rows rows(text, dialect, limits);
    while (const Row* const row = rows.next()) all.push_back(seen(*row));
    return all;
}

std::vector<Fields> fields_of(std::string_view text, Dialect dialect = {}) {
    std::vector<Fields> all;
    for (Seen& row : read(text, dialect)) all.push_back(std::move(row.fields));
    return all;
}

/// The grammar of csv.h once more, byte by byte and as plainly as possible: the definition that the reader is
/// held to.
class PlainReading {
public:
    PlainReading(std::string_view text, Dialect dialect, Limits limits = {})
        : text_(text), dialect_(dialect), limits_(limits) {
        if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
        while (at_ < text_.size()) {
            if (is_line_end(text_[at_])) {
                ++at_;
            } else {
                read_record();
            }
        }
    }
    [[nodiscard]] const std::vector<Seen>& rows() const { return rows_; }

private:
    static bool is_line_end(char c) { return c == '\n' || c == '\r'; }

    [[nodiscard]] std::size_t line_of(std::size_t offset) const {
        std::size_t line = 1;
        for (std::size_t i = 0; i < offset; ++i) {
            if (text_[i] == '\r' || (text_[i] == '\n' && (i == 0 || text_[i - 1] != '\r'))) ++line;
        }
        return line;
    }

    void go_on_after_line(Seen& row, std::size_t from) {
        while (from < text_.size() && !is_line_end(text_[from])) ++from;
        row.raw = text_.substr(row.offset, from - row.offset);
        while (is_line_end(row.raw.back())) row.raw.pop_back();
        row.fields.clear();
        at_ = from;
    }

    void read_record() {
        Seen row{.number = rows_.size() + 1, .line = line_of(at_), .offset = at_};
        enum class In { start, plain, quotes, after_quote } in = In::start;
        std::size_t opened = 0;
        row.fields.emplace_back();
        std::size_t i = at_;
        for (; i < text_.size(); ++i) {
            const char c = text_[i];
            if (i - at_ > limits_.max_row_bytes) break;
            if (in == In::quotes) {
                if (c == '"') {
                    in = In::after_quote;
                } else {
                    row.fields.back() += c;
                }
            } else if (c == dialect_.delimiter) {
                row.fields.emplace_back();
                in = In::start;
            } else if (is_line_end(c)) {
                break;
            } else if (c == '"' && in == In::start && dialect_.quoting == Quoting::rfc4180) {
                in = In::quotes;
                opened = i;
            } else if (c == '"' && in == In::after_quote) {
                row.fields.back() += '"';
                in = In::quotes;
            } else {
                row.fields.back() += c;
                in = In::plain;
            }
        }
        const bool too_long = i - at_ > limits_.max_row_bytes;
        if (in == In::quotes && (too_long || i == text_.size())) {
            row.problem = Problem::unterminated_quote;
            row.quote_line = line_of(opened);
            go_on_after_line(row, opened);
        } else if (too_long) {
            row.problem = Problem::too_long;
            go_on_after_line(row, i - 1);
        } else {
            row.raw = text_.substr(at_, i - at_);
            at_ = i;
            if (row.fields.size() > limits_.max_columns) {
                row.problem = Problem::too_many_columns;
                row.fields.clear();
            }
        }
        rows_.push_back(std::move(row));
    }

    std::string_view text_;
    Dialect dialect_;
    Limits limits_;
    std::size_t at_ = 0;
    std::vector<Seen> rows_;
};

/// Random text in which everything that matters to the grammar is frequent.
rc::Gen<std::string> hostile_text() {
    return rc::gen::container<std::string>(rc::gen::weightedElement<char>(
        {{8, 'a'}, {6, ','}, {6, '"'}, {3, '\n'}, {2, '\r'}, {1, ';'}, {1, '\0'}, {1, '\xEF'}}));
}

rc::Gen<std::string> short_text(const std::string& letters) {
    return rc::gen::scale(0.3, rc::gen::container<std::string>(rc::gen::elementOf(letters)));
}

/// Random text that is well formed: fields, some of them quoted, with every kind of line end.
rc::Gen<std::string> orderly_text() {
    const auto field = rc::gen::weightedOneOf<std::string>(
        {{3, short_text("xyz 1")},
         {2, rc::gen::map(short_text("ab,\n\r"),
                          [](std::string inner) { return '"' + std::move(inner) + '"'; })},
         {1, rc::gen::just<std::string>("\"say \"\"no\"\"\"")}});
    const auto line =
        rc::gen::map(rc::gen::pair(rc::gen::scale(0.1, rc::gen::container<std::vector<std::string>>(field)),
                                   rc::gen::elementOf(std::vector<std::string>{"\n", "\r\n", "\r"})),
                     [](const std::pair<std::vector<std::string>, std::string>& parts) {
                         return fmt::format("{}{}", fmt::join(parts.first, ","), parts.second);
                     });
    return rc::gen::map(
        rc::gen::container<std::vector<std::string>>(line),
        [](const std::vector<std::string>& lines) { return fmt::format("{}", fmt::join(lines, "")); });
}

TEST(CsvRows, AFieldIsWhatStandsBetweenDelimiters) {
    EXPECT_THAT(fields_of("a,b,c\n1,,3\n"), ElementsAre(Fields{"a", "b", "c"}, Fields{"1", "", "3"}));
}

TEST(CsvRows, TheLastLineNeedsNoLineEnd) {
    EXPECT_THAT(fields_of("a,b\n1,2"), ElementsAre(Fields{"a", "b"}, Fields{"1", "2"}));
}

TEST(CsvRows, ATrailingDelimiterStartsOneMoreEmptyField) {
    EXPECT_THAT(fields_of("a,\n,"), ElementsAre(Fields{"a", ""}, Fields{"", ""}));
}

TEST(CsvRows, EveryKindOfLineEndEndsARecord) {
    EXPECT_THAT(fields_of("a\nb\r\nc\rd"), ElementsAre(Fields{"a"}, Fields{"b"}, Fields{"c"}, Fields{"d"}));
}

TEST(CsvRows, ALineWithoutAByteIsNoRecord) {
    EXPECT_THAT(fields_of("\n\na\n\r\n\r\nb\n\n"), ElementsAre(Fields{"a"}, Fields{"b"}));
}

TEST(CsvRows, AnEmptyTextHasNoRecords) {
    EXPECT_THAT(fields_of(""), ElementsAre());
}

TEST(CsvRows, AByteOrderMarkIsNotPartOfTheFirstField) {
    EXPECT_THAT(fields_of("\xEF\xBB\xBF\"a\",b"), ElementsAre(Fields{"a", "b"}));
}

TEST(CsvRows, QuotesKeepDelimitersLineEndsAndDoubledQuotes) {
    EXPECT_THAT(fields_of("\"a,b\",\"c\r\nd\",\"say \"\"no\"\"\",\"\"\n"),
                ElementsAre(Fields{"a,b", "c\r\nd", "say \"no\"", ""}));
}

TEST(CsvRows, AQuoteInsideAnUnquotedFieldIsData) {
    EXPECT_THAT(fields_of("5\" shell,b\"\"c,\"d\"\n"), ElementsAre(Fields{"5\" shell", "b\"\"c", "d"}));
}

TEST(CsvRows, WhatFollowsAClosingQuoteIsDataAsInPython) {
    // Python 3.11: next(csv.reader(['"a"b"c,d"e"'])) == ['ab"c', 'd"e"']
    EXPECT_THAT(fields_of("\"a\"b\"c,d\"e\""), ElementsAre(Fields{"ab\"c", "d\"e\""}));
}

TEST(CsvRows, WithoutQuotingAQuoteIsData) {
    EXPECT_THAT(fields_of("\"a\tb\"\n\"\n", {.delimiter = '\t', .quoting = Quoting::none}),
                ElementsAre(Fields{"\"a", "b\""}, Fields{"\""}));
}

TEST(CsvRows, ANulIsAByteLikeAnyOther) {
    EXPECT_THAT(fields_of(std::string_view("a\0b,\0\n", 6)),
                ElementsAre(Fields{std::string("a\0b", 3), std::string("\0", 1)}));
}

TEST(CsvRows, RaggedRecordsSayHowManyFieldsTheyHave) {
    EXPECT_THAT(fields_of("a,b\n1\n1,2,3\n"),
                ElementsAre(Fields{"a", "b"}, Fields{"1"}, Fields{"1", "2", "3"}));
}

TEST(CsvRows, LinesArePhysicalLinesAndNumbersAreRecords) {
    const auto rows = read("h\n\n\"a\nb\r\nc\"\r\nlast");
    EXPECT_EQ(rows.at(1).line, 3U);
    EXPECT_EQ(rows.at(2).line, 6U);
    EXPECT_EQ(rows.at(2).number, 3U);
    EXPECT_EQ(rows.at(2).raw, "last");
}

TEST(CsvRows, APositionIsTheLineAndByteColumnOfTheFieldWithItsQuote) {
    Rows rows("one,two\n\"a\nb\",\"c\",d\n", {});
    rows.next();
    const Row& row = *rows.next();
    EXPECT_EQ(row.position(0).line, 2U);
    EXPECT_EQ(row.position(0).column, 1U);
    EXPECT_EQ(row.position(1).line, 3U);
    EXPECT_EQ(row.position(1).column, 4U);
    EXPECT_EQ(row.position(2).column, 8U);
    EXPECT_EQ(row.position(99).column, 9U);
}

TEST(CsvRows, AnUnterminatedQuoteIsReportedAndCostsItsLineOnly) {
    const auto rows = read("a,b\n1,\"open\n3,4\n5,6\n");
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_EQ(rows[1].problem, Problem::unterminated_quote);
    EXPECT_EQ(rows[1].quote_line, 2U);
    EXPECT_EQ(rows[1].raw, "1,\"open");
    EXPECT_EQ(rows[2].fields, (Fields{"3", "4"}));
    EXPECT_EQ(rows[3].line, 4U);
}

TEST(CsvRows, TheErrorOfAnUnterminatedQuoteNamesTheLineWhereItWasOpened) {
    Rows rows("x\n\"a\nb\",\"open", {});
    rows.next();
    const auto error = rows.next()->error();
    ASSERT_TRUE(error);
    EXPECT_EQ(error->line, 2U);
    EXPECT_THAT(error->message, testing::HasSubstr("opened on line 3"));
}

TEST(CsvRows, ARecordLongerThanTheLimitIsReportedAndReadingGoesOnAfterItsLine) {
    const std::string text = "a\n" + std::string(5000, 'x') + ",y\nb\n";
    const auto rows = read(text, {}, {.max_row_bytes = 1000});
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[1].problem, Problem::too_long);
    EXPECT_EQ(rows[1].raw.size(), 5002U);
    EXPECT_EQ(rows[2].fields, Fields{"b"});
    EXPECT_EQ(rows[2].line, 3U);
}

TEST(CsvRows, ARecordOfExactlyTheLimitIsRead) {
    const std::string text = std::string(200'000, 'x') + "\nb";
    EXPECT_EQ(read(text, {}, {.max_row_bytes = 200'000}).at(0).problem, Problem::none);
    EXPECT_EQ(read(text, {}, {.max_row_bytes = 199'999}).at(0).problem, Problem::too_long);
}

TEST(CsvRows, ARecordWithTooManyColumnsSaysHowManyAndReadingGoesOn) {
    const std::string text = std::string(1'000'000, ',') + "\nb\n";
    Rows rows(text, {});
    const Row& wide = *rows.next();
    EXPECT_EQ(wide.problem, Problem::too_many_columns);
    EXPECT_EQ(wide.fields_found, 1'000'001U);
    EXPECT_TRUE(wide.fields.empty());
    const Row& next = *rows.next();
    EXPECT_THAT(next.fields, ElementsAre("b"));
    EXPECT_EQ(next.line, 2U);
}

TEST(CsvRows, ALongRecordWithinTheLimitsIsReadWhole) {
    const std::string polygon(3'000'000, '7');
    const auto rows = read("1,\"" + polygon + ",\n" + polygon + "\",z\n2,b,c\n");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].fields, (Fields{"1", polygon + ",\n" + polygon, "z"}));
    EXPECT_EQ(rows[1].line, 3U);
}

TEST(CsvRows, ManyOpenQuotesCostLinearTime) {
    // Each line opens a quote that the next one closes, so that no record goes wrong until the very last.
    std::string text;
    for (int i = 0; i < 200'001; ++i) text += "1,\"open\n";
    const auto rows = read(text, {}, {.max_row_bytes = 100'000});
    EXPECT_EQ(rows.back().problem, Problem::unterminated_quote);
}

TEST(CsvRows, HostileTextIsReadAsTheGrammarSays) {
    EXPECT_TRUE(rc::check([] {
        const std::string text = *rc::gen::scale(4.0, hostile_text());
        const Dialect dialect{.delimiter = *rc::gen::element(',', ';'),
                              .quoting = *rc::gen::element(Quoting::rfc4180, Quoting::none)};
        const Limits limits{.max_row_bytes = *rc::gen::element<std::size_t>(5, 64, 1 << 20),
                            .max_columns = *rc::gen::element<std::size_t>(3, 100)};
        RC_ASSERT(read(text, dialect, limits) == PlainReading(text, dialect, limits).rows());
    }));
}

TEST(CsvRows, OrderlyTextIsReadAsTheGrammarSaysWhereverItsBlocksFall) {
    EXPECT_TRUE(rc::check([] {
        const std::string shift(*rc::gen::inRange<std::size_t>(0, 130), 's');
        const std::string text = shift + *rc::gen::scale(2.0, orderly_text());
        RC_ASSERT(read(text) == PlainReading(text, {}).rows());
    }));
}

TEST(CsvRows, RecordsAreReadAlikeOnBothSidesOfAWindow) {
    EXPECT_TRUE(rc::check([] {
        const std::string padding(*rc::gen::inRange<std::size_t>(65'400, 65'600), 'p');
        const std::string before = *rc::gen::element<std::string>("\n", "\",\n", "\"\"", ",\"", "\r\n\"");
        const std::string text = padding + before + *hostile_text() + "\n" + padding + *hostile_text();
        RC_ASSERT(read(text) == PlainReading(text, {}).rows());
    }));
}

std::vector<Seen> read_in_chunks(std::string_view text, Dialect dialect, unsigned threads,
                                 std::size_t chunk_bytes, Limits limits) {
    const auto chunks = cut(text, dialect, threads, limits, chunk_bytes);
    std::vector<std::vector<Seen>> parts(chunks.size());
    for_each_row(
        text, dialect, chunks, threads,
        [&](std::size_t chunk, const Row& row) { parts[chunk].push_back(seen(row)); }, limits);
    std::vector<Seen> all;
    for (auto& part : parts) std::ranges::move(part, std::back_inserter(all));
    return all;
}

TEST(CsvCut, ChunksGiveTheSameRowsAsTheWholeTextForAnyNumberOfThreads) {
    EXPECT_TRUE(rc::check([] {
        const std::string text = *rc::gen::scale(4.0, rc::gen::oneOf(hostile_text(), orderly_text()));
        const Dialect dialect{.quoting = *rc::gen::element(Quoting::rfc4180, Quoting::none)};
        const Limits limits{.max_row_bytes = *rc::gen::element<std::size_t>(5, 64, 1 << 20)};
        const auto chunk_bytes = *rc::gen::inRange<std::size_t>(1, 200);
        const auto threads = *rc::gen::inRange(1U, 4U);
        RC_ASSERT(read_in_chunks(text, dialect, threads, chunk_bytes, limits) ==
                  PlainReading(text, dialect, limits).rows());
        RC_ASSERT(cut(text, dialect, threads, limits, chunk_bytes) ==
                  cut(text, dialect, 1, limits, chunk_bytes));
    }));
}

TEST(CsvCut, AQuotedFieldOverManyChunksStaysOneField) {
    const std::string inner(100'000, '\n');
    const std::string text = "a,\"" + inner + "\",b\nc,d,e\n";
    const auto rows = read_in_chunks(text, {}, 3, 1000, {});
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].fields[1], inner);
    EXPECT_EQ(rows[1].line, 100'002U);
}

TEST(CsvCut, ATextWithoutRecordsHasNoChunks) {
    EXPECT_TRUE(cut("", {}, 2).empty());
    EXPECT_TRUE(cut("\xEF\xBB\xBF\n\r\n", {}, 2).empty());
}

TEST(CsvForEachRow, AnExceptionStopsTheReadingAndComesOut) {
    const std::string text = "a\nb\nc\n";
    const auto chunks = cut(text, {}, 2, {}, 2);
    EXPECT_THROW(
        for_each_row(text, {}, chunks, 2, [](std::size_t, const Row&) { throw std::runtime_error("no"); }),
        std::runtime_error);
}

TEST(CsvSniff, FindsTheDelimiterThatSplitsAllRecordsAlike) {
    EXPECT_EQ(sniff("a,b;c\n1,2;3\n").dialect.delimiter, ',');
    EXPECT_EQ(sniff("\"a\";\"b, c\"\n\"1\";\"2\"\n").dialect.delimiter, ';');
    EXPECT_EQ(sniff("a\tb, c\n1\t2\n").dialect.delimiter, '\t');
    EXPECT_EQ(sniff("a|b|c\n1|2|3\n").dialect.delimiter, '|');
    EXPECT_EQ(sniff("a|b|c\n1|2|3\n").columns, 3U);
}

TEST(CsvSniff, OneColumnIsACommaSeparatedTextOfOneColumn) {
    const Sniffed sniffed = sniff("name\nAleppo\n");
    EXPECT_EQ(sniffed.dialect, Dialect{});
    EXPECT_EQ(sniffed.columns, 1U);
}

TEST(CsvSniff, DelimitersAndLineEndsWithinQuotesDoNotCount) {
    const Sniffed sniffed = sniff("id,note\n1,\"a;b;c\n;;;\"\n2,\"d;e\"\n");
    EXPECT_EQ(sniffed.dialect.delimiter, ',');
    EXPECT_EQ(sniffed.columns, 2U);
}

TEST(CsvSniff, StrayQuotesInTabSeparatedTextAreData) {
    EXPECT_EQ(sniff("1\t\"open\tx\n2\tb\ty\n3\tc\tz\n4\t\"d\te\n").dialect.quoting, Quoting::none);
    EXPECT_EQ(sniff("1\t\"a\tb\"\n2\tc\n").dialect.quoting, Quoting::rfc4180);
}

TEST(CsvSniff, TellsEncodings) {
    EXPECT_EQ(sniff(std::string_view("\xFF\xFE"
                                     "a\0,\0",
                                     6))
                  .encoding,
              Encoding::utf16_le);
    EXPECT_EQ(sniff(std::string_view("\xFE\xFF\0a\0,", 6)).encoding, Encoding::utf16_be);
    EXPECT_EQ(sniff(std::string_view("a\0,\0b\0\n\0", 8)).encoding, Encoding::utf16_le);
    EXPECT_EQ(sniff("a,b").encoding, Encoding::utf8);
    EXPECT_TRUE(sniff("\xEF\xBB\xBFz").byte_order_mark);
}

TEST(CsvSniff, TellsLineEnds) {
    EXPECT_EQ(sniff("a,b").line_end, LineEnd::none);
    EXPECT_EQ(sniff("a\nb\n").line_end, LineEnd::lf);
    EXPECT_EQ(sniff("a\r\nb\r\n").line_end, LineEnd::crlf);
    EXPECT_EQ(sniff("a\rb\r").line_end, LineEnd::cr);
    EXPECT_EQ(sniff("a\r\nb\n").line_end, LineEnd::mixed);
}

}  // namespace
}  // namespace truce::csv
