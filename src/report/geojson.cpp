// SPDX-License-Identifier: Apache-2.0
#include "report/geojson.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <string>

#include "base/json_text.h"

namespace truce::report {
namespace {

class Properties {
public:
    explicit Properties(std::string& out) : out_(out) { out_ += "\"properties\":{"; }
    void text(std::string_view name, std::string_view value) {
        begin(name);
        append_json_string(out_, value);
    }
    void instant(std::string_view name, sys_seconds value) {
        begin(name);
        out_ += '"';
        append_utc_text(out_, value);
        out_ += '"';
    }
    void number(std::string_view name, std::uint64_t value) {
        begin(name);
        append_whole(value);
    }
    void real(std::string_view name, double value) {
        begin(name);
        append_json_number(out_, value);
    }
    void range(std::string_view name, const std::optional<CountRange>& range) {
        // A missing figure is null, never left out: GIS programs guess the columns from the first features.
        const auto part = [&](std::string_view suffix, std::optional<std::uint32_t> value) {
            begin(name, suffix);
            if (value) {
                append_whole(*value);
            } else {
                out_ += "null";
            }
        };
        part("_low", range ? std::optional(range->low) : std::nullopt);
        part("_best", range ? std::optional(range->best) : std::nullopt);
        part("_high", range ? std::optional(range->high) : std::nullopt);
    }
    void end() { out_ += '}'; }

private:
    /// Our names need no escapes.
    void begin(std::string_view name, std::string_view suffix = {}) {
        out_ += first_ ? "\"" : ",\"";
        first_ = false;
        out_ += name;
        out_ += suffix;
        out_ += "\":";
    }
    void append_whole(std::uint64_t value) {
        std::array<char, 20> digits;
        const auto end = std::to_chars(digits.begin(), digits.end(), value).ptr;
        out_.append(digits.data(), static_cast<std::size_t>(end - digits.begin()));
    }
    std::string& out_;
    bool first_ = true;
};

std::string ids_of(const Dossier& dossier, const Side& side) {
    std::string text;
    for (const auto& candidate : side.candidates) {
        if (!text.empty()) text += ';';
        text += candidate.actor ? std::string_view(dossier.actors[*candidate.actor].id) : "?";
    }
    return text;
}

}  // namespace

void append_incident_feature(std::string& out, const Dossier& dossier, const Assessment& assessment, IncidentId id) {
    const auto& incident = assessment.incidents[id.value];
    const auto& what = incident.what;
    const auto& judged = assessment.judged[id.value];
    const auto name = name_of(dossier, incident);
    out += "{\"type\":\"Feature\",\"id\":";
    append_json_string(out, name);
    out += ",\"geometry\":";
    if (what.place.centre) {
        out += "{\"type\":\"Point\",\"coordinates\":[";
        append_json_number(out, what.place.centre->lon);
        out += ',';
        append_json_number(out, what.place.centre->lat);
        out += "]},";
    } else {
        out += "null,";
    }
    Properties properties(out);
    properties.text("incident", name);
    properties.text("verdict", truce::name_of(judged.verdict));
    properties.instant("start", what.when.window.first);
    properties.instant("end", what.when.window.end);
    properties.text("time_precision", truce::name_of(what.when.precision));
    properties.real("radius_km", what.place.radius.in_km());
    properties.text("place_precision", truce::name_of(what.place.precision));
    properties.text("place", what.place.name);
    properties.text("admin1", what.place.admin1);
    properties.text("act", truce::name_of(what.act));
    properties.text("attacker", ids_of(dossier, what.parties.attacker));
    properties.text("attacker_name", what.parties.attacker.name);
    properties.text("target", ids_of(dossier, what.parties.target));
    properties.text("target_name", what.parties.target.name);
    properties.range("killed", what.toll.killed);
    properties.range("civilians_killed", what.toll.civilians_killed);
    properties.text("summary", dossier.accounts[incident.accounts.front().value].summary);
    properties.end();
    out += '}';
}

void write_incidents_geojson(const Sink& sink, const Dossier& dossier, const Assessment& assessment,
                             Readers readers) {
    std::string out;
    out.reserve(piece_size + piece_size / 8);
    out = "{\"type\":\"FeatureCollection\",\"features\":[";
    bool first = true;
    for (std::uint32_t i = 0; i < assessment.incidents.size(); ++i) {
        const auto& incident = assessment.incidents[i];
        if (!may_show(dossier, incident, readers)) continue;
        out += first ? "\n" : ",\n";
        first = false;
        append_incident_feature(out, dossier, assessment, {i});
        if (out.size() < piece_size) continue;
        sink(out);
        out.clear();
    }
    out += "\n]}\n";
    sink(out);
}

}  // namespace truce::report
