// SPDX-License-Identifier: Apache-2.0
#include "cli/key.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "base/text.h"
#include "cli/command.h"
#include "cli/folder.h"
#include "cli/keyring.h"
#include "record/key.h"
#include "record/storage.h"

namespace truce::cli {
namespace {

namespace fs = std::filesystem;
using record::MonitorSecret;

constexpr std::size_t longest_file = 64 * 1024;

/// What was asked, as written.
struct Asked {
    std::string file;
    std::string name;
    std::string passphrase_file;
    std::string new_passphrase_file;
    MonitorSecret::Cost cost = MonitorSecret::Cost::medium;
};

int complain(const Error& error, int status) {
    std::cerr << "truce key: " << error.text() << "\n";
    return status;
}

/// Writes the file whole or not at all.
void write_file(const std::string& path, const std::string& text) {
    const fs::path file(path);
    record::Disk folder(file.has_parent_path() ? file.parent_path() : fs::path("."),
                        record::Disk::Access::read);
    record::DurableWriter(folder).write(file.filename().string(), text);
}

int make_new(const Asked& asked) {
    if (!record::is_plain_name(asked.name)) {
        return complain(
            {.message = fmt::format("name '{}': want 1 to 200 characters a-z 0-9 . - / such as "
                                    "us.example/aleppo-2016; every verifier takes these for the same",
                                    shown(asked.name, 60))},
            wrong_usage);
    }
    const auto memory = memory_folder_of(asked.file);
    if (fs::exists(asked.file) || fs::exists(memory)) {
        return complain({.message = "it exists; a key is never written over", .file = asked.file}, could_not);
    }
    const auto phrase = passphrase(asked.passphrase_file, Ask::twice);
    if (!phrase) return complain(phrase.error(), could_not);
    const auto secret = MonitorSecret::generate(asked.name);
    // The memory first: a key is never without it.
    const fs::path file(asked.file);
    record::Disk folder(file.has_parent_path() ? file.parent_path() : fs::path("."),
                        record::Disk::Access::read);
    record::DurableWriter(folder).make_folders(fs::path(memory).filename().string());
    write_file(asked.file, secret.sealed(*phrase, asked.cost));
    std::cout << secret.keys().card();
    std::cerr
        << "Keep " << asked.file << " and " << memory
        << " together, with a copy of the first where a fire does not reach. Nobody can read it without the "
           "passphrase: lost is lost.\n";
    return 0;
}

int show(const Asked& asked) {
    const auto text = read_file(asked.file, longest_file);
    if (!text) return complain(text.error(), could_not);
    const auto keys = record::read_key_file(*text);
    if (!keys) return complain({.message = keys.error().message, .file = asked.file}, answered_no);
    std::cout << keys->card();
    return 0;
}

int change_passphrase(const Asked& asked) {
    const auto text = read_file(asked.file, longest_file);
    if (!text) return complain(text.error(), could_not);
    const auto old_phrase = passphrase(asked.passphrase_file, Ask::once);
    if (!old_phrase) return complain(old_phrase.error(), could_not);
    const auto secret = record::open_key_file(*text, *old_phrase);
    if (!secret) return complain({.message = secret.error().message, .file = asked.file}, answered_no);
    const auto phrase = passphrase(asked.new_passphrase_file, Ask::twice);
    if (!phrase) return complain(phrase.error(), could_not);
    write_file(asked.file, secret->sealed(*phrase, asked.cost));
    return 0;
}

}  // namespace

void add_key_command(CLI::App& app, Outcome& outcome) {
    auto* command = app.add_subcommand("key", "Make and show the keys that a monitor signs with");
    command->require_subcommand(1);
    // Shared by the options and the callbacks, which CLI11 keeps.
    const auto asked = std::make_shared<Asked>();
    const std::map<std::string, MonitorSecret::Cost> costs{{"low", MonitorSecret::Cost::low},
                                                           {"medium", MonitorSecret::Cost::medium},
                                                           {"high", MonitorSecret::Cost::high}};
    const auto with_file = [&](CLI::App* verb) {
        verb->add_option("file", asked->file, "The key file")->required();
    };
    const auto with_cost = [&](CLI::App* verb) {
        verb->add_option("--cost", asked->cost,
                         "What a guess at the passphrase costs: low, medium or high (64 MiB to 1 GiB)")
            ->transform(CLI::CheckedTransformer(costs, CLI::ignore_case));
    };

    auto* make = command->add_subcommand("new", "Make a key and print its public half");
    with_file(make);
    make->add_option("--name", asked->name, "The monitor's name, which is its feed's: us.example/aleppo-2016")
        ->required();
    make->add_option("--passphrase-file", asked->passphrase_file,
                     "A file whose first line is the passphrase");
    with_cost(make);
    make->callback([&outcome, asked] { outcome.status = make_new(*asked); });

    auto* view = command->add_subcommand("show", "Print the public half: what others put into their policy");
    with_file(view);
    view->callback([&outcome, asked] { outcome.status = show(*asked); });

    auto* change = command->add_subcommand("passphrase", "Give the key another passphrase");
    with_file(change);
    change->add_option("--passphrase-file", asked->passphrase_file,
                       "A file whose first line is the passphrase");
    change->add_option("--new-passphrase-file", asked->new_passphrase_file,
                       "A file whose first line is the new passphrase");
    with_cost(change);
    change->callback([&outcome, asked] { outcome.status = change_passphrase(*asked); });
}

}  // namespace truce::cli
