// SPDX-License-Identifier: Apache-2.0
#include "base/sha256.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace truce {
namespace {

TEST(Sha256, GivesTheHashesOfTheStandard) {
    // FIPS 180-4, examples of NIST: the empty text, "abc", and the 448-bit one.
    EXPECT_EQ(sha256("").hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256("abc").hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").hex(),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, ThreadsDoNotDisturbOneAnother) {
    const std::string text(100'000, 'x');
    const auto expected = sha256(text);
    std::vector<int> wrong(4);
    {
        std::vector<std::jthread> threads;
        for (auto& count : wrong) {
            threads.emplace_back([&] {
                for (int i = 0; i < 50; ++i) count += sha256(text) == expected ? 0 : 1;
            });
        }
    }
    EXPECT_EQ(wrong, std::vector<int>(4));
}

}  // namespace
}  // namespace truce
