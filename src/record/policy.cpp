// SPDX-License-Identifier: Apache-2.0
#include "record/policy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <span>
#include <utility>

#include "base/text.h"
#include "record/checkpoint.h"

namespace truce::record {
namespace {

std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    std::size_t at = 0;
    while (true) {
        at = line.find_first_not_of(" \t", at);
        if (at == std::string_view::npos) return words;
        const auto end = std::min(line.find_first_of(" \t", at), line.size());
        words.push_back(line.substr(at, end - at));
        at = end;
    }
}

/// Reads a policy line by line, and remembers what names are taken.
class PolicyReader {
public:
    /// Nothing, or what is wrong with the line.
    std::string read(const std::vector<std::string_view>& words) {
        if (words[0] == "log") return log(words);
        if (words[0] == "witness") return witness(words);
        if (words[0] == "group") return group(words);
        if (words[0] == "quorum") return quorum(words);
        return fmt::format("'{}' is no keyword; want log, witness, group or quorum", shown(words[0], 40));
    }
    bool has_quorum() const { return has_quorum_; }
    Policy policy;

private:
    std::string log(const std::vector<std::string_view>& words) {
        if (words.size() != 2 && words.size() != 3) return "want 'log KEY [URL]'";
        auto key = parse_verifier_key(words[1]);
        if (!key) return key.error().message;
        if (key->type != KeyType::ed25519) return "a log's key must be of type 01";
        if (!keys_.insert(key->text()).second) return "this key was listed before";
        policy.logs.push_back({*std::move(key), words.size() == 3 ? std::string(words[2]) : std::string{}});
        return {};
    }

    std::string witness(const std::vector<std::string_view>& words) {
        if (words.size() != 3 && words.size() != 4) return "want 'witness NAME KEY [URL]'";
        if (auto wrong = define(words[1]); !wrong.empty()) return wrong;
        auto key = parse_verifier_key(words[2]);
        if (!key) return key.error().message;
        if (key->type != KeyType::cosignature) return "a witness's key must be of type 04";
        if (!keys_.insert(key->text()).second)
            return "this key was listed before: one voice would count twice";
        policy.witnesses.push_back({std::string(words[1]), *std::move(key),
                                    words.size() == 4 ? std::string(words[3]) : std::string{}});
        return {};
    }

    std::string group(const std::vector<std::string_view>& words) {
        if (words.size() < 4) return "want 'group NAME all|any|NUMBER MEMBER...'";
        Policy::Group group{std::string(words[1]), 1, {}};
        for (const auto member : std::span(words).subspan(3)) {
            if (!defined_.contains(std::string(member))) {
                return fmt::format("'{}' was not defined before this line", shown(member, 40));
            }
            if (!used_.insert(std::string(member)).second) {
                return fmt::format("'{}' stands in a group already", shown(member, 40));
            }
            group.members.emplace_back(member);
        }
        if (words[2] == "all") {
            group.wanted = group.members.size();
        } else if (words[2] != "any") {
            const auto wanted = parse_count(words[2]);
            if (!wanted || *wanted < 1 || *wanted > group.members.size()) {
                return fmt::format("'{}' of {} members cannot agree; want all, any, or a number from 1 to {}",
                                   shown(words[2], 20), group.members.size(), group.members.size());
            }
            group.wanted = static_cast<std::size_t>(*wanted);
        }
        if (auto wrong = define(words[1]); !wrong.empty()) return wrong;
        policy.groups.push_back(std::move(group));
        return {};
    }

    std::string quorum(const std::vector<std::string_view>& words) {
        if (words.size() != 2) return "want 'quorum NAME' or 'quorum none'";
        if (has_quorum_) return "there is a quorum line already";
        has_quorum_ = true;
        if (words[1] == "none") return {};
        if (!defined_.contains(std::string(words[1]))) {
            return fmt::format("'{}' was not defined before this line", shown(words[1], 40));
        }
        policy.quorum = words[1];
        return {};
    }

    std::string define(std::string_view name) {
        if (name == "none") return "'none' cannot be a name";
        if (!defined_.insert(std::string(name)).second) {
            return fmt::format("'{}' is defined twice", shown(name, 40));
        }
        return {};
    }

    std::set<std::string> defined_;
    std::set<std::string> used_;
    std::set<std::string> keys_;
    bool has_quorum_ = false;
};

const Policy::Group* group_named(const Policy& policy, std::string_view name) {
    const auto found = std::ranges::find(policy.groups, name, &Policy::Group::name);
    return found == policy.groups.end() ? nullptr : &*found;
}

bool agrees(const Policy& policy, const std::string& name, const std::vector<std::string>& agreeing) {
    const auto* group = group_named(policy, name);
    if (group == nullptr) return std::ranges::find(agreeing, name) != agreeing.end();
    const auto count = std::ranges::count_if(
        group->members, [&](const auto& member) { return agrees(policy, member, agreeing); });
    return static_cast<std::size_t>(count) >= group->wanted;
}

void name_missing(const Policy& policy, const std::string& name, const std::vector<std::string>& agreeing,
                  std::vector<std::string>& parts) {
    if (agrees(policy, name, agreeing)) return;
    const auto* group = group_named(policy, name);
    if (group == nullptr) {
        parts.push_back(name);
        return;
    }
    std::vector<std::string> open;
    for (const auto& member : group->members) {
        if (!agrees(policy, member, agreeing)) open.push_back(member);
    }
    const auto wanted = group->wanted - (group->members.size() - open.size());
    if (wanted == open.size()) {
        for (const auto& member : open) name_missing(policy, member, agreeing, parts);
    } else {
        parts.push_back(fmt::format("{} of {}", wanted, fmt::join(open, ", ")));
    }
}

}  // namespace

bool Policy::quorum_reached(const std::vector<std::string>& agreeing) const {
    return quorum.empty() || agrees(*this, quorum, agreeing);
}

std::string Policy::missing(const std::vector<std::string>& agreeing) const {
    std::vector<std::string> parts;
    if (!quorum.empty()) name_missing(*this, quorum, agreeing, parts);
    return fmt::format("{}", fmt::join(parts, " and "));
}

std::string Policy::text() const {
    const auto with_url = [](const std::string& url) { return url.empty() ? url : " " + url; };
    std::string text;
    for (const auto& log : logs) text += fmt::format("log {}{}\n", log.key.text(), with_url(log.url));
    for (const auto& witness : witnesses) {
        text += fmt::format("witness {} {}{}\n", witness.name, witness.key.text(), with_url(witness.url));
    }
    for (const auto& group : groups) {
        const auto wanted =
            group.wanted == group.members.size() ? std::string("all") : std::to_string(group.wanted);
        text += fmt::format("group {} {} {}\n", group.name, wanted, fmt::join(group.members, " "));
    }
    return text + fmt::format("quorum {}\n", quorum.empty() ? "none" : quorum);
}

Result<Policy> parse_policy(std::string_view text) {
    PolicyReader reader;
    std::size_t number = 0;
    for (std::size_t at = 0; at < text.size();) {
        ++number;
        const auto end = std::min(text.find('\n', at), text.size());
        const auto words = words_of(text.substr(at, end - at));
        at = end + 1;
        if (words.empty() || words[0].starts_with('#')) continue;
        if (auto wrong = reader.read(words); !wrong.empty()) {
            return failure({.message = std::move(wrong), .line = number});
        }
    }
    if (!reader.has_quorum()) {
        return failure({.message = "the policy has no quorum line; 'quorum none' asks for no witness"});
    }
    return std::move(reader.policy);
}

}  // namespace truce::record
