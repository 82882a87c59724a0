// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from "preact/hooks";
import type { Waiting } from "../offline/queue";
import { drop, keep, sendWaiting, useWaiting, waiting as stillWaiting } from "../offline/queue";
import type { Count, NewAccount } from "../model";
import { actName } from "../naming";
import { Choose, Field, Heading } from "../parts";
import { useSession } from "../session";
import { useWords } from "../words";

const acts = [
    "attack.shelling", "attack.air_strike", "attack.missile", "attack.drone", "attack.armed_clash", "attack.ground_assault", "attack.sniping", "attack.explosive.ied", "attack.explosive.mine",
    "attack.suicide_bombing", "attack.abduction", "attack.execution", "attack.chemical", "attack.cluster_munition", "attack.incendiary", "attack", "territory.acquire", "movement.force", "movement.weapons",
    "recon", "access.deny", "siege", "detain", "looting", "fortify", "propaganda", "training.fire", "demonstration", "other", "unknown",
];

interface Draft {
    day: string;
    time: string;
    precision: string;
    place: string;
    lat: string;
    lon: string;
    radius: string;
    act: string;
    attacker: string;
    target: string;
    what: string;
    killedLow: string;
    killedHigh: string;
    injuredLow: string;
    injuredHigh: string;
    witness: string;
    exactPlace: string;
}

const emptyDraft = (day: string): Draft => ({
    day, time: "", precision: "hour", place: "", lat: "", lon: "", radius: "1", act: "", attacker: "", target: "", what: "", killedLow: "", killedHigh: "", injuredLow: "", injuredHigh: "", witness: "", exactPlace: "",
});

/** Low to high, where one figure stands for both; nothing where none was given. */
function countOf(low: string, high: string): Count | undefined {
    if (low === "" && high === "") return undefined;
    const [one, other] = [Number(low === "" ? high : low), Number(high === "" ? low : high)];
    const [least, most] = [Math.min(one, other), Math.max(one, other)];
    return { low: least, best: Math.round((least + most) / 2), high: most };
}

/** The draft as the server takes it, or the first field that is wrong. */
function accountOf(draft: Draft): NewAccount | { wrong: keyof Draft; why: string } {
    if (!draft.day) return { wrong: "day", why: "app.new.no_day" };
    if (!draft.what.trim()) return { wrong: "what", why: "app.new.no_words" };
    const [lat, lon] = [Number(draft.lat), Number(draft.lon)];
    if ((draft.lat === "") !== (draft.lon === "")) return { wrong: draft.lat === "" ? "lat" : "lon", why: "app.new.half_place" };
    if (draft.lat !== "" && !(Math.abs(lat) <= 90 && Math.abs(lon) <= 180)) return { wrong: Math.abs(lat) <= 90 ? "lon" : "lat", why: "app.new.no_place" };
    const start = draft.time ? `${draft.day}T${draft.time}` : draft.day;
    const place = {
        ...(draft.lat !== "" ? { lat, lon, radius_km: Number(draft.radius) || 0 } : {}),
        ...(draft.place.trim() ? { name: draft.place.trim() } : {}),
    };
    const killed = countOf(draft.killedLow, draft.killedHigh);
    const injured = countOf(draft.injuredLow, draft.injuredHigh);
    return {
        when: { start, precision: draft.time ? draft.precision : "day" },
        ...(Object.keys(place).length > 0 ? { place } : {}),
        ...(draft.act ? { act: draft.act } : {}),
        ...(draft.attacker ? { attacker: draft.attacker } : {}),
        ...(draft.target ? { target: draft.target } : {}),
        what: draft.what.trim(),
        ...(killed ? { killed } : {}),
        ...(injured ? { injured } : {}),
        ...(draft.witness.trim() ? { witness: draft.witness.trim() } : {}),
        ...(draft.exactPlace.trim() ? { exact_place: draft.exactPlace.trim() } : {}),
    };
}

/** A new account: works on a phone and without a network, is kept first and sent when the server can be reached. */
export function NewAccountPage() {
    const words = useWords();
    const session = useSession();
    const waiting = useWaiting().filter((one) => one.person === session.person.id);
    const [draft, setDraft] = useState(() => emptyDraft(words.localDay(Date.now())));
    const [wrong, setWrong] = useState<{ wrong: keyof Draft; why: string } | undefined>();
    const [said, setSaid] = useState<"kept" | "sent" | "storage" | undefined>();
    const [locating, setLocating] = useState(false);
    const form = useRef<HTMLFormElement>(null);
    useEffect(() => {
        const again = () => void sendWaiting(session.person.id);
        again();
        window.addEventListener("online", again);
        const timer = setInterval(again, 30000);
        return () => {
            window.removeEventListener("online", again);
            clearInterval(timer);
        };
    }, [session.person.id]);
    const set = (change: Partial<Draft>) => {
        setDraft({ ...draft, ...change });
        setSaid(undefined);
    };
    const submit = async (event: Event) => {
        event.preventDefault();
        const account = accountOf(draft);
        if ("wrong" in account) {
            setWrong(account);
            form.current?.querySelector<HTMLElement>(`[name="${account.wrong}"]`)?.focus();
            return;
        }
        setWrong(undefined);
        try {
            const key = await keep(account, session.person.id);
            setDraft(emptyDraft(words.localDay(Date.now())));
            setSaid("kept");
            await sendWaiting(session.person.id);
            setSaid((await stillWaiting()).some((one) => one.key === key) ? "kept" : "sent");
        } catch {
            setSaid("storage");
        }
        window.scrollTo(0, 0);
    };
    const locate = () => {
        setLocating(true);
        navigator.geolocation.getCurrentPosition(
            ({ coords }) => {
                setLocating(false);
                set({ lat: coords.latitude.toFixed(4), lon: coords.longitude.toFixed(4), radius: String(Math.max(0.1, Math.round(coords.accuracy / 100) / 10)) });
            },
            () => setLocating(false),
            { enableHighAccuracy: true, timeout: 20000 },
        );
    };
    const fault = (name: keyof Draft) => (wrong?.wrong === name ? words.say(wrong.why) : undefined);
    const text = (name: keyof Draft) => ({ name, value: draft[name], "aria-invalid": wrong?.wrong === name, onInput: (event: Event) => set({ [name]: (event.currentTarget as HTMLInputElement).value }) });
    const actors = [...session.actors.values()].map((one) => ({ id: one.id, name: words.name(one.name, one.id) })).sort((a, b) => a.name.localeCompare(b.name));
    return (
        <>
            <Heading>{words.say("app.new")}</Heading>
            {said === "sent" && <p class="message good" role="status">{words.say("app.new.sent")}</p>}
            {said === "kept" && <p class="message" role="status">{words.say("app.new.kept")}</p>}
            {said === "storage" && <p class="message bad" role="alert">{words.say("app.new.storage")}</p>}
            <form ref={form} class="new-account" onSubmit={(event) => void submit(event)} noValidate>
                <fieldset>
                    <legend>{words.say("finding.when")} ({words.zone})</legend>
                    <div class="fields">
                        <Field label={words.say("day")} error={fault("day")}><input type="date" required {...text("day")} /></Field>
                        <Field label={words.say("app.new.time")} hint={words.say("app.new.time_how")}><input type="time" {...text("time")} /></Field>
                        {draft.time && <Field label={words.say("app.new.precision")}><Choose value={draft.precision} choices={["minute", "hour", "day"].map((id) => ({ id, name: words.say(`time.${id}`) }))} onChange={(precision) => set({ precision })} /></Field>}
                    </div>
                </fieldset>
                <fieldset>
                    <legend>{words.say("finding.where")}</legend>
                    <div class="fields">
                        <Field label={words.say("app.new.place")} wide><input {...text("place")} dir="auto" maxLength={200} /></Field>
                        <Field label={words.say("app.new.lat")} error={fault("lat")}><input {...text("lat")} inputMode="decimal" dir="ltr" placeholder="36.2021" /></Field>
                        <Field label={words.say("app.new.lon")} error={fault("lon")}><input {...text("lon")} inputMode="decimal" dir="ltr" placeholder="37.1343" /></Field>
                        <Field label={words.say("app.new.radius")}><input {...text("radius")} inputMode="decimal" dir="ltr" /></Field>
                        {"geolocation" in navigator && <p class="actions"><button type="button" onClick={locate} disabled={locating}>{words.say(locating ? "app.new.locating" : "app.new.locate")}</button></p>}
                    </div>
                </fieldset>
                <fieldset>
                    <legend>{words.say("app.new.what")}</legend>
                    <div class="fields">
                        <Field label={words.say("app.new.words")} wide error={fault("what")}><textarea required {...text("what")} dir="auto" maxLength={4000} /></Field>
                        <Field label={words.say("act")}><Choose value={draft.act} empty={words.say("act.unknown")} choices={acts.map((id) => ({ id, name: actName(words, id) }))} onChange={(act) => set({ act })} /></Field>
                        <Field label={words.say("finding.attacker")}><Choose value={draft.attacker} empty={words.say("side.unknown")} choices={actors} onChange={(attacker) => set({ attacker })} /></Field>
                        <Field label={words.say("finding.target")}><Choose value={draft.target} empty={words.say("side.unknown")} choices={actors} onChange={(target) => set({ target })} /></Field>
                    </div>
                    <div class="fields">
                        <Field label={words.say("app.new.killed_low")}><input {...text("killedLow")} inputMode="numeric" dir="ltr" /></Field>
                        <Field label={words.say("app.new.killed_high")}><input {...text("killedHigh")} inputMode="numeric" dir="ltr" /></Field>
                        <Field label={words.say("app.new.injured_low")}><input {...text("injuredLow")} inputMode="numeric" dir="ltr" /></Field>
                        <Field label={words.say("app.new.injured_high")}><input {...text("injuredHigh")} inputMode="numeric" dir="ltr" /></Field>
                    </div>
                </fieldset>
                <fieldset>
                    <legend>{words.say("app.new.protected")}</legend>
                    <p class="note">{words.say("app.new.protected_how")}</p>
                    <div class="fields">
                        <Field label={words.say("app.new.witness")}><input {...text("witness")} dir="auto" maxLength={400} autoComplete="off" /></Field>
                        <Field label={words.say("app.new.exact_place")}><input {...text("exactPlace")} dir="auto" maxLength={400} autoComplete="off" /></Field>
                    </div>
                </fieldset>
                <p class="actions"><button type="submit" class="main">{words.say("app.new.send")}</button></p>
            </form>
            <WaitingList waiting={waiting} person={session.person.id} />
        </>
    );
}

function WaitingList({ waiting, person }: { waiting: Waiting[]; person: string }) {
    const words = useWords();
    if (waiting.length === 0) return null;
    return (
        <section aria-labelledby="waiting">
            <h2 id="waiting">{words.say("app.new.waiting", { n: waiting.length })}</h2>
            <ul class="quiet-list">
                {waiting.map((one) => (
                    <li key={one.key} class="card">
                        <p class="note"><time dateTime={one.written}>{words.moment(one.written)}</time></p>
                        <p dir="auto">{one.account.what.slice(0, 200)}</p>
                        {one.refused && <><p class="field-error">{words.say("app.new.refused")}</p><p class="note" dir="auto">{one.refused}</p></>}
                        <p class="actions">
                            {one.refused && <button type="button" class="quiet" onClick={() => void drop(one.key)}>{words.say("app.new.drop")}</button>}
                        </p>
                    </li>
                ))}
            </ul>
            <p class="actions"><button type="button" onClick={() => void sendWaiting(person, true)}>{words.say("app.new.send_now")}</button></p>
        </section>
    );
}
