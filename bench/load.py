#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Loads `truce serve` from outside, open loop: each request has a time at which it is to go out, and its delay counts from then, so that a
server that stalls cannot hide it by slowing its caller down.

usage: load.py TRUCE MISSION [--rate 200] [--seconds 10] [--subscribers 1000]

Prints, for each kind of request, how many were answered and the delays' 50th, 99th and 100th percentile; beside them those of /health in
the same run, which is what machine, kernel and this client take by themselves.
"""
import argparse
import asyncio
import pathlib
import re
import resource
import shutil
import subprocess
import tempfile
import time


def percentiles(delays):
    delays = sorted(delays)
    if not delays:
        return "none"
    at = lambda share: delays[min(len(delays) - 1, int(share * len(delays)))] * 1000
    return f"p50 {at(0.5):7.1f} ms  p99 {at(0.99):7.1f} ms  max {delays[-1] * 1000:7.1f} ms"


class Connections:
    """Connections that are kept: a request takes one that is free, or opens another."""

    def __init__(self, port):
        self.port = port
        self.free = []

    async def get(self, path):
        reader, writer = self.free.pop() if self.free else await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        length = re.search(rb"Content-Length: (\d+)", head)
        if length:
            await reader.readexactly(int(length[1]))
        self.free.append((reader, writer))
        return status


async def open_loop(connections, paths, rate, seconds):
    delays, statuses = [], {}

    async def one(path, due):
        try:
            status = await connections.get(path)
        except (OSError, asyncio.IncompleteReadError):
            status = 0
        statuses[status] = statuses.get(status, 0) + 1
        if status == 200:
            delays.append(time.monotonic() - due)

    began = time.monotonic()
    tasks = []
    for i in range(int(rate * seconds)):
        due = began + i / rate
        wait = due - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        tasks.append(asyncio.create_task(one(paths[i % len(paths)], due)))
    await asyncio.gather(*tasks)
    return delays, statuses


async def subscribers(port, count, change):
    """How long after the first reader of an event the others have it."""
    streams = []
    for _ in range(count):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /api/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        streams.append((reader, writer))
    for reader, _ in streams:
        await reader.readuntil(b"event: hello\ndata: {}\n\n")
    times = []

    async def follow(reader):
        await reader.readuntil(b"event: assessment\n")
        times.append(time.monotonic())

    tasks = [asyncio.create_task(follow(reader)) for reader, _ in streams]
    change()
    await asyncio.wait(tasks, timeout=60)
    for _, writer in streams:
        writer.close()
    return [at - min(times) for at in times]


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("truce")
    parser.add_argument("mission", type=pathlib.Path)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--subscribers", type=int, default=1000)
    asked = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory() as temporary:
        mission = pathlib.Path(temporary) / "mission"
        shutil.copytree(asked.mission, mission)
        began = time.monotonic()
        server = subprocess.Popen([asked.truce, "serve", str(mission), "--listen", "127.0.0.1:0", "--without-sign-in"],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        port = int(server.stdout.readline().strip().rstrip("/").rsplit(":", 1)[1])
        print(f"start to first answer: {time.monotonic() - began:.2f} s")

        async def run():
            connections = Connections(port)
            for name, paths in [("/health", ["/health"]),
                                ("a page of 50", ["/api/incidents", "/api/incidents?verdict=undetermined", "/api/incidents?sort=-killed&side=after"]),
                                ("a page with facets", ["/api/incidents?facets=1"]), ("words", ["/api/incidents?q=aleppo"]),
                                ("now", ["/api/now?lang=en"])]:
                delays, statuses = await open_loop(connections, paths, asked.rate, asked.seconds)
                print(f"{name:<20} {asked.rate:6.0f}/s  {percentiles(delays)}  {statuses}", flush=True)
            if asked.subscribers:
                def change():
                    accounts = next(path for path in sorted((mission / "accounts").iterdir()) if path.suffix == ".csv")
                    accounts.write_bytes(b"".join(accounts.read_bytes().splitlines(keepends=True)[:-1]))

                spread = await subscribers(port, asked.subscribers, change)
                print(f"{'subscribers':<20} {asked.subscribers:6}    {percentiles(spread)}  {len(spread)} of {asked.subscribers} told", flush=True)

        asyncio.run(run())
        status = pathlib.Path(f"/proc/{server.pid}/status").read_text()
        cpu = pathlib.Path(f"/proc/{server.pid}/stat").read_text().rsplit(")", 1)[1].split()
        peak = re.search(r"VmHWM:\s+(\d+)", status)[1]
        print(f"server: {int(peak) / 1024:.0f} MiB at the most, {(int(cpu[11]) + int(cpu[12])) / 100:.1f} s of processor time")
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
