// SPDX-License-Identifier: Apache-2.0
// Entries of the record, and the strict JSON under them. What is read must be written again as the same
// bytes.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "base/canonical_json.h"
#include "record/disclosure.h"
#include "record/entry.h"
#include "record/key.h"
#include "record/state.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto json = truce::parse_strict_json(text)) {
        const auto canonical = truce::canonical_json(*json);
        if (canonical && truce::parse_canonical_json(*canonical).has_value() == false) std::abort();
    }
    if (const auto entry = truce::record::parse_entry(text)) {
        const bool known = !std::holds_alternative<truce::record::UnknownKind>(entry->body);
        if (known && truce::record::entry_bytes(*entry).value() != text) std::abort();
    }
    if (const auto disclosure = truce::record::parse_disclosure(text)) {
        if (truce::record::parse_disclosure(disclosure->encoded()).value() != *disclosure) std::abort();
    }
    static_cast<void>(truce::record::read_card(text));
    // Lines as the entries of a feed: whatever they say, they come to a state, and the same one twice.
    std::vector<std::string_view> lines;
    std::string_view rest = text;
    while (!rest.empty() && lines.size() < 50) {
        const auto end = rest.find('\n');
        lines.push_back(rest.substr(0, end));
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    const std::vector feeds{truce::record::HeldFeed{.origin = "m.example/a", .entries = lines}};
    if (truce::record::state_digest(truce::record::state_of(feeds)) !=
        truce::record::state_digest(truce::record::state_of(feeds)))
        std::abort();
    return 0;
}
