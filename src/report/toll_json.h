// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "analysis/multiple_systems.h"
#include "analysis/toll.h"

namespace truce::report {

/// The parts of the outputs' JSON that tell of deaths, as `doc/formats/toll.md` says.
[[nodiscard]] nlohmann::ordered_json json_of(const analysis::TollSum& sum);
[[nodiscard]] nlohmann::ordered_json json_of(const analysis::TollDistribution& toll);
/// Groups, acts and, with their definition, all else of a count but its protected sites.
[[nodiscard]] nlohmann::ordered_json json_of_groups(const analysis::TollCount& count);
[[nodiscard]] nlohmann::ordered_json json_of_acts(const analysis::TollCount& count);
[[nodiscard]] nlohmann::ordered_json json_of(const analysis::MultipleSystems& estimate);

}  // namespace truce::report
