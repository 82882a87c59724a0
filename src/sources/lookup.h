// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/shared_text.h"
#include "base/time.h"
#include "model/actor.h"
#include "model/area.h"
#include "model/parties.h"

namespace truce::sources {

/// What a reader must know of the mission to make accounts of rows.
struct Context {
    /// Whom names and codes mean. Requires: outlives the call; so do all references here.
    const ActorRegister& actors;
    /// Which administrative areas and countries places are widened to.
    const AreaRegister& areas;
    /// Where the source says no zone: whose midnights its days run between.
    Zone zone;
    int threads = 1;
    /// Whether cells that no field of an account is made for are kept with it (Account::extra): for those who ask for them.
    enum class ExtraCells : std::uint8_t { kept, left_out } extra_cells = ExtraCells::kept;
};

/// Looks names, codes and days up in a mission, each distinct one once. Not for two threads at a time.
class Lookup {
public:
    /// Requires: `context` outlives it.
    explicit Lookup(const Context& context) : context_(context), zone_(context.zone) {}
    Lookup(const Context& context, Zone zone) : context_(context), zone_(zone) {}

    [[nodiscard]] Zone zone() const { return zone_; }
    [[nodiscard]] bool keeps_extra_cells() const {
        return context_.extra_cells == Context::ExtraCells::kept;
    }
    /// The zone's days from `first` to `last`, both included.
    [[nodiscard]] Period days(sys_days first, sys_days last);
    /// The actor of a code, or, where nobody has that code, of a name.
    [[nodiscard]] std::optional<ActorId> actor(std::string_view code, std::string_view name,
                                               CodeSystem system);
    /// A side that is named: one candidate, known to the register or not. Empty and "unidentified" names
    /// leave the side without candidates.
    [[nodiscard]] Side side(std::string_view code, std::string_view name, CodeSystem system, Basis basis);
    /// A name that many rows have: rows that have the same one share its text. Of a file in which nearly
    /// every row has another, the first many are kept.
    [[nodiscard]] SharedText name(std::string_view text);
    /// The administrative area of that level and name; also where the source adds the unit's kind to the name
    /// ("Homs Governorate" for Homs).
    [[nodiscard]] std::optional<AreaId> admin(int level, std::string_view name);

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    template <class Value>
    using Memo = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;
    [[nodiscard]] sys_seconds start_of(sys_days day);
    [[nodiscard]] std::optional<ActorId> meant(std::string_view name_or_code, CodeSystem system);

    const Context& context_;
    Zone zone_;
    /// When each day from `first_kept_day` on starts, as far as it was asked; `open_start` where it was not.
    std::vector<sys_seconds> day_starts_;
    Memo<std::optional<ActorId>> actors_[4];
    /// What `side` found, by system, code and name.
    struct Found {
        std::optional<ActorId> actor;
        bool nobody;
        SharedText name;
    };
    Memo<Found> sides_;
    std::string side_key_;
    Memo<SharedText> names_;
    Memo<std::optional<AreaId>> areas_[4];
};

/// Whether a name says that nobody is named: empty, `-`, "Unknown", "Unidentified armed group".
[[nodiscard]] bool names_nobody(std::string_view name);

}  // namespace truce::sources
