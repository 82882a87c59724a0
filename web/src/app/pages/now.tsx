// SPDX-License-Identifier: Apache-2.0
import { useMemo } from "preact/hooks";
import { address, useRemote } from "../api";
import { Course } from "../figures/course";
import { Figure } from "../figures/figure";
import { useColumns, useSpots } from "../use_incidents";
import { MapBox, viewOf } from "../map_box";
import type { Agreement, Alert, Entry, List, Now } from "../model";
import { actName, monitorName, placeName, whenShort } from "../naming";
import { Heading, Loaded, Moment, Verdict } from "../parts";
import { embeddedFigure, go } from "../router";
import { useSession } from "../session";
import { useWords } from "../words";

/** Is it holding, what changed, what is overdue, what came in. */
export function NowPage() {
    const words = useWords();
    const now = useRemote<Now>(address("/api/now", { lang: words.language }));
    return (
        <>
            <div class="no-embed"><Heading>{words.say("holding.heading")}</Heading></div>
            <Loaded remote={now}>{(value) => <NowContent now={value} />}</Loaded>
        </>
    );
}

/** What every figure says of where it comes from. */
export function useSource(): string {
    const words = useWords();
    const { mission } = useSession();
    const titles = mission.sources.map((one) => words.name(one.title, one.id)).slice(0, 3).join("; ");
    return words.say("app.figure_source", { sources: titles, at: words.moment(mission.as_of), version: mission.software_version });
}

function NowContent({ now }: { now: Now }) {
    const words = useWords();
    const session = useSession();
    const source = useSource();
    const agreements = useRemote<List<Agreement>>("/api/agreements");
    const columns = useColumns();
    const since = useMemo(() => {
        if (!columns) return undefined;
        const after = (columns.dictionaries.side ?? []).indexOf("after");
        return Int32Array.from(columns.id.map((_, i) => i).filter((i) => columns.side[i] === after));
    }, [columns]);
    const spots = useSpots(columns, since);
    const marks = useMemo(
        () => (agreements.value?.rows ?? []).flatMap((one, i) => (one.from.earliest ? [{ day: words.localDay(one.from.earliest), label: one.id === session.mission.truce.agreement ? words.say("course.truce") : String(i + 1), main: one.id === session.mission.truce.agreement }] : [])),
        [agreements.value, words],
    );
    const days = now.course;
    const table = {
        columns: [words.say("day"), words.say("incidents"), words.say("course.breaches"), words.say("deaths.killed"), words.say("deaths.civilians_of")],
        rows: days.map((one) => [one.day, round(one.incidents), round(one.breaches), round(one.deaths), round(one.civilian_deaths)]),
    };
    const span = { first: days[0]?.day ?? "", last: days[days.length - 1]?.day ?? "" };
    const axis = { dayName: (iso: string, long: boolean) => words.shortDay(iso, long), number: (value: number) => words.count(value) };
    const figures = (
        <>
            <Figure id="incidents-by-day" title={words.say("app.now.incidents_by_day", { area: now.area })} source={source} table={table} note={marks.length > 1 ? words.say("app.now.marks") : undefined}
                legend={[{ class: "", label: words.say("course.legend_all") }, { class: "breach", label: words.say("course.legend_breaches") }]}>
                <Course kind="breach" label={words.say("course.alt")} marks={marks} days={days.map((one) => ({ day: one.day, all: one.incidents, part: one.breaches }))} {...axis}
                    span={{ first: "", last: "" }} onSpan={(chosen) => { if (chosen.first) go(`/incidents?from=${chosen.first}&until=${chosen.last}&in_focus=yes`); }} />
            </Figure>
            <Figure id="deaths-by-day" title={words.say("app.now.deaths_by_day", { area: now.area })} source={source} table={table}
                legend={[{ class: "", label: words.say("course.legend_all") }, { class: "civilian", label: words.say("course.legend_civilians") }]}>
                <Course kind="civilian" height={130} label={words.say("course.alt")} marks={marks} days={days.map((one) => ({ day: one.day, all: one.deaths, part: one.civilian_deaths }))} {...axis} />
            </Figure>
        </>
    );
    if (embeddedFigure() !== null) return figures;
    return (
        <>
            <p class={`answer ${now.word}`}>{now.sentence}</p>
            {now.breaches && <p>{now.breaches}</p>}
            {now.deaths && <p>{now.deaths}</p>}
            {now.caveats?.map((one) => <p key={one} class="note">{one}</p>)}
            <div class="columns two">
                <div>
                    <Yesterday now={now} />
                    <section aria-labelledby="now-map">
                        <h2 id="now-map">{words.say("app.now.map")}</h2>
                        <MapBox label={words.say("map.alt")} spots={spots.spots} shown={spots.count} view={viewOf(session.mission.view)} areas
                            onOpen={(found) => {
                                const first = found[0]?.members[0];
                                if (found.length === 1 && found[0]?.members.length === 1 && first !== undefined && columns) go(`/incidents/${encodeURIComponent(columns.id[first] ?? "")}`);
                                else go(`/incidents?side=after`);
                            }} />
                        <p class="note">{words.say("map.boundaries")}</p>
                    </section>
                    <section aria-labelledby="now-course">
                        <h2 id="now-course">{words.say("course.heading")}</h2>
                        {figures}
                        {span.first && <p class="note">{words.say("app.now.days", { days: words.days(span.first, span.last) })}</p>}
                    </section>
                </div>
                <div>
                    <section aria-labelledby="now-overdue">
                        <h2 id="now-overdue">{words.say("app.now.overdue")}</h2>
                        <Alerts alerts={now.overdue} />
                    </section>
                    <section aria-labelledby="now-came">
                        <h2 id="now-came">{words.say("app.now.came_in")}</h2>
                        {now.came_in.length === 0 ? <p class="note">{words.say("app.now.nothing_came")}</p> : <ol class="timeline">{now.came_in.slice(0, 12).map((entry) => <EntryLine key={entry.id} entry={entry} />)}</ol>}
                    </section>
                    {(now.latest?.length ?? 0) > 0 && (
                        <section aria-labelledby="now-latest">
                            <h2 id="now-latest">{words.say("app.now.latest")}</h2>
                            <ul class="quiet-list">
                                {now.latest?.slice(0, 8).map((one) => (
                                    <li key={one.id} class="card">
                                        <p><Verdict verdict={one.verdict} /> <a href={`/incidents/${encodeURIComponent(one.id)}`}>{whenShort(words, one.when)} · {placeName(words, one.place)} · {actName(words, one.act)}</a></p>
                                        <p class="note" dir="auto">{one.summary.length > 220 ? `${one.summary.slice(0, 220)}…` : one.summary}</p>
                                    </li>
                                ))}
                            </ul>
                        </section>
                    )}
                </div>
            </div>
        </>
    );
}

const round = (value: number) => Math.round(value * 100) / 100;

function Yesterday({ now }: { now: Now }) {
    const words = useWords();
    const { yesterday } = now;
    const one = (name: string, value: number, before: number) => (
        <div>
            <dt>{name}; {words.say("app.now.day_before", { n: words.count(before) })}</dt>
            <dd>{words.count(value)}</dd>
        </div>
    );
    return (
        <section aria-labelledby="now-yesterday">
            <h2 id="now-yesterday">{words.say("app.now.last_day", { day: words.day(yesterday.day) })}</h2>
            <dl class="key-figures">
                {one(words.say("incidents"), yesterday.incidents, yesterday.before.incidents)}
                {one(words.say("course.breaches"), yesterday.breaches, yesterday.before.breaches)}
                {one(words.say("deaths.killed"), yesterday.deaths, yesterday.before.deaths)}
            </dl>
        </section>
    );
}

/** When something is due, and how near that is. */
export function Due({ at }: { at: string }) {
    const words = useWords();
    const ago = words.ago(at, Date.now());
    return <>{words.say("app.due", { at: words.moment(at) })}{ago && ` (${ago})`}</>;
}

export function Alerts({ alerts }: { alerts: Alert[] }) {
    const words = useWords();
    if (alerts.length === 0) return <p class="note">{words.say("app.now.nothing_overdue")}</p>;
    return (
        <ul class="quiet-list">
            {alerts.map((one) => (
                <li key={one.id} class="card">
                    <p><span class="badge late">{words.say(`app.alert.${one.about}`)}</span> <strong>{one.headline}</strong></p>
                    {one.description && <p class="note" dir="auto">{one.description}</p>}
                    {one.due && <p class="note"><Due at={one.due} /></p>}
                </li>
            ))}
        </ul>
    );
}

/** One entry of the record in a line: who said what, when by their own clock; with a way to its incident, unless that is `here`. */
export function EntryLine({ entry, here = false }: { entry: Entry; here?: boolean }) {
    const words = useWords();
    const session = useSession();
    const about = [entry.body.account, entry.body.notice, entry.body.inquiry].find((one): one is string => typeof one === "string");
    const said = ["text", "question", "grounds", "reason", "what", "name", "summary"].map((name) => entry.body[name]).find((one): one is string => typeof one === "string" && one !== "" && one.length < 400);
    return (
        <li>
            <p>
                <strong>{words.sayOr(`app.kind.${entry.kind}`, entry.kind)}</strong>{" "}
                <span class="note">{monitorName(words, session, entry.feed)} · <Moment at={entry.claimed} /></span>
            </p>
            {said && <p dir="auto">{said}</p>}
            {!here && (entry.kind === "opinion.given" || entry.kind === "account.received") && (
                <p><a href={`/incidents/${encodeURIComponent(entry.kind === "opinion.given" && about ? about : entry.id)}`}>{words.say("app.open_incident")}</a></p>
            )}
        </li>
    );
}
