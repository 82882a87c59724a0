// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace truce::server {

/// What happened, one JSON object a line: `{"at":"2016-05-04T00:01:00Z","what":"session.begun","person":"p12..."}`.
///
/// For whoever runs the server. Holds ids, counts, routes as they are written in the program, and the servers that the settings name;
/// no names or addresses of people, no query, no body, nothing that a person typed. What is written is escaped, so that nobody can write a line of their own into it.
class Log {
public:
    using Sink = std::function<void(std::string_view line)>;  ///< takes one line with its line feed
    /// Writes to the standard error where no sink is given.
    explicit Log(std::function<sys_seconds()> clock, Sink sink = {});

    using Pairs = std::vector<std::pair<std::string_view, std::string_view>>;
    void write(std::string_view what, const Pairs& pairs = {});
    /// How many lines were written, by what they say.
    [[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> counts() const;

private:
    std::function<sys_seconds()> clock_;
    Sink sink_;
    mutable std::mutex mutex_;
    std::vector<std::pair<std::string, std::uint64_t>> counts_;  // sorted by name
};

}  // namespace truce::server
