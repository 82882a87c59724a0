// SPDX-License-Identifier: Apache-2.0
#include "assessment/truce_period.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace truce {
namespace {

using std::chrono::days;

sys_days day(std::string_view text) {
    return parse_day(text).value();
}

Agreement in_force(std::string_view from, std::string_view until) {
    Agreement agreement;
    agreement.from = Moment::at(day(from));
    agreement.until = Moment::at(day(until));
    Duty duty;
    duty.id = "no-attacks";
    duty.acts = {Act::attack};
    agreement.duties = {duty};
    return agreement;
}

Agreement in_force(std::string_view from, std::string_view until, LineageRelation relation, AgreementId other) {
    auto agreement = in_force(from, until);
    agreement.lineage = {{.relation = relation, .other = other, .at = {}}};
    return agreement;
}

Moment end_of_first(const std::vector<Agreement>& agreements) {
    return end_of_truce(agreements, commitments_of(agreements), AgreementId{0});
}

Incident dated(std::string_view first, std::string_view last) {
    Incident incident;
    incident.what.when.window = Zone::utc().days(day(first), day(last));
    return incident;
}

TEST(EndOfTruce, IsItsOwnExpiry) {
    EXPECT_EQ(end_of_first({in_force("2016-05-04", "2016-05-06")}), Moment::at(day("2016-05-06")));
}

TEST(EndOfTruce, OfOneWithoutDutiesIsThatOfTheAgreement) {
    auto agreement = in_force("2016-05-04", "2016-05-06");
    agreement.duties.clear();
    EXPECT_EQ(end_of_first({agreement}), Moment::at(day("2016-05-06")));
}

TEST(EndOfTruce, IsThatOfTheLastExtensionOfItsTime) {
    EXPECT_EQ(end_of_first({in_force("2016-05-04", "2016-05-06"),
                            in_force("2016-05-06", "2016-05-09", LineageRelation::extends_time_of, AgreementId{0}),
                            in_force("2016-05-09", "2016-05-12", LineageRelation::extends_time_of, AgreementId{1})}),
              Moment::at(day("2016-05-12")));
}

TEST(EndOfTruce, IsNotPutOffByAnExtensionOfItsArea) {
    EXPECT_EQ(end_of_first({in_force("2016-05-04", "2016-05-06"),
                            in_force("2016-05-06", "2016-05-09", LineageRelation::extends_area_of, AgreementId{0})}),
              Moment::at(day("2016-05-06")));
}

TEST(EndOfTruce, ComesWithItsTermination) {
    EXPECT_EQ(end_of_first({in_force("2016-02-27", "2016-12-31"),
                            in_force("2016-06-01", "2016-12-31", LineageRelation::terminates, AgreementId{0})}),
              Moment::at(day("2016-06-01")));
}

TEST(EndOfTruce, IsThatOfTheOneThatTookItsPlace) {
    EXPECT_EQ(end_of_first({in_force("2016-02-27", "2016-12-31"),
                            in_force("2016-06-01", "2016-09-01", LineageRelation::supersedes, AgreementId{0})}),
              Moment::at(day("2016-09-01")));
}

TEST(EndOfTruce, IsNoneWhereItIsRenewedOrNotKnown) {
    auto renewed = in_force("2016-02-27", "2016-03-27");
    renewed.renewal = Renewal::automatic;
    EXPECT_EQ(end_of_first({renewed}), Moment::at(open_end));
    auto unknown = in_force("2016-02-27", "2016-03-27");
    unknown.until = Moment::unknown();
    EXPECT_EQ(end_of_first({unknown}), Moment::at(open_end));
}

TEST(EndOfTruce, KeepsItsBounds) {
    auto agreement = in_force("2016-05-04", "2016-05-06");
    agreement.until.latest = day("2016-05-08");
    EXPECT_EQ(end_of_first({agreement}), (Moment{day("2016-05-06"), day("2016-05-08")}));
}

TEST(DaysOfRecord, AreThoseThatIncidentsAreDatedTo) {
    const std::vector incidents{dated("2016-02-03", "2016-02-03"), dated("2016-05-10", "2016-05-12")};
    EXPECT_EQ(days_of_record(incidents, Zone::utc()), (DayRange{day("2016-02-03"), day("2016-05-12")}));
}

TEST(DaysOfRecord, DoNotReachToTheEndOfAYearOfWhichOnlyTheYearIsKnown) {
    const std::vector incidents{dated("2016-02-03", "2016-02-03"), dated("2016-05-10", "2016-05-10"),
                                dated("2016-01-01", "2016-12-31")};
    EXPECT_EQ(days_of_record(incidents, Zone::utc()), (DayRange{day("2016-02-03"), day("2016-05-10")}));
}

TEST(DaysOfRecord, ReachIntoAMonthThatIsNamedAfterTheLastDay) {
    const std::vector incidents{dated("2016-05-10", "2016-05-10"), dated("2016-08-01", "2016-08-31")};
    EXPECT_EQ(days_of_record(incidents, Zone::utc()), (DayRange{day("2016-05-10"), day("2016-08-01")}));
}

TEST(DaysOfRecord, AreAllWhereNothingIsDatedToAWeek) {
    const std::vector incidents{dated("2016-05-01", "2016-05-31"), dated("2016-08-01", "2016-08-31")};
    EXPECT_EQ(days_of_record(incidents, Zone::utc()), (DayRange{day("2016-05-01"), day("2016-08-31")}));
    EXPECT_EQ(days_of_record({}, Zone::utc()), std::nullopt);
}

}  // namespace
}  // namespace truce
