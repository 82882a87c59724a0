// SPDX-License-Identifier: Apache-2.0
// One who is asked, for tests: takes one connection on this machine, and answers what it was told to.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mutex>
#include <string>
#include <thread>

#include "server/client.h"

namespace truce::server {

class TestReceiver {
public:
    static constexpr const char* silent = "silent";

    explicit TestReceiver(std::string answer) : answer_(std::move(answer)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in here{};
        here.sin_family = AF_INET;
        here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof here;
        auto* address = reinterpret_cast<sockaddr*>(&here);
        if (::bind(listener_, address, size) != 0 || ::listen(listener_, 1) != 0 || ::getsockname(listener_, address, &size) != 0) std::abort();
        port_ = ntohs(here.sin_port);
        thread_ = std::thread([this] { serve(); });
    }
    TestReceiver(const TestReceiver&) = delete;
    TestReceiver& operator=(const TestReceiver&) = delete;
    ~TestReceiver() {
        ::shutdown(listener_, SHUT_RDWR);
        thread_.join();
        ::close(listener_);
    }

    [[nodiscard]] WebAddress address() const { return {.secure = false, .host = "127.0.0.1", .port = port_, .path = {}}; }
    /// What came in, once the answer is given.
    [[nodiscard]] std::string request() const {
        const std::scoped_lock lock(mutex_);
        return request_;
    }

private:
    void serve() {
        const int peer = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (peer < 0) return;
        std::string got(4096, '\0');
        const auto count = ::recv(peer, got.data(), got.size(), 0);
        got.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
        {
            const std::scoped_lock lock(mutex_);
            request_ = got;
        }
        if (answer_ == silent) {
            pollfd end{peer, POLLIN, 0};
            ::poll(&end, 1, 5000);
        } else {
            (void)!::send(peer, answer_.data(), answer_.size(), MSG_NOSIGNAL);
        }
        ::close(peer);
    }

    std::string answer_;
    int listener_;
    std::uint16_t port_ = 0;
    mutable std::mutex mutex_;
    std::string request_;
    std::thread thread_;
};

}  // namespace truce::server
