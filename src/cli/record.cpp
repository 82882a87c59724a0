// SPDX-License-Identifier: Apache-2.0
#include "cli/record.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cli/command.h"
#include "cli/folder.h"
#include "cli/keyring.h"
#include "cli/record_evidence.h"
#include "cli/record_export.h"
#include "cli/record_folder.h"
#include "cli/record_write.h"
#include "record/exchange.h"
#include "record/journal.h"
#include "record/repair.h"
#include "record/tiles.h"
#include "record/verify.h"

namespace truce::cli {
namespace {

namespace fs = std::filesystem;
using record::Disk;

constexpr std::size_t longest_text = std::size_t{1} << 20U;

/// What was asked, as written.
struct Asked {
    std::string folder;
    std::string key;
    std::string passphrase_file;
    std::string policy;
    std::vector<std::string> files;
    bool lines = false;
    std::string feed;
    std::uint64_t index = 0;
    std::string out;
    std::string from;
    std::string proof;
    std::string entry;
    std::string checkpoint;
    std::string fork;
    std::string entries;
    int threads = 1;
};

int complain(const Error& error, int status) {
    std::cerr << "truce record: " << error.text() << "\n";
    return status;
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

// --- init
// ----------------------------------------------------------------------------------------------------

int init(const Asked& asked) {
    std::string policy;
    if (!asked.policy.empty()) {
        auto text = read_file(asked.policy, longest_text);
        if (!text) return complain(text.error(), could_not);
        policy = *std::move(text);
    }
    const auto key = open_key(asked.key, asked.passphrase_file);
    if (!key) return complain(key.error(), could_not);
    const auto keys = (*key)->secret.keys();
    if (policy.empty()) policy = keys.card() + "quorum none\n";
    const auto read = record::parse_policy(policy);
    if (!read) {
        auto error = read.error();
        error.file = asked.policy;
        return complain(error, answered_no);
    }
    if (std::ranges::find(read->logs, keys.feed, &record::Policy::Log::key) == read->logs.end()) {
        return complain(
            {.message = fmt::format("the policy does not name this key; put in:\n{}", keys.card()),
             .file = asked.policy},
            answered_no);
    }
    {
        fs::create_directories(asked.folder);
        Disk folder(asked.folder, Disk::Access::read);
        record::DurableWriter(folder).make_folders("feeds");
    }
    Disk disk(fs::path(asked.folder) / "feeds", Disk::Access::write);
    auto shelf = record::Shelf::open(disk);
    const bool is_new = !disk.read("policy");
    if (is_new) shelf = record::Shelf::create(disk, policy);
    if (!shelf) return complain(shelf.error(), could_not);
    if (shelf->policy().text() != read->text()) {
        return complain({.message = "there is a record here already, with another policy"}, could_not);
    }
    shelf->make_feed_folder(keys.name);
    const auto feed = record::Feed::create(shelf->feed_storage(keys.name), (*key)->feed, *(*key)->memory);
    if (!feed) return complain(feed.error(), answered_no);
    std::cout << fmt::format("{}: a feed without entries is in {}\n", keys.name, asked.folder);
    return 0;
}

// --- append
// --------------------------------------------------------------------------------------------------

/// Acknowledges each line by printing the number that its entry has for ever, once it is on the disk.
Result<void> append_lines(record::Feed& feed) {
    for (std::string line; std::getline(std::cin, line);) {
        const auto index = feed.append(line);
        if (!index) return tl::unexpected(index.error());
        std::cout << *index << std::endl;
    }
    return {};
}

int append(const Asked& asked) {
    std::vector<std::string> entries;
    for (const auto& file : asked.files) {
        if (file == "-") {
            entries.emplace_back(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
            continue;
        }
        auto bytes = read_file(file, record::longest_entry);
        if (!bytes) return complain(bytes.error(), could_not);
        entries.push_back(*std::move(bytes));
    }
    auto key = open_key(asked.key, asked.passphrase_file);
    if (!key) return complain(key.error(), could_not);
    auto open = open_record(asked.folder, Disk::Access::write);
    if (!open) return complain(open.error(), could_not);
    auto feed = open_own_feed(*open, **key);
    if (!feed) return complain(feed.error(), could_not);
    const auto first = feed->append(entries);
    if (!first) return complain(first.error(), answered_no);
    for (auto index = *first; index < feed->size(); ++index) std::cout << index << "\n" << std::flush;
    if (asked.lines) {
        if (auto added = append_lines(*feed); !added) return complain(added.error(), answered_no);
    }
    const auto head = publish(*open, **key, *feed);
    if (!head) return complain(head.error(), could_not);
    std::cerr << fmt::format("{}: {}, root {}\n", feed->origin(), counted(head->size, "entry", "entries"),
                             head->root.hex());
    return 0;
}

// --- log and show
// --------------------------------------------------------------------------------------------

std::string cosigners_text(const record::Policy& policy, const record::Note& checkpoint) {
    const auto verified = record::verify_signatures(policy, checkpoint.bytes());
    if (!verified) return verified.error().message;
    std::vector<std::string> parts;
    for (const auto& cosigner : verified->cosigners) {
        parts.push_back(fmt::format("{} {}", cosigner.name, time_text(cosigner.at)));
    }
    return parts.empty() ? "nobody" : fmt::format("{}", fmt::join(parts, ", "));
}

/// What the record has of one feed, in a few lines.
Result<std::string> feed_text(const record::Shelf& shelf, const std::string& origin) {
    const auto feed = shelf.feed(origin);
    if (!feed) return tl::unexpected(feed.error());
    if (!feed->checkpoint()) return fmt::format("{}: nothing came in yet\n", origin);
    auto text =
        fmt::format("{}: {}, root {}\n  cosigned by: {}\n", origin, counted(feed->size(), "entry", "entries"),
                    feed->head().root.hex(), cosigners_text(shelf.policy(), *feed->checkpoint()));
    if (shelf.policy().quorum.empty()) return text;
    const auto agreed = shelf.agreed_checkpoint(*feed);
    if (!agreed) return tl::unexpected(agreed.error());
    text += *agreed ? fmt::format("  quorum reached up to: {}\n",
                                  counted((*agreed)->head.size, "entry", "entries"))
                    : std::string("  quorum not reached yet\n");
    return text;
}

int log(const Asked& asked) {
    const auto open = open_record(asked.folder, Disk::Access::read);
    if (!open) return complain(open.error(), could_not);
    int status = 0;
    for (const auto& origin : open->shelf.origins()) {
        const auto text = feed_text(open->shelf, origin);
        if (text) {
            std::cout << *text;
        } else {
            status = complain(text.error(), answered_no);
        }
    }
    const auto forks = open->shelf.forks();
    if (!forks) return complain(forks.error(), could_not);
    for (const auto& kept : *forks) {
        std::cout << fmt::format("{}: SHOWED TWO HISTORIES of its first {}; the proof is in feeds/forks\n",
                                 kept.origin, counted(kept.fork.size, "entry", "entries"));
    }
    return status;
}

int show(const Asked& asked) {
    const auto open = open_record(asked.folder, Disk::Access::read);
    if (!open) return complain(open.error(), could_not);
    const auto origin = feed_named(open->shelf, asked.feed);
    if (!origin) return complain(origin.error(), wrong_usage);
    const auto feed = open->shelf.feed(*origin);
    if (!feed) return complain(feed.error(), could_not);
    const auto entry = feed->entry(asked.index);
    if (!entry) return complain(entry.error(), answered_no);
    std::cout << *entry;
    return 0;
}

// --- prove and verify
// ----------------------------------------------------------------------------------------

int prove(const Asked& asked) {
    const auto open = open_record(asked.folder, Disk::Access::read);
    if (!open) return complain(open.error(), could_not);
    const auto origin = feed_named(open->shelf, asked.feed);
    if (!origin) return complain(origin.error(), wrong_usage);
    const auto feed = open->shelf.feed(*origin);
    if (!feed) return complain(feed.error(), could_not);
    const auto proof = proof_of(open->shelf, *feed, asked.index);
    if (!proof) return complain(proof.error(), answered_no);
    if (asked.out.empty()) {
        std::cout << proof->bytes();
        return 0;
    }
    const fs::path file(asked.out);
    Disk folder(file.has_parent_path() ? file.parent_path() : fs::path("."), Disk::Access::read);
    record::DurableWriter(folder).write(file.filename().string(), proof->bytes());
    return 0;
}

std::string verified_text(const record::VerifiedCheckpoint& verified) {
    auto text = fmt::format("{}, {}, root {}\n", verified.head.origin,
                            counted(verified.head.size, "entry", "entries"), verified.head.root.hex());
    for (const auto& cosigner : verified.cosigners) {
        text += fmt::format("cosigned by {} at {}\n", cosigner.name, time_text(cosigner.at));
    }
    return text;
}

/// Checks files that someone gave, against a policy and nothing else.
int verify_files(const Asked& asked) {
    const auto policy_text = read_file(asked.policy, longest_text);
    if (!policy_text) return complain(policy_text.error(), could_not);
    const auto policy = record::parse_policy(*policy_text);
    if (!policy) {
        auto error = policy.error();
        error.file = asked.policy;
        return complain(error, could_not);
    }
    const auto& path = !asked.proof.empty()  ? asked.proof
                       : !asked.fork.empty() ? asked.fork
                                             : asked.checkpoint;
    const auto bytes = read_file(path, longest_text);
    if (!bytes) return complain(bytes.error(), could_not);
    const auto no = [&](const Error& error) {
        std::cout << "NOT VERIFIED: " << error.text() << "\n";
        return answered_no;
    };
    if (!asked.fork.empty()) {
        const auto fork = record::parse_fork(*bytes);
        if (!fork) return no(fork.error());
        const auto origin = record::verify_fork(*policy, *fork);
        if (!origin) return no(origin.error());
        std::cout << fmt::format("verified: {} signed two histories of its first {}\n", *origin,
                                 counted(fork->size, "entry", "entries"));
        return 0;
    }
    if (asked.proof.empty()) {
        const auto verified = record::verify_checkpoint(*policy, *bytes);
        if (!verified) return no(verified.error());
        std::cout << "verified: " << verified_text(*verified);
        return 0;
    }
    const auto proof = record::parse_proof(*bytes);
    if (!proof) return no(proof.error());
    const auto entry = read_file(asked.entry, record::longest_entry);
    if (!entry) return complain(entry.error(), could_not);
    const auto verified = record::verify_entry(*policy, *proof, *entry);
    if (!verified) return no(verified.error());
    std::cout << fmt::format("verified: this is entry {} of ", proof->index) << verified_text(*verified);
    return 0;
}

/// Hashes all of a feed and says what it found; whether all was sound.
bool check_feed(const record::Shelf& shelf, const std::string& origin, unsigned threads) {
    const auto feed = shelf.feed(origin);
    if (!feed) {
        std::cout << "NOT SOUND: " << feed.error().text() << "\n";
        return false;
    }
    if (!feed->checkpoint()) {
        std::cout << fmt::format("{}: nothing came in yet\n", origin);
        return true;
    }
    const auto found = feed->check(threads);
    for (const auto& fault : found.faults) {
        auto said = fault;
        said.file = record::folder_name_of(origin) + "/" + fault.file;
        std::cout << "NOT SOUND: " << (fault.file.empty() ? fault.message : said.text()) << "\n";
    }
    std::cout << fmt::format("{}: {} of {} sound under the signed root {}\n", origin, found.sound_entries,
                             counted(feed->size(), "entry", "entries"), feed->head().root.hex());
    bool sound = found.faults.empty();
    const auto cosigned = shelf.cosigned(origin);
    if (!cosigned) {
        std::cout << "NOT SOUND: " << cosigned.error().text() << "\n";
        return false;
    }
    for (const auto& older : *cosigned) {
        const auto root = feed->root_at(older.head.size);
        if (root && *root == older.head.root) continue;
        std::cout << fmt::format("NOT SOUND: {}: its cosigned checkpoint of {} is of another history\n",
                                 origin, counted(older.head.size, "entry", "entries"));
        sound = false;
    }
    return sound;
}

int verify(const Asked& asked) {
    if (asked.folder.empty()) {
        if (asked.policy.empty() || (asked.proof.empty() && asked.checkpoint.empty() && asked.fork.empty()) ||
            asked.proof.empty() != asked.entry.empty()) {
            return complain(
                {.message = "give a FOLDER, or --policy with --checkpoint, --fork, or --proof and --entry"},
                wrong_usage);
        }
        return verify_files(asked);
    }
    const auto open = open_record(asked.folder, Disk::Access::read);
    if (!open) return complain(open.error(), could_not);
    bool sound = true;
    for (const auto& origin : open->shelf.origins()) {
        sound = check_feed(open->shelf, origin, static_cast<unsigned>(asked.threads)) && sound;
        if (const auto text = feed_text(open->shelf, origin); text && sound) {
            std::cout << text->substr(text->find('\n') + 1);
        }
    }
    const auto forks = open->shelf.forks();
    if (!forks) {
        std::cout << "NOT SOUND: " << forks.error().text() << "\n";
        return answered_no;
    }
    for (const auto& kept : *forks) {
        std::cout << fmt::format("{}: SHOWED TWO HISTORIES of its first {}\n", kept.origin,
                                 counted(kept.fork.size, "entry", "entries"));
    }
    return sound && forks->empty() ? 0 : answered_no;
}

// --- fsck
// ----------------------------------------------------------------------------------------------------

/// What was acknowledged and is not published yet.
bool check_journal(const record::Shelf& shelf, const std::string& origin) {
    const auto feed = shelf.feed(origin);
    if (!feed) return false;  // said before
    const auto found = record::Journal::read(shelf.feed_storage(origin), feed->size());
    if (!found) {
        std::cout << "NOT SOUND: " << found.error().text() << "\n";
        return false;
    }
    for (const auto& remark : found->remarks) std::cout << origin << ": " << remark << "\n";
    if (!found->entries.empty()) {
        std::cout << fmt::format("{}: {} acknowledged and not published yet; the next append publishes\n",
                                 origin, counted(found->entries.size(), "entry is", "entries are"));
    }
    return true;
}

/// That no feed is behind what the keys signed.
bool check_memory(const record::Shelf& shelf, const std::string& key_path) {
    const auto text = read_file(key_path, longest_text);
    const auto keys = text ? record::read_key_file(*text) : tl::unexpected(text.error());
    if (!keys) {
        std::cout << "NOT SOUND: " << keys.error().text() << "\n";
        return false;
    }
    Disk disk(memory_folder_of(key_path), Disk::Access::read);
    const record::HeadMemory memory(disk, {keys->feed, keys->witness});
    bool sound = true;
    for (const auto& origin : shelf.origins()) {
        const auto last = memory.last(origin);
        if (!last) {
            std::cout << "NOT SOUND: " << last.error().text() << "\n";
            sound = false;
            continue;
        }
        const auto feed = shelf.feed(origin);
        if (!*last || !feed) continue;
        const auto size = (*last)->head.size;
        if (size > feed->size()) {
            std::cout << fmt::format(
                "NOT SOUND: {}: {} signed with this key and only {} here: an old copy was brought "
                "back; exchange with the others\n",
                origin, counted(size, "entry was", "entries were"), counted(feed->size(), "is", "are"));
            sound = false;
        } else if (const auto root = feed->root_at(size); !root || *root != (*last)->head.root) {
            std::cout << fmt::format(
                "NOT SOUND: {}: its first {} are not those that were signed with this key\n", origin,
                counted(size, "entry", "entries"));
            sound = false;
        }
    }
    return sound;
}

int repair_from(const Asked& asked) {
    const auto open = open_record(asked.folder, Disk::Access::write);
    if (!open) return complain(open.error(), could_not);
    const auto other = open_record(asked.from, Disk::Access::read);
    if (!other) return complain(other.error(), could_not);
    int status = 0;
    for (const auto& origin : open->shelf.origins()) {
        // The copy is held to the keys of the record that is to be mended, not to those it says itself.
        const auto copies = other->shelf.origins();
        if (std::ranges::find(copies, origin) == copies.end()) continue;
        const auto copy =
            record::FeedFolder::open(other->shelf.feed_storage(origin), origin, open->shelf.keys_of(origin));
        if (!copy) {
            status = complain(copy.error(), answered_no);
            continue;
        }
        if (!copy->checkpoint()) continue;
        auto& storage = open->shelf.feed_storage(origin);
        if (!storage.read("checkpoint") && storage.list("").empty())
            continue;  // never came in: exchange brings it
        const auto mended = record::repair(storage, *copy, open->shelf.keys_of(origin));
        if (!mended) {
            status = complain(mended.error(), answered_no);
            continue;
        }
        for (const auto& path : *mended)
            std::cout << origin << ": " << path << ": made again from the copy\n";
    }
    return status;
}

int fsck(const Asked& asked) {
    if (!asked.from.empty()) {
        if (const auto status = repair_from(asked); status != 0) return status;
    }
    const auto open = open_record(asked.folder, Disk::Access::read);
    if (!open) return complain(open.error(), could_not);
    bool sound = true;
    for (const auto& origin : open->shelf.origins()) {
        sound = check_feed(open->shelf, origin, static_cast<unsigned>(asked.threads)) && sound;
        sound = check_journal(open->shelf, origin) && sound;
    }
    if (!asked.key.empty()) sound = check_memory(open->shelf, asked.key) && sound;
    if (const auto forks = open->shelf.forks(); !forks) {
        std::cout << "NOT SOUND: " << forks.error().text() << "\n";
        sound = false;
    }
    std::cout
        << (sound ? "sound\n"
                  : "not sound; 'truce record fsck --repair-from COPY' mends from another monitor's copy\n");
    return sound ? 0 : answered_no;
}

int export_record(const Asked& asked) {
    const auto open = open_record(asked.folder, Disk::Access::read);
    if (!open) return complain(open.error(), could_not);
    const auto done =
        write_export(open->shelf, {.out = asked.out, .feed = asked.feed, .entries = asked.entries});
    if (!done) return complain(done.error(), answered_no);
    std::cout << *done;
    return 0;
}

void add_folder(CLI::App* verb, const std::shared_ptr<Asked>& asked) {
    verb->add_option("folder", asked->folder, "The mission folder; the record is in its folder feeds")
        ->required();
}

void add_key(CLI::App* verb, const std::shared_ptr<Asked>& asked) {
    verb->add_option("--key", asked->key, "The monitor's key file")->required();
    verb->add_option("--passphrase-file", asked->passphrase_file,
                     "A file whose first line is the passphrase");
}

void add_entry(CLI::App* verb, const std::shared_ptr<Asked>& asked) {
    verb->add_option("feed", asked->feed, "The feed: its name, or a part that no other has")->required();
    verb->add_option("index", asked->index, "The entry's number, from 0")->required();
}

}  // namespace

void add_record_command(CLI::App& app, const CommonOptions& common, Outcome& outcome) {
    auto* command =
        app.add_subcommand("record", "Keep, show and prove the record that two monitors can both stand on");
    command->require_subcommand(1);
    // Shared by the options and the callbacks, which CLI11 keeps.
    const auto asked = std::make_shared<Asked>();
    const auto verb = [&](const char* name, const char* what, int (*run)(const Asked&)) {
        auto* added = command->add_subcommand(name, what);
        added->callback([&outcome, &common, asked, run] {
            asked->threads = common.threads;
            outcome.status = run(*asked);
        });
        return added;
    };

    auto* start = verb("init", "Start a record with an own feed", init);
    add_folder(start, asked);
    add_key(start, asked);
    start->add_option("--policy", asked->policy,
                      "Whose feeds count and who must agree; the own feed alone unless given");

    auto* add = verb("append", "Add entries to the own feed, print their numbers, and sign", append);
    add_folder(add, asked);
    add->add_option("files", asked->files,
                    "Files, each an entry of at most 65,535 bytes; - is the standard input");
    add_key(add, asked);
    add->add_flag("--lines", asked->lines,
                  "Each line of the standard input is an entry, acknowledged at once");

    auto* list = verb("log", "Say what the record has of each feed, and who cosigned it", log);
    add_folder(list, asked);

    auto* view = verb("show", "Print an entry", show);
    add_folder(view, asked);
    add_entry(view, asked);

    auto* check = verb("verify", "Check a whole record, or files that someone gave", verify);
    check->add_option("folder", asked->folder, "The mission folder; the record is in its folder feeds");
    check->add_option("--policy", asked->policy, "For files: whose keys count, and who must agree");
    check->add_option("--checkpoint", asked->checkpoint, "A checkpoint");
    check->add_option("--proof", asked->proof, "A proof of an entry (.tlog-proof)");
    check->add_option("--entry", asked->entry, "The entry that the proof is for");
    check->add_option("--fork", asked->fork, "A proof that a feed showed two histories");

    auto* show_proof = verb("prove", "Print the proof that an entry is in a feed (.tlog-proof)", prove);
    add_folder(show_proof, asked);
    add_entry(show_proof, asked);
    show_proof->add_option("--out,-o", asked->out, "A file to write the proof to");

    auto* mend = verb("fsck", "Check every byte of a record on the disk, and mend it from a copy", fsck);
    add_folder(mend, asked);
    mend->add_option("--key", asked->key, "Also compare with what was signed with this key");
    mend->add_option("--repair-from", asked->from, "The folder of another monitor's record, to mend from");

    auto* out = verb("export", "Write a folder that anyone can check with OpenSSL alone", export_record);
    add_folder(out, asked);
    out->add_option("--out,-o", asked->out, "The folder to write, which must be empty or not exist")
        ->required();
    out->add_option("--feed", asked->feed, "Only this feed");
    out->add_option("--entries", asked->entries, "Only these entries: 5, or 0-99");

    add_record_writing(*command, common, outcome);
    add_record_evidence(*command, common, outcome);
}

}  // namespace truce::cli
