#!/usr/bin/env python3
"""Joins folders that `mhcnn phantom` wrote under FOLDER to one data set, FOLDER/manifest.csv.

    scripts/join-phantoms.py FOLDER PART=SPLIT [PART=SPLIT ...]     (low=train all=train unseen=val)"""
import csv
import pathlib
import sys

if len(sys.argv) < 3 or not all("=" in part for part in sys.argv[2:]):
    sys.exit(__doc__)
root, rows = pathlib.Path(sys.argv[1]), []
for part, split in (argument.split("=") for argument in sys.argv[2:]):
    with open(root / part / "manifest.csv", newline="") as file:
        part_rows = list(csv.DictReader(file))
    for row in part_rows:
        for column in ("image", "breast_mask", "dense_mask", "pectoral_mask"):
            row[column] = f"{part}/{row[column]}"
        rows.append({**row, "patient_id": f"{part}-{row['patient_id']}", "split": split})
with open(root / "manifest.csv", "w", newline="") as out:
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows(rows)
