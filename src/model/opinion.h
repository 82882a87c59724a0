// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace truce {

/// Whether what was reported happened at all: the first axis of an opinion.
enum class Occurrence : std::uint8_t {
    confirmed,
    not_confirmed,  ///< looked into, and nothing found that confirms it
    unverifiable,   ///< cannot be looked into: a real answer, not a missing one
    false_report,   ///< found not to have happened
};

/// Whether it broke a term of the agreement: the second axis.
enum class BreachOpinion : std::uint8_t { violation, not_violation, undetermined };

/// How far responsibility could be traced: the third axis. Who it was stands beside it.
enum class AttributionLevel : std::uint8_t { unattributed, party, unit, individual };

/// How sure one must be to say what was said, from the least to the most demanding.
enum class StandardOfProof : std::uint8_t {
    not_stated,
    reasonable_suspicion,
    reasonable_grounds,  ///< "reasonable grounds to believe": the practice of UN human-rights inquiries
    balance_of_probabilities,
    clear_and_convincing,
    beyond_reasonable_doubt,
};

/// The grade of what an opinion rests on, on the two scales of the Admiralty: the source's reliability from A
/// (completely reliable) to F (cannot be judged), the information's credibility from 1 (confirmed by others)
/// to 6 (cannot be judged).
struct Grade {
    char reliability = 'F';
    int credibility = 6;
    friend bool operator==(const Grade&, const Grade&) = default;
};

/// Reads `B2`.
[[nodiscard]] std::optional<Grade> parse_grade(std::string_view text);
[[nodiscard]] std::string text_of(Grade grade);

/// What one monitor says of one incident. The three axes are answered apart: that something happened says
/// nothing of who did it, and neither says whether a term was broken. An axis without an answer was not (yet)
/// spoken of.
struct Opinion {
    std::optional<Occurrence> occurrence{};
    std::optional<BreachOpinion> breach{};
    /// Which agreement and duty, where one was named ("sy-2016-02-27", "no-attacks"), and why it is no
    /// violation where it is none.
    std::string agreement{};
    std::string duty{};
    std::string reason{};
    std::optional<AttributionLevel> attribution{};
    /// Who it was said to be, as ids of the mission's actors, in order; empty where unattributed.
    std::vector<std::string> authors{};
    std::string grounds{};
    std::optional<Grade> grade{};
    StandardOfProof standard = StandardOfProof::not_stated;
    friend bool operator==(const Opinion&, const Opinion&) = default;
};

/// What the monitors' opinions on one incident come to together.
enum class JointStatus : std::uint8_t {
    no_finding,  ///< nobody has answered
    one_sided,   ///< one monitor alone has answered
    agreed,      ///< two or more have, and all of them the same
    divergent,   ///< two or more have, and not the same
};

/// The joint status on each axis. `overall` is divergent where any axis is, else agreed where all axes that
/// anybody answered are, else one_sided where anybody answered.
struct JointOpinion {
    JointStatus occurrence = JointStatus::no_finding;
    JointStatus breach = JointStatus::no_finding;
    JointStatus attribution = JointStatus::no_finding;
    JointStatus overall = JointStatus::no_finding;
    friend bool operator==(const JointOpinion&, const JointOpinion&) = default;
};

/// What `opinions`, one of each monitor, come to together. `unverifiable` and `undetermined` are answers like
/// others: a monitor who cannot verify and one who confirms diverge. Attributions agree when level and
/// authors do. Independent of the order.
[[nodiscard]] JointOpinion joint_opinion(std::span<const Opinion> opinions);

[[nodiscard]] std::string_view name_of(Occurrence occurrence);
[[nodiscard]] std::optional<Occurrence> occurrence_named(std::string_view name);
[[nodiscard]] std::string_view name_of(BreachOpinion breach);
[[nodiscard]] std::optional<BreachOpinion> breach_opinion_named(std::string_view name);
[[nodiscard]] std::string_view name_of(AttributionLevel level);
[[nodiscard]] std::optional<AttributionLevel> attribution_level_named(std::string_view name);
[[nodiscard]] std::string_view name_of(StandardOfProof standard);
[[nodiscard]] std::optional<StandardOfProof> standard_of_proof_named(std::string_view name);
[[nodiscard]] std::string_view name_of(JointStatus status);

}  // namespace truce
