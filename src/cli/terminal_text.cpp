// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal_text.h"

#include "base/text.h"

namespace truce::cli {

namespace {

constexpr std::size_t line_length = 100;

}  // namespace

std::string wrapped(std::string_view text, std::size_t indent) {
    std::string out;
    std::string line(indent, ' ');
    for (const auto word : split(text, ' ')) {
        if (line.size() > indent && line.size() + 1 + word.size() > line_length) {
            out += line + "\n";
            line.assign(indent, ' ');
        }
        if (line.size() > indent) line += ' ';
        line += word;
    }
    return out + line + "\n";
}

}  // namespace truce::cli
