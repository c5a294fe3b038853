#!/usr/bin/env bash
# `mhcnn drift` on what `predict` wrote: two parts of a set are alike; pictures of another kind are not; the exit status says which.
source "$(dirname "$0")/lib.sh"

"$BIN/mhcnn" phantom --count 140 --seed 61 --density-high 40 --appearances digital-soft --out month >/dev/null 2>&1
"$BIN/mhcnn" phantom --count 60 --seed 62 --density-low 45 --density-high 80 --appearances film-fogged --out other >/dev/null 2>&1
# The old name of an option gives the same files, and one warning.
expect_exit 0 "$BIN/mhcnn" phantom --count 2 --seed 61 --density-high 40 --looks digital-soft,digital-soft --out old_name
[[ $(grep -c -- 'option --looks is now called --appearances' "$err") == 1 ]] || fail "no single warning of the old name --looks"
cmp old_name/images/phantom-000001.png month/images/phantom-000001.png || fail "--looks gives another picture than --appearances"
expect_exit 2 "$BIN/mhcnn" phantom --count 1 --looks film --appearances film --out both
mkdir first second
"$PYTHON" - <<'PY'
import pathlib, shutil
for i, path in enumerate(sorted(pathlib.Path("month/images").glob("*.png"))):
    shutil.copy(path, ("first", "second")[i % 2])
PY
predict() { "$BIN/mhcnn" predict "$1" -o "out-$1" --no-overlays --no-masks -q >/dev/null 2>&1 || [[ $? == 1 ]]; }
predict first
predict second
predict other/images
expect_exit 0 "$BIN/mhcnn" drift out-second --against out-first -o same.json --html same.html
grep -q "nothing has changed" "$out" || fail "does not say that nothing has changed"
grep -q "not a medical device" same.html || fail "the page does not say what it is"
expect_exit 1 "$BIN/mhcnn" drift out-other/images --against out-first/results.json -o other.json
grep -q "percent_density.*CHANGED" "$out" || fail "the percent is not named"
"$PYTHON" - <<'PY'
import csv, json, statistics
drift = json.load(open("other.json"))
assert drift["schema"] == "mhcnn-drift/1" and drift["changed"] and not json.load(open("same.json"))["changed"]
line = next(f for f in drift["groups"][0]["figures"] if f["figure"] == "percent_density")
now = sorted(float(r["percent_density"]) for r in csv.DictReader(open("out-other/images/results.csv")) if r["status"] == "ok")
assert abs(line["now"] - statistics.median(now)) < 0.06, (line, now)  # the table has one decimal
PY
expect_exit 2 "$BIN/mhcnn" drift out-second --against out-first --fewest 500
expect_error_line 'too few files'
# Enough files, but too few that are measured: a shift of the percent cannot be seen, and nothing says that all is well.
"$PYTHON" - <<'PY'
import json, pathlib
results = json.load(open("out-first/results.json"))
rows = [r for r in results["results"] if r["status"] == "ok"]
def write(name, shift, model):
    made = []
    for i in range(60):
        row = dict(rows[i % len(rows)], path=f"/in/{i}.dcm", percent_density=10 + i / 3 + shift)
        if i >= 45:
            row.update(status="error", error="out_of_scope: no breast")
        made.append(row)
    pathlib.Path(name).write_text(json.dumps({**results, "model": model, "results": made}))
write("few.json", 0, {"name": "m", "version": "1", "calibrated": False})
write("few-later.json", 40, {"name": "m", "version": "2", "calibrated": False})
PY
expect_exit 2 "$BIN/mhcnn" drift few-later.json --against few.json -o few-drift.json --html few-drift.html
expect_error_line 'few-later.json: cannot be compared .*percent_density: 45 measured files, 50 needed'
grep -q "percent_density: not compared, 45 measured files, 50 needed" "$out" || fail "the percent is left out"
grep -q "measured by different models: m 1; m 2" "$out" || fail "the models are not named"
! grep -q "nothing has changed" "$out" || fail "says that nothing has changed"
"$PYTHON" - <<'PY'
import json
drift = json.load(open("few-drift.json"))
assert not drift["compared"] and not drift["changed"] and drift["warnings"] == ["measured by different models: m 1; m 2"], drift
[line] = [f for f in drift["groups"][0]["figures"] if f["figure"] == "percent_density"]
assert line["undefined"] == "45 measured files, 50 needed" and line["now"] is None, line
page = open("few-drift.html").read()
assert "not compared, 45 measured files" in page and "different models" in page and "Nothing has changed" not in page
PY
expect_exit 1 "$BIN/mhcnn" drift few-later.json --against few.json --fewest 45  # a warning leaves the exit status
grep -q "category .* [a-d] .* [a-d] " "$out" || fail "the category is no letter"
expect_exit 1 "$BIN/mhcnn" drift nowhere --against out-first
expect_error_line 'nowhere'
nothing_half_written .
echo "passed"
