// SPDX-License-Identifier: Apache-2.0
#include "base/csv_columns.h"

#include "base/text.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace truce::csv {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Columns columns_of(std::string_view text, std::vector<WantedColumn> wanted, ColumnSettings settings = {}) {
    auto columns = read_columns(text, wanted, settings);
    EXPECT_TRUE(columns) << columns.error().text();
    return *std::move(columns);
}

std::vector<std::string> texts_of(const Columns& columns, std::size_t column) {
    std::vector<std::string> texts;
    for (std::size_t row = 0; row < columns.rows; ++row)
        texts.emplace_back(columns.columns[column].text(row));
    return texts;
}

std::vector<Error> kept(const Flaws& flaws) {
    return flaws.kept;
}

TEST(CsvColumns, AreFoundByNameWhateverItsCaseAndSeparators) {
    const Columns columns =
        columns_of("Event Date,FATALITIES\n2020-01-02,3\n",
                   {{"fatalities", ColumnType::integer}, {"event_date", ColumnType::day}});
    EXPECT_THAT(columns.columns[0].integers(), ElementsAre(3));
    EXPECT_THAT(columns.columns[1].days(), ElementsAre(18263));
}

TEST(CsvColumns, AreFoundByPlaceWithoutAHeader) {
    const Columns columns =
        columns_of("1\ta\"b\n2\tc\n", {{std::size_t{1}, ColumnType::text}},
                   {.dialect = {.delimiter = '\t', .quoting = Quoting::none}, .header = Header::none});
    EXPECT_THAT(texts_of(columns, 0), ElementsAre("a\"b", "c"));
}

TEST(CsvColumns, EachTypeReadsItsValues) {
    const Columns columns = columns_of(
        "t,c,i,r,d\n\"a \"\"b\"\"\",x,-5,\"2.5\",1970-01-02\n,x, 7 "
        ",1e3,20200229\nz,\"y\",+1,-.5,2020-01-01T10:20\n",
        {{"t", ColumnType::text},
         {"c", ColumnType::category},
         {"i", ColumnType::integer},
         {"r", ColumnType::real},
         {"d", ColumnType::day}});
    EXPECT_EQ(columns.flaws.values, 0U);
    EXPECT_THAT(texts_of(columns, 0), ElementsAre("a \"b\"", "", "z"));
    EXPECT_THAT(texts_of(columns, 1), ElementsAre("x", "x", "y"));
    EXPECT_THAT(columns.columns[1].codes(), ElementsAre(0, 0, 1));
    EXPECT_THAT(columns.columns[2].integers(), ElementsAre(-5, 7, 1));
    EXPECT_THAT(columns.columns[3].reals(), ElementsAre(2.5, 1000, -0.5));
    EXPECT_THAT(columns.columns[4].days(), ElementsAre(1, 18321, 18262));
}

TEST(CsvColumns, AnEmptyFieldIsMissingAndNoFlaw) {
    const Columns columns =
        columns_of("i,r,d\n,,\n\"\",\" \",\"\"\n",
                   {{"i", ColumnType::integer}, {"r", ColumnType::real}, {"d", ColumnType::day}});
    EXPECT_THAT(columns.columns[0].integers(), ElementsAre(Column::no_integer, Column::no_integer));
    EXPECT_TRUE(std::isnan(columns.columns[1].reals()[1]));
    EXPECT_THAT(columns.columns[2].days(), ElementsAre(Column::no_day, Column::no_day));
    EXPECT_EQ(columns.flaws.values, 0U);
}

TEST(CsvColumns, AnInvalidValueIsMissingCountedAndLocated) {
    const Columns columns = columns_of("name,n\nx,1\n\"y\nz\",1O\nw,2\n", {{"n", ColumnType::integer}});
    EXPECT_THAT(columns.columns[0].integers(), ElementsAre(1, Column::no_integer, 2));
    EXPECT_EQ(columns.flaws.values, 1U);
    EXPECT_THAT(kept(columns.flaws),
                ElementsAre(Error{.message = "'1O' in column 'n'; want an integer", .line = 4, .column = 4}));
}

TEST(CsvColumns, DaysThatDoNotExistAreInvalid) {
    const Columns columns =
        columns_of("d\n2023-02-29\n2020-13-01\n2020-00-10\n0000-01-01\n2020-01-01 25:00\n12/05/2016\n",
                   {{"d", ColumnType::day}});
    EXPECT_EQ(columns.flaws.values, 6U);
}

TEST(CsvColumns, NumbersOutOfRangeAreInvalid) {
    const Columns columns = columns_of("i,r\n99999999999999999999,1e999\n-9223372036854775808,nan\n",
                                       {{"i", ColumnType::integer}, {"r", ColumnType::real}});
    EXPECT_EQ(columns.flaws.values, 4U);
}

TEST(CsvColumns, ARaggedRecordIsInNoColumnAndLocated) {
    const Columns columns = columns_of("a,b\n1,2\n3\n4,5,6\n7,8\n", {{"a", ColumnType::integer}});
    EXPECT_THAT(columns.columns[0].integers(), ElementsAre(1, 7));
    EXPECT_EQ(columns.flaws.records, 2U);
    EXPECT_THAT(
        kept(columns.flaws),
        ElementsAre(
            Error{.message = "a record with 1 fields; want 2 as in the first record", .line = 3, .column = 1},
            Error{
                .message = "a record with 3 fields; want 2 as in the first record", .line = 4, .column = 1}));
}

TEST(CsvColumns, AnUnterminatedQuoteCostsItsLineOnly) {
    const Columns columns = columns_of("a,b\n1,\"open\n3,4\n", {{"a", ColumnType::integer}});
    EXPECT_THAT(columns.columns[0].integers(), ElementsAre(3));
    ASSERT_EQ(columns.flaws.records, 1U);
    EXPECT_EQ(columns.flaws.kept[0].line, 2U);
}

TEST(CsvColumns, AColumnThatIsNotThereIsAnErrorThatListsTheHeader) {
    const auto columns = read_columns("a,b\n1,2\n", std::vector<WantedColumn>{{"c", ColumnType::text}}, {});
    ASSERT_FALSE(columns);
    EXPECT_EQ(columns.error().text(), "1: there is no column 'c'; the header has: a, b");
}

TEST(CsvColumns, ANameThatTwoColumnsHaveIsAnError) {
    const auto columns = read_columns("a,A\n1,2\n", std::vector<WantedColumn>{{"a", ColumnType::text}}, {});
    ASSERT_FALSE(columns);
    EXPECT_THAT(columns.error().message, HasSubstr("columns 1 and 2"));
}

TEST(CsvColumns, AnEmptyTextIsAnError) {
    EXPECT_FALSE(read_columns("\n\n", std::vector<WantedColumn>{{"a", ColumnType::text}}, {}));
}

TEST(CsvColumns, Utf16IsAnError) {
    const auto columns = read_columns(std::string_view("\xFF\xFE"
                                                       "a\0\n\0",
                                                       6),
                                      std::vector<WantedColumn>{{"a", ColumnType::text}}, {});
    ASSERT_FALSE(columns);
    EXPECT_THAT(columns.error().message, HasSubstr("UTF-16"));
}

TEST(CsvColumns, AHeaderAloneGivesNoRows) {
    const Columns columns = columns_of("a,b\n", {{"a", ColumnType::category}, {"b", ColumnType::text}});
    EXPECT_EQ(columns.rows, 0U);
    EXPECT_TRUE(columns.columns[0].codes().empty());
}

TEST(CsvColumns, OnlyTheFirstFlawsAreKeptAndAllAreCounted) {
    std::string text = "n\n";
    for (int i = 0; i < 1000; ++i) text += "x\n";
    const Columns columns = columns_of(text, {{"n", ColumnType::integer}}, {.max_flaws_kept = 3});
    EXPECT_EQ(columns.flaws.values, 1000U);
    ASSERT_EQ(columns.flaws.kept.size(), 3U);
    EXPECT_EQ(columns.flaws.kept[2].line, 4U);
}

/// Holds what columns make of a text to what the reader of single rows makes of it.
void expect_as_rows(const std::string& text, const ColumnSettings& settings) {
    Rows rows(text, settings.dialect);
    const Row* record = rows.next();
    ASSERT_NE(record, nullptr);
    const std::size_t fields = record->fields.size();
    std::vector<WantedColumn> wanted;
    for (std::size_t i = 0; i < fields; ++i) wanted.push_back({i, ColumnType::text});
    const Columns columns = columns_of(text, wanted, settings);
    std::size_t row = 0;
    std::size_t flawed = 0;
    while ((record = rows.next()) != nullptr) {
        if (record->problem != Problem::none || record->fields.size() != fields) {
            ++flawed;
            continue;
        }
        ASSERT_LT(row, columns.rows) << text;
        for (std::size_t i = 0; i < fields; ++i)
            ASSERT_EQ(record->fields[i], columns.columns[i].text(row)) << text;
        ++row;
    }
    ASSERT_EQ(row, columns.rows) << text;
    ASSERT_EQ(flawed, columns.flaws.records) << text;
}

TEST(CsvColumns, ARegularTextWithAnOddByteOrTwoIsReadAsByRows) {
    EXPECT_TRUE(rc::check([] {
        const auto fields = *rc::gen::inRange(1, 5);
        std::string text = "a";
        for (int i = 1; i < fields; ++i) text += ",a";
        text += '\n';
        const std::size_t header = text.size();
        for (auto records = *rc::gen::inRange(1, 12); records > 0; --records) {
            for (int i = 0; i < fields; ++i)
                text += std::string(i == 0 ? "" : ",") +
                        *rc::gen::element<std::string>("1", "", "\"b,\n\"", "\"\"\"\"");
            text += '\n';
        }
        if (*rc::gen::arbitrary<bool>()) text.pop_back();
        for (auto odd = *rc::gen::inRange(0, 3); odd > 0 && text.size() > header; --odd) {
            const auto at = *rc::gen::inRange(header, text.size());
            text[at] = *rc::gen::element(',', '"', '\n', '\r', 'c');
        }
        // One record short of a field and another with one too many: as many ends as if there were none.
        if (*rc::gen::arbitrary<bool>() && fields > 1) {
            const std::size_t comma = text.find(',', header);
            const std::size_t line = text.find('\n', *rc::gen::inRange(header, text.size()));
            if (comma != std::string::npos && line != std::string::npos) std::swap(text[comma], text[line]);
        }
        expect_as_rows(text, {.threads = *rc::gen::element(1U, 2U)});
        RC_ASSERT(!testing::Test::HasFailure());
    }));
}

TEST(CsvColumns, ALongRegularTextThatTurnsOddIsReadAsByRows) {
    std::string text = "a,b,c\n";
    for (int i = 0; i < 90'000; ++i)
        text += fmt::format("{},\"x {}{}\",{}\n", i, i % 7, i % 11 == 0 ? ",\n" : "", i % 13);
    expect_as_rows(text, {.threads = 1});
    text += "1,2\n\n3,4,5\r\n6,7,8,9\n";
    for (int i = 0; i < 90'000; ++i) text += fmt::format("{},\"\"\"{}\",\n", i, i % 17);
    expect_as_rows(text, {.threads = 1});
    expect_as_rows(text, {.threads = 3});
}

/// A file with everything that makes reading hard, long enough for many cells: some 3 MB.
std::string hard_text(unsigned seed) {
    std::string text = "id,note,kind,day,value\n";
    std::uint64_t state = seed;
    const auto random = [&](std::uint64_t below) {
        state = state * 6364136223846793005 + 1442695040888963407;
        return (state >> 33) % below;
    };
    for (int id = 0; id < 40'000; ++id) {
        std::string note = "\"";
        for (std::uint64_t i = random(12); i > 0; --i)
            note += std::vector<std::string>{"word ", ",", "\n", "\"\"", "\r\n", ",\n1,2"}[random(6)];
        note += '"';
        const std::string kind = fmt::format("{}kind {}{}", random(2) == 0 ? "" : "the ", random(700),
                                             random(50) == 0 ? std::string(60, 'k') : "");
        text += fmt::format("{},{},{},20{:02}-{:02}-{:02},{}{}.{}{}", id, note, kind, random(90) + 10,
                            random(12) + 1, random(28) + 1, random(2) == 0 ? "-" : "", random(180),
                            random(10000), random(3) == 0 ? "\r\n" : "\n");
        if (random(2000) == 0) text += "ragged\n";
        if (random(5000) == 0) text += fmt::format("{},\"{}\",big,,\n", id, std::string(300'000, '\n'));
        if (random(3000) == 0) text += "1,stray \" quote,s,2020-01-01,x\n";
    }
    return text;
}

const std::vector<WantedColumn>& hard_columns() {
    static const std::vector<WantedColumn> wanted{{"id", ColumnType::integer},
                                                  {"note", ColumnType::text},
                                                  {"kind", ColumnType::category},
                                                  {"day", ColumnType::day},
                                                  {"value", ColumnType::real}};
    return wanted;
}

class HardText : public testing::TestWithParam<unsigned> {};

TEST_P(HardText, IsReadAlikeByTheRowReaderAndByColumnsOnAnyNumberOfThreads) {
    const std::string text = hard_text(17);
    const Columns columns = columns_of(text, hard_columns(), {.threads = GetParam()});
    Rows rows(text, {});
    rows.next();
    std::size_t row = 0;
    std::size_t ragged = 0;
    while (const Row* const record = rows.next()) {
        if (record->fields.size() != 5) {
            ++ragged;
            continue;
        }
        ASSERT_LT(row, columns.rows);
        ASSERT_EQ(parse_integer(record->fields[0]), columns.columns[0].integers()[row]);
        ASSERT_EQ(record->fields[1], columns.columns[1].text(row));
        ASSERT_EQ(record->fields[2], columns.columns[2].text(row));
        const double value = columns.columns[4].reals()[row];
        ASSERT_EQ(parse_real(record->fields[4]), std::isnan(value) ? std::nullopt : std::optional(value));
        ++row;
    }
    EXPECT_EQ(row, columns.rows);
    EXPECT_EQ(ragged, columns.flaws.records);
    EXPECT_GT(ragged, 0U);
}

TEST_P(HardText, GivesTheSameCodesAndFlawsOnAnyNumberOfThreads) {
    const std::string text = hard_text(18);
    const Columns one = columns_of(text, hard_columns(), {.threads = 1});
    const Columns many = columns_of(text, hard_columns(), {.threads = GetParam()});
    EXPECT_EQ(one.columns[2].categories(), many.columns[2].categories());
    EXPECT_TRUE(std::ranges::equal(one.columns[2].codes(), many.columns[2].codes()));
    EXPECT_EQ(one.flaws.kept, many.flaws.kept);
    EXPECT_GT(one.flaws.values, 0U);
}

TEST_P(HardText, SumsUpToTheSameBitsOnAnyNumberOfThreads) {
    const std::string text = hard_text(19);
    const auto one = summarise_columns(text, hard_columns(), {.threads = 1});
    const auto many = summarise_columns(text, hard_columns(), {.threads = GetParam()});
    ASSERT_TRUE(one && many);
    EXPECT_EQ(one->rows, many->rows);
    EXPECT_EQ(one->columns[0].integer_sum, many->columns[0].integer_sum);
    EXPECT_EQ(one->columns[4].real_sum, many->columns[4].real_sum);
    EXPECT_EQ(one->columns[3].first_day, many->columns[3].first_day);
    EXPECT_EQ(one->columns[1].missing, many->columns[1].missing);
    EXPECT_EQ(one->flaws.kept, many->flaws.kept);
}

INSTANTIATE_TEST_SUITE_P(Threads, HardText, testing::Values(1U, 2U, 3U, 8U));

TEST(CsvSummaries, CountAndSumWhatIsThere) {
    const auto sums = summarise_columns(
        "i,r,d,t\n1,0.5,2020-01-03,a\n-4,,2020-01-01,\n,x,,\"\"\n9223372036854775807,1,2020-01-02,b\n",
        std::vector<WantedColumn>{{"i", ColumnType::integer},
                                  {"r", ColumnType::real},
                                  {"d", ColumnType::day},
                                  {"t", ColumnType::text}},
        {});
    ASSERT_TRUE(sums) << sums.error().text();
    EXPECT_EQ(sums->rows, 4U);
    EXPECT_EQ(sums->columns[0].present, 3U);
    EXPECT_EQ(sums->columns[0].missing, 1U);
    EXPECT_EQ(sums->columns[0].least_integer, -4);
    EXPECT_EQ(sums->columns[0].greatest_integer, 9223372036854775807);
    EXPECT_EQ(sums->columns[0].integer_sum, 9223372036854775804);
    EXPECT_EQ(sums->columns[1].real_sum, 1.5);
    EXPECT_EQ(sums->columns[1].invalid, 1U);
    EXPECT_EQ(sums->columns[1].missing, 1U);
    EXPECT_EQ(sums->columns[2].first_day, std::chrono::sys_days{std::chrono::year{2020} / 1 / 1});
    EXPECT_EQ(sums->columns[2].last_day, std::chrono::sys_days{std::chrono::year{2020} / 1 / 3});
    EXPECT_EQ(sums->columns[3].present, 2U);
}

TEST(CsvSummaries, ASumBeyondSixtyFourBitsIsNotGiven) {
    const auto sums = summarise_columns("i\n9223372036854775807\n1\n",
                                        std::vector<WantedColumn>{{"i", ColumnType::integer}}, {});
    ASSERT_TRUE(sums);
    EXPECT_FALSE(sums->columns[0].integer_sum);
}

TEST(CsvSummaries, ASumOfRealsKeepsWhatPlainAdditionLoses) {
    const auto sums = summarise_columns("r\n1e16\n1\n1\n1\n1\n-1e16\n",
                                        std::vector<WantedColumn>{{"r", ColumnType::real}}, {});
    ASSERT_TRUE(sums);
    EXPECT_EQ(sums->columns[0].real_sum, 4.0);
}

TEST(CsvColumnsOfAFile, AFileThatChangesWhileItIsReadIsAnError) {
    const auto path = std::filesystem::temp_directory_path() / fmt::format("csv_columns_test.{}", getpid());
    std::ofstream(path) << "a\n1\n2\n";
    const auto file = map_file(path.string());
    ASSERT_TRUE(file);
    std::ofstream(path, std::ios::app) << "3\n";
    const auto columns = read_columns(*file, std::vector<WantedColumn>{{"a", ColumnType::integer}}, {});
    std::filesystem::remove(path);
    ASSERT_FALSE(columns);
    EXPECT_THAT(columns.error().text(), HasSubstr("changed while it was read"));
}

}  // namespace
}  // namespace truce::csv
