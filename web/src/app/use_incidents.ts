// SPDX-License-Identifier: Apache-2.0
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Position, Verdict } from "../data";
import type { Spot } from "../marks";
import { columnsOf } from "./incidents";
import type { IncidentColumns } from "./model";
import { useSession } from "./session";

/** The columns of all incidents, once they are here. */
export function useColumns(): IncidentColumns | undefined {
    const { mission } = useSession();
    const [columns, setColumns] = useState<IncidentColumns | undefined>();
    useEffect(() => {
        let gone = false;
        columnsOf(mission.version).then((value) => { if (!gone) setColumns(value); }, () => undefined);
        return () => { gone = true; };
    }, [mission.version]);
    return columns;
}

/** Incidents of one place and verdict; `members` are places in the columns. */
export interface Group extends Spot {
    members: number[];
}

/** Groups the incidents with a known place; those that are not `chosen` are counted out, not taken away. */
export function useSpots(columns: IncidentColumns | undefined, chosen: Int32Array | undefined): { spots: Group[]; count: (spot: Group) => number; without: number; drawn: number } {
    const all = useMemo(() => {
        const groups = new Map<string, Group>();
        const names = (columns?.dictionaries.verdict ?? []) as Verdict[];
        columns?.id.forEach((_, i) => {
            const [lat, lon] = [columns.lat[i], columns.lon[i]];
            if (lat === null || lat === undefined || lon === null || lon === undefined) return;
            const key = `${lat} ${lon} ${columns.km[i]} ${columns.within[i]} ${columns.verdict[i]}`;
            const group = groups.get(key);
            if (group) group.members.push(i);
            else groups.set(key, { at: [lon, lat] as Position, km: columns.km[i] ?? 0, within: columns.within[i] === 1, verdict: names[columns.verdict[i] ?? 0] ?? "undetermined", members: [i] });
        });
        // The gravest are drawn last, so that they lie on top.
        const order: Verdict[] = ["out_of_scope", "not_breach", "out_of_scope_likely", "undetermined", "breach_likely", "breach"];
        return [...groups.values()].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
    }, [columns]);
    return useMemo(() => {
        const isChosen = new Uint8Array(columns?.id.length ?? 0);
        let without = 0;
        for (const i of chosen ?? []) {
            isChosen[i] = 1;
            if (columns?.lat[i] === null) ++without;
        }
        const count = (spot: Group) => spot.members.reduce((sum, i) => sum + (isChosen[i] ?? 0), 0);
        return { spots: all, count, without, drawn: all.filter((spot) => count(spot) > 0).length };
    }, [all, chosen, columns]);
}
