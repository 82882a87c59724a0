// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "server/http.h"

/// Requests that this program makes of others: to servers that a person has named, and to no others.
namespace truce::server {

/// Where requests go to.
struct WebAddress {
    bool secure = true;
    std::string host;  ///< a name or an address; IPv6 without brackets
    std::uint16_t port = 443;
    std::string path;  ///< empty, or begins with `/` and does not end in one

    /// `https://host:port/path`; the port left out where it is the scheme's own.
    [[nodiscard]] std::string text() const;
};

/// Reads `https://HOST[:PORT][/PATH]`. `http://` is taken for this machine alone (127.0.0.1, ::1, localhost): elsewhere others could
/// read along. A user, a query or a fragment is refused, as is a port of 0.
[[nodiscard]] Result<WebAddress> parse_web_address(std::string_view text);

/// Whether an IPv4 or IPv6 address, as text, is one of the open internet: none of a private, local, shared, documentation, multicast
/// or otherwise reserved range (IANA special-purpose registries). False for what is no address.
[[nodiscard]] bool is_public_address(std::string_view address);

/// A request to be made.
struct Outgoing {
    Method method = Method::get;
    std::string target;  ///< the path and query below the address's own path; begins with `/`, or empty
    std::vector<std::pair<std::string, std::string>> headers{};
    std::string_view body{};
};

/// What came back.
struct Incoming {
    int status = 0;
    Headers headers;
    std::string body;
};

/// Makes requests of HTTP/1.1, one connection each, TLS 1.2 or 1.3 with the peer's certificate and name checked. Follows no redirect.
///
/// One request at a time; `stop` may be called by another thread.
class Client {
public:
    enum class Reach : std::uint8_t {
        anywhere,
        /// Only addresses that `is_public_address`: what a name resolves to is looked at, and that very address is connected to.
        public_only,
    };
    struct Settings {
        std::string trusted;  ///< a PEM file of certificates that the peer's must go back to; empty: those of this system
        Reach reach = Reach::anywhere;
        std::chrono::milliseconds patience{60'000};  ///< for a whole request and its answer
        std::uint64_t longest_answer = std::uint64_t{256} << 20U;
    };

    explicit Client(Settings settings);
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client();

    /// Fails, saying why, where the peer cannot be reached, is not who it should be, answers too slowly, too much, or no HTTP.
    [[nodiscard]] Result<Incoming> send(const WebAddress& address, const Outgoing& request);
    /// Ends the request that is underway, and fails all to come.
    void stop();

private:
    class Link;
    [[nodiscard]] Result<std::unique_ptr<Link>> connect(const WebAddress& address);
    Settings settings_;
    int stopped_;  // an eventfd: readable once `stop` was called
};

}  // namespace truce::server
