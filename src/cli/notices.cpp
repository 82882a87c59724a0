// SPDX-License-Identifier: Apache-2.0
#include "cli/notices.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <optional>

#include "analysis/monitor_agreement.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/folder.h"
#include "cli/held_record.h"
#include "cli/output.h"
#include "cli/record_folder.h"
#include "record/state.h"
#include "report/alerts.h"
#include "report/assets.h"
#include "sources/mission_folder.h"

namespace truce::cli {
namespace {

struct Request {
    std::string folder;
    std::string at;
    std::string as_of;
    std::string language = "en";
    std::string out;
    std::string sender;
};

int complain(const Error& error, int status) {
    fmt::print(stderr, "truce: {}\n", error.text());
    return status;
}

Result<report::Messages> catalogue(const std::string& language) {
    for (const auto& one : assets::catalogues()) {
        if (one.language == language) return report::Messages::parse(one.language, one.json);
    }
    return failure({.message = fmt::format("there is no catalogue for the language '{}'", shown(language))});
}

/// Whether something that was claimed for a time had happened by then.
bool by_then(const std::optional<sys_seconds>& when, sys_seconds at) {
    return when && *when <= at;
}

/// How far each notice has got: over all units, area by area where units stand in named ones, and who has not acknowledged.
std::string notices_text(const record::State& state, sys_seconds at, const Zone& zone, const report::Messages& messages) {
    std::string text;
    for (const record::NoticeState& notice : state.notices) {
        const auto all = record::coverage(state, notice, at);
        text += "  " +
                messages.text("notices.reached", {{"entry", notice.entry.hex().substr(0, 16)},
                                                  {"level", shown(notice.notice.level)},
                                                  {"from", shown(notice.notice.from)},
                                                  {"time", zone.local_text(notice.issued)},
                                                  {"told", std::int64_t{all.told}},
                                                  {"units", std::int64_t{all.units}},
                                                  {"acknowledged", std::int64_t{all.acknowledged}}}) +
                '\n';
        const auto areas = record::coverage_by_area(state, notice, at);
        for (const auto& [area, coverage] : areas) {
            if (area.empty() && areas.size() == 1) continue;
            text += "      " +
                    messages.text(area.empty() ? "notices.reached_elsewhere" : "notices.reached_in",
                                  {{"area", shown(area)},
                                   {"told", std::int64_t{coverage.told}},
                                   {"units", std::int64_t{coverage.units}},
                                   {"acknowledged", std::int64_t{coverage.acknowledged}}}) +
                    '\n';
        }
        for (const std::string& unit : record::units_to_reach(state, notice)) {
            const auto reached = notice.units.find(unit);
            if (reached != notice.units.end() && by_then(reached->second.acknowledged, at)) continue;
            const bool told = reached != notice.units.end() && by_then(reached->second.told, at);
            text += "      " + messages.text(told ? "notices.told" : "notices.not_told", {{"unit", shown(unit)}}) + '\n';
        }
    }
    return report::without_isolates(text);
}

/// The message that says what a restriction of movement was.
std::string_view key_of(record::Restriction restriction) {
    switch (restriction) {
        case record::Restriction::denied:
            return "notices.denied";
        case record::Restriction::delayed:
            return "notices.delayed";
        case record::Restriction::conditional:
            return "notices.conditional";
        case record::Restriction::jammed:
            return "notices.jammed";
    }
    return "notices.not_said";
}

/// Where monitors are not let through at that time: what began by then, or does not say when, and has not ended.
std::string movement_text(const record::State& state, sys_seconds at, const Zone& zone, const report::Messages& messages) {
    std::string text;
    const auto not_said = messages.text("notices.not_said");
    const auto time = [&](const std::optional<sys_seconds>& when) { return when ? zone.local_text(*when) : not_said; };
    for (const auto& [entry, restriction] : state.restrictions) {
        if ((restriction.from && *restriction.from > at) || by_then(restriction.until, at)) continue;
        text += "  " +
                messages.text("notices.restricted", {{"place", shown(restriction.place)},
                                                     {"restriction", messages.text(key_of(restriction.kind))},
                                                     {"by", restriction.by.empty() ? not_said : shown(restriction.by)},
                                                     {"from", time(restriction.from)},
                                                     {"until", time(restriction.until)},
                                                     {"entry", entry.hex().substr(0, 16)}}) +
                '\n';
        if (!restriction.text.empty()) text += "      " + shown(restriction.text) + '\n';
    }
    return report::without_isolates(text);
}

/// How far monitors agree over the incidents that they have spoken of, with what must be borne in mind.
std::string agreement_text(const record::State& state, const report::Messages& messages) {
    std::vector<analysis::Rating> ratings;
    for (std::uint32_t i = 0; i < state.incidents.size(); ++i) {
        for (const auto& [monitor, standing] : state.incidents[i].opinions)
            ratings.push_back({i, monitor, standing.opinion});
    }
    std::string text;
    for (const auto& one : analysis::monitor_agreement(ratings)) {
        const report::Argument axis{
            "axis", report::Argument::Bare{messages.text(fmt::format("opinion.{}", analysis::name_of(one.axis)))}};
        const report::Argument incidents{"n", static_cast<std::int64_t>(one.incidents)};
        text += "  " + (one.alpha ? messages.text("opinions.alpha",
                                                  {axis, incidents,
                                                   {"alpha", report::Argument::Bare{messages.decimal(*one.alpha, 2)}}})
                                  : messages.text("opinions.no_alpha", {axis, incidents}));
        text += '\n';
        for (const auto& monitor : one.reliability) {
            text += "      " +
                    messages.text("opinions.right", {{"monitor", monitor.monitor},
                                                     {"share", report::Argument::Bare{messages.percent(monitor.right)}},
                                                     {"n", static_cast<std::int64_t>(monitor.answers)}}) +
                    '\n';
        }
        for (const auto warning : one.warnings)
            text += "      " + messages.text(fmt::format("opinions.warn_{}", analysis::name_of(warning))) + '\n';
    }
    if (text.empty()) return text;
    return report::without_isolates("\n" + messages.text("opinions.agreement") + "\n" + text + "  " +
                                    messages.text("opinions.not_truth") + '\n');
}

Result<void> write_alerts(const std::vector<report::Alert>& alerts, const report::Sender& sender,
                          const std::string& path) {
    auto folder = OutputFolder::open(path);
    if (!folder) return tl::unexpected(folder.error());
    std::vector<std::string> written;
    const auto write = [&](const std::string& name, std::string_view bytes) {
        return folder->write(name, bytes);
    };
    if (auto done = write("notices.ics", report::icalendar(alerts, sender)); !done) return done;
    for (const report::Alert& alert : alerts) {
        if (auto done = write(alert.id + ".cap.xml", report::cap_xml(alert, sender)); !done) return done;
        if (auto done = write(alert.id + ".eml", report::email_text(alert, sender)); !done) return done;
    }
    return folder->finish({});
}

int notices(const Request& request, int threads) {
    auto found = read_mission_folder(request.folder);
    if (!found) {
        for (const Error& error : found.error()) complain(error, could_not);
        return could_not;
    }
    const auto mission = sources::load_mission(found->files, assets::countries_10m());
    if (!mission) {
        for (const Error& error : mission.error().errors) complain(error, could_not);
        return could_not;
    }
    const auto messages = catalogue(request.language);
    if (!messages) return complain(messages.error(), wrong_usage);
    const auto held = HeldRecord::read(request.folder);
    if (!held) return complain(held.error(), could_not);
    auto feeds = held->feeds();
    if (!request.as_of.empty()) {
        auto then = held->as_of(request.as_of);
        if (!then) return complain(then.error(), wrong_usage);
        feeds = std::move(*then);
    }
    const Zone& zone = mission->mission.zone;
    sys_seconds at = now();
    if (!request.at.empty()) {
        const auto local = parse_local_time(request.at);
        const auto instant = local ? zone.instant(*local) : tl::unexpected(local.error());
        if (!instant) return complain(instant.error(), wrong_usage);
        at = *instant;
    }
    const record::State state = record::state_of(feeds, threads);
    const auto alerts = report::alerts(state, at, mission->agreements, zone, *messages);
    std::cout << fmt::format("At {} {} = {}; record {}\n\n", zone.local_text(at), zone.name(), utc_text(at),
                             sizes_text(feeds));
    const auto head = [&](std::string_view key, bool any) {
        const auto heading = messages->text(key);
        std::cout << report::without_isolates(any ? heading : messages->text("notices.none", {{"heading", heading}})) << "\n";
    };
    const auto list = [&](std::string_view heading, auto wanted) {
        head(heading, std::ranges::any_of(alerts, wanted));
        for (const report::Alert& alert : alerts) {
            if (!wanted(alert)) continue;
            std::cout << "  " << report::without_isolates(alert.headline) << "\n";
            const std::string description = report::without_isolates(alert.description);
            for (const std::string_view line : split(description, '\n'))
                std::cout << "      " << line << "\n";
        }
    };
    list("notices.overdue",
         [](const report::Alert& alert) { return alert.about != report::Alert::About::next_step; });
    list("notices.next_steps",
         [](const report::Alert& alert) { return alert.about == report::Alert::About::next_step; });
    head("notices.issued", !state.notices.empty());
    std::cout << notices_text(state, at, zone, *messages);
    const auto movement = movement_text(state, at, zone, *messages);
    head("notices.movement", !movement.empty());
    std::cout << movement;
    std::cout << agreement_text(state, *messages);
    for (const auto& [entry, fork] : state.forks) {
        std::cout << fmt::format("\n'{}' showed two histories; entry {} holds the proof\n",
                                 shown(fork.origin), entry.hex());
    }
    if (request.out.empty()) return 0;
    const report::Sender sender{
        .id = request.sender,
        .name = std::string(mission->mission.title.in(request.language, mission->mission.id)),
        .sent = at};
    if (const auto done = write_alerts(alerts, sender, request.out); !done)
        return complain(done.error(), could_not);
    std::cout << fmt::format(
        "\nWritten to {}: a calendar, and a CAP alert and a mail for each; nothing was sent\n", request.out);
    return 0;
}

}  // namespace

void add_notices_command(CLI::App& app, const CommonOptions& common, Outcome& outcome) {
    auto* command =
        app.add_subcommand("notices", "Say what is overdue, what comes next, and how far orders have got");
    const auto request =
        std::make_shared<Request>();  // shared by the options and the callback, which CLI11 keeps
    command->add_option("folder", request->folder, "The mission folder, with its record in feeds/")
        ->required();
    command->add_option(
        "--at", request->at,
        "The moment, in the mission's zone or with Z or +03:00; without it, this machine's clock");
    command->add_option("--as-of", request->as_of,
                        "The record as it was: an instant in UTC, or sizes (ORIGIN=SIZE, with commas)");
    command->add_option("--language", request->language, "The language of the texts: en, ar, ru or fr")
        ->capture_default_str();
    command->add_option("--out", request->out,
                        "A folder for a calendar, CAP alerts and mails; nothing is sent");
    command->add_option("--sender", request->sender, "Who sends them: monitor.example/usa")->needs("--out");
    command->callback([&outcome, &common, request] { outcome.status = notices(*request, common.threads); });
}

}  // namespace truce::cli
