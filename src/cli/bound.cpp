// SPDX-License-Identifier: Apache-2.0
#include "cli/bound.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adjudication/adjudicate.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/command.h"
#include "cli/folder.h"
#include "geo/coordinates.h"
#include "model/commitment.h"
#include "report/assets.h"
#include "sources/mission_folder.h"

namespace truce::cli {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

/// What was asked, as written.
struct Asked {
    std::string folder;
    std::string at;
    std::string place;
    std::string actor;
    std::string act;
    std::string against;
};

/// What was asked, as understood: an incident made up to ask with, and the questions that matter.
struct Question {
    Incident incident;
    /// Where the place is an area of which there are several drawings: each of them.
    std::vector<Place> places;
    std::vector<Element> elements{Element::in_force, Element::in_area};
    std::string place_text;
};

Error wrong(std::string message) {
    return {.message = std::move(message)};
}

Result<When> read_time(const std::string& text, const Zone& zone) {
    constexpr std::size_t length_of_a_day = 10;
    if (text.size() == length_of_a_day) {
        const auto day = parse_day(text);
        if (!day) return tl::unexpected(day.error());
        return When{zone.day(*day), TimePrecision::day};
    }
    const auto local = parse_local_time(text);
    if (!local) return tl::unexpected(local.error());
    const auto stretch = zone.instants(*local);
    return When{{stretch.first, stretch.end - seconds{1} + minutes{1}}, TimePrecision::minute};
}

std::vector<AreaId> areas_meant(const AreaRegister& areas, const std::string& text) {
    auto found = areas.versions_of(text);
    if (!found.empty()) return found;
    const auto key = name_key(text);
    std::string id;
    for (const auto& area : areas.areas()) {
        const auto is_it = [&](std::string_view name) { return name_key(name) == key; };
        const bool meant =
            is_it(area.id) || std::ranges::any_of(area.spellings, is_it) ||
            std::ranges::any_of(area.name.by_language, [&](const auto& name) { return is_it(name.second); });
        if (!meant || key.empty()) continue;
        if (!id.empty() && id != area.id) return {};  // two places share the name: it says neither
        id = area.id;
    }
    return id.empty() ? std::vector<AreaId>{} : areas.versions_of(id);
}

/// A coordinate's last digit leaves some metres open, which are not meant; a grid square of kilometres is.
constexpr double meant_from_km = 1.0;

Result<void> read_place(const std::string& text, const AreaRegister& areas, Question& question) {
    if (const auto meant = areas_meant(areas, text); !meant.empty()) {
        for (const auto area : meant) {
            Place place;
            place.within = area;
            question.places.push_back(place);
        }
        question.place_text = fmt::format("somewhere in {}", areas[meant.front()].id);
        return {};
    }
    const auto written = parse_written_place(text);
    if (!written) {
        std::vector<std::string> names;
        for (const auto& area : areas.areas()) names.push_back(area.id);
        return failure(
            wrong(fmt::format("place '{}' is neither an area of this mission{} nor coordinates: {}",
                              shown(text, 60), did_you_mean(text, names), written.error().message)));
    }
    Place place;
    place.centre = written->disc.centre;
    if (written->disc.radius.in_km() >= meant_from_km) place.radius = written->disc.radius;
    question.places.push_back(place);
    question.place_text = fmt::format("{:.5f},{:.5f}", place.centre->lat, place.centre->lon);
    if (place.radius.in_km() > 0) {
        question.place_text +=
            fmt::format(" within {:.1f} km, as coarse as it was written", place.radius.in_km());
    }
    return {};
}

Result<ActorId> read_actor(const std::string& text, const ActorRegister& actors) {
    if (const auto actor = actors.meant_by(text, CodeSystem::none)) return *actor;
    std::vector<std::string> names;
    for (const auto& actor : actors.actors()) names.push_back(actor.id);
    return failure(wrong(fmt::format("actor '{}' is not in this mission's register{}", shown(text, 60),
                                     did_you_mean(text, names))));
}

Result<void> read_against(const std::string& text, const ActorRegister& actors, Parties& parties) {
    for (const auto part : split(text, ',')) {
        if (const auto kind = target_kind_named(part)) {
            parties.target_kinds.add(*kind);
            continue;
        }
        const auto actor = read_actor(std::string(part), actors);
        if (!actor) {
            std::vector<std::string_view> kinds;
            for (const auto kind : all_target_kinds()) kinds.push_back(name_of(kind));
            return failure(wrong(fmt::format("{}; it is no kind of target either: want {}",
                                             actor.error().message, fmt::join(kinds, ", "))));
        }
        parties.target.candidates.push_back({*actor, 1.0});
        parties.target.basis = Basis::reported;
    }
    // Several may be named; which of them was meant is then open.
    for (auto& candidate : parties.target.candidates) {
        candidate.probability = 1.0 / static_cast<double>(parties.target.candidates.size());
    }
    return {};
}

Result<Question> understood(const Asked& asked, const sources::LoadedMission& loaded) {
    Question question;
    auto& what = question.incident.what;
    const auto when = read_time(asked.at, loaded.mission.zone);
    if (!when) return failure(wrong(fmt::format("--at: {}", when.error().message)));
    what.when = *when;
    if (const auto read = read_place(asked.place, loaded.areas, question); !read) {
        return failure(wrong(fmt::format("--place: {}", read.error().message)));
    }
    if (!asked.actor.empty()) {
        const auto actor = read_actor(asked.actor, loaded.actors);
        if (!actor) return failure(wrong(fmt::format("--actor: {}", actor.error().message)));
        what.parties.attacker = {{{*actor, 1.0}}, asked.actor, Basis::reported};
        question.elements.push_back(Element::actor_bound);
    }
    if (!asked.against.empty()) {
        if (const auto read = read_against(asked.against, loaded.actors, what.parties); !read) {
            return failure(wrong(fmt::format("--against: {}", read.error().message)));
        }
        question.elements.push_back(Element::target_protected);
    }
    if (!asked.actor.empty() || !asked.against.empty()) question.elements.push_back(Element::not_excluded);
    if (!asked.act.empty()) {
        const auto act = act_named(asked.act);
        if (!act) {
            std::vector<std::string_view> names;
            for (const auto one : all_acts()) names.push_back(name_of(one));
            return failure(wrong(fmt::format("--act: '{}' is no act{}; `man truce-bound` lists them",
                                             shown(asked.act, 60), did_you_mean(asked.act, names))));
        }
        what.act = *act;
        question.elements.push_back(Element::act_prohibited);
        question.elements.push_back(Element::no_exception);
    }
    return question;
}

/// What a commitment answers, and the element that decides it.
struct Reply {
    Answer answer = Answer::yes;
    std::optional<Element> element;
    Reason reason = Reason::none;
    Chance chance = Chance::certain();
    friend bool operator==(const Reply&, const Reply&) = default;
};

Reply reply_of(const Finding& finding, const std::vector<Element>& asked) {
    // An exclusion says more than "not a party".
    auto order = asked;
    std::ranges::stable_sort(order, {}, [](Element element) {
        if (element == Element::not_excluded) return static_cast<int>(Element::in_area) * 2 + 1;
        return static_cast<int>(element) * 2;
    });
    for (const auto wanted : {Answer::no, Answer::unknown}) {
        for (const auto element : order) {
            if (finding[element].answer == wanted)
                return {wanted, element, finding[element].reason, finding[element].chance};
        }
    }
    return {};
}

Reply reply(const Question& question, const Commitment& commitment, const Setting& setting) {
    std::optional<Reply> common;
    auto incident = question.incident;
    for (const auto& place : question.places) {
        incident.what.place = place;
        const auto one = reply_of(adjudicate(incident, {0}, commitment, {0}, setting), question.elements);
        if (!common) {
            common = one;
        } else if (common->answer != one.answer) {
            // Where one drawing leaves it open, that is the reason; yes here and no there is another.
            if (one.answer == Answer::unknown) common = one;
            if (common->answer == Answer::unknown) continue;
            return {Answer::unknown, Element::in_area, Reason::areas_differ, Chance::unknown()};
        }
    }
    return common.value_or(Reply{});
}

std::string in_words(Reason reason) {
    switch (reason) {
        case Reason::before_entry_into_force:
            return "not yet in force";
        case Reason::after_end:
            return "no longer in force";
        case Reason::between_periods:
            return "between two periods";
        case Reason::suspended:
            return "suspended at that time";
        case Reason::superseded:
            return "superseded by another agreement";
        case Reason::terminated:
            return "ended by another agreement";
        case Reason::date_straddles:
            return "in force for a part of that time";
        case Reason::period_not_known:
            return "when it was in force is not known exactly";
        case Reason::outside_area:
            return "the place is outside its area";
        case Reason::partly_inside:
            return "the place lies partly in its area";
        case Reason::area_not_known:
            return "nobody drew its area";
        case Reason::areas_differ:
            return "the guarantors' areas differ there";
        case Reason::lists_differ:
            return "the guarantors' lists differ";
        case Reason::excepted_area:
            return "the place is in a part that it leaves out";
        case Reason::not_a_party:
            return "the actor is no party to it";
        case Reason::not_yet_accepted:
            return "the actor had not yet accepted it";
        case Reason::withdrawn:
            return "the actor had withdrawn from it";
        case Reason::adherence_suspended:
            return "the party had suspended its adherence";
        case Reason::acceptance_not_known:
            return "when the party accepted is not known";
        case Reason::attacker_umbrella:
            return "the name covers groups that are bound and others";
        case Reason::attacker_ally:
            return "an ally of a party: whether it is bound is not said";
        case Reason::relation_changes:
            return "its relation to the party changed at that time";
        case Reason::attacker_excluded:
            return "the actor is excluded from it";
        case Reason::target_excluded:
            return "the target is excluded from it";
        case Reason::umbrella_holds_excluded:
            return "the name covers an excluded group";
        case Reason::exclusion_depends_on_ground:
            return "excluded on some ground only, and nobody drew which";
        case Reason::target_not_protected:
            return "it does not protect such a target";
        case Reason::target_withdrawn:
            return "the target had withdrawn from it";
        case Reason::target_not_yet_accepted:
            return "the target had not yet accepted it";
        case Reason::target_unknown:
            return "whether it protects the target is not known";
        case Reason::target_umbrella:
            return "the target's name covers groups that it protects and others";
        case Reason::target_ally:
            return "the target is an ally of an adherent";
        case Reason::act_not_covered:
            return "the act is not what this duty is about";
        case Reason::act_permitted:
            return "the agreement permits the act";
        case Reason::act_too_broad:
            return "it forbids only some kinds of that act";
        case Reason::act_unknown:
            return "the act is not known";
        case Reason::exception_applies:
        case Reason::exception_not_ruled_out:
            return "an exception may apply";
        case Reason::none:
        case Reason::within_period:
        case Reason::inside_area:
        case Reason::place_not_known:
        case Reason::party_bound:
        case Reason::commanded_by_party:
        case Reason::attacker_unknown:
        case Reason::attacker_alleged:
        case Reason::attacker_not_registered:
        case Reason::candidates_differ:
        case Reason::roles_unstated:
        case Reason::protects_anyone:
        case Reason::target_adherent:
        case Reason::target_civilian:
        case Reason::target_kind_protected:
        case Reason::target_not_registered:
        case Reason::nobody_excluded:
        case Reason::act_forbidden:
        case Reason::act_fails_duty:
        case Reason::no_exception_applies:
        case Reason::self_defence:
        case Reason::associated_with_party:
        case Reason::target_alleged:
        case Reason::date_not_known:
        case Reason::no_reading_breaches:
            break;
    }
    return std::string(name_of(reason));
}

/// The reason, with the share of the place where that says more.
std::string why(const Reply& reply) {
    if (reply.reason != Reason::partly_inside) return in_words(reply.reason);
    const auto percent = [](double share) { return std::clamp(share * 100.0, 1.0, 99.0); };
    const auto low = percent(reply.chance.low);
    const auto high = percent(reply.chance.high);
    if (high - low < 1.0) return fmt::format("{:.0f}% of the place lies in its area", low);
    return fmt::format("between {:.0f}% and {:.0f}% of the place lie in its area", low, high);
}

std::string moment_text(const Moment& moment, const Zone& zone, std::string_view open) {
    if (moment.known()) {
        return moment.earliest == open_end || moment.earliest == open_start
                   ? std::string(open)
                   : zone.local_text(moment.earliest);
    }
    const bool no_bounds = moment.earliest == open_start || moment.latest == open_end;
    if (no_bounds) return "an unknown time";
    return fmt::format("between {} and {}", zone.local_text(moment.earliest), zone.local_text(moment.latest));
}

std::string period_text(const Commitment& commitment, const Zone& zone) {
    std::string text;
    for (const auto& stretch : commitment.in_force) {
        if (!text.empty()) text += "; ";
        text += fmt::format("{} to {}", moment_text(stretch.from, zone, "always"),
                            moment_text(stretch.until, zone, "no end set"));
    }
    return text;
}

/// Commitments of one agreement that give one answer for one reason in one period.
struct Row {
    AgreementId agreement;
    Reply reply;
    std::string period;
    std::string period_utc;
    std::vector<std::string> duties;
};

std::vector<Row> rows_of(const Question& question, const sources::LoadedMission& loaded) {
    std::vector<Row> rows;
    const Setting setting{loaded.actors, loaded.areas};
    for (const auto& commitment : commitments_of(loaded.agreements)) {
        const auto& duty = loaded.agreements[commitment.stated_by.value].duties[commitment.duty];
        const auto answer = reply(question, commitment, setting);
        const auto period = period_text(commitment, loaded.mission.zone);
        const auto same = std::ranges::find_if(rows, [&](const Row& row) {
            return row.agreement == commitment.agreement && row.reply == answer && row.period == period;
        });
        auto& row = same == rows.end()
                        ? rows.emplace_back(Row{
                              commitment.agreement, answer, period, period_text(commitment, Zone::utc()), {}})
                        : *same;
        row.duties.push_back(duty.id.empty() ? fmt::format("duty {}", commitment.duty + 1) : duty.id);
    }
    return rows;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) {
        if (!text.empty()) text += ", ";
        text += shown(word, 40);
    }
    return text;
}

std::string when_text(Period window, TimePrecision precision, const Zone& zone) {
    const auto local = zone.local_text(window.first);
    if (precision == TimePrecision::day) {
        return fmt::format("{}, the whole day ({} to {} UTC)", local.substr(0, 10), utc_text(window.first),
                           utc_text(window.end));
    }
    const auto doubt = std::chrono::duration_cast<minutes>(window.length()) - minutes{1};
    const auto more = doubt > minutes{0}
                          ? fmt::format(", or up to {} minutes later: the clocks were changed", doubt.count())
                          : std::string();
    return fmt::format("{} {} = {}{}", local, zone.name(), utc_text(window.first), more);
}

std::string answer_text(const Question& question, const Asked& asked, const sources::LoadedMission& loaded,
                        const std::vector<Row>& rows) {
    const auto& when = question.incident.what.when;
    std::string text =
        fmt::format("At     {}\nPlace  {}\n", when_text(when.window, when.precision, loaded.mission.zone),
                    question.place_text);
    if (!asked.actor.empty()) {
        const auto actor = *question.incident.what.parties.attacker.candidates.front().actor;
        text += fmt::format("Actor  {}\n", loaded.actors[actor].id);
    }
    if (!asked.act.empty()) text += fmt::format("Act    {}\n", asked.act);
    if (!asked.against.empty()) text += fmt::format("Against {}\n", shown(asked.against, 80));

    const bool of_act = !asked.act.empty();
    struct Group {
        Answer answer;
        std::string_view title;
    };
    const Group groups[] = {{Answer::yes, of_act ? "Forbids it" : "Binds"},
                            {Answer::unknown, "Cannot be said"},
                            {Answer::no, of_act ? "Does not forbid it" : "Does not bind"}};
    for (const auto& [answer, title] : groups) {
        if (std::ranges::none_of(rows, [&](const Row& row) { return row.reply.answer == answer; })) continue;
        text += fmt::format("\n{}\n", title);
        for (const auto& row : rows) {
            if (row.reply.answer != answer) continue;
            const auto& agreement = loaded.agreements[row.agreement.value];
            text += fmt::format("  {}: {}\n", shown(agreement.id, 40), joined(row.duties));
            if (answer == Answer::yes) {
                text += fmt::format("      in force {} {}\n               {} UTC\n", row.period,
                                    loaded.mission.zone.name(), row.period_utc);
            } else if (row.reply.element == Element::in_force) {
                text += fmt::format("      {}: {}\n", why(row.reply), row.period);
            } else {
                text += fmt::format("      {}\n", why(row.reply));
            }
        }
    }
    if (rows.empty()) text += "\nThe mission has no agreement with a duty.\n";
    return text;
}

int ask(const Asked& asked) {
    const auto complain = [](const std::vector<Error>& errors) {
        for (const auto& error : errors) std::cerr << error.text() << "\n";
    };
    auto folder = read_mission_folder(asked.folder);
    if (!folder) {
        complain(folder.error());
        return could_not;
    }
    const auto loaded = sources::load_mission(folder->files, assets::countries_10m());
    if (!loaded) {
        complain(loaded.error().errors);
        return could_not;
    }
    const auto question = understood(asked, *loaded);
    if (!question) {
        std::cerr << "truce bound: " << question.error().text() << "\n";
        return wrong_usage;
    }
    const auto rows = rows_of(*question, *loaded);
    std::cout << answer_text(*question, asked, *loaded, rows);
    const bool binds =
        std::ranges::any_of(rows, [](const Row& row) { return row.reply.answer == Answer::yes; });
    return binds ? 0 : answered_no;
}

}  // namespace

void add_bound_command(CLI::App& app, Outcome& outcome) {
    auto* command = app.add_subcommand("bound", "Say what binds whom at a time and place, and why");
    const auto asked =
        std::make_shared<Asked>();  // shared by the options and the callback, which CLI11 keeps
    command->add_option("folder", asked->folder, "The mission folder, the one that holds mission.yaml")
        ->required();
    command
        ->add_option("--at", asked->at,
                     "The moment: 2016-05-04T00:30 in the mission's zone, with Z or +03:00 in another, or a "
                     "whole day")
        ->required();
    command
        ->add_option("--place", asked->place,
                     "The place: 36.20,37.16, degrees and minutes, UTM, MGRS, or the name of an area")
        ->required();
    command->add_option("--actor", asked->actor, "Who acts: an actor's id or any of its names");
    command->add_option("--act", asked->act, "What is done: attack.shelling, access.deny, ...");
    command->add_option("--against", asked->against, "Against whom: kinds of target or actors, with commas");
    command->callback([&outcome, asked] { outcome.status = ask(*asked); });
}

}  // namespace truce::cli
