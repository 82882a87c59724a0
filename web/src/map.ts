// SPDX-License-Identifier: Apache-2.0
import maplibregl from "maplibre-gl";
import type { DaySpan, Mark, Position, ReportData } from "./data";
import { say, touches } from "./data";
import { polygons, spotFeatures } from "./marks";
import { openFinding } from "./findings";

function style(data: ReportData): maplibregl.StyleSpecification {
    const land = data.map.land.flatMap((ring) => polygons([ring], {}));
    const areas = data.map.areas.flatMap((area) => polygons(area.rings, { focus: area.focus }));
    const { discs, dots } = spotFeatures(data.map.marks, (mark) => mark.incidents.length);
    const collection = (features: GeoJSON.Feature[]) => ({ type: "geojson" as const, data: { type: "FeatureCollection" as const, features } });
    return {
        version: 8,
        sources: { land: collection(land), areas: collection(areas), discs: { type: "geojson", data: discs }, dots: { type: "geojson", data: dots } },
        layers: [
            { id: "sea", type: "background", paint: { "background-color": "#e6edf2" } },
            { id: "land", type: "fill", source: "land", paint: { "fill-color": "#fbfaf6" } },
            { id: "borders", type: "line", source: "land", paint: { "line-color": "#8d959d", "line-width": 0.8 } },
            { id: "areas", type: "fill", source: "areas", paint: { "fill-color": "#1f4e79", "fill-opacity": ["case", ["get", "focus"], 0.08, 0.05] } },
            { id: "area-edges", type: "line", source: "areas", filter: ["!", ["get", "focus"]], paint: { "line-color": "#1f4e79", "line-width": 1.2, "line-dasharray": [4, 3] } },
            { id: "focus-edge", type: "line", source: "areas", filter: ["get", "focus"], paint: { "line-color": "#1f4e79", "line-width": 2 } },
            { id: "discs", type: "fill", source: "discs", filter: ["!", ["get", "wide"]], paint: { "fill-color": ["get", "colour"], "fill-opacity": 0.06 } },
            { id: "disc-edges", type: "line", source: "discs", paint: { "line-color": ["get", "colour"], "line-width": 1, "line-opacity": ["case", ["get", "wide"], 0.3, 0.45] } },
            { id: "dots", type: "circle", source: "dots", paint: { "circle-color": ["get", "colour"], "circle-radius": ["get", "size"], "circle-stroke-color": "#fff", "circle-stroke-width": 1 } },
        ],
    };
}

/** The list in a popup: each incident's own summary, as the report's text has it, opening its finding. */
function popupContent(data: ReportData, language: string, mark: Mark, span: DaySpan): HTMLElement {
    const box = document.createElement("div");
    const here = mark.incidents.filter(([, first, last]) => touches(span, first, last));
    box.dir = document.getElementById(language)?.dir ?? "ltr";
    box.lang = language;
    const head = document.createElement("p");
    head.textContent = `${say(data, language, `verdict.${mark.verdict}`)}. ${say(data, language, "script.incidents_here", { n: here.length })}`;
    box.append(head);
    const list = document.createElement("ul");
    for (const [id, first] of here.slice(0, 40)) {
        const entry = document.createElement("li");
        const summary = document.querySelector(`#${language}-i${id} > summary`);
        if (summary) {
            const button = document.createElement("button");
            button.type = "button";
            button.textContent = ["when", "where", "act"].map((part) => summary.querySelector(`.${part}`)?.textContent ?? "").join(" \u00b7 ");
            button.addEventListener("click", () => openFinding(language, id));
            entry.append(button);
        } else {
            entry.textContent = `${first} (${say(data, language, "script.in_files")})`;
        }
        list.append(entry);
    }
    box.append(list);
    return box;
}

export interface LiveMap {
    setSpan(span: DaySpan): void;
    setShown(shown: ((incident: number) => boolean) | undefined): void;
    remove(): void;
}

/** Puts a map that moves in the place of the drawn one. Where the browser has no WebGL the drawn one stays. */
export function showMap(data: ReportData, language: string, span: DaySpan): LiveMap | undefined {
    const place = document.querySelector<HTMLElement>(`.map-place[data-lang="${language}"]`);
    const drawn = place?.querySelector<SVGElement>("svg.map");
    if (!place || !drawn) return undefined;
    const box = document.createElement("div");
    box.className = "map-live";
    box.dir = "ltr";
    place.append(box);
    const [west, south, east, north] = data.map.view;
    // As high as the view is for its width, in Mercator's projection, so that nothing but the view need be shown.
    const mercator = (lat: number) => (Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) * 180) / Math.PI;
    box.style.aspectRatio = `${east - west} / ${mercator(north) - mercator(south)}`;
    const beyond = [(east - west) * 0.45, (north - south) * 0.45] as const;
    let map: maplibregl.Map;
    try {
        map = new maplibregl.Map({
            container: box,
            style: style(data),
            bounds: [[west, south], [east, north]],
            maxBounds: [[west - beyond[0], Math.max(-85, south - beyond[1])], [east + beyond[0], Math.min(85, north + beyond[1])]],
            attributionControl: false,
            cooperativeGestures: false,
            scrollZoom: false,
            dragRotate: false,
            pitchWithRotate: false,
            touchPitch: false,
            maxZoom: 14,
            locale: { "Map.Title": say(data, language, "script.map") },
        });
    } catch {
        // No WebGL: the drawn map says the same.
        box.remove();
        return undefined;
    }
    drawn.style.display = "none";
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-left");
    map.addControl(new maplibregl.ScaleControl({}), "bottom-left");
    const taken: Position[] = [];
    for (const area of data.map.areas) {
        const near = taken.filter(([lon, lat]) => Math.abs(lon - area.label[0]) < (east - west) * 0.14 && Math.abs(lat - area.label[1]) < (north - south) * 0.06).length;
        taken.push(area.label);
        const label = document.createElement("div");
        label.className = "map-name";
        label.textContent = area.name[language] ?? "";
        new maplibregl.Marker({ element: label, anchor: "bottom", offset: [0, -30 * near] }).setLngLat(area.label).addTo(map);
        // Markers are buttons for MapLibre; these are words.
        label.removeAttribute("tabindex");
        label.setAttribute("role", "note");
    }
    let shown: ((incident: number) => boolean) | undefined;
    let current = span;
    let loaded = false;
    const refresh = () => {
        if (!loaded) return;
        const { discs, dots } = spotFeatures(
            data.map.marks,
            (mark) => mark.incidents.filter(([id, first, last]) => touches(current, first, last) && (!shown || shown(id))).length,
        );
        map.getSource<maplibregl.GeoJSONSource>("discs")?.setData(discs);
        map.getSource<maplibregl.GeoJSONSource>("dots")?.setData(dots);
    };
    map.on("load", () => {
        loaded = true;
        box.dataset.loaded = "yes";
        refresh();
    });
    map.on("click", "dots", (event) => {
        const mark = data.map.marks[Number(event.features?.[0]?.properties?.index ?? -1)];
        if (!mark) return;
        new maplibregl.Popup({ maxWidth: "20rem" }).setLngLat(mark.at).setDOMContent(popupContent(data, language, mark, current)).addTo(map);
    });
    map.on("mouseenter", "dots", () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", "dots", () => { map.getCanvas().style.cursor = ""; });
    return {
        setSpan(next) { current = next; refresh(); },
        setShown(next) { shown = next; refresh(); },
        remove() { map.remove(); box.remove(); drawn.style.display = ""; },
    };
}
