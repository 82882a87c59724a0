// SPDX-License-Identifier: Apache-2.0
#include "cli/compare.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "base/mapped_file.h"
#include "base/text.h"
#include "cli/command.h"
#include "sources/accounts.h"
#include "sources/mapping.h"

namespace truce::cli {
namespace {

struct Request {
    std::string before;
    std::string after;
    std::string mapping;
    std::size_t most_keys = 20;
};

Result<sources::ReadResult> read(const std::string& path, const sources::Mapping* mapping, int threads) {
    const auto file = map_file(path);
    if (!file) return tl::unexpected(file.error());
    // Rows are compared by their keys and bytes: nobody need be looked up.
    const ActorRegister nobody;
    const AreaRegister nowhere;
    auto result = sources::read_accounts(
        file->text(), path, {.actors = nobody, .areas = nowhere, .zone = Zone::utc(), .threads = threads},
        mapping);
    if (result && file->changed())
        return failure({.message = "the file changed while it was read; try again", .file = path});
    return result;
}

std::string listed(std::string_view what, const std::vector<std::string>& keys, std::size_t most) {
    auto text = fmt::format("{:>9} {}\n", keys.size(), what);
    for (std::size_t i = 0; i < std::min(most, keys.size()); ++i)
        text += fmt::format("            {}\n", shown(keys[i], 120));
    if (keys.size() > most && most > 0)
        text += fmt::format("            ... and {} more (--keys)\n", keys.size() - most);
    return text;
}

int could_not_read(const Error& error) {
    fmt::print(stderr, "truce: {}\n", error.text());
    return could_not;
}

int compare(const Request& request, int threads) {
    std::optional<sources::Mapping> mapping;
    if (!request.mapping.empty()) {
        const auto file = map_file(request.mapping);
        if (!file) return could_not_read(file.error());
        auto reading = sources::read_mapping(file->text(), request.mapping);
        for (const auto& error : reading.errors) could_not_read(error);
        if (!reading.mapping) return could_not;
        mapping = std::move(reading.mapping);
    }
    const auto* by = mapping ? &*mapping : nullptr;
    const auto before = read(request.before, by, threads);
    if (!before) return could_not_read(before.error());
    const auto after = read(request.after, by, threads);
    if (!after) return could_not_read(after.error());
    if (before->source.format != after->source.format) {
        return could_not_read({.message = fmt::format("the files are of different formats: {} and {}",
                                                      before->source.format, after->source.format)});
    }
    const auto change = sources::compare_releases(*before, *after);
    for (const auto* one : {&*before, &*after}) {
        std::cout << fmt::format("{}: {}, {} rows, {} of them cannot be read\n", shown(one->source.file, 200),
                                 one->source.format, one->source.rows, one->source.rejects);
    }
    std::cout << listed("added", change.added, request.most_keys)
              << listed("changed", change.changed, request.most_keys)
              << listed("gone", change.gone, request.most_keys)
              << fmt::format("{:>9} unchanged\n", change.unchanged);
    return change.none() ? 0 : answered_no;
}

}  // namespace

void add_compare_command(CLI::App& app, const CommonOptions& common, Outcome& outcome) {
    auto* command =
        app.add_subcommand("compare", "Say what a dataset's new release added, changed and took out");
    const auto request =
        std::make_shared<Request>();  // shared by the options and the callback, which CLI11 keeps
    command->add_option("old", request->before, "The release that you had")->required();
    command->add_option("new", request->after, "The release that you have now")->required();
    command->add_option("--mapping", request->mapping, "The mapping file, for tables of no known format");
    command->add_option("--keys", request->most_keys, "How many keys of each kind to list")
        ->capture_default_str();
    command->callback([&outcome, &common, request] { outcome.status = compare(*request, common.threads); });
}

}  // namespace truce::cli
