// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/sha256.h"
#include "base/time.h"
#include "model/opinion.h"
#include "record/tiles.h"

namespace truce::record {

/// Names an entry wherever it is: the hash of its leaf. No two entries have one, since an entry says its feed
/// and its place in it.
using EntryId = Sha256;

/// A value that the entry only commits to: its SD-JWT digest (RFC 9901), the value itself lying encrypted
/// beside the feed. 43 characters of base64url.
using Digest = std::string;

// What entries say, one struct for each kind. A field that is a time is a claim of its author. Members named
// after another kind (`account`, `inquiry`, `notice`) hold the id of an entry of that kind.

/// `agreement.adopted`: a text that its author holds to be accepted; `amends` names the version that it
/// replaces.
struct AgreementAdopted {
    std::string agreement{};  ///< its id
    std::string text{};       ///< the agreement file, as it is (doc/formats/agreement.md)
    std::optional<EntryId> amends{};
};

/// `account.received`: one row as a source gave it. Protected columns are missing from it and committed to in
/// `hidden`.
struct AccountReceived {
    std::string source{};  ///< the source's id in the mission
    /// By column, in the order of the columns' names; no two alike.
    std::vector<std::pair<std::string, std::string>> row{};
    std::vector<Digest> hidden{};
    /// The hash of the row's own bytes; nothing where something is hidden, since it could be guessed from.
    std::optional<Sha256> raw{};
};

/// What became of an account on receipt (`account.scoped`).
enum class Scope : std::uint8_t { logged, duplicate, out_of_scope, info_only };
struct AccountScoped {
    EntryId account;
    Scope scope = Scope::logged;
    std::optional<EntryId> duplicate_of{};
    std::string reason{};
};

/// `link.proposed`: these accounts tell of one incident. Two or more.
struct LinkProposed {
    std::vector<EntryId> accounts{};
    std::string grounds{};
};
/// `link.undone`: against a link, one's own or another's.
struct LinkUndone {
    EntryId link;
    std::string grounds{};
};

/// `opinion.given`: replaces what its author said of the incident before.
struct OpinionGiven {
    EntryId account;  ///< any account of the incident
    Opinion opinion;
};

/// `inquiry.opened`: a question to a party or a task for a team.
struct InquiryOpened {
    EntryId account;
    std::string to{};  ///< an actor, or a team
    std::string question{};
    std::string agreement{};           ///< whose clock runs, by its id
    std::string clock{};               ///< which of its clocks; empty: none
    std::optional<sys_seconds> due{};  ///< where it was set for this one inquiry
};
/// Where an inquiry stands (`inquiry.moved`).
enum class InquiryStage : std::uint8_t {
    queried,
    deescalating,
    under_verification,
    access_denied,
    submitted,
    closed
};
struct InquiryMoved {
    EntryId inquiry;
    InquiryStage stage = InquiryStage::queried;
    std::string text{};
};

/// `reply.received`: what a party answers, given in by the monitor who heard it.
enum class Position : std::uint8_t { admits, denies, justifies, promises, no_comment };
struct ReplyReceived {
    EntryId inquiry;
    std::string party{};
    Position position = Position::no_comment;
    std::string text{};
};

/// `step.taken`: what was done about an incident, from remedy to referral, or a step of the agreement's
/// ladder.
enum class Step : std::uint8_t { deescalation_call, remedied, referred, escalated, closed, reopened };
struct StepTaken {
    EntryId account;
    Step step = Step::closed;
    std::string ladder{};  ///< the ladder's step by its own words; empty where it is none
    std::string by{};
    std::string text{};
};

/// `unit.named`: someone in a chain of command.
struct UnitNamed {
    std::string unit{};  ///< its id
    std::string name{};
    std::string under{};  ///< the unit that commands it; empty at the top
    std::string party{};
    std::string area{};  ///< where it stands, as an area's id; empty: not said
};

/// `notice.issued`: an order, alert or query that must reach those below.
struct NoticeIssued {
    std::string agreement{};
    std::string from{};             ///< a unit or a monitor
    std::vector<std::string> to{};  ///< units; never empty
    std::string text{};
    std::string level{};  ///< "order", "alert", "query"
    bool written = false;
    std::optional<sys_seconds> due{};  ///< when all must have acknowledged
};
/// `notice.relayed` and `notice.acknowledged`.
struct NoticeRelayed {
    EntryId notice;
    std::string from{};
    std::vector<std::string> to{};
    std::optional<sys_seconds> at{};
    std::string channel{};
};
struct NoticeAcknowledged {
    EntryId notice;
    std::string unit{};
    std::optional<sys_seconds> at{};
    std::string channel{};
};

/// Who may see what is released.
enum class Tier : std::uint8_t { parties, mission, everyone };
/// `release.made`: what left the mission, by its hash, and from which state it was made.
struct ReleaseMade {
    Tier tier = Tier::everyone;
    std::string what{};
    Sha256 sha256;
    /// The sizes of the feeds that it was made from, by origin: enough to make it again to the byte.
    std::vector<std::pair<std::string, std::uint64_t>> from{};
};

/// `movement.restricted`: monitors were not let through.
enum class Restriction : std::uint8_t { denied, delayed, conditional, jammed };
struct MovementRestricted {
    Restriction kind = Restriction::denied;
    std::string place{};
    std::string by{};
    std::optional<sys_seconds> from{};
    std::optional<sys_seconds> until{};
    std::string text{};
};

/// `evidence.handled`: one step in a file's custody.
enum class Custody : std::uint8_t { collected, accessed, copied, derived, transferred, redacted, destroyed };
struct EvidenceHandled {
    Sha256 sha256;
    Custody step = Custody::collected;
    std::optional<Sha256> parent{};  ///< of a derived or redacted copy: the file that it was made from
    std::string by{};
    std::string to{};
    std::string why{};
};

/// `value.destroyed`: a hidden value was destroyed, with its salt. What was signed stays as it is.
struct ValueDestroyed {
    Digest digest{};
    std::string why{};
};

/// `key.changed`: a key of the feed's monitor comes into use, or goes out of it.
enum class KeyChange : std::uint8_t { enrolled, rotated, revoked };
struct KeyChanged {
    KeyChange change = KeyChange::enrolled;
    std::string key{};       ///< the verifier key, `name+id+base64`
    std::string replaces{};  ///< the one that it replaces; empty for others
    std::string why{};
};

/// `feed.forked`: a monitor showed two histories; the proof is the bytes of a record::Fork (record/fork.h), which anyone can
/// check.
struct FeedForked {
    std::string origin{};
    std::string proof{};
};

/// A kind that this version does not know; kept, shown, and without effect on the state.
struct UnknownKind {
    std::string kind{};
};

using Body = std::variant<AgreementAdopted, AccountReceived, AccountScoped, LinkProposed, LinkUndone,
                          OpinionGiven, InquiryOpened, InquiryMoved, ReplyReceived, StepTaken, UnitNamed,
                          NoticeIssued, NoticeRelayed, NoticeAcknowledged, ReleaseMade, MovementRestricted,
                          EvidenceHandled, ValueDestroyed, KeyChanged, FeedForked, UnknownKind>;

/// One entry of a feed, read.
struct Entry {
    EntryId id;
    std::string feed;       ///< the origin of the feed that it is in
    std::uint64_t seq = 0;  ///< its place in the feed, from 0
    std::string by;         ///< who wrote it, within the monitor's office
    sys_seconds claimed{};  ///< when, by its author's clock: a claim
    /// What its author held of other feeds when writing it, as numbers of entries by origin, as far as that
    /// had grown since the author's entry before: so its place among theirs rests on no clock.
    std::vector<std::pair<std::string, std::uint64_t>> seen{};
    Body body;
};

/// The name of the kind ("opinion.given").
[[nodiscard]] std::string kind_of(const Body& body);
/// The entries that this one refers to, in the order of the fields.
[[nodiscard]] std::vector<EntryId> references_of(const Body& body);

/// Reads an entry's bytes: canonical JSON (RFC 8785) with the members `body`, `by`, `claimed`, `feed`,
/// `kind`, `seq`, `v` (1) and, where there is something to say, `seen`.
///
/// Fails where a field is missing, of another type, or has a value that the kind does not allow, naming it. A
/// member that this version does not know is an error in a known kind too: who appends must not lose what
/// they meant. A kind that is not known is read as UnknownKind.
[[nodiscard]] Result<Entry> parse_entry(std::string_view bytes);

/// An entry's bytes, as they go into the feed. Fails where they would be longer than `longest_entry`, or hold
/// a text that is no UTF-8. Requires: the body is of a known kind. `entry.id` is not looked at.
[[nodiscard]] Result<std::string> entry_bytes(const Entry& entry);

/// A body from its JSON form, as people give it to `truce record append`: the members of the kind, `"kind"`
/// beside them.
[[nodiscard]] Result<Body> body_from(std::string_view kind, const nlohmann::json& members);
/// The members of a body.
[[nodiscard]] nlohmann::json members_of(const Body& body);

}  // namespace truce::record
