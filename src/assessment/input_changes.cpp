// SPDX-License-Identifier: Apache-2.0
#include "assessment/input_changes.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include "assessment/assessment.h"

namespace truce {
namespace {

constexpr std::uint32_t none = UINT32_MAX;

/// An account's name in every assessment of the mission.
using RowName = std::pair<std::string, Sha256>;
/// A duty's.
using DutyName = std::tuple<std::string, std::string, std::string>;
/// A decision, whatever its place in the list.
using DecisionName = std::tuple<LinkDecision::Kind, std::vector<std::string>, std::string, std::string>;

RowName name_of(const Dossier& dossier, const Account& account) {
    return {dossier.sources[account.source.value].id, account.raw};
}

DutyName name_of(const Dossier& dossier, const Commitment& commitment) {
    const auto& stated = dossier.agreements[commitment.stated_by.value];
    return {dossier.agreements[commitment.agreement.value].id, stated.id, stated.duties[commitment.duty].id};
}

DecisionName name_of(const LinkDecision& decision) {
    std::vector<std::string> accounts;
    for (const auto& ref : decision.accounts) accounts.push_back(ref.source + "\n" + ref.key + "\n" + ref.raw);
    return {decision.kind, std::move(accounts), decision.by, decision.why};
}

std::vector<std::uint32_t> incident_of_each_account(const Dossier& dossier, const Assessment& assessment) {
    std::vector<std::uint32_t> incident_of(dossier.accounts.size(), none);
    for (std::uint32_t i = 0; i < assessment.incidents.size(); ++i) {
        for (const auto account : assessment.incidents[i].accounts) incident_of[account.value] = i;
    }
    return incident_of;
}

/// The accounts of a dossier by the names under which decisions may speak of them.
class Named {
public:
    explicit Named(const Dossier& dossier) {
        for (std::uint32_t a = 0; a < dossier.accounts.size(); ++a) {
            const auto& account = dossier.accounts[a];
            by_hash_.emplace(account.raw.hex(), a);
            by_key_.emplace(dossier.sources[account.source.value].id + "\n" + std::string(account.key), a);
        }
    }
    [[nodiscard]] std::vector<std::uint32_t> meant_by(const AccountRef& ref) const {
        std::vector<std::uint32_t> accounts;
        if (ref.raw.empty()) {
            const auto [first, end] = by_key_.equal_range(ref.source + "\n" + ref.key);
            for (auto it = first; it != end; ++it) accounts.push_back(it->second);
            return accounts;
        }
        for (auto it = by_hash_.lower_bound(ref.raw); it != by_hash_.end() && it->first.starts_with(ref.raw); ++it)
            accounts.push_back(it->second);
        return accounts;
    }

private:
    std::multimap<std::string, std::uint32_t> by_hash_;
    std::multimap<std::string, std::uint32_t> by_key_;
};

class Comparison {
public:
    Comparison(const Dossier& earlier, const Assessment& then, const Dossier& later, const Assessment& now)
        : earlier_(earlier), then_(then), later_(later), now_(now) {}

    std::vector<InputChange> run() {
        match_accounts();
        match_decisions();
        note_texts();
        note_verdicts();
        std::vector<InputChange> changes;
        for (std::uint32_t i = 0; i < now_.incidents.size(); ++i) {
            const auto of_incident = changes_of(i);
            const auto& judged = now_.judged[i];
            for (std::uint32_t f = 0; f < judged.finding_count; ++f) {
                auto change = of_incident;
                change.finding = judged.first_finding + f;
                const auto& commitment = now_.commitments[now_.findings[change.finding].commitment.value];
                if (texts_differ_.contains(later_.agreements[commitment.agreement.value].id) ||
                    texts_differ_.contains(later_.agreements[commitment.stated_by.value].id))
                    change.text = InputChange::Text::other;
                if (!change.inputs_differ() && change.opinions.empty()) continue;
                change.before = verdict_before(i, name_of(later_, commitment));
                changes.push_back(std::move(change));
            }
        }
        return changes;
    }

private:
    void match_accounts() {
        incident_then_ = incident_of_each_account(earlier_, then_);
        incident_now_ = incident_of_each_account(later_, now_);
        // Of rows that stand several times in a source, the first is the first and so on.
        std::map<RowName, std::vector<std::uint32_t>> known;
        for (auto a = static_cast<std::uint32_t>(earlier_.accounts.size()); a-- > 0;)
            known[name_of(earlier_, earlier_.accounts[a])].push_back(a);
        account_then_.assign(later_.accounts.size(), none);
        account_now_.assign(earlier_.accounts.size(), none);
        for (std::uint32_t a = 0; a < later_.accounts.size(); ++a) {
            const auto found = known.find(name_of(later_, later_.accounts[a]));
            if (found == known.end() || found->second.empty()) continue;
            const auto was = found->second.back();
            found->second.pop_back();
            account_then_[a] = was;
            account_now_[was] = a;
        }
    }

    void match_decisions() {
        std::multiset<DecisionName> then;
        for (const auto& decision : earlier_.link_decisions) then.insert(name_of(decision));
        const Named named(later_);
        for (std::uint32_t d = 0; d < later_.link_decisions.size(); ++d) {
            const auto& decision = later_.link_decisions[d];
            const auto found = then.find(name_of(decision));
            if (found != then.end()) {
                then.erase(found);
                continue;
            }
            for (const auto incident : incidents_of(decision, named)) new_decisions_[incident].push_back(d);
        }
        for (const auto& decision : earlier_.link_decisions) {
            const auto gone = then.find(name_of(decision));
            if (gone == then.end()) continue;
            then.erase(gone);
            for (const auto incident : incidents_of(decision, named)) ++gone_decisions_[incident];
        }
    }

    [[nodiscard]] std::set<std::uint32_t> incidents_of(const LinkDecision& decision, const Named& named) const {
        std::set<std::uint32_t> incidents;
        for (const auto& ref : decision.accounts) {
            for (const auto account : named.meant_by(ref)) {
                if (incident_now_[account] != none) incidents.insert(incident_now_[account]);
            }
        }
        return incidents;
    }

    void note_texts() {
        const auto texts = [](const Dossier& dossier) {
            std::map<std::string, Sha256> by_agreement;
            if (!dossier.record) return by_agreement;
            for (const auto& one : dossier.record->agreements) by_agreement[one.agreement] = one.text;
            return by_agreement;
        };
        const auto then = texts(earlier_);
        for (const auto& [agreement, text] : texts(later_)) {
            const auto before = then.find(agreement);
            if (before == then.end() || before->second != text) texts_differ_.insert(agreement);
        }
    }

    void note_verdicts() {
        for (const auto& finding : then_.findings) {
            const auto& commitment = then_.commitments[finding.commitment.value];
            const auto [found, first] = verdicts_then_.try_emplace(
                std::pair(finding.incident.value, name_of(earlier_, commitment)), finding.verdict);
            if (!first) found->second = gravest(found->second, finding.verdict);
        }
    }

    [[nodiscard]] std::set<std::uint32_t> incidents_then(std::uint32_t incident) const {
        std::set<std::uint32_t> before;
        for (const auto account : now_.incidents[incident].accounts) {
            const auto was = account_then_[account.value];
            if (was != none && incident_then_[was] != none) before.insert(incident_then_[was]);
        }
        return before;
    }

    [[nodiscard]] std::optional<Verdict> verdict_before(std::uint32_t incident, const DutyName& duty) const {
        std::optional<Verdict> verdict;
        for (const auto before : incidents_then(incident)) {
            const auto found = verdicts_then_.find(std::pair(before, duty));
            if (found == verdicts_then_.end()) continue;
            verdict = verdict ? gravest(*verdict, found->second) : found->second;
        }
        return verdict;
    }

    /// What differs for all findings of one incident. It goes on from the earlier incident of its first account that was there.
    [[nodiscard]] InputChange changes_of(std::uint32_t incident) const {
        InputChange change;
        const auto& accounts = now_.incidents[incident].accounts;
        std::uint32_t before = none;
        for (const auto account : accounts) {
            const auto was = account_then_[account.value];
            if (was == none) {
                change.received.push_back(account);
            } else if (before == none) {
                before = incident_then_[was];
            } else if (incident_then_[was] != before) {
                change.joined.push_back(account);
            }
        }
        if (before != none) {
            for (const auto was : then_.incidents[before].accounts) {
                const auto is = account_now_[was.value];
                if (is != none && incident_now_[is] != incident) change.parted.push_back(AccountId{is});
            }
        }
        if (const auto found = new_decisions_.find(incident); found != new_decisions_.end())
            change.decisions = found->second;
        if (const auto found = gone_decisions_.find(incident); found != gone_decisions_.end())
            change.decisions_gone = found->second;
        change.opinions = opinions_that_differ(incident);
        return change;
    }

    [[nodiscard]] std::vector<std::string> opinions_that_differ(std::uint32_t incident) const {
        const auto* now = opinions_of(now_.opinions, IncidentId{incident});
        if (now == nullptr) return {};
        std::set<std::string> said_then;
        for (const auto before : incidents_then(incident)) {
            const auto* then = opinions_of(then_.opinions, IncidentId{before});
            if (then == nullptr) continue;
            for (const auto place : then->opinions) said_then.insert(earlier_.record->opinions[place].entry);
        }
        std::vector<std::string> monitors;
        for (const auto place : now->opinions) {
            const auto& opinion = later_.record->opinions[place];
            if (!said_then.contains(opinion.entry)) monitors.push_back(opinion.monitor);
        }
        return monitors;
    }

    const Dossier& earlier_;
    const Assessment& then_;
    const Dossier& later_;
    const Assessment& now_;
    std::vector<std::uint32_t> incident_then_;  // of each account of its dossier
    std::vector<std::uint32_t> incident_now_;
    std::vector<std::uint32_t> account_then_;  // of each account of the later dossier
    std::vector<std::uint32_t> account_now_;   // of each account of the earlier dossier
    std::map<std::uint32_t, std::vector<std::uint32_t>> new_decisions_;  // by incident of the later assessment
    std::map<std::uint32_t, std::uint32_t> gone_decisions_;
    std::set<std::string> texts_differ_;
    std::map<std::pair<std::uint32_t, DutyName>, Verdict> verdicts_then_;
};

}  // namespace

std::vector<InputChange> input_changes(const Dossier& earlier, const Assessment& then, const Dossier& later,
                                       const Assessment& now) {
    return Comparison(earlier, then, later, now).run();
}

}  // namespace truce
