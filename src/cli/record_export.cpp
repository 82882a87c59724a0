// SPDX-License-Identifier: Apache-2.0
#include "cli/record_export.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cli/record_folder.h"
#include "record/storage.h"
#include "record/verify.h"

namespace truce::cli {
namespace {

namespace fs = std::filesystem;

/// A file for each entry and each proof: beyond this, choose.
constexpr std::uint64_t most_entries = 20'000;
constexpr std::size_t files_at_once = 512;

/// Entries [first, end).
struct Range {
    std::uint64_t first = 0;
    std::uint64_t end = record::largest_size;
};

Result<Range> parse_range(const std::string& text) {
    if (text.empty()) return Range{};
    const auto dash = text.find('-');
    const auto first = record::parse_count(text.substr(0, dash));
    const auto last = dash == std::string::npos ? first : record::parse_count(text.substr(dash + 1));
    if (!first || !last || *last < *first || *last == record::largest_size) {
        return failure({.message = fmt::format("'{}' are no entries; want a number, or two with a dash: 0-99",
                                               shown(text, 40))});
    }
    return Range{*first, *last + 1};
}

std::string html(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        switch (c) {
            case '<':
                safe += "&lt;";
                break;
            case '>':
                safe += "&gt;";
                break;
            case '&':
                safe += "&amp;";
                break;
            case '"':
                safe += "&quot;";
                break;
            default:
                safe += c;
        }
    }
    return safe;
}

/// What one feed's part of the page says.
struct FeedStory {
    std::string origin;
    std::string folder;
    std::uint64_t first = 0;
    std::uint64_t end = 0;
    std::vector<record::VerifiedCheckpoint> checkpoints;
};

std::string page(const record::Policy& policy, const std::vector<FeedStory>& stories, bool quorum_reached) {
    std::string text = R"(<!doctype html>
<html lang="en"><meta charset="utf-8"><title>What this folder holds, and how to check it</title>
<style>body{font:16px/1.5 serif;max-width:46em;margin:2em auto;padding:0 1em}code,td{font-size:90%;overflow-wrap:anywhere}table{border-collapse:collapse}td,th{border:1px solid #999;padding:.2em .5em;text-align:left;vertical-align:top}</style>
<h1>What this folder holds, and how to check it</h1>
<p>Monitors keep what was reported, and what each of them concluded, in a record that none of them can change afterwards without being found out. This folder
holds entries of that record, each with a proof. You can check the proofs yourself, without the program that made this folder and without asking its authors.</p>
<h2>To check</h2>
<ol><li>Take a computer with Linux, or another system with <code>bash</code>, the GNU core utilities and OpenSSL (1.1.1 or later). It needs no network.</li>
<li>Compare the keys in the table below with keys that you have from the monitors themselves: from their publications, or by telephone, character by character. Everything
rests on this step; the script cannot do it for you.</li>
<li>Open a terminal in this folder and type <code>bash verify.sh</code>.</li>
<li>The last line must begin with <code>VERIFIED</code>. If a single character of an entry, of a proof or of a signature was changed, it says <code>NOT VERIFIED</code>, and where.</li></ol>
<h2>What is shown when it is verified</h2>
<ul><li>Each file <code>NUMBER.entry</code> is, to the last byte, the entry with that number in the feed of the monitor whose folder it lies in.</li>
<li>The monitor signed a list (the checkpoint) in which this entry stands at that place. Its signature cannot be made without its private key.</li>
<li>Those who cosigned had, at the time they state, seen this list and no list of that monitor that contradicts it.</li></ul>
<h2>What is not shown</h2>
<ul><li>That what an entry says is true. It shows who said it and that it was not changed since.</li>
<li>When an entry was written. It was written before the earliest time at which another monitor cosigned a list that holds it; the times within an entry are its author's claim.</li>
<li>That there are no other entries. The monitors' records are longer; entries were chosen for this folder.</li></ul>
<h2>What is here</h2>
<table><tr><th>feed<th>folder<th>entries<th>cosigned</tr>
)";
    for (const auto& story : stories) {
        std::vector<std::string> cosigned;
        for (const auto& checkpoint : story.checkpoints) {
            for (const auto& cosigner : checkpoint.cosigners) {
                cosigned.push_back(fmt::format("{} at {} (the first {} entries)", html(cosigner.name),
                                               time_text(cosigner.at), checkpoint.head.size));
            }
        }
        text += fmt::format("<tr><td>{}<td>{}<td>{} to {}<td>{}</tr>\n", html(story.origin),
                            html(story.folder), story.first, story.end - 1, fmt::join(cosigned, "<br>"));
    }
    text += "</table>\n<h2>The keys</h2>\n<table><tr><th>whose<th>key</tr>\n";
    for (const auto& log : policy.logs) {
        text += fmt::format("<tr><td>{}<td><code>{}</code></tr>\n", html(log.key.name), html(log.key.text()));
    }
    for (const auto& witness : policy.witnesses) {
        text += fmt::format("<tr><td>{} as witness<td><code>{}</code></tr>\n", html(witness.name),
                            html(witness.key.text()));
    }
    text += "</table>\n";
    if (!quorum_reached) {
        text +=
            "<p><strong>Not everyone who is to stand behind the record has cosigned all of these entries "
            "yet.</strong> "
            "<code>bash verify.sh</code> therefore says NOT VERIFIED; <code>ALLOW_MISSING_QUORUM=1 bash "
            "verify.sh</code> "
            "checks the rest.</p>\n";
    }
    text += R"(<h2>How it works</h2>
<p>SHA-256 makes of any bytes a number of 64 digits, which nobody can make other bytes for. Each entry's number is joined with its neighbour's and hashed again, and so on, until one number is left for
the whole feed: the root. The monitor signs the root. A proof holds the neighbours on the way up, so that anyone can hash from the entry to the root and compare. The forms are public and not ours:
RFC 6962 for the tree, and C2SP's <code>signed-note</code>, <code>tlog-checkpoint</code>, <code>tlog-cosignature</code>, <code>tlog-proof</code> and <code>tlog-policy</code> (c2sp.org), so that
other programs check them too.</p>
</html>
)";
    return text;
}

bool is_empty_or_missing(const fs::path& folder) {
    std::error_code fault;
    return !fs::exists(folder) || (fs::is_directory(folder) && fs::is_empty(folder, fault));
}

/// Writes the entries of a feed and their proofs.
Result<FeedStory> write_feed(const record::Shelf& shelf, const record::FeedFolder& feed, Range range,
                             record::DurableWriter& writer, bool& quorum_reached) {
    FeedStory story{feed.origin(),
                    record::folder_name_of(feed.origin()),
                    range.first,
                    std::min(range.end, feed.size()),
                    {}};
    std::vector<record::NamedBytes> files;
    std::vector<std::string> seen;
    const auto visited =
        feed.visit(story.first, story.end, [&](std::uint64_t index, std::string_view entry) -> Result<void> {
            const auto proof = proof_of(shelf, feed, index);
            if (!proof) return tl::unexpected(proof.error());
            if (std::ranges::find(seen, proof->checkpoint) == seen.end()) {
                seen.push_back(proof->checkpoint);
                const auto verified = record::verify_signatures(shelf.policy(), proof->checkpoint);
                if (!verified) return tl::unexpected(verified.error());
                story.checkpoints.push_back(*verified);
                quorum_reached = quorum_reached &&
                                 record::verify_checkpoint(shelf.policy(), proof->checkpoint).has_value();
            }
            files.push_back({fmt::format("{}/{}.entry", story.folder, index), std::string(entry)});
            files.push_back({fmt::format("{}/{}.tlog-proof", story.folder, index), proof->bytes()});
            if (files.size() < files_at_once) return {};
            writer.write(files);
            files.clear();
            return {};
        });
    if (!visited) return tl::unexpected(visited.error());
    writer.write(files);
    return story;
}

}  // namespace

Result<record::EntryProof> proof_of(const record::Shelf& shelf, const record::FeedFolder& feed,
                                    std::uint64_t index) {
    const auto agreed = shelf.agreed_checkpoint(feed);
    if (!agreed) return tl::unexpected(agreed.error());
    if (*agreed && index < (*agreed)->head.size) return feed.prove(index, **agreed);
    return feed.prove(index);
}

Result<std::string> write_export(const record::Shelf& shelf, const ExportRequest& request) {
    const auto range = parse_range(request.entries);
    if (!range) return tl::unexpected(range.error());
    auto origins = shelf.origins();
    if (!request.feed.empty()) {
        const auto named = feed_named(shelf, request.feed);
        if (!named) return tl::unexpected(named.error());
        origins = {*named};
    }
    std::vector<record::FeedFolder> feeds;
    std::uint64_t count = 0;
    for (const auto& origin : origins) {
        auto feed = shelf.feed(origin);
        if (!feed) return tl::unexpected(std::move(feed).error());
        if (feed->size() <= range->first) continue;
        count += std::min(range->end, feed->size()) - range->first;
        feeds.push_back(*std::move(feed));
    }
    if (feeds.empty()) return failure({.message = "there is no such entry"});
    if (count > most_entries) {
        return failure({.message = fmt::format(
                            "{} entries are more than the {} that one export takes; choose with --feed "
                            "and --entries",
                            count, most_entries)});
    }
    if (!is_empty_or_missing(request.out)) {
        return failure({.message = "the folder is not empty", .file = request.out});
    }
    fs::create_directories(request.out);
    record::Disk disk(request.out, record::Disk::Access::read);
    record::DurableWriter writer(disk);
    std::vector<FeedStory> stories;
    bool quorum_reached = true;
    for (const auto& feed : feeds) {
        auto story = write_feed(shelf, feed, *range, writer, quorum_reached);
        if (!story) return tl::unexpected(std::move(story).error());
        stories.push_back(*std::move(story));
    }
    writer.write("policy", shelf.policy().text());
    writer.write("verify.sh", verify_script());
    writer.write("README.html", page(shelf.policy(), stories, quorum_reached));
    return fmt::format(
        "{}: {} entries with their proofs; README.html says what they show, bash verify.sh checks them\n{}",
        request.out, count,
        quorum_reached ? "" : "the quorum of the policy is not reached for all of them yet\n");
}

}  // namespace truce::cli
