// SPDX-License-Identifier: Apache-2.0
#include "cli/record_write.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "base/canonical_json.h"
#include "base/csv.h"
#include "base/mapped_file.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/folder.h"
#include "cli/held_record.h"
#include "cli/output.h"
#include "cli/pen.h"
#include "cli/record_evidence.h"
#include "record/disclosure.h"
#include "record/evidence.h"
#include "record/state.h"

namespace truce::cli {
namespace {

namespace fs = std::filesystem;

struct Request {
    std::string folder;
    std::string key;
    std::string passphrase_file;
    std::string kind;
    std::string body = "-";
    std::string by;
    std::string file;
    std::string source;
    std::vector<std::string> classes;
    std::vector<std::string> readers;
    std::string as_of;
    bool digest_only = false;
    std::string digest;
    std::string why;
    std::string tier = "public";
    std::string out;
    int threads = 1;
};

int complain(const Error& error, int status) {
    fmt::print(stderr, "truce record: {}\n", error.text());
    return status;
}

Result<Pen> pen_for(const Request& request) {
    return Pen::open(request.folder, request.key, request.passphrase_file, request.by);
}

int write(const Request& request) {
    std::string text;
    if (request.body == "-") {
        text.assign(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
    } else {
        auto read = read_file(request.body, std::size_t{1} << 20U);
        if (!read) return complain(read.error(), could_not);
        text = *std::move(read);
    }
    const auto json = parse_strict_json(text);
    if (!json)
        return complain({.message = json.error().message,
                         .file = request.body == "-" ? "" : request.body,
                         .column = json.error().column},
                        wrong_usage);
    auto body = record::body_from(request.kind, *json);
    if (!body) return complain(body.error(), wrong_usage);
    auto pen = pen_for(request);
    if (!pen) return complain(pen.error(), could_not);
    std::vector<record::Body> bodies;
    bodies.push_back(std::move(*body));
    const auto done = pen->write(std::move(bodies));
    return done ? 0 : complain(done.error(), could_not);
}

Result<std::vector<std::pair<std::string, record::FieldClass>>> classes_of(
    const std::vector<std::string>& given) {
    std::vector<std::pair<std::string, record::FieldClass>> classes;
    for (const std::string& one : given) {
        const auto equals = one.rfind('=');
        const auto field_class = equals == std::string::npos
                                     ? std::nullopt
                                     : record::field_class_named(std::string_view(one).substr(equals + 1));
        if (!field_class) {
            return failure({.message = fmt::format(
                                "'{}' says no class; want COLUMN=public, =parties, =mission or =protected",
                                shown(one))});
        }
        classes.emplace_back(one.substr(0, equals), *field_class);
    }
    return classes;
}

/// Rows of a table as accounts to be received: cells by column, the row's hash over its own bytes.
Result<std::vector<record::AccountReceived>> rows_of(
    std::string_view text, const std::string& source,
    const std::vector<std::pair<std::string, record::FieldClass>>& classes) {
    csv::Rows rows(text, csv::sniff(text).dialect);
    const csv::Row* row = rows.next();
    if (row == nullptr) return failure({.message = "there is no row in it"});
    if (const auto error = row->error()) return tl::unexpected(*error);
    const std::vector<std::string> header(row->fields.begin(), row->fields.end());
    for (std::size_t c = 0; c < header.size(); ++c) {
        if (header[c].empty() || std::find(header.begin(), header.begin() + static_cast<std::ptrdiff_t>(c),
                                           header[c]) != header.begin() + static_cast<std::ptrdiff_t>(c)) {
            return failure(
                {.message = fmt::format(
                     "column {} has {}; each column needs a name of its own", c + 1,
                     header[c].empty() ? "no name" : "the name '" + shown(header[c]) + "' of another"),
                 .line = row->line});
        }
    }
    for (const auto& [column, field_class] : classes) {
        if (std::ranges::find(header, column) == header.end()) {
            return failure({.message = fmt::format("there is no column '{}' to withhold{}", shown(column),
                                                   did_you_mean(column, header)),
                            .line = row->line});
        }
    }
    std::vector<record::AccountReceived> accounts;
    while ((row = rows.next()) != nullptr) {
        if (const auto error = row->error()) return tl::unexpected(*error);
        if (row->fields.size() != header.size()) {
            return failure({.message = fmt::format("this row has {} cells and the header {}",
                                                   row->fields.size(), header.size()),
                            .line = row->line});
        }
        record::AccountReceived account{.source = source};
        for (std::size_t c = 0; c < header.size(); ++c) account.row.emplace_back(header[c], row->fields[c]);
        std::ranges::sort(account.row);
        account.raw = sha256(row->raw);
        accounts.push_back(std::move(account));
    }
    return accounts;
}

fs::path disclosures_file(const Request& request) {
    return fs::path(request.folder) / "disclosures.db";
}

/// The rows of a source that the record has already, with what this monitor can read of what is withheld.
std::set<std::vector<std::pair<std::string, std::string>>> rows_held(const HeldRecord& held,
                                                                     const std::string& source,
                                                                     const record::DisclosureStore& store,
                                                                     const record::MonitorSecret& reader) {
    std::set<std::vector<std::pair<std::string, std::string>>> rows;
    for (const record::HeldFeed& feed : held.feeds()) {
        for (const std::string_view bytes : feed.entries) {
            const auto entry = record::parse_entry(bytes);
            if (!entry) continue;
            const auto* account = std::get_if<record::AccountReceived>(&entry->body);
            if (account == nullptr || account->source != source) continue;
            std::vector<record::Disclosure> opened;
            for (const record::Digest& digest : account->hidden) {
                if (auto disclosure = store.open(digest, reader)) opened.push_back(std::move(*disclosure));
            }
            rows.insert(record::row_with(*account, opened));
        }
    }
    return rows;
}

/// The public keys of those who may read what is withheld, from their cards; the own first.
Result<std::vector<record::MonitorKeys>> readers_of(const Request& request,
                                                    const record::MonitorSecret& own) {
    std::vector<record::MonitorKeys> readers{own.keys()};
    for (const std::string& file : request.readers) {
        const auto text = read_file(file, std::size_t{1} << 20U);
        if (!text) return tl::unexpected(text.error());
        auto keys = record::read_card(*text);
        if (!keys) {
            auto error = keys.error();
            error.file = file;
            return tl::unexpected(error);
        }
        readers.push_back(std::move(*keys));
    }
    return readers;
}

int receive(const Request& request) {
    const auto classes = classes_of(request.classes);
    if (!classes) return complain(classes.error(), wrong_usage);
    const auto file = map_file(request.file);
    if (!file) return complain(file.error(), could_not);
    auto accounts = rows_of(csv::without_byte_order_mark(file->text()), request.source, *classes);
    if (!accounts) {
        auto error = accounts.error();
        error.file = request.file;
        return complain(error, answered_no);
    }
    auto pen = pen_for(request);
    if (!pen) return complain(pen.error(), could_not);
    const auto readers = readers_of(request, pen->secret());
    if (!readers) return complain(readers.error(), could_not);
    record::DisclosureStore store(disclosures_file(request));
    auto held = rows_held(pen->held(), request.source, store, pen->secret());
    std::vector<record::Body> bodies;
    for (record::AccountReceived& account : *accounts) {
        if (!held.insert(account.row).second) continue;
        record::Withheld withheld = record::withhold(std::move(account), *classes);
        // The values first: an entry that commits to a value nobody has would be worse than a value that
        // nothing commits to.
        if (!withheld.values.empty()) store.keep(withheld.values, *readers);
        bodies.emplace_back(std::move(withheld.account));
    }
    const std::size_t fresh = bodies.size();
    if (fresh > 0) {
        if (const auto done = pen->write(std::move(bodies)); !done) return complain(done.error(), could_not);
    }
    std::cerr << fmt::format("{} rows, {} new, {} in the record before\n", accounts->size(), fresh,
                             accounts->size() - fresh);
    return 0;
}

int state(const Request& request) {
    const auto held = HeldRecord::read(request.folder);
    if (!held) return complain(held.error(), could_not);
    auto feeds = held->feeds();
    if (!request.as_of.empty()) {
        auto then = held->as_of(request.as_of);
        if (!then) return complain(then.error(), wrong_usage);
        feeds = std::move(*then);
    }
    const record::State now_state = record::state_of(feeds, request.threads);
    if (request.digest_only) {
        std::cout << record::state_digest(now_state).hex() << "  " << sizes_text(feeds) << "\n";
    } else {
        std::cout << record::state_text(now_state);
    }
    return 0;
}

int withheld(const Request& request) {
    const record::DisclosureStore store(disclosures_file(request));
    for (const auto& one : store.held()) {
        std::cout << fmt::format("{}  {:<9}  {}\n", one.digest, record::name_of(one.field_class),
                                 fmt::join(one.readers, " "));
    }
    return 0;
}

int reveal(const Request& request) {
    const auto hash = record::hash_of(request.digest);
    if (!hash)
        return complain(
            {.message = "a digest has 43 characters of base64url; 'truce record withheld' lists them"},
            wrong_usage);
    auto pen = pen_for(request);
    if (!pen) return complain(pen.error(), could_not);
    const record::DisclosureStore store(disclosures_file(request));
    const auto value = store.open(request.digest, pen->secret());
    if (!value) return complain(value.error(), answered_no);
    // Who looked, and why, is in the record before the value is on the screen.
    std::vector<record::Body> access;
    access.emplace_back(record::EvidenceHandled{
        .sha256 = *hash, .step = record::Custody::accessed, .by = request.by, .why = request.why});
    if (const auto done = pen->write(std::move(access)); !done) return complain(done.error(), could_not);
    std::cout << shown(value->name, 200) << ": " << shown(value->value, 100'000) << "\n";
    return 0;
}

int destroy(const Request& request) {
    const auto file = record::parse_evidence_name(request.digest);
    if (!file && !record::hash_of(request.digest)) {
        return complain({.message = "what is to be destroyed is a value's digest, 43 characters of base64url ('truce record withheld' "
                                    "lists them), or a file's SHA-256, 64 hexadecimal digits ('truce record custody')"},
                        wrong_usage);
    }
    auto pen = pen_for(request);
    if (!pen) return complain(pen.error(), could_not);
    if (file) {
        return destroy_evidence(*pen, {.folder = request.folder,
                                       .hash = *file,
                                       .why = request.why,
                                       .by = request.by,
                                       .threads = request.threads});
    }
    record::DisclosureStore store(disclosures_file(request));
    if (!store.destroy(request.digest))
        return complain({.message = fmt::format("no value is held for {}", request.digest)}, answered_no);
    std::vector<record::Body> gone;
    gone.emplace_back(record::ValueDestroyed{.digest = request.digest, .why = request.why});
    const auto done = pen->write(std::move(gone));
    return done ? 0 : complain(done.error(), could_not);
}

std::optional<record::Tier> tier_named(std::string_view name) {
    if (name == "parties") return record::Tier::parties;
    if (name == "mission") return record::Tier::mission;
    if (name == "public") return record::Tier::everyone;
    return std::nullopt;
}

int release(const Request& request) {
    const auto tier = tier_named(request.tier);
    if (!tier) return complain({.message = "a tier is public, parties or mission"}, wrong_usage);
    auto pen = pen_for(request);
    if (!pen) return complain(pen.error(), could_not);
    const record::DisclosureStore store(disclosures_file(request));
    std::string entries;
    std::set<record::Digest> committed;
    std::vector<std::pair<std::string, std::uint64_t>> sizes;
    for (const record::HeldFeed& feed : pen->held().feeds()) {
        if (!feed.entries.empty()) sizes.emplace_back(feed.origin, feed.entries.size());
        for (const std::string_view bytes : feed.entries) {
            const auto entry = record::parse_entry(bytes);
            if (!entry) continue;
            const auto* account = std::get_if<record::AccountReceived>(&entry->body);
            if (account == nullptr) continue;
            entries.append(bytes).append("\n");  // canonical JSON has no line feed
            committed.insert(account->hidden.begin(), account->hidden.end());
        }
    }
    std::string disclosures;
    for (const record::Disclosure& one : store.released_at(*tier, pen->secret())) {
        if (committed.contains(one.digest())) disclosures += one.encoded() + "\n";
    }
    auto folder = OutputFolder::open(request.out);
    if (!folder) return complain(folder.error(), could_not);
    constexpr std::string_view how =
        "entries.jsonl: accounts as they were signed, one a line. What was withheld stands there as digests "
        "under _sd.\n"
        "disclosures.txt: values released with them, one a line, as base64url of [salt, column, value].\n"
        "\n"
        "A released value belongs to an entry if the SHA-256 of its line, in base64url, is among the entry's "
        "_sd:\n"
        "  printf %s LINE | openssl dgst -sha256 -binary | base64 | tr '+/' '-_' | tr -d '='\n"
        "An entry belongs to a feed by its proof: see `truce record prove` and `truce record export`.\n";
    for (const auto& [name, bytes] : {std::pair<std::string, std::string_view>("entries.jsonl", entries),
                                      {"disclosures.txt", disclosures},
                                      {"HOW-TO-CHECK.txt", how}}) {
        if (const auto done = folder->write(name, bytes); !done) return complain(done.error(), could_not);
    }
    if (const auto done = folder->finish({}); !done) return complain(done.error(), could_not);
    std::vector<record::Body> made;
    made.emplace_back(record::ReleaseMade{.tier = *tier,
                                          .what = "accounts",
                                          .sha256 = sha256(entries + disclosures),
                                          .from = std::move(sizes)});
    const auto done = pen->write(std::move(made));
    return done ? 0 : complain(done.error(), could_not);
}

}  // namespace

void add_record_writing(CLI::App& record_command, const CommonOptions& common, Outcome& outcome) {
    const auto request =
        std::make_shared<Request>();  // shared by the options and the callbacks, which CLI11 keeps
    const auto verb = [&](const char* name, const char* what, int (*run)(const Request&)) {
        auto* added = record_command.add_subcommand(name, what);
        added->add_option("folder", request->folder, "The mission folder; the record is in its folder feeds")
            ->required();
        added->callback([&outcome, &common, request, run] {
            request->threads = common.threads;
            outcome.status = run(*request);
        });
        return added;
    };
    const auto with_key = [&](CLI::App* added) {
        added->add_option("--key", request->key, "The monitor's key file")->required();
        added->add_option("--passphrase-file", request->passphrase_file,
                          "A file whose first line is the passphrase");
        added->add_option("--by", request->by, "Who writes, within the monitor's office")->required();
    };

    auto* writing = verb("write", "Write an entry: an opinion, a question, an order, a link", write);
    writing
        ->add_option("body", request->body, "A JSON file with what the entry says; - is the standard input")
        ->capture_default_str();
    writing->add_option("--kind", request->kind, "The kind of entry: opinion.given, notice.issued, ...")
        ->required();
    with_key(writing);

    auto* receiving = verb("receive", "Take the rows of a table into the record, each an account", receive);
    receiving->add_option("file", request->file, "The table, as it was received")->required();
    receiving->add_option("--source", request->source, "The source's id in the mission")->required();
    receiving->add_option("--withhold", request->classes,
                          "A column that not everyone may read: COLUMN=parties, =mission or =protected");
    receiving->add_option("--reader", request->readers,
                          "The card (truce key show) of somebody else who may read what is withheld");
    with_key(receiving);

    auto* folding = verb("state", "Print what the feeds come to together, line by line", state);
    folding->add_option("--as-of", request->as_of,
                        "The record as it was: an instant in UTC, or sizes (ORIGIN=SIZE, with commas)");
    folding->add_flag("--digest", request->digest_only,
                      "Only the digest, to be read to each other, and the sizes of the feeds");

    verb("withheld", "List the values that are withheld, by their digests", withheld);

    auto* revealing =
        verb("reveal", "Print a withheld value; who looked and why is put into the record", reveal);
    revealing->add_option("digest", request->digest, "The value's digest")->required();
    revealing->add_option("--why", request->why, "The reason")->required();
    with_key(revealing);

    auto* releasing = verb(
        "release", "Write the accounts with the values that a tier may read, and put that into the record",
        release);
    releasing->add_option("--tier", request->tier, "Who is to read it: public, parties or mission")
        ->capture_default_str();
    releasing->add_option("--out,-o", request->out, "The folder to write")->required();
    with_key(releasing);

    auto* destroying = verb(
        "destroy", "Destroy a withheld value, or a file of evidence with its copies; what was signed stays", destroy);
    destroying->add_option("digest", request->digest, "The value's digest, or the file's SHA-256")->required();
    destroying->add_option("--why", request->why, "The reason")->required();
    with_key(destroying);
}

}  // namespace truce::cli
