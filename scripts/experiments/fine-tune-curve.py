#!/usr/bin/env python3
"""What fine-tuning a model of phantoms on a site's own masks brings, by the number of images: 5-fold cross-validation on the 60 DDSM
tissue maps (folds of ddsm-cv/folds.csv). In each fold the model learns from the first N of the 48 other images (in a drawn order) by
`mhcnn train --from`, with the recipe that it takes by itself, and is scored on the 12 left out.

    git show 9dc3715:models/mhcnn-fast.safetensors >START.safetensors      # fast 0.2.0, which has seen phantoms alone
    mhcnn export START.safetensors -o START.onnx
    scripts/experiments/fine-tune-curve.py FOLDER --from START.safetensors --model START.onnx [--sizes 0,12,24,48] [--threads 0]

A start that has seen real images, as the shipped models have, is refused: no image would be left out.
0 is the model as it is. Goes on where it was stopped. Prints a table and writes it to FOLDER/table.md: means over the images that
were measured (of 60) with 95 % bootstrap intervals."""
import argparse
import csv
import json
import os
import pathlib
import random
from statistics import fmean

from bootstrap import interval
from experiment import BIN, ROOT, begin, refuse_leak, run

DATA = pathlib.Path(os.environ.get("MHCNN_REAL_DATA", ROOT / "../shared/data")) / "ddsm-fgt"


def write(path, rows):
    with open(path, "w", newline="") as out:
        writer = csv.DictWriter(out, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def manifests(folder, rows, folds, fold, size):
    """The N images to learn from and the 12 to be scored on."""
    def image(row):
        return pathlib.Path(row["image"]).name

    others = sorted((row for row in rows if folds[image(row)] != fold), key=image)
    if size > len(others):
        raise SystemExit(f"--sizes: a fold has {len(others)} images to learn from, not {size}")
    random.Random(int(fold)).shuffle(others)
    test = [{**row, "split": "test"} for row in rows if folds[image(row)] == fold]
    # Nothing is chosen by a validation, so that all N are learned from.
    write(folder / f"test-{fold}.csv", test)
    if size:
        write(folder / f"train-{fold}-{size}.csv", [{**row, "split": "train"} for row in others[:size]])


def cases(folder, fold, size):
    return json.loads((folder / f"{size}-{fold}.json").read_text())["cases"]


def cell(values, decimals):
    if not values:
        return "-"
    low, high = interval(values)
    return f"{fmean(values):.{decimals}f} ({low:.{decimals}f} to {high:.{decimals}f})"


def table(folder, sizes, folds):
    lines = ["| images | measured | breast Dice | dense Dice | pectoral Dice | percent MAE, masks | percent MAE, head |", "|---" * 7 + "|"]
    for size in sizes:
        if not all((folder / f"{size}-{fold}.json").exists() for fold in folds):
            continue
        found = [case for fold in folds for case in cases(folder, fold, size) if not case["error"]]
        dice = [[c["masks"][mask]["dice"] for c in found if (c["masks"].get(mask) or {}).get("dice") is not None]
                for mask in ("breast", "dense", "pectoral")]
        errors = [[abs(c[key] - c["true_percent"]) for c in found if c[key] is not None] for key in ("percent", "percent_regression")]
        lines.append(f"| {size or 'none'} | {len(found)} | " + " | ".join(
            [*(cell(values, 3) for values in dice), *(cell(values, 1) for values in errors)]) + " |")
    text = "\n".join(lines) + "\n"
    (folder / "table.md").write_text(text)
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--sizes", default="0,12,24,48")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--from", dest="start", required=True, help="checkpoint of a model that has seen phantoms alone")
    parser.add_argument("--model", help="its ONNX file, for the size 0")
    options = parser.parse_args()
    folder, sizes = options.folder.resolve(), [int(size) for size in options.sizes.split(",")]
    if not options.model and 0 in sizes:
        parser.error("name the checkpoint's ONNX file by --model, or leave out size 0")
    refuse_leak(options.start, *([options.model] if options.model else []))
    begin(folder, {"from": options.start, "model": options.model})
    if not (folder / "set/manifest.csv").exists():
        run(BIN / "mhcnn", "prepare", "ddsm-fgt", DATA, "-o", folder / "set", "--split-val", 0, "--split-test", 0)
    with open(folder / "set/manifest.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        for column in ("image", "breast_mask", "dense_mask", "pectoral_mask"):
            row[column] = str((folder / "set" / row[column]).resolve())
    with open(ROOT / "scripts/experiments/ddsm-cv/folds.csv", newline="") as file:
        folds = {row["image"]: row["fold"] for row in csv.DictReader(file)}
    numbers = sorted(set(folds.values()))
    for size in sizes:
        for fold in numbers:
            result = folder / f"{size}-{fold}.json"
            if result.exists():
                continue
            manifests(folder, rows, folds, fold, size)
            model = ["-m", options.model]
            if size:
                out = folder / f"run-{size}-{fold}"
                run(BIN / "mhcnn", "train", "--from", options.start, "-d", folder / f"train-{fold}-{size}.csv", "-o", out, "--quiet",
                    "--threads", options.threads, "--set", f"data.cache={folder / 'cache'}", "--set", "training.samples=0")
                model = ["-m", folder / f"{size}-{fold}.onnx"]
                run(BIN / "mhcnn", "export", out / "checkpoint.safetensors", "-o", model[1])
            run(BIN / "mhcnn", "evaluate", folder / f"test-{fold}.csv", "--all", *model, "-o", result, accept=(0, 1), result=result)
    print(table(folder, sizes, numbers), end="")


if __name__ == "__main__":
    main()
