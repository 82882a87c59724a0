// SPDX-License-Identifier: Apache-2.0
#include "adjudication/adjudicate_all.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <iterator>
#include <limits>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_map>
#include <utility>

#include "adjudication/lookups.h"
#include "base/large_pages.h"
#include "geo/area_index.h"

namespace truce {
namespace {

constexpr std::uint32_t not_indexed = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t most_standings = 1U << 24U;
constexpr std::size_t most_bucket_entries = 1U << 22U;
constexpr std::size_t most_buckets = 256;
constexpr std::size_t chunk_size = 1024;

/// The areas that commitments speak of, indexed.
struct IndexedAreas {
    std::vector<std::uint32_t> shape_of;  // by area id
    AreaIndex index;

    static IndexedAreas of(std::span<const Commitment> commitments, const AreaRegister& areas,
                           unsigned threads) {
        std::vector<std::uint32_t> shape_of(areas.areas().size(), not_indexed);
        std::vector<const Shape*> shapes;
        for (const auto& commitment : commitments) {
            for_each_clause(commitment, [&](const AreaClause& clause) {
                for (const auto& version : clause.versions) {
                    auto& shape = shape_of[version.area.value];
                    if (shape != not_indexed) continue;
                    shape = static_cast<std::uint32_t>(shapes.size());
                    shapes.push_back(&areas[version.area].shape);
                }
            });
        }
        return {std::move(shape_of), AreaIndex(std::span<const Shape* const>(shapes), {.threads = threads})};
    }
};

/// How actors stand to the parties that commitments name: which of them, and when that changes.
struct StandingKeys {
    std::vector<sys_seconds> changes;
    std::vector<std::uint32_t> party_number;  // by actor id
    std::size_t parties = 0;
    std::size_t actors = 0;

    static StandingKeys of(std::span<const Commitment> commitments, const ActorRegister& actors) {
        StandingKeys keys;
        keys.changes = relation_changes(actors);
        keys.actors = actors.actors().size();
        keys.party_number.assign(keys.actors, not_indexed);
        const auto note = [&](ActorId party) {
            auto& number = keys.party_number[party.value];
            if (number == not_indexed) number = static_cast<std::uint32_t>(keys.parties++);
        };
        for (const auto& commitment : commitments) {
            for (const auto& adherent : commitment.bound) note(adherent.actor);
            for (const auto& adherent : commitment.adherents) note(adherent.actor);
            for (const auto& exclusion : commitment.excluded) note(exclusion.actor);
        }
        return keys;
    }
    /// Between two changes all standings stay as they are: that stretch's number.
    [[nodiscard]] std::size_t epoch(sys_seconds when) const {
        return static_cast<std::size_t>(std::ranges::upper_bound(changes, when) - changes.begin());
    }
    [[nodiscard]] std::size_t size() const { return (changes.size() + 1) * parties * actors; }
};

/// Shares of areas in areas: polygon intersections, each worked out once for all threads.
class AreaShares {
public:
    Chance of(const AreaRegister& areas, AreaId part, AreaId whole) const {
        const auto key = (static_cast<std::uint64_t>(part.value) << 32U) | whole.value;
        {
            const std::lock_guard lock(mutex_);
            if (const auto known = shares_.find(key); known != shares_.end()) return known->second;
        }
        const auto chance = share_between(areas, part, whole);
        const std::lock_guard lock(mutex_);
        shares_.emplace(key, chance);
        return chance;
    }

private:
    mutable std::mutex mutex_;
    mutable std::unordered_map<std::uint64_t, Chance> shares_;
};

/// Lookups that remember. One for each thread.
class RememberedLookups final : public Lookups {
public:
    RememberedLookups(const Setting& setting, const IndexedAreas& areas, const StandingKeys& keys,
                      const AreaShares& shares)
        : Lookups(setting), areas_(areas), keys_(keys), shares_(shares) {
        if (keys.size() <= most_standings) standings_.assign(keys.size(), unset);
    }

    [[nodiscard]] Standing standing(ActorId actor, ActorId party, Period during) const override {
        auto epoch = keys_.epoch(during.first);
        auto standing = in_epoch(actor, party, epoch);
        while (epoch < keys_.changes.size() && keys_.changes[epoch] < during.end) {
            standing = together(standing, in_epoch(actor, party, ++epoch));
        }
        return standing;
    }

    [[nodiscard]] double share_in(const Disc& disc, AreaId area) const override {
        const auto shape = areas_.shape_of[area.value];
        if (last_area_ == area && last_disc_ == disc) return last_share_;
        if (disc.radius.in_metres() <= 0.0) {
            last_share_ = areas_.index.contains(shape, disc.centre) ? 1.0 : 0.0;
        } else {
            last_share_ = areas_.index.share(shape, disc);
        }
        last_disc_ = disc;
        last_area_ = area;
        return last_share_;
    }

    [[nodiscard]] Chance share_of(AreaId part, AreaId whole) const override {
        return shares_.of(setting().areas, part, whole);
    }

private:
    static constexpr std::uint8_t unset = 255;

    Standing in_epoch(ActorId actor, ActorId party, std::size_t epoch) const {
        const auto when = epoch == 0 ? open_start : keys_.changes[epoch - 1];
        if (standings_.empty()) return standing_at(setting().actors, actor, party, when);
        const auto number = keys_.party_number[party.value];
        auto& known = standings_[(epoch * keys_.parties + number) * keys_.actors + actor.value];
        if (known == unset) {
            known = static_cast<std::uint8_t>(standing_at(setting().actors, actor, party, when));
        }
        return static_cast<Standing>(known);
    }

    const IndexedAreas& areas_;
    const StandingKeys& keys_;
    const AreaShares& shares_;
    mutable std::vector<std::uint8_t> standings_;
    mutable std::optional<AreaId> last_area_;
    mutable Disc last_disc_;
    mutable double last_share_ = 0.0;
};

/// A box of floats that holds a box of doubles.
struct RoughBox {
    float south = -90;
    float west = -360;
    float north = 90;
    float east = 360;
};

float below(double value) {
    return std::nextafter(static_cast<float>(value), -std::numeric_limits<float>::infinity());
}
float above(double value) {
    return std::nextafter(static_cast<float>(value), std::numeric_limits<float>::infinity());
}

/// Around everything within the disc; all longitudes near the poles and across the antimeridian.
RoughBox box_around(const Place& place) {
    constexpr double slack = 1e-9;
    constexpr double km_per_degree = 111.0;  // less than a degree of latitude has: the box is generous
    constexpr double near_pole = 89.0;
    const auto centre = *place.centre;
    const double lat = place.radius.in_km() / km_per_degree + slack;
    const double furthest = std::abs(centre.lat) + lat;
    RoughBox box;
    box.south = below(centre.lat - lat);
    box.north = above(centre.lat + lat);
    if (furthest >= near_pole) return box;
    constexpr double radians = 3.14159265358979323846 / 180.0;
    const double lon = lat / std::cos(furthest * radians) * 1.01 + slack;
    if (std::abs(centre.lon) + lon >= 180.0) return box;
    box.west = below(centre.lon - lon);
    box.east = above(centre.lon + lon);
    return box;
}

/// Around everything that some drawing of the commitment's area holds.
RoughBox box_of(const Commitment& commitment, const AreaRegister& areas) {
    if (!commitment.area) return {};
    RoughBox all{90, 360, -90, -360};
    for (const auto& version : commitment.area->versions) {
        const auto box = areas[version.area].shape.bounds();
        if (!box) continue;
        all.south = std::min(all.south, below(box->south));
        all.west = std::min(all.west, below(box->west));
        all.north = std::max(all.north, above(box->north));
        all.east = std::max(all.east, above(box->east));
    }
    return all;
}

/// A commitment's outer limits in time and space: what lies beyond them needs no closer look.
struct Limits {
    sys_seconds first;
    sys_seconds end;
    RoughBox box;
    std::uint32_t commitment;
    /// Between the limits there are stretches out of force.
    bool has_gaps;

    [[nodiscard]] bool meets(Period window) const { return first < window.end && end > window.first; }
    /// Without a branch: most do not meet, and which does is not to be guessed.
    [[nodiscard]] bool meets(const RoughBox& other) const {
        return (box.south <= other.north) & (box.north >= other.south) & (box.west <= other.east) &
               (box.east >= other.west);
    }
};

/// Commitments by stretches of time: the limits of those that may be in force within each.
///
/// There are several calendars, each with stretches twice as long as the one before it. Stretches overlap by half, so that any
/// window that is no longer than half of one lies wholly in some stretch.
class Calendar {
public:
    explicit Calendar(std::vector<Limits> limits) : all_(std::move(limits)) {
        auto first = open_end;
        auto last = open_start;
        const auto note = [&](sys_seconds instant) {
            if (instant <= open_start || instant >= open_end) return;
            first = std::min(first, instant);
            last = std::max(last, instant);
        };
        for (const auto& one : all_) {
            note(one.first);
            note(one.end);
        }
        if (first > last) first = last = sys_seconds{};
        const auto wanted = std::clamp<std::size_t>(
            most_bucket_entries / std::max<std::size_t>(1, all_.size()), 1, most_buckets);
        start_ = first;
        auto step = std::max(std::chrono::seconds{std::chrono::days{1}},
                             (last - first) / static_cast<long>(wanted) + std::chrono::seconds{1});
        for (std::size_t level = 0; level < most_levels; ++level, step *= 2) {
            levels_.push_back({step, {}});
            levels_.back().stretches.resize(static_cast<std::size_t>((last - first) / step) + 1);
            for (const auto& one : all_) {
                // Stretch b reaches from step b to the end of step b + 1.
                const auto from = step_of(levels_.back(), one.first);
                const auto to = step_of(levels_.back(), one.end);
                for (auto b = from == 0 ? 0 : from - 1; b <= to; ++b) levels_.back().stretches[b].push_back(one);
            }
            if (levels_.back().stretches.size() == 1) break;
        }
    }
    /// Those that may be in force within the window, and others, in order.
    [[nodiscard]] std::span<const Limits> near(Period window) const {
        for (const auto& level : levels_) {
            const auto from = step_of(level, window.first);
            if (step_of(level, window.end) <= from + 1) return level.stretches[from];
        }
        return all_;
    }

private:
    static constexpr std::size_t most_levels = 5;
    struct Level {
        std::chrono::seconds step;
        std::vector<std::vector<Limits>> stretches;
    };
    /// Clamped: the first and the last stretch reach to the ends of time.
    [[nodiscard]] std::size_t step_of(const Level& level, sys_seconds instant) const {
        if (instant <= start_) return 0;
        return std::min(level.stretches.size() - 1, static_cast<std::size_t>((instant - start_) / level.step));
    }

    sys_seconds start_;
    std::vector<Level> levels_;
    std::vector<Limits> all_;
};

void count(PassedOver& passed_over, Reason reason) {
    if (reason == Reason::before_entry_into_force) {
        ++passed_over.before;
    } else if (reason == Reason::suspended || reason == Reason::between_periods) {
        ++passed_over.in_a_pause;
    } else {
        ++passed_over.after;
    }
}

/// The number of `sorted` that are at least `instant`.
std::uint32_t at_least(const std::vector<sys_seconds>& sorted, sys_seconds instant) {
    return static_cast<std::uint32_t>(sorted.end() - std::ranges::lower_bound(sorted, instant));
}
std::uint32_t at_most(const std::vector<sys_seconds>& sorted, sys_seconds instant) {
    return static_cast<std::uint32_t>(std::ranges::upper_bound(sorted, instant) - sorted.begin());
}

/// What one chunk of incidents came to.
struct Chunk {
    std::vector<Finding> findings;
    std::vector<std::uint32_t> counts;
    std::vector<PassedOver> passed_over;
    std::vector<CommitmentId> between_others;  // of the incident at hand
};

}  // namespace

struct CommitmentIndex::Prepared {
    Prepared(std::span<const Commitment> given, const Setting& set, unsigned threads)
        : commitments(given),
          setting(set),
          areas(IndexedAreas::of(given, set.areas, threads)),
          keys(StandingKeys::of(given, set.actors)),
          calendar(limits_of(given, set.areas)) {
        for (const auto& one : calendar.near({open_start, open_end})) {
            const auto& commitment = commitments[one.commitment];
            const auto& stretches = commitment.in_force;
            // Where entry and first stretch differ, or the last ends in a suspension, the reason takes a
            // look.
            const bool plain =
                stretches.front().from == commitment.entered && stretches.back().ending != Ending::suspension;
            if (plain) {
                starts.push_back(one.first);
                ends.push_back(one.end);
            } else {
                unplain.push_back(one);
            }
        }
        std::ranges::sort(starts);
        std::ranges::sort(ends);
    }

    static std::vector<Limits> limits_of(std::span<const Commitment> commitments, const AreaRegister& areas) {
        std::vector<Limits> limits;
        limits.reserve(commitments.size());
        for (std::uint32_t c = 0; c < commitments.size(); ++c) {
            const auto& commitment = commitments[c];
            auto end = open_start;
            for (const auto& stretch : commitment.in_force) end = std::max(end, stretch.until.latest);
            const auto first = commitment.in_force.front().from.earliest;
            const bool has_gaps = commitment.in_force.size() > 1 || end <= first;
            limits.push_back({first, end, box_of(commitment, areas), c, has_gaps});
        }
        return limits;
    }

    /// Whether the place may lie in the commitment's area, under whosever drawing.
    bool may_be_inside(const Place& place, const Commitment& commitment, const Lookups& lookups) const {
        if (!commitment.area || (!place.within && !is_usable_disc(place))) return true;
        return std::ranges::any_of(commitment.area->versions, [&](const AreaClause::Version& version) {
            return share_of_place(place, version.area, lookups).high > chance_rounding;
        });
    }

    void adjudicate_one(const Incident& incident, IncidentId id, const Lookups& lookups, Chunk& chunk) const {
        const auto& what = incident.what;
        Period window = what.when.window;
        if (window.empty()) window.end = window.first + std::chrono::seconds{1};
        PassedOver passed_over;
        passed_over.before = at_least(starts, window.end);
        passed_over.after = at_most(ends, window.first);
        for (const auto& one : unplain) {
            if (one.meets(window)) continue;  // met below
            count(passed_over, check_in_force(what.when, commitments[one.commitment]).reason);
        }
        // A share of so long a window may be too small to count as one.
        const bool vague = window.length() > std::chrono::days{366};
        const auto before = chunk.findings.size();
        const bool is_disc = !what.place.within && is_usable_disc(what.place);
        const auto around = is_disc ? box_around(what.place) : RoughBox{};
        std::uint32_t in_time = 0;
        std::uint32_t in_place = 0;
        auto& others = chunk.between_others;
        others.clear();
        const auto judge_it = [&](CommitmentId of) {
            ++in_place;
            chunk.findings.push_back(judge(incident, id, commitments[of.value], of, lookups));
        };
        for (const auto& one : calendar.near(window)) {
            const bool now = one.meets(window);
            in_time += static_cast<std::uint32_t>(now);
            const CommitmentId id_of_one{one.commitment};
            const bool look = one.has_gaps | vague;
            const bool here = one.meets(around);
            if (!(now & (look | here))) continue;
            const auto& commitment = commitments[one.commitment];
            if (look) {
                const auto in_force = check_in_force(what.when, commitment);
                if (in_force.chance.high <= 0.0) {
                    count(passed_over, in_force.reason);
                    --in_time;
                    continue;
                }
                if (!here) continue;
            }
            if (lies_between_others(incident, commitment, lookups)) {
                others.push_back(id_of_one);
            } else if (may_be_inside(what.place, commitment, lookups)) {
                judge_it(id_of_one);
            }
        }
        passed_over.between_others = static_cast<std::uint32_t>(others.size());
        if (in_place == 0) {
            const auto first = std::ranges::find_if(others, [&](CommitmentId of) {
                return may_be_inside(what.place, commitments[of.value], lookups);
            });
            if (first != others.end()) {
                judge_it(*first);
                --passed_over.between_others;
            }
        }
        passed_over.outside = in_time - in_place - passed_over.between_others;
        chunk.counts.push_back(static_cast<std::uint32_t>(chunk.findings.size() - before));
        chunk.passed_over.push_back(passed_over);
    }

    std::span<const Commitment> commitments;
    Setting setting;
    IndexedAreas areas;
    StandingKeys keys;
    Calendar calendar;
    std::vector<sys_seconds> starts;
    std::vector<sys_seconds> ends;
    std::vector<Limits> unplain;
    AreaShares shares;

    /// What earlier calls remember is lent to later ones, to one thread at a time.
    [[nodiscard]] std::unique_ptr<RememberedLookups> borrow() const {
        const std::lock_guard lock(lending);
        if (idle.empty()) return std::make_unique<RememberedLookups>(setting, areas, keys, shares);
        auto lookups = std::move(idle.back());
        idle.pop_back();
        return lookups;
    }
    void give_back(std::unique_ptr<RememberedLookups> lookups) const {
        const std::lock_guard lock(lending);
        idle.push_back(std::move(lookups));
    }
    mutable std::mutex lending;
    mutable std::vector<std::unique_ptr<RememberedLookups>> idle;
};

CommitmentIndex::CommitmentIndex(std::span<const Commitment> commitments, const Setting& setting,
                                 unsigned threads)
    : prepared_(std::make_unique<const Prepared>(commitments, setting, threads)) {}
CommitmentIndex::CommitmentIndex(CommitmentIndex&&) noexcept = default;
CommitmentIndex& CommitmentIndex::operator=(CommitmentIndex&&) noexcept = default;
CommitmentIndex::~CommitmentIndex() = default;

Findings CommitmentIndex::adjudicate_all(std::span<const Incident> incidents, unsigned threads) const {
    const auto& prepared = *prepared_;
    std::vector<Chunk> chunks((incidents.size() + chunk_size - 1) / chunk_size);
    std::atomic<std::size_t> next{0};
    std::exception_ptr failed;
    std::mutex failing;
    const auto work = [&] {
        try {
            auto lookups = prepared.borrow();
            for (auto c = next++; c < chunks.size(); c = next++) {
                const auto end = std::min(incidents.size(), (c + 1) * chunk_size);
                for (auto i = c * chunk_size; i < end; ++i) {
                    const IncidentId id{static_cast<std::uint32_t>(i)};
                    prepared.adjudicate_one(incidents[i], id, *lookups, chunks[c]);
                }
            }
            prepared.give_back(std::move(lookups));
        } catch (...) {  // a thread cannot throw: the caller does it for it, below
            const std::lock_guard lock(failing);
            failed = std::current_exception();
        }
    };
    {
        std::vector<std::jthread> others;
        const auto useful = std::min<std::size_t>(threads, chunks.size());
        for (std::size_t t = 1; t < useful; ++t) others.emplace_back(work);
        work();
    }
    if (failed) std::rethrow_exception(failed);

    Findings all;
    std::size_t total = 0;
    for (const auto& chunk : chunks) total += chunk.findings.size();
    all.findings.reserve(total);
    ask_for_large_pages(all.findings.data(), total * sizeof(Finding));
    all.first.reserve(incidents.size() + 1);
    all.passed_over.reserve(incidents.size());
    for (auto& chunk : chunks) {
        for (const auto n : chunk.counts) all.first.push_back(all.first.back() + n);
        std::ranges::move(chunk.findings, std::back_inserter(all.findings));
        all.passed_over.insert(all.passed_over.end(), chunk.passed_over.begin(), chunk.passed_over.end());
        chunk = {};
    }
    return all;
}

Findings adjudicate_all(std::span<const Incident> incidents, std::span<const Commitment> commitments,
                        const Setting& setting, unsigned threads) {
    return CommitmentIndex(commitments, setting, threads).adjudicate_all(incidents, threads);
}

}  // namespace truce
