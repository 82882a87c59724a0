// SPDX-License-Identifier: Apache-2.0
// What stands around every figure: its title, its source line, its table twin, and the ways to take it along.
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { useWords } from "../words";
import { embeddedFigure, withQuery } from "../router";

export interface Table {
    columns: string[];
    rows: (string | number)[][];
}

/** Delimited text as our tables write it: quoted where it must be, and nothing that a spreadsheet would run. */
export function csvOf(table: Table): string {
    const cell = (value: string | number) => {
        const text = String(value).replace(/[\u2066-\u2069]/g, "");
        const safe = typeof value === "string" && /^[=+\-@\t]/.test(text) ? `'${text}` : text;
        return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    };
    return [table.columns, ...table.rows].map((row) => row.map(cell).join(",")).join("\n") + "\n";
}

export function save(name: string, type: string, content: BlobPart): void {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

const kept = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "font-family", "font-size", "font-weight", "text-anchor", "opacity", "paint-order"];

/** The drawing as a file of its own: what the style sheet says is written into it, and its title and source. */
export function standAlone(drawn: SVGSVGElement, title: string, source: string): string {
    const copy = drawn.cloneNode(true) as SVGSVGElement;
    const [from, to] = [[...drawn.querySelectorAll("*")], [...copy.querySelectorAll("*")]];
    from.forEach((element, i) => {
        const style = getComputedStyle(element);
        for (const name of kept) {
            const value = style.getPropertyValue(name);
            if (value) to[i]?.setAttribute(name, value);
        }
        to[i]?.removeAttribute("class");
    });
    const [width, height] = [Number(drawn.getAttribute("width")), Number(drawn.getAttribute("height"))];
    const space = "http://www.w3.org/2000/svg";
    const ink = getComputedStyle(drawn).color;
    const line = (text: string, y: number, size: number, weight: string) => {
        const element = document.createElementNS(space, "text");
        element.setAttribute("x", "8");
        element.setAttribute("y", String(y));
        element.setAttribute("font-family", getComputedStyle(document.body).fontFamily);
        element.setAttribute("font-size", String(size));
        element.setAttribute("font-weight", weight);
        element.setAttribute("fill", ink);
        element.textContent = text;
        return element;
    };
    const group = document.createElementNS(space, "g");
    group.setAttribute("transform", "translate(0 28)");
    group.append(...copy.childNodes);
    const back = document.createElementNS(space, "rect");
    back.setAttribute("width", "100%");
    back.setAttribute("height", "100%");
    back.setAttribute("fill", getComputedStyle(document.body).backgroundColor);
    // A line of source longer than the drawing is wide goes over two.
    const words = source.split(" ");
    const rows: string[] = [""];
    for (const word of words) {
        const last = rows[rows.length - 1] ?? "";
        if ((last.length + word.length) * 5.6 > width - 16 && last) rows.push(word);
        else rows[rows.length - 1] = last ? `${last} ${word}` : word;
    }
    const whole = height + 36 + rows.length * 14;
    copy.append(back, line(title, 18, 14, "600"), group, ...rows.map((row, i) => line(row, height + 44 + i * 14, 10.5, "400")));
    copy.setAttribute("height", String(whole));
    copy.setAttribute("viewBox", `0 0 ${width} ${whole}`);
    copy.setAttribute("xmlns", space);
    copy.removeAttribute("class");
    return new XMLSerializer().serializeToString(copy);
}

async function pngOf(svg: string): Promise<Blob | null> {
    const image = new Image();
    const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
    try {
        image.src = url;
        await image.decode();
        const canvas = document.createElement("canvas");
        canvas.width = image.width * 2;
        canvas.height = image.height * 2;
        const context = canvas.getContext("2d");
        if (!context) return null;
        context.scale(2, 2);
        context.drawImage(image, 0, 0);
        return await new Promise((done) => canvas.toBlob(done, "image/png"));
    } finally {
        URL.revokeObjectURL(url);
    }
}

interface Settings {
    /** Names the figure in files and links. */
    id: string;
    title: string;
    /** Where the figures come from, as of when and by which version. */
    source: string;
    table: Table;
    note?: string | undefined;
    legend?: { class: string; label: string }[];
    children: ComponentChildren;
}

/** A figure of a page; nothing where another is embedded alone. */
export function Figure({ id, title, source, table, note, legend, children }: Settings) {
    const words = useWords();
    const place = useRef<HTMLElement>(null);
    const only = embeddedFigure();
    if (only !== null && only !== id) return null;
    const drawn = () => place.current?.querySelector<SVGSVGElement>("svg.chart");
    const saveSvg = () => {
        const svg = drawn();
        if (svg) save(`${id}.svg`, "image/svg+xml", standAlone(svg, title, source));
    };
    const savePng = async () => {
        const svg = drawn();
        const png = svg ? await pngOf(standAlone(svg, title, source)) : null;
        if (png) save(`${id}.png`, "image/png", png);
    };
    return (
        <figure class="figure" id={`figure-${id}`} ref={place}>
            <h3>{title}</h3>
            {children}
            {legend && (
                <ul class="legend">
                    {legend.map((one) => <li key={one.label}><span class={`swatch ${one.class}`} aria-hidden="true" /> {one.label}</li>)}
                </ul>
            )}
            <figcaption>
                {note && <p>{note}</p>}
                <p class="source">{source}</p>
                <p class="take no-embed">
                    <button type="button" class="quiet" onClick={saveSvg}>SVG</button>
                    <button type="button" class="quiet" onClick={() => void savePng()}>PNG</button>
                    <button type="button" class="quiet" onClick={() => save(`${id}.csv`, "text/csv", csvOf(table))}>CSV</button>
                    <a class="quiet" href={withQuery({ embed: "1", figure: id, lang: words.language })} target="_blank" rel="noopener">{words.say("app.embed")}</a>
                </p>
            </figcaption>
            <details class="twin no-embed">
                <summary>{words.say("app.as_table")}</summary>
                <DataTable table={table} label={title} />
            </details>
        </figure>
    );
}

export function DataTable({ table, label }: { table: Table; label: string }) {
    const breadth = (value: string | number) => (String(value).length > 36 ? "long" : String(value).length < 24 ? "short" : "");
    const numeric = table.columns.map((_, j) => j > 0 && table.rows.length > 0 && table.rows.every((row) => typeof row[j] === "number"));
    return (
        <div class="scroll" tabIndex={0} role="region" aria-label={label}>
            <table>
                <thead><tr>{table.columns.map((name, j) => <th key={`${name} ${j}`} scope="col" class={numeric[j] ? "n" : ""}>{name}</th>)}</tr></thead>
                <tbody>
                    {table.rows.map((row, i) => (
                        <tr key={i}>{row.map((value, j) => (j === 0 ? <th key={j} scope="row">{value}</th> : <td key={j} class={numeric[j] ? "n" : breadth(value)}>{value}</td>))}</tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}
