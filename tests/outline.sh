#!/usr/bin/env bash
# The masks that scripts/experiments/real-cv/outline.py draws for digital images, against closed forms: a half disc whose chest wall is at
# the right or left, with black fat at the wall and a bright label beside it, and the muscle as the part beyond the stated line.
source "$(dirname "$0")/lib.sh"
"$PYTHON" - "$ROOT" <<'PY'
import csv
import pathlib
import sys

import numpy as np
from PIL import Image

root = pathlib.Path(sys.argv[1])
size, radius, wall = 512, 200, 60  # the wall: columns of background beyond the breast
y, x = np.mgrid[:size, :size]
with open(root / "scripts/experiments/real-cv/cesm-pectoral.csv", newline="") as file:
    lines = {row["image"]: row["line"] for row in csv.DictReader(file)}
stated = {name: line for name, line in lines.items() if line not in ("none", "unclear")}
assert len(lines) == 166 and len(stated) == 120, (len(lines), len(stated))
for name, line in stated.items():
    numbers = [float(word) for word in line.split()]
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    assert len(points) >= 2 and all(0 <= v <= 1 for v in numbers), name
    assert all(upper[1] <= lower[1] for upper, lower in zip(points, points[1:])), f"{name}: does not run downwards"
left = next(name for name in stated if "_L_" in name)
unclear = next(name for name, line in lines.items() if line == "unclear")
rows = []
for name, laterality in ((left, "L"), ("P107_R_DM_MLO", "R"), ("P107_R_DM_CC", "R"), (unclear, unclear.split("_")[1])):
    depth = x - wall if laterality == "L" else size - 1 - wall - x
    breast = (depth >= 0) & (depth**2 + (y - 256) ** 2 < radius**2)
    grey = np.where(breast, 90, 3)
    grey[(depth >= 0) & (depth < 25) & (abs(y - 330) < 30)] = 3  # black fat
    grey[:40, 480 if laterality == "L" else 0:][:, :30] = 200     # a label
    grey[(depth < 0) & (depth >= -10) & (abs(y - 256) < 15)] = 60  # a bright piece beyond the wall
    Image.fromarray(grey.astype(np.uint8)).save(f"{name}.png")
    np.save(f"{name}.npy", breast)
    rows.append({"image": f"{name}.png", "breast_mask": "", "dense_mask": "", "pectoral_mask": "", "laterality": laterality,
                 "view": name.split("_")[-1]})
with open("manifest.csv", "w", newline="") as file:
    writer = csv.DictWriter(file, rows[0])
    writer.writeheader()
    writer.writerows(rows)
PY
expect_exit 0 "$PYTHON" "$ROOT/scripts/experiments/real-cv/outline.py" manifest.csv out
"$PYTHON" - "$ROOT" <<'PY'
import csv
import pathlib
import sys

import numpy as np
from PIL import Image

with open(pathlib.Path(sys.argv[1]) / "scripts/experiments/real-cv/cesm-pectoral.csv", newline="") as file:
    lines = {row["image"]: row["line"] for row in csv.DictReader(file)}
rows = {pathlib.Path(row["image"]).stem: row for row in csv.DictReader(open("out/manifest.csv"))}
assert len(rows) == 4
drawn = 0
for name, row in rows.items():
    truth = np.load(f"{name}.npy")
    if lines.get(name) == "unclear":
        assert not row["breast_mask"] and not row["pectoral_mask"], row
        continue
    breast, pectoral = (np.asarray(Image.open(row[f"{tissue}_mask"])) > 127 for tissue in ("breast", "pectoral"))
    assert not (breast & pectoral).any(), name
    found = breast | pectoral
    dice = 2 * (found & truth).sum() / (found.sum() + truth.sum())
    assert dice > 0.975, (name, dice)
    assert found[330, 70 if row["laterality"] == "L" else 441], f"{name}: black fat at the wall is left out"
    beyond = found[:, :55] if row["laterality"] == "L" else found[:, 457:]
    assert not beyond.any(), f"{name}: goes beyond the wall"
    assert not found[:40].any(), f"{name}: the label is taken for breast"
    if row["view"] == "CC":
        assert not pectoral.any()
        continue
    numbers = [float(word) for word in lines[name].split()]
    across, down = np.array(numbers[::2]) * 512, np.array(numbers[1::2]) * 512
    y, x = np.mgrid[:512, :512]
    border = np.interp(y, down, across)
    beyond = (x < border if row["laterality"] == "L" else x > border) & (y <= down[-1]) & found
    apart = (beyond ^ pectoral).sum() / max(1, beyond.sum())
    assert apart < 0.05, (name, apart)
    drawn += beyond.sum() > 0
assert drawn > 0, "no muscle in any image"
PY
expect_exit 1 "$PYTHON" "$ROOT/scripts/experiments/real-cv/outline.py" manifest.csv
expect_error_line "usage: outline.py"
expect_exit 1 "$PYTHON" "$ROOT/scripts/experiments/real-cv/outline.py" missing.csv none
expect_error_line "missing.csv"
