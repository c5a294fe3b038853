#!/usr/bin/env bash
# A folder of phantoms as they come in the wild: DICOM exams in every transfer syntax that phantoms are written in (some without
# an extension), PNG, TIFF and PGM pictures, and one broken file in twenty.
#   scripts/experiments/mixed-phantoms.sh FOLDER [COUNT] [HEIGHT WIDTH]     (default 500 files of 640 x 400)
set -euo pipefail
out=$1 count=${2:-500} height=${3:-640} width=${4:-400}
root=$(dirname "$0")/../..
source "$root/scripts/programs.sh"
BIN=${BIN:-$root/build/release/bin} find_programs mhcnn
mhcnn=$bin/mhcnn
python=${PYTHON:-$root/.deps/venv/bin/python}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
syntaxes=(implicit explicit deflated rle jpeg-lossless jpeg-ls jpeg2000)
broken=$((count / 20)) pictures=$((count / 4))
exams=$(((count - broken - pictures) / 4))
mkdir -p "$out"
made=0
for i in "${!syntaxes[@]}"; do
  n=$(((exams + ${#syntaxes[@]} - 1 - i) / ${#syntaxes[@]}))
  ((n > 0)) || continue
  "$mhcnn" phantom --exam --count "$n" --seed "$((100 + i))" --height "$height" --width "$width" --format dicom \
    --syntax "${syntaxes[i]}" --out "$work/${syntaxes[i]}" >/dev/null 2>&1
  for exam in "$work/${syntaxes[i]}"/exam-*; do
    mkdir "$out/${syntaxes[i]}-${exam##*-}"
    mv "$exam"/*.dcm "$out/${syntaxes[i]}-${exam##*-}"
    made=$((made + 4))
  done
done
for file in "$out"/deflated-*/*.dcm; do mv "$file" "${file%.dcm}"; done
pictures=$((count - broken - made)) other=$(((count - broken - made) / 2))
mkdir "$out/pictures" "$out/broken"
"$mhcnn" phantom --count $((pictures - other)) --seed 99 --height "$height" --width "$width" --out "$work/png" >/dev/null 2>&1
mv "$work"/png/images/*.png "$out/pictures"
"$mhcnn" phantom --count "$other" --seed 98 --height "$height" --width "$width" --format dicom --out "$work/other" >/dev/null 2>&1
"$python" - "$work/other" "$out/pictures" <<'PY'
import pathlib, struct, sys
import pydicom
for i, file in enumerate(sorted(pathlib.Path(sys.argv[1]).rglob("*.dcm"))):
    pixels = pydicom.dcmread(file).pixel_array.astype("<u2")
    rows, columns = pixels.shape
    target = pathlib.Path(sys.argv[2]) / f"other-{i:04}"
    if i % 2:
        target.with_suffix(".pgm").write_bytes(b"P5\n%d %d\n65535\n" % (columns, rows) + pixels.byteswap().tobytes())
        continue
    # Width, length, bits, no compression, BlackIsZero, one strip.
    tags = {256: columns, 257: rows, 258: 16, 259: 1, 262: 1, 273: 8, 277: 1, 278: rows, 279: pixels.nbytes}
    directory = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", t, 4, 1, v) for t, v in tags.items()) + bytes(4)
    target.with_suffix(".tif").write_bytes(b"II*\0" + struct.pack("<I", 8 + pixels.nbytes) + pixels.tobytes() + directory)
PY
files=("$out"/*/*.dcm)
for ((i = 0; i < broken; ++i)); do
  head -c $((2000 + 977 * i)) "${files[i % ${#files[@]}]}" > "$out/broken/cut-$i.dcm"
done
find "$out" -type f | wc -l
