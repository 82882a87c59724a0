// SPDX-License-Identifier: Apache-2.0
#include "report/earlier.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>

namespace truce::report {
namespace {

using Json = nlohmann::json;

/// The value at a path of member names, or nothing.
const Json* at(const Json& root, std::initializer_list<const char*> path) {
    const Json* node = &root;
    for (const auto* name : path) {
        if (!node->is_object()) return nullptr;
        const auto found = node->find(name);
        if (found == node->end()) return nullptr;
        node = &*found;
    }
    return node;
}

tl::unexpected<Error> missing(std::string_view what) {
    return failure({.message = fmt::format(
                        "this is no assessment.json of truce assess: {} is not there; name the file that an "
                        "earlier run wrote",
                        what)});
}

std::optional<std::uint64_t> count_at(const Json& root, std::initializer_list<const char*> path) {
    const auto* node = at(root, path);
    return node != nullptr && node->is_number_unsigned() ? std::optional(node->get<std::uint64_t>())
                                                         : std::nullopt;
}

std::optional<sys_days> day_at(const Json& root, std::initializer_list<const char*> path) {
    const auto* node = at(root, path);
    if (node == nullptr || !node->is_string()) return std::nullopt;
    const auto day = parse_day(node->get<std::string>());
    return day ? std::optional(*day) : std::nullopt;
}

constexpr std::array changes{std::pair{"fell", analysis::Change::fell},
                             std::pair{"rose", analysis::Change::rose},
                             std::pair{"no_clear_change", analysis::Change::no_clear_change},
                             std::pair{"cannot_be_estimated", analysis::Change::cannot_be_estimated}};

}  // namespace

Result<Earlier> parse_earlier(std::string_view assessment_json) {
    const Json root = Json::parse(assessment_json, nullptr, false);
    if (root.is_discarded() || !root.is_object()) return missing("a JSON object");
    Earlier earlier;
    const auto first = day_at(root, {"period", "first"});
    const auto last = day_at(root, {"period", "last"});
    if (!first || !last) return missing("period");
    earlier.days = {*first, *last};
    const auto assessed = count_at(root, {"accounting", "incidents_assessed"});
    if (!assessed) return missing("accounting.incidents_assessed");
    earlier.assessed = *assessed;
    for (std::size_t v = 0; v < earlier.verdicts.size(); ++v) {
        const auto name = std::string(truce::name_of(static_cast<Verdict>(v)));
        const auto count = count_at(root, {"incidents_by_verdict", "all", name.c_str()});
        if (!count) return missing("incidents_by_verdict.all." + name);
        earlier.verdicts[v] = *count;
    }
    const auto low = count_at(root, {"tolls", "all", "killed", "low"});
    const auto best = count_at(root, {"tolls", "all", "killed", "best"});
    const auto high = count_at(root, {"tolls", "all", "killed", "high"});
    if (!low || !best || !high || *high > UINT32_MAX || *low > UINT32_MAX || *best > UINT32_MAX)
        return missing("tolls.all.killed");
    earlier.killed = {static_cast<std::uint32_t>(*low), static_cast<std::uint32_t>(*best),
                      static_cast<std::uint32_t>(*high)};
    if (const auto* sizes = at(root, {"record", "sizes"}); sizes != nullptr && sizes->is_object()) {
        auto& record = earlier.record.emplace();
        for (const auto& [origin, size] : sizes->items()) {
            if (!size.is_number_unsigned()) return missing("record.sizes." + origin);
            record.sizes.emplace_back(origin, size.get<std::uint64_t>());
        }
        const auto* state = at(root, {"record", "state_sha256"});
        if (state == nullptr || !state->is_string()) return missing("record.state_sha256");
        record.state = state->get<std::string>();
    }
    const auto* change = at(root, {"trends", "incidents", "pre_truce_window_set_apart", "change"});
    if (change == nullptr || !change->is_string())
        return missing("trends.incidents.pre_truce_window_set_apart.change");
    for (const auto& [name, value] : changes) {
        if (change->get<std::string>() == name) {
            earlier.change = value;
            return earlier;
        }
    }
    return failure({.message = fmt::format(
                        "trends.incidents.pre_truce_window_set_apart.change is '{}'; want fell, rose, "
                        "no_clear_change or cannot_be_estimated",
                        change->get<std::string>())});
}

}  // namespace truce::report
