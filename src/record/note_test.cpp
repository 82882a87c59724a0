// SPDX-License-Identifier: Apache-2.0
#include "record/note.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "base/base64.h"
#include "record/cosignature.h"
#include "record/test_vectors.h"

namespace truce::record {
namespace {

std::string bytes_of_hex(const std::string& hex) {
    std::string bytes;
    for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
        bytes += static_cast<char>(std::stoi(hex.substr(at, 2), nullptr, 16));
    }
    return bytes;
}

Note signed_example() {
    Note note{.text = "some text\n", .signatures = {}};
    note.signatures.push_back(test::log_key().sign(note.text));
    return note;
}

// The example of the specification C2SP signed-note v1.0.0.
TEST(Note, TheExampleOfTheSpecificationHolds) {
    const auto key =
        parse_verifier_key("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k");
    ASSERT_TRUE(key);
    const auto note = parse_note(
        "This is an example message.\n\n"
        "\u2014 example.com/foo "
        "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n");
    ASSERT_TRUE(note) << note.error().message;
    EXPECT_TRUE(signature_holds(note->signatures.front(), *key, note->text));
    EXPECT_FALSE(signature_holds(note->signatures.front(), *key, "This is an Example message.\n"));
}

TEST(Note, TheKeysOfTheWorkedExampleHaveTheirPublishedForm) {
    EXPECT_EQ(test::log_key().verifier().text(),
              "ceasefire.example/syria-2016/joint-log+73876840+ASS4j+XecCg50LbL7nbMXmqV1GI12/ZwnWB+OhedawMo");
    EXPECT_EQ(test::witness_a().verifier().text(),
              "witness.example/monitor-a+45787c40+BHk+e+OECSWZGPf2CFra1OJvwkVGD7HRElMwT6cxUAtz");
    EXPECT_EQ(test::witness_b().verifier().text(),
              "witness.example/monitor-b+fd2f5820+BIyc8/Qww3SfUtNtS25z8M+qSUYhyy/tv78JT9j6pg8X");
}

// x/mod's own test of its keys, with its key.
TEST(Note, EverySubstringAndEveryChangedCharacterOfAKeyIsRefused) {
    const std::string text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    ASSERT_TRUE(parse_verifier_key(text));
    EXPECT_EQ(parse_verifier_key(text)->text(), text);
    for (std::size_t at = 0; at < text.size(); ++at) {
        EXPECT_FALSE(parse_verifier_key(text.substr(0, at)));
        EXPECT_FALSE(parse_verifier_key(text.substr(at + 1)));
        auto changed = text;
        ++changed[at];
        EXPECT_FALSE(parse_verifier_key(changed)) << changed;
    }
}

TEST(Note, AKeyOfLowOrderIsRefusedAtEnrolment) {
    // The fourteen encodings are those of CCTV; the neutral element and the point of order two stand for
    // them.
    for (const auto* point : {"0100000000000000000000000000000000000000000000000000000000000000",
                              "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                              "0000000000000000000000000000000000000000000000000000000000000000",
                              "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"}) {
        VerifierKey key{.name = "a.example", .type = KeyType::ed25519};
        const auto bytes = bytes_of_hex(point);
        std::copy_n(bytes.begin(), 32, key.key.begin());
        EXPECT_FALSE(parse_verifier_key(key.text())) << point;
    }
}

TEST(Note, AnMlDsaKeyIsRefusedWithItsReasonAndItsLineIsPassedOver) {
    const auto key =
        parse_verifier_key("a.example+00000000+" + base64(std::string(1, '\6') + std::string(1312, 'k')));
    ASSERT_FALSE(key);
    auto note = signed_example();
    note.signatures.push_back({"a.example", {1, 2, 3, 4}, std::string(2428, 's')});
    const auto read = parse_note(note.bytes());
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, note);
}

TEST(Note, WhatIsWrittenIsRead) {
    const auto note = signed_example();
    EXPECT_EQ(*parse_note(note.bytes()), note);
}

TEST(Note, WhatOneVerifierTakesAndAnotherNotIsRefused) {
    const auto good = signed_example().bytes();
    ASSERT_TRUE(parse_note(good));
    EXPECT_FALSE(parse_note(good.substr(0, good.size() - 1))) << "the last line does not end";
    EXPECT_FALSE(parse_note(good + "\n")) << "an empty line at the end";
    EXPECT_FALSE(parse_note("\n" + good + "x\n")) << "text after the signatures";
    EXPECT_FALSE(parse_note("some\n\n" + good)) << "an empty line within the text";
    EXPECT_FALSE(parse_note("some\ttext\n" + good)) << "a control character";
    EXPECT_FALSE(parse_note("some text\n\n")) << "no signature";
    auto spare = good;
    const auto padding = spare.find("=\n");
    ++spare[padding - 1];
    EXPECT_FALSE(parse_note(spare)) << "spare bits of base64";
}

RC_GTEST_PROP(Note, ASignatureHoldsForItsTextAndNoOther,
              (const std::string& text, const std::string& other)) {
    const auto key = test::log_key();
    const auto line = key.sign(text);
    RC_ASSERT(signature_holds(line, key.verifier(), text));
    RC_ASSERT(signature_holds(line, key.verifier(), other) == (text == other));
}

// C2SP/CCTV's edge vectors of Ed25519, with libsodium's verdicts: OpenSSL's but for low-order keys and R.
TEST(Ed25519, TheEdgeVectorsOfCctvGetTheStrictVerdicts) {
    const auto folder = test::vectors() / "upstream-vectors" / "cctv-ed25519";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << "the vectors are not here: " << folder;
    std::istringstream verdicts(test::bytes_of_file(folder / "sodium.txt"));
    const auto vectors = nlohmann::json::parse(test::bytes_of_file(folder / "ed25519vectors.json"));
    ASSERT_EQ(vectors.size(), 914U);
    std::size_t accepted = 0;
    for (const auto& vector : vectors) {
        std::size_t number = 0;
        bool wanted = false;
        verdicts >> number >> wanted;
        ASSERT_EQ(number, vector["number"].get<std::size_t>());
        std::array<std::uint8_t, 32> key{};
        const auto key_bytes = bytes_of_hex(vector["key"]);
        std::copy_n(key_bytes.begin(), 32, key.begin());
        const bool holds = ed25519_holds(key, vector["msg"].get<std::string>(), bytes_of_hex(vector["sig"]));
        EXPECT_EQ(holds, wanted) << number;
        accepted += holds ? 1 : 0;
    }
    EXPECT_EQ(accepted, 43U);
}

TEST(PlainName, TakesWhatEveryVerifierTakes) {
    EXPECT_TRUE(is_plain_name("monitor.example/aleppo-2016/us"));
    for (const auto* name : {"", "A.example", "a example", "a+b", "a_b", "...", "\u062d\u0644\u0628"}) {
        EXPECT_FALSE(is_plain_name(name)) << name;
    }
}

}  // namespace
}  // namespace truce::record
