// SPDX-License-Identifier: Apache-2.0
// Clicks through a report as readers do: on a desk and on a phone, in every language, with scripts and without.
//   node report.mjs TRUCE MISSION      makes the report of MISSION with the program TRUCE, then reads it
//   node report.mjs REPORT.html        reads a report that exists
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browserPath = process.env.CHROMIUM ?? "/usr/bin/chromium";
if (!existsSync(browserPath)) {
    console.error(`No browser at ${browserPath}. Run tools/setup --test, or name one in the variable CHROMIUM.`);
    process.exit(3);
}

const sizes = { desktop: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } };
const [first, mission] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "truce-report-"));
let failures = 0;

async function check(name, body) {
    try {
        await body();
        console.log(`ok    ${name}`);
    } catch (error) {
        ++failures;
        console.log(`FAIL  ${name}\n      ${String(error.message ?? error).replaceAll("\n", "\n      ")}`);
    }
}

/** Opens the report in a fresh window and notes what it asks for and complains of. */
async function open(browser, url, size, options = {}) {
    const context = await browser.newContext({ viewport: size, locale: "en-GB", ...options });
    const page = await context.newPage();
    const outside = [];
    const complaints = [];
    page.on("request", (request) => {
        if (request.url() !== url && !/^(blob|data):/.test(request.url())) outside.push(request.url());
    });
    page.on("console", (message) => {
        if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(url);
    return { page, outside, complaints, close: () => context.close() };
}

async function noSidewaysScroll(page) {
    const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(content <= window, `the page is ${content} px wide in a window of ${window} px`);
}

async function choose(page, language) {
    await page.click(`label[for=lang-${language}]`);
    await page.waitForSelector(`#${language} h1`, { state: "visible" });
    const visible = await page.$$eval(".part", (parts) => parts.filter((part) => getComputedStyle(part).display !== "none").map((part) => part.id));
    assert.deepEqual(visible, [language]);
}

async function openFirstFinding(page, language) {
    const finding = page.locator(`#${language} .finding:not([hidden])`).first();
    await finding.locator("> summary").click();
    assert.equal(await finding.locator(".elements tbody tr").count(), 7, "a finding opens to seven answers");
    assert.match((await finding.locator(".accounts code").first().textContent()) ?? "", /^[0-9a-f]{64}$/);
    assert.ok((await finding.locator(".facts dd").count()) >= 4);
}

async function filterWorks(page, language) {
    const shown = () => page.locator(`#${language} .finding:visible`).count();
    const all = await shown();
    await page.selectOption(`#${language}-filter-verdict`, "undetermined");
    await page.waitForFunction((part) => document.querySelector(`#${part} .finding[hidden]`), language);
    const verdicts = await page.$$eval(`#${language} .finding:not([hidden])`, (found) => found.map((finding) => finding.dataset.verdict));
    assert.ok(verdicts.length > 0 && verdicts.length < all, `${verdicts.length} of ${all} incidents are undetermined`);
    assert.ok(verdicts.every((verdict) => verdict === "undetermined"));
    await page.fill(`#${language}-filter-text`, "no such words are anywhere in here");
    await page.waitForFunction((part) => !document.querySelector(`#${part} .finding:not([hidden])`), language);
    await page.click(`#${language} .filter button >> nth=0`);
    await page.waitForFunction((part) => !document.querySelector(`#${part} .finding[hidden]`), language);
    assert.equal(await shown(), all);
}

/** Where a mark is on the screen: the map shows its view whole and in the middle, in Mercator's projection. */
async function pointOfGravestMark(page, language) {
    return page.evaluate((part) => {
        const { view, marks } = JSON.parse(document.getElementById("data").textContent).map;
        const box = document.querySelector(`.map-place[data-lang="${part}"] .map-live canvas`).getBoundingClientRect();
        const y = (lat) => Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360));
        const x = (lon) => (lon * Math.PI) / 180;
        const scale = Math.min(box.width / (x(view[2]) - x(view[0])), box.height / (y(view[3]) - y(view[1])));
        const [lon, lat] = marks[marks.length - 1].at;
        return [
            box.left + box.width / 2 + (x(lon) - (x(view[0]) + x(view[2])) / 2) * scale,
            box.top + box.height / 2 - (y(lat) - (y(view[1]) + y(view[3])) / 2) * scale,
        ];
    }, language);
}

async function mapOpensFinding(page, language) {
    const live = `.map-place[data-lang="${language}"] .map-live[data-loaded]`;
    await page.waitForSelector(live, { timeout: 30000 });
    await page.locator(live).scrollIntoViewIfNeeded();
    // The dots are drawn by a worker, some time after the map says that it has loaded.
    for (let i = 0; i < 20 && !(await page.locator(".maplibregl-popup").count()); ++i) {
        await page.waitForTimeout(250);
        await page.mouse.click(...(await pointOfGravestMark(page, language)));
    }
    await page.click(".maplibregl-popup button:not(.maplibregl-popup-close-button)");
    assert.ok(await page.locator(`#${language} .finding[open]`).count(), "a click on the map opens a finding");
}

async function nothingSerious(page) {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
    const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    assert.equal(grave.length, 0, grave.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join("\n  ")}`).join("\n"));
}

async function readWithScripts(browser, url, languages, [sizeName, size]) {
    const { page, outside, complaints, close } = await open(browser, url, size);
    for (const language of languages) {
        const at = `${sizeName}, ${language}`;
        await check(`${at}: the switch shows its language`, async () => {
            await choose(page, language);
            assert.equal(await page.evaluate(() => document.documentElement.lang), language);
            assert.equal(await page.evaluate(() => document.documentElement.dir), language === "ar" ? "rtl" : "ltr");
        });
        await check(`${at}: nothing scrolls sideways`, () => noSidewaysScroll(page));
        await check(`${at}: the map opens a finding`, () => mapOpensFinding(page, language));
        await check(`${at}: the filter narrows and clears`, () => filterWorks(page, language));
        await check(`${at}: a finding opens to its reasons and accounts`, async () => {
            await page.evaluate(() => document.querySelectorAll(".finding[open]").forEach((finding) => { finding.open = false; }));
            await openFirstFinding(page, language);
            await noSidewaysScroll(page);
        });
        await check(`${at}: axe finds nothing serious`, () => nothingSerious(page));
    }
    await check(`${sizeName}: the choice is remembered`, async () => {
        await page.reload();
        assert.equal(await page.evaluate(() => document.querySelector("input.language:checked").value), languages.at(-1));
    });
    await check(`${sizeName}: nothing is asked of the outside`, () => assert.deepEqual(outside, []));
    await check(`${sizeName}: the browser has no complaint`, () => assert.deepEqual(complaints, []));
    await close();
}

async function readWithoutScripts(browser, url, languages, [sizeName, size]) {
    const { page, outside, close } = await open(browser, url, size, { javaScriptEnabled: false });
    for (const language of languages) {
        await check(`${sizeName}, ${language}, no scripts: figures, tables and findings are there`, async () => {
            await page.click(`label[for=lang-${language}]`);
            for (const what of ["h1", ".answer", "svg.map", "svg.course"]) {
                assert.ok(await page.locator(`#${language} ${what}`).first().isVisible(), `${what} is visible`);
            }
            assert.ok((await page.locator(`#${language} .finding`).count()) > 0);
            await page.locator(`#${language} .finding > summary`).first().click();
            assert.ok(await page.locator(`#${language} .finding .facts`).first().isVisible());
            const box = await page.locator(`#${language}`).boundingBox();
            assert.ok(box.width <= size.width);
        });
    }
    await check(`${sizeName}, no scripts: nothing is asked of the outside`, () => assert.deepEqual(outside, []));
    await close();
}

async function keyboardReaches(browser, url, languages) {
    const { page, close } = await open(browser, url, sizes.desktop);
    await check("the keyboard alone switches the language and opens a finding", async () => {
        await page.focus("#lang-en");
        await page.keyboard.press("ArrowRight");
        assert.equal(await page.evaluate(() => document.documentElement.lang), languages[1]);
        await page.keyboard.press("ArrowLeft");
        await page.focus("#en .finding > summary");
        await page.keyboard.press("Enter");
        assert.ok(await page.locator("#en .finding[open]").count());
    });
    await close();
}

async function prints(browser, url) {
    const { page, close } = await open(browser, url, sizes.desktop);
    await check("it prints", async () => {
        const pdf = await page.pdf({ format: "A4" });
        assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
        assert.ok(pdf.length > 20000);
    });
    await close();
}

try {
    let file = resolve(first);
    if (mission) {
        execFileSync(file, ["assess", mission, "--out", folder], { stdio: ["ignore", "ignore", "inherit"] });
        file = join(folder, "report.html");
    }
    await check("the file is smaller than 3 MB", () => assert.ok(statSync(file).size < 3e6, `${statSync(file).size} bytes`));
    const text = readFileSync(file, "utf8");
    const languages = [...text.matchAll(/<main class="part" id="([a-z]+)"/g)].map((found) => found[1]);
    await check("English and Arabic are in the file", () => assert.ok(languages.includes("en") && languages.includes("ar")));
    await check("every message was found", () => {
        const body = text.slice(text.indexOf("<body>"), text.indexOf('<script type="application/json"'));
        assert.deepEqual(body.match(/\[[a-z_]+\.[a-z_.]+\]/g) ?? [], []);
    });
    const url = pathToFileURL(file).href;
    const browser = await chromium.launch({
        executablePath: browserPath,
        args: ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
    });
    for (const size of Object.entries(sizes)) {
        await readWithScripts(browser, url, languages, size);
        await readWithoutScripts(browser, url, languages, size);
    }
    await keyboardReaches(browser, url, languages);
    await prints(browser, url);
    await browser.close();
} finally {
    rmSync(folder, { recursive: true, force: true });
}
console.log(failures === 0 ? "all held" : `${failures} did not hold`);
process.exit(failures === 0 ? 0 : 1);
