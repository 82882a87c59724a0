// SPDX-License-Identifier: Apache-2.0
// All incidents of the mission by column, and what is left of them under a reader's filters: 100,000 are counted through
// in a few hundredths of a second, so that list, map, course and facets move together.
import { ProblemError, address, get } from "./api";
import type { Incident, IncidentColumns, IncidentPage } from "./model";
import { dayNumber } from "./figures/scale";

/** The filters that are lists of values; the URL holds each as a query member, several times for several values. */
export const facetNames = ["verdict", "act", "attacker", "admin1", "source", "joint", "in_focus", "side"] as const;
export type FacetName = (typeof facetNames)[number];

export interface Filters {
    chosen: Record<FacetName, string[]>;
    /** Local days, both included; empty texts leave an end open. */
    first: string;
    last: string;
    q: string;
    sort: "start" | "-start" | "-killed";
}

export function filtersOf(query: URLSearchParams): Filters {
    const chosen = Object.fromEntries(facetNames.map((name) => [name, query.getAll(name)])) as Filters["chosen"];
    const sort = query.get("sort");
    return { chosen, first: query.get("from") ?? "", last: query.get("until") ?? "", q: query.get("q") ?? "", sort: sort === "start" || sort === "-killed" ? sort : "-start" };
}

/** The query of a view and of the server's own lists, which take the same words. */
export function queryOf(filters: Filters): URLSearchParams {
    const query = new URLSearchParams();
    for (const name of facetNames) for (const value of filters.chosen[name]) query.append(name, value);
    if (filters.first) query.set("from", filters.first);
    if (filters.last) query.set("until", filters.last);
    if (filters.q) query.set("q", filters.q);
    if (filters.sort !== "-start") query.set("sort", filters.sort);
    return query;
}

export const isNarrowed = (filters: Filters) => facetNames.some((name) => filters.chosen[name].length > 0) || filters.first !== "" || filters.last !== "" || filters.q !== "";

/** The incidents that are left, and how many each value of each facet would leave. */
export interface Selection {
    /** Places in the columns, in the order wanted. */
    shown: Int32Array;
    /** All under the filters but for the days: what the course shows. */
    ofAllDays: Int32Array;
    facets: Record<FacetName, Map<string, number>>;
}

/** The values that a facet's choices stand for: a broader act takes in its kinds. */
function wantedOf(name: FacetName, values: string[], dictionary: string[]): Uint8Array | undefined {
    if (values.length === 0) return undefined;
    return Uint8Array.from(dictionary, (entry) => (values.some((value) => entry === value || (name === "act" && entry.startsWith(`${value}.`))) ? 1 : 0));
}

const valuesAt = (columns: IncidentColumns, name: FacetName, i: number): number | number[] => columns[name][i] as number | number[];

/**
 * Narrows the incidents. `found` are the ids that a search for words found, where there is one. Ties in the order go by the
 * columns' own, which is that of the server's lists.
 */
export function select(columns: IncidentColumns, filters: Filters, found?: Set<string>): Selection {
    const n = columns.id.length;
    const wanted = facetNames.map((name) => wantedOf(name, filters.chosen[name], columns.dictionaries[name] ?? []));
    const counts = facetNames.map((name) => new Int32Array((columns.dictionaries[name] ?? []).length));
    const from = filters.first ? dayNumber(filters.first) : -Infinity;
    const to = filters.last ? dayNumber(filters.last) : Infinity;
    const shown: number[] = [];
    const ofAllDays: number[] = [];
    for (let i = 0; i < n; ++i) {
        if (found && !found.has(columns.id[i] ?? "")) continue;
        // How many facets turn it away, and the last one that does: a facet counts what it alone would turn away.
        let against = 0;
        let which = -1;
        for (let f = 0; f < facetNames.length && against < 2; ++f) {
            const mask = wanted[f];
            if (!mask) continue;
            const value = valuesAt(columns, facetNames[f]!, i);
            const fits = typeof value === "number" ? mask[value] === 1 : value.some((one) => mask[one] === 1);
            if (!fits) {
                ++against;
                which = f;
            }
        }
        if (against > 1) continue;
        const inTime = (columns.last[i] ?? 0) >= from && (columns.first[i] ?? 0) <= to;
        if (against === 0) {
            ofAllDays.push(i);
            if (inTime) shown.push(i);
        }
        if (!inTime) continue;
        for (let f = 0; f < facetNames.length; ++f) {
            if (against === 1 && which !== f) continue;
            const value = valuesAt(columns, facetNames[f]!, i);
            const count = counts[f]!;
            if (typeof value === "number") ++count[value]!;
            else for (const one of value) ++count[one]!;
        }
    }
    const ordered = Int32Array.from(shown);
    if (filters.sort === "-start") ordered.reverse();
    if (filters.sort === "-killed") ordered.sort((a, b) => (columns.killed[b] ?? -1) - (columns.killed[a] ?? -1) || a - b);
    const facets = Object.fromEntries(facetNames.map((name, f) => [name, new Map((columns.dictionaries[name] ?? []).map((value, v) => [value, counts[f]![v] ?? 0] as const))])) as Selection["facets"];
    return { shown: ordered, ofAllDays: Int32Array.from(ofAllDays), facets };
}

/** Incidents by day, those of several days spread evenly over them, as the assessment's course has it. */
export function courseOf(columns: IncidentColumns, chosen: Int32Array, firstDay: string, lastDay: string): { all: Float64Array; breaches: Float64Array; begin: number } {
    const begin = dayNumber(firstDay);
    const length = Math.max(0, dayNumber(lastDay) - begin + 1);
    const all = new Float64Array(length);
    const breaches = new Float64Array(length);
    const names = columns.dictionaries.verdict ?? [];
    const grave = names.map((name) => name === "breach" || name === "breach_likely");
    for (const i of chosen) {
        const [first, last] = [columns.first[i] ?? 0, columns.last[i] ?? 0];
        const share = 1 / (last - first + 1);
        for (let day = Math.max(first, begin); day <= last && day - begin < length; ++day) {
            all[day - begin]! += share;
            if (grave[columns.verdict[i] ?? -1]) breaches[day - begin]! += share;
        }
    }
    return { all, breaches, begin };
}

/** The rows that were read so far, by id. */
const rows = new Map<string, Incident>();
let held: { version: string; columns: Promise<IncidentColumns> } | undefined;

/** The columns of this version of the mission's numbers, read once. */
export function columnsOf(version: string): Promise<IncidentColumns> {
    if (held?.version !== version) {
        rows.clear();
        const columns = get<IncidentColumns>("/api/incidents.columns");
        held = { version, columns };
        columns.catch(() => { held = undefined; });
    }
    return held.columns;
}

export const rowOf = (id: string): Incident | undefined => rows.get(id);

/** Reads the rows of these incidents that are not here yet; at most 100 in one turn. */
export async function readRows(ids: string[]): Promise<void> {
    const missing = ids.filter((id) => !rows.has(id)).slice(0, 100);
    if (missing.length === 0) return;
    const query = new URLSearchParams(missing.map((id) => ["id", id]));
    query.set("limit", "100");
    const page = await get<IncidentPage>(`/api/incidents?${query}`);
    for (const row of page.rows) rows.set(row.id, row);
}

/** The ids of the incidents whose texts hold the words; the server searches, since it holds the texts. */
export async function search(q: string, signal: AbortSignal): Promise<Set<string>> {
    const columns = await get<IncidentColumns>(address("/api/incidents.columns", { q }), signal);
    return new Set(columns.id);
}

export const isGone = (error: unknown) => error instanceof ProblemError && error.problem.status === 404;
