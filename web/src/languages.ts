// SPDX-License-Identifier: Apache-2.0
import type { ReportData } from "./data";
import { say } from "./data";

const key = "trucewatch-report-language";

/** Storage may be closed to files opened from disk: then nothing is remembered, and nothing else is lost. */
function remembered(): string | null {
    try {
        return window.localStorage.getItem(key);
    } catch {
        return null;
    }
}

function remember(language: string): void {
    try {
        window.localStorage.setItem(key, language);
    } catch {
        return;
    }
}

export function chosenLanguage(): string {
    return document.querySelector<HTMLInputElement>("input.language:checked")?.value ?? "en";
}

/**
 * Makes the switch, which works by itself, remember its last choice and tell the document. `onChange` is called with the
 * language at once and after each change.
 */
export function keepLanguage(data: ReportData, onChange: (language: string) => void): void {
    const switches = [...document.querySelectorAll<HTMLInputElement>("input.language")];
    const apply = (language: string) => {
        const part = document.getElementById(language);
        document.documentElement.lang = language;
        document.documentElement.dir = part?.dir || "ltr";
        document.title = say(data, language, "title");
        onChange(language);
    };
    for (const one of switches) {
        one.addEventListener("change", () => {
            // The same section stays in view in the other language.
            const here = sectionInView();
            remember(one.value);
            apply(one.value);
            if (here) document.getElementById(`${one.value}-${here}`)?.scrollIntoView();
        });
    }
    // A link into one part chooses its language; then the last choice; then what the browser asks for.
    const linked = location.hash.slice(1).split("-")[0] ?? "";
    const wanted = [linked, remembered() ?? "", ...navigator.languages.map((tag) => tag.split("-")[0] ?? "")];
    const found = wanted.map((language) => switches.find((one) => one.value === language)).find((one) => one);
    if (found) found.checked = true;
    apply(chosenLanguage());
    if (linked && document.getElementById(location.hash.slice(1))) location.replace(location.hash);
}

function sectionInView(): string | undefined {
    let here: string | undefined;
    for (const section of document.querySelectorAll<HTMLElement>(".part section[id]")) {
        if (section.offsetParent && section.getBoundingClientRect().top < 120) here = section.id.replace(/^[a-z]+-/, "");
    }
    return here;
}
