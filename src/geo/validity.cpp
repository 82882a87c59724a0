// SPDX-License-Identifier: Apache-2.0
#include "geo/validity.h"

#include <fmt/format.h>

#include <cmath>

#include "geo/buffer.h"
#include "geo/flatten.h"
#include "geo/geos_bridge.h"
#include "geo/share.h"

namespace truce {
namespace {

using geo_detail::Geos;

std::string why_invalid(const Geos& geos, const GEOSGeometry* geometry) {
    char* reason = nullptr;
    GEOSGeometry* place = nullptr;
    const char valid = GEOSisValidDetail_r(geos.context(), geometry, 0, &reason, &place);
    const auto owned = geos.own(place);
    std::string text;
    if (valid == 0) {
        text = reason != nullptr ? reason : "invalid";
        double lon = 0;
        double lat = 0;
        if (place != nullptr && GEOSGeomGetX_r(geos.context(), place, &lon) == 1 &&
            GEOSGeomGetY_r(geos.context(), place, &lat) == 1) {
            text += fmt::format(" at lat {}, lon {}", lat, lon);
        }
    } else if (valid != 1) {
        text = "cannot be examined: " + geos.complaint();
    }
    GEOSFree_r(geos.context(), reason);
    return text;
}

Shape with_discs_of(const Shape& polygons, const Shape& source) {
    ShapeBuilder builder(LongEdges::as_written);
    builder.add(polygons);
    for (const Disc& disc : source.discs()) builder.add(disc);
    return builder.finish();
}

Shape polygons_alone(const Shape& shape) {
    ShapeBuilder builder(LongEdges::as_written);
    for (std::size_t i = 0; i < shape.polygon_count(); ++i) {
        builder.begin_polygon();
        for (std::size_t r = 0; r < shape.ring_count(i); ++r) {
            const RingView ring = shape.ring(i, r);
            const auto added = builder.add_ring(ring.lats, ring.lons);
            assert(added);
        }
    }
    return builder.finish();
}

}  // namespace

std::string why_invalid(const Shape& shape) {
    if (shape.polygon_count() == 0) return {};
    const Geos geos;
    const auto geometry = geos.multipolygon(shape);
    if (!geometry) return "cannot be examined: " + geos.complaint();
    return why_invalid(geos, geometry.get());
}

Result<Mended> mend(const Shape& shape) {
    const Shape polygons = polygons_alone(shape);
    const SquareKm before = area(polygons);
    const std::string fault = why_invalid(shape);
    if (fault.empty()) return Mended{shape, {}, before, before};
    const Geos geos;
    const auto geometry = geos.multipolygon(shape);
    const auto made = geos.own(geometry ? GEOSMakeValid_r(geos.context(), geometry.get()) : nullptr);
    if (!made)
        return failure({.message = fmt::format("the area is not valid ({}) and cannot be mended: {}", fault,
                                               geos.complaint())});
    auto parts = geos.polygons(made.get());
    if (!parts)
        return failure({.message = fmt::format("the area is not valid ({}) and cannot be mended: {}", fault,
                                               parts.error().message)});
    const SquareKm after = area(parts->shape);
    if (parts->shape.empty() || !(after.value > 0)) {
        return failure(
            {.message = fmt::format(
                 "the area is not valid ({}) and has no surface once mended; draw it again as polygons that "
                 "enclose something, or as a line with a buffer",
                 fault)});
    }
    std::string note = fmt::format("{}: mended into {} polygon{}", fault, parts->shape.polygon_count(),
                                   parts->shape.polygon_count() == 1 ? "" : "s");
    if (parts->dropped > 0) {
        note += fmt::format(", leaving out {} line{} or point{} without surface", parts->dropped,
                            parts->dropped == 1 ? "" : "s", parts->dropped == 1 ? "" : "s");
    }
    note += fmt::format("; surface {:.3f} km2 before, {:.3f} km2 after", before.value, after.value);
    return Mended{with_discs_of(parts->shape, shape), std::move(note), before, after};
}

Shape geo_detail::flattened(const Shape& shape) {
    const Geos geos;
    ShapeBuilder pieces(LongEdges::as_written);
    for (const Disc& disc : shape.discs()) {
        if (disc.radius.in_km() > 0) pieces.add(polygon_of(disc, 720));
    }
    const Shape discs = pieces.finish();
    // Discs may overlap one another; each on its own is valid, so their union is defined.
    const auto of_discs = geos.multipolygon(discs);
    const auto united_discs = geos.own(of_discs ? GEOSUnaryUnion_r(geos.context(), of_discs.get()) : nullptr);
    const auto mended = mend(polygons_alone(shape));
    if (!united_discs || !mended) return mended ? mended->shape : discs;
    const auto polygons = geos.multipolygon(mended->shape);
    const auto all =
        geos.own(polygons ? GEOSUnion_r(geos.context(), polygons.get(), united_discs.get()) : nullptr);
    auto result = all ? geos.polygons(all.get()) : failure({.message = geos.complaint()});
    assert(result);  // a union of valid polygons
    return std::move(result->shape);
}

Result<double> share(const Shape& part, const Shape& whole) {
    const Shape part_flat = part.discs().empty() ? part : geo_detail::flattened(part);
    const Shape whole_flat = whole.discs().empty() ? whole : geo_detail::flattened(whole);
    const double all = area(part_flat).value;
    if (!(all > 0)) return failure({.message = "the area has no surface, so no share of it can be told"});
    for (const Shape* shape : {&part_flat, &whole_flat}) {
        const std::string fault = why_invalid(*shape);
        if (!fault.empty())
            return failure({.message = fmt::format("an area is not valid ({}); mend it first", fault)});
    }
    const Geos geos;
    const auto a = geos.multipolygon(part_flat);
    const auto b = geos.multipolygon(whole_flat);
    const auto common = geos.own(a && b ? GEOSIntersection_r(geos.context(), a.get(), b.get()) : nullptr);
    auto pieces = common ? geos.polygons(common.get()) : failure({.message = geos.complaint()});
    if (!pieces) return failure({.message = "two areas cannot be intersected: " + pieces.error().message});
    return std::clamp(area(pieces->shape).value / all, 0.0, 1.0);
}

}  // namespace truce
