// SPDX-License-Identifier: Apache-2.0
#include "record/shared_copy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace truce::record {
namespace {

using namespace std::string_literals;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string canary = "Maryam al-Canary, 36.2021N 37.1343E";

std::string segment(unsigned char marker, const std::string& content) {
    const auto length = content.size() + 2;
    return "\xff"s + static_cast<char>(marker) + static_cast<char>(length >> 8U) + static_cast<char>(length & 0xffU) + content;
}

const std::string tables = segment(0xdb, std::string(65, '\1')) + segment(0xc0, "\x08\0\x08\0\x08\1\1\x11\0"s) + segment(0xc4, std::string(20, '\0'));
const std::string scan = segment(0xda, "\1\1\0\0\x3f\0"s) + "coded \xff\0 bytes \xff\xd0 after a restart"s;

std::string jpeg(const std::string& before, const std::string& after = "") {
    return "\xff\xd8"s + before + tables + scan + "\xff\xd9" + after;
}

std::string chunk(const std::string& type, const std::string& content) {
    const auto length = content.size();
    return std::string(2, '\0') + static_cast<char>(length >> 8U) + static_cast<char>(length & 0xffU) + type + content + "crc!";
}

std::string png(const std::string& between, const std::string& after = "") {
    return "\x89PNG\r\n\x1a\n"s + chunk("IHDR", std::string(13, '\1')) + between + chunk("IDAT", "drawn") + chunk("IEND", "") + after;
}

std::string exif(unsigned char orientation) {
    return "Exif\0\0II*\0\x08\0\0\0\x02\0"s + "\x0f\x01\x02\0\x23\0\0\0\x26\0\0\0"s + "\x12\x01\x03\0\x01\0\0\0"s + static_cast<char>(orientation) +
           "\0\0\0\0\0\0\0"s + canary;
}

TEST(SharedCopy, OfAJpegTheNamesAndPlacesAreGoneAndThePictureStays) {
    const auto copy = without_metadata(jpeg(segment(0xe1, exif(1)) + segment(0xe1, "http://ns.adobe.com/xap/1.0/\0"s + canary) +
                                            segment(0xed, "Photoshop 3.0\0"s + canary) + segment(0xe2, "ICC_PROFILE\0"s + canary) +
                                            segment(0xfe, canary)));
    ASSERT_TRUE(copy);
    EXPECT_THAT(*copy, Not(HasSubstr("Canary")));
    EXPECT_EQ(*copy, jpeg(""));
}

TEST(SharedCopy, WhatFollowsAJpegIsGone) {
    EXPECT_EQ(without_metadata(jpeg("", "a film, a second picture: " + canary)).value(), jpeg(""));
}

TEST(SharedCopy, WhatHidesBetweenTwoScansIsGone) {
    const auto copy = without_metadata("\xff\xd8"s + tables + scan + segment(0xfe, canary) + scan + "\xff\xd9");
    EXPECT_EQ(copy.value(), "\xff\xd8"s + tables + scan + scan + "\xff\xd9");
}

TEST(SharedCopy, WhichWayIsUpIsKept) {
    const auto copy = without_metadata(jpeg(segment(0xe1, exif(6))));
    ASSERT_TRUE(copy);
    EXPECT_THAT(*copy, Not(HasSubstr("Canary")));
    EXPECT_THAT(*copy, HasSubstr("\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"s));
    EXPECT_EQ(without_metadata(*copy).value(), *copy);
}

TEST(SharedCopy, AThumbnailInTheHeadIsGone) {
    const auto head = "JFIF\0\1\1\1\0\x48\0\x48"s;
    EXPECT_EQ(without_metadata(jpeg(segment(0xe0, head + "\2\2" + canary))).value(), jpeg(segment(0xe0, head + "\0\0"s)));
}

TEST(SharedCopy, OfAPngTheTextsAreGoneAndThePictureStays) {
    const auto transparent = chunk("tRNS", "x");
    const auto copy = without_metadata(png(chunk("tEXt", "Author\0"s + canary) + chunk("iTXt", canary) + chunk("eXIf", canary) +
                                               chunk("tIME", canary) + chunk("prVt", canary) + transparent,
                                           canary));
    EXPECT_EQ(copy.value(), png(transparent));
}

TEST(SharedCopy, ADocumentIsRefusedWithAReason) {
    const auto refused = without_metadata("%PDF-1.7 " + canary);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("a PDF"));
    EXPECT_THAT(refused.error().message, Not(HasSubstr("Canary")));
}

TEST(SharedCopy, ABrokenPictureIsRefused) {
    EXPECT_FALSE(without_metadata(jpeg("").substr(0, 60)));
    EXPECT_FALSE(without_metadata("\xff\xd8\xff\xe1\xff\xff too long"));
    EXPECT_FALSE(without_metadata(png("").substr(0, 40)));
    EXPECT_FALSE(without_metadata("\xff\xd8\xff\xd9\xff"));
}

RC_GTEST_PROP(SharedCopy, NoBytesMakeItReadBeyondTheEndAndACopyOfACopyIsTheSame, ()) {
    auto bytes = *rc::gen::element(jpeg(segment(0xe1, exif(6))), png(chunk("tEXt", canary)));
    const auto cut = *rc::gen::inRange<std::size_t>(0, bytes.size());
    bytes[cut] = static_cast<char>(*rc::gen::inRange(0, 256));
    const auto copy = without_metadata(bytes);
    if (!copy) return;
    RC_ASSERT(without_metadata(*copy).value() == *copy);
}

}  // namespace
}  // namespace truce::record
