// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "model/agreement.h"
#include "record/state.h"
#include "report/messages.h"

namespace truce::report {

/// Something that somebody should be told or do, in words of one language: what the record says is overdue,
/// or comes next. Nothing is sent by the program; these are texts to send.
struct Alert {
    enum class About : std::uint8_t {
        reply_overdue,
        acknowledgement_overdue,
        next_step
    } about = About::reply_overdue;
    /// The same for the same thing at every run, so that a calendar or mailbox knows it again: letters,
    /// digits and `-`.
    std::string id;
    std::string headline;
    std::string description;
    std::string language;
    /// Whom it concerns: an actor, a unit, or empty.
    std::string who;
    /// The area that it is about, as the record names it; empty where it names none.
    std::string area;
    std::optional<sys_seconds> due;
};

/// All that is overdue at `now`, then all next steps. Times are written in `zone` and in UTC.
[[nodiscard]] std::vector<Alert> alerts(const record::State& state, sys_seconds now,
                                        std::span<const Agreement> agreements, const Zone& zone,
                                        const Messages& messages);

/// Who sends, and when: goes into every alert that leaves.
struct Sender {
    /// Letters, digits, `.`, `-`, `@`: "monitor.example/usa" is written with `-` for what CAP does not allow.
    std::string id;
    std::string name;
    sys_seconds sent{};
};

/// The alert as a CAP 1.2 message (OASIS, July 2010): XML in UTF-8, scope Restricted to the parties to the
/// mission, never Public: what is overdue is no news for everyone until somebody releases it.
[[nodiscard]] std::string cap_xml(const Alert& alert, const Sender& sender);

/// The alerts as one iCalendar object (RFC 5545), a to-do for each, due when it was due. Lines end in CRLF
/// and are folded at 75 octets, never within a character.
[[nodiscard]] std::string icalendar(std::span<const Alert> alerts, const Sender& sender);

/// The alert as an e-mail to be sent (RFC 5322), UTF-8 throughout, its subject encoded by RFC 2047; without a
/// recipient, whom the one who sends it adds. No header can be smuggled in by a name or text.
[[nodiscard]] std::string email_text(const Alert& alert, const Sender& sender);

}  // namespace truce::report
