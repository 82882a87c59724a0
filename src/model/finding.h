// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/actor.h"
#include "model/chance.h"
#include "model/commitment.h"
#include "model/incident.h"
#include "model/parties.h"

namespace truce {

/// The questions that decide whether an incident breaches a commitment, in the order in which they are asked.
enum class Element : std::uint8_t {
    in_force,
    in_area,
    actor_bound,
    target_protected,
    not_excluded,
    act_prohibited,
    no_exception,
};
inline constexpr std::size_t element_count = 7;

/// What an element's answer rests on. Each has a sentence in the message catalogues.
enum class Reason : std::uint8_t {
    none,
    // in_force
    within_period,
    before_entry_into_force,
    after_end,
    between_periods,
    suspended,
    superseded,
    date_straddles,
    period_not_known,
    // in_area
    inside_area,
    outside_area,
    partly_inside,
    place_not_known,
    area_not_known,
    excepted_area,
    // actor_bound
    party_bound,
    commanded_by_party,
    not_a_party,
    not_yet_accepted,
    withdrawn,
    acceptance_not_known,
    attacker_unknown,
    attacker_alleged,
    attacker_umbrella,
    attacker_ally,
    attacker_not_registered,
    candidates_differ,
    roles_unstated,
    // target_protected
    protects_anyone,
    target_adherent,
    target_civilian,
    target_kind_protected,
    target_not_protected,
    target_unknown,
    target_umbrella,
    target_not_registered,
    // not_excluded
    nobody_excluded,
    attacker_excluded,
    target_excluded,
    umbrella_holds_excluded,
    exclusion_depends_on_ground,
    lists_differ,
    // act_prohibited
    act_forbidden,
    act_fails_duty,
    act_not_covered,
    act_unknown,
    act_too_broad,
    // no_exception
    no_exception_applies,
    self_defence,
    exception_applies,
    exception_not_ruled_out,
    // added later; the order above is kept for those who stored numbers
    terminated,             ///< in_force: ended by another agreement
    areas_differ,           ///< in_area: the guarantors' drawings answer differently
    associated_with_party,  ///< actor_bound: bound with a party whose adherence reaches its associates
    adherence_suspended,    ///< actor_bound, target_protected: the party had suspended its adherence
    relation_changes,       ///< actor_bound, target_protected: its relation to the party changed in the time
                            ///< that the incident's date allows
    target_alleged,         ///< target_protected: an opponent says who was hit
    target_ally,            ///< target_protected: an ally or associate of an adherent
    target_withdrawn,       ///< target_protected: the adherent hit had withdrawn
    target_not_yet_accepted,  ///< target_protected: the party hit had not accepted yet
    act_permitted,            ///< act_prohibited: the agreement permits the act by name
    date_not_known,           ///< in_force: no date, or none that ends
    no_reading_breaches,      ///< the verdict's alone: whoever it was, one element or another fails
};

/// One element, answered.
struct ElementAnswer {
    Answer answer = Answer::unknown;
    Reason reason = Reason::none;
    Chance chance = Chance::unknown();
    friend bool operator==(const ElementAnswer&, const ElementAnswer&) = default;
};

enum class Verdict : std::uint8_t {
    breach,
    breach_likely,
    undetermined,
    out_of_scope_likely,
    not_breach,
    out_of_scope
};

/// Whether the order to stop had reached those who acted: a fact beside the verdict.
enum class OrderReached : std::uint8_t { not_required, within_window, window_over, unknown };

/// The verdict as it would be under one guarantor's own areas and lists.
struct VersionVerdict {
    std::string by;
    Chance chance;
    Verdict verdict;
    friend bool operator==(const VersionVerdict&, const VersionVerdict&) = default;
};

/// What would change the verdict: one element, the answer that it would need, and the verdict then.
struct Flip {
    Element element;
    Answer to;
    Verdict then;
    /// Who it would have to be, when the element is about someone and one answer stands out.
    std::optional<ActorId> if_actor;
    friend bool operator==(const Flip&, const Flip&) = default;
};

/// One incident held against one commitment: the elements, each answered, and the verdict that follows.
///
/// An element's chance is its own, over all who may have been involved. `chance` is not their product: it is
/// taken over each who-did-it-to-whom by itself, so that one candidate who fails two elements counts once.
struct Finding {
    IncidentId incident;
    CommitmentId commitment;
    std::array<ElementAnswer, element_count> elements;
    /// That all elements hold: bounds over what is not known.
    Chance chance;
    Verdict verdict = Verdict::undetermined;
    /// Who broke the promise, if it was broken: those still possible, most likely first, then by actor. A
    /// breach may have several possible authors, or none who is known. Probabilities sum to 1 over the list;
    /// an entry without actor is somebody not known. Where nobody says who began, those who fought share
    /// evenly, since nothing is known between them. Empty when nothing can have been broken.
    Candidates authors;
    OrderReached order_reached = OrderReached::not_required;
    /// One for each guarantor with its own area or list; empty where there is one version only.
    std::vector<VersionVerdict> versions;
    std::optional<Flip> flip;
    [[nodiscard]] const ElementAnswer& operator[](Element element) const {
        return elements[static_cast<std::size_t>(element)];
    }
    /// Whether the guarantors' versions lead to different verdicts.
    [[nodiscard]] bool versions_disagree() const;
    /// The element on which the verdict rests: for out_of_scope and not_breach the first that says no, an
    /// exclusion being named before "not a party"; otherwise the one that is least certain, ties to the
    /// first. Nothing for a breach, and where no single element says no.
    [[nodiscard]] std::optional<Element> decided_by() const;
    /// The reason of that element; `no_reading_breaches` where no single element says no, and `none` for a
    /// breach.
    [[nodiscard]] Reason reason() const;
    /// Who broke the promise, when that is known: one actor, at 0.8 or more, named by no opponent and no
    /// umbrella.
    [[nodiscard]] std::optional<ActorId> author() const;
};

/// From which chance on a verdict is `breach_likely`, and below which `out_of_scope_likely`: the
/// Digital Ceasefire Handbook (HRC Berkeley) 6.2.3, a threshold agreed beforehand, its example being 80 %.
inline constexpr double likely_from = 0.8;
inline constexpr double unlikely_below = 0.2;

[[nodiscard]] std::string_view name_of(Element element);
[[nodiscard]] std::string_view name_of(Reason reason);
[[nodiscard]] std::optional<Reason> reason_named(std::string_view name);
[[nodiscard]] std::string_view name_of(Verdict verdict);
[[nodiscard]] std::optional<Verdict> verdict_named(std::string_view name);
[[nodiscard]] std::string_view name_of(OrderReached reached);

/// The verdict on an incident as a whole: the gravest of those on single commitments (a breach of one promise
/// is a breach, whatever the others say). Order: breach, breach_likely, undetermined, out_of_scope_likely,
/// not_breach, out_of_scope.
[[nodiscard]] Verdict gravest(Verdict a, Verdict b);

}  // namespace truce
