// SPDX-License-Identifier: Apache-2.0
#include "base/csv_records.h"

#include <cstring>

namespace truce::csv {

namespace {

/// Whether a text cut at `at` is more likely cut within quotes, judged by the next quotes: an opening one
/// follows a delimiter or line end, a closing one is followed by one. Only speed depends on the answer.
bool looks_quoted(std::string_view text, std::size_t at, char delimiter) {
    constexpr std::size_t look_at_bytes = 8192;
    constexpr int look_at_quotes = 32;
    const auto is_break = [&](std::size_t i) {
        return i >= text.size() || text[i] == delimiter || is_line_end(text[i]);
    };
    int outside_oddities = 0;
    int inside_oddities = 0;
    bool opens = true;
    // No search beyond: in a text without quotes it would be as long as the text.
    const std::string_view near = text.substr(0, at + look_at_bytes);
    std::size_t quote = near.find('"', at);
    for (int seen = 0; seen < look_at_quotes && quote != std::string_view::npos; ++seen) {
        const bool may_open = quote == 0 || is_break(quote - 1) || text[quote - 1] == '"';
        const bool may_close = is_break(quote + 1) || text[quote + 1] == '"';
        outside_oddities += (opens ? may_open : may_close) ? 0 : 1;
        inside_oddities += (opens ? may_close : may_open) ? 0 : 1;
        opens = !opens;
        quote = near.find('"', quote + 1);
    }
    return inside_oddities < outside_oddities;
}

}  // namespace

std::size_t line_ends(std::string_view text, std::size_t first, std::size_t last) {
    const bool after_cr = first > 0 && text[first - 1] == '\r';
    return kernels::best_kernels().count_line_ends(text.data() + first, last - first, after_cr);
}

std::size_t after_line(std::string_view text, std::size_t from) {
    constexpr std::size_t stretch = 4096;
    for (std::size_t at = from; at < text.size(); at += stretch) {
        const std::string_view part = text.substr(at, stretch);
        const auto* const lf = static_cast<const char*>(std::memchr(part.data(), '\n', part.size()));
        const auto* const cr = static_cast<const char*>(std::memchr(part.data(), '\r', part.size()));
        if (lf == nullptr && cr == nullptr) continue;
        const bool cr_first = cr != nullptr && (lf == nullptr || cr < lf);
        const auto end = static_cast<std::size_t>((cr_first ? cr : lf) - text.data()) + 1;
        return cr_first && end < text.size() && text[end] == '\n' ? end + 1 : end;
    }
    return text.size();
}

std::size_t open_quote(std::string_view record, char delimiter) {
    std::size_t opened = 0;
    bool at_start = true;
    for (std::size_t i = 0; i < record.size();) {
        if (record[i] != '"' || !at_start) {
            at_start = record[i] == delimiter || is_line_end(record[i]);
            ++i;
            continue;
        }
        opened = i;
        std::size_t close = record.find('"', i + 1);
        while (close != std::string_view::npos && close + 1 < record.size() && record[close + 1] == '"') {
            close = record.find('"', close + 2);
        }
        if (close == std::string_view::npos) return opened;
        i = close + 1;
        at_start = false;
    }
    return opened;
}

std::size_t text_start(std::string_view text) {
    return text.size() - without_byte_order_mark(text).size();
}

std::size_t skip_empty_lines(std::string_view text, std::size_t at) {
    while (at < text.size() && is_line_end(text[at])) ++at;
    return at;
}

std::string unquoted(std::string_view field, Dialect dialect) {
    if (dialect.quoting == Quoting::none || !field.starts_with('"')) return std::string(field);
    std::string value;
    for (std::size_t from = 1;;) {
        const std::size_t quote = field.find('"', from);
        value.append(field, from, quote - from);
        // Without its closing quote the scan would not have ended the field; a caller's own text may lack it.
        if (quote == std::string_view::npos) return value;
        if (quote + 1 == field.size() || field[quote + 1] != '"') return value.append(field, quote + 1);
        value.push_back('"');
        from = quote + 2;
    }
}

std::size_t guess_record_start(std::string_view text, std::size_t at, Dialect dialect, Window& window) {
    if (dialect.quoting == Quoting::none) return skip_empty_lines(text, after_line(text, at - 1));
    const bool may_open = text[at - 1] == dialect.delimiter || is_line_end(text[at - 1]);
    const bool inside = looks_quoted(text, at, dialect.delimiter);
    window.state = {.inside = inside ? ~std::uint64_t{0} : 0, .may_open = may_open ? 1U : 0U};
    // The byte before the cut tells whether the cut is itself at a record's start.
    if (!inside && is_line_end(text[at - 1])) return skip_empty_lines(text, at);
    // Records are short as a rule: look near first, then further.
    std::size_t step = 1024;
    for (std::size_t from = at; from < text.size() && from - at <= window_bytes;) {
        const std::size_t to = std::min(text.size(), from + step);
        window.scan(text, from, to, dialect);
        if (window.rows > 0) return skip_empty_lines(text, from + window.ends[window.row_ends[0]] + 1);
        from = to;
        step = std::min(step * 2, window_bytes);
    }
    return text.size();
}

}  // namespace truce::csv
