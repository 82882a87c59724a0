// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/opinion.h"

namespace truce::analysis {

/// What one monitor says of one incident, for comparing monitors.
struct Rating {
    std::uint32_t incident = 0;  ///< any number that is one incident's own
    std::string monitor;
    Opinion opinion;
};

/// The axes of an opinion on which answers come from a list, so that they can be compared over many incidents.
enum class Axis : std::uint8_t { occurrence, breach };

/// What must be said beside the figures, since they would mislead without it.
enum class AgreementWarning : std::uint8_t {
    too_low,      ///< alpha is below 0.667: nothing is to be concluded from the answers taken together
    few,          ///< fewer than `few_incidents` were answered by two monitors
    two_raters,   ///< with fewer than three monitors and no known truth it cannot be told whose word is worth more
    may_be_flipped,  ///< some monitor is likelier wrong than right on most answers: truth and error may have changed places
    one_answer,   ///< all answers are the same, so there is no disagreement to compare with
};
/// Below this, one answer more or less moves the figures by much.
inline constexpr std::size_t few_incidents = 20;

/// How far monitors agree on one axis, and what each one's word is worth.
struct AxisAgreement {
    Axis axis = Axis::occurrence;
    std::size_t incidents = 0;  ///< that two monitors or more have answered
    /// Krippendorff's alpha, nominal; nothing where nobody can disagree.
    std::optional<double> alpha{};
    /// For each monitor, in order of name: how often it is estimated to be right, over the answers that are possible and by how
    /// frequent each is estimated to be (Dawid and Skene). Empty with fewer than three monitors, and where all answers are the same.
    struct Reliability {
        std::string monitor;
        std::size_t answers = 0;
        double right = 0;
    };
    std::vector<Reliability> reliability{};
    std::vector<AgreementWarning> warnings{};
};

/// How far monitors agree on each axis that anyone has answered. Attribution is left out: who it was comes from no list.
/// Independent of the order of `ratings`. Requires: no two of one monitor on one incident.
///
/// The figures are of the answers, not of the truth: two monitors who rest on the same source agree, and both may be wrong
/// (analysis/numeric/agreement.h has the sources).
[[nodiscard]] std::vector<AxisAgreement> monitor_agreement(std::span<const Rating> ratings);

[[nodiscard]] std::string_view name_of(Axis axis);
[[nodiscard]] std::string_view name_of(AgreementWarning warning);

}  // namespace truce::analysis
