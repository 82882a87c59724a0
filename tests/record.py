#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the record's commands as two monitors do, and has what they write checked by programs that others wrote.

usage: record.py TRUCE [unittest arguments]

Checks with Go's own sumdb packages, an OpenSSL script and sigstore-js are skipped, and said so, where these are not at hand.
"""
import collections
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

root = pathlib.Path(__file__).resolve().parent.parent
tlog = root.parent / "shared" / "tlog"
truce = None


def run(*arguments, stdin=None, env=None):
    return subprocess.run([str(truce), *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, input=stdin, text=True, encoding="utf-8",
                          errors="replace", timeout=120, check=False, env=env)


class Case(unittest.TestCase):
    def setUp(self):
        self.scratch = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.scratch)
        (self.scratch / "phrase").write_text("correct horse battery staple\n", encoding="utf-8")
        self.phrase = ["--passphrase-file", self.scratch / "phrase"]

    def ok(self, *arguments, **more):
        done = run(*arguments, **more)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def key(self, monitor):
        file = self.scratch / f"{monitor}.key"
        if not file.exists():
            self.ok("key", "new", file, "--name", f"{monitor}.example/aleppo", "--cost", "low", *self.phrase)
        return file

    def with_key(self, monitor):
        return ["--key", self.key(monitor), *self.phrase]

    def start(self, *monitors):
        """A record for each monitor, with one policy: all must agree."""
        cards = "".join(self.ok("key", "show", self.key(monitor)) for monitor in monitors)
        names = " ".join(f"{monitor}.example/aleppo" for monitor in monitors)
        (self.scratch / "policy").write_text(f"{cards}group all-of-them all {names}\nquorum all-of-them\n", encoding="utf-8")
        for monitor in monitors:
            self.ok("record", "init", self.scratch / monitor, *self.with_key(monitor), "--policy", self.scratch / "policy")
        (self.scratch / "stick").mkdir()

    def say(self, monitor, *lines):
        return self.ok("record", "append", self.scratch / monitor, "--lines", *self.with_key(monitor), stdin="".join(line + "\n" for line in lines))

    def exchange(self, monitor):
        return run("exchange", self.scratch / monitor, self.scratch / "stick", *self.with_key(monitor))

    def meet(self, *monitors):
        for _ in range(2):
            for monitor in monitors:
                done = self.exchange(monitor)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def feed(self, holder, monitor):
        return self.scratch / holder / "feeds" / f"{monitor}.example_aleppo"


class TwoMonitors(Case):
    def test_each_has_what_the_other_said_and_both_stand_behind_it(self):
        self.start("us", "ru")
        self.say("us", "shells on Castello road", "two wounded")
        self.say("ru", "no fire seen")
        self.meet("us", "ru")
        self.assertEqual(self.ok("record", "show", self.scratch / "ru", "us", 1), "two wounded")
        self.assertEqual(self.ok("record", "show", self.scratch / "us", "ru", 0), "no fire seen")
        for monitor in ("us", "ru"):
            told = self.ok("record", "verify", self.scratch / monitor)
            self.assertEqual(told.count("quorum reached up to"), 2, told)
            self.assertIn("sound\n", self.ok("record", "fsck", self.scratch / monitor, "--key", self.key(monitor)))

    def test_a_numbered_acknowledgement_is_kept_and_goes_on_counting(self):
        self.start("us")
        self.assertEqual(self.say("us", "a", "b").split(), ["0", "1"])
        self.assertEqual(self.say("us", "c").split(), ["2"])

    def test_a_proof_holds_for_its_entry_and_no_other(self):
        self.start("us", "ru")
        self.say("us", *[f"entry {i}" for i in range(300)])
        self.meet("us", "ru")
        self.ok("record", "prove", self.scratch / "ru", "us", 299, "--out", self.scratch / "proof")
        (self.scratch / "entry").write_text("entry 299", encoding="utf-8")
        arguments = ["record", "verify", "--policy", self.scratch / "policy", "--proof", self.scratch / "proof", "--entry", self.scratch / "entry"]
        self.assertIn("this is entry 299 of us.example/aleppo", self.ok(*arguments))
        (self.scratch / "entry").write_text("entry 298", encoding="utf-8")
        self.assertEqual(run(*arguments).returncode, 1)

    def test_a_damaged_file_is_found_and_mended_from_the_others_copy(self):
        self.start("us", "ru")
        self.say("us", "the first", "the second")
        self.meet("us", "ru")
        bundle = self.feed("us", "us") / "tile" / "entries" / "000.p" / "2"
        sound = bundle.read_bytes()
        bundle.write_bytes(sound.replace(b"first", b"fIrst"))
        self.assertEqual(run("record", "fsck", self.scratch / "us").returncode, 1)
        self.assertEqual(run("record", "show", self.scratch / "us", "us", 0).returncode, 1)
        self.ok("record", "fsck", self.scratch / "us", "--repair-from", self.scratch / "ru")
        self.assertEqual(bundle.read_bytes(), sound)

    def test_a_liar_is_found_out_at_the_first_exchange(self):
        self.start("us", "ru", "un")
        self.say("us", "common ground")
        shutil.copytree(self.scratch / "us", self.scratch / "us-second-face")
        shutil.copytree(str(self.key("us")) + ".signed", self.scratch / "us-second.signed")
        shutil.copy(self.key("us"), self.scratch / "us-second")
        self.say("us", "we fired")
        self.ok("record", "append", self.scratch / "us-second-face", "--lines", "--key", self.scratch / "us-second", *self.phrase, stdin="we did not fire\n")
        for face, key, listener in (("us", self.key("us"), "ru"), ("us-second-face", self.scratch / "us-second", "un")):
            self.ok("exchange", self.scratch / face, self.scratch / f"for-{listener}.bundle", "--key", key, *self.phrase)
            self.ok("exchange", self.scratch / listener, self.scratch / f"for-{listener}.bundle", *self.with_key(listener))
        self.assertEqual(self.exchange("ru").returncode, 0)
        done = self.exchange("un")
        self.assertEqual(done.returncode, 1)
        self.assertIn("us.example/aleppo: SHOWED TWO HISTORIES", done.stdout)
        [proof] = (self.scratch / "un" / "feeds" / "forks").iterdir()
        self.assertIn("verified: us.example/aleppo signed two histories", self.ok("record", "verify", "--policy", self.scratch / "policy", "--fork", proof))

    def test_a_key_without_its_memory_signs_nothing(self):
        self.start("us")
        shutil.rmtree(str(self.key("us")) + ".signed")
        done = run("record", "append", self.scratch / "us", "--lines", *self.with_key("us"), stdin="x\n")
        self.assertEqual(done.returncode, 3)
        self.assertIn("memory of what the key signed last, is missing", done.stderr)

    def test_a_wrong_passphrase_is_said_to_be_one(self):
        self.start("us")
        (self.scratch / "wrong").write_text("wrong\n", encoding="utf-8")
        done = run("record", "append", self.scratch / "us", "--lines", "--key", self.key("us"), "--passphrase-file", self.scratch / "wrong", stdin="x\n")
        self.assertEqual(done.returncode, 3)
        self.assertIn("the passphrase is not this key's", done.stderr)


class Export(Case):
    def exported(self):
        self.start("us", "ru")
        self.say("us", *[f"entry {i}" for i in range(5)])
        self.meet("us", "ru")
        self.ok("record", "export", self.scratch / "ru", "--out", self.scratch / "out", "--feed", "us")
        return self.scratch / "out"

    def verify(self, folder):
        """`verify.sh` with nothing on the path but bash, OpenSSL and the core utilities."""
        tools = self.scratch / "tools"
        if not tools.exists():
            tools.mkdir()
            for tool in ("bash openssl base64 cat cut date dirname head mktemp od printf rm sha256sum tail tr").split():
                (tools / tool).symlink_to(shutil.which(tool))
        return subprocess.run([str(tools / "bash"), str(folder / "verify.sh")], capture_output=True, text=True, check=False, env={"PATH": str(tools)}, timeout=120)

    def test_the_folder_verifies_with_openssl_and_the_core_utilities_alone(self):
        done = self.verify(self.exported())
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("VERIFIED: each of the 5 entries", done.stdout)
        self.assertIn("cosigned by ru.example/aleppo at 20", done.stdout)

    def test_whatever_is_changed_is_found(self):
        out = self.exported()
        entry, proof, policy = out / "us.example_aleppo" / "4.entry", out / "us.example_aleppo" / "4.tlog-proof", out / "policy"
        changes = [(entry, b"entry", b"Entry"), (proof, b"index 4", b"index 5"), (proof, b"\n5\n", b"\n6\n"), (policy, b"aleppo+", b"aleppO+"),
                   (proof, b"\n\nus.example", b"\n\nUs.example")]
        signature = next(line for line in proof.read_bytes().splitlines() if line.startswith("\u2014 us.example/aleppo ".encode()))
        changes.append((proof, signature[-20:], signature[-20:].swapcase()))
        for file, old, new in changes:
            with self.subTest(file=file.name, change=new):
                before = file.read_bytes()
                self.assertIn(old, before)
                file.write_bytes(before.replace(old, new, 1))
                done = self.verify(out)
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assertIn("NOT VERIFIED", done.stdout)
                file.write_bytes(before)
        self.assertEqual(self.verify(out).returncode, 0)

    def test_the_page_names_the_keys_and_says_what_is_not_shown(self):
        page = (self.exported() / "README.html").read_text(encoding="utf-8")
        self.assertIn("What is not shown", page)
        for line in (self.scratch / "policy").read_text(encoding="utf-8").splitlines():
            if line.startswith("log "):
                self.assertIn(line.split()[1], page)


def mutation(original, chance):
    """One change such as a disk, a mail program or an attacker makes, of bytes or of whole lines."""
    lines = original.split(b"\n")
    line = chance.randrange(len(lines))
    at = chance.randrange(len(original))
    how = chance.randrange(8)
    if how == 0:
        return original[:at] + bytes([original[at] ^ 1 << chance.randrange(8)]) + original[at + 1:]
    if how == 1:
        return original[:at] + original[at + 1:]
    if how == 2:
        return original[:at] + chance.choice([b"\r", b"\n", b" ", b"=", b"0", b"\x00", b"\xc3\xa9"]) + original[at:]
    if how == 3:
        return b"\n".join(lines[:line] + lines[line + 1:])
    if how == 4:
        return b"\n".join(lines[:line] + [lines[line]] + lines[line:])
    if how == 5:
        other = chance.randrange(len(lines))
        lines[line], lines[other] = lines[other], lines[line]
        return b"\n".join(lines)
    if how == 6:
        return original[:at]
    return original + chance.choice([b"\n", b" ", b"x", lines[line] + b"\n"])


class OthersTools(Case):
    """Verifiers that others wrote accept what we write and refuse what we break."""

    def record(self):
        self.start("us", "ru")
        self.say("us", *[f"entry {i}" for i in range(700)])
        self.meet("us", "ru")
        first = self.scratch / "checkpoint.700"
        shutil.copy(self.feed("ru", "us") / "checkpoint", first)
        self.say("us", *[f"entry {i}" for i in range(700, 900)])
        self.meet("us", "ru")
        self.ok("record", "prove", self.scratch / "ru", "us", 812, "--out", self.scratch / "proof")
        (self.scratch / "entry").write_text("entry 812", encoding="utf-8")
        return self.feed("ru", "us"), first

    def go_verifier(self):
        if not (tlog / "verify-go").exists() or not shutil.which("go"):
            self.skipTest("Go or its verifier is not here")
        program = self.scratch / "tlogverify"
        environment = dict(os.environ, GO111MODULE="off", GOPATH="/usr/share/gocode", GOFLAGS="")
        built = subprocess.run(["go", "build", "-o", str(program), "."], cwd=tlog / "verify-go", env=environment, capture_output=True, text=True, check=False)
        self.assertEqual(built.returncode, 0, built.stderr)
        return lambda *arguments: subprocess.run([str(program), *map(str, arguments)], capture_output=True, text=True, check=False).returncode

    def test_gos_own_packages(self):
        go = self.go_verifier()
        feed, first = self.record()
        policy = self.scratch / "policy"
        self.assertEqual(go("policy", policy, feed / "checkpoint"), 0)
        self.assertEqual(go("fsck", policy, feed), 0)
        self.assertEqual(go("consistency", policy, first, feed / "checkpoint", feed), 0)
        self.assertEqual(go("proof", policy, self.scratch / "proof", self.scratch / "entry"), 0)
        (self.scratch / "entry").write_text("entry 813", encoding="utf-8")
        self.assertNotEqual(go("proof", policy, self.scratch / "proof", self.scratch / "entry"), 0)
        bundle = feed / "tile" / "entries" / "001"
        bundle.write_bytes(bundle.read_bytes().replace(b"entry 300", b"entry 3oo"))
        self.assertNotEqual(go("fsck", policy, feed), 0)
        checkpoint = (feed / "checkpoint").read_text(encoding="utf-8")
        (feed / "checkpoint").write_text(checkpoint.replace("\n900\n", "\n901\n"), encoding="utf-8")
        self.assertNotEqual(go("policy", policy, feed / "checkpoint"), 0)

    def test_what_ours_takes_of_mutated_notes_and_proofs_gos_takes_too(self):
        """Where two verifiers disagree about a note, the note is a dispute: ours may refuse more than Go's, and never take more."""
        go = self.go_verifier()
        feed, _ = self.record()
        policy = self.scratch / "policy"
        mutated = self.scratch / "mutated"
        ours = {"note": lambda: run("record", "verify", "--policy", policy, "--checkpoint", mutated).returncode,
                "proof": lambda: run("record", "verify", "--policy", policy, "--proof", mutated, "--entry", self.scratch / "entry").returncode}
        gos = {"note": lambda: go("policy", policy, mutated), "proof": lambda: go("proof", policy, mutated, self.scratch / "entry")}
        originals = {"note": (feed / "checkpoint").read_bytes(), "proof": (self.scratch / "proof").read_bytes()}
        chance = random.Random(914)
        verdicts = collections.Counter()
        for kind, original in originals.items():
            mutated.write_bytes(original)
            self.assertEqual((ours[kind](), gos[kind]()), (0, 0), f"the {kind} itself")
            for number in range(int(os.environ.get("TRUCE_MUTATIONS", "150"))):
                mutated.write_bytes(mutation(original, chance))
                verdict = (ours[kind]() == 0, gos[kind]() == 0)
                verdicts[verdict] += 1
                self.assertIn(verdict, ((True, True), (False, False), (False, True)),
                              f"{kind} {number}: ours takes what Go's refuses: {mutated.read_bytes()!r}")
        print(f"mutated notes and proofs: {verdicts[True, True]} taken by both, {verdicts[False, False]} refused by both, {verdicts[False, True]} refused by ours alone")
        self.assertGreater(verdicts[False, False], 0)

    def test_openssl(self):
        script = tlog / "verify-openssl.sh"
        if not script.exists():
            self.skipTest("the OpenSSL script is not here")
        feed, _ = self.record()
        for line in (self.scratch / "policy").read_text(encoding="utf-8").splitlines():
            words = line.split()
            if words[0] not in ("log", "witness") or (words[0] == "log" and not words[1].startswith("us.")):
                continue
            done = subprocess.run(["bash", str(script), words[-1], str(feed / "checkpoint")], capture_output=True, text=True, check=False)
            self.assertIn("Signature Verified Successfully", done.stdout, done.stderr)

    def test_sigstore(self):
        # TRUCE_SIGSTORE_JS names a copy of the verifier with its npm packages installed.
        verifier = pathlib.Path(os.environ.get("TRUCE_SIGSTORE_JS", tlog / "verify-js"))
        if not (verifier / "node_modules").exists() or not shutil.which("node"):
            self.skipTest("sigstore-js is not here: its npm packages are not installed beside the verifier")
        self.record()
        vkey = next(line.split()[1] for line in (self.scratch / "policy").read_text(encoding="utf-8").splitlines() if line.startswith("log us."))
        command = ["node", str(verifier / "verify.mjs"), "proof", vkey, str(self.scratch / "proof"), str(self.scratch / "entry")]
        self.assertEqual(subprocess.run(command, check=False).returncode, 0)
        (self.scratch / "entry").write_text("entry 813", encoding="utf-8")
        self.assertNotEqual(subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode, 0)


if __name__ == "__main__":
    truce = pathlib.Path(sys.argv[1]).resolve()
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
