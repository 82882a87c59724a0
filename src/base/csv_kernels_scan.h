// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/csv_kernels.h"

/// The scan, written once over blocks of 64 bytes. Each instruction set includes it with its own `Isa`, which
/// offers `classify`, `prefix_xor` and `emit`; everything here has internal linkage, so that each set keeps
/// its own code.
namespace truce::csv::kernels {
namespace {  // NOLINT(google-build-namespaces): see above.

/// One bit for each of 64 bytes.
struct Masks {
    std::uint64_t delimiter;
    std::uint64_t quote;
    std::uint64_t cr;
    std::uint64_t lf;
};

/// Which of 64 bytes are within quotes. An opening quote is, its closing quote is not.
///
/// If every quote toggles, the running parity of the quotes is the answer. Not every quote does: one that
/// would open a field must stand at a field's start or double the quote before it. The first that does not is
/// data, for all before it is settled; it is taken out and the parity computed again. Well-formed text never
/// enters the loop.
template <class Isa>
[[gnu::always_inline]] inline std::uint64_t within_quotes(std::uint64_t quote, std::uint64_t breaks,
                                                          ScanState& state) {
    std::uint64_t inside = Isa::prefix_xor(quote) ^ state.inside;
    std::uint64_t stray = quote & inside & ~(((breaks | quote) << 1) | state.may_open);
    while (stray != 0) [[unlikely]] {
            quote &= ~(stray & -stray);
            inside = Isa::prefix_xor(quote) ^ state.inside;
            stray = quote & inside & ~(((breaks | quote) << 1) | state.may_open);
        }
    state.inside = static_cast<std::uint64_t>(static_cast<std::int64_t>(inside) >> 63);
    state.may_open = (breaks | quote) >> 63;
    return inside;
}

/// What a scan says of records.
enum class Records { found, counted };

template <class Isa, bool quoting, Records records>
[[gnu::always_inline]] inline void scan_block(const Masks& masks, std::uint32_t base, ScanState& state,
                                              Ends& ends) {
    std::uint64_t breaks = masks.delimiter;
    const std::uint64_t line = masks.cr | masks.lf;
    if constexpr (records == Records::counted) {
        breaks |= line;
        if constexpr (quoting) breaks &= ~within_quotes<Isa>(masks.quote, breaks, state);
        ends.rows += static_cast<std::size_t>(std::popcount(line & breaks));
        Isa::emit(breaks, base, ends.ends + ends.count);
        ends.count += static_cast<std::size_t>(std::popcount(breaks));
        return;
    }
    if (line != 0) breaks |= line;
    std::uint64_t inside = 0;
    if constexpr (quoting) {
        inside = within_quotes<Isa>(masks.quote, breaks, state);
        breaks &= ~inside;
    }
    // In most blocks no line ends.
    if (line != 0) {
        if ((line & inside) != 0) [[unlikely]] {
            const std::uint64_t line_ends = masks.cr | (masks.lf & ~((masks.cr << 1) | state.after_cr));
            state.quoted_line_ends += static_cast<std::size_t>(std::popcount(line_ends & inside));
        }
        for (std::uint64_t row = line & ~inside; row != 0; row &= row - 1) {
            const std::uint64_t before = (row & -row) - 1;
            ends.row_ends[ends.rows++] = static_cast<std::uint32_t>(ends.count) +
                                         static_cast<std::uint32_t>(std::popcount(breaks & before));
        }
    }
    state.after_cr = masks.cr >> 63;
    Isa::emit(breaks, base, ends.ends + ends.count);
    ends.count += static_cast<std::size_t>(std::popcount(breaks));
}

/// A processor that fetches ahead by itself stops at the end of a page.
constexpr std::size_t fetched_ahead = 2048;

template <class Isa, bool quoting, Records records>
[[gnu::always_inline]] inline void scan_blocks(const char* text, std::size_t size, char delimiter,
                                               std::uint32_t base, ScanState& state, Ends& ends) {
    const typename Isa::Wanted wanted(delimiter);
    ScanState local = state;
    Ends found = ends;
    std::size_t at = 0;
    for (; at + 64 <= size; at += 64) {
        if constexpr (records == Records::counted) __builtin_prefetch(text + at + fetched_ahead);
        const Masks masks = Isa::template classify<quoting>(text + at, wanted);
        if constexpr (records == Records::counted && quoting) {
            // In the middle of a long quoted field. What may open a field is no question before it has ended.
            if (masks.quote == 0 && local.inside != 0) continue;
        }
        scan_block<Isa, quoting, records>(masks, base + static_cast<std::uint32_t>(at), local, found);
    }
    if (at < size) {
        char rest[64] = {};
        std::memcpy(rest, text + at, size - at);
        const std::uint64_t real = (std::uint64_t{1} << (size - at)) - 1;
        Masks masks = Isa::template classify<quoting>(rest, wanted);
        masks.delimiter &= real;
        masks.quote &= real;
        masks.cr &= real;
        masks.lf &= real;
        scan_block<Isa, quoting, records>(masks, base + static_cast<std::uint32_t>(at), local, found);
    }
    state = local;
    ends = found;
}

template <class Isa>
void scan(const char* text, std::size_t size, char delimiter, int quote, std::uint32_t base, ScanState& state,
          Ends& ends) {
    if (quote >= 0) {
        scan_blocks<Isa, true, Records::found>(text, size, delimiter, base, state, ends);
    } else {
        scan_blocks<Isa, false, Records::found>(text, size, delimiter, base, state, ends);
    }
}

template <class Isa>
void scan_counting(const char* text, std::size_t size, char delimiter, int quote, std::uint32_t base,
                   ScanState& state, Ends& ends) {
    if (quote >= 0) {
        scan_blocks<Isa, true, Records::counted>(text, size, delimiter, base, state, ends);
    } else {
        scan_blocks<Isa, false, Records::counted>(text, size, delimiter, base, state, ends);
    }
}

template <class Isa>
std::size_t count_line_ends(const char* text, std::size_t size, bool after_cr) {
    const typename Isa::Wanted wanted(',');
    std::uint64_t carry = after_cr ? 1 : 0;
    std::size_t count = 0;
    std::size_t at = 0;
    for (; at + 64 <= size; at += 64) {
        const Masks masks = Isa::template classify<false>(text + at, wanted);
        count += static_cast<std::size_t>(std::popcount(masks.cr | (masks.lf & ~((masks.cr << 1) | carry))));
        carry = masks.cr >> 63;
    }
    for (bool cr = carry != 0; at < size; ++at) {
        count += text[at] == '\r' || (text[at] == '\n' && !cr) ? 1U : 0U;
        cr = text[at] == '\r';
    }
    return count;
}

}  // namespace
}  // namespace truce::csv::kernels
