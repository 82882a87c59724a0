// SPDX-License-Identifier: Apache-2.0
#include "analysis/hotspots.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <numeric>
#include <utility>

#include "analysis/numeric/circles.h"
#include "analysis/numeric/quantile.h"
#include "analysis/numeric/scan.h"
#include "base/random.h"

namespace truce::analysis {

namespace {

using numeric::CaseCluster;
using numeric::Circles;
using numeric::ScanDesign;
using numeric::ScanModel;
using numeric::ScanTable;
using numeric::ScanWindow;
using numeric::ScanWindows;
using std::chrono::days;

constexpr double chance_level = 0.05;
/// Streams of random numbers that no replicate uses.
constexpr std::uint64_t spreading_stream = std::numeric_limits<std::uint64_t>::max();

/// A cell of a grid of about so many kilometres, rows from the south, columns from the west.
using Cell = std::pair<std::int64_t, std::int64_t>;

Cell cell_of(Point place, Distance size) {
    constexpr double km_per_degree = 2 * std::numbers::pi * earth_radius_km / 360;
    const double degrees = size.in_km() / km_per_degree;
    const auto row = static_cast<std::int64_t>(std::floor(place.lat / degrees));
    const double middle = (static_cast<double>(row) + 0.5) * degrees * std::numbers::pi / 180;
    const double wide = degrees / std::max(std::cos(middle), 0.01);
    return {row, static_cast<std::int64_t>(std::floor(normalised(place).lon / wide))};
}

/// Where incidents are counted.
struct Sites {
    std::vector<Point> places;
    /// For each of the places given, its site.
    std::vector<std::uint32_t> of;
    std::optional<Distance> cell;
};

/// One site for each place, or, with too many, for each cell of a grid: in the middle of its places.
Sites sites_of(std::span<const Point> places, std::size_t most) {
    constexpr Distance same_place = Distance::metres(100);
    for (Distance size = same_place;;
         size = Distance::metres(size.in_metres() * (size == same_place ? 10 : 2))) {
        std::map<Cell, std::vector<std::uint32_t>> cells;
        for (std::uint32_t i = 0; i < places.size(); ++i) cells[cell_of(places[i], size)].push_back(i);
        if (cells.size() > std::max<std::size_t>(most, 1)) continue;
        Sites sites;
        sites.of.resize(places.size());
        for (const auto& [cell, members] : cells) {
            // A cell does not cross the antimeridian, so that its longitudes have a mean.
            Point mean;
            for (const std::uint32_t i : members) {
                sites.of[i] = static_cast<std::uint32_t>(sites.places.size());
                mean.lat += places[i].lat / static_cast<double>(members.size());
                mean.lon += normalised(places[i]).lon / static_cast<double>(members.size());
            }
            sites.places.push_back(mean);
        }
        if (size > same_place) sites.cell = size;
        return sites;
    }
}

/// An incident that is scanned: where it lies in the list given, and where and when it is counted.
struct Placed {
    std::uint32_t incident;
    std::uint32_t site;
    std::chrono::sys_days day;
    bool is_case;
};

/// Scans one list of incidents; the steps in the order of `run`.
class Scanning {
public:
    Scanning(std::span<const LocatedIncident> incidents, const HotspotSettings& settings)
        : incidents_(incidents), settings_(settings) {
        result_.model = settings.model;
        result_.when = settings.when;
        result_.study = settings.study;
        result_.seed = settings.seed;
        if (expects_baseline()) result_.baseline = settings.baseline;
    }

    Hotspots run() {
        sort_out();
        place();
        if ((result_.why_not = why_not())) return std::move(result_);
        lay_out_bins();
        const auto table = make_table();
        // Nothing that `why_not` lets pass can be refused.
        assert(table.has_value());
        search(*table);
        warn();
        return std::move(result_);
    }

private:
    [[nodiscard]] bool expects_baseline() const {
        return settings_.model == ScanModel::expectation_based_poisson;
    }
    [[nodiscard]] bool in_study(std::chrono::sys_days day) const { return settings_.study.contains(day); }

    /// Which incidents can be scanned, and why not the others.
    void sort_out() {
        LeftOutOfScan& left_out = result_.left_out;
        for (std::uint32_t i = 0; i < incidents_.size(); ++i) {
            const LocatedIncident& incident = incidents_[i];
            const auto day = middle_day(incident.days);
            const bool before = expects_baseline() && settings_.baseline.contains(day);
            if (!in_study(day) && !before) {
                ++left_out.outside;
            } else if (incident.days.length() > settings_.coarsest_time.count()) {
                ++left_out.coarse_time;
            } else if (!incident.centre) {
                ++left_out.no_place;
            } else if (incident.radius <= settings_.coarsest_place) {
                fine_.push_back(i);
            } else if (settings_.coarse_places == CoarsePlaces::spread) {
                coarse_.push_back(i);
            } else {
                ++left_out.coarse_place;
            }
        }
    }

    void place() {
        std::vector<Point> places;
        places.reserve(fine_.size());
        for (const std::uint32_t i : fine_) places.push_back(*incidents_[i].centre);
        if (settings_.model == ScanModel::poisson) {
            place_among_people(places);
        } else {
            sites_ = sites_of(places, settings_.most_sites);
        }
        for (std::size_t i = 0; i < fine_.size(); ++i) put(fine_[i], sites_.of[i]);
        spread();
        result_.sites = sites_.places.size();
        result_.cell = sites_.cell;
    }

    /// Where people live makes the sites; an incident belongs to the nearest of them.
    void place_among_people(std::span<const Point> places) {
        std::vector<Point> homes;
        for (const PopulatedPlace& home : settings_.population) {
            if (home.population > 0) homes.push_back(home.place);
        }
        sites_ = sites_of(homes, settings_.most_sites);
        people_.assign(sites_.places.size(), 0);
        std::size_t home = 0;
        for (const PopulatedPlace& populated : settings_.population) {
            if (populated.population > 0) people_[sites_.of[home++]] += populated.population;
        }
        sites_.of.clear();
        if (sites_.places.empty()) {
            sites_.of.assign(places.size(), 0);  // and so nothing is scanned, for want of people
            return;
        }
        for (std::size_t i = 0; i < places.size(); ++i) {
            const auto nearest = std::ranges::min_element(
                sites_.places, {}, [&](Point site) { return distance(site, places[i]); });
            sites_.of.push_back(static_cast<std::uint32_t>(nearest - sites_.places.begin()));
        }
    }

    void put(std::uint32_t incident, std::uint32_t site) {
        const auto day = middle_day(incidents_[incident].days);
        const Placed placed{
            .incident = incident, .site = site, .day = day, .is_case = incidents_[incident].is_case};
        (in_study(day) ? placed_ : before_).push_back(placed);
    }

    /// Draws a site for each incident of a coarse place.
    void spread() {
        std::vector<std::uint32_t> at_site(std::max<std::size_t>(sites_.places.size(), 1), 0);
        for (const auto* list : {&placed_, &before_}) {
            for (const Placed& placed : *list) ++at_site[placed.site];
        }
        Random random(settings_.seed, spreading_stream);
        for (const std::uint32_t i : coarse_) {
            std::vector<std::pair<std::uint32_t, std::uint64_t>> near;  // a site, and all up to it
            std::uint64_t all = 0;
            for (std::uint32_t site = 0; site < sites_.places.size(); ++site) {
                if (at_site[site] == 0 ||
                    distance(sites_.places[site], *incidents_[i].centre) > incidents_[i].radius) {
                    continue;
                }
                all += at_site[site];
                near.emplace_back(site, all);
            }
            if (near.empty()) {
                ++result_.left_out.coarse_place;
                continue;
            }
            const std::uint64_t drawn = random.below(all);
            put(i, std::ranges::upper_bound(near, drawn, {}, &std::pair<std::uint32_t, std::uint64_t>::second)
                       ->first);
            ++result_.spread;
        }
        std::ranges::sort(placed_, {}, &Placed::incident);
        result_.scanned = placed_.size();
        result_.baseline_incidents = before_.size();
        result_.cases = settings_.model == ScanModel::bernoulli
                            ? static_cast<std::uint64_t>(std::ranges::count_if(placed_, &Placed::is_case))
                            : placed_.size();
    }

    [[nodiscard]] std::optional<NoScan> why_not() const {
        if (settings_.model == ScanModel::poisson && sites_.places.empty()) return NoScan::no_population;
        if (placed_.size() < least_scanned) return NoScan::too_few_incidents;
        if (sites_.places.size() < 2) return NoScan::one_place;
        if (settings_.model == ScanModel::space_time_permutation &&
            std::ranges::all_of(placed_, [&](const Placed& p) { return p.day == placed_.front().day; })) {
            return NoScan::one_day;
        }
        if (expects_baseline() && (before_.empty() || settings_.baseline.empty()))
            return NoScan::nothing_before;
        if (settings_.model == ScanModel::bernoulli &&
            (result_.cases == 0 || result_.cases == placed_.size())) {
            return NoScan::all_of_one_kind;
        }
        return std::nullopt;
    }

    void lay_out_bins() {
        const auto length = std::max<std::int64_t>(settings_.bin.count(), 1);
        bin_ = days{length};
        bins_ = static_cast<std::size_t>((settings_.study.length() + length - 1) / length);
    }
    [[nodiscard]] std::uint32_t bin_of(std::chrono::sys_days day) const {
        const auto back = (settings_.study.end - days{1} - day) / bin_;
        return static_cast<std::uint32_t>(bins_ - 1 - static_cast<std::size_t>(back));
    }
    [[nodiscard]] Days days_of(std::uint32_t first_bin, std::uint32_t end_bin) const {
        const auto back = [&](std::uint32_t bin) {
            return settings_.study.end - bin_ * (static_cast<std::int64_t>(bins_) - bin);
        };
        return in_both({back(first_bin), back(end_bin)}, settings_.study);
    }

    [[nodiscard]] Result<ScanTable> make_table() const {
        std::vector<std::uint32_t> cases(sites_.places.size() * bins_, 0);
        std::vector<double> all(cases.size(), 0);
        for (const Placed& placed : placed_) {
            const std::size_t at = placed.site * bins_ + bin_of(placed.day);
            ++all[at];
            if (placed.is_case || settings_.model != ScanModel::bernoulli) ++cases[at];
        }
        switch (settings_.model) {
            case ScanModel::space_time_permutation:
                return ScanTable::make(settings_.model, sites_.places.size(), bins_, std::move(cases), {});
            case ScanModel::bernoulli:
                return ScanTable::make(settings_.model, sites_.places.size(), bins_, std::move(cases), all);
            case ScanModel::poisson:
                return ScanTable::make(settings_.model, sites_.places.size(), bins_, std::move(cases),
                                       by_day(people_));
            case ScanModel::expectation_based_poisson:
                return ScanTable::make(settings_.model, sites_.places.size(), bins_, std::move(cases),
                                       by_day(baseline_rates()));
        }
        return failure({.message = "no such model"});
    }

    /// Each site's rate times the days of each bin.
    [[nodiscard]] std::vector<double> by_day(std::span<const double> rates) const {
        std::vector<double> base;
        base.reserve(rates.size() * bins_);
        for (const double rate : rates) {
            for (std::uint32_t bin = 0; bin < bins_; ++bin) {
                base.push_back(rate * static_cast<double>(days_of(bin, bin + 1).length()));
            }
        }
        return base;
    }

    [[nodiscard]] std::vector<double> baseline_rates() const {
        std::vector<double> counts(sites_.places.size(), 0);
        for (const Placed& placed : before_) ++counts[placed.site];
        const auto all = static_cast<double>(before_.size());
        const auto sites = static_cast<double>(counts.size());
        const double drawn_by = std::min(0.5, all / sites / 2);
        const double scale =
            all / (all + drawn_by * sites) / static_cast<double>(settings_.baseline.length());
        for (double& count : counts) count = (count + drawn_by) * scale;
        return counts;
    }

    /// Sites within reach of one another, about the busiest of them first.
    [[nodiscard]] std::vector<std::uint32_t> neighbourhoods() const {
        std::vector<std::uint32_t> at_site(sites_.places.size(), 0);
        for (const Placed& placed : placed_) ++at_site[placed.site];
        std::vector<std::uint32_t> order(sites_.places.size());
        std::iota(order.begin(), order.end(), 0U);
        std::ranges::stable_sort(order, std::ranges::greater{},
                                 [&](std::uint32_t site) { return at_site[site]; });
        std::vector<std::uint32_t> centres;
        std::vector<std::uint32_t> of(sites_.places.size(), 0);
        for (const std::uint32_t site : order) {
            Distance nearest = settings_.cluster_distance;
            bool found = false;
            for (std::uint32_t i = 0; i < centres.size(); ++i) {
                const Distance away = distance(sites_.places[site], sites_.places[centres[i]]);
                if (away > nearest || (found && away == nearest)) continue;
                nearest = away;
                found = true;
                of[site] = i;
            }
            if (found) continue;
            of[site] = static_cast<std::uint32_t>(centres.size());
            centres.push_back(site);
        }
        return of;
    }

    /// What lies in one neighbourhood and in one stretch of bins belongs together.
    [[nodiscard]] std::vector<CaseCluster> clusters() {
        const std::vector<std::uint32_t> neighbourhood = neighbourhoods();
        const auto stretch =
            static_cast<std::uint32_t>(std::max<std::int64_t>(settings_.cluster_time / bin_, 1));
        std::map<std::array<std::uint32_t, 2>, std::map<std::array<std::uint32_t, 2>, std::uint32_t>>
            gathered;
        for (const Placed& placed : placed_) {
            const std::uint32_t bin = bin_of(placed.day);
            const auto back = static_cast<std::uint32_t>(bins_ - 1 - bin) / stretch;
            ++gathered[{neighbourhood[placed.site], back}][{placed.site, bin}];
        }
        measure_closeness(gathered);
        std::vector<CaseCluster> clusters;
        for (const auto& [key, cells] : gathered) {
            CaseCluster& cluster = clusters.emplace_back();
            for (const auto& [cell, count] : cells) {
                cluster.cases.push_back({.site = cell[0], .bin = cell[1], .count = count});
            }
        }
        return clusters;
    }

    template <class Gathered>
    void measure_closeness(const Gathered& gathered) {
        const auto pairs = [](double n) { return n * (n - 1) / 2; };
        std::map<std::uint32_t, double> by_place;
        std::map<std::uint32_t, double> by_time;
        double close = 0;
        for (const auto& [key, cells] : gathered) {
            double count = 0;
            for (const auto& [cell, n] : cells) count += n;
            close += pairs(count);
            by_place[key[0]] += count;
            by_time[key[1]] += count;
        }
        double in_place = 0;
        double in_time = 0;
        for (const auto& [place, count] : by_place) in_place += pairs(count);
        for (const auto& [time, count] : by_time) in_time += pairs(count);
        const double expected = in_place * in_time / pairs(static_cast<double>(placed_.size()));
        if (expected > 0) result_.closeness = close / expected;
    }

    void search(const ScanTable& table) {
        const Circles circles(sites_.places, table.weights(),
                              {.radius = settings_.radius, .share = settings_.share});
        const auto longest = static_cast<std::size_t>((settings_.longest + bin_ - days{1}) / bin_);
        const bool going_on = settings_.when == HotspotSettings::When::going_on;
        const ScanDesign design{
            .windows = {.end = going_on ? ScanWindows::End::last_bin : ScanWindows::End::anywhere,
                        .longest = std::max<std::size_t>(longest, 1)},
            .least_cases = settings_.least_incidents};
        const auto found = numeric::most_likely_apart(table, circles, design, settings_.most_hotspots);
        std::vector<CaseCluster> together = clusters();
        if (found.empty()) return;

        const bool twice = settings_.model != ScanModel::bernoulli;
        single_ = replicates(table, circles, design, numeric::single_cases(table, settings_.seed), 0,
                             twice ? 0.5 : 1);
        if (twice) {
            clustered_ =
                replicates(table, circles, design,
                           numeric::clustered_cases(table, std::move(together), settings_.seed), 0.5, 1);
        }
        result_.replicates = static_cast<std::uint32_t>(single_.size());
        std::vector<double> sorted = single_;
        std::ranges::sort(sorted);
        if (!sorted.empty()) result_.critical = numeric::sample_quantile(sorted, {1 - chance_level});
        for (const ScanWindow& window : found) {
            Hotspot hotspot = describe(window, circles);
            if (!result_.hotspots.empty() && hotspot.evidence == Evidence::within_chance) break;
            result_.hotspots.push_back(std::move(hotspot));
        }
    }

    [[nodiscard]] std::vector<double> replicates(const ScanTable& table, const Circles& circles,
                                                 const ScanDesign& design,
                                                 const numeric::Replicate& replicate, double from,
                                                 double to) const {
        std::function<bool(std::size_t)> go_on;
        if (settings_.go_on) {
            go_on = [this, from, to](std::size_t done) {
                return settings_.go_on(from + (to - from) * static_cast<double>(done) / settings_.replicates);
            };
        }
        return numeric::greatest_of_replicates(
            table, circles, design, replicate,
            {.replicates = settings_.replicates, .threads = settings_.threads}, go_on);
    }

    [[nodiscard]] Rarity rarity(double statistic, std::span<const double> greatest) const {
        Rarity rarity{.p = numeric::rank_p(statistic, greatest),
                      .gumbel_p = numeric::gumbel_p(statistic, greatest),
                      .recurrence_days = {}};
        if (settings_.when == HotspotSettings::When::going_on) {
            const bool beyond_all = rarity.p <= 1 / (1 + static_cast<double>(greatest.size())) * (1 + 1e-9);
            const double p = beyond_all && rarity.gumbel_p ? std::min(rarity.p, *rarity.gumbel_p) : rarity.p;
            // One in so many days that no record reaches back: a longer interval says nothing more.
            constexpr double longest = 1e7;
            rarity.recurrence_days =
                std::min(static_cast<double>(settings_.between_scans.count()) / std::max(p, 1e-12), longest);
        }
        return rarity;
    }

    [[nodiscard]] Hotspot describe(const ScanWindow& window, const Circles& circles) const {
        Hotspot hotspot{.area = {sites_.places[window.centre],
                                 Distance::km(circles.radius(window.centre, window.members))},
                        .days = days_of(window.first_bin, window.end_bin),
                        .incidents = window.cases,
                        .expected = window.expected,
                        .statistic = window.statistic,
                        .single = rarity(window.statistic, single_),
                        .clustered = {},
                        .members = {}};
        if (settings_.model != ScanModel::bernoulli) hotspot.clustered = rarity(window.statistic, clustered_);
        const Rarity& cautious = hotspot.clustered && hotspot.clustered->p >= hotspot.single.p
                                     ? *hotspot.clustered
                                     : hotspot.single;
        hotspot.evidence = cautious.p <= chance_level         ? Evidence::clear
                           : hotspot.single.p <= chance_level ? Evidence::only_if_independent
                                                              : Evidence::within_chance;
        hotspot.alarm = cautious.recurrence_days &&
                        *cautious.recurrence_days >= static_cast<double>(settings_.alarm.count());
        std::vector<char> inside(sites_.places.size(), 0);
        for (const std::uint32_t site : circles.members(window.centre).first(window.members))
            inside[site] = 1;
        for (const Placed& placed : placed_) {
            if (inside[placed.site] != 0 && hotspot.days.contains(placed.day) &&
                (placed.is_case || settings_.model != ScanModel::bernoulli)) {
                hotspot.members.push_back(placed.incident);
            }
        }
        assert(hotspot.members.size() == hotspot.incidents);
        return hotspot;
    }

    void warn() {
        constexpr double much_left_out = 0.2;
        constexpr double close = 1.5;
        constexpr std::uint64_t thin = 50;
        const bool permutation = settings_.model == ScanModel::space_time_permutation;
        if (permutation && settings_.truce && !in_both(*settings_.truce, settings_.study).empty()) {
            result_.warnings.push_back(ScanWarning::relative);
        }
        if (permutation && places_change()) result_.warnings.push_back(ScanWarning::coverage_changes);
        const bool p_differ = std::ranges::any_of(result_.hotspots, [](const Hotspot& hotspot) {
            return hotspot.evidence == Evidence::only_if_independent;
        });
        if (p_differ || result_.closeness.value_or(0) > close) {
            result_.warnings.push_back(ScanWarning::self_excitation);
        }
        const LeftOutOfScan& left_out = result_.left_out;
        const auto coarse = static_cast<double>(left_out.no_place + left_out.coarse_place +
                                                left_out.coarse_time + result_.spread);
        const auto all = static_cast<double>(incidents_.size() - left_out.outside);
        if (coarse > much_left_out * all) result_.warnings.push_back(ScanWarning::low_precision);
        if (expects_baseline() && result_.baseline_incidents < thin) {
            result_.warnings.push_back(ScanWarning::thin_baseline);
        }
    }

    /// Whether many more incidents lie at places seen in one half of the study alone than would by chance.
    [[nodiscard]] bool places_change() const {
        constexpr double many = 0.15;
        const std::vector<std::uint32_t> neighbourhood = neighbourhoods();
        const auto middle = settings_.study.first + days{settings_.study.length() / 2};
        std::map<std::uint32_t, std::array<double, 2>> halves;
        double early = 0;
        for (const Placed& placed : placed_) {
            const bool late = placed.day >= middle;
            ++halves[neighbourhood[placed.site]][late ? 1 : 0];
            if (!late) ++early;
        }
        const auto all = static_cast<double>(placed_.size());
        const double share = early / all;
        double excess = 0;
        for (const auto& [place, counts] : halves) {
            const double n = counts[0] + counts[1];
            const bool one_half = counts[0] == 0 || counts[1] == 0;
            excess += n * ((one_half ? 1 : 0) - std::pow(share, n) - std::pow(1 - share, n));
        }
        return excess > many * all;
    }

    std::span<const LocatedIncident> incidents_;
    const HotspotSettings& settings_;
    Hotspots result_;
    std::vector<std::uint32_t> fine_;
    std::vector<std::uint32_t> coarse_;
    Sites sites_;
    std::vector<double> people_;
    std::vector<Placed> placed_;
    std::vector<Placed> before_;
    days bin_{1};
    std::size_t bins_ = 0;
    std::vector<double> single_;
    std::vector<double> clustered_;
};

}  // namespace

Hotspots find_hotspots(std::span<const LocatedIncident> incidents, const HotspotSettings& settings) {
    assert(!settings.study.empty());
    return Scanning(incidents, settings).run();
}

}  // namespace truce::analysis
