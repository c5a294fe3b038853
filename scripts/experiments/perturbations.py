#!/usr/bin/env python3
"""By how much does the percent change when the same picture comes in another way? Each picture is changed in ways that leave the
breast what it is, and measured again.

    scripts/experiments/perturbations.py FOLDER [FOLDER ...] [--count 60] [--model MODEL.onnx]

Folders of PNG pictures, of which at most `count` are taken. Prints, for each disturbance, the mean of the change and of its amount,
the amount that 95 % of the pictures stay below, and the largest, in percent points; and how many were not measured. The changes are
made at a height of 1,200 pixels at most, so that a blur of a pixel is the same for all. Needs NumPy and Pillow
(.deps/venv/bin/python has them)."""
import argparse
import csv
import io
import pathlib
import subprocess
import tempfile

import numpy as np
from experiment import BIN
from pictures import gaussian
from PIL import Image

ROWS = 1200


def grey(image, change):
    """Applies `change` to grey values scaled to 0..1."""
    values = change(np.asarray(image, dtype=np.float32) / 65535)
    return Image.fromarray((np.clip(values, 0, 1) * 65535).astype(np.uint16))


def eight_bits(image):
    return Image.fromarray((np.asarray(image) // 257).astype(np.uint8))


def noise(deviation):
    return lambda image: grey(image, lambda v: v + np.random.default_rng(1).normal(0, deviation, v.shape))


def real(change):
    """Through 32-bit floats, in which Pillow filters and turns."""
    return lambda image: Image.fromarray(
        np.clip(np.asarray(change(Image.fromarray(np.asarray(image, dtype=np.float32)))), 0, 65535).astype(np.uint16))


def scaled(factor):
    return real(lambda i: i.resize((round(i.width * factor), round(i.height * factor)), Image.BICUBIC))


def blur(sigma):
    return lambda image: Image.fromarray(
        np.clip(gaussian(np.asarray(image, dtype=np.float32), sigma, "edge"), 0, 65535).astype(np.uint16))


def jpeg(quality):
    def change(image):
        buffer = io.BytesIO()
        eight_bits(image).save(buffer, "JPEG", quality=quality)
        return Image.open(buffer)
    return change


CHANGES = {
    "mirrored left to right": lambda i: i.transpose(Image.FLIP_LEFT_RIGHT),
    "8 bits": eight_bits,
    "inverted": lambda i: grey(i, lambda v: 1 - v),
    "gamma 0.8": lambda i: grey(i, lambda v: v**0.8),
    "gamma 1.25": lambda i: grey(i, lambda v: v**1.25),
    "window 10 % narrower at both ends": lambda i: grey(i, lambda v: (v - 0.1) / 0.8),
    "window 20 % wider": lambda i: grey(i, lambda v: v * 0.8 + 0.1),
    "noise of 1 % of the range": noise(0.01),
    "noise of 3 %": noise(0.03),
    "half the size": scaled(0.5),
    "1.5 times the size": scaled(1.5),
    "blur, 1 pixel": blur(1),
    "blur, 2 pixels": blur(2),
    "turned by 3 degrees": real(lambda i: i.rotate(3, Image.BICUBIC)),
    "turned by -3 degrees": real(lambda i: i.rotate(-3, Image.BICUBIC)),
    "JPEG, quality 85": jpeg(85),
    "JPEG, quality 40": jpeg(40),
    "cut by 4 % at the top": lambda i: i.crop((0, round(0.04 * i.height), i.width, i.height)),
}


def read(path):
    image = Image.open(path)
    values = np.asarray(image, dtype=np.float32)
    values = values.mean(2) if values.ndim == 3 else values
    values = (values - values.min()) / max(np.ptp(values), 1) * 65535
    image = Image.fromarray(values)
    if image.height > ROWS:
        image = image.resize((round(image.width * ROWS / image.height), ROWS), Image.BOX)
    return Image.fromarray(np.asarray(image).astype(np.uint16))


def measure(folder, out, model):
    command = [BIN / "mhcnn", "predict", folder, "-o", out, "--no-overlays", "--no-masks", "--quiet"]
    command += ["--model", model] if model else []
    subprocess.run([str(part) for part in command], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(out / "results.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    return {pathlib.Path(row["path"]).stem: float(row["percent_density"]) for row in rows if row["status"] == "ok"}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=60, help="pictures of each folder")
    parser.add_argument("--model")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        work = pathlib.Path(scratch)
        sources = [p for folder in options.folders for p in sorted(folder.glob("*.png"))[: options.count]]
        for name, change in {"as it is": lambda i: i, **CHANGES}.items():
            (work / name).mkdir()
            for i, source in enumerate(sources):
                changed = change(read(source))
                if changed.format == "JPEG":
                    changed.save(work / name / f"{i}.jpg", quality="keep")
                else:
                    changed.save(work / name / f"{i}.png")
        base = measure(work / "as it is", work / "of as it is", options.model)
        print(f"{len(base)} of {len(sources)} pictures measured as they are\n")
        print("| changed by | mean change | mean amount | 95 % below | largest | not measured |\n|---|---|---|---|---|---|")
        for name in CHANGES:
            found = measure(work / name, work / ("of " + name), options.model)
            change = np.array([found[key] - base[key] for key in base if key in found])
            amount = np.abs(change)
            print(f"| {name} | {change.mean():+.2f} | {amount.mean():.2f} | {np.percentile(amount, 95):.2f} | {amount.max():.2f} "
                  f"| {len(base) - len(change)} |", flush=True)


if __name__ == "__main__":
    main()
