// SPDX-License-Identifier: Apache-2.0
#include "report/cut_off.h"

#include <algorithm>

namespace truce::report {

std::string cut_off_text(const Dossier& dossier, const Assessment& assessment) {
    if (assessment.incidents.empty()) return {};
    auto last = assessment.incidents.front().what.when.window.end;
    for (const auto& incident : assessment.incidents) last = std::max(last, incident.what.when.window.end);
    return day_text(dossier.mission.zone.local_day(last - std::chrono::seconds{1}));
}

}  // namespace truce::report
