// SPDX-License-Identifier: Apache-2.0
#pragma once

#if defined(__x86_64__)

#include "base/csv_kernels_values.h"

#include <immintrin.h>

/// The loop over real numbers for processors with SSE4.1 and BMI; to be included where these are switched on.
namespace truce::csv::kernels {
namespace {  // NOLINT(google-build-namespaces): each instruction set keeps its own code.

/// Masks of the last `n` of 16 bytes, at 16 - (16 - n) = n.
alignas(32) constexpr std::uint8_t last_bytes[32] = {
    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

/// For a point at byte p: the bytes before it move up by one and close the gap. The last one is for no point.
struct PointMoves {
    alignas(16) std::int8_t from[17][16];
    constexpr PointMoves() : from{} {
        for (int point = 0; point < 17; ++point) {
            for (int i = 0; i < 16; ++i) {
                from[point][i] = static_cast<std::int8_t>(point == 16 || i > point ? i : i - 1);
            }
        }
    }
};
constexpr PointMoves point_moves;

/// Sixteen bytes at a time: the last sixteen before the field's end, of which those before its start are
/// masked out.
[[gnu::always_inline]] inline std::optional<double> real_of_16(const Fields& fields, std::size_t row,
                                                               double none) {
    const Field field = field_of(fields, row);
    const auto length = static_cast<std::size_t>(field.end - field.begin);
    if (length == 0 && field.plain) return none;
    if (length > 16 || !field.plain || field.end - fields.text_begin < 16) return std::nullopt;
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(field.end - 16));
    const std::uint32_t in_field = 0xFFFFU & (0xFFFFU << (16 - length));
    const std::uint32_t point_bits =
        static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('.')))) & in_field;
    const std::size_t point = static_cast<std::size_t>(_tzcnt_u32(point_bits | 0x10000));
    const bool negative = *field.begin == '-';
    const std::size_t count = length - (negative ? 1U : 0U) - (point_bits != 0 ? 1U : 0U);
    const __m128i kept = _mm_loadu_si128(reinterpret_cast<const __m128i*>(last_bytes + (count & 31)));
    const __m128i moves = _mm_load_si128(reinterpret_cast<const __m128i*>(point_moves.from[point]));
    const __m128i digits =
        _mm_and_si128(_mm_sub_epi8(_mm_shuffle_epi8(bytes, moves), _mm_set1_epi8('0')), kept);
    const bool good =
        _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(digits, _mm_set1_epi8(9)), _mm_set1_epi8(9))) == 0xFFFF;
    if (!good || count - 1 >= 15 || (point_bits & (point_bits - 1)) != 0) return std::nullopt;
    const __m128i pairs = _mm_maddubs_epi16(digits, _mm_set1_epi16(0x010A));
    const __m128i fours = _mm_madd_epi16(pairs, _mm_set1_epi32(0x00010064));
    const __m128i eights = _mm_madd_epi16(_mm_packus_epi32(fours, fours), _mm_set1_epi32(0x00012710));
    const auto both = static_cast<std::uint64_t>(_mm_cvtsi128_si64(eights));
    const std::uint64_t value = (both & 0xFFFFFFFF) * 100'000'000 + (both >> 32);
    return decimal(value, point_bits != 0 ? 15 - point : 0, negative);
}

inline void reals_of_16(const Fields& fields, double none, double* out, Left& left) {
    read_each(0, fields.rows, out, left, [&](std::size_t row) { return real_of_16(fields, row, none); });
}

}  // namespace
}  // namespace truce::csv::kernels

#endif
