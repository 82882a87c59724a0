// SPDX-License-Identifier: Apache-2.0
#include "report/table_writer.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

namespace truce::report {
namespace {

/// Whether a text that holds this byte is to be quoted.
constexpr auto wants_quotes = [] {
    std::array<bool, 256> wants{};
    for (const char c : std::string_view("\",;\r\n\t")) wants[static_cast<unsigned char>(c)] = true;
    return wants;
}();

/// Whether a text holds none of those bytes. Eight at a time: where c stands, a byte of `eight ^ (c in each)`
/// is zero, and taking one from each byte borrows where it was zero (Warren 2012, Hacker's Delight, 6-1); it
/// never borrows where none is.
bool is_plain(std::string_view value) {
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t highs = 0x8080808080808080;
    const auto any_zero = [](std::uint64_t bytes) { return (bytes - ones) & ~bytes & highs; };
    std::size_t at = 0;
    std::uint64_t found = 0;
    for (; at + 8 <= value.size(); at += 8) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, value.data() + at, sizeof eight);
        for (const char c : std::string_view("\",;\r\n\t")) {
            found |= any_zero(eight ^ (ones * static_cast<unsigned char>(c)));
        }
    }
    if (found != 0) return false;
    bool plain = true;
    for (; at < value.size(); ++at) plain &= !wants_quotes[static_cast<unsigned char>(value[at])];
    return plain;
}

void append_whole(std::string& out, std::uint64_t value) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.begin(), digits.end(), value).ptr;
    out.append(digits.data(), static_cast<std::size_t>(end - digits.begin()));
}

}  // namespace

TableWriter::TableWriter(TableForm form, const Sink& sink)
    : sink_(sink), separator_(form == TableForm::excel ? ';' : ',') {
    out_.reserve(piece_size + piece_size / 8);
    if (form == TableForm::excel) out_ = "\xEF\xBB\xBF";
}

void TableWriter::header(std::span<const std::string_view> names) {
    for (const auto name : names) word(name);
    end_row();
}

void TableWriter::separate() {
    if (!at_start_of_row_) out_ += separator_;
    at_start_of_row_ = false;
}

void TableWriter::quoted(std::string_view value) {
    if (is_plain(value)) {
        out_ += value;
        return;
    }
    out_ += '"';
    for (const char c : value) {
        if (c == '"') out_ += '"';
        out_ += c;
    }
    out_ += '"';
}

void TableWriter::text(std::string_view value) {
    separate();
    constexpr std::string_view begins_a_formula = "=+-@\t\r\n|";
    if (!value.empty() && begins_a_formula.find(value.front()) != std::string_view::npos) {
        quoted("'" + std::string(value));
    } else {
        quoted(value);
    }
}

void TableWriter::word(std::string_view value) {
    separate();
    quoted(value);
}

void TableWriter::number(std::uint64_t value) {
    separate();
    append_whole(out_, value);
}

void TableWriter::number(std::optional<double> value, int decimals) {
    separate();
    if (!value || !std::isfinite(*value)) return;
    // Most are 0, 1 or another whole number.
    constexpr double exactly_whole = 1e9;
    if (*value >= 0 && *value < exactly_whole && *value == std::floor(*value)) {
        append_whole(out_, static_cast<std::uint64_t>(*value));
        return;
    }
    // The longest finite double has 309 digits before the point.
    constexpr std::size_t most_digits = 340;
    std::array<char, most_digits> digits;
    const auto written =
        std::to_chars(digits.begin(), digits.end(), *value, std::chars_format::fixed, decimals);
    std::string_view text(digits.data(), static_cast<std::size_t>(written.ptr - digits.begin()));
    if (decimals > 0) {
        while (text.back() == '0') text.remove_suffix(1);
        if (text.back() == '.') text.remove_suffix(1);
    }
    out_ += text == "-0" ? "0" : text;
}

void TableWriter::missing() {
    separate();
}

void TableWriter::end_row() {
    out_ += "\r\n";
    at_start_of_row_ = true;
    if (out_.size() < piece_size) return;
    sink_(out_);
    out_.clear();
}

void TableWriter::finish() {
    if (!out_.empty()) sink_(out_);
    out_.clear();
}

}  // namespace truce::report
