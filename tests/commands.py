#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs `truce` as people do: the example mission, the same with a real dataset, broken and hostile input, interruption.

usage: commands.py TRUCE [SYNTH] [unittest arguments]
"""
import csv
import hashlib
import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

root = pathlib.Path(__file__).resolve().parent.parent
shared = root.parent / "shared"
example = root / "examples" / "aleppo-2016"
truce = None
synth = None

outputs = ["report.html", "assessment.json", "findings.csv", "incidents.csv", "accounts.csv", "incidents.geojson", "trucewatch.gpkg"]


def run(*arguments, limits=None, timeout=120, cwd=None):
    """The finished process; its output as text. `limits`: a function that sets resource limits in the child."""
    return subprocess.run([str(truce), *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          encoding="utf-8", errors="replace", timeout=timeout, preexec_fn=limits, cwd=cwd, check=False)


def bytes_of(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


class Case(unittest.TestCase):
    def setUp(self):
        self.scratch = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.scratch)

    def mission(self, accounts, name="accounts.csv", extra=""):
        """The example mission with one other file of accounts."""
        folder = self.scratch / "mission"
        shutil.copytree(example, folder)
        shutil.rmtree(folder / "accounts")
        (folder / "accounts").mkdir()
        if isinstance(accounts, pathlib.Path):
            shutil.copy(accounts, folder / "accounts" / name)
        else:
            (folder / "accounts" / name).write_bytes(accounts)
        text = (folder / "mission.yaml").read_text(encoding="utf-8")
        head = text[: text.index("\naccounts:")]
        (folder / "mission.yaml").write_text(head + f"\naccounts:\n  - file: accounts/{name}\n{extra}", encoding="utf-8")
        return folder


class Example(Case):
    def test_writes_every_file_and_answers_in_under_a_screen(self):
        done = run("assess", example, "--out", self.scratch / "out")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(sorted(os.listdir(self.scratch / "out")), sorted(outputs))
        self.assertLessEqual(len(done.stdout.splitlines()), 30)
        self.assertLessEqual(max(map(len, done.stdout.splitlines())), 125)

    def test_the_numbers_follow_the_published_schema_and_add_up(self):
        import jsonschema
        run("assess", example, "--out", self.scratch / "out")
        document = json.loads((self.scratch / "out" / "assessment.json").read_text(encoding="utf-8"))
        schema = json.loads((root / "doc/formats/assessment.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft7Validator(schema).validate(document)
        for source in document["sources"]:
            self.assertEqual(source["rows"], source["accounts"] + source["rejects"])
        total = document["accounting"]
        self.assertEqual(total["rows"], total["rejects"] + total["leads"] + total["corroborations"] + total["aggregates"]
                         + total["accounts_of_incidents"])
        self.assertEqual(sum(document["incidents_by_verdict"]["all"].values()), total["incidents_assessed"])
        with open(self.scratch / "out" / "findings.csv", encoding="utf-8", newline="") as table:
            self.assertEqual(sum(document["findings"].values()), sum(1 for _ in csv.DictReader(table)))
        self.assertGreaterEqual(total["rows"], 60)

    def test_a_selection_of_accounts_makes_no_trend(self):
        run("assess", example, "--out", self.scratch / "out")
        document = json.loads((self.scratch / "out" / "assessment.json").read_text(encoding="utf-8"))
        trend = document["trends"]["incidents"]["pre_truce_window_set_apart"]
        self.assertEqual((trend["change"], trend["why_not"], trend["estimate"]), ("cannot_be_estimated", "selection_only", None))

    def test_the_number_of_threads_changes_no_byte(self):
        for threads in (1, 2, 5):
            run("--threads", threads, "assess", example, "--out", self.scratch / str(threads))
        self.assertEqual(bytes_of(self.scratch / "1"), bytes_of(self.scratch / "2"))
        self.assertEqual(bytes_of(self.scratch / "1"), bytes_of(self.scratch / "5"))

    def test_the_check_finds_no_error(self):
        done = run("check", example)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_other_programs_read_the_geopackage_and_the_geojson(self):
        if not shutil.which("ogrinfo"):
            self.skipTest("GDAL's ogrinfo is not installed")
        run("assess", example, "--out", self.scratch / "out")
        for name in ("trucewatch.gpkg", "incidents.geojson"):
            done = subprocess.run(["ogrinfo", "-ro", "-al", "-so", str(self.scratch / "out" / name)], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotIn("Warning", done.stderr)
            self.assertIn("Feature Count: 102", done.stdout)

    def test_a_second_report_says_what_changed(self):
        run("assess", example, "--out", self.scratch / "first")
        done = run("assess", example, "--out", self.scratch / "second", "--previous", self.scratch / "first" / "assessment.json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotEqual(bytes_of(self.scratch / "first")["report.html"], bytes_of(self.scratch / "second")["report.html"])
        wrong = run("assess", example, "--out", self.scratch / "third", "--previous", self.scratch / "first" / "findings.csv")
        self.assertEqual(wrong.returncode, 3)
        self.assertIn("no assessment.json", wrong.stderr)

    def test_loose_files_do_as_well_as_a_folder(self):
        arguments = ["assess", "--actors", example / "actors.yaml", "--zone", "Asia/Damascus", "--truce", "sy-2016-05-04-aleppo",
                     "--focus", "aleppo-city-and-surroundings", "--from", "2016-02-15", "--to", "2016-05-20"]
        for agreement in sorted((example / "agreements").glob("*.yaml")):
            arguments += ["--agreement", agreement]
        for area in sorted((example / "areas").glob("*.geojson")):
            arguments += ["--areas", area]
        table = example / "accounts" / "public-record"
        arguments += ["--accounts", f"{table}.csv:{table}.mapping.yaml", "--out", self.scratch / "out"]
        done = run(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        document = json.loads((self.scratch / "out" / "assessment.json").read_text(encoding="utf-8"))
        self.assertEqual(document["accounting"]["rows"], 102)


class RealData(Case):
    def setUp(self):
        super().setUp()
        self.ged = shared / "data" / "ucdp-ged-syria-2016" / "ged_syria_2016_jan_aug.csv"
        if not self.ged.exists():
            self.skipTest("the UCDP GED file is not beside the project (../shared/data/ucdp-ged-syria-2016)")

    def test_the_mission_with_all_of_ged(self):
        done = run("assess", self.mission(self.ged, "ged.csv"), "--out", self.scratch / "out")
        self.assertEqual(done.returncode, 0, done.stderr)
        document = json.loads((self.scratch / "out" / "assessment.json").read_text(encoding="utf-8"))
        source = document["sources"][0]
        self.assertEqual((source["format"], source["rows"], source["accounts"], source["rejects"]), ("ucdp-ged", 4079, 4079, 0))
        # The figures of the data's own README: Aleppo Governorate, incidents that start between 21 April and 4 May 2016.
        toll = [0, 0, 0, 0, 0]
        with open(self.scratch / "out" / "accounts.csv", encoding="utf-8", newline="") as table:
            for row in csv.DictReader(table):
                if row["admin1"] == "Aleppo Governorate" and "2016-04-21" <= row["start_local"][:10] <= "2016-05-04":
                    for i, column in enumerate(("killed_low", "killed_best", "killed_high", "civilians_killed_best")):
                        toll[i] += int(row[column])
                    toll[4] += 1
        self.assertEqual(toll, [531, 542, 574, 373, 61])


class Refusals(Case):
    def test_wrong_usage_is_status_2(self):
        self.assertEqual(run("assess").returncode, 2)
        self.assertEqual(run("assess", example).returncode, 2)
        self.assertEqual(run("no-such-command").returncode, 2)
        self.assertEqual(run("--threads", "0", "check", example).returncode, 2)

    def test_what_is_not_there_is_status_3_with_its_name(self):
        done = run("assess", self.scratch / "nowhere", "--out", self.scratch / "out")
        self.assertEqual(done.returncode, 3)
        self.assertIn("nowhere", done.stderr)
        self.assertFalse((self.scratch / "out").exists())

    def test_a_mission_with_errors_is_not_assessed_and_all_are_told(self):
        mission = self.mission(b"")
        path = mission / "agreements" / "2016-05-04-aleppo.yaml"
        text = path.read_text(encoding="utf-8").replace("actor: usa,", "actor: uas,", 1).replace("zone: Asia/Damascus", "zone: Asia/Damascsu")
        path.write_text(text, encoding="utf-8")
        done = run("check", mission)
        self.assertEqual(done.returncode, 1)
        self.assertIn("did you mean 'usa'?", done.stdout)
        self.assertIn("did you mean 'Asia/Damascus'?", done.stdout)
        self.assertEqual(run("assess", mission, "--out", self.scratch / "out").returncode, 3)

    def test_hostile_accounts_end_in_an_error_or_a_reject(self):
        header = b"id,year,type_of_violence,side_a,side_b,where_prec,latitude,longitude,date_prec,date_start,date_end,deaths_civilians,best,high,low\n"
        row = b"1,2016,1,A,B,1,36.2,37.1,1,2016-05-05,2016-05-05,0,1,1,1\n"
        hostile = {
            "empty": b"", "a byte order mark": b"\xef\xbb\xbf", "NULs": b"\0" * 100_000, "binary": bytes(range(256)) * 500,
            "a web page": b"<!DOCTYPE html><html><body>503 Service Unavailable</body></html>",
            "truncated": header + row[:-20], "an open quote": header + b'"1,2016\n' + row * 1000,
            "one line without end": header + b"x" * 40_000_000, "a million columns": b"a," * 1_000_000 + b"\n",
            "deep nesting": b"[" * 1_000_000, "deep objects": b'{"type":"FeatureCollection","features":[' * 100_000,
            "dates out of range": header + row.replace(b"2016-05-05", b"9999-99-99"),
            "places out of range": header + row.replace(b"36.2", b"136.2"),
            "turning marks": header + row.replace(b",A,", ",\u202eA\u2066,".encode()),
            "utf-16": (header + row).decode().encode("utf-16"),
        }

        sanitized = b"__asan_init" in truce.read_bytes()

        def limits():
            # The address sanitizer reserves terabytes of addresses: under it the other promises are held alone.
            if not sanitized:
                resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))

        for name, text in hostile.items():
            with self.subTest(name):
                folder = self.mission(text)
                done = run("assess", folder, "--out", self.scratch / "out", limits=limits, timeout=60)
                shutil.rmtree(folder)
                self.assertIn(done.returncode, (0, 3), f"{name}: {done.returncode} {done.stderr[:500]}")
                if done.returncode == 3:
                    self.assertIn("accounts.csv", done.stderr)
                    self.assertNotIn("std::", done.stderr)
                for control in done.stdout + done.stderr:
                    self.assertTrue(control == "\n" or control.isprintable() or ord(control) > 0x2069, f"{name} prints {control!r}")

    def test_rejected_rows_can_be_mended_and_read_again(self):
        ged_header = ("id,year,active_year,type_of_violence,conflict_new_id,conflict_name,dyad_new_id,dyad_name,side_a_new_id,side_a,side_b_new_id,side_b,"
                      "where_prec,where_coordinates,adm_1,adm_2,latitude,longitude,country,country_id,region,event_clarity,date_prec,date_start,date_end,"
                      "deaths_a,deaths_b,deaths_civilians,deaths_unknown,low,best,high\n")
        row = "{id},2016,1,1,299,Syria: Government,11973,dyad,118,Government of Syria,4456,Syrian insurgents,1,Aleppo,Aleppo Governorate,,36.2,37.16,Syria,652,Middle East,1,1,{day},{day},1,0,0,0,1,1,1\n"
        text = ged_header + row.format(id=1, day="2016-05-05") + row.format(id=2, day="2016-13-05") + row.format(id=3, day="2016-05-07")
        first = run("assess", self.mission(text.encode(), "ged.csv"), "--out", self.scratch / "out", "--rejects", self.scratch / "mend.csv")
        self.assertEqual(first.returncode, 0, first.stderr)
        document = json.loads((self.scratch / "out" / "assessment.json").read_text(encoding="utf-8"))
        self.assertEqual((document["sources"][0]["rows"], document["sources"][0]["rejects"]), (3, 1))
        rejects = (self.scratch / "out" / "rejects.csv").read_text(encoding="utf-8")
        self.assertEqual(rejects, (self.scratch / "mend.csv").read_text(encoding="utf-8"))
        self.assertIn("2016-13-05", rejects)
        (self.scratch / "out" / "rejects-other.csv").write_text("of a second source, from a run before")
        shutil.rmtree(self.scratch / "mission")
        mended = rejects.replace("2016-13-05", "2016-05-06")
        again = run("assess", self.mission(mended.encode(), "ged.csv"), "--out", self.scratch / "out")
        self.assertEqual(again.returncode, 0, again.stderr)
        document = json.loads((self.scratch / "out" / "assessment.json").read_text(encoding="utf-8"))
        self.assertEqual((document["sources"][0]["rows"], document["sources"][0]["rejects"]), (1, 0))
        self.assertFalse(list((self.scratch / "out").glob("rejects*.csv")), "a folder must not mix two runs")


class Durability(Case):
    def register(self):
        """Ceasefires of 30 conflicts that lasted 1 to 240 days; every tenth expired, every eleventh still held."""
        path = self.scratch / "ceasefires.csv"
        rows = ["truce,conflict,class,began,days,status,parties"]
        for i in range(240):
            status = "expired" if i % 10 == 3 else "still_held" if i % 11 == 5 else "collapsed"
            rows.append(f"T{i},C{i % 30},preliminary,{1990 + i // 8}-{1 + i % 12:02}-10,{1 + (i * 97) % 240},{status},{i % 2}")
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return path

    def test_says_what_failure_means_before_anything_else_and_then_the_plain_answer(self):
        done = run("durability", self.register(), "--age", 10, "--covariates", "parties", "--value", "parties=1", "--out", self.scratch / "out")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout.startswith("What counts as failure: "), done.stdout)
        self.assertIn("It has held for 10 days. The chance that it holds 30 days more is ", done.stdout.replace("\n", " "))
        document = json.loads((self.scratch / "out" / "durability.json").read_text(encoding="utf-8"))
        self.assertEqual([one["days"] for one in document["answer"]], [3, 7, 14, 30, 90])
        # By hand: of the comparables older than 10 days, the share that outlived 40, ends that are no failure taken out.
        curve = next(one for one in document["models"] if one["model"] == "kaplan_meier")
        alive, times = 1.0, sorted((1 + (i * 97) % 240, i) for i in range(240))
        for place, (days, i) in enumerate(times):
            failed = not (i % 10 == 3 or i % 11 == 5)
            if 10 < days <= 40 and failed:
                alive *= 1 - 1 / (240 - place)
        self.assertAlmostEqual(curve["forecasts"][3]["holds"]["chance"], alive, places=9)
        self.assertEqual(document["backtest"]["origin"], "rolling")
        with open(self.scratch / "out" / "durability.csv", encoding="utf-8", newline="") as table:
            rows = list(csv.DictReader(table))
        together = [row for row in rows if row["model"] == "together"]
        self.assertAlmostEqual(float(together[3]["holds"]), document["answer"][3]["holds"]["chance"], places=5)
        with open(self.scratch / "out" / "durability-backtest.csv", encoding="utf-8", newline="") as table:
            self.assertGreater(sum(1 for _ in csv.DictReader(table)), 1000)

    def test_a_mission_without_comparables_says_what_would_be_needed(self):
        done = run("durability", example)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("there are no comparable ceasefires", done.stdout)
        self.assertIn("What would be needed", done.stdout)

    def test_a_mission_is_compared_with_a_register(self):
        done = run("durability", example, "--comparables", self.register(), "--no-backtest")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("It has held for 17 days", done.stdout)
        self.assertIn("selection_only", done.stdout)

    def test_too_few_failures_are_an_answer(self):
        path = self.scratch / "few.csv"
        path.write_text("days,status\n" + "".join(f"{i},{1 if i < 20 else 0}\n" for i in range(1, 60)), encoding="utf-8")
        done = run("durability", path)
        self.assertEqual(done.returncode, 1)
        self.assertIn("too few of the comparable ceasefires failed", done.stdout)

    def test_says_what_is_wrong_with_options_and_files(self):
        register = self.register()
        for arguments, status, message in [
                (["--stop", "nothing"], 3, "there is no column 'nothing'"),
                (["--ends", "1=vanished"], 3, "want CODE=END"),
                (["--failure", "still_held"], 2, "want collapsed"),
                (["--age", 1, "--value", "mood=1"], 2, "want COVARIATE=NUMBER"),
                (["--comparables", register], 2, "goes with a mission"),
                (["--language", "xx"], 3, "there is no language 'xx'"),
                (["--horizons", 0], 2, "--horizons")]:
            with self.subTest(arguments):
                done = run("durability", register, *arguments)
                self.assertEqual(done.returncode, status, done.stderr)
                self.assertIn(message, done.stderr)
        self.assertEqual(run("durability", self.scratch / "nothing.csv").returncode, 3)


class Faults(Case):
    def test_a_full_disk_is_told_and_leaves_the_last_results_as_they_were(self):
        run("assess", example, "--out", self.scratch / "out")
        before = bytes_of(self.scratch / "out")

        def limits():
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

        done = run("assess", example, "--out", self.scratch / "out", "--from", "2016-03-01", "--to", "2016-05-20", limits=limits)
        self.assertEqual(done.returncode, 3)
        self.assertIn("cannot write", done.stderr)
        self.assertEqual(bytes_of(self.scratch / "out"), before)

    def test_an_interrupted_run_leaves_nothing_half_written(self):
        if synth is None or not synth.exists():
            self.skipTest("the generator of large inputs is not built (TRUCEWATCH_BENCH is off)")
        big = self.scratch / "big.csv"
        subprocess.run([synth, "ged", "60000", big], check=True, stdout=subprocess.DEVNULL)
        folder = self.mission(big, "ged.csv")
        for wait in (0.1, 0.3, 0.6, 1.0, 1.5, 2.0):
            out = self.scratch / f"out{wait}"
            process = subprocess.Popen([truce, "assess", folder, "--out", out], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(wait)
            process.send_signal(signal.SIGTERM)
            status = process.wait(timeout=60)
            self.assertIn(status, (-signal.SIGTERM, 0))
            left = sorted(os.listdir(out)) if out.exists() else []
            self.assertFalse([name for name in left if name.endswith(".tmp")], left)
            if status == 0:
                self.assertTrue(set(outputs) <= set(left))

    def test_a_file_that_is_a_folder_or_a_pipe_is_refused(self):
        folder = self.mission(b"")
        (folder / "accounts" / "accounts.csv").unlink()
        (folder / "accounts" / "accounts.csv").mkdir()
        done = run("assess", folder, "--out", self.scratch / "out", timeout=20)
        self.assertEqual(done.returncode, 3)


if __name__ == "__main__":
    truce = pathlib.Path(sys.argv[1]).resolve()
    rest = sys.argv[2:]
    if rest and "/" in rest[0]:  # the program may not be built: without it one test is skipped
        synth = pathlib.Path(rest.pop(0)).resolve()
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
