#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the manual pages and the shell completion to what `truce COMMAND --help` says.

usage: manual.py TRUCE
"""
import pathlib
import re
import subprocess
import sys
import unittest

root = pathlib.Path(__file__).resolve().parent.parent
truce = ""


def help_of(*command):
    return subprocess.run([truce, *command, "--help"], capture_output=True, text=True, check=True).stdout


def commands(*above):
    """The commands, or the verbs of one of them."""
    text = help_of(*above)
    if "Subcommands:" not in text:
        return []
    return re.findall(r"^  ([a-z-]+)", text.split("Subcommands:")[1].split("\n\n")[0], re.M)


def options(text):
    return set(re.findall(r"(--[a-z][a-z-]+)", text)) - {"--help"}


def taken_by(command):
    """The options of a command and of its verbs."""
    return options(help_of(command)).union(*(options(help_of(command, verb)) for verb in commands(command)))


def page_of(name):
    return (root / "doc" / "man" / f"{name}.1").read_text(encoding="utf-8")


class Manual(unittest.TestCase):
    def test_every_command_has_a_page_and_stands_in_the_overview(self):
        self.assertGreaterEqual(len(commands()), 3)
        for command in commands():
            self.assertIn(f"truce-{command} (1)", page_of("truce"))
            page_of(f"truce-{command}")

    def test_every_option_is_in_its_page_and_no_other(self):
        for command in commands():
            with self.subTest(command):
                told = options(page_of(f"truce-{command}").replace("\\-", "-").replace("\\fB", ""))
                takes = taken_by(command) - {"--threads", "--version"}
                self.assertFalse(takes - told, "options that the page does not tell of")
                # The page of map-columns shows how `truce assess` takes what it writes.
                self.assertFalse(told - takes - {"--accounts"}, "options that the command does not take")

    def test_pages_are_sound(self):
        for page in sorted((root / "doc" / "man").glob("*.1")):
            done = subprocess.run(["man", "--warnings", "-l", "-Tutf8", str(page)], capture_output=True, text=True, check=False,
                                  env={"MANPAGER": "cat", "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "MANWIDTH": "100"})
            self.assertEqual((done.returncode, done.stderr), (0, ""), page.name)

    def test_the_completion_knows_every_command_and_option(self):
        script = (root / "doc" / "completion" / "truce.bash").read_text(encoding="utf-8")
        self.assertEqual(sorted(re.search(r'commands="([^"]*)"', script)[1].split()), sorted(commands()))
        for command in commands():
            done = subprocess.run(["bash", "-c", f'source {root}/doc/completion/truce.bash; COMP_WORDS=(truce {command} --); COMP_CWORD=2; _truce; printf "%s\\n" "${{COMPREPLY[@]}}"'],
                                  capture_output=True, text=True, check=True)
            self.assertEqual(set(done.stdout.split()) - {"--help", "--threads"}, taken_by(command) - {"--threads", "--version"}, command)


if __name__ == "__main__":
    truce = str(pathlib.Path(sys.argv[1]).resolve())
    unittest.main(argv=[sys.argv[0]], verbosity=2)
