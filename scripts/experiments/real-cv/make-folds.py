#!/usr/bin/env python3
"""Writes folds.csv for both real sets: ddsm-fgt keeps the folds of ddsm-cv/folds.csv; the women of cesm are sorted by category and
assigned five in a row to the five folds in a random order from a seed, so that every fold has all categories. Made once; the file is kept.
  make-folds.py DATA > folds.csv      (DATA: folder of cesm/ and ddsm-fgt/)"""
import csv
import pathlib
import random
import sys


def read_rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


here = pathlib.Path(__file__).resolve().parent
print("set,patient,fold")
for row in read_rows(here.parent / "ddsm-cv/folds.csv"):
    print(f"ddsm-fgt,{row['image'].split('.')[0]},{row['fold']}")
women = {}
for row in read_rows(pathlib.Path(sys.argv[1]) / "cesm/labels.csv"):
    women[row["patient_id"]] = max(women.get(row["patient_id"], ""), row["acr"])
order = sorted(women, key=lambda woman: (women[woman], int(woman[1:])))
draw = random.Random(20261128)
folds = {}
for first in range(0, len(order), 5):
    numbers = list(range(1, 6))
    draw.shuffle(numbers)
    folds.update(zip(order[first:first + 5], numbers, strict=False))
for woman in sorted(folds, key=lambda w: int(w[1:])):
    print(f"cesm,{woman},{folds[woman]}")
