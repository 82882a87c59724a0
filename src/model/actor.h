// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "model/localised.h"

namespace truce {

struct Actor;
using ActorId = Id<Actor>;

enum class ActorKind : std::uint8_t {
    state,
    armed_group,
    coalition,
    umbrella,
    organisation,
    civilians,
    unknown
};

/// How one actor stands to another. Read as "this actor [relation] the other".
enum class ActorRelation : std::uint8_t {
    contains,         ///< an umbrella name that sources use; the other is one of those it may stand for
    part_of,          ///< a unit of the other: what binds the other binds it
    commands,         ///< the other acts on its orders: what binds this one binds the other
    allied_with,      ///< fights beside the other under its own command
    associated_with,  ///< supports the other; "forces supporting or associated with"
    splinter_of,      ///< broke away from the other, and is bound by nothing the other signed later
    co_located_with,  ///< shares ground with the other
    same_as,          ///< another name of the other, from then on
};

/// A relation that holds while its period lasts.
struct DatedRelation {
    ActorRelation relation;
    ActorId other;
    Period during;
};

/// Codes under which datasets know an actor.
struct ActorCodes {
    std::vector<std::string> ucdp;   ///< UCDP actor ids
    std::vector<std::string> acled;  ///< ACLED actor names, as ACLED writes them
    std::vector<std::string> gdelt;  ///< CAMEO actor codes
};

/// Someone who can be bound by an agreement, attack or be attacked.
struct Actor {
    std::string id;
    ActorKind kind = ActorKind::unknown;
    Localised name;
    std::vector<std::string> spellings;
    ActorCodes codes;
    std::vector<DatedRelation> relations;
};

/// Which dataset's codes a name or code is to be looked up under.
enum class CodeSystem : std::uint8_t { none, ucdp, acled, gdelt };

/// A three-valued answer.
enum class Answer : std::uint8_t { no, unknown, yes };
[[nodiscard]] std::string_view name_of(Answer answer);

/// All actors that a mission knows, with their names, codes and relations.
class ActorRegister {
public:
    ActorRegister() = default;
    /// Requires: ids are unique, and every relation names an actor of the list. Relations are taken both ways
    /// (a `part_of` b is b `commands` a).
    explicit ActorRegister(std::vector<Actor> actors);

    [[nodiscard]] std::span<const Actor> actors() const { return actors_; }
    [[nodiscard]] const Actor& operator[](ActorId id) const { return actors_[id.value]; }
    /// The actor of that id ("sy-government"), or nothing.
    [[nodiscard]] std::optional<ActorId> with_id(std::string_view id) const;
    /// The actor that a source means by a name or code: by code in `system` first, then by id, then by any
    /// name or spelling (compared by `name_key`). A name that two actors share answers nothing.
    [[nodiscard]] std::optional<ActorId> meant_by(std::string_view name_or_code, CodeSystem system) const;

    /// Whether what binds `party` binds `actor` at that time: yes for the party itself, another name of it,
    /// its parts and those it commands, to any depth; unknown for an umbrella that contains a bound actor,
    /// for allies and associates; no otherwise. A splinter is not bound.
    [[nodiscard]] Answer acts_for(ActorId actor, ActorId party, sys_seconds when) const;
    /// Whether `actor` may in truth be `other`: yes for itself and its other names, unknown when `actor` is
    /// an umbrella that contains `other` (to any depth), no otherwise.
    [[nodiscard]] Answer may_be(ActorId actor, ActorId other, sys_seconds when) const;
    /// Those that an umbrella may stand for at that time, itself not among them; empty for others.
    [[nodiscard]] std::vector<ActorId> members(ActorId umbrella, sys_seconds when) const;
    /// The umbrellas that contain `actor` at that time, nearest first.
    [[nodiscard]] std::vector<ActorId> umbrellas_of(ActorId actor, sys_seconds when) const;

private:
    std::vector<Actor> actors_;
    std::unordered_map<std::string, std::optional<ActorId>> by_id_;
    std::unordered_map<std::string, std::optional<ActorId>> by_name_;
    std::unordered_map<std::string, std::optional<ActorId>> by_code_[4];
};

[[nodiscard]] std::string_view name_of(ActorKind kind);
[[nodiscard]] std::optional<ActorKind> actor_kind_named(std::string_view name);
[[nodiscard]] std::string_view name_of(ActorRelation relation);
[[nodiscard]] std::optional<ActorRelation> actor_relation_named(std::string_view name);

}  // namespace truce
