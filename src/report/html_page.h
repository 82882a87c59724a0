// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "assessment/assessment.h"
#include "report/html_listing.h"
#include "report/html_text.h"
#include "report/messages.h"

namespace truce::report {

/// One language's part of the report while it is written: what it is about, in which words, and the HTML so
/// far.
class Page {
public:
    Page(const Dossier& the_dossier, const Assessment& the_assessment, const Messages& the_messages)
        : dossier(the_dossier), assessment(the_assessment), messages(the_messages) {}

    const Dossier& dossier;
    const Assessment& assessment;
    const Messages& messages;

    /// Appends HTML as it is.
    void raw(std::string_view html) { out_ += html; }
    /// Appends HTML by a format; its values are put in as they are.
    template <class... Values>
    void put(fmt::format_string<Values...> form, Values&&... values) {
        fmt::format_to(std::back_inserter(out_), form, std::forward<Values>(values)...);
    }
    [[nodiscard]] std::string take() { return std::exchange(out_, {}); }

    /// A message, escaped.
    [[nodiscard]] std::string say(std::string_view key, Arguments arguments = {}) const {
        return escaped_message(messages.text(key, arguments));
    }
    [[nodiscard]] std::string number(std::uint64_t value) const {
        return escaped_message(messages.number(value));
    }
    [[nodiscard]] std::string decimal(double value, int digits) const {
        return escaped_message(messages.decimal(value, digits));
    }
    /// An identifier in this part: ids are unique in the whole file.
    [[nodiscard]] std::string id(std::string_view name) const {
        return fmt::format("{}-{}", messages.language(), name);
    }

    /// Begins a section with its heading.
    void begin_section(std::string_view name, std::string_view heading_key) {
        put(R"(<section aria-labelledby="{0}-h" id="{0}"><h2 id="{0}-h">{1}</h2>)", id(name),
            say(heading_key));
    }
    void end_section() { raw("</section>\n"); }
    void paragraph(std::string_view escaped_text, std::string_view kind = {}) {
        if (kind.empty()) {
            put("<p>{}</p>", escaped_text);
        } else {
            put(R"(<p class="{}">{}</p>)", kind, escaped_text);
        }
    }
    /// Begins a table that scrolls within itself where the page is narrow; a keyboard reaches it.
    void begin_table(std::string_view label_key, std::string_view kind = {}) {
        put(R"(<div class="scroll {}" tabindex="0" role="region" aria-label="{}"><table>)", kind,
            say(label_key));
    }
    void end_table() { raw("</table></div>"); }

    // Names in this part's language, plain text.

    [[nodiscard]] std::string actor_name(ActorId actor) const;
    /// Of an id that may be an actor's or an area's; the id itself where it is neither.
    [[nodiscard]] std::string name_of_id(std::string_view id) const;
    [[nodiscard]] std::string area_name(AreaId area) const;
    [[nodiscard]] std::string agreement_title(AgreementId agreement) const;
    /// The area that the headline speaks about; the names of all its versions, where all of them count.
    [[nodiscard]] std::string focus_name() const;
    [[nodiscard]] std::string act_name(Act act) const {
        return messages.text(fmt::format("act.{}", truce::name_of(act)));
    }
    /// When, in the mission's own zone, as exactly as it is known.
    [[nodiscard]] std::string when_text(const When& when) const;
    /// An instant that may be known only within bounds.
    [[nodiscard]] std::string moment_text(const Moment& moment) const;
    [[nodiscard]] std::string chance_text(const Chance& chance) const;
    /// low, best and high, in one expression.
    [[nodiscard]] std::string count_text(const CountRange& count) const;

private:
    std::string out_;
};

/// The coloured name of a verdict; it is told apart by its words, the colour only helps.
[[nodiscard]] std::string verdict_badge(const Page& page, Verdict verdict);

}  // namespace truce::report
