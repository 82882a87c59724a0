// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "model/act.h"
#include "model/actor.h"
#include "model/area.h"
#include "model/target_kind.h"

namespace truce {

struct Agreement;
using AgreementId = Id<Agreement>;

/// An instant of which only bounds may be known: it lies in [earliest, latest], and the two are equal when it
/// is known.
struct Moment {
    sys_seconds earliest = open_start;
    sys_seconds latest = open_end;

    static constexpr Moment at(sys_seconds instant) { return {instant, instant}; }
    static constexpr Moment unknown() { return {}; }
    [[nodiscard]] constexpr bool known() const { return earliest == latest; }
    friend constexpr bool operator==(const Moment&, const Moment&) = default;
};

/// The classes of the ETH/PRIO Civil Conflict Ceasefire codebook (Clayton et al.).
enum class CeasefireClass : std::uint8_t { unclear, cessation_of_hostilities, preliminary, definitive };

/// How an agreement stands to another. Read as "this agreement [relation] the other".
enum class LineageRelation : std::uint8_t {
    extends_area_of,
    extends_time_of,
    reaffirms,
    recommits_to,
    implements,
    annex_of,
    supersedes,
    suspends,
    terminates,
    follows,
};

struct Lineage {
    LineageRelation relation;
    AgreementId other;
    /// From when on; unknown bounds where the text does not say, and then the agreement's own entry into
    /// force.
    std::optional<Moment> at;
};

/// An area as a text names it: one area, or one drawing of it for each guarantor who has its own.
struct AreaClause {
    struct Version {
        /// Whose drawing: an actor's id, or empty where all agree on one.
        std::string by;
        AreaId area;
    };
    /// Never empty.
    std::vector<Version> versions;
};

enum class Capacity : std::uint8_t {
    signatory,
    adherent,
    guarantor,
    facilitator,
    monitor,
    witness,
    depositary
};

/// Someone who took a part in the agreement, and what bound them.
struct Adherent {
    ActorId actor;
    Capacity capacity = Capacity::adherent;
    /// When it accepted; unknown bounds stay unknown. Nothing: with the agreement itself.
    std::optional<Moment> accepted;
    std::optional<Moment> withdrawn;
    std::optional<Moment> suspended_from;
    std::optional<Moment> suspended_until;
    std::optional<ActorId> via;
    std::string reservation;
    /// Whether "forces supporting or associated with" it are bound with it.
    enum class Reach : std::uint8_t { own_forces, allies_and_associates } reach = Reach::own_forces;
};

struct Guarantor {
    ActorId actor;
    /// Whose side it is to bring round; nothing when it stands for all.
    std::optional<ActorId> on_behalf_of;
};

enum class ExclusionBasis : std::uint8_t { named, un_designated, by_guarantor, unknown };

/// A party that the agreement does not cover: neither bound nor protected.
struct Exclusion {
    ActorId actor;
    ExclusionBasis basis = ExclusionBasis::named;
    Period during;
    /// Where the exclusion holds only on delineated ground: that ground. `scope` says whether it does.
    enum class Scope : std::uint8_t { actor, actor_in_delineated_area } scope = Scope::actor;
    std::optional<AreaClause> delineated;
    /// Whose list this is, when guarantors have their own; empty when all agree.
    std::string version;
};

enum class Deontic : std::uint8_t { prohibited, obligatory, permitted };

/// One duty as the text has it.
struct Duty {
    std::string id;
    Deontic deontic = Deontic::prohibited;
    /// Acts forbidden (prohibited), required (obligatory: the opposite act breaches it) or allowed
    /// (permitted).
    std::vector<Act> acts;
    /// Whom the duty protects; empty: whoever it is.
    TargetKinds against;
    /// Who must keep it; empty: every adherent.
    std::vector<ActorId> bound;
    /// Its own area or period, when narrower than the agreement's.
    std::optional<AreaClause> area;
    std::optional<Moment> from;
    std::optional<Moment> until;
    Localised text;
    std::string clause;
};

/// The acts that breach a duty to do `required`: denying access breaches a duty to allow it, and so on.
[[nodiscard]] std::vector<Act> acts_that_fail(Act required);

enum class ExceptionKind : std::uint8_t {
    self_defence,
    excluded_target,
    live_fire_in_area,
    law_enforcement,
    prior_notified,
    coordinated_return_fire,
    other,
};

/// What makes a prohibited act none.
struct Exception {
    std::string id;
    ExceptionKind kind = ExceptionKind::other;
    /// Acts that it can excuse; empty: any.
    std::vector<Act> acts;
    std::optional<AreaClause> area;
    std::string test;
    Localised text;
};

/// When orders must have reached the field.
struct Notification {
    /// How long after entry into force; nothing when the text does not say.
    std::optional<std::chrono::seconds> grace;
    std::string during;
    std::string chain;
};

enum class Renewal : std::uint8_t { unknown, none, automatic, by_agreement };

struct Mechanism {
    std::vector<std::string> monitors;
    std::string decides;
    std::vector<std::pair<std::string, std::optional<std::chrono::seconds>>> clocks;
    std::vector<std::string> ladder;
    std::vector<std::string> mandate;
};

struct Citation {
    std::string title;
    std::string publisher;
    std::string url;
    std::string date;
};

/// A text that parties accepted.
struct Agreement {
    std::string id;
    std::string file;
    Localised title;
    std::string words_used;  ///< "regime of calm", "humanitarian pause": what the text calls itself
    CeasefireClass cls = CeasefireClass::unclear;
    std::vector<std::string> purposes;
    std::vector<Lineage> lineage;
    std::string zone;
    std::optional<Moment> announced;
    std::optional<Moment> accept_by;
    /// When it enters into force and when it ends; an end of open_end is none set, unknown bounds are
    /// unknown.
    Moment from;
    Moment until;
    Renewal renewal = Renewal::unknown;
    /// Stretches during which the whole agreement was suspended.
    std::vector<std::pair<Moment, Moment>> suspensions;
    /// Nothing where the agreement leaves its area to the one that it extends or reaffirms.
    std::optional<AreaClause> area;
    std::vector<AreaClause> except_areas;
    std::vector<Guarantor> guarantors;
    std::vector<Adherent> adherents;
    std::vector<Exclusion> excluded;
    std::vector<Duty> duties;
    std::vector<Exception> exceptions;
    std::optional<Notification> notification;
    Mechanism mechanism;
    std::vector<Citation> sources;
    Localised notes;
    /// Fields of an imported register that have no label we know, by column name, as they are.
    std::vector<std::pair<std::string, std::string>> raw_codes;
};

[[nodiscard]] std::string_view name_of(CeasefireClass cls);
[[nodiscard]] std::optional<CeasefireClass> ceasefire_class_named(std::string_view name);
[[nodiscard]] std::string_view name_of(LineageRelation relation);

/// Whether an agreement of that relation to another carries on the other's duties as its own.
[[nodiscard]] bool brings_duties(LineageRelation relation);

[[nodiscard]] std::optional<LineageRelation> lineage_relation_named(std::string_view name);
[[nodiscard]] std::string_view name_of(Capacity capacity);
[[nodiscard]] std::optional<Capacity> capacity_named(std::string_view name);
[[nodiscard]] std::string_view name_of(ExclusionBasis basis);
[[nodiscard]] std::optional<ExclusionBasis> exclusion_basis_named(std::string_view name);
[[nodiscard]] std::string_view name_of(Deontic deontic);
[[nodiscard]] std::string_view name_of(ExceptionKind kind);
[[nodiscard]] std::optional<ExceptionKind> exception_kind_named(std::string_view name);
[[nodiscard]] std::string_view name_of(Renewal renewal);
[[nodiscard]] std::optional<Renewal> renewal_named(std::string_view name);

}  // namespace truce
