#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the examples that read an assessment in Python and in R.

usage: examples.py TRUCE {python|r}

Status 77, which the build calls skipped, where the packages that the example needs are not installed.
"""
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

root = pathlib.Path(__file__).resolve().parent.parent
skipped = 77
# Debian's own interpreter: its packages are there, whatever else is first on the path.
python = "/usr/bin/python3"
examples = {
    "python": ([python, "-c", "import pandas, geopandas, matplotlib"], [python, root / "examples/python/redraw.py"]),
    "r": (["Rscript", "-e", "library(sf); library(jsonlite)"], ["Rscript", root / "examples/r/redraw.R"]),
}


def png_size(path):
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n", f"{path} is no PNG"
    return struct.unpack(">II", head[16:24])


def main(truce, name):
    needs, command = examples[name]
    if not shutil.which(needs[0]) or subprocess.run(needs, capture_output=True, check=False).returncode != 0:
        print(f"skipped: the packages that examples/{name} needs are not installed (see its README.md)")
        return skipped
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        subprocess.run([truce, "assess", root / "examples/aleppo-2016", "--out", scratch / "out", "--quiet"], check=True)
        done = subprocess.run([*command, scratch / "out", scratch / "figures"], capture_output=True, text=True, check=False)
        print(done.stdout, done.stderr)
        assert done.returncode == 0, f"examples/{name} failed"
        assert "102 incidents" in done.stdout, "the example did not read all incidents"
        for figure in ("course.png", "map.png"):
            width, height = png_size(scratch / "figures" / figure)
            assert width >= 600 and height >= 300, f"{figure} is {width} by {height}"
        # A table that does not agree with the JSON is noticed.
        table = scratch / "out" / "incidents.csv"
        lines = table.read_text(encoding="utf-8").split("\n")
        table.write_text("\n".join(line for line in lines if "public-record:pr-012," not in line), encoding="utf-8")
        done = subprocess.run([*command, scratch / "out", scratch / "figures"], capture_output=True, text=True, check=False)
        assert done.returncode != 0 and "incidents.csv has" in done.stderr, "a missing incident went unnoticed"
    return 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]))
