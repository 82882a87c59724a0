// SPDX-License-Identifier: Apache-2.0
#include "cli/check.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <tuple>

#include "cli/command.h"
#include "cli/folder.h"
#include "report/assets.h"
#include "sources/mission_folder.h"

namespace truce::cli {
namespace {

struct Line {
    const Error* error;
    std::string_view kind;
};

/// Errors and warnings together, by file and line, and the count of both.
std::string report_text(const std::vector<Error>& errors, const std::vector<Error>& warnings) {
    std::vector<Line> lines;
    for (const auto& error : errors) lines.push_back({&error, "error"});
    for (const auto& warning : warnings) lines.push_back({&warning, "warning"});
    std::ranges::stable_sort(lines, {}, [](const Line& line) {
        return std::tie(line.error->file, line.error->line, line.error->column);
    });
    std::string text;
    for (const auto& [error, kind] : lines) {
        Error said = *error;
        said.message = fmt::format("{}: {}", kind, error->message);
        text += said.text() + "\n";
    }
    const auto count = [](std::size_t n, std::string_view word) {
        return fmt::format("{} {}{}", n, word, n == 1 ? "" : "s");
    };
    return text + count(errors.size(), "error") + ", " + count(warnings.size(), "warning") + "\n";
}

int check_folder(const std::string& path) {
    auto folder = read_mission_folder(path);
    if (!folder) {
        std::cout << report_text(folder.error(), {});
        return could_not;
    }
    auto warnings = std::move(folder->warnings);
    const auto loaded = sources::load_mission(folder->files, assets::countries_10m());
    const auto& more = loaded ? loaded->warnings : loaded.error().warnings;
    warnings.insert(warnings.end(), more.begin(), more.end());
    std::cout << report_text(loaded ? std::vector<Error>() : loaded.error().errors, warnings);
    return loaded ? 0 : answered_no;
}

}  // namespace

void add_check_command(CLI::App& app, Outcome& outcome) {
    auto* command = app.add_subcommand("check", "Check a mission folder: all errors and warnings at once");
    const auto folder =
        std::make_shared<std::string>();  // shared by the option and the callback, which CLI11 keeps
    command->add_option("folder", *folder, "The mission folder, the one that holds mission.yaml")->required();
    command->callback([&outcome, folder] { outcome.status = check_folder(*folder); });
}

}  // namespace truce::cli
