// SPDX-License-Identifier: Apache-2.0
// The names under which files and exports write the model's enumerators: each enumerator's own.

#include "model/account.h"
#include "model/agreement.h"
#include "model/finding.h"
#include "model/parties.h"
#include "model/place.h"
#include "model/target_kind.h"
#include "model/when.h"

#include <array>

namespace truce {
namespace {

template <class Enum, std::size_t n>
std::optional<Enum> found_in(const std::array<std::string_view, n>& names, std::string_view name) {
    for (std::size_t i = 0; i < n; ++i) {
        if (names[i] == name) return static_cast<Enum>(i);
    }
    return std::nullopt;
}

constexpr std::array<std::string_view, 13> target_kind_names{
    "adherent", "combatant", "civilian", "humanitarian", "medical",        "school", "water",
    "worship",  "market",    "camp",     "monitor",      "infrastructure", "anyone"};
static_assert(static_cast<std::size_t>(TargetKind::anyone) + 1 == target_kind_names.size());

constexpr std::array<std::string_view, 10> place_precision_names{
    "exact", "near", "town", "district", "region", "line", "country", "elsewhere", "stated", "unknown"};
static_assert(static_cast<std::size_t>(PlacePrecision::unknown) + 1 == place_precision_names.size());

constexpr std::array<std::string_view, 8> time_precision_names{"minute", "hour",  "day",  "days",
                                                               "week",   "month", "year", "unknown"};
static_assert(static_cast<std::size_t>(TimePrecision::unknown) + 1 == time_precision_names.size());

constexpr std::array<std::string_view, 5> basis_names{"reported", "claimed", "assessed", "alleged",
                                                      "unknown"};
static_assert(static_cast<std::size_t>(Basis::unknown) + 1 == basis_names.size());

constexpr std::array<std::string_view, 3> republish_names{"rows", "aggregates", "nothing"};
static_assert(static_cast<std::size_t>(Republish::nothing) + 1 == republish_names.size());

constexpr std::array<std::string_view, 3> recording_names{"not_stated", "systematic", "selection"};
static_assert(static_cast<std::size_t>(Recording::selection) + 1 == recording_names.size());

constexpr std::array<std::string_view, 4> account_kind_names{"incident", "lead", "corroboration",
                                                             "aggregate"};
static_assert(static_cast<std::size_t>(AccountKind::aggregate) + 1 == account_kind_names.size());

constexpr std::array<std::string_view, 4> ceasefire_class_names{"unclear", "cessation_of_hostilities",
                                                                "preliminary", "definitive"};
static_assert(static_cast<std::size_t>(CeasefireClass::definitive) + 1 == ceasefire_class_names.size());

constexpr std::array<std::string_view, 10> lineage_relation_names{
    "extends_area_of", "extends_time_of", "reaffirms", "recommits_to", "implements",
    "annex_of",        "supersedes",      "suspends",  "terminates",   "follows"};
static_assert(static_cast<std::size_t>(LineageRelation::follows) + 1 == lineage_relation_names.size());

constexpr std::array<std::string_view, 7> capacity_names{"signatory", "adherent", "guarantor", "facilitator",
                                                         "monitor",   "witness",  "depositary"};
static_assert(static_cast<std::size_t>(Capacity::depositary) + 1 == capacity_names.size());

constexpr std::array<std::string_view, 4> exclusion_basis_names{"named", "un_designated", "by_guarantor",
                                                                "unknown"};
static_assert(static_cast<std::size_t>(ExclusionBasis::unknown) + 1 == exclusion_basis_names.size());

constexpr std::array<std::string_view, 3> deontic_names{"prohibited", "obligatory", "permitted"};
static_assert(static_cast<std::size_t>(Deontic::permitted) + 1 == deontic_names.size());

constexpr std::array<std::string_view, 7> exception_kind_names{"self_defence",
                                                               "excluded_target",
                                                               "live_fire_in_area",
                                                               "law_enforcement",
                                                               "prior_notified",
                                                               "coordinated_return_fire",
                                                               "other"};
static_assert(static_cast<std::size_t>(ExceptionKind::other) + 1 == exception_kind_names.size());

constexpr std::array<std::string_view, 4> renewal_names{"unknown", "none", "automatic", "by_agreement"};
static_assert(static_cast<std::size_t>(Renewal::by_agreement) + 1 == renewal_names.size());

constexpr std::array<std::string_view, 7> element_names{"in_force",         "in_area",      "actor_bound",
                                                        "target_protected", "not_excluded", "act_prohibited",
                                                        "no_exception"};
static_assert(static_cast<std::size_t>(Element::no_exception) + 1 == element_names.size());

constexpr std::array<std::string_view, 63> reason_names{"none",
                                                        "within_period",
                                                        "before_entry_into_force",
                                                        "after_end",
                                                        "between_periods",
                                                        "suspended",
                                                        "superseded",
                                                        "date_straddles",
                                                        "period_not_known",
                                                        "inside_area",
                                                        "outside_area",
                                                        "partly_inside",
                                                        "place_not_known",
                                                        "area_not_known",
                                                        "excepted_area",
                                                        "party_bound",
                                                        "commanded_by_party",
                                                        "not_a_party",
                                                        "not_yet_accepted",
                                                        "withdrawn",
                                                        "acceptance_not_known",
                                                        "attacker_unknown",
                                                        "attacker_alleged",
                                                        "attacker_umbrella",
                                                        "attacker_ally",
                                                        "attacker_not_registered",
                                                        "candidates_differ",
                                                        "roles_unstated",
                                                        "protects_anyone",
                                                        "target_adherent",
                                                        "target_civilian",
                                                        "target_kind_protected",
                                                        "target_not_protected",
                                                        "target_unknown",
                                                        "target_umbrella",
                                                        "target_not_registered",
                                                        "nobody_excluded",
                                                        "attacker_excluded",
                                                        "target_excluded",
                                                        "umbrella_holds_excluded",
                                                        "exclusion_depends_on_ground",
                                                        "lists_differ",
                                                        "act_forbidden",
                                                        "act_fails_duty",
                                                        "act_not_covered",
                                                        "act_unknown",
                                                        "act_too_broad",
                                                        "no_exception_applies",
                                                        "self_defence",
                                                        "exception_applies",
                                                        "exception_not_ruled_out",
                                                        "terminated",
                                                        "areas_differ",
                                                        "associated_with_party",
                                                        "adherence_suspended",
                                                        "relation_changes",
                                                        "target_alleged",
                                                        "target_ally",
                                                        "target_withdrawn",
                                                        "target_not_yet_accepted",
                                                        "act_permitted",
                                                        "date_not_known",
                                                        "no_reading_breaches"};
static_assert(static_cast<std::size_t>(Reason::no_reading_breaches) + 1 == reason_names.size());

constexpr std::array<std::string_view, 6> verdict_names{
    "breach", "breach_likely", "undetermined", "out_of_scope_likely", "not_breach", "out_of_scope"};
static_assert(static_cast<std::size_t>(Verdict::out_of_scope) + 1 == verdict_names.size());

constexpr std::array<std::string_view, 4> order_reached_names{"not_required", "within_window", "window_over",
                                                              "unknown"};
static_assert(static_cast<std::size_t>(OrderReached::unknown) + 1 == order_reached_names.size());

}  // namespace

std::string_view name_of(TargetKind value) {
    return target_kind_names[static_cast<std::size_t>(value)];
}
std::optional<TargetKind> target_kind_named(std::string_view name) {
    return found_in<TargetKind>(target_kind_names, name);
}

std::string_view name_of(PlacePrecision value) {
    return place_precision_names[static_cast<std::size_t>(value)];
}
std::optional<PlacePrecision> place_precision_named(std::string_view name) {
    return found_in<PlacePrecision>(place_precision_names, name);
}

std::string_view name_of(TimePrecision value) {
    return time_precision_names[static_cast<std::size_t>(value)];
}
std::optional<TimePrecision> time_precision_named(std::string_view name) {
    return found_in<TimePrecision>(time_precision_names, name);
}

std::string_view name_of(Basis value) {
    return basis_names[static_cast<std::size_t>(value)];
}
std::optional<Basis> basis_named(std::string_view name) {
    return found_in<Basis>(basis_names, name);
}

std::string_view name_of(Republish value) {
    return republish_names[static_cast<std::size_t>(value)];
}
std::optional<Republish> republish_named(std::string_view name) {
    return found_in<Republish>(republish_names, name);
}

std::string_view name_of(Recording value) {
    return recording_names[static_cast<std::size_t>(value)];
}
std::optional<Recording> recording_named(std::string_view name) {
    return found_in<Recording>(recording_names, name);
}

std::string_view name_of(AccountKind value) {
    return account_kind_names[static_cast<std::size_t>(value)];
}

std::string_view name_of(CeasefireClass value) {
    return ceasefire_class_names[static_cast<std::size_t>(value)];
}
std::optional<CeasefireClass> ceasefire_class_named(std::string_view name) {
    return found_in<CeasefireClass>(ceasefire_class_names, name);
}

std::string_view name_of(Answer answer) {
    switch (answer) {
        case Answer::no:
            return "no";
        case Answer::unknown:
            return "unknown";
        case Answer::yes:
            return "yes";
    }
    return {};
}

std::string_view name_of(LineageRelation value) {
    return lineage_relation_names[static_cast<std::size_t>(value)];
}
std::optional<LineageRelation> lineage_relation_named(std::string_view name) {
    return found_in<LineageRelation>(lineage_relation_names, name);
}

std::string_view name_of(Capacity value) {
    return capacity_names[static_cast<std::size_t>(value)];
}
std::optional<Capacity> capacity_named(std::string_view name) {
    return found_in<Capacity>(capacity_names, name);
}

std::string_view name_of(ExclusionBasis value) {
    return exclusion_basis_names[static_cast<std::size_t>(value)];
}
std::optional<ExclusionBasis> exclusion_basis_named(std::string_view name) {
    return found_in<ExclusionBasis>(exclusion_basis_names, name);
}

std::string_view name_of(Deontic value) {
    return deontic_names[static_cast<std::size_t>(value)];
}

std::string_view name_of(ExceptionKind value) {
    return exception_kind_names[static_cast<std::size_t>(value)];
}
std::optional<ExceptionKind> exception_kind_named(std::string_view name) {
    return found_in<ExceptionKind>(exception_kind_names, name);
}

std::string_view name_of(Renewal value) {
    return renewal_names[static_cast<std::size_t>(value)];
}
std::optional<Renewal> renewal_named(std::string_view name) {
    return found_in<Renewal>(renewal_names, name);
}

std::string_view name_of(Element value) {
    return element_names[static_cast<std::size_t>(value)];
}

std::string_view name_of(Reason value) {
    return reason_names[static_cast<std::size_t>(value)];
}
std::optional<Reason> reason_named(std::string_view name) {
    return found_in<Reason>(reason_names, name);
}

std::string_view name_of(Verdict value) {
    return verdict_names[static_cast<std::size_t>(value)];
}
std::optional<Verdict> verdict_named(std::string_view name) {
    return found_in<Verdict>(verdict_names, name);
}

std::string_view name_of(OrderReached value) {
    return order_reached_names[static_cast<std::size_t>(value)];
}

std::span<const TargetKind> all_target_kinds() {
    static constexpr auto kinds = [] {
        std::array<TargetKind, target_kind_names.size()> all{};
        for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<TargetKind>(i);
        return all;
    }();
    return kinds;
}

bool is_civilian(TargetKind kind) {
    return kind != TargetKind::adherent && kind != TargetKind::combatant && kind != TargetKind::anyone;
}

bool is_protected_site(TargetKind kind) {
    switch (kind) {
        case TargetKind::medical:
        case TargetKind::school:
        case TargetKind::water:
        case TargetKind::worship:
        case TargetKind::humanitarian:
            return true;
        case TargetKind::adherent:
        case TargetKind::combatant:
        case TargetKind::civilian:
        case TargetKind::market:
        case TargetKind::camp:
        case TargetKind::monitor:
        case TargetKind::infrastructure:
        case TargetKind::anyone:
            return false;
    }
    return false;
}

bool TargetKinds::any_civilian() const {
    for (const auto kind : all_target_kinds()) {
        if (has(kind) && is_civilian(kind)) return true;
    }
    return false;
}

Verdict gravest(Verdict a, Verdict b) {
    return static_cast<std::uint8_t>(a) < static_cast<std::uint8_t>(b) ? a : b;
}

bool Finding::versions_disagree() const {
    for (const auto& version : versions) {
        if (version.verdict != versions.front().verdict) return true;
    }
    return false;
}

}  // namespace truce
