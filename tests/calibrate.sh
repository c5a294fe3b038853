#!/usr/bin/env bash
# `mhcnn calibrate` on phantoms: a small file and a model with it inside do the same; intervals hold what they state on other
# phantoms; a sample that is too small is refused and nothing is written.
source "$(dirname "$0")/lib.sh"

"$BIN/mhcnn" phantom --count 120 --seed 11 --height 512 --width 256 --density-high 45 --split-val 0.4 --out set >/dev/null 2>&1
expect_exit 0 "$BIN/mhcnn" calibrate set/manifest.csv --split train --name site -o site.json
grep -q "cross-validated" "$out" || fail "no figures before and after"
grep -q "percent within its 90 % interval" "$out" || fail "no coverage"
expect_exit 0 "$BIN/mhcnn" calibrate set/manifest.csv --split train --name site -o site.onnx
nothing_half_written .

"$PYTHON" - <<'PY'
import csv
rows = list(csv.DictReader(open("set/manifest.csv", newline="")))
with open("held-out.csv", "w", newline="") as out:
    csv.writer(out).writerows([["path"]] + [["set/" + r["image"]] for r in rows if r["split"] == "val"])
PY
predict() { expect_exit 0 "$BIN/mhcnn" predict --files-from held-out.csv --no-overlays --no-masks -q "$@"; }
predict --calibration site.json -o by-file
predict -m site.onnx -o by-model
predict -o plain
"$PYTHON" - <<'PY'
import csv, json
def rows(folder):
    return [{k: v for k, v in r.items() if k != "seconds"} for r in csv.DictReader(open(folder + "/results.csv", newline=""))]
by_file, by_model, plain = rows("by-file"), rows("by-model"), rows("plain")
assert by_file == by_model
assert all(r["model"].endswith(", calibrated: site") for r in by_file), by_file[0]
# The shipped model has an interval from real images, which a site's interval replaces.
assert all(r["model"].endswith(", calibrated: films and digital images left out of training") and r["percent_low"] for r in plain), plain[0]
truth = {r["image"].split("/")[-1]: r for r in csv.DictReader(open("set/manifest.csv", newline=""))}
by_threshold = "dense_probability" in json.load(open("site.json"))
held = width = 0
for r, p in zip(by_file, plain):
    assert float(r["percent_low"]) <= float(r["percent_density"]) <= float(r["percent_high"]), r
    assert not r["percent_uncalibrated"] or r["percent_uncalibrated"] == p["percent_density"], (r, p)
    assert r["dense_area_cm2"] == p["dense_area_cm2"] or by_threshold, (r, p)
    held += float(r["percent_low"]) <= float(truth[r["path"].split("/")[-1]]["percent_density"]) <= float(r["percent_high"])
    width += (float(r["percent_high"]) - float(r["percent_low"])) / len(by_file)
    assert r["category_range"][0] <= r["category"] <= r["category_range"][-1], r
assert held >= 0.75 * len(by_file) and width < 70, (held, len(by_file), width)  # 90 % stated; 48 phantoms
model = json.load(open("by-file/results.json"))["model"]
assert model["calibrated"] and model["calibration"] == "site", model
PY
# A calibrated model is calibrated again from what its network says, not from its calibration.
expect_exit 0 "$BIN/mhcnn" calibrate set/manifest.csv -m site.onnx --split train --name site -o again.json
"$PYTHON" - <<'PY'
import json
a, b = (json.load(open(n)) for n in ("site.json", "again.json"))
assert {k: v for k, v in a.items() if k != "sample"} == {k: v for k, v in b.items() if k != "sample"}
PY

# Evaluations of a calibrated model are refused; without its calibration they give what the manifest gives.
expect_exit 0 "$BIN/mhcnn" evaluate set/manifest.csv --split val --predictions by-file -o calibrated.json --resamples 100
expect_exit 2 "$BIN/mhcnn" calibrate --from calibrated.json -m site.onnx -o twice.json
expect_error_line "was measured with a calibration .*calibrated: site.*--no-calibration"
[[ ! -e twice.json ]] || fail "a refused calibration was written"
expect_exit 0 "$BIN/mhcnn" evaluate set/manifest.csv --split train -m site.onnx --no-calibration -o uncalibrated.json --resamples 100
expect_exit 0 "$BIN/mhcnn" calibrate --from uncalibrated.json -m site.onnx --name site -o joined.json
"$PYTHON" - <<'PY'
import json
a, b = (json.load(open(n)) for n in ("site.json", "joined.json"))
assert {k: v for k, v in a.items() if k != "sample"} == {k: v for k, v in b.items() if k != "sample"}
PY
expect_exit 2 "$BIN/mhcnn" evaluate set/manifest.csv --baseline otsu --no-calibration
expect_error_line 'no-calibration applies to a model'

# Readers who mark strands: their percents give a threshold, and masks, areas and percents are then theirs.
"$PYTHON" - <<'PY'
import csv, pathlib
rows = list(csv.DictReader(open("plain/results.csv", newline="")))[:30]
with open("strands.csv", "w", newline="") as out:
    csv.writer(out).writerows([["image", "percent_density"]] + [[str(pathlib.Path(r["path"]).absolute()), r["percent_strands"]] for r in rows])
PY
expect_exit 1 "$BIN/mhcnn" calibrate strands.csv --name strands -o strands.json  # 1: no categories
grep -q 'pixels with a probability above 0.95 count as dense' "$out" || fail "no threshold: $(cat "$out")"
expect_exit 0 "$BIN/mhcnn" predict --files-from held-out.csv -q -o strands --calibration strands.json
"$PYTHON" - <<'PY'
import csv, pathlib
from PIL import Image
import numpy
rows = lambda folder: list(csv.DictReader(open(folder + "/results.csv", newline="")))
different = 0
for r, p in zip(rows("strands"), rows("plain")):
    assert r["percent_density"] == r["percent_strands"] == p["percent_strands"], (r, p)
    assert r["percent_uncalibrated"] == p["percent_density"] and r["category"] == p["category"], (r, p)
    assert float(r["percent_low"]) <= float(r["percent_density"]) <= float(r["percent_high"]), r
    different += float(r["percent_density"]) < float(p["percent_density"]) - 3
    [mask] = pathlib.Path("strands/masks").rglob(pathlib.Path(r["path"]).stem + ".png")
    labels = numpy.asarray(Image.open(mask).convert("L"))
    of_mask = 100 * (labels == 170).sum() / ((labels == 85) | (labels == 170)).sum()
    assert abs(of_mask - float(r["percent_density"])) < 0.5, (of_mask, r)
    if p["dense_area_cm2"]:
        share = float(r["dense_area_cm2"]) / float(r["breast_area_cm2"])
        assert abs(100 * share - float(r["percent_density"])) < 0.5, r
assert different > 10, different
PY

# Two readers: calibrated to their mean; their agreement is printed too.
"$PYTHON" - <<'PY'
import csv
rows = list(csv.DictReader(open("set/manifest.csv", newline="")))
with open("set/readers.csv", "w", newline="") as out:
    writer = csv.DictWriter(out, ["image", "percent_density", "reader", "split"])
    writer.writeheader()
    for row in rows:
        for reader, shift in (("A", -1), ("B", 1)):
            percent = min(100, max(0, float(row["percent_density"]) + shift))
            writer.writerow({"image": row["image"], "percent_density": percent, "reader": reader, "split": row["split"]})
PY
expect_exit 1 "$BIN/mhcnn" calibrate set/readers.csv --split train -o readers.json  # 1: no categories
grep -q "between readers: percent, mean absolute difference" "$out" || fail "no agreement of readers"
"$PYTHON" -c "import json; s = json.load(open('readers.json'))['sample']; assert s['readers'] == 2 and s['percents'] == 72, s"
grep -q "not calibrated: category: 0 images have a category, 50 are needed" "$out" || fail "the missing categories are not named"

head -n 20 set/manifest.csv >set/few.csv  # a line of names and 19 images
expect_exit 2 "$BIN/mhcnn" calibrate set/few.csv -o small.json
expect_error_line 'does not allow a calibration .*images have a percent, 20 are needed.*nothing was written'
[[ ! -e small.json ]] || fail "a refused calibration was written"
echo '{"schema": "mhcnn-calibration/1"}' >broken.json
expect_exit 1 "$BIN/mhcnn" predict set/images -o broken --calibration broken.json
expect_error_line 'broken.json: has a calibration that cannot be read'
sed 's/"model_fingerprint": "[^"]*"/"model_fingerprint": "0"/' site.json >other.json
expect_exit 2 "$BIN/mhcnn" predict set/images -o broken --calibration other.json
expect_error_line "'site' was made for another model"
expect_exit 2 "$BIN/mhcnn" evaluate set/manifest.csv --baseline otsu --calibration site.json
expect_error_line 'calibration applies to a model'
echo "passed"
