// SPDX-License-Identifier: Apache-2.0
#include "linkage/similarity.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "linkage/names.h"

namespace truce::linkage {
namespace {

// The examples of Winkler (1990) and of the R package stringdist.
TEST(JaroWinkler, GivesThePublishedExamples) {
    EXPECT_NEAR(jaro("MARTHA", "MARHTA"), 0.944444, 1e-6);
    EXPECT_NEAR(jaro_winkler("MARTHA", "MARHTA"), 0.961111, 1e-6);
    EXPECT_NEAR(jaro("DWAYNE", "DUANE"), 0.822222, 1e-6);
    EXPECT_NEAR(jaro_winkler("DWAYNE", "DUANE"), 0.84, 1e-6);
    EXPECT_NEAR(jaro_winkler("DIXON", "DICKSONX"), 0.813333, 1e-6);
}

TEST(JaroWinkler, OfEmptyTextsIsOneAndOfOneEmptyTextNothing) {
    EXPECT_EQ(jaro_winkler("", ""), 1);
    EXPECT_EQ(jaro_winkler("", "a"), 0);
    EXPECT_EQ(jaro_winkler("abc", "xyz"), 0);
}

TEST(JaroWinkler, CountsCharactersAndNotBytes) {
    EXPECT_NEAR(jaro("МАРТА", "МАРАТ"), jaro("MARTA", "MARAT"), 1e-12);
}

RC_GTEST_PROP(JaroWinkler, IsSymmetricAndWithinBounds, (const std::string& a, const std::string& b)) {
    const double likeness = jaro_winkler(a, b);
    RC_ASSERT(likeness >= 0.0);
    RC_ASSERT(likeness <= 1.0 + 1e-12);
    RC_ASSERT(jaro_winkler(a, a) == 1.0);
}

TEST(Shingles, OfOneWordAreTheWord) {
    EXPECT_EQ(shingles_of("Sarmada").count, 1);
    EXPECT_EQ(shingles_of(" -- ").count, 0);
    EXPECT_EQ(shingles_of("four mortar shells fell").count, 3);
}

TEST(Shingles, PayNoHeedToCaseAndPunctuation) {
    EXPECT_EQ(
        resemblance(shingles_of("Four shells, fell!").values(), shingles_of("four SHELLS fell").values()), 1);
}

TEST(Resemblance, IsTheShareOfPairsOfWordsInCommon) {
    const auto a = shingles_of("four mortar shells fell on the market");
    const auto b = shingles_of("four mortar shells fell near the market");
    // a: 6 pairs, b: 6 pairs, common: four mortar, mortar shells, shells fell, the market.
    EXPECT_DOUBLE_EQ(resemblance(a.values(), b.values()), 4.0 / 8.0);
}

TEST(Resemblance, OfLongTextsIsEstimatedFromTheSmallestHashes) {
    std::string common;
    std::string a;
    std::string b;
    for (int i = 0; i < 200; ++i) {
        common += "w" + std::to_string(i) + " ";
        a += "a" + std::to_string(i) + " ";
        b += "b" + std::to_string(i) + " ";
    }
    // 199 or so pairs in common of 600.
    EXPECT_NEAR(resemblance(shingles_of(common + a).values(), shingles_of(common + b).values()), 1.0 / 3,
                0.18);
}

TEST(Names, ComeIntoOneKeyWhateverTheirLetters) {
    EXPECT_EQ(latin_key("Сергей Иванов"), "sergei ivanov");
    EXPECT_EQ(latin_key("Jabhat al-Nuṣra"), "jabhat al nusra");
    EXPECT_EQ(latin_key("محمد"), "mhmd");
}

TEST(Names, TransliterationsOfOneArabicNameHaveOneSkeleton) {
    EXPECT_EQ(skeleton("muhammad"), skeleton("mohamed"));
    EXPECT_EQ(skeleton(latin_key("محمد")), skeleton("mohammad"));
    EXPECT_EQ(skeleton(latin_key("عبد القادر")), skeleton(latin_key("Abd al-Qadir")));
}

TEST(Names, ArabicAndLatinSpellingsOfOneNameAreAlike) {
    EXPECT_GE(name_likeness(latin_key("محمد خالد"), latin_key("Mohammed Khaled")), 0.92);
    EXPECT_GE(name_likeness(latin_key("حسن"), latin_key("Hassan")), 0.92);
    EXPECT_LT(name_likeness(latin_key("محمد"), latin_key("Khalil")), 0.8);
}

TEST(Names, TheOrderOfWordsDoesNotMatter) {
    EXPECT_EQ(name_likeness("khaled mohammed", "mohammed khaled"), 1);
}

}  // namespace
}  // namespace truce::linkage
