#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the outside of `truce serve` to doc/security/asvs.md: headers, words, the log, and how it is deployed.

usage: edges.py TRUCE [unittest arguments]
"""
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import unittest
import urllib.parse
import uuid

import serve_people

root = pathlib.Path(__file__).resolve().parent.parent
routes = ["/", "/app/app.js", "/app/messages/ar.json", "/sw.js", "/health", "/metrics", "/nowhere", "/api/nothing", "/api/mission", "/api/now", "/api/assessment",
          "/api/report.html", "/api/messages/en", "/api/openapi.yaml", "/api/incidents", "/api/incidents.csv", "/api/incidents.geojson", "/api/incidents.columns",
          "/api/accounts", "/api/accounts.csv", "/api/findings.csv", "/api/agreements", "/api/actors", "/api/areas", "/api/areas.geojson", "/api/bound?at=2016-05-04T00:30",
          "/api/notices", "/api/opinions", "/api/inquiries", "/api/analysis/trend", "/api/analysis/trend.csv", "/api/charts/course.svg", "/api/record/feeds",
          "/api/record/entries", "/api/record/forks", "/api/record/peers", "/api/record/state.txt", "/api/reports", "/api/session", "/api/sessions", "/api/tokens", "/api/people",
          "/api/first-admin", "/atom/incidents", "/cap/alerts", "/ogc/", "/ogc/conformance", "/ogc/collections", "/ogc/collections/incidents/items", "/exchange",
          "/witness/" + "0" * 64 + "/checkpoint", "/published/x"]


class Headers(serve_people.Served):
    def test_every_route_has_them_whoever_asks(self):
        for who in (None, "viewer", "admin"):
            for path in routes:
                with self.subTest(who=who, path=path):
                    headers = self.office.ask("GET", path, cookie=self.as_[who] if who else None).headers
                    policy = headers["Content-Security-Policy"]
                    self.assertTrue("object-src 'none'" in policy or "default-src 'none'" in policy or "sandbox" in policy, policy)
                    self.assertTrue("base-uri 'none'" in policy or "sandbox" in policy, policy)
                    self.assertIn("frame-ancestors 'self'", policy)
                    self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
                    self.assertEqual(headers["Referrer-Policy"], "no-referrer")
                    self.assertIsNone(headers["Access-Control-Allow-Origin"])
                    self.assertIn(headers["Cache-Control"], ("no-store",) if path.startswith(("/api/", "/metrics", "/ogc", "/exchange", "/witness", "/atom", "/cap")) and not path.startswith("/api/messages") else ("no-store", "no-cache"))

    def test_texts_say_their_charset(self):
        for path in routes:
            kind = self.office.ask("GET", path, cookie=self.as_["admin"]).headers["Content-Type"]
            with self.subTest(path=path, kind=kind):
                if kind.startswith("text/") or kind.split(";")[0].endswith(("/xml", "+xml")):
                    self.assertIn("charset=utf-8", kind.lower())

    def test_forwarding_headers_are_not_believed(self):
        # Failures from "many places" are failures from the one that they come from.
        last = None
        for number in range(70):
            last = self.office.ask("POST", "/api/sessions", {"name": f"nobody {number}", "password": "x"}, X_Forwarded_For=f"198.51.100.{number}", X_Real_IP=f"203.0.113.{number}",
                                   Forwarded=f"for=192.0.2.{number}")
            if last.status == 429:
                break
        self.assertEqual(last.status, 429)
        link = json.loads(self.office.ask("GET", "/ogc/", cookie=self.as_["viewer"], X_Forwarded_Host="evil.example", X_Forwarded_Proto="https").content)["links"][0]["href"]
        self.assertNotIn("evil", link)

    def test_files_have_names_of_the_programs_own(self):
        for path in ("/api/incidents.csv", "/api/accounts.csv", "/api/incidents.geojson", "/api/analysis/trend.csv"):
            name = self.office.ask("GET", path + "?q=%22%3Bevil", cookie=self.as_["analyst"]) if "incidents" in path else self.office.ask("GET", path, cookie=self.as_["analyst"])
            self.assertRegex(name.headers["Content-Disposition"], r'^(attachment|inline); filename="[a-z.-]+"$')

    def test_nothing_is_listed_and_no_trace_is_answered(self):
        for path in ("/app/", "/feeds/", "/feeds/usa.example_aleppo/", "/uploads/", "/reports/", "/.git/config", "/people.db", "/app/../people.db"):
            self.assertIn(self.office.ask("GET", path, cookie=self.as_["admin"]).status, (400, 404), path)
        for method, status in (("TRACE", 501), ("CONNECT", 501), ("OPTIONS", 405), ("PUT", 405)):
            with socket.create_connection(("127.0.0.1", self.office.port), timeout=30) as line:
                line.sendall(f"{method} /api/mission HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
                self.assertEqual(line.recv(64).split(b" ")[1], str(status).encode(), method)

    def test_no_secret_is_taken_from_an_address(self):
        end = self.office.json("POST", "/api/tokens", {"label": "t", "scopes": ["read"], "expires": serve_people.time.strftime("%Y-%m-%dT%H:%M:%SZ", serve_people.time.gmtime(serve_people.time.time() + 3600))},
                               201, cookie=self.as_["viewer"])
        for name in ("token", "access_token", "session", "Authorization", "__Host-truce"):
            self.assertEqual(self.office.ask("GET", f"/api/agreements?{name}={urllib.parse.quote(end['secret'])}").status, 401)


class Languages(serve_people.Served):
    def test_what_is_wrong_is_told_in_the_reader_s_language(self):
        for language, title, missing in (("ar", "حقول خاطئة", "ناقص"), ("ru", "Неверные поля", "отсутствует"), ("fr", "Champs erronés", "manque"), ("en", "Wrong fields", "is missing")):
            told = self.office.json("POST", "/api/accounts", {}, 422, cookie=self.as_["reporter"], Idempotency_Key=str(uuid.uuid4()), Accept_Language=f"zz, {language};q=0.8, en;q=0.1")
            self.assertEqual((told["title"], told["type"]), (title, "/api/openapi.yaml#problem.title.wrong_fields"))
            self.assertEqual({error["field"]: error["message"] for error in told["errors"]}["what"], missing)
        for language, word in (("ar", "جلسة"), ("ru", "сеанс"), ("fr", "session"), ("en", "session")):
            answer = self.office.ask("GET", "/api/mission", Accept_Language=language)
            self.assertIn(word, json.loads(answer.content)["detail"])
            self.assertEqual((answer.headers["Content-Language"], answer.headers["Vary"]), (language, "Accept-Language"))

    def test_names_that_people_typed_stand_in_the_words_as_they_are(self):
        told = self.office.json("POST", "/api/opinions", {"incident": self.incident(), "occurrence": "confirmed", "agreement": "{evil} 'x' # |"}, 422, cookie=self.as_["monitor"], Accept_Language="ru")
        self.assertIn("{evil} 'x' # |", told["errors"][0]["message"])


class Passwords(serve_people.Served):
    def test_the_missions_name_is_no_password(self):
        mission = self.office.json("GET", "/api/mission", cookie=self.as_["admin"])
        word = max(mission["id"].split("-"), key=len)
        for password in (f"{word}-2016!!!!"[:12].ljust(12, "!"), "trucewatch-1", f"!!{word.upper()}-16!".ljust(12, "!")):
            told = self.office.json("POST", "/api/people", {"name": "x", "role": "viewer", "password": password}, 422, cookie=self.as_["admin"])
            self.assertEqual([error["field"] for error in told["errors"]], ["password"], password)


class Logging(serve_people.Served):
    def lines(self):
        return [json.loads(line) for line in self.office.logged().splitlines()]

    def test_each_line_is_json_in_utc(self):
        self.office.ask("POST", "/api/sessions", {"name": "x\r\ninjected: line", "password": "y"})
        lines = self.lines()
        self.assertTrue(lines)
        for line in lines:
            self.assertRegex(line["at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
            self.assertRegex(line["what"], r"^[a-z_.]+$")

    def test_sign_ins_refusals_and_attacks_are_logged(self):
        self.office.ask("POST", "/api/sessions", {"name": "viewer", "password": "wrong"})
        self.office.ask("GET", "/metrics", cookie=self.as_["viewer"])
        self.office.ask("GET", "/api/mission", Authorization="Bearer none")
        self.office.ask("POST", "/api/accounts", {}, cookie=self.as_["reporter"], Origin="https://evil.example")
        self.office.ask("POST", "/api/uploads?name=x.csv", raw=b"PK\x03\x04", cookie=self.as_["analyst"])
        told = {line["what"] for line in self.lines()}
        for what in ("session.begun", "sign_in.refused", "right.refused", "token.refused", "request.foreign", "upload.refused"):
            self.assertIn(what, told)

    def test_every_kind_of_line_is_written_down(self):
        written = set()
        for file in (root / "src" / "server").glob("*.cpp"):
            if not file.name.endswith("_test.cpp"):
                written |= set(re.findall(r'\blog(?:_|\(\))?\.write\(\s*"([a-z_.]+)"', file.read_text(encoding="utf-8")))
        page = (root / "doc" / "people.md").read_text(encoding="utf-8")
        self.assertGreater(len(written), 15)
        self.assertEqual(sorted(what for what in written if f"`{what}`" not in page), [])


class Deployment(unittest.TestCase):
    unit = root / "deploy" / "truce.service"

    @unittest.skipUnless(shutil.which("systemd-analyze"), "systemd is not installed")
    def test_the_unit_is_well_formed_and_shut_in(self):
        folder = serve_people.tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        # The program is where it was built, not yet in /usr/local/bin.
        unit = pathlib.Path(folder.name) / "truce.service"
        unit.write_text(self.unit.read_text(encoding="utf-8").replace("/usr/local/bin/truce", serve_people.truce), encoding="utf-8")
        verified = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, timeout=60, check=False)
        about_it = [line for line in (verified.stdout + verified.stderr).splitlines() if "truce.service" in line]
        self.assertEqual((verified.returncode, about_it), (0, []))
        judged = subprocess.run(["systemd-analyze", "security", "--offline=true", "--threshold=20", unit], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(judged.returncode, 0, judged.stdout[-600:] + judged.stderr)

    @unittest.skipUnless(shutil.which("dpkg-query") and shutil.which("ldd"), "this is not Debian")
    def test_the_image_has_the_libraries_that_the_program_needs(self):
        image = (root / "Dockerfile").read_text(encoding="utf-8").split("FROM debian:12-slim")[1]
        installed = set(re.findall(r"\b(lib[a-z0-9.+-]+|zlib1g)\b", image.split("apt-get install")[1].split("&&")[0]))
        linked = subprocess.run(["ldd", serve_people.truce], capture_output=True, text=True, check=True).stdout
        needed = set()
        for path in re.findall(r"=> (/\S+)", linked):
            owner = subprocess.run(["dpkg-query", "-S", "*/" + pathlib.Path(path).resolve().name], capture_output=True, text=True, check=False).stdout
            needed |= {owner.split(":")[0]} if owner else set()
        # What every Debian has, and what one of the others brings along.
        needed = {name for name in needed if not re.match(r"lib(32|c6|gcc-s1|stdc\+\+6|geos3)", name)}
        self.assertGreater(len(needed), 8)
        self.assertEqual(sorted(needed - installed), [])
        self.assertEqual(sorted(installed - needed), [], "nothing is installed that nothing needs")

    def test_the_image_runs_as_nobodys_user_and_watches_itself(self):
        image = (root / "Dockerfile").read_text(encoding="utf-8")
        self.assertRegex(image, r"(?m)^USER (?!root)\w+")
        self.assertIn("HEALTHCHECK", image)
        self.assertNotRegex(image, r"(?m)^ADD |:latest")
        ignored = (root / ".dockerignore").read_text(encoding="utf-8").split()
        self.assertTrue({".git", "build", "web/node_modules"} <= set(ignored))


if __name__ == "__main__":
    serve_people.truce = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=1)
