// SPDX-License-Identifier: Apache-2.0
#include "sources/actors_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "sources/written_values.h"

namespace truce::sources {
namespace {

constexpr std::array<std::string_view, 7> kinds{"state",        "armed_group", "coalition", "umbrella",
                                                "organisation", "civilians",   "unknown"};
/// The model's relations, and `speaks_for`: a body that negotiates for a force is associated with it, no
/// more.
constexpr std::array<std::string_view, 9> relations{"contains",        "part_of",         "commands",
                                                    "allied_with",     "associated_with", "splinter_of",
                                                    "co_located_with", "same_as",         "speaks_for"};

ActorRelation relation_of(std::string_view name) {
    return name == "speaks_for" ? ActorRelation::associated_with : *actor_relation_named(name);
}

ActorCodes codes_in(Fields& actor, Problems& problems) {
    ActorCodes codes;
    const auto* node = actor.value("codes");
    if (node == nullptr) return codes;
    Fields fields(*node, "codes", problems);
    codes.ucdp = fields.texts("ucdp");
    codes.acled = fields.texts("acled");
    codes.gdelt = fields.texts("gdelt");
    fields.finish();
    return codes;
}

}  // namespace

void ActorNames::read(const YamlNode& root, const Zone& zone, Problems& problems) {
    Fields file(root, "the actors file", problems);
    check_format_version(file, problems);
    (void)file.required("actors");
    for (const auto* node : file.list("actors")) read_actor(*node, zone, problems);
    file.finish();
    ++files_;
}

void ActorNames::read_actor(const YamlNode& node, const Zone& zone, Problems& problems) {
    Fields fields(node, "actor", problems);
    Actor actor;
    const auto* id_node = fields.required("id");
    const auto id = id_node == nullptr ? std::nullopt : id_of(*id_node, "id", problems);
    if (const auto kind = fields.word("kind", kinds)) actor.kind = *actor_kind_named(*kind);
    actor.name = localised_in(fields, "name", problems);
    actor.spellings = fields.texts("spellings");
    actor.codes = codes_in(fields, problems);
    (void)localised_in(fields, "note", problems);
    const auto relation_nodes = fields.list("relations");
    fields.finish();
    if (!id) return;
    const auto [place, added] = by_id_.try_emplace(*id, static_cast<std::uint32_t>(actors_.size()));
    if (!added) {
        const auto& first = definitions_[place->second];
        problems.error(*id_node, fmt::format("actor '{}' is defined twice; first in {}:{}", *id, first.file,
                                             first.line));
        return;
    }
    actor.id = *id;
    if (actor.name.empty()) actor.name.by_language["en"] = *id;
    actors_.push_back(std::move(actor));
    definitions_.push_back({problems.file, id_node->line, id_node->column, false});
    for (const auto* relation : relation_nodes) read_relation(*relation, place->second, zone, problems);
}

void ActorNames::read_relation(const YamlNode& node, std::uint32_t actor, const Zone& zone,
                               Problems& problems) {
    Fields fields(node, "relation", problems);
    if (!node.is_mapping()) return;
    const YamlNode* other = nullptr;
    std::string_view relation;
    for (const auto name : relations) {
        if (!fields.has(name)) continue;
        if (other != nullptr) {
            problems.error(
                node, fmt::format("one relation names both '{}' and '{}'; make two of it", relation, name));
        }
        relation = name;
        other = node.find(name);
    }
    const auto during = period_in(fields, zone, problems);
    (void)localised_in(fields, "note", problems);
    fields.finish();
    if (other == nullptr) {
        problems.error(
            node, fmt::format("a relation must be one of {}, as {{part_of: other-id}}", listed(relations)));
        return;
    }
    pending_.push_back({actor, files_, relation_of(relation), other, during});
}

void ActorNames::link(std::vector<Problems>& problems) {
    for (const auto& pending : pending_) {
        auto& own = problems[pending.file];
        const auto id = text_of(*pending.other, "the other actor of a relation", own);
        if (!id) continue;
        const auto found = by_id_.find(*id);
        if (found == by_id_.end()) {
            own.error(*pending.other,
                      fmt::format("actor '{}' is not defined{}", shown(*id), did_you_mean(*id, ids())));
            continue;
        }
        if (found->second == pending.actor) {
            own.error(*pending.other, fmt::format("actor '{}' has a relation with itself", *id));
            continue;
        }
        actors_[pending.actor].relations.push_back(
            {pending.relation, ActorId{found->second}, pending.during});
    }
    pending_.clear();
}

std::optional<ActorId> ActorNames::named(const YamlNode& node, std::string_view what, Problems& problems) {
    const auto id = text_of(node, what, problems);
    if (!id) return std::nullopt;
    if (const auto found = by_id_.find(*id); found != by_id_.end()) {
        definitions_[found->second].used = true;
        return ActorId{found->second};
    }
    if (undefined_ == UndefinedActors::refuse) {
        problems.error(node,
                       fmt::format("actor '{}' is not defined{}", shown(*id), did_you_mean(*id, ids())));
        return std::nullopt;
    }
    if (!id_of(node, what, problems)) return std::nullopt;
    problems.warn(node, fmt::format("actor '{}' is defined nowhere; it has no name, code or relation, so no "
                                    "source's wording but this one is matched with it",
                                    *id));
    const ActorId made{static_cast<std::uint32_t>(actors_.size())};
    by_id_.emplace(*id, made.value);
    Actor actor;
    actor.id = *id;
    actor.name.by_language["en"] = *id;
    actors_.push_back(std::move(actor));
    definitions_.push_back({problems.file, 0, 0, true});
    return made;
}

std::optional<ActorId> ActorNames::named_in(Fields& fields, std::string_view key, Problems& problems) {
    const auto* node = fields.value(key);
    return node == nullptr ? std::nullopt : named(*node, key, problems);
}

std::vector<std::string_view> ActorNames::ids() const {
    std::vector<std::string_view> all;
    for (const auto& actor : actors_) all.push_back(actor.id);
    return all;
}

}  // namespace truce::sources
