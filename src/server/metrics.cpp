// SPDX-License-Identifier: Apache-2.0
#include "server/metrics.h"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>

namespace truce::server {
namespace {

/// Appends one measure with its help and its type.
void put(std::string& text, std::string_view name, std::string_view type, std::string_view help, double value) {
    text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", name, help, type, value);
}

double resident_bytes() {
    std::ifstream file("/proc/self/statm");
    double pages = 0;
    double resident = 0;
    file >> pages >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double of(std::uint64_t count) { return static_cast<double>(count); }

/// How the exchange with each peer stands. Peers are told apart by their monitor's name once they were reached.
void put_peers(std::string& text, const Peers& peers) {
    const auto states = peers.states();
    std::uint64_t failing = 0;
    for (const auto& state : states) failing += state.failures > 0 ? 1U : 0U;
    put(text, "truce_peers", "gauge", "Peers that are exchanged with.", of(states.size()));
    put(text, "truce_peers_failing", "gauge", "Peers with which the last exchange failed.", of(failing));
    text += "# HELP truce_exchanges_total Exchanges since the start.\n# TYPE truce_exchanges_total counter\n";
    for (const auto& state : states) {
        if (!state.name.empty()) text += fmt::format("truce_exchanges_total{{monitor=\"{}\"}} {}\n", state.name, state.turns);
    }
}

void put_webhooks(std::string& text, const Webhooks& webhooks) {
    const auto states = webhooks.states();
    const auto each = [&](std::string_view name, std::string_view type, std::string_view help, const auto& value_of) {
        text += fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
        for (const auto& state : states) text += fmt::format("{}{{webhook=\"{}\"}} {}\n", name, state.id, value_of(state));
    };
    each("truce_webhook_waiting", "gauge", "Messages that wait to be delivered.", [](const auto& state) { return state.waiting; });
    each("truce_webhook_delivered_total", "counter", "Messages delivered since the start.", [](const auto& state) { return state.delivered; });
    each("truce_webhook_failures_total", "counter", "Tries that failed since the start.", [](const auto& state) { return state.failures; });
}

}  // namespace

std::string metrics_text(const Measured& measured) {
    std::string text;
    const auto snapshot = measured.current.get();
    put(text, "truce_incidents", "gauge", "Incidents of the numbers shown.", of(snapshot->assessment().incidents.size()));
    put(text, "truce_accounts", "gauge", "Accounts of the numbers shown.", of(snapshot->dossier().accounts.size()));
    put(text, "truce_rejects", "gauge", "Rows that could not be read.", of(snapshot->dossier().rejects.size()));
    put(text, "truce_assessed_timestamp_seconds", "gauge", "When the numbers shown were computed.",
        static_cast<double>(snapshot->assessed->as_of.time_since_epoch().count()));
    if (snapshot->record) {
        put(text, "truce_record_entries", "gauge", "Published entries of all feeds.", of(snapshot->record->merged.entries.size()));
        put(text, "truce_record_forks", "gauge", "Proofs that a feed showed two histories.", of(snapshot->record->forks.size()));
        put(text, "truce_record_irregular", "gauge", "Entries that have no effect.", of(snapshot->record->state.irregular.size()));
    }
    if (measured.pen != nullptr) {
        const auto counts = measured.pen->counts();
        put(text, "truce_entries_written_total", "counter", "Entries acknowledged since the start.", of(counts.entries));
        put(text, "truce_journal_syncs_total", "counter", "Syncs of the disk that they took.", of(counts.syncs));
        put(text, "truce_checkpoints_total", "counter", "Checkpoints signed since the start.", of(counts.checkpoints));
        put(text, "truce_disk_failures_total", "counter", "Failures of the disk under the record.", of(counts.failures));
    }
    if (measured.people != nullptr) {
        const auto counts = measured.people->counts(measured.clock());
        put(text, "truce_people", "gauge", "People who may sign in.", of(counts.people));
        put(text, "truce_sessions", "gauge", "Sessions that have not ended.", of(counts.sessions));
        put(text, "truce_tokens", "gauge", "Tokens that have not ended.", of(counts.tokens));
        put(text, "truce_sign_ins_total", "counter", "Sign-ins since the start.", of(counts.signed_in));
        put(text, "truce_sign_ins_denied_total", "counter", "Sign-ins refused since the start.", of(counts.denied));
    }
    if (measured.transport) {
        const auto counts = measured.transport();
        put(text, "truce_connections", "gauge", "Open connections.", of(counts.connections));
        put(text, "truce_requests_waiting", "gauge", "Requests read and not yet being answered.", of(counts.waiting));
        put(text, "truce_streams", "gauge", "Open streams of events.", of(counts.streams));
        put(text, "truce_connections_total", "counter", "Connections accepted since the start.", of(counts.accepted));
        put(text, "truce_requests_total", "counter", "Requests read since the start.", of(counts.requests));
        put(text, "truce_requests_shed_total", "counter", "Requests answered by 503 since too much was to be done.", of(counts.shed));
        put(text, "truce_requests_refused_total", "counter", "Requests refused by a limit or rule of HTTP.", of(counts.refused));
        put(text, "truce_streams_dropped_total", "counter", "Streams whose reader was too slow.", of(counts.dropped));
    }
    if (measured.peers != nullptr) put_peers(text, *measured.peers);
    if (measured.webhooks != nullptr) put_webhooks(text, *measured.webhooks);
    text += "# HELP truce_logged_total Lines of the log by what they say.\n# TYPE truce_logged_total counter\n";
    for (const auto& [what, count] : measured.log.counts()) text += fmt::format("truce_logged_total{{what=\"{}\"}} {}\n", what, count);
    put(text, "process_resident_memory_bytes", "gauge", "Memory in use.", resident_bytes());
    return text;
}

void add_metrics(Router& router, Measured measured) {
    router.get(
        "/metrics",
        [measured = std::move(measured)](const Request&) { return text_response("text/plain; version=0.0.4; charset=utf-8", metrics_text(measured)); },
        Right::metrics_read);
}

}  // namespace truce::server
