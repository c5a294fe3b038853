#!/usr/bin/env python3
"""Tables of FOLDER/ARM-FOLD.json (scripts/experiments/real-cv/run.py): films by their masks, digital images by their categories. Each image
is scored by a model that saw none of its patient. Intervals are 95 % bootstrap intervals by patient.
The category of a breast is that of its percent (mean of masks and head over its views) by proportional odds that were fitted on the
other four folds, each category counting alike, with the published percents as prior cases (of these alone if there is one fold).
  summarise.py FOLDER      needs NumPy (.deps/venv/bin/python has it)"""
import collections
import json
import pathlib
import sys

from published import PUBLISHED, percent_at
from setup_python import modules

(np,) = modules("numpy")
PRIOR = 10  # prior cases of each category
RESAMPLES = 2000


def prior_cases():
    """Percents of PRIOR cases of each category: quantiles of a normal on the root, by the published 5 to 95 %."""
    for category, letter in enumerate(PUBLISHED):
        for i in range(PRIOR):
            yield percent_at(letter, (i + 0.5) / PRIOR), category


def fit(percents, categories):
    """Cuts and slope on sqrt(percent) / 5 of the greatest likelihood, each category weighing alike: damped Newton steps."""
    pairs = list(zip(percents, categories, strict=True)) + list(prior_cases())
    x, y = np.array([np.sqrt(p) / 5 for p, _ in pairs]), np.array([c for _, c in pairs])
    weight = 1 / np.bincount(y, minlength=4)[y]
    weight *= len(pairs) / weight.sum()

    def unpack(p):
        return np.cumsum([p[0], np.exp(p[1]), np.exp(p[2])]), p[3]

    def loss(p):
        return -(weight * np.log(np.maximum(chances(x, *unpack(p))[np.arange(len(y)), y], 1e-12))).sum() + 0.05 * p[3] ** 2

    def gradient(p, h=1e-5):
        return np.array([(loss(p + h * e) - loss(p - h * e)) / (2 * h) for e in np.eye(4)])
    p, damping = np.array([3.0, 0.5, 0.5, 6.0]), 1.0
    for _ in range(200):
        g = gradient(p)
        if np.abs(g).max() < 1e-5:
            break
        curvature = np.array([(gradient(p + 1e-4 * e) - gradient(p - 1e-4 * e)) / 2e-4 for e in np.eye(4)])
        while True:
            step = np.linalg.solve(curvature + damping * np.eye(4), -g)
            if loss(p + step) < loss(p) or damping > 1e9:
                break
            damping *= 4
        p, damping = p + step, max(damping / 8, 1e-9)
    return unpack(p)


def chances(x, cuts, slope):
    below = 1 / (1 + np.exp(-(np.asarray(cuts)[None, :] - slope * np.asarray(x)[:, None])))
    return np.diff(np.concatenate([np.zeros((len(x), 1)), below, np.ones((len(x), 1))], 1), axis=1)


def median(percents, cuts, slope):
    return (chances(np.sqrt(np.asarray(percents)) / 5, cuts, slope).cumsum(1) < 0.5).sum(1).clip(0, 3)


def kappa(truth, found, power=2):
    table = np.zeros((4, 4))
    np.add.at(table, (truth, found), 1)
    weight = np.abs(np.subtract.outer(np.arange(4), np.arange(4))) ** power
    chance = np.outer(table.sum(1), table.sum(0)) / table.sum()
    return 1 - (weight * table).sum() / (weight * chance).sum()


def ranks(values):
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = counts.cumsum()
    return (ends - (counts - 1) / 2)[inverse]


def spearman(a, b):
    return np.corrcoef(ranks(a), ranks(b))[0, 1]


def auc(truth, score):
    positive = truth >= 2
    r = ranks(score)
    return (r[positive].sum() - positive.sum() * (positive.sum() + 1) / 2) / (positive.sum() * (~positive).sum())


def estimate(patients, statistic):
    """The statistic of the indices of all cases, with its bootstrap interval by patient."""
    of = collections.defaultdict(list)
    for i, patient in enumerate(patients):
        of[patient].append(i)
    groups, draw, values = list(of.values()), np.random.default_rng(1), []
    for _ in range(RESAMPLES):
        chosen = np.concatenate([groups[k] for k in draw.integers(0, len(groups), len(groups))]).astype(int)
        with np.errstate(all="ignore"):
            values.append(statistic(chosen))
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return statistic(np.arange(len(patients))), low, high


def text(found, decimals):
    value, low, high = found
    return f"{value:.{decimals}f} ({low:.{decimals}f} to {high:.{decimals}f})"


def both(case):
    return (case["percent"] + case["percent_regression"]) / 2


def films(cases):
    cases = [c for c in cases if c["true_percent"] is not None]
    patients = [c["patient"] for c in cases]
    truth = np.array([c["true_percent"] for c in cases])
    row = {"films": len(cases)}
    for name, value in (("tissue Dice", lambda c: c["tissue_dice"]), ("breast Dice", lambda c: c["masks"]["breast"]["dice"]),
                        ("dense Dice", lambda c: c["masks"]["dense"]["dice"]), ("pectoral Dice", lambda c: c["masks"]["pectoral"]["dice"])):
        values = np.array([value(c) for c in cases], dtype=float)
        row[name] = text(estimate(patients, lambda i, values=values: np.nanmean(values[i])), 3)
    for name, value in (("MAE, masks", lambda c: c["percent"]), ("MAE, head", lambda c: c["percent_regression"]), ("MAE, both", both)):
        errors = np.abs(np.array([value(c) for c in cases]) - truth)
        row[name] = text(estimate(patients, lambda i, errors=errors: errors[i].mean()), 1)
    found = np.array([c["percent"] for c in cases])
    row["bias, masks"] = text(estimate(patients, lambda i: (found - truth)[i].mean()), 1)
    row["Spearman, masks"] = text(estimate(patients, lambda i: spearman(found[i], truth[i])), 3)
    return row


def breasts(cases, value):
    """Breast -> patient, fold, truth, percent, the two views' difference, expected category of the head."""
    of = collections.defaultdict(list)
    for c in cases:
        if c["true_category"] is not None:
            of[c["patient"], c["laterality"]].append(c)
    rows = []
    for (patient, _), views in sorted(of.items()):
        percents = {c["view"]: value(c) for c in views}
        head = [np.dot(c["probabilities"], range(4)) for c in views if c["probabilities"]]
        rows.append(
            (
                patient,
                views[0]["fold"],
                "abcd".index(views[0]["true_category"]),
                np.mean([value(c) for c in views]),
                abs(percents["CC"] - percents["MLO"]) if {"CC", "MLO"} <= set(percents) else np.nan,
                np.mean(head) if head else np.nan,
            )
        )
    return rows


def categories(rows, key=3):
    """By a rule fitted on the other folds."""
    found = np.zeros(len(rows), int)
    for fold in sorted({r[1] for r in rows}):
        others = [r for r in rows if r[1] != fold]
        cuts, slope = fit([r[key] for r in others], [r[2] for r in others])
        own = [i for i, r in enumerate(rows) if r[1] == fold]
        found[own] = median([rows[i][key] for i in own], cuts, slope)
    return found


def figures(patients, truth, score, found, apart=None):
    """One row of the table: `score` orders the breasts, `found` is the category, `apart` the difference of the two views."""
    return {
        "breasts": len(truth),
        "Spearman": text(estimate(patients, lambda i: spearman(score[i], truth[i])), 3),
        "AUC c, d": text(estimate(patients, lambda i: auc(truth[i], score[i])), 3),
        "mean of a, b, c, d": "-" if apart is None else
            " / ".join(f"{score[truth == c].mean():.0f}" for c in range(4) if (truth == c).any()),
        "quadratic kappa": text(estimate(patients, lambda i: kappa(truth[i], found[i])), 3),
        "accuracy of the commonest": f"{np.bincount(truth).max() / len(truth):.3f}",
        "linear kappa": text(estimate(patients, lambda i: kappa(truth[i], found[i], 1)), 3),
        "accuracy": text(estimate(patients, lambda i: (truth[i] == found[i]).mean()), 3),
        "CC - MLO": "-" if apart is None else text(estimate(patients, lambda i: np.nanmean(apart[i])), 1),
    }


def digital(cases):
    result = {}
    for name, value in (("masks", lambda c: c["percent"]), ("head", lambda c: c["percent_regression"]), ("both", both)):
        rows = breasts(cases, value)
        if len({r[2] for r in rows}) < 2:
            return None
        patients, truth = [r[0] for r in rows], np.array([r[2] for r in rows])
        result[name] = figures(patients, truth, np.array([r[3] for r in rows]), categories(rows), np.array([r[4] for r in rows]))
    # The category head: as it is, its expected category rounded.
    if not np.isnan([r[5] for r in rows]).any():
        rounded = np.array([int(np.clip(np.floor(r[5] + 0.5), 0, 3)) for r in rows])
        result["category head"] = figures(patients, truth, np.array([r[5] for r in rows]), rounded)
    return result


def outlines(cases):
    """Digital images by the masks of outline.py."""
    cases = [c for c in cases if c["true_percent"] is None and c["masks"].get("breast")]
    muscle = [c for c in cases if c["masks"]["pectoral"]["tp"] + c["masks"]["pectoral"]["fn"] > 0]
    if not muscle:
        return None
    row = {"images": len(cases)}
    for name, of, value in (
        ("breast Dice, CC", [c for c in cases if c["view"] == "CC"], lambda c: c["masks"]["breast"]["dice"]),
        ("breast Dice, MLO", [c for c in cases if c["view"] != "CC"], lambda c: c["masks"]["breast"]["dice"]),
        ("pectoral Dice", muscle, lambda c: c["masks"]["pectoral"]["dice"]),
        ("share with pectoral Dice below 0.8", muscle, lambda c: c["masks"]["pectoral"]["dice"] < 0.8),
    ):
        values = np.array([value(c) for c in of], dtype=float)
        row[name] = text(estimate([c["patient"] for c in of], lambda i, values=values: np.nanmean(values[i])), 3)
    row["with muscle"] = len(muscle)
    return row


def table(first, rows):
    columns = list(dict.fromkeys(c for _, row in rows for c in row))
    print("| " + " | ".join([*first, *columns]) + " |\n" + "|---" * (len(first) + len(columns)) + "|")
    for names, row in rows:
        print("| " + " | ".join([*names, *(str(row.get(c, "-")) for c in columns)]) + " |")


folder = pathlib.Path(sys.argv[1])
arms, failed = collections.defaultdict(list), []
for path in sorted(folder.glob("*-?.json")):
    arm, fold = path.stem.rsplit("-", 1)
    for case in json.loads(path.read_text())["cases"]:
        if case["error"]:
            failed.append(f"{path.stem}: {case['path']}: {case['error']}")
        else:
            arms[arm].append({**case, "fold": fold})
print("Films (ddsm-fgt):\n")
table(["arm"], [([arm], films(cases)) for arm, cases in arms.items() if any(c["true_percent"] is not None for c in cases)])
print("\nDigital images (cesm), by breast:\n")
found = {arm: digital(cases) for arm, cases in arms.items()}
table(["arm", "by"], [([arm, name], row) for arm, of in found.items() if of for name, row in of.items()])
drawn = {arm: outlines(cases) for arm, cases in arms.items()}
if any(drawn.values()):
    print("\nOutlines of digital images (cesm, outline.py):\n")
    table(["arm"], [([arm], row) for arm, row in drawn.items() if row])
for line in failed:
    print("\nnot measured: " + line)
