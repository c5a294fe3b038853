#!/usr/bin/env bash
# SEG, SR and CAD SR of exams with many kinds of headers: given to programs of others, compared with the tables field by field, made
# again to the byte, and refused where they would be wrong.
source "$(dirname "$0")/lib.sh"
for program in dsrdump java; do command -v "$program" >/dev/null || skip "$program is not installed (scripts/setup)"; done
[[ -x $(dirname "$PYTHON")/dciodvfy ]] || skip "dciodvfy is not installed (scripts/setup)"

"$BIN/mhcnn" phantom --exam --count 1 --seed 7 --height 700 --width 480 --format dicom --out phantom >/dev/null 2>&1
exam=$(dirname "$(find phantom -name L-MLO.dcm)")
"$PYTHON" "$ROOT/tests/make_result_cases.py" "$exam" cases

expect_exit 1 "$BIN/mhcnn" predict cases -o out --format seg,sr,cad   # one view is empty, three exams have no objects
nothing_half_written out
"$PYTHON" - <<'PY'
import csv
rows = {s["study"]: s for s in csv.DictReader(open("out/studies.csv", newline=""))}
errors = " | ".join(s["objects_error"] for s in rows.values())
for words in ["no Study Instance UID (0020,000D)", "no Series Instance UID (0020,000E)", "several patients or dates in one study",
              "no CAD SR: R CC has no Patient Orientation"]:
    assert words in errors, (words, errors)
without = [s for s in rows.values() if not s["objects"]]
assert len(without) == 4, [(s["study"], s["objects_error"]) for s in without]  # no UIDs (2), two patients (2)
assert all(s["percent_density"] for s in without), "the tables hold their figures all the same"
PY
"$PYTHON" "$ROOT/tests/check_results_agree.py" out cases
"$PYTHON" "$ROOT/tests/judge_objects.py" out/objects "$BIN/read_segmentation" --templates "${TEMPLATES:-1}"

# The same inputs in another order and place: the same bytes. Another setting: other UIDs.
cp -r cases/plain moved
expect_exit 0 "$BIN/mhcnn" predict moved/R-MLO.dcm moved/L-CC.dcm moved/L-MLO.dcm moved/R-CC.dcm -o again --format cad,seg,sr
study=$(ls again/objects)
diff -r "again/objects/$study" "out/objects/$study" || fail "other bytes for the same inputs"
expect_exit 0 "$BIN/mhcnn" predict moved -o other --format seg,sr --tta 2 --seg-scale 3 --sr-3d --series-number 700
expect_exit 0 "$BIN/mhcnn" predict moved -o corrected --format sr,cad --corrects out/objects
"$PYTHON" - "$study" <<'PY'
import pathlib, sys, numpy as np, pydicom
from PIL import Image
a, b, c = (pathlib.Path(p, "objects", sys.argv[1]) for p in ("out", "other", "corrected"))
first, second = pydicom.dcmread(a / "sr.dcm"), pydicom.dcmread(b / "sr.dcm")
assert first.SOPInstanceUID != second.SOPInstanceUID and first.SeriesInstanceUID != second.SeriesInstanceUID
assert first.SOPClassUID.endswith("88.33") and second.SOPClassUID.endswith("88.34") and second.SeriesNumber == 701
seg, whole = pydicom.dcmread(b / "seg-R-MLO.dcm"), pydicom.dcmread(a / "seg-R-MLO.dcm")
assert (seg.Rows, seg.Columns) == (-(-whole.Rows // 3), -(-whole.Columns // 3))
labels = np.array(Image.open("other/masks/R-MLO.png"))
middle = [np.minimum(np.arange(-(-n // 3)) * 3 + 1, n - 1) for n in labels.shape]
labels = labels[np.ix_(*middle)]
assert np.array_equal(seg.pixel_array.astype(bool), [(labels == 85) | (labels == 170), labels == 170, labels == 255])
assert seg.PerFrameFunctionalGroupsSequence[0].DerivationImageSequence[0].SourceImageSequence[0].SpatialLocationsPreserved == "NO"
for name in ("sr.dcm", "cad.dcm"):
    new, old = pydicom.dcmread(c / name), pydicom.dcmread(a / name)
    earlier = new.PredecessorDocumentsSequence[0].ReferencedSeriesSequence[0].ReferencedSOPSequence
    assert [e.ReferencedSOPInstanceUID for e in earlier] == [old.SOPInstanceUID] and new.SOPInstanceUID != old.SOPInstanceUID
PY
"$PYTHON" "$ROOT/tests/judge_objects.py" other/objects "$BIN/read_segmentation"
"$PYTHON" "$ROOT/tests/judge_objects.py" corrected/objects "$BIN/read_segmentation"

# A picture file: a study of its own, with the picture in it.
expect_exit 0 "$BIN/mhcnn" predict png -o png-out --format seg,sr,cad
"$PYTHON" "$ROOT/tests/judge_objects.py" png-out/objects "$BIN/read_segmentation"
"$PYTHON" - <<'PY'
import pathlib, pydicom
files = {p.name.split("-")[0].split(".")[0]: pydicom.dcmread(p) for p in pathlib.Path("png-out/objects").rglob("*.dcm")}
assert set(files) == {"seg", "sr", "source"}, set(files)
assert len({d.StudyInstanceUID for d in files.values()}) == 1
assert files["seg"].SourceImageSequence[0].ReferencedSOPInstanceUID == files["source"].SOPInstanceUID
from PIL import Image
import numpy as np
picture = np.array(Image.open("png/picture.png"))
assert np.corrcoef(picture.ravel(), files["source"].pixel_array.ravel())[0, 1] > 0.999
assert files["seg"].Rows == picture.shape[0] and not files["sr"].PatientName
assert files["sr"].PatientID.startswith("PICTURE-") and files["seg"].PatientID == files["sr"].PatientID
PY

# Own objects found in a folder are no images; a named one is refused. --resume makes objects of a finished run.
expect_exit 0 "$BIN/mhcnn" predict moved "out/objects/$study" -o found
[[ $(wc -l < found/results.csv) == 5 ]] || fail "results of an earlier run were measured"
expect_exit 1 "$BIN/mhcnn" predict "out/objects/$study/sr.dcm" -o named
expect_exit 0 "$BIN/mhcnn" predict moved -o found --resume --format seg,sr,cad
diff -r "found/objects/$study" "out/objects/$study" || fail "other bytes after --resume"

# Shards keep exams whole; merging keeps what they say of their objects.
expect_exit 0 "$BIN/mhcnn" predict cases/plain cases/odd -o parts --format sr --shard 1/2
expect_exit 0 "$BIN/mhcnn" predict cases/plain cases/odd -o parts --format sr --shard 2/2
expect_exit 0 "$BIN/mhcnn" merge parts
[[ $(grep -c "sr.dcm" parts/studies.csv) == 2 ]] || fail "merged exams without their objects"

# What is wrong is said in one line.
expect_exit 2 "$BIN/mhcnn" predict moved -o wrong --format seg,dicom
expect_error_line 'no result format is named "dicom".*csv, json, seg, sr, cad, sc, fhir, all'
expect_exit 2 "$BIN/mhcnn" predict moved -o wrong --format seg --no-masks
expect_error_line 'made from the masks'
expect_exit 2 "$BIN/mhcnn" predict moved -o wrong --format sr --corrects moved
expect_error_line 'contains no SR document'
expect_exit 2 "$BIN/mhcnn" predict moved -o wrong --format sr --object-time noon
expect_error_line 'YYYYMMDDHHMMSS'

# inspect says what they are, and not whose.
expect_exit 0 "$BIN/mhcnn" inspect "out/objects/$study/"*.dcm
for words in "Segmentation" "Percent Fibroglandular Tissue" "Breast composition" "pectoral"; do
  grep -qi "$words" "$out" || fail "inspect does not say: $words"
done
! grep -q "Test" "$out" || fail "inspect names the patient"

# A full disk: no half of an exam, the row says why.
if mkdir small && mount -t tmpfs -o size=600k tmpfs small 2>/dev/null; then
  trap 'umount "$work/small"; rm -rf "$work"' EXIT
  mkdir small/out && expect_exit 0 "$BIN/mhcnn" predict cases/plain -o small/out --overlay-size 200 --no-page
  head -c $(( $(df --output=avail -B1 small | tail -1) - 100000 )) /dev/zero > small/filler
  expect_exit 1 "$BIN/mhcnn" predict cases/plain -o small/out --overlay-size 200 --no-page --resume --format seg,sr,cad
  nothing_half_written small/out
  [[ -z $(find small/out/objects -name '*.dcm' 2>/dev/null) ]] || fail "part of an exam on a full disk"
  grep -q "No space left" small/out/studies.csv "$err" || fail "no word of the full disk"
fi
echo "passed"
