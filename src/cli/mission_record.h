// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "assessment/assessment.h"
#include "base/result.h"
#include "record/received.h"
#include "record/state.h"
#include "sources/mission_folder.h"

namespace truce::cli {

/// The record of a mission on its way into the mission's dossier.
class MissionRecord {
public:
    MissionRecord(record::State the_state, std::vector<record::EntryId> opinions_in_order)
        : state(std::move(the_state)), opinions_in_order_(std::move(opinions_in_order)) {}

    record::State state;
    std::set<std::string> read_sources;  ///< the sources that the mission took from it

    /// Puts the agreements that were adopted in the record, and of which the folder has no file, beside the folder's. Where the
    /// folder has one of another text, that counts, and a warning says so. Returns what keeps the mission from being read:
    /// agreements of which different texts stand, and texts that are another agreement than their entries say.
    [[nodiscard]] std::vector<Error> add_agreements(sources::MissionFiles& files, std::vector<Error>& warnings);

    /// Notes which accounts of the dossier the rows of a table became: those of `source`.
    void note_rows(SourceId source, const record::ReceivedTable& table);

    /// Puts decisions, opinions and the state's name into the dossier, and says what of the record was not read. Requires: the
    /// dossier has all its accounts.
    void tell(Dossier& dossier, std::vector<Error>& warnings) const;

private:
    struct Row {
        SourceId source;
        std::uint64_t row = 0;  ///< from 1
        friend auto operator<=>(const Row&, const Row&) = default;
    };
    std::vector<record::EntryId> opinions_in_order_;
    std::vector<std::pair<record::EntryId, Row>> rows_;
    std::vector<RecordedAgreement> agreements_;
};

/// The record in `folder`/feeds as it was at `as_of` (HeldRecord::as_of; empty: as it is). Nothing where the folder keeps none.
/// Fails where a feed does not verify, and where `as_of` is asked for without a record.
[[nodiscard]] Result<std::optional<MissionRecord>> read_mission_record(const std::filesystem::path& folder,
                                                                       const std::string& as_of, int threads);

}  // namespace truce::cli
