#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds doc/security/asvs.md to the standard's count of requirements, to its own sums, and to the tests that there are.

usage: asvs.py
"""
import collections
import pathlib
import re
import unittest

root = pathlib.Path(__file__).resolve().parent.parent
# Requirements of levels 1 and 2 by chapter, ASVS 5.0.0; V9, V10 and V17 have no subject here.
of_chapter = {1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 11: 14, 12: 9, 13: 13, 14: 9, 15: 13, 16: 16}
states = {"met", "part", "not met", "n/a"}


def rows():
    text = (root / "doc" / "security" / "asvs.md").read_text(encoding="utf-8")
    found = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in text.splitlines() if re.match(r"\| \d", line)]
    return text, found


def tests_that_there_are():
    names = set()
    for file in (root / "src").rglob("*_test.cpp"):
        text = file.read_text(encoding="utf-8")
        names |= {f"{suite}.{name}" for suite, name in re.findall(r"\bTEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)", text)}
    for file in (root / "tests").glob("*.py"):
        case = None
        for line in file.read_text(encoding="utf-8").splitlines():
            if match := re.match(r"class (\w+)", line):
                case = match.group(1)
            if match := re.match(r"    def (test_\w+)\(", line):
                names.add(f"{file.name} {case}.{match.group(1)}")
    return names | {"hardening.sh", "app.mjs", "tests/fuzz"}


class Asvs(unittest.TestCase):
    def test_every_requirement_is_there_once_under_its_number(self):
        _, found = rows()
        numbers = [row[0] for row in found]
        self.assertEqual(len(numbers), len(set(numbers)))
        self.assertEqual(collections.Counter(int(number.split(".")[0]) for number in numbers), collections.Counter(of_chapter))
        self.assertEqual(numbers, sorted(numbers, key=lambda number: [int(part) for part in number.split(".")]))
        for row in found:
            self.assertEqual(len(row), 6, row)
            self.assertIn(row[1], ("1", "2"), row)
            self.assertIn(row[2], states, row)

    def test_every_test_that_is_named_is_there(self):
        there = tests_that_there_are()
        _, found = rows()
        for row in found:
            for name in re.findall(r"`([^`]+)`", row[5]):
                with self.subTest(requirement=row[0], name=name):
                    self.assertIn(name, there)

    def test_the_sums_are_right_and_most_is_held_by_a_test(self):
        text, found = rows()
        count = collections.Counter(row[2] for row in found)
        apply = [row for row in found if row[2] != "n/a"]
        held = [row for row in apply if "`" in row[5]]
        share = round(100 * len(held) / len(apply))
        told = " ".join(text.split())
        self.assertIn(f"That is {len(found)}; {count['n/a']} of them ask about something that is not there (`n/a`), so that {len(apply)} apply: "
                      f"{count['met']} are met, {count['part']} in part, {count['not met']} not. A test holds {len(held)} of them, or {share} %.", told)
        self.assertGreaterEqual(share, 60)


if __name__ == "__main__":
    unittest.main()
