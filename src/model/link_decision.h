// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace truce {

/// Which account a human means, in words that outlive a run: its source's id and its key there, or the
/// SHA-256 of its row in hexadecimal digits (at least the first twelve).
struct AccountRef {
    std::string source{};
    std::string key{};
    std::string raw{};
    friend bool operator==(const AccountRef&, const AccountRef&) = default;
};

/// What a human decided of accounts: that they tell of one incident, or that they do not, every two of them.
/// It goes before whatever is computed.
struct LinkDecision {
    enum class Kind : std::uint8_t { link, split } kind = Kind::link;
    /// Two or more.
    std::vector<AccountRef> accounts{};
    std::string by{};
    std::optional<sys_days> on{};
    std::string why{};
    /// Where it stands.
    std::string file{};
    std::size_t line = 0;
};

}  // namespace truce
