#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds doc/reliability.md to the tests that there are: every test that its table names exists.

usage: reliability.py
"""
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent


def tests_there_are():
    names = set()
    for path in root.glob("src/record/*_test.cpp"):
        names |= {f"{suite}.{test}" for suite, test in re.findall(r"^(?:TEST|TEST_P|RC_GTEST_PROP)\((\w+), *(\w+)", path.read_text(encoding="utf-8"), re.M)}
    for path in root.glob("tests/*.py"):
        suite = None
        for line in path.read_text(encoding="utf-8").splitlines():
            if found := re.match(r"class (\w+)\(", line):
                suite = found[1]
            elif found := re.match(r"    def (test_\w+)\(", line):
                names.add(f"{suite}.{found[1]}")
    names |= {path.stem for path in root.glob("tests/fuzz/*_fuzz.cpp")}
    for path in (root / "tests" / "CMakeLists.txt", root / "tools" / "CMakeLists.txt"):
        names |= set(re.findall(r"add_test\(NAME ([\w.]+)", path.read_text(encoding="utf-8")))
    return names


def main():
    rows = [line.split("|") for line in (root / "doc" / "reliability.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")][2:]
    known = tests_there_are()
    missing = [name for row in rows for name in re.findall(r"`([^`]+)`", row[-2]) if name not in known]
    without = [row[1].strip() for row in rows if not re.findall(r"`([^`]+)`", row[-2])]
    for name in missing:
        print(f"doc/reliability.md names the test '{name}', which is not there")
    for what in without:
        print(f"doc/reliability.md names no test for '{what}'")
    print(f"{len(rows)} rows, each with tests that there are" if rows and not missing and not without else "not as it says")
    return 1 if not rows or missing or without else 0


if __name__ == "__main__":
    sys.exit(main())
