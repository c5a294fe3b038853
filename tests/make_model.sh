#!/usr/bin/env bash
# scripts/make-model.sh at a fiftieth of its size: the shipped models' own recipes from seeds to a file that predict uses, with an interval
# and a score of unlikeness, of phantoms alone and, where they are, of real images too; and one of them again from its weights by
# `mhcnn train --from`.
source "$(dirname "$0")/lib.sh"
for lite in 0 2; do
  [[ -f $ROOT/.deps/efficientnet-lite$lite.pth ]] || skip "no .deps/efficientnet-lite$lite.pth (scripts/setup installs it)"
done
expect_exit 2 "$ROOT/scripts/make-model.sh" huge "$PWD/none" --quick
expect_exit 2 "$ROOT/scripts/make-model.sh" fast "$PWD/none" --quick --data films
# A set that is missing is named before anything is trained, with where it comes from and what can be made without it.
mkdir -p lacking/ddsm-fgt
MHCNN_REAL_DATA=$PWD/lacking expect_exit 1 "$ROOT/scripts/make-model.sh" fast "$PWD/none" --quick
grep -q "lacking/cesm is not there" "$err" || fail "the missing set is not named"
grep -q "TCIA.*--data phantoms" "$err" || fail "does not say where to get it and what to do without"
[[ ! -e none ]] || fail "something was made"
# The larger network goes the same way with other numbers: only where MHCNN_SLOW is set.
sizes=(fast)
if [[ -n ${MHCNN_SLOW:-} ]]; then sizes+=(accurate); else echo "accurate is left out: set MHCNN_SLOW"; fi
for size in "${sizes[@]}"; do
  expect_exit 0 "$ROOT/scripts/make-model.sh" "$size" "$PWD/made" --quick --data phantoms
  cp made/run/checkpoint.safetensors "start-$size.safetensors"
  rm -r made/run made/settings
  expect_exit 0 "$BIN/mhcnn" predict "$ROOT/examples/phantom-exam" -o "out-$size" --model "made/mhcnn-$size.onnx" --no-overlays --no-masks --quiet
  "$PYTHON" - "$size" <<'EOF'
import csv, sys
rows = list(csv.DictReader(open(f"out-{sys.argv[1]}/results.csv")))
assert rows[0]["model"].startswith(f"mhcnn-{sys.argv[1]} "), rows[0]["model"]
assert len(rows) == 4, len(rows)
for row in rows:
    assert row["status"] == "ok", row["error"]
    low, percent, high = (float(row[c]) for c in ("percent_low", "percent_density", "percent_high"))
    assert 0 <= low <= percent <= high <= 100, row
    assert float(row["ood_score"]) > 0
EOF
done
# Fine-tuning takes network and preprocessing from the weights.
expect_exit 0 "$BIN/mhcnn" train --from made/mhcnn-fast.safetensors -d made/phantoms/unseen/manifest.csv -o tuned --set phase.0.epochs=1
grep -q '384' tuned/recipe.toml || fail "the model's preprocessing was not taken over"
expect_exit 0 "$BIN/mhcnn" export tuned/checkpoint.safetensors -o tuned.onnx
expect_exit 0 "$BIN/mhcnn" predict "$ROOT/examples/phantom-exam" -o out2 --model tuned.onnx --no-overlays --no-masks --quiet
expect_exit 1 "$BIN/mhcnn" train --from missing.safetensors -d made/phantoms/unseen/manifest.csv -o none
grep -q "missing.safetensors" "$err" || fail "the missing file is not named"
expect_exit 2 "$BIN/mhcnn" train -d made/phantoms/unseen/manifest.csv -o none
grep -q -- "--from fast" "$err" || fail "does not say how to do without a recipe"
data=${MHCNN_REAL_DATA:-$ROOT/../shared/data}
"$PYTHON" "$ROOT/scripts/experiments/real-cv/run.py" --help >/dev/null || fail "run.py does not start"
# A start that has seen the images of all folds would leak into each.
expect_exit 1 "$PYTHON" "$ROOT/scripts/experiments/real-cv/run.py" "$PWD/leak" --from fast --model fast
grep -q "trained on real images" "$err" || fail "a leak is not refused"
[[ ! -e leak ]] || fail "a folder was made"
expect_exit 0 "$PYTHON" -c "import sys; sys.path.insert(0, '$ROOT/scripts/experiments'); import experiment
experiment.refuse_leak('$PWD/start-fast.safetensors')"
# Ten trainings of folds: long, so only where MHCNN_SLOW is set.
if [[ -n ${MHCNN_SLOW:-} && -d $data/ddsm-fgt && -d $data/cesm ]]; then
  MHCNN_REAL_DATA=$data expect_exit 0 "$ROOT/scripts/make-model.sh" fast "$PWD/real" --quick --start "$PWD/start-fast.safetensors"
  expect_exit 0 "$BIN/mhcnn" predict "$data/ffdm-4view" -o out-real --model real/mhcnn-fast.onnx --no-overlays --no-masks --quiet
  "$PYTHON" - <<'EOF'
import csv
rows = list(csv.DictReader(open("out-real/results.csv")))
assert len(rows) == 4 and all(r["model"].endswith("calibrated: films and digital images left out of training") for r in rows), rows
assert all(r["percent_low"] and r["category_range"] for r in rows), rows
EOF
  expect_exit 0 "$BIN/mhcnn" inspect real/mhcnn-fast.onnx
  grep -q "10.7937/29kw-ae92" "$out" || fail "the card does not name the sets"
else
  echo "the part with real images is left out: set MHCNN_SLOW, and MHCNN_REAL_DATA to their folder (now $data)"
fi
echo "passed"
