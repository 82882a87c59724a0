// SPDX-License-Identifier: Apache-2.0
import { useEffect, useMemo, useState } from "preact/hooks";
import { Course } from "../figures/course";
import type { Span } from "../figures/course";
import type { FacetName, Filters, Selection } from "../incidents";
import { courseOf, facetNames, filtersOf, isNarrowed, queryOf, readRows, rowOf, search, select } from "../incidents";
import { isoDay } from "../figures/scale";
import { mostWithDiscs } from "../../marks";
import { MapBox, viewOf } from "../map_box";
import type { IncidentColumns } from "../model";
import { actName, actorName, placeName, whenShort } from "../naming";
import { Choose, Heading, Trouble } from "../parts";
import { go } from "../router";
import type { Session } from "../session";
import { may, useSession } from "../session";
import type { Group } from "../use_incidents";
import { useColumns, useSpots } from "../use_incidents";
import { VirtualList } from "../virtual_list";
import type { Words } from "../words";
import { useWords } from "../words";

/** Of `.row` in app.css. */
const rowHeight = 104;

/** The list, the map and the course of all incidents, narrowed together; the address holds the filters. */
export function IncidentsPage({ query }: { query: URLSearchParams }) {
    const words = useWords();
    const session = useSession();
    const columns = useColumns();
    const filters = useMemo(() => filtersOf(query), [query.toString()]);
    const [found, setFound] = useState<Set<string> | undefined>();
    const [error, setError] = useState<Error | undefined>();
    const [here, setHere] = useState<Group[] | undefined>();
    useEffect(() => {
        setFound(undefined);
        setError(undefined);
        if (!filters.q) return;
        const stop = new AbortController();
        const timer = setTimeout(() => search(filters.q, stop.signal).then(setFound, (caught: Error) => { if (!stop.signal.aborted) setError(caught); }), 200);
        return () => {
            clearTimeout(timer);
            stop.abort();
        };
    }, [filters.q, session.mission.version]);
    const selection = useMemo(() => (columns ? select(columns, filters, filters.q ? found : undefined) : undefined), [columns, filters, found]);
    const set = (change: Partial<Filters>, how: "push" | "replace" = "push") => {
        const text = queryOf({ ...filters, ...change }).toString();
        setHere(undefined);
        go(text ? `/incidents?${text}` : "/incidents", how);
    };
    const toggle = (name: FacetName, value: string, on: boolean) =>
        set({ chosen: { ...filters.chosen, [name]: on ? [...filters.chosen[name], value] : filters.chosen[name].filter((one) => one !== value) } });
    return (
        <>
            <Heading>{words.say("app.nav.incidents")}</Heading>
            {error && <Trouble error={error} />}
            {!columns || !selection ? <p class="waiting" role="status">{words.say("app.loading")}</p> : (
                <div class="incidents-layout">
                    <Facets filters={filters} selection={selection} toggle={toggle} set={set} />
                    <div>
                        <Summary filters={filters} selection={selection} total={columns.id.length} toggle={toggle} set={set} />
                        <BrushedCourse columns={columns} selection={selection} filters={filters} setSpan={({ first, last }) => set({ first, last })} />
                        <Places columns={columns} selection={selection} here={here} setHere={setHere} />
                        <Rows columns={columns} selection={selection} filters={filters} set={set} />
                    </div>
                </div>
            )}
        </>
    );
}

/** A facet's value in words. */
export function facetValue(words: Words, session: Session, name: FacetName, value: string): string {
    switch (name) {
        case "verdict": return words.say(`verdict.${value}`);
        case "act": return actName(words, value);
        case "attacker": return actorName(words, session, value);
        case "admin1": return value || words.say("area.unknown");
        case "source": return words.name(session.mission.sources.find((one) => one.id === value)?.title, value);
        case "joint": return words.sayOr(`app.joint.${value}`, value);
        case "in_focus": return words.sayOr(`app.focus.${value}`, value);
        case "side": return words.sayOr(`app.side.${value}`, value);
    }
}

interface FilterSettings {
    filters: Filters;
    selection: Selection;
    toggle: (name: FacetName, value: string, on: boolean) => void;
    set: (change: Partial<Filters>, how?: "push" | "replace") => void;
}

const most = 60;

function Facets({ filters, selection, toggle, set }: FilterSettings) {
    const words = useWords();
    const session = useSession();
    const wide = matchMedia("(min-width: 64rem)").matches;
    const [open, setOpen] = useState(false);
    return (
        <form class="facets" role="search" aria-label={words.say("script.filter")} onSubmit={(event) => event.preventDefault()}>
            <button type="button" class="facets-button" aria-expanded={open} onClick={() => setOpen(!open)}>{words.say("script.filter")}</button>
            <div class={open ? "facets-body open" : "facets-body"}>
            <label>
                <span>{words.say("script.search")}</span>
                <input type="search" value={filters.q} onInput={(event) => set({ q: event.currentTarget.value }, "replace")} />
            </label>
            <div class="fields">
                <label><span>{words.say("script.first_day")}</span><input type="date" value={filters.first} onChange={(event) => set({ first: event.currentTarget.value })} /></label>
                <label><span>{words.say("script.last_day")}</span><input type="date" value={filters.last} onChange={(event) => set({ last: event.currentTarget.value })} /></label>
            </div>
            {facetNames.map((name) => {
                const values = [...selection.facets[name]].filter(([value, n]) => n > 0 || filters.chosen[name].includes(value));
                if (values.length < 2 && filters.chosen[name].length === 0) return null;
                if (name !== "verdict" && name !== "side" && name !== "in_focus" && name !== "joint") values.sort((a, b) => b[1] - a[1]);
                return (
                    <details key={name} class="facet" open={filters.chosen[name].length > 0 || (wide && (name === "verdict" || name === "attacker" || name === "act"))}>
                        <summary>{words.say(`app.facet.${name}`)}{filters.chosen[name].length > 0 && <span class="count">{filters.chosen[name].length}</span>}</summary>
                        <ul class="facet-list">
                            {values.slice(0, most).map(([value, n]) => (
                                <li key={value}>
                                    <label>
                                        <input type="checkbox" checked={filters.chosen[name].includes(value)} onChange={(event) => toggle(name, value, event.currentTarget.checked)} />
                                        <span>{facetValue(words, session, name, value)}</span>
                                        <span class="n">{words.number(n)}</span>
                                    </label>
                                </li>
                            ))}
                        </ul>
                    </details>
                );
            })}
            </div>
        </form>
    );
}

function Summary({ filters, selection, total, toggle, set }: FilterSettings & { total: number }) {
    const words = useWords();
    const session = useSession();
    const query = queryOf(filters);
    query.delete("sort");
    const files = query.toString() ? `?${query}` : "";
    return (
        <div>
            <p role="status" aria-live="polite"><strong>{words.say("app.incidents.shown", { n: selection.shown.length, total: words.number(total) })}</strong></p>
            {isNarrowed(filters) && (
                <p class="chips">
                    {facetNames.flatMap((name) => filters.chosen[name].map((value) => (
                        <button key={`${name} ${value}`} type="button" class="quiet" onClick={() => toggle(name, value, false)} aria-label={words.say("app.incidents.without", { what: facetValue(words, session, name, value) })}>
                            {facetValue(words, session, name, value)} <span aria-hidden="true">×</span>
                        </button>
                    )))}
                    {(filters.first || filters.last) && (
                        <button type="button" class="quiet" onClick={() => set({ first: "", last: "" })}>
                            {filters.first && filters.last ? words.days(filters.first, filters.last) : words.day(filters.first || filters.last)} <span aria-hidden="true">×</span>
                        </button>
                    )}
                    <button type="button" class="quiet" onClick={() => go("/incidents")}>{words.say("script.clear")}</button>
                </p>
            )}
            <p class="actions">
                {may(session, "opinion.write") && <a class="button" href={`/review${files}`}>{words.say("app.incidents.review")}</a>}
                <a class="quiet" href={`/api/incidents.csv${files}`} download>CSV</a>
                <a class="quiet" href={`/api/incidents.geojson${files}`} download>GeoJSON</a>
            </p>
        </div>
    );
}

function BrushedCourse({ columns, selection, filters, setSpan }: { columns: IncidentColumns; selection: Selection; filters: Filters; setSpan: (span: Span) => void }) {
    const words = useWords();
    const { mission } = useSession();
    const days = useMemo(() => {
        // Days beyond those assessed have incidents too: the course shows them all.
        let [first, last] = [mission.days.first, mission.days.last];
        if (columns.first.length > 0) {
            const begin = columns.first.reduce((least, day) => Math.min(least, day), Infinity);
            const end = columns.last.reduce((greatest, day) => Math.max(greatest, day), -Infinity);
            if (isoDay(begin) < first) first = isoDay(begin);
            if (isoDay(end) > last) last = isoDay(end);
        }
        const { all, breaches, begin } = courseOf(columns, selection.ofAllDays, first, last);
        return [...all].map((value, i) => ({ day: isoDay(begin + i), all: value, part: breaches[i] ?? 0 }));
    }, [columns, selection, mission]);
    return (
        <section aria-label={words.say("course.heading")}>
            <Course kind="breach" height={120} label={words.say("course.alt")} days={days} marks={[{ day: mission.truce.day, label: words.say("course.truce"), main: true }]}
                span={{ first: filters.first, last: filters.last }} onSpan={setSpan} dayName={(iso, long) => words.shortDay(iso, long)} number={(value) => words.count(value)} />
            <p class="note">{words.say("script.brush")}</p>
        </section>
    );
}

const mostHere = 12;

function Places({ columns, selection, here, setHere }: { columns: IncidentColumns; selection: Selection; here: Group[] | undefined; setHere: (groups: Group[] | undefined) => void }) {
    const words = useWords();
    const { mission } = useSession();
    const spots = useSpots(columns, selection.shown);
    const [open, setOpen] = useState(matchMedia("(min-width: 40rem)").matches);
    const chosen = new Set(selection.shown);
    const ids = (here ?? []).flatMap((group) => group.members.filter((i) => chosen.has(i))).map((i) => columns.id[i] ?? "");
    const [, setRead] = useState(0);
    useEffect(() => {
        void readRows(ids.slice(0, mostHere)).then(() => setRead((n) => n + 1), () => undefined);
    }, [ids.join()]);
    return (
        <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
            <summary>{words.say("map.heading")}</summary>
            {open && (
                <>
                    <MapBox label={words.say("map.alt")} spots={spots.spots} shown={spots.count} view={viewOf(mission.view)} areas onOpen={setHere} />
                    {ids.length > 0 && (
                        <div class="card" role="status">
                            <p><strong>{words.say("script.incidents_here", { n: ids.length })}</strong> <button type="button" class="plain" onClick={() => setHere(undefined)}>{words.say("app.close")}</button></p>
                            <ul>
                                {ids.slice(0, mostHere).map((id) => {
                                    const row = rowOf(id);
                                    return <li key={id}><a href={`/incidents/${encodeURIComponent(id)}`}>{row ? `${whenShort(words, row.when)} · ${placeName(words, row.place)} · ${actName(words, row.act)}` : id}</a></li>;
                                })}
                            </ul>
                        </div>
                    )}
                    {spots.drawn > mostWithDiscs && <p class="note">{words.say("app.map.no_discs")}</p>}
                    {spots.without > 0 && <p class="note">{words.say("map.without_place", { n: spots.without })}</p>}
                    <p class="note">{words.say("map.discs")} {words.say("map.boundaries")}</p>
                </>
            )}
        </details>
    );
}

function Rows({ columns, selection, filters, set }: { columns: IncidentColumns; selection: Selection; filters: Filters; set: (change: Partial<Filters>) => void }) {
    const words = useWords();
    const session = useSession();
    const [, setRead] = useState(0);
    const [error, setError] = useState<Error | undefined>();
    const onSight = (first: number, end: number) => {
        const ids: string[] = [];
        for (let i = first; i < end; ++i) ids.push(columns.id[selection.shown[i] ?? -1] ?? "");
        readRows(ids.filter((id) => id !== "")).then(() => { setRead((n) => n + 1); setError(undefined); }, setError);
    };
    const names = columns.dictionaries.verdict ?? [];
    return (
        <section aria-label={words.say("incidents")}>
            <p class="fields"><label><span>{words.say("app.incidents.order")}</span>
                <Choose value={filters.sort} onChange={(sort) => set({ sort: sort as Filters["sort"] })} choices={(["-start", "start", "-killed"] as const).map((id) => ({ id, name: words.say(`app.sort.${id.replace("-", "down_")}`) }))} />
            </label></p>
            {error && <Trouble error={error} />}
            {selection.shown.length === 0 && <p class="message">{words.say("app.incidents.none")}</p>}
            {selection.shown.length > 0 && (
                <VirtualList length={selection.shown.length} rowHeight={rowHeight} label={words.say("app.nav.incidents")} onSight={onSight} resetOn={selection}
                    row={(index, top) => {
                        const i = selection.shown[index] ?? 0;
                        const id = columns.id[i] ?? "";
                        const row = rowOf(id);
                        const verdict = names[columns.verdict[i] ?? 0] ?? "undetermined";
                        return (
                            <div role="listitem" key={id}>
                                <a class={`row v-${verdict}`} style={{ top: `${top}px` }} href={`/incidents/${encodeURIComponent(id)}`}>
                                    <span class="row-top">
                                        <span class="when">{row ? whenShort(words, row.when) : words.days(isoDay(columns.first[i] ?? 0), isoDay(columns.last[i] ?? 0))}</span>
                                        <span class="where" dir="auto">{row ? placeName(words, row.place) : ""}</span>
                                    </span>
                                    <span class="row-top">
                                        <span>{words.say(`verdict.${verdict}`)}</span>
                                        <span class="note where">{row ? `${actName(words, row.act)} · ${row.attacker.candidates.map((one) => actorName(words, session, one.actor)).join(words.say("list.or")) || words.say("party.unknown")}` : ""}</span>
                                        {(columns.killed[i] ?? -1) > 0 && <span class="note">{words.say("finding.killed", { count: words.number(columns.killed[i] ?? 0) })}</span>}
                                    </span>
                                    <span class="row-text" dir="auto">{row?.summary ?? ""}</span>
                                </a>
                            </div>
                        );
                    }} />
            )}
        </section>
    );
}
