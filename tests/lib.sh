# shellcheck shell=bash
# Shared by the end-to-end scripts: BIN, ROOT and PYTHON come from ctest; a scratch folder goes at the end.
set -euo pipefail
: "${BIN:?run through ctest}" "${ROOT:?}" "${PYTHON:?}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
# Not the settings and the kept networks of the person who runs the tests.
export XDG_CONFIG_HOME=$work/.config XDG_CACHE_HOME=$work/.cache

fail() { echo "FAILED: $*" >&2; exit 1; }
skip() { echo "skipped: $*"; exit 77; }

# expect_exit STATUS COMMAND...: runs it, keeps its output in $out and $err (files), checks the exit status.
out=$work/stdout err=$work/stderr
expect_exit() {
  local wanted=$1 got=0
  shift
  "$@" >"$out" 2>"$err" </dev/null || got=$?
  [[ $got == "$wanted" ]] || { cat "$out" "$err" >&2; fail "exit $got instead of $wanted: $*"; }
}
expect_error_line() {  # the last line of stderr matches, and nothing of several lines was printed
  tail -n 1 "$err" | grep -Eq -- "$1" || { cat "$err" >&2; fail "no error line like: $1"; }
}
nothing_half_written() { [[ -z $(find "$1" -name '*.tmp*' 2>/dev/null) ]] || fail "left half-written: $(find "$1" -name '*.tmp*')"; }
rows_done() {  # rows in the journal of a folder of predict; 0 where the journal is not there yet
  local rows
  rows=$(grep -cs '"result"' "$1/results.journal") || true
  echo "${rows:-0}"
}
