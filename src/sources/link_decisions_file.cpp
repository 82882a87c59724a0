// SPDX-License-Identifier: Apache-2.0
#include "sources/link_decisions_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "base/text.h"
#include "sources/written_values.h"

namespace truce::sources {
namespace {

constexpr std::size_t fewest_digits = 12;
constexpr std::size_t most_digits = 64;

bool is_hash(std::string_view text) {
    return text.size() >= fewest_digits && text.size() <= most_digits &&
           std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

AccountRef read_ref(const YamlNode& node, Problems& problems) {
    AccountRef ref;
    Fields fields(node, "account", problems);
    ref.source = fields.text("source").value_or("");
    ref.key = fields.text("key").value_or("");
    const auto* raw = fields.value("raw");
    if (raw != nullptr) ref.raw = lower_ascii(text_of(*raw, "raw", problems).value_or(""));
    fields.finish();
    if (!node.is_mapping()) return ref;
    if (raw != nullptr) {
        if (!is_hash(ref.raw)) {
            problems.error(
                *raw, fmt::format("raw is the SHA-256 of a row, or its first twelve digits or more; found {}",
                                  raw->described()));
        }
        if (!ref.source.empty() || !ref.key.empty())
            problems.error(node, "an account is named by raw, or by source and key: not both");
    } else if (ref.source.empty() || ref.key.empty()) {
        problems.error(
            node,
            "an account is named by source and key ({source: ged, key: \"214797\"}) or by raw, the "
            "hash of its row");
    }
    return ref;
}

/// What stands for an account in a comparison of decisions.
std::string name_of(const AccountRef& ref) {
    return ref.raw.empty() ? ref.source + '\n' + ref.key : ref.raw.substr(0, fewest_digits);
}

class Reader {
public:
    explicit Reader(Problems& problems) : problems_(problems) {}

    std::vector<LinkDecision> read(const YamlNode& root) {
        Fields fields(root, "the file of decisions", problems_);
        check_format_version(fields, problems_);
        for (const auto* node : fields.list("decisions")) read_one(*node);
        fields.finish();
        return std::move(decisions_);
    }

private:
    void read_one(const YamlNode& node) {
        LinkDecision decision{.file = problems_.file, .line = node.line};
        Fields fields(node, "decision", problems_);
        const bool link = fields.has("link");
        const bool split = fields.has("split");
        if (node.is_mapping() && link == split)
            problems_.error(node, "a decision is either 'link' or 'split', with a list of accounts");
        decision.kind = split ? LinkDecision::Kind::split : LinkDecision::Kind::link;
        for (const std::string_view key : {"link", "split"}) {
            for (const auto* account : fields.list(key))
                decision.accounts.push_back(read_ref(*account, problems_));
        }
        decision.by = fields.text("by").value_or("");
        if (const auto* on = fields.value("date")) {
            const auto text = text_of(*on, "date", problems_);
            const auto day = text ? parse_day(*text) : Result<sys_days>(sys_days{});
            if (!day) problems_.error(*on, "date: " + day.error().message);
            if (text && day) decision.on = *day;
        }
        decision.why = fields.text("why").value_or("");
        fields.finish();
        if (link != split && decision.accounts.size() < 2)
            problems_.error(node, "a decision is about two accounts or more");
        note_pairs(node, decision);
        decisions_.push_back(std::move(decision));
    }

    /// Each two accounts are decided one way.
    void note_pairs(const YamlNode& node, const LinkDecision& decision) {
        const auto& accounts = decision.accounts;
        for (std::size_t i = 0; i < accounts.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                const auto names = std::minmax({name_of(accounts[i]), name_of(accounts[j])});
                if (names.first == names.second) {
                    problems_.error(node, "an account stands twice in one decision");
                    continue;
                }
                const auto [before, first] =
                    decided_.try_emplace({names.first, names.second}, decision.kind, node.line);
                if (!first && before->second.first != decision.kind) {
                    problems_.error(node,
                                    fmt::format("line {} says the opposite of two of these accounts: one of "
                                                "the two decisions has to go",
                                                before->second.second));
                }
            }
        }
    }

    Problems& problems_;
    std::vector<LinkDecision> decisions_;
    std::map<std::pair<std::string, std::string>, std::pair<LinkDecision::Kind, std::size_t>> decided_;
};

}  // namespace

std::vector<LinkDecision> read_link_decisions(const YamlNode& root, Problems& problems) {
    return Reader(problems).read(root);
}

LinkDecisionsReading read_link_decisions(std::string_view yaml, std::string_view file) {
    Problems problems{.file = std::string(file)};
    const auto reading = read_yaml(yaml);
    problems.add(reading);
    LinkDecisionsReading result;
    if (reading.root) result.decisions = read_link_decisions(*reading.root, problems);
    result.errors = std::move(problems.errors);
    result.warnings = std::move(problems.warnings);
    if (!result.errors.empty()) result.decisions.clear();
    return result;
}

}  // namespace truce::sources
