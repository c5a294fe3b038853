#!/usr/bin/env bash
# Measures mhcnn predict beside Python programs with the same network, weights and preprocessing, in one interleaved run.
#   bench/compare.sh [--images N] [--rounds N] [--syntaxes LIST] [--engines LIST] [--drawings] [--out FOLDER] ... (--help lists all)
# The peers (pydicom, pylibjpeg, OpenCV, PyTorch, ONNX Runtime, OpenVINO: requirements/compare.txt, 6 GB with PyTorch) are installed once,
# into .deps/peers or the folder that PEERS_VENV names. BIN names the folder of mhcnn (default: build/release/bin).
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
venv=${PEERS_VENV:-$root/.deps/peers}
mark=$venv/compare.installed
if ! cmp -s "$root/requirements/compare.txt" "$mark"; then
  echo "installing the peers into $venv" >&2
  [[ -x $venv/bin/pip ]] || /usr/bin/python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$root/requirements/compare.txt"
  cp "$root/requirements/compare.txt" "$mark"
fi
exec "$venv/bin/python" "$root/bench/compare.py" --bin "${BIN:-$root/build/release/bin}" "$@"
