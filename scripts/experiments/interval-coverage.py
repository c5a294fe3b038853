#!/usr/bin/env python3
"""Do the intervals hold what they promise? Measures the images of a manifest that have a percent density and says how often that lies
within percent_low to percent_high, how wide the interval is, the same of category_range where categories are known, and how many
pictures are flagged out_of_distribution.

    scripts/experiments/interval-coverage.py MANIFEST [--model fast] [--calibration SITE.json]

Shares and means with 95 % bootstrap intervals over the images."""
import argparse
import csv
import pathlib
import tempfile
from statistics import fmean

from bootstrap import interval
from experiment import BIN, run


def line(name, values, unit=""):
    if values:
        low, high = interval([float(value) for value in values])
        print(f"{name}: {fmean(values):.3g} ({low:.3g} to {high:.3g}){unit}, {len(values)} images")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("manifest", type=pathlib.Path)
    parser.add_argument("--model", default="fast")
    parser.add_argument("--calibration", type=pathlib.Path)
    options = parser.parse_args()
    with open(options.manifest, newline="") as file:
        truth = {(options.manifest.parent / row["image"]).resolve(): row for row in csv.DictReader(file)}
    with tempfile.TemporaryDirectory() as work:
        out = pathlib.Path(work) / "out"
        (pathlib.Path(work) / "files.txt").write_text("".join(f"{path}\n" for path in truth))
        model = pathlib.Path(options.model)
        run(BIN / "mhcnn", "predict", "--files-from", f"{work}/files.txt", "-o", out, "--no-overlays", "--no-masks", "--quiet",
            "--model", model.resolve() if model.exists() else options.model,
            *(["--calibration", options.calibration.resolve()] if options.calibration else []), accept=(0, 1))
        with open(out / "results.csv", newline="") as file:
            rows = [(row, truth[pathlib.Path(row["path"]).resolve()]) for row in csv.DictReader(file)]
    measured = [(row, true) for row, true in rows if row["status"] == "ok" and row["percent_low"] and true["percent_density"]]
    print(f"{len(measured)} of {len(rows)} images measured, with an interval and a true percent")
    ends = [(float(row["percent_low"]), float(row["percent_high"]), float(true["percent_density"])) for row, true in measured]
    line("percent within its interval", [low <= percent <= high for low, high, percent in ends])
    line("width of the interval", [high - low for low, high, _ in ends], " points")
    ranges = [(row["category_range"].split("-"), true["category"]) for row, true in measured if row["category_range"] and true["category"]]
    line("category within its range", [categories[0] <= true <= categories[-1] for categories, true in ranges])
    line("categories in the range", [ord(categories[-1]) - ord(categories[0]) + 1 for categories, _ in ranges])
    line("flagged out_of_distribution", ["out_of_distribution" in row["flags"].split(";") for row, _ in measured])


if __name__ == "__main__":
    main()
