// SPDX-License-Identifier: Apache-2.0
#include "geo/share.h"

#include "geo/disc_cut.h"
#include "geo/flatten.h"

namespace truce {
namespace {

double share_of_simple(const Disc& disc, const Shape& shape) {
    geo_detail::DiscCut cut(disc);
    for (std::size_t i = 0; i < shape.polygon_count(); ++i) {
        for (std::size_t r = 0; r < shape.ring_count(i); ++r) {
            const RingView ring = shape.ring(i, r);
            for (std::size_t v = 0; v + 1 < ring.size(); ++v) cut.add_edge(ring[v], ring[v + 1]);
        }
    }
    for (const Disc& part : shape.discs()) cut.add_circle(part);
    return geo_detail::settled_share(cut, [&] { return contains(shape, disc.centre); });
}

}  // namespace

double share(const Disc& disc, const Shape& shape) {
    if (disc.radius.in_km() <= 0) return contains(shape, disc.centre) ? 1.0 : 0.0;
    if (!geo_detail::has_mixed_parts(shape)) return share_of_simple(disc, shape);
    return share_of_simple(disc, geo_detail::flattened(shape));
}

}  // namespace truce
