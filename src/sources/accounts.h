// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/account.h"
#include "model/actor.h"
#include "model/area.h"

namespace truce::sources {

struct Mapping;

/// What a reader must know of the mission to make accounts of rows.
struct Context {
    /// Whom names and codes mean. Requires: outlives the call; so do all references here.
    const ActorRegister& actors;
    /// Which administrative areas and countries places are widened to.
    const AreaRegister& areas;
    /// Where the source says no zone: whose midnights its days run between.
    Zone zone;
    int threads = 1;
};

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
[[nodiscard]] Result<ReadResult> read_accounts(std::string_view text, std::string_view file,
                                               const Context& context, const Mapping* mapping = nullptr);

/// The rejects as a CSV to be mended and read again: the rejected rows as they are under the file's own
/// header, with three columns put before (line, found, expected) that every reader skips.
[[nodiscard]] std::string rejects_csv(const ReadResult& result, std::string_view text);

/// How one release of a dataset differs from the one before it: by the source's own row keys and the rows'
/// hashes.
struct ReleaseChange {
    std::vector<std::string> added;    ///< keys, in the new file's order
    std::vector<std::string> changed;  ///< same key, other content
    std::vector<std::string> gone;     ///< in the old file's order
    std::uint64_t unchanged = 0;
};
[[nodiscard]] ReleaseChange compare_releases(const ReadResult& before, const ReadResult& after);

}  // namespace truce::sources
