#!/usr/bin/env bash
# What is no mammogram is refused, with its evidence in words; no mammogram is refused, however it comes.
source "$(dirname "$0")/lib.sh"
data=${MHCNN_REAL_DATA:-$ROOT/../shared/data}
"$PYTHON" "$ROOT/tests/make_other_pictures.py" others 3 7
"$BIN/mhcnn" phantom --count 30 --seed 3 --out p >/dev/null 2>&1
"$PYTHON" "$ROOT/scripts/experiments/mammogram_variants.py" mammograms/phantom required p/images/*.png
if [[ -d $data/ddsm-fgt ]]; then
  for set in ddsm-fgt/images cesm/images ffdm-4view; do
    mapfile -t files < <(printf '%s\n' "$data/$set"/*.* | awk 'NR % 13 == 1')
    "$PYTHON" "$ROOT/scripts/experiments/mammogram_variants.py" "mammograms/${set%%/*}" required "${files[@]}"
  done
fi
# A picture of stated figures is judged by the command, too.
expect_exit 0 "$BIN/mhcnn" inspect --json --evidence p/images/*.png
"$PYTHON" - "$out" <<'PY'
import json, sys
for entry in json.load(open(sys.argv[1])):
    as_it_is, turned = entry["evidence"]
    assert not as_it_is["refused"] and len(as_it_is["figures"]) > 30, entry
PY
"$BIN/mhcnn" predict others -o out-others --no-overlays --no-masks >/dev/null 2>&1 || true
"$BIN/mhcnn" predict mammograms -o out-mammograms --no-overlays --no-masks >/dev/null 2>&1 || true
"$PYTHON" - <<'PY'
import collections, csv, pathlib
read = lambda folder: list(csv.DictReader(open(f"{folder}/results.csv", newline="")))
mammograms, others = read("out-mammograms"), read("out-others")
refused = [r for r in mammograms if r["status"] != "ok"]
# Where a cut leaves under a fiftieth of the picture as breast, there is nothing to measure.
nothing_left = [r for r in refused if "shows no breast" in r["error"] and "/cut_" in r["path"]]
assert len(mammograms) >= 30 * 9 and len(refused) == len(nothing_left) <= 2, [(r["path"], r["error"]) for r in refused]
# A negative is measured as the picture itself.
percent = {(pathlib.Path(r["path"]).parent, pathlib.Path(r["path"]).name): float(r["percent_density"]) for r in mammograms if r["status"] == "ok"}
wrong = [(folder, name) for (folder, name), value in percent.items() if folder.name == "negative"
         and abs(value - percent[(folder.with_name("as_is"), name)]) > 0.5]
count = sum(folder.name == "negative" for folder, _ in percent)
print(f"{len(mammograms)} mammograms, refused {len(refused)}; negatives measured otherwise {len(wrong)} of {count}: {wrong}")
passed = collections.Counter(pathlib.Path(r["path"]).parent.name for r in others if r["status"] == "ok")
for row in others:
    assert row["status"] == "ok" or row["error"].startswith("out_of_scope: "), row
print(f"others: {len(others)}, passed wrongly {sum(passed.values())}: {dict(passed)}")
assert sum(passed.values()) <= 0.25 * len(others), "too many pictures that are no mammograms are measured"
assert len(wrong) <= 0.1 * count, "negatives are measured wrong"
PY
echo "passed"
