// SPDX-License-Identifier: Apache-2.0
#include "cli/import.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <system_error>

#include "base/text.h"
#include "base/yaml.h"
#include "cli/command.h"
#include "cli/folder.h"
#include "sources/actors_file.h"
#include "sources/agreement_import.h"
#include "sources/mission_file.h"

namespace truce::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_register = std::size_t{1} << 30;
constexpr std::size_t most_yaml = std::size_t{16} << 20;

struct Request {
    std::string file;
    std::string folder;
    std::string zone;
    bool replace = false;
};

/// What the folder has already: its zone, its actors, and the text that new actors are added to.
struct Before {
    Zone zone = Zone::utc();
    bool has_mission = false;
    std::string actors_text;
    ActorRegister actors;
    /// How far the entries of the actors' list are indented.
    std::size_t indent = 2;
};

/// Writes a file whole: under another name first, which it then takes.
Result<void> write_file(const fs::path& path, std::string_view text) {
    std::error_code fault;
    fs::create_directories(path.parent_path(), fault);
    auto unfinished = path;
    unfinished += ".tmp";
    std::ofstream file(unfinished, std::ios::binary | std::ios::trunc);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    file.close();
    if (!file) {
        fs::remove(unfinished, fault);
        return failure({.message = "cannot be written; is the disk full, or the folder not yours?",
                        .file = path.string()});
    }
    fs::rename(unfinished, path, fault);
    if (fault) return failure({.message = fault.message(), .file = path.string()});
    return {};
}

Result<void> read_actors_before(const fs::path& path, Before& before) {
    auto text = read_file(path, most_yaml);
    if (!text) return tl::unexpected(text.error());
    auto reading = read_yaml(*text);
    Problems problems{.file = path.string()};
    problems.add(reading);
    sources::ActorNames names(sources::UndefinedActors::refuse);
    std::vector<Problems> files;
    if (reading.root) {
        names.read(*reading.root, before.zone, problems);
        files.push_back(std::move(problems));
        names.link(files);
    } else {
        files.push_back(std::move(problems));
    }
    if (!files.front().errors.empty()) {
        Error first = files.front().errors.front();
        first.message += "; `truce check` shows all that is wrong with the folder";
        return tl::unexpected(first);
    }
    if (const auto* list = reading.root->find("actors"); list != nullptr && !list->values.empty()) {
        before.indent = list->values.front().column >= 3 ? list->values.front().column - 3 : 0;
    }
    before.actors = ActorRegister(names.actors());
    before.actors_text = std::move(*text);
    return {};
}

Result<Before> look_into(const Request& request) {
    Before before;
    const fs::path folder(request.folder);
    std::error_code fault;
    const auto mission = folder / "mission.yaml";
    if (fs::exists(mission, fault)) {
        const auto text = read_file(mission, most_yaml);
        if (!text) return tl::unexpected(text.error());
        before.has_mission = true;
        if (const auto reading = read_yaml(*text); reading.root)
            before.zone = sources::mission_zone(*reading.root);
    }
    if (!request.zone.empty()) {
        const auto zone = Zone::named(request.zone);
        if (!zone) return tl::unexpected(zone.error());
        before.zone = *zone;
    }
    if (fs::exists(folder / "actors.yaml", fault)) {
        if (const auto read = read_actors_before(folder / "actors.yaml", before); !read) {
            return tl::unexpected(read.error());
        }
    }
    return before;
}

std::string indented(std::string_view entries, std::size_t spaces) {
    constexpr std::size_t own = 2;
    std::string text;
    while (!entries.empty()) {
        const auto end = entries.find('\n') + 1;
        text += std::string(spaces, ' ') + std::string(entries.substr(own, end - own));
        entries.remove_prefix(end);
    }
    return text;
}

/// The actors file with the new actors at its end; fails where the list does not stand at the file's end.
Result<std::string> with_actors(const Before& before, const std::vector<Actor>& added) {
    const auto entries = sources::actors_yaml(added);
    if (before.actors_text.empty()) return "trucewatch: 1\nactors:\n" + entries;
    std::string text = before.actors_text;
    if (!text.ends_with('\n')) text += '\n';
    text += indented(entries, before.indent);
    const auto reading = read_yaml(text);
    const auto* list = reading.root ? reading.root->find("actors") : nullptr;
    const auto wanted = before.actors.actors().size() + added.size();
    if (reading.errors.empty() && list != nullptr && list->values.size() == wanted) return text;
    return failure(
        {.message = "new actors cannot be added at the end of this file; make the list 'actors:' its last "
                    "key, with one '- ' line for each actor",
         .file = "actors.yaml"});
}

std::string place_of(const Reject& reject, const std::string& file) {
    auto text = fmt::format("{}:{}", file, reject.line);
    if (reject.column != 0) text += fmt::format(":{}", reject.column);
    return text;
}

void tell_rejects(const sources::ImportedAgreements& imported, const std::string& file) {
    for (const auto& reject : imported.rejects) {
        const auto column =
            reject.column_name.empty() ? std::string() : fmt::format("{} ", reject.column_name);
        fmt::print("{}: {}is '{}'; want {}\n", place_of(reject, file), column, shown(reject.found, 120),
                   reject.expected);
    }
}

Result<void> write_all(const Request& request, const Before& before,
                       const sources::ImportedAgreements& imported) {
    const fs::path folder(request.folder);
    const sources::ImportContext context{before.actors, before.zone};
    // Actors first: an agreement must not name one that is not there.
    if (!imported.new_actors.empty()) {
        const auto actors = with_actors(before, imported.new_actors);
        if (!actors) return tl::unexpected(actors.error());
        if (const auto done = write_file(folder / "actors.yaml", *actors); !done) return done;
        fmt::print("actors.yaml: {} actors added\n", imported.new_actors.size());
    }
    if (!before.has_mission) {
        auto id = sources::id_from(fs::absolute(folder).lexically_normal().filename().string());
        const auto text = fmt::format("trucewatch: 1\nmission: {}\nzone: {}\n",
                                      yaml_scalar(id.empty() ? "mission" : id), before.zone.name());
        if (const auto done = write_file(folder / "mission.yaml", text); !done) return done;
        fmt::print("mission.yaml: written, with the zone {}\n", before.zone.name());
    }
    std::size_t written = 0;
    std::size_t left = 0;
    for (const auto& one : imported.agreements) {
        const auto path = folder / "agreements" / (one.agreement.id + ".yaml");
        std::error_code fault;
        if (fs::exists(path, fault) && !request.replace) {
            ++left;
            continue;
        }
        const auto text = sources::agreement_yaml(one, context, imported.new_actors);
        if (const auto done = write_file(path, text); !done) return done;
        ++written;
    }
    fmt::print(
        "agreements/: {} files written{}\n", written,
        left == 0 ? "" : fmt::format(", {} that were there left alone (--replace overwrites them)", left));
    return {};
}

int import_file(const Request& request) {
    const auto fail = [](const Error& error) {
        std::cerr << "truce import: " << error.text() << "\n";
        return could_not;
    };
    const auto text = read_file(request.file, most_register);
    if (!text) return fail(text.error());
    const auto before = look_into(request);
    if (!before) return fail(before.error());
    auto imported = sources::import_agreements(*text, {before->actors, before->zone});
    if (!imported) {
        Error error = imported.error();
        error.file = request.file;
        return fail(error);
    }
    tell_rejects(*imported, request.file);
    for (const auto& warning : imported->warnings) fmt::print("{}: warning: {}\n", request.file, warning);
    if (!imported->agreements.empty()) {
        if (const auto done = write_all(request, *before, *imported); !done) return fail(done.error());
    }
    fmt::print("{} ({}): {} rows = {} in {} agreements + {} without a ceasefire + {} rejects\n", request.file,
               imported->format, imported->rows, imported->used, imported->agreements.size(),
               imported->skipped, imported->rejects.size());
    return imported->agreements.empty() ? answered_no : 0;
}

}  // namespace

void add_import_command(CLI::App& app, Outcome& outcome) {
    auto* command = app.add_subcommand("import", "Make agreement files of ETH/PRIO's or PA-X's CSV");
    const auto request =
        std::make_shared<Request>();  // shared by the options and the callback, which CLI11 keeps
    command->add_option("file", request->file, "The register, as downloaded; known by its columns")
        ->required();
    command
        ->add_option("--into", request->folder, "The mission folder to write into; made where there is none")
        ->required();
    command->add_option("--zone", request->zone,
                        "Whose days the register's dates are, as Asia/Damascus; the "
                        "mission's own where this is left out");
    command->add_flag("--replace", request->replace, "Overwrite agreement files that are there already");
    command->callback([&outcome, request] { outcome.status = import_file(*request); });
}

}  // namespace truce::cli
