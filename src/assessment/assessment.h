// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "adjudication/adjudicate_all.h"
#include "analysis/durability.h"
#include "analysis/interrupted_series.h"
#include "analysis/toll.h"
#include "analysis/trend.h"
#include "analysis/trend_warnings.h"
#include "assessment/documented_toll.h"
#include "assessment/focus.h"
#include "assessment/hotspot_scan.h"
#include "assessment/linking.h"
#include "assessment/opinions.h"
#include "assessment/undocumented_toll.h"
#include "base/result.h"
#include "base/time.h"
#include "model/account.h"
#include "model/agreement.h"
#include "model/commitment.h"
#include "model/comparable.h"
#include "model/finding.h"
#include "model/incident.h"
#include "model/link_decision.h"
#include "model/mission.h"
#include "model/recorded.h"

namespace truce {

/// How much of one day was watched: patrols on the road, reporters at work, in any unit that stays the same.
struct DayWatched {
    sys_days day;
    double watched = 0;
};

/// Everything that an assessment is made from.
struct Dossier {
    Mission mission;
    ActorRegister actors;
    AreaRegister areas;
    std::vector<Agreement> agreements;
    std::vector<Source> sources;
    std::vector<Account> accounts;
    std::vector<Reject> rejects;
    /// What humans decided of accounts that tell of one incident, or do not.
    std::vector<LinkDecision> link_decisions;
    /// The past ceasefires that the truce is compared with; nothing where the mission has none.
    std::optional<Comparables> comparables{};
    /// What the joint record gave; nothing where the mission keeps none.
    std::optional<Recorded> record{};
    /// What trends count as exposure. Empty: every day was watched alike; else a day that is not listed was not
    /// watched at all. Requires: no day twice; each finite and at least 0.
    std::vector<DayWatched> effort{};
    /// Who is on which list of the dead; nothing where the mission has no lists.
    std::optional<ListedDead> lists{};
};

struct Settings {
    int threads = 1;
    /// As Dossier::effort, which it replaces unless it is empty.
    std::vector<DayWatched> effort{};
    /// What the software calls itself, for the report's last page.
    std::string software_version;
};

/// One incident, judged as a whole.
struct Judged {
    /// Its findings: `findings[first_finding]` and on, `finding_count` of them, by commitment.
    std::uint32_t first_finding = 0;
    std::uint32_t finding_count = 0;
    /// The gravest verdict of its findings; out_of_scope when it has none.
    Verdict verdict = Verdict::out_of_scope;
    /// The finding that the verdict comes from (the first of its kind).
    std::optional<std::uint32_t> decisive;
    /// The commitments that it was not near to, and why; with its findings they are all commitments.
    PassedOver passed_over;
    InFocus in_focus = InFocus::unclear;
    /// Before the truce, under it, or after it had ended, by the middle of its window. Where the moment of the beginning or of the
    /// end is known only within bounds, what lies within them counts as under it.
    enum class Side : std::uint8_t { before, after, ended } side = Side::before;
    /// Whether its middle lies within the days assessed; others are read, and left out of every count.
    enum class Days : std::uint8_t { assessed, outside } days = Days::assessed;
};

/// One local day of the course of violence.
struct CourseDay {
    sys_days day;
    /// Expected counts: an incident known only to a week adds a seventh to each of its days.
    double incidents = 0;
    double deaths = 0;
    double civilian_deaths = 0;
    /// Incidents of the day whose verdict is breach or breach_likely.
    double breaches = 0;
};

/// How many incidents ended in each verdict, by the order of `Verdict`.
using VerdictCounts = std::array<std::uint64_t, 6>;

/// The verdicts on the incidents of one group: a party, an area, an act, a kind of protected site.
struct Tally {
    std::string id;
    Localised name;
    std::uint64_t incidents = 0;
    VerdictCounts verdicts{};
    analysis::TollSum toll;
    std::vector<IncidentId> members;  ///< all of them, in order
};

/// One reason for which incidents could not be decided, and how many it holds up.
struct Undecided {
    Element element;
    Reason reason;
    std::vector<IncidentId> members;  ///< in order
};

/// How the accounts read add up. `rows` of all sources is the sum of all the others.
struct Accounting {
    std::uint64_t rows = 0;
    std::uint64_t rejects = 0;
    std::uint64_t leads = 0;
    std::uint64_t corroborations = 0;
    std::uint64_t aggregates = 0;
    std::uint64_t told_incidents = 0;  ///< accounts that tell of an incident
    std::uint64_t incidents = 0;       ///< made of them by linkage
    std::uint64_t outside_days = 0;    ///< incidents outside the days assessed
    std::uint64_t assessed = 0;        ///< incidents assessed
};

/// One agreement as it stood on the last day assessed.
struct Standing {
    AgreementId agreement;
    enum class State : std::uint8_t { not_yet, in_force, lapsed, unknown } state = State::unknown;
};
[[nodiscard]] std::string_view name_of(Standing::State state);
/// `before`, `after` or `ended`.
[[nodiscard]] std::string_view name_of(Judged::Side side);

/// The trend of one outcome for the focus area.
struct OutcomeTrends {
    analysis::Trend incidents;
    analysis::Trend deaths;
    analysis::Trend civilian_deaths;
};

/// What models of the daily counts say of the focus area, beside its trends.
struct TrendModels {
    analysis::ModelTrend incidents;
    analysis::ModelTrend deaths;
    analysis::ModelTrend civilian_deaths;
    /// All first-level areas together, the focus area or not.
    std::optional<analysis::AcrossAreas> across_areas;
    /// Of the trend of incidents.
    std::vector<analysis::TrendWarning> warnings;
    /// Incidents, the days left out on which monitors are said to have been denied access in the focus area.
    struct WithoutDenied {
        std::uint64_t days = 0;  ///< so left out, of those assessed
        analysis::Comparison comparison;
    };
    std::optional<WithoutDenied> without_denied;  ///< nothing where there was no such day
};

/// Everything computed from a mission's agreements and accounts. Holds no reference to the dossier; ids are
/// places in the dossier's lists, and in those here.
struct Assessment {
    DayRange days;      ///< the local days assessed
    AgreementId truce;  ///< which agreement parts before from after
    Moment truce_from;
    sys_days truce_day;  ///< the local day of its entry into force, at the earliest
    /// When it was over (see end_of_truce). Later days are not days under it: trends and hotspots leave them out.
    Moment truce_until = Moment::at(open_end);
    /// The local day on which it ended, at the earliest, and the last day that counts as one of it: the last of which it covers more
    /// than an hour (truces end at a minute past midnight). Both where the latter lies before the last day assessed.
    std::optional<sys_days> truce_end_day{};
    std::optional<sys_days> truce_last_day{};
    std::vector<Incident> incidents;
    Linkage linkage;             ///< how accounts became these incidents
    std::vector<Judged> judged;  ///< one for each incident
    /// What the monitors say of incidents, beside what was computed: the verdicts do not rest on it.
    std::vector<IncidentOpinions> opinions;
    std::vector<analysis::AxisAgreement> monitor_agreement;  ///< on axes that anyone has answered
    std::vector<Commitment> commitments;
    std::vector<Finding> findings;
    Accounting accounting;

    VerdictCounts all_verdicts{};          ///< of incidents assessed
    VerdictCounts since_truce_verdicts{};  ///< of those in the focus area under the truce (Side::after)
    std::uint64_t focus_unclear =
        0;  ///< incidents of which it is not clear whether they lie in the focus area

    std::vector<CourseDay> course;      ///< focus area, one for each day assessed
    std::vector<CourseDay> course_all;  ///< all areas
    OutcomeTrends trends;               ///< focus area
    TrendModels models;
    std::vector<analysis::GroupTrend> trends_by_area;
    std::vector<analysis::GroupTrend> trends_by_party;

    /// Each with its definition; the area's name in it is the area's id, empty for all areas.
    analysis::TollCount toll_before;  ///< focus area, before the truce, in the days assessed
    analysis::TollCount toll_since;   ///< focus area, since the truce, to its end where it has ended
    analysis::TollCount toll_all;     ///< all areas, all days assessed
    /// What is behind `toll_since`: its distribution, its course, and whom sources hold to have attacked.
    DocumentedToll deaths_since;
    /// What the mission's lists say of all the dead, those on no list included: one for each stratum.
    std::vector<UndocumentedToll> undocumented;

    /// Where fighting goes on at the end of the days assessed, in all areas: unusual concentration, and, where
    /// the truce has days, more than before it.
    std::vector<HotspotScan> hotspots;

    /// By attacker, since the truce, all areas; one that fought and of whom it is not said who began counts
    /// under both. By actor id; incidents of no known attacker are under the empty id.
    std::vector<Tally> by_party;
    std::vector<Tally>
        by_area;  ///< by first-level administrative area as sources name it, since the truce, by name
    std::vector<Tally> by_act;   ///< since the truce, all areas, by the acts' order
    std::vector<Tally> by_site;  ///< by kind of protected site that was hit, all areas, all days assessed
    std::vector<Undecided> undecided;  ///< since the truce, most frequent first
    std::vector<Standing> standing;    ///< one for each agreement
    std::uint64_t disagreeing =
        0;  ///< incidents on which the guarantors' versions lead to different verdicts

    /// How long the truce may hold; without comparables, or where it has ended, it says that.
    std::optional<analysis::Durability> durability;

    std::uint64_t seed = 0;
    std::string software_version;
    std::string zone_database;
};

/// Computes the whole assessment: incidents of accounts, findings, trends, tolls. Pure; the same dossier
/// gives the same value for every number of threads. Fails where the mission gives nothing to part before
/// from after: no agreement, or a truce or focus area that it does not define.
[[nodiscard]] Result<Assessment> assess(const Dossier& dossier, const Settings& settings);

}  // namespace truce
