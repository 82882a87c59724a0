// SPDX-License-Identifier: Apache-2.0
#include "geo/simple_outline.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "geo/orientation.h"

namespace truce {
namespace {

using geo_detail::orientation;

/// How many edges a strip is to have on average, and when there are too many in the strips or too many pairs
/// to look at.
constexpr std::size_t edges_per_strip = 4;
constexpr std::size_t most_strips = 1U << 16U;
constexpr std::size_t most_entries_per_edge = 16;
constexpr std::size_t most_pairs_per_edge = 64;
constexpr std::ptrdiff_t few = 16;
/// Shapes of more polygons than that are left to the closer look.
constexpr std::size_t most_polygons = 64;

/// An edge as it lies in a strip, in a box that is a little wider than it: half as large as exact numbers would make it, and
/// what seems to overlap is held against each other exactly.
struct Entry {
    float west;
    float east;
    float south;
    float north;
    std::uint32_t edge;
};

/// More than a number may change by becoming a float.
constexpr float float_rounding = 0x1p-23F;

float below(double value) {
    const auto near = static_cast<float>(value);
    return near - std::abs(near) * float_rounding - std::numeric_limits<float>::min();
}

float above(double value) {
    return -below(-value);
}

bool are_apart(const Box& a, const Box& b) {
    return a.north < b.south || b.north < a.south || a.east < b.west || b.east < a.west;
}

/// One ring, its edges sorted into strips.
class Outline {
public:
    explicit Outline(RingView ring) : ring_(ring), edges_(static_cast<std::uint32_t>(ring.size() - 1)) {}

    bool is_simple() { return goes_on_everywhere() && sort_into_strips() && nothing_meets(); }

private:
    Point start(std::uint32_t edge) const { return ring_[edge]; }
    Point end(std::uint32_t edge) const { return ring_[edge + 1]; }
    std::uint32_t next(std::uint32_t edge) const { return edge + 1 == edges_ ? 0 : edge + 1; }

    /// Whether no edge is without length and none goes back along the one before it.
    bool goes_on_everywhere() const {
        if (edges_ < 3) return false;
        for (std::uint32_t edge = 0; edge < edges_; ++edge) {
            const auto a = start(edge);
            const auto b = end(edge);
            const auto c = end(next(edge));
            if (a == b) return false;
            // Edges that go back along one another point against each other in both directions, or not at all in one.
            const double onward = (b.lon - a.lon) * (c.lon - b.lon) + (b.lat - a.lat) * (c.lat - b.lat);
            if (onward > 0 || orientation(a, b, c) != 0) continue;
            const bool back = (b.lon > a.lon && c.lon < b.lon) || (b.lon < a.lon && c.lon > b.lon) ||
                              (b.lat > a.lat && c.lat < b.lat) || (b.lat < a.lat && c.lat > b.lat);
            if (back) return false;
        }
        return true;
    }

    /// Rising with the latitude: what two edges have in common lies in a strip that both are in.
    std::size_t strip_of(double lat) const {
        const double strip = (lat - south_) * strips_per_degree_;
        return strip <= 0 ? 0 : std::min(strips_ - 1, static_cast<std::size_t>(strip));
    }

    bool sort_into_strips() {
        const auto [south, north] = std::ranges::minmax(ring_.lats);
        if (!(north > south)) return false;
        south_ = south;
        strips_ = std::clamp<std::size_t>(edges_ / edges_per_strip, 1, most_strips);
        strips_per_degree_ = static_cast<double>(strips_) / (north - south);
        first_.assign(strips_ + 1, 0);
        std::size_t entries = 0;
        for (std::uint32_t edge = 0; edge < edges_; ++edge) {
            const auto [low, high] = strips_of(edge);
            entries += high - low + 1;
            if (entries > most_entries_per_edge * edges_) return false;
            for (auto strip = low; strip <= high; ++strip) ++first_[strip + 1];
        }
        for (std::size_t strip = 0; strip < strips_; ++strip) first_[strip + 1] += first_[strip];
        entries_.resize(entries);
        auto filled = first_;
        for (std::uint32_t edge = 0; edge < edges_; ++edge) {
            const auto a = start(edge);
            const auto b = end(edge);
            const auto [low, high] = strips_of(edge);
            const Entry entry{below(std::min(a.lon, b.lon)), above(std::max(a.lon, b.lon)),
                              below(std::min(a.lat, b.lat)), above(std::max(a.lat, b.lat)), edge};
            for (auto strip = low; strip <= high; ++strip) entries_[filled[strip]++] = entry;
        }
        return true;
    }

    std::pair<std::size_t, std::size_t> strips_of(std::uint32_t edge) const {
        const auto a = strip_of(ring_.lats[edge]);
        const auto b = strip_of(ring_.lats[edge + 1]);
        return {std::min(a, b), std::max(a, b)};
    }

    bool nothing_meets() {
        std::size_t pairs = 0;
        for (std::size_t strip = 0; strip < strips_; ++strip) {
            const auto begin = entries_.begin() + static_cast<std::ptrdiff_t>(first_[strip]);
            const auto end = entries_.begin() + static_cast<std::ptrdiff_t>(first_[strip + 1]);
            // Few are held against one another as they come; of many, those that overlap are found by their
            // order.
            const bool sorted = end - begin > few;
            if (sorted) std::sort(begin, end, [](const Entry& a, const Entry& b) { return a.west < b.west; });
            for (auto one = begin; one != end; ++one) {
                for (auto other = one + 1; other != end; ++other) {
                    if (sorted && other->west > one->east) break;
                    if (++pairs > most_pairs_per_edge * edges_) return false;
                    const bool apart = other->south > one->north || one->south > other->north ||
                                       other->west > one->east || one->west > other->east;
                    if (!apart && meet(one->edge, other->edge)) return false;
                }
            }
        }
        return true;
    }

    /// Whether two edges have more in common than the vertex at which one goes on as the other.
    bool meet(std::uint32_t one, std::uint32_t other) const {
        if (next(one) == other || next(other) == one) return false;
        const auto a = start(one);
        const auto b = end(one);
        const auto c = start(other);
        const auto d = end(other);
        const auto on_one_side = [](int first, int second) { return first * second > 0; };
        return !on_one_side(orientation(a, b, c), orientation(a, b, d)) &&
               !on_one_side(orientation(c, d, a), orientation(c, d, b));
    }

    RingView ring_;
    std::uint32_t edges_;
    double south_ = 0;
    double strips_per_degree_ = 0;
    std::size_t strips_ = 0;
    std::vector<std::size_t> first_;  // of each strip, into the entries; one more than there are strips
    std::vector<Entry> entries_;
};

}  // namespace

bool is_plainly_valid(const Shape& shape) {
    const auto polygons = shape.polygon_count();
    if (polygons > most_polygons) return false;
    for (std::size_t i = 0; i < polygons; ++i) {
        if (shape.ring_count(i) != 1) return false;
        for (std::size_t other = 0; other < i; ++other) {
            if (!are_apart(shape.polygon_bounds(i), shape.polygon_bounds(other))) return false;
        }
    }
    for (std::size_t i = 0; i < polygons; ++i) {
        if (!Outline(shape.ring(i, 0)).is_simple()) return false;
    }
    return true;
}

}  // namespace truce
