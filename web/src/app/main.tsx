// SPDX-License-Identifier: Apache-2.0
// The app's beginning: language, session, and the page that the address names.
import { render } from "preact";
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { changed, get, whenSignedOut, ProblemError } from "./api";
import type { Actor, Area, List, Mission, Person } from "./model";
import { usePlace, startRouter } from "./router";
import type { Session } from "./session";
import { SessionContext } from "./session";
import { Shell } from "./shell";
import { pageAt } from "./pages";
import { SignIn } from "./pages/sign_in";
import { Trouble } from "./parts";
import { follow } from "./stream";
import { startOffline } from "./offline/start";
import type { Catalogue, Language } from "./words";
import { Words, WordsContext, firstLanguage, loadCatalogue, rememberLanguage } from "./words";

type Signed = { state: "asking" } | { state: "out" } | { state: "in"; session: Session } | { state: "trouble"; error: Error };

/** All that every page needs, in one turn. */
async function openSession(): Promise<Session> {
    const person = await get<Person>("/api/session");
    const [mission, actors, areas] = await Promise.all([get<Mission>("/api/mission"), get<List<Actor>>("/api/actors"), get<List<Area>>("/api/areas")]);
    const byId = new Map<string, Area[]>();
    for (const one of areas.rows) byId.set(one.id, [...(byId.get(one.id) ?? []), one]);
    return { person, mission, actors: new Map(actors.rows.map((one) => [one.id, one])), areas: byId };
}

function App({ first }: { first: { language: Language; catalogue: Catalogue } }) {
    const [{ language, catalogue }, setSpoken] = useState(first);
    const [signed, setSigned] = useState<Signed>({ state: "asking" });
    const place = usePlace();
    const zone = signed.state === "in" ? signed.session.mission.zone : "UTC";
    const words = useMemo(() => new Words(language, catalogue, zone), [language, catalogue, zone]);
    const enter = useCallback(() => {
        openSession()
            .then((session) => setSigned({ state: "in", session }))
            .catch((error: Error) => setSigned(error instanceof ProblemError && error.problem.status === 401 ? { state: "out" } : { state: "trouble", error }));
    }, []);
    useEffect(() => {
        whenSignedOut(() => setSigned({ state: "out" }));
        enter();
    }, [enter]);
    useEffect(() => {
        document.documentElement.lang = language;
        document.documentElement.dir = words.direction;
        document.documentElement.classList.toggle("embedded", place.query.get("embed") === "1");
    }, [language, words, place]);
    const inside = signed.state === "in";
    useEffect(() => (inside ? follow(() => { enter(); changed(); }) : undefined), [inside, enter]);
    const choose = (next: Language) => {
        rememberLanguage(next);
        void loadCatalogue(next).then((loaded) => setSpoken({ language: next, catalogue: loaded }));
    };
    return (
        <WordsContext.Provider value={words}>
            {signed.state === "asking" && <p class="page waiting" role="status">{words.say("app.loading")}</p>}
            {signed.state === "trouble" && <main class="page"><Trouble error={signed.error} retry={() => { setSigned({ state: "asking" }); enter(); }} /></main>}
            {signed.state === "out" && <SignIn chooseLanguage={choose} onEntered={enter} />}
            {signed.state === "in" && (
                <SessionContext.Provider value={signed.session}>
                    <Shell place={place} chooseLanguage={choose} onLeft={() => setSigned({ state: "out" })}>{pageAt(place)}</Shell>
                </SessionContext.Provider>
            )}
        </WordsContext.Provider>
    );
}

async function start(): Promise<void> {
    const language = firstLanguage();
    const catalogue = await loadCatalogue(language);
    startRouter();
    const root = document.getElementById("app");
    if (root) render(<App first={{ language, catalogue }} />, root);
    startOffline();
}

void start();
