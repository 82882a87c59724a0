// SPDX-License-Identifier: Apache-2.0
#include "server/ogc.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "report/geojson.h"
#include "report/hotspots.h"
#include "server/features.h"
#include "server/rows.h"
#include "server/visible.h"

namespace truce::server {
namespace {

constexpr std::size_t most_items = 10'000;
constexpr std::size_t items_at_once = 1000;
constexpr std::string_view crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";

struct Collection {
    std::string_view id;
    std::string_view title;
    std::string_view description;
};
constexpr std::array collections{
    Collection{"incidents", "Incidents",
               "What happened, as far as accounts tell, with the verdict on it: a point at the middle of where it may have been."},
    Collection{"accounts", "Accounts", "What single sources say happened."},
    Collection{"areas", "Areas", "Areas that agreements and the mission speak of; of one area, each guarantor's own drawing."},
    Collection{"hotspots", "Hotspots", "Where incidents gather at the end of the days assessed."},
};

const Collection* collection_named(std::string_view id) {
    const auto* const found = std::ranges::find(collections, id, &Collection::id);
    return found == collections.end() ? nullptr : &*found;
}

Json link(std::string href, std::string_view rel, std::string_view type, std::string_view title) {
    return {{"href", std::move(href)}, {"rel", rel}, {"type", type}, {"title", title}};
}

Response landing(const Context& context, const Request& request) {
    const auto base = base_url_of(context, request);
    const auto snapshot = context.current.get();
    const auto& mission = snapshot->dossier().mission;
    return json_response(dumped(
        {{"title", mission.title.in("en", mission.id)},
         {"description", "Incidents, accounts, areas and hotspots of the mission"},
         {"links",
          Json::array({link(base + "/ogc/", "self", "application/json", "This page"),
                       link(base + "/ogc/api", "service-desc", "application/vnd.oai.openapi+json;version=3.0", "The API"),
                       link(base + "/ogc/conformance", "conformance", "application/json", "What this conforms to"),
                       link(base + "/ogc/collections", "data", "application/json", "The collections")})}}));
}

Response conformance(const Context& /*context*/, const Request& /*request*/) {
    return json_response(dumped({{"conformsTo",
                                  {"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
                                   "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
                                   "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson"}}}));
}

/// The box and time of a collection, from what is in it.
Json extent_json(const Snapshot& snapshot, const Collection& collection) {
    std::optional<std::array<double, 4>> box;
    const auto stretch = [&](double west, double south, double east, double north) {
        if (!box) box = {west, south, east, north};
        *box = {std::min((*box)[0], west), std::min((*box)[1], south), std::max((*box)[2], east), std::max((*box)[3], north)};
    };
    std::optional<Period> time;
    const auto happening = [&](const Happening& what) {
        if (what.place.centre) stretch(what.place.centre->lon, what.place.centre->lat, what.place.centre->lon, what.place.centre->lat);
        const auto& window = what.when.window;
        time = time ? Period{std::min(time->first, window.first), std::max(time->end, window.end)} : window;
    };
    if (collection.id == "incidents") {
        for (const auto& incident : snapshot.assessment().incidents) happening(incident.what);
    } else if (collection.id == "accounts") {
        for (const auto& account : snapshot.dossier().accounts) happening(account.told);
    } else {
        for (const auto& area : snapshot.dossier().areas.areas()) {
            if (const auto bounds = area.shape.bounds()) stretch(bounds->west, bounds->south, bounds->east, bounds->north);
        }
    }
    Json extent;
    if (box) extent["spatial"] = {{"bbox", Json::array({*box})}, {"crs", crs84}};
    if (time) {
        extent["temporal"] = {{"interval", Json::array({Json::array({utc_text(time->first), utc_text(time->end)})})},
                              {"trs", "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"}};
    }
    return extent;
}

Json collection_json(const Snapshot& snapshot, const Collection& collection, const std::string& base) {
    const auto place = fmt::format("{}/ogc/collections/{}", base, collection.id);
    Json object{{"id", collection.id},
                {"title", collection.title},
                {"description", collection.description},
                {"itemType", "feature"},
                {"crs", Json::array({crs84})},
                {"links", Json::array({link(place, "self", "application/json", collection.title),
                                       link(place + "/items", "items", "application/geo+json", "Features")})}};
    auto extent = extent_json(snapshot, collection);
    if (!extent.empty()) object["extent"] = std::move(extent);
    return object;
}

Response all_collections(const Context& context, const Request& request) {
    const auto snapshot = context.current.get();
    const auto base = base_url_of(context, request);
    auto list = Json::array();
    for (const auto& collection : collections) list.push_back(collection_json(*snapshot, collection, base));
    return json_response(dumped({{"links", Json::array({link(base + "/ogc/collections", "self", "application/json", "Collections")})},
                                 {"collections", std::move(list)}}));
}

Response one_collection(const Context& context, const Request& request) {
    const auto* collection = collection_named(request.part("collection"));
    if (collection == nullptr) return not_found("collection", request.part("collection"));
    return json_response(dumped(collection_json(*context.current.get(), *collection, base_url_of(context, request))));
}

/// One end of `datetime`: nothing for an open one.
tl::expected<std::optional<sys_seconds>, FieldError> end_of(std::string_view text) {
    if (text.empty() || text == "..") return std::optional<sys_seconds>();
    const auto local = parse_local_time(text);
    const auto instant = local ? Zone::utc().instant(*local) : Result<sys_seconds>(tl::unexpected(local.error()));
    if (!instant) return tl::unexpected<FieldError>({"datetime", instant.error().message});
    return std::optional(*instant);
}

/// What OGC names otherwise than the lists do.
tl::expected<Period, FieldError> period_of(std::string_view text) {
    const auto slash = text.find('/');
    const auto first = end_of(text.substr(0, slash));
    if (!first) return tl::unexpected(first.error());
    if (slash == std::string_view::npos) {
        // A day without a time is all of it.
        const auto length = text.find('T') == std::string_view::npos ? std::chrono::hours{24} : std::chrono::seconds{1};
        return Period{first->value_or(open_start), first->value_or(open_end) + length};
    }
    const auto last = end_of(text.substr(slash + 1));
    if (!last) return tl::unexpected(last.error());
    auto end = last->value_or(open_end);
    if (*last) end += text.size() - slash - 1 <= 10 ? std::chrono::hours{24} : std::chrono::seconds{1};
    if (end <= first->value_or(open_start)) return tl::unexpected<FieldError>({"datetime", say("field.ends_before")});
    return Period{first->value_or(open_start), end};
}

struct Paging {
    std::size_t limit = items_at_once;
    std::size_t offset = 0;
};
tl::expected<Paging, FieldError> paging_of(const Query& query) {
    Paging paging;
    if (const auto text = query.find("limit")) {
        const auto limit = parse_integer(*text);
        if (!limit || *limit < 1) return tl::unexpected<FieldError>({"limit", say("field.want_number_from", {{"least", 1}})});
        paging.limit = std::min(static_cast<std::size_t>(*limit), most_items);
    }
    if (const auto text = query.find("offset")) {
        const auto offset = parse_integer(*text);
        if (!offset || *offset < 0) return tl::unexpected<FieldError>({"offset", say("field.want_number_from", {{"least", 0}})});
        paging.offset = static_cast<std::size_t>(*offset);
    }
    return paging;
}

/// The query without what is read here, for the list's own filters.
Query filters_of(const Query& query) {
    Query::Pairs pairs;
    for (const auto& [name, value] : query.pairs()) {
        if (name != "limit" && name != "offset" && name != "datetime" && name != "f") pairs.emplace_back(name, value);
    }
    return Query(std::move(pairs));
}

/// Features of what is no list: areas and hotspots; few.
std::vector<Json> few_features(const Snapshot& snapshot, const Collection& collection) {
    std::vector<Json> features;
    if (collection.id == "areas") {
        for (const auto& area : snapshot.dossier().areas.areas()) features.push_back(area_feature(area));
        return features;
    }
    std::string text;
    report::write_hotspots_geojson([&](std::string_view piece) { text += piece; }, snapshot.dossier(), snapshot.assessment().hotspots);
    auto written = Json::parse(text);
    std::size_t number = 0;
    for (auto& feature : written["features"]) {
        ++number;
        if (!feature.contains("id")) feature["id"] = fmt::format("hotspot-{}", number);
        features.push_back(std::move(feature));
    }
    return features;
}

bool meets(const Json& feature, const std::optional<List::Question::Box>& box) {
    if (!box) return true;
    bool within = false;
    // The features' own boxes meet the one asked for.
    double west = 180;
    double south = 90;
    double east = -180;
    double north = -90;
    const std::function<void(const Json&)> visit = [&](const Json& node) {
        if (!node.is_array()) return;
        if (node.size() >= 2 && node[0].is_number()) {
            within = true;
            west = std::min(west, node[0].get<double>());
            east = std::max(east, node[0].get<double>());
            south = std::min(south, node[1].get<double>());
            north = std::max(north, node[1].get<double>());
            return;
        }
        for (const auto& one : node) visit(one);
    };
    if (feature["geometry"].is_object()) visit(feature["geometry"]["coordinates"]);
    return within && west <= box->east && east >= box->west && south <= box->north && north >= box->south;
}

/// Where the next page is: the same question, further on.
std::string page_link(const std::string& place, const Request& request, std::size_t limit, std::size_t offset) {
    std::string href = place + "?";
    for (const auto& [name, value] : request.query.pairs()) {
        if (name != "limit" && name != "offset") href += fmt::format("{}={}&", percent_encoded(name), percent_encoded(value));
    }
    return fmt::format("{}limit={}&offset={}", href, limit, offset);
}

Response items(const Context& context, const Request& request) {
    const auto* collection = collection_named(request.part("collection"));
    if (collection == nullptr) return not_found("collection", request.part("collection"));
    const auto snapshot = context.current.get();
    const auto paging = paging_of(request.query);
    if (!paging) return bad_parameter(paging.error());
    const bool is_incidents = collection->id == "incidents";
    const bool is_list = is_incidents || collection->id == "accounts";
    const auto& list = collection->id == "accounts" ? snapshot->assessed->accounts : snapshot->assessed->incidents;
    auto question = list.question(filters_of(request.query));
    if (!question) return bad_parameter(question.error());
    if (const auto text = request.query.find("datetime")) {
        const auto period = period_of(*text);
        if (!period) return bad_parameter(period.error());
        question->when = *period;
    }
    return conditional(request, snapshot->version, [&] {
        const auto& dossier = snapshot->dossier();
        std::string features;
        std::size_t matched = 0;
        std::size_t returned = 0;
        const auto put = [&](auto append) {
            if (matched++ < paging->offset || returned == paging->limit) return;
            features += returned++ == 0 ? "\n" : ",\n";
            append();
        };
        if (is_list) {
            const auto readers = readers_of(request);
            for (const auto row : list.all(*question)) {
                const bool shown = is_incidents ? report::may_show(dossier, snapshot->assessment().incidents[row], readers)
                                                : report::may_show(dossier, dossier.accounts[row], readers);
                if (!shown) continue;
                put([&] {
                    if (is_incidents) {
                        report::append_incident_feature(features, dossier, snapshot->assessment(), {row});
                    } else {
                        features += dumped(account_feature(*snapshot, {row}));
                    }
                });
            }
        } else {
            for (const auto& feature : few_features(*snapshot, *collection)) {
                if (meets(feature, question->box)) put([&] { features += dumped(feature); });
            }
        }
        const auto place = fmt::format("{}/ogc/collections/{}/items", base_url_of(context, request), collection->id);
        auto links = Json::array({link(page_link(place, request, paging->limit, paging->offset), "self", "application/geo+json", "This page")});
        if (paging->offset + returned < matched) {
            links.push_back(link(page_link(place, request, paging->limit, paging->offset + returned), "next",
                                 "application/geo+json", "Next page"));
        }
        return text_response("application/geo+json",
                             fmt::format("{{\"type\":\"FeatureCollection\",\"numberMatched\":{},\"numberReturned\":{},\"timeStamp\":\"{}\","
                                         "\"links\":{},\"features\":[{}\n]}}\n",
                                         matched, returned, utc_text(snapshot->assessed->as_of), dumped(links), features));
    });
}

Response item(const Context& context, const Request& request) {
    const auto* collection = collection_named(request.part("collection"));
    if (collection == nullptr) return not_found("collection", request.part("collection"));
    const auto snapshot = context.current.get();
    const auto& id = request.part("id");
    const auto& dossier = snapshot->dossier();
    const auto readers = readers_of(request);
    Json feature;
    if (collection->id == "incidents") {
        const auto row = snapshot->assessed->incidents.row_of(id);
        if (!row || !report::may_show(dossier, snapshot->assessment().incidents[*row], readers)) return not_found("feature", id);
        std::string text;
        report::append_incident_feature(text, dossier, snapshot->assessment(), {*row});
        feature = Json::parse(text);
    } else if (collection->id == "accounts") {
        const auto row = snapshot->assessed->accounts.row_of(id);
        if (!row || !report::may_show(dossier, dossier.accounts[*row], readers)) return not_found("feature", id);
        feature = account_feature(*snapshot, {*row});
    } else {
        auto features = few_features(*snapshot, *collection);
        const auto found = std::ranges::find_if(features, [&](const Json& one) { return one["id"] == id; });
        if (found == features.end()) return not_found("feature", id);
        feature = std::move(*found);
    }
    const auto place = fmt::format("{}/ogc/collections/{}", base_url_of(context, request), collection->id);
    feature["links"] = Json::array({link(place + "/items/" + percent_encoded(id), "self", "application/geo+json", "This feature"),
                                    link(place, "collection", "application/json", collection->title)});
    return text_response("application/geo+json", dumped(feature));
}

}  // namespace

void add_ogc(Router& router, const Context& context) {
    router.get("/ogc", answering(context, landing));
    router.get("/ogc/", answering(context, landing));
    router.get("/ogc/conformance", answering(context, conformance));
    router.get("/ogc/collections", answering(context, all_collections));
    router.get("/ogc/collections/{collection}", answering(context, one_collection));
    router.get("/ogc/collections/{collection}/items", answering(context, items));
    router.get("/ogc/collections/{collection}/items/{id}", answering(context, item));
}

}  // namespace truce::server
