#!/usr/bin/env bash
# Makes the Debian packages once more and compares them with those that are there, byte for byte. Exits 1 and names the files that differ.
# There are no exceptions.
#   scripts/check-reproducible.sh PRESET PACKAGES                  packages the build once more (seconds): packaging adds nothing of
#                                                                  the moment or the machine
#   scripts/check-reproducible.sh --compile PRESET PACKAGES        compiles the commit once more, in another folder and with nothing from the
#                                                                  compiler's cache, and packages that (more than an hour of
#                                                                  processor time; needs ccache for the paths in the objects)
#     --compression xz|gzip|zstd     of the packages that are there (default: xz)
#     --cache FOLDER                 compiler cache of the second compilation; it must be empty at first. After an interruption, call with it again
# PRESET is what they were built with: inference, or release for those with mhcnn-train.
set -euo pipefail
usage() { echo "usage: scripts/check-reproducible.sh [--compile] [--compression xz|gzip|zstd] [--cache FOLDER] PRESET PACKAGES" >&2; exit 2; }
compile='' compression=xz cache='' names=()
while (($#)); do
  case $1 in
    --compile) compile=yes ;;
    --compression) compression=${2:-}; shift || usage ;;
    --cache) cache=$(realpath -m "${2:-}"); shift || usage ;;
    -*) usage ;;
    *) names+=("$1") ;;
  esac
  shift
done
[[ ${#names[@]} == 2 ]] || usage
preset=${names[0]} packages=$(realpath "${names[1]}")
cd "$(dirname "$0")/.."
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || date +%s)
export SOURCE_DATE_EPOCH
umask 022
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
build=$PWD/build/$preset
if [[ -n $compile ]]; then
  [[ -z $(git status --porcelain) ]] || { echo "error: the working tree has changes; commit them: the commit is compiled" >&2; exit 1; }
  source=$work/another/place/than/the/first
  git clone -q --shared . "$source"
  [[ ! -e .deps ]] || ln -s "$(realpath .deps)" "$source/.deps"
  targets=(all)
  if [[ $preset == release ]]; then targets=(mhcnn mhcnn_shared mhcnn-train); fi
  export CCACHE_DIR=${cache:-$work/ccache}
  (cd "$source" && cmake --preset "$preset" -DMHCNN_INSTALL_RPATH=ON && cmake --build --preset "$preset" --target "${targets[@]}") >"$work/build.txt" 2>&1 ||
    { tail -20 "$work/build.txt" >&2; exit 1; }
  build=$source/build/$preset
fi
cpack --config "$build/CPackConfig.cmake" -B "$work" -D CPACK_DEBIAN_COMPRESSION_TYPE="$compression" >"$work/cpack.txt" 2>&1 ||
  { tail -20 "$work/cpack.txt" >&2; exit 1; }
status=0
for second in "$work"/*.deb; do
  name=${second##*/}
  if cmp -s "$packages/$name" "$second"; then
    echo "$name: the same bytes"
    continue
  fi
  status=1
  echo "$name: differs:" >&2
  for part in fsys ctrl; do
    diff <(dpkg-deb --$part-tarfile "$packages/$name" | tar -tv --full-time -f -) <(dpkg-deb --$part-tarfile "$second" | tar -tv --full-time -f -) >&2 || true
  done
  rm -rf "$work/a" "$work/b"
  dpkg-deb -R "$packages/$name" "$work/a" && dpkg-deb -R "$second" "$work/b"
  diff -rq --no-dereference "$work/a" "$work/b" >&2 || true
done
exit $status
