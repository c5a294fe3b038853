#!/usr/bin/env bash
# onnxruntime, an independent implementation, runs our graphs: models of known weights give the golden outputs of
# segmentation_models.pytorch, and the shipped models what their outputs promise.
source "$(dirname "$0")/lib.sh"
"$PYTHON" -c "import onnxruntime" 2>/dev/null || skip "no onnxruntime in .deps (scripts/setup installs it)"
"$PYTHON" "$ROOT/scripts/goldens/check_onnx.py" "$BIN/model_onnx_test"
for size in fast accurate; do
"$PYTHON" - "$ROOT/models/mhcnn-$size.onnx" <<'PY'
import json, sys
import numpy as np, onnxruntime
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
metadata = session.get_modelmeta().custom_metadata_map
preprocess = json.loads(metadata["mhcnn.preprocess"])
shape = (3, 1, preprocess["input_height"], preprocess["input_width"])
image = np.random.default_rng(0).random(shape, np.float32)
masks, percent, category = session.run(["masks", "percent", "category"], {"image": image})
assert masks.shape == (3, len(json.loads(metadata["mhcnn.masks"]))) + shape[2:] and 0 <= masks.min() <= masks.max() <= 1
assert percent.shape == (3, 1) and 0 <= percent.min() <= percent.max() <= 100
assert category.shape == (3, 4) and np.allclose(category.sum(1), 1, atol=1e-5)
alone = session.run(["masks"], {"image": image[:1]})[0]
assert np.abs(alone - masks[:1]).max() < 1e-4, "a batch changes its members"
PY
done
echo "passed"
