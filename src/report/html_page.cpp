// SPDX-License-Identifier: Apache-2.0
#include "report/html_page.h"

namespace truce::report {

std::string Page::actor_name(ActorId actor) const {
    const auto& known = dossier.actors[actor];
    return std::string(known.name.in(messages.language(), known.id));
}

std::string Page::area_name(AreaId area) const {
    const auto& known = dossier.areas[area];
    return std::string(known.name.in(messages.language(), known.id));
}

std::string Page::name_of_id(std::string_view id) const {
    if (const auto actor = dossier.actors.with_id(id)) return actor_name(*actor);
    if (const auto areas = dossier.areas.versions_of(id); !areas.empty()) return area_name(areas.front());
    return std::string(id);
}

std::string Page::agreement_title(AgreementId agreement) const {
    const auto& known = dossier.agreements[agreement.value];
    return std::string(known.title.in(messages.language(), known.id));
}

std::string Page::focus_name() const {
    const auto& mission = dossier.mission;
    if (mission.focus.empty()) return messages.text("area.all");
    std::string names;
    for (const auto area : dossier.areas.versions_of(mission.focus)) {
        if (!mission.focus_version.empty() && dossier.areas[area].version != mission.focus_version) continue;
        const auto name = area_name(area);
        if (names.find(name) == std::string::npos) names += (names.empty() ? "" : " / ") + name;
    }
    return names.empty() ? mission.focus : names;
}

std::string Page::when_text(const When& when) const {
    const auto& zone = dossier.mission.zone;
    if (when.precision == TimePrecision::minute || when.precision == TimePrecision::hour) {
        const auto local = zone.local_text(when.window.first);
        const auto clock = local.substr(std::min<std::size_t>(local.size(), 11));
        return messages.text("date.at",
                             {{"day", Argument::Bare{messages.day(zone.local_day(when.window.first))}},
                              {"time", Argument::Bare{messages.range(clock, "")}}});
    }
    return messages.days(zone.local_day(when.window.first),
                         zone.local_day(when.window.end - std::chrono::seconds{1}));
}

std::string Page::moment_text(const Moment& moment) const {
    if (moment == Moment::unknown()) return messages.text("moment.unknown");
    const auto& zone = dossier.mission.zone;
    const auto instant = [&](sys_seconds at) { return messages.range(zone.local_text(at), ""); };
    if (moment.known()) {
        return moment.earliest == open_end ? messages.text("moment.none_set") : instant(moment.earliest);
    }
    if (moment.earliest == open_start)
        return messages.text("moment.by", {{"at", Argument::Bare{instant(moment.latest)}}});
    if (moment.latest == open_end)
        return messages.text("moment.from", {{"at", Argument::Bare{instant(moment.earliest)}}});
    return messages.text("moment.between", {{"first", Argument::Bare{instant(moment.earliest)}},
                                            {"last", Argument::Bare{instant(moment.latest)}}});
}

std::string Page::chance_text(const Chance& chance) const {
    auto low = messages.percent(chance.low);
    const auto high = messages.percent(chance.high);
    if (low == high) return low;
    return messages.text("chance.between", {{"low", Argument::Bare{low}}, {"high", Argument::Bare{high}}});
}

std::string Page::count_text(const CountRange& count) const {
    if (count.low == count.best && count.best == count.high) return messages.number(count.best);
    return messages.text("count.range", {{"best", Argument::Bare{messages.number(count.best)}},
                                         {"low", Argument::Bare{messages.number(count.low)}},
                                         {"high", Argument::Bare{messages.number(count.high)}}});
}

std::string verdict_badge(const Page& page, Verdict verdict) {
    return fmt::format(R"(<span class="badge v-{}">{}</span>)", name_of(verdict),
                       page.say(fmt::format("verdict.{}", name_of(verdict))));
}

}  // namespace truce::report
