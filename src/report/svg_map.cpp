// SPDX-License-Identifier: Apache-2.0
#include "report/svg_map.h"

#include <fmt/format.h>
#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <numbers>
#include <optional>
#include <set>
#include <tuple>

#include "report/hotspots.h"
#include "report/html_text.h"

namespace truce::report {
namespace {

constexpr double map_width = 720;
constexpr double least_height = 320;
constexpr double most_height = 640;
// Discs wider than this would cover the map: they are drawn as a line alone.
constexpr double widest_filled_km = 60;
constexpr double km_per_degree = 111.195;

struct XY {
    double x;
    double y;
};

/// Equirectangular, true to scale at the middle of the view: good enough for a province or a country.
class Projection {
public:
    explicit Projection(Box view) : view_(view) {
        const double middle = (view.south + view.north) / 2;
        const double squeeze = std::max(0.05, std::cos(middle * std::numbers::pi / 180));
        scale_ = map_width / ((view.east - view.west) * squeeze);
        x_per_degree_ = scale_ * squeeze;
    }
    [[nodiscard]] double height() const { return (view_.north - view_.south) * scale_; }
    [[nodiscard]] XY operator()(Point p) const {
        return {(p.lon - view_.west) * x_per_degree_, (view_.north - p.lat) * scale_};
    }
    [[nodiscard]] double length(Distance d) const { return d.in_km() / km_per_degree * scale_; }

private:
    Box view_;
    double scale_;
    double x_per_degree_;
};

Box around(Point p) {
    return {p.lat, p.lon, p.lat, p.lon};
}

void stretch(std::optional<Box>& box, Box other) {
    if (!box) {
        box = other;
        return;
    }
    box = Box{std::min(box->south, other.south), std::min(box->west, other.west),
              std::max(box->north, other.north), std::max(box->east, other.east)};
}

Box padded(Box box, double share, double least_degrees) {
    const double lat = std::max((box.north - box.south) * share, least_degrees);
    const double lon = std::max((box.east - box.west) * share, least_degrees);
    return {std::max(-85.0, box.south - lat), std::max(-180.0, box.west - lon),
            std::min(85.0, box.north + lat), std::min(180.0, box.east + lon)};
}

/// Widened in the shorter direction, so that the map is neither a ribbon nor a tower.
Box of_good_proportions(Box box) {
    const double squeeze = std::max(0.05, std::cos((box.south + box.north) / 2 * std::numbers::pi / 180));
    const double width = (box.east - box.west) * squeeze;
    const double height = box.north - box.south;
    const double least = width * least_height / map_width;
    const double most = width * most_height / map_width;
    if (height < least) {
        const double add = (least - height) / 2;
        return {box.south - add, box.west, box.north + add, box.east};
    }
    if (height > most) {
        const double add = (height * map_width / most_height - width) / squeeze / 2;
        return {box.south, box.west - add, box.north, box.east + add};
    }
    return box;
}

bool meet(Box a, Box b) {
    return a.south <= b.north && b.south <= a.north && a.west <= b.east && b.west <= a.east;
}

/// One side of Sutherland and Hodgman's clipping of a ring (1974, CACM 17(1): 32-42).
template <class Inside, class Cut>
std::vector<Point> clipped_at(const std::vector<Point>& ring, Inside inside, Cut cut) {
    std::vector<Point> out;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const Point here = ring[i];
        const Point before = ring[i == 0 ? ring.size() - 1 : i - 1];
        if (inside(here) != inside(before)) out.push_back(cut(before, here));
        if (inside(here)) out.push_back(here);
    }
    return out;
}

std::vector<Point> clipped_to(std::vector<Point> ring, Box box) {
    const auto at_lat = [](double lat) {
        return [lat](Point a, Point b) {
            return Point{lat, a.lon + (b.lon - a.lon) * (lat - a.lat) / (b.lat - a.lat)};
        };
    };
    const auto at_lon = [](double lon) {
        return [lon](Point a, Point b) {
            return Point{a.lat + (b.lat - a.lat) * (lon - a.lon) / (b.lon - a.lon), lon};
        };
    };
    ring = clipped_at(
        ring, [box](Point p) { return p.lat >= box.south; }, at_lat(box.south));
    ring = clipped_at(
        ring, [box](Point p) { return p.lat <= box.north; }, at_lat(box.north));
    ring = clipped_at(
        ring, [box](Point p) { return p.lon >= box.west; }, at_lon(box.west));
    return clipped_at(
        ring, [box](Point p) { return p.lon <= box.east; }, at_lon(box.east));
}

/// Without vertices that lie nearer than `step` degrees to the one before.
std::vector<Point> thinned(const std::vector<Point>& ring, double step) {
    std::vector<Point> out;
    for (const Point p : ring) {
        if (out.empty() || std::abs(p.lat - out.back().lat) > step ||
            std::abs(p.lon - out.back().lon) > step) {
            out.push_back(p);
        }
    }
    return out;
}

std::vector<Point> circle(const Disc& disc) {
    constexpr int corners = 64;
    std::vector<Point> ring;
    for (int i = 0; i < corners; ++i)
        ring.push_back(destination(disc.centre, {360.0 * i / corners}, disc.radius));
    return ring;
}

/// The rings of `shape` that reach into `box`, clipped and thinned.
std::vector<std::vector<Point>> rings_within(const Shape& shape, Box box) {
    const double step = (box.east - box.west) / 2000;
    std::vector<std::vector<Point>> rings;
    const auto add = [&rings, box, step](const std::vector<Point>& ring) {
        auto kept = thinned(clipped_to(ring, box), step);
        if (kept.size() >= 3) rings.push_back(std::move(kept));
    };
    for (std::size_t p = 0; p < shape.polygon_count(); ++p) {
        if (!meet(shape.polygon_bounds(p), box)) continue;
        for (std::size_t r = 0; r < shape.ring_count(p); ++r) {
            const auto view = shape.ring(p, r);
            std::vector<Point> ring;
            for (std::size_t i = 0; i + 1 < view.size(); ++i) ring.push_back(view[i]);
            add(ring);
        }
    }
    for (const auto& disc : shape.discs()) add(circle(disc));
    return rings;
}

std::set<AreaId> areas_to_draw(const Dossier& dossier, const Assessment& assessment) {
    std::set<AreaId> areas;
    if (!dossier.mission.focus.empty()) {
        const auto versions = dossier.areas.versions_of(dossier.mission.focus);
        areas.insert(versions.begin(), versions.end());
    }
    const auto add = [&areas](const std::optional<AreaClause>& clause) {
        if (!clause) return;
        for (const auto& version : clause->versions) areas.insert(version.area);
    };
    for (const auto& commitment : assessment.commitments) add(commitment.area);
    std::erase_if(areas, [&dossier](AreaId id) { return dossier.areas[id].admin_level == 0; });
    return areas;
}

std::optional<Point> middle_of(const Shape& shape) {
    const auto box = shape.bounds();
    if (!box) return std::nullopt;
    return Point{(box->south + box->north) / 2, (box->west + box->east) / 2};
}

/// Graver marks last.
std::vector<MapMark> marks_of(const Dossier& dossier, const Assessment& assessment,
                              std::span<const IncidentId> incidents, std::size_t& without_place) {
    std::map<std::tuple<int, double, double, double, bool>, MapMark> marks;
    for (const auto id : incidents) {
        const auto& place = assessment.incidents[id.value].what.place;
        const auto verdict = assessment.judged[id.value].verdict;
        const bool within_area = !place.centre && place.within;
        const auto at = within_area ? middle_of(dossier.areas[*place.within].shape) : place.centre;
        if (!at || !is_valid(*at)) {
            ++without_place;
            continue;
        }
        const auto key =
            std::tuple(-static_cast<int>(verdict), -place.radius.in_km(), at->lat, at->lon, within_area);
        auto& mark = marks[key];
        mark.at = *at;
        mark.radius = place.radius;
        mark.within_area = within_area;
        mark.verdict = verdict;
        mark.incidents.push_back(id);
    }
    std::vector<MapMark> out;
    for (auto& [key, mark] : marks) out.push_back(std::move(mark));
    return out;
}

std::string path_of(const std::vector<std::vector<Point>>& rings, const Projection& project) {
    std::string path;
    for (const auto& ring : rings) {
        char command = 'M';
        for (const Point p : ring) {
            const auto [x, y] = project(p);
            fmt::format_to(std::back_inserter(path), "{}{:.1f} {:.1f}", command, x, y);
            command = 'L';
        }
        path += 'Z';
    }
    return path;
}

void append_mark(std::string& out, const MapMark& mark, const Projection& project) {
    const auto [x, y] = project(mark.at);
    const double radius = project.length(mark.radius);
    const auto verdict = name_of(mark.verdict);
    const double dot = std::min(9.0, 2.2 + 0.9 * std::sqrt(static_cast<double>(mark.incidents.size())));
    if (!mark.within_area && radius > dot) {
        fmt::format_to(std::back_inserter(out),
                       R"(<circle class="disc{} v-{}" cx="{:.1f}" cy="{:.1f}" r="{:.1f}"/>)",
                       mark.radius.in_km() > widest_filled_km ? " wide" : "", verdict, x, y, radius);
    }
    if (mark.within_area) {
        fmt::format_to(std::back_inserter(out),
                       R"(<rect class="dot v-{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>)",
                       verdict, x - dot, y - dot, 2 * dot, 2 * dot);
        return;
    }
    fmt::format_to(std::back_inserter(out),
                   R"(<circle class="dot v-{}" cx="{:.1f}" cy="{:.1f}" r="{:.1f}"/>)", verdict, x, y, dot);
}

/// A round length of about a fifth of the map, for its scale.
double scale_km(const Projection& project) {
    const double per_km = project.length(Distance::km(1));
    double best = 1;
    for (const double km : {1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0}) {
        if (km * per_km <= map_width / 5) best = km;
    }
    return best;
}

/// A name on the map: its middle and half its width.
struct Named {
    XY at;
    double half;
};

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

double rounded(double degrees) {
    return std::round(degrees * 1e4) / 1e4;
}

nlohmann::ordered_json coordinates(const std::vector<std::vector<Point>>& rings) {
    auto out = nlohmann::ordered_json::array();
    for (const auto& ring : rings) {
        auto line = nlohmann::ordered_json::array();
        for (const Point p : ring) line.push_back({rounded(p.lon), rounded(p.lat)});
        line.push_back(line.front());
        out.push_back(std::move(line));
    }
    return out;
}

/// Countries and areas, as far as the picture's view and somewhat beyond.
void draw_ground(MapPicture& picture, const Dossier& dossier, const std::set<AreaId>& drawn,
                 std::span<const CountryShape> countries) {
    const Box beyond = padded(picture.view, 0.5, 0.05);
    for (const auto& country : countries) {
        for (auto& ring : rings_within(country.shape, beyond)) picture.land.push_back(std::move(ring));
    }
    for (const auto id : drawn) {
        const auto& area = dossier.areas[id];
        const auto bounds = area.shape.bounds();
        if (!bounds || !meet(*bounds, beyond)) continue;
        picture.areas.push_back({.area = id,
                                 .focus = area.id == dossier.mission.focus,
                                 .rings = rings_within(area.shape, beyond),
                                 .label = {bounds->north, (bounds->west + bounds->east) / 2}});
    }
}

}  // namespace

MapPicture map_picture(const Dossier& dossier, const Assessment& assessment,
                       std::span<const IncidentId> incidents, std::span<const CountryShape> countries) {
    MapPicture picture;
    picture.id = "map-shapes";
    picture.marks = marks_of(dossier, assessment, incidents, picture.without_place);
    const auto drawn = areas_to_draw(dossier, assessment);

    std::optional<Box> box;
    for (const auto id : drawn) {
        if (const auto bounds = dossier.areas[id].shape.bounds()) stretch(box, *bounds);
    }
    for (const auto& mark : picture.marks) stretch(box, around(mark.at));
    picture.view = of_good_proportions(padded(box.value_or(Box{-60, -180, 75, 180}), 0.08, 0.1));

    draw_ground(picture, dossier, drawn, countries);
    return picture;
}

std::optional<MapPicture> close_up(const MapPicture& whole, const Dossier& dossier,
                                   std::span<const CountryShape> countries) {
    std::optional<Box> focus;
    std::set<AreaId> drawn;
    for (const auto& area : whole.areas) {
        drawn.insert(area.area);
        const auto bounds = dossier.areas[area.area].shape.bounds();
        if (!area.focus || !bounds) continue;
        if (!focus || bounds->east - bounds->west < focus->east - focus->west) focus = bounds;
    }
    if (!focus) return std::nullopt;
    MapPicture picture;
    picture.id = "map-close-shapes";
    picture.view = of_good_proportions(padded(*focus, 0.3, 0.02));
    if ((picture.view.east - picture.view.west) * 3 > whole.view.east - whole.view.west) return std::nullopt;
    std::ranges::copy_if(whole.marks, std::back_inserter(picture.marks),
                         [&picture](const MapMark& mark) { return picture.view.contains(mark.at); });
    draw_ground(picture, dossier, drawn, countries);
    return picture;
}

std::optional<MapPicture> hotspot_picture(const Dossier& dossier, const Assessment& assessment,
                                          const HotspotScan& scan, std::string id,
                                          std::span<const CountryShape> countries) {
    if (scan.hotspots.empty()) return std::nullopt;
    MapPicture picture;
    picture.id = std::move(id);
    std::set<IncidentId> members;
    std::optional<Box> box;
    for (const auto& hotspot : scan.hotspots) {
        for (const auto member : hotspot.found.members) members.insert(IncidentId{member});
        const Disc disc = drawn(hotspot.found);
        stretch(box, bounds(disc));
        picture.circles.push_back({.disc = disc,
                                   .number = static_cast<int>(picture.circles.size()) + 1,
                                   .clear = hotspot.found.evidence == analysis::Evidence::clear});
    }
    const std::vector<IncidentId> shown(members.begin(), members.end());
    picture.marks = marks_of(dossier, assessment, shown, picture.without_place);
    picture.view = of_good_proportions(padded(*box, 0.3, 0.15));
    draw_ground(picture, dossier, areas_to_draw(dossier, assessment), countries);
    return picture;
}

std::string svg_map_shapes(const MapPicture& picture) {
    const Projection project(picture.view);
    std::string out = fmt::format(R"(<g id="{}">)", picture.id);
    fmt::format_to(std::back_inserter(out), R"(<rect class="sea" width="{:.0f}" height="{:.0f}"/>)",
                   map_width, project.height());
    for (const auto& ring : picture.land) {
        fmt::format_to(std::back_inserter(out), R"(<path class="land" d="{}"/>)", path_of({ring}, project));
    }
    for (const auto& area : picture.areas) {
        fmt::format_to(std::back_inserter(out), R"(<path class="area{}" d="{}"/>)",
                       area.focus ? " focus" : "", path_of(area.rings, project));
    }
    for (const auto& mark : picture.marks) append_mark(out, mark, project);
    for (const auto& circle : picture.circles) {
        const auto [x, y] = project(circle.disc.centre);
        fmt::format_to(std::back_inserter(out),
                       R"(<circle class="hotspot{}" cx="{:.1f}" cy="{:.1f}" r="{:.1f}"/>)",
                       circle.clear ? " clear" : "", x, y, project.length(circle.disc.radius));
    }
    return out + "</g>";
}

std::string svg_map(const MapPicture& picture, const Dossier& dossier, const Messages& messages) {
    const Projection project(picture.view);
    const double height = project.height();
    std::string out = fmt::format(
        R"(<svg class="figure map" viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}"><use href="#{}"/>)",
        map_width, height,
        escaped_message(messages.text(picture.circles.empty() ? "map.alt" : "hotspots.map_alt")), picture.id);
    std::vector<Named> taken;
    std::set<std::string> named;
    for (const auto& area : picture.areas) {
        const auto name = dossier.areas[area.area].name.in(messages.language(), dossier.areas[area.area].id);
        if (!named.insert(std::string(name)).second) continue;
        const auto top = project(area.label);
        double x = top.x;
        double y = top.y;
        // About as wide as it will be: names stay within the map, and off one another.
        const double half = 3.6 * static_cast<double>(characters(name));
        x = std::clamp(x, std::min(half, map_width / 2), std::max(map_width - half, map_width / 2));
        y = std::clamp(y - 5, 14.0, height - 8);
        while (y > 14 && std::ranges::any_of(taken, [x, y, half](const Named& t) {
                   return std::abs(t.at.x - x) < half + t.half && std::abs(t.at.y - y) < 14;
               })) {
            y -= 14;
        }
        taken.push_back({{x, y}, half});
        fmt::format_to(std::back_inserter(out),
                       R"(<text class="name" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>)", x, y,
                       escaped(name));
    }
    for (const auto& circle : picture.circles) {
        const auto [x, y] = project(circle.disc.centre);
        const double above = y - project.length(circle.disc.radius) - 4;
        fmt::format_to(std::back_inserter(out),
                       R"(<text class="number" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>)", x,
                       std::max(above, 14.0), circle.number);
    }
    const double km = scale_km(project);
    const double length = project.length(Distance::km(km));
    fmt::format_to(
        std::back_inserter(out),
        R"(<path class="scale" d="M12 {0:.1f}v5h{1:.1f}v-5"/><text class="scale" x="{2:.1f}" y="{3:.1f}" text-anchor="start">{4}</text>)",
        height - 17, length, length + 18, height - 11,
        escaped_message(messages.text("map.km", {{"km", Argument::Bare{fmt::format("{}", km)}}})));
    return out + "</svg>";
}

std::string map_json(const MapPicture& picture, const Dossier& dossier, const Assessment& assessment,
                     std::span<const Messages> languages) {
    nlohmann::ordered_json out;
    out["view"] = {rounded(picture.view.west), rounded(picture.view.south), rounded(picture.view.east),
                   rounded(picture.view.north)};
    out["land"] = coordinates(picture.land);
    out["areas"] = nlohmann::ordered_json::array();
    for (const auto& area : picture.areas) {
        nlohmann::ordered_json names;
        for (const auto& messages : languages) {
            const auto& known = dossier.areas[area.area];
            names[messages.language()] = tamed(known.name.in(messages.language(), known.id));
        }
        out["areas"].push_back({{"name", names},
                                {"focus", area.focus},
                                {"label", {rounded(area.label.lon), rounded(area.label.lat)}},
                                {"rings", coordinates(area.rings)}});
    }
    out["marks"] = nlohmann::ordered_json::array();
    for (const auto& mark : picture.marks) {
        auto incidents = nlohmann::ordered_json::array();
        for (const auto id : mark.incidents) {
            const auto& window = assessment.incidents[id.value].what.when.window;
            incidents.push_back(
                {id.value, day_text(dossier.mission.zone.local_day(window.first)),
                 day_text(dossier.mission.zone.local_day(window.end - std::chrono::seconds{1}))});
        }
        out["marks"].push_back({{"at", {rounded(mark.at.lon), rounded(mark.at.lat)}},
                                {"km", std::round(mark.radius.in_km() * 100) / 100},
                                {"within", mark.within_area},
                                {"verdict", name_of(mark.verdict)},
                                {"incidents", std::move(incidents)}});
    }
    // Text is tamed, so nothing in it is broken UTF-8.
    return out.dump();
}

}  // namespace truce::report
