// SPDX-License-Identifier: Apache-2.0
import * as Plot from "@observablehq/plot";
import type { DaySpan, ReportData } from "./data";
import { allDays, say } from "./data";

const dayLength = 24 * 3600 * 1000;
const day = (text: string) => new Date(`${text}T00:00:00Z`);
const text = (date: Date) => date.toISOString().slice(0, 10);

interface Row {
    from: Date;
    to: Date;
    incidents: number;
    breaches: number;
    deaths: number;
    civilians: number;
}

function rowsOf(data: ReportData): Row[] {
    const every = data.course.length <= 210 ? 1 : data.course.length <= 1400 ? 7 : 28;
    const rows: Row[] = [];
    data.course.forEach(([date, incidents, breaches, deaths, civilians], i) => {
        const last = rows[rows.length - 1];
        if (i % every === 0 || !last) {
            rows.push({ from: day(date), to: new Date(day(date).getTime() + dayLength), incidents, breaches, deaths, civilians });
            return;
        }
        last.to = new Date(day(date).getTime() + dayLength);
        last.incidents += incidents;
        last.breaches += breaches;
        last.deaths += deaths;
        last.civilians += civilians;
    });
    return rows;
}

const ink = "#1c2128";
const soft = "#525b66";

/** A tick's name in the report's language, in Western digits as everywhere else in it. */
function dayName(date: Date, language: string, rows: Row[]): string {
    const long = rows.length > 0 && (rows[rows.length - 1]?.to.getTime() ?? 0) - (rows[0]?.from.getTime() ?? 0) > 370 * dayLength;
    const form: Intl.DateTimeFormatOptions = long ? { month: "short", year: "numeric" } : { day: "numeric", month: "short" };
    return new Intl.DateTimeFormat(`${language}-u-nu-latn-ca-gregory`, { ...form, timeZone: "UTC" }).format(date);
}

/** When another agreement entered into force, and its number in the table. */
interface Other {
    at: Date;
    number: number;
}

function panel(data: ReportData, language: string, rows: Row[], kind: "incidents" | "deaths", width: number) {
    const part = kind === "incidents" ? "breaches" : "civilians";
    const truce = day(data.truce);
    const apart = new Date(truce.getTime() - data.set_apart * dayLength);
    const first = rows[0]?.from ?? truce;
    const end = rows[rows.length - 1]?.to ?? truce;
    const others: Other[] = data.marks
        .filter(([date]) => date !== data.truce && day(date) >= first && day(date) < end)
        .map(([date, number]) => ({ at: day(date), number }));
    // Numbers that would run into one another, or into the truce's name, are left to the table.
    const apartBy = (end.getTime() - first.getTime()) * 0.025;
    const numbered = others.filter(
        (mark, i) =>
            Math.abs(mark.at.getTime() - truce.getTime()) > 1.6 * apartBy &&
            others.slice(0, i).every((earlier) => Math.abs(earlier.at.getTime() - mark.at.getTime()) > apartBy),
    );
    const bar = (y: "incidents" | "breaches" | "deaths" | "civilians", fill: string) =>
        Plot.rectY(rows, { x1: "from", x2: "to", y, fill, insetLeft: 0.4, insetRight: 0.4 });
    return Plot.plot({
        width,
        height: kind === "incidents" ? 210 : 150,
        marginLeft: 40,
        marginTop: 24,
        style: { fontFamily: "system-ui, 'Noto Sans', 'Noto Sans Arabic', sans-serif", fontSize: "12px", overflow: "visible" },
        x: { type: "utc", label: null, domain: [first, rows[rows.length - 1]?.to ?? truce], ticks: 7, tickFormat: (date: Date) => dayName(date, language, rows) },
        y: { grid: true, label: null, nice: true, ticks: 4 },
        marks: [
            ...(data.set_apart > 0 && apart >= first
                ? [Plot.rect([0], { x1: () => apart, x2: () => truce, fill: "#ece3cf" })]
                : []),
            bar(kind, "#9fb0bf"),
            bar(part, kind === "incidents" ? "#9b1c2e" : "#3d4a57"),
            Plot.ruleX(others, { x: (mark: Other) => mark.at, stroke: soft, strokeDasharray: "2,3" }),
            ...(kind === "incidents"
                ? [Plot.text(numbered, { x: (mark: Other) => mark.at, frameAnchor: "top", dy: -20, text: (mark: Other) => String(mark.number), fill: soft })]
                : []),
            Plot.ruleX([truce], { stroke: ink, strokeWidth: 1.6 }),
            Plot.ruleY([0], { stroke: ink }),
            Plot.text([say(data, language, `script.${kind}`)], { frameAnchor: "top-left", dy: -20, fontWeight: "bold" }),
            ...(kind === "incidents"
                ? [Plot.text([truce], { x: (d: Date) => d, frameAnchor: "top", dy: -20, text: () => say(data, language, "script.truce"), fontWeight: "bold" })]
                : []),
        ],
    });
}

/**
 * Puts a chart in the place of the drawn one, over which a reader can drag to choose days. The filter's two day fields do
 * the same by keyboard. Returns a function that shows a choice made elsewhere.
 */
export function showCourse(data: ReportData, language: string, setSpan: (span: DaySpan) => void): (span: DaySpan) => void {
    const place = document.querySelector<HTMLElement>(`.course-place[data-lang="${language}"]`);
    const rows = rowsOf(data);
    const drawn = place?.querySelector<SVGElement>("svg.course");
    if (!place || !drawn || rows.length === 0) return () => undefined;
    place.querySelector(".course-live")?.remove();
    const live = document.createElement("div");
    live.className = "course-live";
    live.dir = "ltr";
    const charts = [panel(data, language, rows, "incidents", 720), panel(data, language, rows, "deaths", 720)];
    const label = drawn.getAttribute("aria-label") ?? "";
    for (const chart of charts) {
        // Plot names its groups of marks, which assistive programs may not be told of within an image.
        for (const part of chart.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label");
        chart.setAttribute("role", "img");
        chart.setAttribute("aria-label", label);
        live.append(chart);
    }
    const shade = document.createElement("div");
    shade.className = "brush";
    shade.hidden = true;
    live.append(shade);
    const hint = document.createElement("p");
    hint.className = "note";
    hint.dir = document.getElementById(language)?.dir ?? "ltr";
    hint.textContent = say(data, language, "script.brush");
    place.append(live);
    live.append(hint);
    drawn.style.display = "none";

    const x = charts[0]?.scale("x");
    const begin = rows[0]?.from ?? new Date(0);
    const end = rows[rows.length - 1]?.to ?? new Date(0);
    const scale = () => live.getBoundingClientRect().width / 720;
    const dateAt = (clientX: number) => {
        const at = (clientX - live.getBoundingClientRect().left) / scale();
        const date = x?.invert ? (x.invert(at) as Date) : begin;
        return new Date(Math.min(end.getTime() - 1, Math.max(begin.getTime(), date.getTime())));
    };
    const show = (span: DaySpan) => {
        shade.hidden = span.first === "" && span.last === "";
        if (shade.hidden || !x) return;
        const from = Number(x.apply(span.first ? day(span.first) : begin));
        const to = Number(x.apply(span.last ? new Date(day(span.last).getTime() + dayLength) : end));
        shade.style.left = `${(100 * from) / 720}%`;
        shade.style.width = `${(100 * Math.max(1, to - from)) / 720}%`;
    };
    let started: Date | undefined;
    const spanTo = (clientX: number): DaySpan => {
        const now = dateAt(clientX);
        const from = started ?? now;
        return from < now ? { first: text(from), last: text(now) } : { first: text(now), last: text(from) };
    };
    live.addEventListener("pointerdown", (event) => {
        if (event.button !== 0 || event.pointerType === "touch") return;
        started = dateAt(event.clientX);
        live.setPointerCapture(event.pointerId);
        show(spanTo(event.clientX));
    });
    live.addEventListener("pointermove", (event) => {
        if (started) show(spanTo(event.clientX));
    });
    live.addEventListener("pointerup", (event) => {
        if (!started) return;
        const span = spanTo(event.clientX);
        started = undefined;
        setSpan(span.first === span.last ? allDays : span);
    });
    return show;
}
