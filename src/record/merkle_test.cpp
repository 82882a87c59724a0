// SPDX-License-Identifier: Apache-2.0
#include "record/merkle.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "record/checkpoint.h"
#include "record/test_vectors.h"

namespace truce::record {
namespace {

using test::WholeTree;

WholeTree numbered(std::size_t size) {
    std::vector<std::string> entries;
    for (std::size_t i = 0; i < size; ++i) entries.push_back(std::to_string(i));
    return WholeTree(entries);
}

GrowingTree grown(std::size_t size) {
    GrowingTree tree;
    for (std::size_t i = 0; i < size; ++i) tree.append(leaf_hash(std::to_string(i)));
    return tree;
}

// The reference leaves of Certificate Transparency's implementations (RFC 6962).
TEST(Merkle, TheReferenceTreeHasItsPublishedRoots) {
    const std::vector<std::string> leaves{"",
                                          std::string(1, '\0'),
                                          "\x10",
                                          "\x20\x21",
                                          "\x30\x31",
                                          "\x40\x41\x42\x43",
                                          "\x50\x51\x52\x53\x54\x55\x56\x57",
                                          "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"};
    const std::vector<std::string> roots{"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                         "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                                         "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                                         "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                                         "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                                         "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                                         "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                                         "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                                         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
    GrowingTree tree;
    EXPECT_EQ(tree.root().hex(), roots[0]);
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        tree.append(leaf_hash(leaves[i]));
        EXPECT_EQ(tree.root().hex(), roots[i + 1]);
    }
}

TEST(Merkle, LargeTreesHaveTheRootsThatAnIndependentProgramGave) {
    const std::vector<std::pair<std::size_t, std::string>> roots{
        {255, "32f85bcaa87d7bcd05728f09e9aeba350ba6a2f733830087f0597682848be5cb"},
        {256, "828515d033c19d8c901f37eccb8aed919667703486f8d2fff1cf7040321c5db1"},
        {257, "1eda049a4351d86f76252bd7ec0b7746ad75b7fa0316ad5f541dbda458a312c4"},
        {65535, "74f13a0e1a75689372efb990cf68c664e44c763d9304844955b2eaff624e8df1"},
        {65536, "f025d06ed804859fd274a1bdacadd6e48ea87634aa91e1edb20143f9498cd02b"},
        {65537, "dc8795a25fd4bd52a0b84f639fd3139ba160824023d188e428eb5db0f3ce221a"},
        {70000, "1a4cdfcb66374a0c0dcbef49acbd4976d13ee864fb3cb241fc943cad04f02f7e"}};
    for (const auto& [size, root] : roots) EXPECT_EQ(grown(size).root().hex(), root) << size;
}

TEST(Merkle, TheWorkedExampleHasItsProofs) {
    const WholeTree tree(test::example_entries());
    const auto& leaf = tree.leaves();
    EXPECT_EQ(leaf[4].hex(), "0b97a28a12ead664ca58f18d0fde751bbc076cfd14e04d6fd4de6adc50d65ad6");
    EXPECT_EQ(*prove_inclusion(2, 5, tree.nodes()), (std::vector{leaf[3], tree.root(2), leaf[4]}));
    EXPECT_EQ(*prove_inclusion(4, 5, tree.nodes()), (std::vector{tree.root(4)}));
    EXPECT_EQ(*prove_consistency(3, 5, tree.nodes()), (std::vector{leaf[2], leaf[3], tree.root(2), leaf[4]}));
    EXPECT_EQ(*prove_consistency(4, 5, tree.nodes()), (std::vector{leaf[4]}));
    EXPECT_TRUE(prove_consistency(0, 5, tree.nodes())->empty());
    EXPECT_TRUE(prove_consistency(5, 5, tree.nodes())->empty());
}

TEST(Merkle, AProofBeyondTheTreeIsRefused) {
    const auto tree = numbered(4);
    EXPECT_FALSE(prove_inclusion(4, 4, tree.nodes()));
    EXPECT_FALSE(prove_consistency(5, 4, tree.nodes()));
}

TEST(Merkle, EveryProofOfEveryTreeUpToSeventyEntriesHolds) {
    const auto tree = numbered(70);
    for (std::uint64_t size = 0; size <= 70; ++size) {
        for (std::uint64_t index = 0; index < size; ++index) {
            const auto path = prove_inclusion(index, size, tree.nodes());
            EXPECT_TRUE(inclusion_holds(index, {0, size}, tree.leaves()[index], tree.root(size), *path));
            EXPECT_FALSE(inclusion_holds(index, {0, size}, tree.leaves()[index], tree.root(size - 1), *path));
        }
        for (std::uint64_t old_size = 1; old_size <= size; ++old_size) {
            const auto proof = prove_consistency(old_size, size, tree.nodes());
            EXPECT_TRUE(consistency_holds(old_size, size, tree.root(old_size), tree.root(size), *proof));
            EXPECT_FALSE(consistency_holds(old_size, size, tree.root(old_size - 1), tree.root(size), *proof));
        }
    }
}

RC_GTEST_PROP(Merkle, AChangedProofNeverHolds, ()) {
    const auto size = *rc::gen::inRange<std::uint64_t>(2, 200);
    const auto index = *rc::gen::inRange<std::uint64_t>(0, size);
    const auto old_size = *rc::gen::inRange<std::uint64_t>(1, size);
    const auto tree = numbered(size);
    auto path = *prove_inclusion(index, size, tree.nodes());
    auto proof = *prove_consistency(old_size, size, tree.nodes());
    const auto flipped = [](std::vector<Hash>& hashes) {
        auto& hash = hashes[*rc::gen::inRange<std::size_t>(0, hashes.size())];
        hash.bytes[*rc::gen::inRange<std::size_t>(0, 32)] ^=
            static_cast<std::uint8_t>(1U << *rc::gen::inRange<unsigned>(0, 8));
    };
    flipped(path);
    flipped(proof);
    RC_ASSERT(!inclusion_holds(index, {0, size}, tree.leaves()[index], tree.root(size), path));
    RC_ASSERT(!consistency_holds(old_size, size, tree.root(old_size), tree.root(size), proof));
}

// transparency-dev/merkle's probes: 518 files, of which 482 must not hold.
TEST(Merkle, TheProbesOfTransparencyDevGetTheirVerdicts) {
    const auto folder = test::vectors() / "upstream-vectors" / "merkle-testdata";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << "the probes are not here: " << folder;
    const auto hash = [](const nlohmann::json& text) -> std::optional<Hash> {
        const auto bytes = base64_decoded(text.get<std::string>());
        if (!bytes || bytes->empty()) return std::nullopt;
        // Some probes hold words where a hash's bytes do not matter, only whether two are equal.
        return bytes->size() == 32 ? hash_of_bytes(*bytes) : sha256(*bytes);
    };
    std::size_t probes = 0;
    std::size_t refused = 0;
    for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
        if (file.path().extension() != ".json") continue;
        ++probes;
        const auto probe = nlohmann::json::parse(test::bytes_of_file(file.path()));
        std::vector<Hash> proof;
        bool readable = true;
        if (probe["proof"].is_array()) {
            for (const auto& text : probe["proof"]) {
                const auto read = hash(text);
                readable = readable && read;
                if (read) proof.push_back(*read);
            }
        }
        bool holds = false;
        if (probe.contains("leafIdx")) {
            const auto leaf = hash(probe["leafHash"]);
            const auto root = hash(probe["root"]);
            const Subtree subtree{probe.value("start", std::uint64_t{0}),
                                  probe.contains("end") ? probe["end"].get<std::uint64_t>()
                                                        : probe["treeSize"].get<std::uint64_t>()};
            holds = readable && leaf && root &&
                    inclusion_holds(probe["leafIdx"].get<std::uint64_t>(), subtree, *leaf, *root, proof);
        } else {
            const auto first = hash(probe["root1"]);
            const auto second = hash(probe["root2"]);
            const bool of_subtree = probe.contains("end");
            const Subtree subtree{probe.value("start", std::uint64_t{0}),
                                  (of_subtree ? probe["end"] : probe["size1"]).get<std::uint64_t>()};
            const auto size = (of_subtree ? probe["size"] : probe["size2"]).get<std::uint64_t>();
            holds = readable && first && second &&
                    (of_subtree ? subtree_holds(subtree, size, *first, *second, proof)
                                : consistency_holds(subtree.end, size, *first, *second, proof));
        }
        EXPECT_EQ(holds, !probe["wantErr"].get<bool>()) << file.path() << ": " << probe["desc"];
        refused += holds ? 0 : 1;
    }
    EXPECT_EQ(probes, 518U);
    EXPECT_EQ(refused, 482U);
}

}  // namespace
}  // namespace truce::record
