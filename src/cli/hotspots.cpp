// SPDX-License-Identifier: Apache-2.0
#include "cli/hotspots.h"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>

#include "assessment/hotspot_scan.h"
#include "assessment/linking.h"
#include "assessment/truce_period.h"
#include "base/csv.h"
#include "base/mapped_file.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/dossier.h"
#include "cli/output.h"
#include "cli/version.h"
#include "report/hotspots.h"

namespace truce::cli {
namespace {

using analysis::HotspotSettings;
using numeric::ScanModel;
using std::chrono::days;

struct Options {
    std::string folder;
    GivenFiles files;
    std::string out;
    std::string truce;
    std::vector<std::string> models;
    std::string when = "now";
    std::string from;
    std::string to;
    std::string baseline_from;
    std::string baseline_to;
    std::string population;
    std::string cases;
    int longest = 14;
    int bin = 1;
    double radius = 50;
    double share = 0.5;
    std::uint32_t least = 3;
    std::uint32_t replicates = 999;
    std::optional<std::uint64_t> seed;
    double coarsest = 25;
    bool spread = false;
    std::size_t sites = 1000;
};

const std::vector<std::pair<std::string, ScanModel>> models{
    {"permutation", ScanModel::space_time_permutation},
    {"baseline", ScanModel::expectation_based_poisson},
    {"population", ScanModel::poisson},
    {"share", ScanModel::bernoulli},
};

int wrong(std::string_view message) {
    fmt::print(stderr, "truce hotspots: {}\n", message);
    return wrong_usage;
}

int tell(const Error& error) {
    std::cerr << error.text() << '\n';
    return could_not;
}

Result<std::optional<sys_days>> day_given(const std::string& text) {
    if (text.empty()) return std::nullopt;
    const auto day = parse_day(text);
    if (!day) return tl::unexpected(day.error());
    return *day;
}

/// A table of places and how many live there; its columns are found by their headers.
Result<std::vector<analysis::PopulatedPlace>> read_population(const std::string& path) {
    const auto file = map_file(path);
    if (!file) return tl::unexpected(file.error());
    csv::Rows rows(file->text(), csv::sniff(file->text()).dialect);
    const auto error = [&](std::size_t line, std::string message) {
        return tl::unexpected(Error{.message = std::move(message), .file = path, .line = line});
    };
    const csv::Row* row = rows.next();
    if (row == nullptr) return error(0, "is empty; want a table with lat, lon and population");
    std::array<std::optional<std::size_t>, 3> columns;
    for (std::size_t i = 0; i < row->fields.size(); ++i) {
        const std::string key = header_key(row->fields[i]);
        if (key == "lat" || key == "latitude") columns[0] = i;
        if (key == "lon" || key == "lng" || key == "longitude") columns[1] = i;
        if (key == "population" || key == "pop") columns[2] = i;
    }
    if (!columns[0] || !columns[1] || !columns[2]) {
        return error(row->line, "has no columns lat, lon and population");
    }
    std::vector<analysis::PopulatedPlace> places;
    while ((row = rows.next()) != nullptr) {
        if (const auto problem = row->error()) return error(row->line, problem->message);
        std::array<std::optional<double>, 3> values;
        for (std::size_t i = 0; i < 3; ++i) {
            if (*columns[i] < row->fields.size()) values[i] = parse_real(row->fields[*columns[i]]);
        }
        const bool sound =
            values[0] && values[1] && values[2] && is_valid({*values[0], *values[1]}) && *values[2] >= 0;
        if (!sound) return error(row->line, "want a latitude, a longitude and a number of people");
        places.push_back({.place = {*values[0], *values[1]}, .population = *values[2]});
    }
    return places;
}

/// What `--cases` names: an act with its kinds, or `civilians`.
Result<std::function<bool(const Incident&)>> cases_named(const std::string& name) {
    if (name == "civilians") {
        return [](const Incident& incident) {
            return incident.what.parties.target_kinds.has(TargetKind::civilian);
        };
    }
    const auto act = act_named(name);
    if (!act) {
        return failure(
            {.message = fmt::format("--cases takes 'civilians' or an act such as attack.shelling, not '{}'",
                                    shown(name))});
    }
    return [act = *act](const Incident& incident) { return is_kind_of(incident.what.act, act); };
}

/// On a terminal, from two seconds on, how much is done; nothing in a pipe.
class Progress {
public:
    ~Progress() {
        if (shown_) fmt::print(stderr, "\r\x1b[K");
    }
    bool operator()(double done) {
        const auto now = Clock::now();
        if (isatty(STDERR_FILENO) == 0 || now - start_ < std::chrono::seconds{2}) return true;
        if (shown_ && now - last_ < std::chrono::milliseconds{200}) return true;
        fmt::print(stderr, "\rscanning ... {:.0f} %", 100 * done);
        shown_ = true;
        last_ = now;
        return true;
    }

private:
    using Clock = std::chrono::steady_clock;
    Clock::time_point start_ = Clock::now();
    Clock::time_point last_{};
    bool shown_ = false;
};

/// The truce that the mission or the command line names, or the first to enter into force.
Result<std::optional<analysis::TruceDays>> truce_of(const Dossier& dossier, const std::string& wanted) {
    const std::string& name = wanted.empty() ? dossier.mission.truce : wanted;
    const Agreement* truce = nullptr;
    for (const Agreement& agreement : dossier.agreements) {
        if (!name.empty() ? agreement.id == name
                          : truce == nullptr || agreement.from.earliest < truce->from.earliest) {
            truce = &agreement;
        }
    }
    if (!name.empty() && truce == nullptr) {
        std::vector<std::string> ids;
        for (const Agreement& agreement : dossier.agreements) ids.push_back(agreement.id);
        return failure({.message = fmt::format("agreement '{}' is not defined{}", shown(name),
                                               did_you_mean(name, ids))});
    }
    if (truce == nullptr || truce->from.earliest <= open_start || truce->from.latest >= open_end) {
        return std::nullopt;
    }
    const Zone& zone = dossier.mission.zone;
    const AgreementId id{static_cast<std::uint32_t>(truce - dossier.agreements.data())};
    const auto end = end_of_truce(dossier.agreements, commitments_of(dossier.agreements), id).earliest;
    auto in_days = analysis::truce_days(
        {truce->from.latest, std::max(end, truce->from.latest + std::chrono::seconds{1})}, zone);
    in_days.before_end = analysis::truce_days({truce->from.earliest, open_end}, zone).before_end;
    return in_days;
}

/// The days of the record, or those asked for.
Result<analysis::Days> days_of(const Options& options, const Dossier& dossier,
                               std::span<const Incident> incidents) {
    std::optional<DayRange> period = dossier.mission.period;
    if (!period) period = days_of_record(incidents, dossier.mission.zone);
    const auto from = day_given(options.from);
    if (!from) return tl::unexpected(from.error());
    const auto to = day_given(options.to);
    if (!to) return tl::unexpected(to.error());
    if (!period && (!*from || !*to)) return failure({.message = "there is no incident to scan"});
    const analysis::Days asked{*from ? **from : period->first,
                               (*to ? **to : period->last) + std::chrono::days{1}};
    if (asked.empty()) return failure({.message = "the days to scan end before they begin"});
    return asked;
}

Result<HotspotSettings> settings_of(const Options& options, const Dossier& dossier, ScanModel model,
                                    analysis::Days assessed,
                                    const std::optional<analysis::TruceDays>& truce) {
    HotspotSettings settings = scan_settings(dossier.mission, model, assessed, truce);
    const bool expected = model == ScanModel::expectation_based_poisson;
    // Days that are asked for are scanned as they are, however long.
    if (!options.from.empty() && !(expected && truce)) settings.study = assessed;
    const auto baseline_from = day_given(options.baseline_from);
    if (!baseline_from) return tl::unexpected(baseline_from.error());
    const auto baseline_to = day_given(options.baseline_to);
    if (!baseline_to) return tl::unexpected(baseline_to.error());
    if (*baseline_from) settings.baseline.first = **baseline_from;
    if (*baseline_to) settings.baseline.end = **baseline_to + days{1};
    if (expected && *baseline_to && !truce) {
        settings.study = {std::max(settings.study.first, settings.baseline.end), assessed.end};
    }
    if (expected && settings.baseline.empty()) {
        return failure(
            {.message = "the model 'baseline' needs a truce, or --baseline-from and --baseline-to"});
    }
    if (settings.study.empty()) return failure({.message = "there is no day to scan after the baseline"});
    if (expected && !in_both(settings.baseline, settings.study).empty()) {
        return failure({.message = "the baseline must end before the days that are scanned; give --from"});
    }
    settings.when = options.when == "now" ? HotspotSettings::When::going_on : HotspotSettings::When::any_time;
    settings.longest = days{options.longest};
    settings.bin = days{options.bin};
    settings.radius = Distance::km(options.radius);
    settings.share = options.share;
    settings.least_incidents = options.least;
    settings.replicates = options.replicates;
    settings.seed = options.seed.value_or(dossier.mission.seed);
    settings.coarsest_place = Distance::km(options.coarsest);
    settings.coarse_places =
        options.spread ? analysis::CoarsePlaces::spread : analysis::CoarsePlaces::leave_out;
    settings.most_sites = options.sites;
    return settings;
}

std::string_view question(ScanModel model) {
    switch (model) {
        case ScanModel::space_time_permutation:
            return "unusual concentration, by the space-time permutation scan";
        case ScanModel::expectation_based_poisson:
            return "more than before, by the expectation-based Poisson scan";
        case ScanModel::poisson:
            return "more than the population lets expect, by the Poisson scan";
        case ScanModel::bernoulli:
            return "a greater share of the cases, by the Bernoulli scan";
    }
    return "";
}

std::string_view reason(analysis::NoScan why) {
    switch (why) {
        case analysis::NoScan::selection_only:
            return "the accounts are a selection: they lie where their makers looked";
        case analysis::NoScan::too_few_incidents:
            return "there are fewer than ten incidents whose place and day are known well enough";
        case analysis::NoScan::one_place:
            return "all incidents lie at one place";
        case analysis::NoScan::one_day:
            return "all incidents lie on one day";
        case analysis::NoScan::nothing_before:
            return "there are no incidents in the baseline";
        case analysis::NoScan::no_population:
            return "the table of population names no people";
        case analysis::NoScan::all_of_one_kind:
            return "all incidents are cases, or none is";
    }
    return "";
}

std::string_view caution(analysis::ScanWarning warning) {
    switch (warning) {
        case analysis::ScanWarning::relative:
            return "A hotspot of this model is relative: after a truce, fighting fell less there, or moved "
                   "there. It need not "
                   "be more than before.";
        case analysis::ScanWarning::coverage_changes:
            return "The places reported from changed over the time scanned (fronts move, sources come and "
                   "go): this model "
                   "can take that for a hotspot.";
        case analysis::ScanWarning::self_excitation:
            return "Incidents come in clusters here: go by the p of clusters moved as wholes.";
        case analysis::ScanWarning::low_precision:
            return "More than a fifth of the incidents are known too coarsely in place or time; what is "
                   "scanned may differ "
                   "from what happened.";
        case analysis::ScanWarning::thin_baseline:
            return "Fewer than 50 incidents make the baseline: what is expected is itself uncertain.";
    }
    return "";
}

std::string p_text(const analysis::Rarity& rarity) {
    std::string text = fmt::format("p {:.3g}", rarity.p);
    if (rarity.recurrence_days) {
        const double recurrence = *rarity.recurrence_days;
        text += recurrence >= 1000 * 365.25 ? std::string(", by chance once in more than 1,000 years")
                : recurrence >= 2 * 365.25
                    ? fmt::format(", by chance once in {:.0f} years", recurrence / 365.25)
                    : fmt::format(", by chance once in {:.0f} days", recurrence);
    }
    return text;
}

std::string_view verdict(analysis::Evidence evidence) {
    switch (evidence) {
        case analysis::Evidence::clear:
            return "beyond chance";
        case analysis::Evidence::only_if_independent:
            return "beyond chance only if each incident came about on its own";
        case analysis::Evidence::within_chance:
            return "within chance";
    }
    return "";
}

std::string hotspot_text(const Dossier& dossier, const PlacedHotspot& placed, std::size_t rank) {
    const analysis::Hotspot& hotspot = placed.found;
    std::string text = fmt::format(
        "{:>3}  {}{} {:.3f},{:.3f}{}, {} to {}: {} incidents where {:.1f} were expected: {}\n", rank,
        hotspot.area.radius.in_km() < 0.5 ? std::string("at")
                                          : fmt::format("within {:.0f} km of", hotspot.area.radius.in_km()),
        "", hotspot.area.centre.lat, hotspot.area.centre.lon,
        placed.place.empty() ? "" : fmt::format(" ({})", shown(placed.place)), day_text(hotspot.days.first),
        day_text(hotspot.days.end - days{1}), hotspot.incidents, hotspot.expected, verdict(hotspot.evidence));
    text += fmt::format("     each incident by itself: {}\n", p_text(hotspot.single));
    if (hotspot.clustered) {
        text += fmt::format("     clusters moved as wholes: {}{}\n", p_text(*hotspot.clustered),
                            hotspot.alarm ? "; alarm" : "");
    }
    for (const HotspotInTruce& truce : placed.truces) {
        const std::string_view force = truce.force == HotspotInTruce::Force::in_force ? "in force"
                                       : truce.force == HotspotInTruce::Force::not_in_force
                                           ? "not in force then"
                                           : "perhaps in force";
        text += fmt::format("     {}{} of {} in the area of {} ({})\n", truce.inside,
                            truce.perhaps > 0 ? fmt::format(" to {}", truce.inside + truce.perhaps) : "",
                            hotspot.incidents, dossier.agreements[truce.agreement.value].id, force);
    }
    return text;
}

std::string scan_text(const Dossier& dossier, const HotspotScan& scan, const HotspotSettings& settings) {
    const analysis::Hotspots& found = scan.found;
    std::string text = fmt::format("Hotspots: {}\n", question(found.model));
    text += fmt::format("  {} to {}, {}; circles to {} km, windows to {} days\n", day_text(found.study.first),
                        day_text(found.study.end - days{1}),
                        found.when == HotspotSettings::When::going_on ? "what still goes on" : "at any time",
                        settings.radius.in_km(), settings.longest.count());
    if (!found.baseline.empty()) {
        text += fmt::format("  held against {} to {}, {} incidents\n", day_text(found.baseline.first),
                            day_text(found.baseline.end - days{1}), found.baseline_incidents);
    }
    text += fmt::format("  {} incidents at {} sites", found.scanned, found.sites);
    if (found.model == ScanModel::bernoulli) text += fmt::format(", {} of them cases", found.cases);
    if (found.cell) text += fmt::format(" (cells of {:g} km)", found.cell->in_km());
    std::string others;
    const auto other = [&](std::uint64_t count, std::string_view what) {
        if (count > 0) others += fmt::format("{}{} {}", others.empty() ? "" : ", ", count, what);
    };
    other(found.left_out.outside, "on other days");
    other(found.left_out.no_place, "without a place");
    other(found.left_out.coarse_place, "whose place is too coarse");
    other(found.left_out.coarse_time, "whose day is too coarse");
    other(scan.selected, "from a selection");
    if (!others.empty()) text += fmt::format("; left out: {}", others);
    if (found.spread > 0) text += fmt::format("; {} of coarse places put at a site by lot", found.spread);
    text += '\n';
    if (found.why_not) return text + fmt::format("  Not scanned: {}.\n", reason(*found.why_not));
    if (scan.hotspots.empty()) text += "  Nowhere more than expected.\n";
    for (std::size_t i = 0; i < scan.hotspots.size(); ++i)
        text += hotspot_text(dossier, scan.hotspots[i], i + 1);
    if (!scan.hotspots.empty()) {
        text += "  A circle is an area to look at, not a border.\n";
    }
    for (const auto warning : found.warnings) text += fmt::format("  Note: {}\n", caution(warning));
    return text;
}

int write_files(const Options& options, const Dossier& dossier, std::span<const HotspotScan> scans) {
    auto folder = OutputFolder::open(options.out);
    if (!folder) return tell(folder.error());
    const auto in_pieces = [&](const std::string& name, auto&& make) {
        return folder->write(name, [&](const OutputFolder::Pieces& pieces) { make(pieces); });
    };
    const auto json = folder->write("hotspots.json", report::hotspots_json(dossier, scans, version));
    if (!json) return tell(json.error());
    const auto csv = in_pieces(
        "hotspots.csv", [&](const report::Sink& sink) { report::write_hotspots_csv(sink, dossier, scans); });
    if (!csv) return tell(csv.error());
    const auto geojson = in_pieces("hotspots.geojson", [&](const report::Sink& sink) {
        report::write_hotspots_geojson(sink, dossier, scans);
    });
    if (!geojson) return tell(geojson.error());
    if (auto finished = folder->finish({}); !finished) return tell(finished.error());
    return 0;
}

int find(const Options& options, const CommonOptions& common) {
    auto read = options.folder.empty() ? read_dossier(options.files, common.threads)
                                       : read_dossier(std::filesystem::path(options.folder), common.threads);
    if (!read) {
        for (const auto& error : read.error().errors) std::cerr << error.text() << '\n';
        return could_not;
    }
    const Dossier& dossier = read->dossier;
    linkage::LinkSettings linking;
    linking.threads = static_cast<unsigned>(std::max(1, common.threads));
    const LinkedIncidents linked = link_accounts(dossier, linking);
    const std::vector<Incident>& incidents = linked.incidents;
    const auto truce = truce_of(dossier, options.truce);
    if (!truce) return wrong(truce.error().text());
    const auto assessed = days_of(options, dossier, incidents);
    if (!assessed) return wrong(assessed.error().text());

    std::vector<ScanModel> wanted;
    for (const std::string& name : options.models) {
        wanted.push_back(std::ranges::find(models, name, &std::pair<std::string, ScanModel>::first)->second);
    }
    if (wanted.empty()) {
        wanted.push_back(ScanModel::space_time_permutation);
        if (*truce && assessed->contains((*truce)->first))
            wanted.push_back(ScanModel::expectation_based_poisson);
    }
    std::function<bool(const Incident&)> is_case;
    std::vector<analysis::PopulatedPlace> population;
    for (const ScanModel model : wanted) {
        if (model == ScanModel::bernoulli && options.cases.empty())
            return wrong("the model 'share' needs --cases");
        if (model == ScanModel::poisson && options.population.empty()) {
            return wrong("the model 'population' needs --population");
        }
    }
    if (!options.cases.empty()) {
        auto named = cases_named(options.cases);
        if (!named) return wrong(named.error().text());
        is_case = *named;
    }
    if (!options.population.empty()) {
        auto people = read_population(options.population);
        if (!people) return tell(people.error());
        population = std::move(*people);
    }

    const auto commitments = commitments_of(dossier.agreements);
    const ScanGround ground{.zone = dossier.mission.zone,
                            .areas = dossier.areas,
                            .commitments = commitments,
                            .sources = dossier.sources,
                            .accounts = dossier.accounts};
    std::vector<analysis::Days> days_of_incidents;
    days_of_incidents.reserve(incidents.size());
    for (const Incident& incident : incidents) {
        days_of_incidents.push_back(analysis::local_days(incident.what.when.window, dossier.mission.zone));
    }
    std::vector<HotspotScan> scans;
    std::string answer;
    for (const ScanModel model : wanted) {
        auto settings = settings_of(options, dossier, model, *assessed, *truce);
        if (!settings) return wrong(settings.error().text());
        settings->population = population;
        settings->threads = static_cast<unsigned>(common.threads);
        Progress progress;
        settings->go_on = [&progress](double done) { return progress(done); };
        scans.push_back(scan_for_hotspots(incidents, days_of_incidents, ground, *settings, is_case));
        answer += (answer.empty() ? "" : "\n") + scan_text(dossier, scans.back(), *settings);
    }
    if (!options.out.empty()) {
        if (const int status = write_files(options, dossier, scans); status != 0) return status;
    }
    std::cout << answer;
    return 0;
}

}  // namespace

void add_hotspots_command(CLI::App& app, const CommonOptions& common, Outcome& outcome) {
    auto* command = app.add_subcommand("hotspots", "Say where incidents gather, beyond what chance would do");
    const auto options =
        std::make_shared<Options>();  // shared by the options and the callback, which CLI11 keeps
    command->add_option("folder", options->folder, "the mission folder, the one that holds mission.yaml");
    command->add_option(
        "--accounts", options->files.accounts,
        "in place of a folder: a file of accounts, with its mapping after a colon; may be repeated");
    command->add_option("--agreement", options->files.agreements,
                        "an agreement file, with --accounts; may be repeated");
    command->add_option("--actors", options->files.actors, "a file of actors, with --accounts");
    command->add_option("--areas", options->files.areas,
                        "a GeoJSON file of areas, with --accounts; may be repeated");
    command->add_option("--zone", options->files.zone, "time zone of the days, with --accounts (UTC)");
    command->add_option("-o,--out", options->out,
                        "a folder to write hotspots.json, hotspots.csv and hotspots.geojson to");
    std::vector<std::string> names;
    for (const auto& model : models) names.push_back(model.first);
    command
        ->add_option(
            "--model", options->models,
            "what incidents are held against: permutation (their own places and days), baseline (the days "
            "before the truce), population, share (of --cases); may be repeated")
        ->check(CLI::IsMember(names));
    command->add_option("--when", options->when, "now: what lasts until the last day; any: whenever it was")
        ->check(CLI::IsMember({"now", "any"}))
        ->capture_default_str();
    command->add_option("--truce", options->truce,
                        "the agreement whose start ends the baseline, in place of the mission's");
    command->add_option("--from", options->from, "the first local day to scan (YYYY-MM-DD)");
    command->add_option("--to", options->to, "the last local day to scan, included");
    command->add_option("--baseline-from", options->baseline_from, "the first local day of the baseline");
    command->add_option("--baseline-to", options->baseline_to, "its last local day, included");
    command->add_option("--longest", options->longest, "the longest window, in days")
        ->check(CLI::Range(1, 36500))
        ->capture_default_str();
    command->add_option("--bin", options->bin, "count by so many days")
        ->check(CLI::Range(1, 366))
        ->capture_default_str();
    command->add_option("--radius", options->radius, "the largest circle's radius, in km")
        ->check(CLI::Range(0.0, 20000.0))
        ->capture_default_str();
    command
        ->add_option("--share", options->share,
                     "the largest share of what is expected in all that a circle holds")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    command->add_option("--least", options->least, "the fewest incidents of a hotspot")
        ->check(CLI::Range(1, 1000000))
        ->capture_default_str();
    command->add_option("--replicates", options->replicates, "how many replicates the p-values rest on")
        ->check(CLI::Range(19, 999999))
        ->capture_default_str();
    command->add_option("--seed", options->seed, "the seed of the replicates, in place of the mission's");
    command
        ->add_option("--coarsest", options->coarsest,
                     "incidents known no better than to so many km are left out")
        ->check(CLI::Range(0.0, 1000.0))
        ->capture_default_str();
    command->add_flag("--spread", options->spread,
                      "put those at a site within their reach by lot, in place of leaving them out");
    command->add_option("--sites", options->sites, "join sites in a grid where there are more than so many")
        ->check(CLI::Range(2, 100000))
        ->capture_default_str();
    command->add_option("--population", options->population,
                        "a table with lat, lon and population, for the model population");
    command->add_option("--cases", options->cases,
                        "an act, or civilians: which incidents are cases, for the model share");
    command->callback([&outcome, &common, options] {
        if (options->folder.empty() == options->files.accounts.empty()) {
            outcome.status = wrong("give a mission FOLDER, or --accounts FILE");
            return;
        }
        outcome.status = find(*options, common);
    });
}

}  // namespace truce::cli
