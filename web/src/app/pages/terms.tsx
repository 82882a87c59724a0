// SPDX-License-Identifier: Apache-2.0
import { useMemo } from "preact/hooks";
import { address, useRemote } from "../api";
import { dayNumber, dayTicks, isoDay, linear, useWidth } from "../figures/scale";
import { MapBox, viewOf } from "../map_box";
import type { Agreement, Bound, List } from "../model";
import { actName, actorName, momentText, namesOnce, targetNames } from "../naming";
import { Choose, Facts, Field, Heading, Loaded } from "../parts";
import { go, withQuery } from "../router";
import { useSession } from "../session";
import { useWords } from "../words";

/** The agreements in time, and what binds whom at a place and a minute. */
export function TermsPage({ query }: { query: URLSearchParams }) {
    const words = useWords();
    const agreements = useRemote<List<Agreement>>("/api/agreements");
    return (
        <>
            <Heading>{words.say("app.nav.terms")}</Heading>
            <Loaded remote={agreements}>
                {(value) => (
                    <>
                        <Timeline agreements={value.rows} at={query.get("at") ?? ""} />
                        <BoundHere query={query} agreements={value.rows} />
                        <AgreementTable agreements={value.rows} />
                    </>
                )}
            </Loaded>
        </>
    );
}

const lineHeight = 34;

/** Each agreement as long as it was in force, with lines to those that it follows. */
function Timeline({ agreements, at }: { agreements: Agreement[]; at: string }) {
    const words = useWords();
    const { mission } = useSession();
    const [box, width] = useWidth<HTMLDivElement>();
    const wide = Math.max(width, 560);
    const placed = agreements.flatMap((one, row) => {
        const from = one.from.earliest ?? one.from.latest;
        return from ? [{ one, row, from: dayNumber(words.localDay(from)), to: one.until.latest ?? one.until.earliest ? dayNumber(words.localDay(one.until.latest ?? one.until.earliest ?? "")) : undefined }] : [];
    });
    const first = Math.min(dayNumber(mission.days.first), ...placed.map((one) => one.from));
    const last = Math.max(dayNumber(mission.days.last) + 1, ...placed.map((one) => one.to ?? 0));
    const x = linear(first, last, 10, wide - 10);
    const height = 26 + agreements.length * lineHeight;
    const rowOf = new Map(placed.map((one) => [one.one.id, one]));
    const minute = at ? dayNumber(at) + Number(at.slice(11, 13) || 0) / 24 : undefined;
    return (
        <section aria-labelledby="terms-timeline">
            <h2 id="terms-timeline">{words.say("app.terms.timeline")}</h2>
            <div class="lineage scroll" dir="ltr" ref={box} tabIndex={0} role="region" aria-labelledby="terms-timeline">
                {width > 0 && (
                    <svg class="chart" width={wide} height={height} viewBox={`0 0 ${wide} ${height}`} role="group" aria-labelledby="terms-timeline">
                        {dayTicks(first, last, Math.floor(wide / 90)).map((day) => (
                            <g key={day}><line class="grid" x1={x(day)} x2={x(day)} y1={18} y2={height} /><text class="axis" x={x(day)} y={12} text-anchor={x(day) < 30 ? "start" : x(day) > wide - 30 ? "end" : "middle"}>{words.shortDay(isoDay(day), last - first > 400)}</text></g>
                        ))}
                        {minute !== undefined && <line class="mark main" x1={x(minute)} x2={x(minute)} y1={18} y2={height} />}
                        {placed.flatMap(({ one, row, from }) => one.lineage.map(({ other }) => {
                            const parent = rowOf.get(other);
                            return parent ? <path key={`${one.id} ${other}`} class="mark" fill="none" d={`M${x(from)} ${26 + row * lineHeight + 14}V${26 + parent.row * lineHeight + 20}`} /> : null;
                        }))}
                        {placed.map(({ one, row, from, to }) => {
                            const left = x(from);
                            const end = x(to ?? last);
                            const y = 26 + row * lineHeight;
                            const name = words.name(one.title, one.id);
                            const shown = name.length > 60 ? `${name.slice(0, 58)}…` : name;
                            const fits = wide - left > shown.length * 7 + 12;  // no letter of the axis' type is much wider
                            return (
                                <a key={one.id} href={`/terms/${encodeURIComponent(one.id)}`} aria-label={`${name}: ${momentText(words, one.from)} – ${momentText(words, one.until)}`}>
                                    <rect class={to === undefined ? "span open" : "span"} x={left} y={y + 16} width={Math.max(4, end - left)} height={8} rx={2} />
                                    <text x={fits ? left : wide - 12} y={y + 11} text-anchor={fits ? "start" : "end"}>{shown}</text>
                                </a>
                            );
                        })}
                    </svg>
                )}
            </div>
            <p class="note">{words.say("app.terms.timeline_how")}</p>
        </section>
    );
}

const acts = ["attack", "attack.shelling", "attack.air_strike", "attack.ground_assault", "territory.acquire", "movement.force", "access.deny", "siege", "detain"];

/** What bound whom at a place and a minute, with every commitment considered. */
function BoundHere({ query, agreements }: { query: URLSearchParams; agreements: Agreement[] }) {
    const words = useWords();
    const session = useSession();
    const at = query.get("at") ?? `${session.mission.truce.day}T12:00`;
    const place = query.get("place") ?? "";
    const actor = query.get("actor") ?? "";
    const act = query.get("act") ?? "attack";
    const bound = useRemote<Bound>(address("/api/bound", { at, place, actor, act, lang: words.language }));
    const picked = useMemo(() => {
        const [lat, lon] = place.split(",").map(Number);
        return lat !== undefined && lon !== undefined && place && !Number.isNaN(lat + lon) ? ([lon, lat] as [number, number]) : undefined;
    }, [place]);
    const set = (change: Record<string, string>) => go(withQuery(change), "replace");
    const actors = [...session.actors.values()].map((one) => ({ id: one.id, name: words.name(one.name, one.id) })).sort((a, b) => a.name.localeCompare(b.name));
    const binds = (answer: string) => bound.value?.commitments.filter((one) => one.binds === answer) ?? [];
    return (
        <section aria-labelledby="terms-bound">
            <h2 id="terms-bound">{words.say("app.terms.bound")}</h2>
            <div class="columns even">
                <div>
                    <MapBox label={words.say("app.terms.map")} spots={none} shown={nothing} view={viewOf(session.mission.view)} areas picked={picked}
                        onPick={([lon, lat]) => set({ place: `${lat.toFixed(4)},${lon.toFixed(4)}` })} />
                    <p class="note">{words.say("app.terms.pick")}</p>
                    <div class="fields">
                        <Field label={`${words.say("app.terms.minute")} (${words.zone})`} hint={words.say("app.terms.utc", { at: utcOf(words.instantOf(at)) })}><input type="datetime-local" value={at.slice(0, 16)} onInput={(event) => { if (event.currentTarget.value) set({ at: event.currentTarget.value }); }} /></Field>
                        <Field label={words.say("app.terms.place")}><input dir="ltr" value={place} placeholder="36.2021,37.1343" onChange={(event) => set({ place: event.currentTarget.value.replace(/\s/g, "") })} /></Field>
                        <Field label={words.say("finding.attacker")}><Choose value={actor} empty={words.say("app.terms.anyone")} choices={actors} onChange={(value) => set({ actor: value })} /></Field>
                        <Field label={words.say("act")}><Choose value={act} choices={acts.map((id) => ({ id, name: actName(words, id) }))} onChange={(value) => set({ act: value })} /></Field>
                    </div>
                </div>
                <div aria-live="polite">
                    <Loaded remote={bound}>
                        {(value) => (
                            <>
                                {!picked && <p class="message">{words.say("app.terms.nowhere")}</p>}
                                <p><strong>{words.say("app.terms.answer", { yes: binds("yes").length, unknown: binds("unknown").length, all: value.commitments.length })}</strong></p>
                                {(["yes", "unknown"] as const).map((answer) => binds(answer).length > 0 && (
                                    <div key={answer}>
                                        <h3>{words.say(`app.terms.binds.${answer}`)}</h3>
                                        {binds(answer).map((one) => <Commitment key={one.commitment} commitment={one} agreements={agreements} />)}
                                    </div>
                                ))}
                                {binds("no").length > 0 && (
                                    <details>
                                        <summary>{words.say("app.terms.binds.no")} ({words.number(binds("no").length)})</summary>
                                        {binds("no").map((one) => <Commitment key={one.commitment} commitment={one} agreements={agreements} />)}
                                    </details>
                                )}
                            </>
                        )}
                    </Loaded>
                </div>
            </div>
        </section>
    );
}

const none: never[] = [];
const nothing = () => 0;
const utcOf = (instant: string) => instant.replace("T", " ").slice(0, 16);

/** The duty by its name: the agreement's own, else that of the nearest one that it stands on. */
function dutyOf(id: string, agreement: Agreement | undefined, agreements: Agreement[], seen = new Set<string>()): Agreement["duties"][number] | undefined {
    if (!agreement || seen.has(agreement.id)) return undefined;
    seen.add(agreement.id);
    const own = agreement.duties.find((one) => one.id === id);
    return own ?? agreement.lineage.map((one) => dutyOf(id, agreements.find((other) => other.id === one.other), agreements, seen)).find((one) => one);
}

function Commitment({ commitment, agreements }: { commitment: Bound["commitments"][number]; agreements: Agreement[] }) {
    const words = useWords();
    const session = useSession();
    const agreement = agreements.find((one) => one.id === commitment.agreement);
    const duty = dutyOf(commitment.duty, agreement, agreements);
    const whom = (agreement?.adherents ?? []).filter((one) => !one.withdrawn || (one.withdrawn.earliest === null && one.withdrawn.latest === null)).map((one) => actorName(words, session, one.actor));
    return (
        <details class="card">
            <summary>
                <strong>{words.name(agreement?.title, commitment.agreement)}</strong> · {duty ? duty.acts.map((one) => actName(words, one)).join(", ") : commitment.duty}
                {(duty?.against?.length ?? 0) > 0 && <span class="note"> · {words.say("finding.target")}: {targetNames(words, session, duty?.against ?? [])}</span>}
            </summary>
            <Facts rows={[
                [words.say("app.duty"), <><code>{commitment.duty}</code> {duty?.text && words.name(duty.text)}</>],
                [words.say("terms.bound"), whom.join(", ")],
                [words.say("terms.excluded"), namesOnce((agreement?.excluded ?? []).map((one) => actorName(words, session, one.actor))).join(", ")],
            ]} />
            <table class="elements">
                <thead><tr><th scope="col">{words.say("element")}</th><th scope="col">{words.say("answer")}</th><th scope="col">{words.say("reason")}</th></tr></thead>
                <tbody>
                    {commitment.elements.map((one) => (
                        <tr key={one.element} class={`a-${one.answer}`}><th scope="row">{words.sayOr(`element.${one.element}`, one.element)}</th><td>{words.say(`answer.${one.answer}`)}</td><td>{words.sayOr(`reason.${one.reason}`, one.reason)}</td></tr>
                    ))}
                </tbody>
            </table>
            <p><a href={`/terms/${encodeURIComponent(commitment.agreement)}`}>{words.say("app.open_agreement")}</a></p>
        </details>
    );
}

function AgreementTable({ agreements }: { agreements: Agreement[] }) {
    const words = useWords();
    const session = useSession();
    return (
        <section aria-labelledby="terms-table">
            <h2 id="terms-table">{words.say("terms.heading")}</h2>
            <div class="scroll" tabIndex={0} role="region" aria-labelledby="terms-table">
                <table>
                    <thead><tr>{["number", "agreement", "from", "until", "state", "guarantors", "bound", "excluded"].map((one) => <th key={one} scope="col">{words.say(`terms.${one}`)}</th>)}</tr></thead>
                    <tbody>
                        {agreements.map((one, i) => (
                            <tr key={one.id}>
                                <td class="n">{i + 1}</td>
                                <th scope="row"><a href={`/terms/${encodeURIComponent(one.id)}`}>{words.name(one.title, one.id)}</a></th>
                                <td class="moment">{momentText(words, one.from)}</td>
                                <td class="moment">{momentText(words, one.until)}</td>
                                <td>{words.say(`state.${one.standing}`)}</td>
                                <td>{one.guarantors.map((other) => actorName(words, session, other.actor)).join(", ")}</td>
                                <td class="long">{one.adherents.map((other) => actorName(words, session, other.actor)).join(", ")}</td>
                                <td>{namesOnce(one.excluded.map((other) => actorName(words, session, other.actor))).join(", ")}</td>
                            </tr>
                        ))}
                    </tbody>
                </table>
            </div>
        </section>
    );
}
