// SPDX-License-Identifier: Apache-2.0
#include "server/notice_routes.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace truce::server {
namespace {

constexpr std::size_t longest_text = 8000;

const record::State* state_of(const Snapshot& snapshot) { return snapshot.record ? &snapshot.record->state : nullptr; }

void check_unit(Form& form, const record::State& state, const std::string& field, const std::string& unit) {
    if (unit.empty() || state.units.contains(unit)) return;
    std::vector<std::string> ids;
    for (const auto& [id, named] : state.units) ids.push_back(id);
    form.complain(field, say("field.no_unit", {{"name", shown(unit)}, {"hint", hint(unit, ids)}}));
}

const record::NoticeState* notice_of(const record::State& state, const Request& request) {
    const auto id = entry_named(request.part("id"));
    if (!id) return nullptr;
    const auto found = std::ranges::find(state.notices, *id, &record::NoticeState::entry);
    return found == state.notices.end() ? nullptr : &*found;
}

Response no_notice() { return problem(404, say("title.not_found"), say("no_notice")); }

Response name_unit(const Writing& writing, const Request& request) {
    auto form = Form::of(request, {"unit", "name", "under", "party", "area"});
    if (!form) return form.error();
    const auto snapshot = writing.snapshot();
    record::UnitNamed named{.unit = form->text("unit", 80),
                            .name = form->text("name"),
                            .under = form->text_or_none("under"),
                            .party = form->text("party"),
                            .area = form->text_or_none("area")};
    if (!named.party.empty() && !snapshot->dossier().actors.with_id(named.party))
        form->complain("party", say("field.no_actor", {{"name", shown(named.party)}, {"hint", Words()}}));
    check_unit(*form, *state_of(*snapshot), "under", named.under);
    if (!named.under.empty() && named.under == named.unit) form->complain("under", say("field.under_itself"));
    if (auto wrong = form->wrong()) return *wrong;
    return writing.write(request, std::move(named));
}

Response issue(const Writing& writing, const Request& request) {
    auto form = Form::of(request, {"agreement", "from", "to", "text", "level", "written", "due"});
    if (!form) return form.error();
    const auto snapshot = writing.snapshot();
    const auto& state = *state_of(*snapshot);
    const auto& dossier = snapshot->dossier();
    const auto from = form->text_or_none("from");
    record::NoticeIssued issued{.agreement = form->text_or_none("agreement"),
                                .from = from.empty() ? writing.pen().origin() : from,
                                .to = form->texts("to", 1),
                                .text = form->text("text", longest_text),
                                .level = form->text_or_none("level", 20),
                                .written = form->yes_or_no("written").value_or(false),
                                .due = form->instant("due", dossier.mission.zone)};
    std::ranges::sort(issued.to);
    if (issued.level.empty()) issued.level = "order";
    if (issued.level != "order" && issued.level != "alert" && issued.level != "query") form->complain("level", say("field.want", {{"want", Words("order, alert, query")}}));
    for (const auto& unit : issued.to) check_unit(*form, state, "to", unit);
    if (!issued.agreement.empty() &&
        std::ranges::none_of(dossier.agreements, [&](const auto& agreement) { return agreement.id == issued.agreement; }))
        form->complain("agreement", say("field.no_agreement", {{"name", shown(issued.agreement)}, {"hint", Words()}}));
    if (issued.due && *issued.due <= writing.now()) form->complain("due", say("field.past"));
    if (auto wrong = form->wrong()) return *wrong;
    return writing.write(request, std::move(issued));
}

Response relay(const Writing& writing, const Request& request) {
    auto form = Form::of(request, {"from", "to", "at", "channel"});
    if (!form) return form.error();
    const auto snapshot = writing.snapshot();
    const auto& state = *state_of(*snapshot);
    const auto* notice = notice_of(state, request);
    if (notice == nullptr) return no_notice();
    record::NoticeRelayed relayed{.notice = notice->entry,
                                  .from = form->text("from"),
                                  .to = form->texts("to", 1),
                                  .at = form->instant("at", snapshot->dossier().mission.zone),
                                  .channel = form->text_or_none("channel")};
    std::ranges::sort(relayed.to);
    for (const auto& unit : relayed.to) check_unit(*form, state, "to", unit);
    if (relayed.at && *relayed.at > writing.now()) form->complain("at", say("field.not_yet"));
    if (auto wrong = form->wrong()) return *wrong;
    return writing.write(request, std::move(relayed));
}

Response acknowledge(const Writing& writing, const Request& request) {
    auto form = Form::of(request, {"unit", "at", "channel"});
    if (!form) return form.error();
    const auto snapshot = writing.snapshot();
    const auto& state = *state_of(*snapshot);
    const auto* notice = notice_of(state, request);
    if (notice == nullptr) return no_notice();
    record::NoticeAcknowledged acknowledged{.notice = notice->entry,
                                            .unit = form->text("unit"),
                                            .at = form->instant("at", snapshot->dossier().mission.zone),
                                            .channel = form->text_or_none("channel")};
    check_unit(*form, state, "unit", acknowledged.unit);
    const auto& party = request.caller->party;
    const auto unit = state.units.find(acknowledged.unit);
    if (!party.empty() && unit != state.units.end() && unit->second.party != party)
        form->complain("unit", say("field.not_of_party", {{"party", party}}));
    if (acknowledged.at && *acknowledged.at > writing.now()) form->complain("at", say("field.not_yet"));
    if (auto wrong = form->wrong()) return *wrong;
    return writing.write(request, std::move(acknowledged));
}

}  // namespace

void add_notice_routes(Router& router, const std::shared_ptr<const Writing>& writing) {
    const auto add = [&](std::string pattern, Right right, Response (*answer)(const Writing&, const Request&)) {
        router.add({.method = Method::post,
                    .pattern = std::move(pattern),
                    .right = right,
                    .handler = writer(writing, [answer](const Writing& with, const Request& request) {
                        return state_of(*with.snapshot()) == nullptr ? with.cannot_write() : answer(with, request);
                    })});
    };
    add("/api/units", Right::notice_write, name_unit);
    add("/api/notices", Right::notice_write, issue);
    add("/api/notices/{id}/relay", Right::notice_write, relay);
    add("/api/notices/{id}/acknowledge", Right::notice_acknowledge, acknowledge);
}

}  // namespace truce::server
