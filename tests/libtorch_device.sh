#!/usr/bin/env bash
# predict by LibTorch (--device torch) gives the figures of OpenVINO but for rounding; weights that are missing or of another model are refused,
# and a device that is not there. About 20 s.
source "$(dirname "$0")/lib.sh"
[[ -x $BIN/mhcnn-train ]] || skip "no mhcnn-train in $BIN"

exam=$ROOT/examples/phantom-exam
mkdir models
cp "$ROOT"/models/mhcnn-fast.{onnx,safetensors} models
expect_exit 0 "$BIN/mhcnn" predict "$exam" -o processor -m models/mhcnn-fast.onnx -q --no-overlays --no-page
expect_exit 0 "$BIN/mhcnn" predict "$exam" -o torch -m models/mhcnn-fast.onnx --device torch -q --no-overlays --no-page
grep -q 'LibTorch 2' "$out" || fail "not by LibTorch: $(cat "$out")"
"$PYTHON" - <<'PY'
import csv
read = lambda name: list(csv.DictReader(open(f"{name}/results.csv", newline="")))
by_processor, by_torch = read("processor"), read("torch")
assert len(by_processor) == len(by_torch) == 4
for a, b in zip(by_processor, by_torch, strict=True):
    assert a["status"] == b["status"] == "ok" and a["model"] == b["model"] and a["flags"] == b["flags"], (a, b)
    assert a["category"] == b["category"], (a, b)
    for column, most in (("percent_density", 0.11), ("percent_regression", 0.11), ("ood_score", 0.02)):
        assert abs(float(a[column]) - float(b[column])) <= most, (column, a[column], b[column])
PY

# The process that ran the network is gone.
! pgrep -f "mhcnn-train network $work" >/dev/null || fail "mhcnn-train network still runs"

refused() {  # PATTERN ARGUMENT...
  local pattern=$1
  shift
  expect_exit "$1" "$BIN/mhcnn" predict "$exam" -q -o refused "${@:2}"
  expect_error_line "$pattern"
  [[ ! -e refused/results.csv ]] || fail "a refused run wrote a table"
  nothing_half_written .
}
cp "$ROOT/models/mhcnn-accurate.safetensors" models/mhcnn-fast.safetensors
refused 'mhcnn-fast.safetensors: is not of the same model as mhcnn-fast.onnx: its input has another size' 1 -m models/mhcnn-fast.onnx --device torch
# Weights of the same network that were trained on: the last byte of a bias.
"$PYTHON" - "$ROOT/models/mhcnn-fast.safetensors" <<'PY'
import json, sys
data = bytearray(open(sys.argv[1], "rb").read())
length = int.from_bytes(data[:8], "little")
begin, end = json.loads(data[8:8 + length])["segmentation_head.0.bias"]["data_offsets"]
data[8 + length + begin:8 + length + end] = bytes(end - begin)
open("models/mhcnn-fast.safetensors", "wb").write(data)
PY
refused "the device's results differ" 1 -m models/mhcnn-fast.onnx --device torch
head -c 5000 "$ROOT/models/mhcnn-fast.safetensors" >models/mhcnn-fast.safetensors
refused 'mhcnn-fast.safetensors' 1 -m models/mhcnn-fast.onnx --device torch
rm models/mhcnn-fast.safetensors
refused 'mhcnn-fast.safetensors: does not exist' 1 -m models/mhcnn-fast.onnx --device torch
[[ -e /dev/nvidia0 ]] || refused 'device cuda: no CUDA device is available' 2 --device cuda
