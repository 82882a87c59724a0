// SPDX-License-Identifier: Apache-2.0
// The one way to the server. Nothing here asks anyone else.
import { useEffect, useRef, useState } from "preact/hooks";

/** What the server says when it does not do what it was asked (RFC 9457). */
export interface Problem {
    status: number;
    title: string;
    detail?: string;
    /** The faults of single fields, by the field's name. */
    errors?: { field?: string; message: string }[];
}

export class ProblemError extends Error {
    constructor(readonly problem: Problem) {
        super(problem.detail ?? problem.title);
        this.name = "ProblemError";
    }
}

/** The server could not be reached at all: no network, or it is down. */
export class Unreachable extends Error {
    constructor() {
        super("unreachable");
        this.name = "Unreachable";
    }
}

let onSignedOut: () => void = () => undefined;
/** Says whom to tell when the server no longer knows the session. */
export function whenSignedOut(listener: () => void): void {
    onSignedOut = listener;
}

async function problemOf(response: Response): Promise<Problem> {
    try {
        const body = (await response.json()) as Partial<Problem>;
        return { title: response.statusText, ...body, status: response.status };
    } catch {
        return { status: response.status, title: response.statusText };
    }
}

export async function request(path: string, init: RequestInit = {}): Promise<Response> {
    // What is wrong is said in the language of the page, not in the browser's.
    const headers = new Headers(init.headers);
    if (!headers.has("Accept-Language")) headers.set("Accept-Language", document.documentElement.lang || "en");
    let response: Response;
    try {
        response = await fetch(path, { credentials: "same-origin", ...init, headers });
    } catch (error) {
        if (error instanceof DOMException && error.name === "AbortError") throw error;
        throw new Unreachable();
    }
    if (response.status === 401 && !path.startsWith("/api/session")) onSignedOut();
    if (!response.ok) throw new ProblemError(await problemOf(response));
    return response;
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
    const response = await request(path, { headers: { Accept: "application/json" }, ...(signal ? { signal } : {}) });
    return (await response.json()) as T;
}

/** Sends JSON; gives the answer's JSON, or nothing where there is none. */
export async function send<T>(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
    const response = await request(path, {
        method,
        // Not a form's type, and a header that no other site can set: the server refuses what lacks it.
        headers: { Accept: "application/json", "X-Truce": "1", ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return (text === "" ? undefined : JSON.parse(text)) as T;
}

/** An address with those of `query` that say something. */
export function address(path: string, query: Record<string, string | number | undefined>): string {
    const filled = Object.entries(query).filter(([, value]) => value !== undefined && value !== "");
    return filled.length ? `${path}?${new URLSearchParams(filled.map(([name, value]) => [name, String(value)]))}` : path;
}

export interface Remote<T> {
    value?: T;
    error?: Error;
    loading: boolean;
    reload: () => void;
}

const changes = new EventTarget();
/** Says that what was read of the server may be out of date: everything on the page is read again. */
export function changed(): void {
    changes.dispatchEvent(new Event("changed"));
}

/**
 * What the server holds at `path`; nothing is asked while it is undefined. The last value stays while the next comes, so
 * that the page does not blink, and is read again when the server says that something changed.
 */
export function useRemote<T>(path: string | undefined): Remote<T> {
    const [state, setState] = useState<{ path?: string; value?: T; error?: Error }>({});
    const [turn, setTurn] = useState(0);
    const latest = useRef(path);
    latest.current = path;
    useEffect(() => {
        const listener = () => setTurn((before) => before + 1);
        changes.addEventListener("changed", listener);
        return () => changes.removeEventListener("changed", listener);
    }, []);
    useEffect(() => {
        if (path === undefined) return;
        const stop = new AbortController();
        get<T>(path, stop.signal)
            .then((value) => setState({ path, value }))
            .catch((error: Error) => {
                if (stop.signal.aborted) return;
                setState((before) => ({ path, error, ...(before.path === path && before.value !== undefined ? { value: before.value } : {}) }));
            });
        return () => stop.abort();
    }, [path, turn]);
    const fresh = state.path === path;
    return {
        ...(state.value !== undefined ? { value: state.value } : {}),
        ...(fresh && state.error ? { error: state.error } : {}),
        loading: path !== undefined && !fresh,
        reload: () => setTurn((before) => before + 1),
    };
}
