// SPDX-License-Identifier: Apache-2.0
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Choice, DaySpan, ReportData } from "./data";
import { allDays, say, touches, verdicts } from "./data";

/** What the list of incidents is narrowed to; empty texts narrow nothing. */
export interface Wanted {
    text: string;
    verdict: string;
    party: string;
    area: string;
    act: string;
}

export const everything: Wanted = { text: "", verdict: "", party: "", area: "", act: "" };

/** Lower case, marks dropped, spellings of one Arabic letter made one: so that a search finds what was meant. */
function folded(text: string): string {
    return text
        .normalize("NFKD")
        .replace(/[\u0300-\u036f\u064b-\u0652\u0640\u2066-\u2069]/g, "")
        .replace(/[\u0622\u0623\u0625]/g, "\u0627")
        .toLowerCase();
}

const texts = new WeakMap<Element, string>();

function textOf(finding: HTMLElement): string {
    let text = texts.get(finding);
    if (text === undefined) {
        text = folded(finding.textContent ?? "");
        texts.set(finding, text);
    }
    return text;
}

function fits(finding: HTMLElement, wanted: Wanted, words: string[], span: DaySpan): boolean {
    const has = finding.dataset;
    return (
        (wanted.verdict === "" || has.verdict === wanted.verdict) &&
        (wanted.party === "" || (has.party ?? "").split(" ").includes(wanted.party)) &&
        (wanted.area === "" || has.area === wanted.area) &&
        (wanted.act === "" || has.act === wanted.act || (has.act ?? "").startsWith(`${wanted.act}.`)) &&
        touches(span, has.first ?? "", has.last ?? "") &&
        words.every((word) => textOf(finding).includes(word))
    );
}

/** Hides what is not wanted, in one language's list. Says how many incidents are left. */
export function narrow(language: string, wanted: Wanted, span: DaySpan): number {
    const words = folded(wanted.text).split(/\s+/).filter((word) => word !== "");
    let shown = 0;
    for (const finding of document.querySelectorAll<HTMLElement>(`#${language} .finding`)) {
        const fit = fits(finding, wanted, words, span);
        finding.hidden = !fit;
        if (fit) ++shown;
    }
    return shown;
}

interface Settings {
    data: ReportData;
    language: string;
    span: DaySpan;
    setSpan: (span: DaySpan) => void;
    onShown: (wanted: Wanted) => void;
}

function Select(at: { id: string; label: string; all: string; value: string; choices: Choice[]; set: (value: string) => void }) {
    return (
        <label for={at.id}>
            <span>{at.label}</span>
            <select id={at.id} value={at.value} onChange={(event) => at.set(event.currentTarget.value)}>
                <option value="">{at.all}</option>
                {at.choices.map((choice) => (
                    <option key={choice.id} value={choice.id}>
                        {choice.name}
                    </option>
                ))}
            </select>
        </label>
    );
}

function Day(at: { id: string; label: string; value: string; data: ReportData; set: (value: string) => void }) {
    const days = at.data.course;
    return (
        <label for={at.id}>
            <span>{at.label}</span>
            <input id={at.id} type="date" value={at.value} min={days[0]?.[0]} max={days[days.length - 1]?.[0]}
                onChange={(event) => at.set(event.currentTarget.value)} />
        </label>
    );
}

function Filter({ data, language, span, setSpan, onShown }: Settings) {
    const [wanted, setWanted] = useState(everything);
    const [shown, setShown] = useState(0);
    const word = (key: string, values?: Record<string, string | number>) => say(data, language, `script.${key}`, values);
    const total = document.querySelectorAll(`#${language} .finding`).length;
    useEffect(() => {
        setShown(narrow(language, wanted, span));
        onShown(wanted);
    }, [wanted, span]);
    const set = (part: Partial<Wanted>) => setWanted({ ...wanted, ...part });
    const openAll = (open: boolean) => {
        for (const finding of document.querySelectorAll<HTMLDetailsElement>(`#${language} .finding:not([hidden])`)) finding.open = open;
    };
    const id = (name: string) => `${language}-filter-${name}`;
    const choices = verdicts.map((verdict) => ({ id: verdict, name: say(data, language, `verdict.${verdict}`) }));
    return (
        <form class="filter" role="search" aria-label={word("filter")} onSubmit={(event) => event.preventDefault()}>
            <label for={id("text")} class="wide">
                <span>{word("search")}</span>
                <input id={id("text")} type="search" value={wanted.text} onInput={(event) => set({ text: event.currentTarget.value })} />
            </label>
            <Select id={id("verdict")} label={word("verdict")} all={word("all")} value={wanted.verdict} choices={choices} set={(verdict) => set({ verdict })} />
            <Select id={id("party")} label={word("party")} all={word("all")} value={wanted.party} choices={data.parties[language] ?? []} set={(party) => set({ party })} />
            <Select id={id("area")} label={word("area")} all={word("all")} value={wanted.area} choices={data.areas[language] ?? []} set={(area) => set({ area })} />
            <Select id={id("act")} label={word("act")} all={word("all")} value={wanted.act} choices={data.acts[language] ?? []} set={(act) => set({ act })} />
            <Day id={id("first")} label={word("first_day")} value={span.first} data={data} set={(first) => setSpan({ ...span, first })} />
            <Day id={id("last")} label={word("last_day")} value={span.last} data={data} set={(last) => setSpan({ ...span, last })} />
            <p class="wide" role="status">
                {word("shown", { n: shown, total })}{" "}
                <button type="button" onClick={() => { setWanted(everything); setSpan(allDays); }}>{word("clear")}</button>{" "}
                <button type="button" onClick={() => openAll(true)}>{word("open_all")}</button>{" "}
                <button type="button" onClick={() => openAll(false)}>{word("close_all")}</button>
            </p>
        </form>
    );
}

export function showFilter(settings: Settings): void {
    const place = document.querySelector(`.filter-place[data-lang="${settings.language}"]`);
    if (place) render(<Filter {...settings} />, place);
}

/** Opens one finding and takes the reader to it, even when the filter hides it. */
export function openFinding(language: string, incident: number): boolean {
    const finding = document.getElementById(`${language}-i${incident}`) as HTMLDetailsElement | null;
    if (!finding) return false;
    finding.hidden = false;
    finding.open = true;
    finding.scrollIntoView({ block: "start" });
    finding.querySelector("summary")?.focus({ preventScroll: true });
    return true;
}
