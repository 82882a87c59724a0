// SPDX-License-Identifier: Apache-2.0
#include "cli/interrupt.h"

#include <unistd.h>
#include <csignal>

#include <array>
#include <atomic>
#include <cstring>
#include <string>

namespace truce::cli {
namespace {

// A signal handler may neither lock nor allocate: the paths lie in fixed places, each with a state of its
// own.
constexpr std::size_t most = 64;
enum class State : int { free, filling, kept };
struct Slot {
    std::atomic<State> state{State::free};
    std::array<char, 4096> path{};
};
std::array<Slot, most> slots;
static_assert(std::atomic<State>::is_always_lock_free);

void remove_and_end(int signal) {
    for (auto& slot : slots) {
        if (slot.state.load() == State::kept) ::unlink(slot.path.data());
    }
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

}  // namespace

void clean_up_when_interrupted() {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, remove_and_end);
    // A full file-size limit is to be an error of the write, not the end of the program.
    std::signal(SIGXFSZ, SIG_IGN);
    std::signal(SIGPIPE, SIG_IGN);
}

void remember_temporary(const std::filesystem::path& path) {
    const auto text = path.string();
    for (auto& slot : slots) {
        if (text.size() >= slot.path.size()) return;
        auto expected = State::free;
        if (!slot.state.compare_exchange_strong(expected, State::filling)) continue;
        std::memcpy(slot.path.data(), text.c_str(), text.size() + 1);
        slot.state.store(State::kept);
        return;
    }
}

void forget_temporary(const std::filesystem::path& path) {
    const auto text = path.string();
    for (auto& slot : slots) {
        if (slot.state.load() == State::kept && text == slot.path.data()) slot.state.store(State::free);
    }
}

}  // namespace truce::cli
