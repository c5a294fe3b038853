#!/usr/bin/env bash
# Makes the Debian packages of a build tree once more and compares them with those that are there, byte for byte. Exits 1 and names the
# members that differ. There are no exceptions. What it shows is that packaging adds nothing of the moment or the machine; it does not show that two
# compilations give the same program.
#   scripts/check-reproducible.sh BUILD PACKAGES [COMPRESSION]      e.g. build/inference build/packages
set -euo pipefail
[[ $# == 2 || $# == 3 ]] || { echo "usage: scripts/check-reproducible.sh BUILD PACKAGES [xz|gzip|zstd]" >&2; exit 2; }
cd "$(dirname "$0")/.."
build=$1 packages=$2 compression=${3:-xz}
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || date +%s)
export SOURCE_DATE_EPOCH
umask 022
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cpack --config "$build/CPackConfig.cmake" -B "$work" -D CPACK_DEBIAN_COMPRESSION_TYPE="$compression" >"$work/cpack.txt" 2>&1 ||
  { tail -20 "$work/cpack.txt" >&2; exit 1; }
status=0
for second in "$work"/*.deb; do
  name=${second##*/}
  if cmp -s "$packages/$name" "$second"; then
    echo "$name: the same bytes"
  else
    status=1
    echo "$name: differs:" >&2
    for part in fsys ctrl; do
      diff <(dpkg-deb --$part-tarfile "$packages/$name" | tar -tv --full-time -f -) <(dpkg-deb --$part-tarfile "$second" | tar -tv --full-time -f -) >&2 || true
    done
  fi
done
exit $status
