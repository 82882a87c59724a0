// SPDX-License-Identifier: Apache-2.0
/// <reference lib="webworker" />
// Keeps the app's shell, its words and the last answers that the form for a new account needs, so that it opens without a
// network. What is kept of the mission goes when a person signs out.
export {};
declare const self: ServiceWorkerGlobalScope;
/** Set by the build: changes with the bundle, so that an old shell is not served beside a new one. */
declare const BUILD: string;

const shell = `shell-${BUILD}`;
const answers = "answers";
const files = ["/", "/app/app.js", "/app/app.css", "/app/icon.svg", "/app/manifest.webmanifest", ...["en", "ar", "ru", "fr"].map((one) => `/app/messages/${one}.json`)];
/** What a reporter in the field cannot do without. All else of the mission stays on the server. */
const needed = ["/api/session", "/api/mission", "/api/actors", "/api/areas"];

self.addEventListener("install", (event) => {
    event.waitUntil(caches.open(shell).then((cache) => cache.addAll(files)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
    const old = async () => {
        for (const name of await caches.keys()) if (name !== shell && name !== answers) await caches.delete(name);
        await self.clients.claim();
    };
    event.waitUntil(old());
});

async function freshElseKept(request: Request, name: string, key: string): Promise<Response> {
    const cache = await caches.open(name);
    try {
        const response = await fetch(request);
        if (response.ok) await cache.put(key, response.clone());
        else if (response.status === 401) await caches.delete(answers);
        return response;
    } catch (error) {
        const kept = await cache.match(key);
        if (kept) return kept;
        throw error;
    }
}

self.addEventListener("fetch", (event) => {
    const url = new URL(event.request.url);
    if (url.origin !== self.location.origin) return;
    if (event.request.method === "DELETE" && url.pathname === "/api/sessions") {
        event.waitUntil(caches.delete(answers));
        return;
    }
    if (event.request.method !== "GET") return;
    if (event.request.mode === "navigate" && !/^\/(api|app|feeds|ogc|atom|cap)(\/|$)/.test(url.pathname)) {
        event.respondWith(freshElseKept(event.request, shell, "/"));
    } else if (url.pathname.startsWith("/app/")) {
        event.respondWith(freshElseKept(event.request, shell, url.pathname));
    } else if (needed.includes(url.pathname)) {
        event.respondWith(freshElseKept(event.request, answers, url.pathname));
    }
});
