// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace truce {

/// Names one `Of` within a run: its place in the run's list of them. Ids of different things neither mix nor
/// compare.
template <class Of>
struct Id {
    std::uint32_t value = 0;
    friend constexpr auto operator<=>(Id, Id) = default;
};

}  // namespace truce

template <class Of>
struct std::hash<truce::Id<Of>> {
    std::size_t operator()(truce::Id<Of> id) const noexcept { return std::hash<std::uint32_t>{}(id.value); }
};
