// SPDX-License-Identifier: Apache-2.0
#include "server/live.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace truce::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Keeps what is sent, until it is told to be slow.
class Reader final : public Outlet {
public:
    bool send(std::shared_ptr<const std::string> bytes) override {
        if (gone) return false;
        got += *bytes;
        return true;
    }
    void close() override { closed = true; }
    std::string got;
    bool gone = false;
    bool closed = false;
};

TEST(Live, AReaderThatComesBackMissesNothing) {
    Live live("run1");
    live.send("assessment", "1");
    live.send("assessment", "2");
    live.send("record", "3");
    const auto reader = std::make_shared<Reader>();
    live.add(reader, "run1-1");
    EXPECT_THAT(reader->got, HasSubstr("id: run1-2\nevent: assessment\ndata: 2\n\nid: run1-3\nevent: record\ndata: 3\n\n"));
    EXPECT_THAT(reader->got, Not(HasSubstr("data: 1\n")));
    live.send("record", "4");
    EXPECT_THAT(reader->got, HasSubstr("id: run1-4"));
}

TEST(Live, WhatIsNoLongerKeptIsToldByAReset) {
    Live live("run1", 2);
    for (int i = 0; i < 5; ++i) live.send("record", std::to_string(i));
    const auto late = std::make_shared<Reader>();
    live.add(late, "run1-1");
    EXPECT_THAT(late->got, HasSubstr("id: run1-5\nevent: reset"));
    const auto in_time = std::make_shared<Reader>();
    live.add(in_time, "run1-3");
    EXPECT_THAT(in_time->got, Not(HasSubstr("reset")));
}

TEST(Live, AnIdOfAnotherRunOrOfNoneIsToldByAReset) {
    Live live("run2");
    for (const auto* id : {"run1-1", "run2-99", "run2-", "run2-x", "5", "run2--1"}) {
        const auto reader = std::make_shared<Reader>();
        live.add(reader, id);
        EXPECT_THAT(reader->got, HasSubstr("event: reset")) << id;
    }
}

TEST(Live, AReaderThatIsGoneIsLetGoAndOthersStay) {
    Live live("run1");
    const auto slow = std::make_shared<Reader>();
    const auto good = std::make_shared<Reader>();
    live.add(slow, "");
    live.add(good, "");
    slow->gone = true;
    live.send("record", "1");
    EXPECT_EQ(live.readers(), 1U);
    EXPECT_THAT(good->got, HasSubstr("data: 1\n"));
    live.close();
    EXPECT_TRUE(good->closed);
}

}  // namespace
}  // namespace truce::server
