// SPDX-License-Identifier: Apache-2.0
#include "report/deaths_wording.h"

#include <fmt/format.h>

#include <algorithm>

namespace truce::report {

namespace {

Argument::Bare people(std::uint64_t number, const Messages& messages) {
    return {messages.number(number)};
}

Argument::Bare people(double number, const Messages& messages) {
    return {messages.decimal(number, 0)};
}

std::string list_name(const std::vector<std::string>& lists, int list) {
    return lists[static_cast<std::size_t>(list)];
}

}  // namespace

std::string deaths_sentence(const analysis::TollCount& count, const analysis::TollDistribution& distribution,
                            std::string_view area, sys_days truce_day, const Messages& messages) {
    const Argument where{"area", std::string(area)};
    const Argument since{"day", Argument::Bare{messages.day(truce_day)}};
    const auto& sum = count.all;
    if (sum.incidents == 0) return messages.text("deaths.sentence.none", {where, since});
    std::string text;
    if (sum.low == sum.high) {
        text = messages.text("deaths.sentence.exact", {where, since, {"best", people(sum.best, messages)}});
    } else {
        text =
            messages.text("deaths.sentence.range", {where,
                                                    since,
                                                    {"low", people(sum.low, messages)},
                                                    {"high", people(sum.high, messages)},
                                                    {"most_low", people(distribution.most.low, messages)},
                                                    {"most_high", people(distribution.most.high, messages)}});
    }
    if (sum.without_figure > 0) {
        text += " " + messages.text("deaths.sentence.at_least",
                                    {{"n", static_cast<std::int64_t>(sum.without_figure)}});
    }
    return text;
}

std::string undocumented_sentence(const analysis::MultipleSystems& estimate, const Messages& messages) {
    const Argument documented{"documented", people(estimate.documented, messages)};
    if (estimate.range) {
        const auto& range = *estimate.range;
        return messages.text("mse.range", {documented,
                                           {"low", people(range.low, messages)},
                                           {"high", people(range.high, messages)},
                                           {"interval_low", people(range.interval.low, messages)},
                                           {"interval_high", people(range.interval.high, messages)}});
    }
    const auto key = fmt::format("mse.refused.{}", name_of(estimate.refused->reason));
    if (const auto& overlap = estimate.refused->overlap) {
        return messages.text(key, {documented,
                                   {"first", list_name(estimate.lists, overlap->first)},
                                   {"second", list_name(estimate.lists, overlap->second)},
                                   {"shared", static_cast<std::int64_t>(overlap->shared)}});
    }
    return messages.text(key, {documented});
}

std::string warning_sentence(const analysis::MultipleSystemsWarning& warning,
                             const analysis::MultipleSystems& estimate, const Messages& messages) {
    const auto key = fmt::format("mse.warning.{}", name_of(warning.kind));
    const Argument draws{"draws", static_cast<std::int64_t>(estimate.linkage_draws)};
    if (!warning.overlap) return messages.text(key, {draws});
    const auto& overlap = *warning.overlap;
    return messages.text(key, {draws,
                               {"first", list_name(estimate.lists, overlap.first)},
                               {"second", list_name(estimate.lists, overlap.second)},
                               {"shared", static_cast<std::int64_t>(overlap.shared)},
                               {"shorter", people(std::min(overlap.on_first, overlap.on_second), messages)}});
}

}  // namespace truce::report
