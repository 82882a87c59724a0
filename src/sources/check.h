// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/yaml_fields.h"
#include "sources/mission_file.h"

namespace truce::sources {

/// A mission's parts as their files gave them, before they become registers.
struct MissionParts {
    const Mission& mission;
    const MissionFile* mission_file = nullptr;  ///< none for loose files
    std::span<const Agreement> agreements;
    std::span<const AgreementPlaces> places;
    const ActorNames& actors;
    const AreaNames& areas;
};

/// What is wrong, or looks like a slip, in how the parts of a mission stand to each other.
struct CheckResult {
    std::vector<Error> errors;
    std::vector<Error> warnings;
};

/// Holds a mission's parts against each other. Requires: `agreements` and `places` go together, and the ids
/// in them are those of the registers.
///
/// Errors: a lineage that runs in a circle; a focus or truce that is not defined.
/// Warnings: a child that outlives a parent that it does not prolong; an adherent that is also excluded; a
/// version of an area given by one guarantor alone; a gap between two periods of a chain of extensions; an
/// acceptance after the end; a duty whose acts are required and forbidden; an umbrella excluded that contains
/// an adherent, and an umbrella bound that contains someone excluded; no zone; an agreement without duties
/// and without a parent; no area and no parent to take it from; areas and actors that nothing uses; monitors
/// that are nobody.
[[nodiscard]] CheckResult check(const MissionParts& parts);

}  // namespace truce::sources
