#!/usr/bin/env bash
# `mhcnn evaluate` and `mhcnn compare` on phantoms: a model, its predictions, joined parts and baselines agree with each other and
# with NumPy; what does not match is named; the page needs no other file.
source "$(dirname "$0")/lib.sh"
export PYTHONPATH=$ROOT/tests

"$BIN/mhcnn" phantom --count 12 --seed 5 --split-val 0.5 --out set >/dev/null 2>&1
evaluate() { expect_exit 0 "$BIN/mhcnn" evaluate "$@" --resamples 200; }
evaluate set/manifest.csv -o model.json --html model.html --all
grep -q "tissue Dice" "$out" || fail "no tissue Dice in the table"
cp "$out" all.txt
nothing_half_written .

# The folder of predict gives the same, whether read from JSON or, but for what a CSV rounds, from CSV.
expect_exit 0 "$BIN/mhcnn" predict --files-from set/manifest.csv -o predicted -q
evaluate set/manifest.csv --predictions predicted -o predicted.json
"$PYTHON" "$ROOT/tests/check_evaluation.py" predicted.json set/manifest.csv predicted/masks
# Parts joined are the whole.
evaluate set/manifest.csv --split train -o train.json
evaluate set/manifest.csv --split val -o val.json
evaluate --from train.json val.json -o joined.json --html joined.html
evaluate set/manifest.csv --baseline otsu -o otsu.json
evaluate set/manifest.csv --split val --baseline mean -o mean.json
expect_exit 0 "$BIN/mhcnn" compare model.json predicted.json -o same.json
expect_exit 0 "$BIN/mhcnn" compare otsu.json model.json -o otsu-model.json
"$PYTHON" - <<'PY'
import json, re
def load(name):
    return json.load(open(name))
def lines(evaluation):
    return {l["metric"]: l for l in evaluation["summary"]}
model, predicted, joined = load("model.json"), load("predicted.json"), load("joined.json")
assert model["schema"] == "mhcnn-evaluation/2" and model["counts"]["measured"] == 12, model["counts"]
# Only the model itself has percents at other thresholds.
assert all(len(c["percents_by_threshold"]) == 17 and c["percents_by_threshold"][2] == c["percent"] for c in model["cases"])
assert all(c["percents_by_threshold"] is None for c in predicted["cases"])
assert [{**c, "percents_by_threshold": None} for c in model["cases"]] == predicted["cases"] and model["summary"] == predicted["summary"]
by_path = lambda e: sorted(e["cases"], key=lambda c: c["path"])
assert by_path(model) == by_path(joined)
for metric, line in lines(model).items():
    if line["section"] == "readers":  # of the manifest's rows, which evaluations do not hold
        continue
    other = lines(joined)[metric]
    for key in ("value", "low", "high"):  # sums in another order
        assert (line[key] is None) == (other[key] is None), metric
        assert line[key] is None or abs(line[key] - other[key]) < 1e-9, (metric, line, other)
for line in model["summary"] + [l for s in model["strata"] for l in s["summary"]]:
    assert (line["value"] is None) == bool(line["undefined"]) or line["low"] is None, line
    if line["low"] is not None:
        assert line["low"] <= line["high"], line
shown = re.findall(r"^(view|vendor|true percent|true category|age) .*: \d+ images measured", open("all.txt").read(), re.M)
assert shown and shown == [s["kind"] for s in model["strata"]], (shown, "--all does not print each stratum")
otsu = lines(load("otsu.json"))["Dice dense"]["value"]
beside = {b["name"]: b["value"] for b in lines(model)["Dice dense"]["baselines"]}
assert abs(beside["Otsu within the true breast"] - otsu) < 1e-12, (beside, otsu)
mean = load("mean.json")
assert len({c["percent"] for c in mean["cases"]}) == 1 and len({c["category"] for c in mean["cases"]}) == 1
assert "constant" in lines(mean)["percent Spearman (masks)"]["undefined"], lines(mean)["percent Spearman (masks)"]
same = load("same.json")
for line in same["summary"]:
    if line["cases"]:
        assert line["difference"]["value"] == 0 and line["sign_flip"]["p"] == 1, line
assert {l["metric"]: l for l in load("otsu-model.json")["summary"]}["Dice dense"]["difference"]["value"] > 0
for page in ("model.html", "joined.html"):
    text = open(page).read()
    assert "not a medical device" in text and "<svg" in text and "Bland-Altman" in text
    assert page != "model.html" or "data:image/jpeg" in text
    text = re.sub(r'"data:[^"]*"', '""', text)
    assert set(re.findall(r"""(?:src|href)\s*=\s*["']?([^"'>\s]*)""", text)) <= {""}, "an external reference"
    assert "http" not in text and "url(" not in text and "@import" not in text, page
    assert not re.search(r"\b-?nan\b|\binf\b", text, re.I), page
for name in ("model.json", "mean.json", "same.json"):
    assert not re.search(r"\b(NaN|Infinity)\b", open(name).read()), name
PY
rm predicted/results.json
evaluate set/manifest.csv --predictions predicted -o csv.json
"$PYTHON" - <<'PY'
import json
model, csv = json.load(open("model.json")), json.load(open("csv.json"))
assert [c["masks"] for c in model["cases"]] == [c["masks"] for c in csv["cases"]]
assert all(abs(a["percent"] - b["percent"]) <= 0.0501 for a, b in zip(model["cases"], csv["cases"]))
PY

# What does not match is named, counted, and ends with status 1.
cp -r predicted broken
names=(broken/masks/*)
first=${names[0]##*/} second=${names[1]##*/} third=${names[2]##*/}
rm "broken/masks/$first" broken/results.journal
"$PYTHON" -c "
import sys
lines = open('broken/results.csv').read().splitlines()
stem = sys.argv[1][:-4]
row = next(l for l in lines if stem + '.png' in l)
lines += [row, row.replace(stem, 'nobody')]
open('broken/results.csv', 'w').write('\n'.join(lines) + '\n')
" "$second"
"$BIN/mhcnn" phantom --count 1 --height 300 --width 200 --out small >/dev/null 2>&1
cp "$(find small/masks/dense -name '*.png')" "broken/masks/$third"
expect_exit 1 "$BIN/mhcnn" evaluate set/manifest.csv --predictions broken -o broken.json --html broken.html
grep -q "^9 of 12 images measured" "$out" || { cat "$out"; fail "not 9 of 12 measured"; }
grep -q "not measured: .*${first%.png}.*no mask" "$out" || fail "the missing mask is not named"
grep -q "not measured: .*${second%.png}.*2 rows" "$out" || fail "the doubled row is not named"
grep -q "not measured: .*${third%.png}.*the predicted mask has" "$out" || fail "the mask of another size is not named"
grep -q "left out: .*nobody" "$out" || fail "the row of no file is not named"
grep -q "3 of 12 images could not be measured" broken.html || fail "the page does not count what was not measured"

refused() { expect_exit 2 "$BIN/mhcnn" "${@:2}"; expect_error_line "$1"; }
refused 'occurs twice' evaluate --from model.json train.json
refused 'only the first contains' compare model.json train.json
# A second reader's rows: one of the two has to be named, and gives what the set without the other gives.
"$PYTHON" - <<'PY'
import csv
rows = list(csv.DictReader(open("set/manifest.csv", newline="")))
with open("set/readers.csv", "w", newline="") as out:
    writer = csv.DictWriter(out, [*rows[0], "reader"])
    writer.writeheader()
    for row in rows:
        writer.writerow({**row, "reader": "A"})
        writer.writerow({**row, "reader": "B", "dense_mask": row["breast_mask"], "percent_density": ""})
PY
refused 'occurs twice; .*--reader' evaluate set/readers.csv
evaluate set/readers.csv --predictions predicted --reader A -o reader.json
"$PYTHON" - <<'PY'
import json
csv, reader = json.load(open("csv.json")), json.load(open("reader.json"))
of_method = lambda e: [line for line in e["summary"] if line["section"] != "readers"]
assert csv["cases"] == reader["cases"] and of_method(csv) == of_method(reader), "reader A's rows give something else"
between = {line["metric"]: line for e in (csv, reader) for line in e["summary"] if line["section"] == "readers"}
assert [l["undefined"] for l in csv["summary"] if l["section"] == "readers"] == ["a single reader"]
assert 0 < between["between readers: Dice dense"]["value"] < 1, between  # B draws the whole breast
assert between["between readers: percent ICC(2,1)"]["cases"] == 12, between
# A's percents are the manifest's: what the method differs by is its own error. The consensus lies half way to B.
metric = "percent, mean absolute difference"
own = next(line for line in csv["summary"] if line["metric"] == "percent MAE (masks)")["value"]
assert abs(between["against reader A: " + metric]["value"] - own) < 1e-9, (between, own)
assert between["against reader B: " + metric]["value"] > between["against the readers' consensus: " + metric]["value"] > own
PY
evaluate set/readers.csv --predictions predicted --reader consensus -o consensus.json
"$PYTHON" - <<'PY'
import json
a, consensus = json.load(open("reader.json")), json.load(open("consensus.json"))
by_path = lambda e: {c["path"]: c for c in e["cases"]}
for path, case in by_path(consensus).items():
    assert abs(case["true_percent"] - (by_path(a)[path]["true_percent"] + 100) / 2) < 1e-9, case  # B's percent is 100
    assert case["percent"] == by_path(a)[path]["percent"] and case["masks"]["dense"] is None, case
PY
refused 'give one of' evaluate set/manifest.csv --baseline otsu --predictions predicted
refused 'give a manifest' evaluate
refused 'schema' compare same.json model.json
"$BIN/mhcnn" evaluate set/manifest.csv --split val --tolerance-pixels 2 -o tight.json >/dev/null 2>&1
refused 'other tolerances' evaluate --from train.json tight.json
expect_exit 1 "$BIN/mhcnn" evaluate set/manifest.csv --predictions set
expect_error_line 'neither results.json nor results.csv'
echo "passed"
