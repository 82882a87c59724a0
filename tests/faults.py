#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Breaks a feed on a real disk in every way this machine can, and looks at what is left: nothing acknowledged may be lost, nothing wrong
served, no fork signed. doc/formats/record.md has the invariants; the disk in memory (src/record/memory_disk.h) does what no real one can be made to.

usage: faults.py FEED_WRITER [--soak] [unittest arguments]

What needs root or a kernel feature is skipped, and the last line says what ran: continuous integration holds it to that.
"""
import collections
import concurrent.futures
import fcntl
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

writer = None
soak = False
ran = collections.Counter()
memory = pathlib.Path("/dev/shm")


def size(ci, long):
    return long if soak else ci


class Case(unittest.TestCase):
    def setUp(self):
        where = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
        self.scratch = pathlib.Path(tempfile.mkdtemp(prefix="truce-faults-", dir=where))
        self.addCleanup(shutil.rmtree, self.scratch, ignore_errors=True)

    def folder(self, name="feed"):
        path = self.scratch / name
        path.mkdir()
        return path

    def check(self, folder, acks, said):
        done = subprocess.run([writer, "check", str(folder), str(acks)], capture_output=True, text=True, check=False, timeout=60)
        self.assertEqual(done.returncode, 0, f"{said}: {done.stderr}{done.stdout}")
        return done.stdout


class Killed(Case):
    def test_kill_9_at_any_moment_loses_nothing_acknowledged(self):
        """R5: 500 kills here, 10,000 in a soak. The feed goes on growing through all of them."""
        chance = random.Random(1)
        folder, acks = self.folder(), self.scratch / "acks"
        acks.touch()
        kills = size(500, 10_000)
        for kill in range(kills):
            if kill % 50 == 0:
                shutil.rmtree(folder)
                folder.mkdir()
                acks.write_bytes(b"")
            with open(acks, "ab") as out:
                process = subprocess.Popen([writer, "write", str(folder), "100000", "3"], stdout=out, stderr=subprocess.DEVNULL)
                time.sleep(chance.uniform(0.001, 0.03))
                process.kill()
                process.wait()
            data = acks.read_bytes()  # a line that was cut off is no acknowledgement
            acks.write_bytes(data[: data.rfind(b"\n") + 1])
            if kill % 10 == 9:
                self.check(folder, acks, f"kill {kill}")
        ran["kill -9"] += kills


class EveryCallFails(Case):
    calls = "openat,pwrite64,write,fsync,fdatasync,syncfs,ftruncate,rename,unlink,mkdir,close,pread64,fstat,newfstatat,getdents64,flock"
    faults = ["error=EIO", "error=ENOSPC", "error=EINTR", "error=EACCES", "error=EMFILE", "signal=SIGKILL"]

    def setUp(self):
        super().setUp()
        if not shutil.which("strace") or subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode != 0:
            self.skipTest("strace cannot be used here")

    def strace(self, *options, folder, acks, command):
        with open(acks, "wb") as out:
            return subprocess.run(["strace", "-f", "-qq", *options, writer, *command, str(folder), "8", "1"], stdout=out, stderr=subprocess.DEVNULL, check=False, timeout=60)

    def points(self, base):
        """(system call, which of its calls) of every call that touches the feed's folder or what acknowledges."""
        folder = self.scratch / "points"
        shutil.copytree(base, folder)
        trace = self.scratch / "trace"
        self.strace("-y", "-e", f"trace={self.calls}", "-o", str(trace), folder=folder, acks=self.scratch / "points.acks", command=["write"])
        count, found = collections.Counter(), []
        for line in trace.read_text(errors="replace").splitlines():
            match = re.match(r"\d+\s+(\w+)\(", line)
            if match:
                count[match[1]] += 1
                if str(folder) in line or match[1] == "write":
                    found.append((match[1], count[match[1]]))
        self.assertGreater(len(found), 50, "the sweep would test nothing")
        return found

    def one(self, base, number, point, fault):
        call, which = point
        folder, acks = self.scratch / f"run-{number}", self.scratch / f"acks-{number}"
        shutil.copytree(base, folder)
        self.strace("-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={which}", "-o", "/dev/null", folder=folder, acks=acks, command=["write"])
        done = subprocess.run([writer, "check", str(folder), str(acks)], capture_output=True, text=True, check=False, timeout=60)
        shutil.rmtree(folder)
        return None if done.returncode == 0 else f"{call} number {which}, {fault}: {done.stderr}"

    def test_every_call_failing_once_loses_nothing_acknowledged(self):
        """R2: every point with every fault in a soak; here every seventh of them, another part at each fault."""
        base = self.folder("base")
        subprocess.run([writer, "write", str(base), "20", "3"], stdout=subprocess.DEVNULL, check=True)
        points = self.points(base)
        jobs = [(point, fault) for at, point in enumerate(points) for number, fault in enumerate(self.faults) if soak or (at + number) % 7 == 0]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            bad = [said for said in pool.map(lambda job: self.one(base, job[0], *job[1]), enumerate(jobs)) if said]
        self.assertEqual(bad, [])
        ran["system calls failed"] += len(jobs)


class FullDisk(Case):
    def test_a_file_that_may_not_grow_refuses_and_goes_on_later(self):
        """R6: the limit of a file's size, in steps."""
        for limit in range(0, 400_000, size(16_000, 2_000)):
            folder, acks = self.folder(f"limit-{limit}"), self.scratch / "acks"
            with open(acks, "wb") as out:
                done = subprocess.run([writer, "write", str(folder), "400", "1"], stdout=out, stderr=subprocess.PIPE, check=False, timeout=60,
                                      preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
            self.assertGreaterEqual(done.returncode, 0, f"limit {limit}: ended by a signal")
            self.check(folder, acks, f"limit {limit}")
            shutil.rmtree(folder)
            ran["file size limits"] += 1

    def test_a_full_file_system_refuses_and_goes_on_once_there_is_room(self):
        """R6: 16 sizes of a tmpfs here, 64 in a soak."""
        if os.geteuid() != 0:
            self.skipTest("mounting needs root")
        disk = self.folder("disk")
        for step in range(size(16, 64)):
            kib = 40 + step * size(64, 16)
            if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(disk)], capture_output=True, check=False).returncode != 0:
                self.skipTest("a tmpfs cannot be mounted here")
            try:
                (disk / "feed").mkdir()
                acks = self.scratch / "acks"
                with open(acks, "wb") as out:
                    done = subprocess.run([writer, "write", str(disk / "feed"), "2000", "2"], stdout=out, stderr=subprocess.PIPE, text=True, check=False, timeout=60)
                self.assertIn(done.returncode, (0, 1), f"{kib} KiB: {done.stderr}")
                subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
                self.check(disk / "feed", acks, f"{kib} KiB")
            finally:
                subprocess.run(["umount", str(disk)], check=True)
            ran["full file systems"] += 1


class NoMemory(Case):
    def test_each_allocation_failing_once_loses_nothing(self):
        """R7."""
        done = subprocess.run([writer, "memory", str(self.scratch / "feed")], capture_output=True, text=True, check=False, timeout=300)
        self.assertEqual(done.returncode, 0, done.stderr)
        ran["allocations failed"] += int(done.stdout.split()[0])


class PowerCut(Case):
    """R1: the power goes on a real file system: a loop device in memory, its file system shut down without writing anything more."""
    shutdown = 0x8004587D  # FS_IOC_SHUTDOWN
    without_flushing_the_log = 2

    def mounted(self, kind):
        image, disk = self.scratch / "image", self.scratch / "disk"
        if os.geteuid() != 0:
            self.skipTest("mounting needs root")
        if not shutil.which(f"mkfs.{kind}"):
            self.skipTest(f"mkfs.{kind} is not here")
        disk.mkdir(exist_ok=True)
        if not image.exists():
            with open(image, "wb") as file:
                file.truncate(320 << 20)
            subprocess.run([f"mkfs.{kind}", "-q", *(["-F"] if kind == "ext4" else []), str(image)], check=True, capture_output=True)
        if subprocess.run(["mount", "-o", "loop", str(image), str(disk)], capture_output=True, check=False).returncode != 0:
            self.skipTest(f"{kind} cannot be mounted from a loop device here")
        return disk

    def cut(self, disk, process):
        """Stopped first: a program that runs on could be told that a sync worked on a disk that is gone."""
        if process.poll() is None:
            process.send_signal(signal.SIGSTOP)
            while process.poll() is None and pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] != "T":
                time.sleep(0.001)
        handle = os.open(disk, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, self.shutdown, struct.pack("I", self.without_flushing_the_log))
        finally:
            os.close(handle)
        process.kill()
        process.wait()
        subprocess.run(["umount", str(disk)], check=True)

    def cuts(self, kind, count):
        chance = random.Random(kind)
        acks = self.scratch / "acks"
        for number in range(count):
            disk = self.mounted(kind)
            try:
                feed = disk / f"feed-{number // 5}"  # some cuts meet a feed that has lived through others
                feed.mkdir(exist_ok=True)
                if number % 5 == 0:
                    acks.write_bytes(b"")
                with open(acks, "ab") as out:
                    process = subprocess.Popen([writer, "write", str(feed), "1000000", "2"], stdout=out, stderr=subprocess.DEVNULL)
                time.sleep(chance.uniform(0.05, 0.5))
                self.cut(disk, process)
                data = acks.read_bytes()
                acks.write_bytes(data[: data.rfind(b"\n") + 1])
                self.mounted(kind)
                self.check(feed, acks, f"{kind}, cut {number}")
            finally:
                subprocess.run(["umount", str(disk)], check=False, capture_output=True)
            ran[f"power cuts on {kind}"] += 1

    def test_a_power_cut_on_ext4_loses_nothing_acknowledged(self):
        self.cuts("ext4", size(25, 500))

    def test_a_power_cut_on_xfs_loses_nothing_acknowledged(self):
        self.cuts("xfs", size(25, 500))

    def test_a_witness_never_cosigns_the_other_side_of_a_fork(self):
        """R10: cut while one history is cosigned, and then shown the other."""
        chance = random.Random(7)
        for number in range(size(10, 1000)):
            disk = self.mounted("ext4")
            try:
                folder = disk / f"witness-{number}"
                folder.mkdir()
                subprocess.run(["sync", "-f", str(folder)], check=True)
                given = self.scratch / "given"
                with open(given, "wb") as out:
                    process = subprocess.Popen([writer, "witness", str(folder), "a"], stdout=out, stderr=subprocess.DEVNULL)
                time.sleep(chance.uniform(0.005, 0.2))
                self.cut(disk, process)
                self.mounted("ext4")
                folder.mkdir(exist_ok=True)
                other = subprocess.run([writer, "witness", str(folder), "b"], capture_output=True, text=True, check=False)
                sizes = [line.split()[1] for line in given.read_text().splitlines() if line.startswith("cosigned") and line.endswith(" a")]
                if sizes:
                    self.assertNotIn("cosigned", other.stdout, f"cut {number}: both sides of the fork were cosigned")
                    ran["forks refused after a cut"] += 1
            finally:
                subprocess.run(["umount", str(disk)], check=False, capture_output=True)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    soak = "--soak" in arguments
    arguments = [argument for argument in arguments if argument != "--soak"]
    writer = str(pathlib.Path(arguments.pop(0)).resolve())
    program = unittest.main(argv=[sys.argv[0], *arguments], verbosity=2, exit=False)
    print("ran:", ", ".join(f"{count} {what}" for what, count in sorted(ran.items())))
    skipped = [f"{test.id().split('.')[-1]}: {why}" for test, why in program.result.skipped]
    for line in skipped:
        print("SKIPPED:", line)
    # Where TRUCE_FAULTS_MUST_RUN is set (continuous integration, as root), nothing may be skipped.
    sys.exit(1 if not program.result.wasSuccessful() or (skipped and os.environ.get("TRUCE_FAULTS_MUST_RUN")) else 0)
