// SPDX-License-Identifier: Apache-2.0
#include "report/cut_off.h"

#include "assessment/truce_period.h"

namespace truce::report {

std::string cut_off_text(const Dossier& dossier, const Assessment& assessment) {
    const auto days = days_of_record(assessment.incidents, dossier.mission.zone);
    return days ? day_text(days->last) : std::string();
}

}  // namespace truce::report
