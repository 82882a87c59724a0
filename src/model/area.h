// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/id.h"
#include "geo/shape.h"
#include "model/localised.h"

namespace truce {

struct Area;
using AreaId = Id<Area>;

/// A named stretch of the Earth: a city, a zone, a line with its buffer, a country, an administrative unit.
///
/// Two guarantors may draw one area differently: then there is one Area for each, of the same `id` and with
/// `version` naming whose drawing it is (empty where all agree).
struct Area {
    std::string id;
    std::string version;
    Localised name;
    /// Names under which sources write it ("Aleppo Governorate"), beside those in `name`.
    std::vector<std::string> spellings;
    /// 0 country, 1 to 3 administrative levels; nothing for other areas.
    std::optional<int> admin_level;
    /// ISO 3166-1 alpha-3, or a P-code, or empty.
    std::string code;
    Shape shape;
    /// How the shape was mended when it was read, in words; empty where it was valid.
    std::string mended;
};

/// All areas that a mission knows.
class AreaRegister {
public:
    AreaRegister() = default;
    /// Requires: no two areas share both id and version.
    explicit AreaRegister(std::vector<Area> areas);

    [[nodiscard]] std::span<const Area> areas() const { return areas_; }
    [[nodiscard]] const Area& operator[](AreaId id) const { return areas_[id.value]; }
    /// Every version of the area of that id, in order of version; empty when there is none.
    [[nodiscard]] std::vector<AreaId> versions_of(std::string_view id) const;
    /// The administrative area of `level` that a source means by a name (compared by `name_key`); nothing
    /// when none or several do.
    [[nodiscard]] std::optional<AreaId> admin_named(int level, std::string_view name) const;

private:
    std::vector<Area> areas_;
    std::unordered_map<std::string, std::optional<AreaId>> admin_by_name_[4];
};

}  // namespace truce
