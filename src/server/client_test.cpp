// SPDX-License-Identifier: Apache-2.0
#include "server/client.h"

#include <gtest/gtest.h>

#include "server/test_receiver.h"

namespace truce::server {
namespace {

TEST(WebAddress, HasHostPortAndPath) {
    const auto address = parse_web_address("https://Peer.Example:8470/mission/").value();
    EXPECT_TRUE(address.secure);
    EXPECT_EQ(address.host, "peer.example");
    EXPECT_EQ(address.port, 8470);
    EXPECT_EQ(address.path, "/mission");
    EXPECT_EQ(address.text(), "https://peer.example:8470/mission");
}

TEST(WebAddress, LeavesOutTheUsualPort) { EXPECT_EQ(parse_web_address("https://peer.example:443").value().text(), "https://peer.example"); }

TEST(WebAddress, MayBeAnIpv6Address) {
    const auto address = parse_web_address("https://[2001:db8::1]:8470").value();
    EXPECT_EQ(address.host, "2001:db8::1");
    EXPECT_EQ(address.text(), "https://[2001:db8::1]:8470");
}

TEST(WebAddress, IsHttpsButOnThisMachine) {
    EXPECT_TRUE(parse_web_address("http://127.0.0.1:8470"));
    EXPECT_TRUE(parse_web_address("http://[::1]:8470"));
    EXPECT_TRUE(parse_web_address("http://localhost"));
    EXPECT_FALSE(parse_web_address("http://peer.example"));
}

class NoAddress : public ::testing::TestWithParam<const char*> {};
TEST_P(NoAddress, IsRefused) { EXPECT_FALSE(parse_web_address(GetParam())); }
INSTANTIATE_TEST_SUITE_P(WebAddress, NoAddress,
                         ::testing::Values("", "peer.example", "ftp://peer.example", "https://", "https://:8470", "https://peer.example:0",
                                           "https://peer.example:65536", "https://peer.example:x", "https://user@peer.example",
                                           "https://peer.example?x=1", "https://peer.example/#x", "https://peer.example/a b",
                                           "https://peer.example/\r\nX: y", "https://[::1", "https://peer.example:8470:1"));

TEST(PublicAddress, IsOneOfTheOpenInternet) {
    EXPECT_TRUE(is_public_address("93.184.216.34"));
    EXPECT_TRUE(is_public_address("2606:2800:220:1::1"));
}

class Reserved : public ::testing::TestWithParam<const char*> {};
TEST_P(Reserved, IsNotPublic) { EXPECT_FALSE(is_public_address(GetParam())); }
INSTANTIATE_TEST_SUITE_P(PublicAddress, Reserved,
                         ::testing::Values("127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
                                           "100.64.0.1", "0.0.0.0", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1",
                                           "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "2002:7f00:1::1",
                                           "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2001::1", "3fff::1", "peer.example", ""));

TEST(PublicAddress, LeavesOutWhatIsReservedAndNoMore) {
    EXPECT_TRUE(is_public_address("172.15.255.255"));
    EXPECT_TRUE(is_public_address("172.32.0.0"));
    EXPECT_TRUE(is_public_address("100.63.255.255"));
    EXPECT_TRUE(is_public_address("223.255.255.255"));
    EXPECT_TRUE(is_public_address("2001:4860::8888"));
}

Result<Incoming> asked(const TestReceiver& receiver, Client::Settings settings) {
    Client client(std::move(settings));
    return client.send(receiver.address(), {.method = Method::post, .target = "/x?y=1", .headers = {{"X-Own", "1"}}, .body = "body"});
}
Client::Settings quick() { return {.trusted = {}, .patience = std::chrono::seconds(5)}; }

TEST(Client, SendsWhatItIsGiven) {
    TestReceiver receiver("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Own: 2\r\n\r\nok and more");
    const auto answer = asked(receiver, quick());
    ASSERT_TRUE(answer) << answer.error().text();
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->body, "ok");
    EXPECT_EQ(answer->headers.find("x-own"), "2");
    EXPECT_NE(receiver.request().find("POST /x?y=1 HTTP/1.1\r\n"), std::string::npos);
    EXPECT_NE(receiver.request().find("X-Own: 1\r\nContent-Length: 4\r\n\r\n"), std::string::npos);
}

TEST(Client, ReadsChunksAndBodiesThatEndWithTheConnection) {
    TestReceiver chunked("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3;x=y\r\ncde\r\n0\r\n\r\n");
    EXPECT_EQ(asked(chunked, quick()).value().body, "abcde");
    TestReceiver closed("HTTP/1.1 200 OK\r\n\r\nall of it");
    EXPECT_EQ(asked(closed, quick()).value().body, "all of it");
}

class BadAnswer : public ::testing::TestWithParam<const char*> {};
TEST_P(BadAnswer, IsAnError) {
    TestReceiver receiver(GetParam());
    EXPECT_FALSE(asked(receiver, quick()));
}
INSTANTIATE_TEST_SUITE_P(Client, BadAnswer,
                         ::testing::Values("", "HTTP/1.1 200 OK\r\n", "SSH-2.0-x\r\n\r\n", "HTTP/1.1 xyz\r\n\r\n",
                                           "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nless", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
                                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"));

TEST(Client, TakesNoMoreThanItsBound) {
    TestReceiver receiver("HTTP/1.1 200 OK\r\n\r\n" + std::string(1000, 'x'));
    auto settings = quick();
    settings.longest_answer = 999;
    EXPECT_FALSE(asked(receiver, settings));
}

TEST(Client, AsksNoPrivateAddressWhereOnlyPublicOnesAreMeant) {
    TestReceiver receiver("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    auto settings = quick();
    settings.reach = Client::Reach::public_only;
    const auto answer = asked(receiver, settings);
    ASSERT_FALSE(answer);
    EXPECT_NE(answer.error().message.find("private"), std::string::npos);
    EXPECT_EQ(receiver.request(), "");
}

TEST(Client, GivesUpOnOneWhoSaysNothing) {
    TestReceiver receiver(TestReceiver::silent);
    auto settings = quick();
    settings.patience = std::chrono::milliseconds(100);
    const auto answer = asked(receiver, settings);
    ASSERT_FALSE(answer);
    EXPECT_NE(answer.error().message.find("in time"), std::string::npos);
}

TEST(Client, OnceStoppedAsksNobody) {
    TestReceiver receiver(TestReceiver::silent);
    Client client(quick());
    client.stop();
    const auto answer = client.send(receiver.address(), {.target = {}});
    ASSERT_FALSE(answer);
    EXPECT_NE(answer.error().message.find("stops"), std::string::npos);
}

}  // namespace
}  // namespace truce::server
