// SPDX-License-Identifier: Apache-2.0
// Starts the real `truce serve` on a free port.
import { spawn } from "node:child_process";

/** The address where it listens, and the code for the first administrator where it gives one. */
export async function startServer(truce, options) {
    const process = spawn(truce, ["serve", ...options, "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    let complained = "";
    process.stderr.on("data", (bytes) => { complained += bytes; });
    const gone = new Promise((done) => process.on("exit", done));
    const url = await new Promise((done, fail) => {
        process.stdout.on("data", (bytes) => {
            said += bytes;
            const address = /^https?:\/\/\S+?(?=\/?\s)/.exec(said)?.[0];
            if (address) done(address.replace(/\/$/, ""));
        });
        process.on("exit", (status) => fail(new Error(`truce serve ended with ${status}: ${complained}`)));
    });
    // The code comes right behind the address.
    await new Promise((done) => setTimeout(done, 200));
    return {
        url, code: /code: (\S+)/.exec(said)?.[1], complaints: () => complained,
        kill: () => { process.kill("SIGKILL"); return gone; },
        stop: () => { process.kill("SIGTERM"); return gone; },
    };
}
