// SPDX-License-Identifier: Apache-2.0
#if defined(__x86_64__)

#include <immintrin.h>

#include <algorithm>
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
        explicit Wanted(char delimiter_byte) : delimiter(_mm512_set1_epi8(delimiter_byte)) {}
    };

    template <bool quoting>
    static Masks classify(const char* text, const Wanted& wanted) {
        const __m512i bytes = _mm512_loadu_si512(text);
        return {_mm512_cmpeq_epi8_mask(bytes, wanted.delimiter),
                quoting ? _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"')) : 0,
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

/// Values are worked on side by side, some rows at a time: first what they need is gathered from the text
/// into lists, so that no wide load has to wait for narrow stores, then the lists are worked through.
/// Whatever is unusual goes to the function for one row.
constexpr std::size_t batch_rows = 128;
/// A length for what is not to be read side by side.
constexpr std::uint64_t unusual = 255;

/// The first row whose field ends far enough from the text's beginning to load 16 bytes before its end.
std::size_t first_row_to_gather(const Fields& fields) {
    std::size_t row = 0;
    while (row < fields.rows &&
           fields.text + fields.ends[fields.first[row] + fields.column] - fields.text_begin < 17)
        ++row;
    return row;
}

[[gnu::always_inline]] inline std::uint64_t length_of(const Field& field, std::size_t most) {
    const auto length = static_cast<std::size_t>(field.end - field.begin);
    return field.plain && length <= most ? length : unusual;
}

/// The lanes of `digits` with a byte that is no digit's value.
[[gnu::always_inline]] inline __mmask8 lanes_beyond_9(__m512i digits) {
    const __m512i high = _mm512_or_si512(digits, _mm512_add_epi8(digits, _mm512_set1_epi8(0x76)));
    return _mm512_test_epi64_mask(high, _mm512_set1_epi8(static_cast<char>(0x80)));
}

[[gnu::always_inline]] inline __mmask8 first_lanes(std::size_t count) {
    return static_cast<__mmask8>(count >= 8 ? 0xFF : (1U << count) - 1);
}

/// Integers of up to eight bytes, eight rows at a time.
void integers_of_8(const Fields& given, std::int64_t none, std::int64_t* out, Left& left) {
    const Fields fields = given;  // Our own, so that no store could change it.
    alignas(64) std::uint64_t words[batch_rows];
    alignas(64) std::uint64_t lengths[batch_rows];
    const auto one = [&](std::size_t row) { return integer_of(fields, row, none); };
    std::size_t first = first_row_to_gather(fields);
    read_each(0, first, out, left, one);
    for (; first < fields.rows; first += batch_rows) {
        const std::size_t rows = std::min(batch_rows, fields.rows - first);
        for (std::size_t i = 0; i < rows; ++i) {
            const Field field = field_of(fields, first + i);
            words[i] = load8(field.end - 8);
            lengths[i] = length_of(field, 8);
        }
        for (std::size_t i = 0; i < rows; i += 8) {
            const __m512i word = _mm512_load_si512(words + i);
            const __m512i length = _mm512_load_si512(lengths + i);
            // How many bits of the word are before the field, and then before its first digit.
            __m512i before = _mm512_slli_epi64(_mm512_sub_epi64(_mm512_set1_epi64(8), length), 3);
            const __m512i first_byte =
                _mm512_and_si512(_mm512_srlv_epi64(word, before), _mm512_set1_epi64(0xFF));
            const __mmask8 negative = _mm512_cmpeq_epi64_mask(first_byte, _mm512_set1_epi64('-'));
            before = _mm512_mask_add_epi64(before, negative, before, _mm512_set1_epi64(8));
            const __m512i digits = _mm512_sllv_epi64(
                _mm512_srlv_epi64(_mm512_sub_epi8(word, _mm512_set1_epi8('0')), before), before);
            const __m512i pairs = _mm512_maddubs_epi16(digits, _mm512_set1_epi16(0x010A));
            const __m512i fours = _mm512_madd_epi16(pairs, _mm512_set1_epi32(0x00010064));
            __m512i value = _mm512_add_epi64(_mm512_mul_epu32(fours, _mm512_set1_epi64(10'000)),
                                             _mm512_srli_epi64(fours, 32));
            value = _mm512_mask_sub_epi64(value, negative, _mm512_setzero_si512(), value);
            value = _mm512_mask_mov_epi64(value, _mm512_testn_epi64_mask(length, length),
                                          _mm512_set1_epi64(none));
            const __mmask8 lanes = first_lanes(rows - i);
            _mm512_mask_storeu_epi64(out + first + i, lanes, value);
            std::uint32_t others =
                lanes & (lanes_beyond_9(digits) | _mm512_cmpgt_epu64_mask(length, _mm512_set1_epi64(8)) |
                         (negative & _mm512_cmpeq_epi64_mask(length, _mm512_set1_epi64(1))));
            for (; others != 0; others &= others - 1) {
                const std::size_t row = first + i + static_cast<std::size_t>(std::countr_zero(others));
                read_each(row, row + 1, out, left, one);
            }
        }
    }
}

/// Decimal numbers of up to 15 bytes, four rows at a time, 16 bytes of each in a quarter of the register.
void reals_of_4(const Fields& given, double none, double* out, Left& left) {
    const Fields fields = given;  // Our own, so that no store could change it.
    alignas(64) char bytes_of[batch_rows][16];
    alignas(64) std::uint32_t begins[batch_rows];
    alignas(64) std::uint64_t signs[batch_rows];
    const __m512i index =
        _mm512_broadcast_i32x4(_mm_set_epi8(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
    const __m512i quarter =
        _mm512_set_epi32(0x0C0C0C0C, 0x0C0C0C0C, 0x0C0C0C0C, 0x0C0C0C0C, 0x08080808, 0x08080808, 0x08080808,
                         0x08080808, 0x04040404, 0x04040404, 0x04040404, 0x04040404, 0, 0, 0, 0);
    const __m512i each_half = _mm512_broadcast_i32x4(_mm_set_epi64x(0x0808080808080808, 0));
    // Powers of ten by the place of the point among the 16 bytes.
    const __m512d low_powers = _mm512_set_pd(1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15);
    const __m512d high_powers = _mm512_set_pd(1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7);
    const __m512i even_lanes = _mm512_set_epi64(6, 4, 2, 0, 6, 4, 2, 0);
    const auto one = [&](std::size_t row) { return real_of_16(fields, row, none); };
    std::size_t first = first_row_to_gather(fields);
    read_each(0, first, out, left, one);
    for (; first < fields.rows; first += batch_rows) {
        const std::size_t rows = std::min(batch_rows, fields.rows - first);
        for (std::size_t i = 0; i < rows; ++i) {
            const Field field = field_of(fields, first + i);
            const std::uint64_t length = length_of(field, 15);
            std::memcpy(bytes_of[i], field.end - 16, 16);
            // What is not to be read side by side is as good as empty: it is read by itself below.
            begins[i] = static_cast<std::uint32_t>(length == unusual ? 16 : 16 - length);
            signs[i] = std::uint64_t{length - 1 < 15 && *field.begin == '-'} << 63;
        }
        for (std::size_t i = 0; i < rows; i += 4) {
            const __m512i bytes = _mm512_load_si512(bytes_of[i]);
            const __m512i begin = _mm512_shuffle_epi8(
                _mm512_broadcast_i32x4(_mm_load_si128(reinterpret_cast<const __m128i*>(begins + i))),
                quarter);
            const std::uint64_t in_field = _mm512_cmpge_epu8_mask(index, begin);
            const std::uint64_t minus = _mm512_mask_cmpeq_epi8_mask(_mm512_cmpeq_epi8_mask(index, begin),
                                                                    bytes, _mm512_set1_epi8('-'));
            const std::uint64_t points = _mm512_mask_cmpeq_epi8_mask(in_field, bytes, _mm512_set1_epi8('.'));
            const std::uint64_t digit = in_field & ~(minus | points);
            const __m512i digits = _mm512_maskz_sub_epi8(digit, bytes, _mm512_set1_epi8('0'));
            // The place of the point plus 16, in both halves of each quarter; 0 where there is none.
            __m512i point = _mm512_sad_epu8(_mm512_maskz_add_epi8(points, index, _mm512_set1_epi8(16)),
                                            _mm512_setzero_si512());
            point = _mm512_add_epi64(point, _mm512_shuffle_epi32(point, _MM_PERM_BADC));
            // Each quarter must have a digit, no point or one, and nothing else.
            constexpr std::uint64_t lowest = 0x0001000100010001;
            const bool digits_everywhere = ((digit - lowest) & ~digit & (lowest << 15)) == 0;
            if (rows - i < 4 || !digits_everywhere ||
                _mm512_cmpgt_epu8_mask(digits, _mm512_set1_epi8(9)) != 0 ||
                _mm512_cmpgt_epu64_mask(point, _mm512_set1_epi64(31)) != 0) [[unlikely]] {
                read_each(first + i, std::min(first + i + 4, fields.rows), out, left, one);
                continue;
            }
            // The digits up to the point move by one and close the gap.
            const __mmask64 moved = _mm512_cmple_epu8_mask(
                index, _mm512_and_si512(_mm512_shuffle_epi8(point, each_half), _mm512_set1_epi8(15)));
            const __m512i closed = _mm512_mask_mov_epi8(digits, moved, _mm512_bslli_epi128(digits, 1));
            const __m512i pairs = _mm512_maddubs_epi16(closed, _mm512_set1_epi16(0x010A));
            const __m512i fours = _mm512_madd_epi16(pairs, _mm512_set1_epi32(0x00010064));
            const __m512i eights =
                _mm512_madd_epi16(_mm512_packus_epi32(fours, fours), _mm512_set1_epi32(0x00012710));
            const __m512i number = _mm512_add_epi64(_mm512_mul_epu32(eights, _mm512_set1_epi64(100'000'000)),
                                                    _mm512_srli_epi64(eights, 32));
            const __m512d power = _mm512_mask_mov_pd(_mm512_set1_pd(1), _mm512_test_epi64_mask(point, point),
                                                     _mm512_permutex2var_pd(low_powers, point, high_powers));
            const __m256d dividend =
                _mm256_cvtepi64_pd(_mm512_castsi512_si256(_mm512_permutexvar_epi64(even_lanes, number)));
            const __m256d divisor = _mm512_castpd512_pd256(_mm512_permutexvar_pd(even_lanes, power));
            const __m256d sign =
                _mm256_castsi256_pd(_mm256_load_si256(reinterpret_cast<const __m256i*>(signs + i)));
            _mm256_storeu_pd(out + first + i, _mm256_xor_pd(_mm256_div_pd(dividend, divisor), sign));
        }
    }
}

/// The eight digits of a day's usual forms, or a word without digits.
[[gnu::always_inline]] inline std::uint64_t digits_of_day(const Field& field, const char* text_end) {
    const auto length = static_cast<std::size_t>(field.end - field.begin);
    if (!field.plain || (length != 10 && length != 8 && length != 23) || text_end - field.begin < 10)
        return 0;
    const std::uint64_t word = load8(field.begin);
    if (length == 8) return word;
    constexpr std::uint64_t dashes = 0xFF0000FF00000000;
    if ((word & dashes) != ((each_byte * '-') & dashes)) return 0;
    if (length == 23 &&
        (load8(field.begin + 10) != load8(midnight) || load8(field.begin + 15) != load8(midnight + 5))) {
        return 0;
    }
    std::uint16_t day = 0;
    std::memcpy(&day, field.begin + 8, 2);
    return _pext_u64(word, ~dashes) | (std::uint64_t{day} << 48);
}

/// Days, eight rows at a time; the steps are those of `day_of`.
void days_of_8(const Fields& given, std::int32_t none, std::int32_t* out, Left& left) {
    const Fields fields = given;  // Our own, so that no store could change it.
    alignas(64) std::uint64_t words[batch_rows];
    const __m512i before_month =
        _mm512_set_epi32(0, 0, 0, 334, 304, 273, 243, 212, 181, 151, 120, 90, 59, 31, 0, 0);
    const __m512i in_month = _mm512_set_epi32(0, 0, 0, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 28, 31, 0);
    const __m512i one_each = _mm512_set1_epi64(1);
    const auto one = [&](std::size_t row) { return day_of(fields, row, none); };
    for (std::size_t first = 0; first < fields.rows; first += batch_rows) {
        const std::size_t rows = std::min(batch_rows, fields.rows - first);
        for (std::size_t i = 0; i < rows; ++i)
            words[i] = digits_of_day(field_of(fields, first + i), fields.text_end);
        for (std::size_t i = 0; i < rows; i += 8) {
            const __m512i digits = _mm512_sub_epi8(_mm512_load_si512(words + i), _mm512_set1_epi8('0'));
            const __m512i pairs = _mm512_maddubs_epi16(digits, _mm512_set1_epi16(0x010A));
            const __m512i low = _mm512_set1_epi64(0xFFFF);
            const __m512i century = _mm512_and_si512(pairs, low);
            const __m512i of_century = _mm512_and_si512(_mm512_srli_epi64(pairs, 16), low);
            const __m512i month = _mm512_and_si512(_mm512_srli_epi64(pairs, 32), low);
            const __m512i day = _mm512_srli_epi64(pairs, 48);
            const __m512i year =
                _mm512_add_epi64(_mm512_mul_epu32(century, _mm512_set1_epi64(100)), of_century);
            const __m512i cycle =
                _mm512_mask_mov_epi64(century, _mm512_test_epi64_mask(of_century, of_century), of_century);
            const __mmask8 leap = _mm512_testn_epi64_mask(cycle, _mm512_set1_epi64(3));
            const __mmask8 february = _mm512_cmpeq_epi64_mask(month, _mm512_set1_epi64(2));
            const __mmask8 past_february = _mm512_cmpgt_epu64_mask(month, _mm512_set1_epi64(2));
            // The tables have a month in each 32 bits; the upper half of a lane is month 0, without days.
            __m512i last_day = _mm512_permutexvar_epi32(month, in_month);
            last_day = _mm512_mask_add_epi64(last_day, leap & february, last_day, one_each);
            __m512i count = _mm512_add_epi64(_mm512_mul_epu32(year, _mm512_set1_epi64(365)), day);
            count = _mm512_add_epi64(count, _mm512_srli_epi64(year, 2));
            count = _mm512_sub_epi64(count, century);
            count = _mm512_add_epi64(count, _mm512_srli_epi64(century, 2));
            count = _mm512_add_epi64(count, _mm512_permutexvar_epi32(month, before_month));
            count =
                _mm512_mask_sub_epi64(count, leap & static_cast<__mmask8>(~past_february), count, one_each);
            count = _mm512_sub_epi64(count, _mm512_set1_epi64(days_before_1970));
            const __mmask8 lanes = first_lanes(rows - i);
            _mm512_mask_cvtepi64_storeu_epi32(out + first + i, lanes, count);
            std::uint32_t others =
                lanes & (lanes_beyond_9(digits) | _mm512_testn_epi64_mask(year, year) |
                         _mm512_cmpgt_epu64_mask(month, _mm512_set1_epi64(12)) |
                         _mm512_cmpge_epu64_mask(_mm512_sub_epi64(day, one_each), last_day));
            for (; others != 0; others &= others - 1) {
                const std::size_t row = first + i + static_cast<std::size_t>(std::countr_zero(others));
                read_each(row, row + 1, out, left, one);
            }
        }
    }
}

__m512i load_field(const Field& field, std::size_t length) {
    return _mm512_maskz_loadu_epi8(_bzhi_u64(~std::uint64_t{0}, static_cast<std::uint32_t>(length)),
                                   field.begin);
}

/// The bytes and the length of a slot hashed by rounds of AES.
[[gnu::always_inline]] inline std::uint32_t hash_of(__m512i slot) {
    const __m128i key = _mm_set_epi64x(0x243F6A8885A308D3, 0x13198A2E03707344);
    const __m128i front = _mm_aesenc_si128(_mm_xor_si128(_mm512_castsi512_si128(slot), key),
                                           _mm512_extracti32x4_epi32(slot, 1));
    const __m128i back =
        _mm_aesenc_si128(_mm512_extracti32x4_epi32(slot, 2), _mm512_extracti32x4_epi32(slot, 3));
    return static_cast<std::uint32_t>(
        _mm_cvtsi128_si32(_mm_aesenc_si128(_mm_aesenc_si128(front, back), key)));
}

/// The bytes and the length of a slot: its first thirteen words.
constexpr __mmask16 slot_words = 0x1FFF;

std::uint32_t hash_of_slot(const Slot& slot) {
    return hash_of(_mm512_maskz_loadu_epi32(slot_words, &slot));
}

[[gnu::always_inline]] inline bool holds(const Slot& place, __m512i slot) {
    return _mm512_mask_cmpneq_epi32_mask(slot_words, slot, _mm512_load_si512(&place)) == 0;
}

/// Looks values up some rows at a time: their slots are fetched while others are still being hashed.
void codes_of_64(const Fields& given, const Slots& slots, std::uint32_t* out, Left& left) {
    const Fields fields = given;  // Our own, so that no store could change it.
    constexpr __mmask16 length_word = 0x1000;
    alignas(64) Slot wanted[batch_rows / 2];
    const Slot* places[batch_rows / 2];
    for (std::size_t first = 0; first < fields.rows; first += std::size(wanted)) {
        const std::size_t rows = std::min(std::size(wanted), fields.rows - first);
        for (std::size_t i = 0; i < rows; ++i) {
            const Field field = field_of(fields, first + i);
            const std::uint64_t length = length_of(field, Slot::max_length);
            const __m512i bytes = load_field(field, length == unusual ? 0 : length);
            const bool inner_quote =
                field.quoted && _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"')) != 0;
            // No slot has the length of what is unusual.
            const __m512i slot =
                _mm512_mask_set1_epi32(bytes, length_word, static_cast<int>(inner_quote ? unusual : length));
            _mm512_store_si512(wanted + i, slot);
            places[i] = slots.slots + (hash_of(slot) & slots.mask);
            _mm_prefetch(reinterpret_cast<const char*>(places[i]), _MM_HINT_T0);
        }
        for (std::size_t i = 0; i < rows; ++i) {
            const __m512i slot = _mm512_load_si512(wanted + i);
            const Slot* place = places[i];
            const Slot* const last = place + (Slots::max_probes - 1);
            while (!holds(*place, slot) && place->code != Slot::free_slot && place != last) ++place;
            // A free slot looks like the empty value, and the last one need not hold the value.
            if (place->code == Slot::free_slot || (place == last && !holds(*place, slot))) [[unlikely]] {
                leave(left, first + i);
            } else {
                out[first + i] = place->code;
            }
        }
    }
}

std::size_t texts_of_64(const Fields& given, char* arena, std::size_t base, std::uint64_t* begins,
                        std::uint32_t* lengths, Left& left) {
    const Fields fields = given;  // Our own, so that no store could change it.
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
                                     .scan_counting = scan_counting<Avx512>,
                                     .count_line_ends = count_line_ends<Avx512>,
                                     .integers = integers_of_8,
                                     .reals = reals_of_4,
                                     .days = days_of_8,
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
