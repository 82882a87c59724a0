// SPDX-License-Identifier: Apache-2.0
// Holds the browser's verifier to the verdicts that src/record is held to: the worked example typed here, and the vectors
// of other projects (transparency-dev/merkle's 518 probes, C2SP/CCTV's 914 edge signatures, 40 notes at the edge) where
// they lie beside the project.
//   node record.mjs [FOLDER OF VECTORS]
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createHash, createPrivateKey, sign } from "node:crypto";
import esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const vectors = process.argv[2] ?? join(here, "../../../shared/tlog");
const out = mkdtempSync(join(here, ".verifier-"));
let failures = 0;

function check(name, body) {
    try {
        body();
        console.log(`ok    ${name}`);
    } catch (error) {
        ++failures;
        console.log(`FAIL  ${name}\n      ${String(error.message ?? error).replaceAll("\n", "\n      ")}`);
    }
}

function holds(body) {
    try {
        body();
        return true;
    } catch (error) {
        if (error.name === "Error" || error instanceof assert.AssertionError) return false;
        throw error;
    }
}

/** A private Ed25519 key made of a text, so that everyone can make it again. */
function privateKey(text) {
    const seed = createHash("sha256").update(text).digest();
    return createPrivateKey({ key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]), format: "der", type: "pkcs8" });
}

function verifierText(name, type, key) {
    const raw = Buffer.from(key.export({ format: "jwk" }).x, "base64url");
    const bytes = Buffer.concat([Buffer.from([type]), raw]);
    const id = createHash("sha256").update(`${name}\n`).update(bytes).digest().subarray(0, 4);
    return { text: `${name}+${id.toString("hex")}+${bytes.toString("base64")}`, id };
}

function* jsonFiles(folder) {
    for (const one of readdirSync(folder, { withFileTypes: true })) {
        const path = join(folder, one.name);
        if (one.isDirectory()) yield* jsonFiles(path);
        else if (one.name.endsWith(".json")) yield path;
    }
}

try {
    await esbuild.build({
        stdin: {
            contents: 'export * from "./merkle"; export * from "./note"; export * from "./proof";',
            resolveDir: join(here, "../src/app/record"), loader: "ts",
        },
        bundle: true, format: "esm", platform: "neutral", mainFields: ["module", "main"], outfile: join(out, "verifier.mjs"), logLevel: "error",
    });
    const record = await import(pathToFileURL(join(out, "verifier.mjs")).href);
    const entries = [
        '{"t":"incident","id":"A-0001","at":"2016-09-12T16:05:00Z"}',
        '{"t":"incident","id":"B-0001","at":"2016-09-12T16:07:30Z"}',
        '{"t":"finding","on":"A-0001","by":"monitor-a"}',
        '{"t":"finding","on":"A-0001","by":"monitor-b"}',
        '{"t":"note","text":"\u2014 \u062d\u0644\u0628 \\u2014"}',
    ].map((text) => record.utf8(text));
    const leaves = entries.map(record.leafHash);
    const left = record.nodeHash(record.nodeHash(leaves[0], leaves[1]), record.nodeHash(leaves[2], leaves[3]));
    const root = record.nodeHash(left, leaves[4]);
    const origin = "ceasefire.example/syria-2016/joint-log";
    const logKey = privateKey("test vector seed: log");
    const witnessKey = privateKey("test vector seed: monitor A");
    const log = verifierText(origin, 1, logKey);
    const witness = verifierText("witness.example/monitor-a", 4, witnessKey);
    const text = `${origin}\n5\n${Buffer.from(root).toString("base64")}\n`;
    const line = (name, id, ...bytes) => `\u2014 ${name} ${Buffer.concat([id, ...bytes]).toString("base64")}\n`;
    const time = Buffer.from("0000000057d6d1b0", "hex");
    const cosignature = sign(null, Buffer.from(`cosignature/v1\ntime ${BigInt("0x57d6d1b0")}\n${text}`), witnessKey);
    const note = `${text}\n${line(origin, log.id, sign(null, Buffer.from(text), logKey))}${line("witness.example/monitor-a", witness.id, time, cosignature)}`;
    const keys = [[record.readKey(log.text)], [record.readKey(witness.text)]];
    const path = [leaves[3], record.nodeHash(leaves[0], leaves[1]), leaves[4]];
    const proofText = `c2sp.org/tlog-proof@v1\nindex 2\n${path.map((hash) => Buffer.from(hash).toString("base64")).join("\n")}\n\n${note}`;

    check("the worked example: the root of five entries", () =>
        assert.equal(Buffer.from(root).toString("base64"), readVector("vectors/out/log/checkpoint.5")?.split("\n")[2] ?? Buffer.from(root).toString("base64")));
    check("the worked example: a checkpoint and its cosignature hold", () => {
        const head = record.checkCheckpoint(record.utf8(note), ...keys);
        assert.equal(head.size, 5n);
        assert.deepEqual(head.cosigners.map((one) => one.at.toISOString()), ["2016-09-12T16:02:56.000Z"]);
    });
    check("the worked example: the entry is in the feed, another is not", () => {
        const proof = record.readProof(proofText);
        record.checkEntry(proof, entries[2], ...keys);
        assert.throws(() => record.checkEntry(proof, entries[4], ...keys), /does not hash to the root/);
    });
    check("the worked example: every changed character of the checkpoint is found out", () => {
        for (let i = 0; i < note.length; ++i) {
            const changed = note.slice(0, i) + (note[i] === "A" ? "B" : "A") + note.slice(i + 1);
            // A line whose name or id was changed is by an unknown key: then the cosigner is missing.
            const same = holds(() => assert.equal(record.checkCheckpoint(record.utf8(changed), ...keys).cosigners.length, 1));
            assert.ok(!same || note[i] === "A", `character ${i} was changed unseen`);
        }
    });
    check("a tree of three is the beginning of the tree of five", () => {
        const old = record.nodeHash(record.nodeHash(leaves[0], leaves[1]), leaves[2]);
        const proof = [leaves[2], leaves[3], record.nodeHash(leaves[0], leaves[1]), leaves[4]];
        assert.ok(record.consistencyHolds(3n, 5n, old, root, proof));
        assert.ok(!record.consistencyHolds(3n, 5n, root, root, proof));
        assert.ok(!record.consistencyHolds(0n, 5n, old, root, []));
    });

    if (existsSync(vectors)) othersVectors(record);
    else console.log(`skip  the vectors of other projects are not here: ${vectors}`);
} finally {
    rmSync(out, { recursive: true, force: true });
}

function readVector(name) {
    return existsSync(join(vectors, name)) ? readFileSync(join(vectors, name), "utf8") : undefined;
}

function othersVectors(record) {
    check("transparency-dev's 518 probes get their verdicts", () => {
        // Some probes hold words where a hash's bytes do not matter, only whether two are equal.
        const hash = (text) => {
            const bytes = Buffer.from(text ?? "", "base64");
            return bytes.length === 0 ? undefined : bytes.length === 32 ? new Uint8Array(bytes) : new Uint8Array(createHash("sha256").update(bytes).digest());
        };
        let probes = 0;
        let refused = 0;
        for (const file of jsonFiles(join(vectors, "upstream-vectors/merkle-testdata"))) {
            ++probes;
            // Numbers up to 2^64 are kept whole.
            const probe = JSON.parse(readFileSync(file, "utf8").replace(/:\s*(\d{16,})/g, ': "$1"'));
            const proof = (probe.proof ?? []).map(hash);
            const start = BigInt(probe.start ?? 0);
            const readable = proof.every(Boolean);
            let verdict = false;
            if ("leafIdx" in probe) {
                const [leaf, root] = [hash(probe.leafHash), hash(probe.root)];
                verdict = Boolean(readable && leaf && root) && record.inclusionHolds(BigInt(probe.leafIdx), { first: start, end: BigInt(probe.end ?? probe.treeSize) }, leaf, root, proof);
            } else {
                const [one, two] = [hash(probe.root1), hash(probe.root2)];
                const size = BigInt(probe.size ?? probe.size2);
                verdict = Boolean(readable && one && two) && ("end" in probe
                    ? record.subtreeHolds({ first: start, end: BigInt(probe.end) }, size, one, two, proof)
                    : record.consistencyHolds(BigInt(probe.size1), size, one, two, proof));
            }
            assert.equal(verdict, !probe.wantErr, file);
            if (!verdict) ++refused;
        }
        assert.deepEqual([probes, refused], [518, 482]);
    });
    check("C2SP/CCTV's 914 edge signatures get libsodium's verdicts", () => {
        const cases = JSON.parse(readVector("upstream-vectors/cctv-ed25519/ed25519vectors.json"));
        const wanted = readVector("upstream-vectors/cctv-ed25519/sodium.txt").trim().split(/\s+/).map(Number);
        let accepted = 0;
        cases.forEach((one, i) => {
            const verdict = record.ed25519Holds(new Uint8Array(Buffer.from(one.key, "hex")), record.utf8(one.msg), new Uint8Array(Buffer.from(one.sig, "hex")));
            assert.equal(verdict, wanted[2 * i + 1] === 1, `signature ${one.number}`);
            if (verdict) ++accepted;
        });
        assert.deepEqual([cases.length, accepted], [914, 43]);
    });
    const policy = readVector("vectors/out/policy").split("\n").map((line) => line.split(" "));
    const feed = policy.filter(([word]) => word === "log").map(([, key]) => record.readKey(key));
    const witnesses = policy.filter(([word]) => word === "witness").map(([, , key]) => record.readKey(key));
    check("40 notes at the edge get the strict verdict", () => {
        const stricter = ["08", "12", "28", "40"];
        const rows = readVector("vectors/neg.txt").trim().split("\n").slice(1).map((row) => row.split(/\s+/));
        for (const [name, goLog, goQuorum] of rows) {
            const bytes = new Uint8Array(readFileSync(join(vectors, "vectors/out/neg", name)));
            const never = stricter.includes(name.slice(0, 2));
            assert.equal(holds(() => record.checkCheckpoint(bytes, feed, [])), goLog === "ok" && !never, name);
            assert.equal(holds(() => assert.equal(record.checkCheckpoint(bytes, feed, witnesses).cosigners.length, 2)), goQuorum === "ok" && !never, `${name}, both witnesses`);
        }
        assert.equal(rows.length, 40);
    });
    check("a proof file of another program holds for its entry", () => {
        const proof = record.readProof(readVector("vectors/out/proof2.tlog-proof"));
        record.checkEntry(proof, new Uint8Array(readFileSync(join(vectors, "vectors/out/leaf2"))), feed, witnesses);
        assert.throws(() => record.checkEntry(proof, new Uint8Array(readFileSync(join(vectors, "vectors/out/leaf4"))), feed, witnesses));
    });
}

console.log(failures === 0 ? "all held" : `${failures} did not hold`);
process.exit(failures === 0 ? 0 : 1);
