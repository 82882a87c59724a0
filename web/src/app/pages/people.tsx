// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { changed, send, useRemote } from "../api";
import type { List, Member, Role } from "../model";
import { Form, useSending } from "../opinion_form";
import { actorName } from "../naming";
import { Choose, Field, Heading, Loaded, Moment, Trouble } from "../parts";
import { useSession } from "../session";
import { useWords } from "../words";

const roles: readonly Role[] = ["viewer", "reporter", "analyst", "monitor", "admin"];

/** Who may sign in, and as what. */
export function PeoplePage() {
    const words = useWords();
    const session = useSession();
    const people = useRemote<List<Member>>("/api/people");
    const [error, setError] = useState<Error | undefined>();
    const change = (id: string, what: Record<string, unknown>) => send("PATCH", `/api/people/${encodeURIComponent(id)}`, what).then(() => { setError(undefined); changed(); }, setError);
    const choices = roles.map((id) => ({ id, name: words.say(`app.role.${id}`) }));
    return (
        <>
            <Heading>{words.say("app.nav.people")}</Heading>
            {error && <Trouble error={error} />}
            <Loaded remote={people}>
                {(value) => (
                    <div class="scroll" tabIndex={0} role="region" aria-label={words.say("app.nav.people")}>
                        <table>
                            <thead><tr><th scope="col">{words.say("app.sign_in.name")}</th><th scope="col">{words.say("app.people.role")}</th><th scope="col">{words.say("party")}</th><th scope="col">{words.say("app.people.seen")}</th><th scope="col"><span class="visually-hidden">{words.say("app.people.change")}</span></th></tr></thead>
                            <tbody>
                                {value.rows.map((one) => (
                                    <tr key={one.id}>
                                        <th scope="row">{one.name}{one.disabled && <> <span class="badge late">{words.say("app.people.disabled")}</span></>}</th>
                                        <td><Choose value={one.role} label={`${words.say("app.people.role")}: ${one.name}`} choices={choices} onChange={(role) => void change(one.id, { role })} /></td>
                                        <td>{one.party ? actorName(words, session, one.party) : words.say("none")}</td>
                                        <td class="moment">{one.last_seen ? <Moment at={one.last_seen} /> : words.say("none")}</td>
                                        <td>{one.id !== session.person.id && <button type="button" class="quiet" onClick={() => void change(one.id, { disabled: !one.disabled })}>{words.say(one.disabled ? "app.people.enable" : "app.people.disable")}</button>}</td>
                                    </tr>
                                ))}
                            </tbody>
                        </table>
                    </div>
                )}
            </Loaded>
            <AddPerson choices={choices} />
        </>
    );
}

function AddPerson({ choices }: { choices: { id: string; name: string }[] }) {
    const words = useWords();
    const session = useSession();
    const [name, setName] = useState("");
    const [role, setRole] = useState("viewer");
    const [party, setParty] = useState("");
    const [password, setPassword] = useState("");
    const { error, busy, run, fault } = useSending(() => {
        setName("");
        setPassword("");
        changed();
    });
    const actors = [...session.actors.values()].map((one) => ({ id: one.id, name: words.name(one.name, one.id) }));
    return (
        <Form label={words.say("app.people.add")} error={error} busy={busy} submit={words.say("app.people.add")} onSend={() => void run("/api/people", { name, role, password, ...(party ? { party } : {}) })}>
            <div class="fields">
                <Field label={words.say("app.sign_in.name")} error={fault("name")}><input required value={name} autoComplete="off" onInput={(event) => setName(event.currentTarget.value)} /></Field>
                <Field label={words.say("app.people.role")} hint={words.say(`app.role.${role}.may`)} error={fault("role")}><Choose value={role} choices={choices} onChange={setRole} /></Field>
                <Field label={words.say("app.people.party")} error={fault("party")}><Choose value={party} empty={words.say("none")} choices={actors} onChange={setParty} /></Field>
                <Field label={words.say("app.sign_in.password")} hint={words.say("app.password_rule")} error={fault("password")}><input required type="password" autoComplete="new-password" value={password} onInput={(event) => setPassword(event.currentTarget.value)} /></Field>
            </div>
        </Form>
    );
}
