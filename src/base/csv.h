// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

/// Delimited text: what RFC 4180 says, and what files found in the field say instead.
///
/// The grammar, exactly:
/// - A record ends at LF, CR or CRLF outside quotes, or at the end of the text. A line without a byte is no
/// record.
/// - With `Quoting::rfc4180` a field whose first byte is `"` is quoted: up to the closing quote, delimiters
/// and line
///   breaks are data and `""` is one `"`. Bytes between the closing quote and the next delimiter are data
///   too. A quote anywhere else in a field is data. With `Quoting::none` every quote is data.
/// - A byte order mark of UTF-8 at the very start is skipped. NUL is a byte like any other.
/// This is what Python's `csv` module reads with its default settings, but for empty lines.
namespace truce::csv {

enum class Quoting { rfc4180, none };

struct Dialect {
    char delimiter = ',';
    Quoting quoting = Quoting::rfc4180;
    friend bool operator==(const Dialect&, const Dialect&) = default;
};

/// How much one record may take before it is reported instead of read.
struct Limits {
    std::size_t max_row_bytes = std::size_t{16} << 20;
    std::size_t max_columns = 4096;
};

/// Why a record has no fields that could be trusted.
enum class Problem {
    none,
    /// The record has more fields than `Limits::max_columns`. Reading goes on after it.
    too_many_columns,
    /// The record is longer than `Limits::max_row_bytes`. Reading goes on after the line that holds the
    /// limit's last byte.
    too_long,
    /// A quote was opened and not closed before the end of the text or within `Limits::max_row_bytes`.
    /// Reading goes on after the line in which it was opened, so that one quote does not swallow the rest.
    unterminated_quote,
};

/// One record. Views into the text, or into the reader for fields with doubled quotes: valid until the next
/// record is read.
struct Row {
    /// Counts from 1 over all records, the header and the records with problems included.
    std::size_t number = 0;
    /// The physical line on which the record starts, from 1. LF, CR and CRLF end a line, within quotes too.
    std::size_t line = 0;
    /// Where the record starts in the text, in bytes from 0.
    std::size_t offset = 0;
    /// The record as it stands in the text, without the end of its line.
    std::string_view raw{};
    /// The values, without their quotes. Empty if there is a problem.
    std::span<const std::string_view> fields{};
    Problem problem = Problem::none;
    /// How many fields the record has: more than `fields` holds if there are too many. 0 for the other
    /// problems.
    std::size_t fields_found = 0;
    /// The line on which the quote was opened that is never closed; 0 if there is none.
    std::size_t quote_line = 0;
    /// Where each field starts within `raw`, its quote included; as many as `fields`.
    std::span<const std::uint32_t> starts{};

    /// A place in the text for a message: both count from 1, `column` in bytes.
    struct Position {
        std::size_t line;
        std::size_t column;
    };
    /// Where field `index` starts, its quote included. For an index past the last field, where the record
    /// ends.
    [[nodiscard]] Position position(std::size_t index) const;

    /// The problem as an error with its line, fit to be shown; nothing if there is none.
    [[nodiscard]] std::optional<Error> error() const;
};

/// A stretch of a text that starts and ends between records, and what was counted before it.
struct Chunk {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t rows_before = 0;
    std::size_t lines_before = 0;
    friend bool operator==(const Chunk&, const Chunk&) = default;
};

/// Reads the records of a text one by one.
///
///     csv::Rows rows(text, dialect);
///     while (const csv::Row* row = rows.next()) use(row->fields);
///
/// The text must outlive the reader. Memory is bounded by `limits`, whatever the text.
class Rows {
public:
    Rows(std::string_view text, Dialect dialect, Limits limits = {});
    /// The records of one chunk of `cut`, numbered as in the whole text.
    Rows(std::string_view text, Dialect dialect, Chunk chunk, Limits limits = {});
    Rows(Rows&&) noexcept;
    Rows& operator=(Rows&&) noexcept;
    ~Rows();

    /// The next record, or nullptr after the last. What an earlier call returned is then no longer valid.
    const Row* next();

private:
    class Reader;
    std::unique_ptr<Reader> reader_;
};

/// Cuts a text between records into chunks of about `chunk_bytes`, for readers that work side by side.
///
/// The chunks depend on the text, the dialect and `chunk_bytes` alone, never on `threads`, and reading them
/// one after another gives exactly the rows of `Rows(text, dialect)`. A text without records has no chunks.
/// Cost: one pass over the text, shared by `threads` threads.
std::vector<Chunk> cut(std::string_view text, Dialect dialect, unsigned threads, Limits limits = {},
                       std::size_t chunk_bytes = std::size_t{1} << 20);

/// Calls `use(chunk_index, row)` for every record: in order within a chunk, chunks side by side on `threads`
/// threads.
///
/// `chunks` is what `cut` returned for the same text, dialect and limits. Collect into one list per chunk and
/// join the lists in order: the result is then the same for any number of threads. An exception from `use`
/// stops the reading and is rethrown.
void for_each_row(std::string_view text, Dialect dialect, std::span<const Chunk> chunks, unsigned threads,
                  const std::function<void(std::size_t chunk_index, const Row& row)>& use,
                  Limits limits = {});

enum class Encoding { utf8, utf16_le, utf16_be };
enum class LineEnd { none, lf, crlf, cr, mixed };

/// What a text looks like from its start.
struct Sniffed {
    Dialect dialect;
    /// UTF-16 is known by its byte order mark, or by NULs in every second byte. Everything else is called
    /// `utf8`.
    Encoding encoding = Encoding::utf8;
    bool byte_order_mark = false;
    LineEnd line_end = LineEnd::none;
    /// The number of fields in most of the records that were looked at; 0 without records.
    std::size_t columns = 0;
};

/// Guesses delimiter (`,` `;` tab `|`) and quoting from the first 256 KiB.
///
/// The delimiter that gives the most records the same number of fields, at least two, wins; ties go in the
/// order above. With none of them the delimiter is a comma and there is one column. Quotes are taken as data
/// (`Quoting::none`) only in tab-separated text whose records agree on their number of fields when quotes are
/// data and do not otherwise.
Sniffed sniff(std::string_view text);

/// The text without the byte order mark of UTF-8, if it has one.
std::string_view without_byte_order_mark(std::string_view text);

}  // namespace truce::csv
