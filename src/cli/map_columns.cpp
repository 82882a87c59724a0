// SPDX-License-Identifier: Apache-2.0
#include "cli/map_columns.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>

#include "base/mapped_file.h"
#include "cli/command.h"
#include "sources/proposal.h"

namespace truce::cli {
namespace {

int map_columns(const std::string& path) {
    const auto file = map_file(path);
    const auto proposed = file ? sources::proposed_mapping(file->text(), path)
                               : Result<std::string>(tl::unexpected(file.error()));
    if (!proposed) {
        auto error = proposed.error();
        if (error.file.empty()) error.file = path;
        fmt::print(stderr, "truce: {}\n", error.text());
        return could_not;
    }
    std::cout << *proposed;
    return 0;
}

}  // namespace

void add_map_columns_command(CLI::App& app, Outcome& outcome) {
    auto* command = app.add_subcommand("map-columns", "Propose a mapping file for a table of accounts");
    const auto file =
        std::make_shared<std::string>();  // shared by the option and the callback, which CLI11 keeps
    command->add_option("file", *file, "The table (CSV, TSV, GeoJSON)")->required();
    command->callback([&outcome, file] { outcome.status = map_columns(*file); });
}

}  // namespace truce::cli
