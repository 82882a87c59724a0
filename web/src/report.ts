// SPDX-License-Identifier: Apache-2.0
// The report's scripts. The document is whole without them; they add a map that moves, a course that can be brushed and a
// filter over the findings.
import type { DaySpan, ReportData } from "./data";
import { allDays } from "./data";
import { keepLanguage } from "./languages";
import type { Wanted } from "./findings";
import { everything, openFinding, showFilter } from "./findings";
import { showCourse } from "./course";
import type { LiveMap } from "./map";
import { showMap } from "./map";

/** Opens the finding that a link names, wherever in the document the link is. */
function followLinks(): void {
    const open = () => {
        const [language, id] = location.hash.slice(1).split("-i");
        if (language && id) openFinding(language, Number(id));
    };
    window.addEventListener("hashchange", open);
    open();
}

function narrows(wanted: Wanted): boolean {
    return Object.values(wanted).some((value) => value !== "");
}

function start(data: ReportData): void {
    let span: DaySpan = allDays;
    let map: LiveMap | undefined;
    let showSpan: (span: DaySpan) => void = () => undefined;
    let wanted: Wanted = everything;

    const show = (language: string) => {
        const setSpan = (next: DaySpan) => {
            span = next;
            showSpan(span);
            map?.setSpan(span);
            filter();
        };
        const filter = () =>
            showFilter({
                data,
                language,
                span,
                setSpan,
                onShown: (next) => {
                    wanted = next;
                    map?.setShown(
                        narrows(wanted)
                            ? (id) => document.getElementById(`${language}-i${id}`)?.hidden === false
                            : undefined,
                    );
                },
            });
        map?.remove();
        showSpan = showCourse(data, language, setSpan);
        filter();
        showSpan(span);
        // The map comes last, when the page can already be read.
        requestAnimationFrame(() => {
            map = showMap(data, language, span);
        });
    };
    keepLanguage(data, show);
    followLinks();
}

const element = document.getElementById("data");
if (element?.textContent) start(JSON.parse(element.textContent) as ReportData);
