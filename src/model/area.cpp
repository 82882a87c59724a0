// SPDX-License-Identifier: Apache-2.0
#include "model/area.h"

#include <algorithm>

#include "base/text.h"

namespace truce {

AreaRegister::AreaRegister(std::vector<Area> areas) : areas_(std::move(areas)) {
    for (std::uint32_t i = 0; i < areas_.size(); ++i) {
        const auto& area = areas_[i];
        if (!area.admin_level || *area.admin_level < 0 || *area.admin_level > 3) continue;
        auto& index = admin_by_name_[*area.admin_level];
        const auto note = [&](std::string_view name) {
            const auto key = name_key(name);
            if (key.empty()) return;
            const auto [place, added] = index.try_emplace(key, AreaId{i});
            // Two places of one name, or two drawings of one place: the name alone says neither.
            if (!added && place->second != AreaId{i}) place->second.reset();
        };
        for (const auto& [language, name] : area.name.by_language) note(name);
        for (const auto& spelling : area.spellings) note(spelling);
        note(area.code);
    }
}

std::vector<AreaId> AreaRegister::versions_of(std::string_view id) const {
    std::vector<AreaId> found;
    for (std::uint32_t i = 0; i < areas_.size(); ++i) {
        if (areas_[i].id == id) found.push_back(AreaId{i});
    }
    std::ranges::sort(found, {}, [this](AreaId area) { return areas_[area.value].version; });
    return found;
}

std::optional<AreaId> AreaRegister::admin_named(int level, std::string_view name) const {
    if (level < 0 || level > 3) return std::nullopt;
    const auto& index = admin_by_name_[level];
    const auto found = index.find(name_key(name));
    return found == index.end() ? std::nullopt : found->second;
}

}  // namespace truce
