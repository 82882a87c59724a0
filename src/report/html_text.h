// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace truce::report {

/// `text` as it may stand in HTML, SVG or a quoted attribute: the five marks of HTML escaped, broken UTF-8
/// and control characters replaced by U+FFFD, and marks that open an embedding, an override or an isolate
/// (U+202A to U+202E, U+2066 to U+2069) shown as `[U+202E]`, so that no name can turn the text around it. For
/// what others wrote.
[[nodiscard]] std::string escaped(std::string_view text);

/// As `escaped`, with the directional marks left as they are: for text from our own catalogues, whose
/// arguments went through `tamed`.
[[nodiscard]] std::string escaped_message(std::string_view text);

/// `text` without what `escaped` takes out, and not escaped: for putting what others wrote into a message.
[[nodiscard]] std::string tamed(std::string_view text);

/// `text` in an element that isolates its direction: `<bdi>...</bdi>`, escaped.
[[nodiscard]] std::string isolated(std::string_view text);

/// JSON as it may stand in a script element: `<` written as `\u003c`, U+2028 and U+2029 escaped.
[[nodiscard]] std::string json_for_script(std::string_view json);

/// Whether `url` may become a link: it starts with http:// or https:// and holds no white space or control
/// character.
[[nodiscard]] bool is_link(std::string_view url);

}  // namespace truce::report
