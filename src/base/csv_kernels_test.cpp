// SPDX-License-Identifier: Apache-2.0
#include "base/csv_kernels.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

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

INSTANTIATE_TEST_SUITE_P(Sets, CsvKernels,
                         testing::Values(InstructionSet::portable, InstructionSet::avx2,
                                         InstructionSet::avx512));

}  // namespace
}  // namespace truce::csv::kernels
