// SPDX-License-Identifier: Apache-2.0
#include "report/alerts.h"

#include "checkout.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

namespace truce::report {
namespace {

Messages messages(const std::string& language) {
    std::ifstream file(checkout() / "messages" / (std::string(language) + ".json"));
    return Messages::parse(language, std::string(std::istreambuf_iterator<char>(file), {})).value();
}

const sys_seconds noon = sys_days(std::chrono::year(2016) / 5 / 4) + std::chrono::hours(12);

record::State state_with_an_unanswered_question() {
    record::State state;
    state.inquiries.push_back({.entry = sha256("inquiry"),
                               .by = "m.example/usa",
                               .opened = noon - std::chrono::hours(48),
                               .account = sha256("account"),
                               .to = "sy-government",
                               .question = "Who fired; at what, and why?",
                               .agreement = {},
                               .clock = {},
                               .due = noon - std::chrono::hours(1),
                               .replies = {}});
    return state;
}

std::vector<Alert> alerts_in(const std::string& language) {
    return alerts(state_with_an_unanswered_question(), noon, {}, Zone::named("Asia/Damascus").value(),
                  messages(language));
}

const Sender sender{.id = "monitor.example/usa", .name = "US monitoring cell, Amman", .sent = noon};

TEST(Alerts, SayWhoHasNotAnsweredAndSinceWhenByBothClocks) {
    const auto all = alerts_in("en");
    ASSERT_EQ(all.size(), 1U);
    EXPECT_NE(all[0].headline.find("sy-government"), std::string::npos);
    EXPECT_NE(all[0].description.find("2016-05-04 14:00 Asia/Damascus (2016-05-04T11:00:00Z)"),
              std::string::npos)
        << all[0].description;
}

TEST(Alerts, HaveWordsInEveryLanguage) {
    for (const auto* language : {"en", "ar", "ru", "fr"}) {
        const auto all = alerts_in(language);
        EXPECT_EQ(all[0].headline.find('['), std::string::npos) << all[0].headline;
        EXPECT_EQ(all[0].language, language);
    }
}

TEST(Alerts, AreTheSameAtEveryRun) {
    EXPECT_EQ(alerts_in("en")[0].id, alerts_in("ar")[0].id);
}

TEST(CapXml, IsRestrictedAndCarriesUtcAsCapWantsIt) {
    const auto xml = cap_xml(alerts_in("en")[0], sender);
    EXPECT_NE(xml.find("<scope>Restricted</scope>"), std::string::npos);
    EXPECT_NE(xml.find("<sent>2016-05-04T12:00:00-00:00</sent>"), std::string::npos);
    EXPECT_NE(xml.find("<sender>monitor.example-usa</sender>"), std::string::npos);
}

TEST(CapXml, NoTextBreaksOutOfItsElement) {
    auto alert = alerts_in("en")[0];
    alert.headline = "</headline><scope>Public</scope>";
    EXPECT_EQ(cap_xml(alert, sender).find("<scope>Public"), std::string::npos);
}

TEST(ICalendar, FoldsLinesBetweenCharactersAtSeventyFiveOctets) {
    const auto all = alerts_in("ar");
    std::istringstream lines(icalendar(all, sender));
    std::string whole;
    for (std::string line; std::getline(lines, line);) {
        ASSERT_TRUE(line.ends_with('\r'));
        EXPECT_LE(line.size() - 1, 75U);
        EXPECT_NE(static_cast<unsigned char>(line[line.front() == ' ' ? 1 : 0]) & 0xC0U, 0x80U)
            << "a line begins within a character";
    }
}

TEST(ICalendar, EscapesWhatHasAMeaning) {
    const auto text = icalendar(alerts_in("en"), sender);
    const auto unfolded = std::regex_replace(text, std::regex("\r\n "), "");
    EXPECT_NE(unfolded.find("Who fired\\; at what\\, and why?"), std::string::npos) << unfolded;
    EXPECT_NE(unfolded.find("DUE:20160504T110000Z\r\n"), std::string::npos);
}

TEST(EmailText, NoNameSmugglesInAHeader) {
    auto alert = alerts_in("en")[0];
    alert.headline = "x\r\nBcc: everyone@example.org";
    const auto mail = email_text(alert, sender);
    EXPECT_EQ(mail.find("Bcc"), std::string::npos);
    EXPECT_NE(mail.find("Date: Wed, 04 May 2016 12:00:00 +0000\r\n"), std::string::npos);
}

}  // namespace
}  // namespace truce::report
