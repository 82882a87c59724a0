// SPDX-License-Identifier: Apache-2.0
#include "record/key.h"

#include <gtest/gtest.h>

#include "record/policy.h"
#include "record/test_vectors.h"

namespace truce::record {
namespace {

MonitorSecret secret() {
    return {"us.example/aleppo-2016", test::seed_of("test secret")};
}

TEST(KeyFile, OpensWithItsPassphraseOnly) {
    const auto text = secret().sealed("correct horse", MonitorSecret::Cost::low);
    const auto opened = open_key_file(text, "correct horse");
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(opened->keys().feed, secret().keys().feed);
    EXPECT_EQ(opened->keys().witness, secret().keys().witness);
    EXPECT_FALSE(open_key_file(text, "correct horse "));
    EXPECT_FALSE(open_key_file(text, ""));
    EXPECT_EQ(read_key_file(text)->feed, secret().keys().feed);
}

TEST(KeyFile, HoldsNoSecretInClearAndIsNeverTheSameTwice) {
    const auto text = secret().sealed("x", MonitorSecret::Cost::low);
    EXPECT_NE(text, secret().sealed("x", MonitorSecret::Cost::low));
    const auto seed = test::seed_of("test secret");
    EXPECT_EQ(text.find(std::string(seed.begin(), seed.end())), std::string::npos);
}

TEST(KeyFile, AChangedCharacterIsFoundWithoutThePassphraseOrWithIt) {
    const auto text = secret().sealed("x", MonitorSecret::Cost::low);
    const auto last_line = text.rfind("sealed");
    // One character in each line: the head is bound to the secret as well.
    for (const auto at :
         {text.find("us.example"), text.find("box ") + 6, text.find("argon2id") + 11, last_line + 20}) {
        auto changed = text;
        changed[at] = changed[at] == 'a' ? 'b' : 'a';
        EXPECT_FALSE(open_key_file(changed, "x")) << at;
    }
    EXPECT_FALSE(read_key_file(text.substr(0, last_line)));
    EXPECT_FALSE(read_key_file(text + "more\n"));
}

TEST(KeyFile, AsksForNoMoreMemoryThanItsBound) {
    auto text = secret().sealed("x", MonitorSecret::Cost::low);
    const auto at = text.find("argon2id");
    text.replace(at, text.find('\n', at) - at, "argon2id 2 99999999999 AAAAAAAAAAAAAAAAAAAAAA==");
    EXPECT_FALSE(open_key_file(text, "x"));
}

TEST(MonitorKeys, ACardReadsBackAndAChangedOneDoesNot) {
    const auto keys = MonitorSecret::generate("us.example/aleppo").keys();
    const std::string card = keys.card();
    const auto read = read_card(card);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->box, keys.box);
    EXPECT_EQ(read->witness, keys.witness);
    EXPECT_FALSE(read_card(card + card));
    const auto other = MonitorSecret::generate("ru.example/aleppo").keys().card();
    EXPECT_FALSE(read_card(card.substr(0, card.find("# box")) + other.substr(other.find("# box"))))
        << "the key of somebody else";
}

TEST(MonitorKeys, TheCardIsAPolicyForOneMonitor) {
    const auto keys = secret().keys();
    const auto policy = parse_policy(keys.card() + "quorum us.example/aleppo-2016\n");
    ASSERT_TRUE(policy) << policy.error().text();
    EXPECT_EQ(policy->logs.front().key, keys.feed);
    EXPECT_EQ(policy->witnesses.front().key, keys.witness);
    EXPECT_NE(keys.feed.key, keys.witness.key);
}

}  // namespace
}  // namespace truce::record
