// SPDX-License-Identifier: Apache-2.0
// Small parts that many pages are made of.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Remote } from "./api";
import { ProblemError, Unreachable } from "./api";
import { hasMoved } from "./router";
import type { Words } from "./words";
import { useWords } from "./words";

/**
 * A page's heading, which takes the focus when the page is come to from another, so that it is read out. When the app is
 * opened the browser begins at the top, with the way past the navigation.
 */
export function Heading({ children }: { children: ComponentChildren }) {
    const element = useRef<HTMLHeadingElement>(null);
    useEffect(() => {
        if (hasMoved() && (document.activeElement === document.body || document.activeElement?.closest(".nav"))) element.current?.focus({ preventScroll: true });
    }, []);
    useEffect(() => {
        document.title = `${element.current?.textContent ?? ""} · Trucewatch`;
    });
    return <h1 tabIndex={-1} ref={element}>{children}</h1>;
}

/** What went wrong, in the reader's words, with the server's own below them. */
export function errorText(words: Words, error: Error): string {
    if (error instanceof Unreachable) return words.say("app.error.unreachable");
    if (!(error instanceof ProblemError)) return words.say("app.error.unexpected");
    return words.sayOr(`app.error.${error.problem.status}`, words.say("app.error.unexpected"));
}

export function Trouble({ error, retry }: { error: Error; retry?: () => void }) {
    const words = useWords();
    const detail = error instanceof ProblemError ? (error.problem.detail ?? error.problem.title) : undefined;
    return (
        <div class="message bad" role="alert">
            <p>{errorText(words, error)}</p>
            {detail && <p class="note" dir="auto">{detail}</p>}
            {error instanceof ProblemError && (error.problem.errors?.length ?? 0) > 0 && (
                <ul class="note">{error.problem.errors?.map((one) => <li key={`${one.field} ${one.message}`}><code>{one.field}</code> {one.message}</li>)}</ul>
            )}
            {retry && <p><button type="button" onClick={retry}>{words.say("app.retry")}</button></p>}
        </div>
    );
}

/** Shows what came, or that it is awaited, or why it did not come. */
export function Loaded<T>({ remote, children }: { remote: Remote<T>; children: (value: T) => ComponentChildren }) {
    const words = useWords();
    return (
        <>
            {remote.error && <Trouble error={remote.error} retry={remote.reload} />}
            {remote.value !== undefined && children(remote.value)}
            {remote.value === undefined && !remote.error && <p class="waiting" role="status">{words.say("app.loading")}</p>}
        </>
    );
}

export function Verdict({ verdict }: { verdict: string }) {
    const words = useWords();
    return <span class={`badge v-${verdict}`}>{words.sayOr(`verdict.${verdict}`, verdict)}</span>;
}

/** A time in the mission's zone with UTC beside it, set apart from its surroundings. */
export function Moment({ at }: { at: string }) {
    const words = useWords();
    return <time dateTime={at}>{words.moment(at)}</time>;
}

export function Facts({ rows }: { rows: [string, ComponentChildren][] }) {
    return (
        <dl class="facts">
            {rows.filter(([, value]) => value !== null && value !== undefined && value !== "" && value !== false).map(([name, value]) => (
                <div key={name}><dt>{name}</dt><dd>{value}</dd></div>
            ))}
        </dl>
    );
}

export function Field(at: { label: string; error?: string | undefined; hint?: string | undefined; wide?: boolean; children: ComponentChildren }) {
    return (
        <label class={at.wide ? "wide" : ""}>
            <span>{at.label}</span>
            {at.children}
            {at.hint && <span class="note">{at.hint}</span>}
            {at.error && <p class="field-error" role="alert">{at.error}</p>}
        </label>
    );
}

export function Choose(at: { value: string; choices: readonly { id: string; name: string }[]; empty?: string; onChange: (value: string) => void; name?: string; required?: boolean; label?: string }) {
    return (
        <select name={at.name} value={at.value} required={at.required} aria-label={at.label} onChange={(event) => at.onChange(event.currentTarget.value)}>
            {at.empty !== undefined && <option value="">{at.empty}</option>}
            {at.choices.map((one) => <option key={one.id} value={one.id}>{one.name}</option>)}
        </select>
    );
}
