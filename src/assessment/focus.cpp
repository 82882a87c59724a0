// SPDX-License-Identifier: Apache-2.0
#include "assessment/focus.h"

#include <cassert>
#include <vector>

#include "geo/area_index.h"
#include "geo/share.h"

namespace truce {

std::string_view name_of(InFocus in_focus) {
    switch (in_focus) {
        case InFocus::yes:
            return "yes";
        case InFocus::no:
            return "no";
        case InFocus::unclear:
            return "unclear";
    }
    return {};
}
namespace {

/// The share from which on an incident is counted as inside.
constexpr double enough = 0.5;

}  // namespace

struct Focus::Prepared {
    std::vector<AreaId> versions;
    AreaIndex index{std::vector<Shape>{}};
    /// For each version and each area of the register, the share of that area within the version: asked for
    /// places that are known only as an area. Filled at once, since such areas are few and every thread reads
    /// them.
    std::vector<std::vector<double>> share_of_area;
};

Focus::Focus(const Mission& mission, const AreaRegister& areas) : prepared_(std::make_unique<Prepared>()) {
    if (mission.focus.empty()) return;
    prepared_->versions = areas.versions_of(mission.focus);
    if (!mission.focus_version.empty()) {
        std::erase_if(prepared_->versions,
                      [&](AreaId id) { return areas[id].version != mission.focus_version; });
    }
    assert(!prepared_->versions.empty());
    std::vector<Shape> shapes;
    for (const auto version : prepared_->versions) shapes.push_back(areas[version].shape);
    for (const auto& shape : shapes) {
        auto& shares = prepared_->share_of_area.emplace_back();
        for (const auto& area : areas.areas()) {
            // Only administrative areas and countries stand for places.
            shares.push_back(area.admin_level && !area.shape.empty()
                                 ? truce::share(area.shape, shape).value_or(0.0)
                                 : 0.0);
        }
    }
    prepared_->index = AreaIndex(std::move(shapes));
}

Focus::Focus(Focus&&) noexcept = default;
Focus::~Focus() = default;

InFocus Focus::holds(const Place& place) const {
    if (prepared_->versions.empty()) return InFocus::yes;
    if (!place.within && !place.centre) return InFocus::unclear;
    std::size_t inside = 0;
    for (std::uint32_t v = 0; v < prepared_->versions.size(); ++v) {
        const double share = place.within ? prepared_->share_of_area[v][place.within->value]
                                          : prepared_->index.share(v, {*place.centre, place.radius});
        if (share >= enough) ++inside;
    }
    if (inside == prepared_->versions.size()) return InFocus::yes;
    return inside == 0 ? InFocus::no : InFocus::unclear;
}

}  // namespace truce
