#!/usr/bin/env bash
# The vocabulary of result objects against pydicom's tables of PS3.16: each code right, each slip of the hand found.
source "$(dirname "$0")/lib.sh"
"$PYTHON" "$ROOT/tests/check_codes.py" "$ROOT/src/mhcnn/results/codes.inc" "$ROOT/src/mhcnn/dicom/view_codes.cc"
