// SPDX-License-Identifier: Apache-2.0
// Pictures of every page of the app, as the administrator of a mission with a record sees them.
//   node screenshots.mjs TRUCE WEEK FOLDER
// WEEK is what examples/two-monitors/run leaves. LANGUAGES=en,ar, WIDTHS=360,768,1280 and SCHEMES=light,dark choose other
// pictures than all widths in English and Arabic, Russian and French on a phone, and English in the dark.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { startServer } from "./served.mjs";

const [truce, week, folder] = process.argv.slice(2);
const chosen = ["LANGUAGES", "WIDTHS", "SCHEMES"].some((name) => process.env[name]);
const listed = (name, otherwise) => (process.env[name] ?? otherwise).split(",");
const turns = chosen
    ? [{ languages: listed("LANGUAGES", "en,ar"), widths: listed("WIDTHS", "360,768,1280").map(Number), schemes: listed("SCHEMES", "light") }]
    : [
        { languages: ["en", "ar"], widths: [360, 768, 1280], schemes: ["light"] },
        { languages: ["ru", "fr"], widths: [360], schemes: ["light"] },
        { languages: ["en"], widths: [1280], schemes: ["dark"] },
    ];
const person = { name: "Amal Haddad", password: "the cedar stands behind the mill" };

// The server keeps files of its own in the mission's folder: it is given a copy.
const copy = mkdtempSync(join(tmpdir(), "truce-screenshots-"));
const mission = join(copy, "usa");
cpSync(join(week, "usa"), mission, { recursive: true });
for (const name of ["keys", "phrase"]) cpSync(join(week, name), join(copy, name), { recursive: true });
const server = await startServer(truce, [mission, "--key", join(copy, "keys/usa.key"), "--passphrase-file", join(copy, "phrase")]);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"] });
let taken = 0;

async function take(page, name) {
    await page.waitForFunction(() => !document.querySelector(".waiting") && !document.querySelector(".map-live:not([hidden]):not([data-loaded])"), undefined, { timeout: 30000 }).catch(() => undefined);
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
    ++taken;
}

/** Somebody signed in, whose cookie all later windows share. */
async function signedIn() {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(server.url);
    await page.waitForSelector("input[name=code]");
    await page.fill("input[name=code]", server.code);
    await page.fill("input[name=name]", person.name);
    await page.fill("input[name=password]", person.password);
    await page.click("button[type=submit]");
    await page.waitForSelector("a.mission");
    const get = (path) => page.evaluate(async (where) => (await fetch(where)).json(), path);
    const post = (path, body) => page.evaluate(async ([where, what]) => (await fetch(where, { method: "POST", headers: { "Content-Type": "application/json", "X-Truce": "1" }, body: JSON.stringify(what) })).json(), [path, body]);
    const report = await post("/api/reports", { tier: "mission", title: "The first week under the extension to Aleppo" });
    await post("/api/reports", { tier: "everyone", title: "", previous: report.id, languages: ["en", "ar"] });
    const account = (await get("/api/incidents?limit=1&joint=divergent")).rows[0]?.id ?? "";
    const grave = (await get("/api/incidents?limit=1&verdict=breach&sort=-killed")).rows[0]?.id ?? "";
    const agreement = (await get("/api/agreements")).rows.at(-1)?.id ?? "";
    const state = await context.storageState();
    await context.close();
    return { state, account, grave, agreement };
}

try {
    mkdirSync(folder, { recursive: true });
    const { state, account, grave, agreement } = await signedIn();
    const pages = {
        now: "/", terms: "/terms", "terms-here": "/terms?at=2016-05-05T12:00&place=36.20,37.16", agreement: `/terms/${encodeURIComponent(agreement)}`, incidents: "/incidents", nothing: "/incidents?q=zzzz",
        incident: `/incidents/${encodeURIComponent(grave)}`, disputed: `/incidents/${encodeURIComponent(account)}`, review: "/review", notices: "/notices",
        trend: "/analysis", hotspots: "/analysis?part=hotspots", deaths: "/analysis?part=deaths", durability: "/analysis?part=durability", embed: "/analysis?part=deaths&embed=1&figure=toll",
        record: "/record", reports: "/reports", new: "/new", upload: "/upload", people: "/people", me: "/me", missing: "/incidents/none",
    };
    for (const { languages, widths, schemes } of turns) {
        for (const language of languages) for (const width of widths) for (const scheme of schemes) {
            const look = { viewport: { width, height: 900 }, locale: language, colorScheme: scheme };
            const ending = `${language}-${width}${scheme === "dark" ? "-dark" : ""}`;
            const stranger = await browser.newContext(look);
            const door = await stranger.newPage();
            await door.goto(`${server.url}/?lang=${language}`);
            await door.waitForSelector("input[name=password]");
            await take(door, `sign-in-${ending}`);
            await stranger.close();
            const context = await browser.newContext({ ...look, storageState: state });
            const page = await context.newPage();
            for (const [name, path] of Object.entries(pages)) {
                await page.goto(`${server.url}${path}${path.includes("?") ? "&" : "?"}lang=${language}`);
                await page.waitForSelector("h1:visible, .figure:visible");
                await take(page, `${name}-${ending}`);
            }
            await context.close();
        }
    }
    console.log(`${taken} pictures in ${folder}`);
} finally {
    await browser.close();
    await server.stop();
    rmSync(copy, { recursive: true, force: true });
}
