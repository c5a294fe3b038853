#!/usr/bin/env bash
# The Python wheel of this build, in a virtual environment that contains it and numpy alone: figures of `mhcnn predict` for paths, bytes,
# pydicom Datasets and arrays, by several threads; wrong arguments and hostile inputs; libraries of the wheel, and none of Debian.
source "$(dirname "$0")/lib.sh"
build=$(dirname "$BIN")
[[ -e $build/lib/libmhcnn.so ]] || skip "no libmhcnn.so in $build"
for module in nanobind scikit_build_core auditwheel; do
  "$PYTHON" -c "import importlib.util, sys; sys.exit(importlib.util.find_spec('$module') is None)" || skip "no $module: scripts/setup --wheel"
done

expect_exit 0 "$ROOT/scripts/make-wheel.sh" "$build" "$work/out"
wheels=("$work"/out/*.whl)
[[ ${#wheels[@]} == 1 && ${wheels[0]} == */mhcnn-*-manylinux_2_36_x86_64.whl ]] || fail "wheels: ${wheels[*]}"
"$PYTHON" -m venv --without-pip clean
site=$(clean/bin/python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
expect_exit 0 "$PYTHON" -m pip --disable-pip-version-check install --quiet --no-deps --no-index --target "$site" "${wheels[0]}"
# numpy and pydicom as they are installed for the tests: nothing is downloaded.
packages=$("$PYTHON" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
ln -s "$packages"/numpy "$packages"/numpy.libs "$site"
mkdir beside && ln -s "$packages"/pydicom* "$packages"/jpeg_ls "$packages"/_CharLS* "$packages"/pyjpegls-* beside
mkdir tables && ln -s "$packages"/pydicom* "$packages"/jpeg_ls "$packages"/_CharLS* "$packages"/pyjpegls-* "$packages"/pandas* \
  "$packages"/dateutil "$packages"/six.py tables

# All libraries are in the wheel but those of the C library, the compiler and zlib; those that use the GPL are not.
expect_exit 0 ldd "$site"/mhcnn/_core*.so "$site"/mhcnn/lib/libmhcnn.so.* "$site"/mhcnn/lib/mhcnn/*.so*
! grep -q 'not found' "$out" || { grep 'not found' "$out"; fail "libraries are missing"; }
awk '/=> \// && index($3, "/site-packages/") == 0 {print $1}' "$out" | sort -u >outside.txt
! grep -vE '^lib(c|m|dl|rt|pthread|gcc_s|stdc\+\+|z)\.so\.' outside.txt || fail "libraries of Debian are needed"
[[ -z $(find "$site/mhcnn.libs" -regextype posix-extended -regex '.*/lib(gdal|poppler|x265|jbig|gdcm|X11|GL|icu).*') ]] || fail "libraries that were to be left out"
[[ -s $site/mhcnn/share/doc/mhcnn/LICENSE && -s $site/mhcnn/share/doc/mhcnn/libraries/libopencv-core406.copyright ]] || fail "no licences"
[[ -f $site/mhcnn/py.typed ]] || fail "no py.typed"
grep -q 'def interval(self) -> tuple\[float, float\] | None' "$site/mhcnn/_core.pyi" || fail "no types"

expect_exit 0 "$BIN/mhcnn" predict "$ROOT/examples/phantom-exam" -o "$work/built" --no-page
mkdir home
(cd home && expect_exit 0 env -i PATH=/usr/bin:/bin OMP_WAIT_POLICY=PASSIVE BESIDE="$work/beside" "$work/clean/bin/python" -B \
  "$ROOT/tests/python_wheel_check.py" "$ROOT/examples/phantom-exam" "$work/built" "$work") || fail "figures or errors"
cat "$out"
[[ -z $(ls -A home) ]] || fail "wrote files: $(ls -A home)"
# The examples of the documentation and of the notebook.
mkdir examples
(cd examples && expect_exit 0 env -i PATH=/usr/bin:/bin OMP_WAIT_POLICY=PASSIVE BESIDE="$work/tables" "$work/clean/bin/python" -B \
  "$ROOT/tests/python_examples_check.py" "$ROOT/docs/python.md" "$ROOT/examples/notebook/density.ipynb" "$ROOT/examples/phantom-exam") ||
  fail "examples"
cat "$out"
# onnxruntime computes the same percent of the input that the wheel says the network gets.
if "$PYTHON" -c "import onnxruntime" 2>/dev/null; then
  "$PYTHON" - "$ROOT/models/mhcnn-fast.onnx" input.npy <<'PY' || fail "the input of the network"
import sys
import numpy as np, onnxruntime
with open(sys.argv[2], "rb") as file:
    image, percent = np.load(file), float(np.load(file))
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
found = float(session.run(["percent"], {"image": image[None, None]})[0][0, 0])
assert abs(found - percent) < 0.05, (found, percent)
PY
fi
expect_exit 1 env -i MHCNN_DATA_DIR=/nowhere clean/bin/python -c 'import mhcnn; mhcnn.Model()'
expect_error_line '^mhcnn.Error: MHCNN_DATA_DIR=/nowhere: is not a folder; remove'
echo "passed: $(($(stat -c %s "${wheels[0]}") / 1000000)) MB, installed $(du -sm "$site" | cut -f 1) MB"
