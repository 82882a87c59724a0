// SPDX-License-Identifier: Apache-2.0
#include "cli/answer.h"

#include <fmt/format.h>

#include <algorithm>

#include "assessment/truce_period.h"
#include "base/text.h"
#include "cli/terminal_text.h"
#include "report/html_wording.h"

namespace truce::cli {
namespace {

std::string counts_text(const VerdictCounts& counts, const report::Messages& messages) {
    std::string text;
    for (std::size_t v = 0; v < counts.size(); ++v) {
        if (counts[v] == 0) continue;
        const auto name = messages.text(fmt::format("verdict.{}", name_of(static_cast<Verdict>(v))));
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", counts[v], lower_ascii(name));
    }
    return text.empty() ? "none" : text;
}

std::string toll_text(const analysis::TollSum& toll) {
    return fmt::format(
        "{} ({} to {}){}", toll.best, toll.low, toll.high,
        toll.without_figure > 0 ? fmt::format(", {} incidents without a figure", toll.without_figure) : "");
}

void append_accounting(std::string& out, const ReadDossier& read, const Assessment& assessment) {
    const auto& sum = assessment.accounting;
    std::string others;
    const auto other = [&](std::uint64_t n, std::string_view what) {
        if (n > 0) others += fmt::format(" + {} {}", n, what);
    };
    other(sum.leads, "leads");
    other(sum.corroborations, "sensor readings");
    other(sum.aggregates, "aggregates");
    out += fmt::format("Rows      {} = {} incidents{} + {} rejects", sum.rows, sum.told_incidents, others,
                       sum.rejects);
    if (sum.outside_days > 0)
        out += fmt::format("; {} incidents lie outside the days assessed", sum.outside_days);
    out += '\n';
    const auto& linkage = assessment.linkage;
    if (linkage.compared) {
        out += fmt::format(
            "          {} accounts make {} incidents, {} of them told of by several; of {} links about {:.1f} are wrong, "
            "{:.1f} missing.\n",
            linkage.accounts, linkage.incidents, linkage.joined, linkage.found.linked, linkage.found.expected_false,
            linkage.found.expected_missed);
    }
    if (!read.warnings.empty()) {
        out += fmt::format("          {} warning{}; `truce check` lists those of the mission's files.\n",
                           read.warnings.size(), read.warnings.size() == 1 ? "" : "s");
    }
}

std::string days_of_truce(const Assessment& assessment) {
    const auto first = day_text(assessment.truce_day);
    return assessment.truce_last_day ? fmt::format("{} to {}", first, day_text(*assessment.truce_last_day)) : "Since " + first;
}

/// Of the area that the lines above speak of, as they do.
void append_undecided(std::string& out, const Assessment& assessment, const std::string& area,
                      const report::Messages& messages) {
    constexpr std::size_t most = 3;
    struct InFocusArea {
        Reason reason;
        std::ptrdiff_t incidents;
    };
    std::vector<InFocusArea> reasons;
    for (const auto& one : assessment.undecided) {
        const auto incidents = std::ranges::count_if(one.members, [&](IncidentId id) {
            return assessment.judged[id.value].in_focus == InFocus::yes;
        });
        if (incidents > 0) reasons.push_back({one.reason, incidents});
    }
    if (reasons.empty()) return;
    std::ranges::stable_sort(reasons, std::ranges::greater{}, &InFocusArea::incidents);
    out += fmt::format("{}, {}, undecided, and why:\n", days_of_truce(assessment), area);
    for (std::size_t i = 0; i < std::min(most, reasons.size()); ++i) {
        out += wrapped(fmt::format("{} {}", reasons[i].incidents,
                                   report::without_isolates(
                                       messages.text(fmt::format("reason.{}", name_of(reasons[i].reason))))),
                       10);
    }
}

}  // namespace

std::string focus_name(const Dossier& dossier, std::string_view language) {
    const auto& mission = dossier.mission;
    if (mission.focus.empty()) return "all areas";
    auto versions = dossier.areas.versions_of(mission.focus);
    if (!mission.focus_version.empty()) {
        std::erase_if(versions,
                      [&](AreaId id) { return dossier.areas[id].version != mission.focus_version; });
    }
    return std::string(versions.empty() ? mission.focus
                                        : dossier.areas[versions.front()].name.in(language, mission.focus));
}

std::string answer_text(const ReadDossier& read, const Assessment& assessment,
                        const report::Messages& messages, const std::string& folder, std::size_t files) {
    const auto& dossier = read.dossier;
    const auto& mission = dossier.mission;
    const auto area = focus_name(dossier, messages.language());
    const auto& trend = assessment.trends.incidents.set_apart;
    std::string out =
        fmt::format("{}  ({} to {}, {})\n\n", mission.title.in(messages.language(), mission.id),
                    day_text(assessment.days.first), day_text(assessment.days.last), mission.zone.name());
    out += wrapped(report::without_isolates(report::breaches_sentence(assessment, area, messages)),
                   0);
    out += wrapped(
        report::without_isolates(report::holding_sentence(trend, area, assessment.truce_day, messages)), 0);
    const auto over = report::without_isolates(report::truce_over_sentence(assessment, messages));
    if (!over.empty()) out += wrapped(over, 0);
    const auto reporting = report::without_isolates(report::reporting_sentence(trend, messages));
    if (!reporting.empty()) out += wrapped(reporting, 0);
    out += fmt::format("\n{}, {}:\n", days_of_truce(assessment), area);
    out += wrapped("Incidents " + counts_text(assessment.since_truce_verdicts, messages), 0);
    out += fmt::format("Killed    {}; civilians {}\n", toll_text(assessment.toll_since.all),
                       toll_text(assessment.toll_since.civilians));
    out += "\nAll areas, all days:\n";
    out += wrapped("Incidents " + counts_text(assessment.all_verdicts, messages), 0);
    out += fmt::format("Killed    {}; civilians {}\n\n", toll_text(assessment.toll_all.all),
                       toll_text(assessment.toll_all.civilians));
    append_undecided(out, assessment, area, messages);
    append_accounting(out, read, assessment);
    out += fmt::format("\n{} files in {}; begin with report.html\n", files, folder);
    return out;
}

}  // namespace truce::cli
