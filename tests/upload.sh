#!/usr/bin/env bash
# Uploads to a node over HTTP (POST /api/v1/uploads) and the analysis of single images (POST /api/v1/analyze): files, forms, zip files, a zip
# bomb, bodies that break off, wrong types, keys for requests that are sent again, a large body in little memory; figures equal to predict.
source "$(dirname "$0")/lib.sh"
command -v curl >/dev/null || skip "curl is not installed"
"$BIN/mhcnn" phantom --exam --count 1 --seed 7 --height 500 --width 360 --format dicom --out phantom >/dev/null 2>&1
"$PYTHON" "$ROOT/tests/upload_check.py" "$BIN/mhcnn" "$work" "${BODY_MB:-300}" || fail "see above"
echo "passed"
