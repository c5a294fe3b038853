#!/usr/bin/env bash
# Damaged files of every format: no crash, no hang, no memory beyond the limit, a row for each. scripts/mutation-run.py by hand gives
# the thousand of docs/hostile.md.
source "$(dirname "$0")/lib.sh"
expect_exit 0 "$PYTHON" "$ROOT/scripts/mutation-run.py" --count 100 --seed 3 --bin "$BIN"
grep -q ' 0 findings' "$out" || fail "findings"
cat "$out"
