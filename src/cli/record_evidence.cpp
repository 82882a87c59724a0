// SPDX-License-Identifier: Apache-2.0
#include "cli/record_evidence.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/mapped_file.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/held_record.h"
#include "cli/pen.h"
#include "record/evidence.h"
#include "record/shared_copy.h"
#include "record/state.h"

namespace truce::cli {
namespace {

namespace fs = std::filesystem;

struct Request {
    std::string folder;
    std::string key;
    std::string passphrase_file;
    std::string by;
    std::string why;
    std::string to;
    std::vector<std::string> files;
    std::string hash;
    std::string out;
    bool as_it_is = false;
    int threads = 1;
};

int complain(const Error& error, int status) {
    fmt::print(stderr, "truce record: {}\n", error.text());
    return status;
}

record::EvidenceStore store_of(const Request& request) {
    return record::EvidenceStore(fs::path(request.folder) / "evidence");
}

int collect(const Request& request) {
    auto pen = Pen::open(request.folder, request.key, request.passphrase_file, request.by);
    if (!pen) return complain(pen.error(), could_not);
    const record::State before = record::state_of(pen->held().feeds(), request.threads);
    auto store = store_of(request);
    std::vector<record::Body> bodies;
    for (const std::string& name : request.files) {
        const auto file = map_file(name);
        if (!file) return complain(file.error(), could_not);
        // The file first: an entry that speaks of a file nobody has would be worse than a file nobody speaks of.
        const auto hash = store.keep(file->text());
        if (file->changed())
            return complain({.message = "the file changed while it was read; wait until it is complete", .file = name}, could_not);
        const bool known = before.evidence.contains(hash);
        std::cerr << fmt::format("{}  {}{}\n", hash.hex(), shown(name), known ? "  (in the record before)" : "");
        if (!known) {
            bodies.emplace_back(record::EvidenceHandled{
                .sha256 = hash, .step = record::Custody::collected, .by = request.by, .why = request.why});
        }
    }
    if (bodies.empty()) return 0;
    const auto done = pen->write(std::move(bodies));
    return done ? 0 : complain(done.error(), could_not);
}

void write_durably(const fs::path& path, std::string_view bytes) {
    record::Disk folder(path.has_parent_path() ? path.parent_path() : fs::path("."), record::Disk::Access::read);
    record::DurableWriter(folder).write(path.filename().string(), bytes);
}

int share(const Request& request) {
    const auto hash = record::parse_evidence_name(request.hash);
    if (!hash) return complain(hash.error(), wrong_usage);
    const auto original = store_of(request).bytes_of(*hash);
    if (!original) return complain(original.error(), could_not);
    auto copy = request.as_it_is ? Result<std::string>(*original) : record::without_metadata(*original);
    if (!copy) return complain(copy.error(), answered_no);
    if (fs::exists(request.out))
        return complain({.message = "there is a file of that name already; nothing is written over", .file = request.out}, could_not);
    auto pen = Pen::open(request.folder, request.key, request.passphrase_file, request.by);
    if (!pen) return complain(pen.error(), could_not);
    // That it is handed on is in the record before there is anything to hand on.
    const auto copied = sha256(*copy);
    std::vector<record::Body> bodies;
    if (copied == *hash) {
        bodies.emplace_back(record::EvidenceHandled{
            .sha256 = *hash, .step = record::Custody::copied, .by = request.by, .to = request.to, .why = request.why});
    } else {
        bodies.emplace_back(record::EvidenceHandled{.sha256 = copied,
                                                    .step = record::Custody::redacted,
                                                    .parent = *hash,
                                                    .by = request.by,
                                                    .to = request.to,
                                                    .why = request.why});
    }
    if (const auto done = pen->write(std::move(bodies)); !done) return complain(done.error(), could_not);
    write_durably(request.out, *copy);
    std::cerr << fmt::format("{}  {}\n", copied.hex(), shown(request.out));
    return 0;
}

std::string_view name_of(record::Custody step) {
    switch (step) {
        case record::Custody::collected:
            return "collected";
        case record::Custody::accessed:
            return "accessed";
        case record::Custody::copied:
            return "copied";
        case record::Custody::derived:
            return "derived";
        case record::Custody::transferred:
            return "transferred";
        case record::Custody::redacted:
            return "redacted";
        case record::Custody::destroyed:
            return "destroyed";
    }
    return "";
}

int custody(const Request& request) {
    const auto held = HeldRecord::read(request.folder);
    if (!held) return complain(held.error(), could_not);
    const auto state = record::state_of(held->feeds(), request.threads);
    const auto store = store_of(request);
    int status = 0;
    for (const auto& [hash, steps] : state.evidence) {
        std::string where = "not held here";
        if (store.holds(hash)) {
            const auto bytes = store.bytes_of(hash);
            where = bytes ? "held, and as it came" : "BROKEN: " + bytes.error().message;
            if (!bytes) status = answered_no;
        }
        std::cout << fmt::format("{}  {}\n", hash.hex(), where);
        for (const auto& [entry, step] : steps) {
            std::cout << fmt::format("    {}  {:<11} by {}{}{}{}\n", entry.hex().substr(0, 16), name_of(step.step), shown(step.by),
                                     step.to.empty() ? "" : " to " + shown(step.to),
                                     step.parent ? ", from " + step.parent->hex().substr(0, 16) : "",
                                     step.why.empty() ? "" : ": " + shown(step.why));
        }
    }
    return status;
}

}  // namespace

void add_record_evidence(CLI::App& record_command, const CommonOptions& common, Outcome& outcome) {
    const auto request = std::make_shared<Request>();  // shared by the options and the callbacks, which CLI11 keeps
    const auto verb = [&](const char* name, const char* what, int (*run)(const Request&)) {
        auto* added = record_command.add_subcommand(name, what);
        added->add_option("folder", request->folder, "The mission folder; originals are kept in its folder evidence")->required();
        added->callback([&outcome, &common, request, run] {
            request->threads = common.threads;
            outcome.status = run(*request);
        });
        return added;
    };
    const auto with_key = [&](CLI::App* added) {
        added->add_option("--key", request->key, "The monitor's key file")->required();
        added->add_option("--passphrase-file", request->passphrase_file, "A file whose first line is the passphrase");
        added->add_option("--by", request->by, "Who does it, within the monitor's office")->required();
    };

    auto* collecting = verb("collect", "Keep files of evidence by their hashes, and put that into the record", collect);
    collecting->add_option("files", request->files, "The files, as they were received")->required();
    collecting->add_option("--why", request->why, "Where they come from, for everyone to read; no names of witnesses");
    with_key(collecting);

    auto* sharing = verb("share", "Write a copy of a file of evidence without its metadata, and put that into the record", share);
    sharing->add_option("hash", request->hash, "The original's SHA-256")->required();
    sharing->add_option("--out,-o", request->out, "The file to write, which must not exist")->required();
    sharing->add_option("--to", request->to, "Who is to have it");
    sharing->add_option("--why", request->why, "The reason")->required();
    sharing->add_flag("--as-it-is", request->as_it_is, "The original, with all that it says of who made it, where and when");
    with_key(sharing);

    verb("custody", "List files of evidence, whether they are held and sound, and what was done with them", custody);
}

}  // namespace truce::cli
