#!/usr/bin/env python3
"""Compares sets of mammograms with masks by their statistics: phantoms beside real pictures.

    scripts/experiments/phantom-vs-real.py NAME=MANIFEST [NAME=MANIFEST ...] [--bands 15,40]

In place of a manifest the folder that `mhcnn predict -o` wrote may stand: the pictures are those measured, the masks what the model
found. Pictures are scaled to 512 rows and grey values to 0..1 of the picture's own range. Printed, for each set, is the median over
its pictures and the range from the 10th to the 90th percentile; with --bands once for each range of percent density. Needs NumPy and
Pillow (.deps/venv/bin/python has them)."""
import argparse
import csv
import itertools
import pathlib

import numpy as np
from pictures import gaussian
from PIL import Image

ROWS = 512


def read(path, size=None, mask=False):
    name, _, labels = str(path).partition("#")  # label maps: FILE#VALUE|VALUE
    picture = Image.open(name)
    values = np.asarray(picture, dtype=np.float32)
    if values.ndim == 3:
        values = values.mean(2)
    if labels:
        values = np.isin(values, [float(v) for v in labels.split("|")]).astype(np.float32)
    picture = Image.fromarray(values)
    size = size or (round(picture.width * ROWS / picture.height), ROWS)
    picture = picture.resize(size, Image.NEAREST if mask else Image.BOX)
    return np.asarray(picture) > 0 if mask else np.asarray(picture)


def depth(mask, limit):
    """Steps of a pixel to the nearest pixel outside, up to `limit`; beyond the frame is no outside."""
    steps, inside = np.zeros(mask.shape, int), mask.copy()
    for _ in range(limit):
        steps += inside
        wide = np.pad(inside, 1, constant_values=True)
        inside = inside & wide[2:, 1:-1] & wide[:-2, 1:-1] & wide[1:-1, 2:] & wide[1:-1, :-2]
    return steps


def slope(values, mask, side=96):
    """Exponent of the fall of spectral power with frequency, in the square window with most tissue."""
    count = np.pad(mask.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    within = count[side:, side:] - count[:-side, side:] - count[side:, :-side] + count[:-side, :-side]
    r, c = np.unravel_index(within.argmax(), within.shape)
    if within.max() < 0.95 * side * side:
        return np.nan
    part = values[r : r + side, c : c + side]
    window = np.hanning(side)[:, None] * np.hanning(side)[None]
    power = np.abs(np.fft.fft2((part - part.mean()) * window)) ** 2
    f = np.hypot(*np.meshgrid(np.fft.fftfreq(side), np.fft.fftfreq(side)))
    edges = np.geomspace(0.03, 0.3, 12)
    mean = [power[(f >= a) & (f < b)].mean() for a, b in itertools.pairwise(edges)]
    return -np.polyfit(np.log((edges[1:] * edges[:-1]) ** 0.5), np.log(mean), 1)[0]


def measure(row, root):
    image = read(root / row["image"])
    breast, dense, pectoral = (read(root / row[c], image.shape[::-1], True) if row[c] else np.zeros(image.shape, bool)
                               for c in ("breast_mask", "dense_mask", "pectoral_mask"))
    if breast.sum() < 2000:
        return None
    low, high = np.percentile(image, [0.5, 99.8])
    grey = np.clip((image - low) / max(high - low, 1e-6), 0, 1)
    body = breast | pectoral
    deep = depth(body, 60)
    inner = breast & (deep > 30)
    fat = inner & ~dense
    core = dense & (deep > 15)
    smooth = gaussian(grey, 1.5, "symmetric")
    fine, middle = grey - smooth, smooth - gaussian(grey, 6, "symmetric")

    def mean(values, mask):
        return values[mask].mean() if mask.sum() > 50 else np.nan

    def std(values, mask):
        return values[mask].std() if mask.sum() > 50 else np.nan

    out = {"percent density": 100 * dense.sum() / breast.sum(),
           "breast, share of the picture": breast.mean(),
           "muscle, share of the tissue": pectoral.sum() / body.sum() if pectoral.any() else np.nan,
           "grey of fat": mean(grey, fat), "grey of dense tissue": mean(grey, core),
           "dense less fat": mean(grey, core) - mean(grey, fat), "muscle less fat": mean(grey, pectoral) - mean(grey, fat),
           "grey of the background": mean(grey, ~body & (depth(~body, 12) > 10))}
    for d in (2, 5, 10, 20):
        out[f"grey {d} pixels from the skin / fat"] = mean(grey, breast & (deep == d)) / mean(grey, fat)
    near = depth(dense, 8)
    away = depth(~dense, 8)
    out["step at the border of dense tissue, 4 pixels either way"] = \
        mean(grey, inner & (near >= 3) & (near <= 5)) - mean(grey, inner & (away >= 3) & (away <= 5))
    for name, mask in (("fat", fat), ("dense tissue", core)):
        out[f"fine detail in {name}, x 1000"] = 1000 * std(fine, mask)
        out[f"middle detail in {name}, x 1000"] = 1000 * std(middle, mask)
    for share in (5, 25, 50, 75, 95):
        out[f"histogram of the breast: {share} % are below"] = np.percentile(grey[breast], share)
    out["exponent of the spectrum"] = slope(grey, breast)
    return out


def read_rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def rows_of(path):
    """Rows of a manifest, or of what the model measured, and the folder that their paths are relative to."""
    if path.is_file():
        return read_rows(path), path.parent
    found = [row["path"] for row in read_rows(path / "results.csv") if row["status"] == "ok"]
    labels = {"breast_mask": "85|170", "dense_mask": "170", "pectoral_mask": "255"}
    return [{"image": pathlib.Path(picture).resolve(),
             **{column: (path / "masks" / f"{pathlib.Path(picture).stem}.png").resolve().as_posix() + "#" + values
                for column, values in labels.items()}} for picture in found], path


def table(columns):
    print("| | " + " | ".join(f"{name} ({len(rows)})" for name, rows in columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for key in next(rows[0] for _, rows in columns if rows):
        cells = []
        for _, rows in columns:
            values = np.array([row[key] for row in rows])
            values = values[np.isfinite(values)]
            cells.append("{1:.3g} ({0:.3g} to {2:.3g})".format(*np.percentile(values, [10, 50, 90])) if len(values) else "-")
        print(f"| {key} | " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", metavar="NAME=MANIFEST")
    parser.add_argument("--bands", default="", help="percents that divide the pictures")
    options = parser.parse_args()
    columns = []
    for name, _, path in (argument.partition("=") for argument in options.sets):
        if not path:
            parser.error(f"{name}: write NAME=MANIFEST")
        rows, root = rows_of(pathlib.Path(path))
        columns.append((name, [row for row in (measure(row, root) for row in rows) if row]))
    if not options.bands:
        table(columns)
        return
    ends = [0, *map(float, options.bands.split(",")), 101]
    for low, high in itertools.pairwise(ends):
        print(f"\n{low:g} to {min(high, 100):g} %\n")
        table([(name, [row for row in rows if low <= row["percent density"] < high]) for name, rows in columns])


if __name__ == "__main__":
    main()
