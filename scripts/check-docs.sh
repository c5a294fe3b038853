#!/usr/bin/env bash
# Checks the comments of the public headers with Doxygen (Doxyfile): prints each declaration without a comment and each comment that
# Doxygen cannot read, and exits 1 if there are any.
set -euo pipefail
cd "$(dirname "$0")/.."
output=$(mktemp -d)
trap 'rm -rf "$output"' EXIT
status=0
{ cat Doxyfile; echo "GENERATE_HTML = NO"; echo "GENERATE_XML = YES"; echo "OUTPUT_DIRECTORY = $output"; } |
  doxygen - 2>"$output/findings" >/dev/null || status=1
sort -u "$output/findings" | sed "s|^$PWD/||" >&2
if [[ $status != 0 || -s $output/findings ]]; then
  echo "Doxygen: $(sort -u "$output/findings" | wc -l) findings" >&2
  exit 1
fi
echo "Doxygen: every public declaration has a comment"
