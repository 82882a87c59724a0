// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace truce::cli {

/// The software's version, as every output states it.
inline constexpr std::string_view version = "0.1.0";

/// How many processors this process may use; at least 1.
[[nodiscard]] int usable_threads();

}  // namespace truce::cli
