// SPDX-License-Identifier: Apache-2.0
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { useRemote } from "../api";
import { filtersOf, readRows, rowOf, select } from "../incidents";
import type { IncidentDetail } from "../model";
import { actName, placeName, whenShort } from "../naming";
import { Heading, Loaded, Verdict } from "../parts";
import { may, useSession } from "../session";
import { useColumns } from "../use_incidents";
import { useWords } from "../words";
import { IncidentView } from "./incident";

const page = 50;

/** Incidents without an opinion of anyone, the gravest first; gone through by keyboard. */
export function ReviewPage({ query }: { query: URLSearchParams }) {
    const words = useWords();
    const session = useSession();
    const columns = useColumns();
    const filters = useMemo(() => filtersOf(query), [query.toString()]);
    const ids = useMemo(() => {
        if (!columns) return [];
        const joint = columns.dictionaries.joint ?? [];
        const order = ["breach", "breach_likely", "undetermined", "out_of_scope_likely", "not_breach", "out_of_scope"];
        const rank = (columns.dictionaries.verdict ?? []).map((name) => order.indexOf(name));
        const open = [...select(columns, { ...filters, q: "" }).shown].filter((i) => filters.chosen.joint.length > 0 || ["no_finding", "one_sided", "", undefined].includes(joint[columns.joint[i] ?? -1]));
        return open.sort((a, b) => (rank[columns.verdict[a] ?? 0] ?? 9) - (rank[columns.verdict[b] ?? 0] ?? 9) || b - a).map((i) => columns.id[i] ?? "");
    }, [columns, filters]);
    const [at, setAt] = useState(0);
    const [shownTo, setShownTo] = useState(page);
    const [, setRead] = useState(0);
    const detail = useRef<HTMLDivElement>(null);
    const list = useRef<HTMLUListElement>(null);
    const current = Math.min(at, Math.max(0, ids.length - 1));
    const id = ids[current];
    useEffect(() => {
        readRows(ids.slice(Math.max(0, shownTo - page), shownTo)).then(() => setRead((n) => n + 1), () => undefined);
    }, [ids, shownTo]);
    useEffect(() => {
        const onKey = (event: KeyboardEvent) => {
            const typing = event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
            if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
            const move = (to: number) => {
                const next = Math.max(0, Math.min(ids.length - 1, to));
                setAt(next);
                if (next >= shownTo - 2) setShownTo(shownTo + page);
                list.current?.children[next]?.scrollIntoView({ block: "nearest" });
            };
            if (event.key === "j" || event.key === "ArrowDown") move(current + 1);
            else if (event.key === "k" || event.key === "ArrowUp") move(current - 1);
            else if (event.key === "o") detail.current?.querySelector<HTMLButtonElement>("section[aria-labelledby=incident-opinions] button.main")?.click();
            else return;
            event.preventDefault();
        };
        window.addEventListener("keydown", onKey);
        return () => window.removeEventListener("keydown", onKey);
    }, [ids, current, shownTo]);
    return (
        <>
            <p class="crumbs"><a href="/incidents">{words.say("app.nav.incidents")}</a></p>
            <Heading>{words.say("app.review")}</Heading>
            <p class="note">{words.say("app.review.how")} <kbd>J</kbd> <kbd>K</kbd> {words.say("app.review.next")}{may(session, "opinion.write") && <> · <kbd>O</kbd> {words.say("app.review.opinion")}</>}</p>
            <p role="status">{words.say("app.review.left", { n: ids.length })}</p>
            {ids.length > 0 && (
                <div class="queue">
                    <ul class="queue-list" ref={list}>
                        {ids.slice(0, shownTo).map((one, i) => {
                            const row = rowOf(one);
                            return (
                                <li key={one}>
                                    <button type="button" aria-current={i === current ? "true" : undefined} onClick={() => setAt(i)}>
                                        {row ? <><Verdict verdict={row.verdict} /> {whenShort(words, row.when)}<br />{placeName(words, row.place)} · {actName(words, row.act)}</> : one}
                                    </button>
                                </li>
                            );
                        })}
                        {shownTo < ids.length && <li><button type="button" onClick={() => setShownTo(shownTo + page)}>{words.say("app.more")}</button></li>}
                    </ul>
                    <div ref={detail}>{id && <ReviewOne key={id} id={id} />}</div>
                </div>
            )}
        </>
    );
}

function ReviewOne({ id }: { id: string }) {
    const incident = useRemote<IncidentDetail>(`/api/incidents/${encodeURIComponent(id)}`);
    return <Loaded remote={incident}>{(value) => <IncidentView incident={value} heading={false} />}</Loaded>;
}
