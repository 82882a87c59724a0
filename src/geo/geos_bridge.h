// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <geos_c.h>

#include <memory>
#include <string>

#include "base/result.h"
#include "geo/shape.h"

namespace truce::geo_detail {

/// One use of GEOS: its context, and the last error it told of.
class Geos {
public:
    struct DestroyGeometry {
        GEOSContextHandle_t context = nullptr;
        void operator()(GEOSGeometry* geometry) const { GEOSGeom_destroy_r(context, geometry); }
    };
    using Geometry = std::unique_ptr<GEOSGeometry, DestroyGeometry>;

    Geos();
    ~Geos();
    Geos(const Geos&) = delete;
    Geos& operator=(const Geos&) = delete;

    [[nodiscard]] GEOSContextHandle_t context() const { return context_; }
    [[nodiscard]] Geometry own(GEOSGeometry* geometry) const { return {geometry, {context_}}; }
    /// What GEOS said when a call of it failed last.
    [[nodiscard]] const std::string& complaint() const { return *complaint_; }

    /// The polygons of `shape` as a MultiPolygon, longitude as x. Discs are left out. Null where GEOS refuses
    /// a ring.
    [[nodiscard]] Geometry multipolygon(const Shape& shape) const;
    [[nodiscard]] Geometry ring_polygon(RingView ring) const;
    [[nodiscard]] Geometry line(std::span<const double> xs, std::span<const double> ys) const;

    struct Polygons {
        Shape shape;
        std::size_t dropped = 0;  ///< lines and points among the parts
    };
    /// The polygons within `geometry`, or what is wrong with them.
    [[nodiscard]] Result<Polygons> polygons(const GEOSGeometry* geometry) const;

private:
    [[nodiscard]] GEOSCoordSequence* sequence(std::span<const double> xs, std::span<const double> ys) const;

    std::unique_ptr<std::string> complaint_;
    GEOSContextHandle_t context_;
};

}  // namespace truce::geo_detail
