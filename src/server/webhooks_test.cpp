// SPDX-License-Identifier: Apache-2.0
#include "server/webhooks.h"

#include <gtest/gtest.h>

namespace truce::server {
namespace {

// The example in the documentation of Standard Webhooks.
TEST(WebhookSignature, IsThatOfThePublishedExample) {
    const auto secret = webhook_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").value();
    EXPECT_EQ(webhook_signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", sys_seconds(std::chrono::seconds(1614265330)), R"({"test": 2432232314})"),
              "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(WebhookSignature, IsAnotherForAnotherTimeIdOrBody) {
    const std::string secret(32, 's');
    const auto at = sys_seconds(std::chrono::seconds(1));
    const auto one = webhook_signature(secret, "a", at, "x");
    EXPECT_NE(one, webhook_signature(secret, "a", at + std::chrono::seconds(1), "x"));
    EXPECT_NE(one, webhook_signature(secret, "b", at, "x"));
    EXPECT_NE(one, webhook_signature(secret, "a", at, "y"));
    EXPECT_NE(one, webhook_signature(std::string(32, 't'), "a", at, "x"));
}

TEST(WebhookSecret, HasFrom24To64Bytes) {
    EXPECT_TRUE(webhook_secret("whsec_" + std::string(32, 'A')));
    EXPECT_FALSE(webhook_secret("whsec_" + std::string(28, 'A')));
    EXPECT_FALSE(webhook_secret("whsec_" + std::string(88, 'A')));
    EXPECT_FALSE(webhook_secret(std::string(32, 'A')));
    EXPECT_FALSE(webhook_secret("whsec_not base64"));
}

}  // namespace
}  // namespace truce::server
