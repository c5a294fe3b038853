#!/usr/bin/env python3
"""Writes folds.csv from the prepared set's manifest and its percents: images sorted by percent density, each five in a row
assigned to the five folds in a random order from a seed, so that every fold spans fatty to dense. Made once; the file is kept.
  make-folds.py PERCENTS.csv > folds.csv      (columns image, percent)"""
import csv
import random
import sys

with open(sys.argv[1], newline="") as file:
    rows = sorted(csv.DictReader(file), key=lambda row: (float(row["percent"]), row["image"]))
draw = random.Random(20261125)
folds = {}
for first in range(0, len(rows), 5):
    order = list(range(1, 6))
    draw.shuffle(order)
    for row, fold in zip(rows[first:first + 5], order, strict=False):
        folds[row["image"]] = fold
print("image,fold")
for image in sorted(folds):
    print(f"{image},{folds[image]}")
