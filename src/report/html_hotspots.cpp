// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>

#include "report/hotspots.h"
#include "report/html_sections.h"
#include "report/html_text.h"

namespace truce::report {
namespace {

using std::chrono::days;

Argument::Bare days_text(const Page& page, analysis::Days value) {
    return {page.messages.days(value.first, value.end - days{1})};
}

/// The place that most of its incidents name, else the middle's coordinates; with the radius where it has
/// one.
struct Where {
    std::string place;
    std::int64_t km = 0;
};

Where where(const analysis::Hotspot& hotspot, const std::string& place) {
    const Point centre = hotspot.area.centre;
    return {place.empty() ? fmt::format("{:.2f}, {:.2f}", centre.lat, centre.lon) : place,
            std::llround(hotspot.area.radius.in_km())};
}

/// As a value of a message: a name is set off from what is about it.
decltype(Argument::value) where_in_words(const Page& page, const PlacedHotspot& hotspot) {
    const auto [place, km] = where(hotspot.found, hotspot.place);
    if (km == 0) return place;
    const auto length = page.messages.number(static_cast<std::uint64_t>(km));
    return Argument::Bare{
        page.messages.text("hotspots.within", {{"place", place}, {"km", Argument::Bare{length}}})};
}

std::string where_in_table(const Page& page, const PlacedHotspot& hotspot) {
    const auto [place, km] = where(hotspot.found, hotspot.place);
    if (km == 0) return isolated(place);
    const auto length = page.messages.number(static_cast<std::uint64_t>(km));
    return page.say("hotspots.within", {{"place", place}, {"km", Argument::Bare{length}}});
}

void write_answer(Page& page, const HotspotScan& scan) {
    if (scan.found.why_not) {
        const auto why = page.messages.text(fmt::format("hotspots.why.{}", name_of(*scan.found.why_not)));
        page.paragraph(page.say("hotspots.not_scanned", {{"why", Argument::Bare{why}}}));
        return;
    }
    if (scan.hotspots.empty()) {
        page.paragraph(page.say("hotspots.none"));
        return;
    }
    for (const PlacedHotspot& hotspot : scan.hotspots) {
        page.paragraph(
            page.say(fmt::format("hotspots.{}", name_of(hotspot.found.evidence)),
                     {{"where", where_in_words(page, hotspot)},
                      {"days", days_text(page, hotspot.found.days)},
                      {"n", static_cast<std::int64_t>(hotspot.found.incidents)},
                      {"expected", Argument::Bare{page.messages.decimal(hotspot.found.expected, 1)}}}));
    }
}

std::string recurrence(const Page& page, const analysis::Hotspot& hotspot) {
    std::optional<double> shortest = hotspot.single.recurrence_days;
    if (hotspot.clustered && hotspot.clustered->recurrence_days) {
        shortest = std::min(shortest.value_or(*hotspot.clustered->recurrence_days),
                            *hotspot.clustered->recurrence_days);
    }
    if (!shortest) return page.say("none");
    constexpr double days_in_year = 365.25;
    if (*shortest > 1000 * days_in_year) return page.say("hotspots.once_longer");
    if (*shortest > 2 * days_in_year) {
        return page.say("hotspots.once_years", {{"n", std::int64_t{std::llround(*shortest / days_in_year)}}});
    }
    return page.say("hotspots.once_days", {{"n", std::int64_t{std::llround(*shortest)}}});
}

std::string truces_text(const Page& page, const PlacedHotspot& hotspot) {
    if (hotspot.truces.empty()) return page.say("none");
    std::string text;
    for (const HotspotInTruce& truce : hotspot.truces) {
        if (!text.empty()) text += "<br>";
        const auto inside = page.messages.number(truce.inside);
        const auto most = page.messages.number(truce.inside + truce.perhaps);
        text += page.say(
            "hotspots.in_truce",
            {{"agreement", page.agreement_title(truce.agreement)},
             {"n", Argument::Bare{truce.perhaps > 0 ? page.messages.range(inside, most) : inside}},
             {"total", Argument::Bare{page.messages.number(hotspot.found.incidents)}},
             {"force",
              Argument::Bare{page.messages.text(fmt::format("hotspots.force.{}", name_of(truce.force)))}}});
    }
    return text;
}

void write_table(Page& page, const HotspotScan& scan) {
    page.begin_table("hotspots.heading");
    page.raw("<thead><tr>");
    for (const auto& [key, kind] :
         {std::pair("hotspots.number", " class=\"n\""), std::pair("hotspots.place", ""),
          std::pair("hotspots.days", ""), std::pair("incidents", " class=\"n\""),
          std::pair("hotspots.expected", " class=\"n\""), std::pair("hotspots.single", " class=\"n\""),
          std::pair("hotspots.clustered", " class=\"n\""), std::pair("hotspots.once", ""),
          std::pair("hotspots.evidence", ""), std::pair("hotspots.truces", "")}) {
        page.put(R"(<th scope="col"{}>{}</th>)", kind, page.say(key));
    }
    page.raw("</tr></thead><tbody>");
    int number = 0;
    for (const PlacedHotspot& hotspot : scan.hotspots) {
        const analysis::Hotspot& found = hotspot.found;
        page.put(
            R"(<tr><td class="n">{}</td><th scope="row">{}</th><td>{}</td><td class="n">{}</td><td class="n">{}</td>)",
            ++number, where_in_table(page, hotspot), escaped_message(days_text(page, found.days).text),
            page.number(found.incidents), page.decimal(found.expected, 1));
        page.put(R"(<td class="n">{}</td><td class="n">{}</td><td>{}</td><td>{}</td><td>{}</td></tr>)",
                 page.decimal(found.single.p, 3),
                 found.clustered ? page.decimal(found.clustered->p, 3) : page.say("none"),
                 recurrence(page, found),
                 page.say(fmt::format("hotspots.evidence.{}", name_of(found.evidence))),
                 truces_text(page, hotspot));
    }
    page.raw("</tbody>");
    page.end_table();
}

/// What was compared, what was not, and when to be careful.
void write_notes(Page& page, const HotspotScan& scan) {
    const analysis::Hotspots& found = scan.found;
    if (!found.why_not) {
        page.paragraph(page.say("hotspots.scanned", {{"n", static_cast<std::int64_t>(found.scanned)},
                                                     {"sites", static_cast<std::int64_t>(found.sites)}}),
                       "note");
    }
    const std::uint64_t coarse_places = found.left_out.coarse_place + found.left_out.no_place;
    if (coarse_places + found.left_out.coarse_time > 0) {
        page.paragraph(page.say("hotspots.left_out",
                                {{"place", Argument::Bare{page.messages.number(coarse_places)}},
                                 {"km", Argument::Bare{page.messages.decimal(
                                            analysis::HotspotSettings{}.coarsest_place.in_km(), 0)}},
                                 {"time", Argument::Bare{page.messages.number(found.left_out.coarse_time)}}}),
                       "note");
    }
    if (scan.selected > 0 && !found.why_not) {
        page.paragraph(page.say("hotspots.selected", {{"n", static_cast<std::int64_t>(scan.selected)}}),
                       "note");
    }
    for (const auto warning : found.warnings) {
        page.paragraph(page.say(fmt::format("hotspots.warning.{}", name_of(warning))), "note");
    }
}

}  // namespace

void write_hotspots(Page& page, const Shown& shown) {
    page.begin_section("hotspots", "hotspots.heading");
    const auto& scans = page.assessment.hotspots;
    const analysis::HotspotSettings defaults;
    page.paragraph(
        page.say("hotspots.how", {{"days", std::int64_t{defaults.longest.count()}},
                                  {"day", Argument::Bare{page.messages.day(page.assessment.days.last)}}}));
    for (std::size_t i = 0; i < scans.size(); ++i) {
        const analysis::Hotspots& found = scans[i].found;
        page.put("<h3>{}</h3>", page.say(fmt::format("hotspots.{}", name_of(found.model))));
        write_answer(page, scans[i]);
        if (!found.why_not) {
            page.paragraph(
                page.say(fmt::format("hotspots.{}.how", name_of(found.model)),
                         {{"days", days_text(page, found.baseline.empty() ? found.study : found.baseline)}}),
                "note");
        }
        if (shown.hotspots[i]) {
            page.raw(R"(<div class="map-close">)");
            page.raw(svg_map(*shown.hotspots[i], page.dossier, page.messages));
            page.raw("</div>");
            write_table(page, scans[i]);
        }
        write_notes(page, scans[i]);
    }
    page.end_section();
}

}  // namespace truce::report
