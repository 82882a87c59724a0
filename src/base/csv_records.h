// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/csv.h"
#include "base/csv_kernels.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Where the records of a text are: what `csv.h` and `csv_columns.h` share. Not for use outside the csv files
/// of this folder.
namespace truce::csv {

constexpr std::size_t window_bytes = std::size_t{64} << 10;

constexpr bool is_line_end(char c) {
    return c == '\n' || c == '\r';
}

constexpr int quote_of(Dialect dialect) {
    return dialect.quoting == Quoting::rfc4180 ? '"' : -1;
}

/// How many lines end in [first, last) of `text`.
std::size_t line_ends(std::string_view text, std::size_t first, std::size_t last);

/// The offset after the first line end at or after `from`; CRLF is taken whole.
std::size_t after_line(std::string_view text, std::size_t from);

/// Where in `record`, which starts a record and ends within quotes, the quote was opened that is still open.
std::size_t open_quote(std::string_view record, char delimiter);

/// Where the first line starts: after the byte order mark, if there is one.
std::size_t text_start(std::string_view text);

/// Skips lines without a byte. `at` is outside quotes and at the start of a line.
std::size_t skip_empty_lines(std::string_view text, std::size_t at);

/// The value of a field as the text has it: without its quotes, doubled ones made single.
std::string unquoted(std::string_view field, Dialect dialect);

/// A scanned stretch of the text: where its fields and records end, as offsets from `begin`.
struct Window {
    std::size_t begin = 0;
    kernels::ScanState state{};
    std::vector<std::uint32_t> ends{};
    std::vector<std::uint32_t> row_ends{};
    std::size_t count = 0;
    std::size_t rows = 0;

    /// Scans [first, last) of `text`, going on from `state`.
    void scan(std::string_view text, std::size_t first, std::size_t last, Dialect dialect) {
        const std::size_t size = last - first;
        if (ends.size() < size + 64) {
            ends.resize(size + 64);
            row_ends.resize(size + 64);
        }
        kernels::Ends found{.ends = ends.data(), .row_ends = row_ends.data()};
        kernels::best_kernels().scan(text.data() + first, size, dialect.delimiter, quote_of(dialect), 0,
                                     state, found);
        begin = first;
        count = found.count;
        rows = found.rows;
    }
};

/// One record as the text has it.
struct Record {
    std::size_t begin = 0;
    /// Where the record itself ends; `next` is after its line end.
    std::size_t end = 0;
    std::size_t next = 0;
    /// Where each field ends, as offsets from `base`; empty if there is a problem.
    std::span<const std::uint32_t> ends{};
    std::size_t base = 0;
    std::size_t fields_found = 0;
    Problem problem = Problem::none;
    /// The offset of the quote that is never closed.
    std::size_t open_quote = 0;
    /// Whether a line may end within the record.
    bool several_lines = false;
};

/// Finds the records of a text that start in [at, end), one by one.
class Records {
public:
    Records(std::string_view text, Dialect dialect, Limits limits, std::size_t at, std::size_t end)
        : text_(text), dialect_(dialect), limits_(limits), at_(at), end_(end) {
        limits_.max_row_bytes = std::min(limits_.max_row_bytes, std::size_t{1} << 31);
    }

    /// The next record; false after the last. What an earlier call gave is then no longer valid.
    bool next(Record& record) {
        while (at_ < end_) {
            if (row_ == window_.rows) refill();
            if (window_.rows == 0) {
                read_long(record);
                return true;
            }
            if (take(record)) return true;
        }
        return false;
    }

private:
    void refill() {
        window_.state = {};
        window_.scan(text_, at_, std::min(text_.size(), at_ + window_bytes), dialect_);
        several_lines_ = window_.state.quoted_line_ends > 0;
        row_ = 0;
        field_ = 0;
    }

    void drop_window() {
        window_.rows = 0;
        row_ = 0;
    }

    /// Takes the window's next record; false if its line is empty.
    bool take(Record& record) {
        const std::size_t last = window_.row_ends[row_++];
        const std::size_t first = std::exchange(field_, last + 1);
        const std::size_t begin = at_;
        const std::size_t end = window_.begin + window_.ends[last];
        if (end - begin > limits_.max_row_bytes) {
            read_long(record);
            return true;
        }
        at_ = end + 1;
        if (end == begin) return false;
        record = {.begin = begin,
                  .end = end,
                  .next = at_,
                  .ends = std::span(window_.ends).subspan(first, last + 1 - first),
                  .base = window_.begin,
                  .fields_found = last + 1 - first,
                  .several_lines = several_lines_};
        refuse_many_columns(record);
        return true;
    }

    /// Reads the record at `at_`, which does not end within a window: it is long, or the last and without a
    /// line end.
    void read_long(Record& record) {
        record = {.begin = at_, .base = at_, .several_lines = true};
        long_ends_.clear();
        const std::size_t limit = at_ + std::min(text_.size() - at_, limits_.max_row_bytes + 1);
        const auto keep = [&](std::size_t end) {
            ++record.fields_found;
            if (record.fields_found <= limits_.max_columns)
                long_ends_.push_back(static_cast<std::uint32_t>(end - at_));
        };
        window_.state = {};
        bool ended = false;
        for (std::size_t from = at_; from < limit && !ended; from += window_bytes) {
            window_.scan(text_, from, std::min(limit, from + window_bytes), dialect_);
            ended = window_.rows > 0;
            const std::size_t count = ended ? window_.row_ends[0] + std::size_t{1} : window_.count;
            for (std::size_t i = 0; i < count; ++i) keep(from + window_.ends[i]);
            if (ended) record.end = from + window_.ends[count - 1];
        }
        drop_window();
        const bool open = !ended && window_.state.inside != 0;
        if (open || (!ended && limit - at_ > limits_.max_row_bytes)) {
            give_up(record, limit, open);
            return;
        }
        if (!ended) {
            record.end = text_.size();
            keep(record.end);
        }
        at_ = record.next = std::min(text_.size(), record.end + 1);
        record.ends = long_ends_;
        refuse_many_columns(record);
    }

    void refuse_many_columns(Record& record) const {
        if (record.fields_found <= limits_.max_columns) return;
        record.problem = Problem::too_many_columns;
        record.ends = {};
    }

    /// Finds where to go on after a record that did not end before `limit`.
    void give_up(Record& record, std::size_t limit, bool within_quotes) {
        record.problem = within_quotes ? Problem::unterminated_quote : Problem::too_long;
        record.fields_found = 0;
        std::size_t from = limit - 1;
        if (within_quotes) {
            const std::string_view read = text_.substr(record.begin, limit - record.begin);
            from = record.open_quote = record.begin + open_quote(read, dialect_.delimiter);
        }
        at_ = record.next = after_line(text_, from);
        record.end = at_;
        while (record.end > record.begin && is_line_end(text_[record.end - 1])) --record.end;
    }

    std::string_view text_;
    Dialect dialect_;
    Limits limits_;
    std::size_t at_;
    std::size_t end_;
    Window window_;
    std::size_t row_ = 0;
    std::size_t field_ = 0;
    bool several_lines_ = false;
    std::vector<std::uint32_t> long_ends_;
};

/// A guess at the first start of a record at or after `at`, which is not 0; the text's size if there is none
/// near. Only speed depends on how good it is.
std::size_t guess_record_start(std::string_view text, std::size_t at, Dialect dialect, Window& window);

}  // namespace truce::csv
