// SPDX-License-Identifier: Apache-2.0
#include "server/contract.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "report/assets.h"

namespace truce::server {
namespace {

TEST(JsonOfYaml, KeepsTextsTextsAndNumbersNumbers) {
    EXPECT_EQ(json_of_yaml("{a: 1, b: \"1\", c: true, d: \"yes\", e: 1.5, f: 3.0.3, g: [x, null], h: {}}").value(),
              R"({"a":1,"b":"1","c":true,"d":"yes","e":1.5,"f":"3.0.3","g":["x",null],"h":{}})");
}

TEST(JsonOfYaml, RefusesWhatTheStrictReaderRefuses) { EXPECT_FALSE(json_of_yaml("{a: 1, a: 2}")); }

TEST(Contract, IsWholeAsJson) {
    const auto json = json_of_yaml(assets::openapi_yaml());
    ASSERT_TRUE(json) << json.error().text();
    const auto contract = nlohmann::json::parse(*json);
    EXPECT_EQ(contract["openapi"], "3.0.3");
    EXPECT_TRUE(contract["paths"].contains("/ogc/collections/{collection}/items"));
}

}  // namespace
}  // namespace truce::server
