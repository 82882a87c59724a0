// SPDX-License-Identifier: Apache-2.0
#include "sources/dates.h"

#include <gtest/gtest.h>

namespace truce::sources {
namespace {

using namespace std::chrono_literals;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

sys_days day(int y, unsigned m, unsigned d) {
    return sys_days{std::chrono::year{y} / std::chrono::month{m} / std::chrono::day{d}};
}

/// The day that a text means; fails the test where it means none or more than one.
sys_days read_day(std::string_view text, std::optional<DateOrder> order = std::nullopt) {
    const auto read = read_date(text, order);
    if (!read) throw std::runtime_error(read.error().expected);
    EXPECT_EQ(read->first, read->last);
    return read->first;
}

DateFault::Kind fault(std::string_view text, std::optional<DateOrder> order = std::nullopt) {
    const auto read = read_date(text, order);
    if (read) throw std::runtime_error("was read");
    return read.error().kind;
}

class EveryForm : public testing::TestWithParam<const char*> {};

TEST_P(EveryForm, IsReadAsTheDayItMeans) {
    EXPECT_EQ(read_day(GetParam()), day(2014, 1, 22));
}

INSTANTIATE_TEST_SUITE_P(Dates, EveryForm,
                         testing::Values("2014-01-22", "2014-01-22 00:00:00.000", "2014-01-22T00:00:00",
                                         "1/22/2014 12:00:00 AM", "22/01/2014", "2014/01/22 00:00:00",
                                         "2014.01.22", "22.01.2014", "22-01-2014", "22 January 2014",
                                         "22-Jan-2014", "Jan 22, 2014", "January 22, 2014", " 2014-01-22 ",
                                         "22 janvier 2014", "22 января 2014", "٢٢/٠١/٢٠١٤",
                                         "22 كانون الثاني 2014", "22 يناير 2014", "\u200E22/01/2014",
                                         "2014-1-22", "22\u00A0January\u00A02014"));

class NoDate : public testing::TestWithParam<const char*> {};

TEST_P(NoDate, IsRefused) {
    EXPECT_EQ(fault(GetParam()), DateFault::Kind::malformed);
}

INSTANTIATE_TEST_SUITE_P(Dates, NoDate,
                         testing::Values("", "-", "2014-13-22", "2014-02-29", "2014-00-10", "0000-01-01",
                                         "31/04/2014", "13/13/2014", "22/01/14", "2014-01-22x",
                                         "2014-01-22 25:00", "20140122", "yesterday", "22 Jnuary 2014",
                                         "2014-01-22 0430", "1/22/2014 13:00 PM", "2014-01-22T10:00+99:00",
                                         "42494", "22//01/2014", "99999999999999999999-01-01", "2014-01/22"));

TEST(Dates, TwoReadingsNeedAnOrder) {
    EXPECT_EQ(fault("03/04/2014"), DateFault::Kind::needs_order);
    EXPECT_EQ(read_day("03/04/2014", DateOrder::day_first), day(2014, 4, 3));
    EXPECT_EQ(read_day("03/04/2014", DateOrder::month_first), day(2014, 3, 4));
}

TEST(Dates, EqualNumbersNeedNoOrder) {
    EXPECT_EQ(read_day("05/05/2014"), day(2014, 5, 5));
}

TEST(Dates, AnOrderIsNotBroken) {
    EXPECT_EQ(fault("27/01/2014", DateOrder::month_first), DateFault::Kind::malformed);
}

TEST(Dates, AMonthAndAYearAreRangesOfDays) {
    EXPECT_EQ(read_date("2016-02", std::nullopt),
              (DateCell{.first = day(2016, 2, 1), .last = day(2016, 2, 29)}));
    EXPECT_EQ(read_date("2016", std::nullopt),
              (DateCell{.first = day(2016, 1, 1), .last = day(2016, 12, 31)}));
    EXPECT_EQ(read_date("May 2016", std::nullopt),
              (DateCell{.first = day(2016, 5, 1), .last = day(2016, 5, 31)}));
}

TEST(Dates, TheClockIsReadWithItsOffset) {
    const auto read = read_date("2016-05-04 14:30:15+03:00", std::nullopt);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->clock, hours{14} + minutes{30} + seconds{15});
    EXPECT_EQ(read->clock_unit, seconds{1});
    EXPECT_EQ(read->utc_offset_minutes, 180);
    EXPECT_EQ(read_date("5/4/2016 2:30:00 PM", DateOrder::month_first)->clock, hours{14} + minutes{30});
    EXPECT_EQ(read_date("2025-06-17T10:20:30.123Z", std::nullopt)->utc_offset_minutes, 0);
}

TEST(Dates, MidnightAfterADateIsTheMarkOfAPlainDay) {
    EXPECT_FALSE(read_date("2016-05-04 00:00:00", std::nullopt)->clock);
    EXPECT_FALSE(read_date("1/22/2014 12:00:00 AM", std::nullopt)->clock);
    EXPECT_TRUE(read_date("2016-05-04T00:00:00Z", std::nullopt)->clock);
}

TEST(Dates, SpreadsheetDaysCountFromTheirEpoch) {
    EXPECT_EQ(read_serial_date("42494", SerialEpoch::excel_1900)->first, day(2016, 5, 4));
    EXPECT_EQ(read_serial_date("41032", SerialEpoch::excel_1904)->first, day(2016, 5, 4));
    EXPECT_EQ(read_serial_date("1", SerialEpoch::excel_1900)->first, day(1900, 1, 1));
    EXPECT_EQ(read_serial_date("61", SerialEpoch::excel_1900)->first, day(1900, 3, 1));
    EXPECT_FALSE(read_serial_date("60", SerialEpoch::excel_1900));
    EXPECT_EQ(read_serial_date("42494.5", SerialEpoch::excel_1900)->clock, hours{12});
    EXPECT_FALSE(read_serial_date("-3", SerialEpoch::excel_1900));
}

TEST(Dates, UnixSecondsAreUtc) {
    const auto read = read_unix_time("1462320060");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->first, day(2016, 5, 4));
    EXPECT_EQ(read->clock, minutes{1});
    EXPECT_EQ(read->utc_offset_minutes, 0);
}

TEST(Dates, ClocksAreReadInTheirForms) {
    EXPECT_EQ(read_clock("04:30"), (ClockCell{hours{4} + minutes{30}, seconds{60}}));
    EXPECT_EQ(read_clock("4:30 PM"), (ClockCell{hours{16} + minutes{30}, seconds{60}}));
    EXPECT_EQ(read_clock("12:05 am"), (ClockCell{minutes{5}, seconds{60}}));
    EXPECT_EQ(read_clock("112"), (ClockCell{hours{1} + minutes{12}, seconds{60}}));
    EXPECT_EQ(read_clock("0048"), (ClockCell{minutes{48}, seconds{60}}));
    EXPECT_EQ(read_clock("00:45:00"), (ClockCell{minutes{45}, seconds{1}}));
    EXPECT_EQ(read_clock("14h30"), (ClockCell{hours{14} + minutes{30}, seconds{60}}));
    EXPECT_EQ(read_clock("14h"), (ClockCell{hours{14}, seconds{3600}}));
    EXPECT_EQ(read_clock("3 pm"), (ClockCell{hours{15}, seconds{3600}}));
    for (const auto* text : {"", "24:00", "4", "12:60", "13:00 PM", "1:2", "noon", "123456"})
        EXPECT_FALSE(read_clock(text)) << text;
}

TEST(Dates, SentinelYearsAreOutOfRange) {
    const auto date = read_date("9999-12-31", std::nullopt);
    ASSERT_TRUE(date);
    EXPECT_EQ(within(*date, 1946y, 2100y).error().kind, DateFault::Kind::out_of_range);
}

TEST(DateOrderEvidence, OneNumberAboveTwelveSettlesAColumn) {
    DateOrderEvidence evidence;
    evidence.add("03/04/2014");
    EXPECT_EQ(evidence.order(), std::nullopt);
    evidence.add("3/14/2014 12:00:00 AM");
    EXPECT_EQ(evidence.order(), DateOrder::month_first);
}

TEST(DateOrderEvidence, DatesThatContradictSettleNothing) {
    DateOrderEvidence evidence;
    evidence.add("3/14/2014");
    evidence.add("14/3/2014");
    EXPECT_EQ(evidence.order(), std::nullopt);
}

TEST(DateOrderEvidence, RangesOfAStatedLengthSettleItWhereNoNumberDoes) {
    DateOrderEvidence evidence;
    for (int i = 0; i < 4; ++i) evidence.add_range("05/04/2014 00:00", "05/06/2014 00:00", 7);
    EXPECT_EQ(evidence.order(), std::nullopt);
    evidence.add_range("05/04/2014", "05/06/2014", 7);
    EXPECT_EQ(evidence.order(), DateOrder::month_first);
}

TEST(DateOrderEvidence, ADayThatFitsBothWaysIsNoEvidence) {
    DateOrderEvidence evidence;
    for (int i = 0; i < 10; ++i) evidence.add_range("05/04/2014", "05/04/2014", 1);
    EXPECT_EQ(evidence.order(), std::nullopt);
}

}  // namespace
}  // namespace truce::sources
