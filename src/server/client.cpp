// SPDX-License-Identifier: Apache-2.0
#include "server/client.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

#include "base/text.h"

namespace truce::server {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t piece_size = 65536;
constexpr std::size_t longest_head = 32768;
constexpr std::size_t longest_host = 255;

bool is_this_machine(std::string_view host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

/// Four bytes of IPv4 as a number.
std::uint32_t number_of(const in_addr& address) { return ntohl(address.s_addr); }

struct Ipv4Range {
    std::uint32_t first;
    int bits;
    [[nodiscard]] bool contains(std::uint32_t address) const { return (address ^ first) >> (32 - bits) == 0; }
};
/// What the IANA IPv4 special-purpose registry and the multicast range keep from the open internet.
constexpr std::array reserved{
    Ipv4Range{0x00000000, 8},   // this network
    Ipv4Range{0x0A000000, 8},   // private
    Ipv4Range{0x64400000, 10},  // shared by carriers
    Ipv4Range{0x7F000000, 8},   // this machine
    Ipv4Range{0xA9FE0000, 16},  // link
    Ipv4Range{0xAC100000, 12},  // private
    Ipv4Range{0xC0000000, 24},  // protocol assignments
    Ipv4Range{0xC0000200, 24},  // documentation
    Ipv4Range{0xC0586300, 24},  // 6to4 relays
    Ipv4Range{0xC0A80000, 16},  // private
    Ipv4Range{0xC6120000, 15},  // benchmarks
    Ipv4Range{0xC6336400, 24},  // documentation
    Ipv4Range{0xCB007100, 24},  // documentation
    Ipv4Range{0xE0000000, 3},   // multicast, reserved, broadcast
};

bool is_public(const in_addr& address) {
    const auto number = number_of(address);
    return std::ranges::none_of(reserved, [&](const Ipv4Range& range) { return range.contains(number); });
}

bool is_public(const in6_addr& address) {
    const auto* bytes = address.s6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&address)) {
        in_addr inner{};
        std::memcpy(&inner, bytes + 12, sizeof inner);
        return is_public(inner);
    }
    const bool unicast = (bytes[0] & 0xE0U) == 0x20;                                   // 2000::/3
    const bool assigned_to_protocols = bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] < 0x02;  // 2001::/23, Teredo
    const bool documentation = bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] == 0x0D && bytes[3] == 0xB8;
    const bool six_to_four = bytes[0] == 0x20 && bytes[1] == 0x02;
    const bool more_documentation = bytes[0] == 0x3F && bytes[1] == 0xFF && bytes[2] < 0x10;  // 3fff::/20
    return unicast && !assigned_to_protocols && !documentation && !six_to_four && !more_documentation;
}

bool is_public(const addrinfo& found) {
    if (found.ai_family == AF_INET) {
        sockaddr_in address{};
        std::memcpy(&address, found.ai_addr, sizeof address);
        return is_public(address.sin_addr);
    }
    if (found.ai_family != AF_INET6) return false;
    sockaddr_in6 address{};
    std::memcpy(&address, found.ai_addr, sizeof address);
    return is_public(address.sin6_addr);
}

tl::unexpected<Error> failed(const WebAddress& address, std::string_view why) {
    return failure({.message = fmt::format("{}: {}", address.text(), why)});
}

std::string tls_fault() {
    const auto code = ERR_get_error();
    ERR_clear_error();
    const char* why = code == 0 ? nullptr : ERR_reason_error_string(code);
    return why == nullptr ? "the connection was closed" : why;
}

struct FreeAddresses {
    void operator()(addrinfo* found) const { freeaddrinfo(found); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Result<Addresses> resolved(const WebAddress& address) {
    addrinfo wanted{};
    wanted.ai_family = AF_UNSPEC;
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const auto port = std::to_string(address.port);
    if (const int code = getaddrinfo(address.host.c_str(), port.c_str(), &wanted, &found); code != 0)
        return failed(address, fmt::format("the name cannot be resolved ({})", gai_strerror(code)));
    return Addresses(found);
}

std::optional<std::uint64_t> hexadecimal(std::string_view text) {
    std::uint64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number, 16);
    if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
    return number;
}

/// Reads the head of an answer; nothing where it is none.
std::optional<Incoming> parse_answer_head(std::string_view head) {
    Incoming answer;
    auto end = head.find("\r\n");
    const auto first = head.substr(0, end);
    if (!first.starts_with("HTTP/1.") || first.size() < 12) return std::nullopt;
    const auto status = first.substr(9, 3);
    const auto read = std::from_chars(status.data(), status.data() + 3, answer.status);
    if (read.ec != std::errc{} || read.ptr != status.data() + 3 || answer.status < 100) return std::nullopt;
    while (end != std::string_view::npos) {
        head.remove_prefix(end + 2);
        end = head.find("\r\n");
        const auto line = head.substr(0, end);
        const auto colon = line.find(':');
        if (colon != std::string_view::npos) answer.headers.add(std::string(line.substr(0, colon)), std::string(trimmed(line.substr(colon + 1))));
    }
    return answer;
}

std::string head_of(const WebAddress& address, const Outgoing& request) {
    const bool bracketed = address.host.find(':') != std::string::npos;
    const bool usual = address.port == (address.secure ? 443 : 80);
    const auto target = address.path + request.target;
    auto head = fmt::format("{} {} HTTP/1.1\r\nHost: {}{}\r\nConnection: close\r\nUser-Agent: trucewatch\r\nAccept-Encoding: identity\r\n",
                            name_of(request.method), target.empty() ? "/" : target, bracketed ? fmt::format("[{}]", address.host) : address.host,
                            usual ? std::string() : fmt::format(":{}", address.port));
    for (const auto& [name, value] : request.headers) head += fmt::format("{}: {}\r\n", name, value);
    if (request.method != Method::get) head += fmt::format("Content-Length: {}\r\n", request.body.size());
    return head + "\r\n";
}

}  // namespace

std::string WebAddress::text() const {
    const bool usual = port == (secure ? 443 : 80);
    const bool bracketed = host.find(':') != std::string::npos;
    return fmt::format("{}://{}{}{}{}{}", secure ? "https" : "http", bracketed ? "[" : "", host, bracketed ? "]" : "",
                       usual ? std::string() : fmt::format(":{}", port), path);
}

Result<WebAddress> parse_web_address(std::string_view text) {
    const auto wrong = [&](std::string_view why) {
        return failure({.message = fmt::format("'{}' {}; want https://HOST, https://HOST:PORT or https://HOST:PORT/PATH", shown(text, 120), why)});
    };
    WebAddress address;
    auto rest = text;
    if (rest.starts_with("https://")) {
        rest.remove_prefix(8);
    } else if (rest.starts_with("http://")) {
        rest.remove_prefix(7);
        address.secure = false;
        address.port = 80;
    } else {
        return wrong("is no web address");
    }
    if (std::ranges::any_of(rest, [](char c) { return c <= ' ' || c >= 0x7f || c == '"' || c == '<' || c == '>' || c == '\\'; }))
        return wrong("holds a character that no web address has");
    if (rest.find_first_of("?#@") != std::string_view::npos) return wrong("has a user, a query or a fragment");
    const auto slash = std::min(rest.find('/'), rest.size());
    auto authority = rest.substr(0, slash);
    address.path = std::string(rest.substr(slash));
    while (address.path.ends_with('/')) address.path.pop_back();
    if (authority.starts_with('[')) {
        const auto close = authority.find(']');
        if (close == std::string_view::npos) return wrong("has a '[' without ']'");
        address.host = std::string(authority.substr(1, close - 1));
        authority.remove_prefix(close + 1);
    } else {
        const auto colon = std::min(authority.find(':'), authority.size());
        address.host = lower_ascii(authority.substr(0, colon));
        authority.remove_prefix(colon);
    }
    if (address.host.empty() || address.host.size() > longest_host) return wrong("names no host");
    if (!authority.empty()) {
        const auto port = authority.starts_with(':') ? parse_integer(authority.substr(1)).value_or(0) : 0;
        if (port < 1 || port > 65535) return wrong("has no port from 1 to 65535 after its host");
        address.port = static_cast<std::uint16_t>(port);
    }
    if (!address.secure && !is_this_machine(address.host)) return wrong("would go over the network in the clear");
    return address;
}

bool is_public_address(std::string_view address) {
    const std::string text(address);
    in_addr four{};
    if (inet_pton(AF_INET, text.c_str(), &four) == 1) return is_public(four);
    in6_addr six{};
    return inet_pton(AF_INET6, text.c_str(), &six) == 1 && is_public(six);
}

/// A connection, encrypted or not. Its socket never blocks: every wait ends at the deadline, and when the client is stopped.
class Client::Link {
public:
    Link(int socket, int stopped, Clock::time_point deadline) : socket_(socket), stopped_(stopped), deadline_(deadline) {}
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;
    ~Link() {
        SSL_free(tls_);
        SSL_CTX_free(context_);
        ::close(socket_);
    }

    /// Waits until the socket can be read from or written to; what went wrong otherwise.
    [[nodiscard]] std::optional<std::string> wait(short events) const {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
        std::array<pollfd, 2> watched{pollfd{socket_, events, 0}, pollfd{stopped_, POLLIN, 0}};
        const int ready = left <= 0 ? 0 : ::poll(watched.data(), watched.size(), static_cast<int>(left));
        if (watched[1].revents != 0) return "this program stops";
        if (ready == 0) return "no answer in time";
        if (ready < 0 && errno != EINTR) return std::strerror(errno);
        return std::nullopt;
    }

    /// Speaks TLS from here on, with whoever can show a certificate for `host`.
    [[nodiscard]] std::optional<std::string> begin_tls(const std::string& host, const std::string& trusted) {
        context_ = SSL_CTX_new(TLS_client_method());
        if (context_ == nullptr) return tls_fault();
        SSL_CTX_set_min_proto_version(context_, TLS1_2_VERSION);
        SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
        const int loaded = trusted.empty() ? SSL_CTX_set_default_verify_paths(context_)
                                           : SSL_CTX_load_verify_locations(context_, trusted.c_str(), nullptr);
        if (loaded != 1) return fmt::format("the trusted certificates '{}' cannot be read", trusted);
        tls_ = SSL_new(context_);
        in6_addr ignored{};
        const bool is_address = inet_pton(AF_INET, host.c_str(), &ignored) == 1 || inet_pton(AF_INET6, host.c_str(), &ignored) == 1;
        const int named = is_address ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls_), host.c_str())
                                     : SSL_set1_host(tls_, host.c_str()) & static_cast<int>(SSL_set_tlsext_host_name(tls_, host.c_str()));
        if (named != 1 || SSL_set_fd(tls_, socket_) != 1) return tls_fault();
        while (true) {
            const int done = SSL_connect(tls_);
            if (done == 1) return std::nullopt;
            if (const auto why = wait_for_tls(done)) {
                const auto verified = SSL_get_verify_result(tls_);
                return verified == X509_V_OK ? *why : fmt::format("the certificate is not to be trusted ({})", X509_verify_cert_error_string(verified));
            }
        }
    }

    [[nodiscard]] std::optional<std::string> write(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto piece = std::min(bytes.size(), piece_size);
            const auto sent = tls_ != nullptr ? SSL_write(tls_, bytes.data(), static_cast<int>(piece))
                                              : static_cast<int>(::send(socket_, bytes.data(), piece, MSG_NOSIGNAL));
            if (sent > 0) {
                bytes.remove_prefix(static_cast<std::size_t>(sent));
            } else if (const auto why = tls_ != nullptr ? wait_for_tls(sent) : wait_for_socket(POLLOUT)) {
                return why;
            }
        }
        return std::nullopt;
    }

    /// Appends what comes next; nothing is appended at the end of the answer.
    [[nodiscard]] std::optional<std::string> read(std::string& into) {
        std::array<char, piece_size> piece;  // NOLINT(*-member-init): filled by what is read
        while (true) {
            const auto got = tls_ != nullptr ? SSL_read(tls_, piece.data(), static_cast<int>(piece.size()))
                                             : static_cast<int>(::recv(socket_, piece.data(), piece.size(), 0));
            if (got > 0) {
                into.append(piece.data(), static_cast<std::size_t>(got));
                return std::nullopt;
            }
            if (tls_ == nullptr && got == 0) return std::nullopt;
            if (tls_ != nullptr && SSL_get_error(tls_, got) == SSL_ERROR_ZERO_RETURN) return std::nullopt;
            if (const auto why = tls_ != nullptr ? wait_for_tls(got) : wait_for_socket(POLLIN)) return why;
        }
    }

private:
    [[nodiscard]] std::optional<std::string> wait_for_tls(int outcome) const {
        switch (SSL_get_error(tls_, outcome)) {
            case SSL_ERROR_WANT_READ:
                return wait(POLLIN);
            case SSL_ERROR_WANT_WRITE:
                return wait(POLLOUT);
            default:
                return tls_fault();
        }
    }
    [[nodiscard]] std::optional<std::string> wait_for_socket(short events) const {
        if (errno == EINTR) return std::nullopt;
        if (errno != EAGAIN && errno != EWOULDBLOCK) return std::strerror(errno);
        return wait(events);
    }

    int socket_;
    int stopped_;
    Clock::time_point deadline_;
    SSL_CTX* context_ = nullptr;
    SSL* tls_ = nullptr;
};

namespace {

/// Takes the body of an answer apart as its head says it is framed.
class Body {
public:
    Body(Incoming& answer, std::string rest, std::uint64_t longest) : answer_(answer), rest_(std::move(rest)), longest_(longest) {
        const auto coding = answer.headers.find("Transfer-Encoding");
        chunked_ = coding && lower_ascii(*coding) == "chunked";
        if (const auto length = answer.headers.find("Content-Length"); length && !chunked_) {
            const auto number = parse_integer(*length).value_or(-1);
            if (number < 0) {
                fault_ = "the answer's Content-Length is no number";
            } else {
                wanted_ = static_cast<std::uint64_t>(number);
            }
        }
        if (answer.status == 204 || answer.status == 304) wanted_ = 0;
    }

    /// Whether all of it is there; after `ended` nothing more comes.
    [[nodiscard]] bool take(bool ended) {
        if (!fault_.empty()) return true;
        if (chunked_) {
            take_chunks(ended);
        } else {
            answer_.body += rest_;
            rest_.clear();
            done_ = wanted_ ? answer_.body.size() >= *wanted_ : ended;
            if (wanted_ && done_) answer_.body.resize(*wanted_);
        }
        if (answer_.body.size() > longest_ || wanted_.value_or(0) > longest_) fault_ = fmt::format("the answer has more than {} bytes", longest_);
        if (ended && !done_ && fault_.empty()) fault_ = "the answer is cut off";
        return done_ || !fault_.empty();
    }
    [[nodiscard]] const std::string& fault() const { return fault_; }
    std::string& rest() { return rest_; }

private:
    void take_chunks(bool) {
        while (!done_ && fault_.empty()) {
            const auto end = rest_.find("\r\n");
            if (end == std::string::npos) return;
            const auto size = hexadecimal(std::string_view(rest_).substr(0, std::min(end, rest_.find(';'))));
            if (!size || *size > longest_) {
                fault_ = size ? fmt::format("the answer has more than {} bytes", longest_) : "the answer's chunks cannot be read";
                return;
            }
            if (*size == 0) {
                done_ = true;  // trailers say nothing that is read here
                return;
            }
            if (rest_.size() < end + 2 + *size + 2) return;
            answer_.body.append(rest_, end + 2, *size);
            rest_.erase(0, end + 2 + *size + 2);
            if (answer_.body.size() > longest_) fault_ = fmt::format("the answer has more than {} bytes", longest_);
        }
    }

    Incoming& answer_;
    std::string rest_;
    std::uint64_t longest_;
    bool chunked_ = false;
    bool done_ = false;
    std::optional<std::uint64_t> wanted_;
    std::string fault_;
};

}  // namespace

Client::Client(Settings settings) : settings_(std::move(settings)), stopped_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
Client::~Client() { ::close(stopped_); }
void Client::stop() { ::eventfd_write(stopped_, 1); }

Result<std::unique_ptr<Client::Link>> Client::connect(const WebAddress& address) {
    const auto deadline = Clock::now() + settings_.patience;
    const auto found = resolved(address);
    if (!found) return tl::unexpected(found.error());
    std::string why = "the name has no address";
    for (const addrinfo* one = found->get(); one != nullptr; one = one->ai_next) {
        if (settings_.reach == Reach::public_only && !is_public(*one)) {
            why = "its address is private; it is asked only where the settings say 'private: true'";
            continue;
        }
        const int socket = ::socket(one->ai_family, one->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, one->ai_protocol);
        if (socket < 0) return failed(address, std::strerror(errno));
        auto link = std::make_unique<Link>(socket, stopped_, deadline);
        const int yes = 1;
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        if (::connect(socket, one->ai_addr, one->ai_addrlen) != 0) {
            if (errno != EINPROGRESS) {
                why = std::strerror(errno);
                continue;
            }
            if (const auto fault = link->wait(POLLOUT)) {
                why = *fault;
                continue;
            }
            int fault = 0;
            socklen_t size = sizeof fault;
            ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &fault, &size);
            if (fault != 0) {
                why = std::strerror(fault);
                continue;
            }
        }
        if (!address.secure) return link;
        const auto fault = link->begin_tls(address.host, settings_.trusted);
        if (!fault) return link;
        why = *fault;
    }
    return failed(address, why);
}

Result<Incoming> Client::send(const WebAddress& address, const Outgoing& request) {
    auto connected = connect(address);
    if (!connected) return tl::unexpected(connected.error());
    auto& link = **connected;
    if (const auto why = link.write(head_of(address, request))) return failed(address, *why);
    // A peer that refuses a long body may answer before it has read it: what it says is read whatever becomes of the writing.
    const auto cut_off = link.write(request.body);
    std::string got;
    auto head_end = std::string::npos;
    while (head_end == std::string::npos) {
        const auto before = got.size();
        if (const auto why = link.read(got)) return failed(address, cut_off.value_or(*why));
        head_end = got.find("\r\n\r\n");
        if (got.size() == before) return failed(address, cut_off.value_or("the answer is cut off"));
        if (head_end == std::string::npos && got.size() > longest_head) return failed(address, "the answer is no HTTP");
    }
    auto answer = parse_answer_head(std::string_view(got).substr(0, head_end));
    if (!answer) return failed(address, "the answer is no HTTP");
    Body body(*answer, got.substr(head_end + 4), settings_.longest_answer);
    bool ended = false;
    while (!body.take(ended)) {
        const auto before = body.rest().size();
        if (const auto why = link.read(body.rest())) return failed(address, *why);
        ended = body.rest().size() == before;
    }
    if (!body.fault().empty()) return failed(address, body.fault());
    return *std::move(answer);
}

}  // namespace truce::server
