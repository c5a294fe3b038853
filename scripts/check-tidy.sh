#!/usr/bin/env bash
# Runs clang-tidy 14 (.clang-tidy) on sources of src and apps; prints each finding and exits 1 if there are any.
#   scripts/check-tidy.sh                 the sources that differ from origin/main (without it: from the commit before), at most
#                                         MHCNN_TIDY_FILES (default 4) of them
#   scripts/check-tidy.sh --all [PART...] all sources, or those whose path contains one of the parts (e.g. mhcnn/image/)
# A changed header stands for the source of its name. Tests are left out. Needs build/release/compile_commands.json
# (cmake --preset release); exits 77 (skipped) without it or without git.
set -euo pipefail
cd "$(dirname "$0")/.."
skip() { echo "skipped: $*"; exit 77; }
database=build/release/compile_commands.json most=${MHCNN_TIDY_FILES:-4}
[[ -f $database ]] || skip "no $database: cmake --preset release"
git rev-parse --git-dir >/dev/null 2>&1 || skip "no git checkout, whose changes can be listed"

# g++ has written the precompiled headers of these commands, which clang does not read; it includes what they hold in their place.
mkdir -p build/release/tidy
mapfile -t known < <(/usr/bin/python3 - "$database" build/release/tidy/compile_commands.json <<'PY'
import json
import pathlib
import re
import sys

commands = json.loads(pathlib.Path(sys.argv[1]).read_text())
for entry in commands:
    entry["command"] = re.sub(r" -include \S+cmake_pch\.hxx| -Winvalid-pch", "", entry["command"])
pathlib.Path(sys.argv[2]).write_text(json.dumps(commands))
root = pathlib.Path.cwd()
for entry in commands:
    path = pathlib.Path(entry["file"])
    if path.is_relative_to(root) and re.match(r"(src|apps)/.*(?<!_test)\.cc$", str(path.relative_to(root))):
        print(path.relative_to(root))
PY
)

case "${1:-}" in
  --all)
    shift
    chosen=("${known[@]}")
    if (($#)); then mapfile -t chosen < <(printf '%s\n' "${known[@]}" | grep -F "$(printf '%s\n' "$@")"); fi
    about="all sources${*:+ of $*}"
    ;;
  "")
    base=$(git merge-base origin/main HEAD 2>/dev/null || true)
    # On origin/main itself: what its last commit changed.
    if [[ -z $base || $base == $(git rev-parse HEAD) ]]; then base=$(git rev-parse -q --verify HEAD~1 || git rev-parse HEAD); fi
    changed=$({ git diff --name-only --diff-filter=d "$base"; git ls-files --others --exclude-standard; } | sed 's/\.h$/.cc/' | sort -u)
    mapfile -t chosen < <(printf '%s\n' "${known[@]}" | grep -Fx "$changed" || true)
    about="${#chosen[@]} sources that differ from $(git rev-parse --short "$base")"
    if ((${#chosen[@]} > most)); then
      chosen=("${chosen[@]:0:most}")
      about+=", the first $most of them"
    fi
    ;;
  *) echo "usage: scripts/check-tidy.sh [--all [PART...]]" >&2; exit 2 ;;
esac
((${#chosen[@]})) || { echo "clang-tidy: no source to check ($about)"; exit 0; }
# clang does not know all options of g++'s warnings. The count of suppressed warnings, which goes to stderr, tells nothing.
printf '%s\0' "${chosen[@]}" | xargs -0 -n 1 -P "$(nproc)" clang-tidy-14 -p build/release/tidy --quiet \
  --extra-arg=-Wno-unknown-warning-option 2> >(grep -v ' warnings\? generated\.$' >&2)
echo "clang-tidy: no finding in ${#chosen[@]} sources ($about)"
