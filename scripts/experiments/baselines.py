#!/usr/bin/env python3
"""Trains the recipes of recipes/baselines on the same phantoms and scores them on the same held-out part, by the commands that
a user has: phantom, train, export, evaluate. Prints one table and writes it to FOLDER/table.md. What is done is not done again,
so a stopped run can be resumed.

    scripts/experiments/baselines.py FOLDER [--count 300] [--seed 21] [--only joint,wu2017] [--set key=value] [--also MANIFEST]

--also scores the same models on a set of real images too, which none has seen; its table is FOLDER/table-also.md.

larroza2022 is trained on the same training pictures as two simulated readers mark them: one leaves out the margins of dense
tissue, the other marks beyond them. The other row is the same recipe with these labels taken as true (loss.readers = false).
Validation and test keep the phantoms' truth. Needs NumPy (.deps/venv/bin/python has it)."""
import argparse
import csv
import json
import pathlib
import struct
import sys
import time
import zlib

from experiment import BIN, ROOT, begin, run

METHODS = [  # name in the table, recipe, changes, data set
    ("joint, three heads", "joint", [], "phantoms"),
    ("segmentation alone", "single-segmentation", [], "phantoms"),
    ("regression alone", "single-regression", [], "phantoms"),
    ("classification alone", "single-classification", [], "phantoms"),
    ("Wu 2017, histogram", "wu2017", [], "phantoms"),
    ("Gudhe 2022, two decoders", "gudhe2022", [], "phantoms"),
    ("Larroza 2022, readers' matrices", "larroza2022", [], "readers"),
    ("the same labels taken as true", "larroza2022", ["loss.readers=false"], "readers"),
    ("Saffari 2020, category of the mask", "saffari2020", [], "phantoms"),
]


def write_png(path, mask):
    """An 8-bit grey PNG."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    height, width = mask.shape
    rows = b"".join(b"\0" + row.tobytes() for row in mask)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
                     chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def grown(mask):
    """With the pixels at the four sides."""
    import numpy as np
    framed = np.pad(mask, 1)
    return framed[:-2, 1:-1] | framed[2:, 1:-1] | framed[1:-1, :-2] | framed[1:-1, 2:] | mask


def make_readers(phantoms, folder, share=0.3):
    """Two rows for each training picture: of a reader who leaves out about that share of the dense pixels, at their margins,
    and of one who adds as many. The other parts keep the truth."""
    sys.path.insert(0, str(ROOT / "tests"))
    from check_masks import read_png
    done = folder / "manifest.csv"
    if done.exists():
        return
    with open(phantoms / "manifest.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    out = []
    for row in rows:
        for column in ("image", "breast_mask", "dense_mask", "pectoral_mask"):
            row[column] = str((phantoms / row[column]).resolve()) if row.get(column) else ""
        row["reader"] = ""
        if row["split"] != "train":
            out.append(row)
            continue
        breast, dense = (read_png(pathlib.Path(row[c])) > 127 for c in ("breast_mask", "dense_mask"))
        strict, generous = dense, dense
        while strict.sum() > (1 - share) * dense.sum():
            strict = ~grown(~strict) & strict
        while 0 < generous.sum() < min((1 + share) * dense.sum(), breast.sum()):
            generous = grown(generous) & breast
        for reader, mask in (("strict", strict), ("generous", generous)):
            path = folder / "masks" / f"{pathlib.Path(row['image']).stem}-{reader}.png"
            write_png(path, mask.astype("uint8") * 255)
            # The percent and the category are those of the truth, which this recipe does not learn.
            out.append({**row, "dense_mask": str(path.resolve()), "reader": reader})
    temporary = folder / "manifest.csv.tmp"
    with open(temporary, "w", newline="") as file:
        writer = csv.DictWriter(file, list(out[0]))
        writer.writeheader()
        writer.writerows(out)
    temporary.rename(done)


def line_of(evaluation, metric):
    """The line of that metric, or None where it is missing or undefined (a model without the head)."""
    for line in evaluation.get("summary", []):
        if line.get("metric") == metric and line.get("value") is not None:
            return line
    return None


def cell(line, decimals, baseline=False):
    if line is None:
        return "-"
    text = f"{line['value']:.{decimals}f}"
    if line.get("low") is not None and line.get("high") is not None:
        text += f" ({line['low']:.{decimals}f} to {line['high']:.{decimals}f})"
    known = [b["value"] for b in line.get("baselines", []) if b.get("value") is not None]
    return text + (f"; {known[0]:.{decimals}f}" if baseline and known else "")


def also_table(folder, methods, also):
    """The real set: no categories, but the muscle is drawn and the order of the percents counts."""
    trivial = [("Otsu within the true breast", "otsu")]
    rows = [["method", "images measured", "tissue Dice", "dense Dice", "percent MAE, masks", "percent MAE, head", "Spearman"],
            ["---"] * 7]
    for name, path in [*((name, out / "also.json") for name, out in methods),
                       *((name, folder / f"also-{key}.json") for name, key in trivial)]:
        if not path.exists():
            continue
        e = json.loads(path.read_text())
        by_masks = line_of(e, "percent Spearman (masks)")
        rows.append([name, f"{e['counts']['measured']} of {e['counts']['cases']}", cell(line_of(e, "tissue Dice"), 3),
                     cell(line_of(e, "Dice dense"), 3), cell(line_of(e, "percent MAE (masks)"), 1),
                     cell(line_of(e, "percent MAE (regression head)"), 1),
                     cell(by_masks or line_of(e, "percent Spearman (regression head)"), 3)])
    text = "".join("| " + " | ".join(row) + " |\n" for row in rows)
    (folder / "table-also.md").write_text(text)
    return f"\non {also}:\n{text}"


def table(folder, methods):
    header = ["method", "images measured", "dense Dice", "percent MAE, masks", "percent MAE, head",
              "category accuracy; commonest", "quadratic kappa", "training"]
    rows = [header, ["---"] * len(header)]
    for name, out in methods:
        path = out / "evaluation.json"
        if not path.exists():
            continue
        e = json.loads(path.read_text())
        counts = e.get("counts", {})
        with open(out / "run/metrics.csv", newline="") as file:
            seconds = sum(float(row["seconds"]) for row in csv.DictReader(file))
        rows.append([name, f"{counts.get('measured', '?')} of {counts.get('cases', '?')}",
                     cell(line_of(e, "Dice dense"), 3), cell(line_of(e, "percent MAE (masks)"), 2),
                     cell(line_of(e, "percent MAE (regression head)"), 2),
                     cell(line_of(e, "category accuracy"), 3, True),
                     cell(line_of(e, "category quadratic kappa"), 3), f"{seconds / 60:.1f} min"])
    text = "".join("| " + " | ".join(row) + " |\n" for row in rows)
    (folder / "table.md").write_text(text)
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=300, help="phantoms; a fifth is held out, a tenth validates")
    parser.add_argument("--seed", type=int, default=21)
    parser.add_argument("--only", default="", help="recipes, separated by commas")
    parser.add_argument("--also", type=pathlib.Path, metavar="MANIFEST", help="real images to score the models on too")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="for every training")
    options = parser.parse_args()
    folder = options.folder.resolve()
    begin(folder, {"count": options.count, "seed": options.seed, "set": options.set})

    phantoms = folder / "phantoms"
    if not (phantoms / "manifest.csv").exists():
        run(BIN / "mhcnn", "phantom", "--count", options.count, "--seed", options.seed, "--height", 512, "--width", 256,
            # Categories a to d in numbers that can be told apart; over the whole range most are d.
            "--density-high", 45, "--split-val", 0.1, "--split-test", 0.2, "--out", phantoms)
    wanted = set(filter(None, options.only.split(",")))
    unknown = wanted - {recipe for _, recipe, _, _ in METHODS}
    if unknown:
        sys.exit(f"no such recipe: {', '.join(sorted(unknown))}")
    done = []
    for name, recipe, changes, data in METHODS:
        out = folder / (recipe + "".join("-" + change.replace("=", "-") for change in changes))
        done.append((name, out))
        if wanted and recipe not in wanted:
            continue
        if not (out / "evaluation.json").exists():
            if data == "readers":
                make_readers(phantoms, folder / "readers")
            begun = time.time()
            sets = [part for change in options.set + changes for part in ("--set", change)]
            # Goes on where it was, and does nothing where it is finished.
            run(BIN / "mhcnn", "train", "--recipe", ROOT / f"recipes/baselines/{recipe}.toml",
                "--data", folder / data / "manifest.csv", "--out", out / "run", "--quiet", *sets)
            run(BIN / "mhcnn", "export", out / "run/checkpoint.safetensors", "-o", out / "model.onnx", "--name", out.name)
            run(BIN / "mhcnn", "evaluate", phantoms / "manifest.csv", "--split", "test", "-m", out / "model.onnx",
                "-o", out / "evaluation.json", accept=(0, 1))  # 1: a picture was not measured; the table counts them
            print(f"{name}: {time.time() - begun:.0f} s", file=sys.stderr, flush=True)
        if options.also and not (out / "also.json").exists():
            run(BIN / "mhcnn", "evaluate", options.also.resolve(), "-m", out / "model.onnx", "-o", out / "also.json", accept=(0, 1))
    print(table(folder, done), end="")
    if options.also:
        if not (folder / "also-otsu.json").exists():
            run(BIN / "mhcnn", "evaluate", options.also.resolve(), "--baseline", "otsu", "-o", folder / "also-otsu.json", accept=(0, 1))
        print(also_table(folder, done, options.also), end="")


if __name__ == "__main__":
    main()
