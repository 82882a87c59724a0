// SPDX-License-Identifier: Apache-2.0
#include "report/table_writer.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

namespace truce::report {
namespace {

/// What is read and written at a time.
using Sixteen = signed char __attribute__((vector_size(16)));
constexpr std::size_t slack = sizeof(Sixteen);

/// Copies `value` and says whether it holds none of the bytes for which a text is to be quoted. Requires: at `to` there is room
/// for it and for `slack` bytes more.
bool copy_plain(char* to, std::string_view value) {
    std::memcpy(to, value.data(), value.size());
    // What is read past the end of the text is none of them.
    std::memset(to + value.size(), 'x', slack);
    Sixteen found{};
    for (std::size_t at = 0; at < value.size(); at += sizeof(Sixteen)) {
        Sixteen bytes;
        std::memcpy(&bytes, to + at, sizeof bytes);
        found |= (bytes == '"') | (bytes == ',') | (bytes == ';') | (bytes == '\r') | (bytes == '\n') | (bytes == '\t');
    }
    std::array<std::uint64_t, 2> any;
    std::memcpy(any.data(), &found, sizeof found);
    return (any[0] | any[1]) == 0;
}

}  // namespace

TableWriter::TableWriter(TableForm form, const Sink& sink)
    : sink_(sink), separator_(form == TableForm::excel ? ';' : ',') {
    out_.resize(piece_size + piece_size / 8);
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (form == TableForm::excel) used_ = byte_order_mark.copy(out_.data(), byte_order_mark.size());
}

void TableWriter::header(std::span<const std::string_view> names) {
    for (const auto name : names) word(name);
    end_row();
}

char* TableWriter::room(std::size_t bytes) {
    if (out_.size() - used_ < bytes + slack) out_.resize(2 * (used_ + bytes + slack));
    return out_.data() + used_;
}

void TableWriter::separate() {
    if (!at_start_of_row_) {
        *room(1) = separator_;
        ++used_;
    }
    at_start_of_row_ = false;
}

void TableWriter::append_whole(std::uint64_t value) {
    constexpr std::size_t most_digits = 20;
    char* const to = room(most_digits);
    used_ += static_cast<std::size_t>(std::to_chars(to, to + most_digits, value).ptr - to);
}

void TableWriter::quoted(std::string_view value) {
    char* to = room(2 * value.size() + 2);
    if (copy_plain(to, value)) {
        used_ += value.size();
        return;
    }
    *to++ = '"';
    for (const char c : value) {
        if (c == '"') *to++ = '"';
        *to++ = c;
    }
    *to++ = '"';
    used_ = static_cast<std::size_t>(to - out_.data());
}

void TableWriter::plain(std::string_view value) {
    separate();
    std::memcpy(room(value.size()), value.data(), value.size());
    used_ += value.size();
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
    append_whole(value);
}

void TableWriter::number(std::optional<double> value, int decimals) {
    separate();
    if (!value || !std::isfinite(*value)) return;
    // Most are 0, 1 or another whole number.
    constexpr double exactly_whole = 1e9;
    if (*value >= 0 && *value < exactly_whole && *value == std::floor(*value)) {
        append_whole(static_cast<std::uint64_t>(*value));
        return;
    }
    if (append_small(*value, decimals)) return;
    // The longest finite double has 309 digits before the point.
    constexpr std::size_t most_digits = 340;
    char* const to = room(most_digits);
    const auto written = std::to_chars(to, to + most_digits, *value, std::chars_format::fixed, decimals);
    std::string_view text(to, static_cast<std::size_t>(written.ptr - to));
    if (decimals > 0) {
        while (text.back() == '0') text.remove_suffix(1);
        if (text.back() == '.') text.remove_suffix(1);
    }
    if (text == "-0") text.remove_prefix(1), *to = '0';
    used_ += text.size();
}

bool TableWriter::append_small(double value, int decimals) {
    // Below these limits the product is off by less than a millionth; where that could matter, and a tie is near, the exact
    // way decides.
    constexpr int most_decimals = 6;
    constexpr double small = 1e4;
    constexpr double near_tie = 1e-3;
    if (decimals < 1 || decimals > most_decimals || !(std::abs(value) < small)) return false;
    std::uint32_t scale = 1;
    for (int i = 0; i < decimals; ++i) scale *= 10;
    const double scaled = std::abs(value) * scale;
    const double below = std::floor(scaled);
    const double rest = scaled - below;
    if (std::abs(rest - 0.5) < near_tie) return false;
    const auto digits = static_cast<std::uint64_t>(below) + (rest > 0.5 ? 1 : 0);
    if (value < 0 && digits > 0) *room(1) = '-', ++used_;
    append_whole(digits / scale);
    auto part = static_cast<std::uint32_t>(digits % scale);
    if (part == 0) return true;
    for (; part % 10 == 0; part /= 10) --decimals;
    char* const to = room(1 + most_decimals);
    *to = '.';
    for (int i = decimals; i > 0; --i, part /= 10) to[i] = static_cast<char>('0' + part % 10);
    used_ += 1 + static_cast<std::size_t>(decimals);
    return true;
}

void TableWriter::missing() {
    separate();
}

void TableWriter::end_row() {
    std::memcpy(room(2), "\r\n", 2);
    used_ += 2;
    at_start_of_row_ = true;
    if (used_ < piece_size) return;
    finish();
}

void TableWriter::finish() {
    if (used_ > 0) sink_(std::string_view(out_).substr(0, used_));
    used_ = 0;
}

}  // namespace truce::report
