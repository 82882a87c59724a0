// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "record/checkpoint.h"
#include "record/feed_folder.h"
#include "record/fork.h"
#include "record/note.h"
#include "record/policy.h"
#include "record/storage.h"

namespace truce::record {

/// The feeds that a monitor holds, its own and its copies of others', in one folder:
///
///     policy                 whose feeds count, who cosigns, and what quorum a reader wants (tlog-policy)
///     NAME/                  one feed (FeedFolder); NAME is its origin with `_` for `/`
///     NAME/cosigned/SIZE     older checkpoints of it, for the cosignatures that came in later
///     forks/HASH.fork        proofs that a feed showed two histories
///     peers/NAME             what another monitor said it holds, when it was last heard of
///
/// Only feeds whose key is in the policy are ever read or written.
class Shelf {
public:
    /// Fails when there is no policy, it cannot be read, or a log's name is not a plain name.
    [[nodiscard]] static Result<Shelf> open(Storage& folder);
    /// Makes a shelf with this policy in an empty folder.
    [[nodiscard]] static Result<Shelf> create(Storage& folder, std::string_view policy_text);

    [[nodiscard]] const Policy& policy() const { return policy_; }
    /// The origins in the policy, each once, in its order.
    [[nodiscard]] std::vector<std::string> origins() const;
    /// The folder of a feed. Valid as long as the shelf is, wherever it is moved.
    [[nodiscard]] Storage& feed_storage(const std::string& origin) const;
    /// The keys of a feed in the policy, the first first.
    [[nodiscard]] std::vector<VerifierKey> keys_of(const std::string& origin) const;
    /// A feed as it lies here. Requires: the origin is in the policy.
    [[nodiscard]] Result<FeedFolder> feed(const std::string& origin) const;
    /// Makes the folder that a feed is to lie in.
    void make_feed_folder(const std::string& origin);

    /// The name that the policy's witness of the monitor with this feed has there, where it has one: its key
    /// is `ORIGIN/witness`.
    [[nodiscard]] const Policy::Witness* witness_of(const std::string& origin) const;

    /// The checkpoints of a feed whose cosignatures are kept: older than its latest. In order of size.
    [[nodiscard]] Result<std::vector<SignedCheckpoint>> cosigned(const std::string& origin) const;
    /// Keeps cosignatures under a checkpoint of the feed, and lets go of those under smaller ones once the
    /// quorum is reached. Requires: the checkpoint and its lines verify, and the feed has its root at its
    /// size.
    [[nodiscard]] Result<void> keep_cosigned(FeedFolder& feed, const Note& checkpoint);
    /// The largest checkpoint of the feed under which the quorum is reached; nothing where none is.
    [[nodiscard]] Result<std::optional<SignedCheckpoint>> agreed_checkpoint(const FeedFolder& feed) const;

    /// The proofs of forks, each with its origin, in order of their names.
    struct KeptFork {
        std::string origin;
        Fork fork;
    };
    [[nodiscard]] Result<std::vector<KeptFork>> forks() const;
    /// Keeps a proof. Returns whether it is new. Requires: it verifies.
    bool keep_fork(const Fork& fork);

    /// What another monitor holds, as far as it said: sizes by origin. An aid to send it no more than it
    /// lacks; nobody vouches for it.
    struct Held {
        std::string origin;
        std::uint64_t size = 0;
    };
    [[nodiscard]] std::vector<Held> peer(const std::string& name) const;
    void keep_peer(const std::string& name, const std::vector<Held>& held);

private:
    Shelf(Storage& folder, Policy policy);
    Storage* folder_;
    Policy policy_;
    std::unique_ptr<DurableWriter> writer_;
    // One for each log; FeedFolder and Feed keep a pointer to theirs.
    std::vector<std::pair<std::string, std::unique_ptr<SubStorage>>> feeds_;
};

/// The name of a feed's folder.
[[nodiscard]] std::string folder_name_of(const std::string& origin);

}  // namespace truce::record
