#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds src/server/openapi.yaml to `truce serve` in both directions: routes, parameters, and the fields of answers.

usage: openapi.py TRUCE [unittest arguments]
"""
import json
import os
import pathlib
import re
import sys
import time
import unittest
import urllib.parse

import serve_people

try:
    import yaml
except ImportError:
    yaml = None

root = pathlib.Path(__file__).resolve().parent.parent
contract = root / "src" / "server" / "openapi.yaml"
source = root / "src" / "server"
methods = ("get", "post", "patch", "delete", "put")
# Their handlers look at no query, and pass over what is in it.
without_query = {"/api/assessment", "/api/report.html", "/api/record/forks", "/api/messages/{lang}", "/api/notices", "/api/openapi.yaml", "/api/session", "/api/sessions", "/api/first-admin", "/api/people",
                 "/api/tokens", "/api/reports", "/api/reports/{id}", "/api/incidents/{id}", "/api/accounts/{id}", "/api/accounts/{id}/withheld", "/api/agreements/{id}",
                 "/api/agreements/{id}/text", "/api/record/feeds", "/api/record/proofs/{feed}/{index}", "/api/record/state.txt", "/api/inquiries", "/api/uploads/{id}",
                 "/api/uploads/{id}/rejects.csv", "/atom/{name}", "/cap/alerts", "/cap/alerts/{id}", "/ogc/", "/ogc/api", "/ogc/conformance", "/ogc/collections",
                 "/ogc/collections/{collection}", "/ogc/collections/{collection}/items/{id}", "/health", "/metrics"}
# What the app is made of: files and pages, which its own tests know.
of_the_app = re.compile(r"/(app/.*|sw\.js|now|terms.*|incidents.*|review|notices|analysis|record|reports|new|upload|people|me)?$")


def resolved(document, part):
    while isinstance(part, dict) and "$ref" in part:
        found = document
        for name in part["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        part = found
    return part


class Checker:
    """Holds a value against a schema: what is required must be there, and nothing that the schema does not name may be."""

    def __init__(self, document):
        self.document = document
        self.seen = set()  # ids of property schemas that some value had

    def merged(self, schema):
        """One schema with what all its parts ask for."""
        whole = {"type": "object", "required": [*schema.get("required", [])], "properties": dict(schema.get("properties", {}))}
        for one in schema["allOf"]:
            one = resolved(self.document, one)
            one = self.merged(one) if "allOf" in one else one
            if one.get("type") != "object":
                return one
            whole["required"] += one.get("required", [])
            whole["properties"] |= one.get("properties", {})
        return whole

    def faults(self, value, schema, at="answer"):
        schema = resolved(self.document, schema)
        if value is None:
            return [] if schema.get("nullable") else [f"{at} is null"]
        if "allOf" in schema:
            return self.faults(value, self.merged(schema), at)
        kind = schema.get("type")
        fits = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float)}
        if kind and (not isinstance(value, fits[kind]) or (kind in ("integer", "number") and isinstance(value, bool))):
            return [f"{at} is {json.dumps(value)[:60]}, want {kind}"]
        if "enum" in schema and value not in schema["enum"]:
            return [f"{at} is {value!r}, none of {schema['enum']}"]
        if kind == "array":
            return [fault for i, one in enumerate(value[:200]) for fault in self.faults(one, schema.get("items", {}), f"{at}[{i}]")]
        if kind != "object":
            return []
        properties = schema.get("properties", {})
        found = [f"{at}.{name} is missing" for name in schema.get("required", []) if name not in value]
        for name, one in value.items():
            if name in properties:
                self.seen.add(id(properties[name]))
                found += self.faults(one, properties[name], f"{at}.{name}")
            elif isinstance(schema.get("additionalProperties"), dict):
                found += self.faults(one, schema["additionalProperties"], f"{at}.{name}")
            elif not schema.get("additionalProperties"):
                found.append(f"{at}.{name} is not in the contract")
        return found


@unittest.skipIf(yaml is None, "python3-yaml is not installed")
class Contract(serve_people.Served):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = yaml.safe_load(contract.read_text(encoding="utf-8"))
        cls.paths = cls.document["paths"]
        cls.cookie = cls.as_["monitor"]
        cls.incident_id = cls.office.json("GET", "/api/incidents?limit=1", cookie=cls.cookie)["rows"][0]["id"]
        cls.write_something()

    @classmethod
    def write_something(cls):
        """A record with one of each, so that answers have what the contract says of them."""
        post = lambda path, body, who="monitor": cls.office.json("POST", path, body, 201, cookie=cls.as_[who])
        cls.filed = cls.office.json("POST", "/api/accounts", {"when": {"start": "2016-05-04T03:10"}, "what": "Shells fell.", "witness": "the baker"}, 201,
                                    cookie=cls.as_["reporter"], Idempotency_Key="0123456789abcdef")
        cls.written = {"post /api/opinions": post("/api/opinions", {"incident": cls.incident_id, "occurrence": "confirmed"}),
                       "post /api/inquiries": post("/api/inquiries", {"account": cls.incident_id, "to": "sy-government", "question": "Whose guns?"}),
                       "post /api/units": post("/api/units", {"unit": "corps", "name": "corps", "party": "sy-government"}),
                       "post /api/notices": post("/api/notices", {"to": ["corps"], "text": "Cease fire.", "level": "order", "due": "2030-01-01T00:00:00Z"}),
                       "post /api/reports": post("/api/reports", {"tier": "everyone", "languages": ["en"]}),
                       "post /api/accounts": cls.filed}
        inquiry, notice, report = (cls.written[f"post /api/{name}"]["id"] for name in ("inquiries", "notices", "reports"))
        cls.written |= {"post /api/inquiries/{id}/replies": post(f"/api/inquiries/{inquiry}/replies", {"party": "sy-government", "position": "denies"}),
                        "post /api/inquiries/{id}/moves": post(f"/api/inquiries/{inquiry}/moves", {"stage": "under_verification"}),
                        "post /api/notices/{id}/acknowledge": post(f"/api/notices/{notice}/acknowledge", {"unit": "corps"}),
                        "post /api/notices/{id}/relay": post(f"/api/notices/{notice}/relay", {"from": "corps", "to": ["corps"]}),
                        "post /api/incidents/{id}/steps": post(f"/api/incidents/{urllib.parse.quote(cls.incident_id, safe='')}/steps", {"step": "referred"}),
                        "post /api/reports/{id}/publish": post(f"/api/reports/{report}/publish", {})}
        end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))
        cls.written["post /api/tokens"] = post("/api/tokens", {"label": "test", "scopes": ["read"], "expires": end})
        rows = cls.office.json("GET", "/api/accounts?limit=2", cookie=cls.cookie)["rows"]
        cls.written["post /api/links"] = post("/api/links", {"accounts": [row["id"] for row in rows]})
        table = (cls.office.folder / "accounts" / "public-record.csv").read_bytes()
        answer = cls.office.ask("POST", "/api/uploads?name=again.csv&mapping=public-record.mapping.yaml", raw=table, cookie=cls.as_["analyst"])
        cls.written["post /api/uploads"] = json.loads(answer.content)
        time.sleep(2)

    def operations(self, *wanted):
        for path, item in self.paths.items():
            for method in wanted or methods:
                if method in item:
                    yield path, method, item[method]

    def parameters(self, operation, place="query"):
        found = [resolved(self.document, one) for one in operation.get("parameters", [])]
        return {one["name"]: one for one in found if one["in"] == place}

    def example_of(self, path):
        """The path with something in it that there is."""
        feeds = self.office.json("GET", "/api/record/feeds", cookie=self.cookie)["feeds"]
        first = lambda place: self.office.json("GET", place, cookie=self.cookie)["rows"][0]["id"]
        part = {"/api/incidents": self.incident_id, "/api/accounts": self.filed["account"] if "withheld" in path else None, "/api/agreements": None,
                "/api/uploads": self.written["post /api/uploads"]["id"], "/api/reports": self.written["post /api/reports"]["id"] + ".html",
                "/published": self.written["post /api/reports"]["id"], "/ogc/collections/{collection}": None}
        for start, id in part.items():
            if path.startswith(start + "/{id}"):
                path = path.replace("{id}", urllib.parse.quote(id or first(start), safe=""))
        path = path.replace("{collection}", "incidents").replace("{lang}", "en").replace("{name}", "incidents").replace("{monitor}", feeds[0]["folder"])
        path = path.replace("{file}", "checkpoint").replace("{feed}", feeds[0]["folder"]).replace("{index}", "0").replace("{origin}", "0" * 64)
        return path.replace("{id}", urllib.parse.quote(self.incident_id, safe=""))

    def answer(self, path, query=""):
        return self.office.ask("GET", path + query, cookie=self.as_["admin"], Accept_Language="en")

    def test_every_route_that_the_server_names_is_in_the_contract(self):
        named = set()
        for file in source.glob("*.cpp"):
            if file.name.endswith("_test.cpp"):
                continue
            text = file.read_text(encoding="utf-8")
            named |= set(re.findall(r'(?:\bget\(|\.pattern = |add_file\(|\bpost\(|\badd\(|Method::\w+, )\s*"(/[^" ]*)"', text))
            if file.name == "lists.cpp":
                named |= {"/api/" + name for name in re.findall(r'add_file\("([a-z.]+)"', text)}
            if file.name == "analysis_pages.cpp":
                named |= {"/api/analysis/" + name for name in re.findall(r'add_part\("([a-z.]+)"', text)}
                named |= {"/api/charts/" + name for name in re.findall(r'add_chart\("([a-z.]+)"', text)}
        self.assertGreater(len(named), 80)
        known = {re.sub(r"\{[^}]*\}", "{}", path) for path in self.paths}
        missing = sorted(one for one in named if not of_the_app.fullmatch(one) and one not in ("/api/", "/api/analysis/", "/api/charts/", "/ogc")
                         and re.sub(r"\{[^}]*\}", "{}", one) not in known)
        self.assertEqual(missing, [])

    def test_every_route_of_the_contract_is_there(self):
        for path, method, operation in self.operations():
            with self.subTest(f"{method} {path}"):
                at = re.sub(r"\{[^}]*\}", "x", path)
                answer = self.office.ask(method.upper(), at, cookie=self.as_["viewer"]) if method != "get" else self.office.ask("GET", at)
                told = json.loads(answer.content) if "problem" in (answer.headers["Content-Type"] or "") else {}
                self.assertNotIn(told.get("type"), ("/api/openapi.yaml#problem.title.method",), told)
                self.assertNotEqual(told.get("detail"), "There is nothing at this path.")
                if operation.get("security") == []:
                    self.assertNotEqual(answer.status, 401)
                elif method == "get":
                    self.assertEqual(answer.status, 401)

    def test_every_parameter_is_told_and_taken(self):
        examples = {"from": "2016-05-01", "until": "2016-05-10", "bbox": "36,36,38,37", "at": "2016-05-04T00:30", "place": "36.2,37.16", "limit": "5",
                    "datetime": "2016-05-04", "offset": "0", "f": "json", "killed_at_least": "1", "have": "usa.example/aleppo=0"}
        every = {name for _, _, operation in self.operations("get") for name in self.parameters(operation)} | {"zzz"}
        for path, _, operation in self.operations("get"):
            if path in ("/api/stream", "/exchange") or path.startswith(("/feeds/", "/witness/", "/published/")):
                continue  # endless, or without parameters that could be told from one another
            at = self.example_of(path)
            told = self.parameters(operation)
            needed = {name: examples[name] for name, one in told.items() if one.get("required")}
            for name in sorted(every):
                with self.subTest(path=path, name=name):
                    enum = resolved(self.document, told.get(name, {}).get("schema", {})).get("enum")
                    answer = self.answer(at, "?" + urllib.parse.urlencode(needed | {name: enum[0] if enum else examples.get(name, "x")}))
                    errors = json.loads(answer.content).get("errors", []) if answer.status == 400 else []
                    unknown = [one for one in errors if one["field"] == name and "there is no such" in one["message"]]
                    if name in told:
                        self.assertEqual(unknown, [])
                    elif path not in without_query:
                        self.assertEqual(len(unknown), 1, f"{answer.status}: the server takes it, and the contract does not tell")

    def test_answers_are_what_the_contract_says(self):
        checker = Checker(self.document)
        checked = 0
        for path, _, operation in self.operations("get"):
            schema = operation["responses"]["200"].get("content", {}).get("application/json", {}).get("schema")
            if not schema or path in ("/api/messages/{lang}",):
                continue
            query = "?at=2016-05-04T00:30&place=36.2,37.16&actor=sy-government" if path == "/api/bound" else "?facets=1" if "facets" in self.parameters(operation) else ""
            with self.subTest(path):
                answer = self.answer(self.example_of(path), query)
                self.assertEqual(answer.status, 200, (self.example_of(path), answer.content[:300]))
                self.assertEqual(checker.faults(json.loads(answer.content), schema)[:10], [])
                checked += 1
        for name, value in self.written.items():
            method, path = name.split(" ")
            responses = self.paths[path][method]["responses"]
            schema = (responses.get("201") or responses["200"])["content"]["application/json"]["schema"]
            with self.subTest(name):
                self.assertEqual(checker.faults(value, schema)[:10], [])
                checked += 1
        self.assertGreater(checked, 40)

    def test_problems_are_what_the_contract_says_and_their_kind_is_the_same_in_every_language(self):
        checker = Checker(self.document)
        kinds, titles = set(), set()
        for language in ("en", "ar", "ru", "fr"):
            answer = self.office.ask("GET", "/api/incidents?verdict=breech", cookie=self.cookie, Accept_Language=f"{language}-XX,zz;q=0.5")
            self.assertEqual((answer.status, answer.headers["Content-Type"], answer.headers["Content-Language"]), (400, "application/problem+json", language))
            told = json.loads(answer.content)
            self.assertEqual(checker.faults(told, self.document["components"]["schemas"]["Problem"]), [])
            kinds.add(told["type"])
            titles.add((told["title"], told["errors"][0]["message"]))
        self.assertEqual(len(kinds), 1)
        self.assertEqual(len(titles), 4)

    def test_every_field_of_the_contract_is_written_somewhere(self):
        text = "".join(file.read_text(encoding="utf-8") for folder in (source, root / "src" / "report") for file in folder.rglob("*.cpp"))
        missing = []

        def walk(schema, at):
            if not isinstance(schema, dict):
                return
            for name, one in schema.get("properties", {}).items():
                if f'"{name}"' not in text and f'\\"{name}\\"' not in text and f"'{name}'" not in text:
                    missing.append(f"{at}.{name}")
                walk(one, f"{at}.{name}")
            for key in ("items", "additionalProperties"):
                walk(schema.get(key), at)
            for one in schema.get("allOf", []):
                walk(one, at)

        for name, schema in self.document["components"]["schemas"].items():
            walk(schema, name)
        self.assertEqual(missing, [])


if __name__ == "__main__":
    serve_people.truce = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=1)
