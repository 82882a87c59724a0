// SPDX-License-Identifier: Apache-2.0
#include "report/alerts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/base64.h"
#include "report/html_text.h"

namespace truce::report {
namespace {

std::string both_clocks(sys_seconds instant, const Zone& zone) {
    return fmt::format("{} {} ({})", zone.local_text(instant), zone.name(), utc_text(instant));
}

/// An instant as CAP wants it: `2016-05-04T00:01:00-00:00`, its own way to write UTC.
std::string cap_time(sys_seconds instant) {
    std::string text = utc_text(instant);
    text.replace(text.size() - 1, 1, "-00:00");
    return text;
}

/// An instant in UTC as iCalendar wants it: `20160504T000100Z`.
std::string calendar_time(sys_seconds instant) {
    std::string text = utc_text(instant);
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

/// CAP's identifiers may hold neither spaces, commas, `<` nor `&`; those here are narrower.
std::string plain_id(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '.' || c == '-' || c == '@';
        out += plain ? c : '-';
    }
    return out.empty() ? "unknown" : out;
}

/// A calendar's text value, of text from a catalogue, whose arguments are tamed: backslash, comma, semicolon
/// and line feed escaped (RFC 5545, section 3.3.11).
std::string calendar_text(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\r') continue;
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '\\' || c == ',' || c == ';') out += '\\';
        out += c;
    }
    return out;
}

/// A content line, folded at 75 octets between characters, with CRLF.
std::string folded(std::string_view line) {
    constexpr std::size_t most = 75;
    std::string out;
    std::size_t room = most;
    while (line.size() > room) {
        std::size_t cut = room;
        while (cut > 0 && (static_cast<unsigned char>(line[cut]) & 0xC0U) == 0x80U) --cut;
        out.append(line.substr(0, cut)).append("\r\n ");
        line.remove_prefix(cut);
        room = most - 1;  // the space that marks the fold counts
    }
    return out.append(line).append("\r\n");
}

/// A header's text in encoded words of at most 75 characters, each of whole characters (RFC 2047).
std::string encoded_words(std::string_view text) {
    constexpr std::size_t bytes_in_word = 45;  // 60 characters of base64, and "=?UTF-8?B?" "?=" around them
    std::string out;
    while (!text.empty()) {
        std::size_t cut = std::min(bytes_in_word, text.size());
        while (cut < text.size() && cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U)
            --cut;
        if (!out.empty()) out += "\r\n ";
        out += fmt::format("=?UTF-8?B?{}?=", base64(text.substr(0, cut)));
        text.remove_prefix(cut);
    }
    return out;
}

/// RFC 5322's date, in English whatever the language: `Wed, 04 May 2016 00:01:00 +0000`.
std::string mail_date(sys_seconds instant) {
    constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(instant);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{instant - day};
    return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} +0000",
                       days[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                       months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                       time.hours().count(), time.minutes().count(), time.seconds().count());
}

std::string one_line(std::string_view text) {
    std::string out(text);
    std::ranges::replace_if(
        out, [](char c) { return c == '\r' || c == '\n'; }, ' ');
    return out;
}

Alert overdue_alert(const record::Overdue& late, const record::State& state, const Zone& zone,
                    const Messages& messages) {
    const bool reply = late.what == record::Overdue::What::inquiry;
    const std::string key = reply ? "alert.reply_overdue" : "alert.acknowledgement_overdue";
    Alert alert{.about = reply ? Alert::About::reply_overdue : Alert::About::acknowledgement_overdue,
                .id = fmt::format("{}-{}", late.entry.hex().substr(0, 16), plain_id(late.who)),
                .headline = messages.text(key, {{"who", late.who}}),
                .description = {},
                .language = messages.language(),
                .who = late.who,
                .area = {},
                .due = late.due};
    std::string about;
    if (reply) {
        const auto inquiry = std::ranges::find(state.inquiries, late.entry, &record::InquiryState::entry);
        if (inquiry != state.inquiries.end()) about = inquiry->question;
    } else {
        const auto notice = std::ranges::find(state.notices, late.entry, &record::NoticeState::entry);
        if (notice != state.notices.end()) about = notice->notice.text;
        if (const auto unit = state.units.find(late.who); unit != state.units.end())
            alert.area = tamed(unit->second.area);
    }
    alert.description =
        messages.text(key + "_text", {{"who", late.who},
                                      {"about", about},
                                      {"due", Argument::Bare{both_clocks(late.due, zone)}},
                                      {"entry", Argument::Bare{late.entry.hex().substr(0, 16)}}});
    return alert;
}

Alert step_alert(const record::NextStep& next, const Messages& messages) {
    return {.about = Alert::About::next_step,
            .id = fmt::format("{}-{}-{}", next.incident.hex().substr(0, 16), plain_id(next.agreement),
                              next.taken),
            .headline = messages.text("alert.next_step", {{"step", next.step}}),
            .description = messages.text("alert.next_step_text",
                                         {{"step", next.step},
                                          {"agreement", next.agreement},
                                          {"entry", Argument::Bare{next.incident.hex().substr(0, 16)}}}),
            .language = messages.language(),
            .who = {},
            .area = {},
            .due = {}};
}

}  // namespace

std::vector<Alert> alerts(const record::State& state, sys_seconds now, std::span<const Agreement> agreements,
                          const Zone& zone, const Messages& messages) {
    std::vector<Alert> all;
    for (const record::Overdue& late : record::overdue(state, now, agreements))
        all.push_back(overdue_alert(late, state, zone, messages));
    for (const record::NextStep& next : record::next_steps(state, agreements))
        all.push_back(step_alert(next, messages));
    return all;
}

std::string cap_xml(const Alert& alert, const Sender& sender) {
    const bool overdue = alert.about != Alert::About::next_step;
    std::string out = R"(<?xml version="1.0" encoding="UTF-8"?>)"
                      "\n"
                      R"(<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">)"
                      "\n";
    const auto element = [&out](std::string_view indent, std::string_view name, std::string_view text) {
        fmt::format_to(std::back_inserter(out), "{0}<{1}>{2}</{1}>\n", indent, name, escaped_message(text));
    };
    element("  ", "identifier", fmt::format("{}-{}", alert.id, calendar_time(sender.sent)));
    element("  ", "sender", plain_id(sender.id));
    element("  ", "sent", cap_time(sender.sent));
    element("  ", "status", "Actual");
    element("  ", "msgType", "Alert");
    element("  ", "scope", "Restricted");
    element("  ", "restriction", "For the parties to the mission and its monitors");
    out += "  <info>\n";
    element("    ", "language", alert.language);
    element("    ", "category", "Security");
    element("    ", "event", overdue ? "Overdue answer" : "Next step");
    element("    ", "responseType", "Execute");
    element("    ", "urgency", overdue ? "Immediate" : "Expected");
    element("    ", "severity", "Unknown");
    element("    ", "certainty", "Observed");
    element("    ", "senderName", sender.name);
    element("    ", "headline", alert.headline);
    element("    ", "description", alert.description);
    if (!alert.area.empty()) {
        out += "    <area>\n";
        element("      ", "areaDesc", alert.area);
        out += "    </area>\n";
    }
    out += "  </info>\n</alert>\n";
    return out;
}

std::string icalendar(std::span<const Alert> alerts, const Sender& sender) {
    std::string out = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Trucewatch//truce notices//EN\r\n";
    for (const Alert& alert : alerts) {
        out += "BEGIN:VTODO\r\n";
        out += folded(fmt::format("UID:{}@{}", alert.id, plain_id(sender.id)));
        out += folded(fmt::format("DTSTAMP:{}", calendar_time(sender.sent)));
        if (alert.due) out += folded(fmt::format("DUE:{}", calendar_time(*alert.due)));
        out += folded(fmt::format("SUMMARY;LANGUAGE={}:{}", alert.language, calendar_text(alert.headline)));
        out += folded(
            fmt::format("DESCRIPTION;LANGUAGE={}:{}", alert.language, calendar_text(alert.description)));
        if (!alert.area.empty()) out += folded(fmt::format("LOCATION:{}", calendar_text(alert.area)));
        out += "STATUS:NEEDS-ACTION\r\nEND:VTODO\r\n";
    }
    return out + "END:VCALENDAR\r\n";
}

std::string email_text(const Alert& alert, const Sender& sender) {
    return fmt::format(
        "Date: {}\r\nSubject: {}\r\nMessage-ID: <{}.{}@{}>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\nContent-Language: "
        "{}\r\n\r\n{}",
        mail_date(sender.sent), encoded_words(one_line(alert.headline)), alert.id, calendar_time(sender.sent),
        plain_id(sender.id), plain_id(alert.language), [&] {
            const std::string body =
                base64(fmt::format("{}\r\n\r\n{}\r\n\r\n-- \r\n{}\r\n", one_line(alert.headline),
                                   alert.description, one_line(sender.name)));
            std::string lines;
            for (std::size_t i = 0; i < body.size(); i += 76) lines += body.substr(i, 76) + "\r\n";
            return lines;
        }());
}

}  // namespace truce::report
