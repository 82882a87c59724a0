// SPDX-License-Identifier: Apache-2.0
// The app on the real `truce serve`: the first administrator comes in by the code, people are added, a reporter files from
// a phone without a network, a monitor gives an opinion, proofs are checked, and the numbers are those of `truce assess`.
//   node live.mjs TRUCE MISSION
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { startServer } from "./served.mjs";

const browserPath = process.env.CHROMIUM ?? "/usr/bin/chromium";
if (!existsSync(browserPath)) {
    console.error(`No browser at ${browserPath}. Run tools/setup --test, or name one in the variable CHROMIUM.`);
    process.exit(3);
}
const [truce, example] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "truce-live-"));
const mission = join(folder, "mission");
const password = "the cedar stands behind the mill";
let failures = 0;

async function check(name, body) {
    try {
        await body();
        console.log(`ok    ${name}`);
    } catch (error) {
        ++failures;
        console.log(`FAIL  ${name}\n      ${String(error.stack ?? error).split("\n").slice(0, 12).join("\n      ")}`);
    }
}

const run = (...args) => execFileSync(truce, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" });

/** A mission with a record that its monitor may write to. */
function makeMission() {
    cpSync(example, mission, { recursive: true });
    writeFileSync(join(folder, "phrase"), "not for real work\n");
    run("key", "new", "usa.key", "--name", "usa.example/aleppo", "--cost", "low", "--passphrase-file", "phrase");
    writeFileSync(join(folder, "policy"), `${run("key", "show", "usa.key")}\nquorum none\n`);
    run("record", "init", mission, "--key", "usa.key", "--passphrase-file", "phrase", "--policy", "policy");
}

async function open(browser, url, size = { width: 1280, height: 900 }) {
    const context = await browser.newContext({ viewport: size, locale: "en-GB" });
    const page = await context.newPage();
    page.setDefaultTimeout(30000);
    const complaints = [];
    const outside = [];
    page.on("console", (message) => { if (message.type() === "error" && !/status of 401|ERR_INTERNET_DISCONNECTED/.test(message.text())) complaints.push(message.text()); });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => { if (!request.url().startsWith(url) && !/^(blob|data):/.test(request.url())) outside.push(request.url()); });
    await page.goto(`${url}/?lang=en`);
    await page.waitForSelector("input[name=name]");
    return { page, context, complaints, outside, close: () => context.close() };
}

async function signIn(page, name) {
    await page.fill("input[name=name]", name);
    await page.fill("input[name=password]", password);
    await page.click("button[type=submit]");
    await page.waitForSelector("a.mission");
}

/** What the server answers whoever is signed in on the page: its cookie goes with the browser's own requests alone. */
const ask = (page, path) => page.evaluate(async (where) => (await fetch(where)).json(), path);

/** What `get` answers once it is truthy: what is acknowledged is on the disk at once, and in the lists a moment later. */
async function eventually(get, what) {
    for (const end = Date.now() + 15000; Date.now() < end; await new Promise((done) => setTimeout(done, 100))) {
        const answer = await get();
        if (answer) return answer;
    }
    return assert.fail(`no ${what}`);
}

const received = (page, wanted) =>
    eventually(async () => {
        const entries = await ask(page, "/api/record/entries?kind=account.received");
        return entries.total === wanted ? entries : undefined;
    }, `record of ${wanted} account(s)`);

const loaded = async (page) => {
    await page.waitForSelector("h1");
    await page.waitForFunction(() => !document.querySelector(".waiting"));
};

/** Whether `text` stands in any file below a folder. */
function holds(path, text) {
    return readdirSync(path, { withFileTypes: true }).some((one) => (one.isDirectory() ? holds(join(path, one.name), text) : one.isFile() && statSync(join(path, one.name)).size < 1e8 && readFileSync(join(path, one.name)).includes(text)));
}

let server;
let browser;
try {
    makeMission();
    const options = [mission, "--key", join(folder, "usa.key"), "--passphrase-file", join(folder, "phrase")];
    server = await startServer(truce, options);
    browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"] });

    const admin = await open(browser, server.url);
    await check("the first administrator comes in by the code on the terminal", async () => {
        await admin.page.waitForSelector("input[name=code]");
        await admin.page.fill("input[name=code]", server.code);
        await signIn(admin.page, "Amal");
    });
    await check("people of other roles are added", async () => {
        await admin.page.goto(`${server.url}/people`);
        await loaded(admin.page);
        for (const role of ["reporter", "monitor", "viewer"]) {
            const form = admin.page.locator("main form");
            await form.locator("input").first().fill(role);
            await form.locator("select").first().selectOption(role);
            await form.locator("input[type=password]").fill(password);
            await form.locator("button[type=submit]").click();
            await admin.page.waitForFunction((name) => [...document.querySelectorAll("tbody th")].some((cell) => cell.textContent === name), role);
        }
    });
    await check("Now says what `truce assess` says", async () => {
        run("assess", mission, "--out", join(folder, "out"));
        const assessment = JSON.parse(readFileSync(join(folder, "out/assessment.json"), "utf8"));
        await admin.page.goto(server.url);
        await loaded(admin.page);
        const text = (await admin.page.textContent("main")).replace(/[\u2066-\u2069]/g, "");
        const since = assessment.incidents_by_verdict.focus_since_truce;
        assert.ok(text.includes(`${Object.values(since).reduce((sum, n) => sum + n, 0)} incidents`), "the number of incidents since the truce");
        assert.ok(text.includes(`${since.breach} broke a promise`), "the number of breaches");
        assert.ok(text.includes(`${assessment.tolls.focus_since.killed.best} people killed`), "the dead since the truce");
    });
    await check("every page is whole on the real server, and asks nothing of others", async () => {
        const incident = (await ask(admin.page, `/api/incidents?limit=1&verdict=breach`)).rows[0].id;
        for (const path of ["/terms", "/terms/sy-2016-05-04-aleppo", "/incidents", `/incidents/${encodeURIComponent(incident)}`, "/review", "/notices", "/analysis", "/analysis?part=hotspots", "/analysis?part=deaths", "/analysis?part=durability", "/record", "/reports", "/new", "/upload", "/people", "/me"]) {
            await admin.page.goto(server.url + path);
            await loaded(admin.page);
            assert.equal(await admin.page.locator("main .message.bad").count(), 0, `${path}: ${await admin.page.locator("main .message.bad").allTextContents()}`);
            const missing = await admin.page.evaluate(() => document.body.innerText.match(/\[[a-z_]+\.[a-z_.0-9]+\]/g));
            assert.equal(missing, null, `${path}: ${missing}`);
        }
        assert.deepEqual(admin.outside, []);
        assert.deepEqual(admin.complaints, []);
    });
    await check("filters in the address narrow the app's list as they narrow the server's", async () => {
        for (const query of ["verdict=breach", "act=attack.shelling&side=after", "q=hospital", "from=2016-05-04&until=2016-05-06"]) {
            const { total } = await ask(admin.page, `/api/incidents?limit=1&${query}`);
            await admin.page.goto(`${server.url}/incidents?${query}`);
            await loaded(admin.page);
            await admin.page.waitForFunction((n) => Number(document.querySelector("[role=status] strong")?.textContent.match(/[\d,]+/)?.[0].replace(",", "") ?? 0) === n, total, { timeout: 8000 })
                .catch(async () => assert.fail(`${query}: the server has ${total}, the app ${await admin.page.textContent("[role=status] strong")}`));
        }
    });

    const witness = "Somebody behind the blue door";
    await check("a reporter files on a phone without a network; it is sent later, and the witness is nowhere in clear", async () => {
        const { page, context, close } = await open(browser, server.url, { width: 360, height: 740 });
        await signIn(page, "reporter");
        await page.goto(`${server.url}/new`);
        await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === "activated");
        await page.reload();
        await loaded(page);
        await context.setOffline(true);
        await page.reload();
        await page.fill("input[name=day]", "2016-05-05");
        await page.fill("textarea[name=what]", "Two shells on the eastern quarter");
        await page.fill("input[name=lat]", "36.2021");
        await page.fill("input[name=lon]", "37.1343");
        await page.fill("input[name=killedLow]", "1");
        await page.fill("input[name=witness]", witness);
        await page.click("form button[type=submit]");
        await page.waitForSelector("#waiting");
        await context.setOffline(false);
        await page.evaluate(() => window.dispatchEvent(new Event("online")));
        await page.waitForFunction(() => !document.querySelector("#waiting"));
        const entries = await received(admin.page, 1);
        assert.ok(!JSON.stringify(entries).includes(witness));
        assert.ok(!holds(mission, witness), "the witness's name lies in clear on the disk");
        await close();
    });
    await check("a monitor gives an opinion on the account, and it stands beside the joint status", async () => {
        const { page, close } = await open(browser, server.url);
        await signIn(page, "monitor");
        const entry = (await received(page, 1)).rows[0].id;
        // The account is an incident as soon as the mission is assessed anew.
        const incident = await eventually(async () => (await ask(page, "/api/incidents?limit=1&q=two+shells+eastern+quarter")).rows[0]?.id, `an incident of the account ${entry}`);
        await page.goto(`${server.url}/incidents/${encodeURIComponent(incident)}`);
        await loaded(page);
        await page.getByRole("button", { name: "Give an opinion" }).click();
        await page.getByRole("radio", { name: "confirmed", exact: true }).check();
        await page.getByRole("textbox", { name: "Grounds" }).fill("Seen by two patrols");
        await page.getByRole("button", { name: "Sign and enter in the record" }).click();
        await page.waitForFunction(() => document.querySelector("section[aria-labelledby=incident-opinions] table")?.textContent.includes("Seen by two patrols"));
        await page.waitForFunction(() => document.querySelector("section[aria-labelledby=incident-opinions] .badge.one_sided"));
        await close();
    });
    await check("proofs of the real record hold in the browser", async () => {
        const { page, close } = await open(browser, server.url);
        await signIn(page, "viewer");
        await page.goto(`${server.url}/record`);
        await loaded(page);
        await page.waitForFunction(() => document.querySelector("main .ok"));
        assert.equal(await page.locator("main .broken").count(), 0);
        await page.getByRole("button", { name: "Check the proof" }).first().click();
        await page.waitForSelector("li .ok, li .broken");
        assert.equal(await page.locator("li .broken").count(), 0, await page.locator("li .message.bad").allTextContents().then(String));
        await close();
    });
    await check("a report is made and published; its numbers are those of the assessment, and anybody may read it", async () => {
        const { page, close } = await open(browser, server.url);
        await signIn(page, "monitor");
        await page.goto(`${server.url}/reports`);
        await loaded(page);
        await page.getByLabel("For whom").selectOption("everyone");
        await page.locator("form button[type=submit]").click();
        const made = await eventually(async () => (await ask(page, "/api/reports")).rows[0], "report");
        const html = await (await fetch(`${server.url}/published/${made.id}`)).text();
        assert.ok(!html.includes("<html"), "a draft is not there for those without a session");
        await page.getByRole("button", { name: "Publish", exact: true }).first().click();
        await page.getByRole("button", { name: "Publish", exact: true }).last().click();
        const published = await eventually(async () => (await ask(page, "/api/reports")).rows.find((one) => one.published), "published report");
        assert.match(published.entry, /^[0-9a-f]{64}$/);
        const bytes = Buffer.from(await (await fetch(`${server.url}/published/${made.id}`)).arrayBuffer());
        assert.equal(createHash("sha256").update(bytes).digest("hex"), published.sha256);
        const assessment = await ask(page, "/api/assessment");
        const since = assessment.incidents_by_verdict.focus_since_truce;
        assert.ok(bytes.toString("utf8").includes(`${since.breach + since.breach_likely} of ${Object.values(since).reduce((sum, n) => sum + n, 0)}`));
        await close();
    });
    await check("a viewer is offered nothing to write, and refused when asking all the same", async () => {
        const { page, close } = await open(browser, server.url);
        await signIn(page, "viewer");
        await loaded(page);
        assert.equal(await page.locator("a[href='/new'], a[href='/upload'], a[href='/people']").count(), 0);
        const status = await page.evaluate(async () => (await fetch("/api/opinions", { method: "POST", headers: { "Content-Type": "application/json", "X-Truce": "1" }, body: JSON.stringify({ incident: "x", occurrence: "confirmed" }) })).status);
        assert.equal(status, 403);
        await close();
    });
    await check("the server is killed; what it had acknowledged is there again, and the session goes on", async () => {
        await server.kill();
        server = await startServer(truce, options);
        await admin.page.goto(`${server.url}/record`);
        await loaded(admin.page);
        await received(admin.page, 1);
    });
    await admin.close();
} finally {
    await browser?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
}
console.log(failures === 0 ? "all held" : `${failures} did not hold`);
process.exit(failures === 0 ? 0 : 1);
