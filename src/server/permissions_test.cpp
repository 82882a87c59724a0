// SPDX-License-Identifier: Apache-2.0
#include "server/permissions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>


#include "base/base64.h"
#include "server/test_requests.h"

namespace truce::server {
namespace {

using record::FieldClass;
using ::testing::ElementsAre;

std::vector<std::string> rights(Role role, std::string party = {}) {
    return rights_of({.id = "p1", .name = "x", .role = role, .party = std::move(party)});
}

TEST(Permissions, AreThoseOfTheTable) {
    EXPECT_THAT(rights(Role::viewer), ElementsAre("read"));
    EXPECT_THAT(rights(Role::reporter), ElementsAre("read", "account.write", "notice.acknowledge"));
    EXPECT_THAT(rights(Role::analyst), ElementsAre("read", "export", "account.write", "upload", "link.write", "notice.acknowledge",
                                                   "report.make"));
    EXPECT_THAT(rights(Role::monitor), ElementsAre("read", "export", "account.write", "upload", "opinion.write", "link.write",
                                                   "inquiry.write", "notice.write", "notice.acknowledge", "report.make",
                                                   "report.publish", "exchange"));
    EXPECT_THAT(rights(Role::admin), ElementsAre("read", "export", "account.write", "upload", "opinion.write", "link.write",
                                                 "inquiry.write", "notice.write", "notice.acknowledge", "report.make",
                                                 "report.publish", "exchange", "metrics.read", "people.manage"));
}
TEST(Permissions, OfALiaisonAreAGuestsWhateverTheRole) {
    for (const Role role : all_roles) EXPECT_THAT(rights(role, "sy-government"), ElementsAre("read", "notice.acknowledge"));
}
TEST(Permissions, GrowWithTheRole) {
    for (const Right right : all_rights) {
        for (std::size_t i = 1; i < std::size(all_roles); ++i)
            EXPECT_LE(has(all_roles[i - 1], right), has(all_roles[i], right)) << name_of(right);
    }
}
TEST(Permissions, ShowProtectedValuesToNobody) {
    for (const Role role : all_roles) EXPECT_FALSE(may_see({.role = role}, FieldClass::protected_value));
}
TEST(Permissions, ShowTheMissionsValuesToItsAnalystsAndNotToParties) {
    EXPECT_FALSE(may_see({.role = Role::viewer}, FieldClass::mission));
    EXPECT_FALSE(may_see({.role = Role::reporter}, FieldClass::mission));
    EXPECT_TRUE(may_see({.role = Role::analyst}, FieldClass::mission));
    EXPECT_FALSE(may_see({.role = Role::admin, .party = "sy-government"}, FieldClass::mission));
    EXPECT_TRUE(may_see({.role = Role::viewer, .party = "sy-government"}, FieldClass::parties));
}
TEST(Permissions, KeepRowsForTheMissionsUseFromParties) {
    EXPECT_TRUE(may_see_rows({.role = Role::viewer}, Republish::nothing));
    EXPECT_FALSE(may_see_rows({.role = Role::viewer, .party = "sy-government"}, Republish::aggregates));
    EXPECT_TRUE(may_see_rows({.role = Role::viewer, .party = "sy-government"}, Republish::rows));
}
TEST(Scopes, OfATokenNeverManagePeopleOrPublish) {
    const Scopes all{.read = true, .write = true, .exchange = true};
    EXPECT_FALSE(covers(all, Right::people_manage, Method::get));
    EXPECT_FALSE(covers(all, Right::report_publish, Method::post));
    EXPECT_FALSE(covers(all, Right::self, Method::post)) << "a token makes no token";
    EXPECT_TRUE(covers(all, Right::self, Method::get));
}
TEST(Scopes, ToReadDoNotWrite) {
    const Scopes read{.read = true};
    for (const Right right : all_rights) {
        const bool reading = right == Right::read || right == Right::export_rows || right == Right::metrics_read || right == Right::anyone;
        EXPECT_EQ(covers(read, right, Method::post), reading) << name_of(right);
    }
}

/// Every right has a route of its own here, of a method that reads and one that writes.
class EveryRoute : public test::Office {
protected:
    void SetUp() override {
        Office::SetUp();
        for (const Right right : all_rights) {
            for (const Method method : {Method::get, Method::post}) {
                router.add({.method = method,
                            .pattern = "/try/" + std::string(name_of(right)),
                            .right = right,
                            .handler = [](const Request&) { return text_response("text/plain", "done"); }});
            }
        }
    }
};

TEST_F(EveryRoute, IsOpenToWhomTheTableSaysAndToNobodyElse) {
    std::vector<std::pair<std::optional<Caller>, std::vector<std::pair<std::string, std::string>>>> callers{
        {std::nullopt, {{"X-Truce", "1"}}}};
    for (const Role role : all_roles) callers.push_back({Caller{.role = role}, own(signed_in(role))});
    callers.push_back({Caller{.role = Role::viewer, .party = "sy-government"}, own(signed_in(Role::viewer, "sy-government"))});
    int cells = 0;
    for (const auto& [caller, fields] : callers) {
        for (const Right right : all_rights) {
            for (const std::string_view method : {"GET", "POST"}) {
                const int want = right == Right::anyone ? 200 : !caller ? 401 : may(*caller, right) ? 200 : 403;
                EXPECT_EQ(ask(method, "/try/" + std::string(name_of(right)), fields).status, want)
                    << method << " " << name_of(right) << " as " << (caller ? name_of(caller->role) : "nobody");
                ++cells;
            }
        }
    }
    EXPECT_EQ(cells, 7 * 16 * 2);
}

TEST_F(EveryRoute, ThatChangesSomethingRefusesAnotherSitesPage) {
    const auto cookie = signed_in(Role::admin);
    const std::vector<std::vector<std::pair<std::string, std::string>>> foreign_fields{
        {cookie},
        {cookie, {"Content-Type", "text/plain"}},
        {cookie, {"X-Truce", "1"}, {"Origin", "https://evil.example"}},
        {cookie, {"X-Truce", "1"}, {"Origin", "null"}},
        {cookie, {"X-Truce", "1"}, {"Origin", "http://truce.example"}},
        {cookie, {"X-Truce", "1"}, {"Origin", "https://truce.example.evil"}},
        {cookie, {"X-Truce", "1"}, {"Sec-Fetch-Site", "cross-site"}},
        {cookie, {"X-Truce", "1"}, {"Sec-Fetch-Site", "same-site"}}};
    for (const Right right : all_rights) {
        const auto target = "/try/" + std::string(name_of(right));
        for (const auto& fields : foreign_fields) EXPECT_EQ(ask("POST", target, fields).status, 403) << target;
        EXPECT_EQ(ask("POST", target, own(cookie)).status, 200) << target;
    }
}

TEST_F(EveryRoute, TakesATokenWithinItsScopes) {
    const auto cookie = signed_in(Role::monitor);
    const auto who = by_name("monitor")->id;
    const auto token = people->add_token(who, "qgis", {.read = true}, now + std::chrono::hours(1), now).value();
    const std::vector<std::pair<std::string, std::string>> bearer{{"Authorization", "Bearer " + token.secret}};
    EXPECT_EQ(ask("GET", "/try/read", bearer).status, 200);
    EXPECT_EQ(ask("POST", "/try/opinion.write", bearer).status, 403);
    EXPECT_EQ(ask("GET", "/try/people.manage", bearer).status, 403);
    now += std::chrono::hours(1);
    EXPECT_EQ(ask("GET", "/try/read", bearer).status, 401);
    EXPECT_EQ(ask("GET", "/try/anyone", bearer).status, 401) << "nobody should believe to be signed in";
}

TEST_F(EveryRoute, TakesATokenAsPasswordBelowOgcAlone) {
    router.get("/ogc/", [](const Request&) { return text_response("text/plain", "done"); });
    (void)signed_in(Role::viewer);
    const auto token = people->add_token(by_name("viewer")->id, "qgis", {.read = true}, now + std::chrono::hours(1), now).value();
    const std::vector<std::pair<std::string, std::string>> basic{{"Authorization", "Basic " + base64("any:" + token.secret)}};
    EXPECT_EQ(ask("GET", "/ogc/", basic).status, 200);
    EXPECT_EQ(ask("GET", "/try/read", basic).status, 401);
    EXPECT_EQ(*ask("GET", "/ogc/").headers.find("WWW-Authenticate"), "Basic realm=\"Trucewatch\", charset=\"UTF-8\"");
}

TEST_F(EveryRoute, TakesNoSessionThatIsThereTwice) {
    const auto cookie = signed_in(Role::viewer);
    EXPECT_EQ(ask("GET", "/try/read", {{"Cookie", cookie.second + "; __Host-truce=other"}}).status, 401);
    EXPECT_EQ(ask("GET", "/try/read", {{"Cookie", "a=b; " + cookie.second}}).status, 200);
}

}  // namespace
}  // namespace truce::server
