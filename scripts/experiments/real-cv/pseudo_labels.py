#!/usr/bin/env python3
"""Masks of dense tissue of digital images that have none, by a model (self-training).

    scripts/experiments/real-cv/pseudo_labels.py MANIFEST MODEL OUT      writes OUT/manifest.csv, the rows with these masks

The model's map of dense tissue of an image is cut at the probability that gives the image the percent of its category. So the model says
where dense tissue is, and the category how much of it. The percent is a quantile of the published percents of the category: the breast with
the lowest percent of its category by the model gets the lowest one. All views of a breast get one percent. An image of which no cut comes
near its percent gets no mask. Needs NumPy and Pillow (.deps/venv/bin/python has them)."""
import collections
import json
import pathlib
import shutil
import sys
from statistics import mean

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from experiment import BIN, inspect, run
from published import PUBLISHED, percent_at
from sets import read, write
from setup_python import modules

np, Image = modules("numpy", "PIL.Image")
# src/mhcnn/analyze/dense_thresholds.h
CUTS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.925, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.995)
USUAL = CUTS.index(0.5)
NEAR = 3  # points
DENSE = 170  # grey value of dense tissue in a mask of `mhcnn predict`


def targets(rows, percents):
    """The percent of each image, by path."""
    breasts = collections.defaultdict(list)
    for row in rows:
        breasts[row["category"], row["patient_id"], row["laterality"]].append(row["image"])
    found = {}
    for category in PUBLISHED:
        of_category = [images for key, images in breasts.items() if key[0] == category]
        of_category.sort(key=lambda images: mean(percents[image][USUAL] for image in images))
        for rank, images in enumerate(of_category):
            found |= dict.fromkeys(images, percent_at(category, (rank + 0.5) / len(of_category)))
    return found


def label(folder, model, rows):
    """The rows with masks of dense tissue in `folder`, where the model gives them; only rows with a category and outlines get one."""
    done = folder / "manifest.csv"
    if done.exists():
        return read(done)
    wanted = [row for row in rows if row["category"] and row["breast_mask"]]
    if not wanted:
        write(done, rows)
        return rows
    write(folder / "wanted.csv", [{key: value for key, value in row.items() if key != "fold"} for row in wanted])
    run(BIN / "mhcnn", "evaluate", folder / "wanted.csv", "--all", "-m", model, "-o", folder / "teacher.json", accept=(0, 1),
        result=folder / "teacher.json")
    cases = json.loads((folder / "teacher.json").read_text())["cases"]
    percents = {case["path"]: case["percents_by_threshold"] for case in cases if case.get("percents_by_threshold")}
    fingerprint = inspect(model)["fingerprint"]
    wanted = [row for row in wanted if row["image"] in percents]
    by_cut = collections.defaultdict(list)
    for image, target in targets(wanted, percents).items():
        distances = [abs(percent - target) for percent in percents[image]]
        if min(distances) <= NEAR:
            by_cut[CUTS[distances.index(min(distances))]].append(image)
    dense = {}
    for cut, images in sorted(by_cut.items()):
        out = folder / f"cut-{cut}"
        shutil.rmtree(out, ignore_errors=True)
        (out / "images").mkdir(parents=True)
        links = {image: out / "images" / f"{i}{pathlib.Path(image).suffix}" for i, image in enumerate(images)}  # names of their own
        for image, link in links.items():
            link.symlink_to(image)
        (out / "calibration.json").write_text(json.dumps({
            "schema": "mhcnn-calibration/2", "name": f"cut at {cut}", "model_fingerprint": fingerprint, "sample": {},
            "dense_probability": cut}))
        run(BIN / "mhcnn", "predict", out / "images", "-o", out / "results", "-m", model, "--calibration", out / "calibration.json",
            "--no-overlays", "--no-page", "--quiet", accept=(0, 1))
        masks = {image: out / "results/masks" / f"{link.stem}.png" for image, link in links.items()}
        dense |= {image: mask for image, mask in masks.items() if mask.exists()}
    taught = []
    for row in rows:
        if row["image"] in dense:
            breast = np.asarray(Image.open(row["breast_mask"]).convert("L")) > 0
            mask = np.asarray(Image.open(dense[row["image"]]).convert("L")) == DENSE
            path = folder / f"{row['patient_id']}-{pathlib.Path(row['image']).stem}-dense.png"
            Image.fromarray((mask & breast).astype(np.uint8) * 255).save(path)
            taught.append({**row, "dense_mask": str(path)})
        else:
            taught.append(row)
    write(done, taught)
    return taught


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit("usage: pseudo_labels.py MANIFEST MODEL OUT")
    label(pathlib.Path(sys.argv[3]).resolve(), sys.argv[2], read(pathlib.Path(sys.argv[1])))
