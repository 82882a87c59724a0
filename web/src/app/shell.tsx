// SPDX-License-Identifier: Apache-2.0
// What stands around every page: the mission, the ways to the pages, the language, the clock and who is signed in.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { send } from "./api";
import type { Place } from "./router";
import { go } from "./router";
import { may, useSession } from "./session";
import { useWaiting } from "./offline/queue";
import type { Language } from "./words";
import { languages, useWords } from "./words";

const pages = ["now", "terms", "incidents", "notices", "analysis", "record", "reports"] as const;

export function LanguageChoice({ choose }: { choose: (language: Language) => void }) {
    const words = useWords();
    return (
        <select value={words.language} aria-label={words.say("app.language")} onChange={(event) => choose(event.currentTarget.value as Language)}>
            {languages.map((one) => <option key={one.id} value={one.id} lang={one.id}>{one.name}</option>)}
        </select>
    );
}

/** The time where the mission is, with UTC beside it. */
function Clock() {
    const words = useWords();
    const [now, setNow] = useState(Date.now());
    useEffect(() => {
        const timer = setInterval(() => setNow(Date.now()), 10000);
        return () => clearInterval(timer);
    }, []);
    return (
        <span class="clock" title={words.zone}>
            {words.clock(now)} <span class="utc">{words.zone === "UTC" ? "UTC" : words.say("app.clock_utc", { time: words.clock(now, "UTC") })}</span>
        </span>
    );
}

function useOnline(): boolean {
    const [online, setOnline] = useState(navigator.onLine);
    useEffect(() => {
        const listener = () => setOnline(navigator.onLine);
        window.addEventListener("online", listener);
        window.addEventListener("offline", listener);
        return () => {
            window.removeEventListener("online", listener);
            window.removeEventListener("offline", listener);
        };
    }, []);
    return online;
}

export function Shell({ place, chooseLanguage, onLeft, children }: { place: Place; chooseLanguage: (language: Language) => void; onLeft: () => void; children: ComponentChildren }) {
    const words = useWords();
    const session = useSession();
    const [open, setOpen] = useState(false);
    const online = useOnline();
    const waiting = useWaiting();
    const current = place.path.split("/")[1] || "now";
    useEffect(() => setOpen(false), [place.path]);
    const leave = () => {
        send("DELETE", "/api/sessions").then(onLeft, onLeft);
        go("/");
    };
    return (
        <>
            <a class="skip" href="#main">{words.say("app.skip")}</a>
            <header class="head">
                <div class="head-row">
                    <button type="button" class="menu-button quiet" aria-expanded={open} aria-controls="nav" onClick={() => setOpen(!open)}>{words.say("app.menu")}</button>
                    <a class="mission" href="/">{words.name(session.mission.title, session.mission.id)}</a>
                    <Clock />
                    <LanguageChoice choose={chooseLanguage} />
                    <span class="who">
                        {session.person.id === "this-machine" ? words.say("app.this_machine") : (
                            <>
                                <a href="/me">{session.person.name}</a>
                                <button type="button" class="quiet" onClick={leave}>{words.say("app.sign_out")}</button>
                            </>
                        )}
                    </span>
                </div>
                <nav class={open ? "nav open" : "nav"} id="nav" aria-label={words.say("app.pages")}>
                    <ul>
                        {pages.map((page) => (
                            <li key={page}><a href={page === "now" ? "/" : `/${page}`} aria-current={current === page ? "page" : undefined}>{words.say(`app.nav.${page}`)}</a></li>
                        ))}
                        {may(session, "account.write") && (
                            <li><a href="/new" aria-current={current === "new" ? "page" : undefined}>{words.say("app.nav.new")}{waiting.length > 0 && <span class="count">{waiting.length}</span>}</a></li>
                        )}
                        {may(session, "upload") && <li><a href="/upload" aria-current={current === "upload" ? "page" : undefined}>{words.say("app.nav.upload")}</a></li>}
                        {may(session, "people.manage") && <li><a href="/people" aria-current={current === "people" ? "page" : undefined}>{words.say("app.nav.people")}</a></li>}
                    </ul>
                </nav>
            </header>
            {!online && <p class="banner" role="status">{words.say("app.offline")}</p>}
            <main class="page" id="main" tabIndex={-1}>{children}</main>
            <footer class="foot">{words.say("app.as_of", { at: words.moment(session.mission.as_of), version: session.mission.software_version })}</footer>
        </>
    );
}
