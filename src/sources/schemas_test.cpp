// SPDX-License-Identifier: Apache-2.0
// The published schemas and the readers must agree on what a mission's files may hold.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "base/text.h"
#include "base/yaml.h"
#include "checkout.h"
#include "sources/mission_folder.h"

namespace truce::sources {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

std::string text_of_file(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// The value as any YAML 1.2 reader hands it to a schema: plain numbers and booleans typed.
json json_of(const YamlNode& node) {
    switch (node.kind) {
        case YamlNode::Kind::null:
            return nullptr;
        case YamlNode::Kind::scalar:
            if (node.quoted) return node.text;
            if (node.text == "true" || node.text == "false") return node.text == "true";
            if (const auto whole = parse_integer(node.text)) return *whole;
            if (const auto real = parse_real(node.text)) return *real;
            return node.text;
        case YamlNode::Kind::sequence: {
            json list = json::array();
            for (const auto& value : node.values) list.push_back(json_of(value));
            return list;
        }
        case YamlNode::Kind::mapping: {
            json members = json::object();
            for (const auto& member : node.members) members[member.key] = json_of(member.value);
            return members;
        }
    }
    return nullptr;
}

/// Why the schema of that name refuses the text; empty where it takes it.
std::string schema_faults(const std::string& name, std::string_view yaml) {
    static std::map<std::string, valijson::Schema> schemas;
    if (!schemas.contains(name)) {
        const auto path = checkout() / "doc/formats" / (name + ".schema.json");
        const auto document = json::parse(text_of_file(path));
        valijson::SchemaParser parser;
        parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(document), schemas[name]);
    }
    const auto reading = read_yaml(yaml);
    if (!reading.errors.empty()) return reading.errors.front().text();
    const auto value = json_of(*reading.root);
    valijson::Validator validator;
    valijson::ValidationResults results;
    std::string faults;
    if (!validator.validate(schemas[name], valijson::adapters::NlohmannJsonAdapter(value), &results)) {
        valijson::ValidationResults::Error error;
        while (results.popError(error)) faults += error.description + "\n";
    }
    return faults;
}

constexpr std::string_view square =
    R"({"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"aleppo","admin_level":1},
"geometry":{"type":"Polygon","coordinates":[[[37,36],[37.3,36],[37.3,36.3],[37,36]]]}},
{"type":"Feature","properties":{"id":"syria","admin_level":0,"code":"SYR"},
"geometry":{"type":"Polygon","coordinates":[[[36,32],[42,32],[42,37],[36,32]]]}}]})";

constexpr std::string_view agreement_head =
    "trucewatch: 1\nagreement: a\ntitle: A\nzone: Asia/Damascus\nin_force: {from: 2016-05-04}\n";
constexpr std::string_view actors_head =
    "trucewatch: 1\nactors:\n  - {id: gov, kind: state}\n  - {id: opp, kind: coalition}\n";
constexpr std::string_view mission_head = "trucewatch: 1\nmission: m\nzone: UTC\n";

/// A key that stands in the head may be given anew: the head's line gives way.
std::string joined(std::string_view head, std::string_view rest) {
    std::string text;
    const auto key = rest.substr(0, rest.find(':'));
    while (!head.empty()) {
        const auto end = head.find('\n') + 1;
        const auto line = head.substr(0, end);
        if (key.starts_with(' ') || !line.starts_with(std::string(key) + ":")) text += line;
        head.remove_prefix(end);
    }
    return text + std::string(rest) + "\n";
}

/// What the readers say of a mission of which one file has `rest` at its end.
std::string reader_faults(const std::string& name, std::string_view text) {
    MissionFiles files;
    files.texts["mission.yaml"] = mission_head;
    files.texts["actors.yaml"] = actors_head;
    files.texts["areas/aleppo.geojson"] = square;
    files.texts["agreements/a.yaml"] = agreement_head;
    files.texts["agreements/b.yaml"] = joined(agreement_head, "agreement: b");
    files.others = {"accounts/x.csv", "accounts/x.mapping.yaml"};
    files.texts[name == "agreement" ? "agreements/a.yaml" : name + ".yaml"] = text;
    const auto loaded = load_mission(files);
    return loaded ? "" : loaded.error().errors.front().text();
}

/// A piece of a file, and which schema it belongs to.
struct Piece {
    std::string schema;
    std::string text;
    friend void PrintTo(const Piece& piece, std::ostream* out) { *out << piece.text; }

    [[nodiscard]] std::string whole() const {
        if (schema == "actors") return joined(actors_head, text);
        return joined(schema == "mission" ? mission_head : agreement_head, text);
    }
};

class GoodPiece : public testing::TestWithParam<Piece> {};
class BadPiece : public testing::TestWithParam<Piece> {};

TEST_P(GoodPiece, IsTakenBySchemaAndReader) {
    EXPECT_EQ(schema_faults(GetParam().schema, GetParam().whole()), "");
    EXPECT_EQ(reader_faults(GetParam().schema, GetParam().whole()), "");
}

TEST_P(BadPiece, IsRefusedBySchemaAndReader) {
    EXPECT_NE(schema_faults(GetParam().schema, GetParam().whole()), "");
    EXPECT_NE(reader_faults(GetParam().schema, GetParam().whole()), "");
}

std::vector<Piece> pieces(const std::string& schema, std::initializer_list<std::string> texts) {
    std::vector<Piece> all;
    for (const auto& text : texts) all.push_back({schema, text});
    return all;
}

INSTANTIATE_TEST_SUITE_P(
    Agreement, GoodPiece,
    testing::ValuesIn(pieces(
        "agreement",
        {"title: {en: A, ar: حلب, zh-Hans: 阿勒颇}",
         "class: preliminary",
         "class: unknown",
         "class: null",
         "purpose: [humanitarian, other]",
         "written: true",
         "written: unknown",
         "words_used: regime of calm",
         "relation: [{reaffirms: b}, {extends_time: b, at: 2016-05}]",
         "announced: 2016-05-04",
         "announced: 2016",
         "accept_by: 2016-02-26T12:00+02:00",
         "in_force: {from: 2016-05-04T00:01, for: PT48H, renewal: by_agreement}",
         "in_force: {from: unknown, to: unknown}",
         "in_force: {from: 2016-05-04, to: open}",
         "in_force: {from: {earliest: 2016-05-01, latest: 2016-05-09}, stated: [{by: gov, from: "
         "2016-05-05}]}",
         "suspensions: [{from: 2016-06-01, to: 2016-06-02, by: gov, reason: rain}]",
         "area: aleppo",
         "area: unknown",
         "area: {country: SYR}",
         "area: {admin1: aleppo}",
         "area: [aleppo, {country: SYR}]",
         "area: {any_of: [aleppo, syria]}",
         "area: {circle: {lat: 36.2, lon: 37, radius_m: 500}}",
         "area: {name: aleppo, file: areas/aleppo.geojson}",
         "area: {name: x, versions: {gov: aleppo, opp: unknown}}",
         "except_areas: [aleppo]",
         "guarantors: [{actor: gov, for: opp}]",
         "adherents: [{actor: gov, capacity: signatory, accepted: 2016-05-04, via: opp, reciprocated: true}]",
         "adherents: [{actor: gov, suspended: {from: 2016-05-05, to: 2016-05-06}, includes: [allied_with]}]",
         "excluded: [{actor: opp, basis: named, scope: actor, from: 2016-05-04}]",
         "excluded: [{list: un, actors: [opp], basis: un_designated}]",
         "duties: [{id: a, forbids: [attack.air_strike], against: [civilian, medical]}]",
         "duties: [{id: 1, requires: [access.allow], for: [humanitarian], weapons: [mortar], bound: [gov]}]",
         "pre_effective_duties: [{id: p, forbids: [territory.acquire]}]",
         "exceptions: [{id: e, allows: self_defence, acts: [attack], test: proportionate}]",
         "notification: {by: P3D, during: grace_recorded, written: true, level: unit}",
         "mechanism: {monitors: [gov], decides: majority, mandate: [verify], clocks: {response: PT24H, "
         "inquiry: null}}",
         "compliance: {thresholds: {attack: 0.8}, ladder: [refer], sanctions: [exclude]}",
         "sources: [{title: T, url: \"http://x\", date: 2016-05, supports: hours}]",
         "notes: [one, {en: two}]",
         "raw_codes: {timing: 3, region: \"2\"}"})));

INSTANTIATE_TEST_SUITE_P(
    Agreement, BadPiece,
    testing::ValuesIn(pieces("agreement",
                             {"trucewatch: 2",
                              "agreement: a b",
                              "agreement: [a]",
                              "titel: A",
                              "title: [A]",
                              "title: {e: A}",
                              "class: peace",
                              "purpose: humanitarian",
                              "purpose: [peace]",
                              "written: perhaps",
                              "relation: {reaffirms: b}",
                              "relation: [{reafirms: b}]",
                              "relation: [{reaffirms: b, follows: b}]",
                              "relation: [{at: 2016}]",
                              "announced: soon",
                              "announced: 2016-13",
                              "announced: 4 May 2016",
                              "announced: {from: 2016}",
                              "in_force: 2016-05-04",
                              "in_force: {form: 2016-05-04}",
                              "in_force: {from: 2016-05-04, to: 2016-05-06, for: P2D}",
                              "in_force: {from: 2016-05-04, for: 48h}",
                              "in_force: {from: 2016-05-04, for: P1M}",
                              "in_force: {from: open}",
                              "in_force: {renewal: sometimes}",
                              "suspensions: [2016-05-04]",
                              "area: {contry: SYR}",
                              "area: {country: Syria}",
                              "area: {admin1: aleppo, name: x}",
                              "area: []",
                              "area: {circle: {lat: 99, lon: 37, radius_m: 500}}",
                              "area: {circle: {lat: 36, lon: 37}}",
                              "area: {name: aleppo, file: areas/aleppo.geojson, versions: {gov: aleppo}}",
                              "guarantors: [gov]",
                              "guarantors: [{for: opp}]",
                              "adherents: [{actor: gov, capacity: signer}]",
                              "adherents: [{accepted: 2016}]",
                              "adherents: [{actor: gov, includes: [everyone]}]",
                              "excluded: [{basis: named}]",
                              "excluded: [{actor: opp, basis: feeling}]",
                              "duties: [{forbids: [attack]}]",
                              "duties: [{id: a}]",
                              "duties: [{id: a, forbids: [dancing]}]",
                              "duties: [{id: a, forbids: attack}]",
                              "duties: [{id: a, forbids: [attack], against: [cats]}]",
                              "exceptions: [{id: e}]",
                              "exceptions: [{id: e, allows: revenge}]",
                              "notification: {by: 3 days}",
                              "notification: {during: always}",
                              "mechanism: {decides: nobody}",
                              "mechanism: {clocks: {response: 24}}",
                              "mechanism: {mandate: [shoot]}",
                              "compliance: {thresholds: {attack: 80}}",
                              "sources: [{url: \"http://x\"}]",
                              "sources: {title: T}",
                              "raw_codes: [1]"})));

INSTANTIATE_TEST_SUITE_P(
    Mission, GoodPiece,
    testing::ValuesIn(pieces("mission",
                             {"title: {en: M, ar: م}", "languages: [en, ar]",
                              "monitors: [{id: usa, name: USA, key: abc}]", "focus: aleppo",
                              "period: {from: 2016-02-15, to: 2016-05-21}", "truce: a",
                              "baseline: {days: 75, set_apart: 14}", "seed: 7", "accounts: [accounts/x.csv]",
                              "accounts: [{file: accounts/x.csv, mapping: accounts/x.mapping.yaml, source: "
                              "{id: x, republish: rows}}]",
                              "accounts: [{file: accounts/x.csv, source: {title: X, licence: CC0, credit: "
                              "me, republish: true}}]"})));

INSTANTIATE_TEST_SUITE_P(
    Mission, BadPiece,
    testing::ValuesIn(pieces("mission", {"trucewatch: one", "mission: a/b", "colour: red", "languages: en",
                                         "monitors: [usa]", "monitors: [{name: USA}]",
                                         "period: {from: 2016-02-15}", "period: {from: 2016-02, to: 2016-05}",
                                         "baseline: {days: 0}", "baseline: {day: 3}", "seed: -1", "seed: x",
                                         "accounts: accounts/x.csv", "accounts: [{mapping: x}]",
                                         "accounts: [{file: accounts/x.csv, source: {republish: maybe}}]"})));

INSTANTIATE_TEST_SUITE_P(
    Actors, GoodPiece,
    testing::ValuesIn(pieces(
        "actors", {"  - {id: x, kind: umbrella, name: {en: X, ar: س}, spellings: [Ex, 13th], note: hm}",
                   "  - {id: x, codes: {ucdp: [118], acled: [\"Military Forces (2000-)\"], gdelt: [SYRGOV]}}",
                   "  - {id: x, kind: unknown, relations: [{part_of: gov, from: 2016, to: 2017-01-01}, "
                   "{speaks_for: opp}]}"})));

INSTANTIATE_TEST_SUITE_P(Actors, BadPiece,
                         testing::ValuesIn(pieces("actors",
                                                  {"  - {kind: state}", "  - {id: x, kind: army}",
                                                   "  - {id: x, spelling: [a]}", "  - {id: x, spellings: a}",
                                                   "  - {id: x, codes: {ucpd: [1]}}", "  - x",
                                                   "  - {id: x, relations: [{likes: gov}]}",
                                                   "  - {id: x, relations: [{part_of: gov, commands: opp}]}",
                                                   "  - {id: x, relations: [{part_of: gov, from: once}]}"})));

class ExampleFile : public testing::TestWithParam<std::string> {};

TEST_P(ExampleFile, IsTakenByItsSchema) {
    const auto path = checkout() / "examples/aleppo-2016" / GetParam();
    const auto schema =
        GetParam().starts_with("agreements/") ? "agreement" : GetParam().substr(0, GetParam().find('.'));
    EXPECT_EQ(schema_faults(schema, text_of_file(path)), "");
}

std::vector<std::string> example_files() {
    std::vector<std::string> files{"actors.yaml", "mission.yaml"};
    const auto folder = checkout() / "examples/aleppo-2016/agreements";
    for (const auto& entry : fs::directory_iterator(folder)) {
        files.push_back("agreements/" + entry.path().filename().string());
    }
    std::sort(files.begin(), files.end());
    return files;
}

INSTANTIATE_TEST_SUITE_P(Aleppo, ExampleFile, testing::ValuesIn(example_files()));

}  // namespace
}  // namespace truce::sources
