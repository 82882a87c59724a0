// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace truce::cli {

/// `text` broken at spaces into lines of at most a hundred bytes, each begun with `indent` spaces and ended.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t indent);

}  // namespace truce::cli
