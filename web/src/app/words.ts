// SPDX-License-Identifier: Apache-2.0
// The app's words: the catalogues that the program and its reports use too, in ICU MessageFormat.
import { IntlMessageFormat } from "intl-messageformat";
import { createContext } from "preact";
import { useContext } from "preact/hooks";

export type Language = "en" | "ar" | "ru" | "fr";

/** The languages, each by its own name. */
export const languages: readonly { id: Language; name: string }[] = [
    { id: "en", name: "English" },
    { id: "ar", name: "العربية" },
    { id: "ru", name: "Русский" },
    { id: "fr", name: "Français" },
];

export type Catalogue = Record<string, string>;
export type Values = Record<string, string | number>;
/** A name in one or several languages. */
export type Names = Partial<Record<string, string>> | string;

const isolate = (text: string) => `\u2068${text}\u2069`;

/**
 * The catalogue of one language, and how it writes numbers, days and times. Digits are Western in every language, as in
 * the sources and the reports. A key that the catalogue lacks gives the key in square brackets, which the tests look for.
 */
export class Words {
    private readonly formats = new Map<string, IntlMessageFormat>();
    private readonly locale: string;
    private readonly whole: Intl.NumberFormat;

    constructor(
        readonly language: Language,
        private readonly catalogue: Catalogue,
        /** The mission's time zone, by its IANA name; UTC until the mission is known. */
        readonly zone: string = "UTC",
    ) {
        // "4 May", as the catalogue writes days, not "May 4".
        this.locale = `${language === "en" ? "en-GB" : language}-u-nu-latn-ca-gregory`;
        this.whole = new Intl.NumberFormat(this.locale, { maximumFractionDigits: 0 });
    }

    get direction(): "rtl" | "ltr" {
        return this.language === "ar" ? "rtl" : "ltr";
    }

    inZone(zone: string): Words {
        return new Words(this.language, this.catalogue, zone);
    }

    has(key: string): boolean {
        return key in this.catalogue;
    }

    /** The message with its values put in. Texts are set off by directional isolates, so that a name turns nothing around. */
    say(key: string, values?: Values): string {
        const text = this.catalogue[key];
        if (text === undefined) return `[${key}]`;
        if (!text.includes("{") && !text.includes("'")) return text;
        let format = this.formats.get(key);
        if (!format) {
            format = new IntlMessageFormat(text, this.locale);
            this.formats.set(key, format);
        }
        const given: Values = {};
        for (const [name, value] of Object.entries(values ?? {})) given[name] = typeof value === "string" ? isolate(value) : value;
        try {
            return String(format.format(given));
        } catch {
            return `[${key}]`;
        }
    }

    /** The first key that the catalogue has, said; `otherwise` where it has none: for codes that may grow. */
    sayOr(key: string, otherwise: string): string {
        return this.has(key) ? this.say(key) : otherwise;
    }

    /** A name in this language, else in English, else in any that there is. */
    name(names: Names | null | undefined, otherwise = ""): string {
        if (!names) return otherwise;
        if (typeof names === "string") return names;
        return names[this.language] ?? names.en ?? Object.values(names)[0] ?? otherwise;
    }

    number(value: number): string {
        return this.whole.format(value);
    }

    decimal(value: number, digits = 2): string {
        return new Intl.NumberFormat(this.locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
    }

    /** A count that may be a fraction: whole numbers without decimals, others with one. */
    count(value: number): string {
        return Math.abs(value - Math.round(value)) < 0.05 ? this.number(Math.round(value)) : this.decimal(value, 1);
    }

    /** "42%"; "<1%" and ">99%" where rounding would claim certainty. */
    percent(share: number): string {
        if (share > 0 && share < 0.01) return isolate("<1%");
        if (share < 1 && share > 0.99) return isolate(">99%");
        return isolate(`${Math.round(share * 100)}%`);
    }

    /** Low, best and high of a toll, or one figure where they are the same. */
    toll(toll: { low: number; best: number; high: number; incidents?: number; without_figure?: number } | null | undefined): string {
        // Where no incident has a figure the sum of none is not 0 deaths.
        if (!toll || (toll.incidents === 0 && (toll.without_figure ?? 0) > 0)) return this.say("none");
        if (toll.low === toll.high) return this.number(toll.best);
        return this.say("count.range", { best: this.number(toll.best), low: this.number(toll.low), high: this.number(toll.high) });
    }

    /** A local day, "2016-05-04", as "4 May 2016". */
    day(iso: string): string {
        const [year, month, day] = iso.slice(0, 10).split("-").map(Number);
        if (!year || !month || !day) return iso;
        return this.say("date.day", { day: String(day), month: this.say(`month.${month}`), year: String(year) });
    }

    days(first: string, last: string): string {
        return first.slice(0, 10) === last.slice(0, 10) ? this.day(first) : this.say("date.days", { first: this.day(first), last: this.day(last) });
    }

    /** An instant in a zone, as its local day and time. */
    private at(instant: string | number, zone: string): { day: string; time: string } {
        const parts = new Intl.DateTimeFormat("en-GB-u-nu-latn-ca-gregory", {
            timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
        }).formatToParts(new Date(instant));
        const part = (type: string) => parts.find((one) => one.type === type)?.value ?? "";
        return { day: `${part("year")}-${part("month")}-${part("day")}`, time: `${part("hour")}:${part("minute")}` };
    }

    /** The local day of an instant, as ISO writes it. */
    localDay(instant: string | number): string {
        return this.at(instant, this.zone).day;
    }

    /** The local time of an instant, as an `<input type="datetime-local">` takes it. */
    localMinute(instant: string | number): string {
        const { day, time } = this.at(instant, this.zone);
        return `${day}T${time}`;
    }

    /** The instant of a local minute in the mission's zone; the earlier of two where a clock was put back. */
    instantOf(local: string): string {
        const wanted = Date.parse(`${local}:00Z`);
        if (Number.isNaN(wanted)) return "";
        // Zones are at most 15 hours off: the offset at a first guess, then at the corrected one.
        const offset = (at: number) => Date.parse(`${this.localMinute(at)}:00Z`) - Math.floor(at / 60000) * 60000;
        const guess = wanted - offset(wanted);
        const corrected = wanted - offset(guess);
        return new Date(corrected).toISOString().slice(0, 19) + "Z";
    }

    /** An instant in mission-local time with UTC beside it. */
    moment(instant: string | number): string {
        if (Number.isNaN(new Date(instant).getTime())) return String(instant);
        const here = this.at(instant, this.zone);
        const utc = this.at(instant, "UTC");
        const local = this.say("date.at", { day: this.day(here.day), time: here.time });
        if (this.zone === "UTC") return `${local} UTC`;
        return utc.day === here.day
            ? this.say("app.moment", { local, utc: utc.time })
            : this.say("app.moment_other_day", { local, utc: this.say("date.at", { day: this.day(utc.day), time: utc.time }) });
    }

    clock(instant: number, zone = this.zone): string {
        return this.at(instant, zone).time;
    }

    /** A day's short name on an axis. */
    shortDay(iso: string, withYear = false): string {
        const form: Intl.DateTimeFormatOptions = withYear ? { month: "short", year: "numeric" } : { day: "numeric", month: "short" };
        return new Intl.DateTimeFormat(this.locale, { ...form, timeZone: "UTC" }).format(new Date(`${iso.slice(0, 10)}T00:00:00Z`));
    }

    /** "3 hours ago", "in 2 days", beside the exact time; nothing for what is more than two months away. */
    ago(instant: string | number, now: number): string {
        const seconds = (new Date(instant).getTime() - now) / 1000;
        if (Math.abs(seconds) > 60 * 86400) return "";
        const relative = new Intl.RelativeTimeFormat(this.locale, { numeric: "auto" });
        const size = Math.abs(seconds);
        if (size < 3600) return relative.format(Math.round(seconds / 60), "minute");
        if (size < 48 * 3600) return relative.format(Math.round(seconds / 3600), "hour");
        return relative.format(Math.round(seconds / 86400), "day");
    }
}

const remembered = "trucewatch-language";

/** The last choice on this machine, else what the browser asks for, else English. */
export function firstLanguage(): Language {
    const known = (tag: string | null) => languages.find((one) => one.id === tag?.split("-")[0])?.id;
    const query = new URLSearchParams(location.search);
    const inUrl = known(query.get("lang"));
    // What a link asks for stays, but for figures in others' pages.
    if (inUrl && query.get("embed") !== "1") rememberLanguage(inUrl);
    let kept: string | null = null;
    try {
        kept = localStorage.getItem(remembered);
    } catch {
        kept = null; // Storage is closed: nothing is remembered, and nothing else is lost.
    }
    return inUrl ?? known(kept) ?? navigator.languages.map(known).find((one) => one) ?? "en";
}

export function rememberLanguage(language: Language): void {
    try {
        localStorage.setItem(remembered, language);
    } catch {
        return;
    }
}

export async function loadCatalogue(language: Language): Promise<Catalogue> {
    const response = await fetch(`/app/messages/${language}.json`);
    if (!response.ok) throw new Error(`messages/${language}.json: ${response.status}`);
    return (await response.json()) as Catalogue;
}

export const WordsContext = createContext<Words>(new Words("en", {}));
export const useWords = () => useContext(WordsContext);
