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
make_fails() {  # STATUS MESSAGE ARGUMENT...: scripts/make-model.sh ends so before it makes anything
  local status=$1 message=$2
  shift 2
  MHCNN_REAL_DATA=$PWD/lacking expect_exit "$status" "$ROOT/scripts/make-model.sh" "$@"
  expect_error_line "$message"
  [[ ! -e none ]] || fail "something was made: $*"
}
expect_exit 0 "$ROOT/scripts/make-model.sh" --help
grep -q "make-model.sh SIZE \[FOLDER\]" "$out" || fail "--help does not show the usage"
make_fails 2 "no model is named"
make_fails 2 "'--quik' is not an option" fast --quik "$PWD/none"
make_fails 2 "'extra' is one argument too many" fast "$PWD/none" extra
make_fails 2 "--start needs a value" fast "$PWD/none" --start
make_fails 2 "none.safetensors: no such checkpoint" fast "$PWD/none" --data phantoms --start none.safetensors
echo "a text, not a checkpoint" >text.safetensors
make_fails 2 "text.safetensors is no safetensors file" fast "$PWD/none" --data phantoms --start "$PWD/text.safetensors"
# A set that is missing or not whole is named before anything is trained, with where it comes from and what can be made without it.
make_fails 1 "lacking/ddsm-fgt is not there" fast "$PWD/none" --quick
mkdir -p lacking/ddsm-fgt lacking/cesm
make_fails 1 "lacking/ddsm-fgt has 0 images of 0 patients, not the 60 images of the 60 patients.*--data phantoms" fast "$PWD/none" --quick
folds=$ROOT/scripts/experiments/real-cv/folds.csv
mkdir lacking/ddsm-fgt/{images,labels}
sed -n 's/^ddsm-fgt,\(.*\),.*/\1/p' "$folds" | while read -r patient; do
  touch "lacking/ddsm-fgt/images/$patient.RIGHT_MLO.png" "lacking/ddsm-fgt/labels/$patient.RIGHT_MLO_LI.png"
done
make_fails 1 "lacking/cesm has 0 images.*not the 326 images of the 178 patients.*TCIA.*--data phantoms" fast "$PWD/none" --quick
# Two views of each woman, four of some: 326 images. A subtracted image (CM) is none of them.
mapfile -t women < <(sed -n 's/^cesm,\(.*\),.*/\1/p' "$folds")
touch lacking/cesm/P102_R_CM_CC.jpg
for i in "${!women[@]}"; do
  touch "lacking/cesm/${women[i]}_R_DM_CC.jpg"
  ((i >= 148)) || touch "lacking/cesm/${women[i]}_R_DM_MLO.jpg"
done
make_fails 1 "lacking/cesm has no table of categories" fast "$PWD/none" --quick
touch lacking/cesm/labels.csv
make_fails 2 "text.safetensors is no safetensors file" fast "$PWD/none" --start "$PWD/text.safetensors"
rm lacking/ddsm-fgt/labels/A_0002_1.RIGHT_MLO_LI.png
make_fails 1 "lacking/ddsm-fgt has 59 images of 59 patients" fast "$PWD/none" --quick
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
# Nor does it learn from a part of the sets: one film.
rm -r lacking
mkdir -p lacking/ddsm-fgt/{images,labels} lacking/cesm
"$PYTHON" - <<'EOF'
import csv
from PIL import Image
row = next(csv.DictReader(open("made/phantoms/unseen/manifest.csv")))
breast, dense = (Image.open("made/phantoms/unseen/" + row[column]).convert("L") for column in ("breast_mask", "dense_mask"))
tissue = breast.point(lambda grey: 128 if grey else 0)
tissue.paste(192, mask=dense.point(lambda grey: 255 if grey else 0))
Image.open("made/phantoms/unseen/" + row["image"]).save("lacking/ddsm-fgt/images/A_0002_1.RIGHT_MLO.png")
tissue.save("lacking/ddsm-fgt/labels/A_0002_1.RIGHT_MLO_LI.png")
EOF
for _ in 1 2; do  # the second time the set is prepared again
  MHCNN_REAL_DATA=$PWD/lacking expect_exit 1 "$PYTHON" "$ROOT/scripts/experiments/real-cv/run.py" "$PWD/part" \
    --from "$PWD/start-fast.safetensors" --model "$PWD/start-fast.safetensors"
  expect_error_line "lacking/ddsm-fgt: has 1 usable images of 1 patients, not the 60 images of the 60 patients"
done
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
