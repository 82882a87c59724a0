// SPDX-License-Identifier: Apache-2.0
// Uses the app as its people do: a reporter on a phone without a network, two monitors, a viewer; in both directions of
// script, at three widths, by keyboard. The server is a stand-in that answers in the shape of openapi.yaml (mock.mjs).
//   node app.mjs TRUCE MISSION APP_FOLDER
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import { startMock } from "./mock.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const messages = join(here, "../../messages");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browserPath = process.env.CHROMIUM ?? "/usr/bin/chromium";
if (!existsSync(browserPath)) {
    console.error(`No browser at ${browserPath}. Run tools/setup --test, or name one in the variable CHROMIUM.`);
    process.exit(3);
}
const [truce, mission, app] = process.argv.slice(2);
const only = process.env.ONLY;
const folder = mkdtempSync(join(tmpdir(), "truce-app-"));
const desk = { width: 1280, height: 900 };
const phone = { width: 360, height: 740 };
let failures = 0;

async function check(name, body) {
    if (only && !name.includes(only)) return;
    const begin = Date.now();
    try {
        await body();
        console.log(`ok    ${name} (${((Date.now() - begin) / 1000).toFixed(1)} s)`);
    } catch (error) {
        ++failures;
        console.log(`FAIL  ${name}\n      ${String(error.stack ?? error).split("\n").slice(0, 12).join("\n      ")}`);
    }
}

/** A window of somebody who is signed in, with what it asks of others and what the browser complains of. */
async function enter(browser, url, role, { size = desk, lang = "en" } = {}) {
    const context = await browser.newContext({ viewport: size, locale: "en-GB", acceptDownloads: true });
    const page = await context.newPage();
    const outside = [];
    const complaints = [];
    page.on("request", (request) => { if (!request.url().startsWith(url) && !/^(blob|data):/.test(request.url())) outside.push(request.url()); });
    page.on("console", (message) => { if (message.type() === "error" && !/status of 401|ERR_INTERNET_DISCONNECTED|status of 422/.test(message.text())) complaints.push(message.text()); });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.setDefaultTimeout(20000);
    await page.goto(`${url}/?lang=${lang}`);
    await page.fill("input[name=name]", role);
    await page.fill("input[name=password]", "a long sentence");
    await page.click("button[type=submit]");
    await page.waitForSelector("a.mission");
    return { page, context, outside, complaints, close: () => context.close() };
}

async function loaded(page) {
    await page.waitForSelector("h1");
    await page.waitForFunction(() => !document.querySelector(".waiting"));
}

async function noSidewaysScroll(page) {
    const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(content <= window, `the page is ${content} px wide in a window of ${window} px`);
}

async function allWordsAreThere(page) {
    const missing = await page.evaluate(() => document.body.innerText.match(/\[[a-z_]+\.[a-z_.0-9]+\]/g));
    assert.equal(missing, null, `messages are missing: ${missing}`);
}

async function nothingSerious(page) {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
    const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    assert.equal(grave.length, 0, grave.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join("\n  ")}`).join("\n"));
}

function zipped(name) {
    return gzipSync(readFileSync(name), { level: 6 }).length;
}

/** Every message key that the sources name in full. */
function namedKeys() {
    const keys = new Set();
    const read = (path) => {
        for (const one of readdirSync(path, { withFileTypes: true })) {
            const at = join(path, one.name);
            if (one.isDirectory()) read(at);
            else if (/\.tsx?$/.test(one.name)) for (const [, key] of readFileSync(at, "utf8").matchAll(/\bsay\("([a-z_0-9.]+)"/g)) keys.add(key);
        }
    };
    read(join(here, "../src/app"));
    return keys;
}

const pages = ["/", "/terms", "/terms/sy-2016-05-04-aleppo", "/incidents", "/incidents/public-record%3Apr-057", "/review", "/notices", "/analysis", "/analysis?part=hotspots", "/analysis?part=deaths", "/analysis?part=durability", "/record", "/reports", "/new", "/upload", "/people", "/me"];

async function walk(browser, url) {
    for (const [lang, size] of [["en", desk], ["ar", phone]]) {
        const { page, outside, complaints, close } = await enter(browser, url, "admin", { size, lang });
        for (const path of pages) {
            await check(`${lang}, ${size.width} px: ${path} is whole and can be used by everyone`, async () => {
                await page.goto(url + path);
                await loaded(page);
                await noSidewaysScroll(page);
                await allWordsAreThere(page);
                assert.equal(await page.evaluate(() => `${document.documentElement.lang} ${document.documentElement.dir}`), lang === "ar" ? "ar rtl" : "en ltr");
                await nothingSerious(page);
            });
        }
        await check(`${lang}: nothing is asked of the outside`, () => assert.deepEqual(outside, []));
        await check(`${lang}: the browser has no complaint`, () => assert.deepEqual(complaints, []));
        await close();
    }
}

async function incidents(browser, url) {
    const { page, close } = await enter(browser, url, "viewer");
    const shown = async () => Number((await page.textContent("[role=status] strong")).match(/^\D*([\d,]+)/)[1].replace(",", ""));
    await check("facets narrow the list, and the address holds them", async () => {
        await page.goto(`${url}/incidents`);
        await loaded(page);
        const all = await shown();
        await page.getByRole("checkbox", { name: /^Breach/ }).check();
        await page.waitForFunction(() => location.search.includes("verdict=breach"));
        const breaches = await shown();
        assert.ok(breaches > 0 && breaches < all);
        await page.reload();
        await loaded(page);
        assert.equal(await shown(), breaches);
        await page.goBack();
        await page.waitForFunction(() => !location.search.includes("verdict"));
        assert.equal(await shown(), all);
    });
    await check("a drag over the course narrows list and map to the days", async () => {
        await page.goto(`${url}/incidents`);
        await loaded(page);
        const before = await shown();
        const box = await page.locator(".course.brushed").boundingBox();
        await page.mouse.move(box.x + box.width * 0.7, box.y + 60);
        await page.mouse.down();
        await page.mouse.move(box.x + box.width * 0.85, box.y + 60, { steps: 4 });
        await page.mouse.up();
        await page.waitForFunction(() => /from=2016-\d\d-\d\d&until=2016/.test(location.search));
        const after = await shown();
        assert.ok(after > 0 && after < before);
    });
    await check("a search finds words", async () => {
        await page.goto(`${url}/incidents?q=hospital`);
        await loaded(page);
        await page.waitForFunction(() => Number(document.querySelector("[role=status] strong")?.textContent.match(/\d+/)?.[0]) < 30);
        assert.ok((await shown()) > 3);
    });
    await check("a click on the map shows what is there", async () => {
        await page.goto(`${url}/incidents`);
        await page.waitForSelector(".map-live[data-loaded]", { timeout: 60000 });
        const canvas = await page.locator(".map-live canvas").boundingBox();
        const view = await page.evaluate(async () => (await (await fetch("/api/mission")).json()).view);
        // The middle of Aleppo, by the same view as the map is opened with.
        const [west, south, east, north] = view;
        const margin = [Math.max(0.05, (east - west) * 0.08, (north - south) * 0.08)][0];
        const y = (lat) => Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360));
        const x = (lon) => (lon * Math.PI) / 180;
        const scale = Math.min((canvas.width - 32) / (x(east + margin) - x(west - margin)), (canvas.height - 32) / (y(north + margin) - y(south - margin)));
        const first = await page.evaluate(async () => (await (await fetch("/api/incidents?q=al-Quds&limit=1")).json()).rows[0].place);
        await page.mouse.click(canvas.x + canvas.width / 2 + (x(first.lon) - (x(west) + x(east)) / 2) * scale, canvas.y + canvas.height / 2 - (y(first.lat) - (y(south - margin) + y(north + margin)) / 2) * scale);
        await page.waitForSelector(".card[role=status] li a");
    });
    await check("a viewer is offered nothing to write", async () => {
        await page.goto(`${url}/incidents/public-record%3Apr-057`);
        await loaded(page);
        assert.equal(await page.locator("main button.main, main form").count(), 0);
        assert.equal(await page.locator("a[href='/new'], a[href='/upload'], a[href='/people']").count(), 0);
    });
    await close();
}

async function manyIncidents(browser, assessed) {
    const mock = await startMock({ app, assessed, incidents: 100000 });
    await check("100,000 incidents: filter, scroll and jump stay smooth, and few rows are drawn", async () => {
        const { page, close } = await enter(browser, mock.url, "viewer");
        page.setDefaultTimeout(90000);
        await page.goto(`${mock.url}/incidents`);
        await loaded(page);
        await page.waitForSelector(".row");
        const timing = await page.evaluate(async () => {
            const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
            const list = document.querySelector(".rows");
            const took = {};
            const held = [];
            new PerformanceObserver((list) => held.push(...list.getEntries().map((one) => one.duration))).observe({ type: "longtask" });
            let begin = performance.now();
            list.scrollTop = list.scrollHeight;
            await frame();
            took.jump = performance.now() - begin;
            begin = performance.now();
            [...document.querySelectorAll(".facet-list input")][0].click();
            await frame();
            took.filter = performance.now() - begin;
            await new Promise((done) => setTimeout(done, 500));
            return { ...took, held, rows: document.querySelectorAll(".row").length, height: list.scrollHeight };
        });
        console.log(`      100,000 incidents: jump ${timing.jump.toFixed(0)} ms, filter ${timing.filter.toFixed(0)} ms, ${timing.rows} rows drawn; ${timing.held.length} tasks above 50 ms, the longest ${Math.max(0, ...timing.held).toFixed(0)} ms`);
        assert.ok(timing.rows < 60, `${timing.rows} rows are drawn`);
        assert.ok(timing.jump < 1000 && timing.filter < 3000 && timing.held.every((one) => one < 2000), JSON.stringify(timing));
        await close();
    });
    await mock.stop();
}

async function reporter(browser, mock) {
    await check("a reporter files on a phone without a network, closes the page, and nothing is lost", async () => {
        const before = mock.written().filter((one) => one.kind === "account.received").length;
        const { page, context, close } = await enter(browser, mock.url, "reporter", { size: phone, lang: "ar" });
        await page.goto(`${mock.url}/new`);
        await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === "activated");
        // The worker takes the page over at its next loading.
        await page.reload();
        await loaded(page);
        await context.setOffline(true);
        await page.reload();
        await page.waitForSelector("textarea[name=what]");
        await page.fill("textarea[name=what]", "قصف على الحي الشرقي");
        await page.fill("input[name=killedLow]", "2");
        await page.fill("input[name=killedHigh]", "5");
        await page.fill("input[name=witness]", "Somebody who must not be named");
        await page.click("form button[type=submit]");
        await page.waitForSelector(".message[role=status]");
        await page.waitForSelector("#waiting");
        await page.close();
        const again = await context.newPage();
        await again.goto(`${mock.url}/new`);
        await again.waitForSelector("#waiting");
        assert.equal(mock.written().filter((one) => one.kind === "account.received").length, before);
        await context.setOffline(false);
        await again.evaluate(() => window.dispatchEvent(new Event("online")));
        await again.waitForFunction(() => !document.querySelector("#waiting"));
        const after = mock.written().filter((one) => one.kind === "account.received");
        assert.equal(after.length, before + 1);
        assert.ok(!JSON.stringify(after).includes("must not be named"));
        await close();
    });
    await check("an account that the server refuses waits with its reason", async () => {
        const { page, close } = await enter(browser, mock.url, "reporter", { size: phone });
        await page.goto(`${mock.url}/new`);
        await page.fill("textarea[name=what]", "REFUSE this one");
        await page.click("form button[type=submit]");
        await page.waitForFunction(() => document.querySelector("section[aria-labelledby=waiting]")?.textContent.includes("refused for the test"));
        await page.click("section[aria-labelledby=waiting] li button");
        await page.waitForFunction(() => !document.querySelector("#waiting"));
        await close();
    });
    await check("an account without words is refused beside its field", async () => {
        const { page, close } = await enter(browser, mock.url, "reporter", { size: phone });
        await page.goto(`${mock.url}/new`);
        await page.click("form button[type=submit]");
        assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("name")), "what");
        assert.ok(await page.locator(".field-error").isVisible());
        await close();
    });
}

async function monitors(browser, mock) {
    const { page, close } = await enter(browser, mock.url, "monitor");
    await check("two monitors who disagree stand side by side as divergent", async () => {
        await page.goto(`${mock.url}/incidents?joint=divergent`);
        await loaded(page);
        await page.locator(".row").first().click();
        await page.waitForSelector("#incident-opinions");
        const text = await page.locator("section[aria-labelledby=incident-opinions] table").innerText();
        for (const word of ["United States of America", "Russian Federation", "a violation", "undetermined", "Agreed", "Divergent"]) assert.ok(text.includes(word), `${word} is not in ${text}`);
    });
    await check("a monitor goes through the queue by keyboard and gives an opinion", async () => {
        await page.goto(`${mock.url}/review`);
        await loaded(page);
        await page.waitForSelector(".queue h2");
        const first = await page.locator(".queue h2").first().textContent();
        await page.keyboard.press("j");
        await page.waitForFunction((before) => document.querySelector(".queue h2")?.textContent !== before && document.querySelector("section[aria-labelledby=incident-opinions] button.main"), first);
        const left = Number((await page.locator("main > p[role=status]").textContent()).match(/\d+/)[0]);
        await page.keyboard.press("o");
        await page.getByRole("radio", { name: "cannot be verified" }).check();
        await page.getByRole("textbox", { name: "Grounds" }).fill("No access to the site");
        await page.getByRole("button", { name: "Sign and enter in the record" }).click();
        await page.waitForFunction(() => document.querySelector("section[aria-labelledby=incident-opinions] table")?.textContent.includes("cannot be verified"));
        assert.equal(mock.written().at(-1).body.grounds, "No access to the site");
        assert.ok(left > 50);
    });
    await check("an opinion that says nothing is not sent", async () => {
        const before = mock.written().length;
        await page.goto(`${mock.url}/incidents/public-record%3Apr-001`);
        await loaded(page);
        await page.getByRole("button", { name: "Give an opinion" }).click();
        await page.getByRole("button", { name: "Sign and enter in the record" }).click();
        await page.waitForSelector(".field-error");
        assert.equal(mock.written().length, before);
    });
    await check("a unit's acknowledgement is noted and the coverage follows", async () => {
        await page.goto(`${mock.url}/notices`);
        await loaded(page);
        assert.ok((await page.textContent("main")).includes("3 of 5 units"));
        await page.getByRole("button", { name: "Note the acknowledgement" }).first().click();
        await page.waitForFunction(() => document.querySelector("main").textContent.includes("4 of 5 units"));
    });
    await check("a proof is checked in the browser, and a changed entry is found out", async () => {
        await page.goto(`${mock.url}/record`);
        await loaded(page);
        await page.waitForSelector(".ok");
        assert.equal(await page.locator(".broken").count(), 0);
        await page.getByRole("button", { name: "Check the proof" }).nth(1).click();
        await page.waitForSelector("li .ok");
        await page.route("**/api/record/proofs/**", async (route) => {
            const answer = await (await route.fetch()).json();
            await route.fulfill({ json: { ...answer, entry: Buffer.from(Buffer.from(answer.entry, "base64").toString().replace("order", "query")).toString("base64") } });
        });
        await page.getByRole("button", { name: "Check the proof" }).nth(1).click();
        await page.waitForSelector("li .broken");
    });
    await check("a head that was changed on the way is found out", async () => {
        await page.route("**/api/record/feeds", async (route) => {
            const answer = await (await route.fetch()).json();
            answer.feeds[1].checkpoint = answer.feeds[1].checkpoint.replace("\n1\n", "\n2\n");
            answer.feeds[1].size = 2;
            await route.fulfill({ json: answer });
        });
        await page.goto(`${mock.url}/record`);
        await loaded(page);
        await page.waitForSelector(".message.bad .broken");
    });
    await check("a figure leaves as SVG, PNG and CSV with its source, and stands alone when embedded", async () => {
        await page.goto(`${mock.url}/analysis`);
        await loaded(page);
        for (const [kind, begins] of [["SVG", "<svg"], ["PNG", "\u0089PNG"], ["CSV", "Day,"]]) {
            const coming = page.waitForEvent("download");
            await page.locator("#figure-incidents").getByRole("button", { name: kind }).click();
            const bytes = readFileSync(await (await coming).path());
            assert.ok(bytes.toString("latin1").startsWith(begins), `${kind}: ${bytes.toString("latin1", 0, 40)}`);
            if (kind === "SVG") assert.match(bytes.toString(), /Source: .*Trucewatch \W*\d/s);
        }
        await page.goto(`${mock.url}/analysis?embed=1&figure=deaths&lang=en`);
        await page.waitForSelector("#figure-deaths svg");
        assert.equal(await page.locator("header:visible, footer:visible, #figure-incidents").count(), 0);
        assert.ok(await page.locator("#figure-deaths .source").isVisible());
        await page.goto(`${mock.url}/?embed=1&figure=deaths-by-day&lang=en`);
        await page.waitForSelector("#figure-deaths-by-day svg");
        assert.deepEqual(await page.locator(".figure").evaluateAll((all) => all.map((one) => one.id)), ["figure-deaths-by-day"]);
        assert.equal(await page.locator("h1:visible, h2:visible, .answer").count(), 0);
    });
    await check("a report is made, looked at and published", async () => {
        await page.goto(`${mock.url}/reports`);
        await loaded(page);
        await page.getByRole("button", { name: "Make a report" }).click();
        await page.waitForSelector("li.card .badge");
        await page.getByRole("button", { name: "Publish" }).click();
        await page.getByRole("button", { name: "Publish" }).first().click();
        await page.waitForSelector("li.card .badge.done");
    });
    await close();
}

async function keyboard(browser, url) {
    await check("the keyboard alone skips to the content, and goes to a page whose heading is then read", async () => {
        const { page, close } = await enter(browser, url, "viewer");
        await loaded(page);
        await page.reload();
        await loaded(page);
        await page.keyboard.press("Tab");
        assert.equal(await page.evaluate(() => document.activeElement?.className), "skip");
        await page.focus("a[href='/terms']");
        await page.keyboard.press("Enter");
        await page.waitForFunction(() => location.pathname === "/terms" && document.querySelector("h1")?.textContent === "Terms");
        await page.waitForFunction(() => document.title.startsWith("Terms"));
        await close();
    });
    await check("a wrong password is said, and the language can be chosen before signing in", async () => {
        const page = await browser.newPage({ locale: "en-GB" });
        await page.goto(url);
        await page.selectOption("select", "ar");
        await page.waitForFunction(() => document.documentElement.dir === "rtl");
        await page.fill("input[name=name]", "admin");
        await page.fill("input[name=password]", "wrong");
        await page.click("button[type=submit]");
        await page.waitForSelector("[role=alert]");
        await page.close();
    });
}

try {
    execFileSync(truce, ["assess", mission, "--out", folder], { stdio: ["ignore", "ignore", "inherit"] });
    await check("the first page is smaller than 350 kB on the line, without the map", () => {
        const bytes = ["index.html", "app.js", "app.css", "icon.svg", "manifest.webmanifest"].reduce((sum, name) => sum + zipped(join(app, name)), 0) + Math.max(...["en", "ar", "ru", "fr"].map((one) => zipped(join(messages, `${one}.json`))));
        console.log(`      ${bytes} bytes`);
        assert.ok(bytes < 350000, `${bytes} bytes`);
    });
    await check("every message that the app names is in the catalogues", () => {
        const english = JSON.parse(readFileSync(join(messages, "en.json"), "utf8"));
        assert.deepEqual([...namedKeys()].filter((key) => !(key in english)), []);
    });
    const mock = await startMock({ app, assessed: folder });
    const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"] });
    await keyboard(browser, mock.url);
    await incidents(browser, mock.url);
    await reporter(browser, mock);
    await monitors(browser, mock);
    await walk(browser, mock.url);
    await manyIncidents(browser, folder);
    await browser.close();
    await mock.stop();
} finally {
    rmSync(folder, { recursive: true, force: true });
}
console.log(failures === 0 ? "all held" : `${failures} did not hold`);
process.exit(failures === 0 ? 0 : 1);
