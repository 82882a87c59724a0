// SPDX-License-Identifier: Apache-2.0
#include "report/tables.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "report/table_writer.h"

namespace truce::report {
namespace {

/// All that `write` writes to a sink.
template <class Write>
std::string written(Write&& write) {
    std::string text;
    write(Sink([&](std::string_view piece) { text += piece; }));
    return text;
}

/// The table that `fill` fills.
template <class Fill>
std::string table_of(TableForm form, Fill&& fill) {
    return written([&](const Sink& sink) {
        TableWriter table(form, sink);
        fill(table);
        table.finish();
    });
}

TEST(TableWriter, ATextThatASpreadsheetWouldRunIsGuarded) {
    const auto text = table_of(TableForm::plain, [](TableWriter& table) {
        table.text("=HYPERLINK(\"http://x\")");
        table.text("+1");
        table.text("@SUM(A1)");
        table.text("-2+3");
        table.text("|calc");
        table.end_row();
    });
    EXPECT_EQ(text, "\"'=HYPERLINK(\"\"http://x\"\")\",'+1,'@SUM(A1),'-2+3,'|calc\r\n");
}

/// As printf writes it, less the zeros at its end.
std::string exactly(double value, int decimals) {
    auto text = fmt::format("{:.{}f}", value, decimals);
    text.resize(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    return text == "-0" ? "0" : text;
}

TEST(TableWriter, NumbersAreRoundedAsTheyAreExactly) {
    EXPECT_TRUE(rc::check([] {
        const auto decimals = *rc::gen::inRange(1, 7);
        const auto whole = static_cast<double>(*rc::gen::inRange<std::int64_t>(-20'000'000'000, 20'000'000'000));
        // Ties and their neighbours among them.
        const double value = whole / *rc::gen::element(1.0, 2.0, 8.0, 1000.0, 128.0, 2'000'000.0, 3e6, 1e7, 1e13);
        const auto text = table_of(TableForm::plain, [&](TableWriter& table) { table.number(value, decimals); });
        RC_ASSERT(text.substr(0, text.find('\r')) == exactly(value, decimals));
    }));
}

TEST(TableWriter, NumbersAreNotGuarded) {
    const auto text = table_of(TableForm::plain, [](TableWriter& table) {
        table.number(-36.5, 6);
        table.number(std::optional<double>(), 6);
        table.number(std::uint64_t{12});
        table.number(0.0, 3);
        table.end_row();
    });
    EXPECT_EQ(text, "-36.5,,12,0\r\n");
}

TEST(TableWriter, RealsAreRoundedAndLoseTheZerosAtTheirEnd) {
    const auto text = table_of(TableForm::plain, [](TableWriter& table) {
        table.number(0.1234565, 6);
        table.number(2.5000001, 6);
        table.number(-0.0000001, 6);
        table.number(1e21, 6);
        table.number(100.0, 0);
        table.end_row();
    });
    EXPECT_EQ(text, "0.123456,2.5,0,1000000000000000000000,100\r\n");
}

TEST(TableWriter, ALongTableComesInPiecesAndWhole) {
    std::size_t pieces = 0;
    std::size_t bytes = 0;
    const Sink sink = [&](std::string_view piece) {
        ++pieces;
        bytes += piece.size();
    };
    TableWriter table(TableForm::plain, sink);
    const std::string long_text(piece_size / 2, 'x');
    table.word(long_text);
    table.end_row();
    table.word(long_text);
    table.end_row();
    table.word("end");
    table.end_row();
    table.finish();
    EXPECT_EQ(pieces, 2U);
    EXPECT_EQ(bytes, 2 * (piece_size / 2 + 2) + 5);
}

TEST(TableWriter, CellsThatWouldBreakTheRowAreQuoted) {
    const auto text = table_of(TableForm::plain, [](TableWriter& table) {
        table.text("a,b");
        table.text("a\"b");
        table.text("a\nb");
        table.end_row();
    });
    EXPECT_EQ(text, "\"a,b\",\"a\"\"b\",\"a\nb\"\r\n");
}

TEST(TableWriter, TheExcelFormHasAByteOrderMarkAndSemicolons) {
    const auto text = table_of(TableForm::excel, [](TableWriter& table) {
        table.word("a");
        table.text("b;c");
        table.end_row();
    });
    EXPECT_EQ(text,
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
    const auto text =
        written([](const Sink& sink) { write_accounts_csv(sink, with_sources(), Readers::everyone); });
    EXPECT_NE(text.find("may be read"), std::string::npos);
    EXPECT_EQ(text.find("must not be passed on"), std::string::npos);
}

TEST(AccountsCsv, WritesThemForOnesOwnUse) {
    const auto text =
        written([](const Sink& sink) { write_accounts_csv(sink, with_sources(), Readers::own_use); });
    EXPECT_NE(text.find("must not be passed on"), std::string::npos);
}

TEST(Licence, AnIncidentIsShownOnlyIfEveryAccountOfItMayBe) {
    const auto dossier = with_sources();
    EXPECT_TRUE(may_show(dossier, Incident{{AccountId{0}}, {}}, Readers::everyone));
    EXPECT_FALSE(may_show(dossier, Incident{{AccountId{0}, AccountId{1}}, {}}, Readers::everyone));
}

}  // namespace
}  // namespace truce::report
