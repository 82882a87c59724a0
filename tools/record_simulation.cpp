// SPDX-License-Identifier: Apache-2.0
// Two to five monitors, their disks, clocks and sticks, in one thread and under one seed: whatever fails, the
// invariants of doc/formats/record.md must hold. A seed that fails fails again, bit for bit.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/side_by_side.h"
#include "record/cosignature.h"
#include "record/test_monitor.h"

namespace {

using namespace truce;
using namespace truce::record;
using test::Monitor;

/// An invariant does not hold.
struct Broken : std::runtime_error {
    using std::runtime_error::runtime_error;
};

void require(bool holds, const std::string& what) {
    if (!holds) throw Broken(what);
}

using Roots = std::map<std::uint64_t, Hash>;

/// One monitor of the simulated world, with what it promised to the outside.
struct Station {
    std::string name;
    std::string policy;
    std::unique_ptr<Monitor> monitor;
    std::vector<std::string> acknowledged{};
    /// An append that failed: its entries may come after the acknowledged ones or not.
    std::vector<std::string> under_way{};
    /// The heads of its feed that left in a bundle.
    Roots shown{};
    /// The heads that its witness key cosigned in a bundle that left, by feed.
    std::map<std::string, Roots> cosigned{};
    std::uint64_t said = 0;

    /// Its program starts again on this disk.
    void start(MemoryDisk disk) {
        monitor = std::make_unique<Monitor>(name, policy, std::move(disk));
        if (!monitor->has_feed()) {
            throw Broken(fmt::format("{}: the feed cannot be opened: {}", name, monitor->why_no_feed()));
        }
        settle();
    }

    /// I1: what was acknowledged is there; what was under way is there in its order or not.
    void settle() {
        auto& feed = monitor->feed();
        require(feed.size() >= acknowledged.size(), fmt::format("I1: {} acknowledged {} entries and has {}",
                                                                name, acknowledged.size(), feed.size()));
        for (std::uint64_t i = 0; i < feed.size(); ++i) {
            const auto entry = feed.entry(i);
            require(entry.has_value(), fmt::format("I2: {}: entry {} cannot be read", name, i));
            if (i < acknowledged.size()) {
                require(*entry == acknowledged[i], fmt::format("I1: {}: entry {} is another", name, i));
            } else {
                const auto at = i - acknowledged.size();
                require(at < under_way.size() && *entry == under_way[at],
                        fmt::format("{}: entry {} was never given in", name, i));
            }
        }
        for (auto i = acknowledged.size(); i < feed.size(); ++i) acknowledged.push_back(*feed.entry(i));
        under_way.clear();
    }
};

/// A bundle on its way.
struct OnTheWay {
    std::size_t to;
    std::string bytes;
};

class World {
public:
    explicit World(std::uint64_t seed) : random_(seed) {
        const auto count = 2 + random_.below(4);
        std::vector<std::string> names;
        for (std::uint64_t i = 0; i < count; ++i) names.push_back(fmt::format("m{}.example", i));
        const auto policy = test::policy_of(names);
        for (const auto& name : names) {
            stations_.push_back({.name = name, .policy = policy, .monitor = nullptr});
            stations_.back().monitor = std::make_unique<Monitor>(name, policy);
        }
        // In one world of three, the last monitor shows two faces.
        if (count > 2 && random_.below(3) == 0) {
            second_face_ = std::make_unique<Monitor>(names.back(), policy);
        }
    }

    void run() {
        const auto steps = 25 + random_.below(50);
        for (std::uint64_t i = 0; i < steps; ++i) step();
        converge();
    }

private:
    bool is_liar(std::size_t who) const { return second_face_ && who + 1 == stations_.size(); }

    void step() {
        now_ += static_cast<std::int64_t>(random_.below(7200));
        const auto who = static_cast<std::size_t>(random_.below(stations_.size()));
        switch (random_.below(10)) {
            case 0:
            case 1:
            case 2:
                say(who);
                break;
            case 3:
                guarded(who, [&](Monitor& monitor) { monitor.publish(); });
                break;
            case 4:
            case 5:
                send(who);
                break;
            case 6:
            case 7:
                deliver();
                break;
            case 8:
                // The program is ended, or the power goes, while nothing is under way.
                if (!is_liar(who)) restart(who, random_.below(2) == 0);
                break;
            default:
                arm(who);
        }
    }

    /// A fault waits for one of the next calls to this monitor's disk.
    void arm(std::size_t who) {
        if (is_liar(who)) return;
        const std::array faults{MemoryDisk::Fault::broken, MemoryDisk::Fault::full,
                                MemoryDisk::Fault::power_cut, MemoryDisk::Fault::power_cut_midway};
        auto& disk = stations_[who].monitor->disk();
        disk.fail_at(disk.calls() + random_.below(80), faults[random_.below(faults.size())]);
    }

    void restart(std::size_t who, bool power_goes) {
        auto& station = stations_[who];
        auto disk =
            power_goes
                ? station.monitor->disk().after_power_cut([&](std::size_t) { return random_.below(2) == 0; })
                : station.monitor->take_disk();
        // Starting can meet a fault too; in the end the disk holds.
        for (int attempt = 0;; ++attempt) {
            if (attempt < 2 && random_.below(4) == 0) {
                disk.fail_at(disk.calls() + random_.below(20), MemoryDisk::Fault::power_cut_midway);
            }
            // A copy, since a start that fails takes its disk with it.
            auto tried = disk.after_power_cut([](std::size_t) { return true; });
            try {
                station.start(std::move(tried));
                return;
            } catch (const PowerCut&) {  // and so it is started again
            } catch (const StorageFailure&) {
            }
        }
    }

    /// Does something that the monitor's disk may fail in; then its program starts again.
    template <class Act>
    void guarded(std::size_t who, Act act) {
        auto& station = stations_[who];
        try {
            act(*station.monitor);
            if (station.monitor->has_feed() && station.monitor->feed().is_writable()) return;
            restart(who, false);
        } catch (const PowerCut&) {
            restart(who, true);
        } catch (const StorageFailure&) {
            restart(who, false);
        }
    }

    void say(std::size_t who) {
        auto& station = stations_[who];
        std::vector<std::string> entries;
        for (auto count = 1 + random_.below(3) * random_.below(40); count > 0; --count) {
            entries.push_back(fmt::format("{} says {} {}", station.name, station.said++,
                                          std::string(random_.below(60), 'x')));
        }
        if (is_liar(who) && random_.below(2) == 0) {
            // What it tells one half of the others, and not the other half.
            (void)second_face_->feed().append(entries);
            return;
        }
        station.under_way = entries;
        guarded(who, [&](Monitor& monitor) {
            if (!monitor.feed().append(entries)) return;
            station.acknowledged.insert(station.acknowledged.end(), entries.begin(), entries.end());
            station.under_way.clear();
        });
    }

    /// What the reader has, as far as the writer knows; sometimes it knows nothing.
    std::string bundle_of(Monitor& writer, std::size_t to) {
        std::vector<Shelf::Held> has;
        if (random_.below(4) != 0) has = writer.shelf().peer(stations_[to].name);
        return writer.bundle(has);
    }

    void send(std::size_t who) {
        const auto to = static_cast<std::size_t>(random_.below(stations_.size()));
        if (to == who) return;
        std::string bytes;
        if (is_liar(who) && to % 2 == 1) {
            bytes = bundle_of(*second_face_, to);
        } else {
            guarded(who, [&](Monitor& monitor) { bytes = bundle_of(monitor, to); });
        }
        if (bytes.empty()) return;
        remember(bytes, who);
        on_the_way_.push_back({to, std::move(bytes)});
    }

    /// I3 and I4, for all that an honest monitor ever let out.
    void remember(const std::string& bytes, std::size_t who) {
        auto& station = stations_[who];
        const auto bundle = parse_bundle_file(bytes);
        require(bundle.has_value(), fmt::format("{} wrote a bundle that cannot be read: {}", station.name,
                                                bundle ? "" : bundle.error().message + bytes.substr(0, 200)));
        if (is_liar(who)) return;
        const auto witness = test::secret_of(station.name).keys().witness;
        for (const auto& feed : bundle->feeds) {
            for (const auto checkpoint : feed.checkpoints) {
                const auto read = parse_signed_checkpoint(checkpoint);
                require(read.has_value(), "a checkpoint in a bundle cannot be read");
                const auto& head = read->head;
                const auto known = [&](Roots& roots, std::string_view invariant) {
                    const auto [at, is_new] = roots.emplace(head.size, head.root);
                    require(is_new || at->second == head.root,
                            fmt::format("{}: {} signed two roots of {} entries of {}", invariant,
                                        station.name, head.size, head.origin));
                };
                if (head.origin == station.name) known(station.shown, "I3");
                for (const auto& line : read->note.signatures) {
                    if (is_by(line, witness)) known(station.cosigned[head.origin], "I4");
                }
            }
        }
    }

    void deliver() {
        if (on_the_way_.empty()) return;
        const auto at = static_cast<std::size_t>(random_.below(on_the_way_.size()));
        const auto kind = random_.below(10);
        auto bytes = on_the_way_[at].bytes;
        const auto to = on_the_way_[at].to;
        if (kind != 0)
            on_the_way_.erase(on_the_way_.begin() + static_cast<std::ptrdiff_t>(at));  // 0: it comes again
        if (kind == 1) return;                                                         // lost
        if (kind == 2) bytes.resize(static_cast<std::size_t>(random_.below(bytes.size())));
        if (kind == 3) {
            const auto bit = random_.below(bytes.size() * 8);
            bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
        }
        take_in(to, bytes, kind == 2 || kind == 3);
    }

    void take_in(std::size_t to, const std::string& bytes, bool damaged) {
        // A clock may be years off; nothing but cosignatures' times may come of it.
        const auto clock =
            now_ + (random_.below(8) == 0 ? static_cast<std::int64_t>(random_.below(630'000'000)) : 0);
        if (is_liar(to)) return;  // what it takes in does not matter
        guarded(to, [&](Monitor& monitor) {
            const auto merged = monitor.merge(bytes, clock);
            require(damaged || merged, fmt::format("{} could not take in a sound bundle: {}",
                                                   stations_[to].name, merged ? "" : merged.error().text()));
            if (!merged) return;
            for (const auto& origin : merged->forked) {
                require(second_face_ && origin == stations_.back().name,
                        fmt::format("I6: {} believes that {} has two histories", stations_[to].name, origin));
            }
        });
    }

    /// Faults end, everybody meets everybody, and then all must be one (I5, I9), and the liar known to all
    /// (I7).
    void converge() {
        for (std::size_t who = 0; who < stations_.size(); ++who) {
            if (!is_liar(who)) restart(who, random_.below(2) == 0);
        }
        // The liar shows its other face to somebody else; then all meet the first, twice.
        if (second_face_) meet(*second_face_, stations_.size() - 1, 1);
        for (int round = 0; round < 2; ++round) {
            for (std::size_t who = 1; who < stations_.size(); ++who) meet(*stations_[who].monitor, who, 0);
            for (std::size_t who = 1; who < stations_.size(); ++who) meet(*stations_[0].monitor, 0, who);
        }
        const auto honest = stations_.size() - (second_face_ ? 1 : 0);
        for (std::size_t who = 0; who < honest; ++who) check_at_the_end(who, honest);
        if (!second_face_) return;
        const auto& liar = stations_.back().name;
        std::map<std::string, std::size_t> sides;
        for (std::size_t who = 0; who < honest; ++who) {
            const auto feed = stations_[who].monitor->shelf().feed(liar).value();
            ++sides[feed.checkpoint() ? feed.head().text() : std::string{}];
        }
        for (std::size_t who = 0; who < honest; ++who) {
            const auto forks = stations_[who].monitor->shelf().forks().value();
            require(sides.size() < 2 || honest < 2 || !forks.empty(),
                    fmt::format("I7: {} does not know that {} has two histories", stations_[who].name, liar));
        }
    }

    void meet(Monitor& writer, std::size_t from, std::size_t to) {
        if (is_liar(to)) return;
        const auto bytes = writer.bundle(stations_[to].monitor->held());
        remember(bytes, from);
        take_in(to, bytes, false);
    }

    void check_at_the_end(std::size_t who, std::size_t honest) {
        auto& station = stations_[who];
        for (std::size_t of = 0; of < honest; ++of) {
            const auto& author = stations_[of];
            const auto entries = station.monitor->entries_of(author.name);
            require(entries == author.acknowledged,
                    fmt::format("I5: {} has {} entries of {}, who acknowledged {}", station.name,
                                entries.size(), author.name, author.acknowledged.size()));
            const auto feed = station.monitor->shelf().feed(author.name).value();
            for (const auto& [size, root] : author.shown) {
                require(*feed.root_at(size) == root,
                        fmt::format("I3: {} showed a head of {} entries that is not of its history",
                                    author.name, size));
            }
            for (const auto& [size, root] : station.cosigned[author.name]) {
                require(*feed.root_at(size) == root,
                        fmt::format("I4: {} cosigned a head of {} that is not of its history", station.name,
                                    author.name));
            }
            require(feed.check().faults.empty(),
                    fmt::format("I2: {}'s copy of {} is not sound", station.name, author.name));
        }
    }

    Random random_;
    std::vector<Station> stations_;
    std::unique_ptr<Monitor> second_face_;
    std::vector<OnTheWay> on_the_way_;
    std::int64_t now_ = 1'473'706'800;
};

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Simulates monitors with failing disks, wrong clocks and lost sticks.");
    std::uint64_t first = 1;
    std::uint64_t count = 2000;
    unsigned threads = 2;
    app.add_option("--first", first, "The first seed");
    app.add_option("--count", count, "How many seeds");
    app.add_option("--threads", threads, "How many at a time");
    CLI11_PARSE(app, argc, argv);
    std::vector<std::string> broken(count);
    run_side_by_side(threads, count, [&](std::size_t at) {
        try {
            World(first + at).run();
        } catch (const std::exception& error) {
            broken[at] = error.what();
        }
    });
    std::size_t failures = 0;
    for (std::size_t at = 0; at < count; ++at) {
        if (broken[at].empty()) continue;
        if (++failures <= 20) fmt::print("seed {}: {}\n", first + at, broken[at]);
    }
    fmt::print("{} seeds from {}, {} failed\n", count, first, failures);
    return failures == 0 ? 0 : 1;
}
