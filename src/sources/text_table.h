// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/csv.h"
#include "base/result.h"
#include "model/account.h"

namespace truce::sources {

/// The columns of a table by name.
class Header {
public:
    Header() = default;
    explicit Header(std::vector<std::string> names);

    [[nodiscard]] std::size_t size() const { return names_.size(); }
    [[nodiscard]] const std::string& name(std::size_t column) const { return names_[column]; }
    /// The name's `header_key`.
    [[nodiscard]] const std::string& key(std::size_t column) const { return keys_[column]; }
    [[nodiscard]] std::span<const std::string> names() const { return names_; }
    /// The first column whose key is `key`, or the first of several keys that some column has.
    [[nodiscard]] std::optional<std::size_t> find(std::string_view key) const;
    [[nodiscard]] std::optional<std::size_t> find_any(std::initializer_list<std::string_view> keys) const;
    [[nodiscard]] bool has(std::string_view key) const { return find(key).has_value(); }
    [[nodiscard]] bool has_all(std::initializer_list<std::string_view> keys) const;
    /// Names that several columns share, each once; columns without a name do not count.
    [[nodiscard]] std::vector<std::string> shared_names() const;

private:
    std::vector<std::string> names_;
    std::vector<std::string> keys_;
    std::unordered_map<std::string, std::size_t> by_key_;
};

/// How a text is written, where it does not say so itself.
enum class TextEncoding : std::uint8_t { utf8, windows_1251, windows_1256 };

/// What is known beforehand of how a table is written; what is left out is found out.
struct TableForm {
    std::optional<char> delimiter{};
    std::optional<csv::Quoting> quoting{};
    TextEncoding encoding = TextEncoding::utf8;
};

/// One row of a table, as its reader sees it. Views last until the next row is read.
struct TableRow {
    /// As many as the header has columns.
    std::span<const std::string_view> cells;
    std::string_view raw;
    std::uint64_t number = 0;  ///< from 1, headers not counted
    std::uint64_t line = 0;

    [[nodiscard]] std::string_view operator[](std::size_t column) const { return cells[column]; }
};

/// What is wrong with a row.
struct RowFault {
    /// The column at fault, from 0; nothing when it is the row as a whole.
    std::optional<std::size_t> column{};
    std::string found{};
    std::string expected{};
    /// Whether knowing the order of day and month would mend it.
    enum class Kind : std::uint8_t { plain, needs_date_order } kind = Kind::plain;
};

using RowResult = tl::expected<Account, RowFault>;

/// Makes an account of a row. Not called by two threads at a time; row, line and raw hash are filled in by
/// the caller.
using RowMaker = std::function<RowResult(const TableRow&)>;

/// Accounts and rejects of one table, in its order.
struct ReadRows {
    std::uint64_t rows = 0;
    std::vector<Account> accounts;
    std::vector<Reject> rejects;
    /// Rejects that knowing the order of day and month would mend.
    std::uint64_t waiting_for_date_order = 0;
    /// Rows with bytes that are not UTF-8, be they accounts or rejects.
    std::uint64_t not_utf8 = 0;
};

/// Delimited text with a header.
///
/// Opened in two steps, since what the header is may have to be decided by its content: `open` decodes the
/// text and reads the first rows, `set_header` says which of them is the header. What precedes it is a
/// preamble.
class TextTable {
public:
    /// How many records are looked at for a header.
    static constexpr std::size_t head_size = 40;

    /// Decodes `text` (UTF-8 with or without its mark; UTF-16 by its mark; what `form` says), finds its
    /// delimiter and reads its head. Fails for a text without a record, and one with NULs that is not UTF-16.
    /// Requires: `text` outlives the table.
    [[nodiscard]] static Result<TextTable> open(std::string_view text, const TableForm& form = {});

    /// The first records as they are, the three columns of a rejects file left out.
    [[nodiscard]] std::span<const std::vector<std::string>> head() const { return head_; }
    /// Whether the table is a rejects file of ours: its first three columns are skipped wherever a row is
    /// read.
    [[nodiscard]] bool of_rejects() const { return skipped_columns_ > 0; }

    /// Makes record `record` of the head (from 0) the header. An HXL row under it is skipped.
    void set_header(std::size_t record);
    /// Gives the columns names where the file has none: every record is a row. Rows may end early, but not
    /// before `fewest_cells`; what they lack is empty.
    void set_names(std::vector<std::string> names, std::size_t fewest_cells);

    [[nodiscard]] const Header& header() const { return header_; }
    /// The HXL row's tags, one a column; empty where the file has no such row.
    [[nodiscard]] std::span<const std::string> hxl_tags() const { return hxl_tags_; }
    /// Records before the header.
    [[nodiscard]] std::size_t preamble() const { return preamble_; }
    [[nodiscard]] csv::Dialect dialect() const { return dialect_; }

    /// Reads all rows on `threads` threads. `new_maker` is called once for each thread. The same result for
    /// every number of threads. Rows with a NUL, or more or fewer cells than the header, become rejects and
    /// do not reach a maker; cells beyond the header that are empty are passed over. Bytes that are not UTF-8
    /// make a reject where a key, a party or a place rests on them; in other words U+FFFD takes their place,
    /// and a remark says so. Requires: a header is set.
    [[nodiscard]] ReadRows read(int threads, const std::function<RowMaker()>& new_maker) const;

    /// Calls `use` for every row that has as many cells as the header, one after another.
    void for_each_row(const std::function<void(const TableRow&)>& use) const;

private:
    TextTable() = default;
    [[nodiscard]] std::string_view text() const { return decoded_ ? std::string_view(*decoded_) : given_; }
    class Worker;

    std::string_view given_;
    std::shared_ptr<const std::string> decoded_;  // shared by copies of the table: it never changes
    csv::Dialect dialect_;
    std::vector<std::vector<std::string>> head_;
    std::size_t skipped_columns_ = 0;
    Header header_;
    std::vector<std::string> hxl_tags_;
    std::size_t preamble_ = 0;
    std::size_t first_row_ = 0;  // records before the first row
    std::size_t fewest_cells_ = 0;
};

/// The reject that a fault makes of a row.
[[nodiscard]] Reject reject_of(const RowFault& fault, const Header& header, const TableRow& row);

/// The columns that `rejects_csv` puts before a file's own.
inline constexpr std::string_view reject_columns[] = {"truce_line", "truce_found", "truce_expected"};

/// A field as CSV wants it: quoted where it holds the delimiter, a quote or the end of a line.
void append_field(std::string& out, std::string_view field, csv::Dialect dialect);

/// Whether a record is an HXL row: tags such as `#date+start`, and nothing else but empty cells.
[[nodiscard]] bool is_hxl_row(std::span<const std::string> cells);

}  // namespace truce::sources
