// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/sha256.h"
#include "model/account.h"
#include "sources/lookup.h"

namespace truce::sources {

struct Mapping;

/// What a reader made of one input. Every row ends up in exactly one of the two lists:
/// `source.rows == accounts.size() + rejects.size()`.
struct ReadResult {
    Source source;
    std::vector<Account> accounts;
    std::vector<Reject> rejects;
};

/// The formats whose readers know themselves. `table` is any other delimited text: it needs a mapping.
enum class Format : std::uint8_t {
    ucdp_ged,
    acled,
    acled_aggregated,
    kobo,
    odk,
    geojson,
    gdelt,
    firms,
    table
};

[[nodiscard]] std::string_view name_of(Format format);

/// The format of a text by its content alone: its header's columns, or, for headerless files, the shape of
/// its first rows. Fails, saying what was found and which formats there are, when it is none (an empty text,
/// a binary file, an HTML page or an error message saved under a data file's name).
[[nodiscard]] Result<Format> recognise(std::string_view text);

/// Reads one file of accounts. `file` names it in messages and in the source; `mapping` makes any table
/// readable and, where given, is used whatever the format. Fails only where the file as a whole cannot be
/// read; a bad row is a reject. The same result for every number of threads.
///
/// `SourceId`s are 0 throughout: the caller knows which of its sources this is. Requires: `text` lives until
/// the call returns.
[[nodiscard]] Result<ReadResult> read_accounts(std::string_view text, std::string_view file,
                                               const Context& context, const Mapping* mapping = nullptr);

/// The rejects as a table to be mended and read again: the rejected rows as they are, under the file's own
/// header and with its delimiter, with three columns put before (truce_line, truce_found, truce_expected)
/// that every reader skips. Features of GeoJSON become rows of one column. `text` is what was read.
[[nodiscard]] std::string rejects_csv(const ReadResult& result, std::string_view text,
                                      const Mapping* mapping = nullptr);

/// A row by the names of its columns, in the order of the names: what it takes to read it again elsewhere.
using NamedCells = std::vector<std::pair<std::string, std::string>>;

/// The rows of a text whose bytes have one of the hashes in `wanted` (`Account::raw`), by that hash, each as cells by column: a table
/// of them under these names is read by `read_accounts` to the same accounts.
///
/// Columns are called as the file calls them, those of a file without a header as its format does. Columns without a name are called
/// `column 3`, those with another's name `name (2)`; a feature of GeoJSON has its properties, its point and its id. Rows that are not
/// found, or are no UTF-8, are left out, as is everything where the text cannot be read.
[[nodiscard]] std::map<Sha256, NamedCells> cells_by_hash(std::string_view text, const std::set<Sha256>& wanted,
                                                         const Mapping* mapping = nullptr);

/// How one release of a dataset differs from the one before it: by the source's own row keys and the rows'
/// hashes.
///
/// Rows without a key of their own count by their content alone: `row HASH`, the first twelve digits. Of
/// several rows with one key the hashes are compared as a set. Rejects count as the rows that they are,
/// without a key.
struct ReleaseChange {
    std::vector<std::string> added;    ///< keys, in the new file's order
    std::vector<std::string> changed;  ///< same key, other content; in the new file's order
    std::vector<std::string> gone;     ///< in the old file's order
    std::uint64_t unchanged = 0;
    [[nodiscard]] bool none() const { return added.empty() && changed.empty() && gone.empty(); }
};
[[nodiscard]] ReleaseChange compare_releases(const ReadResult& before, const ReadResult& after);

}  // namespace truce::sources
