// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "linkage/link.h"
#include "model/account.h"
#include "model/actor.h"
#include "model/incident.h"

namespace truce {

struct Dossier;

/// Two accounts that are linked, nearly linked, or decided upon by a human, and why.
struct AccountLink {
    AccountId a;
    AccountId b;
    linkage::LinkState state = linkage::LinkState::review;
    linkage::Pattern pattern;
    double km = 0;
    double weight = 0;
    double chance = 0;
    double score = 1;
    IncidentId incident_a;
    IncidentId incident_b;
};

/// What became of one human decision.
struct DecisionOutcome {
    enum class State : std::uint8_t {
        heeded,
        contradicted,  ///< an earlier one says the opposite, in this or a roundabout way
        not_found,     ///< some account that it names was not read
    } state = State::heeded;
    std::string not_found{};  ///< which, in words
};

/// How the accounts of a mission became incidents.
struct Linkage {
    std::uint64_t accounts = 0;   ///< that tell of incidents
    std::uint64_t incidents = 0;  ///< made of them
    std::uint64_t joined = 0;     ///< incidents of two accounts or more
    /// Whether accounts were compared at all: there were several sources, or one that may repeat itself.
    bool compared = false;
    linkage::LinkSettings settings;
    /// Everything but the incidents and links, which are here with ids of their own.
    linkage::Linked found;
    std::vector<AccountLink> links;
    std::vector<DecisionOutcome> decisions;  ///< one for each of the dossier's
    /// Independent witnesses of each incident: accounts less those that repeat a common source.
    std::vector<std::uint32_t> witnesses;
    /// Each incident that has links, with the place of one in `links`; by incident.
    std::vector<std::pair<IncidentId, std::uint32_t>> by_incident;

    /// The places in `links` of those that touch an incident.
    [[nodiscard]] std::vector<std::uint32_t> links_of(IncidentId incident) const;
};

/// The incidents of a mission, in the order of their first accounts, and how they came about.
struct LinkedIncidents {
    std::vector<Incident> incidents;
    Linkage linkage;
};

/// Makes incidents of a dossier's accounts: one of all that tell of the same thing, as linkage finds and
/// humans decide. Leads, sensor readings and aggregates make none. With one source that does not repeat
/// itself every account is an incident. The same for any number of threads.
[[nodiscard]] LinkedIncidents link_accounts(const Dossier& dossier, const linkage::LinkSettings& settings);

/// What accounts of one incident together say.
///
/// When: what their windows have in common; where they have nothing, from the first start to the last end.
/// Where: the most exact place; where another account's lies away from it by more than both allow, the disc
/// that holds both. What: the most exact act that none contradicts; where kinds of one act stand against each
/// other, that act; else unknown. Who: the sides on which they agree, an umbrella giving way to its member;
/// of several that are named it was one, and nobody says which. The toll: the whole range of what any says,
/// never a sum. Requires: not empty, in an order that does not hang on the order of input.
[[nodiscard]] Happening told_together(std::span<const Account* const> accounts, const ActorRegister& actors);

}  // namespace truce
