"""The manifests of the real sets and of the phantoms, joined to a training set."""
import csv
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from experiment import BIN, run

SETS = {  # name: adapter, what it is, where to get it
    "ddsm-fgt": ("ddsm-fgt", "60 films with tissue maps", "Tiryaki & Kaplanoglu, doi 10.1016/j.irbm.2022.05.004"),
    "cesm": ("cdd-cesm", "digital images with categories", "TCIA, doi 10.7937/29kw-ae92"),
}
PATHS = ("image", "breast_mask", "dense_mask", "pectoral_mask")
# Percents of a, b, c, d in the mixture of a screening population; the low parts beside one another overlap as readers' do.
PHANTOMS = {"a": (0.15, 1, 12), "b": (0.40, 8, 30), "c": (0.35, 22, 48), "d": (0.10, 38, 80)}
CUT_POINTS = (12.4, 27.4, 41.3)  # between the categories of DM-Scan's readers, each category as frequent


def read(manifest):
    """Rows with absolute paths."""
    with open(manifest, newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        for column in PATHS:
            if row.get(column):
                row[column] = str((manifest.parent / row[column]).resolve())
    return rows


def write(path, rows):
    columns = list(dict.fromkeys(column for row in rows for column in row))
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".tmp")
    with open(temporary, "w", newline="") as out:
        writer = csv.DictWriter(out, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    temporary.replace(path)


def real(folder, data, name):
    """A prepared real set; says what is missing where it is not there."""
    adapter, what, source = SETS[name]
    if not (data / name).is_dir():
        sys.exit(f"error: {data / name}: is not there ({what}); get it from {source}, name its folder's parent by MHCNN_REAL_DATA, "
                 "or leave the set out of the arm")
    manifest = folder / name / "manifest.csv"
    if not manifest.exists():
        run(BIN / "mhcnn", "prepare", adapter, data / name, "-o", folder / name, "--split-val", 0, "--split-test", 0, "--pictures", 0)
    return read(manifest)


def phantoms(folder, count, seed=2801):
    """About `count` phantoms, their percents in a population's mixture."""
    rows = []
    for i, (part, (share, low, high)) in enumerate(PHANTOMS.items()):
        out = folder / "phantoms" / part
        if not (out / "manifest.csv").exists():
            run(BIN / "mhcnn", "phantom", "--out", out, "--count", max(1, round(share * count)), "--seed", seed + i,
                "--density-low", low, "--density-high", high, "--cut-points", *CUT_POINTS, "--split-val", 0)
        rows += [{**row, "patient_id": f"phantom-{part}-{row['patient_id']}"} for row in read(out / "manifest.csv")]
    return rows


def looks(folder, count, seed=2810):
    """Phantoms of all families of looks and all percents alike: pictures that a model is to know, beside those that it learns from."""
    out = folder / "looks"
    if not (out / "manifest.csv").exists():
        run(
            BIN / "mhcnn",
            "phantom",
            "--out",
            out,
            "--count",
            count,
            "--seed",
            seed,
            "--density-low",
            1,
            "--density-high",
            80,
            "--split-val",
            0,
        )
    return [{**row, "patient_id": f"looks-{row['patient_id']}"} for row in read(out / "manifest.csv")]


def repeat(rows, times):
    """`times` may be a fraction: 0.5 takes every second row."""
    whole, rest = int(times), times - int(times)
    return rows * whole + [row for i, row in enumerate(rows) if int((i + 1) * rest) > int(i * rest)]
