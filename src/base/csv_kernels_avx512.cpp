// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)

#include <immintrin.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/csv_kernels.h"

// Everything below is compiled for processors with AVX-512; csv_kernels.cpp asks the processor before it
// calls any of it.
#if defined(__clang__)
#pragma clang attribute push(                                                                             \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,bmi,bmi2,pclmul,popcnt,aes"))), \
    apply_to = function)
#else
// GCC 12's own headers trip it (its bug 105593).
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,bmi,bmi2,pclmul,popcnt,aes")
#endif

#include "base/csv_kernels_reals.h"
#include "base/csv_kernels_scan.h"
#include "base/csv_kernels_values.h"

namespace truce::csv::kernels {

namespace {

struct Avx512 {
    struct Wanted {
        __m512i delimiter;
        __m512i quote;
        bool quoting;
        Wanted(char delimiter_byte, int quote_byte)
            : delimiter(_mm512_set1_epi8(delimiter_byte)),
              quote(_mm512_set1_epi8(static_cast<char>(quote_byte))),
              quoting(quote_byte >= 0) {}
    };

    static Masks classify(const char* text, const Wanted& wanted) {
        const __m512i bytes = _mm512_loadu_si512(text);
        return {_mm512_cmpeq_epi8_mask(bytes, wanted.delimiter),
                wanted.quoting ? _mm512_cmpeq_epi8_mask(bytes, wanted.quote) : 0,
                _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\r')),
                _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\n'))};
    }

    /// A carry-less product with all ones adds up, modulo two, all bits at and below each place.
    static std::uint64_t prefix_xor(std::uint64_t bits) {
        const __m128i product =
            _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<std::int64_t>(bits)), _mm_set1_epi8(-1), 0);
        return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
    }

    /// Sixteen at a time whether there are sixteen or not: what is written beyond the count is overwritten
    /// later.
    static void emit(std::uint64_t bits, std::uint32_t base, std::uint32_t* out) {
        const __m512i places = _mm512_set_epi8(63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48,
                                               47, 46, 45, 44, 43, 42, 41, 40, 39, 38, 37, 36, 35, 34, 33, 32,
                                               31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16,
                                               15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
        const __m512i set = _mm512_maskz_compress_epi8(bits, places);
        const __m512i first = _mm512_set1_epi32(static_cast<int>(base));
        _mm512_storeu_si512(out, _mm512_add_epi32(first, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(set))));
        const int count = std::popcount(bits);
        if (count <= 16) [[likely]]
            return;
        _mm512_storeu_si512(out + 16,
                            _mm512_add_epi32(first, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(set, 1))));
        if (count <= 32) return;
        _mm512_storeu_si512(out + 32,
                            _mm512_add_epi32(first, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(set, 2))));
        _mm512_storeu_si512(out + 48,
                            _mm512_add_epi32(first, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(set, 3))));
    }
};

__m512i load_field(const Field& field, std::size_t length) {
    return _mm512_maskz_loadu_epi8(_bzhi_u64(~std::uint64_t{0}, static_cast<std::uint32_t>(length)),
                                   field.begin);
}

/// The bytes and the length of a slot hashed by rounds of AES.
[[gnu::always_inline]] inline std::uint32_t hash_of(__m512i slot) {
    const __m128i key = _mm_set_epi64x(0x243F6A8885A308D3, 0x13198A2E03707344);
    __m128i mixed = _mm_aesenc_si128(_mm_xor_si128(_mm512_castsi512_si128(slot), key),
                                     _mm512_extracti32x4_epi32(slot, 1));
    mixed = _mm_aesenc_si128(mixed, _mm512_extracti32x4_epi32(slot, 2));
    mixed = _mm_aesenc_si128(mixed, _mm512_extracti32x4_epi32(slot, 3));
    mixed = _mm_aesenc_si128(mixed, key);
    return static_cast<std::uint32_t>(_mm_cvtsi128_si32(mixed));
}

/// The bytes and the length of a slot: its first thirteen words.
constexpr __mmask16 slot_words = 0x1FFF;

std::uint32_t hash_of_slot(const Slot& slot) {
    return hash_of(_mm512_maskz_loadu_epi32(slot_words, &slot));
}

void codes_of_64(const Fields& fields, const Slots& slots, std::uint32_t* out, Left& left) {
    constexpr __mmask16 length_word = 0x1000;
    for (std::size_t row = 0; row < fields.rows; ++row) {
        const Field field = field_of(fields, row);
        const auto length = static_cast<std::size_t>(field.end - field.begin);
        if (!field.plain || length > Slot::max_length) [[unlikely]] {
            leave(left, row);
            continue;
        }
        const __m512i bytes = load_field(field, length);
        const __m512i wanted = _mm512_mask_set1_epi32(bytes, length_word, static_cast<int>(length));
        const Slot* slot = slots.slots + (hash_of(wanted) & slots.mask);
        const auto differs = [&] {
            return _mm512_mask_cmpneq_epi32_mask(slot_words, wanted, _mm512_load_si512(slot)) != 0;
        };
        const Slot* const last = slot + (Slots::max_probes - 1);
        while (slot != last && differs() && slot->code != Slot::free_slot) ++slot;
        const bool inner_quote = field.quoted && _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"')) != 0;
        if (inner_quote || slot->code == Slot::free_slot || differs()) [[unlikely]] {
            leave(left, row);
            continue;
        }
        out[row] = slot->code;
    }
}

std::size_t texts_of_64(const Fields& fields, char* arena, std::size_t base, std::uint64_t* begins,
                        std::uint32_t* lengths, Left& left) {
    for (std::size_t row = 0; row < fields.rows; ++row) {
        const Field field = field_of(fields, row);
        const auto length = static_cast<std::size_t>(field.end - field.begin);
        if (!field.plain) [[unlikely]] {
            leave(left, row);
            continue;
        }
        if (length <= 64) [[likely]] {
            const __m512i bytes = load_field(field, length);
            if (field.quoted && _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"')) != 0) [[unlikely]] {
                leave(left, row);
                continue;
            }
            _mm512_storeu_si512(arena + base, bytes);
        } else {
            if (field.quoted && std::memchr(field.begin, '"', length) != nullptr) {
                leave(left, row);
                continue;
            }
            std::memcpy(arena + base, field.begin, length);
        }
        begins[row] = base;
        lengths[row] = static_cast<std::uint32_t>(length);
        base += length;
    }
    return base;
}

}  // namespace

const Kernels& avx512_kernels() {
    static constexpr Kernels kernels{.set = InstructionSet::avx512,
                                     .scan = scan<Avx512>,
                                     .count_line_ends = count_line_ends<Avx512>,
                                     .integers = integers,
                                     .reals = reals_of_16,
                                     .days = days,
                                     .codes = codes_of_64,
                                     .texts = texts_of_64,
                                     .hash = hash_of_slot};
    return kernels;
}

}  // namespace truce::csv::kernels

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif
