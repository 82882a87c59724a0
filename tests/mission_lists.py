#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A mission's own lists of the dead and its table of watching, as `truce assess` and `truce toll` take them.

usage: mission_lists.py TRUCE [unittest arguments]
"""
import datetime
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

root = pathlib.Path(__file__).resolve().parent.parent
example = root / "examples" / "aleppo-2016"
truce = None


def run(*arguments):
    return subprocess.run([str(truce), *map(str, arguments)], capture_output=True, text=True, encoding="utf-8", timeout=300, check=False)


class Case(unittest.TestCase):
    def setUp(self):
        self.scratch = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.scratch)
        self.folder = self.scratch / "mission"
        shutil.copytree(example, self.folder)

    def add(self, text):
        with open(self.folder / "mission.yaml", "a", encoding="utf-8") as mission:
            mission.write("\n" + text)

    def lists(self, shared, alone, more=""):
        (self.folder / "lists").mkdir(exist_ok=True)
        rows = ["hospital,registry,families,n"]
        rows += [f"{a},{b},{c},{shared if a + b + c > 1 else alone}" for a in (0, 1) for b in (0, 1) for c in (0, 1) if a + b + c > 0]
        (self.folder / "lists" / "dead.csv").write_text("\n".join(rows) + "\n" + more, encoding="utf-8")

    def assess(self):
        done = run("assess", self.folder, "--out", self.scratch / "out", "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        report = (self.scratch / "out" / "report.html").read_text(encoding="utf-8")
        return json.loads((self.scratch / "out" / "assessment.json").read_text(encoding="utf-8")), report


class Lists(Case):
    def test_the_report_gives_a_range_over_methods_and_models(self):
        self.lists(40, 100)
        self.add("lists: lists/dead.csv\n")
        assessment, report = self.assess()
        (found,) = assessment["undocumented_deaths"]
        self.assertEqual((found["file"], found["documented"], found["refused"]), ("lists/dead.csv", 460, None))
        self.assertGreater(found["range"]["low"], 460)
        self.assertLess(found["range"]["low"], found["range"]["high"])
        self.assertIn("Those whom no list holds", report)
        self.assertIn("people died in all, on any list or on none", report)
        self.assertIn("decomposable graphs", report)

    def test_lists_that_hardly_overlap_are_refused_with_the_reason(self):
        self.lists(2, 200)
        self.add("lists: {file: lists/dead.csv, population: open}\n")
        assessment, report = self.assess()
        (found,) = assessment["undocumented_deaths"]
        self.assertIsNone(found["range"])
        self.assertEqual(found["refused"]["reason"], "thin_overlap")
        self.assertIn("open_population", [one["warning"] for one in found["warnings"]])
        self.assertIn("How many more cannot be estimated", report)

    def test_truce_toll_takes_the_missions_lists_as_well(self):
        self.lists(40, 100)
        self.add("lists: lists/dead.csv\n")
        done = run("toll", self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("460 people on 3 lists", done.stdout)

    def test_a_mission_without_lists_says_nothing_of_them(self):
        assessment, report = self.assess()
        self.assertEqual(assessment["undocumented_deaths"], [])
        self.assertNotIn("Those whom no list holds", report)

    def test_faults_of_the_table_are_named_with_their_line(self):
        self.lists(40, 100, "1,1,2,many\n")
        self.add("lists: lists/dead.csv\n")
        done = run("assess", self.folder, "--out", self.scratch / "out")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("lists/dead.csv:9", done.stderr)

    def test_a_file_that_is_not_there_is_told_by_check(self):
        self.lists(40, 100)
        self.add("lists: lists/deed.csv\neffort: effort/patrols.csv\n")
        done = run("check", self.folder)
        self.assertEqual(done.returncode, 1)
        self.assertIn("lists: file 'lists/deed.csv' is not in the folder; did you mean 'lists/dead.csv'?", done.stdout + done.stderr)
        self.assertIn("effort: file 'effort/patrols.csv' is not in the folder", done.stdout + done.stderr)


class Effort(Case):
    def setUp(self):
        super().setUp()
        mission = (self.folder / "mission.yaml").read_text(encoding="utf-8")
        (self.folder / "mission.yaml").write_text(mission.replace("recording: selection", "recording: systematic"), encoding="utf-8")

    def ratio(self):
        assessment, _ = self.assess()
        return assessment["trends"]["incidents"]["pre_truce_window_set_apart"]

    def test_half_the_watching_under_the_truce_doubles_the_ratio(self):
        plain = self.ratio()
        (self.folder / "effort").mkdir()
        day = datetime.date(2016, 2, 1)
        rows = ["date,watched"]
        while day < datetime.date(2016, 6, 1):
            rows.append(f"{day},{6 if day < datetime.date(2016, 5, 4) else 3}")
            day += datetime.timedelta(1)
        (self.folder / "effort" / "patrols.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        self.add("effort: effort/patrols.csv\n")
        watched = self.ratio()
        self.assertAlmostEqual(watched["estimate"]["ratio"], 2 * plain["estimate"]["ratio"], places=6)
        self.assertEqual(watched["before"]["exposure_days"], 6 * plain["before"]["exposure_days"])

    def test_a_wrong_row_is_named_with_its_line(self):
        (self.folder / "effort").mkdir()
        (self.folder / "effort" / "patrols.csv").write_text("date,watched\n2016-03-01,-1\n", encoding="utf-8")
        self.add("effort: effort/patrols.csv\n")
        done = run("assess", self.folder, "--out", self.scratch / "out")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("effort/patrols.csv:2: watched '-1' is no number of at least 0", done.stderr)


if __name__ == "__main__":
    truce = pathlib.Path(sys.argv[1]).resolve()
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
