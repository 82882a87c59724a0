// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/actor.h"
#include "model/agreement.h"
#include "model/area.h"
#include "model/link_decision.h"
#include "model/mission.h"
#include "sources/mission_file.h"

namespace truce::sources {

/// The files of a mission folder (DESIGN.md section 4), read into memory by whoever may open files.
struct MissionFiles {
    /// Texts by their path in the folder, with '/' between the parts: `mission.yaml`, `actors.yaml`,
    /// `link-decisions.yaml`, `agreements/*.yaml`, `areas/*.geojson`; and as `feeds/*.yaml` agreements that were adopted in the
    /// record, by whoever reads it.
    std::map<std::string, std::string> texts;
    /// Paths of files that are there and were not read: accounts and their mappings.
    std::set<std::string> others;
};

/// A file given by itself, with the name under which messages speak of it.
struct LooseFile {
    std::string path;
    std::string text;
};

/// Files given one by one instead of a folder. Actors and areas may be left out: actors are then made up as
/// agreements name them, with a warning each.
struct LooseFiles {
    std::vector<LooseFile> agreements;
    std::vector<LooseFile> actors;
    std::vector<LooseFile> areas;
    /// Paths of accounts, in the order given, each with its mapping or an empty one.
    std::vector<AccountsEntry> accounts;
    /// The zone of agreements that give none; empty: UTC.
    std::string zone;
};

/// A mission, ready to be assessed.
struct LoadedMission {
    Mission mission;
    std::string focus_version;
    std::map<std::string, std::string> monitor_keys;
    ActorRegister actors;
    AreaRegister areas;
    /// In order of their files' paths.
    std::vector<Agreement> agreements;
    std::vector<AccountsEntry> accounts;
    /// What humans decided of accounts, from `link-decisions.yaml`.
    std::vector<LinkDecision> link_decisions;
    /// What is not wrong and still looks like a slip, by file and line.
    std::vector<Error> warnings;
};

/// All that is wrong with a mission, by file and line; never empty where it is the answer. Warnings found
/// along the way come with it, so that they can be shown together.
struct MissionErrors {
    std::vector<Error> errors;
    std::vector<Error> warnings;
};

/// Reads a mission folder: every file of it, every error of every file, and the checks of sources/check.h.
///
/// `countries`: a TopoJSON text of the world's countries for agreements that name one
/// (`area: {country: SYR}`); empty where there is none. Without `accounts:` in mission.yaml every file in
/// accounts/ is taken, `x.mapping.yaml` being the mapping of `x.csv`. The same for every number of threads.
[[nodiscard]] tl::expected<LoadedMission, MissionErrors> load_mission(const MissionFiles& files,
                                                                      std::string_view countries = {},
                                                                      int threads = 1);
/// The same for loose files.
[[nodiscard]] tl::expected<LoadedMission, MissionErrors> load_loose(const LooseFiles& files,
                                                                    std::string_view countries = {},
                                                                    int threads = 1);

}  // namespace truce::sources
