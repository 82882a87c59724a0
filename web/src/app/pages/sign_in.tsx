// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from "preact/hooks";
import { ProblemError, get, send } from "../api";
import { Field, Heading, errorText } from "../parts";
import { LanguageChoice } from "../shell";
import type { Language } from "../words";
import { useWords } from "../words";

/** Signing in; on a new server, making the first administrator by the code that its terminal shows. */
export function SignIn({ chooseLanguage, onEntered }: { chooseLanguage: (language: Language) => void; onEntered: () => void }) {
    const words = useWords();
    const [first, setFirst] = useState(false);
    const [code, setCode] = useState("");
    const [name, setName] = useState("");
    const [password, setPassword] = useState("");
    const [error, setError] = useState<Error | undefined>();
    const [busy, setBusy] = useState(false);
    useEffect(() => {
        get<{ wanted: boolean }>("/api/first-admin").then((answer) => setFirst(answer.wanted), () => undefined);
    }, []);
    const enter = async (event: Event) => {
        event.preventDefault();
        setBusy(true);
        setError(undefined);
        try {
            if (first) await send("POST", "/api/first-admin", { code, name, password });
            else await send("POST", "/api/sessions", { name, password });
            onEntered();
        } catch (caught) {
            setError(caught as Error);
            setPassword("");
        } finally {
            setBusy(false);
        }
    };
    const trouble = error instanceof ProblemError && error.problem.status === 401 ? words.say("app.sign_in.wrong")
        : error instanceof ProblemError && error.problem.status === 403 && first ? words.say("app.sign_in.wrong_code")
        : error && errorText(words, error);
    const fault = (field: string) => (error instanceof ProblemError ? error.problem.errors?.find((one) => one.field?.replace(/^\//, "") === field)?.message : undefined);
    return (
        <>
            <header class="head"><div class="head-row"><span class="mission">Trucewatch</span><LanguageChoice choose={chooseLanguage} /></div></header>
            <main class="page sign-in" id="main">
                <Heading>{words.say(first ? "app.sign_in.first" : "app.sign_in")}</Heading>
                {first && <p>{words.say("app.sign_in.first_how")}</p>}
                {trouble && <p class="message bad" role="alert">{trouble}</p>}
                <form onSubmit={(event) => void enter(event)}>
                    {first && <Field label={words.say("app.sign_in.code")} error={fault("code")}><input name="code" required autoComplete="one-time-code" dir="ltr" value={code} onInput={(event) => setCode(event.currentTarget.value)} /></Field>}
                    <Field label={words.say("app.sign_in.name")} error={fault("name")}><input name="name" required autoComplete="username" autoCapitalize="none" value={name} onInput={(event) => setName(event.currentTarget.value)} /></Field>
                    <Field label={words.say("app.sign_in.password")} error={fault("password")} hint={first ? words.say("app.password_rule") : undefined}>
                        <input name="password" type="password" required autoComplete={first ? "new-password" : "current-password"} value={password} onInput={(event) => setPassword(event.currentTarget.value)} />
                    </Field>
                    <p class="actions"><button type="submit" class="main" disabled={busy}>{words.say(first ? "app.sign_in.make" : "app.sign_in.enter")}</button></p>
                </form>
            </main>
        </>
    );
}
