// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace truce::report {

/// An SQLite database file to whose end whole pages are added, past SQLite.
///
/// Throws std::runtime_error, here and in SqliteRows, when the file cannot be written.
class SqliteFile {
public:
    /// Requires: the file is a database without auto-vacuum that SQLite has closed, and nobody else has it
    /// open.
    explicit SqliteFile(const std::filesystem::path& path);
    SqliteFile(const SqliteFile&) = delete;
    SqliteFile& operator=(const SqliteFile&) = delete;
    ~SqliteFile();

    [[nodiscard]] std::size_t page_size() const { return page_size_; }
    /// The number that the page added next has, and the one after page `number`: the page that SQLite keeps
    /// for its locks is never used.
    [[nodiscard]] std::uint32_t next() const { return next_; }
    [[nodiscard]] std::uint32_t after(std::uint32_t number) const;
    /// Adds a page; returns its number. Requires: `page` has the page's size; likewise below.
    std::uint32_t append(std::string_view page);
    /// Puts `page` in the place of one that was there when the file was opened, other than the first.
    void replace(std::uint32_t number, std::string_view page);
    /// Writes out what is held back, and the file's length into its header: SQLite may open it again.
    void close();

private:
    void write_out();
    void write_at(std::uint64_t offset, std::string_view bytes);
    [[noreturn]] void fail(int code) const;

    std::filesystem::path path_;
    int file_;
    std::size_t page_size_ = 0;
    std::uint32_t lock_page_ = 0;
    std::uint32_t next_ = 0;
    std::string held_back_;
    std::uint64_t written_ = 0;
};

/// Fills an empty table of such a file, row after row, rowids from 1 on: several times as fast as SQLite,
/// which takes each row down its tree and through its cache.
///
///     SqliteRows rows(file, root_page);
///     for (...) rows.rowid(), rows.text(name), rows.real(share), rows.end_row();
///     rows.finish();
///
/// Rows go into leaves as these fill, leaves to the end of the file; the pages above them follow at the end,
/// and the table's root page is replaced. https://www.sqlite.org/fileformat2.html, sections 1.5, 1.6 and 2.1.
class SqliteRows {
public:
    /// Requires: `root_page` is the root of a table that has no rows and no index; `file` outlives the rows.
    /// Several tables of one file may be filled in turns, by one thread.
    SqliteRows(SqliteFile& file, std::uint32_t root_page);

    /// The next column is the rowid's (INTEGER PRIMARY KEY).
    void rowid() { null(); }
    void null() { types_ += '\0'; }
    void integer(std::int64_t value);
    /// Of a column of type DOUBLE or REAL.
    void real(double value);
    void text(std::string_view value);
    void blob(std::string_view value);
    void end_row();
    /// How many rows have ended: the rowid of the last.
    [[nodiscard]] std::int64_t rows() const { return rows_; }
    /// Nothing may be added afterwards.
    void finish();

private:
    /// A page of the tree, and the last rowid in it and below it.
    struct Child {
        std::uint32_t page;
        std::int64_t last;
    };
    [[nodiscard]] std::string leaf();
    void append_leaf();
    [[nodiscard]] std::string interior(const Child* first, const Child* end) const;
    void add_spilled(std::string_view payload, std::size_t kept);

    SqliteFile& file_;
    std::uint32_t root_;
    std::string types_;  // of the row's values so far, and the values
    std::string values_;
    std::string cells_;  // of the leaf that fills
    std::vector<std::uint32_t> starts_;
    std::vector<Child> leaves_;
    std::int64_t rows_ = 0;
};

}  // namespace truce::report
