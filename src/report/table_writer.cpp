// SPDX-License-Identifier: Apache-2.0
#include "report/table_writer.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>

namespace truce::report {

TableWriter::TableWriter(TableForm form) : separator_(form == TableForm::excel ? ';' : ',') {
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
    if (value.find_first_of("\",;\r\n\t") == std::string_view::npos) {
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
    fmt::format_to(std::back_inserter(out_), "{}", value);
}

void TableWriter::number(std::optional<double> value, int decimals) {
    separate();
    if (!value || !std::isfinite(*value)) return;
    auto text = fmt::format("{:.{}f}", *value, decimals);
    if (text.find('.') != std::string::npos) {
        while (text.back() == '0') text.pop_back();
        if (text.back() == '.') text.pop_back();
    }
    out_ += text == "-0" ? "0" : text;
}

void TableWriter::missing() {
    separate();
}

void TableWriter::end_row() {
    out_ += "\r\n";
    at_start_of_row_ = true;
}

}  // namespace truce::report
