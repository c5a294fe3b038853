#!/usr/bin/env bash
# A node: an exam sent by dcmsend comes back to Orthanc with its results, once; a late image makes a new revision; what is wrong is said.
source "$(dirname "$0")/own_network.sh"
source "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin
for program in Orthanc dcmsend; do command -v "$program" >/dev/null || skip "$program is not installed (scripts/setup)"; done
PYTHONPATH=$ROOT/tests "$PYTHON" "$ROOT/tests/node_check.py" "$BIN/mhcnn" "$work" || fail "see above"
echo "passed"
