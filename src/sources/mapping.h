// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/account.h"
#include "sources/dates.h"
#include "sources/text_table.h"

namespace truce::sources {

/// What a table's columns may be made into. `doc/formats/mapping.md` says what each means.
enum class Field : std::uint8_t {
    key,
    date,
    time,
    date_end,
    time_end,
    date_precision,
    place,
    admin1,
    admin2,
    country,
    area,
    lat,
    lon,
    coordinates,
    radius_km,
    place_precision,
    act,
    attacker,
    attacker_basis,
    target_party,
    target_basis,
    target_kind,
    roles,
    excuse,
    excuse_basis,
    killed_low,
    killed_best,
    killed_high,
    civilians_killed_low,
    civilians_killed_best,
    civilians_killed_high,
    injured_low,
    injured_best,
    injured_high,
    combatants_killed,
    unknown_killed,
    women_killed,
    children_killed,
    summary,
    cites,
    url,
};
inline constexpr std::size_t field_count = static_cast<std::size_t>(Field::url) + 1;

[[nodiscard]] std::string_view name_of(Field field);
[[nodiscard]] std::optional<Field> field_named(std::string_view name);

/// How a column's dates are written. `by_itself`: in any form that can be read one way only.
enum class DateForm : std::uint8_t {
    by_itself,
    day_first,
    month_first,
    compact,
    excel_1900,
    excel_1904,
    unix_seconds
};
[[nodiscard]] std::string_view name_of(DateForm form);

/// Where a field's value comes from.
struct FieldRule {
    /// Columns by their header's name; several are joined by `join`. Empty: the value is `constant`.
    std::vector<std::string> columns{};
    std::string join = " ";
    std::string constant{};
    /// What the source's words stand for. Words that are not here stay as they are, unless `otherwise` is
    /// set.
    std::vector<std::pair<std::string, std::string>> values{};
    std::optional<std::string> otherwise{};
    /// What stands between several values in one cell; empty: there is one.
    std::string separator{};
    DateForm form = DateForm::by_itself;
    /// Where the rule stands in the mapping file.
    std::size_t line = 0;
};

/// How to make accounts of a table whose layout is nobody's standard: what a mapping file says.
struct Mapping {
    std::string file{};
    /// The source's id, title, licence, credit and version, as far as the file says them.
    std::string id{};
    Localised title{};
    std::string licence{};
    std::string credit{};
    std::string version{};
    std::optional<Republish> republish{};
    AccountKind kind = AccountKind::incident;
    TableForm form{};
    /// Rows before the header, blank lines not counted; nothing: the header is the first row that has every
    /// column the mapping names.
    std::optional<std::size_t> preamble_rows{};
    /// Names for the columns of a table that has no header.
    std::vector<std::string> column_names{};
    /// Cells that stand for "not known", beside the empty one.
    std::vector<std::string> missing{};
    bool decimal_comma = false;
    std::optional<Zone> zone{};
    std::map<Field, FieldRule> fields{};

    [[nodiscard]] const FieldRule* rule(Field field) const {
        const auto found = fields.find(field);
        return found == fields.end() ? nullptr : &found->second;
    }
};

/// What was made of a mapping file. A file without errors has a mapping.
struct MappingReading {
    std::optional<Mapping> mapping;
    std::vector<Error> errors;
    std::vector<Error> warnings;
};

/// Reads a mapping file (`doc/formats/mapping.md`). `file` names it in messages. All errors at once.
[[nodiscard]] MappingReading read_mapping(std::string_view yaml, std::string_view file);

}  // namespace truce::sources
