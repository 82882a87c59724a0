// SPDX-License-Identifier: Apache-2.0
#include "sources/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"

namespace truce::sources {
namespace {

/// Relations by which an agreement takes from another what it leaves out.
bool inherits(LineageRelation relation) {
    return brings_duties(relation) || relation == LineageRelation::annex_of;
}

/// Relations under which a child stands on its parent, and so should not outlive it.
bool stands_on(LineageRelation relation) {
    return relation == LineageRelation::extends_area_of || relation == LineageRelation::reaffirms ||
           relation == LineageRelation::implements || relation == LineageRelation::annex_of;
}

std::string length_text(std::chrono::seconds length) {
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(length).count();
    if (minutes < 120) return fmt::format("{} min", minutes);
    if (minutes < 48 * 60) return fmt::format("{} h", minutes / 60);
    return fmt::format("{} days", minutes / (24 * 60));
}

class Checking {
public:
    explicit Checking(const MissionParts& parts) : parts_(parts), register_(parts.actors.actors()) {}

    CheckResult run() {
        find_cycles();
        for (std::size_t i = 0; i < parts_.agreements.size(); ++i) {
            const auto& agreement = parts_.agreements[i];
            const auto& places = parts_.places[i];
            check_substance(agreement, places);
            check_periods(agreement, places);
            check_area(agreement, places);
            check_parties(agreement, places);
            check_duties(agreement, places);
        }
        check_mission();
        check_unused();
        return std::move(result_);
    }

private:
    static Error at(std::string_view file, Where where, std::string message) {
        return {.message = std::move(message),
                .file = std::string(file),
                .line = where.line,
                .column = where.column};
    }
    void warn(const Agreement& agreement, Where where, std::string message) {
        result_.warnings.push_back(at(agreement.file, where, std::move(message)));
    }

    [[nodiscard]] const Agreement& agreement(AgreementId id) const { return parts_.agreements[id.value]; }
    [[nodiscard]] const std::string& name(ActorId id) const { return register_[id].id; }

    static std::string time_text(const Agreement& agreement, sys_seconds instant) {
        return Zone::named(agreement.zone).value_or(Zone::utc()).local_text(instant);
    }

    void find_cycles() {
        enum class Mark : std::uint8_t { fresh, open, done };
        std::vector<Mark> marks(parts_.agreements.size(), Mark::fresh);
        struct Step {
            std::uint32_t agreement;
            std::size_t next = 0;
        };
        for (std::uint32_t start = 0; start < marks.size(); ++start) {
            if (marks[start] != Mark::fresh) continue;
            std::vector<Step> path{{start}};
            marks[start] = Mark::open;
            while (!path.empty()) {
                auto& step = path.back();
                const auto& lineage = parts_.agreements[step.agreement].lineage;
                if (step.next == lineage.size()) {
                    marks[step.agreement] = Mark::done;
                    path.pop_back();
                    continue;
                }
                const auto other = lineage[step.next++].other.value;
                if (marks[other] == Mark::fresh) {
                    marks[other] = Mark::open;
                    path.push_back({other});
                } else if (marks[other] == Mark::open) {
                    const auto first = std::ranges::find(path, other, &Step::agreement);
                    std::vector<std::uint32_t> cycle;
                    for (auto it = first; it != path.end(); ++it) cycle.push_back(it->agreement);
                    report_cycle(std::move(cycle));
                }
            }
        }
    }

    /// The cycle as seen from the first of its agreements, so that it is the same wherever it was entered.
    void report_cycle(std::vector<std::uint32_t> cycle) {
        std::rotate(cycle.begin(), std::ranges::min_element(cycle), cycle.end());
        if (!cycles_.insert(cycle).second) return;
        std::string text;
        for (const auto member : cycle) text += parts_.agreements[member].id + " -> ";
        const auto& first = parts_.agreements[cycle.front()];
        text += first.id;
        const auto next = cycle.size() > 1 ? cycle[1] : cycle[0];
        const auto edge = std::ranges::find(first.lineage, AgreementId{next}, &Lineage::other);
        const auto where =
            parts_.places[cycle.front()].lineage[static_cast<std::size_t>(edge - first.lineage.begin())];
        result_.errors.push_back(
            at(first.file, where, fmt::format("the lineage runs in a circle: {}", text)));
    }

    static bool has_parent(const Agreement& agreement) {
        return std::ranges::any_of(agreement.lineage, [](const Lineage& l) { return inherits(l.relation); });
    }

    void check_substance(const Agreement& one, const AgreementPlaces& places) {
        if (places.zone.line == 0) {
            warn(one, places.id, fmt::format("no zone is given; its times are read as {}", one.zone));
        }
        const bool only_ends_others =
            !one.lineage.empty() && std::ranges::all_of(one.lineage, [](const Lineage& l) {
                return l.relation == LineageRelation::terminates || l.relation == LineageRelation::suspends;
            });
        if (one.duties.empty() && !has_parent(one) && !only_ends_others) {
            warn(one, places.id,
                 "it has no duties and no parent to take them from, so nothing can breach it");
        }
    }

    void check_periods(const Agreement& one, const AgreementPlaces& places) {
        for (std::size_t i = 0; i < one.lineage.size(); ++i) {
            const auto& lineage = one.lineage[i];
            const auto& parent = agreement(lineage.other);
            if (stands_on(lineage.relation) && one.until.earliest > parent.until.latest) {
                warn(one, places.until,
                     fmt::format("it outlives '{}', which it {} and which ends {}", parent.id,
                                 name_of(lineage.relation), time_text(parent, parent.until.latest)));
            }
            if (lineage.relation == LineageRelation::extends_time_of &&
                one.from.earliest > parent.until.latest) {
                const auto gap = one.from.earliest - parent.until.latest;
                warn(one, places.lineage[i],
                     fmt::format("a gap of {}: '{}' ends {} and this begins {}; in between neither holds",
                                 length_text(gap), parent.id, time_text(parent, parent.until.latest),
                                 time_text(one, one.from.earliest)));
            }
        }
        for (std::size_t i = 0; i < one.suspensions.size(); ++i) {
            const auto& [from, to] = one.suspensions[i];
            if (from.earliest >= one.until.latest || to.latest <= one.from.earliest) {
                warn(one, places.suspensions[i], "the suspension lies wholly outside the time in force");
            }
        }
        for (std::size_t i = 0; i < one.adherents.size(); ++i) {
            const auto& accepted = one.adherents[i].accepted;
            if (accepted && *accepted != Moment::unknown() && accepted->earliest >= one.until.latest) {
                warn(one, places.adherents[i],
                     fmt::format("'{}' accepts {}, after the end ({})", name(one.adherents[i].actor),
                                 time_text(one, accepted->earliest), time_text(one, one.until.latest)));
            }
        }
    }

    void check_area(const Agreement& one, const AgreementPlaces& places) {
        if (!one.area) {
            if (!has_parent(one) && !one.duties.empty()) {
                warn(one, places.id,
                     "no area is given, so of no incident can it be said that it lies inside");
            }
            return;
        }
        const auto& versions = one.area->versions;
        if (versions.size() == 1 && !versions.front().by.empty()) {
            warn(one, places.area,
                 fmt::format(
                     "the area's only version is that of '{}'; a version that all agree on needs no name",
                     versions.front().by));
        }
        std::vector<std::string_view> ids;
        for (const auto& actor : register_.actors()) ids.push_back(actor.id);
        for (const auto& version : versions) {
            if (version.by.empty() || register_.with_id(version.by)) continue;
            warn(one, places.area,
                 fmt::format("the area has a version of '{}', which is no actor{}", shown(version.by),
                             did_you_mean(version.by, ids)));
        }
    }

    void check_parties(const Agreement& one, const AgreementPlaces& places) {
        const auto when = std::clamp(one.from.earliest, open_start, open_end - std::chrono::seconds{1});
        for (std::size_t i = 0; i < one.excluded.size(); ++i) {
            const auto& exclusion = one.excluded[i];
            if (exclusion.scope != Exclusion::Scope::actor) continue;
            for (const auto& adherent : one.adherents) {
                check_pair(one, places.excluded[i], adherent.actor, exclusion.actor, when);
            }
        }
        std::set<ActorId> seen;
        for (std::size_t i = 0; i < one.adherents.size(); ++i) {
            if (!seen.insert(one.adherents[i].actor).second) {
                warn(one, places.adherents[i],
                     fmt::format("'{}' stands twice among the adherents", name(one.adherents[i].actor)));
            }
        }
    }

    void check_pair(const Agreement& one, Where where, ActorId bound, ActorId excluded, sys_seconds when) {
        const auto contains = [&](ActorId umbrella, ActorId member) {
            const auto members = register_.members(umbrella, when);
            return std::ranges::find(members, member) != members.end();
        };
        if (bound == excluded) {
            warn(one, where, fmt::format("'{}' is excluded and an adherent too", name(bound)));
        } else if (contains(excluded, bound)) {
            warn(one, where,
                 fmt::format("'{}' is excluded, and contains '{}', which is an adherent", name(excluded),
                             name(bound)));
        } else if (contains(bound, excluded)) {
            warn(one, where,
                 fmt::format("'{}' is excluded, and the adherent '{}' contains it", name(excluded),
                             name(bound)));
        } else if (register_.acts_for(excluded, bound, when) == Answer::yes) {
            warn(one, where,
                 fmt::format("'{}' is excluded, and acts for '{}', which is an adherent", name(excluded),
                             name(bound)));
        }
    }

    void check_duties(const Agreement& one, const AgreementPlaces& places) {
        for (std::size_t i = 0; i < one.duties.size(); ++i) {
            const auto& required = one.duties[i];
            if (required.deontic != Deontic::obligatory) continue;
            for (const auto& forbidden : one.duties) {
                if (forbidden.deontic != Deontic::prohibited) continue;
                for (const auto act : required.acts) {
                    const bool both = std::ranges::any_of(
                        forbidden.acts, [&](Act broader) { return is_kind_of(act, broader); });
                    if (!both) continue;
                    warn(one, places.duties[i],
                         fmt::format("duty '{}' requires {}, which duty '{}' forbids", required.id,
                                     name_of(act), forbidden.id));
                }
            }
        }
    }

    void check_mission() {
        if (parts_.mission_file == nullptr) return;
        const auto& mission = parts_.mission;
        const auto& file = *parts_.mission_file;
        if (!mission.focus.empty()) check_focus(mission.focus, file);
        if (mission.truce.empty()) return;
        std::vector<std::string_view> ids;
        for (const auto& one : parts_.agreements) ids.push_back(one.id);
        if (std::ranges::find(ids, mission.truce) == ids.end()) {
            result_.errors.push_back(at("mission.yaml", file.truce,
                                        fmt::format("truce: agreement '{}' is not defined{}",
                                                    shown(mission.truce), did_you_mean(mission.truce, ids))));
        }
    }

    void check_focus(std::string_view focus, const MissionFile& file) {
        std::vector<std::string_view> ids;
        std::vector<std::string_view> versions;
        for (const auto& area : parts_.areas.areas()) {
            ids.push_back(area.id);
            if (area.id == focus) versions.push_back(area.version);
        }
        if (versions.empty()) {
            result_.errors.push_back(
                at("mission.yaml", file.focus,
                   fmt::format("focus: area '{}' is not defined{}", shown(focus), did_you_mean(focus, ids))));
        } else if (!file.focus_version.empty() &&
                   std::ranges::find(versions, file.focus_version) == versions.end()) {
            result_.errors.push_back(
                at("mission.yaml", file.focus,
                   fmt::format("focus_version: area '{}' has no version '{}'; it has {}", shown(focus),
                               shown(file.focus_version), listed(versions))));
        }
    }

    void check_unused() {
        const auto& areas = parts_.areas;
        for (std::size_t i = 0; i < areas.areas().size(); ++i) {
            const auto& area = areas.areas()[i];
            const auto& definition = areas.definitions()[i];
            if (definition.used || area.admin_level || area.id == parts_.mission.focus) continue;
            result_.warnings.push_back(
                at(definition.file, {definition.line, 0},
                   fmt::format("area '{}'{} is used by no agreement", area.id,
                               area.version.empty() ? "" : fmt::format(" ({})", area.version))));
        }
        std::set<ActorId> related;
        for (const auto& actor : parts_.actors.actors()) {
            for (const auto& relation : actor.relations) related.insert(relation.other);
        }
        for (std::uint32_t i = 0; i < parts_.actors.actors().size(); ++i) {
            const auto& actor = parts_.actors.actors()[i];
            const auto& definition = parts_.actors.definitions()[i];
            const bool can_be_met = !actor.spellings.empty() || !actor.codes.ucdp.empty() ||
                                    !actor.codes.acled.empty() || !actor.codes.gdelt.empty();
            if (definition.used || can_be_met || !actor.relations.empty() || related.contains(ActorId{i}))
                continue;
            result_.warnings.push_back(at(
                definition.file, {definition.line, definition.column},
                fmt::format("actor '{}' is named by no agreement or relation, and has no spelling or code by "
                            "which a source could name it",
                            actor.id)));
        }
    }

    const MissionParts& parts_;
    ActorRegister register_;
    CheckResult result_;
    std::set<std::vector<std::uint32_t>> cycles_;
};

}  // namespace

CheckResult check(const MissionParts& parts) {
    return Checking(parts).run();
}

}  // namespace truce::sources
