#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""QGIS itself, without a screen, connects to `truce serve`: it pages, and filters by box and by time.

Skipped, visibly, where Debian's python3-qgis is not installed (tools/setup --dev installs it; it takes 600 MB).

usage: serve_qgis.py TRUCE
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

import serve

skipped = 77
python = "/usr/bin/python3"  # Debian's: the one that QGIS is built for


def has_qgis():
    return pathlib.Path(python).exists() and subprocess.run([python, "-c", "import qgis.core"], capture_output=True, check=False).returncode == 0


class Qgis(unittest.TestCase):
    page = 20

    @classmethod
    def setUpClass(cls):
        cls.server = serve.Server("--without-sign-in")
        cls.home = tempfile.TemporaryDirectory()
        done = subprocess.run([python, pathlib.Path(__file__).with_name("qgis_reads.py"), f"http://127.0.0.1:{cls.server.port}/ogc/", str(cls.page)],
                              capture_output=True, text=True, timeout=300, check=False, env={"HOME": cls.home.name, "QT_QPA_PLATFORM": "offscreen", "PATH": "/usr/bin:/bin", "XDG_RUNTIME_DIR": cls.home.name})
        assert done.returncode == 0, (done.stdout, done.stderr[-2000:])
        cls.read = json.loads(done.stdout.splitlines()[-1])

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        cls.home.cleanup()

    def listed(self, query=""):
        """Ids by the server's own list, of incidents that have a point."""
        ids, cursor = [], ""
        while cursor is not None:
            page = self.server.json(f"/api/incidents?limit=1000{query}{cursor}")
            ids += [row["id"] for row in page["rows"]]
            cursor = "&cursor=" + urllib.parse.quote(page["next"]) if page.get("next") else None
        return sorted(ids)

    def test_it_pages_through_all_incidents(self):
        self.assertGreater(len(self.read["all"]), 2 * self.page)
        self.assertEqual(self.read["all"], self.listed())
        self.assertTrue(self.read["geometry"])

    def test_it_filters_by_a_box(self):
        self.assertGreater(len(self.read["boxed"]), 0)
        self.assertLess(len(self.read["boxed"]), len(self.read["all"]))
        self.assertEqual(self.read["boxed"], self.listed("&bbox=36.9,36.0,37.4,36.4"))

    def test_it_filters_by_time(self):
        self.assertTrue(self.read["time_filter"])
        self.assertGreater(len(self.read["timed"]), 0)
        self.assertLess(len(self.read["timed"]), len(self.read["all"]))
        # QGIS asks for what may lie within the time, as OGC's `datetime` means it: its ends count.
        self.assertEqual(self.read["timed"], self.listed("&from=2016-05-01T00:00:00Z&until=2016-05-04T00:00:01Z"))


if __name__ == "__main__":
    serve.truce = str(pathlib.Path(sys.argv.pop(1)).resolve())
    if not has_qgis():
        print("skipped: python3-qgis is not installed")
        sys.exit(skipped)
    unittest.main(verbosity=1)
