#!/usr/bin/env bash
# The summary page as Secondary Capture, the FHIR bundle and the NIfTI masks of exams with many kinds of headers: given to programs of
# others and compared with the tables value by value.
source "$(dirname "$0")/lib.sh"
[[ -x $(dirname "$PYTHON")/dciodvfy ]] || skip "dciodvfy is not installed (scripts/setup)"
"$PYTHON" -c "import fhir.resources, nibabel" 2>/dev/null || skip "fhir.resources or nibabel is not installed (scripts/setup)"

"$BIN/mhcnn" phantom --exam --count 1 --seed 7 --height 700 --width 480 --format dicom --out phantom >/dev/null 2>&1
exam=$(dirname "$(find phantom -name L-MLO.dcm)")
"$PYTHON" "$ROOT/tests/make_result_cases.py" "$exam" cases

expect_exit 1 "$BIN/mhcnn" predict cases -o out --format sc,fhir,seg,sr,cad   # some exams cannot have objects
nothing_half_written out
"$PYTHON" "$ROOT/tests/judge_pages.py" out cases

# The same inputs: the same bytes. A workstation that hangs MG alone gets MG.
expect_exit 0 "$BIN/mhcnn" predict cases/plain -o once --format sc,fhir
expect_exit 0 "$BIN/mhcnn" predict cases/plain/R-MLO.dcm cases/plain/L-CC.dcm cases/plain/L-MLO.dcm cases/plain/R-CC.dcm -o again --format fhir,sc
diff -r once/objects again/objects || fail "other bytes for the same inputs"
[[ $(find once/objects -type f | wc -l) == 2 ]] || fail "other objects than asked for"
expect_exit 0 "$BIN/mhcnn" predict cases/plain -o mg --format sc,fhir --sc-mg
"$PYTHON" "$ROOT/tests/judge_pages.py" mg cases/plain --mg

# Without the page the bundle has none, and no image is read again for it.
expect_exit 0 "$BIN/mhcnn" predict cases/plain -o plain --format fhir
! grep -q presentedForm plain/objects/*/fhir.json || fail "a page that was not asked for"

# A page is no image to be measured, and its header names the patient where its pixels do not.
expect_exit 0 "$BIN/mhcnn" predict cases/plain once/objects -o found
[[ $(wc -l < found/results.csv) == 5 ]] || fail "a page was measured"

# Masks as NIfTI: the values and places of the mask pictures, the spacing of the headers.
mkdir set && cp -r cases/plain cases/odd cases/no-spacing set
expect_exit 0 "$BIN/mhcnn" predict set -o masks --nifti
"$PYTHON" - <<'PY'
import csv, pathlib
import nibabel, numpy as np, pydicom
from PIL import Image
volumes = sorted(pathlib.Path("masks/masks").rglob("*.nii.gz"))
assert len(volumes) == 12, len(volumes)
for path in volumes:
    volume = nibabel.load(path)
    labels = np.asarray(volume.dataobj)[:, :, 0].T
    picture = np.array(Image.open(path.with_name(path.name.replace(".nii.gz", ".png"))))
    assert labels.dtype == np.uint8 and np.array_equal(labels * 85, picture), path
    name = path.relative_to("masks/masks").as_posix().removesuffix(".nii.gz").removesuffix(".dcm")
    source = pathlib.Path("set") / (name.removeprefix("set/") + ".dcm")
    d = pydicom.dcmread(source, stop_before_pixels=True)
    row, column = map(float, d.get("ImagerPixelSpacing", (1, 1)))
    factor = float(d.get("EstimatedRadiographicMagnificationFactor", 1) or 1) if "ImagerPixelSpacing" in d else 1
    assert np.allclose(volume.affine, np.diag([-column / factor, -row / factor, 1, 1]), atol=1e-6), (path, volume.affine)
    assert volume.header.get_xyzt_units()[0] == ("mm" if "ImagerPixelSpacing" in d else "unknown")
    assert volume.header["intent_code"] == 1002
PY
echo "passed"
