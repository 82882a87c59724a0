// SPDX-License-Identifier: Apache-2.0
#include "server/people_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/test_requests.h"

namespace truce::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<std::pair<std::string, std::string>> page{
    {"X-Truce", "1"}, {"Origin", "https://truce.example"}, {"Content-Type", "application/json"}};

class PeopleRoutes : public test::Office {
protected:
    Response sign_in(const std::string& password) {
        return ask("POST", "/api/sessions", page, R"({"name": "viewer", "password": ")" + password + "\"}");
    }
};

TEST_F(PeopleRoutes, MakeTheFirstAdministratorByTheCodeAndSignInAtOnce) {
    EXPECT_TRUE(json_of(ask("GET", "/api/first-admin"))["wanted"]);
    const auto code = people->fresh_first_code();
    EXPECT_EQ(ask("POST", "/api/first-admin", page, R"({"code": "AAAA", "name": "chief", "password": "lemon harbour tuesday"})").status, 403);
    const auto made = ask("POST", "/api/first-admin", page, R"({"code": ")" + code + R"(", "name": "chief", "password": "lemon harbour tuesday"})");
    EXPECT_EQ(made.status, 201);
    EXPECT_EQ(json_of(made)["role"], "admin");
    EXPECT_FALSE(json_of(ask("GET", "/api/first-admin"))["wanted"]);
    EXPECT_TRUE(made.headers.find("Set-Cookie"));
}

TEST_F(PeopleRoutes, SignInGivesACookieThatNoScriptAndNoOtherSiteHas) {
    (void)signed_in(Role::viewer);
    const auto in = sign_in("lemon harbour tuesday");
    ASSERT_EQ(in.status, 201);
    const std::string cookie(*in.headers.find("Set-Cookie"));
    EXPECT_THAT(cookie, ::testing::StartsWith("__Host-truce="));
    for (const char* part : {"; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/"}) EXPECT_THAT(cookie, HasSubstr(part));
    EXPECT_THAT(cookie, Not(HasSubstr("Domain")));
    EXPECT_EQ(*in.headers.find("Cache-Control"), "no-store");
    EXPECT_THAT(std::string(in.text()), Not(HasSubstr("password")));
}

TEST_F(PeopleRoutes, SignInSaysTheSameForAWrongPasswordAndForNobody) {
    (void)signed_in(Role::viewer);
    const auto wrong = sign_in("another password");
    const auto nobody = ask("POST", "/api/sessions", page, R"({"name": "nobody", "password": "another password"})");
    EXPECT_EQ(wrong.status, 401);
    EXPECT_EQ(wrong.text(), nobody.text());
}

TEST_F(PeopleRoutes, SignInTooOftenMustWait) {
    (void)signed_in(Role::viewer);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(sign_in("another password").status, 401);
    const auto wait = sign_in("lemon harbour tuesday");
    EXPECT_EQ(wait.status, 429);
    EXPECT_EQ(*wait.headers.find("Retry-After"), "30");
}

TEST_F(PeopleRoutes, SignInTakesOnlyJson) {
    const std::vector<std::pair<std::string, std::string>> form{{"X-Truce", "1"}, {"Content-Type", "text/plain"}};
    EXPECT_EQ(ask("POST", "/api/sessions", form, R"({"name": "viewer", "password": "x"})").status, 415);
    EXPECT_EQ(ask("POST", "/api/sessions", page, "name=viewer").status, 400);
    EXPECT_EQ(ask("POST", "/api/sessions", page, R"({"name": "viewer", "name": "admin", "password": "x"})").status, 400)
        << "a name twice could be read two ways";
    const auto unknown = ask("POST", "/api/sessions", page, R"({"name": "viewer", "passwort": "x"})");
    EXPECT_EQ(unknown.status, 422);
    EXPECT_THAT(std::string(unknown.text()), HasSubstr("did you mean ‘password’"));
}

TEST_F(PeopleRoutes, SignOutEndsTheSession) {
    const auto cookie = signed_in(Role::viewer);
    EXPECT_EQ(ask("GET", "/api/session", {cookie}).status, 200);
    const auto out = ask("DELETE", "/api/sessions", own(cookie));
    EXPECT_EQ(out.status, 204);
    EXPECT_THAT(std::string(*out.headers.find("Set-Cookie")), HasSubstr("Max-Age=0"));
    EXPECT_EQ(ask("GET", "/api/session", {cookie}).status, 401);
}

TEST_F(PeopleRoutes, SignOutEverywhereEndsTheOthersToo) {
    const auto one = signed_in(Role::viewer);
    const auto two = signed_in(Role::viewer);
    EXPECT_EQ(json_of(ask("GET", "/api/sessions", {one}))["rows"].size(), 2U);
    EXPECT_EQ(ask("DELETE", "/api/sessions?everywhere=1", own(one)).status, 204);
    EXPECT_EQ(ask("GET", "/api/session", {two}).status, 401);
}

TEST_F(PeopleRoutes, AddPeopleForAdministratorsAlone) {
    const std::string body = R"({"name": "new", "role": "analyst", "password": "seven paper lanterns"})";
    for (const Role role : {Role::viewer, Role::reporter, Role::analyst, Role::monitor})
        EXPECT_EQ(ask("POST", "/api/people", own(signed_in(role)), body).status, 403);
    EXPECT_EQ(ask("POST", "/api/people", own(signed_in(Role::admin)), body).status, 201);
    EXPECT_EQ(by_name("new")->role, Role::analyst);
}

TEST_F(PeopleRoutes, NameEveryFieldThatIsWrong) {
    const auto answer = ask("POST", "/api/people", own(signed_in(Role::admin)), R"({"name": "", "role": "chief", "party": "sy-governmet", "password": 7})");
    EXPECT_EQ(answer.status, 422);
    EXPECT_EQ(*answer.headers.find("Content-Type"), "application/problem+json");
    std::vector<std::string> fields;
    const auto problem = json_of(answer);
    for (const auto& error : problem["errors"]) fields.push_back(error["field"]);
    EXPECT_THAT(fields, ::testing::ElementsAre("name", "role", "party", "password"));
    EXPECT_THAT(std::string(answer.text()), HasSubstr("did you mean ‘sy-government’"));
}

TEST_F(PeopleRoutes, LetAnyoneChangeTheirOwnPasswordKnowingTheOldOne) {
    const auto cookie = signed_in(Role::viewer);
    const auto target = "/api/people/" + by_name("viewer")->id;
    EXPECT_EQ(ask("PATCH", target, own(cookie), R"({"password": "seven paper lanterns"})").status, 422);
    EXPECT_EQ(ask("PATCH", target, own(cookie), R"({"password": "seven paper lanterns", "old_password": "wrong one here"})").status, 422);
    EXPECT_EQ(ask("PATCH", target, own(cookie), R"({"password": "seven paper lanterns", "old_password": "lemon harbour tuesday"})").status, 200);
    EXPECT_EQ(sign_in("seven paper lanterns").status, 201);
    EXPECT_EQ(ask("GET", "/api/session", {cookie}).status, 200) << "the session that did it goes on";
}

TEST_F(PeopleRoutes, LetNobodyRaiseThemselvesOrTouchOthers) {
    const auto cookie = signed_in(Role::monitor);
    (void)signed_in(Role::viewer);
    EXPECT_EQ(ask("PATCH", "/api/people/" + by_name("monitor")->id, own(cookie), R"({"role": "admin"})").status, 403);
    EXPECT_EQ(ask("PATCH", "/api/people/" + by_name("viewer")->id, own(cookie), R"({"password": "seven paper lanterns"})").status, 403);
    EXPECT_EQ(by_name("monitor")->role, Role::monitor);
}

TEST_F(PeopleRoutes, DisablingEndsSessionsAtOnce) {
    const auto viewer = signed_in(Role::viewer);
    const auto admin = signed_in(Role::admin);
    EXPECT_EQ(ask("PATCH", "/api/people/" + by_name("viewer")->id, own(admin), R"({"disabled": true})").status, 200);
    EXPECT_EQ(ask("GET", "/api/session", {viewer}).status, 401);
}

TEST_F(PeopleRoutes, ShowATokensSecretOnce) {
    const auto cookie = signed_in(Role::analyst);
    const auto made = ask("POST", "/api/tokens", own(cookie), R"({"label": "qgis", "scopes": ["read"], "expires": "2016-06-01T00:00:00Z"})");
    ASSERT_EQ(made.status, 201) << made.text();
    const std::string secret = json_of(made)["secret"];
    EXPECT_EQ(ask("GET", "/api/session", {{"Authorization", "Bearer " + secret}}).status, 200);
    EXPECT_THAT(std::string(ask("GET", "/api/tokens", {cookie}).text()), Not(HasSubstr(secret)));
    const std::string id = json_of(made)["id"];
    EXPECT_EQ(ask("DELETE", "/api/tokens/" + id, own(signed_in(Role::monitor))).status, 404) << "it is somebody else's";
    EXPECT_EQ(ask("DELETE", "/api/tokens/" + id, own(cookie)).status, 204);
    EXPECT_EQ(ask("GET", "/api/session", {{"Authorization", "Bearer " + secret}}).status, 401);
}

TEST_F(PeopleRoutes, LogNeitherNamesNorPasswordsNorAddressesAndNoLinesOfOthers) {
    (void)ask("POST", "/api/sessions", page, R"({"name": "canary\nname", "password": "canary-password"})");
    (void)ask("POST", "/api/sessions", page, R"({"name": "canary-name", "password": "canary-password"})");
    (void)sign_in("lemon harbour tuesday");
    (void)ask("GET", "/api/people?canary=1", {signed_in(Role::viewer)});
    EXPECT_THAT(logged, HasSubstr("sign_in.refused"));
    EXPECT_THAT(logged, HasSubstr("right.refused"));
    for (const char* never : {"canary", "viewer\"", "10.0.0.1", "lemon"}) EXPECT_THAT(logged, Not(HasSubstr(never)));
    for (const auto line : split(logged, '\n')) EXPECT_TRUE(line.empty() || nlohmann::json::accept(line)) << line;
}

TEST_F(PeopleRoutes, CarryTheSecurityHeadersWhateverTheAnswer) {
    for (const auto& answer : {ask("GET", "/api/session"), sign_in("x"), ask("GET", "/nowhere"), ask("PUT", "/api/session")}) {
        for (const char* name : {"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cache-Control",
                                 "Strict-Transport-Security"})
            EXPECT_TRUE(answer.headers.find(name)) << answer.status << " " << name;
    }
}

}  // namespace
}  // namespace truce::server
