// SPDX-License-Identifier: Apache-2.0
#include "cli/link_persons.h"

#include <fmt/format.h>

#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/mapped_file.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/folder.h"
#include "cli/output.h"
#include "report/table_writer.h"
#include "sources/person_lists.h"

namespace truce::cli {
namespace {

using Json = nlohmann::ordered_json;
using linkage::LinkedPersons;

constexpr std::size_t longest_yaml = std::size_t{16} << 20U;
constexpr int chance_decimals = 6;
constexpr int bit_decimals = 3;

/// Reads FILE:MAPPING. What is wrong is printed.
std::optional<PersonList> read_list(const std::string& given) {
    const auto tell = [](const Error& error) { std::cerr << error.text() << '\n'; };
    const auto colon = given.rfind(':');
    if (colon == std::string::npos) {
        tell({.message = "a list of persons needs its mapping after a colon (doc/formats/person-lists.md)",
              .file = given});
        return std::nullopt;
    }
    const auto path = given.substr(0, colon);
    const auto mapping_path = given.substr(colon + 1);
    const auto yaml = read_file(mapping_path, longest_yaml);
    if (!yaml) {
        tell(yaml.error());
        return std::nullopt;
    }
    const auto mapping = sources::read_person_mapping(*yaml, mapping_path);
    for (const auto& error : mapping.errors) tell(error);
    if (!mapping.errors.empty()) return std::nullopt;
    const auto file = map_file(path);
    auto list = file ? sources::read_person_list(file->text(), path, mapping.mapping)
                     : Result<PersonList>(tl::unexpected(file.error()));
    if (!list) {
        if (list.error().file.empty()) list.error().file = path;
        tell(list.error());
        return std::nullopt;
    }
    return std::move(*list);
}

/// A set of lists as a row of the table of overlaps has it: a 1 or 0 for each list.
bool stands_in(std::uint64_t lists, std::size_t list) {
    return ((lists >> list) & 1U) != 0;
}

void write_overlap(const report::Sink& sink, const std::vector<PersonList>& lists,
                   const LinkedPersons& linked) {
    report::TableWriter table(report::TableForm::plain, sink);
    std::vector<std::string_view> header;
    for (const auto& list : lists) header.emplace_back(list.id);
    header.emplace_back("persons");
    table.header(header);
    for (const auto& [in, count] : linked.by_lists) {
        for (std::size_t l = 0; l < lists.size(); ++l)
            table.number(std::uint64_t{stands_in(in, l) ? 1U : 0U});
        table.number(count);
        table.end_row();
    }
    table.finish();
}

/// The list that an entry is of, and its key there.
std::pair<std::string_view, std::string_view> name_of(const std::vector<PersonList>& lists,
                                                      std::uint32_t entry) {
    for (const auto& list : lists) {
        if (entry < list.size()) return {list.id, list.keys[entry]};
        entry -= static_cast<std::uint32_t>(list.size());
    }
    return {};
}

void write_persons(const report::Sink& sink, const std::vector<PersonList>& lists,
                   const LinkedPersons& linked) {
    report::TableWriter table(report::TableForm::plain, sink);
    const std::vector<std::string_view> header{"person", "list", "key"};
    table.header(header);
    for (std::size_t p = 0; p < linked.persons.size(); ++p) {
        for (const auto entry : linked.persons[p]) {
            const auto [list, key] = name_of(lists, entry);
            table.number(std::uint64_t{p + 1});
            table.text(list);
            table.text(key);
            table.end_row();
        }
    }
    table.finish();
}

void write_links(const report::Sink& sink, const std::vector<PersonList>& lists,
                 const LinkedPersons& linked) {
    report::TableWriter table(report::TableForm::plain, sink);
    std::vector<std::string_view> header{"list_a", "key_a",  "list_b",     "key_b",
                                         "state",  "chance", "weight_bits"};
    for (const auto& field : linked.fields) header.emplace_back(field.name);
    table.header(header);
    for (const auto& link : linked.links) {
        for (const auto entry : {link.pair.a, link.pair.b}) {
            const auto [list, key] = name_of(lists, entry);
            table.text(list);
            table.text(key);
        }
        table.word(link.linked ? "linked" : "review");
        table.number(link.chance, chance_decimals);
        table.number(link.weight, bit_decimals);
        for (std::size_t f = 0; f < linked.fields.size(); ++f) {
            if (const auto level = link.pattern.level(f)) {
                table.number(std::uint64_t{*level});
            } else {
                table.missing();
            }
        }
        table.end_row();
    }
    table.finish();
}

std::string summary_json(const std::vector<PersonList>& lists, const LinkedPersons& linked,
                         const linkage::PersonSettings& settings) {
    const auto rounded = [](double value) { return std::round(value * 1e6) / 1e6; };
    Json named = Json::array();
    for (const auto& list : lists) {
        named.push_back(
            {{"list", list.id}, {"entries", list.size()}, {"may_repeat", list.repeats == Repeats::may}});
    }
    Json overlap = Json::array();
    for (const auto& [in, count] : linked.by_lists) {
        Json of = Json::array();
        for (std::size_t l = 0; l < lists.size(); ++l) {
            if (stands_in(in, l)) of.push_back(lists[l].id);
        }
        overlap.push_back({{"lists", std::move(of)}, {"persons", count}});
    }
    Json fields = Json::array();
    const auto& model = linked.fit.model;
    for (std::size_t f = 0; f < linked.fields.size() && f < model.m.size(); ++f) {
        Json levels = Json::array();
        for (std::size_t l = 0; l < model.m[f].size(); ++l) {
            levels.push_back({{"m", rounded(model.m[f][l])},
                              {"u", rounded(model.u[f][l])},
                              {"bits", rounded(model.weight(f, static_cast<std::uint8_t>(l)))}});
        }
        fields.push_back({{"field", linked.fields[f].name}, {"levels_from_worst", std::move(levels)}});
    }
    const Json document{{"lists", std::move(named)},
                        {"entries", linked.entries},
                        {"persons", linked.persons.size()},
                        {"overlap", std::move(overlap)},
                        {"pairs_compared", linked.compared},
                        {"links", linked.linked},
                        {"for_review", linked.review},
                        {"expected_false_links", rounded(linked.expected_false)},
                        {"expected_missed_links", rounded(linked.expected_missed)},
                        {"settings",
                         {{"link_from", settings.link_from},
                          {"review_from", settings.review_from},
                          {"weight_cap_bits", settings.weight_cap},
                          {"seed", settings.seed}}},
                        {"fields", std::move(fields)}};
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string summary(const std::vector<PersonList>& lists, const LinkedPersons& linked,
                    const std::string& out) {
    auto text = fmt::format("{} entries of {} lists are {} persons.\n", linked.entries, lists.size(),
                            linked.persons.size());
    for (const auto& [in, count] : linked.by_lists) {
        std::vector<std::string_view> of;
        for (std::size_t l = 0; l < lists.size(); ++l) {
            if (stands_in(in, l)) of.emplace_back(lists[l].id);
        }
        text += fmt::format("{:>10} in {}\n", count, fmt::join(of, " and "));
    }
    text += fmt::format(
        "{} pairs compared, {} linked; about {:.1f} of them false, about {:.1f} missed; {} for a human to "
        "look at.\n",
        linked.compared, linked.linked, linked.expected_false, linked.expected_missed, linked.review);
    text += fmt::format("{}: persons.json, overlap.csv\n", shown(out, 200));
    return text;
}

}  // namespace

int link_persons_into(const PersonsRequest& request) {
    std::vector<PersonList> lists;
    bool whole = true;
    for (const auto& input : request.inputs) {
        if (auto list = read_list(input)) {
            lists.push_back(std::move(*list));
        } else {
            whole = false;
        }
    }
    if (!whole) return could_not;
    const auto tell = [](const Error& error) {
        std::cerr << error.text() << '\n';
        return could_not;
    };
    const auto linked = linkage::link_persons(lists, request.settings);
    if (!linked) return tell(linked.error());
    auto folder = OutputFolder::open(request.out);
    if (!folder) return tell(folder.error());
    const auto write = [&](const std::string& name, auto make) {
        return folder->write(name, [&](const OutputFolder::Pieces& sink) { make(sink, lists, *linked); });
    };
    auto written = folder->write("persons.json", summary_json(lists, *linked, request.settings));
    if (written) written = write("overlap.csv", write_overlap);
    if (request.show == PersonsRequest::Show::persons) {
        if (written) written = write("persons.csv", write_persons);
        if (written) written = write("person-links.csv", write_links);
    }
    if (written) written = folder->finish({"persons.csv", "person-links.csv"});
    if (!written) return tell(written.error());
    if (!request.quiet) std::cout << summary(lists, *linked, request.out);
    return 0;
}

}  // namespace truce::cli
