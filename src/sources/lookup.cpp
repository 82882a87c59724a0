// SPDX-License-Identifier: Apache-2.0
#include "sources/lookup.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace truce::sources {
namespace {

/// The days whose starts are remembered: 1970 to 2100.
constexpr sys_days first_kept_day{};
constexpr std::int64_t kept_days = 47'847;

/// How many different names are remembered.
constexpr std::size_t most_names = 1U << 16U;

/// Words for kinds of administrative units that sources put after or before the name.
constexpr std::array<std::string_view, 26> unit_words{
    "governorate", "province", "district",  "region",     "oblast",       "state",      "subdistrict",
    "sub",         "raion",    "rayon",     "prefecture", "county",       "division",   "gouvernorat",
    "wilayat",     "wilaya",   "muhafazat", "republic",   "municipality", "department", "departement",
    "territory",   "area",     "of",        "the",        "city"};

std::string without_unit_words(std::string_view name) {
    std::string out;
    const auto key = name_key(name);
    for (const auto word : split(key, ' ')) {
        if (std::ranges::find(unit_words, word) != unit_words.end()) continue;
        if (!out.empty()) out += ' ';
        out += word;
    }
    return out;
}

}  // namespace

bool names_nobody(std::string_view name) {
    const auto text = trimmed(name);
    if (text.empty() || text == "-" || text == "-1" || text == "?") return true;
    static constexpr std::array<std::string_view, 6> whole{"unknown", "none", "n a", "na", "null", "nan"};
    static constexpr std::array<std::string_view, 8> starts{
        "unidentified", "unknown ", "not known", "unnamed", "inconnu", "non identifie", "неизвест", "مجهول"};
    const auto key = name_key(text);
    return key.empty() || std::ranges::find(whole, key) != whole.end() ||
           std::ranges::any_of(starts, [&](std::string_view start) { return key.starts_with(start); });
}

sys_seconds Lookup::start_of(sys_days day) {
    const auto at = (day - first_kept_day).count();
    if (at < 0 || at >= kept_days) return zone_.day(day).first;
    if (day_starts_.empty()) day_starts_.resize(kept_days, open_start);
    auto& start = day_starts_[static_cast<std::size_t>(at)];
    if (start == open_start) start = zone_.day(day).first;
    return start;
}

Period Lookup::days(sys_days first, sys_days last) {
    return {start_of(first), start_of(last + std::chrono::days{1})};
}

std::optional<ActorId> Lookup::meant(std::string_view name_or_code, CodeSystem system) {
    auto& memo = actors_[static_cast<std::size_t>(system)];
    if (const auto found = memo.find(name_or_code); found != memo.end()) return found->second;
    const auto id = context_.actors.meant_by(name_or_code, system);
    memo.emplace(name_or_code, id);
    return id;
}

std::optional<ActorId> Lookup::actor(std::string_view code, std::string_view name, CodeSystem system) {
    if (!code.empty()) {
        if (const auto by_code = meant(code, system)) return by_code;
    }
    return name.empty() ? std::nullopt : meant(name, system);
}

Side Lookup::side(std::string_view code, std::string_view name, CodeSystem system, Basis basis) {
    side_key_.assign(1, static_cast<char>('0' + static_cast<int>(system)));
    side_key_.append(code).append(1, '\n').append(name);
    auto found = sides_.find(side_key_);
    if (found == sides_.end()) {
        const auto id = actor(code, name, system);
        found =
            sides_.emplace(side_key_, Found{.actor = id, .nobody = !id && names_nobody(name), .name = name})
                .first;
    }
    Side side{.candidates = {}, .name = found->second.name, .basis = Basis::unknown};
    if (found->second.nobody) return side;
    side.candidates.push_back({.actor = found->second.actor, .probability = 1.0});
    side.basis = basis;
    return side;
}

SharedText Lookup::name(std::string_view text) {
    if (text.empty()) return {};
    if (const auto found = names_.find(text); found != names_.end()) return found->second;
    SharedText name(text);
    if (names_.size() < most_names) names_.emplace(text, name);
    return name;
}

std::optional<AreaId> Lookup::admin(int level, std::string_view name) {
    if (name.empty()) return std::nullopt;
    auto& memo = areas_[static_cast<std::size_t>(level)];
    if (const auto found = memo.find(name); found != memo.end()) return found->second;
    auto area = context_.areas.admin_named(level, name);
    if (!area) {
        if (const auto bare = without_unit_words(name); !bare.empty())
            area = context_.areas.admin_named(level, bare);
    }
    memo.emplace(name, area);
    return area;
}

}  // namespace truce::sources
