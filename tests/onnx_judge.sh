#!/usr/bin/env bash
# onnxruntime, an independent implementation, gives what mhcnn gives on the shipped model.
source "$(dirname "$0")/lib.sh"
"$PYTHON" -c "import onnxruntime" 2>/dev/null || skip "no onnxruntime in .deps (scripts/setup installs it)"
"$PYTHON" "$ROOT/tests/onnx_judge.py" "$ROOT/models/mhcnn-fast.onnx" "$BIN/mhcnn"
echo "passed"
