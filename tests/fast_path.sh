#!/usr/bin/env bash
# What makes predict fast changes no result: threads, streams, shards, a kept network, a damaged or missing cache; masks of 2 bits are the
# same pixels for each decoder; JPEG overlays; --profile; libraries of pictures are loaded only for pictures. About 15 s.
source "$(dirname "$0")/lib.sh"

exam=$ROOT/examples/phantom-exam
export XDG_CACHE_HOME=$work/cache XDG_CONFIG_HOME=$work/config
predict() { expect_exit 0 "$BIN/mhcnn" predict "$@" -q; }

# The first run keeps the compiled network, all others use it.
predict "$exam" -o first --profile
grep -Eq '^network +[0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9.]+$' "$err" || fail "no profile: $(cat "$err")"
[[ $(find cache/mhcnn -name '*.graph' | wc -l) == 1 ]] || fail "no network was kept"
predict "$exam" -o one-thread -j 1
predict "$exam" -o four-threads -j 4
predict "$exam" -o no-cache --no-cache
for part in 1 2; do predict "$exam" -o shards --shard $part/2; done
expect_exit 0 "$BIN/mhcnn" merge shards
for view in L-CC L-MLO R-CC R-MLO; do predict "$exam/$view.dcm" -o "single-$view"; done

# Damage, and folders that cannot be used.
for file in cache/mhcnn/*.graph; do truncate -s 100000 "$file"; done
predict "$exam" -o damaged
(($(stat -c %s cache/mhcnn/*.graph | sort -n | tail -1) > 100000)) || fail "a damaged network was not replaced"
XDG_CACHE_HOME=/proc/none predict "$exam" -o nowhere
env -u HOME -u XDG_CACHE_HOME "$BIN/mhcnn" predict "$exam" -o homeless -q >/dev/null || fail "without a home"
rm -rf cache
"$BIN/mhcnn" predict "$exam" -o twin-1 -q >/dev/null & pid=$!
predict "$exam" -o twin-2
wait $pid || fail "two at once"

# JPEG overlays, which no later run measures.
predict "$exam" -o jpeg --overlay-format jpeg --no-page
[[ $(find jpeg/overlays -name '*.jpg' | wc -l) == 4 && $(find jpeg/overlays -name '*.png' | wc -l) == 0 ]] || fail "$(ls jpeg/overlays)"
cp jpeg/overlays/*/L-CC.jpg loose.jpg 2>/dev/null || cp jpeg/overlays/L-CC.jpg loose.jpg
expect_exit 1 "$BIN/mhcnn" predict loose.jpg -o of-overlay -q
grep -q 'is the overlay that mhcnn drew' of-overlay/results.csv || fail "an overlay was measured"

# The result says the precision; the default says none.
predict "$exam" -o bf16 --precision bf16
grep -q ' bf16' bf16/results.csv || fail "the model column does not say bf16"
expect_exit 2 "$BIN/mhcnn" predict "$exam" -o mixed --precision f16

# The library of pictures, with the many that it needs, is loaded for a picture and not for DICOM.
LD_DEBUG=files "$BIN/mhcnn" predict "$exam/L-CC.dcm" -o loads -q 2>loads.txt >/dev/null || fail "predict of DICOM"
grep -q 'libopencv_core' loads.txt || fail "LD_DEBUG says nothing"
! grep -q 'libopencv_imgcodecs\|libgdal' loads.txt || fail "imgcodecs was loaded for DICOM"
"$PYTHON" -c 'import sys, numpy as np, pydicom; from PIL import Image
Image.fromarray(pydicom.dcmread(sys.argv[1]).pixel_array.astype(np.uint16)).save("picture.png")' "$exam/L-CC.dcm"
LD_DEBUG=files "$BIN/mhcnn" predict picture.png -o pictures -q 2>loads.txt >/dev/null || fail "predict of PNG"
grep -q 'libopencv_imgcodecs' loads.txt || fail "imgcodecs was not loaded for a PNG"

"$PYTHON" - "$ROOT/tests" <<'PY'
import csv, json, pathlib, sys
import numpy as np
from PIL import Image
sys.path.insert(0, sys.argv[1])
from check_masks import read_png

def rows(name):
    text = list(csv.DictReader(open(f"{name}/results.csv", newline="")))
    return {r["sop_uid"]: {k: v for k, v in r.items() if k not in ("seconds", "path")} for r in text}

first = rows("first")
assert len(first) == 4 and all(r["percent_density"] for r in first.values()), first
for name in ("one-thread", "four-threads", "no-cache", "shards", "damaged", "nowhere", "homeless", "twin-1", "twin-2", "jpeg"):
    assert rows(name) == first, name
for view in ("L-CC", "L-MLO", "R-CC", "R-MLO"):
    (uid, row), = rows("single-" + view).items()
    # What is said of the exam's other views is no part of a single file's row.
    assert row == first[uid], (view, row, first[uid])

def masks(name):
    return {p.name: p.read_bytes() for p in pathlib.Path(name, "masks").rglob("*.png")}
whole = masks("first")
assert len(whole) == 4 and masks("one-thread") == masks("shards") == whole
for path in pathlib.Path("first/masks").rglob("*.png"):
    assert path.read_bytes()[24:26] == b"\x02\x00", "2 bits, grey"
    ours, judge = read_png(path), np.array(Image.open(path))
    assert ours.dtype == np.uint8 and ours.ndim == 2 and (ours == judge).all() and judge.dtype == np.uint8
    assert set(np.unique(ours)) <= {0, 85, 170, 255} and {0, 85} <= set(np.unique(ours)), path
for path in pathlib.Path("jpeg/overlays").rglob("*.jpg"):
    exact = np.array(Image.open(next(pathlib.Path("first/overlays").rglob(path.stem + ".png")))).astype(int)
    jpeg = np.array(Image.open(path)).astype(int)
    assert jpeg.shape == exact.shape and np.abs(jpeg - exact).mean() < 3, path
profile = json.load(open("first/profile.json"))
assert profile["images"] == 4 and profile["stage_seconds"]["network"] > 0 and profile["first_row_seconds"] > 0, profile
apart = [abs(float(r["percent_density"]) - float(first[uid]["percent_density"])) for uid, r in rows("bf16").items()]
print("bf16: percent apart by", max(apart))
assert max(apart) < 2, apart
PY
