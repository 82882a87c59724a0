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

outputs = ["links.csv", "trends.csv", "trend-days.csv", "report.html", "assessment.json", "durability.csv", "findings.csv", "incidents.csv", "accounts.csv", "incidents.geojson", "trucewatch.gpkg"]


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


class Trend(Case):
    mapping = "trucewatch: 1\nmapping: counts\nfields:\n  key: id\n  date: day\n  lat: lat\n  lon: lon\n  killed_best: dead\n  admin1: area\n"

    def table(self, before, after, deaths=2):
        """A table with so many accounts on each of 150 days before 2016-05-30 and of 42 days after, in four areas, and its mapping."""
        import datetime
        first = datetime.date(2016, 1, 1)
        rows = ["id,day,lat,lon,dead,area"]
        for day in range(192):
            for i in range(before if day < 150 else after):
                rows.append(f"{len(rows)},{first + datetime.timedelta(day)},36.{10 + i},37.{10 + i},{deaths if i == 0 else 0},area {i % 4}")
        (self.scratch / "table.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
        (self.scratch / "table.yaml").write_text(self.mapping, encoding="utf-8")
        return ["--accounts", f"{self.scratch / 'table.csv'}:{self.scratch / 'table.yaml'}", "--truce-day", "2016-05-30"]

    def document(self, *arguments):
        done = run("trend", *arguments, "--out", self.scratch / "out")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads((self.scratch / "out" / "trend.json").read_text(encoding="utf-8")), done.stdout

    def test_a_table_and_a_day_make_an_answer_and_three_files(self):
        import jsonschema
        import warnings
        warnings.simplefilter("ignore", DeprecationWarning)  # of RefResolver, whose successor Debian 12 does not have
        document, told = self.document(*self.table(8, 3))
        self.assertIn("fell", told.splitlines()[0] + told.splitlines()[1])
        self.assertEqual(sorted(os.listdir(self.scratch / "out")), ["trend-days.csv", "trend.json", "trends.csv"])
        schemas = [json.loads((root / "doc/formats" / name).read_text(encoding="utf-8")) for name in ("trend.schema.json", "assessment.schema.json")]
        store = {schema["$id"]: schema for schema in schemas}
        jsonschema.Draft7Validator(schemas[0], resolver=jsonschema.RefResolver(schemas[0]["$id"], schemas[0], store)).validate(document)
        trend = document["trends"]["incidents"]["pre_truce_window_set_apart"]
        self.assertAlmostEqual(trend["estimate"]["ratio"], 3 / 8, places=9)
        model = document["trend_models"]["incidents"]["pre_truce_window_set_apart"]
        self.assertAlmostEqual(model["model"]["average"]["ratio"], 3 / 8, places=6)
        self.assertEqual((trend["change"], model["change"]), ("fell", "fell"))

    def test_the_tables_hold_what_the_document_holds(self):
        document, _ = self.document(*self.table(8, 3))
        with open(self.scratch / "out" / "trends.csv", encoding="utf-8", newline="") as table:
            rows = list(csv.DictReader(table))
        first = rows[0]
        estimate = document["trends"]["incidents"]["pre_truce_window_set_apart"]["estimate"]
        self.assertAlmostEqual(float(first["high"]), estimate["interval"][1], places=5)
        self.assertEqual({row["name"] for row in rows if row["group"] == "area"}, {f"area {i}" for i in range(4)})
        with open(self.scratch / "out" / "trend-days.csv", encoding="utf-8", newline="") as table:
            days = [row for row in csv.DictReader(table) if row["outcome"] == "incidents"]
        self.assertEqual([sum(row["part"] == part for row in days) for part in ("before", "pre_truce", "after")], [76, 14, 42])
        self.assertEqual(sum(float(row["count"]) for row in days if row["part"] == "after"), 42 * 3)

    def test_effort_turns_a_fall_of_reporting_into_none_of_violence(self):
        import datetime
        arguments = self.table(8, 4)
        days = [datetime.date(2016, 1, 1) + datetime.timedelta(day) for day in range(192)]
        effort = "date,watched\n" + "".join(f"{day},{4 if i < 150 else 2}\n" for i, day in enumerate(days))
        (self.scratch / "effort.csv").write_text(effort, encoding="utf-8")
        document, _ = self.document(*arguments, "--effort", self.scratch / "effort.csv")
        trend = document["trends"]["incidents"]["pre_truce_window_set_apart"]
        self.assertAlmostEqual(trend["estimate"]["ratio"], 1, places=9)
        self.assertEqual(trend["change"], "no_clear_change")
        (self.scratch / "effort.csv").write_text("date,watched\n2016-01-01,-2\n", encoding="utf-8")
        done = run("trend", *arguments, "--effort", self.scratch / "effort.csv")
        self.assertEqual(done.returncode, 3)
        self.assertIn("effort.csv:2: watched '-2'", done.stderr)

    def test_the_number_of_threads_changes_no_byte(self):
        arguments = self.table(6, 5)
        for threads in (1, 3):
            run("--threads", threads, "trend", *arguments, "--out", self.scratch / str(threads))
        self.assertEqual(bytes_of(self.scratch / "1"), bytes_of(self.scratch / "3"))

    def test_every_language_has_the_words(self):
        arguments = self.table(8, 3)
        for language in ("en", "ar", "ru", "fr"):
            done = run("trend", *arguments, "--language", language)
            self.assertEqual(done.returncode, 0)
            self.assertNotRegex(done.stdout, r"\[[a-z_]+\.[a-z_.]+\]")

    def test_a_selection_makes_no_trend(self):
        done = run("trend", example)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("cannot be estimated", " ".join(done.stdout.split()))

    def test_wrong_usage_says_what_to_give(self):
        for arguments in ([], [example, "--truce-day", "2016-05-04"], ["--accounts", "x.csv"], [*self.table(2, 2), "--language", "xx"],
                          [*self.table(2, 2)[:3], "30 May"]):
            done = run("trend", *arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertTrue(done.stderr)

    @unittest.skipUnless((shared / "data/ucdp-ged-syria-2016").exists(), "the real files are not here")
    def test_a_real_dataset_gives_every_part_of_the_answer(self):
        document, _ = self.document("--accounts", shared / "data/ucdp-ged-syria-2016/ged_syria_2016_jan_aug.csv", "--truce-day", "2016-02-27",
                                    "--zone", "Asia/Damascus", "--from", "2016-01-01", "--to", "2016-08-31")
        models = document["trend_models"]
        self.assertEqual(models["across_areas"]["errors"], "wild_bootstrap")
        self.assertIn("truce_outlasts_model", models["warnings"])
        self.assertLess(models["incidents"]["excitation"]["branching"], 0.99)


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


class Linking(Case):
    header = "id,date,lat,lon,place,type,by,against,dead,source\n"
    mapping = """trucewatch: 1
mapping: {id}
republish: {republish}
fields:
  key: id
  date: date
  lat: lat
  lon: lon
  radius_km: {{constant: "1"}}
  place: place
  act: {{column: type, values: {{shelling: attack.shelling, raid: attack.air_strike}}, otherwise: attack}}
  attacker: by
  target_party: against
  killed_best: dead
  cites: source
"""

    def sources(self, republish="rows"):
        """Sixty things that happened, told by two sources, each with a few of its own."""
        places = [("Sarmada", 36.186, 36.725), ("Anadan", 36.293, 37.043), ("Douma", 33.571, 36.402)]
        kinds = ["shelling", "raid", "clash"]
        rows = {"a": [], "b": []}
        for i in range(60):
            place, lat, lon = places[i % 3]
            day = f"2016-{1 + i // 14:02}-{1 + 2 * (i % 14):02}"
            for name in "ab":
                if (i % 7 == 0 and name == "a") or (i % 5 == 0 and name == "b"):
                    continue
                rows[name].append(f"{name}{i},{day},{lat + 0.001 * (name == 'b'):.4f},{lon:.4f},{place},{kinds[i * 7 % 3]},Army,Front {i % 4},{i % 9},\n")
        files = []
        for name in "ab":
            (self.scratch / f"{name}.csv").write_text(self.header + "".join(rows[name]))
            (self.scratch / f"{name}.yaml").write_text(self.mapping.format(id=name, republish=republish))
            files.append(f"{self.scratch}/{name}.csv:{self.scratch}/{name}.yaml")
        self.both = sum(1 for i in range(60) if i % 7 and i % 5)
        self.rows = len(rows["a"]) + len(rows["b"])
        return files

    def incidents(self, folder):
        with open(folder / "account-incidents.csv", encoding="utf-8", newline="") as table:
            groups = {}
            for row in csv.DictReader(table):
                groups.setdefault(row["incident"], set()).add(row["account"])
            return {frozenset(group) for group in groups.values()}

    def test_accounts_of_one_incident_become_one_whatever_the_order_and_the_threads(self):
        a, b = self.sources()
        done = run("--threads", 1, "link", a, b, "--out", self.scratch / "ab")
        self.assertEqual(done.returncode, 0, done.stderr)
        run("--threads", 3, "link", b, a, "--out", self.scratch / "ba")
        found = self.incidents(self.scratch / "ab")
        self.assertEqual(found, self.incidents(self.scratch / "ba"))
        right = {frozenset((f"a:a{i}", f"b:b{i}")) for i in range(60) if i % 7 and i % 5}
        self.assertGreaterEqual(len(right & found), 0.9 * self.both)
        self.assertEqual({group for group in found if len(group) > 1} - right, set())
        summary = json.loads((self.scratch / "ab" / "linkage.json").read_text(encoding="utf-8"))
        self.assertEqual((summary["accounts"], summary["incidents"]), (self.rows, len(found)))
        self.assertIn(f"{self.rows} accounts of 2 sources make {len(found)} incidents", done.stdout)

    def test_human_decisions_hold_and_are_listed(self):
        files = self.sources()
        (self.scratch / "decisions.yaml").write_text("""trucewatch: 1
decisions:
  - split: [{source: a, key: a1}, {source: b, key: b1}]
    why: an hour apart
  - link: [{source: a, key: a2}, {source: a, key: a3}]
  - link: [{source: a, key: a2}, {source: c, key: c9}]
""")
        done = run("link", *files, "--out", self.scratch / "out", "--decisions", self.scratch / "decisions.yaml")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("account 'c9' of source 'c', which was not read", done.stdout)
        found = self.incidents(self.scratch / "out")
        self.assertFalse(any({"a:a1", "b:b1"} <= group for group in found))
        self.assertTrue(any({"a:a2", "a:a3"} <= group for group in found))
        summary = json.loads((self.scratch / "out" / "linkage.json").read_text(encoding="utf-8"))
        self.assertEqual([one["state"] for one in summary["decisions"]], ["heeded", "heeded", "not_found"])
        self.assertEqual(summary["decisions"][0]["why"], "an hour apart")

    def test_rows_that_must_not_be_passed_on_are_counted_and_not_written(self):
        files = self.sources(republish="nothing")
        run("link", *files, "--out", self.scratch / "out")
        self.assertEqual(self.incidents(self.scratch / "out"), set())
        summary = json.loads((self.scratch / "out" / "linkage.json").read_text(encoding="utf-8"))
        self.assertGreater(summary["links"], 30)
        run("link", *files, "--out", self.scratch / "own", "--own-use")
        self.assertTrue(self.incidents(self.scratch / "own"))

    def test_a_mission_counts_what_two_sources_tell_once(self):
        run("assess", example, "--out", self.scratch / "one")
        folder = self.scratch / "mission"
        shutil.copytree(example, folder)
        for suffix in (".csv", ".mapping.yaml"):
            shutil.copy(folder / "accounts" / f"public-record{suffix}", folder / "accounts" / f"again{suffix}")
        with open(folder / "mission.yaml", "a", encoding="utf-8") as mission:
            mission.write("  - file: accounts/again.csv\n    mapping: accounts/again.mapping.yaml\n    source: {id: again, recording: selection, republish: rows}\n")
        done = run("assess", folder, "--out", self.scratch / "two")
        self.assertEqual(done.returncode, 0, done.stderr)
        one, two = (json.loads((self.scratch / name / "assessment.json").read_text(encoding="utf-8")) for name in ("one", "two"))
        self.assertEqual(two["accounting"]["accounts_of_incidents"], 2 * one["accounting"]["accounts_of_incidents"])
        told = one["accounting"]["incidents"]
        self.assertLess(two["accounting"]["incidents"], 1.1 * told)
        self.assertGreaterEqual(two["linkage"]["incidents_of_several_accounts"], 0.9 * told)
        self.assertEqual(two["linkage"]["accounts"] - two["linkage"]["links"], two["linkage"]["incidents"])
        dead = [document["tolls"]["all"]["killed"]["best"] for document in (one, two)]
        self.assertLess(dead[1], 1.1 * dead[0])
        self.assertIn("accounts make", done.stdout)
        with open(self.scratch / "two" / "links.csv", encoding="utf-8", newline="") as table:
            states = [row["state"] for row in csv.DictReader(table)]
        self.assertEqual(states.count("linked"), two["linkage"]["links"])

    def test_one_source_is_left_as_it_is(self):
        a, _ = self.sources()
        done = run("link", a, "--out", self.scratch / "out")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Nothing was compared", done.stdout)


class Persons(Case):
    def lists(self):
        people = [(f"Given{i % 17}", f"Family{i % 23}", f"19{50 + i % 40}-0{1 + i % 9}-1{i % 10}") for i in range(120)]
        files = []
        for name, keep, spell in (("a", lambda i: i % 3 != 0, str), ("b", lambda i: i % 4 != 0, lambda text: text.replace("amily", "amly"))):
            rows = [f"{i},{spell(given)},{spell(family)},{born}\n" for i, (given, family, born) in enumerate(people) if keep(i)]
            (self.scratch / f"{name}.csv").write_text("id,first,last,born\n" + "".join(rows))
            (self.scratch / f"{name}.yaml").write_text(f"""trucewatch: 1
persons: {name}
key: id
fields:
  given: {{column: first, compare: name}}
  family: {{column: last, compare: name}}
  born: {{column: born, compare: date}}
""")
            files.append(f"{self.scratch}/{name}.csv:{self.scratch}/{name}.yaml")
        return files

    def test_only_counts_leave_the_program_unless_asked(self):
        files = self.lists()
        done = run("link", "--persons", *files, "--out", self.scratch / "out")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(sorted(os.listdir(self.scratch / "out")), ["overlap.csv", "persons.json"])
        for path in (self.scratch / "out").iterdir():
            self.assertNotIn("Given", path.read_text(encoding="utf-8"))
        self.assertNotIn("Given", done.stdout)
        with open(self.scratch / "out" / "overlap.csv", encoding="utf-8", newline="") as table:
            overlap = {(row["a"], row["b"]): int(row["persons"]) for row in csv.DictReader(table)}
        both = sum(1 for i in range(120) if i % 3 and i % 4)
        self.assertLessEqual(abs(overlap[("1", "1")] - both), 6)
        self.assertEqual(overlap[("1", "0")] + overlap[("1", "1")], 80)
        self.assertEqual(overlap[("0", "1")] + overlap[("1", "1")], 90)
        run("link", "--persons", "--show-persons", *files, "--out", self.scratch / "shown")
        self.assertEqual(sorted(os.listdir(self.scratch / "shown")), ["overlap.csv", "person-links.csv", "persons.csv", "persons.json"])

    def test_a_list_without_its_mapping_is_refused(self):
        done = run("link", "--persons", self.scratch / "a.csv", "--out", self.scratch / "out")
        self.assertEqual(done.returncode, 3)
        self.assertIn("person-lists.md", done.stderr)


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


class Toll(Case):
    kosovo = "EXH,ABA,OSCE,HRW,n\n" + "".join(
        f"{i & 1},{i >> 1 & 1},{i >> 2 & 1},{i >> 3},{n}\n" for i, n in enumerate([0, 1131, 845, 177, 936, 228, 217, 181, 306, 106, 31, 18, 123, 42, 32, 27]))

    def lists(self, text):
        path = self.scratch / "lists.csv"
        path.write_text(text, encoding="utf-8")
        return path

    def test_a_mission_is_counted_as_its_assessment_counts_it(self):
        out = self.scratch / "toll"
        done = run("toll", example, "--out", out)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("Documented: people reported killed in all areas", done.stdout)
        run("assess", example, "--out", self.scratch / "assessed", "--quiet")
        assessed = json.loads((self.scratch / "assessed" / "assessment.json").read_text(encoding="utf-8"))["tolls"]["all"]
        counted = json.loads((out / "toll.json").read_text(encoding="utf-8"))["documented"]
        for key in ("killed", "civilians_killed", "protected_sites", "days", "sources"):
            self.assertEqual(counted[key], assessed[key], key)
        with (out / "running-toll.csv").open(encoding="utf-8", newline="") as file:
            last = list(csv.DictReader(file))[-1]
        self.assertEqual([int(last[key]) for key in ("low", "best", "high")], [counted["killed"][key] for key in ("low", "best", "high")])
        self.assertTrue(last["area"] and last["sources"] and last["counted"] and last["first_day"] < last["day"])

    def test_a_table_needs_no_mission(self):
        table = self.scratch / "deaths.csv"
        table.write_text("Date,Dead,Women\n2016-05-04,3,1\n2016-05-05,7,\n", encoding="utf-8")
        (self.scratch / "map.yaml").write_text("trucewatch: 1\nmapping: field\nfields:\n  date: Date\n  killed_best: Dead\n  women_killed: Women\n", encoding="utf-8")
        done = run("toll", "--accounts", f"{table}:{self.scratch / 'map.yaml'}")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"all +10 \(10 to 10\)")
        self.assertRegex(done.stdout, r"women +1 \(1 to 1\), at least: 1 incident")

    def test_lists_give_a_range_over_methods_the_models_and_the_warnings(self):
        out = self.scratch / "toll"
        done = run("toll", "--lists", self.lists(self.kosovo), "--out", out, "--replicates", 100)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("[123,14,34]", done.stdout)
        self.assertIn("Warning: The lists do not fit independence", done.stdout)
        stratum = json.loads((out / "toll.json").read_text(encoding="utf-8"))["undocumented"]["strata"][0]
        self.assertEqual(stratum["models_tried"], 113)
        self.assertAlmostEqual(stratum["models"][0]["population"], 10356.518957, places=3)
        self.assertLess(stratum["range"]["low"], 10500)
        self.assertGreater(stratum["range"]["high"], 18000)
        again = self.scratch / "again"
        run("toll", "--lists", self.lists(self.kosovo), "--out", again, "--replicates", 100, "--threads", 1)
        self.assertEqual(bytes_of(out), bytes_of(again))

    def test_thin_overlap_is_refused_and_that_is_an_answer(self):
        done = run("toll", "--lists", self.lists("A,B,C,n\n1,0,0,400\n0,1,0,300\n0,0,1,200\n1,1,0,60\n1,0,1,4\n0,1,1,30\n"))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("At least 994 people died. How many more cannot be estimated: A and C share only 4 people", done.stdout)

    def test_a_bad_row_is_told_with_its_line_and_nothing_is_estimated(self):
        done = run("toll", "--lists", self.lists("A,B,n\n1,0,4\n1,perhaps,5\n"))
        self.assertEqual((done.returncode, done.stdout), (3, ""))
        self.assertIn("lists.csv:3:", done.stderr)

    def test_neither_accounts_nor_lists_is_wrong_usage(self):
        self.assertEqual(run("toll").returncode, 2)


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

    def while_it_holds(self):
        """The example as it stood on 10 May 2016, before its truce ended."""
        folder = self.scratch / "mission"
        shutil.copytree(example, folder)
        mission = folder / "mission.yaml"
        mission.write_text(mission.read_text(encoding="utf-8").replace("to: 2016-05-21", "to: 2016-05-11"), encoding="utf-8")
        return folder

    def test_of_a_truce_that_has_ended_nothing_is_forecast(self):
        done = run("durability", example, "--comparables", self.register(), "--no-backtest")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("It ended on 12 May 2016, having held 8 days: nothing is forecast.", done.stdout.replace("\n", " "))
        self.assertNotIn("The chance that it holds", done.stdout)

    def test_a_mission_without_comparables_says_what_would_be_needed(self):
        done = run("durability", self.while_it_holds())
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("there are no comparable ceasefires", done.stdout)
        self.assertIn("What would be needed", done.stdout)

    def test_a_mission_is_compared_with_a_register(self):
        done = run("durability", self.while_it_holds(), "--comparables", self.register(), "--no-backtest")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("It has held for 7 days", done.stdout)
        self.assertIn("selection_only", done.stdout)

    def test_the_report_of_a_mission_answers_it_too(self):
        import jsonschema
        folder = self.while_it_holds()
        (folder / "comparables").mkdir()
        shutil.copy(self.register(), folder / "comparables" / "ceasefires.csv")
        mission = folder / "mission.yaml"
        mission.write_text(mission.read_text(encoding="utf-8") + "\ncomparables: {file: comparables/ceasefires.csv, conflict: C3}\n", encoding="utf-8")
        done = run("assess", folder, "--out", self.scratch / "out")
        self.assertEqual(done.returncode, 0, done.stderr)
        document = json.loads((self.scratch / "out" / "assessment.json").read_text(encoding="utf-8"))
        schema = json.loads((root / "doc/formats/assessment.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft7Validator(schema).validate(document)
        durability = document["durability"]
        self.assertEqual((durability["truce"]["age_days"], durability["truce"]["conflict"], durability["why_not"]), (7, "C3", None))
        self.assertEqual(len(durability["answer"]), 5)
        report = (self.scratch / "out" / "report.html").read_text(encoding="utf-8")
        for words in ("What counts as failure: ", "ما يُعدّ انهيارًا", 'class="figure survival"', 'class="figure reliability"'):
            self.assertIn(words, report)
        self.assertNotIn("[durability.", report)
        for name in ("durability.csv", "durability-curve.csv", "durability-backtest.csv"):
            self.assertTrue((self.scratch / "out" / name).exists(), name)
        alone = run("durability", folder)
        self.assertEqual(alone.returncode, 0, alone.stderr)
        month = next(one for one in durability["answer"] if one["days"] == 30)
        self.assertIn(f"{month['holds']['chance'] * 100:.0f}%", alone.stdout)

    def test_days_of_past_truces_give_a_hazard_by_the_day(self):
        rows = ["truce,conflict,day,violence,failed"]
        for i in range(80):
            violent = i % 2
            last = 5 + i % 7 if violent else 30 + i % 11
            rows += [f"T{i},C{i % 9},{day},{(day + i) % 3 * violent},{int(day == last and i % 8 != 7)}" for day in range(1, last + 1)]
        days = self.scratch / "days.csv"
        days.write_text("\n".join(rows) + "\n", encoding="utf-8")
        done = run("durability", self.register(), "--days", days, "--age", 5, "--no-backtest", "--out", self.scratch / "out")
        self.assertEqual(done.returncode, 0, done.stderr)
        document = json.loads((self.scratch / "out" / "durability.json").read_text(encoding="utf-8"))
        self.assertGreater(document["violence_ratio"][0], 1)
        broken = self.scratch / "broken.csv"
        broken.write_text("truce,day,violence,failed\nT1,0,3,0\n", encoding="utf-8")
        self.assertIn("want a whole number from 1 on", run("durability", self.register(), "--days", broken).stderr)

    def test_a_register_that_is_not_there_is_told(self):
        folder = self.scratch / "mission"
        shutil.copytree(example, folder)
        mission = folder / "mission.yaml"
        mission.write_text(mission.read_text(encoding="utf-8") + "\ncomparables: comparables/nothing.csv\n", encoding="utf-8")
        done = run("check", folder)
        self.assertEqual(done.returncode, 1)
        self.assertIn("comparables: file 'comparables/nothing.csv' is not in the folder", done.stdout + done.stderr)

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
