#!/usr/bin/env bash
# A JPEG 2000 file, of which predict decodes a smaller resolution level, gives nearly the percent of the same picture read whole: apart
# by 3 points at most, and by more than 1.5 in one picture of ten.
#   EXAMS=3 tests/reduced.sh through ctest's environment makes the figure of docs/dicom.md
source "$(dirname "$0")/lib.sh"

for syntax in jpeg2000 jpeg2000-lossy; do
  "$BIN/mhcnn" phantom --exam --count "${EXAMS:-1}" --seed 41 --height 3200 --width 2000 --format dicom --syntax $syntax --out $syntax >/dev/null 2>&1
  expect_exit 0 "$BIN/mhcnn" predict $syntax/exam-* -o out-$syntax --no-overlays -q
  expect_exit 0 "$BIN/mhcnn" predict $syntax/exam-* -o whole-$syntax --no-overlays -q --read-whole
done
"$PYTHON" - <<'PY'
import csv
def rows(name):
    return {r["sop_uid"]: r for r in csv.DictReader(open(f"{name}/results.csv", newline=""))}
for name in ("jpeg2000", "jpeg2000-lossy"):
    reduced, whole = rows("out-" + name), rows("whole-" + name)
    assert set(reduced) == set(whole) and len(whole) >= 4
    apart = [abs(float(reduced[k]["percent_density"]) - float(whole[k]["percent_density"])) for k in whole]
    areas = [abs(float(reduced[k]["breast_area_cm2"]) / float(whole[k]["breast_area_cm2"]) - 1) for k in whole]
    print(f"{name}: {len(apart)} pictures, percent apart by {sum(apart) / len(apart):.2f} points on average, {max(apart):.1f} at most, over 0.5 in {sum(a > 0.5 for a in apart)}; "
          f"breast area by {100 * max(areas):.2f} % at most")
    assert sorted(apart)[int(0.9 * (len(apart) - 1))] <= 1.5 and max(apart) <= 3, sorted(apart)
    assert max(areas) < 0.01
PY
PYCHECK=$("$PYTHON" -c '
import struct, pathlib
for out in ("whole-jpeg2000", "out-jpeg2000"):
    for p in pathlib.Path(out, "masks").rglob("*.png"):
        assert struct.unpack(">II", p.read_bytes()[16:24]) == (2000, 3200), p
print("masks have the size of the file")')
echo "$PYCHECK"
