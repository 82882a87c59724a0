// SPDX-License-Identifier: Apache-2.0
// A stand-in for `truce serve` in tests of the app alone: answers in the shape of src/server/openapi.yaml from what
// `truce assess` wrote, with a small record of two monitors, signed as real ones are. Keeps what is written in memory.
//   node mock.mjs APP_FOLDER ASSESSED_FOLDER [PORT] [INCIDENTS]     INCIDENTS: as many, made from those that there are
import { createHash, createPrivateKey, sign } from "node:crypto";
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
export const policy = "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'";
const types = { js: "text/javascript", css: "text/css", html: "text/html; charset=utf-8", json: "application/json", svg: "image/svg+xml", webmanifest: "application/manifest+json" };

/** The rows of comma-separated text, by column. */
export function csvRows(text) {
    const rows = [];
    let row = [];
    let cell = "";
    let quoted = false;
    for (let i = 0; i < text.length; ++i) {
        const c = text[i];
        if (quoted && c === '"' && text[i + 1] === '"') { cell += '"'; ++i; }
        else if (c === '"') quoted = !quoted;
        else if (c === "," && !quoted) { row.push(cell); cell = ""; }
        else if (c === "\n" && !quoted) { rows.push([...row, cell]); row = []; cell = ""; }
        else if (c !== "\r") cell += c;
    }
    const [head, ...rest] = rows;
    return rest.map((values) => Object.fromEntries(head.map((name, i) => [name, values[i] ?? ""])));
}

const number = (text) => (text === "" ? null : Number(text));
const count = (row, name) => (row[`${name}_best`] === "" ? null : { low: number(row[`${name}_low`]), best: number(row[`${name}_best`]), high: number(row[`${name}_high`]) });
const side = (row, name) => ({ name: row[`${name}_name`] ?? "", basis: row[`${name}_basis`] || "unknown", candidates: row[name] ? row[name].split(";").map((actor) => ({ actor, probability: 1 })) : [{ actor: null, probability: null }] });
const happening = (row) => ({
    when: { start: row.start_utc, end: row.end_utc, start_local: row.start_local, end_local: row.end_local, precision: row.time_precision },
    place: { lat: number(row.lat), lon: number(row.lon), radius_km: number(row.radius_km), within: row.within || null, precision: row.place_precision, name: row.place, admin1: row.admin1 },
    act: row.act, roles: row.roles, attacker: side(row, "attacker"), target: side(row, "target"), target_kinds: row.target_kinds ? row.target_kinds.split(";") : [],
    toll: { killed: count(row, "killed"), civilians_killed: count(row, "civilians_killed"), injured: count(row, "injured") },
});

function key(text) {
    const seed = createHash("sha256").update(text).digest();
    return createPrivateKey({ key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]), format: "der", type: "pkcs8" });
}
const sha = (...parts) => createHash("sha256").update(Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)))).digest();
const leaf = (entry) => sha(Buffer.from([0]), entry);
const node = (left, right) => sha(Buffer.from([1]), left, right);

/** The root over leaves, and the path of one of them. */
function tree(leaves, index = 0) {
    if (leaves.length === 1) return { root: leaves[0], path: [] };
    let split = 1;
    while (split * 2 < leaves.length) split *= 2;
    const [left, right] = [tree(leaves.slice(0, split), index), tree(leaves.slice(split), index - split)];
    return { root: node(left.root, right.root), path: index < split ? [...left.path, right.root] : [...right.path, left.root] };
}

/** A feed of one monitor, whose head another has cosigned. */
class Feed {
    constructor(origin, witness) {
        this.origin = origin;
        this.private = key(`mock ${origin}`);
        this.witness = { name: `${witness}/witness`, private: key(`mock ${witness} witness`) };
        this.entries = [];
    }
    static text(name, type, secret) {
        const bytes = Buffer.concat([Buffer.from([type]), Buffer.from(secret.export({ format: "jwk" }).x, "base64url")]);
        return { id: sha(`${name}\n`, bytes).subarray(0, 4), text: `${name}+${sha(`${name}\n`, bytes).subarray(0, 4).toString("hex")}+${bytes.toString("base64")}` };
    }
    add(kind, by, claimed, body) {
        const bytes = Buffer.from(JSON.stringify({ body, by, claimed, feed: this.origin, kind, seq: this.entries.length, v: 1 }));
        const entry = { id: leaf(bytes).toString("hex"), feed: this.origin, seq: this.entries.length, kind, by, claimed, body };
        this.entries.push({ bytes, entry });
        return entry;
    }
    get checkpoint() {
        if (this.entries.length === 0) return "";
        const text = `${this.origin}\n${this.entries.length}\n${tree(this.entries.map((one) => leaf(one.bytes))).root.toString("base64")}\n`;
        const line = (name, id, ...bytes) => `\u2014 ${name} ${Buffer.concat([id, ...bytes]).toString("base64")}\n`;
        const time = Buffer.alloc(8);
        time.writeBigUInt64BE(1462400000n);
        const cosigned = sign(null, Buffer.from(`cosignature/v1\ntime 1462400000\n${text}`), this.witness.private);
        return `${text}\n${line(this.origin, Feed.text(this.origin, 1, this.private).id, sign(null, Buffer.from(text), this.private))}${line(this.witness.name, Feed.text(this.witness.name, 4, this.witness.private).id, time, cosigned)}`;
    }
    proof(index) {
        const { path } = tree(this.entries.map((one) => leaf(one.bytes)), index);
        return `c2sp.org/tlog-proof@v1\nindex ${index}\n${path.map((hash) => `${hash.toString("base64")}\n`).join("")}\n${this.checkpoint}`;
    }
}

const rightsOf = (role) => {
    const all = { viewer: ["read"], reporter: ["account.write"], analyst: ["upload", "link.write", "report.make"], monitor: ["opinion.write", "inquiry.write", "notice.write", "notice.acknowledge", "report.publish"], admin: ["people.manage"] };
    const names = Object.keys(all);
    return names.slice(0, names.indexOf(role) + 1).flatMap((name) => all[name]);
};

/** Starts the stand-in; `url` is where it listens. */
export async function startMock({ app, assessed, messages = join(here, "../../messages"), port = 0, incidents: wanted = 0 }) {
    const read = (name) => readFileSync(join(assessed, name), "utf8");
    const assessment = JSON.parse(read("assessment.json"));
    const findings = csvRows(read("findings.csv"));
    const accounts = csvRows(read("accounts.csv")).map((row) => ({ ...happening(row), id: row.account, source: row.source, kind: row.kind, row: Number(row.row), line: Number(row.line), file: row.file, sha256: row.sha256, key: row.key, act_as_told: row.act_as_told, summary: row.summary, cites: row.cites, url: row.url, remarks: row.remarks ? [row.remarks] : [], incident: row.account }));
    let incidents = csvRows(read("incidents.csv")).map((row) => ({ ...happening(row), id: row.incident, accounts: row.accounts.split(";"), verdict: row.verdict, commitment: row.commitment || null, chance: { low: Number(row.chance_low), high: Number(row.chance_high) }, in_focus: row.in_focus, side: row.side, days: row.days, summary: row.summary, joint: "no_finding" }));
    if (wanted > incidents.length) {
        const some = incidents;
        incidents = Array.from({ length: wanted }, (_, i) => {
            const one = some[i % some.length];
            const turn = Math.floor(i / some.length);
            return { ...one, id: `${one.id}-${turn}`, place: { ...one.place, lat: one.place.lat === null ? null : one.place.lat + ((turn * 37) % 200) / 400 - 0.25, lon: one.place.lon === null ? null : one.place.lon + ((turn * 53) % 200) / 400 - 0.25 } };
        });
    }
    incidents.sort((a, b) => a.when.start.localeCompare(b.when.start) || a.id.localeCompare(b.id));
    const zone = assessment.mission.zone;
    const local = (day) => Math.round(Date.parse(`${day}T00:00:00Z`) / 86400000);
    const lastDay = (when) => local(when.end_local.slice(0, 10)) - (when.end_local.endsWith("00:00") && when.end !== when.start ? 1 : 0);

    const us = new Feed("monitor.example/usa", "monitor.example/russia");
    const them = new Feed("monitor.example/russia", "monitor.example/usa");
    const disputed = incidents.find((one) => one.verdict === "breach" && one.side === "after") ?? incidents[0];
    const opinions = new Map();
    const opinion = (feed, incident, axes, claimed) => {
        const entry = feed.add("opinion.given", "watch officer", claimed, { account: incident.id, ...axes });
        const all = opinions.get(incident.id) ?? [];
        const before = all.find((one) => one.by === feed.origin);
        opinions.set(incident.id, [...all.filter((one) => one !== before), { ...axes, incident: incident.id, by: feed.origin, entry: entry.id, claimed, replaced: before ? before.replaced + 1 : 0 }]);
        return entry;
    };
    us.add("unit.named", "liaison", "2016-05-04T06:00:00Z", { unit: "hq", name: "General staff", party: "sy-government" });
    const notice = us.add("notice.issued", "liaison", "2016-05-04T07:00:00Z", { from: "usa", to: ["hq"], text: "The cessation of hostilities holds in Aleppo from 00:01 today. Stop all offensive operations.", level: "order", due: "2016-05-05T07:00:00Z" });
    opinion(us, disputed, { occurrence: "confirmed", breach: "violation", agreement: "sy-2016-05-04-aleppo", duty: "no-attacks", attribution: "party", authors: ["sy-government"], grounds: "Crater analysis and two witnesses", grade: "B2", standard: "reasonable_grounds" }, "2016-05-06T09:10:00Z");
    opinion(them, disputed, { occurrence: "confirmed", breach: "undetermined", attribution: "unattributed", grounds: "The crater does not show the direction", grade: "C3" }, "2016-05-06T15:40:00Z");
    const status = (values) => (values.length === 0 ? "no_finding" : values.length === 1 ? "one_sided" : new Set(values).size === 1 ? "agreed" : "divergent");
    const jointOf = (id) => {
        const all = opinions.get(id) ?? [];
        const axis = (name) => status(all.flatMap((one) => (one[name] ? [one[name]] : [])));
        const axes = { occurrence: axis("occurrence"), breach: axis("breach"), attribution: axis("attribution") };
        const found = Object.values(axes).filter((one) => one !== "no_finding");
        return { overall: found.includes("divergent") ? "divergent" : found.includes("one_sided") ? "one_sided" : found.length ? "agreed" : "no_finding", ...axes };
    };
    const units = [["hq", "General staff", null], ["corps", "Aleppo corps", "hq"], ["b1", "1st brigade", "corps"], ["b2", "2nd brigade", "corps"], ["b3", "Southern brigade", "hq"]].map(([id, name, under]) => ({ id, name, under, party: "sy-government", area: "" }));
    const told = { hq: ["2016-05-04T07:00:00Z", "2016-05-04T07:20:00Z"], corps: ["2016-05-04T09:00:00Z", "2016-05-04T11:00:00Z"], b1: ["2016-05-04T15:00:00Z", null], b3: ["2016-05-05T02:00:00Z", "2016-05-05T06:10:00Z"] };
    const inquiries = [];
    const reports = [];
    const keys = new Map();
    const sessions = new Map();
    const people = [["admin", "admin"], ["monitor", "monitor"], ["analyst", "analyst"], ["reporter", "reporter"], ["viewer", "viewer"]].map(([id, role]) => ({ id, name: id, role, disabled: false, party: null, last_seen: null }));
    let version = 1;
    const streams = new Set();
    const tidings = () => { ++version; for (const stream of streams) stream.write(`id: ${version}\nevent: record\ndata: {}\n\n`); };

    const moment = (bounds) => ({ ...bounds, known: bounds.earliest !== null && bounds.earliest === bounds.latest });
    const agreements = assessment.agreements.map((one) => ({
        id: one.id, title: one.title, class: one.class, from: moment(one.from), until: moment(one.until), standing: one.state_on_last_day,
        lineage: one.id === assessment.agreements[0].id ? [] : [{ relation: "reaffirms", other: assessment.agreements[0].id }],
        area: [{ by: "usa", area: "aleppo-city-and-surroundings" }, { by: "russia", area: "aleppo-city-and-surroundings" }],
        guarantors: [{ actor: "usa", for: "sy-opposition" }, { actor: "russia", for: "sy-government" }],
        adherents: [{ actor: "sy-government", capacity: "adherent", via: "russia", accepted: moment(one.from), withdrawn: null }, { actor: "sy-opposition", capacity: "adherent", via: "usa", accepted: moment(one.from), withdrawn: null }],
        excluded: [{ actor: "islamic-state", basis: "named" }, { actor: "nusra-front", basis: "named" }],
        duties: [{ id: "no-attacks", deontic: "prohibited", acts: ["attack"], against: ["adherent", "civilian"] }], exceptions: [{ id: "self-defence", kind: "self_defence", test: "proportionate" }],
        mechanism: { monitors: ["usa", "russia"], decides: "jointly_or_separately" }, sources: [{ title: "Joint statement", url: "https://www.example.org/statement", date: "2016-05-04" }],
    }));
    const actorIds = [...new Set(incidents.flatMap((one) => [...one.attacker.candidates, ...one.target.candidates].map((other) => other.actor)).filter(Boolean).concat(["usa", "russia", "sy-government", "sy-opposition", "islamic-state", "nusra-front"]))].sort();
    const findingOf = (row) => ({
        incident: row.incident, commitment: row.commitment, agreement: row.commitment.split("/")[0], duty: row.commitment.split("/")[1], verdict: row.verdict, chance: { low: Number(row.chance_low), high: Number(row.chance_high) }, reason: "",
        elements: ["in_force", "in_area", "actor_bound", "target_protected", "not_excluded", "act_prohibited", "no_exception"].map((element) => ({ element, answer: row[element], reason: row[`${element}_reason`], chance: { low: Number(row[`${element}_low`]), high: Number(row[`${element}_high`]) } })),
        authors: row.authors ? row.authors.split(";").map((actor) => ({ actor: actor.split("=")[0], probability: null })) : [], order_reached: row.order_reached, versions: [],
        flip: row.flip_element ? { element: row.flip_element, to: row.flip_to, then: row.flip_then, if_actor: row.flip_if_actor || null } : null,
    });
    const columnsOf = (rows) => {
        const dictionaries = {};
        const code = (name, value) => {
            const values = (dictionaries[name] ??= []);
            const at = values.indexOf(value);
            return at >= 0 ? at : values.push(value) - 1;
        };
        for (const verdict of ["breach", "breach_likely", "undetermined", "out_of_scope_likely", "not_breach", "out_of_scope"]) code("verdict", verdict);
        const actors = (one) => [...new Set(one.attacker.candidates.map((other) => code("attacker", other.actor ?? "?")))];
        return {
            version: String(version), dictionaries, id: rows.map((one) => one.id), first: rows.map((one) => local(one.when.start_local.slice(0, 10))), last: rows.map((one) => lastDay(one.when)),
            lat: rows.map((one) => one.place.lat), lon: rows.map((one) => one.place.lon), km: rows.map((one) => one.place.radius_km ?? 0), within: rows.map((one) => (one.place.within ? 1 : 0)),
            verdict: rows.map((one) => code("verdict", one.verdict)), killed: rows.map((one) => one.toll.killed?.best ?? -1), act: rows.map((one) => code("act", one.act)), attacker: rows.map(actors),
            admin1: rows.map((one) => code("admin1", one.place.admin1)), source: rows.map((one) => [code("source", one.accounts[0].split(":")[0])]), in_focus: rows.map((one) => code("in_focus", one.in_focus)), side: rows.map((one) => code("side", one.side)), joint: rows.map((one) => code("joint", jointOf(one.id).overall)),
        };
    };
    const seen = incidents.filter((one) => one.place.lat !== null);
    const view = [Math.min(...seen.map((one) => one.place.lon)), Math.min(...seen.map((one) => one.place.lat)), Math.max(...seen.map((one) => one.place.lon)), Math.max(...seen.map((one) => one.place.lat))];
    const words = Object.fromEntries(["en", "ar", "ru", "fr"].map((one) => [one, JSON.parse(readFileSync(join(messages, `${one}.json`), "utf8"))]));
    const areaIds = ["aleppo-city-and-surroundings"];
    const mission = () => ({
        id: assessment.mission.id, title: assessment.mission.title, zone, languages: ["en", "ar"], monitors: [{ id: "usa", name: { en: "United States of America", ar: "الولايات المتحدة الأمريكية" } }, { id: "russia", name: { en: "Russian Federation", ar: "الاتحاد الروسي" } }],
        sources: assessment.sources, agreements: agreements.length, truce: { agreement: assessment.truce.agreement, day: assessment.truce.day }, focus: assessment.focus, days: assessment.period, incidents: incidents.length, accounts: accounts.length,
        software_version: assessment.version, as_of: "2016-05-21T04:00:00Z", version: String(version), record: { held: true, writable: true, feed: us.origin }, view,
    });
    const focus = assessment.course.focus;
    const now = (lang) => {
        const [before, last] = focus.slice(-2);
        const say = (name, values) => Object.entries(values).reduce((text, [k, v]) => text.replaceAll(`{${k}}`, v), words[lang][name] ?? name);
        return {
            sentence: say("holding.cannot_be_estimated", { area: "\u2068Aleppo\u2069", why: say("no_verdict.selection_only", {}) }), word: "cannot_be_estimated", area: "Aleppo", truce_day: assessment.truce.day, ratio: null, interval: null,
            since_truce: assessment.incidents_by_verdict.focus_since_truce, yesterday: { day: last.day, incidents: last.incidents, breaches: last.breaches, deaths: last.deaths, before }, caveats: [say("holding.reported_only", {})],
            overdue: [{ id: "1", about: "acknowledgement_overdue", headline: "2nd brigade", description: "Not told, and it was due on 5 May.", due: "2016-05-05T07:00:00Z" }],
            came_in: [...us.entries, ...them.entries].map((one) => one.entry).sort((a, b) => b.claimed.localeCompare(a.claimed)), latest: incidents.slice(-5).reverse(), course: focus, as_of: "2016-05-21T04:00:00Z",
        };
    };
    const noticeOf = () => {
        const list = units.map((one) => ({ unit: one.id, told: told[one.id]?.[0] ?? null, acknowledged: told[one.id]?.[1] ?? null, channel: told[one.id] ? "radio" : "" }));
        const course = Object.values(told).flatMap(([at, ack]) => [at, ack]).filter(Boolean).sort().map((at) => ({ at, told: list.filter((one) => one.told && one.told <= at).length, acknowledged: list.filter((one) => one.acknowledged && one.acknowledged <= at).length }));
        return { id: notice.id, by: us.origin, issued: notice.claimed, agreement: "sy-2016-05-04-aleppo", from: "usa", to: ["hq"], text: notice.body.text, level: "order", due: notice.body.due, units: list, coverage: { units: units.length, told: list.filter((one) => one.told).length, acknowledged: list.filter((one) => one.acknowledged).length }, course };
    };
    const byId = new Map(incidents.map((one) => [one.id, one]));
    const fits = (one, query) => (!query.has("id") || query.getAll("id").includes(one.id)) && (!query.has("verdict") || query.getAll("verdict").includes(one.verdict)) && (query.get("q") ?? "").toLowerCase().split(/\s+/).every((word) => `${one.summary} ${one.place.name}`.toLowerCase().includes(word));

    const routes = {
        "GET /api/mission": () => mission(),
        "GET /api/actors": () => ({ total: actorIds.length, rows: actorIds.map((id) => ({ id, kind: "group", name: assessment.by_party.find((one) => one.id === id)?.name ?? { en: id }, relations: [] })) }),
        "GET /api/areas": () => ({ total: 1, rows: areaIds.map((id) => ({ id, name: { en: "Aleppo city and surroundings", ar: "مدينة حلب ومحيطها" }, bbox: [36.3, 35.7, 38.2, 36.8] })) }),
        "GET /api/areas.geojson": () => ({ type: "FeatureCollection", features: areaIds.map((id) => ({ type: "Feature", properties: { id }, geometry: { type: "Polygon", coordinates: [[[36.3, 35.7], [38.2, 35.7], [38.2, 36.8], [36.3, 36.8], [36.3, 35.7]]] } })) }),
        "GET /api/now": (query) => now(query.get("lang") ?? "en"),
        "GET /api/assessment": () => assessment,
        "GET /api/incidents.columns": (query) => columnsOf(incidents.filter((one) => fits(one, query))),
        "GET /api/incidents": (query) => {
            const rows = (query.has("id") ? query.getAll("id").map((id) => byId.get(id)).filter(Boolean) : incidents.filter((one) => fits(one, query)));
            return { total: rows.length, rows: rows.slice(0, Number(query.get("limit") ?? 50)).map((one) => ({ ...one, joint: jointOf(one.id).overall })) };
        },
        "GET /api/agreements": () => ({ total: agreements.length, rows: agreements }),
        "GET /api/bound": (query) => ({
            at: "2016-05-03T21:30:00Z", at_local: query.get("at"), place: query.get("place")?.split(",").map(Number) ?? null, actor: query.get("actor"), act: query.get("act"),
            commitments: agreements.map((one, i) => ({ commitment: `${one.id}/no-attacks`, agreement: one.id, duty: "no-attacks", binds: ["yes", "unknown", "no"][i % 3], elements: [{ element: "in_force", answer: "yes", reason: "within_period" }, { element: "in_area", answer: ["yes", "unknown", "no"][i % 3], reason: ["inside_area", "partly_inside", "outside_area"][i % 3] }] })),
        }),
        "GET /api/notices": () => ({ total: 1, rows: [noticeOf()], units, overdue: now("en").overdue, next_steps: [] }),
        "GET /api/inquiries": () => ({ total: inquiries.length, rows: inquiries }),
        "GET /api/record/feeds": () => ({
            feeds: [us, them].map((feed) => ({ origin: feed.origin, folder: feed.origin.replaceAll("/", "_"), own: feed === us, size: feed.entries.length, root: tree(feed.entries.map((one) => leaf(one.bytes))).root.toString("hex"), checkpoint: feed.checkpoint, cosigned_by: [feed.witness.name], agreed_size: feed.entries.length, forked: false, keys: [Feed.text(feed.origin, 1, feed.private).text] })),
            policy: [us, them].map((feed) => `log ${Feed.text(feed.origin, 1, feed.private).text}\nwitness ${feed.witness.name.replaceAll("/", "_")} ${Feed.text(feed.witness.name, 4, feed.witness.private).text}`).join("\n"), quorum: "both", digest: sha("state").toString("hex"),
        }),
        "GET /api/record/entries": (query) => {
            const rows = [...us.entries, ...them.entries].map((one) => one.entry).filter((one) => (!query.get("feed") || one.feed === query.get("feed")) && (!query.get("kind") || one.kind === query.get("kind")));
            return { total: rows.length, rows };
        },
        "GET /api/reports": () => ({ total: reports.length, rows: reports }),
        "GET /api/people": () => ({ total: people.length, rows: people }),
        "GET /api/sessions": () => ({ rows: [{ id: "1", created: "2016-05-20T08:00:00Z", last_seen: "2016-05-21T08:00:00Z", current: true }] }),
        "GET /api/tokens": () => ({ rows: [] }),
        "POST /api/opinions": (_, body) => {
            if (!body.occurrence && !body.breach && !body.attribution) return { problem: 422, title: "Nothing is said", errors: [{ field: "occurrence", message: "at least one axis" }] };
            const { incident, ...axes } = body;
            const entry = opinion(us, byId.get(incident), axes, new Date().toISOString().slice(0, 19) + "Z");
            tidings();
            return { status: 201, id: entry.id, entry: { feed: us.origin, seq: entry.seq }, joint: jointOf(incident) };
        },
        "POST /api/accounts": (_, body, headers) => {
            const idempotency = headers["idempotency-key"];
            if (!idempotency) return { problem: 400, title: "Idempotency-Key is missing" };
            if (keys.has(idempotency)) return keys.get(idempotency);
            if (body.what.includes("REFUSE")) return { problem: 422, title: "The account is wrong", errors: [{ field: "what", message: "refused for the test" }] };
            const { witness, exact_place, ...open } = body;
            const entry = us.add("account.received", "reporter", new Date().toISOString().slice(0, 19) + "Z", { source: "reporters", row: { what: open.what }, ...(witness || exact_place ? { _sd: ["digest"] } : {}) });
            const answer = { status: 201, id: entry.id, entry: { feed: us.origin, seq: entry.seq } };
            keys.set(idempotency, answer);
            tidings();
            return answer;
        },
        "POST /api/inquiries": (_, body) => { inquiries.push({ id: `q${inquiries.length}`, by: us.origin, opened: "2016-05-20T08:00:00Z", stage: "queried", due: null, replies: [], agreement: "", clock: "", incident: body.account, ...body }); tidings(); return { status: 201, id: "q", entry: { feed: us.origin, seq: 0 } }; },
        "POST /api/reports": (_, body) => { const made = { id: `r${reports.length + 1}`, title: body.title ?? "", tier: body.tier, made: "2016-05-21T04:00:00Z", sha256: sha("report").toString("hex"), bytes: 2837566, published: null }; reports.push(made); return { status: 201, ...made }; },
        "POST /api/uploads": (query) => ({ status: query.get("dry_run") ? 200 : 202, id: "u1", name: query.get("name"), format: "table", state: query.get("dry_run") ? "dry_run" : "done", rows: 3, accounts: 2, rejects: 1, already_there: 0, errors: [{ line: 4, column: "date", message: "date '2016-13-02' has month 13; want YYYY-MM-DD" }] }),
    };
    const prefixes = [
        ["GET", /^\/api\/incidents\/([^/]+)$/, (id) => {
            const one = byId.get(id);
            if (!one) return { problem: 404, title: "No such incident" };
            const name = id.replace(/-\d+$/, (tail) => (findings.some((row) => row.incident === id) ? tail : ""));
            return { ...one, told: accounts.filter((other) => one.accounts.includes(other.id)), links: [], findings: findings.filter((row) => row.incident === id || row.incident === name).map(findingOf), opinions: opinions.get(id) ?? [], joint: jointOf(id).overall, joint_axes: jointOf(id), stage: opinions.has(id) ? "found" : "logged", inquiries: inquiries.filter((other) => one.accounts.includes(other.account)), history: [...us.entries, ...them.entries].map((other) => other.entry).filter((entry) => entry.body.account === id) };
        }],
        ["GET", /^\/api\/agreements\/([^/]+)$/, (id) => agreements.find((one) => one.id === id) ?? { problem: 404, title: "No such agreement" }],
        ["GET", /^\/api\/analysis\/[a-z]+$/, () => ({ sentences: ["Whether violence in Aleppo fell cannot be estimated."] })],
        ["GET", /^\/api\/record\/proofs\/([^/]+)\/(\d+)$/, (origin, index) => {
            const feed = [us, them].find((one) => one.origin === origin);
            return { origin, index: Number(index), entry: feed.entries[index].bytes.toString("base64"), proof: feed.proof(Number(index)) };
        }],
        ["POST", /^\/api\/notices\/([^/]+)\/acknowledge$/, (_, __, body) => { told[body.unit] = [told[body.unit]?.[0] ?? body.at, body.at]; tidings(); return { status: 201, id: "a", entry: { feed: us.origin, seq: 0 } }; }],
        ["POST", /^\/api\/reports\/([^/]+)\/publish$/, (id) => { const one = reports.find((other) => other.id === id); one.published = "2016-05-21T05:00:00Z"; return { status: 201, ...one }; }],
        ["PATCH", /^\/api\/people\/([^/]+)$/, (id, _, body) => Object.assign(people.find((one) => one.id === id), body)],
    ];

    const server = createServer((request, response) => {
        const url = new URL(request.url, "http://mock");
        const path = url.pathname;
        const head = { "Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-cache" };
        const answer = (status, body, type = "application/json") => { response.writeHead(status, { ...head, "Content-Type": type }); response.end(typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body)); };
        const problem = (status, title, errors) => answer(status, { type: "about:blank", title, status, ...(errors ? { errors } : {}) }, "application/problem+json");
        const file = (name) => {
            const whole = name.startsWith("messages/") ? join(messages, name.slice(9)) : join(app, name);
            if (!/^[a-z0-9_./-]+$/i.test(name) || name.includes("..") || !existsSync(whole)) return problem(404, "No such file");
            response.writeHead(200, { ...head, "Content-Type": types[name.split(".").pop()] ?? "application/octet-stream" });
            return createReadStream(whole).pipe(response);
        };
        if (path === "/sw.js") return file("sw.js");
        if (path.startsWith("/app/")) return file(path.slice(5));
        if (!path.startsWith("/api/")) return file("index.html");
        const cookie = /session=([a-z]+)/.exec(request.headers.cookie ?? "")?.[1];
        const person = sessions.get(cookie) ?? null;
        const chunks = [];
        request.on("data", (chunk) => chunks.push(chunk));
        request.on("end", () => {
            const text = Buffer.concat(chunks).toString();
            const body = text && request.headers["content-type"] === "application/json" ? JSON.parse(text) : {};
            if (path === "/api/first-admin") return answer(200, { wanted: false });
            if (path === "/api/sessions" && request.method === "POST") {
                const known = people.find((one) => one.name === body.name);
                if (!known || body.password !== "a long sentence") return problem(401, "Name and password do not belong together");
                sessions.set(known.id, known);
                response.setHeader("Set-Cookie", `session=${known.id}; HttpOnly; SameSite=Strict; Path=/`);
                return answer(201, { ...known, rights: rightsOf(known.role) });
            }
            if (!person) return problem(401, "Not signed in");
            if (path === "/api/session") return answer(200, { ...person, rights: rightsOf(person.role) });
            if (path === "/api/sessions" && request.method === "DELETE") { sessions.delete(cookie); return answer(204, ""); }
            if (request.method !== "GET" && request.headers["x-truce"] !== "1") return problem(403, "X-Truce is missing");
            if (path === "/api/stream") { response.writeHead(200, { ...head, "Content-Type": "text/event-stream" }); response.write(": here\n\n"); streams.add(response); request.on("close", () => streams.delete(response)); return undefined; }
            if (/^\/api\/(report|reports\/[^/]+)\.?html$/.test(path)) return answer(200, readFileSync(join(assessed, "report.html")), "text/html; charset=utf-8");
            try {
                const route = routes[`${request.method} ${path}`];
                let result = route?.(url.searchParams, body, request.headers);
                if (!route) {
                    const found = prefixes.find(([method, pattern]) => method === request.method && pattern.test(path));
                    if (!found) return problem(404, `Nothing is at ${path}`);
                    const parts = found[1].exec(path).slice(1).map(decodeURIComponent);
                    result = found[2](...parts, ...(request.method === "GET" ? [] : [undefined, body].slice(parts.length - 1)));
                }
                if (result.problem) return problem(result.problem, result.title, result.errors);
                const { status: code = 200, ...rest } = result;
                return answer(typeof code === "number" ? code : 200, typeof code === "number" ? rest : result);
            } catch (error) {
                return problem(500, String(error.stack));
            }
        });
        return undefined;
    });
    await new Promise((done) => server.listen(port, "127.0.0.1", done));
    const url = `http://127.0.0.1:${server.address().port}`;
    return { url, written: () => us.entries.map((one) => one.entry), stop: () => new Promise((done) => { for (const stream of streams) stream.end(); server.closeAllConnections(); server.close(done); }) };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
    const [app, assessed, port, incidents] = process.argv.slice(2);
    const { url } = await startMock({ app, assessed, port: Number(port ?? 0), incidents: Number(incidents ?? 0) });
    console.log(url);
}
