// SPDX-License-Identifier: Apache-2.0
// How incidents, places and people are put into words.
import type { Agreement, Area, Incident, Moment, Place, Side } from "./model";
import type { Session } from "./session";
import type { Words } from "./words";

export const actorName = (words: Words, session: Session, id: string | null | undefined): string =>
    !id || id === "?" ? words.say("party.unknown") : words.name(session.actors.get(id)?.name, id);

/** The versions of an area that are meant: the one `by` somebody; of the area that the mission looks at, the one that it takes; else all. */
export function areaVersions(session: Session, id: string, by?: string): Area[] {
    const all = session.areas.get(id) ?? [];
    const wanted = by ?? (id === session.mission.focus ? session.mission.focus_version : undefined);
    const chosen = all.filter((one) => one.version === wanted);
    return chosen.length > 0 ? chosen : all;
}

/** An area's name; where versions of it have several, all of them, as in the report. */
export const areaName = (words: Words, session: Session, id: string | null | undefined, by?: string): string =>
    !id ? words.say("area.unknown") : [...new Set(areaVersions(session, id, by).map((one) => words.name(one.name, id)))].join(" / ") || id;

export const monitorName = (words: Words, session: Session, feed: string): string => {
    // A feed's origin names its monitor in one of its parts: `monitor.example/usa`, `usa.example/aleppo`.
    const parts = feed.split(/[./]/);
    return words.name(session.mission.monitors.find((one) => one.id === feed || parts.includes(one.id))?.name, feed);
};

export const actName = (words: Words, act: string): string => words.sayOr(`act.${act}`, act);

/** Against whom a duty forbids an act: kinds of targets, or actors. */
export const targetNames = (words: Words, session: Session, against: string[]): string =>
    against.map((kind) => words.sayOr(`target.${kind}`, session.actors.has(kind) ? actorName(words, session, kind) : kind)).join(", ");

/** The title of an agreement of the list; its id where the list does not hold it. */
export const agreementName = (words: Words, agreements: Agreement[] | undefined, id: string): string => words.name(agreements?.find((one) => one.id === id)?.title, id);

/** Who acted or was struck: the candidates, else what the source called them. */
export function sideName(words: Words, session: Session, side: Side): string {
    const named = side.candidates.filter((one) => one.actor);
    if (named.length === 0) return side.name && side.name !== "unknown" ? words.say("side.unregistered", { name: side.name }) : words.say("side.unknown");
    return named
        .map((one) => (one.probability !== null && one.probability !== undefined && one.probability < 0.995
            ? words.say("side.probably", { name: actorName(words, session, one.actor), share: words.percent(one.probability) })
            : actorName(words, session, one.actor)))
        .join(words.say("list.or"));
}

export function placeName(words: Words, place: Place): string {
    const parts = place.admin1 && place.admin1 !== place.name ? [place.name, place.admin1] : [place.name];
    return parts.filter((part) => part !== "").join(", ") || words.say("place.unknown");
}

export function placeLong(words: Words, session: Session, place: Place): string {
    if (place.within) return words.say("place.in", { name: areaName(words, session, place.within) });
    if (place.lat === null || place.lon === null) return placeName(words, place);
    return words.say("place.around", {
        name: placeName(words, place), precision: words.sayOr(`precision.${place.precision}`, place.precision),
        km: words.count(place.radius_km ?? 0), at: `${words.decimal(place.lat, 4)}, ${words.decimal(place.lon, 4)}`,
    });
}

/** The incident's local day or days, with the time where it is known. */
export function whenShort(words: Words, when: Incident["when"]): string {
    const [first, last] = [when.start_local.slice(0, 10), lastDay(when)];
    if (first !== last) return words.days(first, last);
    if (when.precision === "minute" || when.precision === "hour") return words.say("date.at", { day: words.day(first), time: when.start_local.slice(11, 16) });
    return words.day(first);
}

/** The last local day of a half-open stretch of time. */
function lastDay(when: Incident["when"]): string {
    const end = when.end_local;
    if (when.end === when.start || end.slice(11, 16) !== "00:00") return end.slice(0, 10);
    return new Date(Date.parse(`${end.slice(0, 10)}T00:00:00Z`) - 86400000).toISOString().slice(0, 10);
}

/** A moment of which perhaps only bounds are known, in local days; `none` is what one without bounds says. */
export function momentText(words: Words, moment: Moment | null | undefined, none: "moment.none_set" | "moment.unknown" = "moment.none_set"): string {
    if (!moment) return words.say("moment.unknown");
    const { earliest, latest } = moment;
    if (earliest && latest && (moment.known || earliest === latest)) return words.moment(earliest);
    const at = (instant: string) => words.day(words.localDay(instant));
    // A day known as such: its first instant, and its last or the one after.
    if (earliest && latest && words.localDay(earliest) === words.localDay(Date.parse(latest) - 1000)) return at(earliest);
    if (!earliest && !latest) return words.say(none);
    if (!earliest && latest) return words.say("moment.by", { at: at(latest) });
    if (earliest && !latest) return words.say("moment.from", { at: at(earliest) });
    return words.say("moment.between", { first: at(earliest ?? ""), last: at(latest ?? "") });
}

/** A probability known within bounds; one figure where the bounds are the same. */
export const chanceText = (words: Words, chance: { low: number; high: number }): string =>
    chance.low === chance.high ? words.percent(chance.low) : words.say("chance.between", { low: words.percent(chance.low), high: words.percent(chance.high) });

/** Names in order, each once. */
export const namesOnce = (names: string[]): string[] => [...new Set(names)];
