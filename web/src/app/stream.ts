// SPDX-License-Identifier: Apache-2.0
// What the server says by itself: new numbers, new entries, how an upload goes on.

export interface Progress {
    id: string;
    rows: number;
    of: number;
    rejects: number;
    state: string;
}

const uploads = new Set<(progress: Progress) => void>();

/** Tells `listener` how uploads go on, until the returned function is called. */
export function watchUploads(listener: (progress: Progress) => void): () => void {
    uploads.add(listener);
    return () => void uploads.delete(listener);
}

/**
 * Listens to the server and calls `onChange` when what was read may be out of date; several tidings within a second are
 * one. The browser comes back by itself after a lost line, with the id of the last thing that it heard.
 */
export function follow(onChange: () => void): () => void {
    const source = new EventSource("/api/stream");
    let timer: number | undefined;
    const soon = () => {
        timer ??= window.setTimeout(() => {
            timer = undefined;
            onChange();
        }, 1000);
    };
    for (const kind of ["assessment", "record", "reset"]) source.addEventListener(kind, soon);
    source.addEventListener("upload.progress", (event) => {
        try {
            const progress = JSON.parse((event as MessageEvent<string>).data) as Progress;
            uploads.forEach((listener) => listener(progress));
        } catch {
            return; // A line that is no progress is passed over; the upload's own page is asked in the end.
        }
    });
    return () => {
        source.close();
        if (timer !== undefined) clearTimeout(timer);
    };
}
