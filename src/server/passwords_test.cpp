// SPDX-License-Identifier: Apache-2.0
#include "server/passwords.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace truce::server {
namespace {

const std::vector<std::string> context{"Aleppo", "watch officer"};

bool will_do(std::string_view password) { return !fault_of_password(password, context); }

TEST(Password, OfTwelveCharactersIsLongEnoughAndOneOfElevenIsNot) {
    EXPECT_TRUE(will_do("tram olive k"));
    EXPECT_FALSE(will_do("tram olive "));
}
TEST(Password, CountsCharactersAndNotBytes) {
    EXPECT_TRUE(will_do("زيتونةوقطارب"));
    EXPECT_FALSE(will_do("زيتونةوقط"));
}
TEST(Password, MayHaveMoreThan128Characters) {
    std::string text;
    for (int i = 0; i < 40; ++i) text += "word" + std::to_string(i * 7919) + " ";
    EXPECT_TRUE(will_do(text));
}
TEST(Password, NeedsNoMixOfKindsOfCharacters) { EXPECT_TRUE(will_do("lemon harbour tuesday")); }
TEST(Password, ThatIsTriedFirstIsRefused) {
    EXPECT_FALSE(will_do("1q2w3e4r5t6y"));
    EXPECT_FALSE(will_do("Administrator"));
}
TEST(Password, MadeOfCommonOnesIsRefused) {
    EXPECT_FALSE(will_do("monkey123456"));
    EXPECT_FALSE(will_do("dragonmonkey"));
    EXPECT_FALSE(will_do("!!password2016!!"));
}
TEST(Password, ThatRepeatsOrCountsIsRefused) {
    EXPECT_FALSE(will_do("aaaaaaaaaaaaaa"));
    EXPECT_FALSE(will_do("xyz1xyz1xyz1xyz1"));
    EXPECT_FALSE(will_do("123456789012"));
}
TEST(Password, ThatSaysWhatOthersKnowIsRefused) {
    EXPECT_FALSE(will_do("Aleppo!7719x"));
    EXPECT_TRUE(will_do("the trams of aleppo ring at nine"));
}
TEST(Password, IsHashedWithArgon2idAndASaltOfItsOwn) {
    const auto one = hash_of_password("lemon harbour tuesday", HashCost::tests);
    EXPECT_TRUE(one.starts_with("$argon2id$v=19$m="));
    EXPECT_NE(one, hash_of_password("lemon harbour tuesday", HashCost::tests));
    EXPECT_TRUE(is_password("lemon harbour tuesday", one));
    EXPECT_FALSE(is_password("lemon harbour tuesdaY", one));
}
TEST(Password, HashedCheaplyIsOutdatedForPeople) {
    EXPECT_TRUE(is_outdated(hash_of_password("lemon harbour tuesday", HashCost::tests), HashCost::people));
    EXPECT_NE(hash_of_password("x", HashCost::people).find("m=65536,t=2,p=1"), std::string::npos);
}
TEST(Secret, Has256BitsAndIsNeverTheSame) {
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) seen.insert(fresh_secret());
    EXPECT_EQ(seen.size(), 1000U);
    EXPECT_EQ(seen.begin()->size(), 43U);
}
TEST(Code, IsGroupedForTyping) { EXPECT_EQ(fresh_code(16).size(), 19U); }

}  // namespace
}  // namespace truce::server
