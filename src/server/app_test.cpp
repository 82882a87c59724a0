// SPDX-License-Identifier: Apache-2.0
#include "server/app.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "checkout.h"

namespace truce::server {
namespace {

Response got(const Router& router, std::string path, std::string held = {}) {
    std::string head = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n";
    if (!held.empty()) head += "If-None-Match: " + held + "\r\n";
    return router.answer(parse_head(head + "\r\n")->request);
}

Router with_app() {
    Router router;
    add_app(router);
    return router;
}

TEST(App, EveryPageIsTheOneDocument) {
    const auto router = with_app();
    const auto document = got(router, "/app/index.html");
    EXPECT_EQ(document.status, 200);
    EXPECT_THAT(std::string(document.text()), testing::HasSubstr("/app/app.js"));
    EXPECT_EQ(got(router, "/").text(), document.text());
    EXPECT_EQ(got(router, "/incidents/ged%3A1").text(), document.text());
    EXPECT_EQ(got(router, "/nowhere").status, 404);
}

TEST(App, EveryPageThatTheAppKnowsHasItsAddress) {
    const auto router = with_app();
    std::ifstream file(checkout() / "web/src/app/pages.tsx");
    const std::string source{std::istreambuf_iterator<char>(file), {}};
    const std::regex page(R"re(case "([a-z]+)":)re");
    std::set<std::string> missing;
    std::size_t pages = 0;
    for (std::sregex_iterator at(source.begin(), source.end(), page); at != std::sregex_iterator(); ++at) {
        ++pages;
        if (got(router, "/" + (*at)[1].str()).status != 200) missing.insert((*at)[1].str());
    }
    EXPECT_GE(pages, 12U);
    EXPECT_THAT(missing, testing::IsEmpty());
}

TEST(App, WhatIsHeldIsNotSentAgain) {
    const auto router = with_app();
    const auto first = got(router, "/app/app.js");
    const auto tag = std::string(*first.headers.find("ETag"));
    EXPECT_EQ(got(router, "/app/app.js", tag).status, 304);
    EXPECT_EQ(got(router, "/app/app.js", "\"other\"").status, 200);
    EXPECT_EQ(*first.headers.find("Content-Type"), "text/javascript; charset=utf-8");
}

TEST(App, CataloguesAreBesideTheFiles) {
    const auto router = with_app();
    EXPECT_EQ(got(router, "/app/messages/ar.json").status, 200);
    EXPECT_EQ(got(router, "/app/messages/xx.json").status, 404);
    EXPECT_EQ(got(router, "/sw.js").status, 200);
}

}  // namespace
}  // namespace truce::server
