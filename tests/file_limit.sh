#!/usr/bin/env bash
# A file that takes longer than --file-limit ends the run as a kill would: rows that are done stay, --resume continues, and a file that did
# so twice gets an error row, so that the run comes to its end. About 20 s.
source "$(dirname "$0")/lib.sh"
exam=$ROOT/examples/phantom-exam
predict() { "$BIN/mhcnn" predict "$exam" -q --no-overlays --no-masks --no-page "$@" >"$out" 2>"$err" </dev/null; }

predict -o whole --file-limit 600 || fail "a limit that no file reaches"

# No file is done in a hundredth of a second. Each run ends at its first file, until each file was begun twice.
status=0 runs=1
predict -o limited --file-limit 0.01 || status=$?
[[ $status == 1 ]] || fail "status $status"
expect_error_line '^error: .*: took longer than 0.01 s \(--file-limit\); run again with --resume'
[[ ! -e limited/results.csv && -s limited/results.begun ]] || fail "$(ls limited)"
cp -r limited later
while [[ ! -e limited/results.csv ]]; do
  ((++runs <= 30)) || fail "the run does not come to its end"
  status=0
  predict -o limited --resume --file-limit 0.01 || status=$?
  [[ $status == 1 ]] || fail "status $status of run $runs"
done
nothing_half_written limited
"$PYTHON" - <<'PY'
import csv
rows = list(csv.DictReader(open("limited/results.csv", newline="")))
assert len(rows) == len({row["path"] for row in rows}) == 4, rows
assert all(row["status"] == "error" and row["error"].startswith("limit: the run was killed 2 times") for row in rows), rows
PY

# With time enough the rows are those of a run that was not disturbed.
predict -o later --resume || fail "$(cat "$err")"
cut -d, -f1-18 whole/results.csv >whole.csv
cut -d, -f1-18 later/results.csv | cmp - whole.csv || fail "other rows after a limit"
for wrong in -1 x 90000; do expect_exit 2 "$BIN/mhcnn" predict "$exam" -o wrong --file-limit=$wrong; done
