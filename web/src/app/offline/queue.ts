// SPDX-License-Identifier: Apache-2.0
// New accounts that wait on this device until the server has them. Each has a key that the server knows it by again, so
// that an account whose answer was lost on the way is sent again and still written once.
import { useEffect, useState } from "preact/hooks";
import { ProblemError, Unreachable, changed, send } from "../api";
import type { NewAccount, Written } from "../model";

export interface Waiting {
    key: string;
    /** Who wrote it: another person's accounts on a shared device are not sent in one's own name. */
    person: string;
    written: string;
    account: NewAccount;
    /** What the server found wrong; such an account waits for a hand. */
    refused?: string;
}

const store = "accounts";
let opened: Promise<IDBDatabase> | undefined;

function database(): Promise<IDBDatabase> {
    opened ??= new Promise((done, fail) => {
        const request = indexedDB.open("trucewatch", 1);
        request.onupgradeneeded = () => request.result.createObjectStore(store, { keyPath: "key" });
        request.onsuccess = () => done(request.result);
        request.onerror = () => {
            opened = undefined;
            fail(request.error ?? new Error("storage is closed"));
        };
    });
    return opened;
}

/** Runs one step on the store and waits until it is durable. */
async function step<T>(mode: IDBTransactionMode, what: (accounts: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const transaction = (await database()).transaction(store, mode, { durability: "strict" });
    const request = what(transaction.objectStore(store));
    return new Promise((done, fail) => {
        transaction.oncomplete = () => done(request.result);
        transaction.onerror = () => fail(transaction.error ?? new Error("storage failed"));
        transaction.onabort = () => fail(transaction.error ?? new Error("storage is full"));
    });
}

const tidings = new EventTarget();
const tell = () => tidings.dispatchEvent(new Event("changed"));

export const waiting = (): Promise<Waiting[]> => step<Waiting[]>("readonly", (accounts) => accounts.getAll() as IDBRequest<Waiting[]>);

function freshKey(): string {
    return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Keeps an account on the device; when this returns it survives the closing of the page and the loss of power. */
export async function keep(account: NewAccount, person: string): Promise<string> {
    const one: Waiting = { key: freshKey(), person, written: new Date().toISOString(), account };
    await step("readwrite", (accounts) => accounts.put(one));
    tell();
    return one.key;
}

export async function drop(key: string): Promise<void> {
    await step("readwrite", (accounts) => accounts.delete(key));
    tell();
}

let sending: Promise<number> | undefined;

/** Sends what waits, oldest first; stops where the server cannot be reached. Says how many it took. */
export function sendWaiting(person: string, again = false): Promise<number> {
    sending ??= sendAll(person, again).finally(() => { sending = undefined; });
    return sending;
}

async function sendAll(person: string, again: boolean): Promise<number> {
    let sent = 0;
    const all = (await waiting()).filter((one) => one.person === person && (again || !one.refused)).sort((a, b) => a.written.localeCompare(b.written));
    for (const one of all) {
        try {
            await send<Written>("POST", "/api/accounts", one.account, { "Idempotency-Key": one.key });
            await drop(one.key);
            ++sent;
        } catch (error) {
            if (error instanceof Unreachable) break;
            if (!(error instanceof ProblemError)) throw error;
            // A server that is busy, or no longer knows the session, will take it later as it is.
            if (error.problem.status >= 500 || [401, 408, 429].includes(error.problem.status)) break;
            const details = error.problem.errors?.map((fault) => `${fault.field ?? ""} ${fault.message}`).join("; ");
            await step("readwrite", (accounts) => accounts.put({ ...one, refused: details || error.message }));
            tell();
        }
    }
    if (sent > 0) changed();
    return sent;
}

/** The accounts that wait, as they change. */
export function useWaiting(): Waiting[] {
    const [all, setAll] = useState<Waiting[]>([]);
    useEffect(() => {
        let gone = false;
        const read = () => void waiting().then((found) => { if (!gone) setAll(found); }, () => undefined);
        read();
        tidings.addEventListener("changed", read);
        return () => {
            gone = true;
            tidings.removeEventListener("changed", read);
        };
    }, []);
    return all;
}
