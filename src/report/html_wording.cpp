// SPDX-License-Identifier: Apache-2.0
#include "report/html_wording.h"

#include <fmt/format.h>
#include <cassert>
#include <cmath>

namespace truce::report {
namespace {

using analysis::Change;
using analysis::Comparison;
using analysis::NoVerdict;

Argument::Bare times(double ratio, const Messages& messages) {
    return {messages.decimal(ratio, ratio < 10 ? 2 : 0)};
}

}  // namespace

Word word_of(const Comparison& comparison) {
    switch (comparison.change) {
        case Change::fell:
            assert(comparison.estimate && comparison.estimate->widened.high < 1);
            return Word::fell;
        case Change::rose:
            assert(comparison.estimate && comparison.estimate->widened.low > 1);
            return Word::rose;
        case Change::no_clear_change:
            assert(comparison.estimate);
            return Word::no_clear_change;
        case Change::cannot_be_estimated:
            return comparison.why_not == NoVerdict::too_early ? Word::too_early : Word::cannot_be_estimated;
    }
    return Word::cannot_be_estimated;
}

std::string_view name_of(Word word) {
    switch (word) {
        case Word::fell:
            return "fell";
        case Word::rose:
            return "rose";
        case Word::no_clear_change:
            return "no_clear_change";
        case Word::too_early:
            return "too_early";
        case Word::cannot_be_estimated:
            return "cannot_be_estimated";
    }
    return {};
}

std::string_view name_of(NoVerdict why) {
    switch (why) {
        case NoVerdict::selection_only:
            return "selection_only";
        case NoVerdict::nothing_watched_after:
            return "nothing_watched_after";
        case NoVerdict::nothing_watched_before:
            return "nothing_watched_before";
        case NoVerdict::too_early:
            return "too_early";
        case NoVerdict::baseline_too_short:
            return "baseline_too_short";
        case NoVerdict::nothing_counted:
            return "nothing_counted";
        case NoVerdict::too_few_counted:
            return "too_few_counted";
    }
    return {};
}

std::string holding_sentence(const Comparison& comparison, std::string_view area, sys_days truce_day,
                             const Messages& messages) {
    const Argument where{"area", std::string(area)};
    const Argument since{"day", Argument::Bare{messages.day(truce_day)}};
    const auto word = word_of(comparison);
    if (word == Word::too_early) {
        return messages.text("holding.too_early", {where, since, {"n", comparison.after.watched_days}});
    }
    if (word == Word::cannot_be_estimated) {
        const auto why = comparison.why_not.value_or(NoVerdict::nothing_counted);
        return messages.text(
            "holding.cannot_be_estimated",
            {where, {"why", Argument::Bare{messages.text(fmt::format("no_verdict.{}", name_of(why)))}}});
    }
    const auto& estimate = *comparison.estimate;
    const auto& interval = estimate.widened;
    if (word == Word::fell) {
        return messages.text("holding.fell",
                             {where,
                              since,
                              {"ratio", Argument::Bare{messages.percent(estimate.ratio.value_or(0))}},
                              {"low", Argument::Bare{messages.percent(interval.low)}},
                              {"high", Argument::Bare{messages.percent(interval.high)}}});
    }
    const auto key = fmt::format("holding.{}", name_of(word));
    if (!estimate.ratio || std::isinf(interval.high)) {
        return messages.text(key + "_from_nothing", {where, since, {"low", times(interval.low, messages)}});
    }
    return messages.text(key, {where,
                               since,
                               {"ratio", times(*estimate.ratio, messages)},
                               {"low", times(interval.low, messages)},
                               {"high", times(interval.high, messages)}});
}

std::string breaches_sentence(const Assessment& assessment, std::string_view area, const Messages& messages) {
    const auto& since_truce = assessment.since_truce_verdicts;
    const auto last_day = assessment.truce_last_day;
    const auto count = [&](Verdict verdict) {
        return static_cast<std::int64_t>(since_truce[static_cast<std::size_t>(verdict)]);
    };
    std::int64_t total = 0;
    for (const auto n : since_truce) total += static_cast<std::int64_t>(n);
    return messages.text(last_day ? "holding.breaches_until" : "holding.breaches",
                         {{"area", std::string(area)},
                          {"day", Argument::Bare{messages.day(assessment.truce_day)}},
                          {"last", Argument::Bare{messages.day(last_day.value_or(assessment.truce_day))}},
                          {"total", total},
                          {"breach", count(Verdict::breach)},
                          {"likely", count(Verdict::breach_likely)},
                          {"open", count(Verdict::undetermined)}});
}

std::string truce_over_sentence(const Assessment& assessment, const Messages& messages) {
    if (!assessment.truce_last_day || !assessment.truce_end_day) return {};
    return messages.text(assessment.truce_until.known() ? "holding.over" : "holding.may_be_over",
                         {{"day", Argument::Bare{messages.day(*assessment.truce_end_day)}},
                          {"last", Argument::Bare{messages.day(*assessment.truce_last_day)}}});
}

std::string reporting_sentence(const Comparison& comparison, const Messages& messages) {
    const auto erases = comparison.reporting_change_that_erases_it;
    if (!erases) return {};
    if (comparison.change == Change::fell) {
        return messages.text("reporting.fell", {{"share", Argument::Bare{messages.percent(*erases)}}});
    }
    return messages.text("reporting.rose", {{"times", times(*erases, messages)}});
}

}  // namespace truce::report
