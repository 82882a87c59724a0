// SPDX-License-Identifier: Apache-2.0
#include "server/service.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/text.h"
#include "record/storage.h"
#include "server/account_routes.h"
#include "server/analysis_pages.h"
#include "server/app.h"
#include "server/bound.h"
#include "server/contract.h"
#include "server/exchange_pages.h"
#include "server/gate.h"
#include "server/lists.h"
#include "server/live.h"
#include "server/metrics.h"
#include "server/mission.h"
#include "server/notice_routes.h"
#include "server/ogc.h"
#include "server/opinion_routes.h"
#include "server/peers.h"
#include "server/people.h"
#include "server/people_routes.h"
#include "server/permissions.h"
#include "server/record_pages.h"
#include "server/report_routes.h"
#include "server/syndication.h"
#include "server/upload_routes.h"
#include "server/webhooks.h"
#include "server/withheld_routes.h"
#include "server/writing.h"

namespace truce::server {
namespace {

namespace fs = std::filesystem;

/// What tells whether files have changed: paths, sizes and times of all that `wanted` takes.
std::string fingerprint(const fs::path& folder, const std::function<bool(const fs::path&)>& wanted) {
    std::vector<std::string> lines;
    std::error_code failed;
    for (fs::recursive_directory_iterator file(folder, fs::directory_options::skip_permission_denied, failed), end;
         !failed && file != end; file.increment(failed)) {
        std::error_code gone;
        const auto path = fs::relative(file->path(), folder, gone);
        if (gone || !file->is_regular_file(gone) || !wanted(path)) continue;
        const auto size = file->file_size(gone);
        const auto time = file->last_write_time(gone).time_since_epoch().count();
        lines.push_back(fmt::format("{} {} {}", path.string(), gone ? 0 : size, time));
    }
    std::ranges::sort(lines);
    return fmt::format("{}", fmt::join(lines, "\n"));
}

bool is_of_mission(const fs::path& path) {
    const auto first = path.begin()->string();
    return first == "mission.yaml" || first == "actors.yaml" || first == "link-decisions.yaml" || first == "agreements" ||
           first == "areas" || first == "accounts" || path.extension() == ".csv";
}
bool is_of_feeds(const fs::path& path) {
    return path.filename() == "checkpoint" || path.filename() == "policy" || path.extension() == ".fork";
}

/// What anybody who knows of the mission would try as a password: the words of its id and titles, and the program's name.
std::vector<std::string> words_of(const Mission& mission) {
    std::vector<std::string> words{"trucewatch"};
    for (const auto part : split(mission.id, '-')) words.emplace_back(part);
    for (const auto& [language, title] : mission.title.by_language) {
        for (const auto part : split(title, ' ')) words.emplace_back(part);
    }
    return words;
}

/// Whether a request names this machine as its host.
bool names_this_machine(const Request& request) {
    auto host = request.headers.find("Host").value_or("");
    const auto colon = host.rfind(':');
    if (colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) host = host.substr(0, colon);
    return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

std::optional<Response> open_gate(Request& request, const Route& route) {
    if (!names_this_machine(request)) {
        return problem(403, say("title.not_this_machine"), say("not_this_machine"));
    }
    request.caller = Caller{.id = "this-machine", .name = "this machine", .role = Role::viewer, .party = {}};
    const bool reads = route.right == Right::anyone || route.right == Right::read || route.right == Right::export_rows;
    if (reads) return std::nullopt;
    return problem(403, say("title.nobody_signs_in"), say("nobody_signs_in"));
}

}  // namespace

struct Service::Inside {
    explicit Inside(ServiceSettings the_settings) : settings(std::move(the_settings)), log(settings.clock, settings.log) {}

    ServiceSettings settings;
    Log log;
    std::optional<Catalogues> catalogues;
    std::optional<Current> current;
    std::unique_ptr<record::Disk> disk;
    std::optional<record::Shelf> shelf;
    std::unique_ptr<People> people;
    std::optional<Context> context;
    std::optional<Live> live;
    std::unique_ptr<Pen> pen;  // goes before what is told of its last checkpoint
    std::unique_ptr<Webhooks> webhooks;
    std::unique_ptr<Peers> peers;
    std::shared_ptr<const Writing> writing;  // shared with the routes
    Router router;
    std::unique_ptr<Transport> transport;

    std::mutex loading;  // one at a time
    std::mutex looking;
    std::condition_variable stopping;
    bool stopped = false;
    std::jthread watcher;

    Result<void> begin();
    Result<void> open_pen();
    void add_routes();
    void begin_webhooks();
    void begin_peers();
    void watch();
    void read_record_again();
    void load_again();
    /// Makes the daily report that is due, where it is not the one of `last`; the day that now has one.
    [[nodiscard]] std::optional<sys_days> make_due_report(std::optional<sys_days> last);
    /// How many accounts the record holds that the numbers shown were not made of.
    [[nodiscard]] std::size_t not_assessed() const;
};

Result<void> Service::Inside::open_pen() {
    if (!settings.keys) return {};
    disk = std::make_unique<record::Disk>(settings.folder / "feeds", record::Disk::Access::write);
    auto opened = record::Shelf::open(*disk);
    if (!opened) return tl::unexpected(opened.error());
    shelf.emplace(std::move(*opened));
    auto opened_pen = Pen::open(*shelf, *settings.keys, {.clock = settings.clock});
    if (!opened_pen) return tl::unexpected(opened_pen.error());
    pen = std::move(*opened_pen);
    pen->on_published([this](std::uint64_t) { read_record_again(); });
    return {};
}

void Service::Inside::begin_webhooks() {
    if (settings.outward.webhooks.empty()) return;
    webhooks = std::make_unique<Webhooks>(settings.folder / "webhooks.db", settings.outward.webhooks, log, settings.clock);
    live->on_send([this](std::string_view kind, std::string_view json) {
        try {
            webhooks->send(kind, json);
        } catch (const std::exception&) {
            log.write("webhook.queue_failed");  // and so whoever runs the server knows; the record itself is not touched by it
        }
    });
}

void Service::Inside::begin_peers() {
    if (settings.outward.exchange.peers.empty()) return;
    peers = std::make_unique<Peers>(settings.outward.exchange, *pen, *settings.keys, log, settings.clock, [this] { read_record_again(); });
    pen->on_published([this](std::uint64_t) {
        read_record_again();
        peers->look_now();
    });
}

Result<void> Service::Inside::begin() {
    if (!settings.outward.exchange.peers.empty() && !settings.keys)
        return failure({.message = "the settings name peers to exchange with, and that needs the monitor's key; start with --key"});
    auto loaded_catalogues = Catalogues::load();
    if (!loaded_catalogues) return tl::unexpected(loaded_catalogues.error());
    catalogues.emplace(std::move(*loaded_catalogues));
    auto assessed = settings.load();
    if (!assessed) return tl::unexpected(assessed.error());
    // The pen first: it publishes what a run before acknowledged and did not come to sign, and the record read here has all of it.
    if (auto opened = open_pen(); !opened) return opened;
    auto record = read_record(settings.folder, settings.threads);
    if (!record) return tl::unexpected(record.error());
    current.emplace(make_snapshot(std::move(*assessed), std::move(*record)));
    context.emplace(Context{.current = *current,
                            .catalogues = *catalogues,
                            .folder = settings.folder,
                            .now = settings.clock,
                            .mission_changed = [this] { load_again(); },
                            .record_changed = [this] { read_record_again(); },
                            .own_feed = pen ? pen->origin() : std::string(),
                            .base_url = {}});
    live.emplace(fmt::format("{:x}", std::chrono::system_clock::now().time_since_epoch().count()));
    begin_webhooks();
    begin_peers();
    add_routes();
    settings.transport.waits_for_disk = files_account;
    auto started = Transport::start(settings.transport, router);
    if (!started) return tl::unexpected(started.error());
    transport = std::move(*started);
    watcher = std::jthread([this] { watch(); });
    return {};
}

void Service::Inside::add_routes() {
    router.set_language([this](const Request& request) -> const report::Messages& {
        return catalogues->of(request, current->get()->dossier().mission);
    });
    router.set_on_failure([this](const std::string& why) { log.write("failed", {{"why", why}}); });
    if (settings.sign_in == SignIn::required) {
        people = std::make_unique<People>(settings.folder / "people.db", PeopleSettings{.context_words = words_of(current->get()->dossier().mission)});
        router.set_gate(Gate(*people, log, settings.clock));
        std::vector<std::string> actors;
        for (const auto& actor : current->get()->dossier().actors.actors()) actors.push_back(actor.id);
        add_people_routes(router, {.people = *people, .log = log, .clock = settings.clock, .actors = std::move(actors)});
    } else {
        router.set_gate(open_gate);
        router.get("/api/session", [](const Request& request) {
            return json_response(fmt::format(R"({{"id":"{}","name":"{}","role":"viewer","party":null,"rights":["read","export"]}})",
                                             request.caller->id, request.caller->name));
        });
        router.get("/api/first-admin", [](const Request&) { return json_response(R"({"wanted":false})"); }, Right::anyone);
    }
    writing = std::make_shared<const Writing>(*current, pen.get(), settings.folder, log, settings.clock);
    Router with_exports;
    add_mission(with_exports, *context);
    add_lists(with_exports, *context);
    for (Route route : with_exports.routes()) {
        if (route.right == Right::export_rows) route.handler = exported(writing, route.pattern, std::move(route.handler));
        router.add(std::move(route));
    }
    add_bound(router, *context);
    add_analysis(router, *context);
    add_record_pages(router, *context);
    add_live(router, *context, *live);
    add_ogc(router, *context);
    add_contract(router, *context);
    add_syndication(router, *context);
    add_account_routes(router, writing);
    add_upload_routes(router, writing, [this](const std::string& json) { live->send("upload.progress", json); });
    add_opinion_routes(router, writing);
    add_notice_routes(router, writing);
    add_withheld_routes(router, writing);
    add_report_routes(router, writing, find_pdf_program(settings.program_folders));
    add_metrics(router, {.current = *current,
                         .log = log,
                         .clock = settings.clock,
                         .pen = pen.get(),
                         .people = people.get(),
                         .webhooks = webhooks.get(),
                         .peers = peers.get(),
                         .transport = [this] { return transport ? transport->counts() : TransportCounts{}; }});
    add_peers(router, peers.get());
    add_exchange(router, *context, pen.get(), settings.keys ? &*settings.keys : nullptr);
    add_app(router);
    router.get("/health", [this](const Request&) {
        const bool good = !pen || pen->counts().failures == 0;
        return json_response(good ? R"({"status":"ok"})" : R"({"status":"degraded"})", good ? 200 : 503);
    }, Right::anyone);
}

void Service::Inside::load_again() {
    const std::scoped_lock lock(loading);
    auto assessed = settings.load();
    if (!assessed) return log.write("mission.unreadable", {{"why", assessed.error().text()}});
    current->set(make_snapshot(std::move(*assessed), current->get()->record));
    log.write("mission.assessed");
}

void Service::Inside::read_record_again() {
    const std::scoped_lock lock(loading);
    auto record = read_record(settings.folder, settings.threads);
    if (!record) return log.write("record.unreadable", {{"why", record.error().text()}});
    current->set(make_snapshot(current->get()->assessed, std::move(*record)));
}

std::size_t Service::Inside::not_assessed() const {
    const auto snapshot = current->get();
    if (!snapshot->record) return 0;
    return static_cast<std::size_t>(std::ranges::count_if(snapshot->record->state.accounts, [&](const auto& account) {
        return !snapshot->assessed->by_raw.contains(account.raw.value_or(account.entry));
    }));
}

std::optional<sys_days> Service::Inside::make_due_report(std::optional<sys_days> last) {
    if (!settings.daily_report) return last;
    const auto due = day_due(current->get()->dossier().mission.zone, *settings.daily_report, settings.clock());
    if (!due || due == last) return last;
    try {
        if (const auto made = make_daily_report(*writing, *due); !made) log.write("report.failed", {{"why", made.error().text()}});
    } catch (const std::exception& error) {
        log.write("report.failed", {{"why", error.what()}});  // and so the server goes on, and tries again the next day
    }
    return due;
}

void Service::Inside::watch() {
    std::optional<sys_days> reported;
    auto left_out = not_assessed();  // what no reader reads; another number means that some came in
    auto mission = fingerprint(settings.folder, is_of_mission);
    auto feeds = fingerprint(settings.folder / "feeds", is_of_feeds);
    std::unique_lock lock(looking);
    std::chrono::steady_clock::duration pause = settings.look_every;
    while (!stopping.wait_for(lock, pause, [this] { return stopped; })) {
        lock.unlock();
        const auto began = std::chrono::steady_clock::now();
        if (auto now = fingerprint(settings.folder, is_of_mission); now != mission) {
            mission = std::move(now);
            load_again();
        }
        if (auto now = fingerprint(settings.folder / "feeds", is_of_feeds); now != feeds) {
            feeds = std::move(now);
            read_record_again();
        }
        if (not_assessed() != left_out) {
            load_again();
            left_out = not_assessed();
        }
        reported = make_due_report(reported);
        // Where accounts come in all the time, most of the machine is for taking them in and for answering.
        pause = std::max<std::chrono::steady_clock::duration>(settings.look_every, 3 * (std::chrono::steady_clock::now() - began));
        lock.lock();
    }
}

Service::Service(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}

Result<std::unique_ptr<Service>> Service::start(ServiceSettings settings) {
    auto inside = std::make_unique<Inside>(std::move(settings));
    if (auto begun = inside->begin(); !begun) return tl::unexpected(begun.error());
    return std::unique_ptr<Service>(new Service(std::move(inside)));
}

Service::~Service() { stop(std::chrono::seconds(0)); }

std::uint16_t Service::port() const { return inside_->transport->port(); }

std::string Service::first_code() {
    if (!inside_->people || !inside_->people->wants_first_admin()) return {};
    return inside_->people->fresh_first_code();
}

void Service::stop(std::chrono::seconds patience) {
    auto& inside = *inside_;
    {
        const std::scoped_lock lock(inside.looking);
        if (inside.stopped) return;
        inside.stopped = true;
    }
    inside.stopping.notify_all();
    if (inside.watcher.joinable()) inside.watcher.join();
    if (inside.peers) inside.peers->stop();
    if (inside.live) inside.live->close();
    if (inside.transport) inside.transport->stop(patience);
    inside.pen.reset();  // publishes what is acknowledged
    inside.webhooks.reset();
}

}  // namespace truce::server
