// SPDX-License-Identifier: Apache-2.0
// Builds the app into one folder: what the server gives out below /app/, with index.html for its pages and sw.js.
//   node build_app.mjs FOLDER
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "src/app");
const out = process.argv[2];
if (!out) {
    console.error("usage: node build_app.mjs FOLDER");
    process.exit(2);
}
mkdirSync(out, { recursive: true });

const common = { bundle: true, minify: true, target: "es2020", charset: "ascii", legalComments: "none", logLevel: "warning", absWorkingDir: here };
const bundle = (entry, name, more = {}) => esbuild.build({ ...common, entryPoints: [join(source, entry)], outfile: join(out, name), format: "esm", ...more });
await Promise.all([bundle("main.tsx", "app.js"), bundle("map/map.ts", "map.js"), bundle("app.css", "app.css", { format: undefined })]);

const copies = [
    [join(source, "icon.svg"), "icon.svg"],
    [join(source, "manifest.webmanifest"), "manifest.webmanifest"],
    [join(source, "index.html"), "index.html"],
    [join(here, "node_modules/maplibre-gl/dist/maplibre-gl-csp-worker.js"), "map-worker.js"],
    [join(here, "node_modules/world-atlas/countries-50m.json"), "countries-50m.json"],
];
for (const [from, name] of copies) copyFileSync(from, join(out, name));

// The same files give the same name of the shell, and others another.
const hash = createHash("sha256");
for (const name of ["app.js", "app.css", "index.html"]) hash.update(readFileSync(join(out, name)));
for (const language of ["en", "ar", "ru", "fr"]) hash.update(readFileSync(join(here, `../messages/${language}.json`)));
const build = hash.digest("hex").slice(0, 16);
await bundle("offline/service_worker.ts", "sw.js", { format: "iife", define: { BUILD: JSON.stringify(build) } });
writeFileSync(join(out, "build.txt"), `${build}\n`);
