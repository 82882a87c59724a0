// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "linkage/candidates.h"
#include "linkage/compare.h"

namespace truce::linkage {

/// Different texts, each under one code from 1; the empty text is 0.
class NameBook {
public:
    NameBook() : names_(1) {}
    /// The code of `name`; a new one where it was not known.
    std::uint32_t code(std::string_view name);
    [[nodiscard]] const std::string& operator[](std::uint32_t code) const { return names_[code]; }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    std::vector<std::string> names_;
    std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> codes_;
};

/// Different parties, each under one code from 1; the unknown one is 0.
class PartyBook {
public:
    PartyBook() : parties_(1) {}
    std::uint32_t code(const Party& party);
    [[nodiscard]] const Party& operator[](std::uint32_t code) const { return parties_[code]; }

private:
    std::vector<Party> parties_;
    std::map<Party, std::uint32_t> codes_;
};

/// What is compared of many accounts, as columns: one value for each account in every column.
struct Comparands {
    /// A place that is not known has this latitude and longitude.
    static constexpr double no_place = std::numeric_limits<double>::quiet_NaN();
    /// No figure of killed: low, best and high are all this.
    static constexpr std::uint32_t no_count = 0xFFFFFFFF;

    std::vector<Occasion> occasions;
    std::vector<std::int32_t> first_days;
    std::vector<std::int32_t> last_days;
    std::vector<double> lats;
    std::vector<double> lons;
    std::vector<double> radii_km;
    std::vector<std::uint8_t> coarse;  ///< not 0: the place is known to its district at best
    std::vector<std::uint32_t> place_names;
    std::vector<std::uint32_t> attackers;
    std::vector<std::uint32_t> targets;
    std::vector<Sides> sides;
    std::vector<Act> acts;
    std::vector<CountRange> killed;
    std::vector<Letters> letters;
    std::vector<std::uint32_t> text_ends;  ///< of each account's shingles in `text_hashes`
    std::vector<std::uint32_t> text_hashes;
    NameBook names;
    PartyBook parties;

    [[nodiscard]] std::size_t size() const { return occasions.size(); }
    void reserve(std::size_t n);
    void add(const Told& told);
    [[nodiscard]] Spots spots() const { return {lats, lons, coarse, first_days, last_days}; }
    [[nodiscard]] std::span<const std::uint32_t> text(std::uint32_t account) const {
        const auto begin = account == 0 ? 0 : text_ends[account - 1];
        return std::span(text_hashes).subspan(begin, text_ends[account] - begin);
    }
};

/// What is compared of many accounts once more, by account: one line of the cache for each.
class ComparandRows {
public:
    /// `occasions`: those of `told`, or others in their place. Requires: `told` outlives it.
    ComparandRows(const Comparands& told, std::span<const Occasion> occasions);

private:
    friend class PairComparison;
    struct alignas(64) Row {
        Occasion when;
        double radius_km;
        std::uint32_t place_name;
        std::uint32_t attacker;
        std::uint32_t target;
        CountRange killed;
        Act act;
        Sides sides;
        Letters letters;
        bool has_place;
    };
    const Comparands& told_;
    std::vector<Row> rows_;
};

/// Compares accounts pair by pair. Says what `compare` says, and remembers what it found of names: one for
/// each thread.
class PairComparison {
public:
    /// Requires: `rows` outlives it.
    explicit PairComparison(const ComparandRows& rows);
    /// `km`: the distance between the two places, where both are known.
    Pattern operator()(std::uint32_t a, std::uint32_t b, double km);

private:
    using Row = ComparandRows::Row;
    [[nodiscard]] std::uint8_t names(std::uint32_t a, std::uint32_t b);
    [[nodiscard]] std::optional<std::uint8_t> parties(std::uint32_t a, std::uint32_t b);
    void set_sides(Pattern& pattern, const Row& a, const Row& b);

    const ComparandRows& rows_;
    /// A pair's codes and level in one word, at a place that the codes give; the latest pair stays.
    std::vector<std::uint64_t> names_seen_;
    std::vector<std::uint64_t> parties_seen_;
};

}  // namespace truce::linkage
