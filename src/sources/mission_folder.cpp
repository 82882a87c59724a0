// SPDX-License-Identifier: Apache-2.0
#include "sources/mission_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <tuple>
#include <utility>

#include "base/side_by_side.h"
#include "base/text.h"
#include "sources/check.h"
#include "sources/link_decisions_file.h"

namespace truce::sources {
namespace {

bool is_yaml(std::string_view path) {
    return path.ends_with(".yaml") || path.ends_with(".yml");
}

bool lies_in(std::string_view path, std::string_view folder) {
    return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

/// One YAML file, parsed, with what was found wrong in it so far.
struct Document {
    Problems problems;
    std::optional<YamlNode> root;
};

Document parsed(std::string_view path, std::string_view text) {
    Document document{.problems = {.file = std::string(path)}, .root = {}};
    auto reading = read_yaml(text);
    document.problems.add(reading);
    document.root = std::move(reading.root);
    if (document.root && document.root->is_null() && reading.errors.empty()) {
        document.problems.error(*document.root, "the file is empty");
        document.root.reset();
    }
    return document;
}

/// Puts a mission together from its texts.
class Loading {
public:
    Loading(std::string_view countries, UndefinedActors undefined, int threads)
        : threads_(threads), actors_(undefined), areas_(countries) {}

    void note(Error error) { errors_.push_back(std::move(error)); }

    void read_mission_file(std::string_view path, std::string_view text) {
        auto document = parsed(path, text);
        if (document.root) {
            zone_ = mission_zone(*document.root);
            mission_file_ = read_mission(*document.root, document.problems);
        }
        collect(document.problems);
    }

    void set_zone(Zone zone) { zone_ = zone; }

    void read_areas_file(std::string_view path, const std::string& text) {
        Problems problems{.file = std::string(path)};
        areas_.read(text, problems, threads_);
        areas_broken_ = areas_broken_ || !problems.errors.empty();
        collect(problems);
    }

    void read_actors_files(const std::vector<std::pair<std::string_view, std::string_view>>& files) {
        std::vector<Problems> problems;
        std::deque<YamlNode> roots;  // the names keep pointers into them until they are linked
        for (const auto& [path, text] : files) {
            auto document = parsed(path, text);
            if (!document.root) {
                collect(document.problems);
                continue;
            }
            roots.push_back(std::move(*document.root));
            actors_.read(roots.back(), zone_, document.problems);
            problems.push_back(std::move(document.problems));
        }
        actors_.link(problems);
        for (const auto& found : problems) collect(found);
    }

    void read_link_decisions_file(std::string_view path, std::string_view text) {
        auto read = read_link_decisions(text, path);
        link_decisions_ = std::move(read.decisions);
        errors_.insert(errors_.end(), read.errors.begin(), read.errors.end());
        warnings_.insert(warnings_.end(), read.warnings.begin(), read.warnings.end());
    }

    void read_agreements(const std::vector<std::pair<std::string_view, std::string_view>>& files) {
        std::vector<Document> documents(files.size());
        run_side_by_side(static_cast<unsigned>(std::max(threads_, 1)), files.size(),
                         [&](std::size_t i) { documents[i] = parsed(files[i].first, files[i].second); });
        std::map<std::string, AgreementId, std::less<>> ids;
        std::map<std::string, std::string, std::less<>> file_of;
        for (std::size_t i = 0; i < documents.size(); ++i) {
            auto& [problems, root] = documents[i];
            const auto* id = root ? agreement_id_in(*root) : nullptr;
            if (id == nullptr) {
                agreements_broken_ = true;
                continue;
            }
            if (!ids.try_emplace(id->text, AgreementId{static_cast<std::uint32_t>(i)}).second) {
                problems.error(*id, fmt::format("agreement '{}' is defined twice; first in {}",
                                                shown(id->text), file_of[id->text]));
            } else {
                file_of[id->text] = problems.file;
            }
        }
        const AgreementContext context{actors_, areas_, ids, zone_};
        for (auto& [problems, root] : documents) {
            if (root) {
                auto read = read_agreement(*root, context, problems);
                agreements_.push_back(std::move(read.agreement));
                places_.push_back(std::move(read.places));
            } else {
                // Keeps its place in the order, which the ids stand for.
                agreements_.emplace_back().file = problems.file;
                places_.emplace_back();
            }
            collect(problems);
        }
    }

    [[nodiscard]] MissionFile& mission_file() { return mission_file_; }

    /// Checks the parts against each other, and makes registers of them.
    tl::expected<LoadedMission, MissionErrors> finish(const MissionFile* file_to_check) {
        // What a broken file would have defined must not be called undefined on top.
        Mission to_check = mission_file_.mission;
        if (areas_broken_) to_check.focus.clear();
        if (agreements_broken_) to_check.truce.clear();
        auto found = check({to_check, file_to_check, agreements_, places_, actors_, areas_});
        // Warnings about parts that were not read whole would be guesses.
        if (errors_.empty()) warnings_.insert(warnings_.end(), found.warnings.begin(), found.warnings.end());
        errors_.insert(errors_.end(), found.errors.begin(), found.errors.end());
        sort(errors_);
        sort(warnings_);
        if (!errors_.empty()) return tl::unexpected(MissionErrors{std::move(errors_), std::move(warnings_)});
        LoadedMission loaded;
        loaded.mission = std::move(mission_file_.mission);
        loaded.focus_version = std::move(mission_file_.focus_version);
        loaded.monitor_keys = std::move(mission_file_.monitor_keys);
        loaded.actors = ActorRegister(actors_.actors());
        loaded.areas = AreaRegister(areas_.areas());
        loaded.agreements = std::move(agreements_);
        loaded.accounts = std::move(mission_file_.accounts);
        loaded.link_decisions = std::move(link_decisions_);
        loaded.warnings = std::move(warnings_);
        return loaded;
    }

    void warn(Error warning) { warnings_.push_back(std::move(warning)); }

private:
    void collect(const Problems& problems) {
        errors_.insert(errors_.end(), problems.errors.begin(), problems.errors.end());
        warnings_.insert(warnings_.end(), problems.warnings.begin(), problems.warnings.end());
    }

    static void sort(std::vector<Error>& errors) {
        std::ranges::stable_sort(errors, {},
                                 [](const Error& e) { return std::tie(e.file, e.line, e.column); });
        errors.erase(std::unique(errors.begin(), errors.end()), errors.end());
    }

    int threads_;
    Zone zone_ = Zone::utc();
    MissionFile mission_file_;
    ActorNames actors_;
    AreaNames areas_;
    std::vector<Agreement> agreements_;
    std::vector<AgreementPlaces> places_;
    std::vector<LinkDecision> link_decisions_;
    bool areas_broken_ = false;
    bool agreements_broken_ = false;
    std::vector<Error> errors_;
    std::vector<Error> warnings_;
};

/// The files in accounts/ that the mission's list does not name, and, where there is no list, all of them.
void settle_accounts(const MissionFiles& files, Loading& loading) {
    auto& mission = loading.mission_file();
    std::set<std::string, std::less<>> mentioned;
    for (const auto& entry : mission.accounts) {
        mentioned.insert(entry.file);
        mentioned.insert(entry.mapping);
        for (const auto& path : {entry.file, entry.mapping}) {
            if (path.empty() || files.others.contains(path) || files.texts.contains(path)) continue;
            if (!entry.record.empty() && path == entry.file) continue;
            const std::vector<std::string> there(files.others.begin(), files.others.end());
            loading.note({.message = fmt::format("accounts: file '{}' is not in the folder{}", shown(path),
                                                 did_you_mean(path, there)),
                          .file = "mission.yaml",
                          .line = entry.where.line,
                          .column = entry.where.column});
        }
    }
    const auto must_be_there = [&](std::string_view field, const std::string& file) {
        if (files.others.contains(file)) return;
        const std::vector<std::string> there(files.others.begin(), files.others.end());
        loading.note({.message = fmt::format("{}: file '{}' is not in the folder{}", field, shown(file),
                                             did_you_mean(file, there)),
                      .file = "mission.yaml"});
    };
    if (mission.mission.comparables) must_be_there("comparables", mission.mission.comparables->file);
    if (mission.mission.lists) must_be_there("lists", mission.mission.lists->file);
    if (!mission.mission.effort.empty()) must_be_there("effort", mission.mission.effort);
    for (const auto& path : files.others) {
        if (!lies_in(path, "accounts") || path.ends_with(".mapping.yaml") || mentioned.contains(path))
            continue;
        if (mission.lists_accounts) {
            loading.warn({.message = "the file is not in the mission's list of accounts, so it is not read",
                          .file = path});
            continue;
        }
        AccountsEntry entry;
        entry.file = path;
        entry.declared.file = path;
        const auto mapping = path.substr(0, path.rfind('.')) + ".mapping.yaml";
        if (files.others.contains(mapping)) entry.mapping = mapping;
        mission.accounts.push_back(std::move(entry));
    }
}

}  // namespace

tl::expected<LoadedMission, MissionErrors> load_mission(const MissionFiles& files, std::string_view countries,
                                                        int threads) {
    Loading loading(countries, UndefinedActors::refuse, threads);
    std::vector<std::pair<std::string_view, std::string_view>> agreements;
    const auto mission = files.texts.find("mission.yaml");
    if (mission == files.texts.end()) {
        loading.note({.message =
                          "the folder has no mission.yaml, so it is no mission; doc/formats/mission.md shows "
                          "what one looks like",
                      .file = "mission.yaml"});
    } else {
        loading.read_mission_file(mission->first, mission->second);
    }
    const auto actors = files.texts.find("actors.yaml");
    if (actors == files.texts.end()) {
        loading.note(
            {.message = "the folder has no actors.yaml; doc/formats/actors.md shows what one looks like",
             .file = "actors.yaml"});
        loading.read_actors_files({});
    } else {
        loading.read_actors_files({{actors->first, actors->second}});
    }
    if (const auto decisions = files.texts.find("link-decisions.yaml"); decisions != files.texts.end()) {
        loading.read_link_decisions_file(decisions->first, decisions->second);
    }
    for (const auto& [path, text] : files.texts) {
        if (lies_in(path, "areas")) loading.read_areas_file(path, text);
        if ((lies_in(path, "agreements") || lies_in(path, "feeds")) && is_yaml(path)) agreements.emplace_back(path, text);
    }
    if (agreements.empty()) {
        loading.warn(
            {.message = "the folder has no agreements/*.yaml: there is nothing that an incident could breach",
             .file = "agreements"});
    }
    loading.read_agreements(agreements);
    settle_accounts(files, loading);
    return loading.finish(&loading.mission_file());
}

tl::expected<LoadedMission, MissionErrors> load_loose(const LooseFiles& files, std::string_view countries,
                                                      int threads) {
    Loading loading(countries, files.actors.empty() ? UndefinedActors::make_up : UndefinedActors::refuse,
                    threads);
    if (!files.zone.empty()) {
        if (const auto zone = Zone::named(files.zone)) {
            loading.set_zone(*zone);
            loading.mission_file().mission.zone = *zone;
        } else {
            loading.note(zone.error());
        }
    }
    std::vector<std::pair<std::string_view, std::string_view>> actors;
    std::vector<std::pair<std::string_view, std::string_view>> agreements;
    for (const auto& file : files.actors) actors.emplace_back(file.path, file.text);
    for (const auto& file : files.agreements) agreements.emplace_back(file.path, file.text);
    loading.read_actors_files(actors);
    for (const auto& file : files.areas) loading.read_areas_file(file.path, file.text);
    loading.read_agreements(agreements);
    loading.mission_file().accounts = files.accounts;
    auto loaded = loading.finish(nullptr);
    if (loaded) {
        auto& mission = loaded->mission;
        mission.id = loaded->agreements.empty() ? "mission" : loaded->agreements.front().id;
        if (!loaded->agreements.empty()) {
            mission.title = loaded->agreements.front().title;
            if (files.zone.empty()) {
                mission.zone = Zone::named(loaded->agreements.front().zone).value_or(Zone::utc());
            }
        }
    }
    return loaded;
}

}  // namespace truce::sources
