// SPDX-License-Identifier: Apache-2.0
#include "base/csv.h"

#include "base/csv_kernels.h"
#include "base/side_by_side.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <utility>

namespace truce::csv {

namespace {

constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";
constexpr std::size_t window_bytes = std::size_t{64} << 10;

bool is_line_end(char c) {
    return c == '\n' || c == '\r';
}

int quote_of(Dialect dialect) {
    return dialect.quoting == Quoting::rfc4180 ? '"' : -1;
}

/// How many lines end in [first, last) of `text`.
std::size_t line_ends(std::string_view text, std::size_t first, std::size_t last) {
    const bool after_cr = first > 0 && text[first - 1] == '\r';
    return kernels::best_kernels().count_line_ends(text.data() + first, last - first, after_cr);
}

/// The offset after the first line end at or after `from`; CRLF is taken whole.
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

/// Where in `record`, which starts a record and ends within quotes, the quote was opened that is still open.
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

/// Skips lines without a byte. `at` is outside quotes and at the start of a line.
std::size_t skip_empty_lines(std::string_view text, std::size_t at) {
    while (at < text.size() && is_line_end(text[at])) ++at;
    return at;
}

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
    std::size_t quote = text.find('"', at);
    for (int seen = 0; seen < look_at_quotes && quote < text.size() && quote < at + look_at_bytes; ++seen) {
        const bool may_open = quote == 0 || is_break(quote - 1) || text[quote - 1] == '"';
        const bool may_close = is_break(quote + 1) || text[quote + 1] == '"';
        outside_oddities += (opens ? may_open : may_close) ? 0 : 1;
        inside_oddities += (opens ? may_close : may_open) ? 0 : 1;
        opens = !opens;
        quote = text.find('"', quote + 1);
    }
    return inside_oddities < outside_oddities;
}

/// A guess at the first start of a record at or after `at`; the text's size if there is none near.
std::size_t guess_record_start(std::string_view text, std::size_t at, Dialect dialect, Window& window) {
    if (dialect.quoting == Quoting::none) return skip_empty_lines(text, after_line(text, at - 1));
    const bool may_open = text[at - 1] == dialect.delimiter || is_line_end(text[at - 1]);
    const bool inside = looks_quoted(text, at, dialect.delimiter);
    window.state = {.inside = inside ? ~std::uint64_t{0} : 0, .may_open = may_open ? 1U : 0U};
    // The byte before the cut tells whether the cut is itself at a record's start.
    if (!inside && is_line_end(text[at - 1])) return skip_empty_lines(text, at);
    for (std::size_t from = at; from < text.size(); from += window_bytes) {
        window.scan(text, from, std::min(text.size(), from + window_bytes), dialect);
        if (window.rows > 0) return skip_empty_lines(text, from + window.ends[window.row_ends[0]] + 1);
        if (from - at > std::size_t{1} << 20) break;
    }
    return text.size();
}

/// What lies between one place between records and another.
struct Counted {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t rows = 0;
    std::size_t lines = 0;
};

/// Counts the records that start in [begin, grid_end).
Counted count_rows(std::string_view text, Dialect dialect, Limits limits, std::size_t begin,
                   std::size_t grid_end) {
    Counted counted{.begin = begin, .end = begin};
    Records records(text, dialect, limits, begin, grid_end);
    Record record;
    while (records.next(record)) {
        ++counted.rows;
        counted.end = record.next;
    }
    counted.end = skip_empty_lines(text, counted.end);
    counted.lines = line_ends(text, counted.begin, counted.end);
    return counted;
}

std::size_t text_start(std::string_view text) {
    return text.size() - without_byte_order_mark(text).size();
}

}  // namespace

class Rows::Reader {
public:
    Reader(std::string_view text, Dialect dialect, Limits limits, Chunk chunk)
        : text_(text),
          dialect_(dialect),
          records_(text, dialect, limits, chunk.begin, chunk.end),
          number_(chunk.rows_before),
          line_(chunk.lines_before + 1),
          counted_to_(chunk.begin),
          several_lines_(true) {}

    const Row* next() {
        Record record;
        if (!records_.next(record)) return nullptr;
        count_lines(record);
        row_ = {.number = ++number_,
                .line = line_,
                .offset = record.begin,
                .raw = text_.substr(record.begin, record.end - record.begin),
                .problem = record.problem,
                .fields_found = record.fields_found};
        if (record.problem == Problem::none) {
            read_fields(record);
        } else if (record.problem == Problem::unterminated_quote) {
            row_.quote_line = line_ + line_ends(text_, record.begin, record.open_quote);
        }
        return &row_;
    }

private:
    /// Moves `line_` on to the line on which `record` starts.
    void count_lines(const Record& record) {
        if (several_lines_) {
            line_ += line_ends(text_, counted_to_, record.begin);
        } else {
            // The record before ended with its first line end; empty lines may have followed.
            ++line_;
            for (std::size_t i = last_next_; i < record.begin; ++i) {
                line_ += text_[i] == '\r' || text_[i - 1] != '\r' ? 1U : 0U;
            }
        }
        counted_to_ = record.begin;
        last_next_ = record.next;
        several_lines_ = record.several_lines;
    }

    void read_fields(const Record& record) {
        fields_.resize(record.ends.size());
        starts_.resize(record.ends.size());
        unquoted_.clear();
        std::size_t start = record.begin;
        for (std::size_t i = 0; i < record.ends.size(); ++i) {
            const std::size_t end = record.base + record.ends[i];
            starts_[i] = static_cast<std::uint32_t>(start - record.begin);
            fields_[i] = value(text_.substr(start, end - start), record);
            start = end + 1;
        }
        row_.fields = fields_;
        row_.starts = starts_;
    }

    /// A field's value; `field` is as the text has it.
    std::string_view value(std::string_view field, const Record& record) {
        if (field.empty() || field.front() != '"' || dialect_.quoting == Quoting::none) return field;
        const std::size_t close = field.find('"', 1);
        if (close == field.size() - 1) return field.substr(1, close - 1);
        return unquote(field, record);
    }

    /// The value of a quoted field with doubled quotes or with more after the closing quote.
    std::string_view unquote(std::string_view field, const Record& record) {
        // Reserved once for the whole record, so that earlier values of it stay where they are.
        unquoted_.reserve(record.end - record.begin);
        const std::size_t first = unquoted_.size();
        std::size_t from = 1;
        while (true) {
            const std::size_t quote = field.find('"', from);
            // A quoted field always has its closing quote: the scan would not have ended the field otherwise.
            assert(quote != std::string_view::npos);
            unquoted_.append(field, from, quote - from);
            if (quote + 1 == field.size() || field[quote + 1] != '"') {
                unquoted_.append(field, quote + 1);
                break;
            }
            unquoted_.push_back('"');
            from = quote + 2;
        }
        return std::string_view(unquoted_).substr(first);
    }

    std::string_view text_;
    Dialect dialect_;
    Records records_;
    Row row_;
    std::vector<std::string_view> fields_;
    std::vector<std::uint32_t> starts_;
    std::string unquoted_;
    std::size_t number_;
    std::size_t line_;
    std::size_t counted_to_;
    std::size_t last_next_ = 0;
    bool several_lines_;
};

Rows::Rows(std::string_view text, Dialect dialect, Limits limits)
    : reader_(std::make_unique<Reader>(text, dialect, limits,
                                       Chunk{.begin = text_start(text), .end = text.size()})) {}

Rows::Rows(std::string_view text, Dialect dialect, Chunk chunk, Limits limits)
    : reader_(std::make_unique<Reader>(text, dialect, limits, chunk)) {}

Rows::Rows(Rows&&) noexcept = default;
Rows& Rows::operator=(Rows&&) noexcept = default;
Rows::~Rows() = default;

const Row* Rows::next() {
    return reader_->next();
}

Row::Position Row::position(std::size_t index) const {
    const std::size_t at = index < starts.size() ? starts[index] : raw.size();
    std::size_t line_start = at;
    while (line_start > 0 && !is_line_end(raw[line_start - 1])) --line_start;
    return {.line = line + line_ends(raw, 0, at), .column = at - line_start + 1};
}

std::optional<Error> Row::error() const {
    switch (problem) {
        case Problem::none:
            return std::nullopt;
        case Problem::too_many_columns:
            return Error{.message = fmt::format("one record with {} fields; that is more than can be read",
                                                fields_found),
                         .line = line};
        case Problem::too_long:
            return Error{
                .message =
                    "one record that is longer than can be read; is a line end or a closing quote missing?",
                .line = line};
        case Problem::unterminated_quote:
            return Error{.message = fmt::format(
                             "the quote opened on line {} is never closed; want a closing '\"' before the "
                             "next delimiter or line end",
                             quote_line),
                         .line = line};
    }
    return std::nullopt;
}

std::vector<Chunk> cut(std::string_view text, Dialect dialect, unsigned threads, Limits limits,
                       std::size_t chunk_bytes) {
    assert(chunk_bytes > 0);
    const std::size_t start = skip_empty_lines(text, text_start(text));
    const std::size_t cells = (text.size() - start + chunk_bytes - 1) / chunk_bytes;
    const auto cell_end = [&](std::size_t cell) {
        return std::min(text.size(), start + (cell + 1) * chunk_bytes);
    };
    std::vector<Counted> counted(cells);
    run_side_by_side(threads, cells, [&](std::size_t cell) {
        Window window;
        const std::size_t begin =
            cell == 0 ? start : guess_record_start(text, start + cell * chunk_bytes, dialect, window);
        if (begin < cell_end(cell)) counted[cell] = count_rows(text, dialect, limits, begin, cell_end(cell));
    });
    std::vector<Chunk> chunks;
    Chunk chunk{.begin = start, .end = start, .rows_before = 0, .lines_before = line_ends(text, 0, start)};
    for (std::size_t cell = 0; cell < cells; ++cell) {
        if (chunk.begin >= cell_end(cell)) continue;
        Counted& count = counted[cell];
        // A guess that does not start where the chunk before ended was wrong; then this cell is counted anew.
        if (count.begin != chunk.begin || count.rows == 0) {
            count = count_rows(text, dialect, limits, chunk.begin, cell_end(cell));
        }
        chunk.end = count.end;
        chunks.push_back(chunk);
        chunk = {.begin = count.end,
                 .end = count.end,
                 .rows_before = chunk.rows_before + count.rows,
                 .lines_before = chunk.lines_before + count.lines};
    }
    return chunks;
}

void for_each_row(std::string_view text, Dialect dialect, std::span<const Chunk> chunks, unsigned threads,
                  const std::function<void(std::size_t chunk_index, const Row& row)>& use, Limits limits) {
    run_side_by_side(threads, chunks.size(), [&](std::size_t index) {
        Rows rows(text, dialect, chunks[index], limits);
        while (const Row* const row = rows.next()) use(index, *row);
    });
}

std::string_view without_byte_order_mark(std::string_view text) {
    return text.starts_with(utf8_mark) ? text.substr(utf8_mark.size()) : text;
}

namespace {

constexpr std::size_t sniffed_bytes = std::size_t{256} << 10;

/// How well a dialect fits the start of a text.
struct Fit {
    Dialect dialect{};
    /// The number of fields that most records have, and how many have it.
    std::size_t columns = 0;
    std::size_t agreeing = 0;
    std::size_t records = 0;

    [[nodiscard]] bool better_than(const Fit& other) const {
        const bool splits = columns >= 2;
        if (splits != (other.columns >= 2)) return splits;
        // Compared as shares of all records, since quoting changes how many there are.
        return agreeing * other.records > other.agreeing * records;
    }
};

Fit fit_of(std::string_view text, Dialect dialect) {
    constexpr std::size_t max_records = 1000;
    Fit fit{.dialect = dialect};
    std::vector<std::size_t> counts;
    Rows rows(text, dialect);
    while (const Row* const row = rows.next()) {
        counts.push_back(row->fields_found);
        if (counts.size() == max_records) break;
    }
    // The last record may be cut off by the end of the sample.
    if (counts.size() > 1 && text.size() == sniffed_bytes) counts.pop_back();
    fit.records = counts.size();
    std::ranges::sort(counts);
    for (std::size_t i = 0; i < counts.size();) {
        std::size_t next = i;
        while (next < counts.size() && counts[next] == counts[i]) ++next;
        if (next - i > fit.agreeing) {
            fit.agreeing = next - i;
            fit.columns = counts[i];
        }
        i = next;
    }
    return fit;
}

LineEnd line_end_of(std::string_view text) {
    const auto lf = static_cast<std::size_t>(std::ranges::count(text, '\n'));
    const auto cr = static_cast<std::size_t>(std::ranges::count(text, '\r'));
    std::size_t both = 0;
    for (std::size_t i = text.find("\r\n"); i != std::string_view::npos; i = text.find("\r\n", i + 2)) ++both;
    if (lf + cr == 0) return LineEnd::none;
    if (cr == 0) return LineEnd::lf;
    if (lf == 0) return LineEnd::cr;
    return lf == both && cr == both ? LineEnd::crlf : LineEnd::mixed;
}

/// UTF-16 without a mark: plain text has a NUL in every second byte.
std::optional<Encoding> nul_pattern(std::string_view text) {
    const std::string_view sample = text.substr(0, 1024 - 1024 % 2);
    std::array<std::size_t, 2> nuls{};
    for (std::size_t i = 0; i < sample.size(); ++i) nuls[i % 2] += sample[i] == '\0' ? 1U : 0U;
    const std::size_t pairs = sample.size() / 2;
    if (pairs < 2) return std::nullopt;
    if (nuls[1] * 10 > pairs * 4 && nuls[0] * 10 < pairs) return Encoding::utf16_le;
    if (nuls[0] * 10 > pairs * 4 && nuls[1] * 10 < pairs) return Encoding::utf16_be;
    return std::nullopt;
}

}  // namespace

Sniffed sniff(std::string_view text) {
    Sniffed sniffed;
    const bool little = text.starts_with("\xFF\xFE");
    const bool big = text.starts_with("\xFE\xFF");
    sniffed.byte_order_mark = little || big || text.starts_with(utf8_mark);
    if (little || big) {
        sniffed.encoding = little ? Encoding::utf16_le : Encoding::utf16_be;
        return sniffed;
    }
    if (const auto encoding = nul_pattern(text)) {
        sniffed.encoding = *encoding;
        return sniffed;
    }
    const std::string_view sample = without_byte_order_mark(text.substr(0, sniffed_bytes));
    sniffed.line_end = line_end_of(sample);
    Fit best = fit_of(sample, {.delimiter = ',', .quoting = Quoting::rfc4180});
    for (const Dialect dialect :
         {Dialect{.delimiter = ';'}, Dialect{.delimiter = '\t'}, Dialect{.delimiter = '|'}}) {
        const Fit fit = fit_of(sample, dialect);
        if (fit.better_than(best)) best = fit;
    }
    const Fit unquoted = fit_of(sample, {.delimiter = '\t', .quoting = Quoting::none});
    // Stray quotes join lines to one record, which then agrees with itself: as good a fit to more records is
    // the better.
    if (unquoted.better_than(best) ||
        (best.dialect.delimiter == '\t' && unquoted.records > best.records && !best.better_than(unquoted))) {
        best = unquoted;
    }
    sniffed.columns = best.columns;
    if (best.columns >= 2) sniffed.dialect = best.dialect;
    return sniffed;
}

}  // namespace truce::csv
