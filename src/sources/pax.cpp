// SPDX-License-Identifier: Apache-2.0
#include "sources/pax.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"

namespace truce::sources::pax {
namespace {

/// Columns kept as they are: what the model has no field for and a reader of the agreement may want. The two
/// hundred and more codings of topics stay in PA-X's own file.
constexpr std::array<std::string_view, 24> kept{
    "con",      "contp",    "pp",       "ppname",  "reg",      "agtid",  "status",  "lgt",
    "agtp",     "stage",    "stagesub", "part",    "thrdpart", "othagr", "loc1iso", "loc2iso",
    "loc1gwno", "loc2gwno", "ucdpcon",  "ucdpagr", "ce",       "ceprov", "cegen",   "imsrc"};

double number(std::string_view text) {
    return parse_real(text).value_or(0);
}

bool holds_ceasefire(const RegisterRow& row) {
    return row["stage"] == "Cea" || number(row["ceprov"]) > 0 || number(row["ce"]) > 0;
}

std::vector<std::string> countries_of(const RegisterRow& row) {
    // A local agreement holds in a part of the country that no column names.
    if (row["agtp"].find("Local") != std::string_view::npos) return {};
    std::vector<std::string> countries;
    for (const auto column : {"loc1iso", "loc2iso"}) {
        const auto code = row[column];
        const bool letters =
            code.size() == 3 && std::ranges::all_of(code, [](char c) { return c >= 'A' && c <= 'Z'; });
        if (letters) countries.emplace_back(code);
    }
    return countries;
}

ImportedAgreement agreement_of(const RegisterTable& table, const RegisterRow& row, sys_days signed_on,
                               const ImportContext& context) {
    ImportedAgreement imported;
    auto& one = imported.agreement;
    one.id = fmt::format("pa-x-{}", row["agtid"]);
    one.zone = context.zone.name();
    one.title.by_language["en"] = std::string(row["agt"]);
    one.from = Moment::unknown();
    one.until = Moment::unknown();
    const auto day = context.zone.day(signed_on);
    one.announced = Moment{day.first, day.end - std::chrono::seconds{1}};
    imported.countries = countries_of(row);
    Duty duty;
    duty.id = "no-attacks";
    duty.acts = {Act::attack};
    duty.against = {TargetKind::adherent};
    duty.clause = "PA-X codes it as a ceasefire, or as providing for one";
    one.duties.push_back(std::move(duty));
    one.sources.push_back({.title = fmt::format("PA-X Peace Agreements Database, agreement {}", row["agtid"]),
                           .publisher = "University of Edinburgh",
                           .url = fmt::format("https://www.peaceagreements.org/view/{}", row["agtid"]),
                           .date = {}});
    for (std::size_t i = 0; i < table.header.size(); ++i) {
        const auto& column = table.header[i];
        if (std::ranges::find(kept, column) == kept.end()) continue;
        if (const auto value = row[column]; !value.empty()) {
            one.raw_codes.emplace_back(table.header_as_written[i], value);
        }
    }
    return imported;
}

}  // namespace

bool recognises(const RegisterTable& table) {
    return table.has("agtid") && table.has("agt") && table.has("dat") && table.has("stage");
}

ImportedAgreements read(const RegisterTable& table, const ImportContext& context) {
    ImportedAgreements result;
    result.format = "pa-x";
    result.rows = table.rows;
    result.rejects = table.rejects;
    std::set<std::string, std::less<>> ids;
    for (const auto& line : table.lines) {
        const auto row = table.row(line);
        const auto id = parse_integer(row["agtid"]);
        if (!id || *id < 1) {
            result.rejects.push_back(table.reject(line, "agtid", "the agreement's number"));
            continue;
        }
        if (!holds_ceasefire(row)) {
            ++result.skipped;
            continue;
        }
        const auto day = parse_day(row["dat"]);
        if (!day) {
            result.rejects.push_back(table.reject(line, "dat", "the day of signature as YYYY-MM-DD"));
        } else if (row["agt"].empty()) {
            result.rejects.push_back(table.reject(line, "agt", "the agreement's name"));
        } else if (!ids.insert(std::string(row["agtid"])).second) {
            result.rejects.push_back(table.reject(line, "agtid", "a number that no earlier row has"));
        } else {
            result.agreements.push_back(agreement_of(table, row, *day, context));
            ++result.used;
        }
    }
    std::ranges::sort(result.rejects, {}, &Reject::row);
    return result;
}

}  // namespace truce::sources::pax
