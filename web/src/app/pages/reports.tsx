// SPDX-License-Identifier: Apache-2.0
import { useState } from "preact/hooks";
import { changed, send, useRemote } from "../api";
import { isGone } from "../incidents";
import type { List, Report } from "../model";
import { Form } from "../opinion_form";
import { Choose, Field, Heading, Loaded, Moment, Trouble } from "../parts";
import { may, useSession } from "../session";
import type { Words } from "../words";
import { languages, useWords } from "../words";

/** The reports that are kept, and whether the server can make PDF files of them. */
type Reports = List<Report> & { pdf?: boolean };

const tiers = ["parties", "mission", "everyone"] as const;

/** Reports: made of the present numbers, looked at as each circle of readers sees them, compared, published. */
export function ReportsPage() {
    const words = useWords();
    const session = useSession();
    const reports = useRemote<Reports>("/api/reports");
    // A server may give the present report alone and keep no earlier ones.
    const none = isGone(reports.error);
    const [preview, setPreview] = useState<string | undefined>();
    const [error, setError] = useState<Error | undefined>();
    const [sure, setSure] = useState<string | undefined>();
    const publish = (id: string) => {
        setSure(undefined);
        send("POST", `/api/reports/${encodeURIComponent(id)}/publish`).then(() => { setError(undefined); changed(); }, setError);
    };
    return (
        <>
            <Heading>{words.say("app.nav.reports")}</Heading>
            <p class="actions">
                <a class="button" href="/api/report.html" target="_blank" rel="noopener">{words.say("app.reports.present")}</a>
                <a class="quiet" href="/api/assessment" download="assessment.json">assessment.json</a>
            </p>
            {error && <Trouble error={error} />}
            {!none && may(session, "report.make") && <MakeReport reports={reports.value?.rows ?? []} onMade={(id) => { setPreview(id); changed(); }} />}
            {none ? <p class="note">{words.say("app.reports.not_kept")}</p> : <Loaded remote={reports}>
                {(value) => value.rows.length === 0 ? <p class="note">{words.say("app.reports.none")}</p> : (
                    <ul class="quiet-list">
                        {value.rows.map((one) => (
                            <li key={one.id} class="card">
                                <p><strong dir="auto">{titleOf(words, one)}</strong> <span class="badge">{words.say(`app.tier.${one.tier}`)}</span> {one.published ? <span class="badge done">{words.say("app.reports.published", { at: words.moment(one.published) })}</span> : <span class="badge">{words.say("app.reports.draft")}</span>}</p>
                                <p class="note"><Moment at={one.made} />{one.bytes !== undefined && ` · ${words.say("app.reports.size", { n: words.number(Math.round(one.bytes / 1000)) })}`}</p>
                                <p class="note">SHA-256 <code>{one.sha256}</code></p>
                                <p class="actions">
                                    <button type="button" class="quiet" aria-expanded={preview === one.id} onClick={() => setPreview(preview === one.id ? undefined : one.id)}>{words.say("app.reports.preview")}</button>
                                    <a class="quiet" href={`/api/reports/${encodeURIComponent(one.id)}.html`} download={`${one.id}.html`}>{words.say("app.reports.file")}</a>
                                    {value.pdf && <a class="quiet" href={`/api/reports/${encodeURIComponent(one.id)}.pdf`} download={`${one.id}.pdf`}>PDF</a>}
                                    {one.published && one.tier === "everyone" && <a class="quiet" href={`/published/${encodeURIComponent(one.id)}`} target="_blank" rel="noopener">{words.say("app.reports.public")}</a>}
                                    {!one.published && may(session, "report.publish") && sure !== one.id && <button type="button" class="quiet" onClick={() => setSure(one.id)}>{words.say("app.reports.publish")}</button>}
                                    {sure === one.id && <><span>{words.say("app.reports.sure", { tier: words.say(`app.tier.${one.tier}`) })}</span><button type="button" class="main" onClick={() => publish(one.id)}>{words.say("app.reports.publish")}</button><button type="button" onClick={() => setSure(undefined)}>{words.say("app.cancel")}</button></>}
                                </p>
                                {preview === one.id && <iframe class="preview" title={words.say("app.reports.preview")} src={`/api/reports/${encodeURIComponent(one.id)}.html`} />}
                            </li>
                        ))}
                    </ul>
                )}
            </Loaded>}
        </>
    );
}

/** A report's own title, else what it is of. */
function titleOf(words: Words, report: Report): string {
    if (report.title) return report.title;
    return report.daily ? words.say("app.reports.daily", { day: words.day(report.daily) }) : report.id;
}

function MakeReport({ reports, onMade }: { reports: Report[]; onMade: (id: string) => void }) {
    const words = useWords();
    const { mission } = useSession();
    const [title, setTitle] = useState("");
    const [tier, setTier] = useState<string>("mission");
    const [previous, setPrevious] = useState("");
    const [chosen, setChosen] = useState<string[]>(mission.languages);
    const [error, setError] = useState<Error | undefined>();
    const [busy, setBusy] = useState(false);
    const make = async () => {
        setBusy(true);
        setError(undefined);
        try {
            const made = await send<Report>("POST", "/api/reports", { tier, languages: chosen, ...(title ? { title } : {}), ...(previous ? { previous } : {}) });
            onMade(made.id);
        } catch (caught) {
            setError(caught as Error);
        } finally {
            setBusy(false);
        }
    };
    return (
        <Form label={words.say("app.reports.make")} error={error} busy={busy} submit={words.say("app.reports.make")} onSend={() => void make()}>
            <div class="fields">
                <Field label={words.say("app.reports.title")}><input value={title} dir="auto" maxLength={200} onInput={(event) => setTitle(event.currentTarget.value)} /></Field>
                <Field label={words.say("app.reports.tier")} hint={words.say(`app.tier.${tier}.how`)}><Choose value={tier} choices={tiers.map((id) => ({ id, name: words.say(`app.tier.${id}`) }))} onChange={setTier} /></Field>
                {reports.length > 0 && <Field label={words.say("app.reports.previous")}><Choose value={previous} empty={words.say("none")} choices={reports.map((one) => ({ id: one.id, name: `${titleOf(words, one)} (${words.day(words.localDay(one.made))})` }))} onChange={setPrevious} /></Field>}
            </div>
            <fieldset>
                <legend>{words.say("app.language")}</legend>
                {languages.map((one) => (
                    <label key={one.id} class="choice"><input type="checkbox" checked={chosen.includes(one.id)} onChange={(event) => setChosen(event.currentTarget.checked ? [...chosen, one.id] : chosen.filter((other) => other !== one.id))} /><span lang={one.id}>{one.name}</span></label>
                ))}
            </fieldset>
        </Form>
    );
}
