// SPDX-License-Identifier: Apache-2.0
#include "linkage/comparands.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace truce::linkage {
namespace {

constexpr std::size_t acts = static_cast<std::size_t>(Act::unknown) + 1;
constexpr std::uint8_t nothing = 0xFF;
constexpr unsigned memory_bits = 17;

const std::array<std::array<std::uint8_t, acts>, acts>& act_levels() {
    static const auto levels = [] {
        std::array<std::array<std::uint8_t, acts>, acts> table{};
        for (const auto a : all_acts()) {
            for (const auto b : all_acts()) {
                table[static_cast<std::size_t>(a)][static_cast<std::size_t>(b)] =
                    act_level(a, b).value_or(nothing);
            }
        }
        return table;
    }();
    return levels;
}

/// Where a pair of codes is remembered.
std::size_t slot(std::uint64_t pair) {
    return static_cast<std::size_t>((pair * 0x9e3779b97f4a7c15U) >> (64 - memory_bits));
}

/// The level of a pair of codes: as remembered, else by `find`. Codes from 1, below 2^30.
template <class Find>
std::uint8_t remembered(std::vector<std::uint64_t>& seen, std::uint32_t a, std::uint32_t b, Find&& find) {
    const std::uint64_t pair = static_cast<std::uint64_t>(std::min(a, b)) << 30U | std::max(a, b);
    auto& entry = seen[slot(pair)];
    if (entry >> 4U != pair) entry = pair << 4U | find();
    return static_cast<std::uint8_t>(entry & 15U);
}

}  // namespace

std::uint32_t NameBook::code(std::string_view name) {
    if (name.empty()) return 0;
    if (const auto known = codes_.find(name); known != codes_.end()) return known->second;
    const auto code = static_cast<std::uint32_t>(names_.size());
    names_.emplace_back(name);
    codes_.emplace(name, code);
    return code;
}

std::uint32_t PartyBook::code(const Party& party) {
    if (!party.known()) return 0;
    const auto [entry, added] = codes_.try_emplace(party, static_cast<std::uint32_t>(parties_.size()));
    if (added) parties_.push_back(party);
    return entry->second;
}

void Comparands::reserve(std::size_t n) {
    occasions.reserve(n);
    first_days.reserve(n);
    last_days.reserve(n);
    lats.reserve(n);
    lons.reserve(n);
    radii_km.reserve(n);
    coarse.reserve(n);
    place_names.reserve(n);
    attackers.reserve(n);
    targets.reserve(n);
    sides.reserve(n);
    acts.reserve(n);
    killed.reserve(n);
    letters.reserve(n);
    text_ends.reserve(n);
}

void Comparands::add(const Told& told) {
    occasions.push_back(told.when);
    first_days.push_back(told.when.first_day);
    last_days.push_back(told.when.last_day);
    lats.push_back(told.centre ? told.centre->lat : no_place);
    lons.push_back(told.centre ? told.centre->lon : no_place);
    radii_km.push_back(told.radius_km);
    coarse.push_back(told.radius_km > coarse_km / 2 ? 1 : 0);
    place_names.push_back(names.code(told.place_key));
    attackers.push_back(parties.code(told.attacker));
    targets.push_back(parties.code(told.target));
    sides.push_back(told.sides);
    acts.push_back(told.act);
    killed.push_back(told.killed.value_or(CountRange::exactly(no_count)));
    letters.push_back(told.letters);
    const auto shingles = told.text.values();
    text_hashes.insert(text_hashes.end(), shingles.begin(), shingles.end());
    text_ends.push_back(static_cast<std::uint32_t>(text_hashes.size()));
}

ComparandRows::ComparandRows(const Comparands& told, std::span<const Occasion> occasions) : told_(told) {
    rows_.reserve(told.size());
    for (std::size_t i = 0; i < told.size(); ++i) {
        rows_.push_back({.when = occasions[i],
                         .radius_km = told.radii_km[i],
                         .place_name = told.place_names[i],
                         .attacker = told.attackers[i],
                         .target = told.targets[i],
                         .killed = told.killed[i],
                         .act = told.acts[i],
                         .sides = told.sides[i],
                         .letters = told.letters[i],
                         .has_place = !std::isnan(told.lats[i])});
    }
}

PairComparison::PairComparison(const ComparandRows& rows)
    : rows_(rows), names_seen_(std::size_t{1} << memory_bits), parties_seen_(std::size_t{1} << memory_bits) {}

std::uint8_t PairComparison::names(std::uint32_t a, std::uint32_t b) {
    if (a == b) return 3;
    const auto& book = rows_.told_.names;
    return remembered(names_seen_, a, b, [&] { return name_level(book[a], book[b]); });
}

std::optional<std::uint8_t> PairComparison::parties(std::uint32_t a, std::uint32_t b) {
    if (a == 0 || b == 0) return std::nullopt;
    if (a == b) return std::uint8_t{3};
    const auto& book = rows_.told_.parties;
    return remembered(parties_seen_, a, b, [&] { return party_level(book[a], book[b]); });
}

void PairComparison::set_sides(Pattern& pattern, const Row& a, const Row& b) {
    auto attacker = parties(a.attacker, b.attacker);
    auto target = parties(a.target, b.target);
    if (a.sides == Sides::no_order || b.sides == Sides::no_order) {
        choose_order(attacker, target, parties(a.attacker, b.target), parties(a.target, b.attacker));
    }
    if (attacker) pattern.set(static_cast<std::size_t>(Compared::attacker), *attacker);
    if (target) pattern.set(static_cast<std::size_t>(Compared::target), *target);
}

Pattern PairComparison::operator()(std::uint32_t first, std::uint32_t second, double km) {
    const Row& a = rows_.rows_[first];
    const Row& b = rows_.rows_[second];
    Pattern pattern;
    const auto set = [&](Compared what, std::uint8_t level) {
        pattern.set(static_cast<std::size_t>(what), level);
    };
    set(Compared::when, when_level(a.when, b.when));
    if (a.has_place && b.has_place) set(Compared::place, place_level(km, a.radius_km + b.radius_km));
    if (a.place_name != 0 && b.place_name != 0) set(Compared::place_name, names(a.place_name, b.place_name));
    set_sides(pattern, a, b);
    const auto act = act_levels()[static_cast<std::size_t>(a.act)][static_cast<std::size_t>(b.act)];
    if (act != nothing) set(Compared::act, act);
    if (a.killed.best != Comparands::no_count && b.killed.best != Comparands::no_count)
        set(Compared::killed, killed_level(a.killed, b.killed));
    if (a.letters == b.letters) {
        const auto x = rows_.told_.text(first);
        const auto y = rows_.told_.text(second);
        if (!x.empty() && !y.empty()) set(Compared::text, text_level(x, y));
    }
    return pattern;
}

}  // namespace truce::linkage
