#!/usr/bin/env python3
"""Does what the paper claims hold on phantoms? The network of recipes/baselines/joint.toml as the paper trains it (in phases, with
focal Tversky, Focal-R and cross entropy) against one change at a time, at equal numbers of epochs, with several seeds:

    joint from the start   one phase with all losses
    L1, L2                 the plain error or its square in place of Focal-R
    Dice                   soft Dice loss in place of focal Tversky

    scripts/experiments/ablation.py FOLDER [--count 240] [--seeds 1,2,3] [--threads 1] [--set key=value]

Prints a table and writes it to FOLDER/table.md: each arm's mean over the seeds, and its difference from the paper's way, image by
image on the same held-out phantoms (means over the seeds), with a 95 % bootstrap interval over the images. What is done is not done
again."""
import argparse
import json
import pathlib
import re
from statistics import fmean

from bootstrap import interval
from experiment import BIN, ROOT, begin, run

ARMS = [
    ("the paper's way", "base", []),
    ("joint from the start", "joint", []),
    ("L1", "l1", ["loss.regression_gamma=0"]),
    ("L2", "l2", ["loss.regression_form=l2", "loss.regression_gamma=0"]),
    ("Dice", "dice", ["loss.tversky_alpha=0.5", "loss.tversky_beta=0.5", "loss.tversky_exponent=1"]),
]
FIGURES = [  # name, value of a case or None, decimals
    ("dense Dice", lambda c: c["masks"]["dense"]["dice"], 3),
    ("percent error, masks", lambda c: error(c, "percent"), 2),
    ("percent error, head", lambda c: error(c, "percent_regression"), 2),
    ("category right", lambda c: None if c["category"] is None else float(c["category"] == c["true_category"]), 3),
]


def error(case, key):
    return None if case[key] is None or case["true_percent"] is None else abs(case[key] - case["true_percent"])


def recipes(folder):
    """The paper's way, and the same epochs as one phase."""
    text = (ROOT / "recipes/baselines/joint.toml").read_text()
    head, *phases = text.split("[[phase]]")
    epochs = sum(int(n) for n in re.findall(r"^epochs = (\d+)", text, re.M))
    last = re.sub(r"epochs = \d+", f"epochs = {epochs}", phases[-1])
    (folder / "base.toml").write_text(text)
    (folder / "joint.toml").write_text(head + "[[phase]]" + last)


def table(folder, seeds):
    values = {}  # (arm, figure) -> {image: mean over the seeds}
    for _, key, _ in ARMS:
        cases = [json.loads(path.read_text())["cases"] for seed in seeds
                 if (path := folder / f"{key}-{seed}/evaluation.json").exists()]
        if len(cases) != len(seeds):
            continue
        for figure, value, _ in FIGURES:
            by_image = {}
            for case in (case for of_seed in cases for case in of_seed if not case["error"]):
                if (v := value(case)) is not None:
                    by_image.setdefault(case["path"], []).append(v)
            values[key, figure] = {path: fmean(v) for path, v in by_image.items()}
    rows = [["", *(figure for figure, _, _ in FIGURES)], ["---"] * (len(FIGURES) + 1)]
    for name, key, _ in ARMS:
        row = [name]
        for figure, _, decimals in FIGURES:
            own, base = values.get((key, figure)), values.get(("base", figure))
            if not own or not base:
                row.append("-")
                continue
            text = f"{fmean(own.values()):.{decimals}f}"
            if key != "base":
                differences = [own[path] - base[path] for path in sorted(own) if path in base]
                low, high = interval(differences)
                text += f"; {fmean(differences):+.{decimals}f} ({low:+.{decimals}f} to {high:+.{decimals}f})"
            row.append(text)
        rows.append(row)
    text = "".join("| " + " | ".join(row) + " |\n" for row in rows)
    (folder / "table.md").write_text(text)
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=240, help="phantoms; two fifths are held out, a tenth validates")
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--threads", type=int, default=0, help="of a training (0: all processors)")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="for every training")
    options = parser.parse_args()
    folder, seeds = options.folder.resolve(), options.seeds.split(",")
    begin(folder, {"count": options.count, "set": options.set})
    recipes(folder)
    phantoms = folder / "phantoms"
    if not (phantoms / "manifest.csv").exists():
        run(BIN / "mhcnn", "phantom", "--count", options.count, "--seed", 31, "--height", 512, "--width", 256,
            "--density-high", 45, "--split-val", 0.1, "--split-test", 0.4, "--out", phantoms)
    for seed in seeds:
        for _, key, changes in ARMS:
            out = folder / f"{key}-{seed}"
            if (out / "evaluation.json").exists():
                continue
            sets = [part for change in [*options.set, *changes, f"training.seed={seed}", f"data.cache={folder / 'cache'}"]
                    for part in ("--set", change)]
            recipe = folder / ("joint.toml" if key == "joint" else "base.toml")
            run(BIN / "mhcnn", "train", "--recipe", recipe, "--data", phantoms / "manifest.csv",
                "--out", out / "run", "--quiet", "--threads", options.threads, *sets)
            run(BIN / "mhcnn", "export", out / "run/checkpoint.safetensors", "-o", out / "model.onnx",
                "--name", out.name)
            run(BIN / "mhcnn", "evaluate", phantoms / "manifest.csv", "--split", "test", "-m",
                out / "model.onnx", "-o", out / "evaluation.json", accept=(0, 1))
    print(table(folder, seeds), end="")


if __name__ == "__main__":
    main()
