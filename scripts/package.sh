#!/usr/bin/env bash
# Builds the Debian packages into build/packages. Installs what is missing to build (scripts/setup).
# The same commit gives the same times in the packages. Needs Debian 12.
#   scripts/package.sh            mhcnn, libmhcnn, libmhcnn-dev; their sizes, and what lintian says where it is installed
#   scripts/package.sh --train    mhcnn-train too: builds the programs of the preset release, which needs LibTorch
#   scripts/package.sh --quick    for a test: installs nothing, compresses less; with --train too
set -euo pipefail
cd "$(dirname "$0")/.."
compression=xz preset=inference targets=(all)
while (($#)); do
  case $1 in
    --quick) compression=gzip ;;
    --train) preset=release targets=(mhcnn mhcnn_shared mhcnn-train) ;;
    *) echo "usage: scripts/package.sh [--train] [--quick]" >&2; exit 2 ;;
  esac
  shift
done
if [[ $compression == xz ]]; then
  if [[ $preset == release ]]; then scripts/setup --train; else scripts/setup --inference; fi
fi
for tool in dpkg-shlibdeps:dpkg-dev file:file; do
  command -v "${tool%%:*}" >/dev/null || { echo "error: ${tool%%:*} is missing: apt-get install ${tool##*:}" >&2; exit 1; }
done
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || date +%s)
export SOURCE_DATE_EPOCH
umask 022

cmake --preset $preset -DMHCNN_INSTALL_RPATH=ON
cmake --build --preset $preset --target "${targets[@]}"
rm -rf build/packages
cpack --config build/$preset/CPackConfig.cmake -B build/packages -D CPACK_DEBIAN_COMPRESSION_TYPE=$compression
rm -rf build/packages/_CPack_Packages

for package in build/packages/*.deb; do
  echo "$package: $(($(stat -c %s "$package") / 1000000)) MB, installed $(dpkg-deb -f "$package" Installed-Size) kB"
done
if command -v lintian >/dev/null; then
  lintian --tag-display-limit 0 --fail-on error,warning build/packages/*.deb && echo "lintian: no errors, no warnings"
else
  echo "lintian is not installed: the packages are not checked"
fi
