// SPDX-License-Identifier: Apache-2.0
#include "geo/coordinates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace truce {
namespace {

using testing::HasSubstr;

/// Aleppo's citadel, near enough.
constexpr Point aleppo{36.2, 37.16};

void expect_near(std::string_view text, Point expected, double tolerance = 1e-9) {
    const auto place = parse_place(text);
    ASSERT_TRUE(place) << text << ": " << place.error().message;
    EXPECT_NEAR(place->lat, expected.lat, tolerance) << text;
    EXPECT_NEAR(place->lon, expected.lon, tolerance) << text;
}

std::string refusal(std::string_view text) {
    const auto place = parse_place(text);
    return place ? "" : place.error().message;
}

TEST(ParsePlace, ReadsDecimalDegrees) {
    expect_near("36.20,37.16", aleppo);
    expect_near(" 36.20 , 37.16 ", aleppo);
    expect_near("36.20 37.16", aleppo);
    expect_near("(36.20, 37.16)", aleppo);
    expect_near("-36.20 -37.16", {-36.2, -37.16});
    expect_near("36.20/37.16", aleppo);
}

TEST(ParsePlace, ReadsADecimalCommaBesideASemicolon) {
    expect_near("36,20; 37,16", aleppo);
}

TEST(ParsePlace, ReadsLettersOnEitherSideAndInEitherOrder) {
    expect_near("36.20N 37.16E", aleppo);
    expect_near("N36.20 E37.16", aleppo);
    expect_near("37.16 E, 36.20 N", aleppo);
    expect_near("36.20S 37.16W", {-36.2, -37.16});
}

TEST(ParsePlace, ReadsArabicIndicAndPersianDigits) {
    expect_near("٣٦٫٢٠، ٣٧٫١٦", aleppo);
    expect_near("۳۶٫۲۰, ۳۷٫۱۶", aleppo);
    expect_near("\u200F36.20\u00A0, 37.16\u200E", aleppo);
}

TEST(ParsePlace, ReadsDegreesMinutesAndSeconds) {
    expect_near("36°12'0\"N 37°09'36\"E", aleppo);
    expect_near("36° 12′ 0″ N, 37° 09′ 36″ E", aleppo);
    expect_near("36°12'0''N 37°09'36''E", aleppo);
    expect_near("36 12 0 N, 37 09 36 E", aleppo);
    expect_near("36 12 00 37 09 36", aleppo);
    expect_near("N36°12' E37°9.6'", aleppo);
    expect_near("36°12' 37°9.6'", aleppo);
    expect_near("-36°12' 37°9.6'", {-36.2, 37.16});
}

TEST(ParsePlace, ReadsUtm) {
    // Krueger's series of order 6 on WGS 84 (Karney 2011), worked apart in Python: 334576.240, 4007700.836
    expect_near("37N 334576 4007701", aleppo, 2e-5);
    expect_near("37N 334576E 4007701N", aleppo, 2e-5);
    expect_near("37S 334576 4007701", aleppo, 2e-5);
}

TEST(ParsePlace, TakesSForTheSouthernHemisphereWhereTheBandWouldNotFit) {
    const auto harare = parse_place("36S 290000 8026000");
    ASSERT_TRUE(harare);
    EXPECT_NEAR(harare->lat, -17.8, 0.1);
}

TEST(ParsePlace, ReadsMgrs) {
    expect_near("37SCA3457607700", aleppo, 2e-5);
    expect_near("37S CA 34576 07700", aleppo, 2e-5);
    expect_near("37sca3457607700", aleppo, 2e-5);
}

TEST(ParseWrittenPlace, TellsHowExactlyAnMgrsReferenceSpeaks) {
    const auto place = parse_written_place("37SCA3407");
    ASSERT_TRUE(place);
    EXPECT_EQ(place->form, CoordinateForm::mgrs);
    // Half the diagonal of a square of one kilometre.
    EXPECT_NEAR(place->disc.radius.in_metres(), 707.1068, 1e-3);
    EXPECT_LE(distance(place->disc.centre, aleppo).in_metres(), 708);
}

TEST(ParseWrittenPlace, TellsHowExactlyDecimalsSpeak) {
    const auto place = parse_written_place("0.00, 37.16");
    ASSERT_TRUE(place);
    // Half the diagonal of a hundredth of a degree squared, at the equator.
    EXPECT_NEAR(place->disc.radius.in_metres(), 1111.9508 / 2 * 1.41421356, 1e-3);
}

TEST(ParsePlace, RefusesWhatIsOutOfRange) {
    EXPECT_THAT(refusal("95.0, 37.16"), HasSubstr("latitude 95; want -90 to 90"));
    EXPECT_THAT(refusal("36.2, 190"), HasSubstr("longitude 190; want -180 to 180"));
    EXPECT_THAT(refusal("36°72'0\"N 37°09'36\"E"), HasSubstr("want less than 60"));
    EXPECT_THAT(refusal("61N 333000 4007000"), HasSubstr("UTM zone 61"));
    EXPECT_THAT(refusal("37N 33300000 4007000"), HasSubstr("not a place of the grid"));
    EXPECT_THAT(refusal("37T 334576 4007701"), HasSubstr("band T goes from latitude 40 to 48"));
    EXPECT_THAT(refusal("37SCA345760770"), HasSubstr("9 digits"));
}

TEST(ParsePlace, RefusesWhatCouldBeReadInTwoWays) {
    EXPECT_THAT(refusal("36,20 37,16"), HasSubstr("decimal comma needs a semicolon"));
    EXPECT_THAT(refusal("36.2N 37.16N"), HasSubstr("two latitudes"));
    EXPECT_THAT(refusal("-36.2N 37.16E"), HasSubstr("both a sign and a letter"));
    EXPECT_THAT(refusal("36.2"), HasSubstr("no way to tell"));
    EXPECT_THAT(refusal("36.5 30 37.5 30"), HasSubstr("fraction"));
}

TEST(ParsePlace, RefusesRubbishWithWhatItWants) {
    EXPECT_THAT(refusal(""), HasSubstr("empty"));
    EXPECT_THAT(refusal("Aleppo"), HasSubstr("want decimal degrees"));
    EXPECT_THAT(refusal("36.2, 37.1€"), HasSubstr("U+20AC"));
    EXPECT_THAT(refusal("36.2\xFF"), HasSubstr("not UTF-8"));
    EXPECT_THAT(refusal(std::string(5000, '1')), HasSubstr("5000 bytes"));
}

}  // namespace
}  // namespace truce
