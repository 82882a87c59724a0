// SPDX-License-Identifier: Apache-2.0
// Drives a running `truce serve` open loop: each request has a time at which it is to go out, and its delay counts from that
// time, so that a server that stalls cannot hide it by slowing its caller down. bench/load.py starts the server and runs this.
#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <deque>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;
constexpr auto longest_wait = std::chrono::seconds(30);  // for answers that are still missing when the last request is out

struct Asked {
    std::uint16_t port = 0;
    std::string path = "/health";
    std::string cookie;
    double rate = 200;
    double seconds = 10;
    std::size_t connections = 4000;
    std::string run = "load";
    std::string acknowledged;
    std::string disk;
    int subscribers = 0;
};

// --- delays ---

class Delays {
public:
    void add(Clock::duration delay) { values_.push_back(Milliseconds(delay).count()); }
    [[nodiscard]] std::size_t count() const { return values_.size(); }
    /// The delay that `share` of all do not exceed, in milliseconds; 0 where there is none.
    [[nodiscard]] double at(double share) {
        if (values_.empty()) return 0;
        std::ranges::sort(values_);
        const auto place = static_cast<std::size_t>(share * static_cast<double>(values_.size()));
        return values_[std::min(place, values_.size() - 1)];
    }
    [[nodiscard]] std::string json() {
        return fmt::format(R"("p50_ms": {:.2f}, "p99_ms": {:.2f}, "max_ms": {:.2f})", at(0.5), at(0.99), at(1));
    }

private:
    std::vector<double> values_;
};

// --- sockets ---

[[noreturn]] void fail(std::string_view what) {
    throw std::runtime_error(fmt::format("{}: {}", what, std::generic_category().message(errno)));
}

/// A socket that does not block and is being connected to this machine's `port`.
int connecting_socket(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) fail("socket");
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 && errno != EINPROGRESS) fail("connect");
    return fd;
}

class Poll {
public:
    Poll() : fd_(::epoll_create1(EPOLL_CLOEXEC)) {
        if (fd_ < 0) fail("epoll_create1");
    }
    ~Poll() { ::close(fd_); }
    Poll(const Poll&) = delete;
    Poll& operator=(const Poll&) = delete;
    /// Tells of each change of `fd` under `number`.
    void add(int fd, std::size_t number) {
        epoll_event wanted{};
        wanted.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
        wanted.data.u64 = number;
        if (::epoll_ctl(fd_, EPOLL_CTL_ADD, fd, &wanted) != 0) fail("epoll_ctl");
    }
    /// The numbers of the sockets that something happened to, within `patience`.
    [[nodiscard]] std::vector<std::size_t> wait(std::chrono::milliseconds patience) {
        std::array<epoll_event, 512> happened{};
        const int count = ::epoll_wait(fd_, happened.data(), happened.size(), static_cast<int>(patience.count()));
        std::vector<std::size_t> numbers;
        for (int i = 0; i < count; ++i) numbers.push_back(happened[static_cast<std::size_t>(i)].data.u64);
        return numbers;
    }

private:
    int fd_;
};

/// Takes in what there is to read. Returns false where the other side has closed.
bool read_into(std::string& in, int fd) {
    std::array<char, 16384> buffer{};
    while (true) {
        const auto got = ::recv(fd, buffer.data(), buffer.size(), 0);
        if (got > 0) {
            in.append(buffer.data(), static_cast<std::size_t>(got));
            continue;
        }
        return got < 0 && (errno == EAGAIN || errno == ENOTCONN);
    }
}

/// Writes what the socket takes of `out` and removes it from there.
void write_from(std::string& out, int fd) {
    while (!out.empty()) {
        const auto sent = ::send(fd, out.data(), out.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;
        out.erase(0, static_cast<std::size_t>(sent));
    }
}

// --- requests ---

/// The status of an answer that is there as a whole; nothing where bytes are missing.
std::optional<int> whole_answer(std::string_view in) {
    const auto end = in.find("\r\n\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    constexpr std::string_view field = "Content-Length: ";
    const auto at = in.substr(0, end).find(field);
    std::int64_t length = 0;
    if (at != std::string_view::npos) {
        const auto value = in.substr(at + field.size());
        length = truce::parse_integer(value.substr(0, value.find('\r'))).value_or(0);
    }
    if (in.size() < end + 4 + static_cast<std::size_t>(length)) return std::nullopt;
    return static_cast<int>(truce::parse_integer(in.substr(9, 3)).value_or(0));
}

std::string key_of(const Asked& asked, std::size_t number) { return fmt::format("{}-{:012}", asked.run, number); }

std::string request_text(const Asked& asked, std::size_t number) {
    const auto cookie = asked.cookie.empty() ? std::string() : fmt::format("Cookie: {}\r\n", asked.cookie);
    if (asked.acknowledged.empty()) return fmt::format("GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\n{}\r\n", asked.path, cookie);
    const auto body = fmt::format(
        R"({{"when":{{"start":"2016-{:02}-{:02}T{:02}:{:02}"}},"place":{{"lat":{:.4f},"lon":{:.4f},"name":"Salah al-Din"}},)"
        R"("act":"attack.shelling","attacker":"sy-government","what":"Shells fell near the market; report {} of this run.",)"
        R"("killed":{{"low":0,"best":1,"high":2}}}})",
        1 + number / 28 % 12, 1 + number % 28, number % 24, number % 60, 35.0 + static_cast<double>(number * 7919 % 20000) / 1e4,
        37.0 + static_cast<double>(number * 104729 % 30000) / 1e4, number);
    return fmt::format(
        "POST /api/accounts HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nOrigin: http://127.0.0.1:{}\r\nX-Truce: 1\r\n{}Idempotency-Key: {}\r\n"
        "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
        asked.port, asked.port, cookie, key_of(asked, number), body.size(), body);
}

/// Sends requests at their times over connections that are kept, as many as it takes.
class OpenLoop {
public:
    explicit OpenLoop(const Asked& asked) : asked_(asked), total_(static_cast<std::size_t>(asked.rate * asked.seconds)) {
        if (!asked.acknowledged.empty()) acknowledged_.open(asked.acknowledged);
    }

    /// Runs to the last answer and returns what came of it, as JSON.
    std::string run() {
        began_ = Clock::now();
        const auto end = began_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(asked_.seconds)) + longest_wait;
        while (answered_ < total_ && Clock::now() < end) {
            send_what_is_due();
            for (const auto number : poll_.wait(std::chrono::milliseconds(1))) serve(number);
        }
        statuses_[0] += total_ - answered_;
        return summary();
    }

private:
    struct Connection {
        int fd = -1;
        std::string in;
        std::string out;
        std::optional<std::size_t> request;
    };

    [[nodiscard]] Clock::time_point due(std::size_t request) const {
        return began_ + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(static_cast<double>(request) / asked_.rate));
    }

    void send_what_is_due() {
        for (const auto now = Clock::now(); next_ < total_ && due(next_) <= now; ++next_) {
            const auto number = free_connection();
            if (!number) return;
            auto& connection = connections_[*number];
            connection.request = next_;
            connection.out = request_text(asked_, next_);
            write_from(connection.out, connection.fd);
        }
    }

    std::optional<std::size_t> free_connection() {
        if (!free_.empty()) {
            const auto number = free_.back();
            free_.pop_back();
            return number;
        }
        if (open_ >= asked_.connections) return std::nullopt;
        ++open_;
        connections_.push_back({.fd = connecting_socket(asked_.port), .in = {}, .out = {}, .request = {}});
        poll_.add(connections_.back().fd, connections_.size() - 1);
        return connections_.size() - 1;
    }

    void serve(std::size_t number) {
        auto& connection = connections_[number];
        if (connection.fd < 0) return;
        write_from(connection.out, connection.fd);
        const bool stays = read_into(connection.in, connection.fd);
        if (const auto status = whole_answer(connection.in); status && connection.request) {
            const bool closes = connection.in.find("\r\nConnection: close\r\n") != std::string::npos;
            connection.in.clear();
            take_answer(*connection.request, *status);
            connection.request.reset();
            if (stays && !closes) return free_.push_back(number);
            return drop(number);
        }
        if (stays) return;
        if (connection.request) take_answer(*connection.request, 0);
        drop(number);
    }

    void drop(std::size_t number) {
        auto& connection = connections_[number];
        ::close(connection.fd);
        connection = {};
        std::erase(free_, number);
        --open_;
    }

    void take_answer(std::size_t request, int status) {
        ++answered_;
        ++statuses_[status];
        last_ = Clock::now();
        if (status != 200 && status != 201) return;
        delays_.add(last_ - due(request));
        if (status == 201) acknowledged_ << key_of(asked_, request) << '\n';
    }

    std::string summary() {
        std::string statuses;
        for (const auto& [status, count] : statuses_) {
            if (count > 0) statuses += fmt::format(R"({}"{}": {})", statuses.empty() ? "" : ", ", status, count);
        }
        const auto seconds = std::chrono::duration<double>(last_ - began_).count();
        return fmt::format(R"({{"asked": {}, "good": {}, "good_per_second": {:.1f}, "statuses": {{{}}}, {}}})", total_, delays_.count(),
                           static_cast<double>(delays_.count()) / std::max(seconds, asked_.seconds), statuses, delays_.json());
    }

    const Asked& asked_;
    std::size_t total_;
    Poll poll_;
    std::deque<Connection> connections_;
    std::vector<std::size_t> free_;
    std::size_t open_ = 0;
    std::size_t next_ = 0;
    std::size_t answered_ = 0;
    Clock::time_point began_;
    Clock::time_point last_;
    std::map<int, std::size_t> statuses_;
    Delays delays_;
    std::ofstream acknowledged_;
};

// --- streams ---

/// Subscribers to the stream of events, all read by one thread.
class Subscribers {
public:
    explicit Subscribers(const Asked& asked) : asked_(asked) {}

    /// Subscribes, prints "ready", and measures how much later than the first of them the others have each event of the record.
    std::string run() {
        subscribe();
        fmt::print("ready\n");
        std::fflush(stdout);
        const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(asked_.seconds));
        while (Clock::now() < end) read_all(std::chrono::milliseconds(10));
        return summary();
    }

private:
    struct Stream {
        int fd = -1;
        std::string in;
        std::string out;
        bool greeted = false;
    };
    struct Heard {
        Clock::time_point first;
        std::size_t by = 0;
    };

    void subscribe() {
        const auto cookie = asked_.cookie.empty() ? std::string() : fmt::format("Cookie: {}\r\n", asked_.cookie);
        const auto end = Clock::now() + longest_wait;
        while (greeted_ < static_cast<std::size_t>(asked_.subscribers)) {
            if (Clock::now() > end) throw std::runtime_error(fmt::format("only {} of {} streams began", greeted_, asked_.subscribers));
            // A few at a time: what is measured is the stream, not how many connections wait to be accepted.
            while (streams_.size() < static_cast<std::size_t>(asked_.subscribers) && streams_.size() < greeted_ + 64) {
                streams_.push_back({.fd = connecting_socket(asked_.port),
                                    .in = {},
                                    .out = fmt::format("GET /api/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n{}\r\n", cookie)});
                poll_.add(streams_.back().fd, streams_.size() - 1);
            }
            read_all(std::chrono::milliseconds(10));
        }
    }

    void read_all(std::chrono::milliseconds patience) {
        for (const auto number : poll_.wait(patience)) {
            auto& stream = streams_[number];
            if (stream.fd < 0) continue;
            write_from(stream.out, stream.fd);
            const bool stays = read_into(stream.in, stream.fd);
            take_events(stream);
            if (stays) continue;
            ::close(stream.fd);
            stream.fd = -1;
            ++lost_;
        }
    }

    void take_events(Stream& stream) {
        while (true) {
            const auto end = stream.in.find("\n\n");
            if (end == std::string::npos) return;
            const auto text = stream.in.substr(0, end);
            stream.in.erase(0, end + 2);
            if (text.find("event: hello") != std::string::npos && !stream.greeted) {
                stream.greeted = true;
                ++greeted_;
            }
            if (text.find("event: record") != std::string::npos) note(text);
        }
    }

    void note(const std::string& text) {
        const auto now = Clock::now();
        auto& heard = heard_[text.substr(0, text.find('\n'))];
        if (heard.by++ == 0) heard.first = now;
        delays_.add(now - heard.first);
    }

    std::string summary() {
        const auto whole = std::ranges::count_if(heard_, [&](const auto& one) { return one.second.by == streams_.size(); });
        return fmt::format(R"({{"subscribers": {}, "lost": {}, "events": {}, "heard_by_all": {}, {}}})", streams_.size(), lost_, heard_.size(),
                           whole, delays_.json());
    }

    const Asked& asked_;
    Poll poll_;
    std::deque<Stream> streams_;
    std::size_t greeted_ = 0;
    std::size_t lost_ = 0;
    std::map<std::string, Heard> heard_;
    Delays delays_;
};

// --- the raw disk ---

/// How long writing and syncing 1 KiB takes in `folder`, one after another: what no acknowledgement can be faster than.
std::string raw_syncs(const std::string& folder, double seconds) {
    const auto path = folder + "/raw-syncs";
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) fail(path);
    const std::string block(1024, 'x');
    Delays delays;
    const auto began = Clock::now();
    while (std::chrono::duration<double>(Clock::now() - began).count() < seconds) {
        const auto at = Clock::now();
        if (::write(fd, block.data(), block.size()) != static_cast<ssize_t>(block.size()) || ::fdatasync(fd) != 0) fail(path);
        delays.add(Clock::now() - at);
    }
    ::close(fd);
    ::unlink(path.c_str());
    return fmt::format(R"({{"syncs": {}, {}}})", delays.count(), delays.json());
}

void raise_file_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

std::string measured(const Asked& asked) {
    if (!asked.disk.empty()) return raw_syncs(asked.disk, asked.seconds);
    if (asked.subscribers > 0) return Subscribers(asked).run();
    return OpenLoop(asked).run();
}

}  // namespace

int main(int argc, char** argv) {
    Asked asked;
    CLI::App app{"Loads a running `truce serve` on this machine, open loop, and prints what came of it as JSON"};
    app.add_option("--port", asked.port, "the server's");
    app.add_option("--path", asked.path, "what to GET")->capture_default_str();
    app.add_option("--cookie", asked.cookie, "the session's, as the field Cookie has it");
    app.add_option("--rate", asked.rate, "requests a second")->capture_default_str();
    app.add_option("--seconds", asked.seconds)->capture_default_str();
    app.add_option("--connections", asked.connections, "at the most")->capture_default_str();
    app.add_option("--run", asked.run, "what the keys of this run's accounts begin with")->capture_default_str();
    app.add_option("--acknowledged", asked.acknowledged, "POST accounts instead, and write the keys of those acknowledged into this file");
    app.add_option("--subscribers", asked.subscribers, "follow the stream of events this many times instead");
    app.add_option("--disk", asked.disk, "write and sync in this folder instead");
    CLI11_PARSE(app, argc, argv);
    try {
        raise_file_limit();
        fmt::print("{}\n", measured(asked));
    } catch (const std::exception& failed) {
        fmt::print(stderr, "load: {}\n", failed.what());
        return 1;
    }
    return 0;
}
