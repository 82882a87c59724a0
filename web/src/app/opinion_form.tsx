// SPDX-License-Identifier: Apache-2.0
// What a monitor may do about an incident: give an opinion, ask a party, note a reply, propose that accounts are one.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { ProblemError, send, useRemote } from "./api";
import type { Agreement, IncidentDetail, Inquiry, List, NewOpinion, Written } from "./model";
import { actName } from "./naming";
import { Choose, Field, Trouble } from "./parts";
import { useSession } from "./session";
import { useWords } from "./words";

interface Ends {
    onDone: () => void;
    onCancel: () => void;
}

/** A form that sends one thing; shows what the server finds wrong, whole and beside its field. */
export function useSending(onDone: () => void) {
    const [error, setError] = useState<Error | undefined>();
    const [busy, setBusy] = useState(false);
    const run = async (path: string, body: unknown) => {
        setBusy(true);
        setError(undefined);
        try {
            await send<Written>("POST", path, body);
            onDone();
        } catch (caught) {
            setError(caught as Error);
        } finally {
            setBusy(false);
        }
    };
    const fault = (field: string) => (error instanceof ProblemError ? error.problem.errors?.find((one) => one.field?.replace(/^[/#]+/, "") === field)?.message : undefined);
    return { error, busy, run, fault };
}

export function Form({ label, error, busy, submit, onSend, onCancel, children }: { label: string; error: Error | undefined; busy: boolean; submit: string; onSend: () => void; onCancel?: () => void; children: ComponentChildren }) {
    const words = useWords();
    return (
        <form class="card" aria-label={label} onSubmit={(event) => { event.preventDefault(); onSend(); }}>
            <h3>{label}</h3>
            {children}
            {error && <Trouble error={error} />}
            <p class="actions">
                <button type="submit" class="main" disabled={busy}>{submit}</button>
                {onCancel && <button type="button" onClick={onCancel}>{words.say("app.cancel")}</button>}
            </p>
        </form>
    );
}

const occurrences = ["confirmed", "not_confirmed", "unverifiable", "false_report"] as const;
const breaches = ["violation", "not_violation", "undetermined"] as const;
const attributions = ["unattributed", "party", "unit", "individual"] as const;
const standards = ["reasonable_suspicion", "reasonable_grounds", "balance_of_probabilities", "clear_and_convincing", "beyond_reasonable_doubt"] as const;

function Axis({ name, values, value, set }: { name: "occurrence" | "breach" | "attribution"; values: readonly string[]; value: string; set: (value: string) => void }) {
    const words = useWords();
    return (
        <fieldset>
            <legend>{words.say(`app.axis.${name}`)}</legend>
            {["", ...values].map((one) => (
                <label key={one} class="choice">
                    <input type="radio" name={name} value={one} checked={value === one} onChange={() => set(one)} />
                    <span>{one === "" ? words.say("app.opinion.say_nothing") : words.say(`app.${name}.${one}`)}</span>
                </label>
            ))}
        </fieldset>
    );
}

/** An opinion on three axes, of which at least one says something. It replaces what the monitor said before. */
export function GiveOpinion({ incident, onDone, onCancel }: { incident: IncidentDetail } & Ends) {
    const words = useWords();
    const session = useSession();
    const own = incident.opinions.find((one) => one.by === session.mission.record.feed);
    const agreements = useRemote<List<Agreement>>("/api/agreements");
    const [occurrence, setOccurrence] = useState<string>(own?.occurrence ?? "");
    const [breach, setBreach] = useState<string>(own?.breach ?? "");
    const [attribution, setAttribution] = useState<string>(own?.attribution ?? "");
    const [agreement, setAgreement] = useState(own?.agreement ?? incident.findings[0]?.agreement ?? "");
    const [duty, setDuty] = useState(own?.duty ?? "");
    const [authors, setAuthors] = useState<string[]>(own?.authors ?? []);
    const [grounds, setGrounds] = useState(own?.grounds ?? "");
    const [grade, setGrade] = useState<string>(own?.grade ?? "");
    const [standard, setStandard] = useState<string>(own?.standard ?? "");
    const [nothing, setNothing] = useState(false);
    const { error, busy, run, fault } = useSending(onDone);
    const give = () => {
        setNothing(!occurrence && !breach && !attribution);
        if (!occurrence && !breach && !attribution) return;
        const opinion: Record<string, unknown> = { incident: incident.id };
        if (occurrence) opinion.occurrence = occurrence;
        if (breach) opinion.breach = breach;
        if (breach && agreement) opinion.agreement = agreement;
        if (breach && duty) opinion.duty = duty;
        if (attribution) opinion.attribution = attribution;
        if (attribution && attribution !== "unattributed") opinion.authors = authors;
        if (grounds) opinion.grounds = grounds;
        if (grade) opinion.grade = grade;
        if (standard) opinion.standard = standard;
        void run("/api/opinions", opinion as unknown as NewOpinion);
    };
    const duties = agreements.value?.rows.find((one) => one.id === agreement)?.duties ?? [];
    const actors = [...session.actors.values()].map((one) => ({ id: one.id, name: words.name(one.name, one.id) }));
    return (
        <Form label={words.say("app.opinion.give")} error={error} busy={busy} submit={words.say("app.opinion.sign")} onSend={give} onCancel={onCancel}>
            {own && <p class="note">{words.say("app.opinion.replaces")}</p>}
            {nothing && <p class="field-error" role="alert">{words.say("app.opinion.one_axis")}</p>}
            <Axis name="occurrence" values={occurrences} value={occurrence} set={setOccurrence} />
            <Axis name="breach" values={breaches} value={breach} set={setBreach} />
            {breach && (
                <div class="fields">
                    <Field label={words.say("terms.agreement")} error={fault("agreement")}><Choose value={agreement} empty={words.say("none")} choices={(agreements.value?.rows ?? []).map((one) => ({ id: one.id, name: words.name(one.title, one.id) }))} onChange={setAgreement} /></Field>
                    <Field label={words.say("app.duty")} error={fault("duty")}><Choose value={duty} empty={words.say("none")} choices={duties.map((one) => ({ id: one.id, name: `${one.id}: ${one.acts.map((act) => actName(words, act)).join(", ")}` }))} onChange={setDuty} /></Field>
                </div>
            )}
            <Axis name="attribution" values={attributions} value={attribution} set={setAttribution} />
            {attribution && attribution !== "unattributed" && (
                <Field label={words.say("app.opinion.authors")} error={fault("authors")}>
                    <select multiple size={5} onChange={(event) => setAuthors([...event.currentTarget.selectedOptions].map((one) => one.value))}>
                        {actors.map((one) => <option key={one.id} value={one.id} selected={authors.includes(one.id)}>{one.name}</option>)}
                    </select>
                </Field>
            )}
            <div class="fields">
                <Field label={words.say("app.opinion.grounds")} wide error={fault("grounds")}><textarea value={grounds} maxLength={4000} dir="auto" onInput={(event) => setGrounds(event.currentTarget.value)} /></Field>
                <Field label={words.say("app.opinion.grade")} hint={words.say("app.opinion.grade_how")} error={fault("grade")}><input value={grade} pattern="[A-F][1-6]" dir="ltr" placeholder="B2" onInput={(event) => setGrade(event.currentTarget.value.toUpperCase())} /></Field>
                <Field label={words.say("app.opinion.standard")} error={fault("standard")}><Choose value={standard} empty={words.say("none")} choices={standards.map((id) => ({ id, name: words.say(`app.standard.${id}`) }))} onChange={setStandard} /></Field>
            </div>
        </Form>
    );
}

export function AskParty({ incident, onDone, onCancel }: { incident: IncidentDetail } & Ends) {
    const words = useWords();
    const session = useSession();
    const [to, setTo] = useState("");
    const [question, setQuestion] = useState("");
    const [due, setDue] = useState("");
    const { error, busy, run, fault } = useSending(onDone);
    const account = incident.told[0]?.id ?? incident.accounts[0] ?? incident.id;
    const actors = [...session.actors.values()].map((one) => ({ id: one.id, name: words.name(one.name, one.id) }));
    return (
        <Form label={words.say("app.inquiry.ask")} error={error} busy={busy} submit={words.say("app.inquiry.send")} onCancel={onCancel}
            onSend={() => void run("/api/inquiries", { account, to, question, ...(due ? { due: words.instantOf(due) } : {}) })}>
            <div class="fields">
                <Field label={words.say("app.inquiry.to")} error={fault("to")}><Choose value={to} empty="" required choices={actors} onChange={setTo} /></Field>
                <Field label={words.say("app.inquiry.due")} hint={words.zone} error={fault("due")}><input type="datetime-local" value={due} onInput={(event) => setDue(event.currentTarget.value)} /></Field>
                <Field label={words.say("app.inquiry.question")} wide error={fault("question")}><textarea required value={question} maxLength={4000} dir="auto" onInput={(event) => setQuestion(event.currentTarget.value)} /></Field>
            </div>
        </Form>
    );
}

const positions = ["admits", "denies", "justifies", "promises", "no_comment"] as const;

export function ReplyForm({ inquiry, onDone, onCancel }: { inquiry: Inquiry } & Ends) {
    const words = useWords();
    const [position, setPosition] = useState("");
    const [text, setText] = useState("");
    const { error, busy, run, fault } = useSending(onDone);
    return (
        <Form label={words.say("app.inquiry.reply")} error={error} busy={busy} submit={words.say("app.save")} onCancel={onCancel}
            onSend={() => void run(`/api/inquiries/${encodeURIComponent(inquiry.id)}/replies`, { party: inquiry.to, position, ...(text ? { text } : {}) })}>
            <Field label={words.say("app.inquiry.position")} error={fault("position")}><Choose value={position} empty="" required choices={positions.map((id) => ({ id, name: words.say(`app.position.${id}`) }))} onChange={setPosition} /></Field>
            <Field label={words.say("app.inquiry.words")} wide error={fault("text")}><textarea value={text} dir="auto" maxLength={4000} onInput={(event) => setText(event.currentTarget.value)} /></Field>
        </Form>
    );
}

/** Proposes that this incident's accounts and another's tell of one; every link can be undone. */
export function LinkAccounts({ incident, onDone, onCancel }: { incident: IncidentDetail } & Ends) {
    const words = useWords();
    const [other, setOther] = useState("");
    const [grounds, setGrounds] = useState("");
    const { error, busy, run, fault } = useSending(onDone);
    const own = incident.told[0]?.id ?? incident.accounts[0] ?? incident.id;
    return (
        <Form label={words.say("app.link.propose")} error={error} busy={busy} submit={words.say("app.link.send")} onCancel={onCancel}
            onSend={() => void run("/api/links", { accounts: [own, other.trim()], ...(grounds ? { grounds } : {}) })}>
            <p class="note">{words.say("app.link.how")}</p>
            <Field label={words.say("app.link.other")} error={fault("accounts")}><input required dir="ltr" value={other} onInput={(event) => setOther(event.currentTarget.value)} /></Field>
            <Field label={words.say("app.opinion.grounds")} wide error={fault("grounds")}><textarea value={grounds} dir="auto" maxLength={2000} onInput={(event) => setGrounds(event.currentTarget.value)} /></Field>
        </Form>
    );
}
