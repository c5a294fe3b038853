#!/usr/bin/env bash
# The small form of scripts/hostile-peers.py: wrong associations, damaged and odd files, a large body. An echo is answered
# throughout, no process ends, nothing is left half received, and no line of the log holds a control character.
source "$(dirname "$0")/lib.sh"
data=${MHCNN_REAL_DATA:-$ROOT/../shared/data}
mkdir bad
"$PYTHON" "$ROOT/tests/make_bad_inputs.py" bad
corpus=(--corpus bad)
for folder in cases dicom-results; do [[ ! -d $data/$folder ]] || corpus+=(--corpus "$data/$folder"); done
MHCNN=$BIN/mhcnn "$PYTHON" "$ROOT/scripts/hostile-peers.py" "$work/hostile" --small "${corpus[@]}" || fail "see above"
echo "passed"
