// SPDX-License-Identifier: Apache-2.0
#include "server/people.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

namespace truce::server {
namespace {

const sys_seconds start = sys_days(std::chrono::year(2016) / 5 / 4);
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
constexpr std::string_view good = "lemon harbour tuesday";
constexpr std::string_view other = "seven paper lanterns";
constexpr std::string_view here = "10.0.0.1";

/// People in a file of their own, which goes with the test.
class OfAMission : public ::testing::Test {
protected:
    std::filesystem::path folder = std::filesystem::temp_directory_path() / ("truce-people-" + std::to_string(::getpid()));
    void SetUp() override { std::filesystem::create_directories(folder); }
    void TearDown() override { std::filesystem::remove_all(folder); }
    [[nodiscard]] std::filesystem::path file() const { return folder / "people.db"; }
    [[nodiscard]] static PeopleSettings settings() { return {.cost = HashCost::tests, .context_words = {"Aleppo"}}; }
    [[nodiscard]] std::string everything() const {
        std::string bytes;
        for (const auto& entry : std::filesystem::directory_iterator(folder)) {
            std::ifstream in(entry.path(), std::ios::binary);
            bytes.append(std::istreambuf_iterator<char>(in), {});
        }
        return bytes;
    }
};

TEST_F(OfAMission, TheFirstAdministratorIsMadeByTheCodeAndOnlyOnce) {
    People people(file(), settings());
    EXPECT_TRUE(people.wants_first_admin());
    const auto code = people.fresh_first_code();
    EXPECT_FALSE(people.make_first_admin("AAAA-BBBB-CCCC-DDDD", "chief", good, here, start));
    const auto made = people.make_first_admin(code, "chief", good, here, start);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->role, Role::admin);
    EXPECT_FALSE(people.wants_first_admin());
    EXPECT_FALSE(people.make_first_admin(code, "second", good, here, start));
}
TEST_F(OfAMission, WithoutACodeNobodyIsMadeAdministrator) {
    People people(file(), settings());
    EXPECT_FALSE(people.make_first_admin("", "chief", good, here, start));
}
TEST_F(OfAMission, ACodeSurvivesAPasswordThatWillNotDo) {
    People people(file(), settings());
    const auto code = people.fresh_first_code();
    const auto made = people.make_first_admin(code, "chief", "short", here, start);
    ASSERT_FALSE(made);
    EXPECT_EQ(std::get<FieldError>(made.error()).field, "password");
    EXPECT_TRUE(people.make_first_admin(code, "chief", good, here, start));
}
TEST_F(OfAMission, SigningInNeedsTheRightPassword) {
    People people(file(), settings());
    ASSERT_TRUE(people.add("Watch officer", Role::analyst, "", good, start));
    EXPECT_TRUE(people.sign_in("watch OFFICER", good, here, start));
    const auto wrong = people.sign_in("watch officer", other, here, start);
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().why, People::Denied::wrong);
    EXPECT_EQ(people.sign_in("nobody", good, here, start).error().why, People::Denied::wrong);
}
TEST_F(OfAMission, AfterFiveFailuresEvenTheRightPasswordMustWait) {
    People people(file(), settings());
    ASSERT_TRUE(people.add("watch", Role::analyst, "", good, start));
    for (int i = 0; i < 5; ++i) EXPECT_FALSE(people.sign_in("watch", other, here, start));
    EXPECT_EQ(people.sign_in("watch", good, here, start).error().why, People::Denied::too_often);
    EXPECT_TRUE(people.sign_in("watch", good, here, start + seconds(31)));
}
TEST_F(OfAMission, TheSameHoldsForNamesThatThereAreNot) {
    People people(file(), settings());
    for (int i = 0; i < 5; ++i) EXPECT_FALSE(people.sign_in("nobody", other, here, start));
    EXPECT_EQ(people.sign_in("nobody", other, here, start).error().why, People::Denied::too_often);
}
TEST_F(OfAMission, ASessionEndsWhenIdleAndAtTheLatestWhenItsTimeIsUp) {
    People people(file(), settings());
    ASSERT_TRUE(people.add("watch", Role::analyst, "", good, start));
    const auto in = people.sign_in("watch", good, here, start);
    ASSERT_TRUE(in);
    EXPECT_TRUE(people.by_session(in->secret, start + hours(11)));
    EXPECT_TRUE(people.by_session(in->secret, start + hours(22))) << "use keeps it alive";
    EXPECT_FALSE(people.by_session(in->secret, start + hours(35)));
    const auto busy = people.sign_in("watch", good, here, start);
    for (int h = 0; h < 24 * 7; h += 6) EXPECT_TRUE(people.by_session(busy->secret, start + hours(h)));
    EXPECT_FALSE(people.by_session(busy->secret, start + hours(24 * 7)));
}
TEST_F(OfAMission, EverySignInHasAnotherSession) {
    People people(file(), settings());
    ASSERT_TRUE(people.add("watch", Role::analyst, "", good, start));
    const auto one = people.sign_in("watch", good, here, start);
    const auto two = people.sign_in("watch", good, here, start);
    EXPECT_NE(one->secret, two->secret);
    EXPECT_EQ(people.sessions_of(one->person.id, start).size(), 2U);
    people.end_session(one->session.id);
    EXPECT_FALSE(people.by_session(one->secret, start));
    EXPECT_TRUE(people.by_session(two->secret, start));
}
TEST_F(OfAMission, SigningOutEverywhereEndsTokensToo) {
    People people(file(), settings());
    const auto watch = people.add("watch", Role::analyst, "", good, start);
    const auto in = people.sign_in("watch", good, here, start);
    const auto token = people.add_token(watch->id, "qgis", {.read = true}, start + hours(24), start);
    ASSERT_TRUE(token);
    EXPECT_TRUE(people.by_token(token->secret, start));
    people.sign_out_everywhere(watch->id);
    EXPECT_FALSE(people.by_token(token->secret, start));
    EXPECT_FALSE(people.by_session(in->secret, start));
}
TEST_F(OfAMission, WhoeverIsDisabledIsOutAtOnce) {
    People people(file(), settings());
    ASSERT_TRUE(people.add("chief", Role::admin, "", good, start));
    const auto watch = people.add("watch", Role::analyst, "", good, start);
    const auto in = people.sign_in("watch", good, here, start);
    ASSERT_TRUE(people.change(watch->id, {.disabled = true}, ""));
    EXPECT_FALSE(people.by_session(in->secret, start));
    EXPECT_EQ(people.sign_in("watch", good, here, start).error().why, People::Denied::disabled);
    EXPECT_EQ(people.sign_in("watch", other, here, start).error().why, People::Denied::wrong)
        << "only whoever knows the password is told that the account is disabled";
}
TEST_F(OfAMission, ANewPasswordEndsOtherSessionsAndKeepsThisOne) {
    People people(file(), settings());
    const auto watch = people.add("watch", Role::analyst, "", good, start);
    const auto kept = people.sign_in("watch", good, here, start);
    const auto ended = people.sign_in("watch", good, here, start);
    ASSERT_TRUE(people.change(watch->id, {.password = std::string(other)}, kept->session.id));
    EXPECT_TRUE(people.by_session(kept->secret, start));
    EXPECT_FALSE(people.by_session(ended->secret, start));
    EXPECT_FALSE(people.sign_in("watch", good, here, start));
    EXPECT_TRUE(people.sign_in("watch", other, here, start));
}
TEST_F(OfAMission, TheLastAdministratorStays) {
    People people(file(), settings());
    const auto chief = people.add("chief", Role::admin, "", good, start);
    EXPECT_EQ(people.change(chief->id, {.role = Role::viewer}, "").error().field, "role");
    EXPECT_EQ(people.change(chief->id, {.disabled = true}, "").error().field, "disabled");
    EXPECT_EQ(people.find(chief->id)->role, Role::admin) << "what failed changed nothing";
    ASSERT_TRUE(people.add("second", Role::admin, "", good, start));
    EXPECT_TRUE(people.change(chief->id, {.role = Role::viewer}, ""));
}
TEST_F(OfAMission, NoTwoPeopleHaveOneName) {
    People people(file(), settings());
    ASSERT_TRUE(people.add("watch", Role::analyst, "", good, start));
    EXPECT_EQ(people.add(" WATCH ", Role::viewer, "", good, start).error().field, "name");
    EXPECT_EQ(people.add("a\nb", Role::viewer, "", good, start).error().field, "name");
}
TEST_F(OfAMission, TokensEndAndAreTakenBackByTheirOwnerAlone) {
    People people(file(), settings());
    const auto watch = people.add("watch", Role::analyst, "", good, start);
    const auto second = people.add("second", Role::analyst, "", good, start);
    EXPECT_FALSE(people.add_token(watch->id, "past", {.read = true}, start, start));
    EXPECT_FALSE(people.add_token(watch->id, "for ever", {.read = true}, start + hours(24 * 400), start));
    const auto token = people.add_token(watch->id, "qgis", {.read = true}, start + hours(24), start);
    EXPECT_FALSE(people.end_token(second->id, token->token.id));
    EXPECT_TRUE(people.by_token(token->secret, start));
    EXPECT_FALSE(people.by_token(token->secret, start + hours(24)));
    EXPECT_TRUE(people.end_token(watch->id, token->token.id));
    EXPECT_FALSE(people.by_token(token->secret, start));
}
TEST_F(OfAMission, PeopleAndSessionsOutliveTheProgram) {
    std::string secret;
    {
        People people(file(), settings());
        ASSERT_TRUE(people.add("watch", Role::analyst, "", good, start));
        secret = people.sign_in("watch", good, here, start)->secret;
    }
    People people(file(), settings());
    EXPECT_TRUE(people.by_session(secret, start));
    EXPECT_EQ(people.all().size(), 1U);
}
TEST_F(OfAMission, TheFileHoldsNoSecretAndIsNobodyElses) {
    People people(file(), settings());
    const auto watch = people.add("watch", Role::analyst, "", good, start);
    const auto in = people.sign_in("watch", good, here, start);
    const auto token = people.add_token(watch->id, "qgis", {.read = true}, start + hours(24), start);
    const auto bytes = everything();
    EXPECT_NE(bytes.find("$argon2id$"), std::string::npos) << "the search works";
    EXPECT_EQ(bytes.find(good), std::string::npos);
    EXPECT_EQ(bytes.find(in->secret), std::string::npos);
    EXPECT_EQ(bytes.find(token->secret), std::string::npos);
    EXPECT_EQ(bytes.find(here), std::string::npos) << "no addresses";
    struct stat status {};
    ASSERT_EQ(::stat(file().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

}  // namespace
}  // namespace truce::server
