// SPDX-License-Identifier: Apache-2.0
#include "base/base64.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace truce {
namespace {

TEST(Base64, TheExamplesOfRfc4648ReadAndWrite) {
    const std::vector<std::pair<std::string, std::string>> examples{{"", ""},
                                                                    {"f", "Zg=="},
                                                                    {"fo", "Zm8="},
                                                                    {"foo", "Zm9v"},
                                                                    {"foob", "Zm9vYg=="},
                                                                    {"fooba", "Zm9vYmE="},
                                                                    {"foobar", "Zm9vYmFy"}};
    for (const auto& [bytes, text] : examples) {
        EXPECT_EQ(base64(bytes), text);
        EXPECT_EQ(base64_decoded(text), bytes);
    }
}

TEST(Base64, ASecondSpellingOfTheSameBytesIsRefused) {
    for (const auto* text : {"Zh==", "Zm9=", "Zg", "Zg=", "Zg===", "Zm9v\n", " Zm9v", "Zm_v",
                             "Z===", "====", "Zg==Zg==", "=", "Zm9v=", "Zm8=Zm8="}) {
        EXPECT_EQ(base64_decoded(text), std::nullopt) << text;
    }
}

RC_GTEST_PROP(Base64, EveryTextThatReadsIsTheOneThatWouldBeWritten,
              (const std::string& bytes, std::string text)) {
    RC_ASSERT(base64_decoded(base64(bytes)) == bytes);
    if (const auto read = base64_decoded(text)) RC_ASSERT(base64(*read) == text);
}

}  // namespace
}  // namespace truce
