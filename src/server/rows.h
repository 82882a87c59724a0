// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "server/snapshot.h"

namespace truce::server {

// What stands in answers, as `openapi.yaml` says. Texts of others may hold anything; what is no UTF-8 becomes
// U+FFFD when it is written.

using Json = nlohmann::ordered_json;

[[nodiscard]] Json json_of(const Localised& text);
[[nodiscard]] Json json_of(const Moment& moment);
[[nodiscard]] Json json_of(const Chance& chance);
/// Null for one that is not known.
[[nodiscard]] Json instant_or_null(const std::optional<sys_seconds>& instant);

[[nodiscard]] Json incident_json(const Snapshot& snapshot, IncidentId incident);
/// With accounts, links, findings, opinions, inquiries and history.
[[nodiscard]] Json incident_detail_json(const Snapshot& snapshot, IncidentId incident);
[[nodiscard]] Json account_json(const Snapshot& snapshot, AccountId account);
[[nodiscard]] Json finding_json(const Snapshot& snapshot, const Finding& finding);
[[nodiscard]] Json agreement_json(const Snapshot& snapshot, AgreementId agreement);
[[nodiscard]] Json actor_json(const Dossier& dossier, const Actor& actor);
[[nodiscard]] Json source_json(const Source& source);

[[nodiscard]] Json opinion_json(const Snapshot& snapshot, const record::IncidentState& of, const std::string& by,
                                const record::StandingOpinion& opinion);
[[nodiscard]] Json joint_json(const JointOpinion& joint);
[[nodiscard]] Json inquiry_json(const Snapshot& snapshot, const record::InquiryState& inquiry);
/// `now`: coverage and the units' state are of that time.
[[nodiscard]] Json notice_json(const Snapshot& snapshot, const record::NoticeState& notice, sys_seconds now);
[[nodiscard]] Json entry_json(const record::Entry& entry);

/// The monitors' joint status of an incident; `no_finding` where the record does not speak of it.
[[nodiscard]] JointStatus joint_of(const Snapshot& snapshot, const Incident& incident);

/// As bytes. Broken UTF-8 is replaced.
[[nodiscard]] std::string dumped(const Json& json);

}  // namespace truce::server
