// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/account.h"
#include "model/person_list.h"
#include "sources/text_table.h"

namespace truce::sources {

/// How to read a table of persons: what its mapping file says (doc/formats/person-lists.md).
struct PersonMapping {
    std::string file{};
    std::string id{};
    Repeats repeats = Repeats::never;
    TableForm form{};
    /// The column of the list's own keys; empty: rows are named by their numbers.
    std::string key_column{};
    struct Rule {
        PersonField field{};
        std::string column{};
        std::size_t line = 0;
    };
    std::vector<Rule> fields{};
    /// Cells that stand for "not known", beside the empty one.
    std::vector<std::string> missing{};
};

/// What was made of such a file. A file without errors has a mapping.
struct PersonMappingReading {
    PersonMapping mapping;
    std::vector<Error> errors;
    std::vector<Error> warnings;
};

/// Reads the mapping file of a list of persons. `file` names it in messages. All errors at once.
[[nodiscard]] PersonMappingReading read_person_mapping(std::string_view yaml, std::string_view file);

/// Reads a list of persons by its mapping. `file` names it in messages. Every row is a person: one whose
/// cells are too few or too many is an error, since a list that is not read whole has no overlap to count.
/// Fails for a text that is no table and for columns that are not there.
[[nodiscard]] Result<PersonList> read_person_list(std::string_view text, std::string_view file,
                                                  const PersonMapping& mapping);

}  // namespace truce::sources
