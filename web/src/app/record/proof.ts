// SPDX-License-Identifier: Apache-2.0
// What shows to anyone that an entry is in a feed: a C2SP tlog-proof and the entry's bytes.
import type { Hash } from "./merkle";
import { inclusionHolds, leafHash } from "./merkle";
import type { CheckedCheckpoint, VerifierKey } from "./note";
import { Unsound, base64Bytes, checkCheckpoint, utf8 } from "./note";

export interface EntryProof {
    index: bigint;
    path: Hash[];
    /** The checkpoint as its note's bytes. */
    checkpoint: Uint8Array;
}

/** Reads a `.tlog-proof` file; checks no hash and no signature. An `extra` line is passed over: nothing vouches for it. */
export function readProof(text: string): EntryProof {
    const lines = text.split("\n");
    let at = 0;
    if (lines[at++] !== "c2sp.org/tlog-proof@v1") throw new Unsound("not a proof: want 'c2sp.org/tlog-proof@v1'");
    if (lines[at]?.startsWith("extra ")) {
        if (!base64Bytes(lines[at]!.slice(6))) throw new Unsound("not a proof: the extra line is not base64");
        ++at;
    }
    const index = /^index (0|[1-9][0-9]{0,18})$/.exec(lines[at++] ?? "")?.[1];
    if (index === undefined || BigInt(index) >= 1n << 63n) throw new Unsound("not a proof: want 'index' and a number");
    const path: Hash[] = [];
    for (; at < lines.length && lines[at] !== ""; ++at) {
        const hash = base64Bytes(lines[at]!);
        if (hash?.length !== 32) throw new Unsound("not a proof: a hash is not base64 of 32 bytes in its one spelling");
        if (path.push(hash) > 63) throw new Unsound("not a proof: the path has more than 63 hashes");
    }
    if (at >= lines.length - 1) throw new Unsound("not a proof: no empty line parts the path from the checkpoint");
    return { index: BigInt(index), path, checkpoint: utf8(lines.slice(at + 1).join("\n")) };
}

/** Checks that `entry` is in a feed, by its proof; says under which head, and who has cosigned that. */
export function checkEntry(proof: EntryProof, entry: Uint8Array, feedKeys: VerifierKey[], witnesses: VerifierKey[]): CheckedCheckpoint {
    const head = checkCheckpoint(proof.checkpoint, feedKeys, witnesses);
    if (!inclusionHolds(proof.index, { first: 0n, end: head.size }, leafHash(entry), head.root, proof.path)) {
        throw new Unsound(`entry ${proof.index} does not hash to the root of ${head.origin}`);
    }
    return head;
}
