// SPDX-License-Identifier: Apache-2.0
#include "cli/folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <system_error>

#include "base/large_pages.h"
#include "base/text.h"

namespace truce::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_yaml =
    (std::size_t{16} << 20) + 1;  // one more: the YAML reader says what is too long
constexpr std::size_t most_geojson = std::size_t{1} << 30;
constexpr std::size_t most_files = 100'000;

/// What a file of a mission folder is for.
enum class Use { yaml, geojson, listed, nothing };

Use use_of(const std::string& path) {
    const auto in = [&](std::string_view folder) { return path.starts_with(folder); };
    const bool yaml = path.ends_with(".yaml") || path.ends_with(".yml");
    if (path == "mission.yaml" || path == "actors.yaml" || path == "link-decisions.yaml" ||
        (in("agreements/") && yaml)) return Use::yaml;
    if (in("areas/") && (path.ends_with(".geojson") || path.ends_with(".json"))) return Use::geojson;
    if (in("accounts/") || in("comparables/") || in("lists/") || in("effort/")) return Use::listed;
    return Use::nothing;
}

/// Folders and files that belong to a mission and that these readers leave alone.
bool of_the_record(const std::string& path) {
    return path.starts_with("feeds/") || path.starts_with("evidence/") || path.starts_with("index.db") || path.starts_with("disclosures.db") ||
           path.starts_with("people.db") || path.starts_with("reports/") || path.starts_with("uploads/") || path.starts_with("README") || path.starts_with("LICEN") ||
           path == "areas/chain.yaml";
}

bool lies_within(const fs::path& whole, const fs::path& part) {
    const auto [end, rest] = std::mismatch(whole.begin(), whole.end(), part.begin(), part.end());
    (void)rest;
    return end == whole.end();
}

class Reading {
public:
    explicit Reading(fs::path folder) : folder_(std::move(folder)) {}

    tl::expected<MissionFolder, std::vector<Error>> read() {
        std::error_code fault;
        root_ = fs::canonical(folder_, fault);
        if (fault) return tl::unexpected(std::vector{error("", folder_.string(), fault.message())});
        if (!fs::is_directory(root_, fault)) {
            return tl::unexpected(
                std::vector<Error>{{.message = "this is no folder; give the folder that holds mission.yaml",
                                    .file = folder_.string()}});
        }
        walk();
        std::ranges::sort(paths_);
        for (const auto& path : paths_) take(path);
        if (!errors_.empty()) return tl::unexpected(std::move(errors_));
        return std::move(found_);
    }

private:
    static Error error(std::string_view what, std::string file, const std::string& why) {
        return {.message = fmt::format("cannot be read{}: {}", what, why), .file = std::move(file)};
    }

    void walk() {
        std::error_code fault;
        // Links to folders are not followed: what lies behind them is not in the folder.
        fs::recursive_directory_iterator files(root_, fs::directory_options::none, fault);
        if (fault) {
            errors_.push_back(error("", folder_.string(), fault.message()));
            return;
        }
        const fs::recursive_directory_iterator end;
        while (files != end) {
            const auto path = files->path().lexically_relative(root_).generic_string();
            std::error_code unknown;
            const bool folder = files->is_directory(unknown) && !files->is_symlink(unknown);
            if (folder && (path == "feeds" || path == "evidence" || path.starts_with("."))) files.disable_recursion_pending();
            if (!folder && !path.starts_with(".")) paths_.push_back(path);
            if (paths_.size() > most_files) {
                errors_.push_back({.message = fmt::format(
                                       "more than {} files lie here; is this a mission folder?", most_files),
                                   .file = folder_.string()});
                return;
            }
            files.increment(fault);
            if (fault) {
                errors_.push_back(error("", path, fault.message()));
                return;
            }
        }
    }

    void take(const std::string& path) {
        std::error_code fault;
        const auto target = fs::canonical(root_ / path, fault);
        const auto use = use_of(path);
        if (use == Use::nothing) {
            if (!of_the_record(path)) {
                found_.warnings.push_back({.message = "this is none of a mission's files, and is not read",
                                           .file = shown(path, 200)});
            }
            return;
        }
        if (fault) {
            errors_.push_back(error("", path, fault.message()));
        } else if (!lies_within(root_, target)) {
            errors_.push_back({.message = "this link leads out of the mission folder; copy the file into it",
                               .file = path});
        } else if (use == Use::listed) {
            found_.files.others.insert(path);
        } else {
            auto text = read_file(target, use == Use::yaml ? most_yaml : most_geojson);
            if (text) {
                found_.files.texts.emplace(path, std::move(*text));
            } else {
                errors_.push_back({.message = text.error().message, .file = path});
            }
        }
    }

    fs::path folder_;
    fs::path root_;
    std::vector<std::string> paths_;
    MissionFolder found_;
    std::vector<Error> errors_;
};

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::size_t most) {
    std::error_code fault;
    const auto status = fs::status(path, fault);
    if (fault) return failure({.message = fault.message(), .file = path.string()});
    if (!fs::is_regular_file(status)) {
        return failure({.message = "this is no ordinary file", .file = path.string()});
    }
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return failure({.message = "the file cannot be opened; may you read it?", .file = path.string()});
    std::string text;
    constexpr std::size_t step = std::size_t{1} << 16;
    // Room for all of it at once, for the step that finds its end, and so for what a parser looks at past it.
    if (const auto size = fs::file_size(path, fault); !fault && size <= most) {
        text.reserve(size + step);
        ask_for_large_pages(text.data(), text.capacity());
    }
    while (file && text.size() <= most) {
        const auto before = text.size();
        text.resize(before + step);
        file.read(text.data() + before, static_cast<std::streamsize>(step));
        text.resize(before + static_cast<std::size_t>(file.gcount()));
    }
    if (file.bad()) return failure({.message = "reading the file failed half-way", .file = path.string()});
    if (text.size() > most) {
        return failure(
            {.message = fmt::format("the file is longer than {} bytes, which is as much as is read", most),
             .file = path.string()});
    }
    return text;
}

tl::expected<MissionFolder, std::vector<Error>> read_mission_folder(const std::filesystem::path& folder) {
    return Reading(folder).read();
}

}  // namespace truce::cli
