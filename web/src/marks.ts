// SPDX-License-Identifier: Apache-2.0
// What the report's map and the app's draw alike: verdicts by colour, places as wide as their sources are unsure.
import type { Position, Verdict } from "./data";

export const colours: Record<Verdict, string> = {
    breach: "#9b1c2e",
    breach_likely: "#d4762c",
    undetermined: "#6d5f9c",
    out_of_scope_likely: "#7fa7c4",
    not_breach: "#2b7a78",
    out_of_scope: "#98a2ac",
};
const earthKm = 6371.0088;
/** Wider discs are drawn as rings: they say "somewhere in the region", and filled they would hide it. */
export const widestFilledKm = 60;

/** The outline of all places within `km` of `at`. */
export function disc(at: Position, km: number): Position[] {
    const [lon, lat] = [(at[0] * Math.PI) / 180, (at[1] * Math.PI) / 180];
    const angle = km / earthKm;
    const ring: Position[] = [];
    for (let i = 0; i <= 64; ++i) {
        const bearing = (2 * Math.PI * i) / 64;
        const south = Math.asin(Math.sin(lat) * Math.cos(angle) + Math.cos(lat) * Math.sin(angle) * Math.cos(bearing));
        const east = lon + Math.atan2(Math.sin(bearing) * Math.sin(angle) * Math.cos(lat), Math.cos(angle) - Math.sin(lat) * Math.sin(south));
        ring.push([(east * 180) / Math.PI, (south * 180) / Math.PI]);
    }
    return ring;
}

export type Features = GeoJSON.FeatureCollection;

export function polygons(rings: Position[][], properties: GeoJSON.GeoJsonProperties): GeoJSON.Feature[] {
    return rings.map((ring) => ({ type: "Feature", properties, geometry: { type: "Polygon", coordinates: [ring] } }));
}

/** Incidents that share a place and a verdict. */
export interface Spot {
    at: Position;
    km: number;
    within: boolean;
    verdict: Verdict;
}

/** More spots than this are drawn without their discs, which would lie over one another and take seconds. */
export const mostWithDiscs = 3000;

/** Spots with the number of their incidents that are shown; those with none are not drawn. */
export function spotFeatures<S extends Spot>(spots: S[], shown: (spot: S) => number): { discs: Features; dots: Features } {
    const discs: GeoJSON.Feature[] = [];
    const dots: GeoJSON.Feature[] = [];
    const counts = spots.map(shown);
    const few = counts.filter((count) => count > 0).length <= mostWithDiscs;
    spots.forEach((spot, index) => {
        const left = counts[index] ?? 0;
        if (left === 0) return;
        const properties = { index, colour: colours[spot.verdict], wide: spot.km > widestFilledKm, size: Math.min(10, 3.5 + Math.sqrt(left)) };
        if (few && spot.km > 0 && !spot.within) discs.push(...polygons([disc(spot.at, spot.km)], properties));
        dots.push({ type: "Feature", properties, geometry: { type: "Point", coordinates: spot.at } });
    });
    return { discs: { type: "FeatureCollection", features: discs }, dots: { type: "FeatureCollection", features: dots } };
}
