// SPDX-License-Identifier: Apache-2.0
// The app on the real `truce serve`: the first administrator comes in by the code, people are added, a reporter files from
// a phone without a network, two monitors disagree, proofs are checked, hostile files and curious readers get nowhere, the
// server is killed while it is written to, and the numbers are those of `truce assess`.
//   node live.mjs TRUCE MISSION
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { startServer } from "./served.mjs";

const browserPath = process.env.CHROMIUM ?? "/usr/bin/chromium";
if (!existsSync(browserPath)) {
    console.error(`No browser at ${browserPath}. Run tools/setup --test, or name one in the variable CHROMIUM.`);
    process.exit(3);
}
const [truce, example] = process.argv.slice(2).map((path) => resolve(path));
const folder = mkdtempSync(join(tmpdir(), "truce-live-"));
const mission = join(folder, "mission");
const others = join(folder, "others");
const contract = readFileSync(join(dirname(fileURLToPath(import.meta.url)), "../../src/server/openapi.yaml"), "utf8");
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

const keyOf = (monitor) => ["--key", join(folder, `${monitor}.key`), "--passphrase-file", join(folder, "phrase")];

/** A mission with a record that two monitors write to, each in a folder of their own. */
function makeMissions() {
    writeFileSync(join(folder, "phrase"), "not for real work\n");
    for (const monitor of ["usa", "russia"]) run("key", "new", `${monitor}.key`, "--name", `${monitor}.example/aleppo`, "--cost", "low", "--passphrase-file", "phrase");
    writeFileSync(join(folder, "policy"), `${run("key", "show", "usa.key")}\n${run("key", "show", "russia.key")}\nquorum none\n`);
    for (const [place, monitor] of [[mission, "usa"], [others, "russia"]]) {
        cpSync(example, place, { recursive: true });
        run("record", "init", place, ...keyOf(monitor), "--policy", "policy");
    }
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
    makeMissions();
    const options = [mission, ...keyOf("usa")];
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
        for (const role of ["reporter", "analyst", "monitor", "viewer"]) {
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
    await check("two monitors disagree, each on a server of their own; once they have exchanged, the joint status is divergent on both", async () => {
        const theirServer = await startServer(truce, [others, ...keyOf("russia")]);
        const theirs = await open(browser, theirServer.url);
        try {
            await theirs.page.waitForSelector("input[name=code]");
            await theirs.page.fill("input[name=code]", theirServer.code);
            await signIn(theirs.page, "Boris");
            const path = `/incidents/${encodeURIComponent("public-record:pr-057")}`;
            const give = async ({ page }, url, breach, grounds) => {
                await page.goto(url + path);
                await loaded(page);
                await page.getByRole("button", { name: "Give an opinion" }).click();
                await page.getByRole("radio", { name: "confirmed", exact: true }).check();
                await page.getByRole("radio", { name: breach, exact: true }).check();
                await page.getByRole("textbox", { name: "Grounds" }).fill(grounds);
                await page.getByRole("button", { name: "Sign and enter in the record" }).click();
                await page.waitForFunction((words) => document.querySelector("section[aria-labelledby=incident-opinions] table")?.textContent.includes(words), grounds);
            };
            const carry = async (from, to) => {
                const bundle = await from.page.evaluate(async () => Array.from(new Uint8Array(await (await fetch("/exchange")).arrayBuffer())));
                const status = await to.page.evaluate(async (bytes) => (await fetch("/exchange", { method: "POST", headers: { "Content-Type": "application/octet-stream", "X-Truce": "1" }, body: new Uint8Array(bytes) })).status, bundle);
                assert.equal(status, 200);
            };
            await give(admin, server.url, "a violation", "Seen from the west");
            await admin.page.waitForSelector("section[aria-labelledby=incident-opinions] .badge.one_sided");
            await carry(admin, theirs);
            await give(theirs, theirServer.url, "undetermined", "Seen from the east");
            await carry(theirs, admin);
            for (const { page } of [admin, theirs]) {
                await page.waitForSelector("section[aria-labelledby=incident-opinions] .badge.divergent");
                const text = await page.locator("section[aria-labelledby=incident-opinions] table").innerText();
                for (const words of ["Seen from the west", "Seen from the east", "Agreed", "Divergent"]) assert.ok(text.includes(words), `${words} is not in ${text}`);
            }
            assert.deepEqual(theirs.complaints, []);
        } finally {
            await theirs.close();
            await theirServer.stop();
        }
    });
    await check("what is protected stands in no answer to anybody, by any route of the contract", async () => {
        const entry = (await ask(admin.page, "/api/record/entries?kind=account.received&limit=100")).rows.find((one) => one.by === "reporter" || JSON.stringify(one.body).includes("Two shells"));
        const incident = (await ask(admin.page, "/api/incidents?limit=1&q=two+shells+eastern+quarter")).rows[0].id;
        const feed = (await ask(admin.page, "/api/record/feeds")).feeds[0];
        const named = { "/api/incidents/{id}": incident, "/api/agreements/{id}": "sy-2016-05-04-aleppo", "/api/agreements/{id}/text": "sy-2016-05-04-aleppo" };
        const routes = [...contract.matchAll(/^  (\/[^:\s]*):\n {4}get:/gm)].map(([, route]) => route).filter((route) => route !== "/api/stream")
            .map((route) => route.replace(/\{(\w+)[.]*\}/g, (_, part) => encodeURIComponent({ origin: feed.origin, feed: feed.origin, seq: entry.seq, index: entry.seq, monitor: feed.folder, lang: "en" }[part] ?? named[route] ?? entry.id)));
        assert.ok(routes.length > 40, `${routes.length} routes`);
        for (const role of ["viewer", "reporter", "analyst", "monitor"]) {
            const { page, close } = await open(browser, server.url);
            await signIn(page, role);
            const leaks = await page.evaluate(async ([paths, secret]) => {
                const found = [];
                for (const path of paths) if ((await (await fetch(path)).text()).includes(secret)) found.push(path);
                return found;
            }, [routes, witness]);
            assert.deepEqual(leaks, [], role);
            for (const path of [`/incidents/${encodeURIComponent(incident)}`, "/record", "/incidents?q=two+shells"]) {
                await page.goto(server.url + path);
                await loaded(page);
                assert.ok(!(await page.content()).includes(witness), `${role}: ${path}`);
            }
            if (role === "viewer") {
                const rows = (await ask(page, `/api/accounts/${entry.id}/withheld`)).rows;
                assert.ok(rows.length > 0);
                const status = await page.evaluate(async (digest) => (await fetch(`/api/withheld/${digest}/open`, { method: "POST", headers: { "Content-Type": "application/json", "X-Truce": "1" }, body: JSON.stringify({ why: "curious" }) })).status, rows[0].digest);
                assert.equal(status, 403);
            }
            await close();
        }
    });
    await check("a hostile file is refused with its reason, leaves nothing behind, and what it says runs nowhere", async () => {
        const { page, complaints, close } = await open(browser, server.url);
        await signIn(page, "analyst");
        const before = (await ask(page, "/api/record/entries")).total;
        for (const [name, bytes] of [["../../etc/evil.csv", Buffer.from("PK\u0003\u0004 not a table")], ["bomb.csv", Buffer.alloc(200000, 0)], ["page.html", Buffer.from("<script>window.ran = 1</script>")]]) {
            await page.goto(`${server.url}/upload`);
            await loaded(page);
            await page.setInputFiles("input[type=file]", { name, mimeType: "text/csv", buffer: bytes });
            await page.locator("form button[type=submit]").click();
            await page.waitForSelector("main .message.bad[role=alert]");
            assert.ok((await page.locator("main .message.bad .note").first().textContent()).length > 10, name);
        }
        assert.equal((await ask(page, "/api/record/entries")).total, before);
        assert.ok(!existsSync(join(folder, "etc")) && !holds(mission, "not a table"));
        const said = '<img src=x onerror="window.ran = 1"><script>window.ran = 1</script>';
        const status = await page.evaluate(async (what) => (await fetch("/api/accounts", { method: "POST", headers: { "Content-Type": "application/json", "X-Truce": "1", "Idempotency-Key": crypto.randomUUID() },
            body: JSON.stringify({ when: { start: "2016-05-05T03:10" }, place: { lat: 36.2, lon: 37.15, name: what }, act: "attack.shelling", what }) })).status, said);
        assert.equal(status, 201);
        const id = await eventually(async () => (await ask(page, "/api/incidents?limit=1&q=onerror")).rows[0]?.id, "incident of the account");
        for (const path of [`/incidents/${encodeURIComponent(id)}`, "/incidents?q=onerror", "/record", "/"]) {
            await page.goto(server.url + path);
            await loaded(page);
            assert.equal(await page.evaluate(() => window.ran), undefined, path);
        }
        assert.deepEqual(complaints.filter((one) => !/status of 4\d\d/.test(one)), []);
        await close();
    });
    await check("on a line of 50 kB/s the first page is whole with less than 350 kB, the map left out", async () => {
        const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: "en-GB", serviceWorkers: "block" });
        const page = await context.newPage();
        page.setDefaultTimeout(90000);
        const line = await context.newCDPSession(page);
        await line.send("Network.enable");
        await line.send("Network.emulateNetworkConditions", { offline: false, latency: 300, downloadThroughput: 50000, uploadThroughput: 50000 });
        const urls = new Map();
        let bytes = 0;
        line.on("Network.requestWillBeSent", ({ requestId, request }) => urls.set(requestId, request.url));
        line.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => { if (!/\/app\/(map|countries)/.test(urls.get(requestId) ?? "")) bytes += encodedDataLength; });
        await page.goto(`${server.url}/?lang=ar`);
        await page.waitForSelector("input[name=name]");
        await signIn(page, "viewer");
        await page.waitForSelector("p.answer");
        await page.waitForSelector("#figure-incidents-by-day svg");
        console.log(`      ${bytes} bytes on the line`);
        assert.ok(bytes > 50000 && bytes < 350000, `${bytes} bytes`);
        await context.close();
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
    await check("the server is killed while it is written to; what it acknowledged is there again, once, and the session goes on", async () => {
        const { page, close } = await open(browser, server.url);
        await signIn(page, "reporter");
        const acknowledged = new Map();
        await page.exposeFunction("acknowledged", (key, account) => acknowledged.set(key, account));
        await page.evaluate(() => {
            const file = async (number) => {
                for (;;) {
                    const key = crypto.randomUUID();
                    const response = await fetch("/api/accounts", { method: "POST", headers: { "Content-Type": "application/json", "X-Truce": "1", "Idempotency-Key": key },
                        body: JSON.stringify({ when: { start: "2016-05-05T03:10" }, place: { lat: 36.2, lon: 37.15, name: "Salah al-Din" }, act: "attack.shelling", what: `Shells fell, as post ${number} tells.` }) });
                    if (response.status !== 201) return;
                    await window.acknowledged(key, (await response.json()).account);
                }
            };
            for (let number = 0; number < 4; ++number) void file(number).catch(() => undefined);
        });
        await eventually(async () => acknowledged.size >= 8, "acknowledgement of eight accounts");
        await server.kill();
        await close();
        server = await startServer(truce, options);
        await admin.page.goto(`${server.url}/record`);
        await loaded(admin.page);
        const there = [];
        for (let cursor = ""; cursor !== undefined;) {
            const part = await ask(admin.page, `/api/record/entries?kind=account.received&limit=1000${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
            there.push(...part.rows.map((one) => one.id));
            cursor = part.next;
        }
        assert.equal(new Set(there).size, there.length);
        assert.deepEqual([...acknowledged.values()].filter((account) => !there.includes(account)), []);
    });
    await admin.close();
} finally {
    await browser?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
}
console.log(failures === 0 ? "all held" : `${failures} did not hold`);
process.exit(failures === 0 ? 0 : 1);
