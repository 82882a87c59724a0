// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "linkage/persons.h"

namespace truce::cli {

/// What `truce link --persons` is asked for.
struct PersonsRequest {
    std::vector<std::string> inputs;  ///< FILE:MAPPING
    std::string out;
    linkage::PersonSettings settings;
    enum class Show : std::uint8_t { aggregates, persons } show = Show::aggregates;
    bool quiet = false;
};

/// Links lists of persons and writes how they overlap; which entries are one person only where that was asked
/// for. The exit status.
[[nodiscard]] int link_persons_into(const PersonsRequest& request);

}  // namespace truce::cli
