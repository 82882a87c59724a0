// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/durability.h"
#include "analysis/numeric/competing_risks.h"
#include "analysis/numeric/spells.h"
#include "model/comparable.h"

namespace truce::analysis {

/// What to make of a comparable of which it is not known whether it ended.
enum class UnknownEnds : std::uint8_t {
    left_out,
    held,  ///< it held until the register stopped looking
};

/// Comparables as columns: each with one duration, drawn where it is known only within bounds.
struct SpellTable {
    std::vector<double> entered;
    std::vector<double> lasted;
    std::vector<std::uint8_t> failed;
    std::vector<std::uint8_t> end;  ///< as TruceEnd
    std::vector<std::uint32_t> conflict;
    std::vector<std::uint32_t> kind;
    std::vector<std::optional<sys_days>> began;  ///< the drawn day
    std::vector<const Comparable*> of;
    std::uint32_t conflicts = 0;
    std::uint32_t kinds = 0;
    std::uint32_t failures = 0;

    [[nodiscard]] std::size_t size() const { return lasted.size(); }
    /// The times; `entered` is left out where all are 0.
    [[nodiscard]] numeric::Spells spells() const;
};

/// Numbers of conflicts and kinds that stay the same from draw to draw.
struct Numbering {
    std::map<std::string, std::uint32_t, std::less<>> conflicts;
    std::map<std::string, std::uint32_t, std::less<>> kinds;
    std::vector<std::uint32_t> conflict_of;  ///< one for each comparable
    std::vector<std::uint32_t> kind_of;
    std::uint32_t conflict_count = 0;

    explicit Numbering(const Comparables& comparables);
};

/// One draw. A duration below half a day becomes half a day: it ended on the day it began.
SpellTable draw_spells(const Comparables& comparables, const Numbering& numbering,
                       const FailureDefinition& failure, UnknownEnds unknown, std::uint64_t seed,
                       std::uint64_t draw);

/// Those rows of a table that a filter keeps.
SpellTable rows_of(const SpellTable& table, std::span<const std::uint32_t> kept);

}  // namespace truce::analysis
