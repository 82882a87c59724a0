// SPDX-License-Identifier: Apache-2.0
#include "analysis/durability_spells.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"

namespace truce::analysis {

numeric::Spells SpellTable::spells() const {
    const bool late = std::ranges::any_of(entered, [](double days) { return days > 0; });
    return {.start = late ? std::span<const double>(entered) : std::span<const double>(),
            .stop = lasted,
            .failed = failed};
}

Numbering::Numbering(const Comparables& comparables) {
    for (const Comparable& one : comparables.list) {
        std::uint32_t conflict = conflict_count;
        if (one.conflict.empty()) {
            ++conflict_count;
        } else {
            const auto [found, is_new] = conflicts.emplace(one.conflict, conflict_count);
            conflict = found->second;
            if (is_new) ++conflict_count;
        }
        conflict_of.push_back(conflict);
        const auto kind = kinds.emplace(one.kind, static_cast<std::uint32_t>(kinds.size())).first->second;
        kind_of.push_back(kind);
    }
}

SpellTable draw_spells(const Comparables& comparables, const Numbering& numbering,
                       const FailureDefinition& failure, UnknownEnds unknown, std::uint64_t seed,
                       std::uint64_t draw) {
    constexpr double least = 0.5;
    Random random(seed, draw);
    SpellTable table;
    table.conflicts = numbering.conflict_count;
    table.kinds = static_cast<std::uint32_t>(numbering.kinds.size());
    for (std::size_t i = 0; i < comparables.list.size(); ++i) {
        const Comparable& one = comparables.list[i];
        // Drawn for every comparable, so that what one draws does not depend on the others.
        const double of_days = random.uniform();
        const double of_beginning = random.uniform();
        double lasted = one.at_least + of_days * (one.at_most - one.at_least);
        std::optional<sys_days> began;
        if (one.began) {
            const auto range = static_cast<double>((one.began->last - one.began->first).count() + 1);
            began = one.began->first + std::chrono::days(static_cast<int>(of_beginning * range));
        }
        if (one.end == TruceEnd::not_known) {
            if (unknown == UnknownEnds::left_out || !began || !comparables.observed_until) continue;
            lasted = static_cast<double>((*comparables.observed_until - *began).count());
        }
        const bool failed = failure.counts(one.end);
        table.entered.push_back(one.entered);
        table.lasted.push_back(std::max(lasted, one.entered + least));
        table.failed.push_back(failed ? 1 : 0);
        table.end.push_back(static_cast<std::uint8_t>(one.end));
        table.conflict.push_back(numbering.conflict_of[i]);
        table.kind.push_back(numbering.kind_of[i]);
        table.began.push_back(began);
        table.of.push_back(&one);
        table.failures += failed ? 1U : 0U;
    }
    return table;
}

SpellTable rows_of(const SpellTable& table, std::span<const std::uint32_t> kept) {
    SpellTable some;
    some.conflicts = table.conflicts;
    some.kinds = table.kinds;
    for (const std::uint32_t row : kept) {
        some.entered.push_back(table.entered[row]);
        some.lasted.push_back(table.lasted[row]);
        some.failed.push_back(table.failed[row]);
        some.end.push_back(table.end[row]);
        some.conflict.push_back(table.conflict[row]);
        some.kind.push_back(table.kind[row]);
        some.began.push_back(table.began[row]);
        some.of.push_back(table.of[row]);
        some.failures += table.failed[row];
    }
    return some;
}

}  // namespace truce::analysis
