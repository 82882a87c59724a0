// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

/// The inner loops of `csv.h`, once for every instruction set. Not for use outside the csv files of this
/// folder.
///
/// All sets give the same results; the property tests of csv_kernels_test.cpp hold each of them to a plain
/// reading of the grammar, byte by byte.
namespace truce::csv::kernels {

enum class InstructionSet { portable, avx2, avx512 };

/// What a scan must know of the bytes before its first one. The default is the start of a record.
struct ScanState {
    /// All ones within quotes, else 0.
    std::uint64_t inside = 0;
    /// 1 if a quote at the next byte would open a quoted field, or double the one before it; else 0.
    std::uint64_t may_open = 1;
    /// 1 if the byte before was a CR; else 0.
    std::uint64_t after_cr = 0;
    /// How many line ends were passed within quotes, CRLF counting once.
    std::size_t quoted_line_ends = 0;
};

/// Where fields end: offsets of the delimiters and line ends outside quotes.
struct Ends {
    /// Room for the bytes scanned and 64 more.
    std::uint32_t* ends;
    std::size_t count = 0;
    /// The indexes within `ends` of those that end a record: CR or LF. Room for the bytes scanned.
    std::uint32_t* row_ends;
    std::size_t rows = 0;
};

struct Kernels {
    InstructionSet set;

    /// Appends to `ends` what ends a field among `size` bytes at `text`, as offsets from `text` plus `base`.
    /// `size` is a multiple of 64 but for the last call on a text. `quote` is `"`, or -1 where quotes are
    /// data.
    void (*scan)(const char* text, std::size_t size, char delimiter, int quote, std::uint32_t base,
                 ScanState& state, Ends& ends);

    /// How many lines end among `size` bytes at `text`: every CR, and every LF that does not follow a CR.
    std::size_t (*count_line_ends)(const char* text, std::size_t size, bool after_cr);
};

/// The loops of each set, whether this machine can run them or not; those of a foreign processor are the
/// portable ones.
const Kernels& portable_kernels();
const Kernels& avx2_kernels();
const Kernels& avx512_kernels();

/// The loops for one instruction set; nullptr if this machine does not have it.
const Kernels* kernels_for(InstructionSet set);

/// The fastest loops that this machine can run.
const Kernels& best_kernels();

}  // namespace truce::csv::kernels
