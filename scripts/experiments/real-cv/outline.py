#!/usr/bin/env python3
"""Gives the digital images (cesm) masks of breast and pectoral muscle, so that outlines are learned and measured on them too.

    scripts/experiments/real-cv/outline.py MANIFEST OUT      MANIFEST as of `mhcnn prepare cdd-cesm`

Writes OUT/NAME-breast.png, OUT/NAME-pectoral.png and OUT/manifest.csv, the manifest with these masks and absolute paths.
The pectoral muscle is the part above the line of cesm-pectoral.csv: points from the top of the image to the chest wall, as fractions of
width and height. `none`: no muscle is seen. `unclear`: its border is not seen; such an image gets no masks. A CC view has no muscle.
The breast is the largest region that is brighter than the even background of these images, out to the chest wall, without the muscle.
Needs NumPy and Pillow (.deps/venv/bin/python has them)."""
import csv
import pathlib
import sys

from sets import read, write
from setup_python import modules

np, Image, ImageDraw, ImageFilter = modules("numpy", "PIL.Image", "PIL.ImageDraw", "PIL.ImageFilter")
HERE = pathlib.Path(__file__).resolve().parent
DARK = 20   # grey values below this may be background
ABOVE = 4   # a pixel of the breast is brighter than the background's median by more than this
WALL = 0.2  # the chest wall is the first column of which this share of the breast's rows is bright
COARSE = 4  # regions are told apart at this fraction of the size


def grown(mask):
    mask = mask.copy()
    mask[1:] |= mask[:-1]
    mask[:-1] |= mask[1:]
    mask[:, 1:] |= mask[:, :-1]
    mask[:, :-1] |= mask[:, 1:]
    return mask


def largest_part(mask):
    largest, rest = np.zeros_like(mask), mask
    while rest.sum() > largest.sum():
        part = np.zeros_like(mask)
        part[np.unravel_index(np.argmax(rest), rest.shape)] = True
        size = 0
        while part.sum() > size:
            size = part.sum()
            part = grown(part) & rest
        rest = rest & ~part
        if size > largest.sum():
            largest = part
    return largest


def region(image, laterality):
    """The largest region that is brighter than the background; from the chest wall to the skin without gaps, as fat may be black."""
    grey = np.asarray(image)
    dark = grey[grey < DARK]
    level = np.median(dark) if dark.size else 0
    bright = Image.fromarray((np.asarray(image.filter(ImageFilter.GaussianBlur(1))) > level + ABOVE).astype(np.uint8))
    bright = np.asarray(bright.filter(ImageFilter.MinFilter(5)).filter(ImageFilter.MaxFilter(5))) > 0
    coarse = grown(largest_part(bright[::COARSE, ::COARSE]))
    whole = np.kron(coarse, np.ones((COARSE, COARSE), bool))[:bright.shape[0], :bright.shape[1]] & bright
    if laterality == "R":
        whole = whole[:, ::-1]
    rows = whole.any(axis=1)
    wall = np.argmax(whole.sum(axis=0) > WALL * rows.sum())
    skin = np.where(rows, whole.shape[1] - 1 - np.argmax(whole[:, ::-1], axis=1), -1)
    columns = np.arange(whole.shape[1])
    filled = (columns >= wall) & (columns <= skin[:, None])
    return filled[:, ::-1] if laterality == "R" else filled


def muscle(size, points, laterality):
    """The part between the line, the top and the chest wall, which is at the left of a left breast and at the right of a right one."""
    width, height = size
    wall = 0 if laterality == "L" else width - 1
    line = [(x * width, y * height) for x, y in points]
    drawn = Image.new("1", size)
    ImageDraw.Draw(drawn).polygon([(wall, 0), (line[0][0], 0), *line, (wall, line[-1][1])], fill=1)
    return np.asarray(drawn)


def save(path, mask):
    Image.fromarray(mask.astype(np.uint8) * 255).save(path)
    return str(path)


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: outline.py MANIFEST OUT")
    manifest, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    with open(HERE / "cesm-pectoral.csv", newline="") as file:
        lines = {row["image"]: row["line"] for row in csv.DictReader(file)}
    out.mkdir(parents=True, exist_ok=True)
    rows = read(manifest)
    for row in rows:
        name = pathlib.Path(row["image"]).stem
        line = "none" if row["view"] == "CC" else lines.get(name, "unclear")
        if line == "unclear":
            continue
        image = Image.open(row["image"]).convert("L")
        breast = region(image, row["laterality"])
        pectoral = np.zeros_like(breast)
        if line != "none":
            numbers = [float(word) for word in line.split()]
            pectoral = muscle(image.size, list(zip(numbers[::2], numbers[1::2], strict=True)), row["laterality"]) & breast
        row["breast_mask"] = save(out / f"{name}-breast.png", breast & ~pectoral)
        row["pectoral_mask"] = save(out / f"{name}-pectoral.png", pectoral)
    write(out / "manifest.csv", rows)


if __name__ == "__main__":
    main()
