#!/usr/bin/env python3
"""Learns the coefficients of src/mhcnn/preprocess/mammogram_evidence_coefficients.inc:

  learn_evidence.py MAMMOGRAMS OTHERS COEFFICIENTS [HELD_OUT...]

Each list is a CSV file of figures (scripts/experiments/refusals.sh writes them): path, negative (1: the picture was turned),
error, inverted (1: its background had it turned), then the figures. Mammograms that were read with the wrong polarity count
as other pictures. Prints the figures of docs/evidence.md. Needs scikit-learn 1.7 and NumPy.

A source's weight rises with the root of its size. Figures are clipped to what both classes show, scaled, and fed to three
networks of one hidden layer (20, tanh), whose mean is the evidence: smooth, so that it falls off slowly beyond what was learned.
"""
import collections
import csv
import pathlib
import sys
import warnings
import zlib

import numpy as np
from sklearn.neural_network import MLPClassifier

warnings.filterwarnings("ignore")
HIDDEN, NETWORKS, DECAY, EPOCHS = 20, 3, 0.1, 80
REQUIRED = "as_is negative cut_left cut_right cut_top cut_bottom cut_around cut_around_more quarter".split()


def load(path):
    figures, about = [], []
    with open(path, newline="") as file:
        rows = list(csv.reader(file))
    for row in rows:
        if row[0] == "path":
            names = row[4:]
        elif len(row) == 4 + len(names):
            figures.append([float(v) for v in row[4:]])
            about.append((row[0], int(row[1]), int(row[3])))
        else:
            about.append((row[0], int(row[1]), None))
    return np.array(figures), [a for a in about if a[2] is not None], [a for a in about if a[2] is None], names


def source(path):  # .../SET/VARIANT/FILE and .../LIST/SOURCE/FILE
    parts = path.split("/")
    return "/".join(parts[-3:-1])


def right_polarity(about):
    return np.array([((turned == 1) != ("/negative/" in path)) == (inverted == 1) for path, turned, inverted in about])


def of_set(path):
    return next((s for s in ("ddsm-fgt", "cesm", "ffdm-4view", "dicom") if s in path), "phantom")


def weights(groups, total):
    groups = np.asarray(groups)
    w = np.zeros(len(groups))
    for g in np.unique(groups):
        w[groups == g] = 1 / np.sqrt((groups == g).sum())
    return w * total / max(1e-9, w.sum())


class Evidence:
    def __init__(self, good, good_groups, wrong, wrong_groups, other, other_groups):
        self.low = np.minimum(np.percentile(good, 0.2, 0), np.percentile(other, 2, 0))
        self.high = np.maximum(np.percentile(good, 99.8, 0), np.percentile(other, 98, 0))
        x = np.r_[good, wrong, other]
        self.mean, self.deviation = self.clip(x).mean(0), self.clip(x).std(0) + 1e-6
        y = np.r_[np.ones(len(good)), np.zeros(len(wrong) + len(other))]
        w = np.r_[weights(good_groups, 10), weights(wrong_groups, 0.5), weights(other_groups, 1.5)]
        w *= len(w) / w.sum()
        self.networks = [MLPClassifier((HIDDEN,), activation="tanh", alpha=DECAY, max_iter=EPOCHS, learning_rate_init=3e-3, batch_size=256,
                                       random_state=s).fit(self.scale(x), y, sample_weight=w) for s in range(NETWORKS)]
        self.usual = np.median(self.scale(good), 0)

    def clip(self, x):
        return np.clip(x, self.low, self.high)

    def scale(self, x):
        return (self.clip(x) - self.mean) / self.deviation

    def __call__(self, x):
        z = self.scale(x)
        return sum((np.tanh(z @ m.coefs_[0] + m.intercepts_[0]) @ m.coefs_[1] + m.intercepts_[1])[:, 0] for m in self.networks) / NETWORKS

    def write(self, path, refused_below, clear_above):
        hidden = np.concatenate([m.coefs_[0] for m in self.networks], 1).T
        offsets = np.concatenate([m.intercepts_[0] for m in self.networks])
        out = np.concatenate([m.coefs_[1][:, 0] for m in self.networks]) / NETWORKS
        constant = sum(m.intercepts_[1][0] for m in self.networks) / NETWORKS

        def row(v):
            return "{" + ", ".join(f"{x:.5g}" for x in v) + "}"

        lines = ["// Written by scripts/experiments/learn_evidence.py; not by hand.", "// clang-format off",
                 f"constexpr std::size_t kFigures = {len(self.low)}, kHidden = {len(out)};",
                 f"constexpr double kRefusedBelow = {refused_below:.3g}, kClearAbove = {clear_above:.3g};",
                 f"constexpr double kConstant = {constant:.6g};"]
        for name, values in (
            ("kLow", self.low),
            ("kHigh", self.high),
            ("kMean", self.mean),
            ("kDeviation", self.deviation),
            ("kUsual", self.usual),
        ):
            lines.append(f"constexpr std::array<double, kFigures> {name} = {row(values)};")
        lines.append(f"constexpr std::array<double, kHidden> kOut = {row(out)};")
        lines.append(f"constexpr std::array<double, kHidden> kOffset = {row(offsets)};")
        lines.append(
            "constexpr std::array<std::array<double, kFigures>, kHidden> kWeight = {{" + ",\n    ".join(row(h) for h in hidden) + "}};"
        )
        pathlib.Path(path).write_text("\n".join([*lines, "// clang-format on", ""]))


def main():
    mammograms, others, out, held_out = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
    P, about, failed, _ = load(mammograms)
    N, others_about, _, _ = load(others)
    right = right_polarity(about)
    sets, groups = np.array([of_set(p) for p, _, _ in about]), np.array([source(p) for p, _, _ in others_about])
    variant = np.array([p.split("/")[-2] for p, _, _ in about])
    required = np.isin(variant, [*REQUIRED, "images"]) & right
    harsh = right & ~required

    def fit(p, n):
        return Evidence(P[p & right], sets[p & right], P[p & ~right], sets[p & ~right], N[n], groups[n])

    all_p, all_n = np.ones(len(P), bool), np.ones(len(N), bool)

    set_out, file_out = np.zeros(len(P)), np.zeros(len(P))
    kind_out, draw_out = np.zeros(len(N)), np.zeros(len(N))
    for s in np.unique(sets):
        set_out[sets == s] = fit(sets != s, all_n)(P[sets == s])
    kinds = np.unique(groups)
    fold = dict(zip(np.random.default_rng(0).permutation(kinds), np.arange(len(kinds)) % 4, strict=True))
    folds = np.array([fold[g] for g in groups])
    by_file = np.array([zlib.crc32(p.split("/")[-1][:14].encode()) % 3 for p, _, _ in about])
    by_draw = np.array([zlib.crc32(p.encode()) % 3 for p, _, _ in others_about])
    for f in range(4):
        kind_out[folds == f] = fit(all_p, folds != f)(N[folds == f])
    for f in range(3):
        e = fit(by_file != f, by_draw != f)
        file_out[by_file == f], draw_out[by_draw == f] = e(P[by_file == f]), e(N[by_draw == f])
    final = fit(all_p, all_n)
    itself, other_itself = final(P), final(N)

    def best(s):
        return np.array(list(max_by(others_about, s).values()))

    print(f"{len(about)} readings of mammograms, {required.sum()} required; {len({a[0] for a in others_about})} other pictures; "
          f"no region: {len(failed)}")
    for t in np.arange(-8, -0.9, 0.5):
        refused = [((s < t) & m).sum() for m in (required, harsh) for s in (set_out, file_out, itself)]
        passed = [(best(s) >= t).sum() for s in (kind_out, draw_out, other_itself)]
        print("limit {:5.1f}: refused wrongly: required, set left out {}, file left out {}, itself {}; harsh, of {}: {}, {}, {}. "
              "passed wrongly: kind left out {}, drawing left out {}, itself {} of {}"
              .format(t, *refused[:3], harsh.sum(), *refused[3:], *passed, len(best(kind_out))))
    print(
        "lowest required:",
        np.sort(itself[required])[:5].round(2),
        [about[i][0][-50:] for i in np.argsort(np.where(required, itself, 99))[:5]],
    )
    for s in np.unique(sets):
        if (required & (sets == s)).any() and s != "dicom":
            own = required & (sets == s)
            as_it_is = set_out[own & np.isin(variant, ["as_is", "images", "dicom"])]
            print("  lowest of", s, "itself", itself[own].min().round(2), "as it is, set left out", as_it_is.min().round(2))
    for path in held_out:
        x, a, failed, _ = load(path)
        r = right_polarity(a)
        scores = final(x)
        print("held out", path, len(a), "lowest", np.sort(scores[r])[:6].round(2), "wrong polarity, highest",
              np.sort(scores[~r])[-6:].round(2), "no region", len(failed))
    pairs = collections.defaultdict(dict)
    for (path, _, _), s, r in zip(about, itself, right, strict=True):
        pairs[path]["right" if r else "wrong"] = s
    gap = np.array([v["right"] - v["wrong"] for v in pairs.values() if len(v) == 2])
    print(f"pictures read in both polarities {len(gap)}; right one lower {np.sum(gap < 0)}, by 1.5 {np.sum(gap < -1.5)}, "
          f"by 3 {np.sum(gap < -3)}; higher by 1.5 {np.sum(gap > 1.5)}, by 3 {np.sum(gap > 3)}")
    limit = LIMIT
    turned = np.array([t == 1 for _, t, _ in about])
    print(
        "turned and right: lowest",
        [np.sort(s[right & turned & np.isin(variant, ["negative"])])[:8].round(1) for s in (itself, file_out, set_out)],
    )
    by_kind, total = collections.Counter(), collections.Counter()
    for path, s in max_by(others_about, kind_out).items():
        total[source(path)] += 1
        by_kind[source(path)] += s >= limit
    print("passed, kind left out, at", limit, {k: f"{by_kind[k]}/{total[k]}" for k in total if by_kind[k]})
    passed = max_by(others_about, other_itself)
    print("passed, itself:", [f"{'/'.join(p.split('/')[-3:])} {s:.1f}" for p, s in passed.items() if s >= limit])
    final.write(out, limit, float(np.percentile(itself[required], 10)))


LIMIT, TURNED = -3.0, 3.0  # limit of the picture as it is; what its negative must have more


def max_by(about, scores):
    best = {}
    for (path, turned, _), s in zip(about, scores, strict=True):
        best[path] = max(best.get(path, -99), s - TURNED * turned)
    return best


if __name__ == "__main__":
    main()
