#!/usr/bin/env bash
# The small form of scripts/soak.py: kills, load and a day of exams, on SQLite and on PostgreSQL.
source "$(dirname "$0")/lib.sh"
compgen -G "/usr/lib/postgresql/*/bin/postgres" >/dev/null || skip "PostgreSQL is not installed (scripts/setup)"
MHCNN=$BIN/mhcnn "$PYTHON" "$ROOT/scripts/soak.py" "$work/sqlite" --small --parts kill,load,day || fail "see above"
MHCNN=$BIN/mhcnn "$PYTHON" "$ROOT/scripts/soak.py" "$work/postgresql" --small --store postgresql --parts kill --targets work || fail "see above"
echo "passed"
