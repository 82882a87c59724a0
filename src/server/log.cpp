// SPDX-License-Identifier: Apache-2.0
#include "server/log.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace truce::server {

Log::Log(std::function<sys_seconds()> clock, Sink sink) : clock_(std::move(clock)), sink_(std::move(sink)) {
    if (!sink_) {
        sink_ = [](std::string_view line) { std::fwrite(line.data(), 1, line.size(), stderr); };
    }
}

void Log::write(std::string_view what, const Pairs& pairs) {
    nlohmann::ordered_json line{{"at", utc_text(clock_())}, {"what", what}};
    for (const auto& [name, value] : pairs) {
        if (!value.empty()) line[std::string(name)] = value;
    }
    const auto text = line.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace) + "\n";
    const std::lock_guard lock(mutex_);
    const auto at = std::ranges::lower_bound(counts_, what, {}, &std::pair<std::string, std::uint64_t>::first);
    if (at != counts_.end() && at->first == what) {
        ++at->second;
    } else {
        counts_.insert(at, {std::string(what), 1});
    }
    sink_(text);
}

std::vector<std::pair<std::string, std::uint64_t>> Log::counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
}

}  // namespace truce::server
