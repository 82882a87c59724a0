// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace truce {

/// How exactly a source knows when.
enum class TimePrecision : std::uint8_t { minute, hour, day, days, week, month, year, unknown };

/// When something happened, as far as it is known: at some instant of `window`, or all through it. Requires:
/// `window` is not empty (an instant known to the second is one second long).
struct When {
    Period window;
    TimePrecision precision = TimePrecision::unknown;
};

[[nodiscard]] std::string_view name_of(TimePrecision precision);
[[nodiscard]] std::optional<TimePrecision> time_precision_named(std::string_view name);

}  // namespace truce
