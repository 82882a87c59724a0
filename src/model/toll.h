// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace truce {

/// A count of people that a source gives as low, best and high. The source's figures are kept as they are:
/// `low` may exceed `best` in some datasets, which `in_order` says and nobody repairs.
struct CountRange {
    std::uint32_t low = 0;
    std::uint32_t best = 0;
    std::uint32_t high = 0;

    static constexpr CountRange exactly(std::uint32_t n) { return {n, n, n}; }
    [[nodiscard]] constexpr bool in_order() const { return low <= best && best <= high; }
    friend constexpr auto operator<=>(const CountRange&, const CountRange&) = default;
};

/// What an account says of those harmed. Nothing where it says nothing: that is not zero.
struct Toll {
    std::optional<CountRange> killed;
    std::optional<CountRange> civilians_killed;
    std::optional<CountRange> injured;
    /// Of those killed, as far as a source tells them apart: they are never worked out from the others.
    std::optional<CountRange> combatants_killed{};
    std::optional<CountRange> unknown_killed{};  ///< said to be neither known civilians nor combatants
    std::optional<CountRange> women_killed{};
    std::optional<CountRange> children_killed{};
    friend constexpr bool operator==(const Toll&, const Toll&) = default;
};

}  // namespace truce
