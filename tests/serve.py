#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Drives `truce serve` as its users do: over sockets, with the real example.

usage: serve.py TRUCE
"""
import csv
import gzip
import http.client
import io
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse
import xml.etree.ElementTree as ET

root = pathlib.Path(__file__).resolve().parent.parent
example = root / "examples" / "aleppo-2016"
truce = ""


class Server:
    """A server over a copy of the example, on a port that is free."""

    def __init__(self, *options, folder=None, environment=None):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temporary.name) / "mission"
        shutil.copytree(folder or example, self.folder)
        self.process = subprocess.Popen([truce, "serve", str(self.folder), "--listen", "127.0.0.1:0", *options],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(self.process.stderr.read())
        self.port = urllib.parse.urlsplit(line.strip()).port

    def get(self, path, method="GET", body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, body=body, headers={k.replace("_", "-"): v for k, v in headers.items()})
        response = connection.getresponse()
        response.content = response.read()
        connection.close()
        return response

    def json(self, path, status=200):
        response = self.get(path)
        assert response.status == status, (path, response.status, response.content[:400])
        return json.loads(response.content)

    def raw(self, data, patience=30):
        """Sends bytes as they are; all that comes back."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=patience) as s:
            s.sendall(data)
            got = b""
            while True:
                try:
                    piece = s.recv(65536)
                except ConnectionResetError:
                    return got
                if not piece:
                    return got
                got += piece

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=30)
        self.process.stdout.close()
        self.process.stderr.close()
        self.temporary.cleanup()
        return status


class Reading(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--without-sign-in")
        cls.out = tempfile.TemporaryDirectory()
        subprocess.run([truce, "assess", str(cls.server.folder), "--out", cls.out.name, "-q"], check=True)

    @classmethod
    def tearDownClass(cls):
        assert cls.server.stop() == 0
        cls.out.cleanup()

    def made(self, name):
        return (pathlib.Path(self.out.name) / name).read_bytes()

    def test_numbers_are_those_of_assess_byte_for_byte(self):
        for path, name in [("/api/assessment", "assessment.json"), ("/api/incidents.csv?sort=start", None),
                           ("/api/findings.csv", "findings.csv"), ("/api/accounts.csv", "accounts.csv"),
                           ("/api/analysis/trend.csv", "trends.csv"), ("/api/charts/trend-days.csv", "trend-days.csv"),
                           ("/api/analysis/durability.csv", "durability.csv"), ("/api/report.html", "report.html")]:
            response = self.server.get(path)
            self.assertEqual(response.status, 200, path)
            if name:
                self.assertEqual(response.content, self.made(name), path)
        # The list is by start, the file of `truce assess` by account: the same rows.
        rows = sorted(self.server.get("/api/incidents.csv").content.splitlines())
        self.assertEqual(rows, sorted(self.made("incidents.csv").splitlines()))

    def test_pages_together_are_the_whole_list(self):
        ids, cursor = [], None
        while True:
            page = self.server.json("/api/incidents?limit=7" + (f"&cursor={urllib.parse.quote(cursor)}" if cursor else ""))
            ids += [row["id"] for row in page["rows"]]
            cursor = page.get("next")
            if not cursor:
                break
        self.assertEqual(len(ids), page["total"])
        self.assertEqual(len(set(ids)), len(ids))
        starts = [self.server.json("/api/incidents/" + urllib.parse.quote(one, safe=""))["when"]["start"] for one in ids[:5]]
        self.assertEqual(starts, sorted(starts))

    def test_filters_and_facets_agree(self):
        whole = self.server.json("/api/incidents?facets=1&limit=1")
        for filter_name in ("verdict", "act", "attacker", "side", "in_focus"):
            for value, count in whole["facets"][filter_name].items():
                if filter_name == "act" and "." not in value:
                    continue  # a broader act takes in its kinds
                found = self.server.json(f"/api/incidents?limit=1&{filter_name}={urllib.parse.quote(value)}")
                self.assertEqual(found["total"], count, (filter_name, value))
        self.assertEqual(self.server.json("/api/incidents?q=aleppo+zzzz")["total"], 0)
        self.assertGreater(self.server.json("/api/incidents?q=alep")["total"], 0)
        self.assertEqual(self.server.json("/api/incidents?bbox=0,0,1,1")["total"], 0)

    def test_a_wrong_parameter_is_refused_with_its_name(self):
        for path, field in [("/api/incidents?verdict=breech", "verdict"), ("/api/incidents?limit=0", "limit"),
                            ("/api/incidents?verdikt=breach", "verdikt"), ("/api/incidents?bbox=1,2,3", "bbox"),
                            ("/api/incidents?cursor=nothing", "cursor"), ("/api/bound?at=yesterday", "at")]:
            response = self.server.get(path)
            self.assertEqual(response.status, 400, path)
            self.assertEqual(response.getheader("Content-Type"), "application/problem+json")
            self.assertEqual(json.loads(response.content)["errors"][0]["field"], field)

    def test_what_has_not_changed_is_not_sent_again(self):
        first = self.server.get("/api/incidents")
        again = self.server.get("/api/incidents", If_None_Match=first.getheader("ETag"))
        self.assertEqual((again.status, again.content), (304, b""))
        other = self.server.get("/api/incidents?limit=2", If_None_Match=first.getheader("ETag"))
        self.assertEqual(other.status, 200)

    def test_answers_are_compressed_for_those_who_take_it(self):
        plain = self.server.get("/api/assessment").content
        for path, whole in [("/api/assessment", plain), ("/api/findings.csv", self.made("findings.csv"))]:
            response = self.server.get(path, Accept_Encoding="gzip")
            self.assertEqual(response.getheader("Content-Encoding"), "gzip")
            self.assertEqual(gzip.decompress(response.content), whole)
            self.assertLess(len(response.content), len(whole) / 3)

    def test_now_says_the_report_s_sentence_in_four_languages(self):
        english = self.server.json("/api/now?lang=en")
        report = self.made("report.html").decode()
        self.assertEqual(english["word"], "cannot_be_estimated" if "cannot" in english["sentence"] else english["word"])
        plain = "".join(c for c in english["sentence"] if c not in "\u2066\u2067\u2068\u2069")
        text = "".join(c for c in report if c not in "\u2066\u2067\u2068\u2069").replace("<bdi>", "").replace("</bdi>", "")
        self.assertIn(plain[:60], text)
        sentences = {self.server.json(f"/api/now?lang={language}")["sentence"] for language in ("en", "ar", "ru", "fr")}
        self.assertEqual(len(sentences), 4)

    def test_bound_answers_as_the_command_does(self):
        answer = self.server.json("/api/bound?at=2016-05-04T00:30&place=36.20,37.16&actor=nusra-front")
        said = subprocess.run([truce, "bound", str(self.server.folder), "--at", "2016-05-04T00:30", "--place", "36.20,37.16",
                               "--actor", "nusra-front"], capture_output=True, text=True)
        binding = {row["agreement"] for row in answer["commitments"] if row["binds"] == "yes"}
        self.assertEqual(bool(binding), said.returncode == 0, said.stdout)
        self.assertTrue(answer["commitments"])

    def test_every_answer_has_the_security_headers(self):
        for path in ("/", "/api/mission", "/api/incidents.csv", "/nowhere/at/all", "/api/nothing", "/health", "/ogc/"):
            response = self.server.get(path)
            for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cache-Control"):
                self.assertIsNotNone(response.getheader(name), (path, name))

    def test_another_host_s_name_is_refused_without_sign_in(self):
        self.assertEqual(self.server.get("/api/mission", Host="evil.example").status, 403)

    def test_malformed_heads_are_refused(self):
        host = b"Host: localhost\r\n"
        for head, status in [
                (b"GET / HTTP/1.1\nHost: localhost\n\n\r\n\r\n", b"400"),
                (b"GET / HTTP/1.1\r\n" + host + b" folded: yes\r\n\r\n", b"400"),
                (b"GET / HTTP/1.1\r\n" + host + host + b"\r\n", b"400"),
                (b"GET / HTTP/1.1\r\n\r\n", b"400"),
                (b"GET /../etc/passwd HTTP/1.1\r\n" + host + b"\r\n", b"400"),
                (b"GET /%2e%2e/x HTTP/1.1\r\n" + host + b"\r\n", b"400"),
                (b"GET http://localhost/ HTTP/1.1\r\n" + host + b"\r\n", b"400"),
                (b"POST / HTTP/1.1\r\n" + host + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"411"),
                (b"POST / HTTP/1.1\r\n" + host + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc", b"400"),
                (b"POST / HTTP/1.1\r\n" + host + b"Content-Length: +3\r\n\r\nabc", b"400"),
                (b"POST / HTTP/1.1\r\n" + host + b"Content-Length: 99999999999\r\n\r\n", b"413"),
                (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + host + b"\r\n", b"414"),
                (b"GET / HTTP/1.1\r\n" + host + b"x: " + b"a" * 20000 + b"\r\n\r\n", b"431"),
                (b"GET / HTTP/1.1\r\n" + host + b"x: y\r\n" * 80 + b"\r\n", b"431"),
                (b"BREW / HTTP/1.1\r\n" + host + b"\r\n", b"501"),
                (b"GET / HTTP/2.0\r\n" + host + b"\r\n", b"505")]:
            got = self.server.raw(head)
            self.assertEqual(got.split(b" ")[1:2], [status], (head[:60], got[:120]))

    def test_pipelined_requests_are_answered_in_order(self):
        one = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
        last = b"GET /api/nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        got = self.server.raw(one + one + last)
        self.assertEqual(re.findall(rb"HTTP/1\.1 (\d+) ", got), [b"200", b"200", b"404"])

    def test_ogc_features_page_through_all_incidents(self):
        landing = self.server.json("/ogc/")
        self.assertTrue({"service-desc", "conformance", "data"} <= {link["rel"] for link in landing["links"]})
        self.assertIn("http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core", self.server.json("/ogc/conformance")["conformsTo"])
        ids, path = [], "/ogc/collections/incidents/items?limit=20"
        while path:
            page = self.server.json(path)
            self.assertEqual(page["numberReturned"], len(page["features"]))
            ids += [feature["id"] for feature in page["features"]]
            following = [link["href"] for link in page["links"] if link["rel"] == "next"]
            path = following[0].split(str(self.server.port), 1)[1] if following else None
        self.assertEqual(len(ids), page["numberMatched"])
        self.assertEqual(len(set(ids)), len(ids))
        one = self.server.json("/ogc/collections/incidents/items/" + urllib.parse.quote(ids[0], safe=""))
        self.assertEqual(one["id"], ids[0])
        day = self.server.json("/ogc/collections/incidents/items?datetime=2016-05-01T00:00:00Z/2016-05-03T00:00:00Z&limit=1000")
        self.assertLess(day["numberMatched"], len(ids))

    def test_gdal_reads_the_features(self):
        if not shutil.which("ogrinfo"):
            self.skipTest("gdal-bin is not installed")
        where = f"OAPIF:http://127.0.0.1:{self.server.port}/ogc/"
        layers = subprocess.run(["ogrinfo", "-ro", where], capture_output=True, text=True, timeout=120).stdout
        for name in ("incidents", "accounts", "areas", "hotspots"):
            self.assertIn(name, layers)
        total = self.server.json("/ogc/collections/incidents/items?limit=1")["numberMatched"]
        said = subprocess.run(["ogrinfo", "-ro", "-so", where, "incidents"], capture_output=True, text=True, timeout=120).stdout
        self.assertIn(f"Feature Count: {total}", said)
        boxed = subprocess.run(["ogrinfo", "-ro", "-al", "-q", "-spat", "0", "0", "1", "1", where, "incidents"], capture_output=True,
                               text=True, timeout=120).stdout
        self.assertNotIn("OGRFeature", boxed)

    def test_atom_and_cap_are_well_formed(self):
        for path in ("/atom/incidents", "/atom/record", "/cap/alerts"):
            feed = ET.fromstring(self.server.get(path).content)
            self.assertTrue(feed.tag.endswith("feed"))
        self.assertGreater(len(ET.fromstring(self.server.get("/atom/incidents").content)), 10)

    def test_columns_tell_the_same_incidents(self):
        columns = self.server.json("/api/incidents.columns")
        total = self.server.json("/api/incidents?limit=1")["total"]
        for name in ("id", "first", "last", "lat", "lon", "verdict", "killed", "act", "attacker", "joint"):
            self.assertEqual(len(columns[name]), total, name)
        breaches = columns["dictionaries"]["verdict"].index("undetermined")
        self.assertEqual(columns["verdict"].count(breaches), self.server.json("/api/incidents?limit=1&verdict=undetermined")["total"])


class Live(unittest.TestCase):
    def setUp(self):
        self.server = Server("--without-sign-in")

    def tearDown(self):
        self.server.stop()

    def events(self, count, last_id=None, patience=30):
        """The next `count` events of the stream, as (id, kind, data)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=patience)
        connection.request("GET", "/api/stream", headers={"Last-Event-ID": last_id} if last_id else {})
        response = connection.getresponse()
        found, fields = [], {}
        while len(found) < count:
            line = response.fp.readline().decode().rstrip("\n")
            if line:
                name, _, value = line.partition(":")
                fields[name] = value.strip()
            elif "event" in fields:
                found.append((fields["id"], fields["event"], fields["data"]))
                fields = {}
            else:
                fields = {}
        connection.close()
        return found

    def change(self):
        accounts = next(path for path in (self.server.folder / "accounts").iterdir() if path.suffix == ".csv")
        lines = accounts.read_text(encoding="utf-8").splitlines(keepends=True)
        accounts.write_text("".join(lines[:-1]), encoding="utf-8")

    def test_a_change_of_the_mission_reaches_those_who_listen_and_those_who_come_back(self):
        hello = self.events(1)[0]
        self.assertEqual(hello[1], "hello")
        before = self.server.json("/api/mission")["accounts"]
        got = []
        listener = threading.Thread(target=lambda: got.extend(self.events(2)))
        listener.start()
        time.sleep(0.5)
        self.change()
        listener.join(timeout=30)
        self.assertEqual([kind for _, kind, _ in got], ["hello", "assessment"])
        self.assertEqual(json.loads(got[1][2])["accounts"], before - 1)
        self.assertEqual(self.server.json("/api/mission")["accounts"], before - 1)
        # One who was away since the first id misses nothing; one with an id of another run is told to begin anew.
        self.assertEqual(self.events(1, last_id=hello[0])[0], got[1])
        self.assertEqual(self.events(1, last_id="other-1")[0][1], "reset")

    def test_a_mission_that_cannot_be_read_leaves_the_numbers(self):
        before = self.server.json("/api/mission")
        (self.server.folder / "mission.yaml").write_text("mission: [", encoding="utf-8")
        time.sleep(3)
        self.assertEqual(self.server.json("/api/mission"), before)


class Monitors(unittest.TestCase):
    """Two monitors' servers, each with its key, and people who signed in."""

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.place = pathlib.Path(cls.temporary.name)
        (cls.place / "phrase").write_text("not for real work\n")
        policy = ""
        for name in ("usa", "russia"):
            cls.run_truce("key", "new", f"{name}.key", "--name", f"{name}.example/aleppo", "--cost", "low", "--passphrase-file", "phrase")
            policy += cls.run_truce("key", "show", f"{name}.key")
        (cls.place / "policy").write_text(policy + "group both all usa.example/aleppo russia.example/aleppo\nquorum both\n")
        cls.servers = {}
        for name in ("usa", "russia"):
            shutil.copytree(example, cls.place / name)
            cls.run_truce("record", "init", name, "--key", f"{name}.key", "--passphrase-file", "phrase", "--policy", "policy")
            server = Server("--key", str(cls.place / f"{name}.key"), "--passphrase-file", str(cls.place / "phrase"), folder=cls.place / name)
            server.token = cls.token_of(server)
            cls.servers[name] = server

    @classmethod
    def tearDownClass(cls):
        for server in cls.servers.values():
            assert server.stop() == 0
        cls.temporary.cleanup()

    @classmethod
    def run_truce(cls, *arguments):
        return subprocess.run([truce, *arguments], cwd=cls.place, check=True, capture_output=True, text=True).stdout

    @staticmethod
    def token_of(server):
        """The first administrator, by the code on the terminal; a token for all that tokens may do."""
        code = server.process.stdout.readline().rsplit(" ", 1)[1].strip()
        own = {"Content_Type": "application/json", "X_Truce": "1"}
        made = server.get("/api/first-admin", method="POST", **own,
                          body=json.dumps({"code": code, "name": "watch officer", "password": "lemon harbour tuesday"}))
        assert made.status == 201, made.content
        cookie = made.getheader("Set-Cookie").split(";")[0]
        expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))
        token = server.get("/api/tokens", method="POST", Cookie=cookie, **own,
                           body=json.dumps({"label": "test", "scopes": ["read", "write", "exchange"], "expires": expires}))
        assert token.status == 201, token.content
        return json.loads(token.content)["secret"]

    def ask(self, name, path, method="GET", body=None, **headers):
        server = self.servers[name]
        response = server.get(path, method=method, body=body, Authorization=f"Bearer {server.token}", **headers)
        return response.status, response.content

    def of(self, name, path):
        status, content = self.ask(name, path)
        self.assertEqual(status, 200, (path, content[:300]))
        return json.loads(content)

    def post(self, name, path, body, **headers):
        status, content = self.ask(name, path, "POST", json.dumps(body), Content_Type="application/json", **headers)
        self.assertEqual(status, 201, content[:400])
        return json.loads(content)

    def sizes(self, name):
        return {feed["origin"]: feed["size"] for feed in self.of(name, "/api/record/feeds")["feeds"]}

    def exchange(self, here, there):
        """`there` brings `here` what it lacks."""
        have = "&".join(f"have={urllib.parse.quote(origin, safe='')}={size}" for origin, size in self.sizes(here).items())
        status, bundle = self.ask(there, "/exchange?" + have)
        self.assertEqual(status, 200, bundle[:300])
        status, told = self.ask(here, "/exchange", "POST", bundle, Content_Type="application/octet-stream")
        self.assertEqual(status, 200, told[:300])
        return json.loads(told)

    def test_two_monitors_disagree_and_come_to_one_record(self):
        incident = self.of("usa", "/api/incidents?limit=1&side=after")["rows"][0]["id"]
        self.post("usa", "/api/opinions", {"incident": incident, "occurrence": "confirmed", "breach": "violation", "attribution": "unattributed"})
        self.exchange("russia", "usa")
        seen = self.of("russia", "/api/incidents/" + urllib.parse.quote(incident, safe=""))
        self.assertEqual([opinion["by"] for opinion in seen["opinions"]], ["usa.example/aleppo"])
        self.assertEqual(seen["joint"], "one_sided")
        self.post("russia", "/api/opinions", {"incident": incident, "occurrence": "unverifiable"})
        self.exchange("usa", "russia")
        self.exchange("russia", "usa")
        for name in ("usa", "russia"):
            self.assertEqual(self.of(name, "/api/incidents/" + urllib.parse.quote(incident, safe=""))["joint"], "divergent")
            self.assertEqual(self.of(name, "/api/incidents?joint=divergent")["total"], 1)
        digests = {self.of(name, "/api/record/feeds")["digest"] for name in ("usa", "russia")}
        self.assertEqual(len(digests), 1)
        # What was exchanged verifies by the command too.
        said = subprocess.run([truce, "record", "verify", str(self.servers["russia"].folder)], capture_output=True, text=True)
        self.assertEqual(said.returncode, 0, said.stdout + said.stderr)

    def test_a_bundle_that_was_changed_changes_nothing(self):
        self.post("usa", "/api/accounts", {"when": {"start": "2016-05-05T10:00"}, "what": "Shells fell near the roundabout."},
                  Idempotency_Key="0123456789abcdef-one")
        status, bundle = self.ask("usa", "/exchange")
        self.assertEqual(status, 200)
        before = self.sizes("russia")
        for at in range(0, len(bundle), max(1, len(bundle) // 40)):
            broken = bundle[:at] + bytes([bundle[at] ^ 1]) + bundle[at + 1:]
            status, told = self.ask("russia", "/exchange", "POST", broken, Content_Type="application/octet-stream")
            self.assertEqual(status, 422, (at, told[:200]))
        self.assertEqual(self.sizes("russia"), before)

    def test_a_new_account_comes_to_count_and_its_witness_is_nowhere(self):
        before = self.of("usa", "/api/mission")["accounts"]
        self.post("usa", "/api/accounts", {"when": {"start": "2016-05-05T11:00"}, "place": {"lat": 36.2, "lon": 37.16}, "act": "attack.shelling",
                                           "what": "Two shells on the market square.", "witness": "canary-shopkeeper-of-the-quarter"},
                  Idempotency_Key="0123456789abcdef-two")
        for _ in range(300):
            found = self.of("usa", "/api/incidents?q=market+square&source=reports")
            if found["total"]:
                break
            time.sleep(0.2)
        self.assertEqual(found["total"], 1)
        self.assertGreater(self.of("usa", "/api/mission")["accounts"], before)
        incident = urllib.parse.quote(found["rows"][0]["id"], safe="")
        for path in ("/api/incidents/" + incident, "/api/accounts?source=reports", "/api/incidents.csv?own_use=1", "/api/record/entries?limit=1000",
                     "/api/record/state.txt", "/ogc/collections/accounts/items", "/atom/incidents", "/exchange"):
            status, content = self.ask("usa", path)
            self.assertEqual(status, 200, path)
            self.assertNotIn(b"canary", content, path)
        # The licence of reports keeps them out of files that may be passed on.
        self.assertNotIn(b"market square", self.ask("usa", "/api/incidents.csv")[1])
        self.assertIn(b"market square", self.ask("usa", "/api/incidents.csv?own_use=1")[1])

    def test_proofs_and_tiles_are_given_out(self):
        self.post("usa", "/api/accounts", {"when": {"start": "2016-05-05T12:00"}, "what": "A convoy was turned back."},
                  Idempotency_Key="0123456789abcdef-three")
        for _ in range(50):
            own = next(feed for feed in self.of("usa", "/api/record/feeds")["feeds"] if feed["own"])
            if own["size"]:
                break
            time.sleep(0.2)
        proof = self.of("usa", f"/api/record/proofs/{own['folder']}/0")
        self.assertTrue(proof["proof"].startswith("c2sp.org/tlog-proof"))
        status, checkpoint = self.ask("usa", f"/feeds/{own['folder']}/checkpoint")
        self.assertEqual((status, checkpoint.decode()), (200, own["checkpoint"]))
        for path in ("tile/../policy", "policy", "..%2fpolicy", "tile/%2e%2e/policy", "journal"):
            self.assertIn(self.ask("usa", f"/feeds/{own['folder']}/{path}")[0], (400, 404), path)


class Ends(unittest.TestCase):
    def test_a_slow_head_is_told_so(self):
        server = Server("--without-sign-in")
        try:
            got = server.raw(b"GET / HTTP/1.1\r\nHost: loc")
            self.assertTrue(got.startswith(b"HTTP/1.1 408 "), got[:80])
        finally:
            server.stop()

    def test_a_stopped_server_ends_its_streams_and_frees_its_port(self):
        server = Server("--without-sign-in")
        with socket.create_connection(("127.0.0.1", server.port)) as stream:
            stream.sendall(b"GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertTrue(stream.recv(100).startswith(b"HTTP/1.1 200"))
            began = time.monotonic()
            self.assertEqual(server.stop(), 0)
            self.assertLess(time.monotonic() - began, 8)
            while stream.recv(65536):
                pass
        with self.assertRaises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", server.port))

    def test_what_has_come_in_is_answered_before_the_server_ends(self):
        server = Server("--without-sign-in")
        began = time.monotonic()
        server.get("/api/report.html")
        if time.monotonic() - began > 2:
            server.stop()
            self.skipTest("this machine is too busy: the answer would take longer than the ten seconds that a server waits for it")
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as line:
            # In one piece: once the first is answered, the second has come in.
            line.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nGET /api/report.html HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            got = b""
            while not got.endswith(b'{"status":"ok"}'):
                got += line.recv(1)
            time.sleep(0.1)
            server.process.send_signal(signal.SIGTERM)
            got = b""
            while piece := line.recv(65536):
                got += piece
        self.assertTrue(got.startswith(b"HTTP/1.1 200 "), got[:80])
        self.assertTrue(got.rstrip().endswith(b"</html>"), got[-80:])
        self.assertEqual(server.process.wait(timeout=30), 0)
        server.stop()

    def test_nothing_is_given_out_without_signing_in(self):
        server = Server()
        try:
            for path in ("/api/mission", "/api/incidents", "/api/incidents.csv", "/api/stream", "/ogc/collections", "/atom/incidents",
                         "/feeds/x/checkpoint", "/api/record/feeds", "/api/report.html", "/cap/alerts", "/api/bound?at=2016-05-04T00:30"):
                response = server.get(path)
                self.assertEqual(response.status, 401, path)
                self.assertNotIn(b"leppo", response.content)
            self.assertEqual(server.get("/health").status, 200)
            self.assertEqual(server.get("/").status, 200)
        finally:
            server.stop()

    def test_wrong_usage_is_told(self):
        for options, status in [(["--listen", "nowhere"], 2), (["--listen", "0.0.0.0:0", "--without-sign-in"], 2),
                                (["--tls-cert", "/nonexistent"], 3), (["--listen", "127.0.0.1:0", "--key", "/nonexistent"], 3)]:
            said = subprocess.run([truce, "serve", str(example), *options], capture_output=True, text=True, timeout=60)
            self.assertEqual(said.returncode, status, (options, said.stderr))
            self.assertTrue(said.stderr.startswith("truce serve: "), said.stderr)
        said = subprocess.run([truce, "serve", "/nonexistent", "--listen", "127.0.0.1:0"], capture_output=True, text=True, timeout=60)
        self.assertEqual(said.returncode, 3)


class DailyReports(unittest.TestCase):
    def made(self, server, wanted):
        for _ in range(300):
            answer = server.json("/api/reports")
            if answer["total"] >= wanted:
                return answer
            time.sleep(0.1)
        self.fail(f"{answer['total']} reports are there, not {wanted}")

    def test_the_days_report_is_made_once_at_the_cut_off_and_prints(self):
        server = Server("--without-sign-in", "--daily-report", "00:00")
        try:
            answer = self.made(server, 1)
            report = answer["rows"][0]
            self.assertRegex(report["daily"], r"^\d{4}-\d\d-\d\d$")
            self.assertEqual((report["tier"], report["published"]), ("mission", None))
            if answer["pdf"]:
                pdf = server.get(f"/api/reports/{report['id']}.pdf")
                self.assertEqual((pdf.status, pdf.headers["Content-Type"]), (200, "application/pdf"))
                self.assertTrue(pdf.content.startswith(b"%PDF-"))
                self.assertEqual(server.get(f"/api/reports/{report['id']}.pdf").content, pdf.content, "made once and kept")
            self.assertEqual(server.get("/api/reports/20160504T000100Z-00000000.pdf").status, 404)
            again = Server("--without-sign-in", "--daily-report", "00:00", folder=server.folder)
            time.sleep(5)
            days = [row["daily"] for row in again.json("/api/reports")["rows"]]
            again.stop()
            self.assertEqual(len(days), len(set(days)), "a day has one")
        finally:
            server.stop()

    def test_a_server_without_a_program_for_it_says_so(self):
        server = Server("--without-sign-in", "--daily-report", "00:00", environment={**os.environ, "PATH": "/nowhere"})
        try:
            answer = self.made(server, 1)
            self.assertFalse(answer["pdf"])
            refused = server.get(f"/api/reports/{answer['rows'][0]['id']}.pdf")
            self.assertEqual(refused.status, 501)
            self.assertIn("WeasyPrint", json.loads(refused.content)["detail"])
        finally:
            server.stop()

    def test_a_time_that_is_none_is_refused(self):
        for wrong in ["24:00", "6:00", "18.00", "18:60", "+1:00", "noon"]:
            run = subprocess.run([truce, "serve", str(example), "--daily-report", wrong], capture_output=True, text=True, timeout=60)
            self.assertEqual(run.returncode, 2, wrong)
            self.assertIn(f"--daily-report '{wrong}'", run.stderr)


if __name__ == "__main__":
    truce = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main(verbosity=2)
