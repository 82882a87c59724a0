// SPDX-License-Identifier: Apache-2.0
#include "server/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>
#include <new>

namespace truce::server {

struct Gzip::State {
    z_stream stream{};
    State() {
        constexpr int window_bits = 15 + 16;  // 16: gzip's header and trailer
        if (deflateInit2(&stream, 5, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() { deflateEnd(&stream); }
};

Gzip::Gzip() : state_(std::make_unique<State>()) {}
Gzip::~Gzip() = default;
Gzip::Gzip(Gzip&&) noexcept = default;
Gzip& Gzip::operator=(Gzip&&) noexcept = default;

std::string Gzip::add(std::string_view piece, More more) {
    std::string out;
    std::array<unsigned char, 65536> buffer;
    auto& stream = state_->stream;
    constexpr std::size_t most = std::numeric_limits<uInt>::max() / 2;
    do {
        const auto part = piece.substr(0, most);
        piece.remove_prefix(part.size());
        // zlib reads from a pointer to non-const and writes nothing there.
        stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(part.data()));
        stream.avail_in = static_cast<uInt>(part.size());
        const int flush = !piece.empty() ? Z_NO_FLUSH : more == More::none ? Z_FINISH : Z_SYNC_FLUSH;
        do {
            stream.next_out = buffer.data();
            stream.avail_out = static_cast<uInt>(buffer.size());
            const int status = deflate(&stream, flush);
            assert(status != Z_STREAM_ERROR);
            out.append(reinterpret_cast<const char*>(buffer.data()), buffer.size() - stream.avail_out);
        } while (stream.avail_out == 0);
    } while (!piece.empty());
    return out;
}

std::string gzipped(std::string_view body) { return Gzip().add(body, Gzip::More::none); }

}  // namespace truce::server
