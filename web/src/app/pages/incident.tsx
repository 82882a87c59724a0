// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { changed, send, useRemote } from "../api";
import type { Account, Agreement, Finding, IncidentDetail, Inquiry, List, Opinion } from "../model";
import { actName, actorName, agreementName, chanceText, monitorName, placeLong, placeName, sideName, whenShort } from "../naming";
import { AskParty, GiveOpinion, LinkAccounts, ReplyForm } from "../opinion_form";
import { Facts, Heading, Loaded, Moment, Trouble, Verdict } from "../parts";
import { may, useSession } from "../session";
import { useWords } from "../words";
import { EntryLine } from "./now";

/** One incident: what is told of it, what it comes to and why, and what the monitors say. */
export function IncidentPage({ id }: { id: string }) {
    const words = useWords();
    const incident = useRemote<IncidentDetail>(`/api/incidents/${encodeURIComponent(id)}`);
    return (
        <>
            <p class="crumbs"><a href="/incidents">{words.say("app.nav.incidents")}</a></p>
            {incident.error && incident.value === undefined && <Heading>{id}</Heading>}
            <Loaded remote={incident}>{(value) => <IncidentView incident={value} />}</Loaded>
        </>
    );
}

export function IncidentView({ incident, heading = true }: { incident: IncidentDetail; heading?: boolean }) {
    const words = useWords();
    const session = useSession();
    const title = `${whenShort(words, incident.when)} · ${placeName(words, incident.place)}`;
    return (
        <>
            {heading ? <Heading>{title}</Heading> : <h2>{title}</h2>}
            <p><Verdict verdict={incident.verdict} /> {incident.stage && <span class="badge">{words.sayOr(`app.stage.${incident.stage}`, incident.stage)}</span>}{" "}
                {incident.joint && incident.joint !== "no_finding" && <span class={`badge ${incident.joint}`}>{words.say(`app.joint.${incident.joint}`)}</span>}</p>
            <p dir="auto">{incident.summary}</p>
            <div class="columns even">
                <div>
                    <Facts rows={[
                        [words.say("finding.when"), incident.when.start === incident.when.end || incident.when.precision === "minute" ? <Moment at={incident.when.start} /> : words.say("finding.when_precision", { when: whenShort(words, incident.when), precision: words.sayOr(`time.${incident.when.precision}`, incident.when.precision) })],
                        [words.say("finding.where"), placeLong(words, session, incident.place)],
                        [words.say("act"), actName(words, incident.act)],
                        [words.say(incident.roles === "unstated" ? "finding.one_side" : "finding.attacker"), words.say("finding.side_basis", { side: sideName(words, session, incident.attacker), basis: words.sayOr(`basis.${incident.attacker.basis}`, incident.attacker.basis) })],
                        [words.say(incident.roles === "unstated" ? "finding.other_side" : "finding.target"), <>{sideName(words, session, incident.target)}{incident.target_kinds.length > 0 && `; ${incident.target_kinds.map((kind) => words.sayOr(`target.${kind}`, kind)).join(", ")}`}</>],
                        [words.say("finding.deaths"), words.toll(incident.toll.killed)],
                        [words.say("finding.civilian_deaths"), words.toll(incident.toll.civilians_killed)],
                        [words.say("finding.injured"), words.toll(incident.toll.injured)],
                        [words.say("finding.name"), <code>{incident.id}</code>],
                    ]} />
                </div>
                <div><Opinions incident={incident} /></div>
            </div>
            <Findings findings={incident.findings} />
            <Accounts incident={incident} />
            <Inquiries incident={incident} />
            <section aria-labelledby="incident-history">
                <h2 id="incident-history">{words.say("app.incident.history")}</h2>
                {incident.history.length === 0 ? <p class="note">{words.say("app.incident.no_history")}</p> : <ol class="timeline">{incident.history.map((entry) => <EntryLine key={entry.id} entry={entry} here />)}</ol>}
            </section>
        </>
    );
}

const axes = ["occurrence", "breach", "attribution"] as const;

/** Each monitor's opinion on the three axes, side by side, and what they come to together. */
function Opinions({ incident }: { incident: IncidentDetail }) {
    const words = useWords();
    const session = useSession();
    const [giving, setGiving] = useState(false);
    const by = new Map(incident.opinions.map((one) => [one.by, one]));
    const monitors = [...new Set([...incident.opinions.map((one) => one.by)])].sort();
    const said = (opinion: Opinion | undefined, axis: (typeof axes)[number]) => {
        const value = opinion?.[axis];
        if (!value) return words.say("none");
        const authors = axis === "attribution" && opinion?.authors?.length ? `: ${opinion.authors.map((one) => actorName(words, session, one)).join(", ")}` : "";
        return words.sayOr(`app.${axis}.${value}`, value) + authors;
    };
    return (
        <section aria-labelledby="incident-opinions">
            <h2 id="incident-opinions">{words.say("app.incident.opinions")}</h2>
            {monitors.length === 0 ? <p class="note">{words.say("app.incident.no_opinion")}</p> : (
                <div class="scroll" tabIndex={0} role="region" aria-labelledby="incident-opinions">
                    <table>
                        <thead><tr><th scope="col">{words.say("app.incident.axis")}</th><th scope="col">{words.say("app.incident.together")}</th>{monitors.map((one) => <th key={one} scope="col">{monitorName(words, session, one)}</th>)}</tr></thead>
                        <tbody>
                            {axes.map((axis) => (
                                <tr key={axis}>
                                    <th scope="row">{words.say(`app.axis.${axis}`)}</th>
                                    <td>{incident.joint_axes && <span class={`badge ${incident.joint_axes[axis]}`}>{words.say(`app.joint.${incident.joint_axes[axis]}`)}</span>}</td>
                                    {monitors.map((one) => <td key={one}>{said(by.get(one), axis)}</td>)}
                                </tr>
                            ))}
                            <tr>
                                <th scope="row">{words.say("app.opinion.grounds")}</th>
                                <td />
                                {monitors.map((one) => {
                                    const opinion = by.get(one);
                                    return (
                                        <td key={one}>
                                            <p dir="auto">{opinion?.grounds ?? words.say("none")}</p>
                                            <p class="note">{[opinion?.grade, opinion?.standard && opinion.standard !== "not_stated" ? words.say(`app.standard.${opinion.standard}`) : ""].filter(Boolean).join(" · ")}</p>
                                            {opinion && <p class="note"><Moment at={opinion.claimed} />{opinion.replaced > 0 && ` · ${words.say("app.opinion.replaced", { n: opinion.replaced })}`}</p>}
                                        </td>
                                    );
                                })}
                            </tr>
                        </tbody>
                    </table>
                </div>
            )}
            {may(session, "opinion.write") && !giving && <p class="actions"><button type="button" class="main" onClick={() => setGiving(true)}>{words.say("app.opinion.give")}</button></p>}
            {giving && <GiveOpinion incident={incident} onDone={() => { setGiving(false); changed(); }} onCancel={() => setGiving(false)} />}
        </section>
    );
}

const gravity = ["breach", "breach_likely", "undetermined", "out_of_scope_likely", "not_breach", "out_of_scope"];

function Findings({ findings }: { findings: Finding[] }) {
    const words = useWords();
    const agreements = useRemote<List<Agreement>>("/api/agreements");
    // The gravest first, as it is the incident's.
    const near = findings.filter((one) => one.elements.length > 0).sort((a, b) => gravity.indexOf(a.verdict) - gravity.indexOf(b.verdict));
    return (
        <section aria-labelledby="incident-findings">
            <h2 id="incident-findings">{words.say("findings.heading")}</h2>
            {near.length === 0 && <p class="note">{words.say("app.incident.no_finding")}</p>}
            {near.map((finding, i) => <FindingView key={finding.commitment} finding={finding} agreement={agreementName(words, agreements.value?.rows, finding.agreement)} open={i === 0} />)}
        </section>
    );
}

/** A finding with the chain of reasons that it follows from. */
function FindingView({ finding, agreement, open }: { finding: Finding; agreement: string; open: boolean }) {
    const words = useWords();
    const session = useSession();
    const answers = finding.elements.map((one) => (
        <tr key={one.element} class={`a-${one.answer}`}>
            <th scope="row">{words.sayOr(`element.${one.element}`, one.element)}</th>
            <td>{words.say(`answer.${one.answer}`)}</td>
            <td>{words.sayOr(`reason.${one.reason}`, one.reason)}</td>
            <td class="n">{one.answer === "unknown" ? chanceText(words, one.chance) : ""}</td>
        </tr>
    ));
    const disagree = new Set(finding.versions.map((one) => one.verdict)).size > 1;
    return (
        <details class="card" open={open}>
            <summary><Verdict verdict={finding.verdict} /> <strong>{agreement}</strong> · <code>{finding.duty}</code></summary>
            <p>{words.say("finding.held_against", { agreement })} <a href={`/terms/${encodeURIComponent(finding.agreement)}`}>{words.say("app.open_agreement")}</a></p>
            <div class="scroll" tabIndex={0} role="region" aria-label={words.say("finding.elements")}>
                <table class="elements">
                    <thead><tr><th scope="col">{words.say("element")}</th><th scope="col">{words.say("answer")}</th><th scope="col">{words.say("reason")}</th><th scope="col">{words.say("chance")}</th></tr></thead>
                    <tbody>{answers}</tbody>
                </table>
            </div>
            <p>{words.say("finding.all_hold")}: {chanceText(words, finding.chance)}</p>
            {finding.authors.length > 0 && <p>{words.say("finding.authors", { names: finding.authors.map((one) => actorName(words, session, one.actor)).join(words.say("list.or")) })}</p>}
            {finding.flip && (
                <p>{finding.flip.if_actor
                    ? words.say("finding.flip_actor", { actor: actorName(words, session, finding.flip.if_actor), verdict: words.say(`verdict.${finding.flip.then}`) })
                    : words.say("finding.flip", { element: words.sayOr(`element.${finding.flip.element}`, finding.flip.element), answer: words.say(`answer.${finding.flip.to}`), verdict: words.say(`verdict.${finding.flip.then}`) })}</p>
            )}
            {finding.versions.length > 0 && (
                <>
                    <p>{words.say(disagree ? "finding.versions_disagree" : "finding.versions_agree")}</p>
                    <ul>{finding.versions.map((one) => <li key={one.by}>{actorName(words, session, one.by)}: <Verdict verdict={one.verdict} /></li>)}</ul>
                </>
            )}
            <p class="note">{words.sayOr(`order.${finding.order_reached}`, finding.order_reached)}</p>
        </details>
    );
}

function Accounts({ incident }: { incident: IncidentDetail }) {
    const words = useWords();
    const session = useSession();
    const [error, setError] = useState<Error | undefined>();
    const [linking, setLinking] = useState(false);
    const undo = (entry: string) => send("POST", "/api/links", { undo: entry }).then(changed, setError);
    return (
        <section aria-labelledby="incident-accounts">
            <h2 id="incident-accounts">{words.say("finding.accounts", { n: incident.told.length })}</h2>
            {incident.told.map((account) => <AccountView key={account.id} account={account} />)}
            {error && <Trouble error={error} />}
            {incident.links.length > 0 && (
                <>
                    <h3>{words.say("app.incident.links")}</h3>
                    <ul class="quiet-list">
                        {incident.links.map((link) => (
                            <li key={link.entry ?? link.accounts.join()} class="card">
                                <p>{link.accounts.map((one, i) => <>{i > 0 && " + "}<code key={one}>{one}</code></>)}{" "}
                                    <span class="badge">{words.sayOr(`app.link.${link.status}`, link.status)}</span>{" "}
                                    {link.probability !== null && link.probability !== undefined && <span class="n">{words.percent(link.probability)}</span>}</p>
                                {link.by && <p class="note">{monitorName(words, session, link.by)}{link.grounds && `: ${link.grounds}`}</p>}
                                {link.entry && link.status === "holds" && may(session, "link.write") && <button type="button" class="quiet" onClick={() => void undo(link.entry ?? "")}>{words.say("app.link.undo")}</button>}
                            </li>
                        ))}
                    </ul>
                </>
            )}
            {may(session, "link.write") && !linking && <p class="actions"><button type="button" onClick={() => setLinking(true)}>{words.say("app.link.propose")}</button></p>}
            {linking && <LinkAccounts incident={incident} onDone={() => { setLinking(false); changed(); }} onCancel={() => setLinking(false)} />}
        </section>
    );
}

function AccountView({ account }: { account: Account }) {
    const words = useWords();
    const session = useSession();
    if (account.withheld) return <div class="card"><p class="note">{words.say("app.account.withheld")}</p><p><code>{account.id}</code></p></div>;
    const source = session.mission.sources.find((one) => one.id === account.source);
    return (
        <div class="card">
            <blockquote dir="auto">{account.summary}</blockquote>
            <p class="note">{words.say("account.where", { source: words.name(source?.title, account.source), row: account.row, line: account.line ?? 0 })}</p>
            {account.act_as_told && account.act_as_told !== account.act && <p class="note">{words.say("account.act", { act: account.act_as_told })}</p>}
            {account.cites && <p class="note">{words.say("account.cites", { cites: account.cites })}</p>}
            {account.remarks?.map((remark) => <p key={remark} class="note">{words.say("account.remark", { remark })}</p>)}
            <details><summary class="note">{words.say("app.account.custody")}</summary>
                <Facts rows={[[words.say("source.file"), account.file && <code>{account.file}</code>], [words.say("source.sha256"), <code>{account.sha256}</code>], [words.say("source.licence"), source?.licence], [words.say("app.account.link"), account.url && /^https?:/.test(account.url) && <a href={account.url} rel="noopener noreferrer external" target="_blank">{account.url}</a>]]} />
            </details>
        </div>
    );
}

function Inquiries({ incident }: { incident: IncidentDetail }) {
    const words = useWords();
    const session = useSession();
    const [asking, setAsking] = useState(false);
    const inquiries = incident.inquiries ?? [];
    if (inquiries.length === 0 && !may(session, "inquiry.write")) return null;
    return (
        <section aria-labelledby="incident-inquiries">
            <h2 id="incident-inquiries">{words.say("app.incident.inquiries")}</h2>
            {inquiries.map((one) => <InquiryView key={one.id} inquiry={one} />)}
            {may(session, "inquiry.write") && !asking && <p class="actions"><button type="button" onClick={() => setAsking(true)}>{words.say("app.inquiry.ask")}</button></p>}
            {asking && <AskParty incident={incident} onDone={() => { setAsking(false); changed(); }} onCancel={() => setAsking(false)} />}
        </section>
    );
}

export function InquiryView({ inquiry }: { inquiry: Inquiry }) {
    const words = useWords();
    const session = useSession();
    const [replying, setReplying] = useState(false);
    const late = inquiry.due && inquiry.replies.length === 0 && Date.parse(inquiry.due) < Date.now();
    return (
        <div class="card">
            <p><strong>{actorName(words, session, inquiry.to)}</strong> <span class={late ? "badge late" : "badge"}>{words.sayOr(`app.stage.${inquiry.stage}`, inquiry.stage)}</span></p>
            <p dir="auto">{inquiry.question}</p>
            <p class="note">{monitorName(words, session, inquiry.by)} · <Moment at={inquiry.opened} />{inquiry.due && ` · ${words.say("app.due", { at: words.moment(inquiry.due) })}`}</p>
            {inquiry.replies.map((reply) => <blockquote key={reply.entry ?? reply.text} dir="auto"><strong>{actorName(words, session, reply.party)}: {words.say(`app.position.${reply.position}`)}.</strong> {reply.text}</blockquote>)}
            {may(session, "inquiry.write") && !replying && <button type="button" class="quiet" onClick={() => setReplying(true)}>{words.say("app.inquiry.reply")}</button>}
            {replying && <ReplyForm inquiry={inquiry} onDone={() => { setReplying(false); changed(); }} onCancel={() => setReplying(false)} />}
        </div>
    );
}
