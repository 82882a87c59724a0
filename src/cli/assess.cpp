// SPDX-License-Identifier: Apache-2.0
#include "cli/assess.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <iostream>
#include <memory>
#include <mutex>
#include <thread>

#include "base/text.h"
#include "cli/answer.h"
#include "cli/command.h"
#include "cli/dossier.h"
#include "cli/folder.h"
#include "cli/output.h"
#include "cli/version.h"
#include "geo/geojson.h"
#include "report/assets.h"
#include "report/cut_off.h"
#include "report/durability_files.h"
#include "report/earlier.h"
#include "report/geojson.h"
#include "report/geopackage.h"
#include "report/html.h"
#include "report/json.h"
#include "report/links.h"
#include "report/tables.h"
#include "report/trend_tables.h"

namespace truce::cli {
namespace {

namespace fs = std::filesystem;
using report::Readers;
using report::TableForm;

struct Options {
    std::string folder;
    GivenFiles files;
    std::string out;
    std::string rejects;
    std::string previous;
    std::string truce;
    std::string focus;
    std::string comparables;
    std::string conflict;
    std::string from;
    std::string to;
    std::vector<std::string> languages;
    bool own_use = false;
    bool excel = false;
    bool timings = false;
    bool quiet = false;
};

/// Names of all files that an earlier run may have left in the output folder.
std::vector<std::string> names_of_earlier_runs(const fs::path& folder) {
    std::vector<std::string> names{"report.html",
                                   "assessment.json",
                                   "findings.csv",
                                   "links.csv",
                                   "incidents.csv",
                                   "accounts.csv",
                                   "trends.csv",
                                   "trend-days.csv",
                                   "durability.csv",
                                   "durability-curve.csv",
                                   "durability-backtest.csv",
                                   "findings-excel.csv",
                                   "incidents-excel.csv",
                                   "accounts-excel.csv",
                                   "incidents.geojson",
                                   "trucewatch.gpkg",
                                   "rejects.csv"};
    for (const auto& entry : fs::directory_iterator(folder)) {
        const auto name = entry.path().filename().string();
        if (name.starts_with("rejects-") && name.ends_with(".csv")) names.push_back(name);
    }
    return names;
}

/// How long each stage took, in the order in which they ended.
class Stages {
public:
    using Clock = std::chrono::steady_clock;

    /// Runs one stage; on a terminal its name is shown while it runs, if it runs for long.
    template <class Work>
    auto run(std::string_view name, Work&& work) {
        const Progress progress(name);
        const auto start = Clock::now();
        auto result = work();
        note(name, Clock::now() - start);
        return result;
    }
    void note(std::string_view name, Clock::duration took) {
        const std::scoped_lock lock(mutex_);
        stages_.emplace_back(name, took);
    }
    [[nodiscard]] std::string text() const {
        const auto total = Clock::now() - start_;
        std::string out;
        const auto seconds = [](Clock::duration d) { return std::chrono::duration<double>(d).count(); };
        for (const auto& [name, took] : stages_) {
            out += fmt::format("{:<24}{:>9.3f} s {:>5.1f}%\n", name, seconds(took),
                               100.0 * seconds(took) / seconds(total));
        }
        rusage usage{};
        getrusage(RUSAGE_SELF, &usage);
        out += fmt::format("{:<24}{:>9.3f} s, {:.0f} MiB at the most\n", "all", seconds(total),
                           static_cast<double>(usage.ru_maxrss) / 1024.0);
        return out;
    }

private:
    /// A line on the terminal that says what is going on, from two seconds on; nothing in a pipe.
    class Progress {
    public:
        explicit Progress(std::string_view name) {
            if (isatty(STDERR_FILENO) == 0) return;
            waiting_ = std::jthread([text = std::string(name)](const std::stop_token& stop) {
                const auto shown_from = Clock::now() + std::chrono::seconds{2};
                bool shown_once = false;
                while (!stop.stop_requested()) {
                    std::this_thread::sleep_for(std::chrono::milliseconds{50});
                    if (!shown_once && Clock::now() >= shown_from) {
                        fmt::print(stderr, "{} ...", text);
                        shown_once = true;
                    }
                }
                if (shown_once) fmt::print(stderr, "\r\x1b[K");
            });
        }

    private:
        std::jthread waiting_;
    };

    Clock::time_point start_ = Clock::now();
    std::mutex mutex_;
    std::vector<std::pair<std::string, Clock::duration>> stages_;
};

int tell(const DossierErrors& errors) {
    for (const auto& error : errors.errors) std::cerr << error.text() << '\n';
    return could_not;
}

int tell(const Error& error) {
    std::cerr << error.text() << '\n';
    return could_not;
}

/// What the command line says goes before what the mission says.
Result<void> apply(const Options& options, Mission& mission) {
    if (!options.truce.empty()) mission.truce = options.truce;
    if (!options.focus.empty()) {
        mission.focus = options.focus;
        mission.focus_version.clear();
    }
    if (options.from.empty() && options.to.empty()) return {};
    if (options.from.empty() || options.to.empty()) {
        return failure(
            {.message = "--from and --to go together: the first and the last local day to assess"});
    }
    const auto first = parse_day(options.from);
    if (!first) return tl::unexpected(first.error());
    const auto last = parse_day(options.to);
    if (!last) return tl::unexpected(last.error());
    if (*last < *first)
        return failure({.message = fmt::format("--to {} lies before --from {}", options.to, options.from)});
    mission.period = DayRange{*first, *last};
    return {};
}

/// The catalogues of the languages asked for, else the mission's, else English and Arabic; in that order.
Result<std::vector<report::Messages>> catalogues(const Options& options, const Mission& mission) {
    auto wanted = options.languages.empty() ? mission.languages : options.languages;
    if (wanted.empty()) wanted = {"en", "ar"};
    std::vector<report::Messages> found;
    std::vector<std::string_view> known;
    for (const auto& catalogue : assets::catalogues()) known.push_back(catalogue.language);
    for (const auto& language : wanted) {
        const auto catalogue =
            std::ranges::find(assets::catalogues(), language, &assets::Catalogue::language);
        if (catalogue == assets::catalogues().end()) {
            if (options.languages.empty())
                continue;  // the mission may name languages that the report does not speak yet
            return failure({.message = fmt::format("there is no message catalogue for '{}'; there are: {}",
                                                   shown(language), fmt::join(known, ", "))});
        }
        const bool twice =
            std::ranges::any_of(found, [&](const auto& one) { return one.language() == language; });
        if (twice) continue;
        auto messages = report::Messages::parse(catalogue->language, catalogue->json);
        if (!messages) return tl::unexpected(messages.error());
        found.push_back(std::move(*messages));
    }
    if (found.empty()) {
        return failure(
            {.message = fmt::format("none of the mission's languages has a message catalogue; there are: {}",
                                    fmt::join(known, ", "))});
    }
    return found;
}

/// One output file and how to write it under its temporary name.
struct Output {
    std::string name;
    std::function<Result<void>(OutputFolder& folder, const std::string& name)> write;
};

/// An output that its maker hands over in pieces.
Output in_pieces(std::string name, std::function<void(const report::Sink&)> make) {
    return {std::move(name), [make = std::move(make)](OutputFolder& folder, const std::string& file) {
                return folder.write(file, make);
            }};
}

/// An output that is made whole.
Output whole(std::string name, std::function<std::string()> make) {
    return {std::move(name), [make = std::move(make)](OutputFolder& folder, const std::string& file) {
                return folder.write(file, make());
            }};
}

/// Makes and writes the outputs, several at a time. The first error, in the outputs' order, if there was any.
Result<void> write_all(const std::vector<Output>& outputs, OutputFolder& folder, int threads,
                       Stages& stages) {
    std::vector<Result<void>> results(outputs.size());
    std::atomic<std::size_t> next{0};
    std::vector<std::exception_ptr> thrown(static_cast<std::size_t>(threads));
    const auto work = [&](std::size_t worker) {
        try {
            for (auto i = next++; i < outputs.size(); i = next++) {
                const auto start = Stages::Clock::now();
                results[i] = outputs[i].write(folder, outputs[i].name);
                stages.note("  " + outputs[i].name, Stages::Clock::now() - start);
            }
        } catch (...) {
            thrown[worker] = std::current_exception();  // and so the thread ends, and the caller throws it on
        }
    };
    {
        std::vector<std::jthread> running;
        for (std::size_t worker = 1; worker < static_cast<std::size_t>(threads); ++worker)
            running.emplace_back(work, worker);
        work(0);
    }
    for (const auto& exception : thrown) {
        if (exception) std::rethrow_exception(exception);
    }
    for (auto& result : results) {
        if (!result) return std::move(result);
    }
    return {};
}

/// Everything that one run makes.
std::vector<Output> outputs_of(const Options& options, const ReadDossier& read, const Assessment& assessment,
                               const report::HtmlSettings& html) {
    const auto readers = options.own_use ? Readers::own_use : Readers::everyone;
    const auto& dossier = read.dossier;
    std::vector<Output> outputs;
    using report::Sink;
    const auto tables = [&, readers](const std::string& suffix, TableForm form) {
        outputs.push_back(in_pieces("findings" + suffix, [&, readers, form](const Sink& sink) {
            report::write_findings_csv(sink, dossier, assessment, readers, form);
        }));
        outputs.push_back(in_pieces("accounts" + suffix, [&, readers, form](const Sink& sink) {
            report::write_accounts_csv(sink, dossier, readers, form);
        }));
        outputs.push_back(in_pieces("incidents" + suffix, [&, readers, form](const Sink& sink) {
            report::write_incidents_csv(sink, dossier, assessment, readers, form);
        }));
    };
    // The longest to make come first, so that threads end together.
    outputs.push_back({"trucewatch.gpkg", [&, readers](OutputFolder& folder, const std::string& name) {
                           report::write_geopackage(folder.place_for(name), dossier, assessment, readers);
                           return Result<void>();
                       }});
    outputs.push_back(whole("report.html", [&] { return report::html(dossier, assessment, html); }));
    tables(".csv", TableForm::plain);
    outputs.push_back(in_pieces("links.csv", [&, readers](const Sink& sink) {
        report::write_links_csv(sink, dossier, {assessment.incidents, assessment.linkage}, readers);
    }));
    outputs.push_back(in_pieces("incidents.geojson", [&, readers](const Sink& sink) {
        report::write_incidents_geojson(sink, dossier, assessment, readers);
    }));
    outputs.push_back(
        in_pieces("trends.csv", [&](const Sink& sink) { report::write_trends_csv(sink, assessment); }));
    outputs.push_back(in_pieces("trend-days.csv",
                                [&](const Sink& sink) { report::write_trend_days_csv(sink, assessment); }));
    outputs.push_back(whole("assessment.json", [&] { return report::assessment_json(dossier, assessment); }));
    if (assessment.durability) {
        const auto& durability = *assessment.durability;
        using Writer = void (*)(const Sink&, const analysis::Durability&);
        const auto twin = [&](std::string name, Writer write) {
            outputs.push_back(
                in_pieces(std::move(name), [&, write](const Sink& sink) { write(sink, durability); }));
        };
        twin("durability.csv", report::write_durability_csv);
        if (dossier.comparables) {
            twin("durability-curve.csv", report::write_durability_curve_csv);
            twin("durability-backtest.csv", report::write_durability_backtest_csv);
        }
    }
    if (options.excel) tables("-excel.csv", TableForm::excel);
    for (std::size_t i = 0; i < read.rejected.size(); ++i) {
        const auto& rejected = read.rejected[i];
        // Rows of several files have several headers and cannot stand in one table.
        const auto name = i == 0 ? std::string("rejects.csv")
                                 : fmt::format("rejects-{}.csv", dossier.sources[rejected.source.value].id);
        outputs.push_back(in_pieces(name, [&](const Sink& sink) { sink(rejected.csv); }));
    }
    return outputs;
}

int assess_into(const Options& options, const CommonOptions& common) {
    Stages stages;
    auto read = stages.run("reading", [&] {
        return options.folder.empty() ? read_dossier(options.files, common.threads)
                                      : read_dossier(fs::path(options.folder), common.threads);
    });
    if (!read) return tell(read.error());
    if (auto applied = apply(options, read->dossier.mission); !applied) {
        std::cerr << applied.error().text() << '\n';
        return wrong_usage;
    }
    if (!options.comparables.empty()) {
        auto& wanted = read->dossier.mission.comparables;
        if (!wanted) wanted.emplace();
        wanted->file = options.comparables;
        if (!options.conflict.empty()) wanted->conflict = options.conflict;
        auto comparables = read_register(*wanted, {}, read->warnings);
        if (!comparables) return tell(comparables.error());
        read->dossier.comparables = std::move(*comparables);
    }
    auto languages = catalogues(options, read->dossier.mission);
    if (!languages) {
        std::cerr << languages.error().text() << '\n';
        return wrong_usage;
    }
    std::optional<report::Earlier> earlier;
    if (!options.previous.empty()) {
        const auto text = read_file(options.previous, std::size_t{256} << 20U);
        if (!text) return tell(text.error());
        auto parsed = report::parse_earlier(*text);
        if (!parsed) {
            parsed.error().file = options.previous;
            return tell(parsed.error());
        }
        earlier = *parsed;
    }

    // The map's coastlines take a while to unpack: beside the assessment, where there is a thread for it.
    auto unpacked = std::async(common.threads > 1 ? std::launch::async : std::launch::deferred,
                               [] { return country_shapes(assets::countries_10m()); });
    auto assessment = stages.run("assessing", [&] {
        return assess(read->dossier, {.threads = common.threads, .software_version = std::string(version)});
    });
    if (!assessment) return tell(assessment.error());

    auto folder = OutputFolder::open(options.out);
    if (!folder) return tell(folder.error());
    const auto countries = unpacked.get();
    if (!countries) return tell(countries.error());
    const report::HtmlSettings html{.languages = *languages,
                                    .script = assets::report_js(),
                                    .style = assets::report_css(),
                                    .countries = *countries,
                                    .earlier = earlier,
                                    .cut_off = report::cut_off_text(read->dossier, *assessment)};
    auto outputs = outputs_of(options, *read, *assessment, html);
    const auto written =
        stages.run("writing", [&] { return write_all(outputs, *folder, common.threads, stages); });
    if (!written) return tell(written.error());
    if (auto finished = folder->finish(names_of_earlier_runs(options.out)); !finished)
        return tell(finished.error());
    if (!options.rejects.empty() && !read->rejected.empty()) {
        const fs::path path(options.rejects);
        auto beside = OutputFolder::open(path.parent_path().empty() ? fs::path(".") : path.parent_path());
        if (!beside) return tell(beside.error());
        if (auto put = beside->write(path.filename().string(), read->rejected.front().csv); !put)
            return tell(put.error());
        if (auto put = beside->finish({}); !put) return tell(put.error());
    }

    if (!options.quiet)
        std::cout << answer_text(*read, *assessment, languages->front(), options.out, outputs.size());
    if (options.timings) std::cerr << stages.text();
    // The program ends next. To give back millions of texts one by one would take longer than to write a
    // table of them.
    static const auto* const kept = new std::pair(std::move(*read), std::move(*assessment));
    static_cast<void>(kept);
    return 0;
}

}  // namespace

void add_assess_command(CLI::App& app, const CommonOptions& common, Outcome& outcome) {
    auto* command =
        app.add_subcommand("assess", "Assess a mission: the answer on the terminal, the report, the files");
    const auto options =
        std::make_shared<Options>();  // shared by the options and the callback, which CLI11 keeps
    command->add_option("folder", options->folder, "the mission folder, the one that holds mission.yaml");
    command->add_option("--agreement", options->files.agreements,
                        "an agreement file, in place of a folder; may be repeated");
    command->add_option("--actors", options->files.actors, "a file of actors, with --agreement");
    command->add_option("--areas", options->files.areas,
                        "a GeoJSON file of areas, with --agreement; may be repeated");
    command->add_option(
        "--accounts", options->files.accounts,
        "a file of accounts, with its mapping after a colon where it needs one; may be repeated");
    command->add_option("--zone", options->files.zone,
                        "time zone of agreements that name none, with --agreement (UTC)");
    command->add_option("-o,--out", options->out, "the folder to write the report and the files to")
        ->required();
    command->add_option("--rejects", options->rejects,
                        "also write the rejected rows to this file, to be mended and read again");
    command->add_option("--previous", options->previous,
                        "the assessment.json of an earlier run: the report says what changed");
    command->add_option("--truce", options->truce,
                        "the agreement that parts before from after, in place of the mission's");
    command->add_option("--focus", options->focus,
                        "the area that the headline speaks about, in place of the mission's");
    command->add_option(
        "--comparables", options->comparables,
        "the register of past ceasefires that the truce is compared with, in place of the mission's");
    command->add_option("--conflict", options->conflict,
                        "the truce's conflict as that register names it, with --comparables");
    command->add_option("--from", options->from,
                        "the first local day to assess (YYYY-MM-DD), in place of the mission's");
    command->add_option("--to", options->to, "the last local day to assess, included");
    command->add_option("--language", options->languages,
                        "a language of the report, the first shown first; may be repeated");
    command->add_flag(
        "--own-use", options->own_use,
        "write rows that their licence keeps from being passed on; the folder is then not to be published");
    command->add_flag("--excel", options->excel,
                      "also write the tables as spreadsheets open them by a double click");
    command->add_flag("--timings", options->timings, "print what share of the time each stage took");
    command->add_flag("-q,--quiet", options->quiet, "print nothing on success");
    command->callback([&outcome, &common, options] {
        const bool folder = !options->folder.empty();
        const bool files = !options->files.agreements.empty();
        if (folder == files) {
            std::cerr << "truce assess: give a mission FOLDER, or --agreement FILE and --accounts FILE\n";
            outcome.status = wrong_usage;
            return;
        }
        outcome.status = assess_into(*options, common);
    });
}

}  // namespace truce::cli
