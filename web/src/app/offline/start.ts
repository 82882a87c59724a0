// SPDX-License-Identifier: Apache-2.0

/** Lets the app open without a network. A browser that has no service workers, or not over plain HTTP, goes without. */
export function startOffline(): void {
    if (!("serviceWorker" in navigator) || new URLSearchParams(location.search).get("embed") === "1") return;
    navigator.serviceWorker.register("/sw.js", { scope: "/" }).catch(() => undefined);
}
