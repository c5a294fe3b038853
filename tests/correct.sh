#!/usr/bin/env bash
# A reader corrects an exam of a running node: SR, FHIR and page come once more, verified, and nothing else does; a reader who was too
# slow is refused; what readers said calibrates a model. The objects go to programs of others.
source "$(dirname "$0")/lib.sh"
command -v dsrdump >/dev/null || skip "dsrdump is not installed (scripts/setup)"
[[ -x $(dirname "$PYTHON")/dciodvfy ]] || skip "dciodvfy is not installed (scripts/setup)"
PYTHONPATH=$ROOT/tests timeout 280 "$PYTHON" "$ROOT/tests/correct_check.py" "$BIN/mhcnn" "$work" || fail "see above"
"$PYTHON" "$ROOT/tests/judge_objects.py" judged "$BIN/read_segmentation" --templates "${TEMPLATES:-0}"
expect_exit 0 "$BIN/mhcnn" inspect corrected-sr.dcm
for words in 'verified by' 'Person Observer Name' 'Extremely dense'; do
  grep -q "$words" "$out" || fail "inspect does not say: $words"
done
expect_exit 0 "$BIN/mhcnn" calibrate corrections.csv -o site.json --name site
grep -q 'of 56 images measured' "$out" || { cat "$out"; fail "calibrate did not read the corrections"; }
echo "passed"
