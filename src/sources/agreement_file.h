// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "base/yaml_fields.h"
#include "model/agreement.h"
#include "sources/actors_file.h"
#include "sources/areas_file.h"

namespace truce::sources {

/// A place in a file.
struct Where {
    std::size_t line = 0;
    std::size_t column = 0;
};

/// Where the parts of an agreement stand in its file, for warnings that are found later.
struct AgreementPlaces {
    Where id;
    Where zone;  ///< line 0: no zone is given
    Where in_force;
    Where until;
    Where area;
    std::vector<Where> lineage;
    std::vector<Where> adherents;
    std::vector<Where> excluded;
    std::vector<Where> duties;
    std::vector<Where> suspensions;
};

/// What reading an agreement needs of the rest of the mission.
struct AgreementContext {
    ActorNames& actors;
    AreaNames& areas;
    /// The ids of all agreements of the mission.
    const std::map<std::string, AgreementId, std::less<>>& agreements;
    /// For agreements that give no zone.
    Zone zone;
};

struct ReadAgreement {
    Agreement agreement;
    AgreementPlaces places;
};

/// The id that an agreement file gives, with its place; nothing where it gives none.
[[nodiscard]] const YamlNode* agreement_id_in(const YamlNode& root);

/// Reads one agreement file (doc/formats/agreement.md). Errors and warnings go to `problems`; the agreement
/// is worth something only where there is no error.
///
/// Fields that the model has no place for are checked like all others, and kept in
/// `Agreement::raw_codes` under their path ("adherents[0].side"), as text.
[[nodiscard]] ReadAgreement read_agreement(const YamlNode& root, const AgreementContext& context,
                                           Problems& problems);

}  // namespace truce::sources
