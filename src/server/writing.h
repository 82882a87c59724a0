// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "record/disclosure.h"
#include "record/entry.h"
#include "server/form.h"
#include "server/http.h"
#include "server/log.h"
#include "server/pen.h"
#include "server/router.h"
#include "server/snapshot.h"

namespace truce::server {

/// What the routes that write into the record share. All that is referred to outlives the router.
///
/// Whoever makes one has the pen's `on_published` bring `current` up to date: an answer to a write speaks of the state after it.
class Writing {
public:
    /// `pen` null: this server may not write; every write is then answered by 503.
    Writing(Current& current, Pen* pen, std::filesystem::path folder, Log& log, std::function<sys_seconds()> clock);

    [[nodiscard]] SnapshotPtr snapshot() const { return current_.get(); }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    [[nodiscard]] Log& log() const { return log_; }
    [[nodiscard]] sys_seconds now() const { return clock_(); }
    [[nodiscard]] bool can_write() const { return pen_ != nullptr; }
    [[nodiscard]] Pen& pen() const { return *pen_; }
    [[nodiscard]] Response cannot_write() const;

    /// Writes one entry for whoever asks, and waits until it is published: `then` makes the answer of the state after it. What
    /// makes no entry is answered by 422, a failing disk by 503.
    using Then = std::function<void(nlohmann::ordered_json& answer, const Pen::Written& written)>;
    [[nodiscard]] Response write(const Request& request, record::Body body, const Then& then = {},
                                 Pen::Until until = Pen::Until::published) const;

    /// The account of the record that an id means: an entry's, an account's (`ged:1`), or an incident's (its first account that
    /// is in the record). A row of the mission's files that the record does not have yet is received into it first, with its
    /// columns where its licence lets them be passed on, else by its key and hash alone.
    [[nodiscard]] tl::expected<record::EntryId, Response> account_meant(const Request& request, const std::string& field,
                                                                        const std::string& id) const;

    /// Runs `use` with the file of withheld values, one at a time. Throws where the file fails.
    template <class Use>
    auto with_store(Use use) const {
        const std::lock_guard lock(store_mutex_);
        if (!store_) store_ = std::make_unique<record::DisclosureStore>(folder_ / "disclosures.db");
        return use(*store_);
    }

private:
    Current& current_;
    Pen* pen_;
    std::filesystem::path folder_;
    Log& log_;
    std::function<sys_seconds()> clock_;
    mutable std::mutex store_mutex_;
    mutable std::unique_ptr<record::DisclosureStore> store_;
    mutable std::mutex receiving_;  // so that one row is received once
};

/// An entry's id as 64 hexadecimal digits, or nothing.
[[nodiscard]] std::optional<record::EntryId> entry_named(std::string_view text);

/// Does `answer` for a request whose route needs this server to be able to write.
[[nodiscard]] Handler writer(const std::shared_ptr<const Writing>& writing,
                             std::function<Response(const Writing&, const Request&)> answer);

}  // namespace truce::server
