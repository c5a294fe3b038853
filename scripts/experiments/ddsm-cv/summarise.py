#!/usr/bin/env python3
"""Tables of FOLDER/ARM-FOLD-SEED.json (scripts/experiments/ddsm-cv/run.sh): each arm over all folds, each fold, and each arm's paired
difference from `imagenet`. A case's figure is its mean over the seeds; intervals are 95 % bootstrap intervals over the images.
  summarise FOLDER [baseline arm]      needs NumPy (.deps/venv/bin/python has it)"""
import collections
import json
import pathlib
import sys

import numpy as np

TISSUES = ("adipose", "dense", "pectoral")
FIGURES = [  # name, of a case, decimals
    ("tissue Dice", lambda c: c["tissue_dice"], 3),
    ("adipose", lambda c: c["masks"]["adipose"]["dice"], 3),
    ("fibroglandular", lambda c: c["masks"]["dense"]["dice"], 3),
    ("pectoral", lambda c: c["masks"]["pectoral"]["dice"], 3),
    ("breast", lambda c: c["masks"]["breast"]["dice"], 3),
    ("percent MAE, masks", lambda c: abs(c["percent"] - c["true_percent"]), 2),
    ("percent MAE, head", lambda c: abs(c["percent_regression"] - c["true_percent"]), 2),
]


def interval(values, resamples=10000):
    values = np.asarray(values)
    draws = np.random.default_rng(1).integers(0, len(values), (resamples, len(values)))
    return np.percentile(values[draws].mean(1), [2.5, 97.5])


def pooled(cases):
    """Mean over the tissues of the Dice of all images' pixels together."""
    counts = {t: np.array([[c["masks"][t][k] for k in ("tp", "fp", "fn")] for c in cases]).sum(0) for t in TISSUES}
    return float(np.mean([2 * tp / (2 * tp + fp + fn) for tp, fp, fn in counts.values()]))


folder = pathlib.Path(sys.argv[1])
baseline = sys.argv[2] if len(sys.argv) > 2 else "imagenet"
runs = collections.defaultdict(dict)  # arm -> (fold, seed) -> cases
for path in sorted(folder.glob("*-*-*.json")):
    arm, fold, seed = path.stem.rsplit("-", 2)
    cases = json.loads(path.read_text())["cases"]
    bad = [c["path"] for c in cases if c["error"]]
    if bad:
        sys.exit(f"{path}: not measured: {', '.join(bad)}")
    runs[arm][fold, seed] = cases

means = {}  # arm -> figure -> image -> mean over the seeds
for arm, of in runs.items():
    values = collections.defaultdict(lambda: collections.defaultdict(list))
    for cases in of.values():
        for case in cases:
            for name, value, _ in FIGURES:
                values[name][pathlib.Path(case["path"]).name].append(value(case))
    means[arm] = {name: {image: np.mean(v) for image, v in by.items()} for name, by in values.items()}

print("| arm | images x seeds | pooled tissue Dice | " + " | ".join(name for name, _, _ in FIGURES) + " |")
print("|---" * (len(FIGURES) + 3) + "|")
for arm, of in runs.items():
    seeds = sorted({seed for _, seed in of})
    cells = [arm, f"{len(means[arm]['tissue Dice'])} x {len(seeds)}",
             f"{np.mean([pooled([c for (_, s), cases in of.items() if s == seed for c in cases]) for seed in seeds]):.3f}"]
    for name, _, decimals in FIGURES:
        values = list(means[arm][name].values())
        low, high = interval(values)
        cells.append(f"{np.mean(values):.{decimals}f} ({low:.{decimals}f} to {high:.{decimals}f})")
    print("| " + " | ".join(cells) + " |")

print("\n| arm, seed | " + " | ".join(f"fold {f}" for f in "12345") + " | mean of the folds |")
print("|---" * 7 + "|")
for arm, of in runs.items():
    for seed in sorted({seed for _, seed in of}):
        folds = [pooled(of[f, seed]) if (f, seed) in of else None for f in "12345"]
        own = [np.mean([c["tissue_dice"] for c in of[f, seed]]) if (f, seed) in of else None for f in "12345"]
        known = [(p, m) for p, m in zip(folds, own, strict=True) if p is not None]
        cells = " | ".join("-" if p is None else f"{p:.3f} / {m:.3f}" for p, m in zip(folds, own, strict=True))
        print(f"| {arm}, {seed} | {cells} | {np.mean([p for p, _ in known]):.3f} / {np.mean([m for _, m in known]):.3f} |")
print("\nEach cell: pooled over the fold's images / mean of the images.")

print(f"\n| arm against {baseline}, image by image | " + " | ".join(name for name, _, _ in FIGURES) + " |")
print("|---" * (len(FIGURES) + 1) + "|")
for arm in runs:
    if arm == baseline or baseline not in runs:
        continue
    cells = [arm]
    for name, _, decimals in FIGURES:
        pairs = [means[arm][name][i] - means[baseline][name][i] for i in sorted(means[arm][name]) if i in means[baseline][name]]
        low, high = interval(pairs)
        cells.append(f"{np.mean(pairs):+.{decimals}f} ({low:+.{decimals}f} to {high:+.{decimals}f})")
    print("| " + " | ".join(cells) + " |")
