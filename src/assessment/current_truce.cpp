// SPDX-License-Identifier: Apache-2.0
#include "assessment/current_truce.h"

#include <algorithm>

#include "model/comparable.h"

namespace truce {

analysis::CurrentTruce current_truce(const Dossier& dossier, const Assessment& assessment) {
    const Agreement& agreement = dossier.agreements[assessment.truce.value];
    analysis::CurrentTruce truce;
    truce.name = agreement.id;
    if (dossier.mission.comparables) truce.conflict = dossier.mission.comparables->conflict;
    truce.kind = name_of(agreement.cls);
    if (dossier.comparables && dossier.comparables->covariates == ceasefire_covariates())
        truce.covariates = ceasefire_covariates_of(agreement);
    truce.ended = assessment.truce_end_day;
    const auto last = assessment.truce_last_day.value_or(assessment.days.last);
    const auto days = (last + std::chrono::days(1) - assessment.truce_day).count();
    truce.age = static_cast<double>(std::max<std::int64_t>(0, days));

    analysis::OwnViolence violence;
    for (const CourseDay& day : assessment.course) {
        if (day.day >= assessment.truce_day && day.day <= last) violence.deaths.push_back(day.deaths);
    }
    if (assessment.trends.incidents.set_apart.why_not == analysis::NoVerdict::selection_only)
        violence.counted = analysis::OwnViolence::Counted::selection;
    if (!dossier.sources.empty()) truce.violence = std::move(violence);
    return truce;
}

analysis::Durability durability_of(const Dossier& dossier, const Assessment& assessment) {
    analysis::DurabilitySettings settings;
    settings.seed = dossier.mission.seed;
    return analysis::how_long_may_it_hold(dossier.comparables.value_or(Comparables{}),
                                          current_truce(dossier, assessment), settings);
}

}  // namespace truce
