// SPDX-License-Identifier: Apache-2.0
// The record beside what the machine can do at all: appends with a durable acknowledgement beside writing and
// syncing the same bytes, verification beside hashing the same bytes, the opening of a large feed, and the state
// that a million entries come to beside parsing them. See bench/README.md.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/random.h"
#include "base/sha256.h"
#include "base/side_by_side.h"
#include "record/entry.h"
#include "record/feed.h"
#include "record/merge.h"
#include "record/state.h"
#include "record/storage.h"

namespace {

namespace fs = std::filesystem;
using namespace truce;
using namespace truce::record;

double wall_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double cpu_seconds() {
    rusage use{};
    getrusage(RUSAGE_SELF, &use);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(use.ru_utime) + seconds(use.ru_stime);
}

double peak_mib() {
    rusage use{};
    getrusage(RUSAGE_SELF, &use);
    return static_cast<double>(use.ru_maxrss) / 1024.0;
}

/// Median, least and greatest.
std::string spread(std::vector<double> values) {
    std::ranges::sort(values);
    return fmt::format("{:.2f} [{:.2f}-{:.2f}]", values[values.size() / 2], values.front(), values.back());
}

std::vector<std::string> random_entries(std::size_t count, std::size_t length) {
    Random random(1);
    std::vector<std::string> entries(count, std::string(length, ' '));
    for (auto& entry : entries) {
        for (auto& c : entry) c = static_cast<char>('a' + random.below(26));
    }
    return entries;
}

SigningKey bench_key() {
    return {"bench.example/feed", KeyType::ed25519, sha256("bench").bytes};
}

/// A feed in an empty folder.
struct Station {
    Disk disk;
    SubStorage feed_folder{disk, "feed"};
    SubStorage memory_folder{disk, "memory"};
    SigningKey key = bench_key();
    HeadMemory memory{memory_folder, {key.verifier()}};

    Station(const fs::path& folder, Disk::Access access) : disk(folder, access) {
        if (access == Disk::Access::read) return;
        DurableWriter writer(disk);
        writer.make_folders("feed");
        writer.make_folders("memory");
    }
};

// --- appends
// -------------------------------------------------------------------------------------------------------

/// Entries a second, each acknowledged once it is on the disk, published every second.
double append_rate(const fs::path& folder, const std::vector<std::string>& batch, double seconds) {
    fs::remove_all(folder);
    fs::create_directories(folder);
    Station station(folder, Disk::Access::write);
    auto feed = Feed::create(station.feed_folder, station.key, station.memory).value();
    const auto start = wall_seconds();
    auto published = start;
    while (wall_seconds() - start < seconds) {
        (void)feed.append(batch).value();
        if (wall_seconds() - published > 1.0) {
            (void)feed.publish(station.key, station.memory).value();
            published = wall_seconds();
        }
    }
    (void)feed.publish(station.key, station.memory).value();
    return static_cast<double>(feed.size()) / (wall_seconds() - start);
}

/// The same bytes written to one file and synced, batch by batch, with nothing made of them.
double raw_rate(const fs::path& folder, const std::vector<std::string>& batch, double seconds) {
    fs::create_directories(folder);
    std::string bytes;
    for (const auto& entry : batch) bytes += entry;
    const int file = ::open((folder / "raw").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    const auto start = wall_seconds();
    std::size_t written = 0;
    while (wall_seconds() - start < seconds) {
        if (::write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) ||
            ::fdatasync(file) != 0) {
            break;
        }
        written += batch.size();
    }
    const auto rate = static_cast<double>(written) / (wall_seconds() - start);
    ::close(file);
    return rate;
}

void bench_append(const fs::path& folder, std::size_t pairs, double seconds) {
    for (const std::size_t size : {std::size_t{1}, std::size_t{16}, std::size_t{64}, std::size_t{256}}) {
        const auto batch = random_entries(size, 1024);
        std::vector<double> ratios;
        std::vector<double> rates;
        for (std::size_t pair = 0; pair < pairs; ++pair) {
            const auto raw = raw_rate(folder / "raw", batch, seconds);
            const auto ours = append_rate(folder / "append", batch, seconds);
            ratios.push_back(ours / raw);
            rates.push_back(ours);
        }
        std::ranges::sort(rates);
        fmt::print("append, 1 KiB, {} at a time: {} of the raw rate; {:.0f} entries a second\n", size,
                   spread(ratios), rates[rates.size() / 2]);
    }
}

// --- a large feed
// --------------------------------------------------------------------------------------------------

/// A feed of `count` entries of `length` bytes, made once.
void prepare(const fs::path& folder, std::uint64_t count, std::size_t length) {
    if (fs::exists(folder / "feed" / "checkpoint")) return;
    fs::create_directories(folder);
    Station station(folder, Disk::Access::write);
    auto feed =
        FeedFolder::open(station.feed_folder, station.key.verifier().name, {station.key.verifier()}).value();
    auto entries = random_entries(16'384, length);
    Checkpoint head;
    for (std::uint64_t at = 0; at < count; at += entries.size()) {
        entries.resize(std::min<std::uint64_t>(entries.size(), count - at));
        std::vector<Hash> leaves;
        for (std::size_t i = 0; i < entries.size(); ++i) {
            const auto number = std::to_string(at + i);
            entries[i].replace(0, number.size(), number);
            leaves.push_back(leaf_hash(entries[i]));
        }
        head = feed.extend(entries, leaves).value();
    }
    Note note{.text = head.text(), .signatures = {station.key.sign(head.text())}};
    if (!station.memory.advance(note, {})) return;
    feed.seal(note);
}

void bench_verify(const fs::path& folder, std::uint64_t count, std::size_t length, std::size_t pairs,
                  unsigned threads) {
    prepare(folder, count, length);
    Station station(folder, Disk::Access::read);
    const auto feed =
        FeedFolder::open(station.feed_folder, station.key.verifier().name, {station.key.verifier()}).value();
    const std::string block(256 * length, 'x');
    std::vector<double> cpu_ratios;
    std::vector<double> wall_ratios;
    double rate = 0;
    for (std::size_t pair = 0; pair < pairs; ++pair) {
        auto wall = wall_seconds();
        auto cpu = cpu_seconds();
        run_side_by_side(threads, count / 256, [&](std::size_t) { (void)sha256(block); });
        const auto raw_wall = wall_seconds() - wall;
        const auto raw_cpu = cpu_seconds() - cpu;
        wall = wall_seconds();
        cpu = cpu_seconds();
        const auto found = feed.check(threads);
        if (!found.faults.empty() || found.sound_entries != count) {
            fmt::print("the feed is not sound: no figure\n");
            return;
        }
        wall_ratios.push_back(raw_wall / (wall_seconds() - wall));
        cpu_ratios.push_back(raw_cpu / (cpu_seconds() - cpu));
        rate = static_cast<double>(count) / (wall_seconds() - wall);
    }
    fmt::print(
        "verify {} entries of {} bytes, {} threads: {} of the raw SHA-256 rate by CPU time, {} by wall time; "
        "{:.0f} entries a second\n",
        count, length, threads, spread(cpu_ratios), spread(wall_ratios), rate);
}

void bench_open(const fs::path& folder, std::uint64_t count) {
    prepare(folder, count, 64);
    const auto start = wall_seconds();
    Station station(folder, Disk::Access::write);
    const auto feed =
        Feed::open(station.feed_folder, station.key.verifier().name, {station.key.verifier()}, station.memory)
            .value();
    const auto opened = wall_seconds() - start;
    (void)feed.entry(count / 3).value();
    const auto proof = feed.published().prove(count / 2).value();
    fmt::print(
        "open a feed of {} entries: {:.3f} s; with an entry and a proof of {} hashes {:.3f} s; peak {:.0f} "
        "MiB\n",
        feed.size(), opened, proof.path.size(), wall_seconds() - start, peak_mib());
}

// --- the state
// --------------------------------------------------------------------------------------------------

/// Feeds of `count` entries together, of three monitors, as a busy year has them: of ten entries six accounts, two opinions, one
/// link, one question.
std::vector<std::deque<std::string>> year_of_work(const std::vector<std::string>& origins, std::size_t count) {
    std::vector<std::deque<std::string>> feeds(origins.size());
    std::vector<EntryId> accounts;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t monitor = i % origins.size();
        Body body = AccountReceived{};
        const auto account = [&](std::size_t back) { return accounts[accounts.size() - 1 - back % accounts.size()]; };
        switch (accounts.size() < 2 ? 0 : i % 10) {
            case 6:
            case 7:
                body = OpinionGiven{.account = account(i * 7919),
                                    .opinion = {.occurrence = Occurrence::confirmed,
                                                .breach = BreachOpinion::violation,
                                                .agreement = "sy-2016-02-27",
                                                .duty = "no-attacks",
                                                .grounds = "crater analysis and two witnesses"}};
                break;
            case 8: {
                auto one = account(0);
                auto other = account(1);
                if (other < one) std::swap(one, other);
                body = LinkProposed{.accounts = {one, other}, .grounds = "one crater"};
                break;
            }
            case 9:
                body = InquiryOpened{.account = account(0), .to = "sy-government", .question = "Who fired, at what?"};
                break;
            default:
                body = AccountReceived{.source = "field",
                                       .row = {{"act", "attack.shelling"},
                                               {"attacker", "sy-government"},
                                               {"day", "2016-05-05"},
                                               {"id", std::to_string(i)},
                                               {"killed", "2"},
                                               {"lat", "36.19"},
                                               {"lon", "37.12"},
                                               {"note", "Two shells fell near the market, in the early morning"},
                                               {"place", "Salah al-Din"}}};
        }
        const bool is_account = std::holds_alternative<AccountReceived>(body);
        auto& feed = feeds[monitor];
        feed.push_back(entry_bytes({.id = {},
                                    .feed = origins[monitor],
                                    .seq = feed.size(),
                                    .by = "duty officer",
                                    .claimed = sys_days(std::chrono::year(2016) / 5 / 4) + std::chrono::seconds(i),
                                    .seen = {},
                                    .body = std::move(body)})
                           .value());
        if (is_account) accounts.push_back(leaf_hash(feed.back()));
    }
    return feeds;
}

void bench_fold(std::size_t count, std::size_t pairs, int threads) {
    const std::vector<std::string> origins{"m.example/mission", "m.example/russia", "m.example/usa"};
    const auto bytes = year_of_work(origins, count);
    std::vector<HeldFeed> feeds;
    for (std::size_t f = 0; f < origins.size(); ++f)
        feeds.push_back({origins[f], {bytes[f].begin(), bytes[f].end()}});
    std::vector<double> seconds;
    std::vector<double> cpu_seconds_each;
    std::vector<double> ratios;
    for (std::size_t pair = 0; pair < pairs; ++pair) {
        auto cpu = cpu_seconds();
        std::size_t members = 0;
        for (const auto& feed : bytes) {
            for (const auto& entry : feed) members += nlohmann::json::parse(entry).size();
        }
        const auto raw = cpu_seconds() - cpu;
        if (members == 0) return;
        cpu = cpu_seconds();
        const auto wall = wall_seconds();
        const auto state = state_of(feeds, threads);
        const auto digest = state_digest(state);
        seconds.push_back(wall_seconds() - wall);
        cpu_seconds_each.push_back(cpu_seconds() - cpu);
        ratios.push_back(raw / cpu_seconds_each.back());
        if (pair == 0) fmt::print("{} accounts, {} incidents, digest {}\n", state.accounts.size(), state.incidents.size(), digest.hex());
    }
    fmt::print("state of {} entries, {} threads, merged, folded and hashed: {} s by the clock, {} s of CPU; {} of the rate of parsing the "
               "same JSON with nlohmann; peak {:.0f} MiB\n",
               count, threads, spread(seconds), spread(cpu_seconds_each), spread(ratios), peak_mib());
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("The record beside what the disk and the processor can do.");
    std::string folder;
    std::string what = "append";
    std::size_t pairs = 5;
    double seconds = 2;
    unsigned threads = 2;
    std::size_t entries = 1'000'000;
    app.add_option("what", what, "append, verify, verify-short, open or fold")->required();
    app.add_option("folder", folder, "Where to write: on the disk that is meant; fold writes nothing");
    app.add_option("--pairs", pairs, "How many pairs of runs");
    app.add_option("--seconds", seconds, "How long each run of append takes");
    app.add_option("--threads", threads, "How many threads verify");
    app.add_option("--entries", entries, "How many entries fold has");
    CLI11_PARSE(app, argc, argv);
    const fs::path place(folder);
    if (what == "append") bench_append(place, pairs, seconds);
    if (what == "verify") bench_verify(place / "feed-1000000", 1'000'000, 1024, pairs, threads);
    if (what == "verify-short") bench_verify(place / "feed-1000000-short", 1'000'000, 300, pairs, threads);
    if (what == "fold") bench_fold(entries, pairs, static_cast<int>(threads));
    if (what == "open") bench_open(place / "feed-4000000", 4'000'000);
    return 0;
}
