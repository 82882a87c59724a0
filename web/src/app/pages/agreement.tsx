// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from "preact/hooks";
import { request, useRemote } from "../api";
import type { Agreement, List } from "../model";
import { actName, actorName, agreementName, areaName, momentText, namesOnce, targetNames } from "../naming";
import { Facts, Heading, Loaded } from "../parts";
import { useSession } from "../session";
import { useWords } from "../words";

/** One agreement, clause by clause, with the guarantors' versions side by side and the file that it is read from. */
export function AgreementPage({ id }: { id: string }) {
    const words = useWords();
    const agreement = useRemote<Agreement>(`/api/agreements/${encodeURIComponent(id)}`);
    return (
        <>
            <p class="crumbs"><a href="/terms">{words.say("app.nav.terms")}</a></p>
            <Loaded remote={agreement}>{(value) => <AgreementView agreement={value} />}</Loaded>
        </>
    );
}

function AgreementView({ agreement }: { agreement: Agreement }) {
    const words = useWords();
    const session = useSession();
    const actor = (id: string | null | undefined) => actorName(words, session, id);
    const others = useRemote<List<Agreement>>(agreement.lineage.length > 0 ? "/api/agreements" : undefined);
    const versions = agreement.area ?? [];
    return (
        <>
            <Heading>{words.name(agreement.title, agreement.id)}</Heading>
            <div class="columns even">
                <Facts rows={[
                    [words.say("app.agreement.class"), words.sayOr(`app.class.${agreement.class}`, agreement.class)],
                    [words.say("app.agreement.words"), agreement.words_used],
                    [words.say("app.agreement.announced"), agreement.announced && momentText(words, agreement.announced, "moment.unknown")],
                    [words.say("terms.from"), momentText(words, agreement.from, "moment.unknown")],
                    [words.say("terms.until"), momentText(words, agreement.until)],
                    [words.say("terms.state"), words.say(`state.${agreement.standing}`)],
                    [words.say("app.agreement.lineage"), agreement.lineage.length > 0 && <ul class="quiet-list">{agreement.lineage.map((one) => <li key={`${one.relation} ${one.other}`}>{words.sayOr(`app.relation.${one.relation}`, one.relation)} <a href={`/terms/${encodeURIComponent(one.other)}`}>{agreementName(words, others.value?.rows, one.other)}</a></li>)}</ul>],
                    [words.say("finding.name"), <code>{agreement.id}</code>],
                ]} />
                <Facts rows={[
                    [words.say("terms.guarantors"), agreement.guarantors.map((one) => (one.for ? `${actor(one.actor)} (${actor(one.for)})` : actor(one.actor))).join(", ")],
                    [words.say("app.agreement.mechanism"), agreement.mechanism?.decides && `${words.sayOr(`app.decides.${agreement.mechanism.decides}`, agreement.mechanism.decides)}${agreement.mechanism.monitors?.length ? `: ${agreement.mechanism.monitors.map(actor).join(", ")}` : ""}`],
                    [words.say("app.agreement.ladder"), (agreement.mechanism?.ladder?.length ?? 0) > 0 && <ol>{agreement.mechanism?.ladder?.map((one) => <li key={one}>{one}</li>)}</ol>],
                ]} />
            </div>
            {versions.length > 0 && (
                <section aria-labelledby="agreement-area">
                    <h2 id="agreement-area">{words.say(versions.length > 1 ? "app.agreement.versions" : "area")}</h2>
                    <div class="opinions">
                        {versions.map((one) => <div key={one.by + one.area} class="card"><h3>{one.by ? actor(one.by) : words.say("area")}</h3><p>{areaName(words, session, one.area, one.by)}</p><p class="note"><code>{one.area}</code></p></div>)}
                    </div>
                </section>
            )}
            <section aria-labelledby="agreement-parties">
                <h2 id="agreement-parties">{words.say("terms.bound")}</h2>
                <div class="scroll" tabIndex={0} role="region" aria-labelledby="agreement-parties">
                    <table>
                        <thead><tr><th scope="col">{words.say("party")}</th><th scope="col">{words.say("app.agreement.capacity")}</th><th scope="col">{words.say("app.agreement.accepted")}</th><th scope="col">{words.say("app.agreement.via")}</th><th scope="col">{words.say("app.agreement.withdrawn")}</th></tr></thead>
                        <tbody>
                            {agreement.adherents.map((one) => (
                                <tr key={one.actor}><th scope="row">{actor(one.actor)}</th><td>{words.sayOr(`app.capacity.${one.capacity}`, one.capacity)}</td><td>{momentText(words, one.accepted, "moment.unknown")}</td><td>{one.via ? actor(one.via) : words.say("none")}</td><td>{one.withdrawn ? momentText(words, one.withdrawn) : words.say("none")}</td></tr>
                            ))}
                        </tbody>
                    </table>
                </div>
                {agreement.excluded.length > 0 && <><h3>{words.say("terms.excluded")}</h3><ul>{namesOnce(agreement.excluded.map((one) => actor(one.actor))).map((one) => <li key={one}>{one}</li>)}</ul></>}
            </section>
            <section aria-labelledby="agreement-clauses">
                <h2 id="agreement-clauses">{words.say("app.agreement.clauses")}</h2>
                {agreement.duties.map((one) => (
                    <div key={one.id} class="card">
                        <p><strong>{words.sayOr(`app.deontic.${one.deontic}`, one.deontic)}: {one.acts.map((act) => actName(words, act)).join(", ")}</strong> <code>{one.id}</code></p>
                        {one.text && Object.keys(one.text).length > 0 && <blockquote dir="auto" class="clause">{words.name(one.text)}</blockquote>}
                        {one.clause && <p class="note">{one.clause}</p>}
                        {(one.against?.length ?? 0) > 0 && <p class="note">{words.say("finding.target")}: {targetNames(words, session, one.against ?? [])}</p>}
                        {(one.bound?.length ?? 0) > 0 && <p class="note">{words.say("terms.bound")}: {one.bound?.map(actor).join(", ")}</p>}
                    </div>
                ))}
                {agreement.exceptions.length > 0 && (
                    <>
                        <h3>{words.say("app.agreement.exceptions")}</h3>
                        {agreement.exceptions.map((one) => <div key={one.id} class="card"><p><strong>{words.sayOr(`app.exception.${one.kind}`, one.kind)}</strong> <code>{one.id}</code></p>{one.text && Object.keys(one.text).length > 0 && <blockquote dir="auto" class="clause">{words.name(one.text)}</blockquote>}{one.test && <p class="note">{words.sayOr(`app.exception_test.${one.test}`, one.test.replaceAll("_", " "))}</p>}</div>)}
                    </>
                )}
            </section>
            {agreement.notes && Object.keys(agreement.notes).length > 0 && <p class="note" dir="auto">{words.name(agreement.notes)}</p>}
            <section aria-labelledby="agreement-sources">
                <h2 id="agreement-sources">{words.say("method.sources")}</h2>
                <ul>{agreement.sources.map((one) => <li key={one.title}><span dir="auto">{[one.title, one.publisher, one.date && words.day(one.date)].filter(Boolean).join(" · ")}</span>{one.url && /^https?:/.test(one.url) && <> <a href={one.url} target="_blank" rel="noopener noreferrer external">{new URL(one.url).hostname}</a></>}</li>)}</ul>
            </section>
            <Text id={agreement.id} />
        </>
    );
}

/** The file that the agreement is read from, as it is: what a lawyer disputes. */
function Text({ id }: { id: string }) {
    const words = useWords();
    const [open, setOpen] = useState(false);
    const [text, setText] = useState("");
    useEffect(() => {
        if (open && !text) request(`/api/agreements/${encodeURIComponent(id)}/text`).then((response) => response.text()).then(setText, () => undefined);
    }, [open, id]);
    return (
        <details onToggle={(event) => setOpen(event.currentTarget.open)}>
            <summary>{words.say("app.agreement.file")}</summary>
            <pre class="scroll mono" dir="ltr" tabIndex={0}>{text}</pre>
        </details>
    );
}
