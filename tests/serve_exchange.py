#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Drives what `truce serve` does with other servers: exchange by itself over lines that are cut and come back, the witness, webhooks.

All of it stays on this machine.

usage: serve_exchange.py TRUCE [unittest arguments]
"""
import base64
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse
import urllib.request
import uuid

root = pathlib.Path(__file__).resolve().parent.parent
example = root / "examples" / "aleppo-2016"
truce = ""
patience = 60  # seconds; what is waited for takes one or two on a machine with nothing else to do


def until(what, wanted, limit=patience):
    """Waits until `what()` gives `wanted`; returns what it gave last."""
    end = time.monotonic() + limit
    while True:
        got = what()
        if got == wanted or time.monotonic() > end:
            return got
        time.sleep(0.2)


class Line:
    """A line between two servers: passes bytes on, until it is cut."""

    def __init__(self, port):
        self.to = port
        self.open = True
        self.pairs = set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                here, _ = self.listener.accept()
            except OSError:
                return
            try:
                there = socket.create_connection(("127.0.0.1", self.to), timeout=5) if self.open else None
            except OSError:
                there = None
            if there is None:
                here.close()
                continue
            there.settimeout(None)
            self.pairs |= {here, there}
            for a, b in ((here, there), (there, here)):
                threading.Thread(target=self.carry, args=(a, b), daemon=True).start()

    def carry(self, source, sink):
        try:
            while piece := source.recv(65536):
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            for end in (source, sink):
                end.close()

    def cut(self):
        """From now on nothing gets through, not even what is underway."""
        self.open = False
        for end in list(self.pairs):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()
        self.pairs.clear()

    def mend(self):
        self.open = True

    def close(self):
        self.cut()
        self.listener.close()


class Monitor:
    """A monitor's server over its own copy of the mission, its key, and what it may ask others by."""

    def __init__(self, place, name, tls=None):
        self.place, self.name, self.folder, self.tls = place, name, place / name, tls
        self.origin = f"{name}.example/aleppo"
        self.port = 0
        self.log = open(place / f"{name}.log", "ab+")
        self.process = None
        self.token = None

    def start(self):
        options = ["--tls-cert", self.tls[0], "--tls-key", self.tls[1]] if self.tls else []
        self.process = subprocess.Popen([truce, "serve", str(self.folder), "--listen", f"127.0.0.1:{self.port}", "--key", str(self.place / f"{self.name}.key"),
                                         "--passphrase-file", str(self.place / "phrase"), *map(str, options)], stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        assert line, self.logged()
        self.port = urllib.parse.urlsplit(line.strip()).port
        if self.token is None:
            self.token = self.make_token()

    def make_token(self):
        """The first administrator, by the code on the terminal; a token for all that tokens may do."""
        code = re.search(r"[A-Z2-9]{4}(-[A-Z2-9]{4}){3}", self.process.stdout.readline()).group()
        own = {"Content-Type": "application/json", "X-Truce": "1"}
        made = self.ask("POST", "/api/first-admin", {"code": code, "name": "watch officer", "password": "lemon harbour tuesday"}, **own)
        cookie = made.headers["Set-Cookie"].split(";")[0]
        end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))
        token = self.ask("POST", "/api/tokens", {"label": "test", "scopes": ["read", "write", "exchange"], "expires": end}, Cookie=cookie, **own)
        return json.loads(token.content)["secret"]

    def ask(self, method, path, body=None, **headers):
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}{path}", data=data, method=method, headers=headers)
        context = ssl.create_default_context(cafile=self.tls[0]) if self.tls else None
        try:
            answer = urllib.request.urlopen(request, timeout=patience, context=context)
        except urllib.error.HTTPError as refused:
            answer = refused
        answer.content = answer.read()
        answer.close()
        return answer

    def json(self, path):
        answer = self.ask("GET", path, Authorization=f"Bearer {self.token}")
        assert answer.status == 200, (path, answer.status, answer.content[:300])
        return json.loads(answer.content)

    def file_account(self, what):
        answer = self.ask("POST", "/api/accounts", {"when": {"start": "2016-05-05T10:00"}, "what": what}, **{
            "Authorization": f"Bearer {self.token}", "Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())})
        assert answer.status == 201, answer.content
        return json.loads(answer.content)["entry"]

    def feeds(self):
        return self.json("/api/record/feeds")

    def digest(self):
        return self.feeds()["digest"]

    def sizes(self):
        return {feed["origin"]: feed["size"] for feed in self.feeds()["feeds"]}

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=60)
        self.process.stdout.close()
        return status

    def logged(self):
        self.log.flush()
        self.log.seek(0)
        return self.log.read().decode()


def run(place, *arguments, status=0):
    done = subprocess.run([truce, *map(str, arguments)], cwd=place, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == status, (arguments, done.returncode, done.stdout, done.stderr)
    return done.stdout + done.stderr


def secret_file(path, text):
    path.write_text(text + "\n", encoding="utf-8")
    path.chmod(0o600)
    return path


class Office(unittest.TestCase):
    """Monitors of one record, each with a key and a copy of the mission; nothing is served yet."""

    names = ("usa", "russia")

    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.place = pathlib.Path(self.temporary.name)
        (self.place / "phrase").write_text("not for real work\n", encoding="utf-8")
        policy = ""
        for name in self.names:
            run(self.place, "key", "new", f"{name}.key", "--name", f"{name}.example/aleppo", "--cost", "low", "--passphrase-file", "phrase")
            policy += run(self.place, "key", "show", f"{name}.key")
        everybody = " ".join(f"{name}.example/aleppo" for name in self.names)
        (self.place / "policy").write_text(f"{policy}group all_of_them all {everybody}\nquorum all_of_them\n", encoding="utf-8")
        self.monitors = {}
        for name in self.names:
            shutil.copytree(example, self.place / name)
            run(self.place, "record", "init", name, "--key", f"{name}.key", "--passphrase-file", "phrase", "--policy", "policy")
            self.monitors[name] = Monitor(self.place, name, self.tls())
            self.addCleanup(self.monitors[name].log.close)

    def tls(self):
        return None

    def serve(self, *names):
        for name in names or self.names:
            self.monitors[name].start()
            self.addCleanup(self.end, self.monitors[name])

    @staticmethod
    def end(monitor):
        if monitor.process.poll() is None:
            monitor.stop()

    def settings(self, name, text):
        (self.monitors[name].folder / "server.yaml").write_text("trucewatch: 1\n" + text, encoding="utf-8")


class Partition(Office):
    names = ("usa", "russia", "un")

    def setUp(self):
        super().setUp()
        self.serve()
        self.lines = {}
        # Each asks each over a line of its own, so that a line can be cut one way.
        for name, monitor in self.monitors.items():
            peers = ""
            for other, its in self.monitors.items():
                if other == name:
                    continue
                line = self.lines[name, other] = Line(its.port)
                self.addCleanup(line.close)
                token = secret_file(self.place / f"{other}.token", its.token)
                peers += f"    - {{address: 'http://127.0.0.1:{line.port}', token_file: {token}}}\n"
            self.settings(name, f"exchange:\n  every: 2\n  peers:\n{peers}")
        for monitor in self.monitors.values():
            self.assertEqual(monitor.stop(), 0)
            monitor.start()

    def digests(self):
        return len({monitor.digest() for monitor in self.monitors.values()})

    def agreed(self):
        """Whether every monitor holds every feed, in full, under everybody's cosignature."""
        feeds = [monitor.feeds() for monitor in self.monitors.values()]
        sizes = {tuple(sorted((feed["origin"], feed["size"]) for feed in one["feeds"])) for one in feeds}
        return len(sizes) == 1 and all(feed["agreed_size"] == feed["size"] for one in feeds for feed in one["feeds"])

    def test_a_line_that_is_cut_is_made_up_for_when_it_comes_back(self):
        for line in self.lines.values():
            line.cut()
        for name, monitor in self.monitors.items():
            monitor.file_account(f"What only {name} knows.")
        time.sleep(3)  # a few tries fail meanwhile
        self.assertEqual(self.digests(), 3)
        told = until(lambda: [peer["failures"] > 0 for peer in self.monitors["usa"].json("/api/record/peers")["rows"]], [True, True])
        self.assertEqual(told, [True, True])
        for line in self.lines.values():
            line.mend()
        self.assertEqual(until(self.digests, 1), 1)
        self.assertTrue(until(self.agreed, True), [monitor.feeds() for monitor in self.monitors.values()])
        peers = until(lambda: [(peer["failures"], peer["fault"]) for peer in self.monitors["usa"].json("/api/record/peers")["rows"]], [(0, None)] * 2)
        self.assertEqual(peers, [(0, None)] * 2)
        for monitor in self.monitors.values():
            self.assertIn("exchange.works_again", monitor.logged())

    def test_one_way_through_a_third_is_enough(self):
        # Nobody reaches `russia`, and it reaches nobody but `un`.
        for (asking, asked), line in self.lines.items():
            if "russia" in (asking, asked) and (asking, asked) != ("russia", "un"):
                line.cut()
        for name, monitor in self.monitors.items():
            monitor.file_account(f"What {name} saw.")
        self.assertEqual(until(self.digests, 1), 1)

    def test_whatever_is_cut_and_killed_nothing_is_lost_and_all_come_to_one_record(self):
        dice = random.Random(20160504)
        acknowledged = []
        for turn in range(6):
            for line in self.lines.values():
                (line.cut if dice.random() < 0.5 else line.mend)()
            for _ in range(3):
                monitor = self.monitors[dice.choice(self.names)]
                acknowledged.append(monitor.file_account(f"Account {len(acknowledged)}"))
            if turn % 2:
                monitor = self.monitors[dice.choice(self.names)]
                monitor.kill()
                monitor.start()
            time.sleep(dice.random())
        for line in self.lines.values():
            line.cut()
        acknowledged += [monitor.file_account("The last that it knew alone.") for monitor in self.monitors.values()]
        self.assertEqual(until(self.digests, 3), 3)
        for line in self.lines.values():
            line.mend()
        healed = time.monotonic()
        self.assertEqual(until(self.digests, 1), 1)
        self.assertTrue(until(self.agreed, True))
        print(f"\none record {time.monotonic() - healed:.1f} s after the lines came back", file=sys.stderr)
        sizes = self.monitors["un"].sizes()
        for entry in acknowledged:
            self.assertGreater(sizes[entry["feed"]], entry["seq"])
        self.assertEqual(sum(sizes.values()), len(acknowledged))
        for name in self.names:
            self.assertEqual(self.monitors[name].stop(), 0)
            run(self.place, "record", "verify", name)
            self.monitors[name].start()


class OverTls(Office):
    def tls(self):
        if not hasattr(self, "certificate"):
            self.certificate = (self.place / "cert.pem", self.place / "cert.key")
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                            "/CN=truce test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", self.certificate[1], "-out", self.certificate[0]],
                           check=True, capture_output=True)
        return self.certificate

    def exchange(self, *more, status):
        return run(self.place, "exchange", "russia", f"https://127.0.0.1:{self.monitors['usa'].port}", "--key", "russia.key", "--passphrase-file", "phrase",
                   *more, status=status)

    def test_the_command_exchanges_with_a_server_that_it_trusts(self):
        self.serve("usa")
        usa = self.monitors["usa"]
        usa.file_account("Shells fell near the roundabout.")
        token = secret_file(self.place / "token", usa.token)
        told = self.exchange("--token-file", token, status=1)
        self.assertIn("certificate", told)
        told = self.exchange("--token-file", token, "--trusted", self.certificate[0], status=0)
        self.assertIn("usa.example/aleppo: 1 new, 1 in all, cosigned", told)
        feed = next(feed for feed in usa.feeds()["feeds"] if feed["own"])
        self.assertIn("russia.example/aleppo", feed["cosigned_by"])
        run(self.place, "record", "verify", "russia")
        told = self.exchange("--token-file", secret_file(self.place / "wrong", "x" * 43), "--trusted", self.certificate[0], status=1)
        self.assertIn("401", told)
        self.assertIn("scope", told)

    def test_wrong_usage_is_told(self):
        self.assertIn("token", run(self.place, "exchange", "russia", "https://127.0.0.1:1", "--key", "russia.key", "--passphrase-file", "phrase", status=2))
        self.assertIn("in the clear", run(self.place, "exchange", "russia", "http://peer.example", "--key", "russia.key", "--passphrase-file", "phrase",
                                          "--token-file", secret_file(self.place / "t", "x"), status=2))

    def test_no_old_tls_is_spoken(self):
        self.serve("usa")
        said = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{self.monitors['usa'].port}", "-tls1_2"], input="", capture_output=True,
                              text=True, timeout=30, check=False)
        self.assertIn("Cipher is (NONE)", said.stdout)
        headers = self.monitors["usa"].ask("GET", "/health").headers
        self.assertEqual(headers["Strict-Transport-Security"], "max-age=31536000; includeSubDomains")


class Witness(Office):
    """The protocol of C2SP tlog-witness, asked as any log asks."""

    def setUp(self):
        super().setUp()
        self.serve()
        self.usa, self.russia = self.monitors["usa"], self.monitors["russia"]
        self.usa.file_account("One.")

    def checkpoint(self):
        self.assertEqual(until(lambda: self.own()["size"], 1), 1)
        return self.own()["checkpoint"]

    def own(self):
        return next(feed for feed in self.usa.feeds()["feeds"] if feed["own"])

    def submit(self, body):
        return self.russia.ask("POST", "/witness/add-checkpoint", body.encode(), **{"Content-Type": "text/plain"})

    @staticmethod
    def without_cosignatures(checkpoint):
        text, signatures = checkpoint.rsplit("\n\n", 1)
        return text + "\n\n" + "".join(line + "\n" for line in signatures.splitlines() if "/witness " not in line)

    def test_every_answer_of_the_protocol(self):
        checkpoint = self.without_cosignatures(self.checkpoint())
        size = int(checkpoint.splitlines()[1])
        first = self.submit(f"old 0\n\n{checkpoint}")
        self.assertEqual((first.status, first.headers["Content-Type"]), (200, "text/plain; charset=utf-8"), first.content)
        self.assertTrue(first.content.decode().startswith("\u2014 russia.example/aleppo/witness "))
        # Who asks from another size is told the one that was cosigned.
        again = self.submit(f"old 0\n\n{checkpoint}")
        self.assertEqual((again.status, again.headers["Content-Type"], again.content), (409, "text/x.tlog.size", f"{size}\n".encode()))
        self.assertEqual(self.submit(f"old {size}\n\n{checkpoint}").content, first.content)
        hash_line = base64.b64encode(bytes(32)).decode()
        lines = checkpoint.splitlines(keepends=True)
        name, signature = lines[-1].rsplit(" ", 1)
        forged = bytearray(base64.b64decode(signature))
        forged[-1] ^= 1
        forged = checkpoint.replace(lines[-1], f"{name} {base64.b64encode(forged).decode()}\n")
        for status, body in [(400, f"old {size + 1}\n\n{checkpoint}"), (400, "old 0\n"), (400, f"old 00\n\n{checkpoint}"),
                             (404, f"old 0\n\nother.example/log\n{''.join(lines[1:])}"), (403, f"old {size}\n\n{forged}"),
                             (422, f"old {size}\n{hash_line}\n\n{checkpoint}")]:
            answer = self.submit(body)
            self.assertEqual(answer.status, status, (body[:80], answer.content))
        # What was cosigned can be read, under log and witness signatures, by those who may read; and it stays through a kill.
        path = f"/witness/{hashlib.sha256(self.usa.origin.encode()).hexdigest()}/checkpoint"
        self.assertEqual(self.russia.ask("GET", path).status, 401)
        held = self.russia.ask("GET", path, Authorization=f"Bearer {self.russia.token}").content.decode()
        self.assertEqual(held, checkpoint + first.content.decode())
        self.assertEqual(self.russia.ask("GET", f"/witness/{'0' * 64}/checkpoint", Authorization=f"Bearer {self.russia.token}").status, 404)
        self.russia.kill()
        self.russia.start()
        self.assertEqual(self.submit(f"old 0\n\n{checkpoint}").status, 409)


class Receiver:
    """A receiver of webhooks on this machine, that answers as it is told."""

    def __init__(self, *statuses):
        self.statuses = list(statuses)
        self.got = []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((dict(self.headers.items()), body))
                status = receiver.statuses.pop(0) if receiver.statuses else 204
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Webhooks(Office):
    names = ("usa",)
    key = bytes(range(32))

    def receiver(self, *statuses):
        made = Receiver(*statuses)
        self.addCleanup(made.close)
        return made

    def hook(self, port, more="private: true, ", name="desk"):
        secret = secret_file(self.place / "secret", "whsec_" + base64.b64encode(self.key).decode())
        self.settings("usa", f"webhooks:\n  - {{id: {name}, address: 'http://127.0.0.1:{port}/hook', secret_file: {secret}, {more}kinds: [record], retry_after: 1}}\n")

    def check(self, headers, body):
        named = {name.lower(): value for name, value in headers.items()}
        signed = f"{named['webhook-id']}.{named['webhook-timestamp']}.".encode() + body
        self.assertEqual(named["webhook-signature"], "v1," + base64.b64encode(hmac.new(self.key, signed, hashlib.sha256).digest()).decode())
        self.assertLess(abs(int(named["webhook-timestamp"]) - time.time()), 300)
        return named["webhook-id"], json.loads(body)

    def test_a_message_is_signed_and_comes_until_it_is_taken(self):
        receiver = self.receiver(500, 302)
        self.hook(receiver.port)
        self.serve()
        self.monitors["usa"].file_account("One.")
        self.assertEqual(until(lambda: len(receiver.got), 3), 3)
        messages = [self.check(*one) for one in receiver.got]
        self.assertEqual(len({identity for identity, _ in messages}), 1, "the same message each time, so that a receiver can tell")
        told = messages[-1][1]
        self.assertEqual((told["type"], told["data"]["feed"]), ("record", "usa.example/aleppo"))
        measures = lambda: re.search(r'truce_webhook_waiting\{webhook="desk"\} (\d+)', self.monitors["usa"].ask(
            "GET", "/metrics", Authorization=f"Bearer {self.monitors['usa'].token}").content.decode()).group(1)
        self.assertEqual(until(measures, "0"), "0")
        time.sleep(2)
        self.assertEqual(len(receiver.got), 3)

    def test_what_waits_outlives_a_kill(self):
        port = socket.create_server(("127.0.0.1", 0))
        number = port.getsockname()[1]
        port.close()  # nobody listens there for now
        self.hook(number)
        self.serve()
        usa = self.monitors["usa"]
        usa.file_account("One.")
        self.assertTrue(until(lambda: "webhook.failed" in usa.logged(), True))
        usa.kill()
        receiver = self.receiver()
        self.hook(receiver.port)
        usa.start()
        self.assertEqual(until(lambda: len(receiver.got), 1), 1)
        self.check(*receiver.got[0])

    def test_private_addresses_are_not_asked_unless_the_settings_say_so(self):
        receiver = self.receiver()
        self.hook(receiver.port, more="")
        self.serve()
        self.monitors["usa"].file_account("One.")
        self.assertTrue(until(lambda: "webhook.failed" in self.monitors["usa"].logged(), True))
        self.assertIn("private", self.monitors["usa"].logged())
        self.assertEqual(receiver.got, [])

    def test_who_is_gone_is_told_nothing_more(self):
        receiver = self.receiver(410)
        self.hook(receiver.port)
        self.serve()
        usa = self.monitors["usa"]
        usa.file_account("One.")
        self.assertTrue(until(lambda: "webhook.gone" in usa.logged(), True))
        usa.file_account("Two.")
        time.sleep(2)
        self.assertEqual(len(receiver.got), 1)

    def test_without_settings_nothing_is_sent_and_no_queue_is_made(self):
        self.serve()
        self.monitors["usa"].file_account("One.")
        self.assertFalse((self.monitors["usa"].folder / "webhooks.db").exists())

    def test_wrong_settings_are_told_by_line(self):
        secret = secret_file(self.place / "secret", "whsec_" + base64.b64encode(self.key).decode())
        open_secret = self.place / "open"
        open_secret.write_text(secret.read_text())
        open_secret.chmod(0o644)
        for text, said in [("webhooks:\n  - {id: a, address: ftp://x, secret_file: %s}\n" % secret, "server.yaml:3"),
                           ("webhooks:\n  - {id: a, address: 'http://desk.example', secret_file: %s}\n" % secret, "in the clear"),
                           ("webhooks:\n  - {id: a, address: 'https://desk.example', secret_file: %s}\n" % open_secret, "chmod 600"),
                           ("webhooks:\n  - {id: a, address: 'https://desk.example', secret_file: %s, kinds: [all]}\n" % secret, "no kind 'all'"),
                           ("webhook: []\n", "did you mean 'webhooks'"), ("exchange: {evry: 3}\n", "did you mean 'every'"),
                           ("webhooks:\n  - {id: a, address: 'https://desk.example', secret_file: nowhere}\n", "is no file")]:
            self.settings("usa", text)
            told = run(self.place, "serve", "usa", "--listen", "127.0.0.1:0", "--key", "usa.key", "--passphrase-file", "phrase", status=3)
            self.assertIn(said, told)
        self.settings("usa", "exchange: {peers: [{address: 'http://127.0.0.1:1', token_file: %s}]}\n" % secret)
        self.assertIn("--key", run(self.place, "serve", "usa", "--listen", "127.0.0.1:0", status=3))


if __name__ == "__main__":
    truce = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main(verbosity=2)
