// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { changed, useRemote } from "../api";
import { Figure } from "../figures/figure";
import { Lines } from "../figures/lines";
import { ticks } from "../figures/scale";
import type { Agreement, Inquiry, List, Notice, Notices } from "../model";
import { Form, useSending } from "../opinion_form";
import { actorName, areaName, monitorName } from "../naming";
import { Choose, Field, Heading, Loaded, Moment } from "../parts";
import { embeddedFigure } from "../router";
import { may, useSession } from "../session";
import { useWords } from "../words";
import { InquiryView } from "./incident";
import { Alerts, Due, useSource } from "./now";

type Unit = Notices["units"][number];

/** Who has been told, who has answered, what is overdue. */
export function NoticesPage() {
    const words = useWords();
    const session = useSession();
    const notices = useRemote<Notices>("/api/notices");
    const inquiries = useRemote<List<Inquiry>>("/api/inquiries");
    const [issuing, setIssuing] = useState(false);
    if (embeddedFigure() !== null) return <Loaded remote={notices}>{(value) => <>{value.rows.map((one) => <Coverage key={one.id} notice={one} />)}</>}</Loaded>;
    return (
        <>
            <Heading>{words.say("app.nav.notices")}</Heading>
            <Loaded remote={notices}>
                {(value) => (
                    <>
                        <div class="columns two">
                            <div>
                                {value.rows.length === 0 && <p class="message">{words.say("app.notices.none")}</p>}
                                {value.rows.map((notice) => <NoticeView key={notice.id} notice={notice} units={value.units} />)}
                                {may(session, "notice.write") && !issuing && value.units.length > 0 && <p class="actions"><button type="button" class="main" onClick={() => setIssuing(true)}>{words.say("app.notice.issue")}</button></p>}
                                {issuing && <IssueNotice units={value.units} onDone={() => { setIssuing(false); changed(); }} onCancel={() => setIssuing(false)} />}
                            </div>
                            <div>
                                <h2>{words.say("app.now.overdue")}</h2>
                                <Alerts alerts={value.overdue} />
                                {(value.next_steps?.length ?? 0) > 0 && <><h2>{words.say("app.notices.escalation")}</h2><Alerts alerts={value.next_steps ?? []} /></>}
                                {value.units.length > 0 && <><h2>{words.say("app.notices.chain")}</h2><Chain units={value.units} /></>}
                            </div>
                        </div>
                        <h2>{words.say("app.incident.inquiries")}</h2>
                        <Loaded remote={inquiries}>{(all) => (all.rows.length === 0 ? <p class="note">{words.say("app.notices.no_inquiries")}</p> : <>{all.rows.map((one) => <InquiryView key={one.id} inquiry={one} />)}</>)}</Loaded>
                    </>
                )}
            </Loaded>
        </>
    );
}

/** The units under `under`, each with those under it; a ring in the chain is not followed twice. */
function Chain({ units, notice, onAcknowledge }: { units: Unit[]; notice?: Notice; onAcknowledge?: (unit: string) => void }) {
    const known = new Set(units.map((one) => one.id));
    const seen = new Set<string>();
    const tops = units.filter((one) => !one.under || !known.has(one.under));
    const below = (under: string): Unit[] => units.filter((one) => one.under === under && !seen.has(one.id));
    const draw = (unit: Unit) => {
        seen.add(unit.id);
        const children = below(unit.id);
        return (
            <li key={unit.id}>
                <UnitLine unit={unit} notice={notice} onAcknowledge={onAcknowledge} />
                {children.length > 0 && <ul>{children.map(draw)}</ul>}
            </li>
        );
    };
    const drawn = tops.map(draw);
    const ring = units.filter((one) => !seen.has(one.id)).map(draw);
    return <ul class="tree">{drawn}{ring}</ul>;
}

function UnitLine({ unit, notice, onAcknowledge }: { unit: Unit; notice: Notice | undefined; onAcknowledge: ((unit: string) => void) | undefined }) {
    const words = useWords();
    const session = useSession();
    const reached = notice?.units.find((one) => one.unit === unit.id);
    const late = reached && !reached.acknowledged && notice?.due && Date.parse(notice.due) < Date.now();
    return (
        <>
            <strong>{unit.name}</strong> <span class="note">{actorName(words, session, unit.party)}{unit.area && ` · ${areaName(words, session, unit.area)}`}</span>{" "}
            {notice && (reached?.acknowledged
                ? <><span class="badge done">{words.say("app.notice.acknowledged")}</span> <span class="note"><Moment at={reached.acknowledged} />{reached.channel && ` · ${reached.channel}`}</span></>
                : reached?.told ? <><span class={late ? "badge late" : "badge"}>{words.say("app.notice.told")}</span> <span class="note"><Moment at={reached.told} /></span></>
                : reached ? <span class={late ? "badge late" : "badge"}>{words.say("app.notice.not_told")}</span> : null)}{" "}
            {notice && reached && !reached.acknowledged && onAcknowledge && <button type="button" class="quiet" onClick={() => onAcknowledge(unit.id)}>{words.say("app.notice.acknowledge")}</button>}
        </>
    );
}

function NoticeView({ notice, units }: { notice: Notice; units: Unit[] }) {
    const words = useWords();
    const session = useSession();
    const { error, run } = useSending(changed);
    const { coverage } = notice;
    const share = (n: number) => (coverage.units > 0 ? (100 * n) / coverage.units : 0);
    const reach = new Set(notice.units.map((one) => one.unit));
    const acknowledge = may(session, "notice.acknowledge") ? (unit: string) => void run(`/api/notices/${encodeURIComponent(notice.id)}/acknowledge`, { unit, at: new Date().toISOString().slice(0, 19) + "Z" }) : undefined;
    return (
        <section class="card" aria-label={notice.text.slice(0, 80)}>
            <p><span class="badge">{words.sayOr(`app.notice.level.${notice.level}`, notice.level)}</span> <span class="note">{monitorName(words, session, notice.by)} · <Moment at={notice.issued} /></span></p>
            <p dir="auto">{notice.text}</p>
            {notice.due && <p class="note"><Due at={notice.due} /></p>}
            <p>{words.say("app.notice.coverage", { acknowledged: coverage.acknowledged, told: coverage.told, units: coverage.units })}</p>
            <div class="bar" aria-hidden="true"><span style={{ width: `${share(coverage.acknowledged)}%` }} /><span class="told" style={{ width: `${share(Math.max(0, coverage.told - coverage.acknowledged))}%` }} /></div>
            {error && <p class="field-error" role="alert">{error.message}</p>}
            <details open>
                <summary>{words.say("app.notices.chain")}</summary>
                <Chain units={units.filter((one) => reach.has(one.id) || units.some((below) => reach.has(below.id) && isUnder(below, one.id, units)))} notice={notice} {...(acknowledge ? { onAcknowledge: acknowledge } : {})} />
            </details>
            {(notice.course?.length ?? 0) > 1 && (
                <details>
                    <summary>{words.say("app.notice.over_time")}</summary>
                    <Coverage notice={notice} />
                </details>
            )}
        </section>
    );
}

/** How many units had been told and had acknowledged, hour by hour. */
function Coverage({ notice }: { notice: Notice }) {
    const words = useWords();
    const source = useSource();
    const course = notice.course ?? [];
    const hours = (at: string) => (Date.parse(at) - Date.parse(notice.issued)) / 3600000;
    const lastHour = Math.max(1, ...course.map((one) => hours(one.at)), notice.due ? hours(notice.due) : 0);
    return (
        <Figure id={`coverage-${notice.id.slice(0, 8)}`} title={words.say("app.notice.over_time")} source={source} table={{ columns: [words.say("finding.when"), words.say("app.notice.told"), words.say("app.notice.acknowledged")], rows: course.map((one) => [one.at, one.told, one.acknowledged]) }}
            legend={[{ class: "told", label: words.say("app.notice.told") }, { class: "acknowledged", label: words.say("app.notice.acknowledged") }]}>
            <Lines label={words.say("app.notice.over_time")} height={180}
                lines={[{ class: "counted", steps: true, points: course.map((one) => ({ x: hours(one.at), y: one.told })) }, { class: "acknowledged", steps: true, points: course.map((one) => ({ x: hours(one.at), y: one.acknowledged })) }]}
                x={{ from: 0, to: lastHour, ticks: ticks(lastHour, 4).filter((one) => one <= lastHour), name: (value) => words.count(value), title: words.say("app.notice.hours") }}
                y={{ to: Math.max(1, notice.coverage.units), name: (value) => words.count(value), title: words.say("app.notice.units") }}
                uprights={notice.due ? [{ x: hours(notice.due), label: words.say("app.notice.due") }] : []} />
        </Figure>
    );
}

function isUnder(unit: Unit, above: string, units: Unit[]): boolean {
    const seen = new Set<string>();
    for (let at: Unit | undefined = unit; at?.under && !seen.has(at.id); at = units.find((one) => one.id === at?.under)) {
        if (at.under === above) return true;
        seen.add(at.id);
    }
    return false;
}

function IssueNotice({ units, onDone, onCancel }: { units: Unit[]; onDone: () => void; onCancel: () => void }) {
    const words = useWords();
    const agreements = useRemote<List<Agreement>>("/api/agreements");
    const [to, setTo] = useState<string[]>([]);
    const [text, setText] = useState("");
    const [level, setLevel] = useState("order");
    const [agreement, setAgreement] = useState("");
    const [due, setDue] = useState("");
    const [written, setWritten] = useState(true);
    const { error, busy, run, fault } = useSending(onDone);
    return (
        <Form label={words.say("app.notice.issue")} error={error} busy={busy} submit={words.say("app.notice.send")} onCancel={onCancel}
            onSend={() => void run("/api/notices", { to, text, level, written, ...(agreement ? { agreement } : {}), ...(due ? { due: words.instantOf(due) } : {}) })}>
            <div class="fields">
                <Field label={words.say("app.notice.to")} hint={words.say("app.notice.to_how")} error={fault("to")}>
                    <select multiple required size={Math.min(6, units.length)} onChange={(event) => setTo([...event.currentTarget.selectedOptions].map((one) => one.value))}>
                        {units.map((one) => <option key={one.id} value={one.id} selected={to.includes(one.id)}>{one.name}</option>)}
                    </select>
                </Field>
                <Field label={words.say("app.notice.kind")} error={fault("level")}><Choose value={level} choices={["order", "alert", "query"].map((id) => ({ id, name: words.say(`app.notice.level.${id}`) }))} onChange={setLevel} /></Field>
                <Field label={words.say("terms.agreement")} error={fault("agreement")}><Choose value={agreement} empty={words.say("none")} choices={(agreements.value?.rows ?? []).map((one) => ({ id: one.id, name: words.name(one.title, one.id) }))} onChange={setAgreement} /></Field>
                <Field label={words.say("app.inquiry.due")} hint={words.zone} error={fault("due")}><input type="datetime-local" value={due} onInput={(event) => setDue(event.currentTarget.value)} /></Field>
                <Field label={words.say("app.notice.text")} wide error={fault("text")}><textarea required value={text} dir="auto" maxLength={4000} onInput={(event) => setText(event.currentTarget.value)} /></Field>
                <label class="choice wide"><input type="checkbox" checked={written} onChange={(event) => setWritten(event.currentTarget.checked)} /><span>{words.say("app.notice.written")}</span></label>
            </div>
        </Form>
    );
}
