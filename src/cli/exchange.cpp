// SPDX-License-Identifier: Apache-2.0
#include "cli/exchange.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/mapped_file.h"
#include "cli/command.h"
#include "cli/keyring.h"
#include "cli/output.h"
#include "cli/record_folder.h"
#include "record/exchange.h"

namespace truce::cli {
namespace {

namespace fs = std::filesystem;
using record::Disk;

constexpr std::string_view extension = ".bundle";

/// What was asked, as written.
struct Asked {
    std::string folder;
    std::string place;
    std::string key;
    std::string passphrase_file;
    std::string for_whom;
};

int complain(const Error& error, int status) {
    std::cerr << "truce exchange: " << error.text() << "\n";
    return status;
}

void print(const std::string& file, const record::MergeReport& report) {
    for (const auto& feed : report.feeds) {
        std::cout << fmt::format("{}: {}: {} new, {} in all{}\n", file, feed.origin, feed.after - feed.before,
                                 feed.after, feed.cosigned ? ", cosigned" : "");
    }
    for (const auto& origin : report.forked) {
        std::cout << fmt::format(
            "{}: {}: SHOWED TWO HISTORIES; the proof is in feeds/forks and goes with every bundle\n", file,
            origin);
    }
    for (const auto& remark : report.remarks) std::cout << fmt::format("{}: {}\n", file, remark);
}

/// Takes in one bundle; the command's status.
int take_in(OpenRecord& open, OpenKey& key, const fs::path& path) {
    const auto file = map_file(path.string());
    if (!file) return complain(file.error(), could_not);
    const auto bundle = record::parse_bundle_file(file->text());
    if (!bundle) return complain({.message = bundle.error().message, .file = path.string()}, answered_no);
    if (bundle->from == key.secret.name()) return 0;  // left here by ourselves
    const record::Reader reader{.own_origin = key.secret.name(),
                                .own_memory = key.memory.get(),
                                .witness = key.witness.get(),
                                .now = now()};
    const auto report = record::merge_bundle(open.shelf, *bundle, reader);
    if (!report) {
        auto error = report.error();
        error.message = fmt::format("{} ({})", error.message, path.filename().string());
        return complain(error, answered_no);
    }
    if (file->changed()) {
        return complain({.message = "the file was changed while it was read; what was taken in did verify",
                         .file = path.string()},
                        answered_no);
    }
    print(path.filename().string(), *report);
    return report->forked.empty() ? 0 : answered_no;
}

/// What a reader of the bundle is taken to hold: the least of what the others said, and of one who has not
/// been heard of, nothing.
std::vector<record::Shelf::Held> held_by_readers(const record::Shelf& shelf, const std::string& own,
                                                 const std::string& for_whom) {
    std::vector<record::Shelf::Held> held;
    for (const auto& origin : shelf.origins()) held.push_back({origin, record::largest_size});
    for (const auto& reader : shelf.origins()) {
        if (reader == own || (!for_whom.empty() && reader != for_whom)) continue;
        const auto said = shelf.peer(reader);
        for (auto& one : held) {
            const auto found = std::ranges::find(said, one.origin, &record::Shelf::Held::origin);
            one.size = std::min(one.size, found == said.end() ? 0 : found->size);
        }
    }
    return held;
}

int leave(const OpenRecord& open, const OpenKey& key, const fs::path& path, const std::string& for_whom) {
    const auto folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    auto out = OutputFolder::open(folder);
    if (!out) return complain(out.error(), could_not);
    Result<void> made;
    const auto held = held_by_readers(open.shelf, key.secret.name(), for_whom);
    const auto written = out->write(path.filename().string(), [&](const OutputFolder::Pieces& write_piece) {
        made = record::write_bundle(open.shelf, key.secret.name(), held, write_piece);
    });
    if (!made) return complain(made.error(), answered_no);
    if (!written) return complain(written.error(), could_not);
    if (auto finished = out->finish({}); !finished) return complain(finished.error(), could_not);
    std::cout << fmt::format("{}: written\n", path.filename().string());
    return 0;
}

int exchange(const Asked& asked) {
    auto key = open_key(asked.key, asked.passphrase_file);
    if (!key) return complain(key.error(), could_not);
    auto open = open_record(asked.folder, Disk::Access::write);
    if (!open) return complain(open.error(), could_not);
    const auto& own = (*key)->secret.name();
    std::string for_whom;
    if (!asked.for_whom.empty()) {
        const auto named = feed_named(open->shelf, asked.for_whom);
        if (!named) return complain(named.error(), wrong_usage);
        for_whom = *named;
    }

    const fs::path place(asked.place);
    const bool is_folder = fs::is_directory(place);
    std::vector<fs::path> bundles;
    if (is_folder) {
        for (const auto& entry : fs::directory_iterator(place)) {
            if (entry.path().extension() == extension && entry.is_regular_file())
                bundles.push_back(entry.path());
        }
        std::ranges::sort(bundles);
    } else if (fs::exists(place)) {
        bundles.push_back(place);
    }
    int status = 0;
    for (const auto& bundle : bundles) status = std::max(status, take_in(*open, **key, bundle));
    if (!is_folder && !bundles.empty()) return status;

    // What was acknowledged and not published goes out too.
    {
        auto feed = open_own_feed(*open, **key);
        if (!feed) return complain(feed.error(), could_not);
        if (const auto head = publish(*open, **key, *feed); !head) return complain(head.error(), could_not);
    }
    const auto file = is_folder ? place / (record::folder_name_of(own) + std::string(extension)) : place;
    return std::max(status, leave(*open, **key, file, for_whom));
}

}  // namespace

void add_exchange_command(CLI::App& app, Outcome& outcome) {
    auto* command = app.add_subcommand("exchange", "Bring two records up to date by files on a stick");
    const auto asked =
        std::make_shared<Asked>();  // shared by the options and the callback, which CLI11 keeps
    command->add_option("folder", asked->folder, "The mission folder; the record is in its folder feeds")
        ->required();
    command
        ->add_option("place", asked->place,
                     "A folder (a stick): all bundles in it are taken in and the own one is left there. Or a "
                     "file: taken "
                     "in where it is, written where it is not")
        ->required();
    command->add_option("--key", asked->key, "The monitor's key file")->required();
    command->add_option("--passphrase-file", asked->passphrase_file,
                        "A file whose first line is the passphrase");
    command->add_option("--for", asked->for_whom,
                        "Write only what this monitor lacks, not what any of them does");
    command->callback([&outcome, asked] { outcome.status = exchange(*asked); });
}

}  // namespace truce::cli
