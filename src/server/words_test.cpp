// SPDX-License-Identifier: Apache-2.0
#include "server/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <stdexcept>

#include "checkout.h"
#include "report/assets.h"
#include "report/messages.h"
#include "server/router.h"

namespace truce::server {
namespace {

std::string file_text(const std::filesystem::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Every key that the server's sources say.
std::set<std::string> said() {
    std::set<std::string> keys;
    const std::regex call(R"re((?:say\(|\? |: )"([a-z_]+(?:\.[a-z0-9_]+)*)")re");
    for (const auto& file : std::filesystem::directory_iterator(checkout() / "src" / "server")) {
        if (file.path().extension() != ".cpp" || file.path().stem().string().ends_with("_test")) continue;
        const auto text = file_text(file.path());
        for (std::sregex_iterator match(text.begin(), text.end(), call), end; match != end; ++match) {
            if (match->str(0).starts_with("say(") || english().has("problem." + match->str(1))) keys.insert("problem." + match->str(1));
        }
        const std::regex kind(R"re(not_found\("([a-z]+)")re");
        for (std::sregex_iterator match(text.begin(), text.end(), kind), end; match != end; ++match) keys.insert("problem.kind." + match->str(1));
    }
    return keys;
}

TEST(Words, OfTheCataloguesAreAllThereAndAllSaid) {
    const auto keys = said();
    EXPECT_GT(keys.size(), 100U);
    for (const auto& key : keys) EXPECT_TRUE(english().has(key)) << key;
    for (const auto& key : english().keys()) {
        EXPECT_TRUE(!key.starts_with("problem.") || keys.contains(key)) << key << " is said nowhere";
    }
}

TEST(Words, AsTheyAreAreInEveryLanguageTheSame) { EXPECT_EQ(Words("as it is").in_english(), "as it is"); }

TEST(Words, TakeNumbersTextsAndOtherWords) {
    EXPECT_EQ(say("field.too_long", {{"found", 500}, {"most", 400}}).in_english(), "has 500 bytes; want 400 or fewer");
    EXPECT_EQ(say("field.no_actor", {{"name", "usr"}, {"hint", hint("usr", {"usa"})}}).in_english(),
              "there is no actor ‘usr’ in this mission; did you mean ‘usa’?");
    EXPECT_EQ(say("field.no_actor", {{"name", "x"}, {"hint", hint("x", {"government"})}}).in_english(), "there is no actor ‘x’ in this mission");
}

TEST(Words, SetNamesOffWhereWritingRunsFromRightToLeft) {
    for (const auto& one : assets::catalogues()) {
        const auto messages = report::Messages::parse(one.language, one.json).value();
        const bool marked = say("field.name_taken", {{"name", "x"}}).in(messages).find("\u2068") != std::string::npos;
        EXPECT_EQ(marked, one.language == "ar") << one.language;
    }
}

TEST(Problem, IsToldInTheLanguageAndNamesItsKindInAll) {
    auto response = problem(422, say("title.wrong_fields"), say("want_object"), {{"what", say("field.missing")}});
    EXPECT_THAT(std::string(response.text()), testing::HasSubstr(R"("title":"Wrong fields")"));
    for (const auto& one : assets::catalogues()) {
        if (one.language != "fr") continue;
        in_words_of(response, report::Messages::parse(one.language, one.json).value());
    }
    EXPECT_THAT(std::string(response.text()), testing::HasSubstr(R"("type":"/api/openapi.yaml#problem.title.wrong_fields","title":"Champs erronés")"));
    EXPECT_THAT(std::string(response.text()), testing::HasSubstr(R"({"field":"what","message":"manque"})"));
    EXPECT_EQ(response.headers.find("Content-Language"), "fr");
}

TEST(Problem, OfAnExceptionSaysNothingOfTheInside) {
    Router router;
    std::string logged;
    router.set_on_failure([&](const std::string& why) { logged = why; });
    router.set_gate([](Request&, const Route&) { return std::nullopt; });
    router.get("/x", [](const Request&) -> Response { throw std::runtime_error("/srv/secret/people.db is locked"); });
    Request request;
    request.path = {"x"};
    const auto answer = router.answer(request);
    EXPECT_EQ(answer.status, 500);
    EXPECT_THAT(std::string(answer.text()), testing::Not(testing::HasSubstr("people.db")));
    EXPECT_THAT(logged, testing::HasSubstr("people.db"));
}

}  // namespace
}  // namespace truce::server
