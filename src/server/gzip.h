// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace truce::server {

/// Compresses a body piece by piece (RFC 1952, no name and no time in it): the same pieces give the same
/// bytes.
class Gzip {
public:
    Gzip();
    ~Gzip();
    Gzip(Gzip&&) noexcept;
    Gzip& operator=(Gzip&&) noexcept;

    enum class More { follows, none };
    /// What the piece adds to the compressed body: all of it, so that a reader can go on at once. After
    /// `More::none` nothing may be added.
    [[nodiscard]] std::string add(std::string_view piece, More more);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// A whole body, compressed.
[[nodiscard]] std::string gzipped(std::string_view body);

}  // namespace truce::server
