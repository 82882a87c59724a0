// SPDX-License-Identifier: Apache-2.0
#include "assessment/hotspot_scan.h"

#include <algorithm>
#include <map>
#include <set>

#include "geo/share.h"

namespace truce {
namespace {

using analysis::Days;
using std::chrono::days;

/// The longest stretch of days that a default scan looks back on.
constexpr days a_year{365};
/// The share from which on an incident is counted as inside.
constexpr double enough = 0.5;

bool is_selected(const Incident& incident, const ScanGround& ground) {
    return std::ranges::all_of(incident.accounts, [&](AccountId id) {
        return ground.sources[ground.accounts[id.value].source.value].recording == Recording::selection;
    });
}

/// One local truce: its area in every version, and its commitments.
struct LocalTruce {
    std::set<AreaId> versions;
    std::vector<const Commitment*> commitments;
};

std::map<AgreementId, LocalTruce> local_truces(const ScanGround& ground) {
    std::map<AgreementId, LocalTruce> truces;
    for (const Commitment& commitment : ground.commitments) {
        if (!commitment.area) continue;
        const bool whole_country = std::ranges::any_of(commitment.area->versions, [&](const auto& version) {
            return ground.areas[version.area].admin_level == 0;
        });
        if (whole_country) continue;
        LocalTruce& truce = truces[commitment.agreement];
        for (const auto& version : commitment.area->versions) truce.versions.insert(version.area);
        truce.commitments.push_back(&commitment);
    }
    return truces;
}

HotspotInTruce::Force force_during(const LocalTruce& truce, Period period) {
    bool unknown = false;
    for (const Commitment* commitment : truce.commitments) {
        for (const Force& force : commitment->in_force) {
            if (!overlap({force.from.latest, force.until.earliest}, period).empty()) {
                return HotspotInTruce::Force::in_force;
            }
            if (!overlap({force.from.earliest, force.until.latest}, period).empty()) unknown = true;
        }
    }
    return unknown ? HotspotInTruce::Force::unknown : HotspotInTruce::Force::not_in_force;
}

bool meet(const Box& a, const Box& b) {
    return a.south <= b.north && b.south <= a.north && a.west <= b.east && b.west <= a.east;
}

/// Which versions of an area hold an incident's place.
class Holding {
public:
    explicit Holding(const AreaRegister& areas) : areas_(areas) {}

    bool holds(AreaId area, const Place& place) {
        if (place.within && !place.centre) return within(area, *place.within);
        if (!place.centre) return false;
        const Disc disc{*place.centre, place.radius};
        const auto box = areas_[area].shape.bounds();
        return box && meet(*box, bounds(disc)) && share(disc, areas_[area].shape) >= enough;
    }

private:
    bool within(AreaId area, AreaId part) {
        const auto [known, asked_first] = shares_.try_emplace({area, part}, 0);
        if (asked_first) known->second = share(areas_[part].shape, areas_[area].shape).value_or(0);
        return known->second >= enough;
    }

    const AreaRegister& areas_;
    std::map<std::pair<AreaId, AreaId>, double> shares_;
};

std::vector<HotspotInTruce> truces_of(const analysis::Hotspot& hotspot, std::span<const Incident> incidents,
                                      const ScanGround& ground,
                                      const std::map<AgreementId, LocalTruce>& truces, Holding& holding) {
    const Period period = ground.zone.days(hotspot.days.first, hotspot.days.end - days{1});
    std::vector<HotspotInTruce> touched;
    for (const auto& [agreement, truce] : truces) {
        HotspotInTruce one{.agreement = agreement, .force = force_during(truce, period)};
        for (const std::uint32_t member : hotspot.members) {
            std::size_t in = 0;
            for (const AreaId version : truce.versions) {
                in += holding.holds(version, incidents[member].what.place) ? 1U : 0U;
            }
            if (in == truce.versions.size()) {
                ++one.inside;
            } else if (in > 0) {
                ++one.perhaps;
            }
        }
        if (one.inside + one.perhaps > 0) touched.push_back(one);
    }
    return touched;
}

/// What most members call the place; of equally many the first by name.
std::string place_named(const analysis::Hotspot& hotspot, std::span<const Incident> incidents) {
    for (const auto part : {&Place::name, &Place::admin2, &Place::admin1}) {
        std::map<std::string, std::size_t> counts;
        for (const std::uint32_t member : hotspot.members) {
            const std::string name(incidents[member].what.place.*part);
            if (!name.empty()) ++counts[name];
        }
        const auto most = std::ranges::max_element(counts, {}, [](const auto& one) { return one.second; });
        if (most != counts.end()) return most->first;
    }
    return {};
}

}  // namespace

analysis::HotspotSettings scan_settings(const Mission& mission, numeric::ScanModel model, Days days_assessed,
                                        const std::optional<analysis::TruceDays>& truce) {
    analysis::HotspotSettings settings;
    settings.model = model;
    settings.seed = mission.seed;
    settings.study = in_both(days_assessed, {days_assessed.end - a_year, days_assessed.end});
    if (!truce) return settings;
    settings.truce = in_both(days_assessed, {truce->first, truce->end.value_or(days_assessed.end)});
    if (model == numeric::ScanModel::expectation_based_poisson) {
        settings.study = in_both(settings.study, {truce->first, days_assessed.end});
        const int apart = std::clamp(mission.set_apart_days, 0, mission.baseline_days);
        settings.baseline = in_both(days_assessed, {truce->before_end - days{mission.baseline_days},
                                                    truce->before_end - days{apart}});
    }
    return settings;
}

analysis::HotspotSettings bounded_scan_settings(analysis::HotspotSettings settings, std::size_t incidents) {
    constexpr std::size_t most_sites = 400;
    constexpr std::size_t many_incidents = 20'000;
    settings.most_sites = std::min(settings.most_sites, most_sites);
    if (incidents > many_incidents) {
        const std::size_t fewer = (settings.replicates + 1) * many_incidents / incidents;
        // One less than a multiple of a hundred, so that ranks give round p-values.
        settings.replicates = static_cast<std::uint32_t>(std::max<std::size_t>(fewer / 100, 1) * 100 - 1);
    }
    return settings;
}

HotspotScan scan_for_hotspots(std::span<const Incident> incidents, std::span<const Days> days_of_incidents,
                              const ScanGround& ground, const analysis::HotspotSettings& settings,
                              const std::function<bool(const Incident&)>& is_case) {
    std::vector<analysis::LocatedIncident> located;
    std::vector<std::uint32_t> place_of;
    HotspotScan scan;
    for (std::uint32_t i = 0; i < incidents.size(); ++i) {
        const Incident& incident = incidents[i];
        if (is_selected(incident, ground)) {
            ++scan.selected;
            continue;
        }
        place_of.push_back(i);
        located.push_back({.days = days_of_incidents[i],
                           .centre = incident.what.place.centre,
                           .radius = incident.what.place.radius,
                           .is_case = !is_case || is_case(incident)});
    }
    scan.found = analysis::find_hotspots(located, settings);
    if (located.empty() && scan.selected > 0) scan.found.why_not = analysis::NoScan::selection_only;

    const auto truces = local_truces(ground);
    Holding holding(ground.areas);
    for (analysis::Hotspot& hotspot : scan.found.hotspots) {
        for (std::uint32_t& member : hotspot.members) member = place_of[member];
        scan.hotspots.push_back({.found = hotspot,
                                 .place = place_named(hotspot, incidents),
                                 .truces = truces_of(hotspot, incidents, ground, truces, holding)});
    }
    return scan;
}

}  // namespace truce
