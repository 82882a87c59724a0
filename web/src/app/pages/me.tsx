// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { changed, send, useRemote } from "../api";
import type { Token } from "../model";
import { Form } from "../opinion_form";
import { Facts, Field, Heading, Loaded, Moment, Trouble } from "../parts";
import { useSession } from "../session";
import { useWords } from "../words";

interface Opened {
    id: string;
    created: string;
    last_seen: string;
    current: boolean;
}

/** Who one is here, and where people sign in one's own sessions, password and tokens. */
export function MePage() {
    const words = useWords();
    const { person } = useSession();
    const role = <Facts rows={[[words.say("app.people.role"), `${words.say(`app.role.${person.role}`)}: ${words.say(`app.role.${person.role}.may`)}`]]} />;
    if (person.id === "this-machine") return <><Heading>{words.say("app.nobody_signs_in")}</Heading>{role}</>;
    return <><Heading>{person.name}</Heading>{role}<OwnAccess /></>;
}

function OwnAccess() {
    const words = useWords();
    const sessions = useRemote<{ rows: Opened[] }>("/api/sessions");
    const tokens = useRemote<{ rows: Token[] }>("/api/tokens");
    const [error, setError] = useState<Error | undefined>();
    const leaveAll = () => send("DELETE", "/api/sessions?everywhere=1").then(() => location.assign("/"), setError);
    return (
        <>
            {error && <Trouble error={error} />}
            <h2>{words.say("app.me.sessions")}</h2>
            <Loaded remote={sessions}>{(value) => <ul>{value.rows.map((one) => <li key={one.id}>{words.say("app.me.since", { at: words.moment(one.created) })}; {words.say("app.me.last", { at: words.moment(one.last_seen) })}{one.current && ` (${words.say("app.me.this")})`}</li>)}</ul>}</Loaded>
            <p class="actions"><button type="button" onClick={() => void leaveAll()}>{words.say("app.me.leave_all")}</button></p>
            <ChangePassword />
            <h2>{words.say("app.me.tokens")}</h2>
            <p class="note">{words.say("app.me.tokens_how")}</p>
            <Loaded remote={tokens}>
                {(value) => <ul class="quiet-list">{value.rows.map((one) => (
                    <li key={one.id} class="card">
                        <p><strong>{one.label}</strong> <span class="note">{one.scopes.join(", ")} · {words.say("app.me.expires", { at: words.moment(one.expires) })}{one.last_used && <> · <Moment at={one.last_used} /></>}</span></p>
                        <button type="button" class="quiet" onClick={() => void send("DELETE", `/api/tokens/${encodeURIComponent(one.id)}`).then(changed, setError)}>{words.say("app.me.take_back")}</button>
                    </li>
                ))}</ul>}
            </Loaded>
            <NewToken />
        </>
    );
}

function ChangePassword() {
    const words = useWords();
    const { person } = useSession();
    const [old, setOld] = useState("");
    const [next, setNext] = useState("");
    const [error, setError] = useState<Error | undefined>();
    const [done, setDone] = useState(false);
    const change = () => {
        setDone(false);
        send("PATCH", `/api/people/${encodeURIComponent(person.id)}`, { old_password: old, password: next }).then(() => { setDone(true); setError(undefined); setOld(""); setNext(""); }, setError);
    };
    return (
        <Form label={words.say("app.me.password")} error={error} busy={false} submit={words.say("app.save")} onSend={change}>
            {done && <p class="message good" role="status">{words.say("app.me.changed")}</p>}
            <div class="fields">
                <Field label={words.say("app.me.old")}><input required type="password" autoComplete="current-password" value={old} onInput={(event) => setOld(event.currentTarget.value)} /></Field>
                <Field label={words.say("app.me.new")} hint={words.say("app.password_rule")}><input required type="password" autoComplete="new-password" value={next} onInput={(event) => setNext(event.currentTarget.value)} /></Field>
            </div>
        </Form>
    );
}

const scopes = ["read", "write", "exchange"] as const;

function NewToken() {
    const words = useWords();
    const [label, setLabel] = useState("");
    const [chosen, setChosen] = useState<string[]>(["read"]);
    const [days, setDays] = useState("90");
    const [made, setMade] = useState<Token | undefined>();
    const [error, setError] = useState<Error | undefined>();
    const make = () => {
        const expires = new Date(Date.now() + Number(days) * 86400000).toISOString().slice(0, 19) + "Z";
        send<Token>("POST", "/api/tokens", { label, scopes: chosen, expires }).then((token) => { setMade(token); setError(undefined); setLabel(""); changed(); }, setError);
    };
    return (
        <Form label={words.say("app.me.new_token")} error={error} busy={false} submit={words.say("app.me.make_token")} onSend={make}>
            {made?.secret && <div class="message good"><p>{words.say("app.me.secret")}</p><p><code>{made.secret}</code></p></div>}
            <div class="fields">
                <Field label={words.say("app.me.label")}><input required value={label} onInput={(event) => setLabel(event.currentTarget.value)} /></Field>
                <Field label={words.say("app.me.days")}><input required type="number" min={1} max={366} value={days} onInput={(event) => setDays(event.currentTarget.value)} /></Field>
            </div>
            <fieldset>
                <legend>{words.say("app.me.scopes")}</legend>
                {scopes.map((one) => <label key={one} class="choice"><input type="checkbox" checked={chosen.includes(one)} onChange={(event) => setChosen(event.currentTarget.checked ? [...chosen, one] : chosen.filter((other) => other !== one))} /><span>{words.say(`app.scope.${one}`)}</span></label>)}
            </fieldset>
        </Form>
    );
}
