// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/sha256.h"
#include "base/time.h"
#include "model/agreement.h"
#include "model/opinion.h"
#include "record/entry.h"
#include "record/merge.h"

namespace truce::record {

/// One monitor's version of an agreement's text.
struct AgreementVersion {
    EntryId entry;
    std::string by;  ///< the feed
    std::string text;
    /// Whether another version amends it.
    bool amended = false;
};

/// An account with what was decided of it.
struct AccountState {
    EntryId entry;
    std::string by;
    std::string source;
    std::vector<std::pair<std::string, std::string>> row;
    std::vector<Digest> hidden;
    std::optional<Sha256> raw;
    /// By monitor, the last word of each.
    std::map<std::string, AccountScoped> scoped;
    /// Its place in State::incidents.
    std::uint32_t incident = 0;
};

/// Whether a link holds. It does until somebody undoes it, its own author or another monitor; in the second
/// case the two disagree, and nothing is joined against the will of one.
enum class LinkStatus : std::uint8_t { holds, withdrawn, disputed };
struct LinkState {
    EntryId entry;
    std::string by;
    std::vector<EntryId> accounts;
    std::string grounds;
    LinkStatus status = LinkStatus::holds;
    std::vector<EntryId> undone_by;
};

/// Where an incident's file stands, by the last thing that was done (FIELD: steps 1 to 12). Beside it stand
/// the opinions, which are no stage: an incident may be closed with none.
enum class IncidentStage : std::uint8_t {
    received,
    logged,
    queried,
    deescalating,
    under_verification,
    access_denied,
    found,  ///< somebody has given an opinion
    submitted,
    party_replied,
    remedied,
    referred,
    closed,
    reopened,
};

/// One monitor's opinion as it stands.
struct StandingOpinion {
    EntryId entry;
    Opinion opinion;
    std::uint32_t replaced = 0;  ///< how many earlier ones of the monitor it replaces
};

/// The accounts that hold together by links, and all that was said and done about what they tell of.
struct IncidentState {
    std::vector<EntryId> accounts;                    ///< in merged order; the first one names the incident
    std::map<std::string, StandingOpinion> opinions;  ///< by monitor (feed)
    JointOpinion joint;
    IncidentStage stage = IncidentStage::received;
    std::vector<EntryId> inquiries;
    std::vector<std::pair<EntryId, StepTaken>> steps;
};

struct InquiryState {
    EntryId entry;
    std::string by;
    sys_seconds opened{};
    EntryId account;
    std::string to;
    std::string question;
    std::string agreement;
    std::string clock;
    std::optional<sys_seconds> due;
    InquiryStage stage = InquiryStage::queried;
    std::vector<std::pair<EntryId, ReplyReceived>> replies;
};

/// Who has been told of a notice and who has answered.
struct NoticeState {
    EntryId entry;
    std::string by;
    sys_seconds issued{};
    NoticeIssued notice;
    struct Reached {
        std::optional<sys_seconds> told;  ///< the earliest claim
        std::optional<sys_seconds> acknowledged;
        std::string channel;
    };
    /// By unit; whom it was addressed or relayed to, and who acknowledged it without either.
    std::map<std::string, Reached> units;
};

/// Something that does not fit what was there when it was said; it stands in the record all the same.
struct Remark {
    EntryId entry;
    std::string what;
};

/// What the feeds come to together.
struct State {
    std::vector<std::pair<std::string, std::uint64_t>> sizes;         ///< of the feeds, by origin
    std::map<std::string, std::vector<AgreementVersion>> agreements;  ///< by id; versions in merged order
    std::vector<AccountState> accounts;                               ///< in merged order
    std::vector<LinkState> links;                                     ///< in merged order
    std::vector<IncidentState> incidents;                             ///< by their first accounts
    std::vector<InquiryState> inquiries;
    std::map<std::string, UnitNamed> units;  ///< by id, the last word on each
    std::vector<NoticeState> notices;
    std::vector<std::pair<EntryId, ReleaseMade>> releases;
    std::vector<std::pair<EntryId, MovementRestricted>> restrictions;
    std::map<Sha256, std::vector<std::pair<EntryId, EvidenceHandled>>>
        evidence;  ///< by file, steps in merged order
    std::map<Digest, EntryId> destroyed;
    std::map<std::string, std::vector<std::pair<EntryId, KeyChanged>>> keys;  ///< by feed
    std::vector<std::pair<EntryId, FeedForked>> forks;
    std::vector<Irregular> irregular;
    std::vector<Dangling> dangling;
    std::vector<Remark> remarks;

    /// The incident that an account belongs to; nothing where the account is not held.
    [[nodiscard]] const IncidentState* incident_of(const EntryId& account) const;
    [[nodiscard]] const AccountState* account(const EntryId& entry) const;
};

/// Folds merged feeds into what they come to: a pure function of the set of entries.
[[nodiscard]] State fold(const Merged& merged, std::span<const HeldFeed> feeds);

/// `fold` of `merge`.
[[nodiscard]] State state_of(std::span<const HeldFeed> feeds, int threads = 1);

/// The state as lines of text, sorted within their sections: two monitors whose texts are the same hold the
/// same, and where they are not, `diff` says what one lacks. An account's row is named by its entry, which
/// commits to it. doc/formats/record.md describes the lines.
[[nodiscard]] std::string state_text(const State& state);

/// SHA-256 of `state_text`: what monitors read to each other over the telephone.
[[nodiscard]] Sha256 state_digest(const State& state);

/// How far a notice has come at an instant, among the units that it must reach: those addressed and all under
/// them.
struct Coverage {
    std::uint32_t units = 0;
    std::uint32_t told = 0;
    std::uint32_t acknowledged = 0;
    friend bool operator==(const Coverage&, const Coverage&) = default;
};
[[nodiscard]] Coverage coverage(const State& state, const NoticeState& notice, sys_seconds at);
/// The same by the units' areas; units without one are under the empty name.
[[nodiscard]] std::map<std::string, Coverage> coverage_by_area(const State& state, const NoticeState& notice,
                                                               sys_seconds at);
/// The units that a notice must reach: those addressed and all under them, in order. A unit that is under
/// itself, by whatever way, stands there once.
[[nodiscard]] std::vector<std::string> units_to_reach(const State& state, const NoticeState& notice);

/// Something whose time has run out.
struct Overdue {
    enum class What : std::uint8_t { inquiry, acknowledgement } what = What::inquiry;
    EntryId entry;
    std::string who;  ///< who is asked, or the unit that has not acknowledged
    sys_seconds due{};
    friend auto operator<=>(const Overdue&, const Overdue&) = default;
};
/// When an inquiry must be answered: as set for it, else by the clock that it names of one of `agreements`,
/// counted from the time that its author claims. Nothing where neither says so: no field publishes a default,
/// and none is invented.
[[nodiscard]] std::optional<sys_seconds> due(const InquiryState& inquiry,
                                             std::span<const Agreement> agreements);
/// When a notice must have been acknowledged: as set for it, else by its agreement's time for notification,
/// counted from when it was issued.
[[nodiscard]] std::optional<sys_seconds> due(const NoticeState& notice,
                                             std::span<const Agreement> agreements);
/// Inquiries without a reply and notices without acknowledgement that were due before `now`; by when, then by
/// entry.
[[nodiscard]] std::vector<Overdue> overdue(const State& state, sys_seconds now,
                                           std::span<const Agreement> agreements);

/// The next step of an agreement's escalation ladder for one incident.
struct NextStep {
    EntryId incident;  ///< its first account
    std::string agreement;
    std::string step;
    std::uint32_t taken = 0;  ///< how many steps of the ladder were taken before
    friend bool operator==(const NextStep&, const NextStep&) = default;
};
/// For each incident that is not closed or remedied and that some monitor holds to be a violation of an
/// agreement with a ladder: the first step of the ladder that was not taken. None where all were. By
/// incident, then agreement.
[[nodiscard]] std::vector<NextStep> next_steps(const State& state, std::span<const Agreement> agreements);

[[nodiscard]] std::string_view name_of(LinkStatus status);
[[nodiscard]] std::string_view name_of(IncidentStage stage);

}  // namespace truce::record
