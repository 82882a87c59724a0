// SPDX-License-Identifier: Apache-2.0
#include "record/exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "base/base64.h"
#include "base/crc32c.h"
#include "base/text.h"
#include "record/journal.h"
#include "record/tiles.h"
#include "record/verify.h"

namespace truce::record {
namespace {

constexpr std::string_view title = "trucewatch bundle 1\n";
constexpr std::size_t hash_length = sizeof(Hash::bytes);
constexpr std::size_t longest_proof = 63;
/// How many entries are written to tiles at a time: whole tiles, and few enough to hold in memory.
constexpr std::uint64_t entries_at_once = std::uint64_t{tile_width} * 64;

/// Writes pieces and keeps their checksum, which ends the bundle.
class BundleWriter {
public:
    explicit BundleWriter(const std::function<void(std::string_view)>& write_piece)
        : write_piece_(write_piece) {}

    void put(std::string_view bytes) {
        crc_ = crc32c(bytes, crc_);
        write_piece_(bytes);
    }
    void finish() { write_piece_(fmt::format("end {:08x}\n", crc_)); }

private:
    const std::function<void(std::string_view)>& write_piece_;
    std::uint32_t crc_ = 0;
};

Result<void> write_feed(BundleWriter& out, const Shelf& shelf, const FeedFolder& feed, std::uint64_t first) {
    const auto root = feed.root_at(first);
    const auto proof = feed.prove_from(first);
    const auto cosigned = shelf.cosigned(feed.origin());
    if (!root) return tl::unexpected(root.error());
    if (!proof) return tl::unexpected(proof.error());
    if (!cosigned) return tl::unexpected(cosigned.error());
    out.put(fmt::format("feed {}\nfirst {} {}\n", feed.origin(), first, base64(bytes_of(*root))));
    for (const auto& hash : *proof) out.put(fmt::format("hash {}\n", base64(bytes_of(hash))));
    const auto put_checkpoint = [&](const Note& note) {
        const auto bytes = note.bytes();
        out.put(fmt::format("checkpoint {}\n", bytes.size()));
        out.put(bytes);
    };
    put_checkpoint(*feed.checkpoint());
    for (const auto& one : *cosigned) {
        if (one.note.text != feed.checkpoint()->text) put_checkpoint(one.note);
    }
    const auto count = feed.size() - first;
    out.put(fmt::format("entries {}\n", count));
    // The hashes before the entries, so that a reader can say which entry is wrong.
    for (auto index = first; index < feed.size(); ++index) {
        const auto leaf = feed.nodes()({0, index});
        if (!leaf) return tl::unexpected(leaf.error());
        out.put(bytes_of(*leaf));
    }
    return feed.visit(first, feed.size(), [&](std::uint64_t, std::string_view entry) -> Result<void> {
        const std::array length{static_cast<char>(entry.size() >> 8U),
                                static_cast<char>(entry.size() & 255U)};
        out.put({length.data(), length.size()});
        out.put(entry);
        return {};
    });
}

/// Takes a bundle apart. Every length is held against what is left before anything is made of it.
class BundleReader {
public:
    BundleReader(std::string_view bytes, const ExchangeLimits& limits) : rest_(bytes), limits_(limits) {}

    Result<Bundle> read() {
        if (!take_end()) return bad("it is cut off, or a byte of it was changed");
        if (!rest_.starts_with(title)) return bad("its first line is not 'trucewatch bundle 1'");
        rest_.remove_prefix(title.size());
        const auto from = line("from ");
        if (!from || !is_plain_name(*from)) return bad("it does not say who wrote it");
        bundle_.from = *from;
        while (const auto held = line("have ")) {
            const auto space = held->rfind(' ');
            const auto size =
                space == std::string_view::npos ? std::nullopt : parse_count(held->substr(space + 1));
            if (!size || bundle_.held.size() == most_feeds) return bad("a line 'have' is wrong");
            bundle_.held.push_back({std::string(held->substr(0, space)), *size});
        }
        while (const auto origin = line("feed ")) {
            if (bundle_.feeds.size() == most_feeds) return bad("it has too many feeds");
            if (const auto wrong = feed(std::string(*origin)); !wrong.empty()) {
                return bad(fmt::format("feed '{}': {}", shown(*origin, 80), wrong));
            }
        }
        while (const auto length = counted("fork ")) {
            const auto text = taken(*length);
            auto fork = text ? parse_fork(*text) : failure({.message = "it is cut off"});
            if (!fork || bundle_.forks.size() == limits_.forks)
                return bad("a proof of a fork cannot be read");
            bundle_.forks.push_back(*std::move(fork));
        }
        if (!rest_.empty())
            return bad(fmt::format("a line cannot be read: '{}'", shown(rest_.substr(0, 40))));
        return std::move(bundle_);
    }

private:
    static constexpr std::size_t most_feeds = 1000;
    static constexpr std::string_view end_word = "end ";
    static constexpr std::size_t end_length = end_word.size() + 8 + 1;

    static tl::unexpected<Error> bad(std::string what) {
        return failure(
            {.message = "this bundle cannot be used: " + std::move(what) + "; nothing was changed"});
    }

    bool take_end() {
        if (rest_.size() < end_length) return false;
        const auto body = rest_.substr(0, rest_.size() - end_length);
        if (rest_.substr(body.size()) != fmt::format("{}{:08x}\n", end_word, crc32c(body))) return false;
        rest_ = body;
        return true;
    }

    std::optional<std::string_view> line(std::string_view word) {
        if (!rest_.starts_with(word)) return std::nullopt;
        const auto end = rest_.find('\n');
        if (end == std::string_view::npos) return std::nullopt;
        const auto value = rest_.substr(word.size(), end - word.size());
        rest_.remove_prefix(end + 1);
        return value;
    }

    std::optional<std::uint64_t> counted(std::string_view word) {
        const auto text = line(word);
        return text ? parse_count(*text) : std::nullopt;
    }

    std::optional<std::string_view> taken(std::uint64_t length) {
        if (length > rest_.size()) return std::nullopt;
        const auto bytes = rest_.substr(0, length);
        rest_.remove_prefix(length);
        return bytes;
    }

    /// What is wrong, or nothing.
    std::string feed(std::string origin) {
        BundleFeed feed;
        feed.origin = std::move(origin);
        const auto first = line("first ");
        const auto space = first ? first->find(' ') : std::string_view::npos;
        if (space == std::string_view::npos) return "the line 'first' is missing";
        const auto number = parse_count(first->substr(0, space));
        const auto root = parse_hash(first->substr(space + 1));
        if (!number || !root) return "the line 'first' is wrong";
        feed.first = *number;
        feed.first_root = *root;
        while (const auto text = line("hash ")) {
            const auto hash = parse_hash(*text);
            if (!hash || feed.proof.size() == longest_proof) return "a line 'hash' is wrong";
            feed.proof.push_back(*hash);
        }
        while (const auto length = counted("checkpoint ")) {
            const auto note = taken(*length);
            if (!note || feed.checkpoints.size() == limits_.checkpoints_of_feed)
                return "a checkpoint is wrong";
            feed.checkpoints.push_back(*note);
        }
        if (feed.checkpoints.empty()) return "it has no checkpoint";
        const auto count = counted("entries ");
        if (!count) return "the line 'entries' is missing";
        if (*count > limits_.entries_of_feed) {
            return fmt::format("it has {} entries, more than the {} that are taken at once", *count,
                               limits_.entries_of_feed);
        }
        const auto leaves = taken(*count * hash_length);
        if (!leaves) return "it has fewer entries than it says";
        feed.leaves = *leaves;
        // An entry has two bytes at the least.
        feed.entries.reserve(std::min<std::uint64_t>(*count, rest_.size() / 2));
        while (feed.entries.size() < *count) {
            if (rest_.size() < 2) return fmt::format("entry {} is cut off", feed.first + feed.entries.size());
            const std::size_t length = static_cast<std::size_t>(static_cast<std::uint8_t>(rest_[0])) << 8U |
                                       static_cast<std::uint8_t>(rest_[1]);
            rest_.remove_prefix(2);
            const auto entry = taken(length);
            if (!entry) return fmt::format("entry {} is cut off", feed.first + feed.entries.size());
            feed.entries.push_back(*entry);
        }
        bundle_.feeds.push_back(std::move(feed));
        return {};
    }

    std::string_view rest_;
    const ExchangeLimits& limits_;
    Bundle bundle_;
};

/// The leaf hash of the bundle's entry number `at`, counted from its first.
Hash leaf_at(const BundleFeed& feed, std::uint64_t at) {
    return hash_of_bytes(feed.leaves.substr(at * hash_length, hash_length));
}

/// A checkpoint with no signature but the feed's own: what a proof of a fork rests on.
std::string bare_bytes(Note note, const std::string& origin) {
    std::erase_if(note.signatures, [&](const SignatureLine& line) { return line.name != origin; });
    return note.bytes();
}

/// A feed as a bundle shows it: what it begins with is held here, the rest is in the bundle.
class ShownTree {
public:
    ShownTree(const FeedFolder& held, const BundleFeed& shown) : held_(held), shown_(shown) {}

    [[nodiscard]] Result<Hash> node(NodePlace place) const {
        const auto first = place.index << place.height;
        const auto end = (place.index + 1) << place.height;
        if (end <= shown_.first) return held_.nodes()(place);
        if (place.height == 0) return leaf_at(shown_, first - shown_.first);
        auto left = node({place.height - 1, place.index * 2});
        if (!left) return left;
        auto right = node({place.height - 1, place.index * 2 + 1});
        if (!right) return right;
        return node_hash(*left, *right);
    }
    [[nodiscard]] NodeSource nodes() const {
        return [this](NodePlace place) { return node(place); };
    }

private:
    const FeedFolder& held_;
    const BundleFeed& shown_;
};

/// What is to be done with one feed of a bundle, once all of it was verified.
struct Plan {
    const BundleFeed* shown = nullptr;
    Checkpoint head;
    Note latest;
    std::vector<Note> cosigned;
    bool grows = false;
};

/// Verifies one feed of a bundle against what is held of it.
class FeedCheck {
public:
    FeedCheck(const Shelf& shelf, const BundleFeed& shown, MergeReport& report, std::vector<Fork>& forks)
        : shelf_(shelf), shown_(shown), report_(report), forks_(forks) {}

    /// A plan, or nothing where the feed is passed over; a failure where the bundle is wrong.
    Result<std::optional<Plan>> check() {
        auto verified = verify_signatures(shelf_.policy(), shown_.checkpoints.front());
        if (!verified) return bad(verified.error().message);
        if (verified->head.origin != shown_.origin) return bad("its checkpoint is of another feed");
        plan_.shown = &shown_;
        plan_.head = verified->head;
        plan_.latest = parse_note(shown_.checkpoints.front()).value();
        if (shown_.first + shown_.entries.size() != plan_.head.size) {
            return bad(fmt::format("it has entries {} to {}, but the checkpoint is over {}", shown_.first,
                                   shown_.first + shown_.entries.size(), plan_.head.size));
        }
        auto held = shelf_.feed(shown_.origin);
        if (!held) return tl::unexpected(std::move(held).error());
        if (held->size() < shown_.first) {
            report_.remarks.push_back(fmt::format(
                "{}: the bundle begins at entry {}, and entries from {} on are missing here; exchange again",
                shown_.origin, shown_.first, held->size()));
            return std::optional<Plan>{};
        }
        if (auto wrong = check_beginning(*held); wrong) return std::move(*wrong);
        return check_rest(*held);
    }

private:
    using Outcome = Result<std::optional<Plan>>;

    Outcome bad(std::string_view what) const {
        return failure(
            {.message = fmt::format("this bundle cannot be used: feed '{}': {}; nothing was changed",
                                    shown(shown_.origin, 80), what)});
    }

    Outcome forked(Fork fork) const {
        forks_.push_back(std::move(fork));
        return std::optional<Plan>{};
    }

    /// The side of a fork that is held here, over the first `size` entries.
    static Result<Fork::Side> held_side(const FeedFolder& held, std::uint64_t size) {
        const auto root = held.root_at(size);
        if (!root) return tl::unexpected(root.error());
        const auto proof = held.prove_from(size);
        if (!proof) return tl::unexpected(proof.error());
        return Fork::Side{bare_bytes(*held.checkpoint(), held.origin()), *root, *proof};
    }

    /// That the entries which the bundle leaves out are those that are held here; nothing when they are.
    std::optional<Outcome> check_beginning(const FeedFolder& held) {
        const auto size = shown_.first;
        if (size == 0) return std::nullopt;
        if (!consistency_holds(size, plan_.head.size, shown_.first_root, plan_.head.root, shown_.proof)) {
            return bad(fmt::format("its first {} entries are not shown to be under its checkpoint", size));
        }
        auto side = held_side(held, size);
        if (!side) return tl::unexpected(std::move(side).error());
        if (side->root == shown_.first_root) return std::nullopt;
        return forked({size,
                       *std::move(side),
                       {bare_bytes(plan_.latest, shown_.origin), shown_.first_root, shown_.proof}});
    }

    Outcome check_rest(const FeedFolder& held) {
        std::map<std::uint64_t, Hash> roots;
        std::map<std::uint64_t, std::vector<Note>> others;
        if (auto wrong = read_others(others); wrong) return std::move(*wrong);
        auto tree = tree_of(shown_.first, held.nodes());
        if (!tree) return tl::unexpected(tree.error());
        for (std::uint64_t at = 0; at <= shown_.entries.size(); ++at) {
            const auto size = shown_.first + at;
            if (size == held.size() || size == plan_.head.size || others.contains(size))
                roots[size] = tree->root();
            if (at < shown_.entries.size()) tree->append(leaf_at(shown_, at));
        }
        if (roots.at(plan_.head.size) != plan_.head.root) {
            return bad("the hashes of its entries do not give the root of its checkpoint");
        }
        for (std::uint64_t at = 0; at < shown_.entries.size(); ++at) {
            if (leaf_hash(shown_.entries[at]) != leaf_at(shown_, at)) {
                return bad(fmt::format("entry {} is not what was signed", shown_.first + at));
            }
        }
        // Where both sides have entries, they must be the same.
        const auto common = std::min(held.size(), plan_.head.size);
        const auto held_root = held.root_at(common);
        if (!held_root) return tl::unexpected(held_root.error());
        if (*held_root != roots.at(common)) return fork_at(held, common, roots.at(common));
        for (auto& [size, notes] : others) {
            auto root = size < shown_.first ? held.root_at(size) : roots.at(size);
            if (!root) return tl::unexpected(root.error());
            for (auto& note : notes) {
                const auto head = parse_checkpoint(note.text).value();
                if (head.root != *root) return fork_by(note, head, held, *root);
                plan_.cosigned.push_back(std::move(note));
            }
        }
        plan_.grows = plan_.head.size > held.size();
        return std::optional(std::move(plan_));
    }

    /// The older checkpoints of the bundle, by size.
    std::optional<Outcome> read_others(std::map<std::uint64_t, std::vector<Note>>& others) const {
        for (const auto bytes : std::span(shown_.checkpoints).subspan(1)) {
            auto verified = verify_signatures(shelf_.policy(), bytes);
            if (!verified) return bad(verified.error().message);
            if (verified->head.origin != shown_.origin) return bad("an older checkpoint is of another feed");
            if (verified->head.size > plan_.head.size) return bad("an older checkpoint is over more entries");
            others[verified->head.size].push_back(parse_note(bytes).value());
        }
        return std::nullopt;
    }

    Outcome fork_at(const FeedFolder& held, std::uint64_t size, const Hash& shown_root) {
        auto side = held_side(held, size);
        if (!side) return tl::unexpected(std::move(side).error());
        const ShownTree tree(held, shown_);
        auto proof = prove_consistency(size, plan_.head.size, tree.nodes());
        if (!proof) return tl::unexpected(std::move(proof).error());
        return forked({size,
                       *std::move(side),
                       {bare_bytes(plan_.latest, shown_.origin), shown_root, *std::move(proof)}});
    }

    /// An older checkpoint in the bundle that contradicts the bundle's own latest one.
    Outcome fork_by(const Note& note, const Checkpoint& head, const FeedFolder& held, const Hash& root) {
        const ShownTree tree(held, shown_);
        auto proof = prove_consistency(head.size, plan_.head.size, tree.nodes());
        if (!proof) return tl::unexpected(std::move(proof).error());
        return forked({head.size,
                       {bare_bytes(note, shown_.origin), head.root, {}},
                       {bare_bytes(plan_.latest, shown_.origin), root, *std::move(proof)}});
    }

    const Shelf& shelf_;
    const BundleFeed& shown_;
    MergeReport& report_;
    std::vector<Fork>& forks_;
    Plan plan_;
};

/// The own feed is behind what others hold: it was brought back from an old copy. What was acknowledged here
/// since must not contradict what others hold.
Result<void> check_restore(const Shelf& shelf, const Plan& plan, std::uint64_t held_size) {
    const auto found = Journal::read(shelf.feed_storage(plan.head.origin), held_size);
    if (!found) return tl::unexpected(found.error());
    for (std::uint64_t i = 0; i < found->entries.size() && held_size + i < plan.head.size; ++i) {
        if (found->leaves[i] == leaf_at(*plan.shown, held_size + i - plan.shown->first)) continue;
        return failure(
            {.message = fmt::format(
                 "the own feed '{}' has an entry {} here that is not the one that others hold and that "
                 "was signed: an old copy was brought back and written on. Save the folder, and begin "
                 "again from the others' copies",
                 plan.head.origin, held_size + i)});
    }
    return {};
}

/// Writes what a plan adds and puts the checkpoint under it.
Result<void> grow(Shelf& shelf, const Plan& plan, const Reader& reader) {
    shelf.make_feed_folder(plan.head.origin);
    auto feed = shelf.feed(plan.head.origin);
    if (!feed) return tl::unexpected(std::move(feed).error());
    auto at = feed->size();
    while (at < plan.head.size) {
        // Up to the end of a tile, so that no bundle is written twice.
        const auto end = std::min(plan.head.size, (at / entries_at_once + 1) * entries_at_once);
        std::vector<std::string> entries;
        std::vector<Hash> leaves;
        for (auto index = at; index < end; ++index) {
            entries.emplace_back(plan.shown->entries[index - plan.shown->first]);
            leaves.push_back(leaf_at(*plan.shown, index - plan.shown->first));
        }
        const auto head = feed->extend(entries, leaves);
        if (!head) return tl::unexpected(head.error());
        at = end;
    }
    if (plan.head.origin == reader.own_origin && reader.own_memory != nullptr) {
        const auto last = reader.own_memory->last(plan.head.origin);
        if (!last) return tl::unexpected(last.error());
        const auto size = *last ? (*last)->head.size : 0;
        if (size < plan.head.size) {
            const auto proof = feed->prove_extended_from(size);
            if (!proof) return tl::unexpected(proof.error());
            if (auto kept = reader.own_memory->advance(plan.latest, *proof); !kept) return kept;
        }
    }
    feed->seal(plan.latest);
    return {};
}

/// A witness's memory and the feed as it is held now contradict each other: the proof of it.
std::optional<Fork> fork_against_memory(const FeedFolder& feed, const SignedCheckpoint& remembered) {
    if (remembered.head.size > feed.size() || remembered.head.size == 0) return std::nullopt;
    const auto root = feed.root_at(remembered.head.size);
    const auto proof = feed.prove_from(remembered.head.size);
    if (!root || !proof || *root == remembered.head.root) return std::nullopt;
    return Fork{remembered.head.size,
                {bare_bytes(remembered.note, feed.origin()), remembered.head.root, {}},
                {bare_bytes(*feed.checkpoint(), feed.origin()), *root, *proof}};
}

void note_fork(Shelf& shelf, const Fork& fork, const std::string& origin, MergeReport& report) {
    if (shelf.keep_fork(fork)) report.forked.push_back(origin);
}

}  // namespace

Result<Bundle> parse_bundle_file(std::string_view bytes, const ExchangeLimits& limits) {
    if (bytes.size() > limits.bundle_bytes) {
        return failure(
            {.message = fmt::format("the bundle has {} bytes, more than the {} that are taken at once",
                                    bytes.size(), limits.bundle_bytes)});
    }
    return BundleReader(bytes, limits).read();
}

Result<void> write_bundle(const Shelf& shelf, const std::string& from,
                          std::span<const Shelf::Held> reader_has,
                          const std::function<void(std::string_view)>& write_piece) {
    BundleWriter out(write_piece);
    out.put(title);
    out.put(fmt::format("from {}\n", from));
    std::vector<FeedFolder> feeds;
    for (const auto& origin : shelf.origins()) {
        auto feed = shelf.feed(origin);
        if (!feed) return tl::unexpected(std::move(feed).error());
        if (!feed->checkpoint()) continue;
        out.put(fmt::format("have {} {}\n", origin, feed->size()));
        feeds.push_back(*std::move(feed));
    }
    for (const auto& feed : feeds) {
        const auto has = std::ranges::find(reader_has, feed.origin(), &Shelf::Held::origin);
        const auto first = has == reader_has.end() ? 0 : std::min(has->size, feed.size());
        if (auto written = write_feed(out, shelf, feed, first); !written) return written;
    }
    const auto forks = shelf.forks();
    if (!forks) return tl::unexpected(forks.error());
    for (const auto& kept : *forks) {
        const auto bytes = kept.fork.bytes();
        out.put(fmt::format("fork {}\n", bytes.size()));
        out.put(bytes);
    }
    out.finish();
    return {};
}

Result<std::vector<std::string>> cosign_all(Shelf& shelf, const Reader& reader, MergeReport& report) {
    std::vector<std::string> cosigned;
    if (reader.witness == nullptr) return cosigned;
    const auto forks = shelf.forks();
    if (!forks) return tl::unexpected(forks.error());
    for (const auto& origin : shelf.origins()) {
        auto feed = shelf.feed(origin);
        if (!feed) return tl::unexpected(std::move(feed).error());
        if (!feed->checkpoint()) continue;
        if (std::ranges::find(*forks, origin, &Shelf::KeptFork::origin) != forks->end()) {
            report.remarks.push_back(fmt::format("{}: it showed two histories, and is not cosigned", origin));
            continue;
        }
        const auto remembered = reader.witness->memory().last(origin);
        if (!remembered) return tl::unexpected(remembered.error());
        if (*remembered) {
            if (const auto fork = fork_against_memory(*feed, **remembered)) {
                note_fork(shelf, *fork, origin, report);
                continue;
            }
        }
        const auto size = *remembered ? (*remembered)->head.size : 0;
        if (size > feed->size()) {
            report.remarks.push_back(
                fmt::format("{}: {} entries of it were cosigned and {} are held here: its monitor asked for the "
                            "cosignature before it brought the entries, or an old copy was brought back; exchange again",
                            origin, size, feed->size()));
            continue;
        }
        const auto proof = feed->prove_from(size);
        if (!proof) return tl::unexpected(proof.error());
        const auto line = reader.witness->cosign(*feed->checkpoint(), *proof, reader.now);
        if (!line) return tl::unexpected(line.error());
        Note note = *feed->checkpoint();
        if (std::ranges::find(note.signatures, *line) != note.signatures.end()) continue;
        note.signatures.push_back(*line);
        if (auto kept = shelf.keep_cosigned(*feed, note); !kept)
            return tl::unexpected(std::move(kept).error());
        cosigned.push_back(origin);
    }
    return cosigned;
}

Result<MergeReport> merge_bundle(Shelf& shelf, const Bundle& bundle, const Reader& reader,
                                 const ExchangeLimits& limits) {
    MergeReport report;
    std::vector<Fork> forks;
    std::vector<Plan> plans;
    const auto known = shelf.origins();
    for (const auto& shown_feed : bundle.feeds) {
        if (std::ranges::find(known, shown_feed.origin) == known.end()) {
            report.remarks.push_back(fmt::format("{}: the policy does not name this feed; it is passed over",
                                                 shown(shown_feed.origin, 80)));
            continue;
        }
        auto plan = FeedCheck(shelf, shown_feed, report, forks).check();
        if (!plan) return tl::unexpected(std::move(plan).error());
        if (*plan) plans.push_back(**std::move(plan));
    }
    std::vector<std::pair<std::string, const Fork*>> shown_forks;
    for (const auto& fork : bundle.forks) {
        const auto origin = verify_fork(shelf.policy(), fork);
        if (origin) {
            shown_forks.emplace_back(*origin, &fork);
        } else {
            report.remarks.push_back(
                fmt::format("a proof of a fork does not hold: {}", origin.error().message));
        }
    }
    for (const auto& plan : plans) {
        if (!plan.grows || plan.head.origin != reader.own_origin) continue;
        const auto held = shelf.feed(plan.head.origin);
        if (!held) return tl::unexpected(held.error());
        if (auto may = check_restore(shelf, plan, held->size()); !may)
            return tl::unexpected(std::move(may).error());
    }

    // Everything holds; from here on only the disk can fail, and then merging again goes on.
    const auto kept_forks = shelf.forks();
    if (!kept_forks) return tl::unexpected(kept_forks.error());
    auto room = limits.forks - std::min(limits.forks, kept_forks->size());
    for (const auto& fork : forks) {
        const auto origin = verify_fork(shelf.policy(), fork);
        if (!origin) return tl::unexpected(origin.error());
        note_fork(shelf, fork, *origin, report);
    }
    for (const auto& [origin, fork] : shown_forks) {
        if (room-- == 0) break;
        note_fork(shelf, *fork, origin, report);
    }
    for (const auto& plan : plans) {
        auto before = shelf.feed(plan.head.origin);
        if (!before) return tl::unexpected(std::move(before).error());
        if (plan.grows) {
            if (auto grown = grow(shelf, plan, reader); !grown)
                return tl::unexpected(std::move(grown).error());
        }
        auto feed = shelf.feed(plan.head.origin);
        if (!feed) return tl::unexpected(std::move(feed).error());
        auto notes = plan.cosigned;
        notes.push_back(plan.latest);
        for (const auto& note : notes) {
            if (auto kept = shelf.keep_cosigned(*feed, note); !kept)
                return tl::unexpected(std::move(kept).error());
        }
        report.feeds.push_back({plan.head.origin, before->size(), feed->size(), false});
    }
    shelf.keep_peer(bundle.from, bundle.held);
    const auto cosigned = cosign_all(shelf, reader, report);
    if (!cosigned) return tl::unexpected(cosigned.error());
    for (auto& feed : report.feeds) {
        feed.cosigned = std::ranges::find(*cosigned, feed.origin) != cosigned->end();
    }
    return report;
}

}  // namespace truce::record
