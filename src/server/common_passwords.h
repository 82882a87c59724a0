// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace truce::server {

/// Whether `text`, in lower case, is one of the passwords that are tried first. Cost: one binary search.
[[nodiscard]] bool is_common_password(std::string_view text);

}  // namespace truce::server
