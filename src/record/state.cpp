// SPDX-License-Identifier: Apache-2.0
#include "record/state.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <utility>

#include "base/canonical_json.h"

namespace truce::record {
namespace {

constexpr std::array<std::string_view, 3> link_status_names{"holds", "withdrawn", "disputed"};
static_assert(static_cast<std::size_t>(LinkStatus::disputed) + 1 == link_status_names.size());

constexpr std::array<std::string_view, 13> stage_names{
    "received",      "logged", "queried",   "deescalating",  "under_verification",
    "access_denied", "found",  "submitted", "party_replied", "remedied",
    "referred",      "closed", "reopened"};
static_assert(static_cast<std::size_t>(IncidentStage::reopened) + 1 == stage_names.size());

/// Finds entries of one kind by their id.
class Index {
public:
    void add(const EntryId& id, std::size_t place) {
        places_.emplace_back(id, static_cast<std::uint32_t>(place));
    }
    void sort() { std::ranges::sort(places_); }
    [[nodiscard]] std::optional<std::uint32_t> find(const EntryId& id) const {
        const auto found =
            std::ranges::lower_bound(places_, id, {}, &std::pair<EntryId, std::uint32_t>::first);
        if (found == places_.end() || found->first != id) return std::nullopt;
        return found->second;
    }

private:
    std::vector<std::pair<EntryId, std::uint32_t>> places_;
};

/// Groups accounts; the first account of a group stands for it.
class Groups {
public:
    explicit Groups(std::size_t count) : parent_(count) { std::iota(parent_.begin(), parent_.end(), 0U); }
    std::uint32_t first_of(std::uint32_t i) {
        while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
        return i;
    }
    void join(std::uint32_t a, std::uint32_t b) {
        a = first_of(a);
        b = first_of(b);
        parent_[std::max(a, b)] = std::min(a, b);
    }

private:
    std::vector<std::uint32_t> parent_;
};

IncidentStage stage_after(InquiryStage stage) {
    switch (stage) {
        case InquiryStage::queried:
            return IncidentStage::queried;
        case InquiryStage::deescalating:
            return IncidentStage::deescalating;
        case InquiryStage::under_verification:
            return IncidentStage::under_verification;
        case InquiryStage::access_denied:
            return IncidentStage::access_denied;
        case InquiryStage::submitted:
            return IncidentStage::submitted;
        case InquiryStage::closed:
            return IncidentStage::party_replied;
    }
    return IncidentStage::queried;
}

IncidentStage stage_after(Step step) {
    switch (step) {
        case Step::deescalation_call:
            return IncidentStage::deescalating;
        case Step::remedied:
            return IncidentStage::remedied;
        case Step::referred:
        case Step::escalated:
            return IncidentStage::referred;
        case Step::closed:
            return IncidentStage::closed;
        case Step::reopened:
            return IncidentStage::reopened;
    }
    return IncidentStage::closed;
}

/// The earlier of two claims; a claim that gives no time gives none.
void take_earlier(std::optional<sys_seconds>& into, std::optional<sys_seconds> claim, sys_seconds written) {
    const sys_seconds at = claim.value_or(written);
    if (!into || at < *into) into = at;
}

/// Applies entries in merged order. Of entries that it may change (`Entries` is Merged, not const Merged) it takes the accounts'
/// rows over in place of copying them.
template <class Entries>
class Folder {
public:
    explicit Folder(Entries& merged) : merged_(merged) {}

    State run(std::span<const HeldFeed> feeds) {
        for (const HeldFeed& feed : feeds) state_.sizes.emplace_back(feed.origin, feed.entries.size());
        std::ranges::sort(state_.sizes);
        state_.irregular = merged_.irregular;
        state_.dangling = merged_.dangling;
        gather_accounts_and_links();
        make_incidents();
        for (const Entry& entry : merged_.entries) {
            std::visit([&](const auto& body) { apply(entry, body); }, entry.body);
        }
        for (IncidentState& incident : state_.incidents) {
            std::vector<Opinion> opinions;
            for (const auto& [monitor, standing] : incident.opinions) opinions.push_back(standing.opinion);
            incident.joint = joint_opinion(opinions);
        }
        return std::move(state_);
    }

private:
    void remark(const Entry& entry, std::string what) {
        state_.remarks.push_back({.entry = entry.id, .what = std::move(what)});
    }

    // Links may come after what was said of the accounts they join, so accounts and links are gathered first.
    void gather_accounts_and_links() {
        for (auto& entry : merged_.entries) {
            if (auto* received = std::get_if<AccountReceived>(&entry.body)) {
                accounts_.add(entry.id, state_.accounts.size());
                state_.accounts.push_back({.entry = entry.id,
                                           .by = entry.feed,
                                           .source = received->source,
                                           .row = std::move(received->row),
                                           .hidden = received->hidden,
                                           .raw = received->raw,
                                           .scoped = {}});
            } else if (const auto* proposed = std::get_if<LinkProposed>(&entry.body)) {
                links_.add(entry.id, state_.links.size());
                state_.links.push_back({.entry = entry.id,
                                        .by = entry.feed,
                                        .accounts = proposed->accounts,
                                        .grounds = proposed->grounds,
                                        .undone_by = {}});
            }
        }
        accounts_.sort();
        links_.sort();
        for (const Entry& entry : merged_.entries) {
            const auto* undone = std::get_if<LinkUndone>(&entry.body);
            if (undone == nullptr) continue;
            const auto place = links_.find(undone->link);
            if (!place) {
                remark(entry, "what it undoes is no link that is held here");
                continue;
            }
            LinkState& link = state_.links[*place];
            link.undone_by.push_back(entry.id);
            if (entry.feed == link.by)
                link.status = LinkStatus::withdrawn;
            else if (link.status == LinkStatus::holds)
                link.status = LinkStatus::disputed;
        }
    }

    /// Two monitors who received the same row of the same source hold one account, though each has an entry of it.
    void join_rows_received_twice(Groups& groups) const {
        std::vector<std::uint32_t> with_row;
        for (std::uint32_t i = 0; i < state_.accounts.size(); ++i) {
            if (state_.accounts[i].raw) with_row.push_back(i);
        }
        const auto row = [&](std::uint32_t i) {
            return std::pair<const Sha256&, std::string_view>(*state_.accounts[i].raw, state_.accounts[i].source);
        };
        std::ranges::sort(with_row, {}, row);
        for (std::size_t i = 1; i < with_row.size(); ++i) {
            if (row(with_row[i - 1]) == row(with_row[i])) groups.join(with_row[i - 1], with_row[i]);
        }
    }

    void make_incidents() {
        Groups groups(state_.accounts.size());
        join_rows_received_twice(groups);
        for (const LinkState& link : state_.links) {
            if (link.status != LinkStatus::holds) continue;
            std::optional<std::uint32_t> first;
            for (const EntryId& id : link.accounts) {
                const auto account = accounts_.find(id);
                if (!account) continue;
                if (first)
                    groups.join(*first, *account);
                else
                    first = *account;
            }
        }
        std::vector<std::uint32_t> incident_of_first(state_.accounts.size());
        for (std::uint32_t i = 0; i < state_.accounts.size(); ++i) {
            const std::uint32_t first = groups.first_of(i);
            if (first == i) {
                incident_of_first[i] = static_cast<std::uint32_t>(state_.incidents.size());
                state_.incidents.emplace_back();
            }
            state_.accounts[i].incident = incident_of_first[first];
            state_.incidents[incident_of_first[first]].accounts.push_back(state_.accounts[i].entry);
        }
    }

    IncidentState* incident_of(const Entry& entry, const EntryId& account) {
        const auto place = accounts_.find(account);
        if (!place) {
            remark(entry, "the account that it speaks of is not held here");
            return nullptr;
        }
        return &state_.incidents[state_.accounts[*place].incident];
    }

    InquiryState* inquiry(const Entry& entry, const EntryId& id) {
        const auto found = inquiries_.find(id);
        if (found == inquiries_.end()) {
            remark(entry, "the inquiry that it belongs to is not held here");
            return nullptr;
        }
        return &state_.inquiries[found->second];
    }
    NoticeState* notice(const Entry& entry, const EntryId& id) {
        const auto found = notices_.find(id);
        if (found == notices_.end()) {
            remark(entry, "the notice that it belongs to is not held here");
            return nullptr;
        }
        return &state_.notices[found->second];
    }

    void apply(const Entry& entry, const AgreementAdopted& body) {
        auto& versions = state_.agreements[body.agreement];
        if (body.amends) {
            const auto amended = std::ranges::find(versions, *body.amends, &AgreementVersion::entry);
            if (amended == versions.end())
                remark(entry,
                       fmt::format("what it amends is no version of '{}' that is held here", body.agreement));
            else
                amended->amended = true;
        }
        versions.push_back({.entry = entry.id, .by = entry.feed, .text = body.text});
    }
    void apply(const Entry& /*entry*/, const AccountReceived& /*body*/) {}  // gathered before
    void apply(const Entry& entry, const AccountScoped& body) {
        const auto place = accounts_.find(body.account);
        if (!place) {
            remark(entry, "the account that it speaks of is not held here");
            return;
        }
        state_.accounts[*place].scoped[entry.feed] = body;
        IncidentState& incident = state_.incidents[state_.accounts[*place].incident];
        if (incident.stage == IncidentStage::received) incident.stage = IncidentStage::logged;
    }
    void apply(const Entry& entry, const LinkProposed& body) {
        for (const EntryId& account : body.accounts) {
            if (!accounts_.find(account)) remark(entry, "it links an account that is not held here");
        }
    }
    void apply(const Entry& /*entry*/, const LinkUndone& /*body*/) {}  // gathered before
    void apply(const Entry& entry, const OpinionGiven& body) {
        IncidentState* incident = incident_of(entry, body.account);
        if (incident == nullptr) return;
        const auto [standing, first] = incident->opinions.try_emplace(entry.feed);
        if (!first) ++standing->second.replaced;
        standing->second.entry = entry.id;
        standing->second.opinion = body.opinion;
        incident->stage = IncidentStage::found;
    }
    void apply(const Entry& entry, const InquiryOpened& body) {
        IncidentState* incident = incident_of(entry, body.account);
        if (incident == nullptr) return;
        inquiries_[entry.id] = state_.inquiries.size();
        state_.inquiries.push_back({.entry = entry.id,
                                    .by = entry.feed,
                                    .opened = entry.claimed,
                                    .account = body.account,
                                    .to = body.to,
                                    .question = body.question,
                                    .agreement = body.agreement,
                                    .clock = body.clock,
                                    .due = body.due,
                                    .replies = {}});
        incident->inquiries.push_back(entry.id);
        incident->stage = IncidentStage::queried;
    }
    void apply(const Entry& entry, const InquiryMoved& body) {
        InquiryState* moved = inquiry(entry, body.inquiry);
        if (moved == nullptr) return;
        if (moved->stage == InquiryStage::closed) remark(entry, "the inquiry was closed before");
        moved->stage = body.stage;
        if (IncidentState* incident = incident_of(entry, moved->account);
            incident != nullptr && body.stage != InquiryStage::closed) {
            incident->stage = stage_after(body.stage);
        }
    }
    void apply(const Entry& entry, const ReplyReceived& body) {
        InquiryState* asked = inquiry(entry, body.inquiry);
        if (asked == nullptr) return;
        if (body.party != asked->to)
            remark(entry, fmt::format("'{}' replies where '{}' was asked", body.party, asked->to));
        asked->replies.emplace_back(entry.id, body);
        if (IncidentState* incident = incident_of(entry, asked->account))
            incident->stage = IncidentStage::party_replied;
    }
    void apply(const Entry& entry, const StepTaken& body) {
        IncidentState* incident = incident_of(entry, body.account);
        if (incident == nullptr) return;
        if (body.step == Step::reopened && incident->stage != IncidentStage::closed)
            remark(entry, "it reopens what was not closed");
        if (body.step != Step::reopened && incident->stage == IncidentStage::closed)
            remark(entry, "the incident was closed before");
        incident->steps.emplace_back(entry.id, body);
        incident->stage = stage_after(body.step);
    }
    void apply(const Entry& /*entry*/, const UnitNamed& body) { state_.units[body.unit] = body; }
    void apply(const Entry& entry, const NoticeIssued& body) {
        notices_[entry.id] = state_.notices.size();
        state_.notices.push_back(
            {.entry = entry.id, .by = entry.feed, .issued = entry.claimed, .notice = body, .units = {}});
        for (const std::string& unit : body.to)
            take_earlier(state_.notices.back().units[unit].told, std::nullopt, entry.claimed);
    }
    void apply(const Entry& entry, const NoticeRelayed& body) {
        NoticeState* relayed = notice(entry, body.notice);
        if (relayed == nullptr) return;
        if (body.from != relayed->notice.from && !relayed->units.contains(body.from)) {
            remark(entry, fmt::format("'{}' passes on a notice that had not reached it", body.from));
        }
        for (const std::string& unit : body.to) {
            auto& reached = relayed->units[unit];
            take_earlier(reached.told, body.at, entry.claimed);
            if (reached.channel.empty()) reached.channel = body.channel;
        }
    }
    void apply(const Entry& entry, const NoticeAcknowledged& body) {
        NoticeState* acknowledged = notice(entry, body.notice);
        if (acknowledged == nullptr) return;
        if (!acknowledged->units.contains(body.unit)) {
            remark(entry, fmt::format("'{}' acknowledges a notice that nobody is said to have passed to it",
                                      body.unit));
        }
        auto& reached = acknowledged->units[body.unit];
        take_earlier(reached.acknowledged, body.at, entry.claimed);
        if (!body.channel.empty()) reached.channel = body.channel;
    }
    void apply(const Entry& entry, const ReleaseMade& body) { state_.releases.emplace_back(entry.id, body); }
    void apply(const Entry& entry, const MovementRestricted& body) {
        state_.restrictions.emplace_back(entry.id, body);
    }
    void apply(const Entry& entry, const EvidenceHandled& body) {
        if (body.parent && !state_.evidence.contains(*body.parent))
            remark(entry, "the file that it was made from has no custody entry");
        state_.evidence[body.sha256].emplace_back(entry.id, body);
    }
    void apply(const Entry& entry, const ValueDestroyed& body) {
        state_.destroyed.try_emplace(body.digest, entry.id);
    }
    void apply(const Entry& entry, const KeyChanged& body) {
        state_.keys[entry.feed].emplace_back(entry.id, body);
    }
    void apply(const Entry& entry, const FeedForked& body) { state_.forks.emplace_back(entry.id, body); }
    void apply(const Entry& entry, const UnknownKind& body) {
        remark(entry, fmt::format("its kind '{}' is not known to this version", body.kind));
    }

    Entries& merged_;
    State state_;
    Index accounts_;
    Index links_;
    std::map<EntryId, std::size_t> inquiries_;
    std::map<EntryId, std::size_t> notices_;
};

/// Members of a body as one canonical line; entries were read from such a form, so that it always exists.
std::string line_of(const Body& body) {
    return canonical_json(members_of(body)).value_or("?");
}

std::string instant_or_dash(std::optional<sys_seconds> instant) {
    return instant ? utc_text(*instant) : "-";
}

/// A text as one word of a line: as a JSON string.
std::string as_json(std::string_view text) {
    return canonical_json(nlohmann::json(text)).value_or("?");
}

}  // namespace

const AccountState* State::account(const EntryId& entry) const {
    // Accounts are in merged order, not by id: a caller with many look-ups builds its own index.
    const auto found = std::ranges::find(accounts, entry, &AccountState::entry);
    return found == accounts.end() ? nullptr : &*found;
}

const IncidentState* State::incident_of(const EntryId& entry) const {
    const AccountState* state = account(entry);
    return state == nullptr ? nullptr : &incidents[state->incident];
}

State fold(const Merged& merged, std::span<const HeldFeed> feeds) {
    return Folder(merged).run(feeds);
}

State state_of(std::span<const HeldFeed> feeds, int threads) {
    Merged merged = merge(feeds, threads);
    return Folder(merged).run(feeds);
}

std::string state_text(const State& state) {
    std::string out = "trucewatch-state 1\n";
    auto to = std::back_inserter(out);
    for (const auto& [origin, size] : state.sizes) fmt::format_to(to, "feed {} {}\n", origin, size);
    for (const auto& [id, versions] : state.agreements) {
        for (const auto& version : versions) {
            fmt::format_to(to, "agreement {} {} by {} {}\n", as_json(id), version.entry.hex(), version.by,
                           version.amended ? "amended" : "stands");
        }
    }
    for (const auto& account : state.accounts) {
        fmt::format_to(to, "account {}\n", account.entry.hex());
        for (const auto& [monitor, scoped] : account.scoped)
            fmt::format_to(to, "  scoped {} {}\n", monitor, line_of(scoped));
    }
    for (const auto& link : state.links)
        fmt::format_to(to, "link {} {}\n", link.entry.hex(), name_of(link.status));
    for (const auto& incident : state.incidents) {
        // An incident of one account of which nobody has said anything is what its account line says already.
        if (incident.accounts.size() == 1 && incident.stage == IncidentStage::received) continue;
        fmt::format_to(to, "incident {} {}", incident.accounts.front().hex(), name_of(incident.stage));
        for (std::size_t i = 1; i < incident.accounts.size(); ++i)
            fmt::format_to(to, " {}", incident.accounts[i].hex());
        out += '\n';
        for (const auto& [monitor, standing] : incident.opinions) {
            fmt::format_to(to, "  opinion {} {} replaces {}\n", monitor, standing.entry.hex(),
                           standing.replaced);
        }
        fmt::format_to(to, "  joint occurrence {} breach {} attribution {} overall {}\n",
                       name_of(incident.joint.occurrence), name_of(incident.joint.breach),
                       name_of(incident.joint.attribution), name_of(incident.joint.overall));
        for (const auto& [entry, step] : incident.steps)
            fmt::format_to(to, "  step {} {}\n", entry.hex(), line_of(step));
    }
    for (const auto& inquiry : state.inquiries) {
        const Body stage = InquiryMoved{.inquiry = inquiry.entry, .stage = inquiry.stage, .text = {}};
        fmt::format_to(to, "inquiry {} due {} {}\n", inquiry.entry.hex(), instant_or_dash(inquiry.due),
                       line_of(stage));
        for (const auto& [entry, reply] : inquiry.replies)
            fmt::format_to(to, "  reply {} {}\n", entry.hex(), line_of(reply));
    }
    for (const auto& [id, unit] : state.units) fmt::format_to(to, "unit {}\n", line_of(unit));
    for (const auto& notice : state.notices) {
        fmt::format_to(to, "notice {}\n", notice.entry.hex());
        for (const auto& [unit, reached] : notice.units) {
            fmt::format_to(to, "  unit {} told {} acknowledged {} {}\n", as_json(unit),
                           instant_or_dash(reached.told), instant_or_dash(reached.acknowledged),
                           as_json(reached.channel));
        }
    }
    for (const auto& [entry, release] : state.releases)
        fmt::format_to(to, "release {} {}\n", entry.hex(), line_of(release));
    for (const auto& [entry, restriction] : state.restrictions) {
        fmt::format_to(to, "restriction {} {}\n", entry.hex(), line_of(restriction));
    }
    for (const auto& [file, steps] : state.evidence) {
        for (const auto& [entry, step] : steps)
            fmt::format_to(to, "evidence {} {} {}\n", file.hex(), entry.hex(), line_of(step));
    }
    for (const auto& [digest, entry] : state.destroyed)
        fmt::format_to(to, "destroyed {} {}\n", digest, entry.hex());
    for (const auto& [feed, changes] : state.keys) {
        for (const auto& [entry, change] : changes)
            fmt::format_to(to, "key {} {} {}\n", feed, entry.hex(), line_of(change));
    }
    for (const auto& [entry, fork] : state.forks)
        fmt::format_to(to, "forked {} {}\n", as_json(fork.origin), entry.hex());
    for (const auto& irregular : state.irregular) {
        fmt::format_to(to, "irregular {} {} {}\n", irregular.feed, irregular.seq, as_json(irregular.what));
    }
    for (const auto& [from, missing] : state.dangling)
        fmt::format_to(to, "dangling {} {}\n", from.hex(), missing.hex());
    for (const auto& remark : state.remarks)
        fmt::format_to(to, "remark {} {}\n", remark.entry.hex(), as_json(remark.what));
    return out;
}

Sha256 state_digest(const State& state) {
    return sha256(state_text(state));
}

std::vector<std::string> units_to_reach(const State& state, const NoticeState& notice) {
    std::set<std::string> reached(notice.notice.to.begin(), notice.notice.to.end());
    std::vector<std::string> open(reached.begin(), reached.end());
    std::multimap<std::string_view, std::string_view> under;
    for (const auto& [id, unit] : state.units) under.emplace(unit.under, id);
    while (!open.empty()) {
        const std::string unit = std::move(open.back());
        open.pop_back();
        const auto [first, end] = under.equal_range(unit);
        for (auto it = first; it != end; ++it) {
            if (reached.insert(std::string(it->second)).second) open.emplace_back(it->second);
        }
    }
    return {reached.begin(), reached.end()};
}

std::map<std::string, Coverage> coverage_by_area(const State& state, const NoticeState& notice,
                                                 sys_seconds at) {
    std::map<std::string, Coverage> areas;
    for (const std::string& id : units_to_reach(state, notice)) {
        const auto unit = state.units.find(id);
        Coverage& coverage = areas[unit == state.units.end() ? "" : unit->second.area];
        ++coverage.units;
        const auto reached = notice.units.find(id);
        if (reached == notice.units.end()) continue;
        // Who has acknowledged has been told, whatever nobody wrote down.
        const auto by_then = [&](std::optional<sys_seconds> when) { return when && *when <= at; };
        const bool acknowledged = by_then(reached->second.acknowledged);
        if (acknowledged) ++coverage.acknowledged;
        if (acknowledged || by_then(reached->second.told)) ++coverage.told;
    }
    return areas;
}

Coverage coverage(const State& state, const NoticeState& notice, sys_seconds at) {
    Coverage sum;
    for (const auto& [area, part] : coverage_by_area(state, notice, at)) {
        sum.units += part.units;
        sum.told += part.told;
        sum.acknowledged += part.acknowledged;
    }
    return sum;
}

namespace {

const Agreement* find_agreement(std::span<const Agreement> agreements, std::string_view id) {
    const auto found = std::ranges::find(agreements, id, &Agreement::id);
    return found == agreements.end() ? nullptr : &*found;
}

}  // namespace

std::optional<sys_seconds> due(const InquiryState& inquiry, std::span<const Agreement> agreements) {
    if (inquiry.due) return inquiry.due;
    const Agreement* agreement = find_agreement(agreements, inquiry.agreement);
    if (agreement == nullptr) return std::nullopt;
    for (const auto& [name, length] : agreement->mechanism.clocks) {
        if (name == inquiry.clock && length) return inquiry.opened + *length;
    }
    return std::nullopt;
}

std::optional<sys_seconds> due(const NoticeState& notice, std::span<const Agreement> agreements) {
    if (notice.notice.due) return notice.notice.due;
    const Agreement* agreement = find_agreement(agreements, notice.notice.agreement);
    if (agreement == nullptr || !agreement->notification || !agreement->notification->grace)
        return std::nullopt;
    return notice.issued + *agreement->notification->grace;
}

std::vector<Overdue> overdue(const State& state, sys_seconds now, std::span<const Agreement> agreements) {
    std::vector<Overdue> late;
    for (const InquiryState& inquiry : state.inquiries) {
        const auto by = due(inquiry, agreements);
        if (by && *by < now && inquiry.replies.empty() && inquiry.stage != InquiryStage::closed) {
            late.push_back(
                {.what = Overdue::What::inquiry, .entry = inquiry.entry, .who = inquiry.to, .due = *by});
        }
    }
    for (const NoticeState& notice : state.notices) {
        const auto by = due(notice, agreements);
        if (!by || *by >= now) continue;
        for (const std::string& unit : units_to_reach(state, notice)) {
            const auto reached = notice.units.find(unit);
            if (reached != notice.units.end() && reached->second.acknowledged &&
                *reached->second.acknowledged <= now)
                continue;
            late.push_back(
                {.what = Overdue::What::acknowledgement, .entry = notice.entry, .who = unit, .due = *by});
        }
    }
    std::ranges::sort(late, {}, [](const Overdue& o) { return std::tie(o.due, o.entry, o.who); });
    return late;
}

std::vector<NextStep> next_steps(const State& state, std::span<const Agreement> agreements) {
    std::vector<NextStep> steps;
    for (const IncidentState& incident : state.incidents) {
        if (incident.stage == IncidentStage::closed || incident.stage == IncidentStage::remedied) continue;
        std::set<std::string> broken;
        for (const auto& [monitor, standing] : incident.opinions) {
            if (standing.opinion.breach == BreachOpinion::violation)
                broken.insert(standing.opinion.agreement);
        }
        for (const std::string& id : broken) {
            const Agreement* agreement = find_agreement(agreements, id);
            if (agreement == nullptr) continue;
            const auto taken = [&](const std::string& step) {
                return std::ranges::any_of(incident.steps,
                                           [&](const auto& s) { return s.second.ladder == step; });
            };
            const auto& ladder = agreement->mechanism.ladder;
            const auto next = std::ranges::find_if_not(ladder, taken);
            if (next == ladder.end()) continue;
            steps.push_back({.incident = incident.accounts.front(),
                             .agreement = id,
                             .step = *next,
                             .taken = static_cast<std::uint32_t>(std::ranges::count_if(ladder, taken))});
        }
    }
    return steps;
}

std::string_view name_of(LinkStatus status) {
    return link_status_names[static_cast<std::size_t>(status)];
}
std::string_view name_of(IncidentStage stage) {
    return stage_names[static_cast<std::size_t>(stage)];
}

}  // namespace truce::record
