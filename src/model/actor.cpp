// SPDX-License-Identifier: Apache-2.0
#include "model/actor.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "base/text.h"

namespace truce {
namespace {

constexpr std::array kind_names{
    std::pair{ActorKind::state, std::string_view("state")},
    std::pair{ActorKind::armed_group, std::string_view("armed_group")},
    std::pair{ActorKind::coalition, std::string_view("coalition")},
    std::pair{ActorKind::umbrella, std::string_view("umbrella")},
    std::pair{ActorKind::organisation, std::string_view("organisation")},
    std::pair{ActorKind::civilians, std::string_view("civilians")},
    std::pair{ActorKind::unknown, std::string_view("unknown")},
};

constexpr std::array relation_names{
    std::pair{ActorRelation::contains, std::string_view("contains")},
    std::pair{ActorRelation::part_of, std::string_view("part_of")},
    std::pair{ActorRelation::commands, std::string_view("commands")},
    std::pair{ActorRelation::allied_with, std::string_view("allied_with")},
    std::pair{ActorRelation::associated_with, std::string_view("associated_with")},
    std::pair{ActorRelation::splinter_of, std::string_view("splinter_of")},
    std::pair{ActorRelation::co_located_with, std::string_view("co_located_with")},
    std::pair{ActorRelation::same_as, std::string_view("same_as")},
};

void index_under(std::unordered_map<std::string, std::optional<ActorId>>& index, std::string key,
                 ActorId id) {
    if (key.empty()) return;
    const auto [place, added] = index.try_emplace(std::move(key), id);
    if (!added && place->second != id) place->second.reset();  // two actors share it: it means neither
}

std::optional<ActorId> looked_up(const std::unordered_map<std::string, std::optional<ActorId>>& index,
                                 const std::string& key) {
    const auto found = index.find(key);
    return found == index.end() ? std::nullopt : found->second;
}

/// The relation as seen from the other side, where it has another side.
std::optional<ActorRelation> mirrored(ActorRelation relation) {
    switch (relation) {
        case ActorRelation::part_of:
            return ActorRelation::commands;
        case ActorRelation::commands:
            return ActorRelation::part_of;
        case ActorRelation::allied_with:
        case ActorRelation::associated_with:
        case ActorRelation::co_located_with:
        case ActorRelation::same_as:
            return relation;
        case ActorRelation::contains:
        case ActorRelation::splinter_of:
            return std::nullopt;
    }
    return std::nullopt;
}

/// Everyone reached from `start` over relations of the given kinds that hold at `when`, `start` first.
std::vector<ActorId> reached(std::span<const Actor> actors, ActorId start, sys_seconds when,
                             std::initializer_list<ActorRelation> over) {
    std::vector<ActorId> found{start};
    for (std::size_t i = 0; i < found.size(); ++i) {
        for (const auto& relation : actors[found[i].value].relations) {
            if (!relation.during.contains(when)) continue;
            if (std::ranges::find(over, relation.relation) == over.end()) continue;
            if (std::ranges::find(found, relation.other) == found.end()) found.push_back(relation.other);
        }
    }
    return found;
}

}  // namespace

ActorRegister::ActorRegister(std::vector<Actor> actors) : actors_(std::move(actors)) {
    for (std::uint32_t i = 0; i < actors_.size(); ++i) {
        const auto relations = actors_[i].relations;
        for (const auto& relation : relations) {
            assert(relation.other.value < actors_.size());
            const auto back = mirrored(relation.relation);
            if (!back) continue;
            auto& others = actors_[relation.other.value].relations;
            const bool there = std::ranges::any_of(others, [&](const DatedRelation& r) {
                return r.relation == *back && r.other == ActorId{i} && r.during == relation.during;
            });
            if (!there) others.push_back({*back, ActorId{i}, relation.during});
        }
    }
    for (std::uint32_t i = 0; i < actors_.size(); ++i) {
        const ActorId id{i};
        const auto& actor = actors_[i];
        index_under(by_id_, actor.id, id);
        index_under(by_name_, name_key(actor.id), id);
        for (const auto& [language, name] : actor.name.by_language) index_under(by_name_, name_key(name), id);
        for (const auto& spelling : actor.spellings) index_under(by_name_, name_key(spelling), id);
        for (const auto& code : actor.codes.ucdp)
            index_under(by_code_[static_cast<int>(CodeSystem::ucdp)], code, id);
        for (const auto& code : actor.codes.acled) {
            index_under(by_code_[static_cast<int>(CodeSystem::acled)], name_key(code), id);
            index_under(by_name_, name_key(code), id);
        }
        for (const auto& code : actor.codes.gdelt)
            index_under(by_code_[static_cast<int>(CodeSystem::gdelt)], code, id);
    }
}

std::optional<ActorId> ActorRegister::with_id(std::string_view id) const {
    return looked_up(by_id_, std::string(id));
}

std::optional<ActorId> ActorRegister::meant_by(std::string_view name_or_code, CodeSystem system) const {
    const auto text = trimmed(name_or_code);
    if (text.empty()) return std::nullopt;
    if (system == CodeSystem::ucdp || system == CodeSystem::gdelt) {
        if (const auto by_code = looked_up(by_code_[static_cast<int>(system)], std::string(text)))
            return by_code;
    }
    if (const auto by_id = with_id(text)) return by_id;
    const auto key = name_key(text);
    if (system == CodeSystem::acled) {
        if (const auto by_code = looked_up(by_code_[static_cast<int>(system)], key)) return by_code;
    }
    return looked_up(by_name_, key);
}

Answer ActorRegister::acts_for(ActorId actor, ActorId party, sys_seconds when) const {
    const auto bound = reached(actors_, party, when, {ActorRelation::commands, ActorRelation::same_as});
    if (std::ranges::find(bound, actor) != bound.end()) return Answer::yes;
    const auto may_stand_for =
        reached(actors_, actor, when, {ActorRelation::contains, ActorRelation::same_as});
    for (const auto member : may_stand_for) {
        if (std::ranges::find(bound, member) != bound.end()) return Answer::unknown;
    }
    for (const auto one : bound) {
        for (const auto& relation : actors_[one.value].relations) {
            const bool beside = relation.relation == ActorRelation::allied_with ||
                                relation.relation == ActorRelation::associated_with;
            if (beside && relation.other == actor && relation.during.contains(when)) return Answer::unknown;
        }
    }
    return Answer::no;
}

Answer ActorRegister::may_be(ActorId actor, ActorId other, sys_seconds when) const {
    const auto names = reached(actors_, actor, when, {ActorRelation::same_as});
    if (std::ranges::find(names, other) != names.end()) return Answer::yes;
    const auto stands_for = reached(actors_, actor, when, {ActorRelation::contains, ActorRelation::same_as});
    return std::ranges::find(stands_for, other) != stands_for.end() ? Answer::unknown : Answer::no;
}

std::vector<ActorId> ActorRegister::members(ActorId umbrella, sys_seconds when) const {
    auto all = reached(actors_, umbrella, when, {ActorRelation::contains});
    all.erase(all.begin());
    return all;
}

std::vector<ActorId> ActorRegister::umbrellas_of(ActorId actor, sys_seconds when) const {
    std::vector<ActorId> found{actor};
    for (std::size_t i = 0; i < found.size(); ++i) {
        for (std::uint32_t u = 0; u < actors_.size(); ++u) {
            const bool holds = std::ranges::any_of(actors_[u].relations, [&](const DatedRelation& r) {
                return r.relation == ActorRelation::contains && r.other == found[i] &&
                       r.during.contains(when);
            });
            if (holds && std::ranges::find(found, ActorId{u}) == found.end()) found.push_back(ActorId{u});
        }
    }
    found.erase(found.begin());
    return found;
}

std::string_view name_of(ActorKind kind) {
    return kind_names[static_cast<std::size_t>(kind)].second;
}
std::optional<ActorKind> actor_kind_named(std::string_view name) {
    for (const auto& [kind, text] : kind_names) {
        if (text == name) return kind;
    }
    return std::nullopt;
}

std::string_view name_of(ActorRelation relation) {
    return relation_names[static_cast<std::size_t>(relation)].second;
}
std::optional<ActorRelation> actor_relation_named(std::string_view name) {
    for (const auto& [relation, text] : relation_names) {
        if (text == name) return relation;
    }
    return std::nullopt;
}

}  // namespace truce
