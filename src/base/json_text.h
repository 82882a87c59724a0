// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace truce {

/// Appends `text` as a JSON string (RFC 8259), quotes included. `<`, `>` and `&` are written as escapes, so that the
/// string may stand inside an HTML script element; broken UTF-8 becomes U+FFFD.
void append_json_string(std::string& out, std::string_view text);

/// Appends the shortest number that reads back as `value`; `null` for infinities and NaN, which JSON does not have.
void append_json_number(std::string& out, double value);

}  // namespace truce
