// SPDX-License-Identifier: Apache-2.0
#include "report/html.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <algorithm>
#include <cassert>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/sha256.h"
#include "report/html_durability.h"
#include "report/html_findings.h"
#include "report/html_listing.h"
#include "report/html_opinions.h"
#include "report/html_page.h"
#include "report/html_sections.h"
#include "report/html_text.h"

namespace truce::report {
namespace {

// How languages call themselves, for the switch.
std::string_view own_name(std::string_view language) {
    if (language == "ar") return "العربية";
    if (language == "ru") return "Русский";
    if (language == "fr") return "Français";
    return "English";
}

std::string_view direction(const Messages& messages) {
    return messages.right_to_left() ? "rtl" : "ltr";
}

std::string base64(const Sha256& hash) {
    std::string out(45, '\0');
    EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), hash.bytes.data(),
                    static_cast<int>(hash.bytes.size()));
    out.pop_back();
    return out;
}

/// Nothing may be fetched from anywhere; the one script that may run is ours, named by its hash. MapLibre
/// draws in a worker made of its own code (`blob:`), and charts set styles of their own.
std::string content_security_policy(std::string_view script) {
    const auto scripts =
        script.empty() ? std::string("'none'") : fmt::format("'sha256-{}'", base64(sha256(script)));
    return fmt::format(
        "default-src 'none'; script-src {}; style-src 'unsafe-inline'; img-src data: blob:; worker-src "
        "blob:; "
        "child-src blob:; base-uri 'none'; form-action 'none'",
        scripts);
}

/// Shows the part whose language is chosen, without a script.
std::string language_rules(std::span<const Messages> languages) {
    std::string out = ".part{display:none}";
    for (const auto& messages : languages) {
        fmt::format_to(std::back_inserter(out), "#lang-{0}:checked~#{0}{{display:block}}",
                       messages.language());
        fmt::format_to(
            std::back_inserter(out),
            "#lang-{0}:checked~.languages label[for=lang-{0}]{{background:var(--ink);color:var(--paper)}}",
            messages.language());
        fmt::format_to(std::back_inserter(out),
                       "#lang-{0}:focus-visible~.languages label[for=lang-{0}]{{outline:3px solid "
                       "var(--focus);outline-offset:2px}}",
                       messages.language());
    }
    return out;
}

/// A style sheet cannot close its element early, whatever it holds.
std::string style_text(std::string_view style) {
    std::string out;
    for (std::size_t i = 0; i < style.size(); ++i) {
        out += style[i];
        if (style[i] == '<' && i + 1 < style.size() && style[i + 1] == '/') out += '\\';
    }
    return out;
}

std::string title_of(const Dossier& dossier, const Messages& messages) {
    return messages.text(
        "page.title",
        {{"mission", std::string(dossier.mission.title.in(messages.language(), dossier.mission.id))}});
}

std::string document_head(const Dossier& dossier, const HtmlSettings& settings) {
    const auto& first = settings.languages.front();
    return fmt::format(R"(<!doctype html>
<html lang="{}" dir="{}"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light">
<title>{}</title>
<style>{}
{}</style></head>
<body>
)",
                       first.language(), direction(first), escaped(content_security_policy(settings.script)),
                       escaped_message(title_of(dossier, first)), style_text(settings.style),
                       language_rules(settings.languages));
}

std::string language_switch(std::span<const Messages> languages) {
    std::string out;
    for (const auto& messages : languages) {
        fmt::format_to(
            std::back_inserter(out),
            R"(<input class="language" type="radio" name="language" id="lang-{0}" value="{0}"{1} aria-label="{2}" lang="{0}">)",
            messages.language(), &messages == languages.data() ? " checked" : "",
            own_name(messages.language()));
    }
    out += R"(<div class="languages">)";
    for (const auto& messages : languages) {
        fmt::format_to(std::back_inserter(out), R"(<label for="lang-{0}" lang="{0}">{1}</label>)",
                       messages.language(), own_name(messages.language()));
    }
    return out + "</div>\n";
}

void write_title(Page& page, const HtmlSettings& settings) {
    const auto& mission = page.dossier.mission;
    page.put(R"(<header class="title"><p class="kind">{}</p><h1>{}</h1><p>{}</p>)", page.say("page.kind"),
             escaped(mission.title.in(page.messages.language(), mission.id)),
             page.say("page.days", {{"days", Argument::Bare{page.messages.days(
                                                 page.assessment.days.first, page.assessment.days.last)}}}));
    if (!settings.cut_off.empty())
        page.paragraph(page.say("page.cut_off", {{"at", settings.cut_off}}), "note");
    page.put(R"(</header><nav class="contents" aria-label="{}"><ol>)", page.say("page.contents"));
    for (const auto& [anchor, heading] : section_names()) {
        if (std::string_view(anchor) == "opinions" && !page.dossier.record) continue;
        page.put(R"(<li><a href="#{}">{}</a></li>)", page.id(anchor), page.say(heading));
    }
    page.raw("</ol></nav>\n");
}

/// What stands before and after the incidents, in one language.
struct Part {
    std::string before;
    std::string incidents;
    std::string after;
    [[nodiscard]] std::size_t size() const { return before.size() + incidents.size() + after.size(); }
};

Part begin_part(Page& page, const HtmlSettings& settings, const Shown& shown) {
    page.put(R"(<main class="part" id="{0}" lang="{0}" dir="{1}">)", page.messages.language(),
             direction(page.messages));
    write_title(page, settings);
    write_holding(page);
    write_changed(page, settings, shown);
    write_map(page, shown);
    write_course(page);
    write_terms(page);
    page.begin_section("findings", "findings.heading");
    write_tallies(page, shown);
    page.put(R"(<h3 id="{}">{}</h3><div class="filter-place" data-lang="{}"></div>)", page.id("list"),
             page.say("findings.list"), page.messages.language());
    return {.before = page.take(), .incidents = {}, .after = {}};
}

void end_part(Page& page, Part& part, const HtmlSettings& settings, const Shown& shown) {
    if (shown.in_full < shown.listing.incidents.size()) {
        page.paragraph(
            page.say("findings.capped",
                     {{"n", static_cast<std::int64_t>(shown.in_full)},
                      {"total", Argument::Bare{page.messages.number(shown.listing.incidents.size())}}}),
            "note");
    }
    page.end_section();
    write_opinions(page, shown.listing);
    write_deaths(page);
    write_trends(page);
    write_hotspots(page, shown);
    write_durability(page);
    write_undecided(page, shown);
    write_accounting(page);
    write_method(page, settings);
    write_limits(page);
    page.raw("</main>\n");
    part.after = page.take();
}

nlohmann::ordered_json choices(const Page& page, std::span<const Tally> tallies) {
    auto out = nlohmann::ordered_json::array();
    for (const auto& tally : tallies) {
        const auto act = fmt::format("act.{}", tally.id);
        const auto name = page.messages.has(act)
                              ? page.messages.text(act)
                              : std::string(tally.name.in(page.messages.language(), tally.id));
        out.push_back({{"id", tamed(tally.id)}, {"name", tamed(name)}});
    }
    return out;
}

/// What the scripts need beside the document: their words, the choices of the filter, the course.
std::string script_data(const Dossier& dossier, const Assessment& assessment, const HtmlSettings& settings,
                        const MapPicture& picture) {
    nlohmann::ordered_json data;
    for (const auto& messages : settings.languages) {
        const Page page(dossier, assessment, messages);
        nlohmann::ordered_json words;
        for (const auto& key : messages.keys()) {
            if (key.starts_with("script.") || (key.starts_with("verdict.") && !key.ends_with(".means")))
                words[key] = messages.text(key);
        }
        words["title"] = title_of(dossier, messages);
        data["words"][messages.language()] = words;
        data["parties"][messages.language()] = choices(page, assessment.by_party);
        data["areas"][messages.language()] = choices(page, assessment.by_area);
        data["acts"][messages.language()] = choices(page, assessment.by_act);
    }
    data["truce"] = day_text(assessment.truce_day);
    data["set_apart"] = dossier.mission.set_apart_days;
    data["marks"] = nlohmann::ordered_json::array();
    for (const auto& mark : course_marks(dossier)) data["marks"].push_back({day_text(mark.day), mark.number});
    data["course"] = nlohmann::ordered_json::array();
    for (const auto& day : assessment.course) {
        const auto figure = [](double value) { return std::round(value * 1000) / 1000; };
        data["course"].push_back({day_text(day.day), figure(day.incidents), figure(day.breaches),
                                  figure(day.deaths), figure(day.civilian_deaths)});
    }
    // The map is JSON already, and most of it all: it is put in as it is.
    auto text = data.dump();
    text.pop_back();
    text += ",\"map\":";
    text += map_json(picture, dossier, assessment, settings.languages);
    text += '}';
    return json_for_script(text);
}

}  // namespace

std::string html(const Dossier& dossier, const Assessment& assessment, const HtmlSettings& settings) {
    assert(!settings.languages.empty());
    const auto listing = listing_of(dossier, assessment, settings.readers);
    const auto on_map = std::min(settings.most_on_map, listing.incidents.size());
    const auto picture =
        map_picture(dossier, assessment, std::span(listing.incidents).first(on_map), settings.countries);
    const auto close = close_up(picture, dossier, settings.countries);
    std::vector<std::optional<MapPicture>> hotspots;
    std::string hotspot_shapes;
    for (const auto& scan : assessment.hotspots) {
        hotspots.push_back(hotspot_picture(dossier, assessment, scan,
                                           fmt::format("map-hotspots-{}", hotspots.size()),
                                           settings.countries));
        if (hotspots.back()) hotspot_shapes += svg_map_shapes(*hotspots.back());
    }
    Shown shown{.listing = listing,
                .picture = picture,
                .close = close,
                .hotspots = hotspots,
                .on_map = on_map,
                .in_full = 0};

    const auto start =
        document_head(dossier, settings) + language_switch(settings.languages) +
        fmt::format(
            R"(<svg class="shapes" width="0" height="0" aria-hidden="true" focusable="false"><defs>{}</defs></svg>)",
            svg_map_shapes(picture) + (close ? svg_map_shapes(*close) : std::string()) + hotspot_shapes);
    const auto data =
        settings.script.empty() ? std::string() : script_data(dossier, assessment, settings, picture);

    std::vector<Page> pages;
    std::vector<Part> parts;
    std::size_t size = start.size() + data.size() + settings.script.size();
    for (const auto& messages : settings.languages) {
        pages.emplace_back(dossier, assessment, messages);
        parts.push_back(begin_part(pages.back(), settings, shown));
        end_part(pages.back(), parts.back(), settings, shown);
        size += parts.back().size();
    }
    // Incidents are written in every language at once, until the file is as long as it may be.
    for (const auto id : listing.incidents) {
        std::vector<std::string> written;
        std::size_t more = 0;
        for (const auto& messages : settings.languages) {
            written.push_back(incident_html(dossier, assessment, messages, id));
            more += written.back().size();
        }
        if (size + more > settings.most_bytes) break;
        size += more;
        ++shown.in_full;
        for (std::size_t i = 0; i < parts.size(); ++i) parts[i].incidents += written[i];
    }

    std::string out = start;
    out.reserve(size + 4096);
    for (std::size_t i = 0; i < parts.size(); ++i) {
        end_part(pages[i], parts[i], settings, shown);
        out += parts[i].before + parts[i].incidents + parts[i].after;
    }
    if (!settings.script.empty()) {
        fmt::format_to(std::back_inserter(out), R"(<script type="application/json" id="data">{}</script>)",
                       data);
        out += "<script>";
        out += settings.script;
        out += "</script>";
    }
    out += "</body></html>\n";
    return out;
}

}  // namespace truce::report
