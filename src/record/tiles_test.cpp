// SPDX-License-Identifier: Apache-2.0
#include "record/tiles.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "record/test_vectors.h"

namespace truce::record {
namespace {

using test::WholeTree;

TEST(TilePath, GroupsThreeDigits) {
    EXPECT_EQ(tile_path({0, 1234067, 256}), "tile/0/x001/x234/067");
    EXPECT_EQ(tile_path({2, 0, 1}), "tile/2/000.p/1");
    EXPECT_EQ(bundle_path(273, 112), "tile/entries/273.p/112");
    EXPECT_EQ(bundle_path(1000), "tile/entries/x001/000");
}

TEST(TilePath, ASecondSpellingIsRefused) {
    for (const auto* path :
         {"tile/0/x000/001", "tile/00/001", "tile/0/1", "tile/0/0001", "tile/0/001.p/0", "tile/0/001.p/256",
          "tile/0/001.p/01", "tile/64/000", "tile/0/001/002", "tile/0/x001", "tile/0/", "tile/entries",
          "tile/0/x999/x999/x999/x999/x999/x999/999", "checkpoint", "tile/0/-01", "/tile/0/000",
          "tile/0/000.p/1/"}) {
        EXPECT_FALSE(parse_tile_path(path)) << path;
    }
}

RC_GTEST_PROP(TilePath, EveryPathReadsBack, ()) {
    const Tile tile{*rc::gen::inRange<unsigned>(0, 64),
                    *rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << 55U),
                    *rc::gen::inRange<unsigned>(1, 257)};
    const auto read = parse_tile_path(tile_path(tile));
    RC_ASSERT(read && !read->is_bundle && read->tile == tile);
    const auto bundle = parse_tile_path(bundle_path(tile.index, tile.width));
    RC_ASSERT(bundle && bundle->is_bundle && bundle->tile == (Tile{0, tile.index, tile.width}));
}

// The example of the specification: 70,000 entries.
TEST(Tiles, AFeedOfSeventyThousandHasTheTilesOfTheSpecification) {
    const auto tiles = new_tiles(0, 70'000);
    EXPECT_EQ(tiles.size(), 274U + 2U + 1U);
    EXPECT_EQ(edge_tiles(70'000), (std::vector<Tile>{{0, 273, 112}, {1, 1, 17}, {2, 0, 1}}));
    EXPECT_TRUE(new_tiles(70'000, 70'000).empty());
    EXPECT_TRUE(edge_tiles(0).empty());
    EXPECT_EQ(edge_tiles(65'536), (std::vector<Tile>{{2, 0, 1}}));
}

RC_GTEST_PROP(Tiles, GrowingInStepsWritesTheTilesOfTheWhole, ()) {
    const auto last = *rc::gen::inRange<std::uint64_t>(0, 200'000);
    const auto step = *rc::gen::inRange<std::uint64_t>(0, last + 1);
    std::set<Tile> written;
    for (const auto& tile : new_tiles(0, step)) written.insert(tile);
    for (const auto& tile : new_tiles(step, last)) written.insert(tile);
    for (const auto& tile : new_tiles(0, last)) RC_ASSERT(written.contains(tile));
}

TEST(Bundle, HoldsExactlyItsEntries) {
    const auto entries = test::example_entries();
    const auto bytes = bundle_of(entries);
    EXPECT_EQ(bytes.size(), 257U);
    EXPECT_EQ(sha256(bytes).hex(), "64754bec0b4e7a198b75a5d612c0dbe84fb80ef50f323a1707ef6dc5d47f1be0");
    const auto read = parse_bundle(bytes, 5);
    ASSERT_TRUE(read);
    EXPECT_TRUE(std::ranges::equal(*read, entries));
    EXPECT_FALSE(parse_bundle(bytes, 4));
    EXPECT_FALSE(parse_bundle(bytes, 6));
    EXPECT_FALSE(parse_bundle(bytes.substr(0, 256), 5));
    EXPECT_FALSE(parse_bundle(bytes.substr(0, 1), 1));
}

TEST(TileTree, TheWorkedExamplesTileHasItsPublishedHash) {
    const WholeTree whole(test::example_entries());
    EXPECT_EQ(sha256(*whole.tiles()({0, 0, 5})).hex(),
              "c42739d73c239b7ad1ee279f1578faa3506b0f3aca86f9c99d39ec2139d56de0");
}

std::vector<Hash> leaves(std::size_t size) {
    std::vector<Hash> hashes;
    for (std::size_t i = 0; i < size; ++i) hashes.push_back(leaf_hash(std::to_string(i)));
    return hashes;
}

TEST(TileTree, GivesTheNodesAndPeaksOfTheWholeTree) {
    for (const std::uint64_t size : {1U, 2U, 5U, 255U, 256U, 257U, 700U, 1024U}) {
        const WholeTree whole(leaves(size));
        const auto tree = TileTree::open(size, whole.root(size), whole.tiles());
        ASSERT_TRUE(tree) << size << tree.error().message;
        EXPECT_EQ(tree->growing().root(), whole.root(size));
        for (unsigned height = 0; size >> height > 0; ++height) {
            for (std::uint64_t index = 0; index < size >> height; ++index) {
                EXPECT_EQ(*tree->node({height, index}), *whole.nodes()({height, index}));
            }
        }
    }
}

TEST(TileTree, AnEmptyTreeHasTheRootOfNothing) {
    const WholeTree whole(leaves(1));
    EXPECT_TRUE(TileTree::open(0, empty_root(), whole.tiles()));
    EXPECT_FALSE(TileTree::open(0, leaf_hash(""), whole.tiles()));
}

TEST(TileTree, AWrongBitInAnyTileIsAnErrorAndNeverAnAnswer) {
    const std::uint64_t size = 700;
    const WholeTree whole(leaves(size));
    for (const auto& broken : new_tiles(0, size)) {
        const TileSource source = [&](const Tile& tile) {
            auto bytes = whole.tiles()(tile);
            if (tile == broken) (*bytes)[tile.width * 16] ^= 4;
            return bytes;
        };
        const auto tree = TileTree::open(size, whole.root(size), source);
        if (!tree) continue;
        EXPECT_FALSE(tree->node({0, broken.index * tile_width})) << tile_path(broken);
        for (std::uint64_t index = 0; index < size; ++index) {
            const auto node = tree->node({0, index});
            EXPECT_TRUE(!node || *node == whole.leaves()[index]) << tile_path(broken);
        }
    }
}

}  // namespace
}  // namespace truce::record
