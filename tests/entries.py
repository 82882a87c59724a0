#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a week of two monitors' work in small: reports with a witness in them, opinions, a question, an order, exchange by file.

usage: entries.py TRUCE [unittest arguments]
"""
import base64
import hashlib
import json
import pathlib
import shutil
import sys
import unittest

import record

canary = "Maryam al-Canary"


class Entries(record.Case):
    def setUp(self):
        super().setUp()
        self.scratch.joinpath("reports.csv").write_text(
            "id,day,place,act,witness,phone\n"
            f"1,2016-05-04,36.20 37.16,attack.shelling,{canary},+963 11 5550001\n"
            "2,2016-05-05,36.21 37.15,attack.sniping,,\n", encoding="utf-8")

    def missions(self, *monitors):
        """A mission folder with a record for each: the example's agreements, and feeds of their own."""
        self.start(*monitors)
        example = record.root / "examples" / "aleppo-2016"
        for monitor in monitors:
            for part in ("mission.yaml", "actors.yaml", "agreements", "areas", "accounts"):
                source = example / part
                (shutil.copytree if source.is_dir() else shutil.copy)(source, self.scratch / monitor / part)

    def by(self, monitor):
        return [*self.with_key(monitor), "--by", "duty officer"]

    def write(self, monitor, kind, **body):
        return self.ok("record", "write", self.scratch / monitor, "--kind", kind, *self.by(monitor), stdin=json.dumps(body)).strip()

    def receive(self, monitor, *more):
        return self.ok("record", "receive", self.scratch / monitor, self.scratch / "reports.csv", "--source", "field", *self.by(monitor),
                       "--withhold", "witness=protected", "--withhold", "phone=mission", *more).split()

    def everything(self, folder):
        return b"".join(path.read_bytes() for path in sorted(pathlib.Path(folder).rglob("*")) if path.is_file() and "signed" not in path.name)

    def state(self, monitor, *more):
        return self.ok("record", "state", self.scratch / monitor, *more)

    def test_two_monitors_who_have_met_hold_the_same(self):
        self.missions("us", "ru")
        account = self.receive("us")[0]
        self.meet("us", "ru")
        self.write("us", "opinion.given", account=account, occurrence="confirmed", breach="violation", agreement="sy-2016-05-04-aleppo",
                   attribution="party", authors=["sy-government"], grounds="crater analysis", grade="B2")
        self.write("ru", "opinion.given", account=account, occurrence="unverifiable")
        self.meet("us", "ru")
        self.assertEqual(self.state("us"), self.state("ru"))
        self.assertEqual(self.state("us", "--digest"), self.state("ru", "--digest"))
        self.assertIn("joint occurrence divergent breach one_sided attribution one_sided overall divergent", self.state("us"))

    def test_what_was_known_then_can_be_had_again_to_the_byte(self):
        self.missions("us")
        account = self.receive("us")[0]
        then = self.state("us")
        sizes = self.state("us", "--digest").split()[1]
        self.write("us", "opinion.given", account=account, occurrence="confirmed")
        self.assertNotEqual(self.state("us"), then)
        self.assertEqual(self.state("us", "--as-of", sizes), then)
        self.assertIn("feed us.example/aleppo 0", self.state("us", "--as-of", "2016-05-04T00:00Z"))

    def test_receiving_twice_adds_nothing(self):
        self.missions("us")
        self.assertEqual(len(self.receive("us")), 2)
        self.assertEqual(self.receive("us"), [])

    def test_no_witness_is_in_any_file_that_is_kept_or_exchanged(self):
        self.missions("us", "ru")
        self.receive("us")
        self.meet("us", "ru")
        self.assertIn(canary.encode(), (self.scratch / "reports.csv").read_bytes(), "the search itself works")
        for folder in ("us", "ru", "stick"):
            everything = self.everything(self.scratch / folder)
            for secret in (canary, "5550001"):
                self.assertNotIn(secret.encode(), everything, folder)
                self.assertNotIn(base64.b64encode(secret.encode())[:12], everything, folder)
        self.assertFalse((self.scratch / "ru" / "disclosures.db").exists())

    def test_a_look_at_a_witness_is_in_the_record(self):
        self.missions("us")
        self.receive("us")
        digest = next(line.split()[0] for line in self.ok("record", "withheld", self.scratch / "us").splitlines() if " protected " in line)
        told = self.ok("record", "reveal", self.scratch / "us", digest, "--why", "to call her", *self.by("us"))
        self.assertIn(f"witness: {canary}", told)
        self.assertIn('"step":"accessed","why":"to call her"', self.state("us"))

    def test_a_release_is_a_redaction_that_anyone_can_check(self):
        self.missions("us")
        self.receive("us")
        self.ok("record", "release", self.scratch / "us", "--tier", "mission", "--out", self.scratch / "out", *self.by("us"))
        entries = [json.loads(line) for line in (self.scratch / "out" / "entries.jsonl").read_text(encoding="utf-8").splitlines()]
        disclosures = (self.scratch / "out" / "disclosures.txt").read_text(encoding="utf-8").split()
        self.assertEqual(len(entries), 2)
        self.assertEqual(len(disclosures), 1, "the telephone number; never the name")
        digest = base64.urlsafe_b64encode(hashlib.sha256(disclosures[0].encode()).digest()).decode().rstrip("=")
        self.assertIn(digest, entries[0]["body"]["_sd"])
        _, column, value = json.loads(base64.urlsafe_b64decode(disclosures[0] + "=" * (-len(disclosures[0]) % 4)))
        self.assertEqual((column, value), ("phone", "+963 11 5550001"))
        self.assertIn("release ", self.state("us"))

    def test_a_public_release_holds_nothing_that_is_withheld(self):
        self.missions("us")
        self.receive("us")
        self.ok("record", "release", self.scratch / "us", "--out", self.scratch / "out", *self.by("us"))
        self.assertEqual((self.scratch / "out" / "disclosures.txt").read_text(encoding="utf-8"), "")

    def test_what_is_destroyed_is_gone_and_every_proof_stands(self):
        self.missions("us", "ru")
        self.receive("us")
        self.meet("us", "ru")
        digest = next(line.split()[0] for line in self.ok("record", "withheld", self.scratch / "us").splitlines() if " protected " in line)
        self.ok("record", "destroy", self.scratch / "us", digest, "--why", "consent withdrawn", *self.by("us"))
        self.assertNotIn(digest, self.ok("record", "withheld", self.scratch / "us"))
        done = record.run("record", "reveal", self.scratch / "us", digest, "--why", "x", *self.by("us"))
        self.assertEqual(done.returncode, 1, done.stdout)
        self.meet("us", "ru")
        self.ok("record", "verify", self.scratch / "ru")
        self.assertIn(f"destroyed {digest}", self.state("ru"))

    def test_somebody_else_can_be_given_the_key_to_what_is_withheld(self):
        self.missions("us")
        (self.scratch / "un.card").write_text(self.ok("key", "show", self.key("un")), encoding="utf-8")
        self.receive("us", "--reader", self.scratch / "un.card")
        self.assertIn("un.example/aleppo us.example/aleppo", self.ok("record", "withheld", self.scratch / "us"))

    def test_notices_say_what_is_overdue_and_how_far_an_order_got(self):
        self.missions("us")
        account = self.receive("us")[0]
        for unit, under in (("hq", ""), ("b1", "hq"), ("b2", "hq")):
            self.write("us", "unit.named", unit=unit, name=unit, party="sy-opposition", **({"under": under} if under else {}))
        order = self.write("us", "notice.issued", **{"from": "usa"}, to=["hq"], text="cease fire", level="order", due="2016-05-07T00:01:00Z")
        self.write("us", "notice.acknowledged", notice=order, unit="hq", at="2016-05-04T06:00:00Z")
        self.write("us", "inquiry.opened", account=account, to="sy-government", question="Who fired?", due="2016-05-06T00:00:00Z")
        told = self.ok("notices", self.scratch / "us", "--at", "2016-05-08T00:00", "--out", self.scratch / "out", "--sender", "us.example")
        self.assertIn("No reply from sy-government\n      sy-government was asked: Who fired?\n", told)
        self.assertIn("Not acknowledged by b1", told)
        self.assertNotIn("Not acknowledged by hq", told)
        self.assertIn("Units reached: 1 of 3; acknowledged: 1", told)
        self.assertIn("BEGIN:VTODO", (self.scratch / "out" / "notices.ics").read_text(encoding="utf-8"))
        self.assertEqual(len(list((self.scratch / "out").glob("*.cap.xml"))), 3)
        self.assertIn("لا رد من", self.ok("notices", self.scratch / "us", "--at", "2016-05-08T00:00", "--language", "ar"))

    def test_an_order_is_followed_by_place_and_time_down_the_chain(self):
        self.missions("us")
        for unit, under, area in (("hq", "", ""), ("b1", "hq", "aleppo"), ("b2", "hq", "aleppo"), ("b3", "hq", "idlib")):
            self.write("us", "unit.named", unit=unit, name=unit, party="sy-opposition", **({"under": under} if under else {}), **({"area": area} if area else {}))
        order = self.write("us", "notice.issued", **{"from": "usa"}, to=["hq"], text="cease fire", level="order", due="2016-05-07T00:01:00Z")
        self.write("us", "notice.relayed", notice=order, **{"from": "hq"}, to=["b1", "b3"], at="2016-05-04T07:00:00Z", channel="radio")
        self.write("us", "notice.acknowledged", notice=order, unit="b1", at="2016-05-04T08:00:00Z")
        at = lambda moment: self.ok("notices", self.scratch / "us", "--at", moment)
        self.assertIn("in aleppo: reached 0 of 2; acknowledged 0", at("2016-05-04T06:59Z"))
        told = at("2016-05-04T08:00Z")
        self.assertIn("in aleppo: reached 1 of 2; acknowledged 1", told)
        self.assertIn("in idlib: reached 1 of 1; acknowledged 0", told)
        self.assertIn("b3: told, has not acknowledged", told)
        self.assertIn("b2: not said to have been told", told)

    def test_where_monitors_are_not_let_through_is_told_while_it_lasts(self):
        self.missions("us")
        self.write("us", "movement.restricted", restriction="denied", place="Castello road", by="sy-government", **{"from": "2016-05-05T06:00:00Z"}, until="2016-05-06T06:00:00Z", text="Turned back at the last post")
        at = lambda moment, *more: self.ok("notices", self.scratch / "us", "--at", moment, *more)
        self.assertIn("Movement restricted now: nothing", at("2016-05-05T05:59Z"))
        told = at("2016-05-05T06:00Z")
        self.assertIn("Castello road: denied; by: sy-government; from 2016-05-05", told)
        self.assertIn("Turned back at the last post", told)
        self.assertIn("Movement restricted now: nothing", at("2016-05-06T06:00Z"))
        self.assertIn("не пропустили", at("2016-05-05T06:00Z", "--language", "ru"))

    def test_a_wrong_body_is_refused_before_anything_is_signed(self):
        self.missions("us")
        done = record.run("record", "write", self.scratch / "us", "--kind", "opinion.given", *self.by("us"), stdin='{"account":"x","occurence":"confirmed"}')
        self.assertEqual(done.returncode, 2)
        self.assertIn("'account' is \"x\"; want 64 hexadecimal digits", done.stderr)
        self.assertIn("feed us.example/aleppo 0", self.state("us"))

    def test_a_table_with_two_columns_of_one_name_is_refused(self):
        self.missions("us")
        (self.scratch / "reports.csv").write_text("id,id\n1,2\n", encoding="utf-8")
        done = record.run("record", "receive", self.scratch / "us", self.scratch / "reports.csv", "--source", "field", *self.by("us"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("column 2 has the name 'id' of another", done.stderr)


if __name__ == "__main__":
    record.truce = pathlib.Path(sys.argv[1]).resolve()
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
