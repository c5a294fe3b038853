#!/usr/bin/env bash
# The small form of scripts/soak.py: kills and a day of exams on SQLite, kills of workers and of the server on PostgreSQL.
source "$(dirname "$0")/lib.sh"
compgen -G "/usr/lib/postgresql/*/bin/postgres" >/dev/null || skip "PostgreSQL is not installed (scripts/setup)"
MHCNN=$BIN/mhcnn "$PYTHON" "$ROOT/scripts/soak.py" "$work/sqlite" --small --parts kill,day \
  --targets receive,work,deliver,supervisor,disk || fail "see above"
MHCNN=$BIN/mhcnn "$PYTHON" "$ROOT/scripts/soak.py" "$work/postgresql" --small --store postgresql --parts kill --targets work,postgres || fail "see above"
echo "passed"
