// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace truce::record {

/// The name under which DurableWriter (record/storage.h) writes a file until it is whole. A run that is cut off may leave such a file.
[[nodiscard]] inline std::string name_until_whole(const std::string& path) {
    return path + ".tmp";
}

}  // namespace truce::record
