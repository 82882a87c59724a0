#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Assesses missions whose accounts, agreements, links and opinions come from the record, as two monitors keep it.

usage: assessed_record.py TRUCE [unittest arguments]
"""
import csv
import filecmp
import json
import pathlib
import shutil
import sys
import unittest

import record

canary = "Maryam al-Canary"
mapping = """trucewatch: 1
mapping: field
zone: Asia/Damascus
fields:
  key: id
  date: day
  place: place
  lat: lat
  lon: lon
  radius_km: {constant: "1"}
  act: act
  attacker: attacker
  target_kind: {constant: civilian}
  roles: {constant: stated}
  killed_best: killed
  summary: note
"""
header = "id,day,place,lat,lon,act,attacker,killed,note,witness"
rows = ["1,2016-05-05,Kanariya quarter,36.19,37.12,attack.shelling,sy-government,2,\"Two shells, near the \"\"old\"\" market\"," + canary,
        "2,2016-05-05,Kanariya quarter,36.19,37.12,attack.shelling,sy-government,3,Shells fell near the market; three died,",
        "3,2016-05-09,Al-Hamdaniya,36.17,37.10,attack.sniping,sy-opposition,1,One shot on a street,"]


class Assessed(record.Case):
    def setUp(self):
        super().setUp()
        self.start("us", "ru")
        for monitor in ("us", "ru"):
            self.make_mission(self.scratch / monitor)

    def make_mission(self, folder, accounts="- {record: field, mapping: accounts/field.mapping.yaml, source: {title: Field reports, republish: rows, may_repeat: true}}"):
        example = record.root / "examples" / "aleppo-2016"
        folder.mkdir(exist_ok=True)
        for part in ("actors.yaml", "agreements", "areas", "accounts"):
            (shutil.copytree if (example / part).is_dir() else shutil.copy)(example / part, folder / part)
        mission = (example / "mission.yaml").read_text(encoding="utf-8")
        (folder / "mission.yaml").write_text(mission + "  " + accounts + "\n", encoding="utf-8")
        (folder / "accounts" / "field.mapping.yaml").write_text(mapping, encoding="utf-8")

    def by(self, monitor):
        return [*self.with_key(monitor), "--by", "duty officer"]

    def receive(self, monitor, *lines, withhold=()):
        table = self.scratch / "reports.csv"
        table.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return self.ok("record", "receive", self.scratch / monitor, table, "--source", "field", *self.by(monitor),
                       *[word for column in withhold for word in ("--withhold", column)]).split()

    def write(self, monitor, kind, **body):
        return self.ok("record", "write", self.scratch / monitor, "--kind", kind, *self.by(monitor), stdin=json.dumps(body)).strip()

    def assess(self, monitor, out="out", *more):
        self.ok("assess", self.scratch / monitor, "--out", self.scratch / out, *more)
        return json.loads((self.scratch / out / "assessment.json").read_text(encoding="utf-8"))

    def table(self, name, out="out"):
        with open(self.scratch / out / name, encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def sizes(self, monitor):
        return self.ok("record", "state", self.scratch / monitor, "--digest").split()[1]

    def field_accounts(self, out="out"):
        return [row for row in self.table("accounts.csv", out) if row["source"] == "field"]

    def test_accounts_come_out_of_the_record_as_they_come_out_of_a_file(self):
        self.receive("us", *rows)
        self.assess("us")
        from_file = self.scratch / "from-file"
        self.make_mission(from_file, "- {file: accounts/field.csv, mapping: accounts/field.mapping.yaml, source: {id: field, title: Field reports, republish: rows, may_repeat: true}}")
        (from_file / "accounts" / "field.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        self.ok("assess", from_file, "--out", self.scratch / "file")
        self.assertEqual(len(self.field_accounts()), 3)
        apart = {"file", "row", "line"}  # the record keeps rows, not files
        strip = lambda table: [{k: v for k, v in row.items() if k not in apart} for row in table]
        self.assertEqual(strip(self.field_accounts()), strip(self.field_accounts("file")))
        known = lambda out: [{k: v for k, v in row.items() if k not in ("opinions", "joint")} for row in self.table("findings.csv", out)]
        self.assertEqual(known("out"), known("file"))

    def test_two_monitors_who_have_met_make_the_same_assessment(self):
        self.receive("us", rows[0], rows[1])
        self.receive("ru", rows[1], rows[2])
        self.meet("us", "ru")
        one, two = self.assess("us", "of-us"), self.assess("ru", "of-ru")
        self.assertEqual(one["record"], two["record"])
        self.assertEqual(one["record"]["state_sha256"], self.ok("record", "state", self.scratch / "ru", "--digest").split()[0])
        self.assertEqual(len(self.field_accounts("of-us")), 3, "a row that both received is one account")
        for name in ("assessment.json", "findings.csv", "accounts.csv", "opinions.csv", "report.html"):
            self.assertEqual((self.scratch / "of-us" / name).read_bytes(), (self.scratch / "of-ru" / name).read_bytes(), name)

    def test_links_and_splits_go_before_what_is_computed(self):
        one, two, three = self.receive("us", *rows)
        self.meet("us", "ru")
        incident_of = lambda out: {account: row["incident"] for row in self.table("incidents.csv", out) for account in row["accounts"].split(";")}
        link = self.write("us", "link.proposed", accounts=sorted([one, three]), grounds="one crater")
        self.assess("us", "linked")
        told = incident_of("linked")
        self.assertEqual(told["field:1"], told["field:3"])
        self.meet("us", "ru")
        self.write("ru", "link.undone", link=link, grounds="two craters, days apart")
        self.meet("us", "ru")
        self.assess("us", "split")
        told = incident_of("split")
        self.assertNotEqual(told["field:1"], told["field:3"])

    def test_opinions_stand_beside_findings_and_change_no_verdict(self):
        one, two, three = self.receive("us", *rows)
        self.meet("us", "ru")
        before = self.assess("us", "before")
        self.assertEqual(before["record"]["opinions"], [])
        self.write("us", "opinion.given", account=two, occurrence="confirmed", breach="violation", agreement="sy-2016-05-04-aleppo", duty="no-attacks",
                   attribution="party", authors=["sy-opposition"], grounds="crater <b>analysis</b>", grade="B2", standard="reasonable_grounds")
        self.write("ru", "opinion.given", account=two, occurrence="unverifiable")
        self.meet("us", "ru")
        after = self.assess("us", "after")
        self.assertEqual(before["incidents_by_verdict"], after["incidents_by_verdict"])
        said = after["record"]["opinions"][0]
        self.assertEqual(said["joint"], {"occurrence": "divergent", "breach": "one_sided", "attribution": "one_sided", "overall": "divergent"})
        opinions = self.table("opinions.csv", "after")
        self.assertEqual([(row["monitor"], row["occurrence"], row["breach"]) for row in opinions],
                         [("ru.example/aleppo", "unverifiable", ""), ("us.example/aleppo", "confirmed", "violation")])
        findings = {row["commitment"]: row for row in self.table("findings.csv", "after") if row["incident"] == said["incident"]}
        self.assertIn("us.example/aleppo=confirmed/violation/party", findings["sy-2016-05-04-aleppo/no-attacks"]["opinions"])
        self.assertEqual(findings["sy-2016-05-04-aleppo/no-attacks"]["joint"], "divergent")
        for commitment, row in findings.items():
            if commitment != "sy-2016-05-04-aleppo/no-attacks":
                self.assertIn("us.example/aleppo=confirmed/-/party", row["opinions"], "an opinion on one duty says nothing of another")
        report = (self.scratch / "after" / "report.html").read_text(encoding="utf-8")
        self.assertIn("divergent", report)
        self.assertIn("crater &lt;b&gt;analysis", report)
        self.assertNotIn("<b>analysis", report)
        self.assertIn("two_raters", after["record"]["monitor_agreement"][0]["warnings"])

    def test_an_old_assessment_is_made_again_to_the_byte(self):
        one, two, three = self.receive("us", *rows)
        self.write("us", "opinion.given", account=one, occurrence="confirmed")
        self.assess("us", "then")
        sizes = self.sizes("us")
        self.write("us", "opinion.given", account=one, occurrence="false")
        self.write("us", "link.proposed", accounts=sorted([one, three]))
        self.assess("us", "now")
        self.assess("us", "again", "--as-of", sizes)
        names = sorted(path.name for path in (self.scratch / "then").iterdir())
        self.assertIn("opinions.csv", names)
        self.assertEqual(filecmp.cmpfiles(self.scratch / "then", self.scratch / "again", names, shallow=False), (names, [], []))
        self.assertNotEqual((self.scratch / "then" / "assessment.json").read_bytes(), (self.scratch / "now" / "assessment.json").read_bytes())

    def test_a_finding_whose_inputs_changed_says_what_changed(self):
        one, two = self.receive("us", rows[0], rows[1])
        self.assess("us", "then")
        then = self.sizes("us")
        (three,) = self.receive("us", rows[2])
        self.write("us", "link.proposed", accounts=sorted([one, three]), grounds="one crater")
        self.write("us", "opinion.given", account=two, occurrence="confirmed")
        self.assess("us", "now", "--since", then)
        changes = [row for row in self.table("changes.csv", "now") if row["commitment"] == "sy-2016-05-04-aleppo/no-attacks"]
        with_three = [row for row in changes if "field:3" in row["received"]]
        self.assertEqual(len(with_three), 1, changes)
        self.assertIn("link by us.example/aleppo: one crater", with_three[0]["decisions"])
        self.assertTrue(any(row["opinions"] == "us.example/aleppo" for row in changes), changes)
        self.assertFalse(any("public-record" in row["received"] for row in changes), "what the record did not change is not said to have changed")
        report = (self.scratch / "now" / "report.html").read_text(encoding="utf-8")
        self.assertIn("us.example/aleppo⁩ linked accounts: ⁨one crater", report)
        self.assess("us", "by-previous", "--previous", self.scratch / "then" / "assessment.json")
        self.assertEqual((self.scratch / "by-previous" / "changes.csv").read_bytes(), (self.scratch / "now" / "changes.csv").read_bytes())
        self.assess("us", "still", "--since", self.sizes("us"))
        self.assertEqual(self.table("changes.csv", "still"), [])

    def test_an_assessment_of_another_history_is_no_measure_of_change(self):
        self.receive("us", rows[0])
        self.assess("us", "then")
        other = json.loads((self.scratch / "then" / "assessment.json").read_text(encoding="utf-8"))
        other["record"]["state_sha256"] = "0" * 64
        (self.scratch / "other.json").write_text(json.dumps(other), encoding="utf-8")
        done = record.run("assess", self.scratch / "us", "--out", self.scratch / "now", "--previous", self.scratch / "other.json")
        self.assertEqual(done.returncode, 3)
        self.assertIn("it was made from a record that came to 0000000000000000", done.stderr)

    def test_no_witness_is_in_any_output(self):
        self.receive("us", *rows, withhold=["witness=protected", "place=mission"])
        done = record.run("assess", self.scratch / "us", "--out", self.scratch / "out")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.field_accounts()), 3)
        for path in (self.scratch / "out").iterdir():
            everything = path.read_bytes()
            self.assertNotIn(canary.encode(), everything, path.name)
            self.assertNotIn(b"Kanariya", everything, path.name)
        warnings = next(source for source in json.loads((self.scratch / "out" / "assessment.json").read_text(encoding="utf-8"))["sources"] if source["id"] == "field")["warnings"]
        self.assertIn("of 3 of 3 rows some cells are withheld; they were read as empty", warnings)

    def test_an_agreement_adopted_in_the_record_binds(self):
        agreement = self.scratch / "us" / "agreements" / "2016-05-04-aleppo.yaml"
        text = agreement.read_text(encoding="utf-8")
        self.receive("us", *rows)
        by_file = self.assess("us", "by-file")
        agreement.unlink()
        adopted = self.write("us", "agreement.adopted", agreement="sy-2016-05-04-aleppo", text=text)
        by_record = self.assess("us", "by-record")
        self.assertEqual(by_record["record"]["agreements"][0]["entry"], adopted)
        self.assertEqual(by_file["incidents_by_verdict"], by_record["incidents_by_verdict"])
        then = self.sizes("us")
        self.write("us", "agreement.adopted", agreement="sy-2016-05-04-aleppo", text=text + "# as amended\n", amends=adopted)
        self.assess("us", "amended", "--since", then)
        changes = self.table("changes.csv", "amended")
        self.assertTrue(changes)
        self.assertTrue(all(row["agreement_text"] == "other" for row in changes), changes)

    def test_two_texts_that_stand_against_each_other_are_not_chosen_between(self):
        self.receive("us", rows[0])
        self.meet("us", "ru")
        for monitor, words in (("us", "1"), ("ru", "2")):
            self.write(monitor, "agreement.adopted", agreement="local-truce", text=f"trucewatch: 1\nagreement: local-truce\n# {words}\n")
        self.meet("us", "ru")
        done = record.run("assess", self.scratch / "us", "--out", self.scratch / "out")
        self.assertEqual(done.returncode, 3)
        self.assertIn("different texts of agreement 'local-truce' stand in the record", done.stderr)

    def test_a_source_that_the_mission_does_not_take_is_told(self):
        self.make_mission_without_the_record()
        self.receive("us", *rows)
        self.ok("assess", self.scratch / "us", "--out", self.scratch / "out")
        self.assertEqual(self.field_accounts(), [])
        self.assertIn("warning", self.ok("assess", self.scratch / "us", "--out", self.scratch / "out"))

    def make_mission_without_the_record(self):
        mission = self.scratch / "us" / "mission.yaml"
        mission.write_text("".join(line for line in mission.read_text(encoding="utf-8").splitlines(True) if "record: field" not in line), encoding="utf-8")

    def test_a_feed_that_does_not_verify_keeps_the_mission_from_being_assessed(self):
        self.receive("us", *rows)
        bundle = next(path for path in (self.feed("us", "us") / "tile" / "entries").rglob("*") if path.is_file())
        bundle.write_bytes(bundle.read_bytes().replace(b"Al-Hamdaniya", b"Al-Hamdaniyb"))
        done = record.run("assess", self.scratch / "us", "--out", self.scratch / "out")
        self.assertEqual(done.returncode, 3, done.stdout)
        self.assertFalse((self.scratch / "out").exists())

    def test_the_record_is_asked_for_only_where_there_is_one(self):
        folder = self.scratch / "none"
        self.make_mission(folder)
        done = record.run("assess", folder, "--out", self.scratch / "out")
        self.assertEqual(done.returncode, 3)
        self.assertIn("source 'field' is to come from the record, and the folder keeps none", done.stderr)


if __name__ == "__main__":
    record.truce = pathlib.Path(sys.argv[1]).resolve()
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
