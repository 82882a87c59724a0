// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/account.h"

namespace truce {

/// What a field of a list of persons is, and so how two of its values are compared.
enum class PersonFieldKind : std::uint8_t {
    name,    ///< of a person or a place, in any letters
    text,    ///< words, an address
    code,    ///< a number or code given to the person
    date,    ///< a day, written YYYY-MM-DD or YYYYMMDD
    number,  ///< an age
};

struct PersonField {
    /// The same in every list: fields of one name are compared.
    std::string name;
    PersonFieldKind kind = PersonFieldKind::text;
};

/// A list of persons: the dead, the missing, the detained. Nothing of it but counts leaves the program unless
/// it is asked for.
struct PersonList {
    std::string id;
    std::string file;
    /// Whether one person may stand in it several times.
    Repeats repeats = Repeats::never;
    std::vector<PersonField> fields;
    /// The list's own key of each person; where it has none, the row's number.
    std::vector<std::string> keys;
    /// By field, then by person; empty where the list says nothing.
    std::vector<std::vector<std::string>> values;

    [[nodiscard]] std::size_t size() const { return keys.size(); }
};

}  // namespace truce
