// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/yaml_fields.h"
#include "model/mission.h"
#include "sources/agreement_file.h"

namespace truce::sources {

/// One file of accounts, or one source of the record, as the mission declares it.
struct AccountsEntry {
    /// Its path in the mission folder ("accounts/ged.csv"), or as given for loose files; `record:SOURCE` where they come from the
    /// record.
    std::string file;
    /// The source whose accounts are taken from the record, as its entries name it; empty: a file's.
    std::string record{};
    /// The mapping that makes its rows readable; empty where its format is known by itself.
    std::string mapping;
    /// What the mission says of the source: id, title, licence, credit, version, republish. Empty fields were
    /// not said.
    Source declared;
    /// Whether the mission says what may be republished; else the format's own licence counts.
    bool republish_declared = false;
    Where where;
};

/// mission.yaml, read.
struct MissionFile {
    Mission mission;
    std::vector<AccountsEntry> accounts;
    /// Whether the file has a list of accounts; without one, every file in accounts/ is taken.
    bool lists_accounts = false;
    /// Which guarantor's drawing of the focus area the headline speaks about; empty: every one.
    std::string focus_version;
    /// Monitors' public keys, by monitor id.
    std::map<std::string, std::string> monitor_keys;
    Where focus;
    Where truce;
};

/// Reads mission.yaml (doc/formats/mission.md). Errors go to `problems`.
[[nodiscard]] MissionFile read_mission(const YamlNode& root, Problems& problems);

/// The zone that a mission file names, and UTC where it names none that is known: what other files' local
/// times are read in, whatever else is wrong with the mission file.
[[nodiscard]] Zone mission_zone(const YamlNode& root);

}  // namespace truce::sources
