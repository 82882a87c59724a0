// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "record/feed_folder.h"
#include "record/proof.h"
#include "record/shelf.h"

namespace truce::cli {

/// What is exported, and where to.
struct ExportRequest {
    std::string out;
    /// A feed's name; empty: all.
    std::string feed;
    /// `5` or `0-99`; empty: all.
    std::string entries;
};

/// Writes a folder with entries, a proof for each, the policy, a page that says what it all means, and
/// `verify.sh`, which checks it with OpenSSL and the GNU core utilities. Returns what to tell the user. Fails
/// when the folder is not empty.
[[nodiscard]] Result<std::string> write_export(const record::Shelf& shelf, const ExportRequest& request);

/// The proof of an entry, under the largest checkpoint that the quorum stands behind where that has the
/// entry, else under the latest.
[[nodiscard]] Result<record::EntryProof> proof_of(const record::Shelf& shelf, const record::FeedFolder& feed,
                                                  std::uint64_t index);

/// The script `verify.sh`.
[[nodiscard]] std::string_view verify_script();

}  // namespace truce::cli
