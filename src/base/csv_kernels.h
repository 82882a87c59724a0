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

/// One column of a stretch of text: for row r the bytes between the field ends before and at `ends[first[r] +
/// column]`.
struct Fields {
    const char* text;
    /// No byte before it and none at or after `text_end` may be read.
    const char* text_begin;
    const char* text_end;
    /// One end more stands before it: the first field of the stretch starts after that.
    const std::uint32_t* ends;
    const std::uint32_t* first;
    std::size_t rows;
    std::size_t column;
    /// `"`, or -1 where quotes are data.
    int quote;
};

/// The rows that a fast loop left for the plain reading: it takes the usual forms and nothing else.
struct Left {
    std::uint32_t* rows;
    std::size_t count = 0;
};

/// A short value that was seen before, ready to be compared whole. `code` is `free_slot` where there is none.
struct alignas(64) Slot {
    static constexpr std::size_t max_length = 48;
    static constexpr std::uint32_t free_slot = 0xFFFFFFFF;

    char bytes[max_length] = {};
    std::uint32_t length = 0;
    std::uint32_t code = free_slot;
    std::uint32_t unused[2] = {};
};

/// A table of slots by hash; a value lies in the first free slot after its own among `max_probes`, or not in
/// the table.
struct Slots {
    static constexpr std::size_t max_probes = 8;

    /// `mask` + 1, a power of two, plus `max_probes` more at the end.
    const Slot* slots;
    std::uint32_t mask;
};

struct Kernels {
    InstructionSet set;

    /// Appends to `ends` what ends a field among `size` bytes at `text`, as offsets from `text` plus `base`.
    /// `size` is a multiple of 64 but for the last call on a text. `quote` is `"`, or -1 where quotes are
    /// data.
    void (*scan)(const char* text, std::size_t size, char delimiter, int quote, std::uint32_t base,
                 ScanState& state, Ends& ends);

    /// The same, but only counts in `ends.rows` the ends that end a record: it writes no `row_ends` (which
    /// may be null), counts no line ends within quotes, and keeps no CR in mind.
    ///
    /// Where records end is hard to foresee for a processor, so that not to ask it is faster.
    void (*scan_counting)(const char* text, std::size_t size, char delimiter, int quote, std::uint32_t base,
                          ScanState& state, Ends& ends);

    /// How many lines end among `size` bytes at `text`: every CR, and every LF that does not follow a CR.
    std::size_t (*count_line_ends)(const char* text, std::size_t size, bool after_cr);

    /// Integers of up to 16 digits; an empty field gives `none`.
    void (*integers)(const Fields& fields, std::int64_t none, std::int64_t* out, Left& left);

    /// Decimal numbers of up to 15 digits without an exponent, correctly rounded; an empty field gives
    /// `none`.
    void (*reals)(const Fields& fields, double none, double* out, Left& left);

    /// Days since 1970-01-01 from `YYYY-MM-DD`, the same followed by ` 00:00:00.000`, or `YYYYMMDD`; an empty
    /// field gives `none`.
    void (*days)(const Fields& fields, std::int32_t none, std::int32_t* out, Left& left);

    /// The codes of values that the table holds.
    void (*codes)(const Fields& fields, const Slots& slots, std::uint32_t* out, Left& left);

    /// Copies values to `arena` one after the other, from offset `base`, and writes where each begins and how
    /// long it is. `arena` has room for the fields as the text has them, and 64 bytes more. A row that is
    /// left takes no room. Returns the offset after the last value.
    std::size_t (*texts)(const Fields& fields, char* arena, std::size_t base, std::uint64_t* begins,
                         std::uint32_t* lengths, Left& left);

    /// The hash by which `codes` looks a slot up; `slot` has its bytes, padded with zeros, and its length.
    std::uint32_t (*hash)(const Slot& slot);
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
