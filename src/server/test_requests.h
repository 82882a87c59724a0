// SPDX-License-Identifier: Apache-2.0
// Requests as tests write them, and people in memory of a folder that goes with the test.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/text.h"
#include "server/gate.h"
#include "server/http.h"
#include "server/people.h"
#include "server/people_routes.h"
#include "server/router.h"

namespace truce::server::test {

inline const sys_seconds noon = sys_days(std::chrono::year(2016) / 5 / 4) + std::chrono::hours(12);
inline constexpr std::string_view good_password = "lemon harbour tuesday";

/// A request as the transport would make it of `METHOD target`, with these fields.
inline Request request(std::string_view method, std::string_view target,
                       const std::vector<std::pair<std::string, std::string>>& fields = {}, std::string body = {}) {
    std::string text = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: truce.example\r\n";
    for (const auto& [name, value] : fields) text += name + ": " + value + "\r\n";
    auto head = parse_head(text + "\r\n");
    EXPECT_TRUE(head) << target << ": " << (head ? "" : head.error().why);
    head->request.body = std::move(body);
    head->request.peer = "10.0.0.1";
    head->request.secure = true;
    return std::move(head->request);
}

/// A mission's people behind a router with its gate. Add routes to `router` before asking.
class Office : public ::testing::Test {
protected:
    std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("truce-office-" + std::to_string(::getpid()));
    sys_seconds now = noon;
    std::string logged;
    std::unique_ptr<People> people;
    std::unique_ptr<Log> log;
    Router router;

    void SetUp() override {
        std::filesystem::create_directories(folder);
        people = std::make_unique<People>(folder / "people.db", PeopleSettings{.cost = HashCost::tests});
        log = std::make_unique<Log>([this] { return now; }, [this](std::string_view line) { logged += line; });
        router.set_gate(Gate(*people, *log, [this] { return now; }));
        add_people_routes(router, {.people = *people, .log = *log, .clock = [this] { return now; }, .actors = {"sy-government"}});
    }
    void TearDown() override {
        people.reset();
        std::filesystem::remove_all(folder);
    }

    /// Somebody of this role, signed in: the cookie's field.
    std::pair<std::string, std::string> signed_in(Role role, std::string_view party = "") {
        const auto name = std::string(name_of(role)) + (party.empty() ? "" : " of " + std::string(party));
        if (!by_name(name)) {
            EXPECT_TRUE(people->add(name, role, party, good_password, now));
        }
        const auto in = people->sign_in(name, good_password, "10.0.0.1", now);
        return {"Cookie", "__Host-truce=" + in.value().secret};
    }
    std::optional<Person> by_name(std::string_view name) {
        for (auto& person : people->all()) {
            if (person.name == name) return person;
        }
        return std::nullopt;
    }
    /// What the own page sends with a change.
    static std::vector<std::pair<std::string, std::string>> own(std::pair<std::string, std::string> cookie) {
        return {std::move(cookie), {"X-Truce", "1"}, {"Origin", "https://truce.example"}, {"Content-Type", "application/json"}};
    }
    Response ask(std::string_view method, std::string_view target,
                 const std::vector<std::pair<std::string, std::string>>& fields = {}, std::string body = {}) {
        return router.answer(request(method, target, fields, std::move(body)));
    }
    static nlohmann::json json_of(const Response& response) { return nlohmann::json::parse(response.text()); }
};

}  // namespace truce::server::test
