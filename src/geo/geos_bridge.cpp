// SPDX-License-Identifier: Apache-2.0
#include "geo/geos_bridge.h"

#include <vector>

namespace truce::geo_detail {
namespace {

void keep_complaint(const char* message, void* complaint) {
    *static_cast<std::string*>(complaint) = message;
}

}  // namespace

Geos::Geos() : complaint_(std::make_unique<std::string>()), context_(GEOS_init_r()) {
    GEOSContext_setErrorMessageHandler_r(context_, keep_complaint, complaint_.get());
}

Geos::~Geos() {
    GEOS_finish_r(context_);
}

GEOSCoordSequence* Geos::sequence(std::span<const double> xs, std::span<const double> ys) const {
    return GEOSCoordSeq_copyFromArrays_r(context_, xs.data(), ys.data(), nullptr, nullptr,
                                         static_cast<unsigned>(xs.size()));
}

Geos::Geometry Geos::line(std::span<const double> xs, std::span<const double> ys) const {
    return own(GEOSGeom_createLineString_r(context_, sequence(xs, ys)));
}

Geos::Geometry Geos::ring_polygon(RingView ring) const {
    GEOSGeometry* outer = GEOSGeom_createLinearRing_r(context_, sequence(ring.lons, ring.lats));
    if (outer == nullptr) return own(nullptr);
    return own(GEOSGeom_createPolygon_r(context_, outer, nullptr, 0));
}

Geos::Geometry Geos::multipolygon(const Shape& shape) const {
    std::vector<Geometry> kept;
    for (std::size_t i = 0; i < shape.polygon_count(); ++i) {
        std::vector<Geometry> rings;
        for (std::size_t r = 0; r < shape.ring_count(i); ++r) {
            const RingView ring = shape.ring(i, r);
            rings.push_back(own(GEOSGeom_createLinearRing_r(context_, sequence(ring.lons, ring.lats))));
            if (!rings.back()) return own(nullptr);
        }
        std::vector<GEOSGeometry*> holes;
        for (std::size_t r = 1; r < rings.size(); ++r) holes.push_back(rings[r].release());
        kept.push_back(own(GEOSGeom_createPolygon_r(context_, rings.front().release(), holes.data(),
                                                    static_cast<unsigned>(holes.size()))));
        if (!kept.back()) return own(nullptr);
    }
    std::vector<GEOSGeometry*> parts;
    for (Geometry& part : kept) parts.push_back(part.release());
    return own(GEOSGeom_createCollection_r(context_, GEOS_MULTIPOLYGON, parts.data(),
                                           static_cast<unsigned>(parts.size())));
}

Result<Geos::Polygons> Geos::polygons(const GEOSGeometry* geometry) const {
    ShapeBuilder builder(LongEdges::as_written);
    std::size_t dropped = 0;
    std::vector<double> xs;
    std::vector<double> ys;
    const auto add_ring = [&](const GEOSGeometry* ring) -> Result<void> {
        const GEOSCoordSequence* points = GEOSGeom_getCoordSeq_r(context_, ring);
        unsigned count = 0;
        GEOSCoordSeq_getSize_r(context_, points, &count);
        xs.resize(count);
        ys.resize(count);
        GEOSCoordSeq_copyToArrays_r(context_, points, xs.data(), ys.data(), nullptr, nullptr);
        return builder.add_ring(ys, xs);
    };
    std::vector<const GEOSGeometry*> open{geometry};
    while (!open.empty()) {
        const GEOSGeometry* next = open.back();
        open.pop_back();
        const int type = GEOSGeomTypeId_r(context_, next);
        if (GEOSisEmpty_r(context_, next) == 1) continue;
        if (type == GEOS_POLYGON) {
            builder.begin_polygon();
            if (auto added = add_ring(GEOSGetExteriorRing_r(context_, next)); !added)
                return tl::unexpected(added.error());
            for (int r = 0; r < GEOSGetNumInteriorRings_r(context_, next); ++r) {
                if (auto added = add_ring(GEOSGetInteriorRingN_r(context_, next, r)); !added) {
                    return tl::unexpected(added.error());
                }
            }
        } else if (type >= GEOS_MULTIPOINT) {
            for (int i = GEOSGetNumGeometries_r(context_, next); i-- > 0;)
                open.push_back(GEOSGetGeometryN_r(context_, next, i));
        } else {
            ++dropped;
        }
    }
    return Polygons{builder.finish(), dropped};
}

}  // namespace truce::geo_detail
