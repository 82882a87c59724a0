// SPDX-License-Identifier: Apache-2.0
// What the page and the map, which are two bundles, say to each other.
import type { Position } from "../../data";
import type { Spot } from "../../marks";

export interface MapSettings<S extends Spot> {
    container: HTMLElement;
    /** West, south, east, north. */
    view: [number, number, number, number];
    words: { title: string; wheel: string; fingers: string };
    cooperative?: boolean;
    /** A reader asks what is at some spots. */
    onOpen?: ((spots: S[]) => void) | undefined;
    /** A reader points at a place where nothing is. */
    onPick?: ((at: Position) => void) | undefined;
}

export interface MapHandle<S extends Spot> {
    setSpots(spots: S[], shown: (spot: S) => number): void;
    setAreas(areas: GeoJSON.FeatureCollection, labels: { at: Position; name: string }[]): void;
    setPicked(at: Position | undefined): void;
    zoom(by: number): void;
    whole(): void;
    pointOf(at: Position): [number, number];
    remove(): void;
}

export interface MapBundle {
    showMap<S extends Spot>(settings: MapSettings<S>): MapHandle<S>;
}
