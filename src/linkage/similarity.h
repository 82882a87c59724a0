// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace truce::linkage {

/// Jaro's similarity of two texts: 1 the same, 0 nothing in common. Counted in characters of UTF-8 (bytes
/// where a text is not UTF-8). Two empty texts are the same; an empty one and another have nothing in common.
///
/// Jaro (1989), Journal of the American Statistical Association 84: 414-420.
[[nodiscard]] double jaro(std::string_view a, std::string_view b);

/// Jaro's similarity, raised by a tenth of what is missing to 1 for each of up to four first characters that
/// agree. The raise is not withheld from low similarities, as in R's stringdist, so that cut-offs stated for
/// it apply.
///
/// Winkler (1990), "String comparator metrics and enhanced decision rules in the Fellegi-Sunter model".
[[nodiscard]] double jaro_winkler(std::string_view a, std::string_view b);

/// A text's pairs of neighbouring words, as far as needed to say how much two texts share: the `kept`
/// smallest of the pairs' hashes, in order.
///
/// A text of one word is that word. Words are runs of letters and digits under `name_key`.
struct Shingles {
    static constexpr std::size_t kept = 32;
    std::array<std::uint32_t, kept> hashes{};
    std::uint8_t count = 0;

    [[nodiscard]] std::span<const std::uint32_t> values() const {
        return std::span<const std::uint32_t>(hashes).first(count);
    }
};

/// The shingles of `text`; none for a text without letters or digits.
[[nodiscard]] Shingles shingles_of(std::string_view text);

/// The share of their shingles that two texts have in common (Jaccard's similarity), from 0 to 1: exact where
/// they have at most `Shingles::kept` different ones together, else estimated from the smallest of them with
/// a standard error below 0.09. 0 where either has none.
///
/// Broder (1997), "On the resemblance and containment of documents".
[[nodiscard]] double resemblance(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b);

}  // namespace truce::linkage
