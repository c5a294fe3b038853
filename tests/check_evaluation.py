"""Recomputes figures of an evaluation from the mask pictures, with NumPy alone: counts, Dice, percent, tissue Dice and, for one
case, Hausdorff 95 and surface Dice by the distances of all pairs of boundary pixels."""
import csv
import json
import pathlib
import sys

import numpy as np
from check_masks import read_png

evaluation = json.loads(pathlib.Path(sys.argv[1]).read_text())
manifest, masks = pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
with open(manifest, newline="") as file:
    rows = {str((manifest.parent / r["image"]).resolve()): r for r in csv.DictReader(file)}
tolerance = evaluation["options"]["tolerance_pixels"]


def close(found, wanted):
    assert found is not None and abs(found - wanted) < 1e-9, (found, wanted)


def dice(a, b):
    both = a.sum() + b.sum()
    return 2 * (a & b).sum() / both if both else None


def boundary(mask):
    framed = np.pad(mask, 1)
    inner = framed[:-2, 1:-1] & framed[2:, 1:-1] & framed[1:-1, :-2] & framed[1:-1, 2:]
    return np.argwhere(mask & ~inner).astype(float)


def surfaces(truth, found):
    a, b = boundary(truth), boundary(found)
    all_pairs = np.sqrt(((a[:, None] - b[None]) ** 2).sum(2))
    there, back = all_pairs.min(1), all_pairs.min(0)
    within = (there <= tolerance + 1e-9).sum() + (back <= tolerance + 1e-9).sum()
    return max(np.percentile(there, 95), np.percentile(back, 95)), within / (len(a) + len(b))


dense_dice, errors = [], []
for number, case in enumerate(evaluation["cases"]):
    row = rows[case["path"]]
    truth = {name: read_png(manifest.parent / row[name + "_mask"]) > 127 for name in ("breast", "dense", "pectoral")}
    labels = read_png(masks / (pathlib.Path(row["image"]).stem + ".png"))
    found = {"breast": np.isin(labels, (85, 170)), "dense": labels == 170, "pectoral": labels == 255}
    for group in (truth, found):
        group["adipose"] = group["breast"] & ~group["dense"]
    for name, score in case["masks"].items():
        t, f = truth[name], found[name]
        assert (score["tp"], score["fp"], score["fn"], score["tn"]) == (
            (t & f).sum(), (~t & f).sum(), (t & ~f).sum(), (~t & ~f).sum()), (case["path"], name)
        wanted = dice(t, f)
        if wanted is None:
            assert score["dice"] is None
        else:
            close(score["dice"], wanted)
    exclusive = np.select([truth["pectoral"], truth["dense"] & truth["breast"], truth["breast"]], [255, 170, 85], 0)
    values = [dice(exclusive == label, labels == label) for label in (85, 170, 255)]
    close(case["tissue_dice"], np.mean([v for v in values if v is not None]))
    assert abs(case["percent"] - 100 * found["dense"].sum() / found["breast"].sum()) < 0.5, case["path"]
    assert abs(case["true_percent"] - 100 * (truth["dense"] & truth["breast"]).sum() / truth["breast"].sum()) < 0.01
    if number == 0:
        for name in ("breast", "dense", "adipose"):
            hausdorff, surface = surfaces(truth[name], found[name])
            close(case["masks"][name]["hausdorff95"], hausdorff)
            close(case["masks"][name]["surface_dice"], surface)
    dense_dice.append(case["masks"]["dense"]["dice"])
    errors.append(case["percent"] - case["true_percent"])
summary = {line["metric"]: line["value"] for line in evaluation["summary"]}
close(summary["Dice dense"], np.mean(dense_dice))
close(summary["percent MAE (masks)"], np.mean(np.abs(errors)))
close(summary["percent RMSE (masks)"], np.sqrt(np.mean(np.square(errors))))
pooled = [sum(c["masks"]["dense"][k] for c in evaluation["cases"]) for k in ("tp", "fp", "fn")]
close(summary["Dice dense, pooled"], 2 * pooled[0] / (2 * pooled[0] + pooled[1] + pooled[2]))
print(f"{len(dense_dice)} cases agree with their mask pictures")
