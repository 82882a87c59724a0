// SPDX-License-Identifier: Apache-2.0
// Any bytes as delimited text: the row reader, the reader in chunks and the column reader must agree on every
// record. The first byte chooses the dialect and the limits.
#include "base/csv.h"
#include "base/csv_columns.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace truce::csv;

void require(bool holds) {
    if (!holds) std::abort();
}

struct Seen {
    std::size_t number;
    std::size_t line;
    std::size_t offset;
    std::size_t size;
    Problem problem;
    std::vector<std::string> fields;
    friend bool operator==(const Seen&, const Seen&) = default;
};

Seen seen(const Row& row) {
    return {row.number,     row.line,    row.offset,
            row.raw.size(), row.problem, {row.fields.begin(), row.fields.end()}};
}

std::vector<Seen> read_whole(std::string_view text, Dialect dialect, Limits limits) {
    std::vector<Seen> all;
    Rows rows(text, dialect, limits);
    std::size_t end = 0;
    while (const Row* const row = rows.next()) {
        // Records come in order, do not overlap, lie in the text, and say what is wrong with them.
        require(row->offset >= end && !row->raw.empty() && row->offset + row->raw.size() <= text.size());
        end = row->offset + row->raw.size();
        require(row->error().has_value() == (row->problem != Problem::none));
        require(row->fields.size() <= limits.max_columns && row->fields.size() == row->starts.size());
        require(row->position(row->fields.size()).line >= row->line);
        all.push_back(seen(*row));
    }
    return all;
}

void compare_chunks(std::string_view text, Dialect dialect, Limits limits, const std::vector<Seen>& whole) {
    const auto chunks = cut(text, dialect, 1, limits, 37);
    std::vector<std::vector<Seen>> parts(chunks.size());
    for_each_row(
        text, dialect, chunks, 1,
        [&](std::size_t chunk, const Row& row) { parts[chunk].push_back(seen(row)); }, limits);
    std::size_t at = 0;
    for (const auto& part : parts) {
        for (const Seen& row : part) require(at < whole.size() && row == whole[at++]);
    }
    require(at == whole.size());
}

void compare_columns(std::string_view text, Dialect dialect, Limits limits, const std::vector<Seen>& whole) {
    const std::vector<WantedColumn> wanted{{std::size_t{0}, ColumnType::text},
                                           {std::size_t{0}, ColumnType::category},
                                           {std::size_t{0}, ColumnType::integer},
                                           {std::size_t{0}, ColumnType::real},
                                           {std::size_t{0}, ColumnType::day}};
    const ColumnSettings settings{.dialect = dialect, .header = Header::none, .limits = limits};
    const auto columns = read_columns(text, wanted, settings);
    if (!columns) return;
    const auto sums = summarise_columns(text, wanted, settings);
    require(sums.has_value() && sums->rows == columns->rows);
    require(columns->rows + columns->flaws.records == whole.size());
    std::size_t row = 0;
    for (const Seen& record : whole) {
        if (record.problem != Problem::none || record.fields.size() != whole.front().fields.size()) continue;
        require(columns->columns[0].text(row) == record.fields[0]);
        require(columns->columns[1].text(row) == record.fields[0]);
        ++row;
    }
    require(row == columns->rows);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    const Dialect dialect{.delimiter = std::string_view(",;\t|")[data[0] & 3],
                          .quoting = (data[0] & 4) != 0 ? Quoting::none : Quoting::rfc4180};
    const Limits limits{.max_row_bytes = (data[0] & 8) != 0 ? std::size_t{20} : std::size_t{1} << 20,
                        .max_columns = (data[0] & 16) != 0 ? std::size_t{3} : std::size_t{4096}};
    const auto whole = read_whole(text, dialect, limits);
    compare_chunks(text, dialect, limits, whole);
    compare_columns(text, dialect, limits, whole);
    const Sniffed sniffed = sniff(text);
    require(sniffed.dialect.delimiter != '\0');
    return 0;
}
