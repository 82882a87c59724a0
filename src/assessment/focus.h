// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "model/area.h"
#include "model/mission.h"
#include "model/place.h"

namespace truce {

/// Where an incident's place stands to the mission's focus area.
enum class InFocus : std::uint8_t {
    yes,      ///< at least half of where it may have been lies in the area, in every version of it
    no,       ///< less than half in every version
    unclear,  ///< the versions differ, or the place is not known
};

[[nodiscard]] std::string_view name_of(InFocus in_focus);

/// The mission's focus area, prepared for questions about many places. Safe to ask from several threads.
class Focus {
public:
    /// Requires: `mission` names an area that `areas` has, or none (which is the whole world); both outlive
    /// it.
    Focus(const Mission& mission, const AreaRegister& areas);
    Focus(Focus&&) noexcept;
    Focus& operator=(Focus&&) = delete;
    ~Focus();

    [[nodiscard]] InFocus holds(const Place& place) const;

private:
    struct Prepared;
    std::unique_ptr<Prepared> prepared_;
};

}  // namespace truce
