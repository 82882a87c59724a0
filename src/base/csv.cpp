// SPDX-License-Identifier: Apache-2.0
#include "base/csv.h"

#include "base/csv_records.h"
#include "base/side_by_side.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

namespace truce::csv {

namespace {

constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";

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
