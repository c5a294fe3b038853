"""Statistics by SciPy, scikit-learn, statsmodels and pingouin for src/mhcnn/stats/*_test.cc.

    python make_stats_goldens.py tests/data/goldens/stats.json
Environment: numpy 2.4.6, scipy 1.17.1, scikit-learn 1.9.1, statsmodels 0.15.0, pingouin 0.7.0. Inputs are in the file,
rounded, so that nothing depends on a random generator. Where no package has a statistic, its formula is here."""

import json
import sys

import numpy as np
import pandas as pd
import pingouin
from scipy import ndimage, optimize, stats
from sklearn import calibration, metrics
from statsmodels.miscmodels.ordinal_model import OrderedModel
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

rng = np.random.default_rng(7)
pingouin.options["round.column.CI95"] = 12  # two decimals otherwise


def blob(rows, columns, discs):
    """A union of random discs."""
    y, x = np.mgrid[:rows, :columns]
    mask = np.zeros((rows, columns), bool)
    for _ in range(discs):
        cy, cx, r = rng.uniform(0, rows), rng.uniform(0, columns), rng.uniform(2, rows / 3)
        mask |= (y - cy) ** 2 + (x - cx) ** 2 <= r * r
    return mask


def boundary(mask):
    cross = ndimage.generate_binary_structure(2, 1)
    return mask & ~ndimage.binary_erosion(mask, cross, border_value=0)


def rows_of(mask):
    return ["".join("#" if v else "." for v in row) for row in mask]


def segmentation_case(truth, found, spacing, tolerance):
    tp, fp, fn, tn = ((a & b).sum() for a, b in ((truth, found), (~truth, found), (truth, ~found), (~truth, ~found)))
    truth_edge, found_edge = boundary(truth), boundary(found)
    to_truth = ndimage.distance_transform_edt(~truth_edge, sampling=spacing)
    to_found = ndimage.distance_transform_edt(~found_edge, sampling=spacing)
    there, back = to_found[truth_edge], to_truth[found_edge]
    both = np.concatenate((there, back))
    return {
        "truth": rows_of(truth),
        "found": rows_of(found),
        "spacing": spacing,
        "tolerance": tolerance,
        "counts": [int(v) for v in (tp, fp, fn, tn)],
        "dice": metrics.f1_score(truth.ravel(), found.ravel()),
        "iou": metrics.jaccard_score(truth.ravel(), found.ravel()),
        "hausdorff95": max(np.percentile(there, 95), np.percentile(back, 95)),
        "mean_distance": both.mean(),
        "surface_dice": (both <= tolerance).mean(),
        # The whole transform by its mean and by every 13th value.
        "distance_mean": to_truth.mean(),
        "distance": to_truth.ravel()[::13].tolist(),
    }


def segmentation():
    cases = []
    for size, spacing, tolerance in (
        ((24, 20), (1.0, 1.0), 1.5),
        ((20, 30), (0.07, 0.07), 0.25),
        ((20, 24), (0.5, 0.2), 0.9),
        ((16, 28), (0.1, 0.37), 0.4),
        ((30, 9), (2.5, 0.3), 2.0),
    ):
        truth = blob(*size, 3)
        found = np.roll(truth, (1, 2), (0, 1)) ^ (rng.random(size) < 0.03)
        cases.append(segmentation_case(truth, found, spacing, tolerance))
        cases.append(segmentation_case(blob(*size, 2), blob(*size, 2), spacing, tolerance))
    one, other = np.zeros((7, 9), bool), np.zeros((7, 9), bool)
    one[1, 2] = other[5, 7] = True
    cases.append(segmentation_case(one, other, (0.3, 0.4), 2.0))
    cases.append(segmentation_case(np.ones((5, 6), bool), np.ones((5, 6), bool), (1.0, 1.0), 0.5))
    return cases


def concordance(t, f):
    """Lin 1989, equation of his estimate."""
    return 2 * np.cov(t, f, bias=True)[0, 1] / (t.var() + f.var() + (t.mean() - f.mean()) ** 2)


def bland_altman(t, f):
    """Bland & Altman 1999, section 2.2."""
    d = f - t
    n, bias, s = len(d), d.mean(), d.std(ddof=1)
    quantile = stats.t.ppf(0.975, n - 1)
    mean, limit = quantile * s / np.sqrt(n), quantile * s * np.sqrt(1 / n + 1.96**2 / (2 * (n - 1)))
    return {
        "bias": [bias, bias - mean, bias + mean],
        "deviation": s,
        "lower": [bias - 1.96 * s, bias - 1.96 * s - limit, bias - 1.96 * s + limit],
        "upper": [bias + 1.96 * s, bias + 1.96 * s - limit, bias + 1.96 * s + limit],
    }


def agreement():
    cases = []
    smooth = rng.uniform(0, 60, 40).round(2)
    ties = rng.integers(0, 5, 30).astype(float)
    for t, f in (
        (smooth, (0.8 * smooth + 5 + rng.normal(0, 4, 40)).round(2)),
        (ties, ties + rng.integers(-1, 2, 30)),
        (rng.normal(0, 1, 25).round(3), rng.normal(0, 1, 25).round(3)),
        (np.array([1.0, 2.0, 4.0]), np.array([3.0, 1.0, 1.0])),
        (np.array([1.0, 2.0]), np.array([5.0, 7.0])),
        (smooth, -smooth),
        (1e6 + smooth[:12], 1e6 + smooth[:12][::-1]),
    ):
        cases.append(
            {
                "truth": t.tolist(),
                "found": f.tolist(),
                "bias": (f - t).mean(),
                "mae": metrics.mean_absolute_error(t, f),
                "rmse": metrics.root_mean_squared_error(t, f),
                "pearson": stats.pearsonr(t, f).statistic,
                "spearman": stats.spearmanr(t, f).statistic,
                "concordance": concordance(t, f),
                "bland_altman": bland_altman(t, f),
            }
        )
    return cases


def reliability():
    cases = []
    shrout_fleiss = np.array(
        [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float
    )
    people = rng.normal(30, 12, (15, 1))
    for ratings in (
        shrout_fleiss,
        (people + rng.normal(0, 3, (15, 3)) + [0, 2, 5]).round(1),
        rng.normal(0, 1, (8, 2)).round(2),
        rng.integers(0, 4, (12, 5)).astype(float),
    ):
        n, k = ratings.shape
        table = pd.DataFrame(
            {"subject": np.repeat(range(n), k), "rater": np.tile(range(k), n), "rating": ratings.ravel()}
        )
        icc = pingouin.intraclass_corr(table, "subject", "rater", "rating").set_index("Type")
        rows = [icc.loc[name] for name in icc.index if name.replace(" ", "") in ("ICC2", "ICC(A,1)")]
        rows += [icc.loc[name] for name in icc.index if name.replace(" ", "") in ("ICC3", "ICC(C,1)")]
        interval = next(c for c in icc.columns if c.startswith("CI95"))
        cases.append(
            {
                "ratings": ratings.tolist(),
                "agreement": [rows[0]["ICC"], *map(float, rows[0][interval])],
                "consistency": [rows[1]["ICC"], *map(float, rows[1][interval])],
            }
        )
    return cases


def confusion_case(truth, found, classes):
    labels = list(range(classes))
    matrix = metrics.confusion_matrix(truth, found, labels=labels)
    right, n = int(np.trace(matrix)), len(truth)
    recall = metrics.recall_score(truth, found, labels=labels, average=None, zero_division=np.nan)
    return {
        "truth": truth.tolist(),
        "found": found.tolist(),
        "classes": classes,
        "matrix": matrix.ravel().tolist(),
        "accuracy": [right / n, *proportion_confint(right, n, 0.05, "wilson")],
        "commonest": np.bincount(truth).max() / n,
        "kappa": [
            metrics.cohen_kappa_score(truth, found, labels=labels, weights=w) for w in (None, "linear", "quadratic")
        ],
        "macro_f1": metrics.f1_score(truth, found, average="macro", zero_division=0.0),
        "recall": [None if np.isnan(r) else r for r in recall],
    }


def confusion():
    truth = rng.choice(4, 60, p=[0.1, 0.4, 0.4, 0.1])
    near = np.clip(truth + rng.integers(-1, 2, 60), 0, 3)
    two = rng.choice([1, 2], 20)  # categories 0 and 3 do not occur
    return [
        confusion_case(truth, near, 4),
        confusion_case(truth, rng.integers(0, 4, 60), 4),
        confusion_case(truth, truth, 4),
        confusion_case(two, rng.choice([1, 2], 20), 4),
        confusion_case(two, rng.choice([0, 2], 20), 4),
        confusion_case(np.array([0, 1]), np.array([1, 0]), 2),
        confusion_case(truth, np.full(60, 1), 4),
    ]


def distributions_of(classes, truth, grid):
    """Probabilities that lean to the truth, in whole `grid`-ths: exact sums, many ties."""
    rows = []
    for t in truth:
        p = rng.dirichlet(np.where(np.arange(classes) == t, 3.0, 1.0))
        counts = np.floor(p * grid).astype(int)
        counts[np.argmax(p)] += grid - counts.sum()
        rows.append(counts / grid)
    return np.array(rows)


def probabilities_case(truth, p, bins):
    classes = p.shape[1]
    one_hot = np.eye(classes)[truth]
    confidence, right = p.max(1), (p.argmax(1) == truth).astype(int)
    share, mean = calibration.calibration_curve(right, confidence, n_bins=bins, strategy="uniform")
    counts = np.bincount(np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], confidence), minlength=bins)
    expected = p @ np.arange(classes)
    return {
        "truth": truth.tolist(),
        "probabilities": p.tolist(),
        "bins": bins,
        "auc": [metrics.roc_auc_score(one_hot[:, c], p[:, c]) for c in range(classes)],
        "macro_auc": metrics.roc_auc_score(one_hot, p, average="macro"),
        "ordinal_auc": (stats.somersd(truth, expected).statistic + 1) / 2,
        "brier": metrics.brier_score_loss(truth, p, labels=list(range(classes)), scale_by_half=False),
        "log_loss": metrics.log_loss(truth, p, labels=list(range(classes))),
        "counts": counts.tolist(),
        "confidence": mean.tolist(),
        "right": share.tolist(),
        "calibration_error": float((counts[counts > 0] * abs(share - mean)).sum() / len(truth)),
    }


def probabilities():
    cases = []
    for n, classes, grid, bins in ((50, 4, 64, 15), (40, 4, 8, 10), (30, 2, 16, 5), (36, 3, 1024, 7)):
        truth = np.concatenate((np.arange(classes), rng.integers(0, classes, n - classes)))
        cases.append(probabilities_case(truth, distributions_of(classes, truth, grid), bins))
    return cases


def signed_rank(d, exact):
    # SciPy's exact distribution takes no zeros; they are left out of the test either way.
    result = stats.wilcoxon(
        d[d != 0] if exact else d, zero_method="wilcox", correction=False, method="exact" if exact else "asymptotic"
    )
    return {"differences": d.tolist(), "exact": exact, "statistic": result.statistic, "p": result.pvalue}


def sign_flip(d):
    result = stats.permutation_test(
        (d, np.zeros_like(d)),
        lambda x, y, axis: (x - y).mean(axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=np.inf,
    )
    return {"differences": d.tolist(), "p": result.pvalue}


def paired():
    normal = rng.normal(0.3, 1, 40).round(3)
    ties = rng.integers(-3, 5, 30).astype(float)
    return {
        "signed_rank": [
            signed_rank(normal[:25], True),
            signed_rank(normal[:6], True),
            signed_rank(np.append(normal[:10], 0.0), True),
            signed_rank(normal, False),
            signed_rank(ties, False),
            signed_rank(ties[ties != 0], False),
        ],
        "sign_flip": [sign_flip(normal[:10]), sign_flip(ties[:12]), sign_flip(-normal[:5])],
        "mcnemar": [
            {"only_first": b, "only_second": c, "p": mcnemar([[30, b], [c, 10]], exact=True).pvalue}
            for b, c in ((3, 9), (150, 86), (0, 0), (5, 5), (0, 12), (400, 331))
        ],
    }


def distributions():
    return {
        "normal": [[p, stats.norm.ppf(p)] for p in (1e-6, 0.025, 0.5, 0.975, 0.999)],
        "tail": [[z, stats.norm.sf(z)] for z in (-1.0, 0.0, 1.96, 8.0)],
        "student": [[p, v, stats.t.ppf(p, v)] for p, v in ((0.975, 1), (0.975, 16), (0.025, 200), (0.9, 2.5))],
        "fisher": [[p, a, b, stats.f.ppf(p, a, b)] for p, a, b in ((0.975, 5, 15), (0.975, 4.79, 5), (0.05, 1, 7))],
        "coin": [[k, n, stats.binom.cdf(k, n, 0.5)] for k, n in ((0, 1), (3, 12), (86, 236), (331, 731))],
    }


def quantiles():
    values = np.sort(rng.normal(0, 1, 23).round(3))
    return [
        {"sorted": v.tolist(), "quantiles": [[q, np.quantile(v, q)] for q in (0, 0.025, 0.3, 0.5, 0.95, 1)]}
        for v in (values, values[:1], values[:2])
    ]


def proportional_odds():
    """Four categories of two features; the first case's features serve for probabilities too."""
    cases = []
    for n in (60, 300):
        x = rng.normal(0, 1, (n, 2)).round(3)
        y = np.digitize(x @ [1.5, -0.5] + rng.logistic(0, 1, n), [-1.5, 0.5, 2])
        fitted = OrderedModel(y, x, distr="logit").fit(method="bfgs", disp=False, maxiter=2000, gtol=1e-9)
        cuts = fitted.model.transform_threshold_params(fitted.params)[1:-1]
        cases.append({"features": x.tolist(), "truth": y.tolist(), "cuts": cuts.tolist(), "slopes": fitted.params[:2].tolist(),
                      "probabilities": fitted.model.predict(fitted.params, exog=x[:1])[0].tolist()})
    return cases


def non_negative_least_squares():
    cases = []
    for weights in ([1, 0.5, 2], [3, -1, 0.5], [-1, -2, 0.3]):
        columns = np.abs(rng.normal(0, 1, (25, 3))).round(3)
        wanted = (columns @ weights + rng.normal(0, 0.5, 25)).round(3)
        cases.append({"columns": columns.tolist(), "wanted": wanted.tolist(),
                      "weights": optimize.nnls(columns, wanted)[0].tolist()})
    return cases


goldens = {
    "segmentation": segmentation(),
    "agreement": agreement(),
    "reliability": reliability(),
    "confusion": confusion(),
    "probabilities": probabilities(),
    "paired": paired(),
    "distributions": distributions(),
    "quantiles": quantiles(),
    "ranks": [
        {"values": v.tolist(), "ranks": stats.rankdata(v).tolist()}
        for v in (rng.integers(0, 6, 20), rng.normal(0, 1, 6).round(3))
    ],
    "proportional_odds": proportional_odds(),
    "non_negative_least_squares": non_negative_least_squares(),
}
with open(sys.argv[1], "w") as file:
    json.dump(goldens, file, default=float)
    file.write("\n")
