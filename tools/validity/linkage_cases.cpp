// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <map>
#include <vector>

#include "analysis/trend.h"
#include "assessment/linking.h"
#include "courses.h"
#include "missions.h"
#include "scores.h"

namespace truce::validity {

namespace {

/// How well incidents as made agree with those that happened, by pairs of accounts.
struct Agreement {
    double right = 0;
    double made = 0;
    double true_pairs = 0;

    [[nodiscard]] double precision() const { return made > 0 ? right / made : 1; }
    [[nodiscard]] double recall() const { return true_pairs > 0 ? right / true_pairs : 1; }
    [[nodiscard]] double f1() const { return 2 * right / (made + true_pairs); }
};

double pairs_of(double number) {
    return number * (number - 1) / 2;
}

Agreement agreement(const DrawnMission& mission, const std::vector<Incident>& incidents) {
    Agreement found;
    std::map<std::uint32_t, double> told;
    for (const std::uint32_t truth : mission.truth) ++told[truth];
    for (const auto& [truth, number] : told) found.true_pairs += pairs_of(number);
    for (const Incident& incident : incidents) {
        std::map<std::uint32_t, double> of;
        for (const AccountId account : incident.accounts) ++of[mission.truth[account.value]];
        found.made += pairs_of(static_cast<double>(incident.accounts.size()));
        for (const auto& [truth, number] : of) found.right += pairs_of(number);
    }
    return found;
}

analysis::Observations observations_of(const std::vector<Incident>& incidents, const Happenings& how) {
    analysis::Observations observations{
        .outcome = analysis::Outcome::incidents,
        .coverage = {entry - std::chrono::days(how.days_before), entry + std::chrono::days(how.days_after)},
        .counts = {},
        .exposure = {}};
    for (const Incident& incident : incidents)
        observations.counts.push_back({.days = analysis::local_days(incident.what.when.window, Zone::utc())});
    return observations;
}

Case linkage_case(std::string name, std::string truth, const Happenings& how, std::vector<Wanted> wanted) {
    return {.name = std::move(name),
            .chapter = "Accounts to incidents",
            .truth = std::move(truth),
            .wanted = std::move(wanted),
            .draw = [how](Random& random, std::uint64_t, Scores& scores) {
                const DrawnMission mission = draw_mission(how, random);
                const LinkedIncidents linked = link_accounts(mission.dossier, {});
                const Agreement found = agreement(mission, linked.incidents);
                scores.value("F1", found.f1());
                scores.value("precision", found.precision());
                scores.value("recall", found.recall());
                scores.value("incidents made over those told of",
                             static_cast<double>(linked.incidents.size()) / mission.told_of);
                const double missed = found.true_pairs - found.right;
                if (missed > 0)
                    scores.value("missed links that the software expects, over those missed",
                                 linked.linkage.found.expected_missed / missed);
                double wrong = 0;
                for (const AccountLink& link : linked.linkage.links) {
                    if (link.state == linkage::LinkState::linked &&
                        mission.truth[link.a.value] != mission.truth[link.b.value])
                        ++wrong;
                }
                scores.value("false links less those expected, per hundred links",
                             100 * (wrong - linked.linkage.found.expected_false) /
                                 std::max<double>(1, static_cast<double>(linked.linkage.found.linked)));
                const auto trend =
                    analysis::did_violence_fall(observations_of(linked.incidents, how), comparison_settings());
                if (trend.set_apart.estimate) {
                    scores.holds("rate ratio of incidents, exact", trend.set_apart.estimate->exact.value().interval,
                                 how.ratio);
                    scores.holds("rate ratio of incidents, widened", trend.set_apart.estimate->widened, how.ratio);
                }
            }};
}

std::vector<Wanted> figures(numeric::Interval f1, numeric::Interval exact, std::string remark,
                            const std::string& why_missed = {}) {
    const bool sparse = !why_missed.empty();
    return {{.what = "F1", .kind = Kind::mean, .bounds = f1, .remark = why_missed},
            {.what = "precision", .kind = Kind::mean, .bounds = {0.95, 1}, .remark = {}},
            {.what = "recall", .kind = Kind::mean, .bounds = {sparse ? 0.1 : 0.85, 1}, .remark = {}},
            {.what = "incidents made over those told of",
             .kind = Kind::mean,
             .bounds = {0.98, sparse ? 2 : 1.1},
             .remark = {}},
            {.what = "missed links that the software expects, over those missed",
             .kind = Kind::mean,
             .bounds = {0.5, 8},
             .remark = "what the report prints beside the number of incidents; where few are missed it errs high"},
            {.what = "false links less those expected, per hundred links",
             .kind = Kind::mean,
             .bounds = {-2, 2},
             .remark = "of those that linkage made by itself"},
            {.what = "rate ratio of incidents, exact", .bounds = exact, .remark = std::move(remark)},
            {.what = "rate ratio of incidents, widened", .bounds = {0.94, 1}, .remark = "wide on purpose"}};
}

}  // namespace

std::vector<Case> linkage_cases() {
    std::vector<Case> cases;
    cases.push_back(linkage_case(
        "three sources, half the violence",
        "Two incidents a day in 24 towns, half as many under the truce; three sources each tell of 60% of them, a "
        "day late in one of five, with places off by a kilometre, figures by 15%, and one field in seven left out.",
        {.ratio = 0.5}, figures({0.93, 1}, {0.93, 0.99}, {})));
    cases.push_back(linkage_case(
        "three sources that say little",
        "The same with two fields in five left out.", {.ratio = 0.5, .left_out = 0.4, .no_figure = 0.4},
        figures({0.2, 1}, {0.75, 0.99},
                "accounts that are not linked tell of one incident twice, and are then not independent",
                "accounts that say little are left apart, and listed for a human: a missed link is less harm "
                "than a false one")));
    cases.push_back(
        {.name = "sources that come in under the truce",
         .chapter = "Accounts to incidents",
         .truth = "Nothing changes at the truce but that each source, which told of 40% before, tells of 80%.",
         .wanted = {{.what = "counting accounts, violence rose",
                     .kind = Kind::false_alarm,
                     .bounds = {0.5, 1},
                     .remark = "what counting accounts would say"},
                    {.what = "counting incidents, violence rose",
                     .kind = Kind::false_alarm,
                     .bounds = {0, 0.5},
                     .remark = "reports of incidents rose from 78% to 99%: linkage mends most of it, and the "
                               "sensitivity to reporting has the rest"},
                    {.what = "the reporting change that erases it holds the true one",
                     .kind = Kind::warning,
                     .bounds = {0.94, 1},
                     .remark = "or no rise is called"}},
         .draw = [](Random& random, std::uint64_t, Scores& scores) {
             const Happenings how{.told = 0.4, .told_after = 0.8};
             const DrawnMission mission = draw_mission(how, random);
             std::vector<Incident> accounts;
             for (std::uint32_t i = 0; i < mission.dossier.accounts.size(); ++i) {
                 Incident one;
                 one.accounts.push_back(AccountId{i});
                 one.what = mission.dossier.accounts[i].told;
                 accounts.push_back(std::move(one));
             }
             const auto settings = comparison_settings();
             scores.trial("counting accounts, violence rose",
                          analysis::did_violence_fall(observations_of(accounts, how), settings).set_apart.change ==
                              analysis::Change::rose);
             const auto made = link_accounts(mission.dossier, {});
             const auto trend = analysis::did_violence_fall(observations_of(made.incidents, how), settings);
             const bool rose = trend.set_apart.change == analysis::Change::rose;
             scores.trial("counting incidents, violence rose", rose);
             const double told = (1 - std::pow(1 - how.told_after, 3)) / (1 - std::pow(1 - how.told, 3));
             scores.trial("the reporting change that erases it holds the true one",
                          !rose || trend.set_apart.reporting_change_that_erases_it.value() <= told);
         }});
    return cases;
}

}  // namespace truce::validity
