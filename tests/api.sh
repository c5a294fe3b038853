#!/usr/bin/env bash
# The JSON API of a node (/api/v1): each route against what predict, pydicom and the store say.
source "$(dirname "$0")/lib.sh"
command -v curl >/dev/null || skip "curl is not installed"
PYTHONPATH=$ROOT/tests "$PYTHON" "$ROOT/tests/api_check.py" "$BIN/mhcnn" "$work" || fail "see above"
echo "passed"
