#!/usr/bin/env bash
# scripts/make-model at a fiftieth of its size: the shipped model's own recipe from seeds to a file that predict uses, with an interval
# and a score of unlikeness; and the same model again from its weights by `mhcnn train --from`.
source "$(dirname "$0")/lib.sh"
[[ -f $ROOT/.deps/efficientnet-lite0.pth ]] || skip "no .deps/efficientnet-lite0.pth (scripts/setup installs it)"
expect_exit 0 "$ROOT/scripts/make-model" fast "$PWD/made" --quick
expect_exit 0 "$BIN/mhcnn" predict "$ROOT/examples/phantom-exam" -o out --model made/mhcnn-fast.onnx --no-overlays --no-masks --quiet
"$PYTHON" - <<'EOF'
import csv
rows = list(csv.DictReader(open("out/results.csv")))
assert len(rows) == 4, len(rows)
for row in rows:
    assert row["status"] == "ok", row["error"]
    low, percent, high = (float(row[c]) for c in ("percent_low", "percent_density", "percent_high"))
    assert 0 <= low <= percent <= high <= 100, row
    assert float(row["ood_score"]) > 0
EOF
# Fine-tuning takes network and preprocessing from the weights.
expect_exit 0 "$BIN/mhcnn" train --from made/mhcnn-fast.safetensors -d made/phantoms/unseen/manifest.csv -o tuned --set phase.0.epochs=1
grep -q '384' tuned/recipe.toml || fail "the model's preprocessing was not taken over"
expect_exit 0 "$BIN/mhcnn" export tuned/checkpoint.safetensors -o tuned.onnx
expect_exit 0 "$BIN/mhcnn" predict "$ROOT/examples/phantom-exam" -o out2 --model tuned.onnx --no-overlays --no-masks --quiet
expect_exit 1 "$BIN/mhcnn" train --from missing.safetensors -d made/phantoms/unseen/manifest.csv -o none
grep -q "missing.safetensors" "$err" || fail "the missing file is not named"
expect_exit 2 "$BIN/mhcnn" train -d made/phantoms/unseen/manifest.csv -o none
grep -q -- "--from shipped" "$err" || fail "does not say how to do without a recipe"
echo "passed"
