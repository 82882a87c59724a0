// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/account.h"
#include "model/actor.h"
#include "model/agreement.h"

namespace truce::sources {

/// What an importer of agreements must know of the mission.
struct ImportContext {
    /// Whom codes and names mean. Requires: outlives the call.
    const ActorRegister& actors;
    /// Whose midnights the register's days run between.
    Zone zone;
};

/// One agreement of a register. Its ActorIds count through the actors of ImportContext, then through
/// ImportedAgreements::new_actors.
struct ImportedAgreement {
    Agreement agreement;
    /// Where it holds, as ISO 3166-1 alpha-3 codes; empty where the register does not say, or says less than
    /// the whole country.
    std::vector<std::string> countries;
};

/// What was made of a register of agreements. Every row is in exactly one place:
/// rows == rows of `agreements` + `skipped` + rejects.size().
struct ImportedAgreements {
    std::string format;  ///< "eth-prio" or "pa-x"
    std::uint64_t rows = 0;
    /// Rows that `agreements` rest on: one ceasefire may have several, one for each side.
    std::uint64_t used = 0;
    /// Rows that are well-formed and hold no ceasefire.
    std::uint64_t skipped = 0;
    std::vector<ImportedAgreement> agreements;
    std::vector<Actor> new_actors;
    std::vector<Reject> rejects;
    std::vector<std::string> warnings;
};

/// Reads a register of agreements, known by its header's columns: ETH/PRIO's ceasefires or PA-X's peace
/// agreements. Fails, saying what was found, where it is neither.
[[nodiscard]] Result<ImportedAgreements> import_agreements(std::string_view text,
                                                           const ImportContext& context);

/// An agreement as the text of an agreement file that `read_agreement` reads back as the same value, as far
/// as imports go: heading, dates, parties, duties, sources, notes and raw codes.
[[nodiscard]] std::string agreement_yaml(const ImportedAgreement& imported, const ImportContext& context,
                                         const std::vector<Actor>& new_actors);
/// Actors as entries of an actors file: lines to be put at the end of its list.
[[nodiscard]] std::string actors_yaml(const std::vector<Actor>& actors);
/// A moment as `moment_of` reads it back.
[[nodiscard]] std::string moment_yaml(Moment moment, const Zone& zone);

/// A table's rows by column name, as the importers see them.
class RegisterRow {
public:
    RegisterRow(const std::vector<std::string>& header, const std::vector<std::string>& fields)
        : header_(header), fields_(fields) {}
    /// The column's value, trimmed; empty where it is missing, `NA` or the register has no such column.
    [[nodiscard]] std::string_view operator[](std::string_view column) const;

private:
    const std::vector<std::string>& header_;
    const std::vector<std::string>& fields_;
};

/// One well-formed row of a register, with where it stands.
struct RegisterLine {
    std::vector<std::string> fields;
    std::uint64_t row = 0;
    std::uint64_t line = 0;
    std::string raw;
};

/// A register's table: its header by `header_key`, and its rows; rows that are no rows are rejects.
struct RegisterTable {
    std::vector<std::string> header;
    std::vector<std::string> header_as_written;
    std::vector<RegisterLine> lines;
    std::vector<Reject> rejects;
    std::uint64_t rows = 0;
    [[nodiscard]] RegisterRow row(const RegisterLine& line) const { return {header, line.fields}; }
    [[nodiscard]] bool has(std::string_view column) const;
    /// A reject of a row for one of its columns.
    [[nodiscard]] Reject reject(const RegisterLine& line, std::string_view column,
                                std::string expected) const;
};
[[nodiscard]] RegisterTable register_table(std::string_view text);

/// An id made of a name: ASCII letters and digits with hyphens between; empty where nothing is left.
[[nodiscard]] std::string id_from(std::string_view name);
/// The ISO 3166-1 alpha-3 code of a country's English name; nothing where none or several have it.
[[nodiscard]] std::optional<std::string> country_named(std::string_view name);

}  // namespace truce::sources
