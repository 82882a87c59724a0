// SPDX-License-Identifier: Apache-2.0
#include "cli/durability.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <array>
#include <filesystem>
#include <iostream>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/durability.h"
#include "assessment/current_truce.h"
#include "base/mapped_file.h"
#include "base/text.h"
#include "cli/answer.h"
#include "cli/command.h"
#include "cli/dossier.h"
#include "cli/output.h"
#include "cli/terminal_text.h"
#include "cli/version.h"
#include "model/comparable.h"
#include "report/assets.h"
#include "report/durability_files.h"
#include "report/durability_wording.h"
#include "sources/comparables.h"

namespace truce::cli {
namespace {

namespace fs = std::filesystem;

struct Request {
    std::string path;
    std::string comparables;
    std::string days;
    std::string out;
    std::string language = "en";
    sources::DurationColumns columns;
    std::vector<std::string> ends;
    std::vector<std::string> failure{"collapsed", "ended"};
    double failure_deaths = 25;
    int failure_days = 30;
    std::vector<int> horizons{3, 7, 14, 30, 90};
    std::optional<double> age;
    std::string kind;
    std::string conflict;
    std::vector<std::string> values;
    std::string observed_until;
    std::uint32_t draws = 10;
    std::optional<std::uint64_t> seed;
    bool no_backtest = false;
};

int could_not_read(const Error& error) {
    fmt::print(stderr, "truce: {}\n", error.text());
    return could_not;
}

Result<sources::EndCodes> end_codes(const std::vector<std::string>& written) {
    sources::EndCodes codes;
    for (const std::string& one : written) {
        const auto equals = one.find('=');
        const auto end = equals == std::string::npos ? std::nullopt : truce_end_named(one.substr(equals + 1));
        if (!end) {
            return failure({.message = fmt::format(
                                "--ends '{}': want CODE=END, the end being still_held, collapsed, ended, "
                                "expired, extended, superseded or not_known",
                                shown(one))});
        }
        codes.emplace_back(one.substr(0, equals), *end);
    }
    return codes;
}

Result<analysis::DurabilitySettings> settings_of(const Request& request) {
    analysis::DurabilitySettings settings;
    settings.failure.ends.clear();
    for (const std::string& name : request.failure) {
        const auto end = truce_end_named(name);
        if (!end || *end == TruceEnd::still_held || *end == TruceEnd::not_known) {
            return failure({.message = fmt::format("--failure '{}': want collapsed, ended, expired, "
                                                   "extended or superseded",
                                                   shown(name))});
        }
        settings.failure.ends.push_back(*end);
    }
    settings.failure.deaths = request.failure_deaths;
    settings.failure.within = std::chrono::days(request.failure_days);
    settings.horizons = request.horizons;
    std::ranges::sort(settings.horizons);
    const auto repeated = std::ranges::unique(settings.horizons);
    settings.horizons.erase(repeated.begin(), repeated.end());
    settings.draws = request.draws;
    if (request.no_backtest) settings.backtest = analysis::DurabilitySettings::Backtest::skip;
    return settings;
}

/// The values of covariates that were given as NAME=VALUE, for the truce at hand.
Result<std::vector<double>> covariates_of(const Request& request, const Comparables& comparables) {
    std::vector<double> values(comparables.covariates.size(), std::numeric_limits<double>::quiet_NaN());
    for (const std::string& one : request.values) {
        const auto equals = one.find('=');
        const auto value = equals == std::string::npos ? std::nullopt : parse_real(one.substr(equals + 1));
        const auto name = std::ranges::find(comparables.covariates, one.substr(0, equals));
        if (!value || name == comparables.covariates.end()) {
            return failure({.message = fmt::format("--value '{}': want COVARIATE=NUMBER, of: {}", shown(one),
                                                   fmt::join(comparables.covariates, ", "))});
        }
        values[static_cast<std::size_t>(name - comparables.covariates.begin())] = *value;
    }
    return values;
}

Result<sources::ReadComparables> read(const Request& request, const std::string& path) {
    const auto codes = end_codes(request.ends);
    if (!codes) return tl::unexpected(codes.error());
    std::optional<sys_days> until;
    if (!request.observed_until.empty()) {
        const auto day = parse_day(request.observed_until);
        if (!day) return tl::unexpected(day.error());
        until = *day;
    }
    const auto file = map_file(path);
    if (!file) return tl::unexpected(file.error());
    auto result = sources::read_comparables(file->text(), fs::path(path).filename().string(), request.columns,
                                            *codes, until);
    if (result && file->changed())
        return failure({.message = "the file changed while it was read; try again", .file = path});
    return result;
}

std::string percent(double chance) {
    return fmt::format("{:.0f}%", 100 * chance);
}

/// The table of horizons and models, for a terminal.
std::string table_text(const analysis::Durability& durability) {
    std::string text = fmt::format("{:<28}", "");
    for (const int days : durability.horizons) text += fmt::format("{:>13}", fmt::format("{} days", days));
    text += '\n';
    const auto row = [&](std::string_view name, const std::vector<std::optional<analysis::Holds>>& holds,
                         std::string_view why_not) {
        if (!why_not.empty()) {
            text += fmt::format("  {:<26}  {}\n", name, why_not);
            return;
        }
        text += fmt::format("  {:<26}", name);
        for (const auto& one : holds) {
            text += fmt::format(
                "{:>13}", one ? fmt::format("{} {}-{}", percent(one->chance), percent(one->interval.low),
                                            percent(one->interval.high))
                              : "-");
        }
        text += '\n';
    };
    for (const analysis::ModelForecast& one : durability.models)
        row(name_of(one.model), one.holds, one.why_not ? name_of(*one.why_not) : std::string_view());
    if (!durability.unknown_ends_held.empty()) row("unknown ends held", durability.unknown_ends_held, {});
    if (!durability.answer.empty()) {
        std::vector<std::optional<analysis::Holds>> together;
        for (const int days : durability.horizons) {
            const auto found = std::ranges::find(durability.answer, days, &analysis::HorizonForecast::days);
            together.push_back(found == durability.answer.end() ? std::nullopt : std::optional(found->holds));
        }
        row("together", together, {});
    }
    return text;
}

std::string backtest_text(const analysis::Durability& durability) {
    if (!durability.backtest) return {};
    const analysis::Backtest& test = *durability.backtest;
    std::string text = fmt::format(
        "Backtest on {} of {} conflicts{}: Brier score, and skill over the curve\n", test.truces,
        test.conflicts,
        test.origin == analysis::Backtest::Origin::rolling ? ", rolling in time" : ", by conflict only");
    std::optional<analysis::ForecastModel> last;
    for (const analysis::HorizonScore& score : test.scores) {
        if (score.model != last) text += fmt::format("{}  {:<26}", last ? "\n" : "", name_of(score.model));
        last = score.model;
        constexpr double shown_as_nothing = 0.005;
        const double skill = std::abs(score.skill) < shown_as_nothing ? 0 : score.skill;
        text += fmt::format("{:>13}", fmt::format("{:.3f} {:+.2f}", score.brier, skill));
    }
    return text + "\n";
}

constexpr std::array<std::string_view, 4> output_names{"durability.json", "durability.csv",
                                                       "durability-curve.csv", "durability-backtest.csv"};

Result<void> write(const Request& request, const analysis::Durability& durability,
                   const Comparables& comparables) {
    auto folder = OutputFolder::open(request.out);
    if (!folder) return tl::unexpected(folder.error());
    if (auto done = folder->write("durability.json", report::durability_json(durability, comparables)); !done)
        return done;
    using Writer = void (*)(const report::Sink&, const analysis::Durability&);
    const std::array<std::pair<std::string, Writer>, 3> tables{
        {{"durability.csv", report::write_durability_csv},
         {"durability-curve.csv", report::write_durability_curve_csv},
         {"durability-backtest.csv", report::write_durability_backtest_csv}}};
    for (const auto& [name, writer] : tables) {
        const auto done = folder->write(
            name, [&, make = writer](const OutputFolder::Pieces& piece) { make(piece, durability); });
        if (!done) return done;
    }
    return folder->finish({output_names.begin(), output_names.end()});
}

/// What is to be answered of, and the words for it.
struct Question {
    Comparables comparables;
    std::optional<analysis::CurrentTruce> truce;
    analysis::DurabilitySettings settings;
};

void show_rejects(const sources::ReadComparables& read, const std::string& path) {
    constexpr std::size_t most = 5;
    for (const std::string& warning : read.warnings)
        fmt::print(stderr, "{}: {}\n", shown(path, 200), warning);
    for (std::size_t i = 0; i < std::min(most, read.rejects.size()); ++i) {
        const Reject& reject = read.rejects[i];
        fmt::print(stderr, "{}:{}: column '{}': found '{}', want {}\n", shown(path, 200), reject.line,
                   shown(reject.column_name), shown(reject.found), reject.expected);
    }
    if (read.rejects.size() > most) {
        fmt::print(stderr, "{}: {} more rows that cannot be read\n", shown(path, 200),
                   read.rejects.size() - most);
    }
}

/// The question asked of a mission folder.
Result<Question> of_mission(const Request& request, Question question, int threads) {
    auto read_mission = read_dossier(fs::path(request.path), threads);
    if (!read_mission) {
        for (const Error& error : read_mission.error().errors) could_not_read(error);
        return failure({.message = "the mission cannot be read"});
    }
    Dossier& dossier = read_mission->dossier;
    if (request.comparables.empty() && dossier.comparables) {
        auto days = std::move(question.comparables.days);
        question.comparables = *dossier.comparables;
        question.comparables.days = std::move(days);
    }
    // They are asked about below, with what the options say: not twice.
    dossier.comparables.reset();
    const auto assessment = assess(dossier, {.threads = threads, .software_version = std::string(version)});
    if (!assessment) return tl::unexpected(assessment.error());
    question.truce = current_truce(dossier, *assessment);
    if (!request.conflict.empty()) question.truce->conflict = request.conflict;
    if (question.comparables.covariates == ceasefire_covariates())
        question.truce->covariates = ceasefire_covariates_of(dossier.agreements[assessment->truce.value]);
    if (!request.seed) question.settings.seed = assessment->seed;
    return question;
}

int durability(const Request& request, int threads) {
    const bool mission = fs::is_directory(request.path);
    const auto catalogue =
        std::ranges::find(assets::catalogues(), request.language, &assets::Catalogue::language);
    if (catalogue == assets::catalogues().end())
        return could_not_read({.message = fmt::format("there is no language '{}'", shown(request.language))});
    const auto messages = report::Messages::parse(catalogue->language, catalogue->json);
    if (!messages) return could_not_read(messages.error());
    auto settings = settings_of(request);
    if (!settings) {
        could_not_read(settings.error());
        return wrong_usage;
    }

    Question question{.comparables = {}, .truce = {}, .settings = *settings};
    question.settings.seed = request.seed.value_or(0);
    const std::string table = mission ? request.comparables : request.path;
    if (!mission && !request.comparables.empty()) {
        could_not_read({.message = "--comparables goes with a mission; a table is its own comparables"});
        return wrong_usage;
    }
    if (!table.empty()) {
        auto comparables = read(request, table);
        if (!comparables) return could_not_read(comparables.error());
        show_rejects(*comparables, table);
        question.comparables = std::move(comparables->comparables);
    }
    if (!request.days.empty()) {
        const auto file = map_file(request.days);
        if (!file) return could_not_read(file.error());
        auto days = sources::read_truce_days(file->text(), request.days);
        if (!days) return could_not_read(days.error());
        question.comparables.days = std::move(*days);
    }
    if (mission) {
        auto asked = of_mission(request, std::move(question), threads);
        if (!asked) return could_not_read(asked.error());
        question = std::move(*asked);
    } else if (request.age) {
        question.truce =
            analysis::CurrentTruce{.name = {}, .conflict = request.conflict, .kind = request.kind, .age = 0};
    }
    if (question.truce) {
        if (request.age) question.truce->age = *request.age;
        if (!request.kind.empty()) question.truce->kind = request.kind;
        if (!mission || !request.values.empty() ||
            question.truce->covariates.size() != question.comparables.covariates.size()) {
            auto values = covariates_of(request, question.comparables);
            if (!values) {
                could_not_read(values.error());
                return wrong_usage;
            }
            question.truce->covariates = std::move(*values);
        }
    }

    const analysis::Durability answer =
        analysis::how_long_may_it_hold(question.comparables, question.truce, question.settings);
    const auto say = [](std::string sentence) {
        if (!sentence.empty()) std::cout << wrapped(report::without_isolates(std::move(sentence)), 0);
    };
    say(report::failure_sentence(answer, *messages));
    say(report::answer_sentence(answer, *messages));
    say(report::comparables_sentence(answer, question.comparables.source, *messages));
    if (answer.why_not == analysis::NoForecast::no_comparables ||
        answer.why_not == analysis::NoForecast::too_few_failures) {
        say(messages->text("durability.needed", {{"n", std::int64_t{question.settings.least_failures}}}));
    }
    if (!answer.models.empty()) std::cout << '\n' << table_text(answer);
    std::cout << backtest_text(answer);
    for (const std::string& warning : report::warning_sentences(answer, *messages)) say("* " + warning);
    if (!request.out.empty()) {
        if (const auto done = write(request, answer, question.comparables); !done)
            return could_not_read(done.error());
        std::cout << fmt::format("\nWritten: {} into {}\n", fmt::join(output_names, ", "), request.out);
    }
    return answer.why_not ? answered_no : 0;
}

}  // namespace

void add_durability_command(CLI::App& app, const CommonOptions& common, Outcome& outcome) {
    auto* command =
        app.add_subcommand("durability", "Say how long a truce may hold, by what became of comparable ones");
    const auto request =
        std::make_shared<Request>();  // shared by the options and the callback, which CLI11 keeps
    command
        ->add_option("path", request->path,
                     "A mission folder, or a table of durations (ETH/PRIO's file among them)")
        ->required();
    command->add_option("--comparables", request->comparables,
                        "The register of past ceasefires that a mission's truce is compared with");
    command->add_option("--days", request->days,
                        "A table of the days of past truces: truce, conflict, day, violence, failed");
    command->add_option("-o,--out", request->out, "Write durability.json and CSV files into this folder");
    command->add_option("--language", request->language, "Language of the sentences: en, ar, ru, fr")
        ->capture_default_str();
    command->add_option("--failure", request->failure, "Ends of comparables that count as failure")
        ->delimiter(',')
        ->capture_default_str();
    command
        ->add_option("--failure-deaths", request->failure_deaths,
                     "Deaths under the truce that count as its failure")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command->add_option("--failure-days", request->failure_days, "Within how many days")
        ->check(CLI::Range(1, 3650))
        ->capture_default_str();
    command->add_option("--horizons", request->horizons, "For how many days more")
        ->delimiter(',')
        ->check(CLI::Range(1, 3650))
        ->capture_default_str();
    command->add_option("--age", request->age, "How many days old the truce is (of a mission: from its days)")
        ->check(CLI::NonNegativeNumber);
    command->add_option("--kind", request->kind, "Its kind, as the comparables name it");
    command->add_option("--conflict", request->conflict, "Its conflict, as the comparables name it");
    command->add_option("--value", request->values, "COVARIATE=NUMBER: what is known of it")->delimiter(',');
    command->add_option("--ends", request->ends, "CODE=END: what the table's codes for an end stand for")
        ->delimiter(',');
    command->add_option("--observed-until", request->observed_until,
                        "The day until which the register looked");
    command->add_option("--name", request->columns.name, "Column: the spell's name");
    command->add_option("--cluster", request->columns.conflict, "Column: the conflict");
    command->add_option("--class", request->columns.kind, "Column: the kind");
    command->add_option("--start", request->columns.start, "Column: days old when first seen");
    command->add_option("--stop", request->columns.stop, "Column: days old at its end, or when last seen");
    command->add_option("--status", request->columns.status, "Column: how it ended");
    command->add_option("--began", request->columns.began, "Column: the day on which it began");
    command->add_option("--ended", request->columns.ended, "Column: the day on which it ended");
    command->add_option("--covariates", request->columns.covariates, "Columns of numbers to compare by")
        ->delimiter(',');
    command->add_option("--draws", request->draws, "How often days known only within bounds are drawn")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    command->add_option("--seed", request->seed, "Seed of the draws (of a mission: its own)");
    command->add_flag("--no-backtest", request->no_backtest, "Leave out the backtest");
    command->callback(
        [&outcome, &common, request] { outcome.status = durability(*request, common.threads); });
}

}  // namespace truce::cli
