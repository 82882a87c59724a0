// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "assessment/assessment.h"
#include "base/result.h"
#include "sources/mission_folder.h"

namespace truce::cli {

/// A dossier read from files, with what its reader should be told and what was rejected.
struct ReadDossier {
    Dossier dossier;
    std::vector<Error> warnings;
    /// For each source that has some, its rejected rows, to be mended and read again.
    struct Rejected {
        SourceId source;
        std::string csv;
    };
    std::vector<Rejected> rejected;
};

/// Everything that is wrong, for the reader to mend at once. `could_not_read` tells files that are not there
/// or not readable from files whose content is wrong.
struct DossierErrors {
    std::vector<Error> errors;
    std::vector<Error> warnings;
    enum class Kind : std::uint8_t { wrong_content, could_not_read } kind = Kind::wrong_content;
};

/// Files that `truce assess` was given one by one: paths as written, accounts as FILE or FILE:MAPPING.
struct GivenFiles {
    std::vector<std::string> agreements;
    std::vector<std::string> actors;
    std::vector<std::string> areas;
    std::vector<std::string> accounts;
    std::string zone;
};

/// Reads a table of how much was watched on each day. `name`: what to call the file in messages.
[[nodiscard]] Result<std::vector<DayWatched>> read_effort_file(const std::filesystem::path& path,
                                                               const std::string& name);

/// Reads a mission's table of who is on which list of the dead, from a path relative to `base`. Fails with every
/// fault of the table.
[[nodiscard]] tl::expected<ListedDead, std::vector<Error>> read_listed_dead(
    const Mission::Lists& wanted, const std::filesystem::path& base);

/// Reads a mission folder and the accounts that it names. Where it keeps a record (`FOLDER/feeds`), what that comes to goes in:
/// the accounts of the sources that the mission takes from it, the agreements adopted in it of which agreements/ has no file, its
/// links and splits before those of link-decisions.yaml, and the monitors' opinions. `as_of` says how far the record is read, as
/// HeldRecord::as_of takes it; empty: all of it. Fails where a feed does not verify.
[[nodiscard]] tl::expected<ReadDossier, DossierErrors> read_dossier(const std::filesystem::path& folder,
                                                                    int threads, const std::string& as_of = {});
/// Reads the register that the truce is compared with, `base` being where its path starts. What its reader
/// should be told goes to `warnings`.
[[nodiscard]] Result<Comparables> read_register(const Mission::Register& wanted,
                                                const std::filesystem::path& base,
                                                std::vector<Error>& warnings);
/// Reads files given one by one.
[[nodiscard]] tl::expected<ReadDossier, DossierErrors> read_dossier(const GivenFiles& files, int threads);

}  // namespace truce::cli
