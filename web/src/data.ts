// SPDX-License-Identifier: Apache-2.0
// What the report's file says to its scripts: see script_data in src/report/html.cpp.

export type Verdict =
    | "breach"
    | "breach_likely"
    | "undetermined"
    | "out_of_scope_likely"
    | "not_breach"
    | "out_of_scope";

export const verdicts: readonly Verdict[] = [
    "breach",
    "breach_likely",
    "undetermined",
    "out_of_scope_likely",
    "not_breach",
    "out_of_scope",
];

export type Position = [number, number];

export interface Choice {
    id: string;
    name: string;
}

/** Incidents of one verdict that may have happened anywhere within `km` of `at`. */
export interface Mark {
    at: Position;
    km: number;
    within: boolean;
    verdict: Verdict;
    /** Id, first and last local day. */
    incidents: [number, string, string][];
}

export interface Area {
    name: Record<string, string>;
    focus: boolean;
    label: Position;
    rings: Position[][];
}

export interface ReportData {
    words: Record<string, Record<string, string>>;
    parties: Record<string, Choice[]>;
    areas: Record<string, Choice[]>;
    acts: Record<string, Choice[]>;
    truce: string;
    set_apart: number;
    /** Day, incidents, breaches, deaths, civilian deaths. */
    course: [string, number, number, number, number][];
    /** Days on which agreements entered into force, with their numbers in the report's table. */
    marks: [string, number][];
    map: { view: [number, number, number, number]; land: Position[][]; areas: Area[]; marks: Mark[] };
}

/** A message of one language with its values put in; they are few and need no plural. */
export function say(data: ReportData, language: string, key: string, values: Record<string, string | number> = {}): string {
    let text = data.words[language]?.[key] ?? key;
    for (const [name, value] of Object.entries(values)) text = text.replace(`{${name}}`, String(value));
    return text;
}

/** Local days, both included; empty texts leave an end open. */
export interface DaySpan {
    first: string;
    last: string;
}

export const allDays: DaySpan = { first: "", last: "" };

export function touches(span: DaySpan, first: string, last: string): boolean {
    return (span.first === "" || last >= span.first) && (span.last === "" || first <= span.last);
}
