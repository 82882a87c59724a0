// SPDX-License-Identifier: Apache-2.0
#include "base/crc32c.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace truce {
namespace {

// RFC 3720 appendix B.4.
TEST(Crc32c, TheExamplesOfRfc3720HaveTheirValues) {
    EXPECT_EQ(crc32c("123456789"), 0xE3069283U);
    EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAU);
    EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62A8AB43U);
}

RC_GTEST_PROP(Crc32c, PartsGiveTheSameAsTheWhole, (const std::string& first, const std::string& second)) {
    RC_ASSERT(crc32c(first + second) == crc32c(second, crc32c(first)));
}

}  // namespace
}  // namespace truce
