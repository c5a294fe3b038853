#!/usr/bin/env bash
# Readable pictures in odd files: DICOM whose bytes differ from its header, names on a medium, the toolkit's dictionary, output
# folders that cannot be written, long names, disks without mmap and fsync, BMP, JPEG 2000 and BigTIFF.
# Each gives the figure of the same picture stored plainly.
source "$(dirname "$0")/lib.sh"


mkdir stored
for syntax in explicit implicit deflated rle jpeg-lossless jpeg-ls jpeg2000; do
  "$BIN/mhcnn" phantom --exam --count 1 --seed 5 --height 640 --width 401 --format dicom --syntax "$syntax" --out "d-$syntax" >/dev/null 2>&1
  cp "$(find "d-$syntax" -name 'L-MLO.dcm')" "stored/$syntax.dcm"
done

# same_percent PLAIN.csv OUT.csv [FLAG]: every row is measured, to 0.1 of the one plain row.
same_percent() {
  "$PYTHON" - "$@" <<'PY'
import csv, sys
plain = float(next(csv.DictReader(open(sys.argv[1], newline="")))["percent_density"])
rows = list(csv.DictReader(open(sys.argv[2], newline="")))
assert rows
for row in rows:
    assert row["status"] == "ok", (row["path"], row["error"])
    assert abs(float(row["percent_density"]) - plain) <= 0.1, (row["path"], row["percent_density"], plain)
    flags = set(row["flags"].split(";"))
    odd = flags & {"syntax_conflict", "trailing_bytes", "end_missing"}
    name = row["path"].rsplit("/", 1)[-1]
    if "_says_" in name or "in_items" in name:
        assert "syntax_conflict" in odd, row
    if "_and_" in name or "zeros_for" in name:
        assert "trailing_bytes" in odd, row
    if "item_end" in name:
        assert "elements_skipped" in flags, row
    if "_less_" in name or "zeros_for" in name:
        assert "end_missing" in odd, row
PY
}

expect_exit 0 "$BIN/mhcnn" predict stored/explicit.dcm -o plain --no-overlays --no-masks -q
"$PYTHON" "$ROOT/tests/make_odd_dicom.py" stored odd
expect_exit 0 "$BIN/mhcnn" predict odd -o odd-out --no-overlays --no-masks -q
same_percent plain/results.csv odd-out/results.csv || fail "odd files"

# Cut short is not odd.
mkdir cut
for name in explicit jpeg-ls jpeg2000 rle; do
  head -c -40 "stored/$name.dcm" > "cut/$name.dcm"
  head -c -40 "odd/${name}_says_implicit.dcm" > "cut/${name}_implicit.dcm"
done
expect_exit 1 "$BIN/mhcnn" predict cut -o cut-out -q
! grep -q ',ok,' cut-out/results.csv || fail "a file that is cut short was measured: $(grep ',ok,' cut-out/results.csv)"

# The toolkit's dictionary in the environment.
cat > other.dic <<'DIC'
(0010,0010)	PN	PatientName	1	dicom
DIC
for path in /nonexistent/dicom.dic "$PWD/other.dic" ""; do
  expect_exit 0 env DCMDICTPATH="$path" "$BIN/mhcnn" predict stored/implicit.dcm -o "dict-out" --no-overlays --no-masks -q --restart
  same_percent plain/results.csv dict-out/results.csv || fail "DCMDICTPATH=$path"
  expect_exit 0 env DCMDICTPATH="$path" "$BIN/mhcnn" doctor
  grep -Eq 'ok +DICOM .*[0-9]{4} entries' "$out" || fail "doctor says nothing of the dictionary"
done

# A medium whose files have other names than its DICOMDIR says.
"$PYTHON" - <<'PY'
import pathlib, shutil, pydicom
from pydicom.fileset import FileSet
files = FileSet()
for k in range(2):
    image = pydicom.dcmread("stored/explicit.dcm")
    image.SOPInstanceUID = image.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{k + 1}"
    image.StudyDate, image.StudyTime, image.StudyID, image.SeriesNumber = "20260101", "120000", "1", 1
    files.add(image)
files.write("medium")
renames = {"dcm": lambda n: n + ".dcm", "DCM": lambda n: n + ".DCM", "version": lambda n: n + ";1", "dot": lambda n: n + ".;1",
           "lower": str.lower, "ima": lambda n: n.lower() + ".ima", "both": lambda n: n.lower() + ".dcm;1"}
for name, rename in renames.items():
    shutil.copytree("medium", f"medium-{name}")
    for path in list(pathlib.Path(f"medium-{name}").rglob("*")):
        if path.is_file() and path.name != "DICOMDIR":
            path.rename(path.with_name(rename(path.name)))
pathlib.Path("medium-version/DICOMDIR").rename("medium-version/DICOMDIR;1")
PY
for name in dcm DCM version dot lower ima both; do
  index=medium-$name/DICOMDIR
  [[ $name == version ]] && index="medium-version/DICOMDIR;1"
  expect_exit 0 "$BIN/mhcnn" predict "$index" -o "medium-out-$name" --no-overlays --no-masks -q
  [[ $(wc -l < "medium-out-$name/results.csv") == 3 ]] || fail "$index: $(cat "medium-out-$name/results.csv")"
  same_percent plain/results.csv "medium-out-$name/results.csv" || fail "$index"
done

# Output folders that cannot be written: which folder, why, and what to do.
touch a-file
expect_exit 2 "$BIN/mhcnn" predict stored/explicit.dcm -o a-file/out
expect_error_line 'a-file: is a file, but a folder is needed; name another folder'
expect_exit 2 "$BIN/mhcnn" predict stored/explicit.dcm -o a-file
expect_error_line 'a-file: is a file, but a folder is needed'
ln -s nowhere/at/all dangling
expect_exit 2 "$BIN/mhcnn" predict stored/explicit.dcm -o dangling/out
expect_error_line 'dangling: is a link to a folder that does not exist; '
if [[ $(id -u) == 0 ]] && command -v setpriv >/dev/null; then
  chmod 755 "$work"
  mkdir closed && chmod 755 closed
  other() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
  if other test -x "$BIN/mhcnn" -a -r "$work/stored/explicit.dcm"; then
    expect_exit 1 other "$BIN/mhcnn" predict "$work/stored/explicit.dcm" -o "$work/closed/out"
    expect_error_line 'closed: the folder "out" cannot be made in this folder: this user has no permission to write there; '
    expect_exit 1 other "$BIN/mhcnn" predict "$work/stored/explicit.dcm" -o "$work/closed"
    expect_error_line 'closed: the file "results.journal" cannot be written in this folder: this user has no permission'
  fi
fi

# Names of up to 255 bytes, and drawings of them.
mkdir long
long=$(printf 'a%.0s' {1..246})
cp stored/explicit.dcm "long/$long-1.dcm"
cp stored/explicit.dcm "long/$long-2.dcm"
expect_exit 0 "$BIN/mhcnn" predict long -o long-out -q
same_percent plain/results.csv long-out/results.csv || fail "long names"
[[ $(find long-out/overlays -name '*.png' | wc -l) == 2 && $(find long-out/masks -name '*.png' | wc -l) == 2 ]] || fail "drawings of long names: $(ls long-out/*)"

# A row with an error has no figure: the drawing's folder is a file's.
mkdir -p blocked/in/sub && cp stored/explicit.dcm blocked/in/sub/x.dcm && mkdir -p blocked/out/overlays && touch blocked/out/overlays/sub
expect_exit 1 "$BIN/mhcnn" predict blocked/in -o blocked/out -q
"$PYTHON" - <<'PY'
import csv
rows = list(csv.DictReader(open("blocked/out/results.csv", newline="")))
assert len(rows) == 1 and rows[0]["status"] == "error" and "overlays/sub is a file" in rows[0]["error"], rows
assert not rows[0]["percent_density"] and not rows[0]["category"] and not rows[0]["p_a"], rows
PY

# A disk that can neither map nor flush files, as some network disks: simulated.
if command -v cc >/dev/null; then
  cat > poor_disk.c <<'C'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
int fsync(int fd) { (void)fd; errno = EINVAL; return -1; }
int fdatasync(int fd) { (void)fd; errno = EINVAL; return -1; }
void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset) {
  char link[64], target[4096];
  ssize_t n;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  if (fd >= 0 && (n = readlink(link, target, sizeof target - 1)) > 4) {
    target[n] = 0;
    if (strcmp(target + n - 4, ".dcm") == 0) { errno = ENODEV; return MAP_FAILED; }
  }
  return ((void *(*)(void *, size_t, int, int, int, off_t))dlsym(RTLD_NEXT, "mmap"))(addr, length, prot, flags, fd, offset);
}
void *mmap64(void *addr, size_t length, int prot, int flags, int fd, off_t offset) { return mmap(addr, length, prot, flags, fd, offset); }
C
  cc -shared -fPIC -O1 -o poor_disk.so poor_disk.c -ldl
  expect_exit 0 env LD_PRELOAD="$PWD/poor_disk.so" "$BIN/mhcnn" predict stored/explicit.dcm stored/jpeg2000.dcm -o poor-out -q
  same_percent plain/results.csv poor-out/results.csv || fail "a disk without mmap and fsync"
  [[ $(grep -c 'cannot flush files' "$err") == 1 ]] || fail "the warning of a disk without fsync: $(cat "$err")"
fi

# Pictures: BMP, JPEG 2000 and BigTIFF give what PNG gives.
mkdir pictures png
"$PYTHON" - <<'PY'
import numpy as np, pydicom
from PIL import Image
from pydicom.encaps import get_frame
pixels = pydicom.dcmread("stored/explicit.dcm").pixel_array
eight = (pixels >> 4).astype(np.uint8)
Image.fromarray(eight).save("png/a.png")
Image.fromarray(eight).save("pictures/grey.bmp")
Image.fromarray(eight).convert("RGB").save("pictures/rgb.bmp")
Image.fromarray(eight).save("pictures/a.jp2", irreversible=False)
Image.fromarray(eight).save("pictures/a.j2k", irreversible=False)
Image.fromarray(eight).convert("RGB").save("pictures/rgb.jp2", irreversible=False)
Image.fromarray(eight).save("pictures/big.tif", big_tiff=True)
Image.fromarray(eight).save("pictures/lzw.btf", format="TIFF", big_tiff=True, compression="tiff_lzw")
# Sixteen bits: the same picture as 12 bits in JPEG 2000 and as a TIFF.
Image.fromarray(pixels).save("png/sixteen.png")
open("sixteen.j2c", "wb").write(get_frame(pydicom.dcmread("stored/jpeg2000.dcm").PixelData, 0))
Image.fromarray(pixels).save("sixteen.tif", big_tiff=True)
PY
expect_exit 0 "$BIN/mhcnn" predict png/a.png -o png-out --no-overlays --no-masks -q
expect_exit 0 "$BIN/mhcnn" predict pictures -o pictures-out --no-overlays --no-masks -q
[[ $(wc -l < pictures-out/results.csv) == 8 ]] || fail "pictures: $(cat pictures-out/results.csv)"
same_percent png-out/results.csv pictures-out/results.csv || fail "BMP, JPEG 2000, BigTIFF"
expect_exit 0 "$BIN/mhcnn" predict png/sixteen.png -o sixteen-png --no-overlays --no-masks -q
expect_exit 0 "$BIN/mhcnn" predict sixteen.j2c sixteen.tif -o sixteen-out --no-overlays --no-masks -q
same_percent sixteen-png/results.csv sixteen-out/results.csv || fail "JPEG 2000 of 12 bits, BigTIFF of 16"
mkdir cut-pictures
for name in grey.bmp a.jp2 a.j2k big.tif lzw.btf; do head -c -2000 "pictures/$name" > "cut-pictures/$name"; done
expect_exit 1 "$BIN/mhcnn" predict cut-pictures -o cut-pictures-out -q
! grep -q ',ok,' cut-pictures-out/results.csv || fail "a picture that is cut short was measured: $(cat cut-pictures-out/results.csv)"

# The shared cases.
data=${MHCNN_REAL_DATA:-$ROOT/../shared/data}
if [[ -d $data/cases ]]; then
  cases=$data/cases
  expect_exit 0 "$BIN/mhcnn" predict "$cases/F02-codestream-precision/plain.dcm" -o real-plain --no-overlays --no-masks -q
  expect_exit 0 "$BIN/mhcnn" predict "$cases"/F12-*/*.dcm "$cases"/F13-*/*.dcm -o real-out --no-overlays --no-masks -q
  same_percent real-plain/results.csv real-out/results.csv || fail "the shared cases F12, F13"
  medium=$cases/F20-dicomdir-names/ext
  expect_exit 0 "$BIN/mhcnn" predict "$(find "$medium" -name '*.dcm' | head -1)" -o real-file --no-overlays --no-masks -q
  expect_exit 0 "$BIN/mhcnn" predict "$medium/DICOMDIR" -o real-medium --no-overlays --no-masks -q
  same_percent real-file/results.csv real-medium/results.csv || fail "the shared case F20"
else
  echo "the shared cases are not in $data (MHCNN_REAL_DATA names their folder): left out"
fi
echo "passed"
