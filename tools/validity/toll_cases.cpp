// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include "analysis/multiple_systems.h"
#include "assessment/documented_toll.h"
#include "missions.h"
#include "scores.h"

namespace truce::validity {

namespace {

using analysis::MultipleSystems;
using analysis::MultipleSystemsMethod;
using analysis::MultipleSystemsWarning;
using numeric::Interval;

Case documented_case(std::string name, std::string truth, const Happenings& how, std::vector<Wanted> wanted) {
    return {.name = std::move(name),
            .chapter = "How many have died",
            .truth = std::move(truth),
            .wanted = std::move(wanted),
            .draw = [how](Random& random, std::uint64_t, Scores& scores) {
                const DrawnMission mission = draw_mission(how, random);
                const auto toll = documented_toll(mission.dossier, std::nullopt);
                if (!toll) return;
                const auto killed = static_cast<double>(mission.killed);
                const auto& all = toll->count.all;
                scores.holds("low to high", {static_cast<double>(all.low), static_cast<double>(all.high)}, killed);
                scores.holds("distribution over figures and groupings", toll->killed.most, killed);
                scores.value("best over the truth", static_cast<double>(all.best) / killed);
                scores.value("best over all who died", static_cast<double>(all.best) /
                                                           static_cast<double>(mission.killed_in_all));
                scores.value("accounts added up over the truth", [&] {
                    double sum = 0;
                    for (const Account& account : mission.dossier.accounts)
                        sum += account.told.toll.killed ? account.told.toll.killed->best : 0;
                    return sum / killed;
                }());
            }};
}

/// How people come onto lists.
struct Listing {
    struct Kind {
        double share;
        std::vector<double> chances;  ///< of each list
    };
    std::uint64_t people = 1500;
    std::vector<Kind> kinds;
    double copied = 0;  ///< of those on the first list, put on the second whatever its own chance
};

analysis::ListTable listed(const Listing& how, Random& random) {
    const auto lists = static_cast<int>(how.kinds[0].chances.size());
    analysis::ListTable table{.lists = {}, .counts = numeric::ListCounts(lists)};
    for (int i = 0; i < lists; ++i) table.lists.push_back("list " + std::to_string(i + 1));
    for (std::uint64_t person = 0; person < how.people; ++person) {
        double at = random.uniform();
        std::size_t kind = 0;
        while (kind + 1 < how.kinds.size() && at >= how.kinds[kind].share) at -= how.kinds[kind++].share;
        numeric::ListSet on = 0;
        for (int i = 0; i < lists; ++i) {
            if (random.uniform() < how.kinds[kind].chances[static_cast<std::size_t>(i)])
                on |= numeric::ListSet{1} << static_cast<unsigned>(i);
        }
        if ((on & 1U) != 0 && random.uniform() < how.copied) on |= 2U;
        if (on != 0) table.counts.add(on, 1);
    }
    return table;
}

bool warns(const MultipleSystems& found, MultipleSystemsWarning::Kind kind) {
    return std::ranges::find(found.warnings, kind, &MultipleSystemsWarning::kind) != found.warnings.end();
}

struct Shown {
    MultipleSystemsMethod method;
    std::string name;
};

const std::vector<Shown>& methods() {
    static const std::vector<Shown> all{{MultipleSystemsMethod::latent_class, "latent classes"},
                                        {MultipleSystemsMethod::graphs, "average over graphs"},
                                        {MultipleSystemsMethod::log_linear, "log-linear models in the window"},
                                        {MultipleSystemsMethod::chosen_model, "chosen model, bootstrapped"},
                                        {MultipleSystemsMethod::independence, "independence alone"}};
    return all;
}

Case hidden_case(std::string name, std::string truth, const Listing& how, std::vector<Wanted> wanted) {
    return {.name = std::move(name),
            .chapter = "How many have died",
            .truth = std::move(truth),
            .wanted = std::move(wanted),
            .draw = [how](Random& random, std::uint64_t seed, Scores& scores) {
                const auto table = listed(how, random);
                analysis::MultipleSystemsSettings settings;
                settings.chains = 2;
                settings.burn_in = 300;
                settings.draws = 400;
                settings.bootstrap_replicates = 100;
                settings.seed = seed;
                const MultipleSystems found = analysis::estimate_undocumented(table, {}, settings);
                const auto people = static_cast<double>(how.people);
                scores.trial("an estimate is given", found.range.has_value());
                const bool heterogeneous = warns(found, MultipleSystemsWarning::Kind::heterogeneity) ||
                                           warns(found, MultipleSystemsWarning::Kind::copied_list);
                scores.trial("warned of unequal chances or dependence", heterogeneous);
                for (const auto& method : found.methods) {
                    const auto shown = std::ranges::find(methods(), method.method, &Shown::method);
                    if (shown == methods().end()) continue;
                    scores.holds(shown->name, method.interval, people);
                    if (method.method == MultipleSystemsMethod::independence && !method.interval.contains(people))
                        scores.trial("warned where independence missed", heterogeneous);
                }
                if (!found.range) return;
                scores.holds("the range's interval", found.range->interval, people);
                scores.value("low end over the truth", found.range->low / people);
                scores.value("high end over the truth", found.range->high / people);
                if (!found.range->interval.contains(people))
                    scores.trial("warned where the range missed",
                                 heterogeneous || warns(found, MultipleSystemsWarning::Kind::models_disagree));
            }};
}

/// The figures of every case of hidden deaths, with where each is to lie.
struct HiddenBounds {
    Interval range{0.94, 1};
    Interval latent{0.9, 1};
    Interval graphs{0.88, 1};
    Interval log_linear{0.92, 1};
    Interval chosen{0.85, 1};
    Interval independence{0, 1};
    Interval warned{0.9, 1};
    Interval missed{0, 1};  ///< warned where the range missed
    Interval low{0.7, 1.1};
    Interval high{0.9, 2};
    std::string range_remark = "the hull over methods and models: wide on purpose";
};

std::vector<Wanted> hidden_figures(const HiddenBounds& b) {
    return {{.what = "an estimate is given", .kind = Kind::power, .bounds = {0.9, 1}, .remark = {}},
            {.what = "the range's interval", .bounds = b.range, .remark = b.range_remark},
            {.what = "latent classes", .bounds = b.latent, .remark = {}},
            {.what = "average over graphs", .bounds = b.graphs, .remark = {}},
            {.what = "log-linear models in the window", .bounds = b.log_linear, .remark = "the hull of several"},
            {.what = "chosen model, bootstrapped", .bounds = b.chosen, .remark = {}},
            {.what = "independence alone", .bounds = b.independence, .remark = "in no range; shown for comparison"},
            {.what = "low end over the truth", .kind = Kind::mean, .bounds = b.low, .remark = {}},
            {.what = "high end over the truth", .kind = Kind::mean, .bounds = b.high, .remark = {}},
            {.what = "warned of unequal chances or dependence", .kind = Kind::warning, .bounds = b.warned, .remark = {}},
            {.what = "warned where independence missed",
             .kind = Kind::warning,
             .bounds = b.warned.low > 0.5 ? Interval{0.9, 1} : Interval{0, 1},
             .remark = {}},
            {.what = "warned where the range missed", .kind = Kind::warning, .bounds = b.missed, .remark = {}}};
}

}  // namespace

std::vector<Case> toll_cases() {
    const auto documented = [](Interval range, Interval likely, Interval best, const std::string& remark) {
        return std::vector<Wanted>{
            {.what = "low to high", .bounds = range, .remark = remark},
            {.what = "distribution over figures and groupings", .bounds = likely, .remark = remark},
            {.what = "best over the truth", .kind = Kind::mean, .bounds = best, .remark = "of those whom any source tells of"},
            {.what = "best over all who died",
             .kind = Kind::mean,
             .bounds = {0.5, 1},
             .remark = "deaths that no source knows of are in no documented toll"},
            {.what = "accounts added up over the truth",
             .kind = Kind::mean,
             .bounds = {1.2, 3},
             .remark = "what the software never does"}};
    };
    std::vector<Case> cases;
    cases.push_back(documented_case(
        "documented deaths",
        "The mission of three sources, each of which gives a low, best and high figure about the true one.",
        {.no_figure = 0},
        documented({0.95, 1}, {0, 1}, {0.95, 1.05},
                   "low to high is wide on purpose; the distribution is narrow where incidents are many, since "
                   "it takes their errors to cancel, and any lean of the sources is in no interval: here ranges "
                   "reach 20% below and 30% above")));
    cases.push_back(documented_case(
        "documented deaths, some without a figure",
        "The same, one account in seven giving no figure, so that some incidents have none.", {},
        documented({0.9, 1}, {0, 1}, {0.85, 1},
                   "sums are \"at least\" here, and the report says so: what has no figure is in no interval")));
    cases.push_back(documented_case(
        "sources that all see too few",
        "The same, each source seeing 75% of an incident's dead.", {.no_figure = 0, .toll_bias = 0.75},
        documented({0, 1}, {0, 1}, {0.5, 0.85},
                   "errors that all sources share are in no interval: the report says so beside it")));

    const std::string people = " 1,500 people died; four lists.";
    cases.push_back(hidden_case(
        "lists that are independent", "Everyone has the same chances of being listed: 40, 35, 30 and 30%." + people,
        {.kinds = {{1, {0.4, 0.35, 0.3, 0.3}}}},
        hidden_figures({.independence = {0.85, 0.99}, .warned = {0, 0.15}})));
    cases.push_back(hidden_case(
        "people of two kinds",
        "Half of them come onto each list with 60, 50, 50 and 55%, the others with 12 to 18%." + people,
        {.kinds = {{0.5, {0.6, 0.5, 0.5, 0.55}}, {0.5, {0.15, 0.18, 0.12, 0.15}}}},
        hidden_figures({.range = {0.5, 1}, .latent = {0.45, 1}, .graphs = {0, 1}, .log_linear = {0.1, 1},
                        .chosen = {0.2, 1}, .independence = {0, 0.2}, .missed = {0.9, 1}, .low = {0.6, 1.05},
                        .high = {0.8, 2.5},
                        .range_remark = "too low where chances differ so much: no model of lists sees all of it. "
                                        "Hence the warning"})));
    cases.push_back(hidden_case(
        "a list that copies another",
        "40, 30, 30 and 30%; and two in five of those on the first list are put on the second as well." + people,
        {.kinds = {{1, {0.4, 0.3, 0.3, 0.3}}}, .copied = 0.4},
        hidden_figures({.range = {0.9, 1}, .latent = {0.5, 1}, .independence = {0, 0.6}, .low = {0.7, 1.05}})));
    cases.push_back(hidden_case(
        "some whom no list can reach",
        "A fifth of them can be on no list at all; the others as in the first case." + people,
        {.kinds = {{0.2, {0, 0, 0, 0}}, {0.8, {0.4, 0.35, 0.3, 0.3}}}},
        hidden_figures({.range = {0, 1}, .latent = {0, 1}, .graphs = {0, 1}, .log_linear = {0, 1},
                        .chosen = {0, 1}, .warned = {0, 1}, .low = {0.5, 0.9}, .high = {0.7, 1.5},
                        .range_remark = "no lists can tell of those who can be on none: every estimate is of those "
                                        "who could have been listed"})));
    return cases;
}

}  // namespace truce::validity
