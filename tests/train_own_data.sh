#!/usr/bin/env bash
# docs/training.md's five commands: from a folder of images and masks to a model that measures.
source "$(dirname "$0")/lib.sh"
weights="$ROOT/.deps/efficientnet-lite0.pth"
[[ -f $weights ]] || skip "no $weights (scripts/setup installs it)"
"$BIN/mhcnn" phantom --count 24 --seed 5 --height 128 --width 64 --out p >/dev/null 2>&1
"$PYTHON" - <<'EOF'
import csv, pathlib, shutil
for row in csv.DictReader(open("p/manifest.csv")):
    stem = pathlib.Path(row["image"]).stem
    for column, folder in (("image", "images"), ("breast_mask", "breast_masks"), ("dense_mask", "dense_masks")):
        source = pathlib.Path("p") / row[column]
        target = pathlib.Path("DATA") / folder / (stem + source.suffix)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
EOF
expect_exit 0 "$BIN/mhcnn" prepare generic DATA -o set
expect_exit 0 "$BIN/mhcnn" import "$weights" -o imagenet.safetensors
small=(--set training.pretrained=imagenet.safetensors --set network.encoder=efficientnet_lite0)
for phase in 0 1 2 3; do small+=(--set "phase.$phase.epochs=1"); done
expect_exit 0 "$BIN/mhcnn" train -r "$ROOT/recipes/smoke.toml" -d set/manifest.csv -o run "${small[@]}"
grep -q "4 (joint).*Dice dense" "$out" || { cat "$out" >&2; fail "no validation of the last epoch"; }
expect_exit 0 "$BIN/mhcnn" export run/best.safetensors -o mine.onnx
expect_exit 0 "$BIN/mhcnn" evaluate set/manifest.csv --split test --model mine.onnx
grep -q "dense" "$out" || fail "no figures"
# What a model of 24 images has not seen is flagged by it, never refused as no mammogram: phantoms of all looks.
expect_exit 0 "$BIN/mhcnn" phantom --count 40 --seed 12 --out looks
"$BIN/mhcnn" predict looks/images --model mine.onnx -o out-looks --no-overlays --no-masks >"$out" 2>"$err" || true
"$PYTHON" - <<'PY'
import csv
rows = list(csv.DictReader(open("out-looks/results.csv", newline="")))
assert len(rows) == 40, len(rows)
refused = [r for r in rows if "does not look like" in r["error"] or "too small" in r["error"]]
assert not refused, refused
PY
echo "passed"
