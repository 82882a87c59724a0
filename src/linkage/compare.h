// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "geo/point.h"
#include "linkage/fellegi_sunter.h"
#include "linkage/similarity.h"
#include "model/act.h"
#include "model/actor.h"
#include "model/toll.h"

/// When do two accounts tell of one incident? What is compared, and into which levels.
namespace truce::linkage {

/// What is compared of two accounts, in the order of a pattern's fields.
enum class Compared : std::uint8_t { when, place, place_name, attacker, target, act, killed, text };
inline constexpr std::size_t compared_count = 8;

[[nodiscard]] std::string_view name_of(Compared what);
/// The fields with their numbers of levels.
[[nodiscard]] const std::vector<ComparedField>& compared_fields();
/// A level of a field in words, for whoever weighs a link: "same day", "within 2 km or the places' own
/// precision".
[[nodiscard]] std::string_view level_in_words(Compared what, std::uint8_t level);

/// When something happened: the window of instants, and the local days that it touches.
struct Occasion {
    std::int64_t begin = 0;  ///< seconds since 1970
    std::int64_t end = 0;    ///< not included
    std::int32_t first_day = 0;
    std::int32_t last_day = 0;  ///< included
};

/// Who is meant by one side: those of the mission's register that it may be, an umbrella's members included,
/// and the name as the source writes it, as a key. Neither: not known.
struct Party {
    std::vector<ActorId> may_be{};  ///< in order
    std::string key{};
    [[nodiscard]] bool known() const { return !may_be.empty() || !key.empty(); }
    friend auto operator<=>(const Party&, const Party&) = default;
};

/// Whether a source says who began: where it does not, its sides have no order.
enum class Sides : std::uint8_t { attacker_first, no_order };

/// Which letters a text is written in, so far as texts in different ones cannot share words.
enum class Letters : std::uint8_t { none, latin, arabic, cyrillic, other };

/// What of an account is compared.
struct Told {
    Occasion when{};
    std::optional<Point> centre{};
    double radius_km = 0;
    std::string place_key{};  ///< empty: the place has no name
    Party attacker{};
    Party target{};
    Sides sides = Sides::attacker_first;
    Act act = Act::unknown;
    std::optional<CountRange> killed{};
    Shingles text{};
    Letters letters = Letters::none;
};

/// Windows up to so long are taken as known to the clock.
inline constexpr std::int64_t clock_seconds = 2 * 3600;
/// Places known less exactly than so, both radii together, are coarse: that they agree says less.
inline constexpr double coarse_km = 15;

/// 5 within an hour, both known to two hours; 4 the same day, and not more than six hours apart where both
/// are known to two hours; 3 windows of several days that meet; 2 a day apart; 1 two or three; 0 more.
[[nodiscard]] std::uint8_t when_level(const Occasion& a, const Occasion& b);
/// 5 within 0.5 km, 4 within 2 km or both radii together, both places being known to `coarse_km`; 3 within
/// both radii together, these being larger; 2 up to 10 km beyond; 1 up to 25 km; 0 farther.
[[nodiscard]] std::uint8_t place_level(double km, double radii_km);
/// 3 the same; 2 at least 0.92 alike by Jaro and Winkler; 1 at least 0.8; 0 less.
[[nodiscard]] std::uint8_t name_level(std::string_view a, std::string_view b);
/// 3 the same actors, or the same name where neither is known to the register; 2 one among those that the
/// other may be, or names at least 0.92 alike; 1 some in common, or names at least 0.8 alike; 0 none.
/// Requires: both are known.
[[nodiscard]] std::uint8_t party_level(const Party& a, const Party& b);
/// 3 the same act; 2 one is a kind of the other; 1 kinds of one broader act; 0 neither. Nothing where either
/// is unknown or has no name here.
[[nodiscard]] std::optional<std::uint8_t> act_level(Act a, Act b);
/// 4 the same best figure of four or more; 3 the same below; 2 ranges that meet; 1 best figures within a
/// factor of two or a difference of two; 0 farther apart.
[[nodiscard]] std::uint8_t killed_level(const CountRange& a, const CountRange& b);
/// By how much of their pairs of words texts share: 3 half, 2 a fifth, 1 a twentieth, 0 less.
[[nodiscard]] std::uint8_t text_level(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b);

/// The levels of two sides of which it is not said who began: those of the order in which they agree better.
void choose_order(std::optional<std::uint8_t>& attacker, std::optional<std::uint8_t>& target,
                  std::optional<std::uint8_t> attacker_as_target,
                  std::optional<std::uint8_t> target_as_attacker);

/// How two accounts compare. Fields of which either says nothing are skipped, never held against them. Where
/// either does not say who began, the sides are compared in the order in which they agree better.
/// Symmetric. The definition: `Comparands` has the form for many.
[[nodiscard]] Pattern compare(const Told& a, const Told& b);

/// What is held of the levels before looking, from what such sources are known to do. With little to learn
/// from, weights stay near these.
[[nodiscard]] const LevelPrior& usual_levels();

}  // namespace truce::linkage
