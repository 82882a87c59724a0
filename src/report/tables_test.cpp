// SPDX-License-Identifier: Apache-2.0
#include "report/tables.h"

#include <gtest/gtest.h>

#include "report/table_writer.h"

namespace truce::report {
namespace {

TEST(TableWriter, ATextThatASpreadsheetWouldRunIsGuarded) {
    TableWriter table(TableForm::plain);
    table.text("=HYPERLINK(\"http://x\")");
    table.text("+1");
    table.text("@SUM(A1)");
    table.text("-2+3");
    table.text("|calc");
    table.end_row();
    EXPECT_EQ(table.finish(), "\"'=HYPERLINK(\"\"http://x\"\")\",'+1,'@SUM(A1),'-2+3,'|calc\r\n");
}

TEST(TableWriter, NumbersAreNotGuarded) {
    TableWriter table(TableForm::plain);
    table.number(-36.5, 6);
    table.number(std::optional<double>(), 6);
    table.number(std::uint64_t{12});
    table.number(0.0, 3);
    table.end_row();
    EXPECT_EQ(table.finish(), "-36.5,,12,0\r\n");
}

TEST(TableWriter, CellsThatWouldBreakTheRowAreQuoted) {
    TableWriter table(TableForm::plain);
    table.text("a,b");
    table.text("a\"b");
    table.text("a\nb");
    table.end_row();
    EXPECT_EQ(table.finish(), "\"a,b\",\"a\"\"b\",\"a\nb\"\r\n");
}

TEST(TableWriter, TheExcelFormHasAByteOrderMarkAndSemicolons) {
    TableWriter table(TableForm::excel);
    table.word("a");
    table.text("b;c");
    table.end_row();
    EXPECT_EQ(table.finish(),
              "\xEF\xBB\xBF"
              "a;\"b;c\"\r\n");
}

Dossier with_sources() {
    Dossier dossier;
    Source open;
    open.id = "open";
    open.republish = Republish::rows;
    Source closed;
    closed.id = "closed";
    closed.republish = Republish::aggregates;
    dossier.sources = {open, closed};
    Account shown;
    shown.source = SourceId{0};
    shown.key = "1";
    shown.summary = "may be read";
    shown.told.when.window = {open_start, open_start + std::chrono::seconds{1}};
    Account hidden = shown;
    hidden.source = SourceId{1};
    hidden.summary = "must not be passed on";
    dossier.accounts = {shown, hidden};
    return dossier;
}

TEST(AccountsCsv, LeavesOutRowsThatTheirLicenceKeepsFromBeingPassedOn) {
    const auto text = accounts_csv(with_sources(), Readers::everyone);
    EXPECT_NE(text.find("may be read"), std::string::npos);
    EXPECT_EQ(text.find("must not be passed on"), std::string::npos);
}

TEST(AccountsCsv, WritesThemForOnesOwnUse) {
    EXPECT_NE(accounts_csv(with_sources(), Readers::own_use).find("must not be passed on"),
              std::string::npos);
}

TEST(Licence, AnIncidentIsShownOnlyIfEveryAccountOfItMayBe) {
    const auto dossier = with_sources();
    EXPECT_TRUE(may_show(dossier, Incident{{AccountId{0}}, {}}, Readers::everyone));
    EXPECT_FALSE(may_show(dossier, Incident{{AccountId{0}, AccountId{1}}, {}}, Readers::everyone));
}

}  // namespace
}  // namespace truce::report
