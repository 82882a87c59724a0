// SPDX-License-Identifier: Apache-2.0
// What the tests of the record share: the worked example of five entries and its keys, typed here, and where
// the vectors of other projects lie.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "base/sha256.h"
#include "checkout.h"
#include "record/note.h"
#include "record/tiles.h"

namespace truce::record::test {

/// The folder of vectors that others made. It does not belong to the project; tests skip where it is not
/// there.
inline std::filesystem::path vectors() {
    return checkout() / ".." / "shared" / "tlog";
}

inline std::string bytes_of_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file) << path;
    return {std::istreambuf_iterator<char>(file), {}};
}

/// A seed made of a text, so that everyone can make the key again.
inline SigningKey::Seed seed_of(std::string_view text) {
    return sha256(text).bytes;
}

/// The worked example: a feed of five entries, its key and two witnesses'.
inline constexpr std::string_view origin = "ceasefire.example/syria-2016/joint-log";
inline SigningKey log_key() {
    return {std::string(origin), KeyType::ed25519, seed_of("test vector seed: log")};
}
inline SigningKey witness_a() {
    return {"witness.example/monitor-a", KeyType::cosignature, seed_of("test vector seed: monitor A")};
}
inline SigningKey witness_b() {
    return {"witness.example/monitor-b", KeyType::cosignature, seed_of("test vector seed: monitor B")};
}
inline std::vector<std::string> example_entries() {
    return {
        R"({"t":"incident","id":"A-0001","at":"2016-09-12T16:05:00Z"})",
        R"({"t":"incident","id":"B-0001","at":"2016-09-12T16:07:30Z"})",
        R"({"t":"finding","on":"A-0001","by":"monitor-a"})",
        R"({"t":"finding","on":"A-0001","by":"monitor-b"})",
        "{\"t\":\"note\",\"text\":\"\u2014 \u062d\u0644\u0628 \\u2014\"}",
    };
}

/// A whole tree in memory: gives any node, by the definition.
class WholeTree {
public:
    explicit WholeTree(std::vector<Hash> leaves) : leaves_(std::move(leaves)) {}
    explicit WholeTree(const std::vector<std::string>& entries) {
        for (const auto& entry : entries) leaves_.push_back(leaf_hash(entry));
    }
    [[nodiscard]] Hash root(std::uint64_t size) const { return range(0, size); }
    [[nodiscard]] NodeSource nodes() const {
        return [this](NodePlace place) -> Result<Hash> {
            return range(place.index << place.height, (place.index + 1) << place.height);
        };
    }
    [[nodiscard]] TileSource tiles() const {
        return [this](const Tile& tile) -> Result<std::string> {
            std::string bytes;
            for (std::uint64_t i = 0; i < tile.width; ++i) {
                bytes += bytes_of(*nodes()({tile.level * tile_height, tile.index * tile_width + i}));
            }
            return bytes;
        };
    }
    [[nodiscard]] const std::vector<Hash>& leaves() const { return leaves_; }

private:
    [[nodiscard]] Hash range(std::uint64_t first, std::uint64_t end) const {
        if (first == end) return empty_root();
        if (end - first == 1) return leaves_.at(first);
        std::uint64_t half = 1;
        while (half * 2 < end - first) half *= 2;
        return node_hash(range(first, first + half), range(first + half, end));
    }
    std::vector<Hash> leaves_;
};

}  // namespace truce::record::test
