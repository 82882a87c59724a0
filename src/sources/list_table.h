// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "base/result.h"

namespace truce::sources {

/// Which columns of a table hold what; what is empty is found by the columns' names, as
/// `doc/formats/lists.md` says.
struct ListColumns {
    std::vector<std::string> lists{};  ///< one for each list; empty: all that are nothing else
    std::string count{};               ///< how many people the row stands for
    std::string stratum{};             ///< what people are to be kept apart by; empty: nothing
};

/// How many people are on just these lists, by combination: bit j of the first number is list j. In rising
/// order, each once; combinations of nobody are left out.
using ListedPeople = std::vector<std::pair<std::uint32_t, std::uint64_t>>;

/// The people of one stratum.
struct ListStratum {
    std::string name;     ///< empty where the table is not kept apart
    ListedPeople listed;  ///< as linkage decided; of the first draw where the table has draws alone
    std::vector<ListedPeople> draws;  ///< under alternative decisions, in the order of their numbers
};

/// A table of who is on which list.
struct ListTable {
    std::vector<std::string> lists;   ///< in the columns' order, or by name in the long form
    std::vector<ListStratum> strata;  ///< by name; one where the table is not kept apart
    std::uint64_t rows = 0;
};

/// No more lists than this can be told apart.
inline constexpr std::size_t most_lists = 12;

/// Reads a table of lists of the dead (`doc/formats/lists.md`): counts of each combination of lists, one row
/// for each person, or one row for each person and list.
///
/// Fails with every fault, in the rows' order, since nothing can be estimated from a table of which a row is
/// missing. `file` names it in messages. Requires: `text` lives until the call returns.
[[nodiscard]] tl::expected<ListTable, std::vector<Error>> read_list_table(std::string_view text,
                                                                          std::string_view file,
                                                                          const ListColumns& columns = {});

}  // namespace truce::sources
