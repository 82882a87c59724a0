// SPDX-License-Identifier: Apache-2.0
#include "report/opinion_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "assessment/opinions.h"
#include "report/table_writer.h"

namespace truce::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr auto opinion_columns = std::to_array<std::string_view>(
    {"incident", "monitor", "occurrence", "breach", "agreement", "duty", "reason", "attribution", "authors", "grounds", "grade",
     "standard", "entry", "replaces", "joint_occurrence", "joint_breach", "joint_attribution", "joint"});

constexpr auto change_columns = std::to_array<std::string_view>({"incident", "commitment", "verdict_before", "verdict_now", "received",
                                                                 "joined", "parted", "decisions", "decisions_gone", "agreement_text",
                                                                 "opinions"});

template <class Answer>
std::string_view word_or_nothing(const std::optional<Answer>& answer) {
    return answer ? truce::name_of(*answer) : std::string_view();
}

Json word_or_null(std::string_view word) {
    return word.empty() ? Json(nullptr) : Json(word);
}

std::string names_of(const Dossier& dossier, const std::vector<AccountId>& accounts) {
    std::string names;
    for (const auto account : accounts) {
        if (!names.empty()) names += ';';
        append_name(names, dossier, dossier.accounts[account.value]);
    }
    return names;
}

std::string decisions_text(const Dossier& dossier, const InputChange& change) {
    std::string text;
    for (const auto place : change.decisions) {
        const auto& decision = dossier.link_decisions[place];
        text += fmt::format("{}{} by {}{}{}", text.empty() ? "" : "; ",
                            decision.kind == LinkDecision::Kind::link ? "link" : "split",
                            decision.by.empty() ? "?" : decision.by, decision.why.empty() ? "" : ": ", decision.why);
    }
    return text;
}

/// A share without the noise of its last digits.
Json rounded(double value) {
    return std::isfinite(value) ? Json(std::round(value * 1e6) / 1e6) : Json(nullptr);
}

Json joint_json(const JointOpinion& joint) {
    return {{"occurrence", truce::name_of(joint.occurrence)},
            {"breach", truce::name_of(joint.breach)},
            {"attribution", truce::name_of(joint.attribution)},
            {"overall", truce::name_of(joint.overall)}};
}

Json opinion_json(const RecordedOpinion& recorded) {
    const auto& opinion = recorded.opinion;
    return {{"monitor", recorded.monitor},
            {"entry", recorded.entry},
            {"replaces", recorded.replaced},
            {"occurrence", word_or_null(word_or_nothing(opinion.occurrence))},
            {"breach", word_or_null(word_or_nothing(opinion.breach))},
            {"agreement", word_or_null(opinion.agreement)},
            {"duty", word_or_null(opinion.duty)},
            {"attribution", word_or_null(word_or_nothing(opinion.attribution))},
            {"authors", opinion.authors},
            {"grade", opinion.grade ? Json(text_of(*opinion.grade)) : Json(nullptr)},
            {"standard", truce::name_of(opinion.standard)}};
}

Json agreement_json(const analysis::AxisAgreement& agreement) {
    Json monitors = Json::array();
    for (const auto& one : agreement.reliability)
        monitors.push_back({{"monitor", one.monitor}, {"answers", one.answers}, {"right", rounded(one.right)}});
    Json warnings = Json::array();
    for (const auto warning : agreement.warnings) warnings.push_back(analysis::name_of(warning));
    return {{"axis", analysis::name_of(agreement.axis)},
            {"incidents", agreement.incidents},
            {"alpha", agreement.alpha ? rounded(*agreement.alpha) : Json(nullptr)},
            {"reliability", std::move(monitors)},
            {"warnings", std::move(warnings)}};
}

}  // namespace

std::string opinion_cell(const RecordedOpinion& recorded, const Opinion& opinion) {
    const auto word = [](std::string_view name) { return name.empty() ? std::string_view("-") : name; };
    return fmt::format("{}={}/{}/{}", recorded.monitor, word(word_or_nothing(opinion.occurrence)),
                       word(word_or_nothing(opinion.breach)), word(word_or_nothing(opinion.attribution)));
}

void write_opinions_csv(const Sink& sink, const Dossier& dossier, const Assessment& assessment, Readers readers) {
    TableWriter table(TableForm::plain, sink);
    table.header(opinion_columns);
    for (const auto& one : assessment.opinions) {
        const auto& incident = assessment.incidents[one.incident.value];
        if (!may_show(dossier, incident, readers)) continue;
        for (const auto place : one.opinions) {
            const auto& recorded = dossier.record->opinions[place];
            const auto& opinion = recorded.opinion;
            table.word(name_of(dossier, incident));
            table.text(recorded.monitor);
            table.word(word_or_nothing(opinion.occurrence));
            table.word(word_or_nothing(opinion.breach));
            table.text(opinion.agreement);
            table.text(opinion.duty);
            table.text(opinion.reason);
            table.word(word_or_nothing(opinion.attribution));
            table.text(fmt::format("{}", fmt::join(opinion.authors, ";")));
            table.text(opinion.grounds);
            table.word(opinion.grade ? text_of(*opinion.grade) : std::string());
            table.word(opinion.standard == StandardOfProof::not_stated ? std::string_view() : truce::name_of(opinion.standard));
            table.word(recorded.entry);
            table.number(std::uint64_t{recorded.replaced});
            for (const auto status : {one.joint.occurrence, one.joint.breach, one.joint.attribution, one.joint.overall})
                table.word(truce::name_of(status));
            table.end_row();
        }
    }
    table.finish();
}

void write_changes_csv(const Sink& sink, const Dossier& dossier, const Assessment& assessment, const ChangesSince& changes,
                       Readers readers) {
    TableWriter table(TableForm::plain, sink);
    table.header(change_columns);
    for (const auto& change : changes.changes) {
        const auto& finding = assessment.findings[change.finding];
        const auto& incident = assessment.incidents[finding.incident.value];
        if (!may_show(dossier, incident, readers)) continue;
        table.word(name_of(dossier, incident));
        table.word(name_of(dossier, assessment.commitments[finding.commitment.value]));
        table.word(word_or_nothing(change.before));
        table.word(truce::name_of(finding.verdict));
        table.word(names_of(dossier, change.received));
        table.word(names_of(dossier, change.joined));
        table.word(names_of(dossier, change.parted));
        table.text(decisions_text(dossier, change));
        table.number(std::uint64_t{change.decisions_gone});
        table.word(change.text == InputChange::Text::other ? "other" : "same");
        table.text(fmt::format("{}", fmt::join(change.opinions, ";")));
        table.end_row();
    }
    table.finish();
}

std::string record_json(const Dossier& dossier, const Assessment& assessment) {
    if (!dossier.record) return "null";
    Json sizes = Json::object();
    for (const auto& [origin, size] : dossier.record->sizes) sizes[origin] = size;
    Json agreements = Json::array();
    for (const auto& one : dossier.record->agreements)
        agreements.push_back({{"agreement", one.agreement}, {"entry", one.entry}, {"sha256", one.text.hex()}});
    Json opinions = Json::array();
    for (const auto& one : assessment.opinions) {
        const auto& incident = assessment.incidents[one.incident.value];
        if (!may_show(dossier, incident, Readers::everyone)) continue;
        Json said = Json::array();
        for (const auto place : one.opinions) said.push_back(opinion_json(dossier.record->opinions[place]));
        opinions.push_back({{"incident", name_of(dossier, incident)},
                            {"verdict", truce::name_of(assessment.judged[one.incident.value].verdict)},
                            {"joint", joint_json(one.joint)},
                            {"opinions", std::move(said)}});
    }
    Json agreement = Json::array();
    for (const auto& one : assessment.monitor_agreement) agreement.push_back(agreement_json(one));
    return Json{{"state_sha256", dossier.record->state.hex()},
                {"sizes", std::move(sizes)},
                {"agreements", std::move(agreements)},
                {"opinions", std::move(opinions)},
                {"monitor_agreement", std::move(agreement)}}
        .dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace truce::report
