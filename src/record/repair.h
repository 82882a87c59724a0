// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "record/feed_folder.h"
#include "record/storage.h"

namespace truce::record {

/// Makes the files of a feed again from a copy that another monitor holds, and returns the paths of those
/// that were not what they must be: byte for byte what they were before they were damaged.
///
/// `copy` is verified as it is read. The damaged feed's own checkpoint is kept where it verifies; where it is
/// missing or does not, the copy's is taken. Fails, changing nothing, when the copy holds another history
/// than the checkpoint, or fewer entries.
[[nodiscard]] Result<std::vector<std::string>> repair(Storage& damaged, const FeedFolder& copy,
                                                      const std::vector<VerifierKey>& keys);

}  // namespace truce::record
