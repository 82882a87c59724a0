// SPDX-License-Identifier: Apache-2.0
// Who is signed in, and what the mission is: what every page asks for.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Actor, Area, Mission, Person } from "./model";

export interface Session {
    person: Person;
    mission: Mission;
    actors: Map<string, Actor>;
    /** By id, the versions that guarantors and parties give of it. */
    areas: Map<string, Area[]>;
}

export const SessionContext = createContext<Session | undefined>(undefined);

/** The session of a page that is only shown to those who are signed in. */
export function useSession(): Session {
    const session = useContext(SessionContext);
    if (!session) throw new Error("a page for those who are signed in was drawn without a session");
    return session;
}

/** Whether the role has a right. The server decides; this only spares a refusal. */
export function may(session: Session, right: string): boolean {
    return session.person.rights.includes(right) && (right === "read" || right === "people.manage" || right === "report.make" || session.mission.record.writable);
}
