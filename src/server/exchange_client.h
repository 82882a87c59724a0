// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "base/sha256.h"
#include "record/exchange.h"
#include "record/shelf.h"
#include "server/client.h"

/// Exchange with another monitor's server: the asking side of `/exchange`.
namespace truce::server {

/// Another monitor's server, and what this monitor may ask it by.
struct PeerAddress {
    WebAddress address;
    std::string token;    ///< of the scope `exchange`, made there
    std::string trusted;  ///< PEM file of certificates that its own must go back to; empty: the system's
};

/// How an exchange gets at the record here. Each is called at most once for each turn, in this order.
struct OwnSide {
    std::string own_origin;
    /// What is held here.
    std::function<Result<std::vector<record::Shelf::Held>>()> held;
    /// Verifies a bundle and merges it.
    std::function<Result<record::MergeReport>(const record::Bundle& bundle)> merge;
    /// A bundle for one who holds this.
    std::function<Result<std::string>(std::span<const record::Shelf::Held> reader_has)> bundle_for;
};
/// What a shelf holds, and a bundle of it: for the functions above.
[[nodiscard]] Result<std::vector<record::Shelf::Held>> held_on(const record::Shelf& shelf);
[[nodiscard]] Result<std::string> bundle_of(const record::Shelf& shelf, const std::string& from,
                                            std::span<const record::Shelf::Held> reader_has);

/// What came of one turn.
struct ExchangeTurn {
    std::string peer;                     ///< the monitor whose server it is
    std::optional<record::MergeReport> taken;  ///< nothing: the peer had nothing that it did not have the last time
    bool brought = false;                 ///< whether a bundle was brought to the peer
    std::vector<std::string> peer_forked; ///< feeds that the peer has found out to have two histories, by this turn
};

/// Turns of exchange with one peer, both ways each: first fetches what is lacking here, then brings what is lacking there.
///
/// A bundle that is what it was the last time is not merged or brought again.
class PeerExchange {
public:
    PeerExchange(const PeerAddress& peer, Client::Settings settings);
    /// Fails where the peer cannot be reached, refuses, or gives something that does not verify; the message names the peer and what to
    /// do. What was merged before the failure stays merged.
    [[nodiscard]] Result<ExchangeTurn> turn(const OwnSide& own);
    /// Ends a turn that is underway; those to come fail.
    void stop() { client_.stop(); }

private:
    [[nodiscard]] Result<Incoming> ask(Method method, const std::string& target, std::string_view body);
    PeerAddress peer_;
    Client client_;
    std::optional<Sha256> last_taken_;
    std::optional<Sha256> last_brought_;
};

}  // namespace truce::server
