#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs what the documents show: every ```console block, command by command, and compares what is printed.

A line that begins with "$ " is a command; the lines up to the next command are what it must print (both streams). A line "..." stands for any lines;
"# exit N" right after a command's output states its status, which is otherwise 0. Blocks run in a scratch folder that holds links to the
project's examples, with the built `truce` first on the PATH.

usage: documents.py TRUCE DOCUMENT...
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

root = pathlib.Path(__file__).resolve().parent.parent


def blocks(text):
    """Yields (line number, lines) of each console block."""
    inside, start, lines = False, 0, []
    for number, line in enumerate(text.splitlines(), 1):
        if inside and line.strip() == "```":
            yield start, lines
            inside = False
        elif inside:
            lines.append(line)
        elif line.strip() == "```console":
            inside, start, lines = True, number, []


def steps(lines, start):
    """Yields (line number, command, expected lines, expected status)."""
    command, expected, status, at = None, [], 0, start
    for offset, line in enumerate(lines, 1):
        if line.startswith("$ "):
            if command is not None:
                yield at, command, expected, status
            command, expected, status, at = line[2:], [], 0, start + offset
        elif command is not None and (match := re.fullmatch(r"# exit (\d+)", line)):
            status = int(match[1])
        elif command is not None:
            expected.append(line)
    if command is not None:
        yield at, command, expected, status


def pattern(expected):
    parts = []
    for line in expected:
        parts.append(r"(?:.*\n)*?" if line.strip() == "..." else re.escape(line.rstrip()) + r"[ \t]*\n")
    return re.compile("".join(parts) + r"\n*")


def main():
    truce = pathlib.Path(sys.argv[1]).resolve()
    failures = commands = 0
    for name in sys.argv[2:]:
        path = root / name
        with tempfile.TemporaryDirectory() as scratch:
            for shared in ("examples", "doc", "tests"):
                os.symlink(root / shared, pathlib.Path(scratch) / shared)
            environment = dict(os.environ, PATH=f"{truce.parent}:{os.environ['PATH']}", LC_ALL="C.UTF-8", COLUMNS="100")
            for start, lines in blocks(path.read_text(encoding="utf-8")):
                for at, command, expected, status in steps(lines, start):
                    commands += 1
                    run = subprocess.run(["bash", "-c", command], cwd=scratch, env=environment, stdout=subprocess.PIPE,
                                         stderr=subprocess.STDOUT, timeout=300)
                    printed = run.stdout.decode("utf-8", "replace")
                    if printed and not printed.endswith("\n"):
                        printed += "\n"
                    if run.returncode != status or not pattern(expected).fullmatch(printed):
                        failures += 1
                        print(f"{name}:{at}: $ {command}\n  exit {run.returncode}, want {status}; printed:\n{printed}  want:")
                        print("\n".join(expected))
    print(f"{commands} commands in the documents, {failures} of them not as shown")
    return 1 if failures or not commands else 0


if __name__ == "__main__":
    sys.exit(main())
