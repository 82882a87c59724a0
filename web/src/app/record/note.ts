// SPDX-License-Identifier: Apache-2.0
// Signed notes (C2SP signed-note v1.0.0), checkpoints (tlog-checkpoint v1.0.0) and cosignatures (tlog-cosignature,
// Ed25519), read as src/record reads them: what every known verifier takes, and nothing else.
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import type { Hash } from "./merkle";
import { emptyRoot, joined, sameBytes } from "./merkle";

/** Why something that was shown cannot stand: what was found, in plain words, for the technical reader. */
export class Unsound extends Error {}

const encoder = new TextEncoder();
export const utf8 = (text: string): Uint8Array => encoder.encode(text);

/** The bytes of base64 in its one spelling; nothing for spare bits, missing padding or anything else. */
export function base64Bytes(text: string): Uint8Array | undefined {
    if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
    try {
        const binary = atob(text);
        if (btoa(binary) !== text) return undefined;
        return Uint8Array.from(binary, (character) => character.charCodeAt(0));
    } catch {
        return undefined;
    }
}

export function base64Text(bytes: Uint8Array): string {
    let binary = "";
    for (const byte of bytes) binary += String.fromCharCode(byte);
    return btoa(binary);
}

export const hexText = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** What a key signs: a feed's own notes, or as a witness those of others with a time. */
export type KeyType = "feed" | "cosignature";

export interface VerifierKey {
    name: string;
    type: KeyType;
    id: string;
    key: Uint8Array;
}

const allowedName = (name: string) => name !== "" && !/[+\s\u0085]/u.test(name);

/** Reads `name+id+base64(type || key)`; refuses a key about whose signatures two verifiers could disagree. */
export function readKey(text: string): VerifierKey {
    const [name = "", id = "", ...rest] = text.split("+");
    const bytes = base64Bytes(rest.join("+"));
    if (!allowedName(name) || !bytes) throw new Unsound(`not a key: ${text.slice(0, 60)}`);
    if (hexText(sha256(joined(utf8(`${name}\n`), bytes)).subarray(0, 4)) !== id) throw new Unsound(`the id of the key of ${name} is not its own`);
    if (bytes.length !== 33 || (bytes[0] !== 1 && bytes[0] !== 4)) throw new Unsound(`the key of ${name} is of a type that cannot be checked here`);
    const key = bytes.subarray(1);
    if (!pointOf(key)?.isTorsionFree()) throw new Unsound(`the key of ${name} is no point of the prime-order group`);
    return { name, type: bytes[0] === 1 ? "feed" : "cosignature", id, key };
}

type Point = InstanceType<typeof ed25519.Point>;

/** The point that 32 bytes are in their one spelling. */
function pointOf(bytes: Uint8Array): Point | undefined {
    try {
        return ed25519.Point.fromBytes(bytes);
    } catch {
        return undefined;
    }
}

const littleEndian = (bytes: Uint8Array): bigint => bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);

/**
 * Whether `signature` is `key`'s Ed25519 signature (RFC 8032) over `message`, for every verifier: neither the key nor R of
 * low order, S reduced, the equation without cofactor. Not `crypto.subtle`: browsers have that only over HTTPS, some not
 * this curve, and its verdicts at the edges are others.
 */
export function ed25519Holds(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    if (key.length !== 32 || signature.length !== 64) return false;
    const r = signature.subarray(0, 32);
    const s = littleEndian(signature.subarray(32));
    const order = ed25519.Point.Fn.ORDER;
    const a = pointOf(key);
    const rPoint = pointOf(r);
    if (s >= order || !a || a.isSmallOrder() || !rPoint || rPoint.isSmallOrder()) return false;
    const k = littleEndian(sha512(joined(r, key, message))) % order;
    const wanted = ed25519.Point.BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(k));
    return sameBytes(wanted.toBytes(), r);
}

export interface SignatureLine {
    name: string;
    id: string;
    signature: Uint8Array;
}

export interface Note {
    /** Ends in a line feed. */
    text: string;
    signatures: SignatureLine[];
}

const longestNote = 1_000_000;
const mostSignatures = 100;

/** Reads a note; checks no signature. */
export function readNote(bytes: Uint8Array): Note {
    if (bytes.length > longestNote) throw new Unsound("the note is longer than 1,000,000 bytes");
    let all: string;
    try {
        all = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
        throw new Unsound("the note is not UTF-8");
    }
    // eslint-disable-next-line no-control-regex
    if (/[\u0000-\u0009\u000b-\u001f]/.test(all)) throw new Unsound("the note holds a control character");
    if (!all.endsWith("\n")) throw new Unsound("the note's last line does not end");
    const split = all.indexOf("\n\n");
    if (split < 0) throw new Unsound("no empty line parts the note's text from its signatures");
    const lines = all.slice(split + 2).split("\n").slice(0, -1);
    if (lines.length === 0) throw new Unsound("the note has no signature");
    if (lines.length > mostSignatures) throw new Unsound("the note has more than 100 signatures");
    return { text: all.slice(0, split + 1), signatures: lines.map(readSignatureLine) };
}

function readSignatureLine(line: string): SignatureLine {
    const space = line.indexOf(" ", 2);
    if (!line.startsWith("\u2014 ") || space < 0) throw new Unsound("a line below the note's text is no signature line");
    const name = line.slice(2, space);
    const bytes = base64Bytes(line.slice(space + 1));
    if (!allowedName(name)) throw new Unsound("a signature line's name cannot be one");
    if (!bytes || bytes.length < 5) throw new Unsound(`the signature by ${name} is not base64 in its one spelling, or too short`);
    return { name, id: hexText(bytes.subarray(0, 4)), signature: bytes.subarray(4) };
}

const isBy = (line: SignatureLine, key: VerifierKey) => line.name === key.name && line.id === key.id;

/** When `key` says that it saw `text`, in seconds since 1970; nothing where the line does not hold. */
function cosignedAt(line: SignatureLine, key: VerifierKey, text: string): bigint | undefined {
    if (line.signature.length !== 72) return undefined;
    const time = line.signature.subarray(0, 8).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
    if (time >= 1n << 63n) return undefined;
    const message = utf8(`cosignature/v1\ntime ${time}\n${text}`);
    return ed25519Holds(key.key, message, line.signature.subarray(8)) ? time : undefined;
}

export interface Checkpoint {
    origin: string;
    size: bigint;
    root: Hash;
}

/** Reads a note's text as a checkpoint; lines after the third are passed over. */
export function readCheckpoint(text: string): Checkpoint {
    const [origin = "", size = "", root = "", ...rest] = text.split("\n");
    if (rest.length === 0) throw new Unsound("a checkpoint has three lines: origin, size, root");
    if (origin === "") throw new Unsound("the checkpoint's origin is empty");
    if (rest.slice(0, -1).includes("")) throw new Unsound("the checkpoint holds an empty line");
    if (!/^(0|[1-9][0-9]{0,18})$/.test(size) || BigInt(size) >= 1n << 63n) throw new Unsound(`size '${size.slice(0, 40)}' is no number up to 2^63 - 1`);
    const hash = base64Bytes(root);
    if (hash?.length !== 32) throw new Unsound("the checkpoint's root is not base64 of 32 bytes in its one spelling");
    if (size === "0" && !sameBytes(hash, emptyRoot())) throw new Unsound("a feed without entries has another root");
    return { origin, size: BigInt(size), root: hash };
}

export interface CheckedCheckpoint extends Checkpoint {
    cosigners: { key: VerifierKey; at: Date }[];
}

/**
 * Checks a checkpoint's signatures: the feed's own must be there, and any line by a known key that does not hold spoils
 * the whole, even beside one that does. Lines by unknown keys are passed over. Whether enough have cosigned is for the
 * reader's policy to say.
 */
export function checkCheckpoint(bytes: Uint8Array, feedKeys: VerifierKey[], witnesses: VerifierKey[]): CheckedCheckpoint {
    const note = readNote(bytes);
    const head = readCheckpoint(note.text);
    let signed = false;
    for (const key of feedKeys.filter((one) => one.name === head.origin)) {
        for (const line of note.signatures.filter((one) => isBy(one, key))) {
            if (!ed25519Holds(key.key, utf8(note.text), line.signature)) throw new Unsound(`a signature by ${key.name} does not hold`);
            signed = true;
        }
    }
    if (!signed) throw new Unsound(`no known key of ${head.origin} signed it`);
    const cosigners: CheckedCheckpoint["cosigners"] = [];
    for (const key of witnesses) {
        let earliest: bigint | undefined;
        for (const line of note.signatures.filter((one) => isBy(one, key))) {
            const at = cosignedAt(line, key, note.text);
            if (at === undefined) throw new Unsound(`a cosignature by ${key.name} does not hold`);
            if (earliest === undefined || at < earliest) earliest = at;
        }
        if (earliest !== undefined) cosigners.push({ key, at: new Date(Number(earliest) * 1000) });
    }
    return { ...head, cosigners };
}
