// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "assessment/assessment.h"
#include "base/result.h"
#include "report/messages.h"
#include "server/list.h"
#include "server/record_view.h"

namespace truce::server {

/// The numbers: everything computed from the mission's files at one moment. Never changes.
///
/// They are those of `truce assess`: the same dossier, the same call, the same writers.
struct Assessed {
    Dossier dossier;
    std::vector<Error> warnings;
    Assessment assessment;
    std::string json;     ///< assessment.json
    std::string version;  ///< a hash of all that is shown of it
    sys_seconds as_of{};
    List incidents;
    List accounts;
    List findings;
    /// By account, the incident that it tells of.
    std::vector<std::optional<IncidentId>> incident_of;
    /// Places in the dossier's accounts by the hash of the row's own bytes; the first of those that share one.
    std::map<Sha256, std::uint32_t> by_raw;
};

/// Assesses a dossier and makes its lists. Fails as `assess` does.
[[nodiscard]] Result<std::shared_ptr<const Assessed>> make_assessed(Dossier dossier, std::vector<Error> warnings,
                                                                    const Settings& settings, sys_seconds as_of);

/// What one request is answered from: numbers and record that belong together for as long as it takes.
struct Snapshot {
    std::shared_ptr<const Assessed> assessed;  // shared with snapshots of other records
    std::shared_ptr<const RecordView> record;  // likewise; null where the mission has none
    std::string version;                       ///< of both

    [[nodiscard]] const Dossier& dossier() const { return assessed->dossier; }
    [[nodiscard]] const Assessment& assessment() const { return assessed->assessment; }
    /// What the record says of an incident: of the first of its accounts that was received there. Null where
    /// none was.
    [[nodiscard]] const record::IncidentState* state_of(const Incident& incident) const;
    /// The incident that an account of the record belongs to; nothing where its row is not among the
    /// mission's accounts.
    [[nodiscard]] std::optional<IncidentId> incident_of(const record::EntryId& account) const;
};
using SnapshotPtr = std::shared_ptr<const Snapshot>;

[[nodiscard]] SnapshotPtr make_snapshot(std::shared_ptr<const Assessed> assessed,
                                        std::shared_ptr<const RecordView> record);

/// Holds the snapshot that requests are answered from. Readers take it and never wait.
class Current {
public:
    explicit Current(SnapshotPtr first) : snapshot_(std::move(first)) {}
    [[nodiscard]] SnapshotPtr get() const { return snapshot_.load(); }
    /// Calls the listeners when the snapshot is another one than before.
    void set(SnapshotPtr next);
    /// Called with the snapshot before and the new one, by the thread that sets it. Add before requests come in.
    using Listener = std::function<void(const Snapshot& before, const Snapshot& now)>;
    void on_change(Listener listener) { listeners_.push_back(std::move(listener)); }

private:
    std::atomic<SnapshotPtr> snapshot_;
    std::mutex setting_;
    std::vector<Listener> listeners_;
};

/// The message catalogues, by language.
class Catalogues {
public:
    /// Fails where one of the program's own catalogues cannot be read.
    [[nodiscard]] static Result<Catalogues> load();
    /// The language that a request asks for: `lang`, else the first of Accept-Language that there is, else the
    /// mission's first, else English.
    [[nodiscard]] const report::Messages& of(const Request& request, const Mission& mission) const;
    [[nodiscard]] const report::Messages* find(std::string_view language) const;

private:
    std::vector<report::Messages> all_;
};

}  // namespace truce::server
