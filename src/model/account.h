// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/sha256.h"
#include "base/shared_text.h"
#include "model/act.h"
#include "model/agreement.h"
#include "model/extra_cells.h"
#include "model/parties.h"
#include "model/place.h"
#include "model/toll.h"
#include "model/when.h"

namespace truce {

struct Source;
using SourceId = Id<Source>;
struct Account;
using AccountId = Id<Account>;

/// What a source's licence lets others do with its rows.
enum class Republish : std::uint8_t {
    rows,        ///< rows may be passed on, with credit
    aggregates,  ///< only counts and derived figures may be passed on, with credit; rows stay with the reader
    nothing,     ///< for the mission's own use
};

/// How a source came to hold what it holds. Only what was recorded by one rule throughout can be counted
/// before and after a date: a selection holds what its makers looked for.
enum class Recording : std::uint8_t { not_stated, systematic, selection };

/// Whether one thing that happened may stand in several rows of a source: reports of several observers may repeat one
/// another; a curated dataset does not repeat itself.
enum class Repeats : std::uint8_t { never, may };

/// One file of accounts, and where it comes from.
struct Source {
    std::string id;
    std::string file;
    std::string format;  ///< "ucdp-ged", "acled", "kobo", ...
    Localised title;
    std::string licence;
    std::string credit;
    std::string version;  ///< the dataset's own, where the file or the mission says so
    Republish republish = Republish::nothing;
    Recording recording = Recording::not_stated;
    Repeats repeats = Repeats::never;
    Sha256 sha256;
    std::uint64_t rows = 0;
    std::uint64_t accounts = 0;
    std::uint64_t rejects = 0;
    /// The rows' own unit where an account is not one thing that happened: see AccountKind.
    std::vector<std::string> warnings;
};

/// What a row is.
enum class AccountKind : std::uint8_t {
    incident,       ///< tells of something that happened
    lead,           ///< machine-coded news: a pointer to look at, never an incident by itself
    corroboration,  ///< a sensor's reading (a fire seen from space): supports an account, never an incident
                    ///< by itself
    aggregate,      ///< a count over many incidents, days and places
};

/// What was said to have happened: shared by accounts and the incidents made of them.
struct Happening {
    When when;
    Place place;
    Act act = Act::unknown;
    Parties parties;
    Toll toll;
    /// What is said to excuse the act, and on whose word: found so by the source (reported, assessed), or
    /// said by the one who did it (claimed) or by another party (alleged). Empty: nobody says so.
    std::vector<std::pair<ExceptionKind, Basis>> excuses{};
};

/// What one source says happened: one row, with everything that it leaves uncertain left uncertain.
struct Account {
    SourceId source;
    AccountKind kind = AccountKind::incident;
    /// The row's number in its file, from 1, headers not counted, and the line where it starts, from 1.
    std::uint64_t row = 0;
    std::uint64_t line = 0;
    /// SHA-256 of the row's bytes as the file has them, without the line end.
    Sha256 raw;
    /// The source's own key of the row ("214797"), as far as it has one.
    std::string key;
    Happening told;
    /// The source's own word for the act.
    SharedText act_as_told;
    /// One or two sentences: a headline, a note, what the reporter wrote.
    SharedText summary;
    /// What the account itself rests on, as the source names it ("SOHR", "Reuters; local press").
    SharedText cites;
    /// Where one can read on, when the row says so.
    SharedText url;
    /// What a reader would want to know of how the row was read ("low 5 exceeds best 3, kept as they are").
    std::vector<std::string> remarks;
    /// Columns that the format's reader has no place for, by header, as they are; empty values left out.
    ExtraCells extra;
};

/// A row that could not be read, or not be believed: nothing is lost, and the row can be mended and read
/// again.
struct Reject {
    SourceId source;
    std::uint64_t row = 0;
    std::uint64_t line = 0;
    /// The column's number from 1 and its header; 0 and empty when the row as a whole is at fault.
    std::size_t column = 0;
    std::string column_name;
    std::string found;
    std::string expected;
    /// The row's bytes as the file has them (its first 64 KiB).
    std::string raw;
};

[[nodiscard]] std::string_view name_of(Republish republish);
[[nodiscard]] std::optional<Republish> republish_named(std::string_view name);
[[nodiscard]] std::string_view name_of(Recording recording);
[[nodiscard]] std::optional<Recording> recording_named(std::string_view name);
[[nodiscard]] std::string_view name_of(AccountKind kind);

}  // namespace truce
