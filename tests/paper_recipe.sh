#!/usr/bin/env bash
# The recipe of the paper (ResNet101, its optimiser, epochs and phases) runs a step.
source "$(dirname "$0")/lib.sh"
"$BIN/mhcnn" phantom --count 8 --seed 3 --split-val 0.25 --out p >/dev/null 2>&1
expect_exit 0 "$BIN/mhcnn" train --recipe "$ROOT/recipes/paper.toml" --data p/manifest.csv --out run --max-steps 1
echo "passed"
