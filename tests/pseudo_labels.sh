#!/usr/bin/env bash
# The masks of dense tissue that scripts/experiments/real-cv/pseudo_labels.py gives digital images by a model: each has about the percent that
# its category demands, lies within the stated breast, and both views of a breast are to have one percent. About 20 s.
source "$(dirname "$0")/lib.sh"
expect_exit 0 "$BIN/mhcnn" phantom --out ph --exam --count 4 --seed 11 --height 512 --width 256 --density-low 10 --density-high 45
PYTHONPATH=$ROOT/scripts/experiments:$ROOT/scripts/experiments/real-cv BIN=$BIN "$PYTHON" - "$ROOT" <<'PY' || fail "see above"
import pathlib
import sys

import numpy as np
import pseudo_labels
from PIL import Image
from published import PUBLISHED, percent_at
from sets import read

model = pathlib.Path(sys.argv[1]) / "models/mhcnn-fast.onnx"
here = pathlib.Path.cwd()

# Closed forms: the middle is the square of the root's mean, and 5 to 95 % are the published ones.
for category, (mean, low, high) in PUBLISHED.items():
    low_root, high_root = (percent_at(category, quantile) ** 0.5 for quantile in (0.05, 0.95))
    assert category == "a" or abs((high_root - low_root) - (high**0.5 - low**0.5)) < 0.01, category
    draws = [percent_at(category, (i + 0.5) / 2000) for i in range(2000)]
    assert abs(sum(draws) / len(draws) - mean) < (1 if category == "a" else 0.1), (category, sum(draws) / len(draws))

rows = read(here / "ph/manifest.csv")
categories = sorted({row["patient_id"] for row in rows})
for row in rows:
    row["category"] = "bbcc"[categories.index(row["patient_id"])]
    row["dense_mask"] = row["percent_density"] = ""
rows[0]["category"] = ""       # nothing says how much of it is dense
rows[1]["breast_mask"] = ""    # nothing says what its breast is
labelled = pseudo_labels.label(here / "out", model, rows)
assert len(labelled) == len(rows) == 16 and not labelled[0]["dense_mask"] and not labelled[1]["dense_mask"]

percents = {case: [20.0] * len(pseudo_labels.CUTS) for case in (row["image"] for row in rows[2:])}
wanted = pseudo_labels.targets(rows[2:], percents)
views = {}
for row in rows[2:]:
    views.setdefault((row["patient_id"], row["laterality"]), set()).add(wanted[row["image"]])
assert all(len(found) == 1 for found in views.values()), views

given = [row for row in labelled if row["dense_mask"]]
assert len(given) >= 6, len(given)
for row in given:
    dense, breast = (np.asarray(Image.open(row[key]).convert("L")) > 127 for key in ("dense_mask", "breast_mask"))
    assert dense.shape == breast.shape and not (dense & ~breast).any(), row
    percent = 100 * dense.sum() / breast.sum()
    low, high = (percent_at(row["category"], quantile) for quantile in (0.01, 0.99))
    assert low - 6 < percent < high + 6, (row["category"], percent)  # the model's outline is not the stated one
assert pseudo_labels.label(here / "out", model, []) == labelled  # what is done is read again
print(len(given), "of", len(rows), "images have a mask")
PY
