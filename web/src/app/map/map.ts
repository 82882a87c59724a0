// SPDX-License-Identifier: Apache-2.0
// The map, as a bundle of its own that is fetched when the rest of the page can already be read.
//
// MapLibre's own worker is a blob, which the app's content security policy does not allow: this is its build with a worker
// by address. Its style sheet draws controls by data: images, which the policy does not allow either: ours are buttons.
import maplibregl from "maplibre-gl/dist/maplibre-gl-csp.js";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import type { Spot } from "../../marks";
import { spotFeatures } from "../../marks";
import type { MapHandle, MapSettings } from "./settings";

maplibregl.setWorkerUrl("/app/map-worker.js");

let outlines: Promise<GeoJSON.FeatureCollection> | undefined;

/** The outlines of countries (Natural Earth), from this server like all else. */
function countries(): Promise<GeoJSON.FeatureCollection> {
    outlines ??= fetch("/app/countries-50m.json")
        .then((response) => response.json())
        .then((world: Topology<{ countries: GeometryCollection }>) => feature(world, world.objects.countries) as GeoJSON.FeatureCollection);
    return outlines;
}

const empty: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

function style(dark: boolean): maplibregl.StyleSpecification {
    const [sea, land, border, area] = dark ? ["#10151a", "#1c222a", "#4b5560", "#8fbce8"] : ["#e6edf2", "#fbfaf6", "#8d959d", "#1f4e79"];
    const source = { type: "geojson" as const, data: empty };
    return {
        version: 8,
        sources: { land: source, areas: source, discs: source, dots: source, picked: source },
        layers: [
            { id: "sea", type: "background", paint: { "background-color": sea } },
            { id: "land", type: "fill", source: "land", paint: { "fill-color": land } },
            { id: "borders", type: "line", source: "land", paint: { "line-color": border, "line-width": 0.8 } },
            { id: "areas", type: "fill", source: "areas", paint: { "fill-color": area, "fill-opacity": 0.07 } },
            { id: "area-edges", type: "line", source: "areas", paint: { "line-color": area, "line-width": 1.4, "line-dasharray": [4, 3] } },
            { id: "discs", type: "fill", source: "discs", filter: ["!", ["get", "wide"]], paint: { "fill-color": ["get", "colour"], "fill-opacity": 0.07 } },
            { id: "disc-edges", type: "line", source: "discs", paint: { "line-color": ["get", "colour"], "line-width": 1, "line-opacity": ["case", ["get", "wide"], 0.3, 0.45] } },
            { id: "dots", type: "circle", source: "dots", paint: { "circle-color": ["get", "colour"], "circle-radius": ["get", "size"], "circle-stroke-color": dark ? "#14181d" : "#fff", "circle-stroke-width": 1 } },
            { id: "picked", type: "circle", source: "picked", paint: { "circle-color": "rgba(0,0,0,0)", "circle-radius": 9, "circle-stroke-color": dark ? "#f0a266" : "#b3541e", "circle-stroke-width": 3 } },
        ],
    };
}

/** Puts a map into `settings.container`. Throws where the browser has no WebGL. */
export function showMap<S extends Spot>(settings: MapSettings<S>): MapHandle<S> {
    const { container, view, words } = settings;
    const [west, south, east, north] = view;
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const bounds: maplibregl.LngLatBoundsLike = [[west, south], [east, north]];
    const map = new maplibregl.Map({
        container, style: style(dark), bounds, fitBoundsOptions: { padding: 16 }, attributionControl: false, dragRotate: false,
        pitchWithRotate: false, touchPitch: false, maxZoom: 15, cooperativeGestures: settings.cooperative ?? true,
        locale: { "Map.Title": words.title, "CooperativeGesturesHandler.WindowsHelpText": words.wheel, "CooperativeGesturesHandler.MacHelpText": words.wheel, "CooperativeGesturesHandler.MobileHelpText": words.fingers },
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    let spots: S[] = [];
    let count: (spot: S) => number = () => 0;
    let loaded = false;
    let wanted = { areas: empty, picked: empty };
    const set = (name: string, data: GeoJSON.FeatureCollection) => void map.getSource<maplibregl.GeoJSONSource>(name)?.setData(data);
    const draw = () => {
        if (!loaded) return;
        const { discs, dots } = spotFeatures(spots, count);
        set("discs", discs);
        set("dots", dots);
        set("areas", wanted.areas);
        set("picked", wanted.picked);
    };
    map.on("load", () => {
        loaded = true;
        draw();
        void countries().then((land) => set("land", land));
        map.once("idle", () => { container.dataset.loaded = "yes"; });
    });
    map.on("click", (event) => {
        const near = map.queryRenderedFeatures([[event.point.x - 6, event.point.y - 6], [event.point.x + 6, event.point.y + 6]], { layers: ["dots"] });
        const found = [...new Set(near.map((one) => Number(one.properties.index)))].map((index) => spots[index]).filter((one): one is S => one !== undefined);
        if (found.length > 0 && settings.onOpen) settings.onOpen(found);
        else settings.onPick?.([event.lngLat.lng, event.lngLat.lat]);
    });
    map.on("mouseenter", "dots", () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", "dots", () => { map.getCanvas().style.cursor = settings.onPick ? "crosshair" : ""; });
    if (settings.onPick) map.getCanvas().style.cursor = "crosshair";
    const names: maplibregl.Marker[] = [];
    return {
        setSpots(next, shown) {
            spots = next;
            count = shown;
            draw();
        },
        setAreas(areas, labels) {
            wanted = { ...wanted, areas };
            for (const name of names.splice(0)) name.remove();
            for (const label of labels) {
                const element = document.createElement("div");
                element.className = "map-name";
                element.textContent = label.name;
                const marker = new maplibregl.Marker({ element, anchor: "bottom" }).setLngLat(label.at).addTo(map);
                // Markers are buttons for MapLibre; these are words.
                element.removeAttribute("tabindex");
                element.removeAttribute("aria-label");
                element.setAttribute("role", "note");
                names.push(marker);
            }
            draw();
        },
        setPicked(at) {
            wanted = { ...wanted, picked: at ? { type: "FeatureCollection", features: [{ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: at } }] } : empty };
            draw();
        },
        zoom(by) { map.zoomTo(map.getZoom() + by); },
        whole() { map.fitBounds(bounds, { padding: 16 }); },
        pointOf(at) { const point = map.project(at); return [point.x, point.y]; },
        remove() { map.remove(); },
    };
}
