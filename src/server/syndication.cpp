// SPDX-License-Identifier: Apache-2.0
#include "server/syndication.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/alerts.h"
#include "report/html_page.h"
#include "report/html_text.h"
#include "report/messages.h"
#include "server/rows.h"
#include "server/visible.h"

namespace truce::server {
namespace {

constexpr std::size_t newest = 50;

/// Text for XML. What a source wrote is tamed as in the report; marks that isolate a direction are left out, since readers of
/// feeds show them.
std::string xml(std::string_view text) { return report::escaped(report::without_isolates(std::string(text))); }

struct Item {
    std::string id;
    std::string title;
    std::string link;
    std::string updated;
    std::string summary;
    std::string author;
};

Response feed(std::string_view title, const std::string& self, const std::string& updated, const std::vector<Item>& items,
              std::string_view language) {
    std::string out = fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\n"
        "<id>{}</id>\n<title>{}</title>\n<updated>{}</updated>\n<link rel=\"self\" href=\"{}\"/>\n<author><name>Trucewatch</name></author>\n",
        language, xml(self), xml(title), updated, xml(self));
    for (const auto& item : items) {
        out += fmt::format("<entry>\n<id>{}</id>\n<title>{}</title>\n<updated>{}</updated>\n<link rel=\"alternate\" href=\"{}\"/>\n"
                           "<author><name>{}</name></author>\n<summary>{}</summary>\n</entry>\n",
                           xml(item.id), xml(item.title), item.updated, xml(item.link), xml(item.author), xml(item.summary));
    }
    out += "</feed>\n";
    return text_response("application/atom+xml; charset=utf-8", std::move(out));
}

/// An id that stays the same wherever the server is reached: RFC 4151.
std::string tag_of(const Snapshot& snapshot, std::string_view kind, std::string_view id) {
    return fmt::format("tag:trucewatch.invalid,2016:{}:{}:{}", percent_encoded(snapshot.dossier().mission.id), kind, percent_encoded(id));
}

std::vector<Item> incident_items(const Snapshot& snapshot, const Request& request, const report::Messages& messages,
                                 const std::string& base) {
    const auto& dossier = snapshot.dossier();
    const auto& list = snapshot.assessed->incidents;
    const report::Page page(dossier, snapshot.assessment(), messages);
    List::Question question;
    question.chosen.resize(list.dimensions().size());
    question.order = List::Question::Order::start_down;
    question.limit = newest;
    const auto readers = readers_of(request);
    question.also = [&](std::uint32_t row) { return report::may_show(dossier, snapshot.assessment().incidents[row], readers); };
    std::vector<Item> items;
    for (const auto row : list.answer(question).rows) {
        const auto& incident = snapshot.assessment().incidents[row];
        const auto& account = dossier.accounts[incident.accounts.front().value];
        const auto& id = list.id(row);
        const auto verdict = messages.text(fmt::format("verdict.{}", name_of(snapshot.assessment().judged[row].verdict)));
        items.push_back({tag_of(snapshot, "incident", id),
                         fmt::format("{}, {}: {}", page.act_name(incident.what.act), std::string(incident.what.place.name.view()), verdict),
                         fmt::format("{}/incidents/{}", base, percent_encoded(id)), utc_text(incident.what.when.window.first),
                         std::string(account.summary.view()), dossier.sources[account.source.value].id});
    }
    return items;
}

std::vector<Item> entry_items(const Snapshot& snapshot, std::string_view only_kind, const std::string& base) {
    std::vector<Item> items;
    if (!snapshot.record) return items;
    const auto& entries = snapshot.record->merged.entries;
    for (auto entry = entries.rbegin(); entry != entries.rend() && items.size() < newest; ++entry) {
        const auto kind = record::kind_of(entry->body);
        if (!only_kind.empty() && kind != only_kind) continue;
        items.push_back({tag_of(snapshot, "entry", entry->id.hex()), fmt::format("{} {} #{}", kind, entry->feed, entry->seq),
                         fmt::format("{}/record?entry={}", base, entry->id.hex()), utc_text(entry->claimed),
                         fmt::format("{} by {}", kind, entry->feed), entry->feed});
    }
    return items;
}

Response atom(const Context& context, const Request& request) {
    const auto& name = request.part("name");
    const auto snapshot = context.current.get();
    const auto& mission = snapshot->dossier().mission;
    const auto& messages = context.catalogues.of(request, mission);
    const auto base = base_url_of(context, request);
    const auto self = base + "/atom/" + name;
    const auto title = fmt::format("{}: {}", std::string(mission.title.in(messages.language(), mission.id)), name);
    const auto updated = utc_text(snapshot->assessed->as_of);
    if (name != "incidents" && name != "opinions" && name != "record") return not_found("feed", name);
    return conditional(request, snapshot->version, [&] {
        if (name == "incidents") return feed(title, self, updated, incident_items(*snapshot, request, messages, base), messages.language());
        return feed(title, self, updated, entry_items(*snapshot, name == "opinions" ? "opinion.given" : "", base), messages.language());
    });
}

std::vector<report::Alert> alerts_of(const Context& context, const Request& request, const Snapshot& snapshot) {
    if (!snapshot.record) return {};
    const auto& dossier = snapshot.dossier();
    return report::alerts(snapshot.record->state, context.now(), dossier.agreements, dossier.mission.zone,
                          context.catalogues.of(request, dossier.mission));
}

Response cap_feed(const Context& context, const Request& request) {
    const auto snapshot = context.current.get();
    const auto base = base_url_of(context, request);
    const auto updated = utc_text(snapshot->assessed->as_of);
    std::vector<Item> items;
    for (const auto& alert : alerts_of(context, request, *snapshot)) {
        items.push_back({tag_of(*snapshot, "alert", alert.id), alert.headline,
                         fmt::format("{}/cap/alerts/{}", base, percent_encoded(alert.id)), alert.due ? utc_text(*alert.due) : updated,
                         alert.description, alert.who.empty() ? "Trucewatch" : alert.who});
    }
    const auto& mission = snapshot->dossier().mission;
    const auto& messages = context.catalogues.of(request, mission);
    return feed(fmt::format("{}: CAP 1.2", std::string(mission.title.in(messages.language(), mission.id))), base + "/cap/alerts", updated,
                items, messages.language());
}

Response cap_alert(const Context& context, const Request& request) {
    const auto snapshot = context.current.get();
    const auto alerts = alerts_of(context, request, *snapshot);
    const auto found = std::ranges::find(alerts, request.part("id"), &report::Alert::id);
    if (found == alerts.end()) return not_found("alert", request.part("id"));
    std::string sender = context.own_feed.empty() ? snapshot->dossier().mission.id : context.own_feed;
    std::ranges::replace(sender, '/', '-');
    return text_response("application/cap+xml; charset=utf-8",
                         report::cap_xml(*found, {.id = sender, .name = sender, .sent = snapshot->assessed->as_of}));
}

}  // namespace

void add_syndication(Router& router, const Context& context) {
    router.get("/atom/{name}", answering(context, atom));
    router.get("/cap/alerts", answering(context, cap_feed));
    router.get("/cap/alerts/{id}", answering(context, cap_alert));
}

}  // namespace truce::server
