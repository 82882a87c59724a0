// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/time.h"

namespace truce::server {

/// Makes guessing slow. Counts failures by name and place together, by name, and by place; each count halves every ten minutes.
///
/// Five free failures for one name from one place, then waits of 30 s, doubling up to 15 minutes; the same for a name from
/// anywhere after 50, so that whoever wants to lock somebody out must work for it and the wait stays short (a minute); and for a
/// place after 50. Kept in memory only, at most `most` of each: the oldest
/// go.
class Throttle {
public:
    explicit Throttle(std::size_t most = 20'000) : most_(most) {}
    /// How long to wait until the next try; 0: now.
    [[nodiscard]] std::chrono::seconds wait(std::string_view name, std::string_view place, sys_seconds now) const;
    void failed(std::string_view name, std::string_view place, sys_seconds now);
    /// A success clears what was counted for the name from this place.
    void succeeded(std::string_view name, std::string_view place);

private:
    struct Count {
        double failures = 0;
        sys_seconds last{};
    };
    using Counts = std::map<std::string, Count, std::less<>>;
    static double left(const Count& count, sys_seconds now);
    void add(Counts& counts, const std::string& key, sys_seconds now) const;

    std::size_t most_;
    Counts pairs_;
    Counts names_;
    Counts places_;
};

}  // namespace truce::server
