#!/usr/bin/env bash
# What training refuses: one clear line, exit 2 for wrong usage.
source "$(dirname "$0")/lib.sh"
"$BIN/mhcnn" phantom --count 8 --seed 2 --height 128 --width 64 --split-val 0.25 --out p >/dev/null 2>&1
train=("$BIN/mhcnn" train --data p/manifest.csv --out run)

expect_exit 2 "$BIN/mhcnn" train
cp "$ROOT/recipes/smoke.toml" recipe.toml
echo 'lerning_rate = 1' > typo.toml; cat recipe.toml >> typo.toml
expect_exit 2 "${train[@]}" --recipe typo.toml
expect_error_line "unknown key 'lerning_rate'"
expect_exit 2 "${train[@]}" --recipe recipe.toml --set network.encoder=resnet99
expect_error_line "resnet99"
expect_exit 1 "$BIN/mhcnn" train --recipe recipe.toml --out run --data none.csv
expect_error_line 'none.csv'
sed 's/,[abcd],/,e,/' p/manifest.csv > p/bad.csv
expect_exit 2 "$BIN/mhcnn" train --recipe recipe.toml --out run --data p/bad.csv
expect_error_line "column category: 'e'"
nothing_half_written .
echo "passed"
