#!/usr/bin/env bash
# Who may do what at the HTTP port of a node: roles on every route of the API, login and its limits, cookies, X-CSRF-Token, ends of
# sessions, tokens, names of the node, other origins, a trusted proxy, header fields, and what the audit trail and the log say of it.
source "$(dirname "$0")/lib.sh"
"$PYTHON" "$ROOT/tests/access_check.py" "$BIN/mhcnn" "$work" "$ROOT/docs/api/openapi.json" || fail "see above"
echo "passed"
