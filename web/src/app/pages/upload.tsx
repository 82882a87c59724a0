// SPDX-License-Identifier: Apache-2.0
import { useEffect, useState } from "preact/hooks";
import { address, changed, get, request } from "../api";
import type { Upload } from "../model";
import { Field, Heading, Trouble } from "../parts";
import { watchUploads } from "../stream";
import { useWords } from "../words";

/** A file of accounts: tried first, which writes nothing, then taken in. */
export function UploadPage() {
    const words = useWords();
    const [file, setFile] = useState<File | undefined>();
    const [mapping, setMapping] = useState("");
    const [upload, setUpload] = useState<Upload | undefined>();
    const [progress, setProgress] = useState<{ rows: number; of: number } | undefined>();
    const [error, setError] = useState<Error | undefined>();
    const [busy, setBusy] = useState(false);
    useEffect(() => watchUploads((one) => {
        setProgress({ rows: one.rows, of: one.of });
        if (one.state !== "done" && one.state !== "refused") return;
        get<Upload>(`/api/uploads/${encodeURIComponent(one.id)}`).then((done) => { setUpload(done); setProgress(undefined); changed(); }, () => undefined);
    }), []);
    const sendFile = async (dry: boolean) => {
        if (!file) return;
        setBusy(true);
        setError(undefined);
        setUpload(undefined);
        try {
            const response = await request(address("/api/uploads", { name: file.name, mapping, dry_run: dry ? "1" : undefined }), { method: "POST", body: file, headers: { "Content-Type": "application/octet-stream", "X-Truce": "1" } });
            setUpload((await response.json()) as Upload);
        } catch (caught) {
            setError(caught as Error);
        } finally {
            setBusy(false);
        }
    };
    const tried = upload?.state === "dry_run";
    return (
        <>
            <Heading>{words.say("app.nav.upload")}</Heading>
            <p>{words.say("app.upload.how")}</p>
            <form onSubmit={(event) => { event.preventDefault(); void sendFile(true); }}>
                <div class="fields">
                    <Field label={words.say("app.upload.file")}><input type="file" required onChange={(event) => { setFile(event.currentTarget.files?.[0]); setUpload(undefined); }} /></Field>
                    <Field label={words.say("app.upload.mapping")} hint={words.say("app.upload.mapping_how")}><input dir="ltr" value={mapping} onInput={(event) => setMapping(event.currentTarget.value.trim())} /></Field>
                </div>
                <p class="actions"><button type="submit" class={tried ? "" : "main"} disabled={!file || busy}>{words.say("app.upload.try")}</button>{tried && (upload?.accounts ?? 0) > 0 && <button type="button" class="main" disabled={busy} onClick={() => void sendFile(false)}>{words.say("app.upload.take", { n: upload?.accounts ?? 0 })}</button>}</p>
            </form>
            {busy && <p class="waiting" role="status">{words.say("app.upload.sending")}</p>}
            {progress && <p role="status"><progress max={progress.of} value={progress.rows} aria-label={words.say("app.upload.progress")} /> {words.say("key.of", { n: words.number(progress.rows), total: words.number(progress.of) })}</p>}
            {error && <Trouble error={error} />}
            {upload && (
                <section class="card" aria-live="polite">
                    <h2>{words.say(tried ? "app.upload.would" : "app.upload.did")}</h2>
                    <p>{words.say("app.upload.sum", { rows: words.number(upload.rows), accounts: words.number(upload.accounts), already: words.number(upload.already_there), rejects: words.number(upload.rejects) })}</p>
                    <p class="note">{upload.name} · {upload.format}</p>
                    {(upload.errors?.length ?? 0) > 0 && (
                        <div class="scroll" tabIndex={0} role="region" aria-label={words.say("app.upload.errors")}>
                            <table>
                                <thead><tr><th scope="col">{words.say("app.upload.line")}</th><th scope="col">{words.say("app.upload.column")}</th><th scope="col">{words.say("reason")}</th></tr></thead>
                                <tbody>{upload.errors?.map((one, i) => <tr key={i}><td class="n">{one.line}</td><td><code>{one.column ?? ""}</code></td><td dir="ltr" lang="en">{one.message}</td></tr>)}</tbody>
                            </table>
                        </div>
                    )}
                    {upload.rejects > 0 && !tried && <p><a href={`/api/uploads/${encodeURIComponent(upload.id)}/rejects.csv`} download>{words.say("app.upload.rejects")}</a></p>}
                </section>
            )}
        </>
    );
}
