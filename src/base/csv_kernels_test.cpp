// SPDX-License-Identifier: Apache-2.0
#include "base/csv_kernels.h"

#include "base/text.h"
#include "base/time.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <bit>
#include <cmath>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace truce::csv::kernels {
namespace {

/// What a scan found, in a form that can be compared.
struct Scanned {
    std::vector<std::uint32_t> ends{};
    std::vector<std::uint32_t> row_ends{};
    bool inside = false;
    std::size_t quoted_line_ends = 0;
    friend bool operator==(const Scanned&, const Scanned&) = default;
};

/// The definition: one byte after the other.
Scanned scan_plainly(const std::string& text, char delimiter, int quote, bool inside) {
    Scanned found{.inside = inside};
    bool may_open = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool line_end = c == '\r' || c == '\n';
        if (c == static_cast<char>(quote) && quote >= 0 && (found.inside || may_open)) {
            found.inside = !found.inside;
            // A quote right after this one doubles it.
            may_open = true;
            continue;
        }
        if (found.inside) {
            if (c == '\r' || (c == '\n' && (i == 0 || text[i - 1] != '\r'))) ++found.quoted_line_ends;
        } else if (line_end || c == delimiter) {
            if (line_end) found.row_ends.push_back(static_cast<std::uint32_t>(found.ends.size()));
            found.ends.push_back(static_cast<std::uint32_t>(i));
        }
        may_open = !found.inside && (line_end || c == delimiter);
    }
    return found;
}

/// Scans in two steps, the first of them `blocks` blocks long.
Scanned scan_with(const Kernels& kernels, const std::string& text, char delimiter, int quote, bool inside,
                  std::size_t blocks) {
    std::vector<std::uint32_t> ends(text.size() + 64);
    std::vector<std::uint32_t> row_ends(text.size() + 64);
    ScanState state{.inside = inside ? ~std::uint64_t{0} : 0};
    Ends found{.ends = ends.data(), .row_ends = row_ends.data()};
    const std::size_t first = std::min(blocks * 64, text.size() / 64 * 64);
    kernels.scan(text.data(), first, delimiter, quote, 0, state, found);
    kernels.scan(text.data() + first, text.size() - first, delimiter, quote,
                 static_cast<std::uint32_t>(first), state, found);
    ends.resize(found.count);
    row_ends.resize(found.rows);
    return {.ends = ends,
            .row_ends = row_ends,
            .inside = state.inside != 0,
            .quoted_line_ends = state.quoted_line_ends};
}

rc::Gen<std::string> dense_text() {
    return rc::gen::scale(6.0,
                          rc::gen::container<std::string>(rc::gen::weightedElement<char>(
                              {{6, 'a'}, {8, ','}, {6, '"'}, {3, '\n'}, {3, '\r'}, {1, '\0'}, {1, '\xFF'}})));
}

class CsvKernels : public testing::TestWithParam<InstructionSet> {
protected:
    void SetUp() override {
        if (kernels_for(GetParam()) == nullptr)
            GTEST_SKIP() << "this processor does not have the instruction set";
    }
    [[nodiscard]] const Kernels& kernels() const { return *kernels_for(GetParam()); }
};

TEST_P(CsvKernels, AreTheOnesOfTheirSet) {
    EXPECT_EQ(kernels().set, GetParam());
}

TEST_P(CsvKernels, ScanFindsWhatAPlainReadingFinds) {
    EXPECT_TRUE(rc::check([&] {
        const std::string text = *dense_text();
        const char delimiter = *rc::gen::element(',', 'a');
        const int quote = *rc::gen::element<int>('"', -1);
        const bool inside = quote >= 0 && *rc::gen::arbitrary<bool>();
        const auto blocks = *rc::gen::inRange<std::size_t>(0, 6);
        RC_ASSERT(scan_with(kernels(), text, delimiter, quote, inside, blocks) ==
                  scan_plainly(text, delimiter, quote, inside));
    }));
}

TEST_P(CsvKernels, ScanThatCountsFindsTheSameEnds) {
    EXPECT_TRUE(rc::check([&] {
        // Long quoted stretches too, since whole blocks of them are passed over.
        const std::string text =
            *dense_text() + std::string(*rc::gen::inRange<std::size_t>(0, 200), 'b') + *dense_text();
        const char delimiter = *rc::gen::element(',', 'a');
        const int quote = *rc::gen::element<int>('"', -1);
        const bool inside = quote >= 0 && *rc::gen::arbitrary<bool>();
        const std::size_t first = std::min(*rc::gen::inRange<std::size_t>(0, 6) * 64, text.size() / 64 * 64);
        std::vector<std::uint32_t> ends(text.size() + 64);
        ScanState state{.inside = inside ? ~std::uint64_t{0} : 0};
        Ends found{.ends = ends.data(), .row_ends = nullptr};
        kernels().scan_counting(text.data(), first, delimiter, quote, 0, state, found);
        kernels().scan_counting(text.data() + first, text.size() - first, delimiter, quote,
                                static_cast<std::uint32_t>(first), state, found);
        ends.resize(found.count);
        const Scanned plain = scan_plainly(text, delimiter, quote, inside);
        RC_ASSERT(ends == plain.ends);
        RC_ASSERT(found.rows == plain.row_ends.size());
        RC_ASSERT((state.inside != 0) == plain.inside);
    }));
}

TEST_P(CsvKernels, CountLineEndsCountsACrLfOnce) {
    EXPECT_TRUE(rc::check([&] {
        const std::string text = *dense_text();
        const bool after_cr = *rc::gen::arbitrary<bool>();
        std::size_t count = 0;
        bool cr = after_cr;
        for (const char c : text) {
            if (c == '\r' || (c == '\n' && !cr)) ++count;
            cr = c == '\r';
        }
        RC_ASSERT(kernels().count_line_ends(text.data(), text.size(), after_cr) == count);
    }));
}

TEST_P(CsvKernels, ABlockOfDelimitersAloneIsFoundWhole) {
    const std::string text(64 * 3, ',');
    EXPECT_EQ(scan_with(kernels(), text, ',', '"', false, 1), scan_plainly(text, ',', '"', false));
}

TEST_P(CsvKernels, ABlockOfStrayQuotesIsData) {
    const std::string text = "a" + std::string(200, '"') + ",b\n";
    EXPECT_EQ(scan_with(kernels(), text, ',', '"', false, 1), scan_plainly(text, ',', '"', false));
}

/// One column of values with commas between, as the loops over values see it.
struct OneColumn {
    explicit OneColumn(const std::vector<std::string>& values) {
        ends.push_back(~std::uint32_t{0});
        for (const std::string& value : values) {
            text += value;
            first.push_back(static_cast<std::uint32_t>(ends.size() - 1));
            ends.push_back(static_cast<std::uint32_t>(text.size()));
            text += ',';
        }
        left.resize(values.size());
    }
    [[nodiscard]] Fields fields(int quote) const {
        return {.text = text.data(),
                .text_begin = text.data(),
                .text_end = text.data() + text.size(),
                .ends = ends.data() + 1,
                .first = first.data(),
                .rows = first.size(),
                .column = 0,
                .quote = quote};
    }
    /// Whether the loop left each row.
    [[nodiscard]] std::vector<bool> rows_left(const Left& result) const {
        std::vector<bool> rows(first.size());
        for (std::size_t i = 0; i < result.count; ++i) rows[left[i]] = true;
        return rows;
    }

    std::string text;
    std::vector<std::uint32_t> ends;
    std::vector<std::uint32_t> first;
    std::vector<std::uint32_t> left;
};

/// Values that look like numbers and days, some of which are, some of them in quotes.
rc::Gen<std::vector<std::string>> number_like() {
    const auto digits = rc::gen::container<std::string>(rc::gen::elementOf(std::string("0123456789")));
    const auto odd = rc::gen::container<std::string>(rc::gen::elementOf(std::string("0159-+.: eT\"/")));
    const auto decimal = rc::gen::map(
        rc::gen::tuple(rc::gen::element<std::string>("", "-"), digits, digits),
        [](const auto& parts) { return std::get<0>(parts) + std::get<1>(parts) + "." + std::get<2>(parts); });
    const auto whole = rc::gen::map(
        rc::gen::pair(rc::gen::element<std::string>("", "-", "\""), digits),
        [](const auto& parts) { return parts.first + parts.second + (parts.first == "\"" ? "\"" : ""); });
    const auto day =
        rc::gen::map(rc::gen::tuple(rc::gen::inRange(0, 9999), rc::gen::inRange(0, 14),
                                    rc::gen::inRange(0, 33), rc::gen::element<std::string>("-", "", "/"),
                                    rc::gen::element<std::string>("", "", " 00:00:00.000", "T12:00")),
                     [](const auto& parts) {
                         const auto& dash = std::get<3>(parts);
                         return fmt::format("{:04}{}{:02}{}{:02}{}", std::get<0>(parts), dash,
                                            std::get<1>(parts), dash, std::get<2>(parts), std::get<4>(parts));
                     });
    return rc::gen::scale(
        0.3, rc::gen::container<std::vector<std::string>>(rc::gen::oneOf(odd, decimal, whole, day)));
}

/// The values again and again, until there are more than any loop takes at once.
std::vector<std::string> many_of(const std::vector<std::string>& values) {
    std::vector<std::string> many;
    for (std::size_t i = 0; !values.empty() && i < 300; ++i) many.push_back(values[i % values.size()]);
    return many;
}

std::string without_quotes(const std::string& value) {
    return value.size() >= 2 && value.front() == '"' && value.back() == '"'
               ? value.substr(1, value.size() - 2)
               : value;
}

TEST_P(CsvKernels, IntegersAreWhatParseIntegerReadsOrLeft) {
    EXPECT_TRUE(rc::check([&] {
        const auto values = many_of(*number_like());
        OneColumn column(values);
        std::vector<std::int64_t> out(values.size());
        Left left{.rows = column.left.data()};
        kernels().integers(column.fields('"'), -7, out.data(), left);
        const auto skipped = column.rows_left(left);
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (skipped[i]) continue;
            const std::string value = without_quotes(values[i]);
            const std::optional<long long> expected = value.empty() ? -7 : parse_integer(value);
            RC_ASSERT(expected == out[i]);
        }
    }));
}

TEST_P(CsvKernels, RealsAreWhatParseRealReadsToTheLastBitOrLeft) {
    EXPECT_TRUE(rc::check([&] {
        const auto values = many_of(*number_like());
        OneColumn column(values);
        std::vector<double> out(values.size());
        Left left{.rows = column.left.data()};
        kernels().reals(column.fields('"'), -7.5, out.data(), left);
        const auto skipped = column.rows_left(left);
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (skipped[i]) continue;
            const std::string value = without_quotes(values[i]);
            const std::optional<double> expected = value.empty() ? -7.5 : parse_real(value);
            RC_ASSERT(expected.has_value());
            RC_ASSERT(std::bit_cast<std::uint64_t>(*expected) == std::bit_cast<std::uint64_t>(out[i]));
        }
    }));
}

TEST_P(CsvKernels, DaysAreWhatParseDayReadsOrLeft) {
    EXPECT_TRUE(rc::check([&] {
        const auto values = many_of(*number_like());
        OneColumn column(values);
        std::vector<std::int32_t> out(values.size());
        Left left{.rows = column.left.data()};
        kernels().days(column.fields('"'), -7, out.data(), left);
        const auto skipped = column.rows_left(left);
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (skipped[i]) continue;
            std::string value = without_quotes(values[i]);
            if (value.empty()) {
                RC_ASSERT(out[i] == -7);
                continue;
            }
            if (value.size() == 8)
                value = value.substr(0, 4) + "-" + value.substr(4, 2) + "-" + value.substr(6);
            const auto expected = parse_day(value.substr(0, 10));
            RC_ASSERT(expected.has_value());
            RC_ASSERT(expected->time_since_epoch().count() == out[i]);
            RC_ASSERT(value.size() == 10 || value.substr(10) == " 00:00:00.000");
        }
    }));
}

TEST_P(CsvKernels, TheUsualFormsAreNotLeft) {
    OneColumn column({"first field of the text", "0", "-12", "1234567890123456", "\"5\"", "", "\"\""});
    std::vector<std::int64_t> out(7);
    Left left{.rows = column.left.data()};
    kernels().integers(column.fields('"'), -7, out.data(), left);
    EXPECT_THAT(column.rows_left(left), testing::ElementsAre(true, false, false, false, false, false, false));
    EXPECT_THAT(std::span(out).subspan(1), testing::ElementsAre(0, -12, 1234567890123456, 5, -7, -7));
}

TEST_P(CsvKernels, TheUsualRealsAreNotLeft) {
    OneColumn column(
        {"first field of the text", "0", "-12.5", "33.966464", "-122.966464", ".5", "5.", "-0.0", ""});
    std::vector<double> out(9);
    Left left{.rows = column.left.data()};
    kernels().reals(column.fields('"'), -7, out.data(), left);
    EXPECT_THAT(column.rows_left(left),
                testing::ElementsAre(true, false, false, false, false, false, false, false, false));
    EXPECT_THAT(std::span(out).subspan(1),
                testing::ElementsAre(0, -12.5, 33.966464, -122.966464, 0.5, 5.0, -0.0, -7));
    EXPECT_TRUE(std::signbit(out[7]));
}

TEST_P(CsvKernels, TheUsualDaysAreNotLeft) {
    OneColumn column({"1970-01-01", "20240229", "2011-11-15 00:00:00.000", "1969-12-31", "", "2023-02-29",
                      "0001-01-01", "9999-12-31"});
    std::vector<std::int32_t> out(8);
    Left left{.rows = column.left.data()};
    kernels().days(column.fields('"'), -7, out.data(), left);
    EXPECT_THAT(column.rows_left(left),
                testing::ElementsAre(false, false, false, false, false, true, false, false));
    EXPECT_THAT(out, testing::ElementsAre(0, 19782, 15293, -1, -7, testing::_, -719162, 2932896));
}

TEST_P(CsvKernels, TextsAreCopiedWithoutTheirQuotesOrLeft) {
    EXPECT_TRUE(rc::check([&] {
        const auto letters = rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab\"")));
        const auto values = *rc::gen::container<std::vector<std::string>>(letters);
        const int quote = *rc::gen::element<int>('"', -1);
        OneColumn column(values);
        std::string arena(column.text.size() + 64, '\0');
        std::vector<std::uint64_t> begins(values.size());
        std::vector<std::uint32_t> lengths(values.size());
        Left left{.rows = column.left.data()};
        kernels().texts(column.fields(quote), arena.data(), 0, begins.data(), lengths.data(), left);
        const auto skipped = column.rows_left(left);
        for (std::size_t i = 0; i < values.size(); ++i) {
            const bool quoted = quote >= 0 && values[i].starts_with('"');
            const bool simple =
                !quoted || (values[i].size() >= 2 && values[i].find('"', 1) == values[i].size() - 1);
            RC_ASSERT(skipped[i] == !simple);
            if (simple)
                RC_ASSERT(arena.substr(begins[i], lengths[i]) ==
                          (quoted ? without_quotes(values[i]) : values[i]));
        }
    }));
}

INSTANTIATE_TEST_SUITE_P(Sets, CsvKernels,
                         testing::Values(InstructionSet::portable, InstructionSet::avx2,
                                         InstructionSet::avx512));

}  // namespace
}  // namespace truce::csv::kernels
