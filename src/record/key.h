// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "record/note.h"

namespace truce::record {

/// A monitor's public keys, all made from one secret: what others need to check and to write to it.
struct MonitorKeys {
    /// Names the monitor and its feed: the origin of its checkpoints.
    std::string name;
    /// Signs the feed's checkpoints.
    VerifierKey feed;
    /// Cosigns others' checkpoints, under the name with `/witness` behind it: a key of its own, as C2SP asks.
    VerifierKey witness;
    /// X25519: what is encrypted to it, the monitor can read.
    std::array<std::uint8_t, 32> box{};

    /// The monitor as it is passed on: the lines of a tlog-policy, and the box key in a comment. The
    /// witness's name in the policy is `name`.
    [[nodiscard]] std::string card() const;
};

/// Reads a card as `card` writes it. Fails for anything else: a line that is missing, stands twice, or names
/// another monitor.
[[nodiscard]] Result<MonitorKeys> read_card(std::string_view text);

/// A monitor's secret, open in memory. Wiped when it goes.
class MonitorSecret {
public:
    using Bytes = std::array<std::uint8_t, 32>;

    /// A new secret, from the system's random numbers. Requires: `name` is a plain name.
    [[nodiscard]] static MonitorSecret generate(std::string name);
    /// Requires: as above.
    MonitorSecret(std::string name, const Bytes& secret);
    MonitorSecret(const MonitorSecret&) = delete;
    MonitorSecret& operator=(const MonitorSecret&) = delete;
    MonitorSecret(MonitorSecret&& other) noexcept;
    MonitorSecret& operator=(MonitorSecret&&) = delete;
    ~MonitorSecret();

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] MonitorKeys keys() const;
    [[nodiscard]] SigningKey feed_key() const;
    [[nodiscard]] SigningKey witness_key() const;
    /// The private half of `MonitorKeys::box`. Whoever takes it wipes it.
    [[nodiscard]] Bytes box_secret() const;

    /// How much work every guess at a passphrase is to cost whoever has the file.
    enum class Cost {
        low,     ///< 64 MiB and two passes: some hundredths of a second
        medium,  ///< 256 MiB and three passes: about half a second
        high,    ///< 1 GiB and four passes: some seconds
    };
    /// The secret as a file that can be read with `passphrase`: encrypted with XChaCha20-Poly1305 under a key
    /// that Argon2id (RFC 9106) makes of it. Each call gives other bytes. Throws std::bad_alloc when there is
    /// not the memory that `cost` takes.
    [[nodiscard]] std::string sealed(std::string_view passphrase, Cost cost) const;

private:
    std::string name_;
    Bytes secret_{};
};

/// The public keys in a key file, which need no passphrase. What the file says of them is checked when it is
/// opened.
[[nodiscard]] Result<MonitorKeys> read_key_file(std::string_view text);

/// Opens a key file. Fails for a wrong passphrase, and for a file that was changed anywhere.
[[nodiscard]] Result<MonitorSecret> open_key_file(std::string_view text, std::string_view passphrase);

}  // namespace truce::record
