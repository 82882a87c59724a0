// SPDX-License-Identifier: Apache-2.0
#include "model/finding.h"

namespace truce {
namespace {

/// Exclusions before parties: that the target was of an excluded group says more than that it is no party.
constexpr std::array<Element, element_count> in_order_of_telling{
    Element::in_force,         Element::in_area,        Element::not_excluded, Element::actor_bound,
    Element::target_protected, Element::act_prohibited, Element::no_exception};

bool says_no(Verdict verdict) {
    return verdict == Verdict::out_of_scope || verdict == Verdict::not_breach;
}

}  // namespace

std::optional<Element> Finding::decided_by() const {
    if (verdict == Verdict::breach) return std::nullopt;
    if (says_no(verdict)) {
        for (const auto element : in_order_of_telling) {
            if ((*this)[element].answer == Answer::no) return element;
        }
        return std::nullopt;
    }
    auto weakest = Element::in_force;
    for (std::size_t i = 1; i < element_count; ++i) {
        const auto element = static_cast<Element>(i);
        if ((*this)[element].chance.low < (*this)[weakest].chance.low) weakest = element;
    }
    return weakest;
}

Reason Finding::reason() const {
    if (verdict == Verdict::breach) return Reason::none;
    const auto element = decided_by();
    return element ? (*this)[*element].reason : Reason::no_reading_breaches;
}

std::optional<ActorId> Finding::author() const {
    if (authors.empty() || !authors.front().actor || authors.front().probability < likely_from) {
        return std::nullopt;
    }
    // An opponent's word, or an umbrella, names somebody who may not be the one.
    if ((*this)[Element::actor_bound].chance.low < likely_from) return std::nullopt;
    return authors.front().actor;
}

}  // namespace truce
