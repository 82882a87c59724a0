#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keeps files of evidence in a mission and shares copies of them, with a canary wherever a picture may hide a name.

usage: evidence.py TRUCE [unittest arguments]
"""
import hashlib
import os
import pathlib
import struct
import sys
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

    def test_nothing_is_written_over(self):
        digest = self.collect("us", "photograph.jpg", self.photograph)
        (self.scratch / "shared.jpg").write_bytes(b"something else")
        self.assertNotEqual(self.share("us", digest, "shared.jpg").returncode, 0)
        self.assertEqual((self.scratch / "shared.jpg").read_bytes(), b"something else")


if __name__ == "__main__":
    record.truce = pathlib.Path(sys.argv[1]).resolve()
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
