// SPDX-License-Identifier: Apache-2.0
#include "cli/toll.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>

#include "analysis/multiple_systems.h"
#include "assessment/documented_toll.h"
#include "assessment/undocumented_toll.h"
#include "base/mapped_file.h"
#include "base/sha256.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/dossier.h"
#include "cli/output.h"
#include "cli/version.h"
#include "report/assets.h"
#include "report/deaths_wording.h"
#include "report/messages.h"
#include "report/toll_outputs.h"

namespace truce::cli {
namespace {

struct Request {
    std::string folder;
    GivenFiles files;
    std::string from;
    std::string to;
    std::string lists;
    Mission::Lists columns;
    bool open = false;
    std::uint64_t seed = 0;
    int replicates = 1000;
    std::string out;
};

int tell(const Error& error) {
    fmt::print(stderr, "truce: {}\n", error.text());
    return could_not;
}

Result<std::optional<DayRange>> days_of(const Request& request, const std::optional<DayRange>& mission) {
    if (request.from.empty() != request.to.empty()) {
        return failure({.message = "--from and --to go together: the first and the last day to count"});
    }
    if (request.from.empty()) return mission;
    const auto first = parse_day(request.from);
    if (!first) return tl::unexpected(first.error());
    const auto last = parse_day(request.to);
    if (!last) return tl::unexpected(last.error());
    if (*last < *first) {
        return failure({.message = fmt::format("--to {} lies before --from {}", request.to, request.from)});
    }
    return DayRange{*first, *last};
}

/// The catalogue that the terminal speaks.
const report::Messages& english() {
    static const report::Messages messages = [] {
        const auto catalogue =
            std::ranges::find(assets::catalogues(), std::string_view("en"), &assets::Catalogue::language);
        auto parsed = report::Messages::parse(catalogue->language, catalogue->json);
        return std::move(*parsed);
    }();
    return messages;
}

std::string plain(std::string text) {
    for (const std::string_view mark : {"\u2066", "\u2067", "\u2068", "\u2069"}) {
        for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark)) {
            text.erase(at, mark.size());
        }
    }
    return text;
}

std::string people(double number) {
    return english().decimal(number, 0);
}

std::string sum_text(const analysis::TollSum& sum) {
    const auto& messages = english();
    auto text = fmt::format("{} ({} to {})", messages.number(sum.best), messages.number(sum.low),
                            messages.number(sum.high));
    const auto without = fmt::format("{} incident{} no figure", messages.number(sum.without_figure),
                                     sum.without_figure == 1 ? " has" : "s have");
    if (sum.incidents == 0) return "not known: " + without;
    return sum.without_figure == 0 ? text : fmt::format("{}, at least: {}", text, without);
}

std::string distribution_text(const analysis::TollDistribution& toll) {
    return fmt::format("half of the distribution lies within {} to {}, 95% within {} to {}",
                       people(toll.half.low), people(toll.half.high), people(toll.most.low),
                       people(toll.most.high));
}

std::string row(std::string_view label, std::string_view text) {
    return fmt::format("  {:<24} {}\n", label, text);
}

/// Everything that is told of documented deaths.
std::string documented_text(const DocumentedToll& toll) {
    const auto& count = toll.count;
    const auto& days = count.definition.days;
    std::string out = fmt::format("Documented: people reported killed in all areas, {} to {}, by {}\n",
                                  day_text(days.first), day_text(days.end - std::chrono::days{1}),
                                  fmt::join(count.definition.sources, "; "));
    out += row("all", sum_text(count.all));
    out += row("", distribution_text(toll.killed));
    out += row("civilians", sum_text(count.civilians));
    for (const auto& group : count.by_group) {
        out += row(english().text(fmt::format("deaths.group.{}", report::name_of(group.whose))),
                   sum_text(group.sum));
    }
    out += "By act\n";
    for (const auto& act : count.by_act) out += row(truce::name_of(act.act), sum_text(act.all));
    out += "Protected sites (an incident at two kinds is under both)\n";
    for (const auto& site : count.by_site) {
        if (site.incidents == 0) continue;
        out += row(truce::name_of(site.kind),
                   fmt::format("{}; {} incident{}", sum_text(site.all), english().number(site.incidents),
                               site.incidents == 1 ? "" : "s"));
    }
    out += "By attacker, as sources name one (what is unknown is nobody's share)\n";
    for (const auto& one : toll.by_attacker) {
        const auto name = one.actor.empty() ? std::string("unknown") : one.actor;
        out += row(shown(name, 24), sum_text(one.all));
    }
    if (count.straddling > 0) {
        out += fmt::format("{} incidents may lie outside the days: their low figures count as 0\n",
                           count.straddling);
    }
    return out;
}

std::string undocumented_text(const UndocumentedToll& toll) {
    const auto& messages = english();
    const auto& estimate = toll.estimate;
    std::string out = toll.stratum.empty() ? "Lists" : fmt::format("Lists, {}", shown(toll.stratum, 60));
    out +=
        fmt::format(": {} people on {} lists:", messages.number(estimate.documented), estimate.lists.size());
    for (std::size_t j = 0; j < estimate.lists.size(); ++j) {
        out += fmt::format("{} {} {}", j == 0 ? "" : ",", shown(estimate.lists[j], 40),
                           messages.number(estimate.on_list[j]));
    }
    out += "\n" + plain(report::undocumented_sentence(estimate, messages)) + "\n";
    for (const auto& method : estimate.methods) {
        const auto single = method.high - method.low < 0.5;
        out += row(plain(messages.text(fmt::format("mse.method.{}", name_of(method.method)))),
                   fmt::format("{} ({} to {})",
                               single ? people(method.low)
                                      : fmt::format("{} to {}", people(method.low), people(method.high)),
                               people(method.interval.low), people(method.interval.high)));
    }
    if (!estimate.models.empty()) {
        constexpr std::size_t fewest_shown = 5;
        constexpr std::size_t most_shown = 10;
        const auto number =
            std::min({estimate.models.size(), most_shown, std::max(fewest_shown, estimate.in_window)});
        out += fmt::format("Models: {} tried, {} can be estimated, {} fit about as well as the best\n",
                           messages.number(estimate.models_tried), messages.number(estimate.models.size()),
                           messages.number(estimate.in_window));
        for (std::size_t m = 0; m < number; ++m) {
            const auto& model = estimate.models[m];
            const auto interval = model.fit.interval();
            out += row(model.model.name(static_cast<int>(estimate.lists.size())),
                       fmt::format("{} ({} to {}), BIC {}, weight {}{}", people(model.fit.population()),
                                   people(interval.low), people(interval.high),
                                   messages.decimal(model.fit.bic, 2), messages.decimal(model.weight, 3),
                                   m < estimate.in_window ? "" : ", not in the range"));
        }
    }
    for (const auto& warning : estimate.warnings) {
        out += "Warning: " + plain(report::warning_sentence(warning, estimate, messages)) + "\n";
    }
    return out;
}

int write(const Request& request, const report::Tolls& tolls) {
    auto folder = OutputFolder::open(request.out);
    if (!folder) return tell(folder.error());
    using Make = std::function<void(const report::Sink&)>;
    std::vector<std::pair<std::string, Make>> files;
    files.emplace_back("toll.json", [&](const report::Sink& sink) { sink(report::tolls_json(tolls)); });
    if (tolls.documented != nullptr) {
        files.emplace_back(
            "toll.csv", [&](const report::Sink& sink) { report::write_toll_csv(sink, *tolls.documented); });
        files.emplace_back("running-toll.csv", [&](const report::Sink& sink) {
            report::write_running_toll_csv(sink, *tolls.documented);
        });
    }
    if (!tolls.undocumented.empty()) {
        files.emplace_back("methods.csv", [&](const report::Sink& sink) {
            report::write_methods_csv(sink, tolls.undocumented);
        });
        files.emplace_back("models.csv", [&](const report::Sink& sink) {
            report::write_models_csv(sink, tolls.undocumented);
        });
    }
    for (const auto& [name, make] : files) {
        if (auto written = folder->write(name, make); !written) return tell(written.error());
    }
    const auto finished =
        folder->finish({"toll.json", "toll.csv", "running-toll.csv", "methods.csv", "models.csv"});
    if (!finished) return tell(finished.error());
    std::cout << fmt::format("\n{} files in {}\n", files.size(), request.out);
    return 0;
}

int count(const Request& request, const CommonOptions& common) {
    report::Tolls tolls;
    tolls.seed = request.seed;
    tolls.software_version = std::string(version);
    std::optional<DocumentedToll> documented;
    std::optional<ListedDead> lists;
    std::filesystem::path lists_path;
    if (!request.folder.empty() || !request.files.accounts.empty()) {
        const auto read = request.folder.empty()
                              ? read_dossier(request.files, common.threads)
                              : read_dossier(std::filesystem::path(request.folder), common.threads);
        if (!read) {
            for (const auto& error : read.error().errors) tell(error);
            return could_not;
        }
        const auto days = days_of(request, read->dossier.mission.period);
        if (!days) {
            tell(days.error());
            return wrong_usage;
        }
        documented = documented_toll(read->dossier, *days, common.threads);
        lists = read->dossier.lists;
        if (lists) lists_path = std::filesystem::path(request.folder) / lists->file;
        const auto rejects = read->dossier.rejects.size();
        if (documented) {
            std::cout << documented_text(*documented);
        } else {
            std::cout << "Documented: no account tells of an incident, so there is nothing to count\n";
        }
        if (rejects > 0) {
            std::cout << fmt::format(
                "{} rows could not be read and are in no sum; `truce assess` writes them out\n", rejects);
        }
        if (documented) tolls.documented = &*documented;
    }
    if (!request.lists.empty()) {
        const Mission::Lists wanted{.file = request.lists,
                                    .columns = request.columns.columns,
                                    .count = request.columns.count,
                                    .stratum = request.columns.stratum,
                                    .population = request.open ? Mission::Lists::Population::open
                                                               : Mission::Lists::Population::closed};
        auto read = read_listed_dead(wanted, {});
        if (!read) {
            for (const auto& error : read.error()) tell(error);
            return could_not;
        }
        lists = std::move(*read);
        lists_path = request.lists;
    }
    if (lists) {
        const auto file = map_file(lists_path.string());
        if (!file) return tell(file.error());
        tolls.lists_file = lists_path.filename().string();
        tolls.lists_sha256 = sha256(file->text()).hex();
        tolls.undocumented = undocumented_tolls(*lists, request.seed, request.replicates);
        for (const auto& one : tolls.undocumented) {
            std::cout << (tolls.documented != nullptr || &one != &tolls.undocumented.front() ? "\n" : "")
                      << undocumented_text(one);
        }
    }
    return request.out.empty() ? 0 : write(request, tolls);
}

}  // namespace

void add_toll_command(CLI::App& app, const CommonOptions& common, Outcome& outcome) {
    auto* command = app.add_subcommand("toll", "Say how many have died, by the documents and beyond them");
    const auto request =
        std::make_shared<Request>();  // shared by the options and the callback, which CLI11 keeps
    command->add_option("folder", request->folder, "the mission folder, the one that holds mission.yaml");
    command->add_option(
        "--accounts", request->files.accounts,
        "a file of accounts, with its mapping after a colon where it needs one; may be repeated");
    command->add_option("--actors", request->files.actors, "a file of actors, with --accounts");
    command->add_option("--areas", request->files.areas,
                        "a GeoJSON file of areas, with --accounts; may be repeated");
    command->add_option("--zone", request->files.zone,
                        "time zone whose days are counted, with --accounts (UTC)");
    command->add_option("--from", request->from, "the first local day to count (YYYY-MM-DD)");
    command->add_option("--to", request->to, "the last local day to count, included");
    command->add_option("--lists", request->lists, "a table of who is on which list of the dead, in place of the mission's");
    command->add_option("--list-column", request->columns.columns,
                        "a column that is a list, where not all are; may be repeated");
    command->add_option("--count-column", request->columns.count,
                        "the column that says how many people a row stands for (count, n, freq)");
    command->add_option("--stratum", request->columns.stratum,
                        "a column by which people are estimated apart: an area, a fortnight");
    command->add_flag(
        "--open", request->open,
        "the lists reach over a change such as the truce itself, after which chances of being listed differ");
    command->add_option("--seed", request->seed, "the seed of everything drawn at random")
        ->capture_default_str();
    command->add_option("--replicates", request->replicates, "how many bootstrap replicates")
        ->check(CLI::Range(40, 100000))
        ->capture_default_str();
    command->add_option("-o,--out", request->out, "the folder to write JSON and CSV to");
    command->callback([&outcome, &common, request] {
        const bool folder = !request->folder.empty();
        const bool accounts = !request->files.accounts.empty();
        if ((folder && accounts) || (!folder && !accounts && request->lists.empty())) {
            std::cerr << "truce toll: give a mission FOLDER or --accounts FILE, or --lists FILE, or both of "
                         "either and lists\n";
            outcome.status = wrong_usage;
            return;
        }
        outcome.status = count(*request, common);
    });
}

}  // namespace truce::cli
