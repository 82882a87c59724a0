// SPDX-License-Identifier: Apache-2.0
// Where in the app a reader is: the address bar's path and query, so that every view can be linked to and sent on.
import { useEffect, useState } from "preact/hooks";

export interface Place {
    path: string;
    query: URLSearchParams;
}

const here = (): Place => ({ path: location.pathname, query: new URLSearchParams(location.search) });
const listeners = new Set<() => void>();
const tell = () => listeners.forEach((listener) => listener());

let moved = false;
/** Whether the reader has gone from one page of the app to another since it was opened. */
export const hasMoved = (): boolean => moved;

/** Goes to an address of the app; `replace` leaves no step to come back to (for filters as they are typed). */
export function go(address: string, how: "push" | "replace" = "push"): void {
    if (address === location.pathname + location.search) return;
    history[how === "push" ? "pushState" : "replaceState"](null, "", address);
    moved = true;
    tell();
}

/** The current address with some of its query changed; empty values leave the query. */
export function withQuery(changes: Record<string, string>, path = location.pathname): string {
    const query = new URLSearchParams(path === location.pathname ? location.search : "");
    for (const [name, value] of Object.entries(changes)) {
        if (value === "") query.delete(name);
        else query.set(name, value);
    }
    const text = query.toString();
    return text ? `${path}?${text}` : path;
}

/** Links of the page that the app itself follows; all others are the browser's. */
function followed(event: MouseEvent): string | undefined {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return undefined;
    const link = (event.target as Element | null)?.closest?.("a[href]");
    if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute("download")) return undefined;
    const url = new URL(link.href);
    if (url.origin !== location.origin || /^\/(api|app|feeds|ogc|atom|cap)\//.test(url.pathname)) return undefined;
    if (url.hash && url.pathname + url.search === location.pathname + location.search) return undefined;
    return url.pathname + url.search;
}

export function startRouter(): void {
    window.addEventListener("popstate", tell);
    document.addEventListener("click", (event) => {
        const address = followed(event);
        if (address === undefined) return;
        event.preventDefault();
        go(address);
        window.scrollTo(0, 0);
    });
}

export function usePlace(): Place {
    const [place, setPlace] = useState(here);
    useEffect(() => {
        const listener = () => setPlace(here());
        listeners.add(listener);
        return () => void listeners.delete(listener);
    }, []);
    return place;
}

/** The figure that is embedded alone into another page; null where the whole of a page is shown. */
export function embeddedFigure(): string | null {
    const query = new URLSearchParams(location.search);
    return query.get("embed") === "1" ? query.get("figure") : null;
}
