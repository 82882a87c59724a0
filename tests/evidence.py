#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keeps files of evidence in a mission and shares copies of them, with a canary wherever a picture may hide a name.

usage: evidence.py TRUCE [unittest arguments]
"""
import hashlib
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

import record

canary = b"Maryam al-Canary"


def segment(marker, content):
    return bytes([0xff, marker]) + struct.pack(">H", len(content) + 2) + content


def exif(orientation):
    """Exif with a maker, a way up and an owner's name."""
    return (b"Exif\0\0II*\0" + struct.pack("<IH", 8, 3) + struct.pack("<HHII", 0x010f, 2, len(canary), 50) +
            struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0) + struct.pack("<HHII", 0xa430, 2, len(canary), 50) + struct.pack("<I", 0) + canary)


def jpeg(*hidden, after=b""):
    tables = segment(0xdb, bytes([0] + [1] * 64)) + segment(0xc0, bytes([8, 0, 8, 0, 8, 1, 1, 0x11, 0])) + segment(0xc4, bytes([0] + [1] + [0] * 15 + [0])) + segment(0xc4, bytes([0x10] + [1] + [0] * 15 + [0]))
    return b"\xff\xd8" + b"".join(hidden) + tables + segment(0xda, bytes([1, 1, 0, 0, 63, 0])) + b"\x3f" + b"\xff\xd9" + after


def png(*hidden):
    chunk = lambda kind, content: struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) + b"".join(chunk(*one) for one in hidden) +
            chunk(b"IDAT", zlib.compress(b"\0\x7f")) + chunk(b"IEND", b""))


class Evidence(record.Case):
    def setUp(self):
        super().setUp()
        self.start("us", "ru")
        self.photograph = jpeg(segment(0xe1, exif(6)), segment(0xed, b"Photoshop 3.0\x008BIM" + canary), segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0" + canary), segment(0xfe, canary), after=canary)

    def by(self, monitor):
        return [*self.with_key(monitor), "--by", "duty officer"]

    def collect(self, monitor, name, content):
        (self.scratch / name).write_bytes(content)
        self.ok("record", "collect", self.scratch / monitor, self.scratch / name, "--why", "handed over at the gate", *self.by(monitor))
        return hashlib.sha256(content).hexdigest()

    def kept(self, monitor, digest):
        return self.scratch / monitor / "evidence" / digest[:2] / digest

    def share(self, monitor, digest, out, *more):
        return record.run("record", "share", self.scratch / monitor, digest, "--out", self.scratch / out, "--to", "the press", "--why", "asked for", *more, *self.by(monitor))

    def test_an_original_is_kept_to_the_byte_and_nobody_may_write_to_it(self):
        digest = self.collect("us", f"{canary.decode()}.jpg", self.photograph)
        self.assertEqual(self.kept("us", digest).read_bytes(), self.photograph)
        self.assertEqual(self.kept("us", digest).stat().st_mode & 0o222, 0)
        self.assertIn(f"{digest}  held, and as it came", self.ok("record", "custody", self.scratch / "us"))

    def test_the_record_has_its_hash_and_never_the_file_nor_its_name(self):
        digest = self.collect("us", f"{canary.decode()}.jpg", self.photograph)
        self.meet("us", "ru")
        self.assertIn(f"{digest}  not held here", self.ok("record", "custody", self.scratch / "ru"))
        for folder in (self.scratch / "us" / "feeds", self.scratch / "ru", self.scratch / "stick"):
            for path in folder.rglob("*"):
                if path.is_file():
                    self.assertNotIn(b"Canary", path.read_bytes(), path.name)
        self.assertFalse((self.scratch / "ru" / "evidence").exists())

    def test_a_shared_photograph_has_no_name_in_it_and_custody_says_who_has_it(self):
        digest = self.collect("us", "photograph.jpg", self.photograph)
        self.assertIn(canary, self.photograph, "the search itself works")
        done = self.share("us", digest, "shared.jpg")
        self.assertEqual(done.returncode, 0, done.stderr)
        shared = (self.scratch / "shared.jpg").read_bytes()
        self.assertNotIn(b"Canary", shared)
        self.assertIn(b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06", shared, "which way is up is kept")
        told = self.ok("record", "custody", self.scratch / "us")
        self.assertIn(hashlib.sha256(shared).hexdigest(), told)
        self.assertIn(f"redacted    by duty officer to the press, from {digest[:16]}: asked for", told)
        self.assertEqual(self.kept("us", digest).read_bytes(), self.photograph)

    def test_a_shared_png_has_no_texts_in_it(self):
        digest = self.collect("us", "drawing.png", png((b"tEXt", b"Author\0" + canary), (b"eXIf", canary), (b"iTXt", canary)))
        self.assertEqual(self.share("us", digest, "shared.png").returncode, 0)
        self.assertEqual((self.scratch / "shared.png").read_bytes(), png())

    def test_a_document_is_refused_with_a_reason_and_nothing_is_written(self):
        digest = self.collect("us", "statement.pdf", b"%PDF-1.7 /Author (" + canary + b")")
        before = self.ok("record", "state", self.scratch / "us", "--digest")
        done = self.share("us", digest, "shared.pdf")
        self.assertEqual(done.returncode, 1)
        self.assertIn("this is a PDF", done.stderr)
        self.assertFalse((self.scratch / "shared.pdf").exists())
        self.assertEqual(self.ok("record", "state", self.scratch / "us", "--digest"), before)
        self.assertEqual(self.share("us", digest, "shared.pdf", "--as-it-is").returncode, 0)
        self.assertIn("copied      by duty officer to the press: asked for", self.ok("record", "custody", self.scratch / "us"))

    def test_a_changed_original_is_found_and_not_shared(self):
        digest = self.collect("us", "photograph.jpg", self.photograph)
        kept = self.kept("us", digest)
        os.chmod(kept, 0o600)
        kept.write_bytes(self.photograph[:-1] + b"!")
        done = record.run("record", "custody", self.scratch / "us")
        self.assertEqual(done.returncode, 1)
        self.assertIn("BROKEN: what is held here has another hash", done.stdout)
        self.assertNotEqual(self.share("us", digest, "shared.jpg").returncode, 0)
        self.collect("us", "photograph.jpg", self.photograph)
        self.assertEqual(kept.read_bytes(), self.photograph)

    def destroy(self, monitor, digest):
        return record.run("record", "destroy", self.scratch / monitor, digest, "--why", "consent withdrawn", *self.by(monitor))

    def everything(self):
        return b"".join(path.read_bytes() for path in self.scratch.rglob("*") if path.is_file() and path.suffix != ".key")

    def test_a_destroyed_file_is_gone_with_every_copy_and_custody_goes_on(self):
        digest = self.collect("us", "photograph.jpg", self.photograph)
        (self.scratch / "photograph.jpg").unlink()
        self.assertEqual(self.share("us", digest, "clean.jpg").returncode, 0)
        self.assertEqual(self.share("us", digest, "as-it-is.jpg", "--as-it-is").returncode, 0)
        self.meet("us", "ru")
        clean = (self.scratch / "clean.jpg").read_bytes()
        picture = self.photograph[self.photograph.index(b"\xff\xdb"):self.photograph.index(b"\xff\xd9")]
        self.assertIn(canary, self.everything(), "the search itself works")
        self.assertIn(picture, clean, "the search itself works")
        self.ok("record", "export", self.scratch / "us", "--out", self.scratch / "export")

        done = self.destroy("us", digest)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("the press was given a copy", done.stdout)
        for name in ("clean.jpg", "as-it-is.jpg"):
            self.assertFalse((self.scratch / name).exists(), name)
        self.assertFalse(self.kept("us", digest).exists())
        self.assertNotIn(canary, self.everything())
        self.assertNotIn(picture, self.everything())
        self.assertNotIn(b"clean.jpg", self.everything(), "where a copy lay may name a witness too")

        self.meet("us", "ru")
        for monitor in ("us", "ru"):
            told = self.ok("record", "custody", self.scratch / monitor)
            self.assertIn(f"{digest}  not held here", told)
            self.assertIn(hashlib.sha256(clean).hexdigest(), told)
            self.assertEqual(told.count("destroyed   by duty officer: consent withdrawn"), 2, told)
            self.ok("record", "verify", self.scratch / monitor)
            self.ok("record", "fsck", self.scratch / monitor)
        self.assertEqual(subprocess.run(["bash", self.scratch / "export" / "verify.sh"], capture_output=True, check=False).returncode, 0)

    def test_destroying_overwrites_the_bytes_and_does_not_only_take_the_name_away(self):
        digest = self.collect("us", "photograph.jpg", self.photograph)
        os.link(self.kept("us", digest), self.scratch / "second-name")
        with (self.scratch / "second-name").open("rb") as held_open:
            self.assertEqual(self.destroy("us", digest).returncode, 0)
            self.assertEqual(held_open.read(), b"")
        self.assertEqual((self.scratch / "second-name").read_bytes(), b"")

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("mkfs.ext4") and shutil.which("losetup"), "needs root and loop devices")
    def test_no_byte_of_a_destroyed_file_is_left_on_the_disk(self):
        image = pathlib.Path(tempfile.mkdtemp(dir="/dev/shm")) / "disk"
        self.addCleanup(shutil.rmtree, image.parent)
        image.write_bytes(bytes(32 << 20))
        subprocess.run(["mkfs.ext4", "-q", image], check=True)
        mounted = self.scratch / "disk"
        mounted.mkdir()
        if subprocess.run(["mount", "-o", "loop", image, mounted], capture_output=True, check=False).returncode != 0:
            self.skipTest("no loop device")
        self.addCleanup(lambda: subprocess.run(["umount", mounted], capture_output=True, check=False))
        shutil.move(self.scratch / "us", mounted / "us")
        (self.scratch / "us").symlink_to(mounted / "us")
        picture = jpeg(segment(0xe1, exif(6)), segment(0xfe, canary * 3000))
        digest = self.collect("us", "photograph.jpg", picture)
        self.assertEqual(self.share("us", digest, pathlib.Path("disk") / "as-it-is.jpg", "--as-it-is").returncode, 0)
        os.sync()
        self.assertIn(canary * 2, image.read_bytes(), "the search itself works")
        self.assertEqual(self.destroy("us", digest).returncode, 0)
        subprocess.run(["umount", mounted], check=True)
        self.assertNotIn(canary, image.read_bytes())

    def test_what_cannot_be_reached_is_said(self):
        digest = self.collect("us", "photograph.jpg", self.photograph)
        self.share("us", digest, "moved.jpg")
        self.share("us", digest, "edited.jpg", "--as-it-is")
        (self.scratch / "moved.jpg").rename(self.scratch / "elsewhere.jpg")
        (self.scratch / "edited.jpg").write_bytes(b"something else")
        done = self.destroy("us", digest)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("moved.jpg is not there any more", done.stdout)
        self.assertIn("edited.jpg holds other bytes", done.stdout)
        self.assertEqual((self.scratch / "edited.jpg").read_bytes(), b"something else")
        told = self.ok("record", "custody", self.scratch / "us")
        self.assertEqual(told.count("destroyed "), 1, "of a copy that was not reached nobody says that it is destroyed")

    def test_what_a_run_that_was_cut_off_left_is_destroyed_too(self):
        digest = self.collect("us", "photograph.jpg", self.photograph)
        half = self.kept("us", digest).with_name(digest + ".tmp")
        half.write_bytes(self.photograph[:40])
        upload = self.scratch / "us" / "uploads" / "1"
        upload.mkdir(parents=True)
        (upload / "received").write_bytes(self.photograph)
        (upload / "rejects.csv").write_bytes(canary)
        self.assertEqual(self.destroy("us", digest).returncode, 0)
        self.assertFalse(half.exists())
        self.assertEqual(list(upload.iterdir()), [])

    def test_a_file_that_is_destroyed_already_or_unknown_is_said_so(self):
        digest = self.collect("us", "photograph.jpg", self.photograph)
        self.assertEqual(self.destroy("us", digest).returncode, 0)
        done = self.destroy("us", digest)
        self.assertEqual(done.returncode, 1)
        self.assertIn("was destroyed before", done.stderr)
        done = self.destroy("us", "0" * 64)
        self.assertEqual(done.returncode, 1)
        self.assertIn("knows no file of evidence", done.stderr)
        self.assertEqual(self.destroy("us", "not a name").returncode, 2)
        self.collect("us", "photograph.jpg", self.photograph)
        self.assertEqual(self.ok("record", "custody", self.scratch / "us").count("collected "), 2, "custody begins again, in sight")

    def test_nothing_is_written_over(self):
        digest = self.collect("us", "photograph.jpg", self.photograph)
        (self.scratch / "shared.jpg").write_bytes(b"something else")
        self.assertNotEqual(self.share("us", digest, "shared.jpg").returncode, 0)
        self.assertEqual((self.scratch / "shared.jpg").read_bytes(), b"something else")


if __name__ == "__main__":
    record.truce = pathlib.Path(sys.argv[1]).resolve()
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
