// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/few.h"
#include "base/shared_text.h"
#include "model/actor.h"
#include "model/target_kind.h"

namespace truce {

/// One actor that may have been the one, and how likely its source holds that. `actor` empty: someone the
/// mission's register does not know (the side's `name` says whom the source means).
struct Candidate {
    std::optional<ActorId> actor;
    double probability = 1.0;
    friend bool operator==(const Candidate&, const Candidate&) = default;
};

/// Those who may have been the one: nearly always one.
using Candidates = Few<Candidate, 1>;

/// On whose word someone is named.
enum class Basis : std::uint8_t {
    reported,  ///< the source says so in its own voice
    claimed,   ///< the one named says so itself
    assessed,  ///< the source weighed evidence and concluded so
    alleged,   ///< an opponent, or another party to the fight, says so
    unknown,   ///< nobody is named
};

/// One side of what happened. Probabilities of the candidates sum to at most 1; what is missing to 1 belongs
/// to nobody known. No candidates: the side is not known at all.
struct Side {
    Candidates candidates;
    /// As the source writes it; empty when it names nobody.
    SharedText name;
    Basis basis = Basis::unknown;
};

/// Whether the source says who began.
enum class Roles : std::uint8_t {
    stated,    ///< `attacker` did it to `target`
    unstated,  ///< the two fought; which of them began is not known
};

/// Who did it, and to whom.
struct Parties {
    Side attacker;
    Side target;
    Roles roles = Roles::stated;
    /// What kinds of people or things were aimed at or hit as such.
    TargetKinds target_kinds;
};

[[nodiscard]] std::string_view name_of(Basis basis);
[[nodiscard]] std::optional<Basis> basis_named(std::string_view name);

}  // namespace truce
