#!/usr/bin/env bash
# Peak memory of mhcnn predict over many files: copies of small phantoms, each an object of its own, with the resident memory sampled
# twice a second. Writes memory.csv (seconds, files done, MB) and prints the memory at each tenth of the files.
#   bench/memory.sh [FILES] [OUT]      (default 20000 files, build/memory); OPTIONS: further options of predict
set -euo pipefail
files=${1:-20000} out=${2:-build/memory}
root=$(cd "$(dirname "$0")/.." && pwd)
bin=${BIN:-$root/build/release/bin}
mkdir -p "$out"
work=$(mktemp -d -p "$out")
trap 'rm -rf "$work"' EXIT
"$bin/mhcnn" phantom --count 4 --seed 8 --height 320 --width 200 --format dicom --syntax explicit --out "$work/made" >/dev/null 2>&1
mkdir "$work/in"
"${PYTHON:-$root/.deps/venv/bin/python}" - "$work" "$files" <<'PY'
import pathlib, sys
work, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
made = [p.read_bytes() for p in sorted((work / "made").glob("*.dcm"))]
for i in range(count):
    content = made[i % len(made)]
    # Another last digits of the object's and the study's UID, in place.
    for tag in (b"\x08\x00\x18\x00UI", b"\x20\x00\x0d\x00UI", b"\x02\x00\x03\x00UI"):
        at = content.index(tag) + 8
        end = at + int.from_bytes(content[at - 2:at], "little")
        last = end - (content[end - 1] == 0)
        content = content[:last - 6] + b"%06d" % (100000 + i) + content[last:]
    folder = work / "in" / f"{i // 1000:03d}"
    folder.mkdir(exist_ok=True)
    (folder / f"{i:06d}.dcm").write_bytes(content)
PY
read -ra options <<<"${OPTIONS:---no-overlays --no-masks --no-page}"
"$bin/mhcnn" predict "$work/in" -o "$work/out" -q "${options[@]}" >"$work/said" 2>&1 &
pid=$!
start=$(date +%s.%N)
echo seconds,files,mb >"$out/memory.csv"
while kill -0 $pid 2>/dev/null; do
  done_files=$(grep -cs '"result"' "$work/out/results.journal" || true)
  mb=$(awk '/^VmRSS/ {print $2 / 1024}' "/proc/$pid/status" 2>/dev/null || true)
  [[ -z $mb ]] || awk -v s="$start" -v now="$(date +%s.%N)" -v f="${done_files:-0}" -v m="$mb" \
    'BEGIN {printf "%.1f,%d,%.0f\n", now - s, f, m}' >>"$out/memory.csv"
  sleep "${SAMPLE:-0.5}"
done
status=0
wait $pid || status=$?
[[ $status == 0 ]] || { cat "$work/said"; exit $status; }
awk -F, -v n="$files" 'NR > 1 {if ($3 > peak) peak = $3; if ($2 >= next_file) {printf "%6d files, %6.0f s: %5.0f MB\n", $2, $1, $3; next_file += n / 10}
  last = $1} END {printf "%d files in %.0f s, peak %.0f MB\n", n, last, peak}' "$out/memory.csv"
