// SPDX-License-Identifier: Apache-2.0
import type { Assessment, Comparison, Durability, Tally, Trend } from "../assessment";
import { address, useRemote } from "../api";
import { Course } from "../figures/course";
import { DataTable, Figure } from "../figures/figure";
import { Lines } from "../figures/lines";
import { dayNumber, dayTicks, isoDay, ticks } from "../figures/scale";
import type { Analysis } from "../model";
import { actName, actorName, areaName } from "../naming";
import { Heading, Loaded } from "../parts";
import { embeddedFigure, withQuery } from "../router";
import { useSession } from "../session";
import type { Words } from "../words";
import { useWords } from "../words";
import { useSource } from "./now";

const parts = ["trend", "hotspots", "deaths", "durability"] as const;
type Part = (typeof parts)[number];

/** Whether violence fell, where it goes on, how many died, how long it may hold; each figure to be taken along. */
export function AnalysisPage({ query }: { query: URLSearchParams }) {
    const words = useWords();
    const part = parts.find((one) => one === query.get("part")) ?? "trend";
    const assessment = useRemote<Assessment>("/api/assessment");
    return (
        <>
            <div class="no-embed">
                <Heading>{words.say("app.nav.analysis")}</Heading>
                <nav aria-label={words.say("app.nav.analysis")} class="chips">
                    {parts.map((one) => <a key={one} class="button" aria-current={one === part ? "page" : undefined} href={withQuery({ part: one }, "/analysis")}>{words.say(`app.analysis.${one}`)}</a>)}
                </nav>
            </div>
            <Loaded remote={assessment}>{(value) => <PartView part={part} assessment={value} only={embeddedFigure()} />}</Loaded>
        </>
    );
}

function PartView({ part, assessment, only }: { part: Part; assessment: Assessment; only: string | null }) {
    switch (part) {
        case "trend": return <TrendPart assessment={assessment} only={only} />;
        case "hotspots": return <HotspotsPart assessment={assessment} />;
        case "deaths": return <DeathsPart assessment={assessment} only={only} />;
        case "durability": return <DurabilityPart durability={assessment.durability} only={only} />;
    }
}

function Sentences({ part }: { part: Part }) {
    const words = useWords();
    const analysis = useRemote<Analysis>(address(`/api/analysis/${part}`, { lang: words.language }));
    return <div class="no-embed"><Loaded remote={analysis}>{(value) => <>{value.sentences.map((one) => <p key={one}>{one}</p>)}</>}</Loaded></div>;
}

const ratio = (words: Words, value: number | null) => (value === null ? words.say("none") : words.decimal(value, 2));

function comparisonRow(words: Words, name: string, window: string, comparison: Comparison): (string | number)[] {
    const { estimate } = comparison;
    const [low, high] = estimate?.interval ?? [null, null];
    return [
        name, window, comparison.before.rate_per_day === null ? words.say("none") : words.decimal(comparison.before.rate_per_day, 2),
        comparison.after.rate_per_day === null ? words.say("none") : words.decimal(comparison.after.rate_per_day, 2),
        ratio(words, estimate?.ratio ?? null),
        low === null ? words.say("none") : high === null ? words.say("interval.open", { low: words.decimal(low, 2) }) : words.say("interval", { low: words.decimal(low, 2), high: words.decimal(high, 2) }),
        words.say(`word.${comparison.change}`) + (comparison.why_not ? `: ${words.sayOr(`no_verdict.${comparison.why_not}`, comparison.why_not)}` : ""),
    ];
}

function TrendPart({ assessment, only }: { assessment: Assessment; only: string | null }) {
    const words = useWords();
    const session = useSession();
    const source = useSource();
    const area = areaName(words, session, session.mission.focus);
    const days = assessment.course.focus;
    const { truce } = assessment;
    const marks = truce.day ? [{ day: truce.day, label: words.say("course.truce"), main: true }] : [];
    const apart = assessment.trends.incidents.pre_truce_window_set_apart.before.days;
    const axis = { dayName: (iso: string, long: boolean) => words.shortDay(iso, long), number: (value: number) => words.count(value) };
    const setApart = truce.day && apart.last < truce.day ? { first: isoDay(dayNumber(apart.last) + 1), end: truce.day } : undefined;
    const columns = [words.say("trend.group"), words.say("trend.window"), words.say("trend.before"), words.say("trend.after"), words.say("trend.ratio"), words.say("trend.widened"), words.say("trend.word")];
    const both = (name: string, trend: Trend) => [
        comparisonRow(words, name, words.say("trend.set_apart"), trend.pre_truce_window_set_apart),
        comparisonRow(words, name, words.say("trend.included"), trend.pre_truce_window_included),
    ];
    const { trends } = assessment;
    // Numbers of a selection side by side, before and since, would be compared whatever the words beside them.
    const ofASelection = [...assessment.trends_by_area, ...assessment.trends_by_party].every((one) => one.trend.pre_truce_window_set_apart.why_not === "selection_only");
    const rows = [...both(words.say("incidents"), trends.incidents), ...both(words.say("deaths.killed"), trends.deaths), ...both(words.say("course.legend_civilians"), trends.civilian_deaths)];
    const table = { columns: [words.say("day"), words.say("incidents"), words.say("course.breaches"), words.say("deaths.killed"), words.say("deaths.civilians_of")], rows: days.map((one) => [one.day, one.incidents, one.breaches, one.deaths, one.civilian_deaths]) };
    return (
        <>
            <Sentences part="trend" />
                <Figure id="incidents" title={words.say("app.now.incidents_by_day", { area })} source={source} table={table} legend={[{ class: "", label: words.say("course.legend_all") }, { class: "breach", label: words.say("course.legend_breaches") }]}>
                    <Course kind="breach" height={220} label={words.say("course.alt")} marks={marks} apart={setApart} days={days.map((one) => ({ day: one.day, all: one.incidents, part: one.breaches }))} {...axis} />
                </Figure>
                <Figure id="deaths" title={words.say("app.now.deaths_by_day", { area })} source={source} table={table} legend={[{ class: "", label: words.say("course.legend_all") }, { class: "civilian", label: words.say("course.legend_civilians") }]}>
                    <Course kind="civilian" height={180} label={words.say("course.alt")} marks={marks} apart={setApart} days={days.map((one) => ({ day: one.day, all: one.deaths, part: one.civilian_deaths }))} {...axis} />
                </Figure>
            {only === null && (
                <>
                    <h2>{words.say("trend.table")}</h2>
                    <DataTable label={words.say("trend.table")} table={{ columns, rows }} />
                    {ofASelection && <p class="note">{words.say("trend.by_area")}, {words.say("trend.by_party")}: {words.say("trend.groups_of_a_selection")}</p>}
                    {!ofASelection && assessment.trends_by_area.length > 0 && <><h2>{words.say("trend.by_area")}</h2><DataTable label={words.say("trend.by_area")} table={{ columns, rows: assessment.trends_by_area.map((one) => comparisonRow(words, one.name, words.say("trend.set_apart"), one.trend.pre_truce_window_set_apart)) }} /></>}
                    {!ofASelection && assessment.trends_by_party.length > 0 && <><h2>{words.say("trend.by_party")}</h2><DataTable label={words.say("trend.by_party")} table={{ columns, rows: assessment.trends_by_party.map((one) => comparisonRow(words, actorName(words, session, one.name), words.say("trend.set_apart"), one.trend.pre_truce_window_set_apart)) }} /></>}
                    <Tallies title={words.say("findings.by_party")} note={words.say("findings.by_party_note")} rows={assessment.by_party} name={(one) => actorName(words, session, one.id)} />
                    <Tallies title={words.say("findings.by_area")} rows={assessment.by_area} name={(one) => words.name(one.name, one.id) || words.say("area.unknown")} />
                    <Tallies title={words.say("findings.by_act")} rows={assessment.by_act} name={(one) => actName(words, one.id)} />
                    <p><a href="/api/analysis/trend.csv" download>CSV</a></p>
                </>
            )}
        </>
    );
}

const verdicts = ["breach", "breach_likely", "undetermined", "out_of_scope_likely", "not_breach", "out_of_scope"];

function Tallies({ title, note, rows, name }: { title: string; note?: string; rows: Tally[]; name: (one: Tally) => string }) {
    const words = useWords();
    if (rows.length === 0) return null;
    return (
        <>
            <h2>{title}</h2>
            {note && <p class="note">{note}</p>}
            <DataTable label={title} table={{ columns: [title, words.say("incidents"), ...verdicts.map((one) => words.say(`verdict.${one}`)), words.say("deaths.killed")], rows: rows.map((one) => [name(one), one.incidents, ...verdicts.map((verdict) => one.verdicts[verdict] ?? 0), words.toll(one.killed)]) }} />
        </>
    );
}

function HotspotsPart({ assessment }: { assessment: Assessment }) {
    const words = useWords();
    return (
        <>
            <Sentences part="hotspots" />
            {assessment.hotspots.map((scan) => (
                <section key={scan.model}>
                    <h2>{words.sayOr(`hotspots.${scan.model}`, scan.model)}</h2>
                    {(scan.baseline ?? scan.study) && words.has(`hotspots.${scan.model}.how`) && <p class="note">{words.say(`hotspots.${scan.model}.how`, { days: words.days((scan.baseline ?? scan.study)?.first ?? "", (scan.baseline ?? scan.study)?.last ?? "") })}</p>}
                    {scan.why_not && <p class="message">{words.say("hotspots.not_scanned", { why: words.sayOr(`hotspots.why.${scan.why_not}`, scan.why_not) })}</p>}
                    {!scan.why_not && scan.hotspots.length === 0 && <p>{words.say("hotspots.none")}</p>}
                    {scan.hotspots.length > 0 && (
                        <DataTable label={words.sayOr(`hotspots.${scan.model}`, scan.model)} table={{
                            columns: [words.say("hotspots.place"), words.say("hotspots.days"), words.say("incidents"), words.say("hotspots.expected"), words.say("hotspots.single"), words.say("hotspots.clustered"), words.say("hotspots.evidence")],
                            rows: scan.hotspots.map((one) => [words.say("hotspots.within", { place: one.place, km: words.decimal(one.radius_km, 1) }), words.days(one.days.first, one.days.last), one.incidents, words.decimal(one.expected, 1), words.decimal(one.single.p, 3), one.clustered ? words.decimal(one.clustered.p, 3) : words.say("none"), words.sayOr(`hotspots.evidence.${one.evidence}`, one.evidence)]),
                        }} />
                    )}
                    {scan.warnings.map((one) => <p key={one} class="note">{words.sayOr(`hotspots.warning.${one}`, one)}</p>)}
                </section>
            ))}
            <p><a href="/api/analysis/hotspots.csv" download>CSV</a> <a href="/api/analysis/hotspots.geojson" download>GeoJSON</a></p>
        </>
    );
}

function DeathsPart({ assessment, only }: { assessment: Assessment; only: string | null }) {
    const words = useWords();
    const session = useSession();
    const source = useSource();
    const { tolls } = assessment;
    const { running } = tolls.focus_since;
    const area = areaName(words, session, session.mission.focus);
    const points = running.map((one) => ({ x: dayNumber(one.day), low: one.killed[0], y: one.killed[1], high: one.killed[2] }));
    const most = Math.max(1, ...points.map((one) => one.high));
    const [first, last] = [points[0]?.x ?? 0, points[points.length - 1]?.x ?? 1];
    const title = words.say("deaths.figure", { area });
    return (
        <>
            <Sentences part="deaths" />
            {points.length > 1 && (
                    <Figure id="toll" title={title} source={source} table={{ columns: [words.say("day"), words.say("deaths.low"), words.say("deaths.best"), words.say("deaths.high")], rows: running.map((one) => [one.day, ...one.killed]) }}>
                        <Lines label={title} lines={[{ class: "toll", points, steps: true }]}
                            x={{ from: first, to: last, ticks: dayTicks(first, last, 6), name: (value) => words.shortDay(isoDay(value)), title: "" }}
                            y={{ to: most, ticks: ticks(most), name: (value) => words.number(value), title: words.say("deaths.low_best_high") }} />
                    </Figure>
            )}
            {only === null && (
                <>
                    <h2>{words.say("deaths.heading")}</h2>
                    <DataTable label={words.say("deaths.heading")} table={{
                        columns: [words.say("deaths.when"), words.say("deaths.killed"), words.say("deaths.civilians_of"), words.say("deaths.incidents"), words.say("deaths.without")],
                        rows: ([["deaths.before", tolls.focus_before], ["deaths.since", tolls.focus_since], ["deaths.all", tolls.all]] as const).map(([key, toll]) => [`${words.say(key)}: ${words.days(toll.days.first, toll.days.last)}; ${toll.area ? areaName(words, session, toll.area) : words.say("area.all")}`, words.toll(toll.killed), words.toll(toll.civilians_killed), toll.killed.incidents, toll.killed.without_figure]),
                    }} />
                    <p class="note">{words.say("deaths.note")}</p>
                    <h2>{words.say("deaths.sites")}</h2>
                    <DataTable label={words.say("deaths.sites")} table={{ columns: [words.say("site"), words.say("incidents"), words.say("deaths.killed"), words.say("deaths.civilians_of")], rows: tolls.all.protected_sites.map((one) => [words.sayOr(`target.${one.site}`, one.site), one.incidents, words.toll(one.killed), words.toll(one.civilians_killed)]) }} />
                    <p class="note">{words.say("deaths.sites_note")}</p>
                    <p><a href="/api/analysis/deaths.csv" download>CSV</a></p>
                </>
            )}
        </>
    );
}

function DurabilityPart({ durability, only }: { durability: Durability | null; only: string | null }) {
    const words = useWords();
    const source = useSource();
    const curve = (durability?.curve ?? []).filter((one) => one.days !== null && one.holds !== null);
    const lastDay = Math.max(1, ...curve.map((one) => one.days ?? 0));
    const reliability = (durability?.backtest?.reliability ?? []).filter((one) => one.mean_forecast !== null && one.share_failed !== null);
    const shares = [0, 0.25, 0.5, 0.75, 1];
    const chance = (holds: { chance: number; interval: [number | null, number | null] } | null) => (holds ? `${words.percent(holds.chance)} (${words.say("interval", { low: words.percent(holds.interval[0] ?? 0), high: words.percent(holds.interval[1] ?? 1) })})` : words.say("none"));
    return (
        <>
            <Sentences part="durability" />
            {durability && (
                <>
                    {curve.length > 1 && (
                            <Figure id="survival" title={words.say("durability.curve_share")} note={words.say("durability.curve")} source={source} table={{ columns: [words.say("durability.of_days", { n: 2 }), words.say("durability.curve_share"), words.say("deaths.low"), words.say("deaths.high")], rows: curve.map((one) => [one.days ?? 0, one.holds ?? 0, one.interval[0] ?? "", one.interval[1] ?? ""]) }}>
                                <Lines label={words.say("durability.curve")} lines={[{ class: "survival", steps: true, points: curve.map((one) => ({ x: one.days ?? 0, y: one.holds ?? 0, low: one.interval[0] ?? undefined, high: one.interval[1] ?? undefined })) }]}
                                    x={{ from: 0, to: lastDay, ticks: ticks(lastDay, 6).filter((one) => one <= lastDay), name: (value) => words.number(value), title: words.say("durability.curve_days") }}
                                    y={{ to: 1, ticks: shares, name: (value) => words.percent(value), title: words.say("durability.curve_share") }}
                                    uprights={durability.truce?.age_days ? [{ x: durability.truce.age_days, label: words.say("durability.this_truce") }] : []} />
                            </Figure>
                    )}
                    {reliability.length > 1 && durability.backtest && (
                            <Figure id="calibration" title={words.say("durability.backtest")} note={words.say("durability.reliability", { days: durability.backtest.reliability_days })} source={source} table={{ columns: [words.say("durability.reliability_forecast"), words.say("durability.reliability_failed"), words.say("deaths.low"), words.say("deaths.high"), words.say("durability.of_forecasts")], rows: reliability.map((one) => [one.mean_forecast ?? 0, one.share_failed ?? 0, one.interval[0] ?? 0, one.interval[1] ?? 1, one.forecasts]) }}>
                                <Lines label={words.say("durability.reliability", { days: durability.backtest.reliability_days })} diagonal height={320} dots={reliability.map((one) => ({ x: one.mean_forecast ?? 0, y: one.share_failed ?? 0, low: one.interval[0] ?? 0, high: one.interval[1] ?? 1 }))}
                                    x={{ from: 0, to: 1, ticks: shares, name: (value) => words.percent(value), title: words.say("durability.reliability_forecast") }} y={{ to: 1, ticks: shares, name: (value) => words.percent(value), title: words.say("durability.reliability_failed") }} />
                            </Figure>
                    )}
                    {only === null && durability.answer.length > 0 && (
                        <>
                            <h2>{words.say("durability.table")}</h2>
                            <DataTable label={words.say("durability.table")} table={{
                                columns: [words.say("durability.of_model"), ...durability.answer.map((one) => words.say("durability.of_days", { n: one.days }))],
                                rows: [[words.say("durability.together"), ...durability.answer.map((one) => chance(one.holds))], ...durability.models.filter((one) => !one.why_not).map((one) => [words.sayOr(`durability.model.${one.model}`, one.model), ...durability.answer.map((answer) => chance(one.forecasts.find((forecast) => forecast.days === answer.days)?.holds ?? null))])],
                            }} />
                        </>
                    )}
                    {only === null && durability.warnings.length > 0 && <><h2>{words.say("durability.warnings")}</h2><ul>{durability.warnings.map((one) => <li key={one}>{words.sayOr(`durability.warning.${one}`, one)}</li>)}</ul></>}
                    {only === null && <p><a href="/api/analysis/durability.csv" download>CSV</a></p>}
                </>
            )}
        </>
    );
}
