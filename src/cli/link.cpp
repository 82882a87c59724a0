// SPDX-License-Identifier: Apache-2.0
#include "cli/link.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "assessment/linking.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/dossier.h"
#include "cli/folder.h"
#include "cli/link_persons.h"
#include "cli/output.h"
#include "report/links.h"
#include "sources/link_decisions_file.h"

namespace truce::cli {
namespace {

namespace fs = std::filesystem;
using report::Readers;
using report::TableForm;

constexpr std::size_t longest_yaml = std::size_t{16} << 20U;

struct Request {
    std::vector<std::string> inputs;
    GivenFiles files;
    std::string out;
    std::string decisions;
    std::vector<std::string> may_repeat;
    linkage::LinkSettings settings;
    bool by_taxonomy = false;
    bool persons = false;
    bool show_persons = false;
    bool own_use = false;
    bool quiet = false;
};

int tell(const Error& error) {
    std::cerr << error.text() << '\n';
    return could_not;
}

tl::expected<ReadDossier, DossierErrors> read_inputs(Request& request, int threads) {
    if (request.inputs.size() == 1 && fs::is_directory(request.inputs.front()))
        return read_dossier(fs::path(request.inputs.front()), threads);
    request.files.accounts = request.inputs;
    return read_dossier(request.files, threads);
}

/// The decisions of the file that was given, after those of the mission.
Result<void> add_decisions(const std::string& path, Dossier& dossier) {
    const auto text = read_file(path, longest_yaml);
    if (!text) return tl::unexpected(text.error());
    auto reading = sources::read_link_decisions(*text, path);
    if (!reading.errors.empty()) {
        for (std::size_t i = 0; i + 1 < reading.errors.size(); ++i)
            std::cerr << reading.errors[i].text() << '\n';
        return tl::unexpected(reading.errors.back());
    }
    std::ranges::move(reading.decisions, std::back_inserter(dossier.link_decisions));
    return {};
}

Result<void> let_repeat(const std::vector<std::string>& ids, Dossier& dossier) {
    for (const auto& id : ids) {
        const auto found = std::ranges::find(dossier.sources, id, &Source::id);
        if (found == dossier.sources.end()) {
            std::vector<std::string> known;
            for (const auto& source : dossier.sources) known.push_back(source.id);
            return failure({.message = fmt::format("--may-repeat: there is no source '{}'; there are: {}",
                                                   shown(id), fmt::join(known, ", "))});
        }
        found->repeats = Repeats::may;
    }
    return {};
}

std::string plural(std::uint64_t count, std::string_view one, std::string_view more) {
    return fmt::format("{} {}", count, count == 1 ? one : more);
}

/// What was found, in a few lines.
std::string summary(const Dossier& dossier, const report::LinksToShow& linked, const std::string& out) {
    const auto& linkage = linked.linkage;
    const auto& found = linkage.found;
    auto text = fmt::format(
        "{} of {} make {}; {} told of by more than one account.\n",
        plural(linkage.accounts, "account", "accounts"), plural(dossier.sources.size(), "source", "sources"),
        plural(linkage.incidents, "incident", "incidents"), plural(linkage.joined, "is", "are"));
    if (!linkage.compared) {
        text += "Nothing was compared: there is one source, and it does not repeat itself (--may-repeat).\n";
    } else {
        text += fmt::format("{} compared. {}; about {:.1f} of them false, about {:.1f} missed.\n",
                            plural(found.compared, "pair", "pairs"), plural(found.linked, "link", "links"),
                            found.expected_false, found.expected_missed);
        text += fmt::format("{} for a human to look at; {} kept apart, since a better one was found.\n",
                            plural(found.review, "pair is", "pairs are"), found.kept_apart);
    }
    for (const auto& warning : report::linkage_warnings(dossier, linked))
        text += fmt::format("warning: {}\n", warning);
    text += fmt::format("{}: links.csv, account-incidents.csv, linkage.json\n", shown(out, 200));
    return text;
}

int link_into(Request& request, int threads) {
    auto read = read_inputs(request, threads);
    if (!read) {
        for (const auto& error : read.error().errors) std::cerr << error.text() << '\n';
        return could_not;
    }
    auto& dossier = read->dossier;
    if (!request.decisions.empty()) {
        if (auto added = add_decisions(request.decisions, dossier); !added) return tell(added.error());
    }
    if (auto done = let_repeat(request.may_repeat, dossier); !done) {
        tell(done.error());
        return wrong_usage;
    }
    request.settings.threads = static_cast<unsigned>(threads);
    request.settings.method =
        request.by_taxonomy ? linkage::Method::taxonomy : linkage::Method::fellegi_sunter;
    const auto made = link_accounts(dossier, request.settings);
    const report::LinksToShow linked{made.incidents, made.linkage};

    auto folder = OutputFolder::open(request.out);
    if (!folder) return tell(folder.error());
    const auto readers = request.own_use ? Readers::own_use : Readers::everyone;
    const auto write = [&](const std::string& name, auto make) {
        return folder->write(name, [&](const OutputFolder::Pieces& sink) { make(sink); });
    };
    Result<void> written = write("links.csv", [&](const report::Sink& sink) {
        report::write_links_csv(sink, dossier, linked, readers);
    });
    if (written) {
        written = write("account-incidents.csv", [&](const report::Sink& sink) {
            report::write_account_incidents_csv(sink, dossier, linked, readers);
        });
    }
    if (written) written = folder->write("linkage.json", report::linkage_json(dossier, linked));
    if (written) written = folder->finish({});
    if (!written) return tell(written.error());
    if (!request.quiet) std::cout << summary(dossier, linked, request.out);
    return 0;
}

int link_persons(const Request& request, int threads) {
    PersonsRequest persons{
        .inputs = request.inputs, .out = request.out, .settings = {}, .quiet = request.quiet};
    persons.settings.link_from = request.settings.link_from;
    persons.settings.review_from = request.settings.review_from;
    persons.settings.threads = static_cast<unsigned>(threads);
    if (request.show_persons) persons.show = PersonsRequest::Show::persons;
    return link_persons_into(persons);
}

}  // namespace

void add_link_command(CLI::App& app, const CommonOptions& common, Outcome& outcome) {
    auto* command = app.add_subcommand("link", "Find the accounts that tell of one incident, and say why");
    const auto request =
        std::make_shared<Request>();  // shared by the options and the callback, which CLI11 keeps
    command
        ->add_option(
            "input", request->inputs,
            "a mission folder, or files of accounts, each with its mapping after a colon where it needs one")
        ->required();
    command->add_option("-o,--out", request->out, "the folder to write the links to")->required();
    command->add_option("--decisions", request->decisions,
                        "a file of human decisions (link-decisions.yaml of a mission folder is always read)");
    command->add_option("--may-repeat", request->may_repeat,
                        "the id of a source that may tell of one incident in several rows; may be repeated");
    command->add_option("--actors", request->files.actors, "a file of actors, with files of accounts");
    command->add_option("--areas", request->files.areas, "a GeoJSON file of areas, with files of accounts");
    command->add_option("--zone", request->files.zone, "time zone of days, with files of accounts (UTC)");
    auto& settings = request->settings;
    command->add_option("--km", settings.window.km, "how far apart accounts of one incident may lie")
        ->check(CLI::Range(0.1, 500.0))
        ->capture_default_str();
    command
        ->add_option("--km-coarse", settings.window.coarse_km,
                     "the same where a place is known to its district")
        ->check(CLI::Range(0.1, 500.0))
        ->capture_default_str();
    command->add_option("--days", settings.window.days, "how many days apart they may be")
        ->check(CLI::Range(0, 60))
        ->capture_default_str();
    command->add_option("--link-from", settings.link_from, "link from this chance on")
        ->check(CLI::Range(0.5, 1.0))
        ->capture_default_str();
    command->add_option("--review-from", settings.review_from, "list for review from this chance on")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    command->add_flag(
        "--taxonomy", request->by_taxonomy,
        "link by how fine acts and parties agree within the window (MELTT), not by weight of evidence");
    command->add_flag("--persons", request->persons,
                      "the inputs are lists of persons, each with its mapping: write how they overlap");
    command->add_flag("--show-persons", request->show_persons,
                      "with --persons: also write which entries are one person; not to be passed on");
    command->add_flag(
        "--own-use", request->own_use,
        "write rows that their licence keeps from being passed on; the folder is then not to be published");
    command->add_flag("-q,--quiet", request->quiet, "print nothing on success");
    command->callback([&outcome, &common, request] {
        outcome.status =
            request->persons ? link_persons(*request, common.threads) : link_into(*request, common.threads);
    });
}

}  // namespace truce::cli
