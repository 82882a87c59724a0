// SPDX-License-Identifier: Apache-2.0
#include "record/disclosure.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace truce::record {
namespace {

MonitorSecret monitor(const std::string& name, std::uint8_t seed) {
    MonitorSecret::Bytes bytes{};
    bytes.fill(seed);
    return {name, bytes};
}

AccountReceived report() {
    return {.source = "field",
            .row = {{"day", "2016-05-04"},
                    {"note", "two shells"},
                    {"phone", ""},
                    {"witness", "Maryam al-Canary"}},
            .raw = sha256("row")};
}

const std::vector<std::pair<std::string, FieldClass>> classes = {{"note", FieldClass::mission},
                                                                 {"phone", FieldClass::protected_value},
                                                                 {"witness", FieldClass::protected_value}};

// RFC 9901, section 4.2.1 and 4.2.3: the disclosure of a family name and its digest.
TEST(Disclosure, HasTheDigestOfTheRfc) {
    EXPECT_EQ(digest_of("WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"),
              "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0");
    const auto read =
        parse_disclosure("WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->value, "Möbius");
}

TEST(Disclosure, ReadsBackAsItWasWritten) {
    const auto disclosure = Disclosure::of("witness", "مريم \"M\"");
    EXPECT_EQ(parse_disclosure(disclosure.encoded()).value(), disclosure);
    EXPECT_EQ(digest_of(disclosure.encoded()), disclosure.digest());
}

TEST(Disclosure, TwoOfOneValueHaveTwoDigests) {
    EXPECT_NE(Disclosure::of("witness", "M").digest(), Disclosure::of("witness", "M").digest());
}

TEST(Disclosure, ASaltThatCouldBeTriedIsRefused) {
    EXPECT_FALSE(parse_disclosure(Disclosure{.salt = "c2hvcnQ", .name = "n", .value = "v"}.encoded()));
}

TEST(Withhold, LeavesOutWhatIsNotOpenAndCommitsToIt) {
    const Withheld withheld = withhold(report(), classes);
    EXPECT_EQ(withheld.account.row,
              (std::vector<std::pair<std::string, std::string>>{{"day", "2016-05-04"}, {"phone", ""}}));
    EXPECT_EQ(withheld.account.hidden.size(), 2U);
    EXPECT_FALSE(withheld.account.raw) << "the row's own hash would let others try values";
    EXPECT_EQ(members_of(Body(withheld.account)).dump().find("Canary"), std::string::npos);
}

TEST(Withhold, WithNothingToWithholdTheRowKeepsItsHash) {
    EXPECT_TRUE(withhold(report(), {}).account.raw);
}

TEST(RowWith, PutsBackOnlyWhatTheEntryCommitsTo) {
    const Withheld withheld = withhold(report(), classes);
    std::vector<Disclosure> disclosures = {Disclosure::of("witness", "somebody else")};
    for (const auto& value : withheld.values) disclosures.push_back(value.disclosure);
    EXPECT_EQ(row_with(withheld.account, disclosures), report().row);
}

/// A store in a folder of its own, which goes with the test.
class Store : public ::testing::Test {
protected:
    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("truce-disclosures-" + std::to_string(::getpid()));
    MonitorSecret mission = monitor("un.example/mission", 1);
    MonitorSecret party = monitor("party.example/a", 2);

    void SetUp() override { std::filesystem::create_directories(folder); }
    void TearDown() override { std::filesystem::remove_all(folder); }
    [[nodiscard]] std::filesystem::path file() const { return folder / "disclosures.db"; }

    /// All bytes of all files in the folder.
    [[nodiscard]] std::string everything() const {
        std::string bytes;
        for (const auto& entry : std::filesystem::directory_iterator(folder)) {
            std::ifstream in(entry.path(), std::ios::binary);
            bytes.append(std::istreambuf_iterator<char>(in), {});
        }
        return bytes;
    }
};

TEST_F(Store, OpensWithTheKeyItWasSealedToAndNoOther) {
    const Withheld withheld = withhold(report(), classes);
    const std::vector readers{mission.keys()};
    DisclosureStore store(file());
    store.keep(withheld.values, readers);
    for (const auto& value : withheld.values) {
        EXPECT_EQ(store.open(value.disclosure.digest(), mission).value(), value.disclosure);
        EXPECT_FALSE(store.open(value.disclosure.digest(), party));
    }
}

TEST_F(Store, HoldsNothingInClear) {
    const Withheld withheld = withhold(report(), classes);
    const std::vector readers{mission.keys()};
    {
        DisclosureStore store(file());
        store.keep(withheld.values, readers);
    }
    const std::string bytes = everything();
    for (const auto& value : withheld.values) {
        EXPECT_EQ(bytes.find(value.disclosure.value), std::string::npos);
        EXPECT_EQ(bytes.find(value.disclosure.salt), std::string::npos);
        EXPECT_EQ(bytes.find(value.disclosure.encoded()), std::string::npos);
    }
}

TEST_F(Store, AReleaseShowsItsTierAndNeverWhatIsProtected) {
    const Withheld withheld = withhold(report(), classes);
    const std::vector readers{mission.keys()};
    DisclosureStore store(file());
    store.keep(withheld.values, readers);
    EXPECT_TRUE(store.released_at(Tier::everyone, mission).empty());
    EXPECT_TRUE(store.released_at(Tier::parties, mission).empty());
    const auto to_mission = store.released_at(Tier::mission, mission);
    ASSERT_EQ(to_mission.size(), 1U);
    EXPECT_EQ(to_mission[0].name, "note");
}

TEST_F(Store, WhatIsDestroyedIsGoneFromEveryByteOfEveryFile) {
    const std::vector readers{mission.keys(), party.keys()};
    std::vector<Withheld::Value> values;
    for (int i = 0; i < 200; ++i) {
        values.push_back({.disclosure = Disclosure::of("witness", std::to_string(i) + std::string(100, 'w')),
                          .field_class = FieldClass::protected_value});
    }
    DisclosureStore store(file());
    store.keep(values, readers);
    // The sealed bytes themselves, as they lie in the file.
    std::vector<std::string> boxes;
    {
        sqlite3* raw = nullptr;
        ASSERT_EQ(sqlite3_open(file().c_str(), &raw), SQLITE_OK);
        sqlite3_stmt* statement = nullptr;
        sqlite3_prepare_v2(raw, "SELECT box FROM sealed WHERE digest = ?", -1, &statement, nullptr);
        const std::string digest = values[77].disclosure.digest();
        sqlite3_bind_text(statement, 1, digest.c_str(), -1, SQLITE_TRANSIENT);
        while (sqlite3_step(statement) == SQLITE_ROW) {
            boxes.emplace_back(static_cast<const char*>(sqlite3_column_blob(statement, 0)),
                               sqlite3_column_bytes(statement, 0));
        }
        sqlite3_finalize(statement);
        sqlite3_close(raw);
    }
    ASSERT_EQ(boxes.size(), 2U);
    for (const auto& box : boxes)
        ASSERT_NE(everything().find(box), std::string::npos) << "the search itself works";
    EXPECT_TRUE(store.destroy(values[77].disclosure.digest()));
    const std::string bytes = everything();
    for (const auto& box : boxes) EXPECT_EQ(bytes.find(box.substr(40, 40)), std::string::npos);
    EXPECT_FALSE(store.open(values[77].disclosure.digest(), mission));
    EXPECT_TRUE(store.open(values[78].disclosure.digest(), mission));
    EXPECT_FALSE(store.destroy(values[77].disclosure.digest()));
}

RC_GTEST_PROP(Withhold, EveryCellIsEitherInTheEntryOrBehindADigest,
              (std::map<std::uint8_t, std::string> cells)) {
    RC_PRE(!cells.empty());
    AccountReceived account{.source = "field"};
    std::vector<std::pair<std::string, FieldClass>> some_classes;
    for (const auto& [name, bytes] : cells) {
        std::string value;
        for (const char c : bytes) value += static_cast<char>('a' + static_cast<unsigned char>(c) % 26);
        account.row.emplace_back(std::to_string(name), value);
        some_classes.emplace_back(std::to_string(name), static_cast<FieldClass>(*rc::gen::inRange(0, 4)));
    }
    std::ranges::sort(account.row);
    const Withheld withheld = withhold(account, some_classes);
    RC_ASSERT(withheld.account.row.size() + withheld.account.hidden.size() == account.row.size());
    std::vector<Disclosure> all;
    for (const auto& value : withheld.values) all.push_back(value.disclosure);
    RC_ASSERT(row_with(withheld.account, all) == account.row);
}

}  // namespace
}  // namespace truce::record
