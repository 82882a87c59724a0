// SPDX-License-Identifier: Apache-2.0
#include "linkage/gather.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "base/side_by_side.h"
#include "base/text.h"
#include "linkage/names.h"

namespace truce::linkage {
namespace {

/// Places known less exactly than this say nothing of where.
constexpr double vague_km = 150;
/// Accounts whose texts are gathered at a time.
constexpr std::size_t batch = 16384;
/// Texts of two sources that share so much are one text.
constexpr double one_text = 0.8;

/// The disc that holds a shape: about the middle of its box.
std::optional<Disc> disc_around(const Shape& shape) {
    const auto box = shape.bounds();
    if (!box) return std::nullopt;
    const Point centre{.lat = (box->south + box->north) / 2, .lon = (box->west + box->east) / 2};
    auto radius = distance(centre, {.lat = box->south, .lon = box->west});
    radius = std::max(radius, distance(centre, {.lat = box->north, .lon = box->west}));
    return Disc{.centre = centre, .radius = radius};
}

Letters letters_of(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= 0xC3 && c <= 0xC9))
            return Letters::latin;
        if (c == 0xD0 || c == 0xD1) return Letters::cyrillic;
        if (c >= 0xD8 && c <= 0xDB) return Letters::arabic;
        if (c >= 0xE0) return Letters::other;
    }
    return text.empty() ? Letters::none : Letters::other;
}

/// Makes what is compared of accounts, each distinct name once.
class Telling {
public:
    explicit Telling(const Surroundings& surroundings) : surroundings_(surroundings) {}

    Told operator()(const Account& account, const Shingles& text) {
        const auto& what = account.told;
        Told told;
        told.when = occasion(what.when);
        set_place(what.place, told);
        const auto when = what.when.window.first;
        told.attacker = party(what.parties.attacker, when);
        told.target = party(what.parties.target, when);
        told.sides = what.parties.roles == Roles::stated ? Sides::attacker_first : Sides::no_order;
        told.act = what.act;
        told.killed = what.toll.killed ? what.toll.killed : what.toll.civilians_killed;
        told.text = text;
        told.letters = letters_of(account.summary);
        return told;
    }

private:
    [[nodiscard]] Occasion occasion(const When& when) const {
        const auto& zone = surroundings_.zone;
        const auto day = [&](sys_seconds at) {
            return static_cast<std::int32_t>(zone.local_day(at).time_since_epoch().count());
        };
        const auto& window = when.window;
        return {.begin = window.first.time_since_epoch().count(),
                .end = window.end.time_since_epoch().count(),
                .first_day = day(window.first),
                .last_day = std::max(day(window.first), day(window.end - std::chrono::seconds{1}))};
    }

    void set_place(const Place& place, Told& told) {
        told.place_key = latin(place.name);
        std::optional<Disc> disc;
        if (place.within) {
            const auto& area = surroundings_.areas[*place.within];
            if (area.admin_level == 0) return;
            const auto known = discs_.find(place.within->value);
            disc = known != discs_.end()
                       ? known->second
                       : discs_.emplace(place.within->value, disc_around(area.shape)).first->second;
        } else if (place.centre) {
            disc = Disc{.centre = *place.centre, .radius = place.radius};
        }
        if (!disc || disc->radius.in_km() > vague_km) return;
        told.centre = disc->centre;
        told.radius_km = disc->radius.in_km();
    }

    Party party(const Side& side, sys_seconds when) {
        Party party;
        if (side.candidates.empty()) return party;
        for (const auto& candidate : side.candidates) {
            if (!candidate.actor) continue;
            party.may_be.push_back(*candidate.actor);
            const auto members = surroundings_.actors.members(*candidate.actor, when);
            party.may_be.insert(party.may_be.end(), members.begin(), members.end());
        }
        std::ranges::sort(party.may_be);
        party.may_be.erase(std::ranges::unique(party.may_be).begin(), party.may_be.end());
        party.key = latin(side.name);
        return party;
    }

    const std::string& latin(std::string_view name) {
        auto found = keys_.find(name);
        if (found == keys_.end()) found = keys_.emplace(std::string(name), latin_key(name)).first;
        return found->second;
    }

    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    const Surroundings& surroundings_;
    std::unordered_map<std::string, std::string, Hash, std::equal_to<>> keys_;
    std::unordered_map<std::uint32_t, std::optional<Disc>> discs_;
};

/// Each source's place in order of ids.
std::vector<std::uint32_t> source_ranks(std::span<const Source> sources) {
    std::vector<std::uint32_t> order(sources.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::stable_sort(order, {}, [&](std::uint32_t i) { return std::string_view(sources[i].id); });
    std::vector<std::uint32_t> ranks(sources.size());
    for (std::uint32_t place = 0; place < order.size(); ++place) ranks[order[place]] = place;
    return ranks;
}

/// Each row's place in order of source, key and hash: what an account is, whatever the order of files.
std::vector<std::uint32_t> ranks_of(const Gathered& gathered, std::span<const Account> accounts) {
    std::vector<std::uint32_t> order(gathered.accounts.size());
    std::iota(order.begin(), order.end(), 0U);
    const auto key = [&](std::uint32_t i) {
        const auto& account = accounts[gathered.accounts[i].value];
        return std::tuple(gathered.sources[i], std::string_view(account.key), account.raw, account.row);
    };
    std::ranges::sort(order, [&](std::uint32_t i, std::uint32_t j) { return key(i) < key(j); });
    std::vector<std::uint32_t> ranks(order.size());
    for (std::uint32_t place = 0; place < order.size(); ++place) ranks[order[place]] = place;
    return ranks;
}

std::string in_words(const AccountRef& ref) {
    return ref.raw.empty() ? fmt::format("account '{}' of source '{}'", shown(ref.key), shown(ref.source))
                           : fmt::format("a row with the hash {}", shown(ref.raw));
}

/// The names of those that an account rests on, as keys; its own source where it cites nobody.
std::vector<std::string> rests_on(const Account& account, const Source& source) {
    std::vector<std::string> names;
    std::string_view cites = account.cites;
    while (!cites.empty()) {
        const auto end = std::min(cites.find_first_of(";|\n"), cites.size());
        auto key = latin_key(cites.substr(0, end));
        if (!key.empty()) names.push_back(std::move(key));
        cites.remove_prefix(std::min(end + 1, cites.size()));
    }
    if (names.empty()) {
        names.push_back(latin_key(source.id));
        for (const auto& [language, title] : source.title.by_language) names.push_back(latin_key(title));
    }
    return names;
}

bool share_a_name(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    return std::ranges::any_of(
        a, [&](const std::string& name) { return std::ranges::find(b, name) != b.end(); });
}

}  // namespace

Told told_of(const Account& account, const Surroundings& surroundings) {
    return Telling(surroundings)(account, shingles_of(account.summary));
}

Gathered gather(std::span<const Account> accounts, const Surroundings& surroundings, unsigned threads) {
    Gathered gathered;
    const auto sources = source_ranks(surroundings.sources);
    gathered.repeats.resize(sources.size());
    for (std::size_t s = 0; s < sources.size(); ++s) {
        gathered.repeats[sources[s]] = surroundings.sources[s].repeats == Repeats::may ? 1 : 0;
    }
    for (std::uint32_t i = 0; i < accounts.size(); ++i) {
        if (accounts[i].kind != AccountKind::incident) continue;
        gathered.accounts.push_back({i});
        gathered.sources.push_back(sources[accounts[i].source.value]);
    }
    const auto count = gathered.accounts.size();
    gathered.told.reserve(count);
    Telling telling(surroundings);
    std::vector<Shingles> texts(std::min(batch, count));
    for (std::size_t begin = 0; begin < count; begin += batch) {
        const auto size = std::min(batch, count - begin);
        constexpr std::size_t piece = 256;
        run_side_by_side(threads, (size + piece - 1) / piece, [&](std::size_t part) {
            for (auto i = part * piece; i < std::min(size, (part + 1) * piece); ++i) {
                texts[i] = shingles_of(accounts[gathered.accounts[begin + i].value].summary);
            }
        });
        for (std::size_t i = 0; i < size; ++i) {
            gathered.told.add(telling(accounts[gathered.accounts[begin + i].value], texts[i]));
        }
    }
    gathered.ranks = ranks_of(gathered, accounts);
    return gathered;
}

FoundDecisions find_decisions(std::span<const LinkDecision> decisions, const Gathered& gathered,
                              std::span<const Account> accounts, std::span<const Source> sources) {
    FoundDecisions found;
    if (decisions.empty()) return found;
    constexpr std::size_t digits = 12;
    std::unordered_multimap<std::string, std::uint32_t> by_name;
    std::unordered_multimap<std::string, std::uint32_t> by_hash;
    for (std::uint32_t i = 0; i < gathered.accounts.size(); ++i) {
        const auto& account = accounts[gathered.accounts[i].value];
        by_name.emplace(
            fmt::format("{}\n{}", sources[account.source.value].id, std::string_view(account.key)), i);
        by_hash.emplace(account.raw.hex().substr(0, digits), i);
    }
    const auto rows_of = [&](const AccountRef& ref) {
        std::vector<std::uint32_t> rows;
        if (!ref.raw.empty()) {
            const auto [first, last] = by_hash.equal_range(ref.raw.substr(0, digits));
            for (auto it = first; it != last; ++it) {
                if (accounts[gathered.accounts[it->second].value].raw.hex().starts_with(ref.raw))
                    rows.push_back(it->second);
            }
        } else {
            const auto [first, last] = by_name.equal_range(fmt::format("{}\n{}", ref.source, ref.key));
            for (auto it = first; it != last; ++it) rows.push_back(it->second);
        }
        std::ranges::sort(rows, {}, [&](std::uint32_t row) { return gathered.ranks[row]; });
        return rows;
    };
    for (std::size_t d = 0; d < decisions.size(); ++d) {
        const auto& decision = decisions[d];
        std::vector<std::vector<std::uint32_t>> rows;
        for (const auto& ref : decision.accounts) {
            rows.push_back(rows_of(ref));
            if (rows.back().empty()) found.not_found.emplace_back(d, in_words(ref));
        }
        const auto kind = decision.kind == LinkDecision::Kind::link ? HumanDecision::Kind::together
                                                                    : HumanDecision::Kind::apart;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            for (std::size_t j = i + 1; j < rows.size(); ++j) {
                for (const auto a : rows[i]) {
                    for (const auto b : rows[j]) {
                        if (a == b) continue;
                        found.pairs.push_back({{a, b}, kind});
                        found.of.push_back(d);
                    }
                }
            }
        }
    }
    return found;
}

std::size_t witnesses(std::span<const Account* const> accounts, std::span<const Source> sources) {
    std::vector<std::vector<std::string>> names;
    std::vector<Shingles> texts;
    for (const auto* account : accounts) {
        names.push_back(rests_on(*account, sources[account->source.value]));
        texts.push_back(shingles_of(account->summary));
    }
    std::vector<std::size_t> witness(accounts.size());
    std::iota(witness.begin(), witness.end(), std::size_t{0});
    for (std::size_t i = 0; i < accounts.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            const bool one = share_a_name(names[i], names[j]) ||
                             resemblance(texts[i].values(), texts[j].values()) >= one_text;
            if (!one || witness[i] == witness[j]) continue;
            std::ranges::replace(witness, witness[i], witness[j]);
        }
    }
    return std::set<std::size_t>(witness.begin(), witness.end()).size();
}

}  // namespace truce::linkage
