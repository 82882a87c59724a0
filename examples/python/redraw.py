#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads what `truce assess` wrote and redraws the report's course of violence, and a map of its incidents.

usage: redraw.py FOLDER OUT

FOLDER is what `truce assess --out` wrote: assessment.json, incidents.csv and trucewatch.gpkg are read. course.png and map.png are
written to OUT. Needs Debian's python3-pandas, python3-geopandas and python3-matplotlib.
"""
import json
import pathlib
import sys

import matplotlib

matplotlib.use("Agg")  # draws to files; needs no screen
import geopandas
import matplotlib.pyplot as plt
import pandas

VERDICTS = ["breach", "breach_likely", "undetermined", "out_of_scope_likely", "not_breach", "out_of_scope"]


def course_figure(assessment):
    """Incidents by day in the focus area, with their weekly mean, and the truce's first day."""
    course = pandas.DataFrame(assessment["course"]["focus"])
    course["day"] = pandas.to_datetime(course["day"])
    course = course.set_index("day")
    # A truce whose first day is known within bounds has none to draw.
    truce = assessment["truce"]["day"]

    figure, axes = plt.subplots(figsize=(9, 4), layout="constrained")
    axes.bar(course.index, course["incidents"], width=1, color="#9db4c8", label="incidents")
    axes.bar(course.index, course["breaches"], width=1, color="#b5462f", label="of these, breaches or likely ones")
    axes.plot(course["incidents"].rolling(7, center=True).mean(), color="#1d3557", label="mean of seven days")
    if truce:
        axes.axvline(pandas.Timestamp(truce), color="black", linestyle="--", label=f"truce, {truce}")
    axes.set_title(assessment["mission"]["title"]["en"])
    axes.set_ylabel("incidents a day")
    axes.legend()
    return figure, course


def map_figure(folder):
    """Every incident whose place is known, by verdict, over the mission's areas."""
    areas = geopandas.read_file(folder / "trucewatch.gpkg", layer="areas")
    incidents = geopandas.read_file(folder / "trucewatch.gpkg", layer="incidents")
    placed = incidents[~(incidents.geometry.isna() | incidents.geometry.is_empty)]

    figure, axes = plt.subplots(figsize=(7, 7), layout="constrained")
    areas.boundary.plot(ax=axes, color="#777777", linewidth=0.7)
    for verdict in VERDICTS:
        of = placed[placed["verdict"] == verdict]
        if len(of):
            of.plot(ax=axes, markersize=14, label=f"{verdict} ({len(of)})")
    axes.set_xlabel("longitude")
    axes.set_ylabel("latitude")
    axes.legend(fontsize="small")
    return figure, placed


def main(folder, out):
    assessment = json.loads((folder / "assessment.json").read_text(encoding="utf-8"))
    out.mkdir(parents=True, exist_ok=True)
    figure, course = course_figure(assessment)
    figure.savefig(out / "course.png", dpi=110)
    figure, placed = map_figure(folder)
    figure.savefig(out / "map.png", dpi=110)

    # The figures of the table and those of the JSON are one: a reader may check that.
    table = pandas.read_csv(folder / "incidents.csv")
    assessed = table[table["days"] == "assessed"]
    counted = assessed["verdict"].value_counts()
    for verdict, number in assessment["incidents_by_verdict"]["all"].items():
        if counted.get(verdict, 0) != number:
            sys.exit(f"incidents.csv has {counted.get(verdict, 0)} incidents of verdict {verdict}, assessment.json {number}")
    print(f"{len(assessed)} incidents, {len(placed)} of them on the map; {course['incidents'].sum():.0f} in the focus area")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
