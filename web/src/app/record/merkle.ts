// SPDX-License-Identifier: Apache-2.0
// A feed's tree, checked where it is read: RFC 6962 section 2.1 with SHA-256. Sizes and indexes are `bigint`, because a
// feed's may be any up to 2^63 - 1 and a browser's numbers end before that.
import { sha256 } from "@noble/hashes/sha2.js";

export type Hash = Uint8Array;

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
    return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export function joined(...parts: Uint8Array[]): Uint8Array {
    const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
        all.set(part, at);
        at += part.length;
    }
    return all;
}

/** SHA-256(0x00 || entry). */
export const leafHash = (entry: Uint8Array): Hash => sha256(joined(Uint8Array.of(0), entry));
/** SHA-256(0x01 || left || right). */
export const nodeHash = (left: Hash, right: Hash): Hash => sha256(joined(Uint8Array.of(1), left, right));
/** The root of a tree without entries: SHA-256 of nothing. */
export const emptyRoot = (): Hash => sha256(new Uint8Array(0));

/**
 * A part of a tree that can have a root of its own: entries [first, end), where `first` is a multiple of the smallest
 * power of two not below `end - first`.
 */
export interface Subtree {
    first: bigint;
    end: bigint;
}

function isValid({ first, end }: Subtree): boolean {
    if (first >= end) return false;
    let power = 1n;
    while (power < end - first) power <<= 1n;
    return first % power === 0n;
}

/**
 * Whether `path` leads from `leaf`, as entry `index`, to `root` over the entries of `subtree`; [0, size) is the whole
 * tree. False for a path that is too long, too short or for an entry outside.
 */
export function inclusionHolds(index: bigint, subtree: Subtree, leaf: Hash, root: Hash, path: Hash[]): boolean {
    if (!isValid(subtree) || index < subtree.first || index >= subtree.end) return false;
    let at = index - subtree.first;
    let last = subtree.end - subtree.first - 1n;
    let hash = leaf;
    for (const sibling of path) {
        if (last === 0n) return false;
        if ((at & 1n) === 1n || at === last) {
            hash = nodeHash(sibling, hash);
            // A right edge has no sibling until it is a right child itself.
            while ((at & 1n) === 0n) {
                at >>= 1n;
                last >>= 1n;
            }
        } else {
            hash = nodeHash(hash, sibling);
        }
        at >>= 1n;
        last >>= 1n;
    }
    return last === 0n && sameBytes(hash, root);
}

/** Whether `proof` shows that the entries of `subtree` lie in the tree of `size` entries with root `root`. */
export function subtreeHolds(subtree: Subtree, size: bigint, subtreeRoot: Hash, root: Hash, proof: Hash[]): boolean {
    if (subtree.end > size) return false;
    if (subtree.first === subtree.end) return proof.length === 0 && sameBytes(subtreeRoot, emptyRoot());
    if (!isValid(subtree)) return false;
    // RFC 9162 section 2.1.4.2 with a first entry: the nodes that hold the subtree's first entry, its last, and the
    // tree's last, going up.
    let first = subtree.first;
    let last = subtree.end - 1n;
    let treeLast = size - 1n;
    const rise = () => {
        first >>= 1n;
        last >>= 1n;
        treeLast >>= 1n;
    };
    if (last === treeLast) {
        while (first !== last) rise();
    } else {
        while (first !== last && (last & 1n) === 1n) rise();
    }
    let rest = proof;
    let ofSubtree = subtreeRoot;
    if (first !== last) {
        const head = rest[0];
        if (!head) return false;
        ofSubtree = head;
        rest = rest.slice(1);
    }
    let ofTree = ofSubtree;
    for (const hash of rest) {
        if (treeLast === 0n) return false;
        if ((last & 1n) === 1n || last === treeLast) {
            if (first < last) ofSubtree = nodeHash(hash, ofSubtree);
            ofTree = nodeHash(hash, ofTree);
            while ((last & 1n) === 0n) rise();
        } else {
            ofTree = nodeHash(ofTree, hash);
        }
        rise();
    }
    return treeLast === 0n && sameBytes(ofSubtree, subtreeRoot) && sameBytes(ofTree, root);
}

/**
 * Whether `proof` shows that the tree of `size` entries begins with that of `oldSize` entries. False for `oldSize` 0: an
 * empty tree shows nothing of another.
 */
export function consistencyHolds(oldSize: bigint, size: bigint, oldRoot: Hash, root: Hash, proof: Hash[]): boolean {
    return oldSize > 0n && subtreeHolds({ first: 0n, end: oldSize }, size, oldRoot, root, proof);
}
