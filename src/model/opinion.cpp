// SPDX-License-Identifier: Apache-2.0
#include "model/opinion.h"

#include <algorithm>
#include <array>

namespace truce {
namespace {

template <class Enum, std::size_t n>
std::optional<Enum> found_in(const std::array<std::string_view, n>& names, std::string_view name) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Enum>(found - names.begin());
}

constexpr std::array<std::string_view, 4> occurrence_names{"confirmed", "not_confirmed", "unverifiable",
                                                           "false"};
static_assert(static_cast<std::size_t>(Occurrence::false_report) + 1 == occurrence_names.size());

constexpr std::array<std::string_view, 3> breach_names{"violation", "not_violation", "undetermined"};
static_assert(static_cast<std::size_t>(BreachOpinion::undetermined) + 1 == breach_names.size());

constexpr std::array<std::string_view, 4> attribution_names{"unattributed", "party", "unit", "individual"};
static_assert(static_cast<std::size_t>(AttributionLevel::individual) + 1 == attribution_names.size());

constexpr std::array<std::string_view, 6> standard_names{"not_stated",           "reasonable_suspicion",
                                                         "reasonable_grounds",   "balance_of_probabilities",
                                                         "clear_and_convincing", "beyond_reasonable_doubt"};
static_assert(static_cast<std::size_t>(StandardOfProof::beyond_reasonable_doubt) + 1 ==
              standard_names.size());

constexpr std::array<std::string_view, 4> joint_names{"no_finding", "one_sided", "agreed", "divergent"};
static_assert(static_cast<std::size_t>(JointStatus::divergent) + 1 == joint_names.size());

/// What `opinions` come to on one axis; `answer` gives an opinion's answer on it as an optional.
template <class AnswerOf>
JointStatus joint_on(std::span<const Opinion> opinions, AnswerOf answer) {
    decltype(answer(opinions.front())) first;
    std::size_t answered = 0;
    for (const Opinion& opinion : opinions) {
        auto given = answer(opinion);
        if (!given) continue;
        ++answered;
        if (!first)
            first = std::move(given);
        else if (*given != *first)
            return JointStatus::divergent;
    }
    if (answered == 0) return JointStatus::no_finding;
    return answered == 1 ? JointStatus::one_sided : JointStatus::agreed;
}

struct Attribution {
    AttributionLevel level;
    std::vector<std::string> authors;
    friend bool operator==(const Attribution&, const Attribution&) = default;
};

}  // namespace

JointOpinion joint_opinion(std::span<const Opinion> opinions) {
    if (opinions.empty()) return {};
    JointOpinion joint;
    joint.occurrence = joint_on(opinions, [](const Opinion& o) { return o.occurrence; });
    joint.breach = joint_on(opinions, [](const Opinion& o) { return o.breach; });
    joint.attribution = joint_on(opinions, [](const Opinion& o) -> std::optional<Attribution> {
        if (!o.attribution) return std::nullopt;
        return Attribution{*o.attribution, o.authors};
    });
    const std::array axes{joint.occurrence, joint.breach, joint.attribution};
    const auto any = [&](JointStatus status) { return std::ranges::find(axes, status) != axes.end(); };
    if (any(JointStatus::divergent))
        joint.overall = JointStatus::divergent;
    else if (any(JointStatus::one_sided))
        joint.overall = JointStatus::one_sided;
    else if (any(JointStatus::agreed))
        joint.overall = JointStatus::agreed;
    return joint;
}

std::optional<Grade> parse_grade(std::string_view text) {
    if (text.size() != 2 || text[0] < 'A' || text[0] > 'F' || text[1] < '1' || text[1] > '6')
        return std::nullopt;
    return Grade{.reliability = text[0], .credibility = text[1] - '0'};
}

std::string text_of(Grade grade) {
    return {grade.reliability, static_cast<char>('0' + grade.credibility)};
}

std::string_view name_of(Occurrence occurrence) {
    return occurrence_names[static_cast<std::size_t>(occurrence)];
}
std::optional<Occurrence> occurrence_named(std::string_view name) {
    return found_in<Occurrence>(occurrence_names, name);
}
std::string_view name_of(BreachOpinion breach) {
    return breach_names[static_cast<std::size_t>(breach)];
}
std::optional<BreachOpinion> breach_opinion_named(std::string_view name) {
    return found_in<BreachOpinion>(breach_names, name);
}
std::string_view name_of(AttributionLevel level) {
    return attribution_names[static_cast<std::size_t>(level)];
}
std::optional<AttributionLevel> attribution_level_named(std::string_view name) {
    return found_in<AttributionLevel>(attribution_names, name);
}
std::string_view name_of(StandardOfProof standard) {
    return standard_names[static_cast<std::size_t>(standard)];
}
std::optional<StandardOfProof> standard_of_proof_named(std::string_view name) {
    return found_in<StandardOfProof>(standard_names, name);
}
std::string_view name_of(JointStatus status) {
    return joint_names[static_cast<std::size_t>(status)];
}

}  // namespace truce
