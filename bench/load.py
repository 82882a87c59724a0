#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Loads `truce serve` as a monitoring cell at its worst does, and holds it to what it acknowledged.

usage: load.py TRUCE BENCH_LOAD [--rate 200] [--seconds 10] [--subscribers 1000] [--overload 0]

A server with a key and a record takes accounts at `--rate`, open loop (each delay counts from the time at which the request was to go
out); then `--subscribers` follow its stream while accounts come in; then, where `--overload` is given, accounts come at that rate, of
which it must refuse by 503 what it cannot do. Then it is killed (SIGKILL), and every account that it acknowledged must be in the
record. Beside the delays are the raw bounds of the same run: /health at the same rate, and writing and syncing 1 KiB on the same disk.
Exits with 1 where an acknowledged account is missing, an answer was neither 201 nor 503, or a stream was lost; delays are printed and not
judged, since they are the machine's too.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests"))
import serve_people  # noqa: E402


class Load:
    def __init__(self, asked):
        self.asked = asked
        serve_people.truce = asked.truce
        self.office = serve_people.Office()
        self.runs = []
        made = self.office.ask("POST", "/api/first-admin", {"code": self.office.code, "name": "admin", "password": serve_people.password})
        assert made.status == 201, made.content
        self.cookie = serve_people.cookie_of(made)
        self.wrong = []

    def drive(self, *arguments):
        done = subprocess.run([self.asked.bench_load, "--port", str(self.office.port), "--cookie", self.cookie, *map(str, arguments)],
                              stdout=subprocess.PIPE, text=True, check=True)
        return json.loads(done.stdout.splitlines()[-1])

    def file(self, name, rate, seconds):
        """Accounts at a rate; their keys are kept to be looked for."""
        path = pathlib.Path(self.office.temporary.name) / f"{name}.keys"
        self.runs.append(path)
        made = self.drive("--rate", rate, "--seconds", seconds, "--run", name, "--acknowledged", path)
        unexpected = {status: count for status, count in made["statuses"].items() if status not in ("201", "503")}
        if unexpected:
            self.wrong.append(f"{name}: answers {unexpected}")
        return made

    def follow(self, count, seconds):
        """Subscribers, while accounts come in that each publication tells them of."""
        streams = subprocess.Popen([self.asked.bench_load, "--port", str(self.office.port), "--cookie", self.cookie,
                                    "--subscribers", str(count), "--seconds", str(seconds)], stdout=subprocess.PIPE, text=True)
        assert streams.stdout.readline() == "ready\n"
        self.file("live", 5, max(1, seconds - 2))
        told = json.loads(streams.stdout.read())
        streams.wait()
        if told["lost"] or told["events"] == 0:
            self.wrong.append(f"streams: {told}")
        return told

    def kept(self):
        """The keys of all accounts that are under a signed checkpoint, read from the feed's own tiles; the record verifies."""
        serve_people.run("record", "verify", self.office.folder)
        keys = set()
        for tile in (self.office.folder / "feeds").glob("*/tile/entries/**/*"):
            if tile.is_file():
                keys.update(key.decode() for key in re.findall(rb"[a-z]+-\d{12}", tile.read_bytes()))
        return keys

    def sharing(self):
        """How many entries the server wrote, and with how many syncs of the journal."""
        text = self.office.ask("GET", "/metrics", cookie=self.cookie).content.decode()
        return [int(re.search(rf"^truce_{name}_total ([0-9]+)", text, re.MULTILINE)[1]) for name in ("entries_written", "journal_syncs")]

    def used(self):
        """The server's memory and processor time so far."""
        status = pathlib.Path(f"/proc/{self.office.process.pid}/status").read_text()
        cpu = pathlib.Path(f"/proc/{self.office.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        peak = int(re.search(r"VmHWM:[^0-9]+([0-9]+)", status)[1]) / 1024
        seconds = (int(cpu[11]) + int(cpu[12])) / os.sysconf("SC_CLK_TCK")
        return f"{peak:.0f} MiB at the most, {seconds:.1f} s of processor time"


def show(name, result):
    print(f"{name:<28} {json.dumps(result)}  load {os.getloadavg()[0]:.1f}", flush=True)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("truce")
    parser.add_argument("bench_load")
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--subscribers", type=int, default=1000)
    parser.add_argument("--overload", type=float, default=0)
    asked = parser.parse_args()
    load = Load(asked)
    try:
        show("raw: write and sync", load.drive("--disk", load.office.folder, "--seconds", min(3, asked.seconds)))
        show(f"raw: /health {asked.rate:g}/s", load.drive("--rate", asked.rate, "--seconds", min(10, asked.seconds)))
        show(f"accounts {asked.rate:g}/s", load.file("steady", asked.rate, asked.seconds))
        if asked.subscribers:
            show(f"{asked.subscribers} subscribers", load.follow(asked.subscribers, max(4, min(10, asked.seconds))))
        if asked.overload:
            show(f"accounts {asked.overload:g}/s", load.file("over", asked.overload, asked.seconds))
        entries, syncs = load.sharing()
        print(f"server: {entries} entries by {syncs} syncs, {load.used()}", flush=True)
        load.office.kill()
        began = time.monotonic()
        load.office.start()
        print(f"start after the kill: {time.monotonic() - began:.1f} s", flush=True)
        acknowledged = [key for path in load.runs for key in path.read_text().split()]
        lost = set(acknowledged) - load.kept()
        print(f"acknowledged {len(acknowledged)}, of those missing {len(lost)}", flush=True)
        if lost or not acknowledged:
            load.wrong.append(f"acknowledged {len(acknowledged)}, missing {sorted(lost)[:5]}")
    finally:
        load.office.close()
    if load.wrong:
        sys.exit("\n".join(load.wrong))


if __name__ == "__main__":
    main()
