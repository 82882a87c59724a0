// SPDX-License-Identifier: Apache-2.0
#include "assessment/assessment.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <functional>
#include <map>
#include <thread>
#include <utility>

#include "assessment/current_truce.h"
#include "assessment/focus.h"
#include "assessment/linkage_draws.h"
#include "assessment/linking.h"
#include "assessment/truce_period.h"
#include "base/side_by_side.h"
#include "base/text.h"

namespace truce {

std::string_view name_of(Standing::State state) {
    switch (state) {
        case Standing::State::not_yet:
            return "not_yet";
        case Standing::State::in_force:
            return "in_force";
        case Standing::State::lapsed:
            return "lapsed";
        case Standing::State::unknown:
            return "unknown";
    }
    return {};
}

std::string_view name_of(Judged::Side side) {
    switch (side) {
        case Judged::Side::before:
            return "before";
        case Judged::Side::after:
            return "after";
        case Judged::Side::ended:
            return "ended";
    }
    return {};
}

namespace {

using analysis::Days;

Days as_days(DayRange range) {
    return {range.first, range.last + std::chrono::days{1}};
}

sys_seconds middle(Period window) {
    return window.first + window.length() / 2;
}

/// The agreement that parts before from after: the one the mission names, else the first to enter into force.
Result<AgreementId> truce_of(const Dossier& dossier) {
    const auto& agreements = dossier.agreements;
    if (agreements.empty()) {
        return failure(
            {.message =
                 "there is no agreement, so nothing to hold incidents against; add one under agreements/"});
    }
    if (!dossier.mission.truce.empty()) {
        std::vector<std::string> ids;
        for (std::uint32_t i = 0; i < agreements.size(); ++i) {
            if (agreements[i].id == dossier.mission.truce) return AgreementId{i};
            ids.push_back(agreements[i].id);
        }
        return failure(
            {.message = fmt::format("truce: agreement '{}' is not defined{}", shown(dossier.mission.truce),
                                    did_you_mean(dossier.mission.truce, ids))});
    }
    std::uint32_t first = 0;
    for (std::uint32_t i = 1; i < agreements.size(); ++i) {
        if (agreements[i].from.earliest < agreements[first].from.earliest) first = i;
    }
    return AgreementId{first};
}

/// What is wrong with the focus area that the mission names, if anything is.
std::optional<Error> problem_of_focus(const Dossier& dossier) {
    const auto& mission = dossier.mission;
    if (mission.focus.empty()) return std::nullopt;
    const auto versions = dossier.areas.versions_of(mission.focus);
    if (versions.empty()) {
        std::vector<std::string> ids;
        for (const auto& area : dossier.areas.areas()) ids.push_back(area.id);
        return Error{.message = fmt::format("focus: area '{}' is not defined{}", shown(mission.focus),
                                            did_you_mean(mission.focus, ids))};
    }
    if (mission.focus_version.empty()) return std::nullopt;
    std::vector<std::string> names;
    for (const auto id : versions) names.push_back(dossier.areas[id].version);
    if (std::ranges::find(names, mission.focus_version) != names.end()) return std::nullopt;
    return Error{.message =
                     fmt::format("focus_version: area '{}' has no version '{}'{}", mission.focus,
                                 shown(mission.focus_version), did_you_mean(mission.focus_version, names))};
}

/// The days assessed: the mission's own, else those of the record.
DayRange days_of(const Dossier& dossier, std::span<const Incident> incidents, sys_days truce_day) {
    if (dossier.mission.period) return *dossier.mission.period;
    return days_of_record(incidents, dossier.mission.zone).value_or(DayRange{truce_day, truce_day});
}

/// Calls `work(i)` for every i below `count`, on several threads; the order does not matter to `work`.
void in_parallel(std::size_t count, int threads, const std::function<void(std::size_t, std::size_t)>& work) {
    const auto parts = static_cast<std::size_t>(std::max(1, threads));
    std::vector<std::jthread> running;
    for (std::size_t part = 1; part < parts; ++part) {
        running.emplace_back([&, part] { work(count * part / parts, count * (part + 1) / parts); });
    }
    work(0, count / parts);
}

/// The gravest verdict among an incident's findings, and the first finding that has it.
void judge(Judged& judged, std::span<const Finding> findings) {
    for (std::uint32_t f = 0; f < findings.size(); ++f) {
        const bool graver =
            !judged.decisive || (findings[f].verdict != judged.verdict &&
                                 gravest(findings[f].verdict, judged.verdict) == findings[f].verdict);
        if (!graver) continue;
        judged.verdict = findings[f].verdict;
        judged.decisive = judged.first_finding + f;
    }
}

/// Works on one dossier; each step adds to `result_`, in the order of `run`.
class Assessing {
public:
    Assessing(const Dossier& dossier, const Settings& settings) : dossier_(dossier), settings_(settings) {}

    Result<Assessment> run() {
        const auto truce = truce_of(dossier_);
        if (!truce) return tl::unexpected(truce.error());
        result_.truce = *truce;
        result_.truce_from = dossier_.agreements[truce->value].from;
        const auto start = result_.truce_from.earliest;
        if (start <= open_start || start >= open_end) {
            return failure({.message = fmt::format(
                                "agreement '{}' does not say when it entered into force, so there is no "
                                "before and after; name another one as the mission's truce",
                                dossier_.agreements[truce->value].id)});
        }
        result_.truce_day = zone().local_day(start);
        if (auto problem = problem_of_focus(dossier_)) return failure(std::move(*problem));
        link();
        result_.days = days_of(dossier_, result_.incidents, result_.truce_day);
        result_.commitments = commitments_of(dossier_.agreements);
        find_end_of_truce();
        adjudicate_incidents();
        place_incidents();
        group_incidents();
        account_for_rows();
        count_verdicts();
        estimate_and_count();
        say_what_stands();
        result_.seed = dossier_.mission.seed;
        result_.software_version = settings_.software_version;
        result_.zone_database = zone_database_version();
        return std::move(result_);
    }

private:
    const Zone& zone() const { return dossier_.mission.zone; }
    bool assessed(std::size_t i) const { return result_.judged[i].days == Judged::Days::assessed; }
    bool in_focus(std::size_t i) const { return result_.judged[i].in_focus == InFocus::yes; }
    bool after(std::size_t i) const { return result_.judged[i].side == Judged::Side::after; }
    const Happening& what(std::size_t i) const { return result_.incidents[i].what; }

    void link() {
        linkage::LinkSettings settings;
        settings.threads = static_cast<unsigned>(std::max(1, settings_.threads));
        auto linked = link_accounts(dossier_, settings);
        result_.incidents = std::move(linked.incidents);
        result_.linkage = std::move(linked.linkage);
        result_.opinions = opinions_on(dossier_, result_.incidents);
        result_.monitor_agreement = agreement_of_monitors(dossier_, result_.opinions);
    }

    void find_end_of_truce() {
        result_.truce_until = end_of_truce(dossier_.agreements, result_.commitments, result_.truce);
        const auto end = result_.truce_until.earliest;
        if (end >= open_end) return;
        const auto last = zone().local_day(end - std::chrono::hours{1} - std::chrono::seconds{1});
        if (last >= result_.days.last) return;
        result_.truce_end_day = zone().local_day(end - std::chrono::seconds{1});
        result_.truce_last_day = std::max(last, result_.truce_day);
    }

    void adjudicate_incidents() {
        auto all = adjudicate_all(result_.incidents, result_.commitments, {dossier_.actors, dossier_.areas},
                                  static_cast<unsigned>(std::max(1, settings_.threads)));
        result_.judged.resize(result_.incidents.size());
        for (std::uint32_t i = 0; i < result_.incidents.size(); ++i) {
            auto& judged = result_.judged[i];
            judged.first_finding = static_cast<std::uint32_t>(all.first[i]);
            judged.finding_count = static_cast<std::uint32_t>(all.first[i + 1] - all.first[i]);
            judged.passed_over = all.passed_over[i];
            judge(judged, all.of(IncidentId{i}));
        }
        result_.findings = std::move(all.findings);
    }

    void place_incidents() {
        const Focus focus(dossier_.mission, dossier_.areas);
        const auto days = zone().days(result_.days.first, result_.days.last);
        days_of_incident_.resize(result_.incidents.size());
        selected_.resize(result_.incidents.size());
        tolls_.resize(result_.incidents.size());
        in_parallel(result_.incidents.size(), settings_.threads, [&](std::size_t begin, std::size_t end) {
            for (auto i = begin; i < end; ++i) {
                days_of_incident_[i] = analysis::local_days(what(i).when.window, zone());
                selected_[i] = rests_on_selections(i) ? 1 : 0;
                tolls_[i] = toll_of(what(i), days_of_incident_[i]);
                auto& judged = result_.judged[i];
                const auto at = middle(what(i).when.window);
                judged.side = side_of(at);
                judged.days = days.contains(at) ? Judged::Days::assessed : Judged::Days::outside;
                judged.in_focus = focus.holds(what(i).place);
            }
        });
    }

    void account_for_rows() {
        auto& sum = result_.accounting;
        for (const auto& source : dossier_.sources) sum.rows += source.rows;
        sum.rejects = dossier_.rejects.size();
        for (const auto& account : dossier_.accounts) {
            switch (account.kind) {
                case AccountKind::incident:
                    ++sum.told_incidents;
                    break;
                case AccountKind::lead:
                    ++sum.leads;
                    break;
                case AccountKind::corroboration:
                    ++sum.corroborations;
                    break;
                case AccountKind::aggregate:
                    ++sum.aggregates;
                    break;
            }
        }
        sum.incidents = result_.incidents.size();
        for (std::size_t i = 0; i < result_.incidents.size(); ++i) {
            ++(assessed(i) ? sum.assessed : sum.outside_days);
        }
    }

    void count_verdicts() {
        for (std::size_t i = 0; i < result_.incidents.size(); ++i) {
            if (!assessed(i)) continue;
            const auto& judged = result_.judged[i];
            const auto verdict = static_cast<std::size_t>(judged.verdict);
            ++result_.all_verdicts[verdict];
            if (in_focus(i) && after(i)) ++result_.since_truce_verdicts[verdict];
            if (judged.in_focus == InFocus::unclear) ++result_.focus_unclear;
            const auto own = std::span(result_.findings).subspan(judged.first_finding, judged.finding_count);
            if (std::ranges::any_of(own, [](const Finding& f) { return f.versions_disagree(); }))
                ++result_.disagreeing;
        }
    }

    /// The local days that an incident may lie on.
    Days days_of_incident(std::size_t i) const { return days_of_incident_[i]; }

    template <class Wanted>
    std::vector<CourseDay> course(Wanted wanted) const {
        const Days covered = as_days(result_.days);
        std::vector<CourseDay> days(static_cast<std::size_t>(covered.length()));
        for (std::size_t d = 0; d < days.size(); ++d) {
            days[d].day = covered.first + std::chrono::days{static_cast<std::int64_t>(d)};
        }
        for (std::size_t i = 0; i < result_.incidents.size(); ++i) {
            if (!wanted(i)) continue;
            const Days may_be = days_of_incident(i);
            const Days common = in_both(may_be, covered);
            const double weight = 1.0 / static_cast<double>(may_be.length());
            const auto& toll = what(i).toll;
            const auto verdict = result_.judged[i].verdict;
            const bool breach = verdict == Verdict::breach || verdict == Verdict::breach_likely;
            for (auto day = common.first; day < common.end; day += std::chrono::days{1}) {
                auto& one = days[static_cast<std::size_t>((day - covered.first).count())];
                one.incidents += weight;
                if (toll.killed) one.deaths += weight * toll.killed->best;
                if (toll.civilians_killed) one.civilian_deaths += weight * toll.civilians_killed->best;
                if (breach) one.breaches += weight;
            }
        }
        return days;
    }

    void draw_courses() {
        result_.course = course([this](std::size_t i) { return in_focus(i); });
        result_.course_all = course([](std::size_t) { return true; });
    }

    analysis::TrendSettings trend_settings() const {
        const auto& mission = dossier_.mission;
        const auto from =
            result_.truce_from.latest < open_end ? result_.truce_from.latest : result_.truce_from.earliest;
        // Of a truce that ended before it is known to have begun there is one instant left, and no day.
        const Period under_truce{from, std::max(result_.truce_until.earliest, from + std::chrono::seconds{1})};
        auto truce = analysis::truce_days(under_truce, zone());
        // Where the start is known only within bounds, the days between them belong to neither side.
        if (!result_.truce_from.known()) {
            truce.before_end =
                analysis::truce_days({result_.truce_from.earliest, open_end}, zone()).before_end;
        }
        // What the mission calls its baseline counts from the truce back, the window set apart being part of
        // it.
        const int apart = std::clamp(mission.set_apart_days, 0, mission.baseline_days);
        return {.truce = truce,
                .baseline = std::chrono::days{mission.baseline_days - apart},
                .pre_truce = std::chrono::days{apart}};
    }

    /// Whether the incident rests on nothing but selections.
    bool rests_on_selections(std::size_t i) const {
        return std::ranges::all_of(result_.incidents[i].accounts, [this](AccountId id) {
            return dossier_.sources[dossier_.accounts[id.value].source.value].recording ==
                   Recording::selection;
        });
    }

    /// The counts of one outcome: those of incidents that were recorded as they came, and those of
    /// selections.
    struct Gathered {
        std::vector<analysis::DatedCount> recorded;
        std::vector<analysis::DatedCount> selected;
    };
    void gather(Gathered& into, std::size_t i, std::uint32_t count) const {
        (selected_[i] != 0 ? into.selected : into.recorded).push_back({days_of_incident(i), count});
    }

    /// What a trend is made of: what was recorded, where there is any; else what was selected, and then
    /// nothing is estimated. The two never mix.
    analysis::Observations observations_of(analysis::Outcome outcome, Gathered gathered) const {
        const bool selection = gathered.recorded.empty() && !gathered.selected.empty();
        return {.outcome = outcome,
                .recording = selection ? Recording::selection : Recording::systematic,
                .coverage = as_days(result_.days),
                .counts = std::move(selection ? gathered.selected : gathered.recorded),
                .exposure = exposure()};
    }

    /// How much of each day assessed was watched; empty where all were watched alike.
    std::vector<double> exposure() const {
        const auto& effort = settings_.effort.empty() ? dossier_.effort : settings_.effort;
        if (effort.empty()) return {};
        const Days covered = as_days(result_.days);
        std::vector<double> watched(static_cast<std::size_t>(covered.length()), 0.0);
        for (const auto& [day, share] : effort) {
            if (covered.contains(day)) watched[static_cast<std::size_t>((day - covered.first).count())] = share;
        }
        return watched;
    }

    template <class Wanted>
    analysis::Observations observations(analysis::Outcome outcome, Wanted wanted) const {
        Gathered gathered;
        for (std::size_t i = 0; i < result_.incidents.size(); ++i) {
            if (!wanted(i)) continue;
            const auto count = [&]() -> std::uint32_t {
                const auto& toll = what(i).toll;
                switch (outcome) {
                    case analysis::Outcome::incidents:
                        return 1;
                    case analysis::Outcome::deaths:
                        return toll.killed ? toll.killed->best : 0;
                    case analysis::Outcome::civilian_deaths:
                        return toll.civilians_killed ? toll.civilians_killed->best : 0;
                }
                return 0;
            }();
            if (count > 0) gather(gathered, i, count);
        }
        return observations_of(outcome, std::move(gathered));
    }

    using Groups = std::map<std::string, std::vector<std::size_t>>;

    void group_incidents() {
        std::vector<std::vector<std::size_t>> of_actor(dossier_.actors.actors().size());
        std::vector<std::uint32_t> actors;
        for (std::size_t i = 0; i < result_.incidents.size(); ++i) {
            by_area_[what(i).place.admin1.text()].push_back(i);
            actors.clear();
            const auto& parties = what(i).parties;
            const auto take = [&](const Side& side) {
                for (const auto& candidate : side.candidates) {
                    if (candidate.actor) actors.push_back(candidate.actor->value);
                }
            };
            take(parties.attacker);
            if (parties.roles == Roles::unstated) take(parties.target);
            std::ranges::sort(actors);
            const auto again = std::ranges::unique(actors);
            actors.erase(again.begin(), again.end());
            for (const auto actor : actors) of_actor[actor].push_back(i);
            if (actors.empty()) by_party_[""].push_back(i);
        }
        for (std::uint32_t a = 0; a < of_actor.size(); ++a) {
            if (!of_actor[a].empty()) by_party_[dossier_.actors[ActorId{a}].id] = std::move(of_actor[a]);
        }
    }

    std::vector<analysis::Group> observed_groups(const Groups& groups) const {
        std::vector<analysis::Group> observed;
        for (const auto& [name, members] : groups) {
            if (name.empty()) continue;  // nobody, or nowhere, is no group
            Gathered gathered;
            for (const auto i : members) gather(gathered, i, 1);
            observed.push_back({name, observations_of(analysis::Outcome::incidents, std::move(gathered))});
        }
        return observed;
    }

    /// What rests on the incidents judged and grouped, each part by itself: side by side where there are
    /// threads.
    void estimate_and_count() {
        const std::array<std::function<void()>, 8> parts{
            [this] { scan_hotspots(); },
            [this] { estimate_areas(); },
            [this] { result_.trends_by_party = analysis::trends_by_group(observed_groups(by_party_), trend_settings()); },
            [this] { estimate_trends(); },
            [this] { tally_groups(); },
            [this] { count_tolls(); },
            [this] { draw_courses(); },
            [this] { list_undecided(); },
        };
        run_side_by_side(static_cast<unsigned>(std::max(1, settings_.threads)), parts.size(),
                         [&](std::size_t i) { parts[i](); });
    }

    void estimate_areas() {
        const auto settings = trend_settings();
        const auto areas = observed_groups(by_area_);
        result_.trends_by_area = analysis::trends_by_group(areas, settings);
        result_.models.across_areas = analysis::effect_across_areas(areas, settings, dossier_.mission.seed);
    }

    void estimate_trends() {
        const auto settings = trend_settings();
        const auto focus = [this](std::size_t i) { return in_focus(i); };
        auto& models = result_.models;
        const auto of = [&](analysis::Outcome outcome, analysis::ModelTrend& model) {
            const auto observed = observations(outcome, focus);
            auto trend = analysis::did_violence_fall(observed, settings);
            model = analysis::model_trend(observed, settings, trend, dossier_.mission.seed);
            return trend;
        };
        result_.trends = {of(analysis::Outcome::incidents, models.incidents),
                          of(analysis::Outcome::deaths, models.deaths),
                          of(analysis::Outcome::civilian_deaths, models.civilian_deaths)};
        models.warnings = analysis::warnings_of(result_.trends.incidents, models.incidents, settings);
        models.without_denied = without_denied_days(settings);
    }

    /// The trend of incidents without the days on which monitors were denied access: what happened then may not have been
    /// seen.
    std::optional<TrendModels::WithoutDenied> without_denied_days(const analysis::TrendSettings& settings) const {
        auto observed = observations(analysis::Outcome::incidents, [this](std::size_t i) { return in_focus(i); });
        const Days covered = as_days(result_.days);
        if (observed.exposure.empty())
            observed.exposure.assign(static_cast<std::size_t>(covered.length()), 1.0);
        std::uint64_t denied = 0;
        for (std::size_t i = 0; i < result_.incidents.size(); ++i) {
            const Days days = days_of_incident(i);
            const bool is_denial = what(i).act == Act::access_deny &&
                                   what(i).parties.target_kinds.has(TargetKind::monitor);
            if (!is_denial || !in_focus(i) || days.length() != 1 || !covered.contains(days.first)) continue;
            double& watched = observed.exposure[static_cast<std::size_t>((days.first - covered.first).count())];
            if (watched > 0) ++denied;
            watched = 0;
        }
        if (denied == 0) return std::nullopt;
        return TrendModels::WithoutDenied{
            .days = denied, .comparison = analysis::did_violence_fall(observed, settings).set_apart};
    }

    void scan_hotspots() {
        const ScanGround ground{.zone = zone(),
                                .areas = dossier_.areas,
                                .commitments = result_.commitments,
                                .sources = dossier_.sources,
                                .accounts = dossier_.accounts};
        const auto truce = trend_settings().truce;
        for (const auto model :
             {numeric::ScanModel::space_time_permutation, numeric::ScanModel::expectation_based_poisson}) {
            auto settings =
                bounded_scan_settings(scan_settings(dossier_.mission, model, as_days(result_.days), truce),
                                      result_.incidents.size());
            settings.threads = static_cast<unsigned>(std::max(1, settings_.threads));
            const bool compared =
                model == numeric::ScanModel::space_time_permutation || !settings.baseline.empty();
            if (settings.study.empty() || !compared) continue;
            result_.hotspots.push_back(
                scan_for_hotspots(result_.incidents, days_of_incident_, ground, settings));
        }
    }

    std::vector<std::string> source_names() const {
        std::vector<std::string> names;
        for (const auto& source : dossier_.sources) {
            names.push_back(source.version.empty() ? source.id
                                                   : fmt::format("{} {}", source.id, source.version));
        }
        return names;
    }

    [[nodiscard]] Judged::Side side_of(sys_seconds at) const {
        if (at < result_.truce_from.earliest) return Judged::Side::before;
        return at < result_.truce_until.latest ? Judged::Side::after : Judged::Side::ended;
    }

    void count_tolls() {
        std::vector<IncidentId> in_it;
        in_it.reserve(result_.incidents.size());
        for (std::uint32_t i = 0; i < result_.incidents.size(); ++i) {
            if (in_focus(i)) in_it.push_back(IncidentId{i});
        }
        // Without a focus area, or where all is in it, nothing is copied.
        std::vector<analysis::IncidentToll> some;
        std::span<const analysis::IncidentToll> focus = tolls_;
        if (in_it.size() < tolls_.size()) {
            some.reserve(in_it.size());
            for (const auto id : in_it) some.push_back(tolls_[id.value]);
            focus = some;
        }
        std::vector<std::string_view> attackers;
        attackers.reserve(in_it.size());
        for (const auto id : in_it) attackers.push_back(attacker_of(dossier_, what(id.value)));
        const Days days = as_days(result_.days);
        const auto truce_day = std::clamp(result_.truce_day, days.first, days.end);
        const auto definition = [&](const std::string& area, Days between) {
            return analysis::TollDefinition{
                .area = area, .days = between, .sources = source_names(), .who = {}};
        };
        const auto truce_end =
            result_.truce_last_day ? std::clamp(*result_.truce_last_day + std::chrono::days(1), truce_day, days.end) : days.end;
        const auto& name = dossier_.mission.focus;
        result_.toll_before = analysis::count_toll(focus, definition(name, {days.first, truce_day}));
        result_.deaths_since = 
            documented_toll(focus, attackers,
                            linkage_draws(dossier_, result_.incidents, result_.linkage, in_it, groupings_drawn,
                                          dossier_.mission.seed),
                            definition(name, {truce_day, truce_end}));
        result_.toll_since = result_.deaths_since.count;
        result_.toll_all = analysis::count_toll(tolls_, definition({}, days));
        if (dossier_.lists)
            result_.undocumented = undocumented_tolls(*dossier_.lists, dossier_.mission.seed);
    }

    Tally tally(std::string id, Localised name, std::span<const std::size_t> members) const {
        Tally one{.id = std::move(id), .name = std::move(name), .toll = {}, .members = {}};
        std::vector<analysis::IncidentToll> tolls;
        tolls.reserve(members.size());
        one.members.reserve(members.size());
        for (const auto i : members) {
            ++one.incidents;
            ++one.verdicts[static_cast<std::size_t>(result_.judged[i].verdict)];
            one.members.push_back(IncidentId{static_cast<std::uint32_t>(i)});
            tolls.push_back(tolls_[i]);
        }
        one.toll =
            analysis::count_toll(tolls, {.area = {}, .days = as_days(result_.days), .sources = {}, .who = {}})
                .all;
        return one;
    }

    void tally_groups() {
        const auto since = [this](const std::vector<std::size_t>& members) {
            std::vector<std::size_t> kept;
            std::ranges::copy_if(members, std::back_inserter(kept),
                                 [&](std::size_t i) { return assessed(i) && after(i); });
            return kept;
        };
        const auto add = [](std::vector<Tally>& list, Tally one) {
            if (one.incidents > 0) list.push_back(std::move(one));
        };
        for (const auto& [id, members] : by_party_) {
            const auto actor = dossier_.actors.with_id(id);
            add(result_.by_party,
                tally(id, actor ? dossier_.actors[*actor].name : Localised{}, since(members)));
        }
        for (const auto& [name, members] : by_area_) {
            const auto area = dossier_.areas.admin_named(1, name);
            add(result_.by_area,
                tally(name, area ? dossier_.areas[*area].name : Localised{}, since(members)));
        }
        std::map<Act, std::vector<std::size_t>> by_act;
        std::map<TargetKind, std::vector<std::size_t>> by_site;
        for (std::size_t i = 0; i < result_.incidents.size(); ++i) {
            if (!assessed(i)) continue;
            by_act[what(i).act].push_back(i);
            for (const auto kind : all_target_kinds()) {
                if (is_protected_site(kind) && what(i).parties.target_kinds.has(kind))
                    by_site[kind].push_back(i);
            }
        }
        for (const auto& [act, members] : by_act) {
            add(result_.by_act, tally(std::string(name_of(act)), {}, since(members)));
        }
        for (const auto& [kind, members] : by_site) {
            add(result_.by_site, tally(std::string(name_of(kind)), {}, members));
        }
    }

    void list_undecided() {
        std::map<std::pair<Element, Reason>, Undecided> by_reason;
        for (std::size_t i = 0; i < result_.incidents.size(); ++i) {
            const auto& judged = result_.judged[i];
            if (!assessed(i) || !after(i) || judged.verdict != Verdict::undetermined || !judged.decisive)
                continue;
            const auto& finding = result_.findings[*judged.decisive];
            const auto element = finding.decided_by();
            if (!element) continue;
            auto& entry = by_reason[{*element, finding.reason()}];
            entry.element = *element;
            entry.reason = finding.reason();
            entry.members.push_back(IncidentId{static_cast<std::uint32_t>(i)});
        }
        for (auto& [key, entry] : by_reason) result_.undecided.push_back(std::move(entry));
        std::ranges::stable_sort(result_.undecided, std::ranges::greater{},
                                 [](const Undecided& u) { return u.members.size(); });
    }

    void say_what_stands() {
        // On the last instant assessed: what a reader of the report wants to know stands "now".
        const auto now = zone().days(result_.days.first, result_.days.last).end - std::chrono::seconds{1};
        for (std::uint32_t a = 0; a < dossier_.agreements.size(); ++a) {
            Standing one{.agreement = AgreementId{a}};
            for (const auto& commitment : result_.commitments) {
                if (commitment.agreement != one.agreement) continue;
                one.state = state_at(commitment, now);
                break;
            }
            result_.standing.push_back(one);
        }
    }

    static Standing::State state_at(const Commitment& commitment, sys_seconds now) {
        using State = Standing::State;
        bool begun = false;
        for (const auto& force : commitment.in_force) {
            if (now < force.from.earliest) continue;
            if (now < force.from.latest) return State::unknown;
            begun = true;
            if (now < force.until.earliest) return State::in_force;
            if (now < force.until.latest) return State::unknown;
        }
        return begun ? State::lapsed : State::not_yet;
    }

    const Dossier& dossier_;
    const Settings& settings_;
    Assessment result_;
    std::vector<Days> days_of_incident_;
    std::vector<analysis::IncidentToll> tolls_;  // of each incident
    std::vector<std::uint8_t>
        selected_;  // whether it rests on nothing but selections; asked for by every group
    /// The first-level areas, by the name that sources give them, and the incidents in each.
    Groups by_area_;
    /// The known actors who may have attacked, and the incidents of each; the empty id holds those of nobody
    /// known.
    Groups by_party_;
};

}  // namespace

Result<Assessment> assess(const Dossier& dossier, const Settings& settings) {
    auto assessment = Assessing(dossier, settings).run();
    if (assessment) assessment->durability = durability_of(dossier, *assessment);
    return assessment;
}

}  // namespace truce
