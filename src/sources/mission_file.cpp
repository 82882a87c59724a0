// SPDX-License-Identifier: Apache-2.0
#include "sources/mission_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "sources/written_values.h"

namespace truce::sources {
namespace {

constexpr int longest_baseline_days = 36500;

Where where(const YamlNode& node) {
    return {node.line, node.column};
}

std::optional<sys_days> day_in(Fields& fields, std::string_view key, Problems& problems) {
    const auto* node = fields.value(key);
    if (node == nullptr) return std::nullopt;
    const auto text = text_of(*node, key, problems);
    if (!text) return std::nullopt;
    const auto day = parse_day(*text);
    if (day) return *day;
    problems.error(*node, fmt::format("{}: {}", key, day.error().message));
    return std::nullopt;
}

void read_period(Fields& mission, MissionFile& file, Problems& problems) {
    const auto* node = mission.value("period");
    if (node == nullptr) return;
    Fields fields(*node, "period", problems);
    (void)fields.required("from");
    (void)fields.required("to");
    const auto from = day_in(fields, "from", problems);
    const auto to = day_in(fields, "to", problems);
    fields.finish();
    if (!from || !to) return;
    if (*to <= *from) {
        problems.error(
            *node,
            "the period's 'to' is not after its 'from'; 'to' is the first day that is no longer in "
            "it");
        return;
    }
    file.mission.period = DayRange{*from, *to - std::chrono::days{1}};
}

void read_baseline(Fields& mission, MissionFile& file, Problems& problems) {
    const auto* node = mission.value("baseline");
    if (node == nullptr) return;
    Fields fields(*node, "baseline", problems);
    if (const auto days = fields.integer("days", 1, longest_baseline_days)) {
        file.mission.baseline_days = static_cast<int>(*days);
    }
    if (const auto days = fields.integer("set_apart", 0, longest_baseline_days)) {
        file.mission.set_apart_days = static_cast<int>(*days);
    }
    fields.finish();
    if (file.mission.set_apart_days >= file.mission.baseline_days) {
        problems.error(*node, fmt::format("{} of the baseline's {} days are set apart, so none is left",
                                          file.mission.set_apart_days, file.mission.baseline_days));
    }
}

void read_monitors(Fields& mission, MissionFile& file, Problems& problems) {
    std::set<std::string, std::less<>> ids;
    for (const auto* node : mission.list("monitors")) {
        Fields fields(*node, "monitor", problems);
        const auto* id_node = fields.required("id");
        const auto id = id_node == nullptr ? std::nullopt : id_of(*id_node, "id", problems);
        auto name = localised_in(fields, "name", problems);
        const auto key = fields.text("key");
        fields.finish();
        if (!id) continue;
        if (!ids.insert(*id).second) {
            problems.error(*id_node, fmt::format("monitor '{}' stands twice in the list", *id));
            continue;
        }
        if (key) file.monitor_keys[*id] = *key;
        file.mission.monitors.push_back({*id, std::move(name)});
    }
}

/// What may be republished: one of the model's words, or true for rows and false for nothing.
void read_republish(Fields& fields, AccountsEntry& entry, Problems& problems) {
    static constexpr std::array<std::string_view, 5> words{"true", "false", "rows", "aggregates", "nothing"};
    const auto word = fields.word("republish", words);
    (void)problems;
    if (!word) return;
    entry.republish_declared = true;
    if (*word == "true") {
        entry.declared.republish = Republish::rows;
    } else if (*word == "false") {
        entry.declared.republish = Republish::nothing;
    } else {
        entry.declared.republish = *republish_named(*word);
    }
}

AccountsEntry read_entry(const YamlNode& node, Problems& problems) {
    AccountsEntry entry;
    entry.where = where(node);
    if (node.is_scalar()) {
        entry.file = node.text;
        return entry;
    }
    Fields fields(node, "accounts", problems);
    if (const auto* record = fields.value("record")) {
        entry.record = id_of(*record, "record", problems).value_or("");
        if (!entry.record.empty()) entry.file = "record:" + entry.record;
        if (fields.text("file")) {
            problems.error(node, "accounts: 'file' and 'record' stand together; rows come from the one or the other");
        }
    } else {
        entry.file = fields.required_text("file").value_or("");
    }
    entry.mapping = fields.text("mapping").value_or("");
    if (const auto* source_node = fields.value("source")) {
        Fields source(*source_node, "source", problems);
        if (const auto* id_node = source.value("id")) {
            entry.declared.id = id_of(*id_node, "id", problems).value_or("");
        }
        entry.declared.title = localised_in(source, "title", problems);
        entry.declared.licence = source.text("licence").value_or("");
        entry.declared.credit = source.text("credit").value_or("");
        entry.declared.version = source.text("version").value_or("");
        read_republish(source, entry, problems);
        if (const auto word = source.word("recording", {"systematic", "selection"})) {
            entry.declared.recording = *recording_named(*word);
        }
        if (source.flag("may_repeat").value_or(false)) entry.declared.repeats = Repeats::may;
        source.finish();
    }
    fields.finish();
    entry.declared.file = entry.file;
    if (!entry.record.empty() && entry.declared.id.empty()) entry.declared.id = entry.record;
    return entry;
}

void read_accounts_list(Fields& mission, MissionFile& file, Problems& problems) {
    file.lists_accounts = mission.has("accounts");
    std::set<std::string, std::less<>> files;
    for (const auto* node : mission.list("accounts")) {
        auto entry = read_entry(*node, problems);
        if (entry.file.empty()) continue;
        if (!files.insert(entry.file).second) {
            problems.error(*node,
                           fmt::format("file '{}' stands twice in the list of accounts; its rows would count "
                                       "twice",
                                       shown(entry.file)));
            continue;
        }
        file.accounts.push_back(std::move(entry));
    }
}

/// The register of past ceasefires, by its file alone or with what is to be known of it.
void read_register(Fields& mission, MissionFile& file, Problems& problems) {
    const auto* node = mission.value("comparables");
    if (node == nullptr) return;
    Mission::Register& own = file.mission.comparables.emplace();
    if (node->is_scalar()) {
        own.file = node->text;
        return;
    }
    Fields fields(*node, "comparables", problems);
    own.file = fields.required_text("file").value_or("");
    own.conflict = fields.text("conflict").value_or("");
    for (const auto* one : fields.list("ends")) {
        Fields end(*one, "end", problems);
        const auto code = end.required_text("code");
        const auto means = end.word(
            "means", {"still_held", "collapsed", "ended", "expired", "extended", "superseded", "not_known"});
        end.finish();
        if (code && means) own.ends.emplace_back(*code, *truce_end_named(*means));
    }
    fields.finish();
}

/// The table of who is on which list of the dead, by its file alone or with what its columns are.
void read_lists(Fields& mission, MissionFile& file, Problems& problems) {
    const auto* node = mission.value("lists");
    if (node == nullptr) return;
    Mission::Lists& lists = file.mission.lists.emplace();
    if (node->is_scalar()) {
        lists.file = node->text;
        return;
    }
    Fields fields(*node, "lists", problems);
    lists.file = fields.required_text("file").value_or("");
    lists.columns = fields.texts("columns");
    lists.count = fields.text("count").value_or("");
    lists.stratum = fields.text("stratum").value_or("");
    if (const auto word = fields.word("population", {"closed", "open"}); word && *word == "open")
        lists.population = Mission::Lists::Population::open;
    fields.finish();
}

}  // namespace

MissionFile read_mission(const YamlNode& root, Problems& problems) {
    MissionFile file;
    Fields fields(root, "the mission file", problems);
    check_format_version(fields, problems);
    if (const auto* id = fields.required("mission")) {
        file.mission.id = id_of(*id, "mission", problems).value_or("");
    }
    file.mission.title = localised_in(fields, "title", problems);
    if (const auto* node = fields.required("zone")) {
        if (const auto name = text_of(*node, "zone", problems)) {
            const auto zone = Zone::named(*name);
            if (zone) {
                file.mission.zone = *zone;
            } else {
                problems.error(*node, zone.error().message);
            }
        }
    }
    file.mission.languages = fields.texts("languages");
    read_monitors(fields, file, problems);
    if (const auto* focus = fields.value("focus")) {
        file.focus = where(*focus);
        file.mission.focus = text_of(*focus, "focus", problems).value_or("");
    }
    file.focus_version = fields.text("focus_version").value_or("");
    read_period(fields, file, problems);
    if (const auto* truce = fields.value("truce")) {
        file.truce = where(*truce);
        file.mission.truce = text_of(*truce, "truce", problems).value_or("");
    }
    read_baseline(fields, file, problems);
    if (const auto seed = fields.integer("seed", 0, std::numeric_limits<long long>::max())) {
        file.mission.seed = static_cast<std::uint64_t>(*seed);
    }
    read_accounts_list(fields, file, problems);
    read_register(fields, file, problems);
    read_lists(fields, file, problems);
    file.mission.effort = fields.text("effort").value_or("");
    (void)localised_in(fields, "notes", problems);
    fields.finish();
    return file;
}

Zone mission_zone(const YamlNode& root) {
    const auto* node = root.find("zone");
    if (node == nullptr || !node->is_scalar()) return Zone::utc();
    return Zone::named(node->text).value_or(Zone::utc());
}

}  // namespace truce::sources
