// SPDX-License-Identifier: Apache-2.0
// Holds the app's types to the contract: src/app/api-types.ts must be what src/server/openapi.yaml gives (`npm run types`).
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const web = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = mkdtempSync(join(tmpdir(), "truce-contract-"));
try {
    const made = join(folder, "types.ts");
    execFileSync(join(web, "node_modules/.bin/openapi-typescript"), [join(web, "../src/server/openapi.yaml"), "-o", made], { stdio: ["ignore", "ignore", "inherit"] });
    const held = readFileSync(join(web, "src/app/api-types.ts"), "utf8");
    if (held !== `// SPDX-License-Identifier: Apache-2.0\n${readFileSync(made, "utf8")}`) {
        console.error("web/src/app/api-types.ts is not what src/server/openapi.yaml gives. Run `npm run types` in web/.");
        process.exit(1);
    }
} finally {
    rmSync(folder, { recursive: true, force: true });
}
console.log("the types are the contract's");
