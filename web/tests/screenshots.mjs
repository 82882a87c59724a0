// SPDX-License-Identifier: Apache-2.0
// Pictures of every page of the app, as `truce serve` gives it to whoever is at the machine.
//   node screenshots.mjs TRUCE MISSION FOLDER      LANGUAGES=en,ar WIDTHS=360,768,1280 choose others
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { startServer } from "./served.mjs";

const [truce, mission, folder] = process.argv.slice(2);
const languages = (process.env.LANGUAGES ?? "en,ar").split(",");
const widths = (process.env.WIDTHS ?? "360,768,1280").split(",").map(Number);
// The server keeps files of its own in the mission's folder: it is given a copy.
const copy = mkdtempSync(join(tmpdir(), "truce-screenshots-"));
cpSync(mission, copy, { recursive: true });
const server = await startServer(truce, [copy, "--without-sign-in"]);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"] });
try {
    mkdirSync(folder, { recursive: true });
    const get = async (path) => (await fetch(server.url + path)).json();
    const incident = (await get("/api/incidents?limit=1&sort=-killed")).rows[0]?.id ?? "";
    const agreement = (await get("/api/agreements")).rows.at(-1)?.id ?? "";
    const pages = {
        now: "/", terms: "/terms", agreement: `/terms/${encodeURIComponent(agreement)}`, incidents: "/incidents", incident: `/incidents/${encodeURIComponent(incident)}`, review: "/review", notices: "/notices",
        trend: "/analysis", hotspots: "/analysis?part=hotspots", deaths: "/analysis?part=deaths", durability: "/analysis?part=durability", record: "/record", reports: "/reports", new: "/new", me: "/me",
    };
    for (const language of languages) {
        for (const width of widths) {
            const context = await browser.newContext({ viewport: { width, height: 900 }, locale: language });
            const page = await context.newPage();
            for (const [name, path] of Object.entries(pages)) {
                await page.goto(`${server.url}${path}${path.includes("?") ? "&" : "?"}lang=${language}`);
                await page.waitForSelector("h1");
                await page.waitForFunction(() => !document.querySelector(".waiting") && !document.querySelector(".map-live:not([hidden]):not([data-loaded])"), undefined, { timeout: 30000 }).catch(() => undefined);
                await page.screenshot({ path: join(folder, `${name}-${language}-${width}.png`), fullPage: true });
            }
            await context.close();
        }
    }
    console.log(`${Object.keys(pages).length * languages.length * widths.length} pictures in ${folder}`);
} finally {
    await browser.close();
    await server.stop();
    rmSync(copy, { recursive: true, force: true });
}
