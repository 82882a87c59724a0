// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "server/http.h"
#include "server/router.h"

namespace truce::server {

/// What the transport takes in, and how long it waits.
struct TransportLimits {
    HeadLimits head;
    std::size_t connections = 12'000;  ///< beyond them: 503 and closed
    std::size_t waiting = 256;         ///< requests read and not yet being answered, and as many for the disk; beyond them: 503
    std::uint64_t bodies_bytes = std::uint64_t{512} << 20U;  ///< of all requests together; beyond them: 503
    std::size_t outlet_bytes = 256 * 1024;  ///< what a stream's reader may be behind by; beyond it: dropped
    std::chrono::seconds head_time{10};     ///< from a head's first byte to its last; then 408
    std::chrono::seconds idle_time{60};     ///< of a connection between requests; then closed
    std::chrono::seconds body_time{20};     ///< for a body, and one second for each `body_rate` bytes of it
    std::uint64_t body_rate = 4096;
    std::chrono::seconds write_time{30};  ///< for each piece of an answer to be taken
};

struct TransportSettings {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8470;  ///< 0: any that is free
    /// PEM files; both or neither. With them only TLS 1.3 is spoken.
    std::string certificate;
    std::string private_key;
    int io_threads = 1;
    int workers = 2;  ///< requests answered at a time
    /// Whether answering a request is waiting for the disk rather than for a processor; nothing: none does.
    std::function<bool(const Request&)> waits_for_disk{};
    int disk_workers = 64;  ///< of those, answered at a time beside the others: so many can share one sync
    TransportLimits limits;
};

/// What the transport has done so far, for metrics. All are counts since the start but the first three.
struct TransportCounts {
    std::uint64_t connections = 0;
    std::uint64_t waiting = 0;
    std::uint64_t streams = 0;
    std::uint64_t accepted = 0;
    std::uint64_t requests = 0;
    std::uint64_t shed = 0;     ///< answered by 503 since too much was to be done
    std::uint64_t refused = 0;  ///< heads and bodies refused by a limit or rule
    std::uint64_t dropped = 0;  ///< streams whose reader was too slow
};

/// Listens, reads requests, has the router answer them, writes the answers.
///
/// A request's work is done by a fixed number of threads, that of requests which wait for the disk by others; reading and writing never wait for it, and a slow peer holds
/// nobody up. Answers of 1 KiB and more are compressed where the peer takes gzip and the type is text.
class Transport {
public:
    /// Begins to listen. Fails where the address is not one, is taken, or the certificate cannot be read.
    /// Requires: the router outlives the transport.
    [[nodiscard]] static Result<std::unique_ptr<Transport>> start(const TransportSettings& settings,
                                                                  const Router& router);
    /// Stops at once, as after `stop(0s)`.
    ~Transport();

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] TransportCounts counts() const;
    /// Takes no more connections, answers what has come in, and closes; what is not done after `patience` is
    /// cut off. Streams are closed at once.
    void stop(std::chrono::seconds patience);

private:
    struct Inside;
    explicit Transport(std::unique_ptr<Inside> inside);
    std::unique_ptr<Inside> inside_;
};

}  // namespace truce::server
