// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "geo/point.h"
#include "geo/shape.h"

namespace truce::geo_detail {

/// How much of a disc a shape covers, from the pieces of the shape's outline that pass through the disc.
///
/// The outline is laid out in Lambert's azimuthal equal-area projection about the disc's centre (Snyder 1987,
/// USGS Professional Paper 1395, section 24), in which the disc is a disc. By Green's theorem the covered
/// area is the sum, over the closed outline cut off at the circle, of half the cross products inside the
/// circle and R^2 / 2 times the turns along it. The turns are known from where the outline enters and leaves,
/// up to whole turns; so pieces that stay outside need not be looked at, and the area is known up to whole
/// discs, of which it can hold but one.
///
/// Pieces may come in any order, each once, with what they enclose on their left.
///
/// A chain of edges that stays inside the circle need not be laid out at all. Half the cross products and
/// -(sin lat - c) dlon are forms of the same area, so their integrals along the chain differ by a function of
/// its ends alone; the second one does not depend on the disc, and the caller has it summed up beforehand.
class DiscCut {
public:
    explicit DiscCut(const Disc& disc);

    /// Where an edge must reach to matter.
    [[nodiscard]] const Box& box() const { return box_; }

    /// Adds the edge from `a` to `b`, straight in longitude and latitude.
    void add_edge(Point a, Point b) {
        if ((a.lat > box_.north && b.lat > box_.north) || (a.lat < box_.south && b.lat < box_.south) ||
            (a.lon > box_.east && b.lon > box_.east) || (a.lon < box_.west && b.lon < box_.west)) {
            return;
        }
        add_near_edge(a, b);
    }
    /// Whether this disc takes chains: those near the poles, across the antimeridian, very small and very
    /// large ones do not.
    [[nodiscard]] bool takes_chains() const { return takes_chains_; }
    /// Whether `p` lies so far inside that a short edge to another such place stays inside, too. Says no in
    /// doubt. Requires: `takes_chains()`; this for the next three.
    [[nodiscard]] bool holds_deep_inside(Point p) const {
        const double rise = p.lat - disc_.centre.lat;
        const double turn = p.lon - disc_.centre.lon;
        return rise * rise + widest_ * turn * turn < deep_;
    }
    /// Whether the edge from `a` to `b` is short in this sense.
    [[nodiscard]] bool is_short(Point a, Point b) const {
        return std::abs(a.lat - b.lat) + std::abs(a.lon - b.lon) < short_edge_;
    }
    /// How a short edge lies to the disc.
    enum class Lie : std::uint8_t {
        inside,  ///< wholly inside
        clear,   ///< wholly outside
        near,    ///< it crosses the circle, or comes too near to it to say
    };
    /// How the edge from `a` to `b` lies, by where its ends are laid out. Edges one after another cost one
    /// projection each.
    [[nodiscard]] Lie lie_of(Point a, Point b);
    /// How all edges lie whose ends are in `around` and of which none is longer than `longest` (in degrees,
    /// latitude and longitude added up). Requires: `takes_chains()`.
    [[nodiscard]] Lie lie_of(const Box& around, double longest) const;
    /// Adds a chain of short edges that all lie inside, by the tests above. `swept` is the integral along it
    /// of (sin lat - `level`) dlon, in radians. Good to 1e-14 over the square of the radius, in Earth radii.
    void add_chain(Point from, Point to, double swept, double level);
    /// Adds the whole edge of `other`.
    void add_circle(const Disc& other);

    /// Whether the outline met the disc at all. If not, the disc lies within the shape or outside as its
    /// centre does.
    [[nodiscard]] bool touched() const { return touched_; }
    /// The covered share, in [0, 1).
    [[nodiscard]] double share() const;
    /// Whether the covered share may as well be 0 as 1: the centre decides.
    [[nodiscard]] bool in_doubt() const;

private:
    struct Flat {
        double x;
        double y;
    };
    void add_near_edge(Point a, Point b);
    [[nodiscard]] std::pair<Flat, Flat> laid_out(Point a, Point b);
    void add_long_edge(Point a, Flat from, Point b, Flat to);
    [[nodiscard]] Flat project(Point p) const;
    [[nodiscard]] bool is_clear_of(Point a, Point b) const;
    [[nodiscard]] double potential(Point p, double level) const;
    void add_chord(Flat a, Flat b);
    template <class Curve>
    void add_curve(const Curve& curve, double t_a, Flat a, double t_b, Flat b, int depth);

    Disc disc_;
    Box box_;
    double sin_lat_;
    double cos_lat_;
    double radius_;         // of the flat disc, in Earth radii
    double sharpest_bend_;  // of an edge at the disc's latitudes, as laid out, in radians per radian
    Point from_;            // the ends of the edge that was laid out last, and where that is
    Flat from_flat_{0, 0};
    Point last_;
    Flat last_flat_{0, 0};
    double too_far_ = 0;  // squared, likewise
    double area_ = 0;
    double turns_ = 0;
    // Of the tests for chains, in degrees; the slopes that a degree of longitude has within the box, squared.
    double widest_ = 0;
    double narrowest_ = 0;
    double deep_ = 0;  // squared
    double short_edge_ = 0;
    bool takes_chains_ = false;
    bool touched_ = false;
    bool crossed_ = false;
};

/// What `cut` says once all of an outline is in; `holds_centre()` says whether the shape holds the disc's
/// centre.
template <class HoldsCentre>
double settled_share(const DiscCut& cut, HoldsCentre&& holds_centre) {
    if (!cut.touched() || cut.in_doubt()) return holds_centre() ? 1.0 : 0.0;
    return cut.share();
}

/// Whether the parts of `shape` may overlap each other because a disc is among several parts.
bool has_mixed_parts(const Shape& shape);

}  // namespace truce::geo_detail
