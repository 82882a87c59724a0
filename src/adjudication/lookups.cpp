// SPDX-License-Identifier: Apache-2.0
#include "adjudication/lookups.h"

#include <algorithm>

#include "geo/share.h"

namespace truce {

Standing standing_at(const ActorRegister& actors, ActorId actor, ActorId party, sys_seconds when) {
    switch (actors.acts_for(actor, party, when)) {
        case Answer::yes:
            return actors.may_be(actor, party, when) == Answer::yes ? Standing::itself : Standing::commanded;
        case Answer::no:
            return Standing::none;
        case Answer::unknown:
            break;
    }
    for (const auto member : actors.members(actor, when)) {
        if (actors.acts_for(member, party, when) == Answer::yes) return Standing::umbrella;
    }
    return actors.may_be(actor, party, when) == Answer::unknown ? Standing::umbrella : Standing::ally;
}

std::vector<sys_seconds> relation_changes(const ActorRegister& actors) {
    std::vector<sys_seconds> changes;
    for (const auto& actor : actors.actors()) {
        for (const auto& relation : actor.relations) {
            if (relation.during.first != open_start) changes.push_back(relation.during.first);
            if (relation.during.end != open_end) changes.push_back(relation.during.end);
        }
    }
    std::ranges::sort(changes);
    changes.erase(std::unique(changes.begin(), changes.end()), changes.end());
    return changes;
}

Standing together(Standing a, Standing b) {
    const auto acts_for_it = [](Standing s) { return s == Standing::itself || s == Standing::commanded; };
    if (a == b) return a;
    return acts_for_it(a) && acts_for_it(b) ? Standing::commanded : Standing::changes;
}

Standing PlainLookups::standing(ActorId actor, ActorId party, Period during) const {
    auto standing = standing_at(setting().actors, actor, party, during.first);
    for (const auto change : relation_changes(setting().actors)) {
        if (change <= during.first || change >= during.end) continue;
        standing = together(standing, standing_at(setting().actors, actor, party, change));
    }
    return standing;
}

double PlainLookups::share_in(const Disc& disc, AreaId area) const {
    return share(disc, setting().areas[area].shape);
}

Chance share_between(const AreaRegister& areas, AreaId part, AreaId whole) {
    if (part == whole) return Chance::certain();
    const auto& a = areas[part].shape;
    const auto& b = areas[whole].shape;
    const auto box_a = a.bounds();
    const auto box_b = b.bounds();
    if (!box_a || !box_b) return Chance::unknown();
    if (box_a->south > box_b->north || box_b->south > box_a->north) return Chance::impossible();
    if (box_a->west > box_b->east || box_b->west > box_a->east) return Chance::impossible();
    const auto shared = share(a, b);
    return shared ? Chance::exactly(std::clamp(*shared, 0.0, 1.0)) : Chance::unknown();
}

Chance PlainLookups::share_of(AreaId part, AreaId whole) const {
    return share_between(setting().areas, part, whole);
}

}  // namespace truce
