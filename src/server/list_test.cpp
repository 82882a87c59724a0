// SPDX-License-Identifier: Apache-2.0
#include "server/list.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

namespace truce::server {
namespace {

constexpr sys_seconds start{std::chrono::seconds{1'462'312'800}};  // 2016-05-03T22:00Z

/// Rows of an act (closed), one or two actors (open), an hour each, on a diagonal.
List list_of(std::size_t rows) {
    List list({{"act", List::Dimension::Values::closed, {"attack", "attack.shelling", "siege"},
                [](std::string_view value, std::string_view given) {
                    return value == given || value.starts_with(std::string(given) + ".");
                }},
               {"actor", List::Dimension::Values::open, {}}},
              Zone::utc());
    for (std::size_t i = 0; i < rows; ++i) {
        List::Row row;
        row.id = "row" + std::to_string((i * 37 + 11) % 101);
        row.values = {{static_cast<std::uint32_t>(i % 3)}, {list.value(1, "a" + std::to_string(i % 4)), list.value(1, "a" + std::to_string(i % 5))}};
        row.when = Period{start + std::chrono::hours((i * 13) % rows), start + std::chrono::hours((i * 13) % rows + 1)};
        if (i % 6 != 0) row.place = Point{static_cast<double>(i % 90), static_cast<double>(i % 180)};
        if (i % 2 == 0) row.killed = static_cast<std::uint32_t>(i % 10);
        row.text = i % 2 == 0 ? "Shelling of Ḥalab" : "Nothing near Azaz";
        list.add(row);
    }
    list.finish();
    return list;
}

std::vector<std::uint32_t> found(const List& list, Query::Pairs pairs) {
    const auto question = list.question(Query(std::move(pairs)));
    EXPECT_TRUE(question) << question.error().field << ": " << question.error().message.in_english();
    return list.all(*question);
}
std::string wrong_field(const List& list, Query::Pairs pairs) {
    const auto question = list.question(Query(std::move(pairs)));
    return question ? "" : question.error().field;
}

TEST(List, ABroaderValueTakesInItsKinds) {
    const auto list = list_of(30);
    EXPECT_EQ(found(list, {{"act", "attack"}}).size(), 20U);
    EXPECT_EQ(found(list, {{"act", "attack.shelling"}}).size(), 10U);
    EXPECT_EQ(found(list, {{"act", "attack.shelling"}, {"act", "siege"}}).size(), 20U);
}

TEST(List, AClosedSetRefusesOtherWordsAndAnOpenOneFindsNothing) {
    const auto list = list_of(30);
    EXPECT_EQ(wrong_field(list, {{"act", "atack"}}), "act");
    EXPECT_TRUE(found(list, {{"actor", "nobody"}}).empty());
    EXPECT_EQ(wrong_field(list, {{"akt", "attack"}}), "akt");
    EXPECT_EQ(wrong_field(list, {{"limit", "1001"}}), "limit");
    EXPECT_EQ(wrong_field(list, {{"bbox", "1,2,3"}}), "bbox");
    EXPECT_EQ(wrong_field(list, {{"bbox", "0,10,0,5"}}), "bbox");
    EXPECT_EQ(wrong_field(list, {{"cursor", "gone"}}), "cursor");
    EXPECT_EQ(wrong_field(list, {{"from", "May"}}), "from");
}

TEST(List, WordsAreFoundWhateverTheirMarksAndTheLastMayBeABeginning) {
    const auto list = list_of(30);
    EXPECT_EQ(found(list, {{"q", "halab"}}).size(), 15U);
    EXPECT_EQ(found(list, {{"q", "HALAB shel"}}).size(), 15U);
    EXPECT_TRUE(found(list, {{"q", "hal shelling"}}).empty());
    EXPECT_TRUE(found(list, {{"q", "alab"}}).empty());
}

TEST(List, ABoxMayReachOverTheAntimeridian) {
    List list({}, Zone::utc());
    for (const double lon : {-179.0, 0.0, 179.0}) list.add({.id = std::to_string(lon), .values = {}, .when = {}, .place = Point{0, lon}, .killed = {}, .text = {}});
    list.finish();
    EXPECT_EQ(found(list, {{"bbox", "170,-10,-170,10"}}), (std::vector<std::uint32_t>{0, 2}));
    EXPECT_EQ(found(list, {{"bbox", "-10,-10,10,10"}}), (std::vector<std::uint32_t>{1}));
}

TEST(List, TimesTakeInWhatTouchesThem) {
    List list({}, Zone::utc());
    list.add({.id = "a", .values = {}, .when = Period{start, start + std::chrono::hours(4)}, .place = {}, .killed = {}, .text = {}});
    list.finish();
    EXPECT_EQ(found(list, {{"from", "2016-05-04"}}).size(), 1U);            // it ends after the day begins
    EXPECT_EQ(found(list, {{"until", "2016-05-03"}}).size(), 1U);           // it begins before the day ends
    EXPECT_EQ(found(list, {{"from", "2016-05-05"}}).size(), 0U);
    EXPECT_EQ(found(list, {{"from", "2016-05-04T02:00Z"}}).size(), 0U);     // it has just ended
    EXPECT_EQ(found(list, {{"until", "2016-05-03T22:00Z"}}).size(), 0U);
}

TEST(List, AnEmptyListAnswers) {
    const auto list = list_of(0);
    EXPECT_EQ(list.answer(*list.question({})).total, 0U);
}

RC_GTEST_PROP(List, PagesTogetherAreEveryRowOnceAndFacetsAreWhatAFilterLeaves, ()) {
    const auto list = list_of(*rc::gen::inRange<std::size_t>(1, 60));
    Query::Pairs pairs{{"facets", "1"}, {"limit", std::to_string(*rc::gen::inRange(1, 9))}};
    const auto sort = *rc::gen::element<std::string>("start", "-start", "killed", "-killed", "");
    if (!sort.empty()) pairs.emplace_back("sort", sort);
    if (*rc::gen::arbitrary<bool>()) pairs.emplace_back("act", *rc::gen::element<std::string>("attack", "siege"));
    if (*rc::gen::arbitrary<bool>()) pairs.emplace_back("actor", *rc::gen::element<std::string>("a0", "a1", "a4"));
    if (*rc::gen::arbitrary<bool>()) pairs.emplace_back("bbox", "0,0,20,20");

    auto question = *list.question(Query(pairs));
    const auto whole = list.all(question);
    std::vector<std::uint32_t> paged;
    List::Answer answer;
    do {
        answer = list.answer(question);
        RC_ASSERT(answer.total == whole.size());
        paged.insert(paged.end(), answer.rows.begin(), answer.rows.end());
        if (answer.next) question.after = list.row_of(*answer.next);
    } while (answer.next);
    RC_ASSERT(paged == whole);

    for (std::size_t d = 0; d < list.dimensions().size(); ++d) {
        for (std::size_t v = 0; v < list.dimensions()[d].values.size(); ++v) {
            auto alone = question;
            alone.chosen[d].emplace(list.dimensions()[d].values.size(), false);
            (*alone.chosen[d])[v] = true;
            RC_ASSERT(answer.facets[d][v] == list.all(alone).size());
        }
    }
}

}  // namespace
}  // namespace truce::server
