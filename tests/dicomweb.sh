#!/usr/bin/env bash
# DICOMweb of a node (QIDO-RS, WADO-RS), judged by dicomweb-client and pydicom: searches, objects, metadata, binary values, frames of each
# transfer syntax, pictures, results beside their images, wrong requests, the audit of views.
source "$(dirname "$0")/lib.sh"
"$PYTHON" -c "import dicomweb_client" 2>/dev/null || skip "dicomweb-client is not installed"
"$PYTHON" "$ROOT/tests/dicomweb_check.py" "$BIN/mhcnn" "$work" || fail "see above"
echo "passed"
