// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/csv_kernels.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>

/// The loops over values, written once in ordinary registers. As in csv_kernels_scan.h, each instruction set
/// includes it for itself, and replaces what it can do better.
namespace truce::csv::kernels {
namespace {  // NOLINT(google-build-namespaces): each instruction set keeps its own code.

constexpr std::uint64_t each_byte = 0x0101010101010101;

/// A field between its quotes. `plain` says that the bytes between `begin` and `end` may be taken as they
/// are, unless they hold a quote and `quoted` is set.
struct Field {
    const char* begin;
    const char* end;
    bool quoted;
    bool plain;
};

[[gnu::always_inline]] inline Field field_of(const Fields& fields, std::size_t row) {
    const std::uint32_t* const end = fields.ends + fields.first[row] + fields.column;
    Field field{.begin = fields.text + static_cast<std::uint32_t>(end[-1] + 1),
                .end = fields.text + end[0],
                .quoted = false,
                .plain = true};
    if (field.begin != field.end && static_cast<unsigned char>(*field.begin) == fields.quote) {
        // The closing quote is not always last: more may follow it. Then the plain reading takes the field.
        field.quoted = true;
        field.plain = field.end - field.begin >= 2 && field.end[-1] == '"';
        ++field.begin;
        --field.end;
    }
    return field;
}

[[gnu::always_inline]] inline void leave(Left& left, std::size_t row) {
    left.rows[left.count++] = static_cast<std::uint32_t>(row);
}

[[gnu::always_inline]] inline std::uint64_t load8(const char* at) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    return word;
}

[[gnu::always_inline]] inline bool all_digits(std::uint64_t word) {
    // A byte is a digit if its high half is 3 and stays 3 when 6 is added.
    return ((word & (each_byte * 0xF0)) | (((word + each_byte * 6) & (each_byte * 0xF0)) >> 4)) ==
           each_byte * 0x33;
}

/// The number that eight digits write, the first of them in the lowest byte.
[[gnu::always_inline]] inline std::uint64_t eight_digits(std::uint64_t word) {
    word -= each_byte * '0';
    word = word * 10 + (word >> 8);
    constexpr std::uint64_t pairs = 0x000000FF000000FF;
    return (((word & pairs) * (100 + (std::uint64_t{1000000} << 32))) +
            (((word >> 16) & pairs) * (1 + (std::uint64_t{10000} << 32)))) >>
           32;
}

/// The last `count` of the eight bytes before `end`, 1 to 8, with zeros as digits in front.
[[gnu::always_inline]] inline std::uint64_t last_digits(const char* end, std::size_t count) {
    const std::uint64_t kept = ~std::uint64_t{0} << (64 - 8 * count);
    return (load8(end - 8) & kept) | (each_byte * '0' & ~kept);
}

/// Reads every row with `read`, which returns nothing for what it leaves.
template <class Value, class Read>
[[gnu::always_inline]] inline void read_each(std::size_t first, std::size_t last, Value* out, Left& left,
                                             Read read) {
    for (std::size_t row = first; row < last; ++row) {
        if (const std::optional<Value> value = read(row)) {
            out[row] = *value;
        } else {
            leave(left, row);
        }
    }
}

[[gnu::always_inline]] inline std::optional<std::int64_t> integer_of(const Fields& fields, std::size_t row,
                                                                     std::int64_t none) {
    const Field field = field_of(fields, row);
    if (field.begin == field.end && field.plain) return none;
    const bool negative = *field.begin == '-';
    const auto digits = static_cast<std::size_t>(field.end - field.begin) - (negative ? 1U : 0U);
    if (digits - 1 >= 16 || !field.plain || field.end - fields.text_begin < 16) return std::nullopt;
    std::uint64_t value = 0;
    if (digits > 8) {
        const std::uint64_t high = last_digits(field.end - 8, digits - 8);
        const std::uint64_t low = load8(field.end - 8);
        if (!all_digits(high) || !all_digits(low)) return std::nullopt;
        value = eight_digits(high) * 100'000'000 + eight_digits(low);
    } else {
        const std::uint64_t word = last_digits(field.end, digits);
        if (!all_digits(word)) return std::nullopt;
        value = eight_digits(word);
    }
    const auto magnitude = static_cast<std::int64_t>(value);
    return negative ? -magnitude : magnitude;
}

inline void integers(const Fields& fields, std::int64_t none, std::int64_t* out, Left& left) {
    read_each(0, fields.rows, out, left, [&](std::size_t row) { return integer_of(fields, row, none); });
}

/// Powers of ten that a double holds exactly, as far as 15 digits need them.
constexpr double power_of_ten[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

/// A quotient of two doubles without error is the nearest double to the decimal number (Clinger 1990).
[[gnu::always_inline]] inline double decimal(std::uint64_t digits, std::size_t fraction, bool negative) {
    const double value = static_cast<double>(static_cast<std::int64_t>(digits)) / power_of_ten[fraction];
    return std::bit_cast<double>(std::bit_cast<std::uint64_t>(value) ^ (std::uint64_t{negative} << 63));
}

inline void reals(const Fields& fields, double none, double* out, Left& left) {
    for (std::size_t row = 0; row < fields.rows; ++row) {
        const Field field = field_of(fields, row);
        if (field.begin == field.end && field.plain) {
            out[row] = none;
            continue;
        }
        const bool negative = *field.begin == '-';
        std::uint64_t digits = 0;
        std::size_t count = 0;
        std::size_t fraction = 0;
        std::size_t points = 0;
        bool good = field.plain && field.end - field.begin <= 17;
        for (const char* at = field.begin + (negative ? 1 : 0); good && at < field.end; ++at) {
            if (*at == '.') {
                ++points;
            } else if (*at >= '0' && *at <= '9') {
                digits = digits * 10 + static_cast<std::uint64_t>(*at - '0');
                ++count;
                fraction += points;
            } else {
                good = false;
            }
        }
        if (good && points <= 1 && count >= 1 && count <= 15) {
            out[row] = decimal(digits, fraction, negative);
        } else {
            leave(left, row);
        }
    }
}

/// From 31 December of the year before year 0 to 1 January 1970.
constexpr std::int32_t days_before_1970 = 719528;
constexpr std::uint16_t days_before_month[2][13] = {
    {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334},
    {0, 0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335}};
constexpr std::uint8_t days_in_month[2][13] = {{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31},
                                               {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}};

constexpr char midnight[] = " 00:00:00.000";

/// Years are counted in whole cycles of the calendar, so that no division is needed: `century` and
/// `of_century` are a year's two pairs of digits.
[[gnu::always_inline]] inline std::optional<std::int32_t> day_of(const Fields& fields, std::size_t row,
                                                                 std::int32_t none) {
    const Field field = field_of(fields, row);
    const auto length = static_cast<std::size_t>(field.end - field.begin);
    if (length == 0 && field.plain) return none;
    if (!field.plain || (length != 10 && length != 8 && length != 23)) return std::nullopt;
    std::uint64_t word = load8(field.begin);
    if (length != 8) {
        std::uint16_t day = 0;
        std::memcpy(&day, field.begin + 8, 2);
        constexpr std::uint64_t dashes = 0xFF0000FF00000000;
        if ((word & dashes) != ((each_byte * '-') & dashes)) return std::nullopt;
        if (length == 23 && std::memcmp(field.begin + 10, midnight, 13) != 0) return std::nullopt;
        word = (word & 0xFFFFFFFF) | ((word >> 8) & 0x0000FFFF00000000) | (std::uint64_t{day} << 48);
    }
    if (!all_digits(word)) return std::nullopt;
    word -= each_byte * '0';
    // Tens and ones of each pair of digits, in the even bytes.
    const std::uint64_t pairs = (word * 10 + (word >> 8)) & 0x00FF00FF00FF00FF;
    const auto century = static_cast<std::uint32_t>(pairs & 0xFF);
    const auto of_century = static_cast<std::uint32_t>((pairs >> 16) & 0xFF);
    const auto month = static_cast<std::uint32_t>((pairs >> 32) & 0xFF);
    const auto day = static_cast<std::uint32_t>(pairs >> 48);
    const std::uint32_t year = century * 100 + of_century;
    const std::uint32_t leap = (of_century != 0 ? of_century : century) % 4 == 0 ? 1 : 0;
    if (year == 0 || month - 1 >= 12 || day - 1 >= days_in_month[leap][month]) return std::nullopt;
    const std::uint32_t leap_years = year / 4 - century + century / 4;
    return static_cast<std::int32_t>(year * 365 + leap_years - leap + days_before_month[leap][month] + day) -
           days_before_1970;
}

inline void days(const Fields& fields, std::int32_t none, std::int32_t* out, Left& left) {
    read_each(0, fields.rows, out, left, [&](std::size_t row) { return day_of(fields, row, none); });
}

inline std::uint32_t hash(const Slot& slot) {
    std::uint64_t mixed = slot.length * std::uint64_t{0x9E3779B97F4A7C15};
    for (std::size_t i = 0; i < Slot::max_length; i += 8) {
        mixed = (mixed ^ load8(slot.bytes + i)) * 0xBF58476D1CE4E5B9;
        mixed ^= mixed >> 29;
    }
    return static_cast<std::uint32_t>(mixed ^ (mixed >> 32));
}

inline void codes(const Fields& fields, const Slots& slots, std::uint32_t* out, Left& left) {
    for (std::size_t row = 0; row < fields.rows; ++row) {
        const Field field = field_of(fields, row);
        const auto length = static_cast<std::size_t>(field.end - field.begin);
        if (!field.plain || length > Slot::max_length ||
            (field.quoted && std::memchr(field.begin, '"', length) != nullptr)) [[unlikely]] {
            leave(left, row);
            continue;
        }
        Slot wanted;
        std::memcpy(wanted.bytes, field.begin, length);
        wanted.length = static_cast<std::uint32_t>(length);
        const Slot* slot = slots.slots + (hash(wanted) & slots.mask);
        std::size_t probes = 1;
        while (probes < Slots::max_probes && slot->code != Slot::free_slot &&
               std::memcmp(slot->bytes, wanted.bytes, Slot::max_length + sizeof slot->length) != 0) {
            ++slot;
            ++probes;
        }
        if (slot->code != Slot::free_slot &&
            std::memcmp(slot->bytes, wanted.bytes, Slot::max_length + sizeof slot->length) == 0) {
            out[row] = slot->code;
        } else {
            leave(left, row);
        }
    }
}

inline std::size_t texts(const Fields& fields, char* arena, std::size_t base, std::uint64_t* begins,
                         std::uint32_t* lengths, Left& left) {
    for (std::size_t row = 0; row < fields.rows; ++row) {
        const Field field = field_of(fields, row);
        const auto length = static_cast<std::size_t>(field.end - field.begin);
        if (!field.plain || (field.quoted && std::memchr(field.begin, '"', length) != nullptr)) [[unlikely]] {
            leave(left, row);
            continue;
        }
        std::memcpy(arena + base, field.begin, length);
        begins[row] = base;
        lengths[row] = static_cast<std::uint32_t>(length);
        base += length;
    }
    return base;
}

}  // namespace
}  // namespace truce::csv::kernels
