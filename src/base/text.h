// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace truce {

/// `text` without ASCII white space, no-break spaces (U+00A0, U+202F) and byte order marks at either end.
[[nodiscard]] std::string_view trimmed(std::string_view text);

/// At most `length` bytes of `text`, cut between characters and ended by an ellipsis when something was cut.
/// Control characters and the marks that turn the direction of writing are left as they are: see `shown`.
[[nodiscard]] std::string clipped(std::string_view text, std::size_t length);

/// `text` as it may be put into a message: control characters, broken UTF-8 and the invisible marks that turn
/// the direction of writing (U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069) are written as `\u{...}` or
/// `\x..`, so that no input can make a terminal lie; clipped to `length` bytes.
[[nodiscard]] std::string shown(std::string_view text, std::size_t length = 80);

/// Whether `text` is well-formed UTF-8.
[[nodiscard]] bool is_utf8(std::string_view text);
/// The first byte that breaks UTF-8, or nothing.
[[nodiscard]] std::optional<std::size_t> first_utf8_fault(std::string_view text);

/// A key under which spellings of one name meet: compatibility-decomposed, marks (Latin accents, Arabic
/// vowels) and tatweel dropped, alef, ya and ta marbuta unified, case folded, punctuation and runs of space
/// made one space. "Jabhat al-Nuṣra" and "jabhat al nusra" have one key, as have "النُّصرة" and "النصره".
[[nodiscard]] std::string name_key(std::string_view name);

/// A header's key: as `name_key` for ASCII, with `_`, `-`, `/`, `.` and space all made `_`; for matching
/// columns.
[[nodiscard]] std::string header_key(std::string_view header);

/// How many characters must be put in, taken out, replaced or swapped with their neighbour to make one text
/// the other (optimal string alignment, on UTF-8 code points). Texts over 200 characters are compared by
/// their first 200.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The one of `names` that is nearest to `name`, when it is near enough to be meant: at most a third of its
/// length apart. Ties go to the first.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view name,
                                                      std::span<const std::string_view> names);
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view name,
                                                      std::span<const std::string> names);

/// `; did you mean 'aleppo'?`, or nothing where no name is near.
[[nodiscard]] std::string did_you_mean(std::string_view name, std::span<const std::string_view> names);
[[nodiscard]] std::string did_you_mean(std::string_view name, std::span<const std::string> names);

/// The parts of `text` between `separator`s, trimmed; empty parts are left out.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);

/// ASCII letters in lower case, all else as it is.
[[nodiscard]] std::string lower_ascii(std::string_view text);

/// A number in digits of any script (Arabic-Indic, Persian, Devanagari ...) written with ASCII digits; Arabic
/// decimal and thousands separators become `.` and nothing. Everything else is left as it is.
[[nodiscard]] std::string ascii_digits(std::string_view text);

/// The whole of `text`, trimmed, as a number; nothing when it is anything else, or out of range. `1e3` is a
/// real and not an integer; signs `+` and `-` are taken; infinities and NaN are not.
[[nodiscard]] std::optional<long long> parse_integer(std::string_view text);
[[nodiscard]] std::optional<double> parse_real(std::string_view text);

}  // namespace truce
