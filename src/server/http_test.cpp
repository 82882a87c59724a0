// SPDX-License-Identifier: Apache-2.0
#include "server/http.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace truce::server {
namespace {

tl::expected<Head, Refusal> head(std::string_view line, std::string_view fields = "Host: a\r\n") {
    return parse_head(std::string(line) + "\r\n" + std::string(fields) + "\r\n");
}
int refused(std::string_view line, std::string_view fields = "Host: a\r\n") {
    const auto read = head(line, fields);
    return read ? 0 : read.error().status;
}

TEST(ParseHead, ReadsPathQueryAndFields) {
    const auto read = head("GET /api/incidents/ged%3A1%2F2?q=a+b%20c&verdict=breach&verdict=x& HTTP/1.1", "hOST: here\r\nX-Y:  z \t\r\n");
    ASSERT_TRUE(read) << read.error().why;
    EXPECT_EQ(read->request.path, (std::vector<std::string>{"api", "incidents", "ged:1/2"}));
    EXPECT_EQ(read->request.query.find("q"), "a b c");
    EXPECT_EQ(read->request.query.all("verdict"), (std::vector<std::string_view>{"breach", "x"}));
    EXPECT_EQ(read->request.headers.find("x-y"), "z");
    EXPECT_EQ(read->request.headers.find("Host"), "here");
    EXPECT_TRUE(read->keep_alive);
    EXPECT_EQ(read->content_length, 0U);
}

TEST(ParseHead, AnOldClientClosesUnlessItSaysOtherwise) {
    EXPECT_FALSE(head("GET / HTTP/1.0")->keep_alive);
    EXPECT_TRUE(head("GET / HTTP/1.0", "Connection: Keep-Alive\r\n")->keep_alive);
    EXPECT_FALSE(head("GET / HTTP/1.1", "Host: a\r\nConnection: x, close\r\n")->keep_alive);
}

TEST(ParseHead, ThereIsOneWayToSayWhereABodyEnds) {
    EXPECT_EQ(head("POST / HTTP/1.1", "Host: a\r\nContent-Length: 12\r\n")->content_length, 12U);
    EXPECT_EQ(refused("POST / HTTP/1.1", "Host: a\r\nTransfer-Encoding: chunked\r\n"), 411);
    EXPECT_EQ(refused("POST / HTTP/1.1", "Host: a\r\nTransfer-Encoding : chunked\r\n"), 400);
    EXPECT_EQ(refused("POST / HTTP/1.1", "Host: a\r\nContent-Length: 1\r\ncontent-length: 1\r\n"), 400);
    for (const auto* length : {"", "+1", "-1", "0x1", "1,1", "1 1", "99999999999999999999999"})
        EXPECT_EQ(refused("POST / HTTP/1.1", std::string("Host: a\r\nContent-Length: ") + length + "\r\n"), 400) << length;
}

TEST(ParseHead, RefusesWhatReadersDifferOn) {
    EXPECT_EQ(refused("GET / HTTP/1.1", "Host: a\r\n folded\r\n"), 400);
    EXPECT_EQ(refused("GET / HTTP/1.1", "Host: a\r\nx: a\nb: c\r\n"), 400);
    EXPECT_EQ(refused("GET / HTTP/1.1", "Host: a\r\nx: a\rb\r\n"), 400);
    EXPECT_EQ(refused("GET / HTTP/1.1", std::string_view("Host: a\r\nx: a\0b\r\n", 17)), 400);
    EXPECT_EQ(refused("GET / HTTP/1.1", ""), 400);
    EXPECT_EQ(refused("GET / HTTP/1.1", "Host: a\r\nHost: a\r\n"), 400);
    EXPECT_EQ(refused("GET  / HTTP/1.1"), 400);
    EXPECT_EQ(refused("GET /a b HTTP/1.1"), 400);
}

TEST(ParseHead, APathLeadsNowhereButDown) {
    for (const auto* target : {"/..", "/a/../b", "/%2e%2e/b", "/.", "/a/%2E", "a", "*", "http://a/", "/%", "/%4", "/%zz", "/%00", "/%ff", "/a#b", ""})
        EXPECT_EQ(refused(std::string("GET ") + target + " HTTP/1.1"), 400) << target;
    EXPECT_EQ(head("GET /a//b/ HTTP/1.1")->request.path, (std::vector<std::string>{"a", "", "b", ""}));
}

TEST(ParseHead, LimitsAreKept) {
    EXPECT_EQ(refused("GET /" + std::string(9000, 'a') + " HTTP/1.1"), 414);
    EXPECT_EQ(refused("GET / HTTP/1.1", "Host: a\r\nx: " + std::string(17000, 'a') + "\r\n"), 431);
    std::string many = "Host: a\r\n";
    for (int i = 0; i < 64; ++i) many += "x: y\r\n";
    EXPECT_EQ(refused("GET / HTTP/1.1", many), 431);
}

TEST(Problem, NamesTheField) {
    const auto response = problem(422, "Wrong", "what to do", {{"when.start", "is no time: \xff"}});
    const auto object = nlohmann::json::parse(response.text());
    EXPECT_EQ(response.headers.find("content-type"), "application/problem+json");
    EXPECT_EQ(object["status"], 422);
    EXPECT_EQ(object["errors"][0]["field"], "when.start");
}

TEST(Percent, ComesBackAsItWas) {
    std::string all;
    for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
    EXPECT_EQ(percent_decoded(percent_encoded(all), Plus::as_it_is), all);
}

}  // namespace
}  // namespace truce::server
