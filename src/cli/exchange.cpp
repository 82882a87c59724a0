// SPDX-License-Identifier: Apache-2.0
#include "cli/exchange.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mapped_file.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/folder.h"
#include "cli/keyring.h"
#include "cli/output.h"
#include "cli/record_folder.h"
#include "record/exchange.h"
#include "server/exchange_client.h"

namespace truce::cli {
namespace {

namespace fs = std::filesystem;
using record::Disk;

constexpr std::string_view extension = ".bundle";

constexpr std::size_t longest_token_file = 4096;

bool is_server(std::string_view place) { return place.starts_with("https://") || place.starts_with("http://"); }

/// What was asked, as written.
struct Asked {
    std::string folder;
    std::string place;
    std::string key;
    std::string passphrase_file;
    std::string for_whom;
    std::string token_file;
    std::string trusted;
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

/// The server and what it is asked by.
Result<server::PeerAddress> peer_asked(const Asked& asked) {
    auto address = server::parse_web_address(asked.place);
    if (!address) return tl::unexpected(address.error());
    if (asked.token_file.empty())
        return failure({.message = "a server is asked by a token; give --token-file, with one of the scope 'exchange' made there"});
    const auto text = read_file(asked.token_file, longest_token_file);
    if (!text) return tl::unexpected(text.error());
    return server::PeerAddress{
        .address = *std::move(address), .token = std::string(trimmed(text->substr(0, text->find('\n')))), .trusted = asked.trusted};
}

/// Brings this record and another monitor's server up to date; the command's status.
int exchange_with_server(const Asked& asked, OpenRecord& open, OpenKey& key) {
    const auto peer = peer_asked(asked);
    if (!peer) return complain(peer.error(), wrong_usage);
    {
        // What was acknowledged and not published goes out too.
        auto feed = open_own_feed(open, key);
        if (!feed) return complain(feed.error(), could_not);
        if (const auto head = publish(open, key, *feed); !head) return complain(head.error(), could_not);
    }
    const auto& own = key.secret.name();
    const server::OwnSide side{
        .own_origin = own,
        .held = [&] { return server::held_on(open.shelf); },
        .merge =
            [&](const record::Bundle& bundle) {
                return record::merge_bundle(open.shelf, bundle,
                                            {.own_origin = own, .own_memory = key.memory.get(), .witness = key.witness.get(), .now = now()});
            },
        .bundle_for = [&](std::span<const record::Shelf::Held> reader_has) { return server::bundle_of(open.shelf, own, reader_has); }};
    const auto turn = server::PeerExchange(*peer, {.trusted = {}}).turn(side);
    if (!turn) return complain(turn.error(), answered_no);
    if (turn->taken) print(turn->peer, *turn->taken);
    for (const auto& origin : turn->peer_forked)
        std::cout << fmt::format("{}: {}: SHOWED TWO HISTORIES; the proof is kept there\n", turn->peer, origin);
    std::cout << fmt::format("{}: up to date\n", turn->peer);
    return turn->peer_forked.empty() && (!turn->taken || turn->taken->forked.empty()) ? 0 : answered_no;
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

    if (is_server(asked.place)) {
        if (!for_whom.empty()) return complain({.message = "--for is for bundles; a server says itself what it lacks"}, wrong_usage);
        return exchange_with_server(asked, *open, **key);
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
    auto* command = app.add_subcommand("exchange", "Bring two records up to date, by files on a stick or with another monitor's server");
    const auto asked =
        std::make_shared<Asked>();  // shared by the options and the callback, which CLI11 keeps
    command->add_option("folder", asked->folder, "The mission folder; the record is in its folder feeds")
        ->required();
    command
        ->add_option("place", asked->place,
                     "A folder (a stick): all bundles in it are taken in and the own one is left there. Or a "
                     "file: taken in where it is, written where it is not. Or another monitor's server, https://...")
        ->required();
    command->add_option("--key", asked->key, "The monitor's key file")->required();
    command->add_option("--passphrase-file", asked->passphrase_file,
                        "A file whose first line is the passphrase");
    command->add_option("--for", asked->for_whom,
                        "Write only what this monitor lacks, not what any of them does");
    command->add_option("--token-file", asked->token_file,
                        "A file whose first line is a token of the server, with the scope 'exchange'");
    command->add_option("--trusted", asked->trusted,
                        "A PEM file of certificates that the server's must go back to; the system's without it");
    command->callback([&outcome, asked] { outcome.status = exchange(*asked); });
}

}  // namespace truce::cli
