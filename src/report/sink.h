// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace truce::report {

/// Takes an output piece by piece, in order, so that nobody needs memory for the whole of it. A piece must
/// be copied or written before the call returns.
using Sink = std::function<void(std::string_view piece)>;

/// About how long a piece is, in bytes.
constexpr std::size_t piece_size = std::size_t{1} << 20U;

}  // namespace truce::report
