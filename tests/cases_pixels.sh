#!/usr/bin/env bash
# Pixel values and headers that go wrong (F02, F03, F06, F11, F15, F15b, F18 and F23 of the real data's cases):
# each file gives the percent of the same picture stored plainly, which pydicom, numpy and PIL make.
source "$(dirname "$0")/lib.sh"
cases=${MHCNN_REAL_DATA:-$ROOT/../shared/data}/cases
[[ -d $cases/F02-codestream-precision ]] || skip "$cases is not there; set MHCNN_REAL_DATA to the folder of real data"

mkdir in
for folder in F02 F03 F06 F11 F15-window F15b F18 F23; do
  for file in "$cases/$folder"*/*.dcm; do cp "$file" "in/${folder:0:3}${folder:3:1}_$(basename "$file")"; done
done
"$PYTHON" - in <<'PY'
import io
import pathlib
import sys

import numpy as np
import pydicom
from PIL import Image
from pydicom.encaps import generate_frames
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

folder = pathlib.Path(sys.argv[1])


def plain(source, name, values, bits):
    """The same header with these values and nothing that changes them."""
    ds = pydicom.dcmread(source)
    for key in ("VOILUTSequence", "WindowCenter", "WindowWidth", "VOILUTFunction", "PixelPaddingValue"):
        if key in ds:
            del ds[key]
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PixelRepresentation = 1, "MONOCHROME2", 0
    ds.BitsAllocated = 8 if bits <= 8 else 16
    ds.BitsStored, ds.HighBit = bits, bits - 1
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    ds.PixelData = values.astype(np.uint8 if bits <= 8 else "<u2").tobytes()
    ds["PixelData"].VR = "OB" if bits <= 8 else "OW"
    ds["PixelData"].is_undefined_length = False
    ds.save_as(folder / name, enforce_file_format=True)


for entries in (2500, 4096):
    source = folder / f"F03_{entries}_of_4096.dcm"
    ds = pydicom.dcmread(source)
    table = np.frombuffer(ds.VOILUTSequence[0].LUTData, "<u2")
    plain(source, f"lut_{entries}.dcm", table[np.minimum(ds.pixel_array, len(table) - 1)], 16)
source = folder / "F11_empty_item_window.dcm"
ds = pydicom.dcmread(source)
center, width = float(ds.WindowCenter), float(ds.WindowWidth)
fraction = np.clip((ds.pixel_array - (center - 0.5)) / (width - 1) + 0.5, 0, 1)
plain(source, "window.dcm", np.round(fraction * 65535), 16)
source = folder / "F18_jpeg_says_rgb_is_ybr.dcm"
ds = pydicom.dcmread(source)
stream = next(generate_frames(ds.PixelData, number_of_frames=1))
plain(source, "luminance.dcm", np.asarray(Image.open(io.BytesIO(stream)).convert("L")), 8)
PY

expect_exit 0 "$BIN/mhcnn" predict in -o out --no-overlays --no-masks
"$PYTHON" - out/results.csv <<'PY' || fail "see above"
import csv
import pathlib
import sys

rows = {pathlib.Path(row["path"]).stem: row for row in csv.DictReader(open(sys.argv[1], encoding="utf-8"))}
# Case, the same picture stored plainly, flags of the case.
expected = [
    ("F02_j2k_unsigned12_stored16_signed", "F02_plain", ""),
    ("F02_jpegls_10_of_12", "F02_plain", "bits_conflict"),
    ("F03_2500_of_4096", "lut_2500", "voi_lut_short"),
    ("F03_4096_of_4096", "lut_4096", ""),
    ("F06_400_signed16_pad-2000", "F06_400_plain12", ""),
    ("F11_data_OB", "F11_plain_expected", ""),
    ("F11_empty_item_window", "window", "voi_lut_unusable"),
    ("F15-_first_empty", "F15-_expected_2000_3000", ""),
    ("F15-_func_sigmoid_lower", "F15-_expected_sigmoid", ""),
    ("F18_jpeg_says_rgb_is_ybr", "luminance", ""),
    ("F23_vr_unknown_XX", "F23_gb18030", ""),
    ("F23_cr_mama_spanish", "F23_gb18030", "modality_not_mg"),
    ("F15b_view_RMLO_flipped", "F23_gb18030", "side_conflict"),
]
wrong = 0
for name, plain, flags in expected:
    case, other = rows[name], rows[plain]
    apart = abs(float(case["percent_density"]) - float(other["percent_density"]))
    added = set(case["flags"].split(";")) - set(other["flags"].split(";"))
    good = apart <= 0.1001 and added == set(filter(None, [flags]))
    wrong += not good
    print("right" if good else "WRONG", name, case["percent_density"], "plain", other["percent_density"], sorted(added))
if rows["F15b_view_RMLO_flipped"]["laterality"] != "R" or rows["F15b_view_RMLO_flipped"]["view"] != "MLO":
    wrong += 1
    print("WRONG side or view of RMLO")
sys.exit(wrong)
PY
grep -q '王小东' out/results.json || fail "the Patient ID in GB18030 is not in results.json"
echo "passed"
