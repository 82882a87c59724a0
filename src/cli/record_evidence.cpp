// SPDX-License-Identifier: Apache-2.0
#include "cli/record_evidence.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
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
#include "record/erase.h"
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

record::EvidenceStore store_of(const std::string& folder) {
    return record::EvidenceStore(fs::path(folder) / "evidence");
}

using CustodySteps = std::vector<std::pair<record::EntryId, record::EvidenceHandled>>;

/// Whether the last thing that was done with a file is that somebody destroyed it.
bool is_destroyed(const CustodySteps& steps) {
    return !steps.empty() && steps.back().second.step == record::Custody::destroyed;
}

int collect(const Request& request) {
    auto pen = Pen::open(request.folder, request.key, request.passphrase_file, request.by);
    if (!pen) return complain(pen.error(), could_not);
    const record::State before = record::state_of(pen->held().feeds(), request.threads);
    auto store = store_of(request.folder);
    std::vector<record::Body> bodies;
    for (const std::string& name : request.files) {
        const auto file = map_file(name);
        if (!file) return complain(file.error(), could_not);
        // The file first: an entry that speaks of a file nobody has would be worse than a file nobody speaks of.
        const auto hash = store.keep(file->text());
        if (file->changed())
            return complain({.message = "the file changed while it was read; wait until it is complete", .file = name}, could_not);
        const auto steps = before.evidence.find(hash);
        const bool gone = steps != before.evidence.end() && is_destroyed(steps->second);
        const bool known = steps != before.evidence.end() && !gone;
        std::cerr << fmt::format("{}  {}{}\n", hash.hex(), shown(name),
                                 gone ? "  (destroyed before; custody begins again)" : known ? "  (in the record before)" : "");
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
    const auto original = store_of(request.folder).bytes_of(*hash);
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
    store_of(request.folder).note_copy(copied, request.out);
    write_durably(request.out, *copy);
    std::cerr << fmt::format("{}  {}\n", copied.hex(), shown(request.out));
    return 0;
}

/// A file and all that the record says was made from it, and from that; the file first.
std::vector<Sha256> with_copies(const Sha256& hash, const record::State& state) {
    std::vector<Sha256> family{hash};
    for (std::size_t i = 0; i < family.size(); ++i) {
        for (const auto& [file, steps] : state.evidence) {
            const bool made_of_it =
                std::ranges::any_of(steps, [&](const auto& step) { return step.second.parent == family[i]; });
            if (made_of_it && std::ranges::find(family, file) == family.end()) family.push_back(file);
        }
    }
    return family;
}

/// Destroys what the uploads to `truce serve` left of a file: the bytes as received, and what of them was rejected.
std::size_t destroy_uploads(const fs::path& uploads, const Sha256& hash) {
    if (!fs::exists(uploads)) return 0;
    std::size_t destroyed = 0;
    for (const auto& upload : fs::directory_iterator(uploads)) {
        const auto received = upload.path() / "received";
        if (!fs::exists(received)) continue;
        const auto file = map_file(received.string());
        if (!file || sha256(file->text()) != hash) continue;
        for (const auto* name : {"rejects.csv", "received"}) {
            if (record::erase(upload.path() / name)) ++destroyed;
        }
    }
    return destroyed;
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

/// Prints who was given a copy of one of the files.
void tell_who_has_copies(const std::vector<Sha256>& files, const record::State& state) {
    for (const auto& file : files) {
        const auto steps = state.evidence.find(file);
        if (steps == state.evidence.end()) continue;
        for (const auto& [entry, step] : steps->second) {
            if (step.to.empty()) continue;
            std::cout << fmt::format("{} was given a copy (entry {}), which nobody can destroy from here: ask for it\n", shown(step.to),
                                     entry.hex().substr(0, 16));
        }
    }
}

int custody(const Request& request) {
    const auto held = HeldRecord::read(request.folder);
    if (!held) return complain(held.error(), could_not);
    const auto state = record::state_of(held->feeds(), request.threads);
    const auto store = store_of(request.folder);
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

int destroy_evidence(Pen& pen, const EvidenceToDestroy& wanted) {
    const auto state = record::state_of(pen.held().feeds(), wanted.threads);
    if (!state.evidence.contains(wanted.hash)) {
        return complain({.message = fmt::format("the record knows no file of evidence {}; 'truce record custody' lists them", wanted.hash.hex())},
                        answered_no);
    }
    auto store = store_of(wanted.folder);
    const auto family = with_copies(wanted.hash, state);
    std::vector<record::Body> gone;
    for (const auto& file : family) {
        const auto destroyed = store.destroy(file);
        const auto count = destroyed.files.size() + destroy_uploads(fs::path(wanted.folder) / "uploads", file);
        for (const auto& copy : destroyed.changed)
            std::cout << fmt::format("{} holds other bytes than were written there, and is left as it is: look at it\n", shown(copy.string()));
        for (const auto& copy : destroyed.missing)
            std::cout << fmt::format("{} is not there any more: if it was moved, it is still somewhere\n", shown(copy.string()));
        // Of the original also where nothing is left: an earlier attempt may have been cut off before it said so.
        const bool unsaid = file == wanted.hash && !is_destroyed(state.evidence.at(file));
        if (count == 0 && !unsaid) continue;
        std::cout << fmt::format("{}  destroyed: {} file{} here\n", file.hex(), count, count == 1 ? "" : "s");
        gone.emplace_back(record::EvidenceHandled{
            .sha256 = file, .step = record::Custody::destroyed, .by = wanted.by, .why = wanted.why});
    }
    if (gone.empty())
        return complain({.message = fmt::format("{} was destroyed before, and nothing of it is here", wanted.hash.hex())}, answered_no);
    if (const auto done = pen.write(std::move(gone)); !done) return complain(done.error(), could_not);
    tell_who_has_copies(family, state);
    return 0;
}

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
