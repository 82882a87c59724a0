// SPDX-License-Identifier: Apache-2.0
#include "analysis/monitor_agreement.h"

#include <algorithm>
#include <map>
#include <set>

#include "analysis/numeric/agreement.h"

namespace truce::analysis {
namespace {

std::optional<std::size_t> answer(const Opinion& opinion, Axis axis) {
    switch (axis) {
        case Axis::occurrence:
            if (opinion.occurrence) return static_cast<std::size_t>(*opinion.occurrence);
            return std::nullopt;
        case Axis::breach:
            if (opinion.breach) return static_cast<std::size_t>(*opinion.breach);
            return std::nullopt;
    }
    return std::nullopt;
}

/// The answers of one axis as a table, with the names of its rows. Answers that nobody gave are no classes.
struct Answers {
    std::vector<std::string> monitors;
    numeric::Ratings ratings{0, 0};
    std::size_t classes = 0;
    std::size_t doubly = 0;  ///< incidents with two answers or more
};

Answers answers_on(std::span<const Rating> ratings, Axis axis) {
    std::set<std::string> monitors;
    std::set<std::size_t> classes;
    std::map<std::uint32_t, std::size_t> answered;
    for (const Rating& rating : ratings) {
        const auto given = answer(rating.opinion, axis);
        if (!given) continue;
        monitors.insert(rating.monitor);
        classes.insert(*given);
        ++answered[rating.incident];
    }
    Answers answers;
    answers.monitors.assign(monitors.begin(), monitors.end());
    answers.classes = classes.size();
    answers.ratings = numeric::Ratings(monitors.size(), answered.size());
    for (const auto& [incident, count] : answered) answers.doubly += count > 1 ? 1 : 0;
    for (const Rating& rating : ratings) {
        const auto given = answer(rating.opinion, axis);
        if (!given) continue;
        const auto rater = std::distance(monitors.begin(), monitors.find(rating.monitor));
        const auto unit = std::distance(answered.begin(), answered.find(rating.incident));
        const auto code = std::distance(classes.begin(), classes.find(*given));
        answers.ratings.at(static_cast<std::size_t>(rater), static_cast<std::size_t>(unit)) =
            static_cast<double>(code);
    }
    return answers;
}

void add_reliability(AxisAgreement& agreement, const Answers& answers) {
    if (answers.monitors.size() < 3 || answers.classes < 2) return;
    const auto found = numeric::rater_reliability(answers.ratings, answers.classes);
    if (!found) return;
    for (std::size_t r = 0; r < answers.monitors.size(); ++r) {
        AxisAgreement::Reliability one{.monitor = answers.monitors[r]};
        for (std::size_t u = 0; u < answers.ratings.units(); ++u)
            one.answers += answers.ratings.at(r, u) ? 1U : 0U;
        for (std::size_t c = 0; c < answers.classes; ++c)
            one.right += found->prevalence[c] * found->confusion[r][c * answers.classes + c];
        agreement.reliability.push_back(std::move(one));
    }
    if (found->may_be_flipped) agreement.warnings.push_back(AgreementWarning::may_be_flipped);
}

AxisAgreement agreement_on(const Answers& answers, Axis axis) {
    AxisAgreement agreement{.axis = axis, .incidents = answers.doubly};
    const auto alpha = numeric::krippendorff_alpha(answers.ratings, numeric::Scale::nominal);
    if (alpha) {
        agreement.alpha = alpha->value;
        if (alpha->value < numeric::least_alpha) agreement.warnings.push_back(AgreementWarning::too_low);
    } else if (answers.doubly > 0) {
        agreement.warnings.push_back(AgreementWarning::one_answer);
    }
    if (answers.doubly < few_incidents) agreement.warnings.push_back(AgreementWarning::few);
    if (answers.monitors.size() < 3) agreement.warnings.push_back(AgreementWarning::two_raters);
    add_reliability(agreement, answers);
    return agreement;
}

}  // namespace

std::vector<AxisAgreement> monitor_agreement(std::span<const Rating> ratings) {
    std::vector<AxisAgreement> agreements;
    for (const auto axis : {Axis::occurrence, Axis::breach}) {
        const auto answers = answers_on(ratings, axis);
        if (!answers.monitors.empty()) agreements.push_back(agreement_on(answers, axis));
    }
    return agreements;
}

std::string_view name_of(Axis axis) {
    switch (axis) {
        case Axis::occurrence:
            return "occurrence";
        case Axis::breach:
            return "breach";
    }
    return "";
}

std::string_view name_of(AgreementWarning warning) {
    switch (warning) {
        case AgreementWarning::too_low:
            return "too_low";
        case AgreementWarning::few:
            return "few";
        case AgreementWarning::two_raters:
            return "two_raters";
        case AgreementWarning::may_be_flipped:
            return "may_be_flipped";
        case AgreementWarning::one_answer:
            return "one_answer";
    }
    return "";
}

}  // namespace truce::analysis
