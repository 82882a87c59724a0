// SPDX-License-Identifier: Apache-2.0
// The map's place in a page: a box that can be read before the map's bundle is there, and where it never comes.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Position } from "../data";
import type { Spot } from "../marks";
import { colours } from "../marks";
import { get, useRemote } from "./api";
import type { Agreement, List } from "./model";
import type { MapBundle, MapHandle } from "./map/settings";
import { areaName, areaVersions } from "./naming";
import { useSession } from "./session";
import { useWords } from "./words";

interface Settings<S extends Spot> {
    spots: S[];
    shown: (spot: S) => number;
    view: [number, number, number, number];
    label: string;
    onOpen?: (spots: S[]) => void;
    onPick?: (at: Position) => void;
    picked?: Position | undefined;
    /** Draws the agreements' areas and names them. */
    areas?: boolean;
}

let bundle: Promise<MapBundle> | undefined;
const mapAddress = "/app/map.js";
const loadBundle = () => (bundle ??= import(mapAddress) as Promise<MapBundle>);

let outlines: Promise<GeoJSON.FeatureCollection> | undefined;
const areaOutlines = () => (outlines ??= get<GeoJSON.FeatureCollection>("/api/areas.geojson").catch(() => ({ type: "FeatureCollection" as const, features: [] })));

/** A box with a margin, so that nothing lies on its edge; never smaller than a town. */
export function viewOf(box: number[] | undefined): [number, number, number, number] {
    const [west, south, east, north] = box?.length === 4 ? (box as [number, number, number, number]) : [-20, -35, 60, 60];
    const margin = Math.max(0.05, (east - west) * 0.08, (north - south) * 0.08);
    return [west - margin, Math.max(-84, south - margin), east + margin, Math.min(84, north + margin)];
}

export function MapBox<S extends Spot>(settings: Settings<S>) {
    const words = useWords();
    const session = useSession();
    const box = useRef<HTMLDivElement>(null);
    const handle = useRef<MapHandle<S> | undefined>(undefined);
    const latest = useRef(settings);
    latest.current = settings;
    const agreements = useRemote<List<Agreement>>(settings.areas ? "/api/agreements" : undefined);
    const [state, setState] = useState<"loading" | "live" | "none">("loading");
    const key = settings.view.join();
    useEffect(() => {
        let gone = false;
        loadBundle()
            .then(({ showMap }) => {
                if (gone || !box.current) return;
                handle.current = showMap<S>({
                    container: box.current, view: settings.view,
                    words: { title: settings.label, wheel: words.say("app.map.wheel"), fingers: words.say("app.map.fingers") },
                    onOpen: (spots) => latest.current.onOpen?.(spots),
                    ...(settings.onPick ? { onPick: (at: Position) => latest.current.onPick?.(at) } : {}),
                });
                handle.current.setSpots(latest.current.spots, latest.current.shown);
                handle.current.setPicked(latest.current.picked);
                setState("live");
            })
            .catch(() => setState("none"));
        return () => {
            gone = true;
            handle.current?.remove();
            handle.current = undefined;
        };
    }, [key, words]);
    useEffect(() => handle.current?.setSpots(settings.spots, settings.shown), [settings.spots, settings.shown]);
    useEffect(() => handle.current?.setPicked(settings.picked), [settings.picked?.join()]);
    useEffect(() => {
        if (state !== "live" || !settings.areas) return;
        void areaOutlines().then((areas) => {
            // The agreements' areas and the headline's; a register may hold many more, such as every province.
            const wanted = new Set([...agreements.value?.rows.flatMap((one) => one.area?.map((version) => version.area) ?? []) ?? [], session.mission.focus ?? ""]);
            const named = new Map<string, { at: Position; name: string }>();
            const idOf = (one: GeoJSON.Feature) => String(one.properties?.area ?? one.properties?.id ?? "").split("@")[0] ?? "";
            const drawn = areas.features.filter((one) => wanted.has(idOf(one)));
            for (const one of drawn) {
                const id = idOf(one);
                const box = areaVersions(session, id)[0]?.bbox;
                if (box?.length === 4 && !named.has(id)) named.set(id, { at: [(box[0]! + box[2]!) / 2, box[3]!], name: areaName(words, session, id) });
            }
            handle.current?.setAreas({ type: "FeatureCollection", features: drawn }, [...named.values()]);
        });
    }, [state, settings.areas, words, session, agreements.value]);
    return (
        <div class="map" dir="ltr">
            <div ref={box} class="map-live" hidden={state === "none"} />
            {state === "none" && <DrawnMap {...settings} />}
            {state === "live" && (
                <div class="map-tools">
                    <button type="button" aria-label={words.say("app.map.nearer")} onClick={() => handle.current?.zoom(1)}>+</button>
                    <button type="button" aria-label={words.say("app.map.farther")} onClick={() => handle.current?.zoom(-1)}>−</button>
                    <button type="button" aria-label={words.say("app.map.whole")} title={words.say("app.map.whole")} onClick={() => handle.current?.whole()}>⤢</button>
                </div>
            )}
        </div>
    );
}

const mercator = (lat: number) => (Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360)) * 180) / Math.PI;
const mostDrawn = 4000;

/** Where the browser has no WebGL: the spots as a drawing, which opens and picks as the map does. */
function DrawnMap<S extends Spot>({ spots, shown, view: [west, south, east, north], label, onOpen, onPick, picked }: Settings<S>) {
    const [top, bottom] = [mercator(north), mercator(south)];
    const x = (lon: number) => lon - west;
    const y = (lat: number) => top - mercator(lat);
    const [width, height] = [east - west, top - bottom];
    const unit = Math.max(width, height) / 100;
    const pick = (event: MouseEvent) => {
        const box = (event.currentTarget as Element).getBoundingClientRect();
        const scale = Math.max(width / box.width, height / box.height);
        const left = (event.clientX - box.left - box.width / 2) * scale + width / 2;
        const down = (event.clientY - box.top - box.height / 2) * scale + height / 2;
        onPick?.([west + left, (Math.atan(Math.exp(((top - down) * Math.PI) / 180)) * 360) / Math.PI - 90]);
    };
    return (
        <svg class="map-drawn" role="img" aria-label={label} viewBox={`0 0 ${width} ${height}`} onClick={pick}>
            {spots.filter((spot) => shown(spot) > 0).slice(0, mostDrawn).map((spot) => (
                <circle key={`${spot.at.join()} ${spot.verdict} ${spot.km}`} cx={x(spot.at[0])} cy={y(spot.at[1])} r={Math.min(2, 0.7 + Math.sqrt(shown(spot)) / 4) * unit} fill={colours[spot.verdict]} onClick={(event) => { event.stopPropagation(); onOpen?.([spot]); }} />
            ))}
            {picked && <circle cx={x(picked[0])} cy={y(picked[1])} r={2 * unit} fill="none" stroke="#b3541e" stroke-width={0.6 * unit} />}
        </svg>
    );
}
