// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "model/account.h"
#include "model/agreement.h"
#include "model/comparable.h"

namespace truce {

/// What a mission is about, and how it wants to be assessed.
struct Mission {
    struct Monitor {
        std::string id;
        Localised name;
    };

    std::string id;
    Localised title;
    Zone zone = Zone::utc();
    std::vector<std::string> languages;
    std::vector<Monitor> monitors;
    /// The area that the headline speaks about; empty: all incidents.
    std::string focus;
    /// Which version of the focus area counts; empty: an incident must lie in every one of them.
    std::string focus_version;
    /// The local days that are looked at, first and last included; nothing: as far as accounts go.
    std::optional<DayRange> period;
    /// The agreement whose entry into force parts before from after; nothing: the first to enter into force.
    std::string truce;
    /// Days before the truce that make the baseline, and those of them, next to the truce, that are set
    /// apart.
    int baseline_days = 90;
    int set_apart_days = 14;
    std::uint64_t seed = 1;

    /// The register of past ceasefires that the truce is compared with.
    struct Register {
        std::string file;      ///< in the folder, or as given
        std::string conflict;  ///< the truce's own, as the register names it; empty: not said
        /// What the register's codes for an end stand for.
        std::vector<std::pair<std::string, TruceEnd>> ends;
    };
    std::optional<Register> comparables{};

    /// A table of who is on which list of the dead, from which those on none are estimated.
    struct Lists {
        std::string file;
        std::vector<std::string> columns;  ///< that are lists; empty: all that are nothing else
        std::string count;                 ///< the column of how many people a row stands for
        std::string stratum;               ///< the column by which people are kept apart
        /// Whether chances of being listed changed in between, as at the truce itself.
        enum class Population : std::uint8_t { closed, open } population = Population::closed;
    };
    std::optional<Lists> lists{};
    /// The table of how much was watched on each day; empty: every day alike.
    std::string effort;
};

}  // namespace truce
