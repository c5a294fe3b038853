#!/usr/bin/env bash
# The HTTP door of a node (mhcnn web): STOW-RS by curl and by raw sockets, wrong bodies, broken and silent clients, tokens, TLS with client
# certificates, metrics, a large body in little memory, SIGTERM.
source "$(dirname "$0")/lib.sh"
for program in curl openssl; do command -v "$program" >/dev/null || skip "$program is not installed"; done
"$BIN/mhcnn" phantom --exam --count 1 --seed 7 --height 500 --width 360 --format dicom --out phantom >/dev/null 2>&1
"$PYTHON" "$ROOT/tests/web_check.py" "$BIN/mhcnn" "$work" "${BODY_MB:-200}" || fail "see above"
echo "passed"
