// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from "preact/hooks";
import { address, get, request, useRemote } from "../api";
import { isGone } from "../incidents";
import type { EntryPage, Entry, Feed, Feeds, List, Proof } from "../model";
import { monitorName } from "../naming";
import { Choose, Facts, Heading, Loaded, Moment } from "../parts";
import { base64Bytes, checkCheckpoint, hexText, readKey, utf8 } from "../record/note";
import type { VerifierKey } from "../record/note";
import { checkEntry, readProof } from "../record/proof";
import { leafHash } from "../record/merkle";
import { go, withQuery } from "../router";
import { useSession } from "../session";
import { useWords } from "../words";

const kinds = ["agreement.adopted", "account.received", "account.scoped", "link.proposed", "link.undone", "opinion.given", "inquiry.opened", "inquiry.moved", "reply.received", "step.taken", "unit.named", "notice.issued", "notice.relayed", "notice.acknowledged", "release.made", "movement.restricted", "evidence.handled", "value.destroyed", "key.changed", "feed.forked"];

/** The feeds, what they hold, and proofs that the browser checks by itself. */
export function RecordPage({ query }: { query: URLSearchParams }) {
    const words = useWords();
    const feeds = useRemote<Feeds>("/api/record/feeds");
    return (
        <>
            <Heading>{words.say("app.nav.record")}</Heading>
            {isGone(feeds.error) ? <p class="message">{words.say("app.record.none")}</p> : <>
            <p class="note">{words.say("app.record.how")}</p>
            <Loaded remote={feeds}>
                {(value) => value.feeds.length === 0 ? <p class="message">{words.say("app.record.none")}</p> : (
                    <>
                        <Forks feeds={value} />
                        <div class="opinions">{value.feeds.map((feed) => <FeedView key={feed.origin} feed={feed} feeds={value} />)}</div>
                        <Facts rows={[[words.say("app.record.quorum"), value.quorum], [words.say("app.record.digest"), <code>{value.digest}</code>]]} />
                        <p class="note">{words.say("app.record.digest_how")}</p>
                        <p class="actions"><a class="quiet" href="/api/record/state.txt" download>{words.say("app.record.state")}</a><a class="quiet" href="/exchange" download="record.bundle">{words.say("app.record.bundle")}</a></p>
                        <Entries feeds={value} query={query} />
                    </>
                )}
            </Loaded>
            </>}
        </>
    );
}

/** The keys of a policy and of the feeds themselves, by what they sign; those that cannot be checked here are left out. */
export function keysOf(feeds: Feeds): { logs: VerifierKey[]; witnesses: VerifierKey[] } {
    const texts = new Set(feeds.feeds.flatMap((feed) => feed.keys));
    for (const line of (feeds.policy ?? "").split("\n")) {
        const [word, ...rest] = line.trim().split(/\s+/);
        if (word === "log" && rest[0]) texts.add(rest[0]);
        if (word === "witness" && rest[1]) texts.add(rest[1]);
    }
    const keys = [...texts].flatMap((text) => {
        try {
            return [readKey(text)];
        } catch {
            return [];
        }
    });
    return { logs: keys.filter((one) => one.type === "feed"), witnesses: keys.filter((one) => one.type === "cosignature") };
}

type Checked = { state: "checking" } | { state: "sound"; size: bigint; cosigners: { name: string; at: Date }[] } | { state: "broken"; why: string };

/** A feed's head, checked here: the signature of its monitor and the cosignatures of those who have seen it. */
function FeedView({ feed, feeds }: { feed: Feed; feeds: Feeds }) {
    const words = useWords();
    const session = useSession();
    const [checked, setChecked] = useState<Checked>({ state: "checking" });
    useEffect(() => {
        setChecked({ state: "checking" });
        const timer = setTimeout(() => {
            try {
                const { logs, witnesses } = keysOf(feeds);
                const head = checkCheckpoint(utf8(feed.checkpoint), logs, witnesses);
                if (head.origin !== feed.origin || head.size !== BigInt(feed.size)) throw new Error("the checkpoint is of another feed or size");
                setChecked({
                    state: "sound", size: head.size,
                    // That a monitor stands behind its own feed, its signature says already.
                    cosigners: head.cosigners.filter((one) => one.key.name !== `${feed.origin}/witness`).map((one) => ({ name: one.key.name, at: one.at })),
                });
            } catch (error) {
                setChecked({ state: "broken", why: (error as Error).message });
            }
        });
        return () => clearTimeout(timer);
    }, [feed, feeds]);
    return (
        <section class="card" aria-label={feed.origin}>
            <h2>{monitorName(words, session, feed.origin)} {feed.own && <span class="badge">{words.say("app.record.own")}</span>}</h2>
            {feed.forked && <p class="message bad">{words.say("app.record.forked")}</p>}
            {feed.size === 0 && !feed.checkpoint ? <p class="note">{words.say("app.record.empty")}</p> : (
                <>
                    {checked.state === "checking" && <p class="waiting">{words.say("app.record.checking")}</p>}
                    {checked.state === "sound" && (
                        <>
                            <p class="ok">{words.say("app.record.signature_holds")}</p>
                            {checked.cosigners.length === 0 && <p class="note">{words.say("app.record.no_cosigner")}</p>}
                            {checked.cosigners.map((one) => <p key={one.name} class="ok">{words.say("app.record.cosigned", { who: monitorName(words, session, one.name.replace(/\/witness$/, "")), at: words.moment(one.at.getTime()) })}</p>)}
                        </>
                    )}
                    {checked.state === "broken" && <div class="message bad" role="alert"><p class="broken">{words.say("app.record.signature_broken")}</p><p class="note" dir="ltr" lang="en">{checked.why}</p></div>}
                </>
            )}
            <Facts rows={[
                [words.say("app.record.size"), words.number(feed.size)],
                [words.say("app.record.agreed"), feed.agreed_size !== undefined && feed.agreed_size !== null && words.number(feed.agreed_size)],
                [words.say("app.record.root"), <code>{feed.root}</code>],
                [words.say("app.record.origin"), <code>{feed.origin}</code>],
            ]} />
            <details>
                <summary>{words.say("app.record.checkpoint")}</summary>
                <pre class="mono scroll" dir="ltr" tabIndex={0}>{feed.checkpoint}</pre>
                <p><a href={`/feeds/${encodeURIComponent(feed.folder)}/checkpoint`} download>{words.say("app.record.checkpoint")}</a></p>
            </details>
        </section>
    );
}

/** A feed that showed two histories, in plain words, with the proof for anyone to keep. */
function Forks({ feeds }: { feeds: Feeds }) {
    const words = useWords();
    const session = useSession();
    const forks = useRemote<List<{ origin: string; proof: string; explanation: string }>>(feeds.feeds.some((one) => one.forked) ? "/api/record/forks" : undefined);
    return (
        <>
            {forks.value?.rows.map((one) => (
                <div key={one.proof.slice(0, 80)} class="message bad">
                    <p><strong>{words.say("app.record.fork", { who: monitorName(words, session, one.origin) })}</strong></p>
                    <p>{words.say("app.record.fork_how")}</p>
                    <p class="note" dir="auto">{one.explanation}</p>
                    <p><a href={`data:application/octet-stream;base64,${one.proof}`} download={`${one.origin.replace(/[^a-z0-9.-]/g, "_")}.fork`}>{words.say("app.record.fork_proof")}</a></p>
                </div>
            ))}
        </>
    );
}

function Entries({ feeds, query }: { feeds: Feeds; query: URLSearchParams }) {
    const words = useWords();
    const session = useSession();
    const feed = query.get("feed") ?? "";
    const kind = query.get("kind") ?? "";
    const page = useRemote<EntryPage>(address("/api/record/entries", { feed, kind, limit: 50 }));
    const [more, setMore] = useState<{ of: string; rows: Entry[]; next?: string | undefined }>({ of: "", rows: [] });
    const of = `${feed} ${kind} ${page.value?.total}`;
    const rows = [...(page.value?.rows ?? []), ...(more.of === of ? more.rows : [])];
    const next = more.of === of ? more.next : page.value?.next;
    const readOn = () => {
        get<EntryPage>(address("/api/record/entries", { feed, kind, limit: 50, cursor: next })).then((answer) => setMore({ of, rows: [...(more.of === of ? more.rows : []), ...answer.rows], next: answer.next }), () => undefined);
    };
    return (
        <section aria-labelledby="record-entries">
            <h2 id="record-entries">{words.say("app.record.entries")}</h2>
            <div class="fields">
                <label><span>{words.say("app.record.feed")}</span><Choose value={feed} empty={words.say("script.all")} choices={feeds.feeds.map((one) => ({ id: one.origin, name: monitorName(words, session, one.origin) }))} onChange={(value) => go(withQuery({ feed: value }))} /></label>
                <label><span>{words.say("app.record.kind")}</span><Choose value={kind} empty={words.say("script.all")} choices={kinds.map((id) => ({ id, name: words.say(`app.kind.${id}`) }))} onChange={(value) => go(withQuery({ kind: value }))} /></label>
            </div>
            <Loaded remote={page}>{(value) => <p role="status">{words.say("app.record.count", { n: value.total })}</p>}</Loaded>
            <ul class="quiet-list">{rows.map((entry) => <EntryCard key={entry.id} entry={entry} feeds={feeds} />)}</ul>
            {next && <p class="actions"><button type="button" onClick={readOn}>{words.say("app.more")}</button></p>}
        </section>
    );
}

type ProofState = { state: "none" } | { state: "checking" } | { state: "holds"; size: bigint; leaf: string; cosigners: number } | { state: "broken"; why: string };

function EntryCard({ entry, feeds }: { entry: Entry; feeds: Feeds }) {
    const words = useWords();
    const session = useSession();
    const [proof, setProof] = useState<ProofState>({ state: "none" });
    const where = `/api/record/proofs/${encodeURIComponent(entry.feed)}/${entry.seq}`;
    const check = async () => {
        setProof({ state: "checking" });
        try {
            const answer = await get<Proof>(where);
            const bytes = base64Bytes(answer.entry);
            if (!bytes) throw new Error("the entry's bytes are not base64");
            const { logs, witnesses } = keysOf(feeds);
            const read = readProof(answer.proof);
            const head = checkEntry(read, bytes, logs, witnesses);
            const leaf = hexText(leafHash(bytes));
            // That some entry is in the feed is not enough: it must be this one.
            if (head.origin !== entry.feed || read.index !== BigInt(entry.seq) || leaf !== entry.id) throw new Error("the proof is for another entry");
            setProof({ state: "holds", size: head.size, leaf, cosigners: head.cosigners.filter((one) => one.key.name !== `${entry.feed}/witness`).length });
        } catch (error) {
            setProof({ state: "broken", why: (error as Error).message });
        }
    };
    const savePro = () => void request(where).then((response) => response.json() as Promise<Proof>).then((answer) => {
        const link = document.createElement("a");
        link.href = `data:text/plain;charset=utf-8,${encodeURIComponent(answer.proof)}`;
        link.download = `${entry.id.slice(0, 16)}.tlog-proof`;
        link.click();
    }, () => undefined);
    return (
        <li class="card">
            <p><strong>{words.sayOr(`app.kind.${entry.kind}`, entry.kind)}</strong> <span class="note">{monitorName(words, session, entry.feed)} · {words.say("app.record.number", { n: entry.seq })} · {entry.by} · <Moment at={entry.claimed} /></span></p>
            <details><summary class="note"><code>{entry.id.slice(0, 16)}…</code></summary><pre class="mono scroll" dir="ltr" tabIndex={0}>{JSON.stringify(entry.body, null, 1)}</pre></details>
            {proof.state === "holds" && <p class="ok" role="status">{words.say("app.record.proof_holds", { size: words.number(Number(proof.size)), n: proof.cosigners })}</p>}
            {proof.state === "broken" && <div class="message bad" role="alert"><p class="broken">{words.say("app.record.proof_broken")}</p><p class="note" dir="ltr" lang="en">{proof.why}</p></div>}
            <p class="actions">
                <button type="button" class="quiet" disabled={proof.state === "checking"} onClick={() => void check()}>{words.say("app.record.check")}</button>
                <button type="button" class="quiet" onClick={savePro}>{words.say("app.record.save_proof")}</button>
            </p>
        </li>
    );
}
