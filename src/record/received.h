// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/sha256.h"
#include "model/link_decision.h"
#include "record/entry.h"
#include "record/state.h"

namespace truce::record {

/// The accounts that the record has of one source, as a table again.
struct ReceivedTable {
    /// Comma-separated, every cell quoted. The columns are those that any row has, by name; a cell that a row does not have, or
    /// that is withheld, is empty.
    std::string csv;
    struct Row {
        Sha256 hash;                   ///< by which decisions name it; see `row_hash`
        std::vector<EntryId> entries;  ///< the entries that gave it, in merged order
    };
    std::vector<Row> rows;            ///< in merged order of their first entries
    std::uint64_t with_withheld = 0;  ///< rows of which something is withheld
};

/// The rows of `source`, each once: what two monitors received alike, to the byte of the row, is one row of two entries. Rows of
/// which something is withheld are never taken for one another, whatever of them is shown. `wanted` columns that no row has are
/// there, and empty: what is withheld from all rows leaves not even its column's name. Rows with a hash in `left_out` are not.
[[nodiscard]] ReceivedTable table_of(const State& state, std::string_view source,
                                     std::span<const std::string> wanted = {},
                                     const std::set<Sha256>& left_out = {});

/// The sources that accounts of the record name, in order, with how many accounts each has.
[[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> sources_of(const State& state);

/// By which hash a row of the record is known outside of it: that of its own bytes, as of the same row in a file; where something
/// is withheld the entry's, since a hash over what is withheld could be guessed from.
[[nodiscard]] Sha256 row_hash(const AccountState& account);

/// What the record decides of links, as decisions that go before whatever is computed: links that hold, accounts that a monitor
/// calls the duplicate of another and no monitor keeps as its own, and then, as splits, the links that somebody undid. Each in
/// merged order, `by` the feed; a link that joins fewer than two rows is left out.
///
/// A link over three accounts or more that was undone splits every two of them: who undid it did not say which, and nothing is
/// joined against the will of one. A later link of fewer joins again.
[[nodiscard]] std::vector<LinkDecision> link_decisions(const State& state);

}  // namespace truce::record
