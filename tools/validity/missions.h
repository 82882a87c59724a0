// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "assessment/assessment.h"
#include "base/random.h"

namespace truce::validity {

/// What truly happened in a simulated mission, and how well its three sources tell of it.
struct Happenings {
    double per_day = 2;
    double ratio = 1;           ///< of the rate under the truce to that before
    double told = 0.6;          ///< each source tells of an incident with this chance
    double told_after = 0.6;    ///< the same under the truce
    double left_out = 0.15;     ///< each field is left out with this chance
    double no_figure = 0.15;    ///< and the number of killed with this one
    double toll_error = 0.15;   ///< of the logarithm of each source's best figure
    double toll_bias = 1;       ///< what sources see of the dead, all of them alike
    int days_before = 120;
    int days_after = 60;
};

/// A mission as its sources tell it, with the truth.
struct DrawnMission {
    Dossier dossier;
    std::vector<std::uint32_t> truth;  ///< by account: which incident it tells of
    std::uint32_t incidents = 0;       ///< that happened
    std::uint32_t told_of = 0;         ///< of which any source tells
    std::uint64_t killed = 0;          ///< in those that any source tells of
    std::uint64_t killed_in_all = 0;
};

DrawnMission draw_mission(const Happenings& happenings, Random& random);

}  // namespace truce::validity
