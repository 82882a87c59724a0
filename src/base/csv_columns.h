// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/csv.h"
#include "base/mapped_file.h"
#include "base/result.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// Chosen columns of a large delimited file, typed, without a look at the rest.
namespace truce::csv {

enum class ColumnType {
    /// Any bytes; each value is kept by itself.
    text,
    /// Any bytes; equal values share one code. For columns in which values recur.
    category,
    /// What `parse_integer` of text.h reads.
    integer,
    /// What `parse_real` of text.h reads, correctly rounded.
    real,
    /// `YYYY-MM-DD` or `YYYYMMDD`, a day that exists in the years 1 to 9999. After `YYYY-MM-DD` a time of day
    /// may follow,
    /// `hh:mm[:ss[.f]]` after a space or `T`; it is not kept.
    day,
};

/// A column by its place, from 0, or by its name in the header. Names are compared in lower case, trimmed,
/// with `_`, `-` and space equal.
struct WantedColumn {
    std::variant<std::string, std::size_t> column;
    ColumnType type;
};

enum class Header { first_record, none };

struct ColumnSettings {
    Dialect dialect{};
    Header header = Header::first_record;
    unsigned threads = 1;
    Limits limits{};
    /// How many flaws are described; all are counted.
    std::size_t max_flaws_kept = 100;
};

/// What was wrong in a file: in order of place, the first `max_flaws_kept` of them with line and byte column.
struct Flaws {
    /// Values that are not of their column's type. The value then counts as missing.
    std::size_t values = 0;
    /// Records whose number of fields is not the first record's, or that have a `Problem`. They are in no
    /// column.
    std::size_t records = 0;
    std::vector<Error> kept{};
};

/// One column, a value for every record that was read. Only the list of its own type has values.
///
/// A missing value is an empty field (or spaces, but for text and category, where they are a value like any
/// other) or a value that is not of the type. It has its place in the lists, with a mark.
class Column {
public:
    static constexpr std::int64_t no_integer = std::numeric_limits<std::int64_t>::min();
    static constexpr std::int32_t no_day = std::numeric_limits<std::int32_t>::min();

    Column(Column&&) noexcept;
    Column& operator=(Column&&) noexcept;
    ~Column();

    [[nodiscard]] const std::string& name() const;
    [[nodiscard]] ColumnType type() const;

    /// Missing ones are `no_integer`; a file cannot say that number: it is an invalid value.
    [[nodiscard]] std::span<const std::int64_t> integers() const;
    /// Missing ones are NaN, which a file cannot say.
    [[nodiscard]] std::span<const double> reals() const;
    /// Days since 1970-01-01; missing ones are `no_day`.
    [[nodiscard]] std::span<const std::int32_t> days() const;
    /// Indexes into `categories()`.
    [[nodiscard]] std::span<const std::uint32_t> codes() const;
    /// The different values in the order in which they first occur in the file.
    [[nodiscard]] const std::vector<std::string>& categories() const;

    /// The value of a text or category column. Requires: `row` is less than the number of rows.
    [[nodiscard]] std::string_view text(std::size_t row) const;

private:
    friend class ColumnBuilding;
    struct Values;
    explicit Column(std::unique_ptr<Values> values);
    std::unique_ptr<Values> values_;
};

/// The columns asked for, in that order. `rows` + `flaws.records` is the number of records but for the
/// header.
struct Columns {
    std::size_t rows = 0;
    std::vector<Column> columns{};
    Flaws flaws{};
};

/// Reads columns of a file into memory.
///
/// The same answer for any number of threads. Fails if a column is not there, if two have the name asked for,
/// if the file has no records, is UTF-16, or changed while it was read. The file's pages are given back as
/// reading goes on: memory is what the columns take.
Result<Columns> read_columns(const MappedFile& file, std::span<const WantedColumn> wanted,
                             const ColumnSettings& settings);

/// The same for a text in memory.
Result<Columns> read_columns(std::string_view text, std::span<const WantedColumn> wanted,
                             const ColumnSettings& settings);

/// What a column comes to. Lists of another type than the column's have nothing.
struct Summary {
    std::string name;
    ColumnType type{};
    /// Values that are there and of the type; for text, those with a byte.
    std::size_t present = 0;
    std::size_t missing = 0;
    std::size_t invalid = 0;
    std::optional<std::int64_t> least_integer{};
    std::optional<std::int64_t> greatest_integer{};
    /// Nothing if there are none or if the sum is beyond 64 bits.
    std::optional<std::int64_t> integer_sum{};
    std::optional<double> least_real{};
    std::optional<double> greatest_real{};
    /// With an error of a few units in the last place of the sum of magnitudes (Neumaier 1974), the same for
    /// any number of threads.
    std::optional<double> real_sum{};
    std::optional<std::chrono::sys_days> first_day{};
    std::optional<std::chrono::sys_days> last_day{};
};

struct Summaries {
    std::size_t rows = 0;
    std::vector<Summary> columns{};
    Flaws flaws{};
};

/// Sums up columns straight from the file, without keeping them: memory is bounded whatever the file's size.
/// Fails as `read_columns` does. A category column is summed up as text.
Result<Summaries> summarise_columns(const MappedFile& file, std::span<const WantedColumn> wanted,
                                    const ColumnSettings& settings);

/// The same for a text in memory.
Result<Summaries> summarise_columns(std::string_view text, std::span<const WantedColumn> wanted,
                                    const ColumnSettings& settings);

}  // namespace truce::csv
