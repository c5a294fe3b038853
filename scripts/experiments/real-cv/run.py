#!/usr/bin/env python3
"""5-fold cross-validation by patient on the two real sets: 60 films with tissue maps (ddsm-fgt), 326 digital images with categories
(cesm). In each fold a model learns from the other four parts, and phantoms where the arm has them, and is scored on the part left out.

    git show 9dc3715:models/mhcnn-fast.safetensors >START.safetensors      # fast 0.2.0, which has seen phantoms alone
    mhcnn export START.safetensors -o START.onnx
    scripts/experiments/real-cv/run.py FOLDER --from START.safetensors --model START.onnx
        [--arms zero,films,…] [--folds 1,2,3,4,5] [--seen 500] [--phantoms 240] [--threads 2]

A start that has seen real images, as the shipped models have, is refused: no image would be left out. A set with other images than those of
folds.csv is refused too: the arms, the tables and the card of the model (sets.json) are those of whole sets.
Arms (all start from the weights of the phantoms' model, `--from`):
    zero                  no training
    films                 the films' masks
    films-cesm            and the digital images' categories, by the range loss
    then-phantoms         films-cesm, then a second training of as many images with phantoms among them
    films-cesm-phantoms   phantoms from the start
    averaged              the mean of the weights of films-cesm and films, which this trains where they are not there
    films-mild            as films, with grey values changed as little as recipes/fine-tune.toml does
    films-contrast        as films, with the local contrast changed at random
    films-often-cesm      as films-cesm, with each film twice as often
    films-cesm-mild       as films-cesm, with grey values changed as little
    films-cesm-weak       as films-cesm, with a quarter of the range loss
    films-cesm-wide       as films-cesm, the ranges wide enough for DM-Scan's readers and for the published percents of film
    films-often-cesm-weak as films-cesm-weak, with each film twice as often
    films-cesm-contrast   as films-often-cesm-weak, with the local contrast changed at random: fast 0.3.2
    films-cesm-outlined   as films-cesm-contrast, with outlines of breast and pectoral muscle of digital images (outline.py): fast 0.3.3
    films-cesm-selftrained  as films-cesm-outlined, and with masks of dense tissue of digital images by the model of that arm and fold
                          (pseudo_labels.py)
    films-cesm-ordinal    as films-cesm, the category head with the ordinal loss, on films by the published categories of their percent
    films-cesm-norange    as films-cesm, but the categories teach the category head only
The fold `all` leaves nothing out: the model to ship of an arm, FOLDER/ARM-all.safetensors, with its training set in
FOLDER/train-ARM-all.csv (of `averaged`: those of its two arms). FOLDER/once-ARM-all.csv has the set without repeats, with phantoms of all
looks beside, for `export --features`.
The fold `d` leaves out all digital images. It measures arms of films alone on a kind of image that they have never seen. It needs a folder
of its own.
Resumes where it was stopped, also within a training. Ends with FOLDER/summary.md (scripts/experiments/real-cv/summarise.py)."""
import argparse
import csv
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from experiment import ROOT, begin, refuse_leak
from sets import BIN, looks, phantoms, read, real, repeat, run, write

HERE = pathlib.Path(__file__).resolve().parent
DATA = pathlib.Path(os.environ.get("MHCNN_REAL_DATA", ROOT / "../shared/data")).resolve()
MILD = ["augment.gamma=0.05", "augment.contrast=0.05", "augment.brightness=0.02", "augment.window=0", "augment.tone_curve=0"]
# 10th to 90th percentile of a, b, c, d, from the lower end of DM-Scan's and film's to the upper end (CEBP table 57002: mean and standard
# deviation of film 4.3, 4.3; 19.3, 11.3; 40.4, 14.8; 62.3, 11.7).
WIDE = ["loss.category_range_low=[0, 5, 21, 36]", "loss.category_range_high=[16, 34, 59, 77]"]
CONTRAST = ["augment.local_contrast=1"]
ARMS = {  # how often each set's row occurs in an epoch, and what differs in the recipe
    "films": ({"ddsm-fgt": 8}, []),
    "films-contrast": ({"ddsm-fgt": 8}, CONTRAST),
    "films-mild": ({"ddsm-fgt": 8}, MILD),
    "films-cesm": ({"ddsm-fgt": 4, "cesm": 1}, []),
    "films-often-cesm": ({"ddsm-fgt": 8, "cesm": 1}, []),
    "films-cesm-mild": ({"ddsm-fgt": 4, "cesm": 1}, MILD),
    "films-cesm-weak": ({"ddsm-fgt": 4, "cesm": 1}, ["loss.category_range=1"]),
    "films-cesm-wide": ({"ddsm-fgt": 4, "cesm": 1}, WIDE),
    "films-often-cesm-weak": ({"ddsm-fgt": 8, "cesm": 1}, ["loss.category_range=1"]),
    "films-cesm-contrast": ({"ddsm-fgt": 8, "cesm": 1}, ["loss.category_range=1", *CONTRAST]),
    "films-cesm-outlined": ({"ddsm-fgt": 8, "cesm-outlined": 1}, ["loss.category_range=1", *CONTRAST]),
    "films-cesm-selftrained": ({"ddsm-fgt": 8, "cesm-pseudo": 1}, ["loss.category_range=1", *CONTRAST]),
    "films-cesm-ordinal": ({"ddsm-fgt": 4, "cesm": 1}, ["loss.category_form=ordinal", "loss.category_of_percent=true"]),
    "films-cesm-norange": ({"ddsm-fgt": 4, "cesm": 1}, ["loss.category_range=0"]),
    "films-cesm-phantoms": ({"ddsm-fgt": 4, "cesm": 1, "phantoms": 0.5}, []),
    "then-phantoms": ({"ddsm-fgt": 4, "cesm": 1, "phantoms": 0.5}, []),
}
AFTER = {"then-phantoms": "films-cesm"}  # arms that start from another arm's weights
TEACHERS = {"films-cesm-selftrained": "films-cesm-outlined"}  # arms whose masks of dense tissue of digital images another arm's model draws
AVERAGES = {"averaged": ("films-cesm", "films")}  # arms whose weights are the mean of two arms'
RARE = {"a": 4, "d": 2}  # how often a digital image of a rare category occurs in an epoch
IMAGES = {"ddsm-fgt": 60, "cesm": 326}  # of the patients of folds.csv
HELD_OUT = 6             # of so many phantoms one is not learned from: the bound of ood_score


def is_left_out(part, row, fold):
    return part != "ddsm-fgt" if fold == "d" else row["fold"] == fold


def outlined_rows(rows):
    return [row for row in rows if row["category"] or row["breast_mask"]]


def pseudo_labelled(folder, arm, fold, sets, options):
    """The digital images, those of the training with masks of dense tissue by the arm's teacher, which has not seen the others either."""
    teacher = train(folder, TEACHERS[arm], fold, sets, options)
    known = outlined_rows(sets["cesm"])
    learned = [row for row in known if not is_left_out("cesm", row, fold)]
    out = folder / f"pseudo-{arm}-{fold}"
    model = teacher.with_suffix(".onnx")
    if not model.exists():
        run(BIN / "mhcnn", "export", teacher, "-o", model, "--name", TEACHERS[arm])
    if not (out / "manifest.csv").exists():
        write(out / "learned.csv", learned)
        run(HERE / "pseudo_labels.py", out / "learned.csv", model, out)
    return read(out / "manifest.csv") + [row for row in known if is_left_out("cesm", row, fold)]


def rows_of(folder, count, part, often, sets, fold):
    """What an epoch has of a set. A part left out stays in the list, as what training never reads: all folds share the prepared images."""
    if part == "phantoms":
        rows = [{**row, "split": "test" if i % HELD_OUT == 0 else "train"} for i, row in enumerate(phantoms(folder / "sets", count))]
        # Each part by itself: every second row of all of them would be one that is learned from.
        return [row for split in ("test", "train") for row in repeat([row for row in rows if row["split"] == split], often)]
    if part == "ddsm-fgt":
        known = sets[part]
    elif part == "cesm-outlined":
        known = outlined_rows(sets["cesm"])
    elif part == "cesm-pseudo":
        known = sets[part]
    else:
        known = [{**row, "breast_mask": "", "pectoral_mask": ""} for row in sets[part] if row["category"]]
    rows = [{**row, "split": "test" if is_left_out(part, row, fold) else "train"} for row in known]
    rows = [row for row in rows for _ in range(RARE.get(row["category"], 1))]  # films have no category
    return repeat(rows, often)


def outlined(manifest):
    """The rows of a manifest with masks of breast and pectoral muscle."""
    out = manifest.parent / "outlines"
    if not (out / "manifest.csv").exists():
        run(HERE / "outline.py", manifest, out)
    return read(out / "manifest.csv")


def whole(folder, name, fold_of):
    """A prepared real set. Ends where it does not have the images of folds.csv; the next run then prepares it again."""
    rows, manifest = real(folder, DATA, name), folder / name / "manifest.csv"
    patients = {patient for part, patient in fold_of if part == name}
    found = {row["patient_id"] for row in rows}
    if found != patients or len(rows) != IMAGES[name]:
        manifest.unlink()
        sys.exit(f"error: {DATA / name}: has {len(rows)} usable images of {len(found)} patients, not the {IMAGES[name]} images of the "
                 f"{len(patients)} patients of {HERE / 'folds.csv'}; complete the set; {manifest.parent / 'census.txt'} lists the images "
                 "that were left out")
    return rows


def plain(row, **changes):
    return {k: v for k, v in {**row, **changes}.items() if k != "fold"}


def train(folder, arm, fold, sets, options):
    """The checkpoint, made where it is not there."""
    checkpoint = folder / f"{arm}-{fold}.safetensors"
    if checkpoint.exists():
        return checkpoint
    start = train(folder, AFTER[arm], fold, sets, options) if arm in AFTER else options.start
    if arm in AVERAGES:
        parts = [train(folder, part, fold, sets, options) for part in AVERAGES[arm]]
        if fold == "all":
            shutil.copy(folder / f"once-{AVERAGES[arm][0]}-all.csv", folder / f"once-{arm}-all.csv")
        run(HERE / "average.py", checkpoint, *parts)
        return checkpoint
    times, settings = ARMS[arm]
    if arm in TEACHERS:
        sets = {**sets, "cesm-pseudo": pseudo_labelled(folder, arm, fold, sets, options)}
    rows = []
    for part, often in times.items():
        of_part = [plain(row) for row in rows_of(folder, options.phantoms, part, often, sets, fold)]
        rows += of_part[::max(1, len(of_part) // options.most)] if options.most else of_part
    manifest, out = folder / f"train-{arm}-{fold}.csv", folder / f"run-{arm}-{fold}"
    write(manifest, rows)
    if fold == "all":
        known = rows + [
            {**row, "split": "test" if i % HELD_OUT == 0 else "train"} for i, row in enumerate(looks(folder / "sets", 2 * options.phantoms))
        ]
        once = {row["image"]: {**row, "split": "val" if row["split"] == "test" else "train"} for row in known}
        write(folder / f"once-{arm}-{fold}.csv", list(once.values()))
    epochs = max(1, round(options.seen / sum(row["split"] == "train" for row in rows)))
    changes = [f"data.cache={folder}/cache/", f"phase.0.epochs={epochs}", *settings, *options.set]
    run(BIN / "mhcnn", "train", "--recipe", HERE / "recipe.toml", "--from", start, "-d", manifest, "-o", out, "--quiet",
        "--threads", options.threads, *(word for change in changes for word in ("--set", change)))
    (out / "checkpoint.safetensors").replace(checkpoint)
    shutil.rmtree(out)
    return checkpoint


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--arms", default="zero,films,films-cesm,films-cesm-phantoms")
    parser.add_argument("--folds", default="1,2,3,4,5")
    parser.add_argument("--seen", type=int, default=500, help="training images seen in a training, repeats counted")
    parser.add_argument("--phantoms", type=int, default=240)
    parser.add_argument("--most", type=int, default=0, help="rows of a set in an epoch, about; 0: all (for tests)")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--from", dest="start", required=True, help="checkpoint of a model that has seen phantoms alone")
    parser.add_argument("--model", required=True, help="its ONNX file, which the arm zero measures")
    parser.add_argument("--set", action="append", default=[], help="key=value of the recipe, for all arms")
    options = parser.parse_args()
    folder = options.folder.resolve()
    folds = options.folds.split(",")
    if "d" in folds and len(folds) > 1:
        sys.exit("error: the fold d needs a folder of its own, without other folds: its images are in those too")
    refuse_leak(options.start, options.model)
    begin(folder, {"seen": options.seen, "phantoms": options.phantoms, "from": options.start, "set": options.set,
                   **({"most": options.most} if options.most else {}), **({"folds": folds} if "d" in folds else {})})
    with open(HERE / "folds.csv", newline="") as file:
        fold_of = {(row["set"], row["patient"]): row["fold"] for row in csv.DictReader(file)}
    sets = {name: whole(folder / "sets", name, fold_of) for name in IMAGES}
    sets["cesm"] = outlined(folder / "sets" / "cesm" / "manifest.csv")
    for name, rows in sets.items():
        for row in rows:
            row["fold"] = fold_of[name, row["patient_id"]]
    for fold in folds:
        if fold != "all":
            left_out = [row for part, rows in sets.items() for row in rows if is_left_out(part, row, fold)]
            write(folder / f"test-{fold}.csv", [plain(row, split="test") for row in left_out])
        for arm in options.arms.split(","):
            name = f"{arm}-{fold}"
            result = folder / f"{name}.json"
            if fold == "all":
                if arm != "zero":
                    train(folder, arm, fold, sets, options)
                continue
            if result.exists():
                continue
            model = ["-m", options.model]
            if arm != "zero":
                model = ["-m", folder / f"{name}.onnx"]
                run(BIN / "mhcnn", "export", train(folder, arm, fold, sets, options), "-o", model[1], "--name", arm)
            run(BIN / "mhcnn", "evaluate", folder / f"test-{fold}.csv", "--all", *model, "-o", result, accept=(0, 1), result=result)
    with open(folder / "summary.md", "w") as out:
        subprocess.run([sys.executable, HERE / "summarise.py", folder], stdout=out, check=True)
    print((folder / "summary.md").read_text(), end="")


if __name__ == "__main__":
    main()
