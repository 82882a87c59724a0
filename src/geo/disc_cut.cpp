// SPDX-License-Identifier: Apache-2.0
#include "geo/disc_cut.h"

#include <algorithm>
#include <numbers>

namespace truce::geo_detail {
namespace {

constexpr double radians_per_degree = std::numbers::pi / 180;

/// How far, in disc radii, the chord may stray from the curve that it stands for: shares are then good to
/// 1e-6 with room to spare.
constexpr double flatness = 1e-7;

/// Up to so many degrees a sine squared falls short of its angle squared by less than a hundredth.
constexpr double far = 15;

bool overlap(const Box& a, const Box& b) {
    return a.south <= b.north && b.south <= a.north && a.west <= b.east && b.west <= a.east;
}

}  // namespace

DiscCut::DiscCut(const Disc& disc)
    : disc_(disc),
      box_(bounds(disc)),
      sin_lat_(std::sin(disc.centre.lat * radians_per_degree)),
      cos_lat_(std::cos(disc.centre.lat * radians_per_degree)),
      radius_(2 * std::sin(disc.radius.in_km() / earth_radius_km / 2)) {
    const double reach =
        2 * std::sin(std::min(disc.radius.in_km() / earth_radius_km + 0.25, std::numbers::pi) / 2);
    too_far_ = reach * reach;
    // The geodesic curvature of a line straight in longitude and latitude is at most twice the tangent of its
    // latitude; laying it out adds less than the distance from the centre.
    const double furthest_lat = std::min(std::max(std::abs(box_.north), std::abs(box_.south)) + 1, 90.0);
    sharpest_bend_ = 2 * std::tan(furthest_lat * radians_per_degree) + 1;
    last_ = from_ = disc.centre;

    const double radius_km = disc.radius.in_km();
    constexpr double smallest_km = 1;
    constexpr double largest_km = 800;
    constexpr double furthest = 80;
    takes_chains_ = radius_km >= smallest_km && radius_km <= largest_km && box_.north <= furthest &&
                    box_.south >= -furthest && box_.east - box_.west <= 180;
    if (!takes_chains_) return;
    // The chord to a place squared is 4 sin^2(rise / 2) + 4 cos lat cos lat' sin^2(turn / 2).
    const double cos_north = std::cos(box_.north * radians_per_degree);
    const double cos_south = std::cos(box_.south * radians_per_degree);
    const bool on_equator = box_.south <= 0 && box_.north >= 0;
    widest_ = cos_lat_ * (on_equator ? 1 : std::max(cos_north, cos_south));
    narrowest_ = cos_lat_ * std::min(cos_north, cos_south);
    constexpr double deep_share = 0.96;  // of the surface: a fiftieth of the radius is left
    deep_ = deep_share * radius_ * radius_ / (radians_per_degree * radians_per_degree);
    // Between its ends such an edge strays by less than a two-hundredth of the radius.
    constexpr double stray = 0.005;
    short_edge_ = std::sqrt(8 * stray * radius_ / sharpest_bend_) / radians_per_degree;
}

bool DiscCut::is_clear_of(Point a, Point b) const {
    const double rise = a.lat - disc_.centre.lat;
    const double turn = a.lon - disc_.centre.lon;
    if (std::abs(rise) > far || std::abs(turn) > far || a.lat > box_.north || a.lat < box_.south)
        return false;
    const double distance = 0.99 * (rise * rise + narrowest_ * turn * turn);
    const double length = std::abs(a.lat - b.lat) + std::abs(a.lon - b.lon);
    const double enough = radius_ / radians_per_degree + length;
    return distance > enough * enough;
}

double DiscCut::potential(Point p, double level) const {
    // The integral along the geodesic from the centre, where the cross products are zero: what it sweeps as
    // seen from the pole is a triangle (its excess by Napier's analogies; Todhunter 1886, article 103).
    const double lat = p.lat * radians_per_degree;
    const double turn = (p.lon - disc_.centre.lon) * radians_per_degree;
    const double half_tangents = cos_lat_ / (1 + sin_lat_) * std::cos(lat) / (1 + std::sin(lat));
    const double excess = 2 * std::atan2(half_tangents * std::sin(turn), 1 + half_tangents * std::cos(turn));
    return (1 - level) * turn - excess;
}

void DiscCut::add_chain(Point from, Point to, double swept, double level) {
    touched_ = true;
    area_ += potential(to, level) - potential(from, level) - swept;
}

DiscCut::Flat DiscCut::project(Point p) const {
    const double half_rise_angle = (p.lat - disc_.centre.lat) * (radians_per_degree / 2);
    const double half_turn_angle = (p.lon - disc_.centre.lon) * (radians_per_degree / 2);
    constexpr double small = 0.15;
    if (std::abs(half_rise_angle) < small && std::abs(half_turn_angle) < small) {
        // The same as below, with the sine by its series: good to 1e-12 here, and five times as fast.
        const auto sine = [](double x) {
            const double xx = x * x;
            return x * (1 - xx / 6 * (1 - xx / 20 * (1 - xx / 42 * (1 - xx / 72))));
        };
        const double sin_rise = sine(half_rise_angle);
        const double sin_turn = sine(half_turn_angle);
        const double cos_rise = std::sqrt(1 - sin_rise * sin_rise);
        const double cos_turn = std::sqrt(1 - sin_turn * sin_turn);
        const double whole_rise = 2 * sin_rise * cos_rise;
        const double cos_lat_p = cos_lat_ * (1 - 2 * sin_rise * sin_rise) - sin_lat_ * whole_rise;
        const double near =
            1 / std::sqrt(1 - sin_rise * sin_rise - cos_lat_ * cos_lat_p * sin_turn * sin_turn);
        return {near * cos_lat_p * 2 * sin_turn * cos_turn,
                near * (whole_rise + 2 * sin_lat_ * cos_lat_p * sin_turn * sin_turn)};
    }
    const double lat = p.lat * radians_per_degree;
    const double turn = (p.lon - disc_.centre.lon) * radians_per_degree;
    const double cos_p = std::cos(lat);
    const double half = std::sin(turn / 2);
    const double rise = (p.lat - disc_.centre.lat) * radians_per_degree;
    const double half_rise = std::sin(rise / 2);
    // cos(c) = 1 - 2 h, h being the haversine; both sums keep their digits close to the centre.
    const double h = half_rise * half_rise + cos_lat_ * cos_p * half * half;
    if (h >= 1) return {2, 0};  // the antipode is the whole rim of the map
    const double scale = 1 / std::sqrt(1 - h);
    return {scale * cos_p * std::sin(turn), scale * (std::sin(rise) + 2 * sin_lat_ * cos_p * half * half)};
}

void DiscCut::add_chord(Flat a, Flat b) {
    const double squared = radius_ * radius_;
    const bool a_inside = a.x * a.x + a.y * a.y < squared;
    const bool b_inside = b.x * b.x + b.y * b.y < squared;
    double enter = 0;
    double leave = 1;
    const double dx = b.x - a.x;
    const double dy = b.y - a.y;
    if (!a_inside || !b_inside) {
        // |a + t d|^2 = R^2
        const double length = dx * dx + dy * dy;
        const double along = -(a.x * dx + a.y * dy);
        const double cross = a.x * dy - a.y * dx;
        const double discriminant = length * squared - cross * cross;
        if (!a_inside && !b_inside && (discriminant <= 0 || along <= 0 || along >= length)) return;
        const double root = std::sqrt(std::max(discriminant, 0.0));
        if (!a_inside) enter = std::clamp((along - root) / length, 0.0, 1.0);
        if (!b_inside) leave = std::clamp((along + root) / length, 0.0, 1.0);
    }
    const Flat from = a_inside ? a : Flat{a.x + enter * dx, a.y + enter * dy};
    const Flat to = b_inside ? b : Flat{a.x + leave * dx, a.y + leave * dy};
    touched_ = true;
    area_ += (from.x * to.y - from.y * to.x) / 2;
    if (!a_inside) {
        crossed_ = true;
        turns_ += std::atan2(from.y, from.x);
    }
    if (!b_inside) {
        crossed_ = true;
        turns_ -= std::atan2(to.y, to.x);
    }
}

template <class Curve>
void DiscCut::add_curve(const Curve& curve, double t_a, Flat a, double t_b, Flat b, int depth) {
    // A piece is at most 0.25 radians long: from there it does not reach the disc, and round the antipode its
    // chord would cut across the map.
    if (a.x * a.x + a.y * a.y > too_far_ || b.x * b.x + b.y * b.y > too_far_) return;
    const double t = (t_a + t_b) / 2;
    const Flat middle = project(curve(t));
    // Not hypot, which takes ten times as long: nothing here is so small or large that its square is not.
    const double stray_x = middle.x - (a.x + b.x) / 2;
    const double stray_y = middle.y - (a.y + b.y) / 2;
    const double stray = std::sqrt(stray_x * stray_x + stray_y * stray_y);
    const double dx = b.x - a.x;
    const double dy = b.y - a.y;
    const double length = dx * dx + dy * dy;
    // The nearest that the chord comes to the centre.
    const double nearest_t = length > 0 ? std::clamp(-(a.x * dx + a.y * dy) / length, 0.0, 1.0) : 0.0;
    const double near_x = a.x + nearest_t * dx;
    const double near_y = a.y + nearest_t * dy;
    const double nearest = std::sqrt(near_x * near_x + near_y * near_y);
    if (depth == 0 || stray <= flatness * radius_) {
        add_chord(a, b);
    } else if (nearest - 4 * stray <= radius_) {
        add_curve(curve, t_a, a, t, middle, depth - 1);
        add_curve(curve, t, middle, t_b, b, depth - 1);
    }
}

DiscCut::Lie DiscCut::lie_of(const Box& around, double longest) const {
    if (!overlap(around, box_)) return Lie::clear;
    const auto centre = disc_.centre;
    const double far_rise = std::max(around.north - centre.lat, centre.lat - around.south);
    const double far_turn = std::max(around.east - centre.lon, centre.lon - around.west);
    if (longest < short_edge_ && far_rise * far_rise + widest_ * far_turn * far_turn < deep_)
        return Lie::inside;
    if (around.north > box_.north || around.south < box_.south || far_rise > far || far_turn > far)
        return Lie::near;
    const double near_rise = std::max({0.0, around.south - centre.lat, centre.lat - around.north});
    const double near_turn = std::max({0.0, around.west - centre.lon, centre.lon - around.east});
    const double distance = 0.99 * (near_rise * near_rise + narrowest_ * near_turn * near_turn);
    const double enough = radius_ / radians_per_degree + longest;
    return distance > enough * enough ? Lie::clear : Lie::near;
}

std::pair<DiscCut::Flat, DiscCut::Flat> DiscCut::laid_out(Point a, Point b) {
    if (a == from_ && b == last_) return {from_flat_, last_flat_};
    from_flat_ = a == last_ ? last_flat_ : project(a);
    from_ = a;
    last_flat_ = project(b);
    last_ = b;
    return {from_flat_, last_flat_};
}

DiscCut::Lie DiscCut::lie_of(Point a, Point b) {
    if ((a.lat > box_.north && b.lat > box_.north) || (a.lat < box_.south && b.lat < box_.south) ||
        (a.lon > box_.east && b.lon > box_.east) || (a.lon < box_.west && b.lon < box_.west) ||
        is_clear_of(a, b)) {
        return Lie::clear;
    }
    if (!is_short(a, b)) return Lie::near;
    const auto [from, to] = laid_out(a, b);
    const double dx = to.x - from.x;
    const double dy = to.y - from.y;
    const double squared = dx * dx + dy * dy;
    // How far the edge may stray from its chord (see `add_near_edge`), with a tenth to spare for what the
    // projection stretches.
    const double stray = 1.1 * squared / 8 * sharpest_bend_;
    const double inner = radius_ - stray;
    const double from_squared = from.x * from.x + from.y * from.y;
    const double to_squared = to.x * to.x + to.y * to.y;
    if (std::max(from_squared, to_squared) < inner * inner && inner > 0) return Lie::inside;
    const double nearest_t = squared > 0 ? std::clamp(-(from.x * dx + from.y * dy) / squared, 0.0, 1.0) : 0.0;
    const double near_x = from.x + nearest_t * dx;
    const double near_y = from.y + nearest_t * dy;
    const double outer = radius_ + stray;
    return near_x * near_x + near_y * near_y > outer * outer ? Lie::clear : Lie::near;
}

void DiscCut::add_near_edge(Point a, Point b) {
    if (takes_chains_ && is_clear_of(a, b)) return;
    const auto [from, to] = laid_out(a, b);
    const double dx = to.x - from.x;
    const double dy = to.y - from.y;
    const double squared = dx * dx + dy * dy;
    // What is as short as this strays from its chord by less than an eighth of length squared times bend.
    constexpr double short_edge = 0.01;
    if (squared < short_edge * short_edge && squared / 8 * sharpest_bend_ < flatness * radius_) {
        add_chord(from, to);
    } else {
        add_long_edge(a, from, b, to);
    }
}

void DiscCut::add_long_edge(Point a, Flat from, Point b, Flat end) {
    const auto line = [&](double t) {
        return Point{a.lat + t * (b.lat - a.lat), a.lon + t * (b.lon - a.lon)};
    };
    // A long edge is cut beforehand: the stray of its middle alone would not show how it bends.
    const double longest = std::max(std::abs(b.lon - a.lon), std::abs(b.lat - a.lat));
    const int pieces = 1 + static_cast<int>(longest / 10);
    for (int i = 1; i <= pieces; ++i) {
        const double t_a = static_cast<double>(i - 1) / pieces;
        const double t_b = static_cast<double>(i) / pieces;
        const Flat to = i == pieces ? end : project(line(t_b));
        add_curve(line, t_a, from, t_b, to, 24);
        from = to;
    }
}

void DiscCut::add_circle(const Disc& other) {
    if (other.radius.in_km() <= 0) return;
    // Anticlockwise: bearings fall.
    const auto circle = [&](double t) { return destination(other.centre, {360 * (1 - t)}, other.radius); };
    constexpr int pieces = 64;
    Flat first = project(circle(0));
    Flat from = first;
    for (int i = 1; i <= pieces; ++i) {
        const double t_a = static_cast<double>(i - 1) / pieces;
        const double t_b = static_cast<double>(i) / pieces;
        const Flat to = i == pieces ? first : project(circle(t_b));
        add_curve(circle, t_a, from, t_b, to, 24);
        from = to;
    }
}

double DiscCut::share() const {
    const double whole = std::numbers::pi * radius_ * radius_;
    const double covered = area_ + radius_ * radius_ / 2 * turns_;
    const double share = covered / whole;
    return share - std::floor(share);
}

bool DiscCut::in_doubt() const {
    const double part = share();
    // Rounding leaves more behind where the outline ends and begins again at the circle.
    const double doubtful = crossed_ ? 1e-9 : 1e-13;
    return part < doubtful || part > 1 - doubtful;
}

bool has_mixed_parts(const Shape& shape) {
    if (shape.discs().empty() || shape.discs().size() + shape.polygon_count() < 2) return false;
    for (std::size_t i = 0; i < shape.discs().size(); ++i) {
        const Box box = bounds(shape.discs()[i]);
        for (std::size_t j = i + 1; j < shape.discs().size(); ++j) {
            if (overlap(box, bounds(shape.discs()[j]))) return true;
        }
        for (std::size_t j = 0; j < shape.polygon_count(); ++j) {
            if (overlap(box, shape.polygon_bounds(j))) return true;
        }
    }
    return false;
}

}  // namespace truce::geo_detail
