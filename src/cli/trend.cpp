// SPDX-License-Identifier: Apache-2.0
#include "cli/trend.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/answer.h"
#include "cli/command.h"
#include "cli/dossier.h"
#include "cli/folder.h"
#include "cli/output.h"
#include "cli/terminal_text.h"
#include "cli/version.h"
#include "report/assets.h"
#include "report/html_wording.h"
#include "report/json_trend.h"
#include "report/trend_tables.h"
#include "report/trend_wording.h"

namespace truce::cli {
namespace {

namespace fs = std::filesystem;
using report::Messages;

/// More groups than these no reader of a terminal takes in; the files have all of them.
constexpr std::size_t most_groups_shown = 12;

struct Options {
    std::string folder;
    std::vector<std::string> accounts;
    std::vector<std::string> areas;
    std::string zone;
    std::string truce_day;
    std::string truce;
    std::string focus;
    std::string from;
    std::string to;
    int baseline = -1;
    int set_apart = -1;
    std::uint64_t seed = 0;
    std::string effort;
    std::string out;
    std::string language = "en";
    bool quiet = false;
};

int tell(const Error& error, int status = could_not) {
    std::cerr << error.text() << '\n';
    return status;
}

/// An agreement of which nothing is known but the day on which it entered into force.
Agreement truce_from(sys_days day, const Zone& zone) {
    const auto start = zone.day(day).first;
    Agreement agreement;
    agreement.id = "truce";
    agreement.title.by_language = {{"en", "Truce"}};
    agreement.zone = std::string(zone.name());
    agreement.from = {start, start};
    agreement.until = {open_end, open_end};
    return agreement;
}

Result<void> apply(const Options& options, Mission& mission) {
    if (!options.truce.empty()) mission.truce = options.truce;
    if (!options.focus.empty()) {
        mission.focus = options.focus;
        mission.focus_version.clear();
    }
    if (options.baseline >= 0) mission.baseline_days = options.baseline;
    if (options.set_apart >= 0) mission.set_apart_days = options.set_apart;
    if (options.seed > 0) mission.seed = options.seed;
    if (options.from.empty() != options.to.empty())
        return failure({.message = "--from and --to go together: the first and the last local day to count"});
    if (options.from.empty()) return {};
    const auto first = parse_day(options.from);
    if (!first) return tl::unexpected(first.error());
    const auto last = parse_day(options.to);
    if (!last) return tl::unexpected(last.error());
    if (*last < *first)
        return failure({.message = fmt::format("--to {} lies before --from {}", options.to, options.from)});
    mission.period = DayRange{*first, *last};
    return {};
}

Result<Messages> catalogue(const std::string& language) {
    std::vector<std::string_view> known;
    for (const auto& one : assets::catalogues()) {
        if (one.language == language) return Messages::parse(one.language, one.json);
        known.push_back(one.language);
    }
    return failure({.message = fmt::format("there is no message catalogue for '{}'; there are: {}",
                                           shown(language), fmt::join(known, ", "))});
}

std::string word(analysis::Change change, const Messages& messages) {
    return messages.text(fmt::format("word.{}", report::name_of(change)));
}

/// A line for one outcome: the ratio of the windows, then the model's.
std::string outcome_line(std::string_view key, const analysis::Trend& trend,
                         const analysis::ModelTrend& model, const Messages& messages) {
    const auto& comparison = trend.set_apart;
    auto line = fmt::format("  {}: {} / {}", messages.text(key), messages.number(comparison.before.count),
                            messages.number(comparison.after.count));
    if (comparison.estimate && comparison.estimate->ratio) {
        line += fmt::format("; {} ({})", report::ratio_text(*comparison.estimate->ratio, messages),
                            report::interval_text(comparison.estimate->widened, messages));
    }
    line += fmt::format(" {}",
                        messages.text(fmt::format("word.{}", report::name_of(report::word_of(comparison)))));
    if (comparison.why_not)
        line += fmt::format(
            " ({})", messages.text(fmt::format("no_verdict.{}", report::name_of(*comparison.why_not))));
    if (const auto& series = model.set_apart.series) {
        line += fmt::format("; {}: {} ({}) {}", lower_ascii(messages.text("model.fitted")),
                            report::ratio_text(series->average.ratio, messages),
                            report::interval_text(series->average.interval, messages),
                            word(model.set_apart.change, messages));
    } else if (!comparison.why_not) {
        line += fmt::format(
            "; {}", messages.text(fmt::format("model.none.{}", report::name_of(*model.set_apart.why_not))));
    }
    return line;
}

void append_groups(std::string& out, std::string_view key, std::span<const analysis::GroupTrend> groups,
                   const Messages& messages) {
    std::vector<const analysis::GroupTrend*> largest;
    for (const auto& group : groups) {
        if (group.trend.set_apart.estimate) largest.push_back(&group);
    }
    if (largest.size() < 2) return;
    std::ranges::stable_sort(largest, std::ranges::greater{}, [](const analysis::GroupTrend* group) {
        return group->trend.set_apart.before.count + group->trend.set_apart.after.count;
    });
    const auto all = largest.size();
    if (all > most_groups_shown) largest.resize(most_groups_shown);
    out += fmt::format("\n{}\n", messages.text(key));
    for (const auto* group : largest) {
        const auto& comparison = group->trend.set_apart;
        const auto& estimate = *comparison.estimate;
        out +=
            fmt::format("  {}: {} / {}", shown(group->name), comparison.before.count, comparison.after.count);
        if (estimate.ratio) {
            out += fmt::format("; {} ({})", report::ratio_text(*estimate.ratio, messages),
                               report::interval_text(estimate.widened, messages));
        }
        out += fmt::format(
            " {}\n", messages.text(fmt::format("word.{}", report::name_of(report::word_of(comparison)))));
    }
    if (all > most_groups_shown)
        out += fmt::format("  + {}\n", all - most_groups_shown);
}

std::string answer(const Dossier& dossier, const Assessment& assessment, const Messages& messages) {
    const auto& trend = assessment.trends.incidents;
    const auto& models = assessment.models;
    const auto area =
        dossier.mission.focus.empty() ? messages.text("area.all") : focus_name(dossier, messages.language());
    std::string out =
        wrapped(report::holding_sentence(trend.set_apart, area, assessment.truce_day, messages), 0);
    const auto add = [&out](const std::string& sentence) {
        if (!sentence.empty()) out += wrapped(sentence, 0);
    };
    add(report::truce_over_sentence(assessment, messages));
    add(report::reporting_sentence(trend.set_apart, messages));
    add(report::model_sentence(models.incidents.set_apart, messages));
    add(report::model_placebo_sentence(models.incidents, messages));
    if (models.across_areas) add(report::across_areas_sentence(*models.across_areas, messages));
    if (models.without_denied) add(report::denied_sentence(*models.without_denied, messages));
    add(messages.text("holding.reported_only"));
    if (!dossier.mission.period) {
        add(messages.text("trend.days_of_record",
                          {{"first", report::Argument::Bare{messages.day(assessment.days.first)}},
                           {"last", report::Argument::Bare{messages.day(assessment.days.last)}}}));
    }

    out += fmt::format("\n{} / {}\n", messages.text("trend.before"), messages.text("trend.after"));
    out += wrapped(outcome_line("outcome.incidents", trend, models.incidents, messages), 2);
    out += wrapped(outcome_line("outcome.deaths", assessment.trends.deaths, models.deaths, messages), 2);
    out += wrapped(outcome_line("outcome.civilian_deaths", assessment.trends.civilian_deaths,
                                models.civilian_deaths, messages),
                   2);
    append_groups(out, "trend.by_area", assessment.trends_by_area, messages);

    if (!models.warnings.empty()) out += fmt::format("\n{}\n", messages.text("warning.heading"));
    for (const auto warning : models.warnings) {
        out += wrapped("- " + report::warning_sentence(warning,
                                                       {.trend = trend,
                                                        .model = models.incidents,
                                                        .set_apart_days = dossier.mission.set_apart_days},
                                                       messages),
                       2);
    }
    return report::without_isolates(std::move(out));
}

std::string trend_document(const Dossier& dossier, const Assessment& assessment, const Options& options) {
    using Json = nlohmann::ordered_json;
    Json sources = Json::array();
    for (const auto& source : dossier.sources) {
        sources.push_back({{"id", source.id},
                           {"file", source.file},
                           {"version", source.version},
                           {"rows", source.rows},
                           {"sha256", source.sha256.hex()}});
    }
    const auto groups = [](std::span<const analysis::GroupTrend> list) {
        Json array = Json::array();
        for (const auto& one : list) array.push_back(report::group_trend_json(one));
        return array;
    };
    const auto& mission = dossier.mission;
    const Json document{
        {"trucewatch_trend", 1},
        {"version", assessment.software_version},
        {"seed", assessment.seed},
        {"zone", mission.zone.name()},
        {"zone_database", assessment.zone_database},
        {"period", report::json_days({assessment.days.first, assessment.days.last + std::chrono::days{1}})},
        {"period_from", mission.period ? "request" : "record"},
        {"truce",
         {{"agreement", dossier.agreements[assessment.truce.value].id},
          {"day", day_text(assessment.truce_day)},
          {"last_day", assessment.truce_last_day ? Json(day_text(*assessment.truce_last_day)) : Json(nullptr)}}},
        {"focus", mission.focus.empty() ? Json(nullptr) : Json(mission.focus)},
        {"settings",
         {{"baseline_days", mission.baseline_days},
          {"set_apart_days", mission.set_apart_days},
          {"effort",
           options.effort.empty() ? Json(nullptr) : Json(fs::path(options.effort).filename().string())}}},
        {"sources", std::move(sources)},
        {"trends",
         {{"incidents", report::trend_json(assessment.trends.incidents)},
          {"deaths", report::trend_json(assessment.trends.deaths)},
          {"civilian_deaths", report::trend_json(assessment.trends.civilian_deaths)}}},
        {"trend_models", report::trend_models_json(assessment.models)},
        {"trends_by_area", groups(assessment.trends_by_area)},
        {"trends_by_party", groups(assessment.trends_by_party)},
    };
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<void> write_files(const Options& options, const Dossier& dossier, const Assessment& assessment) {
    auto folder = OutputFolder::open(options.out);
    if (!folder) return tl::unexpected(folder.error());
    if (auto written = folder->write("trend.json", trend_document(dossier, assessment, options)); !written)
        return written;
    if (auto written = folder->write(
            "trends.csv", [&](const report::Sink& sink) { report::write_trends_csv(sink, assessment); });
        !written)
        return written;
    if (auto written =
            folder->write("trend-days.csv",
                          [&](const report::Sink& sink) { report::write_trend_days_csv(sink, assessment); });
        !written)
        return written;
    return folder->finish({"trend.json", "trends.csv", "trend-days.csv"});
}

tl::expected<ReadDossier, DossierErrors> read(const Options& options, int threads) {
    if (!options.folder.empty()) return read_dossier(fs::path(options.folder), threads);
    GivenFiles files;
    files.accounts = options.accounts;
    files.areas = options.areas;
    files.zone = options.zone;
    return read_dossier(files, threads);
}

Result<std::vector<DayWatched>> effort_of(const Options& options) {
    if (options.effort.empty()) return std::vector<DayWatched>{};
    return read_effort_file(options.effort, options.effort);
}

int run(const Options& options, const CommonOptions& common) {
    const auto messages = catalogue(options.language);
    if (!messages) return tell(messages.error(), wrong_usage);
    auto dossier = read(options, common.threads);
    if (!dossier) {
        for (const auto& error : dossier.error().errors) std::cerr << error.text() << '\n';
        return could_not;
    }
    auto& mission = dossier->dossier.mission;
    if (!options.truce_day.empty()) {
        const auto day = parse_day(options.truce_day);
        if (!day) return tell(day.error(), wrong_usage);
        dossier->dossier.agreements.push_back(truce_from(*day, mission.zone));
        mission.truce = dossier->dossier.agreements.back().id;
    }
    if (auto applied = apply(options, mission); !applied) return tell(applied.error(), wrong_usage);
    auto effort = effort_of(options);
    if (!effort) return tell(effort.error());
    const auto assessment = assess(
        dossier->dossier,
        {.threads = common.threads, .effort = std::move(*effort), .software_version = std::string(version)});
    if (!assessment) return tell(assessment.error());
    if (!options.out.empty()) {
        if (auto written = write_files(options, dossier->dossier, *assessment); !written)
            return tell(written.error());
    }
    if (!options.quiet) std::cout << answer(dossier->dossier, *assessment, *messages);
    return 0;
}

}  // namespace

void add_trend_command(CLI::App& app, const CommonOptions& common, Outcome& outcome) {
    auto* command = app.add_subcommand(
        "trend", "Say whether violence fell, for a mission or for any table of accounts and a day");
    const auto options =
        std::make_shared<Options>();  // shared by the options and the callback, which CLI11 keeps
    command->add_option("folder", options->folder, "the mission folder, the one that holds mission.yaml");
    command->add_option(
        "--accounts", options->accounts,
        "a file of accounts in place of a folder, with its mapping after a colon where it needs one; "
        "may be repeated");
    command->add_option("--truce-day", options->truce_day,
                        "the local day from whose start a truce is in force, with --accounts (YYYY-MM-DD)");
    command->add_option("--areas", options->areas,
                        "a GeoJSON file of areas, with --accounts; may be repeated");
    command->add_option("--zone", options->zone, "the time zone of days, with --accounts (UTC)");
    command->add_option("--truce", options->truce,
                        "the agreement that parts before from after, in place of the mission's");
    command->add_option("--focus", options->focus, "the area to speak about, in place of the mission's");
    command->add_option("--from", options->from, "the first local day to count (YYYY-MM-DD; the first day that the accounts are dated to)");
    command->add_option("--to", options->to, "the last local day to count, included (the last day that the accounts are dated to)");
    command
        ->add_option("--baseline", options->baseline,
                     "so many days before the truce are compared with, those set apart among them")
        ->check(CLI::Range(1, 3650));
    command
        ->add_option("--set-apart", options->set_apart, "so many of them, next to the truce, are set apart")
        ->check(CLI::Range(0, 3650));
    command->add_option("--effort", options->effort,
                        "a table of how much was watched on each day: columns date and watched");
    command->add_option("--seed", options->seed,
                        "the seed of what is drawn at random, in place of the mission's");
    command->add_option("-o,--out", options->out,
                        "the folder to write trend.json, trends.csv and trend-days.csv to");
    command->add_option("--language", options->language, "the language of the answer")->capture_default_str();
    command->add_flag("-q,--quiet", options->quiet, "print nothing on success");
    command->callback([&outcome, &common, options] {
        const bool folder = !options->folder.empty();
        const bool files = !options->accounts.empty();
        if (folder == files || files == options->truce_day.empty()) {
            std::cerr << "truce trend: give a mission FOLDER, or --accounts FILE and --truce-day DAY\n";
            outcome.status = wrong_usage;
            return;
        }
        outcome.status = run(*options, common);
    });
}

}  // namespace truce::cli
