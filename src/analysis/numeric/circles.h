// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "geo/distance.h"
#include "geo/point.h"

namespace truce::numeric {

/// A place on a flat map, in any unit.
struct PlanarPoint {
    double x = 0;
    double y = 0;
};

/// What circles do with sites that are equally far from the centre, within a millionth of the distance.
enum class Ties : std::uint8_t {
    together,  ///< they come in together or not at all: what a circle is
    /// One after the other, in the order of the sites. Not circles; SaTScan's zones, for comparison with it.
    one_by_one,
};

/// How far circles grow.
struct CircleLimits {
    /// No larger radius.
    Distance radius = Distance::metres(std::numeric_limits<double>::infinity());
    /// Their sites hold no more than this share of all weight.
    double share = 0.5;
    Ties ties = Ties::together;
};

/// The zones of a scan: about each of the sites all circles that hold different sets of sites, smallest
/// first.
///
/// A circle holds every site within its radius. A circle of radius 0 about a site holds it, and all sites at
/// the same place.
class Circles {
public:
    /// Great circles about `sites`, which weigh `weights` each: the cases at each site, or what is expected
    /// there, over all the time. A weight that is not positive adds nothing to the share.
    /// Requires: as many weights as sites, all points valid, weights finite. Cost: O(n^2 log n) time, and
    /// memory for the members.
    Circles(std::span<const Point> sites, std::span<const double> weights, const CircleLimits& limits);
    /// The same on a flat map; the limit of the radius counts as kilometres in the map's unit.
    Circles(std::span<const PlanarPoint> sites, std::span<const double> weights, const CircleLimits& limits);

    [[nodiscard]] std::size_t sites() const { return first_.size() - 1; }

    /// The sites about `centre`, nearest first (the centre itself among the first), as far as circles go.
    [[nodiscard]] std::span<const std::uint32_t> members(std::size_t centre) const {
        return std::span(members_).subspan(first_[centre], first_[centre + 1] - first_[centre]);
    }
    /// The zones about `centre`, as numbers of members, rising: each holds that many of the nearest sites.
    [[nodiscard]] std::span<const std::uint32_t> zones(std::size_t centre) const {
        return std::span(zones_).subspan(first_zone_[centre], first_zone_[centre + 1] - first_zone_[centre]);
    }
    /// The radius of the smallest circle about `centre` with so many members. Requires: 1 <= members <= all
    /// of them.
    [[nodiscard]] double radius(std::size_t centre, std::size_t members) const {
        return distances_[first_[centre] + members - 1];
    }

private:
    template <class DistanceBetween>
    void build(std::size_t sites, std::span<const double> weights, const CircleLimits& limits,
               DistanceBetween distance_between);

    std::vector<std::size_t> first_;
    std::vector<std::uint32_t> members_;
    std::vector<float> distances_;
    std::vector<std::size_t> first_zone_;
    std::vector<std::uint32_t> zones_;
};

}  // namespace truce::numeric
