// SPDX-License-Identifier: Apache-2.0
#include "report/durability_wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace truce::report {

namespace {

Argument::Bare share(const Messages& messages, double value) {
    return {messages.percent(value)};
}

}  // namespace

std::size_t plain_horizon(const analysis::Durability& durability) {
    const auto month = std::ranges::find(durability.horizons, 30);
    if (month != durability.horizons.end())
        return static_cast<std::size_t>(month - durability.horizons.begin());
    return durability.horizons.size() / 2;
}

std::string failure_sentence(const analysis::Durability& durability, const Messages& messages) {
    std::string ends;
    for (const TruceEnd end : durability.failure.ends) {
        if (!ends.empty()) ends += messages.text("list.or");
        ends += messages.text(fmt::format("durability.end.{}", name_of(end)));
    }
    return messages.text("durability.failure",
                         {{"ends", Argument::Bare{ends}},
                          {"deaths", static_cast<std::int64_t>(std::llround(durability.failure.deaths))},
                          {"within", static_cast<std::int64_t>(durability.failure.within.count())}});
}

std::string comparables_sentence(const analysis::Durability& durability, const std::string& source,
                                 const Messages& messages) {
    if (durability.comparables == 0) return {};
    return messages.text("durability.comparables", {{"n", std::int64_t{durability.comparables}},
                                                    {"conflicts", std::int64_t{durability.conflicts}},
                                                    {"source", source},
                                                    {"failures", std::int64_t{durability.failures}}});
}

std::string answer_sentence(const analysis::Durability& durability, const Messages& messages) {
    if (durability.truce && durability.truce->ended) {
        auto sentence = messages.text("durability.ended", {{"age", std::int64_t{std::llround(durability.truce->age)}},
                                                           {"day", Argument::Bare{messages.day(*durability.truce->ended)}}});
        if (!durability.curve.empty()) sentence += " " + messages.text("durability.ended_history");
        return sentence;
    }
    const int days = durability.horizons[plain_horizon(durability)];
    const auto answer = std::ranges::find(durability.answer, days, &analysis::HorizonForecast::days);
    if (answer == durability.answer.end()) {
        const auto reason = durability.why_not.value_or(analysis::NoForecast::too_few_at_this_age);
        return messages.text(
            "durability.none",
            {{"reason", Argument::Bare{messages.text(fmt::format("durability.why.{}", name_of(reason)))}}});
    }
    const std::int64_t age = durability.truce ? std::llround(durability.truce->age) : 0;
    return messages.text(durability.truce ? "durability.answer" : "durability.answer_new",
                         {{"age", age},
                          {"days", std::int64_t{days}},
                          {"chance", share(messages, answer->holds.chance)},
                          {"low", share(messages, answer->holds.interval.low)},
                          {"high", share(messages, answer->holds.interval.high)},
                          {"least", share(messages, answer->over_models.low)},
                          {"most", share(messages, answer->over_models.high)}});
}

std::vector<std::string> warning_sentences(const analysis::Durability& durability, const Messages& messages) {
    std::vector<std::string> sentences;
    for (const analysis::DurabilityWarning warning : durability.warnings)
        sentences.push_back(messages.text(fmt::format("durability.warning.{}", name_of(warning))));
    return sentences;
}

}  // namespace truce::report
