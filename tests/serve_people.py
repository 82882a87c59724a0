#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Drives `truce serve` as a cell does that signs in, files, judges and is attacked: over sockets, with the real example and a record.

usage: serve_people.py TRUCE [unittest arguments]
"""
import csv
import hashlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse
import uuid

root = pathlib.Path(__file__).resolve().parent.parent
example = root / "examples" / "aleppo-2016"
truce = ""
password = "lemon harbour tuesday"
roles = ["viewer", "reporter", "analyst", "monitor", "admin"]
canary = "Umm Khalil the baker"


def run(*arguments, stdin=None):
    done = subprocess.run([truce, *map(str, arguments)], capture_output=True, text=True, input=stdin, timeout=120, check=False)
    assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return done.stdout


class Office:
    """A mission with a record, its key, and a server over both that may be killed and started again."""

    def __init__(self):
        self.temporary = tempfile.TemporaryDirectory()
        base = pathlib.Path(self.temporary.name)
        self.folder = base / "mission"
        shutil.copytree(example, self.folder)
        (base / "phrase").write_text("not for real work\n", encoding="utf-8")
        self.key = ["--key", base / "usa.key", "--passphrase-file", base / "phrase"]
        run("key", "new", base / "usa.key", "--name", "usa.example/aleppo", "--cost", "low", "--passphrase-file", base / "phrase")
        (base / "policy").write_text(run("key", "show", base / "usa.key") + "quorum usa.example/aleppo\n", encoding="utf-8")
        run("record", "init", self.folder, *self.key, "--policy", base / "policy")
        self.log = open(base / "log", "ab+")
        self.port = 0
        self.code = ""
        self.start()

    def start(self):
        self.process = subprocess.Popen([truce, "serve", str(self.folder), "--listen", f"127.0.0.1:{self.port}", *map(str, self.key)],
                                        stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        assert line, self.logged()
        self.port = urllib.parse.urlsplit(line.strip()).port
        if not self.code:
            self.code = re.search(r"[A-Z2-9]{4}(-[A-Z2-9]{4}){3}", self.process.stdout.readline()).group()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def logged(self):
        self.log.flush()
        self.log.seek(0)
        return self.log.read().decode()

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self.process.stdout.close()
        self.log.close()
        self.temporary.cleanup()

    def ask(self, method, path, body=None, cookie=None, raw=None, **fields):
        headers = {"Host": f"127.0.0.1:{self.port}"}
        if cookie:
            headers["Cookie"] = cookie
        if method != "GET":
            headers |= {"X-Truce": "1", "Origin": f"http://127.0.0.1:{self.port}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        headers |= {name.replace("_", "-"): value for name, value in fields.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body=raw if raw is not None else None if body is None else json.dumps(body), headers=headers)
            answer = connection.getresponse()
            answer.content = answer.read()
            return answer
        finally:
            connection.close()

    def json(self, method, path, body=None, status=200, **more):
        answer = self.ask(method, path, body, **more)
        assert answer.status == status, (method, path, answer.status, answer.content[:600])
        return json.loads(answer.content) if answer.content else None


def cookie_of(answer):
    return answer.headers["Set-Cookie"].split(";")[0]


class Served(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.office = Office()
        made = cls.office.ask("POST", "/api/first-admin", {"code": cls.office.code, "name": "admin", "password": password})
        assert made.status == 201, made.content
        cls.as_ = {"admin": cookie_of(made)}
        for role in roles[:-1]:
            cls.office.json("POST", "/api/people", {"name": role, "role": role, "password": password}, 201, cookie=cls.as_["admin"])
        cls.office.json("POST", "/api/people", {"name": "liaison", "role": "viewer", "party": "sy-government", "password": password}, 201,
                        cookie=cls.as_["admin"])
        for role in [*roles[:-1], "liaison"]:
            cls.as_[role] = cookie_of(cls.office.ask("POST", "/api/sessions", {"name": role, "password": password}))

    @classmethod
    def tearDownClass(cls):
        cls.office.close()

    def account(self, **more):
        return {"when": {"start": "2016-05-04T03:10"}, "place": {"lat": 36.2, "lon": 37.15, "name": "Salah al-Din"}, "act": "attack.shelling",
                "attacker": "sy-government", "what": "Shells fell near the market.", "killed": {"low": 1, "best": 2, "high": 3}} | more

    def file(self, key=None, role="reporter", status=201, **more):
        return self.office.json("POST", "/api/accounts", self.account(**more), status, cookie=self.as_[role], Idempotency_Key=key or str(uuid.uuid4()))

    def incident(self):
        return self.office.json("GET", "/api/incidents?limit=1", cookie=self.as_["viewer"])["rows"][0]["id"]


class SigningIn(Served):
    def test_the_code_works_once(self):
        answer = self.office.ask("POST", "/api/first-admin", {"code": self.office.code, "name": "another", "password": password})
        self.assertEqual(answer.status, 403)

    def test_nothing_is_open_without_a_session_but_what_must_be(self):
        for path in ["/api/mission", "/api/now", "/api/assessment", "/api/incidents", "/api/incidents.csv", "/api/record/entries", "/api/people",
                     "/api/stream", "/metrics", "/ogc/", "/feeds/usa.example_aleppo/checkpoint", "/atom/incidents", "/cap/alerts"]:
            with self.subTest(path):
                self.assertEqual(self.office.ask("GET", path).status, 401)
        for path in ["/health", "/api/first-admin"]:
            self.assertEqual(self.office.ask("GET", path).status, 200)

    def test_a_page_of_another_site_changes_nothing(self):
        for fields in [{"Origin": "https://evil.example"}, {"X_Truce": "0"}, {"Sec_Fetch_Site": "cross-site"}]:
            with self.subTest(fields):
                answer = self.office.ask("POST", "/api/accounts", self.account(), cookie=self.as_["reporter"], Idempotency_Key=str(uuid.uuid4()), **fields)
                self.assertEqual(answer.status, 403)

    def test_the_log_has_no_names_addresses_or_passwords(self):
        self.office.ask("POST", "/api/sessions", {"name": "canary-name", "password": "canary-password"})
        text = self.office.logged()
        self.assertIn("sign_in.refused", text)
        for never in ["canary", password, "127.0.0.1", canary]:
            self.assertNotIn(never, text)


class Matrix(Served):
    def test_every_role_against_every_way_to_write(self):
        incident = self.incident()
        tries = {
            "account.write": ("POST", "/api/accounts", self.account(), {"Idempotency_Key": None}),
            "upload": ("POST", "/api/uploads?name=x.csv&dry_run=1", None, {}),
            "opinion.write": ("POST", "/api/opinions", {"incident": incident, "occurrence": "confirmed"}, {}),
            "link.write": ("POST", "/api/links", {"accounts": [incident, incident]}, {}),
            "inquiry.write": ("POST", "/api/inquiries", {"account": incident, "to": "sy-government", "question": "What happened?"}, {}),
            "notice.write": ("POST", "/api/units", {"unit": "x", "name": "x", "party": "nobody"}, {}),
            "people.manage": ("POST", "/api/people", {"name": "", "role": "viewer", "password": "x"}, {}),
            "metrics.read": ("GET", "/metrics", None, {}),
            "export": ("GET", "/api/incidents.csv", None, {}),
        }
        cells = 0
        for role in [*roles, "liaison"]:
            rights = self.office.json("GET", "/api/session", cookie=self.as_[role])["rights"]
            for right, (method, path, body, fields) in tries.items():
                with self.subTest(role=role, right=right):
                    fields = {name: str(uuid.uuid4()) for name in fields}
                    raw = b"nothing that a reader knows\n" if right == "upload" else None
                    status = self.office.ask(method, path, body, cookie=self.as_[role], raw=raw, **fields).status
                    if right in rights:
                        self.assertNotIn(status, (401, 403))
                    else:
                        self.assertEqual(status, 403)
                    cells += 1
            self.assertEqual(self.office.ask("GET", "/api/incidents?limit=1", cookie=self.as_[role]).status, 200)
        self.assertEqual(cells, 6 * len(tries))


class Writing(Served):
    def test_an_account_is_filed_once_whatever_the_line_does(self):
        key = str(uuid.uuid4())
        one = self.file(key)
        self.assertEqual(one, self.file(key))
        self.assertEqual(self.file(key, status=422, what="Something else.")["title"], "Another account")

    def test_what_is_wrong_is_told_by_field(self):
        answer = self.file(status=422, when={"start": "2016-05-34T03:10"})
        self.assertEqual(answer["errors"][0]["field"], "when.start")
        answer = self.file(status=422, act="atack.shelling")
        self.assertEqual(answer["errors"][0]["field"], "act")
        answer = self.file(status=422, killed={"low": 3, "best": 2}, plce={})
        self.assertEqual({error["field"] for error in answer["errors"]}, {"killed.best", "plce"})

    def test_a_filed_account_comes_into_the_numbers(self):
        filed = self.file(what="A drone fell on the old bakery.")
        until = time.time() + 60
        while self.office.ask("GET", "/api/accounts/" + urllib.parse.quote(filed["id"], safe=""), cookie=self.as_["viewer"]).status != 200:
            self.assertLess(time.time(), until, self.office.logged()[-2000:])
            time.sleep(0.5)
        assessed = self.office.json("GET", "/api/assessment", cookie=self.as_["analyst"])
        self.assertIn("reports", json.dumps(assessed))

    def test_an_opinion_stands_on_three_axes_and_names_what_is_wrong(self):
        incident = self.incident()
        given = self.office.json("POST", "/api/opinions", {"incident": incident, "occurrence": "confirmed", "breach": "violation", "agreement": "sy-2016-02-27",
                                                           "grade": "B2", "grounds": "crater analysis"}, 201, cookie=self.as_["monitor"])
        self.assertEqual(given["joint"]["overall"], "one_sided")
        shown = self.office.json("GET", "/api/incidents/" + urllib.parse.quote(incident, safe=""), cookie=self.as_["viewer"])
        self.assertEqual(shown["opinions"][0]["occurrence"], "confirmed")
        wrong = self.office.json("POST", "/api/opinions", {"incident": incident, "agreement": "sy-2016-02-28", "authors": ["nobody"]}, 422, cookie=self.as_["monitor"])
        self.assertEqual([error["field"] for error in wrong["errors"]], ["occurrence", "agreement", "authors", "attribution"])

    def test_a_question_is_answered_by_the_party_alone(self):
        asked = self.office.json("POST", "/api/inquiries", {"account": self.incident(), "to": "sy-government", "question": "Whose guns?"}, 201, cookie=self.as_["monitor"])
        other = self.office.json("POST", "/api/inquiries", {"account": self.incident(), "to": "sy-opposition", "question": "Whose guns?"}, 201, cookie=self.as_["monitor"])
        reply = {"position": "denies", "text": "Not ours."}
        self.office.json("POST", f"/api/inquiries/{asked['id']}/replies", reply, 201, cookie=self.as_["liaison"])
        self.office.json("POST", f"/api/inquiries/{other['id']}/replies", reply, 404, cookie=self.as_["liaison"])
        self.office.json("POST", f"/api/inquiries/{asked['id']}/replies", reply | {"party": "sy-government"}, 403, cookie=self.as_["reporter"])

    def test_an_order_goes_down_the_chain_and_is_acknowledged(self):
        for unit, under, party in [("corps", "", "sy-government"), ("brigade", "corps", "sy-government"), ("front", "", "sy-opposition")]:
            self.office.json("POST", "/api/units", {"unit": unit, "name": unit, "party": party} | ({"under": under} if under else {}), 201, cookie=self.as_["monitor"])
        notice = self.office.json("POST", "/api/notices", {"to": ["corps", "front"], "text": "Cease fire.", "level": "order"}, 201, cookie=self.as_["monitor"])
        self.office.json("POST", f"/api/notices/{notice['id']}/acknowledge", {"unit": "brigade", "channel": "radio"}, 201, cookie=self.as_["liaison"])
        shown = self.office.json("GET", "/api/notices", cookie=self.as_["monitor"])
        self.assertEqual([(row["id"], row["text"], row["to"]) for row in shown["rows"]], [(notice["id"], "Cease fire.", ["corps", "front"])])
        self.assertEqual(shown["total"], 1)
        reached = {row["unit"]: row["acknowledged"] is not None for row in shown["rows"][0]["units"]}
        self.assertTrue(reached["brigade"])
        self.assertFalse(reached["front"])
        self.assertLessEqual({"corps", "brigade", "front"}, {unit["id"] for unit in shown["units"]})
        refused = self.office.json("POST", f"/api/notices/{notice['id']}/acknowledge", {"unit": "front"}, 422, cookie=self.as_["liaison"])
        self.assertEqual(refused["errors"][0]["field"], "unit")

    def test_accounts_are_linked_and_the_link_undone(self):
        rows = self.office.json("GET", "/api/accounts?limit=2", cookie=self.as_["viewer"])["rows"]
        link = self.office.json("POST", "/api/links", {"accounts": [row["id"] for row in rows], "grounds": "same shell"}, 201, cookie=self.as_["analyst"])
        self.office.json("POST", "/api/links", {"undo": link["id"]}, 201, cookie=self.as_["analyst"])
        self.office.json("POST", "/api/links", {"undo": "0" * 64}, 422, cookie=self.as_["analyst"])

    def test_an_export_is_an_entry_with_its_hash(self):
        body = self.office.ask("GET", "/api/incidents.csv", cookie=self.as_["analyst"], Accept_Encoding="identity").content
        time.sleep(2)
        entries = self.office.json("GET", "/api/record/entries?kind=evidence.handled&limit=1000", cookie=self.as_["viewer"])["rows"]
        self.assertIn(hashlib.sha256(body).hexdigest(), [entry["body"]["sha256"] for entry in entries])


class Reports(Served):
    def test_a_report_is_for_whom_it_is_made_for_and_never_changes(self):
        ask = lambda path, who: self.office.ask("GET", path, cookie=self.as_[who] if who else None)
        self.office.json("POST", "/api/reports", {"tier": "everyone"}, 403, cookie=self.as_["reporter"])
        wrong = self.office.json("POST", "/api/reports", {"tier": "friends", "languages": ["xx"], "previous": "../people"}, 422, cookie=self.as_["analyst"])
        self.assertEqual([error["field"] for error in wrong["errors"]], ["tier", "languages", "previous"])
        made = {tier: self.office.json("POST", "/api/reports", {"tier": tier, "title": tier, "languages": ["en"]}, 201, cookie=self.as_["analyst"]) for tier in ["mission", "everyone"]}
        again = self.office.json("POST", "/api/reports", {"tier": "parties", "languages": ["en"], "previous": made["mission"]["id"]}, 201, cookie=self.as_["analyst"])
        self.assertNotEqual(again["sha256"], made["mission"]["sha256"], "it says what changed since")
        self.assertEqual(ask(f"/api/reports/{made['mission']['id']}.html", "viewer").status, 200)
        self.assertEqual(ask(f"/api/reports/{made['mission']['id']}.html", None).status, 401)
        self.assertEqual(json.loads(ask("/api/reports", "liaison").content)["total"], 0)
        for one in made.values():
            self.office.json("POST", f"/api/reports/{one['id']}/publish", {}, 403, cookie=self.as_["analyst"])
            published = self.office.json("POST", f"/api/reports/{one['id']}/publish", {}, 201, cookie=self.as_["monitor"])
            self.assertEqual(self.office.json("POST", f"/api/reports/{one['id']}/publish", {}, 201, cookie=self.as_["monitor"])["entry"], published["entry"])
        entries = self.office.json("GET", "/api/record/entries?kind=release.made", cookie=self.as_["viewer"])
        self.assertEqual(sorted(entry["body"]["sha256"] for entry in entries["rows"]), sorted(one["sha256"] for one in made.values()))
        self.assertEqual(len({one["id"] for one in made.values()}), 2, "two reports of one second are two")
        self.assertEqual([row["title"] for row in json.loads(ask("/api/reports", "liaison").content)["rows"]], ["everyone"])
        self.assertEqual(ask(f"/published/{made['mission']['id']}", None).status, 404)
        given = ask(f"/published/{made['everyone']['id']}", None)
        self.assertEqual(hashlib.sha256(given.content).hexdigest(), made["everyone"]["sha256"])
        self.assertIn("sandbox", given.headers["Content-Security-Policy"])
        for id in ["..%2Fpeople", "..", "%2e%2e%2fmission", "x"]:
            self.assertIn(ask(f"/published/{id}", None).status, (400, 404), id)
        with open(self.office.folder / "reports" / f"{again['id']}.html", "a", encoding="utf-8") as file:
            file.write("<p>one line more")
        self.office.json("POST", f"/api/reports/{again['id']}/publish", {}, 409, cookie=self.as_["monitor"])


class Copies(Served):
    def test_a_copy_made_while_served_is_restored_and_assesses_alike(self):
        self.office.json("POST", "/api/opinions", {"incident": self.incident(), "occurrence": "confirmed"}, 201, cookie=self.as_["monitor"])
        base = self.office.folder.parent
        (self.office.folder / "evidence").mkdir()
        (self.office.folder / "evidence" / "crater.txt").write_text("a crater", encoding="utf-8")
        environment = os.environ | {"TRUCE": truce}
        deploy = lambda script, *paths: subprocess.run([root / "deploy" / script, *paths], env=environment, capture_output=True, text=True, timeout=120, check=False)
        made = deploy("backup", self.office.folder, base / "copy")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertEqual(deploy("backup", self.office.folder, base / "copy").returncode, 2, "nothing is written over a copy")
        restored = deploy("restore", base / "copy", base / "again")
        self.assertEqual(restored.returncode, 0, restored.stderr)
        self.assertEqual((base / "again" / "evidence" / "crater.txt").read_text(encoding="utf-8"), "a crater")
        self.assertTrue((base / "again" / "people.db").exists())
        for folder, out in [(self.office.folder, "out-served"), (base / "again", "out-again")]:
            run("assess", folder, "--out", base / out)
        self.assertEqual((base / "out-served" / "assessment.json").read_bytes(), (base / "out-again" / "assessment.json").read_bytes())
        with open(base / "copy" / "actors.yaml", "a", encoding="utf-8") as actors:
            actors.write("# one line more\n")
        self.assertEqual(deploy("restore", base / "copy", base / "changed").returncode, 1)
        self.assertFalse((base / "changed").exists())


class Uploads(Served):
    def upload(self, raw, name="field.csv", role="analyst", more=""):
        return self.office.ask("POST", f"/api/uploads?name={urllib.parse.quote(name, safe='')}{more}", raw=raw, cookie=self.as_[role])

    def table(self):
        text = (self.office.folder / "accounts" / "public-record.csv").read_text(encoding="utf-8")
        header, first = text.split("\n")[:2]
        return (header + "\n" + first.replace("pr-001", "up-001") + "\n" + first.replace("pr-001,2016-02-15", "up-002,2016-02-35") + "\n").encode()

    def test_hostile_files_are_refused_and_the_server_goes_on(self):
        hostile = {"zip.csv": b"PK\x03\x04" + b"\0" * 100, "gz.csv": b"\x1f\x8b\x08" + b"x" * 100, "nul.csv": b"id,day\n1,\x00\n", "bytes.csv": b"id,day\n1,\xff\xfe\n",
                   "page.csv": b"<!doctype html><script>alert(1)</script>", "empty.csv": b"", "polyglot.csv": b"%PDF-1.4\nid,day\n1,2016-05-04\n",
                   "deep.geojson": b'{"a":' * 100_000}
        for name, raw in hostile.items():
            with self.subTest(name):
                self.assertEqual(self.upload(raw, name).status, 422)
        for name in ["../people.db", "a/b.csv", ".hidden", "a\\b", "x" * 500, "a\nb"]:
            with self.subTest(name):
                self.assertEqual(self.upload(self.table(), name, more="&mapping=public-record.mapping.yaml").status, 422)
        self.assertEqual(self.upload(self.table(), more="&mapping=../../phrase").status, 422)
        self.assertEqual(self.office.ask("GET", "/health").status, 200)

    def test_a_body_that_claims_ten_gigabytes_is_refused_before_it_is_read(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.office.port, timeout=30)
        connection.putrequest("POST", "/api/uploads?name=x.csv")
        for name, value in {"Content-Length": str(10 << 30), "Cookie": self.as_["analyst"], "X-Truce": "1"}.items():
            connection.putheader(name, value)
        connection.endheaders()
        self.assertEqual(connection.getresponse().status, 413)
        connection.close()

    def test_a_table_is_taken_row_by_row_and_only_once(self):
        more = "&mapping=public-record.mapping.yaml"
        dry = json.loads(self.upload(self.table(), more=more + "&dry_run=1").content)
        self.assertEqual((dry["state"], dry["rows"], dry["accounts"], dry["rejects"]), ("dry_run", 2, 1, 1))
        self.assertEqual(dry["errors"][0]["line"], 3)
        self.assertFalse((self.office.folder / "uploads").exists(), "a dry run writes nothing")
        answer = self.upload(self.table(), more=more)
        self.assertEqual(answer.status, 201, answer.content)
        done = json.loads(answer.content)
        rejects = self.office.ask("GET", f"/api/uploads/{done['id']}/rejects.csv", cookie=self.as_["analyst"])
        self.assertIn(b"up-002", rejects.content)
        again = json.loads(self.upload(self.table(), more=more).content)
        self.assertEqual((again["accounts"], again["already_there"]), (0, 1))


    def taken_as(self, source):
        """The accounts of a source as the record holds them, read again by `truce assess` from it."""
        base = self.office.folder.parent
        copy, out = base / f"copy-{source}", base / f"read-{source}"
        shutil.copytree(self.office.folder, copy)
        mission = copy / "mission.yaml"
        mission.write_text(re.sub(r"(?m)^accounts:\n", f"accounts:\n  - {{record: {source}}}\n", mission.read_text(encoding="utf-8"), count=1), encoding="utf-8")
        run("assess", copy, "--out", out, "--own-use")
        with open(out / "accounts.csv", newline="", encoding="utf-8") as file:
            return [row for row in csv.DictReader(file) if row["source"] == source]

    def test_every_format_is_taken_and_reads_again_as_it_was(self):
        points = {"type": "FeatureCollection", "features": [
            {"type": "Feature", "id": f"g{i}", "geometry": {"type": "Point", "coordinates": [37.1 + i / 100, 36.2]},
             "properties": {"key": f"g{i}", "date": f"2016-05-0{i + 1}", "summary": "Shells, \"two\" of them"} | ({"killed": i} if i else {})} for i in range(3)]}
        points["features"].append({"type": "Feature", "id": "bad", "geometry": {"type": "Polygon", "coordinates": []}, "properties": {"key": "bad"}})
        self.round_trip("points.geojson", json.dumps(points).encode(), 3, 1, "geojson")
        cells = ["410000001", "20160504", "201605", "2016", "2016.3425", "SYR", "SYRIA", "SYR", *[""] * 7, "REB", "REBELS", "", "", "", "", "", "", "", "",
                 "1", "194", "194", "19", "4", "-10.0", "4", "1", "4", "-5.5"]
        place = ["4", "Aleppo, Halab, Syria", "SY", "SY09", "36.2", "37.16", "-2541479"]
        row = [*cells[:25], *cells[25:35], *place, *place, *place, "20160504", "https://news.example/1"]
        self.assertEqual(len(row), 58)
        other = ["410000002", *row[1:]]
        late = ["410000003", "20169999", *row[2:]]
        self.round_trip("20160504.export.CSV", "".join("\t".join(one) + "\n" for one in (row, other, late)).encode(), 2, 1, "gdelt")

    def round_trip(self, name, raw, accounts, rejects, source):
        dry = json.loads(self.upload(raw, name, more="&dry_run=1").content)
        self.assertEqual((dry.get("state"), dry.get("accounts"), dry.get("rejects")), ("dry_run", accounts, rejects), dry)
        answer = self.upload(raw, name)
        self.assertEqual(answer.status, 201, answer.content)
        done = json.loads(answer.content)
        again = json.loads(self.upload(raw, name).content)
        self.assertEqual((again["accounts"], again["already_there"]), (0, accounts))
        rejected = self.office.ask("GET", f"/api/uploads/{done['id']}/rejects.csv", cookie=self.as_["analyst"])
        self.assertEqual(rejected.content.count(b"\n") >= rejects + 1, True)
        self.assertEqual(len(self.taken_as(source if source == "gdelt" else pathlib.Path(name).stem)), accounts)


class Protected(Served):
    def test_a_witness_never_leaves_but_by_a_reason_on_record(self):
        filed = self.file(witness=canary, exact_place=canary + "'s oven")
        path = f"/api/accounts/{filed['account']}/withheld"
        time.sleep(3)
        for role in [*roles, "liaison"]:
            rows = self.office.json("GET", path, cookie=self.as_[role])["rows"]
            self.assertEqual(len(rows), 2)
            for place in [path, "/api/accounts", "/api/incidents", "/api/record/entries?limit=1000", "/api/assessment", "/api/record/state.txt",
                          "/api/accounts.csv", "/api/incidents.geojson", "/api/report.html", "/atom/record", "/ogc/collections/accounts/items", "/metrics"]:
                self.assertNotIn(canary.encode(), self.office.ask("GET", place, cookie=self.as_[role]).content, (role, place))
        digest = rows[0]["digest"]
        for role in ["viewer", "reporter", "analyst", "liaison"]:
            self.office.json("POST", f"/api/withheld/{digest}/open", {"why": "curious"}, 403, cookie=self.as_[role])
        self.office.json("POST", f"/api/withheld/{digest}/open", {}, 422, cookie=self.as_["monitor"])
        opened = self.office.json("POST", f"/api/withheld/{digest}/open", {"why": "to warn the witness"}, 201, cookie=self.as_["monitor"])
        self.assertIn(canary, opened["value"])
        entries = self.office.json("GET", "/api/record/entries?kind=evidence.handled&limit=1000", cookie=self.as_["viewer"])["rows"]
        self.assertIn("to warn the witness", [entry["body"].get("why") for entry in entries])
        for file in [path for path in pathlib.Path(self.office.temporary.name).rglob("*") if path.is_file()]:
            self.assertNotIn(canary.encode(), file.read_bytes(), file)
        self.office.json("POST", f"/api/withheld/{digest}/destroy", {"why": "asked for by the witness"}, 201, cookie=self.as_["monitor"])
        self.office.json("POST", f"/api/withheld/{digest}/open", {"why": "again"}, 410, cookie=self.as_["monitor"])


class Killed(Served):
    def test_nothing_acknowledged_is_lost(self):
        acknowledged = {}
        for _ in range(3):
            stop = threading.Event()

            def write(number):
                while not stop.is_set():
                    key = str(uuid.uuid4())
                    try:
                        filed = self.file(key, what=f"Shells fell, as told by post {number}.")
                    except (OSError, http.client.HTTPException):
                        return
                    acknowledged[key] = filed["account"]

            threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
            for thread in threads:
                thread.start()
            time.sleep(1.5)
            self.office.kill()
            stop.set()
            for thread in threads:
                thread.join()
            self.office.start()
        self.assertGreater(len(acknowledged), 10)
        # The same key gives the same entry: it is there, and once.
        for key, entry in list(acknowledged.items())[-40:]:
            answer = self.office.ask("POST", "/api/accounts", self.account(what="other words"), cookie=self.as_["reporter"], Idempotency_Key=key)
            self.assertEqual((answer.status, json.loads(answer.content)["title"]), (422, "Another account"), entry)
        time.sleep(3)
        held = set()
        cursor = ""
        while True:
            page = self.office.json("GET", f"/api/record/entries?kind=account.received&limit=1000{cursor}", cookie=self.as_["viewer"])
            held |= {entry["id"] for entry in page["rows"]}
            if "next" not in page:
                break
            cursor = "&cursor=" + page["next"]
        self.assertEqual(set(acknowledged.values()) - held, set())
        self.assertEqual(self.office.ask("GET", "/api/session", cookie=self.as_["viewer"]).status, 200, "sessions outlive a kill")
        run("record", "fsck", self.office.folder)


if __name__ == "__main__":
    truce = os.path.abspath(sys.argv.pop(1))
    unittest.main()
