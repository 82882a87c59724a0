// SPDX-License-Identifier: Apache-2.0
// A feed and a witness on a real disk, for the tests of faults: writes entries and acknowledges each,
// cosigns, and checks what is left after something went wrong. Its keys are made of a text, so that starting
// costs nothing.
//
//     feed_writer write FOLDER COUNT [BATCH]   entries; prints a number once that entry is acknowledged, and
//     "head SIZE ROOT" once signed feed_writer check FOLDER [ACKS]          what ACKS (the output of write)
//     promised is there; then writes one more feed_writer witness FOLDER FACE          cosigns one of two
//     histories (a or b); prints "cosigned SIZE ROOT" feed_writer memory FOLDER                makes each
//     allocation of a short life fail once
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <new>
#include <sstream>
#include <string>
#include <vector>

#include "base/sha256.h"
#include "record/feed.h"
#include "record/storage.h"
#include "record/verify.h"
#include "record/witness.h"

namespace {

using namespace truce;
using namespace truce::record;

// --- memory that runs out
// -------------------------------------------------------------------------------------- Counts allocations
// down and fails the one at 0; negative: never.
long allocations_left = -1;
long allocations_made = 0;

bool allocation_fails() {
    ++allocations_made;
    return allocations_left >= 0 && allocations_left-- == 0;
}

SigningKey feed_key() {
    return {"faults.example/feed", KeyType::ed25519, sha256("faults: feed").bytes};
}
SigningKey witness_key() {
    return {"faults.example/witness", KeyType::cosignature, sha256("faults: witness").bytes};
}

std::string entry_of(std::uint64_t number) {
    return fmt::format("entry {} {}", number, std::string(100 + number % 900, 'x'));
}

/// The feed on a disk, made where it is not.
struct Station {
    Disk disk;
    SigningKey key = feed_key();
    SubStorage feed_folder{disk, "feed"};
    SubStorage memory_folder{disk, "memory"};
    HeadMemory memory{memory_folder, {key.verifier(), witness_key().verifier()}};

    explicit Station(const std::string& folder) : disk(folder, Disk::Access::write) {
        DurableWriter writer(disk);
        writer.make_folders("feed");
        writer.make_folders("memory");
    }
    Result<Feed> feed() {
        const auto& name = key.verifier().name;
        if (!feed_folder.read("checkpoint"))
            return Feed::create(feed_folder, key, memory, {.journal_bytes = 200'000});
        return Feed::open(feed_folder, name, {key.verifier()}, memory, {.journal_bytes = 200'000});
    }
};

int failed(const std::string& what) {
    fmt::print(stderr, "{}\n", what);
    return 1;
}

int write(const std::string& folder, std::uint64_t count, std::uint64_t batch) {
    Station station(folder);
    auto feed = station.feed();
    if (!feed) return failed(feed.error().text());
    for (std::uint64_t done = 0; done < count; done += batch) {
        std::vector<std::string> entries;
        for (std::uint64_t i = 0; i < batch; ++i) entries.push_back(entry_of(feed->size() + i));
        const auto first = feed->append(entries);
        if (!first) return failed(first.error().text());
        std::string acks;
        for (std::uint64_t i = 0; i < batch; ++i) acks += fmt::format("{}\n", *first + i);
        std::cout << acks << std::flush;
        // Every so often, as a server would every second.
        if ((done / batch) % 7 == 6) {
            const auto note = feed->publish(station.key, station.memory);
            if (!note) return failed(note.error().text());
            const auto head = parse_checkpoint(note->text).value();
            std::cout << fmt::format("head {} {}\n", head.size, head.root.hex()) << std::flush;
        }
    }
    const auto note = feed->publish(station.key, station.memory);
    return note ? 0 : failed(note.error().text());
}

int check(const std::string& folder, const std::string& acks_path) {
    Station station(folder);
    auto feed = station.feed();
    if (!feed) return failed("cannot open: " + feed.error().text());
    std::ifstream acks(acks_path);
    std::vector<std::pair<std::uint64_t, std::string>> heads;
    std::uint64_t promised = 0;
    for (std::string line; std::getline(acks, line);) {
        if (acks.eof()) break;  // its line feed did not get through: half a number, perhaps
        std::istringstream words(line);
        std::string word;
        words >> word;
        if (word == "head") {
            std::uint64_t size = 0;
            std::string root;
            words >> size >> root;
            heads.emplace_back(size, root);
        } else {
            promised = std::max<std::uint64_t>(promised, std::stoull(word) + 1);
        }
    }
    if (feed->size() < promised)
        return failed(fmt::format("LOST: {} acknowledged, {} there", promised, feed->size()));
    if (!feed->append(entry_of(feed->size()))) return failed("cannot go on");
    if (const auto note = feed->publish(station.key, station.memory); !note)
        return failed(note.error().text());
    const auto& published = feed->published();
    const auto visited = published.visit(
        0, published.size(), [&](std::uint64_t index, std::string_view entry) -> Result<void> {
            if (entry == entry_of(index)) return {};
            return failure({.message = fmt::format("WRONG: entry {} is '{}'", index, entry.substr(0, 40))});
        });
    if (!visited) return failed(visited.error().text());
    if (!published.check().faults.empty()) return failed("not sound: " + published.check().faults[0].text());
    for (const auto& [size, root] : heads) {
        if (published.root_at(size).value().hex() != root)
            return failed(fmt::format("FORK: the head of {}", size));
    }
    fmt::print("{} promised, {} there, {} heads\n", promised, published.size(), heads.size());
    return 0;
}

int witness(const std::string& folder, const std::string& face) {
    Station station(folder);
    const auto key = witness_key();
    HeadMemory memory(station.memory_folder, {key.verifier()});
    Witness signer(key, memory);
    // Histories that part after two entries; each size is asked for in turn.
    std::vector<Hash> leaves;
    for (int i = 0; i < 600; ++i)
        leaves.push_back(leaf_hash(fmt::format("{} {}", i < 2 ? "common" : face, i)));
    const NodeSource nodes = [&](NodePlace place) -> Result<Hash> {
        return root_of(
            std::span(leaves).subspan(place.index << place.height, std::size_t{1} << place.height));
    };
    const auto log = SigningKey("faults.example/liar", KeyType::ed25519, sha256("faults: liar").bytes);
    for (std::uint64_t size = 3; size <= leaves.size(); ++size) {
        const Checkpoint head{log.verifier().name, size, root_of(std::span(leaves).first(size)), {}};
        Note note{.text = head.text(), .signatures = {log.sign(head.text())}};
        const auto known = signer.cosigned_size(head.origin);
        if (!known) return failed(known.error().text());
        if (*known > size) continue;
        const auto proof = prove_consistency(*known, size, nodes);
        const auto line =
            signer.cosign(note, *proof, std::chrono::sys_seconds{std::chrono::seconds{1473706800}});
        if (!line) {
            std::cout << "refused " << size << std::endl;
            return 0;
        }
        std::cout << fmt::format("cosigned {} {} {}", size, head.root.hex(), face) << std::endl;
    }
    return 0;
}

int memory(const std::string& folder) {
    namespace fs = std::filesystem;
    long failures = 0;
    for (long at = 0;; ++at) {
        fs::remove_all(folder);
        fs::create_directories(folder);
        std::uint64_t promised = 0;
        bool ran_out = false;
        try {
            Station station(folder);
            allocations_left = at;
            auto feed = station.feed();
            try {
                for (int i = 0; feed && i < 3; ++i) {
                    if (feed->append(entry_of(feed->size()))) promised = feed->size();
                }
                if (feed) (void)feed->publish(station.key, station.memory);
            } catch (const std::bad_alloc&) {
                ran_out = true;
            }
            // A feed goes on in the same run where it says that it can.
            allocations_left = -1;
            if (feed && feed->is_writable() && feed->append(entry_of(feed->size()))) promised = feed->size();
            if (feed && feed->is_writable()) (void)feed->publish(station.key, station.memory);
        } catch (const std::bad_alloc&) {
            ran_out = true;
        }
        allocations_left = -1;
        Station station(folder);
        const auto feed = station.feed();
        if (!feed) return failed(fmt::format("allocation {}: cannot open: {}", at, feed.error().text()));
        if (feed->size() < promised) return failed(fmt::format("allocation {}: LOST", at));
        for (std::uint64_t i = 0; i < feed->size(); ++i) {
            if (*feed->entry(i) != entry_of(i))
                return failed(fmt::format("allocation {}: entry {} is WRONG", at, i));
        }
        if (!ran_out) break;
        ++failures;
    }
    fmt::print("{} allocations failed in turn, nothing was lost\n", failures);
    return failures > 100 ? 0 : 1;
}

}  // namespace

void* operator new(std::size_t size) {
    if (allocation_fails()) throw std::bad_alloc();
    if (void* memory = std::malloc(size > 0 ? size : 1)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    if (arguments.size() < 2) return failed("usage: feed_writer write|check|witness|memory FOLDER ...");
    // A file beyond the limit is an error like a full disk, not the end of the program.
    std::signal(SIGXFSZ, SIG_IGN);
    try {
        const auto& folder = arguments[1];
        if (arguments[0] == "write") {
            return write(folder, std::stoull(arguments.at(2)),
                         arguments.size() > 3 ? std::stoull(arguments[3]) : 1);
        }
        if (arguments[0] == "check") return check(folder, arguments.size() > 2 ? arguments[2] : "/dev/null");
        if (arguments[0] == "witness") return witness(folder, arguments.at(2));
        if (arguments[0] == "memory") return memory(folder);
    } catch (const std::exception& error) {
        return failed(error.what());
    }
    return failed("no such command");
}
