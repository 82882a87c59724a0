#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs `truce hotspots` as people do: on a table with a mapping, on a mission, on wrong requests.

usage: hotspots_command.py TRUCE [unittest arguments]
"""
import csv
import datetime
import hashlib
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

mapping = """trucewatch: 1
mapping: log
zone: UTC
fields:
  key: id
  date: date
  lat: lat
  lon: lon
  radius_km: radius
  act: act
  place: place
"""


def run(*arguments):
    return subprocess.run([str(truce), *map(str, arguments)], capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)


class Case(unittest.TestCase):
    def setUp(self):
        self.scratch = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.scratch)
        (self.scratch / "log.yaml").write_text(mapping, encoding="utf-8")

    def table(self, raised=True, coarse=0):
        """Every third day one incident at each of 25 places; at one of them two more a day for the last ten days."""
        first = datetime.date(2020, 1, 1)
        rows = []

        def add(day, site, radius=1):
            rows.append([len(rows) + 1, first + datetime.timedelta(day), f"{35 + 0.2 * (site % 5):.2f}", f"{36 + 0.2 * (site // 5):.2f}", radius,
                         "attack.shelling" if len(rows) % 3 else "attack.sniping", f"Place {site}"])
        for day in range(60):
            for site in range(25):
                if (day + site) % 3 == 0:
                    add(day, site)
        for day in range(50, 60):
            for _ in range(2 if raised else 0):
                add(day, 7)
        for _ in range(coarse):
            add(59, 3, 80)
        with open(self.scratch / "log.csv", "w", encoding="utf-8", newline="") as out:
            table = csv.writer(out)
            table.writerow(["id", "date", "lat", "lon", "radius", "act", "place"])
            table.writerows(rows)
        return f"{self.scratch / 'log.csv'}:{self.scratch / 'log.yaml'}"

    def document(self, *arguments):
        done = run("hotspots", "--out", self.scratch / "out", "--replicates", 199, *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads((self.scratch / "out" / "hotspots.json").read_text(encoding="utf-8"))["hotspots"], done.stdout


class Table(Case):
    def test_finds_where_incidents_gather_and_writes_three_files(self):
        scans, text = self.document("--accounts", self.table())
        self.assertEqual([scan["model"] for scan in scans], ["space_time_permutation"])
        hotspot = scans[0]["hotspots"][0]
        self.assertEqual((hotspot["place"], hotspot["days"], hotspot["evidence"]),
                         ("Place 7", {"first": "2020-02-20", "last": "2020-02-29"}, "clear"))
        self.assertEqual(hotspot["incidents"], 24)
        self.assertLess(hotspot["expected"], 12)
        self.assertIn("(Place 7), 2020-02-20 to 2020-02-29: 24 incidents where", text)
        self.assertIn("not a border", text)
        with open(self.scratch / "out" / "hotspots.csv", encoding="utf-8", newline="") as table:
            rows = list(csv.DictReader(table))
        self.assertEqual((rows[0]["place"], rows[0]["incidents"], rows[0]["evidence"]), ("Place 7", "24", "clear"))
        self.assertAlmostEqual(float(rows[0]["p"]), hotspot["single"]["p"], places=6)
        features = json.loads((self.scratch / "out" / "hotspots.geojson").read_text(encoding="utf-8"))["features"]
        self.assertEqual(len(features), len(rows))
        ring = features[0]["geometry"]["coordinates"][0]
        self.assertEqual((len(ring), ring[0]), (65, ring[-1]))

    def test_two_sources_that_tell_of_the_same_incidents_count_once(self):
        self.table()
        with open(self.scratch / "log.csv", encoding="utf-8", newline="") as table:
            rows = list(csv.reader(table))
        inputs = []
        for source in ("log", "radio"):
            with open(self.scratch / f"{source}.csv", "w", encoding="utf-8", newline="") as out:
                csv.writer(out).writerows([[*row, "killed" if i == 0 else i * 7 % 11] for i, row in enumerate(rows)])
            (self.scratch / f"{source}.yaml").write_text(mapping.replace("mapping: log", f"mapping: {source}") + "  killed_best: killed\n", encoding="utf-8")
            inputs += ["--accounts", f"{self.scratch / source}.csv:{self.scratch / source}.yaml"]
        once, _ = self.document(*inputs[:2])
        twice, _ = self.document(*inputs)
        self.assertEqual((once[0]["incidents"], once[0]["hotspots"][0]["incidents"]), (520, 24))
        self.assertLess(twice[0]["incidents"], 540)
        self.assertLessEqual(abs(twice[0]["hotspots"][0]["incidents"] - 24), 1)

    def test_the_number_of_threads_changes_no_byte(self):
        accounts = self.table()
        digests = set()
        for threads in (1, 2, 5):
            self.document("--accounts", accounts, "--threads", threads)
            digests.add(hashlib.sha256((self.scratch / "out" / "hotspots.json").read_bytes()).hexdigest())
        self.assertEqual(len(digests), 1)

    def test_another_seed_gives_other_replicates_and_the_same_hotspot(self):
        accounts = self.table()
        one, _ = self.document("--accounts", accounts, "--seed", 1)
        two, _ = self.document("--accounts", accounts, "--seed", 2)
        self.assertNotEqual(one[0]["critical_statistic"], two[0]["critical_statistic"])
        self.assertEqual(one[0]["hotspots"][0]["statistic"], two[0]["hotspots"][0]["statistic"])

    def test_coarse_places_are_left_out_or_spread_and_counted(self):
        accounts = self.table(raised=False, coarse=200)
        left_out, text = self.document("--accounts", accounts)
        self.assertEqual(left_out[0]["left_out"]["coarse_place"], 200)
        self.assertIn("200 whose place is too coarse", text)
        self.assertIn("low_precision", left_out[0]["warnings"])
        spread, _ = self.document("--accounts", accounts, "--spread")
        self.assertEqual((spread[0]["spread"], spread[0]["left_out"]["coarse_place"]), (200, 0))

    def test_days_before_can_be_the_measure(self):
        scans, text = self.document("--accounts", self.table(), "--model", "baseline", "--baseline-from", "2020-01-01",
                                    "--baseline-to", "2020-02-09")
        self.assertEqual(scans[0]["study"], {"first": "2020-02-10", "last": "2020-02-29"})
        self.assertEqual(scans[0]["hotspots"][0]["place"], "Place 7")
        self.assertIn("held against 2020-01-01 to 2020-02-09", text)

    def test_a_population_can_be_the_measure(self):
        people = self.scratch / "people.csv"
        people.write_text("Latitude;Longitude;Population\n" + "".join(
            f"{35 + 0.2 * (site % 5):.2f};{36 + 0.2 * (site // 5):.2f};{10 if site == 3 else 1000}\n" for site in range(25)), encoding="utf-8")
        scans, _ = self.document("--accounts", self.table(raised=False), "--model", "population", "--population", people, "--when", "any")
        self.assertEqual((scans[0]["model"], scans[0]["hotspots"][0]["place"]), ("poisson", "Place 3"))

    def test_shares_of_one_act_can_be_compared(self):
        scans, _ = self.document("--accounts", self.table(), "--model", "share", "--cases", "attack.sniping")
        self.assertEqual(scans[0]["model"], "bernoulli")
        self.assertLess(scans[0]["cases"], scans[0]["incidents"])

    def test_too_few_incidents_is_an_answer(self):
        (self.scratch / "log.csv").write_text("id,date,lat,lon,radius,act,place\n1,2020-01-01,35,36,1,attack,A\n", encoding="utf-8")
        scans, text = self.document("--accounts", f"{self.scratch / 'log.csv'}:{self.scratch / 'log.yaml'}")
        self.assertEqual((scans[0]["why_not"], scans[0]["hotspots"]), ("too_few_incidents", []))
        self.assertIn("Not scanned", text)


class Mission(Case):
    def test_a_selection_is_not_scanned(self):
        scans, text = self.document(example)
        self.assertEqual([scan["model"] for scan in scans], ["space_time_permutation", "expectation_based_poisson"])
        self.assertEqual({scan["why_not"] for scan in scans}, {"selection_only"})
        self.assertIn("selection", text)

    def test_hotspots_are_held_against_the_local_truces(self):
        ged = root.parent / "shared/data/ucdp-ged-syria-2016/ged_syria_2016_jan_aug.csv"
        if not ged.exists():
            self.skipTest("no GED file")
        folder = self.scratch / "mission"
        shutil.copytree(example, folder)
        shutil.rmtree(folder / "accounts")
        (folder / "accounts").mkdir()
        shutil.copy(ged, folder / "accounts" / "ged.csv")
        text = (folder / "mission.yaml").read_text(encoding="utf-8")
        (folder / "mission.yaml").write_text(text[: text.index("\naccounts:")] + "\naccounts:\n  - file: accounts/ged.csv\n", encoding="utf-8")
        scans, _ = self.document(folder, "--radius", 20)
        for scan in scans:
            self.assertIsNone(scan["why_not"])
            for hotspot in scan["hotspots"]:
                self.assertGreaterEqual(hotspot["incidents"], 3)
                for local in hotspot["local_truces"]:
                    self.assertLessEqual(local["inside"] + local["perhaps_inside"], hotspot["incidents"])
        self.assertIn("relative", scans[0]["warnings"])


class Refusals(Case):
    def test_wrong_requests_are_status_2_and_say_what_to_do(self):
        accounts = self.table()
        for arguments, message in [(["hotspots"], "give a mission FOLDER"),
                                   (["hotspots", example, "--accounts", accounts], "give a mission FOLDER"),
                                   (["hotspots", "--accounts", accounts, "--model", "share"], "needs --cases"),
                                   (["hotspots", "--accounts", accounts, "--model", "share", "--cases", "attack.shouting"], "attack.shelling"),
                                   (["hotspots", "--accounts", accounts, "--model", "population"], "needs --population"),
                                   (["hotspots", "--accounts", accounts, "--model", "baseline"], "--baseline-from"),
                                   (["hotspots", "--accounts", accounts, "--from", "2020-02-01", "--to", "2020-01-01"], "before they begin"),
                                   (["hotspots", "--accounts", accounts, "--from", "2020-13-01"], "month"),
                                   (["hotspots", example, "--truce", "sy-2016-05-04-alepo"], "did you mean")]:
            done = run(*arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn(message, done.stderr)

    def test_a_table_of_people_without_people_says_where(self):
        people = self.scratch / "people.csv"
        people.write_text("lat,lon,population\n35,36,many\n", encoding="utf-8")
        done = run("hotspots", "--accounts", self.table(), "--model", "population", "--population", people)
        self.assertEqual(done.returncode, 3)
        self.assertIn("people.csv:2", done.stderr)


if __name__ == "__main__":
    truce = pathlib.Path(sys.argv[1]).resolve()
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
