#!/usr/bin/env bash
# Wrong usage and broken surroundings: one clear line, a non-zero exit, nothing half-written.
source "$(dirname "$0")/lib.sh"
"$BIN/mhcnn" phantom --count 2 --seed 9 --height 640 --width 400 --out p >/dev/null 2>&1

expect_exit 2 "$BIN/mhcnn"
expect_exit 2 "$BIN/mhcnn" predict
expect_exit 2 "$BIN/mhcnn" predict p/images
expect_exit 2 "$BIN/mhcnn" predict p/images -o out --no-such-option
expect_exit 2 "$BIN/mhcnn" nonsense
expect_exit 0 "$BIN/mhcnn" --version
expect_exit 0 "$BIN/mhcnn" predict --help

expect_exit 1 "$BIN/mhcnn" predict p/images -o out --model none.onnx
expect_error_line '^error: none\.onnx: '
printf 'garbage garbage garbage' > corrupt.onnx
expect_exit 1 "$BIN/mhcnn" predict p/images -o out --model corrupt.onnx
expect_error_line '^error: corrupt\.onnx: '
model=$ROOT/models/mhcnn-fast.onnx
head -c 200000 "$model" > cut.onnx
expect_exit 1 "$BIN/mhcnn" predict p/images -o out --model cut.onnx
expect_error_line '^error: cut\.onnx: '
[[ ! -e out/results.csv ]] || fail "a failed run left results"
expect_exit 0 "$BIN/mhcnn" predict p/images -o accurate --model accurate --no-overlays --no-masks
grep -q ',"mhcnn-accurate ' accurate/results.csv || fail "--model accurate is not used"
MHCNN_MODEL=accurate expect_exit 0 "$BIN/mhcnn" predict p/images -o named --no-overlays --no-masks
cut -d, -f2-8 accurate/results.csv | cmp - <(cut -d, -f2-8 named/results.csv) || fail "MHCNN_MODEL=accurate is not --model accurate"

mkdir empty
expect_exit 1 "$BIN/mhcnn" predict empty -o out
expect_error_line '^error: empty: no image file'
expect_exit 1 "$BIN/mhcnn" predict p/images/none.png -o out
grep -q 'not_found' out/results.csv || fail "a missing file has no row"

# A name that leaves no room for the drawing's: the drawing has a shorter one.
mkdir long
names=(p/images/*)
cp "${names[0]}" "long/$(printf 'x%.0s' {1..246}).png"
expect_exit 0 "$BIN/mhcnn" predict long p/images -o out-long
[[ $(grep -c ',ok,' out-long/results.csv) == 3 ]] || fail "the long name is not measured"
[[ $(find out-long/overlays -name 'xxx*-????????????????.png' | wc -l) == 1 ]] || fail "no drawing of the long name"

# A file-size limit is used in place of a full disk: write() fails in the same way.
rm -rf out
(ulimit -f 8; expect_exit 1 "$BIN/mhcnn" predict p/images -o out)
(ulimit -f 8; "$BIN/mhcnn" predict p/images -o out 2>&1 >/dev/null || true) | tail -1 | grep -q 'cannot be written' ||
  fail "a refused write is not said"
nothing_half_written out
[[ ! -e out/results.csv ]] || fail "results stand beside a failed run"

# A broken choice of mhcnn tune stops no run.
mkdir -p "$XDG_CONFIG_HOME/mhcnn"
tuned=$XDG_CONFIG_HOME/mhcnn/tune.json
for content in '' '{' null '{"format":"mhcnn-tuning/1"}'; do
  printf '%s' "$content" > "$tuned"
  expect_exit 0 "$BIN/mhcnn" predict p/images -o tuned --restart --no-overlays --no-masks
  [[ $(grep -c "warning: .*tune.json: was not written by .*; run mhcnn tune again, or delete it" "$err") == 1 ]] ||
    fail "a broken tune.json ($content) is not named in one line: $(cat "$err")"
done
rm "$tuned"
mkdir "$tuned"
expect_exit 0 "$BIN/mhcnn" predict p/images -o tuned --restart --no-overlays --no-masks
grep -q "warning: .*tune.json: " "$err" || fail "a folder in the place of tune.json is not named"
rmdir "$tuned"

# The stages of a profile add up to the workers' time, with several threads that draw one picture too.
expect_exit 0 "$BIN/mhcnn" predict "${names[0]}" -o profiled -j 4 --profile
"$PYTHON" - profiled/profile.json <<'PY' || fail "the stages do not add up to the workers' time"
import json, sys
p = json.load(open(sys.argv[1]))
assert abs(sum(p["stage_seconds"].values()) - p["workers"] * p["wall_seconds"]) < 1e-6, p
PY

# Rates of a plan: processor time of profile.json, never the wall times of the table.
expect_exit 0 "$BIN/mhcnn" plan --from profiled --exams 1000
rate=$("$PYTHON" - <<'PY'
import json
p = json.load(open("profiled/profile.json"))
print(f"{p['processor_seconds'] / p['images']:.3f}")
PY
)
grep -q "^rates: $rate processor seconds" "$out" || fail "plan does not take the processor time $rate: $(head -1 "$out")"
expect_exit 0 "$BIN/mhcnn" plan --from profiled --exams 1000 --core-seconds 7 --image-mb 3
grep -q '^rates: 7.000 processor seconds and 3.00 MB' "$out" || fail "plan --from replaces what was given"
(mkdir -p away && cd away && expect_exit 0 "$BIN/mhcnn" plan --from ../profiled --exams 1000 && expect_error_line 'warning: .*give --image-mb')
rm profiled/profile.json
expect_exit 2 "$BIN/mhcnn" plan --from profiled
expect_error_line '^error: profiled: contains no profile.json .*--profile, or give --core-seconds'
sed -i '$s/,.*//' profiled/results.csv
expect_exit 1 "$BIN/mhcnn" plan --from profiled
expect_error_line '^error: profiled/results.csv: line 2: has 1 fields'

expect_exit 1 "$BIN/mhcnn" inspect none.dcm
expect_exit 0 "$BIN/mhcnn" inspect "$model"
grep -q 'fast' "$out" || fail "inspect does not name the model"
grep -q 'lists of [0-9]* numbers' "$out" || fail "inspect does not shorten lists of numbers"
(($(wc -L <"$out") < 4000)) || fail "inspect prints a line of $(wc -L <"$out") characters"
expect_exit 0 "$BIN/mhcnn" doctor
echo "passed"
