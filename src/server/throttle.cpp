// SPDX-License-Identifier: Apache-2.0
#include "server/throttle.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace truce::server {
namespace {

constexpr double free_for_a_pair = 5;
constexpr double free_for_one = 50;
constexpr std::chrono::seconds first_wait{30};
constexpr std::chrono::seconds longest_wait = std::chrono::minutes(15);
constexpr std::chrono::seconds longest_wait_for_one{60};
constexpr double half_life_seconds = 600;

std::string pair_key(std::string_view name, std::string_view place) {
    return lower_ascii(name.substr(0, 200)) + '\n' + std::string(place.substr(0, 64));
}

std::chrono::seconds wait_after(double failures, double free, std::chrono::seconds longest) {
    if (failures < free) return std::chrono::seconds{0};
    const double doubled = std::ldexp(static_cast<double>(first_wait.count()), static_cast<int>(std::min(failures - free, 20.0)));
    return std::min(longest, std::chrono::seconds(static_cast<std::int64_t>(doubled)));
}

}  // namespace

double Throttle::left(const Count& count, sys_seconds now) {
    const auto gone = static_cast<double>(std::max((now - count.last).count(), std::chrono::seconds::rep{0}));
    return count.failures * std::exp2(-gone / half_life_seconds);
}

std::chrono::seconds Throttle::wait(std::string_view name, std::string_view place, sys_seconds now) const {
    std::chrono::seconds longest{0};
    const auto look = [&](const Counts& counts, std::string_view key, double free, std::chrono::seconds most) {
        const auto found = counts.find(key);
        if (found == counts.end()) return;
        // The wait is fixed by the failures at the last one, so that it comes to an end.
        const auto until = found->second.last + wait_after(found->second.failures, free, most);
        if (until > now) longest = std::max(longest, until - now);
    };
    look(pairs_, pair_key(name, place), free_for_a_pair, longest_wait);
    look(names_, lower_ascii(name.substr(0, 200)), free_for_one, longest_wait_for_one);
    look(places_, place.substr(0, 64), free_for_one, longest_wait_for_one);
    return longest;
}

void Throttle::add(Counts& counts, const std::string& key, sys_seconds now) const {
    auto& count = counts[key];
    count.failures = left(count, now) + 1;
    count.last = now;
    if (counts.size() > most_) {
        counts.erase(std::ranges::min_element(counts, {}, [](const auto& one) { return one.second.last; }));
    }
}

void Throttle::failed(std::string_view name, std::string_view place, sys_seconds now) {
    add(pairs_, pair_key(name, place), now);
    add(names_, lower_ascii(name.substr(0, 200)), now);
    add(places_, std::string(place.substr(0, 64)), now);
}

void Throttle::succeeded(std::string_view name, std::string_view place) { pairs_.erase(pair_key(name, place)); }

}  // namespace truce::server
