#!/usr/bin/env bash
# Pictures and masks that go wrong: frames, cut films, several breasts, turned files, masks that are none. Each beside its plain picture.
source "$(dirname "$0")/lib.sh"
data=${MHCNN_REAL_DATA:-$ROOT/../shared/data}

"$BIN/mhcnn" phantom --count 24 --seed 5 --height 800 --width 640 --out phantoms >/dev/null 2>&1
expect_exit 0 "$BIN/mhcnn" predict phantoms/images -o single --no-overlays --no-masks
"$PYTHON" - "$data" > chosen <<'PY'
import csv, pathlib, sys
rows = list(csv.DictReader(open("single/results.csv", newline="")))
flags = lambda r: set(r["flags"].split(";"))
# A phantom and a real film is one picture of one breast.
for row in rows:
    assert not flags(row) & {"picture_cut", "several_breasts", "frame_removed", "exif_turned"}, row
usual = [r for r in rows if not flags(r) & {"inverted", "no_background", "breast_cut_off", "outline_uncertain", "rotated", "upside_down"}]
chosen = [r["path"] for r in usual if float(r["percent_density"]) > 8][:3]
films = sorted(pathlib.Path(sys.argv[1]).glob("ddsm-fgt/images/*.png"))
print("\n".join(chosen + [str(films[i]) for i in (0, 45)] if films else chosen))
PY
mapfile -t chosen < chosen
((${#chosen[@]} >= 3)) || fail "only ${#chosen[@]} usual phantoms"
"$PYTHON" "$ROOT/tests/make_picture_cases.py" cases "${chosen[@]}"
"$BIN/mhcnn" predict cases -o out --no-overlays >"$out" 2>"$err" || true  # of cut ones and sheets some are no mammogram
"$PYTHON" - <<'PY'
import collections, csv, pathlib
import numpy
from PIL import Image
rows = {}
for row in csv.DictReader(open("out/results.csv", newline="")):
    path = pathlib.Path(row["path"])
    rows[path.parent.name, path.name] = row
plain = {name.split(".")[0]: float(r["percent_density"]) for (kind, name), r in rows.items() if kind == "plain"}
seen, refused, missed = collections.Counter(), collections.Counter(), collections.Counter()
for (kind, name), row in rows.items():
    if row["status"] != "ok" and kind.split("_")[0] in ("cut", "several"):
        assert row["error"].startswith("out_of_scope: ") and not row["percent_density"], row
        refused[kind.split("_")[0]] += 1
        continue
    assert row["status"] == "ok", row
    flags, percent = set(row["flags"].split(";")), float(row["percent_density"])
    word = kind.split("_")[0]
    wanted = {"frame": "frame_removed", "cut": "picture_cut", "several": "several_breasts"}.get(word)
    if word == "exif":
        turned = not name.split(".")[0].endswith("-1")
        assert ("exif_turned" in flags) == turned, row
        exact = not name.endswith(".jpg")
        assert abs(percent - plain[name.split("-")[0]]) <= (1e-6 if exact else 1), (row, plain)  # what JPEG loses moves it
    if word == "frame":
        # What JPEG loses moves the percent, too.
        assert abs(percent - plain[name.split(".")[0]]) <= (1.2 if kind == "frame_jpeg" else 0.5), (row, plain)
    if wanted is None:
        assert not flags & {"frame_removed", "picture_cut", "several_breasts"}, row
    elif not (kind == "frame_black" and wanted not in flags):  # black on black is not to be seen, and does no harm
        # What is left of a cut picture can look like a negative, and two breasts of one picture like one.
        missed[word] += wanted not in flags
        assert wanted in flags or word in ("cut", "several"), row
    seen[word] += 1
assert missed["cut"] <= 0.05 * seen["cut"] and missed["several"] <= 0.1 * seen["several"], (missed, seen)
assert set(seen) == {"plain", "frame", "cut", "several", "exif"}, seen
# Masks have the size of the picture as it is seen: in a frame, turned.
for (kind, name), row in rows.items():
    if kind in ("frame_white", "exif"):
        mask = Image.open(next(pathlib.Path("out/masks", kind).glob(name.split(".")[0] + "*.png")))
        size = Image.open(row["path"]).size if kind == "frame_white" else Image.open(f"cases/plain/{name.split('-')[0]}.png").size
        assert mask.size == size, (row["path"], mask.size, size)
assert refused["cut"] <= 0.2 * seen["cut"] and refused["several"] <= 0.5 * seen["several"], (refused, seen)
print("flagged or as the plain picture:", dict(seen), "without the flag:", dict(missed), "refused:", dict(refused))
PY

# DICOM with a frame, and the lower half gone.
"$BIN/mhcnn" phantom --exam --count 1 --seed 8 --height 800 --width 640 --format dicom --out exam >/dev/null 2>&1
"$PYTHON" - <<'PY'
import pathlib, numpy, pydicom
for n, path in enumerate(sorted(pathlib.Path("exam").rglob("*.dcm"))):
    ds = pydicom.dcmread(path)
    pixels = ds.pixel_array
    full = (1 << ds.BitsStored) - 1
    lowest = pixels[:, : pixels.shape[1]].min()
    def write(kind, array):
        pathlib.Path("dicoms", kind).mkdir(parents=True, exist_ok=True)
        ds.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
        ds.PixelData = numpy.ascontiguousarray(array.astype(pixels.dtype)).tobytes()
        ds.Rows, ds.Columns = array.shape
        ds.SOPInstanceUID = pydicom.uid.generate_uid()
        ds.save_as(pathlib.Path("dicoms", kind, f"{n}.dcm"))
    write("plain", pixels)
    write("framed", numpy.pad(pixels, 10, constant_values=full))
    cut = pixels.copy()
    dark = pixels.max() if ds.PhotometricInterpretation == "MONOCHROME1" else pixels.min()
    cut[pixels.shape[0] // 2:] = dark
    write("cut", cut)
PY
expect_exit 0 "$BIN/mhcnn" predict dicoms -o out-dicoms --no-overlays --no-masks
"$PYTHON" - <<'PY'
import csv, pathlib
rows = {tuple(pathlib.Path(r["path"]).parts[-2:]): r for r in csv.DictReader(open("out-dicoms/results.csv", newline=""))}
assert len(rows) == 12, len(rows)
for (kind, name), row in rows.items():
    flags = row["flags"].split(";")
    assert ("frame_removed" in flags) == (kind == "framed"), row
    assert ("picture_cut" in flags) == (kind == "cut"), row
    if kind == "framed":
        assert abs(float(row["percent_density"]) - float(rows["plain", name]["percent_density"])) <= 0.5, row
        assert abs(float(row["breast_area_cm2"]) / float(rows["plain", name]["breast_area_cm2"]) - 1) < 0.01, row
PY

# Masks: each kind is named by prepare, and what is kept has the right percent.
"$PYTHON" - "${chosen[0]}" <<'PY'
import csv, pathlib, shutil, sys
import numpy
from PIL import Image

image = pathlib.Path(sys.argv[1])
row = next(r for r in csv.DictReader(open("phantoms/manifest.csv", newline="")) if r["image"].endswith(image.name))
read = lambda key: numpy.asarray(Image.open(pathlib.Path("phantoms", row[key])).convert("L")) > 127
breast, dense = read("breast_mask"), read("dense_mask")
pathlib.Path("truth").write_text(str(100 * (dense & breast).sum() / breast.sum()))
byte = lambda mask: (mask * 255).astype("uint8")
white = numpy.full(breast.shape, 255, "uint8")
kinds = {
    "good": (byte(breast), byte(dense)), "ones": (byte(breast) // 255, byte(dense) // 255),
    "alpha": (byte(breast), numpy.dstack([white, white, white, byte(dense)])),
    "alpha_black": (byte(breast), numpy.dstack([0 * white, 0 * white, 0 * white, byte(dense)])),
    "alpha_grey": (byte(breast), numpy.dstack([white, byte(dense)])),
    "full_breast": (white, byte(dense)), "full_dense": (byte(breast), white), "dense_is_breast": (byte(breast), byte(breast)),
    "inverted_breast": (byte(~breast), byte(dense)), "inverted_dense": (byte(breast), byte(~dense)),
    "inverted_within": (byte(breast), byte(breast & ~dense)), "empty_breast": (0 * white, byte(dense)),
    "empty_dense": (byte(breast), 0 * white), "label_map": ((85 * breast + 85 * dense).astype("uint8"), byte(dense))}
for kind, (b, d) in kinds.items():
    for folder, array in (("breast_masks", b), ("dense_masks", d)):
        path = pathlib.Path("sets", kind, folder, "a.png")
        path.parent.mkdir(parents=True)
        Image.fromarray(array).save(path)
    pathlib.Path("sets", kind, "images").mkdir()
    shutil.copy(image, pathlib.Path("sets", kind, "images", "a.png"))
PY
for set in sets/*; do expect_exit 0 "$BIN/mhcnn" prepare generic "$set" -o "prepared/$(basename "$set")" --split-val 0 --split-test 0; done
"$PYTHON" - <<'PY'
import csv, json, pathlib
truth = float(open("truth").read())
wanted = {"good": set(), "ones": set(), "alpha": {"mask_in_alpha"}, "alpha_black": {"mask_in_alpha"}, "alpha_grey": {"mask_in_alpha"},
          "full_breast": {"mask_full"}, "full_dense": {"mask_full"}, "dense_is_breast": {"dense_full"}, "inverted_breast": {"mask_inverted"},
          "inverted_dense": {"mask_inverted"}, "inverted_within": {"dense_darker"}, "empty_breast": {"empty_mask"},
          "empty_dense": {"empty_mask", "empty_masks"}, "label_map": {"mask_values"}}
for kind, problems in wanted.items():
    found = {p["kind"] for p in json.load(open(f"prepared/{kind}/census.json"))["problems"]}
    assert found == problems, (kind, found)
    row = next(csv.DictReader(open(f"prepared/{kind}/manifest.csv", newline="")))
    percent = row["percent_density"]
    if kind in ("good", "ones") or kind.startswith("alpha"):
        assert abs(float(percent) - truth) < 0.01, (kind, percent, truth)
    elif kind == "inverted_within":
        assert abs(float(percent) - (100 - truth)) < 0.01, (kind, percent)
    else:
        assert percent == "", (kind, percent)
PY
# An RGBA mask is read in the same way without `prepare`.
expect_exit 0 "$BIN/mhcnn" evaluate prepared/alpha/manifest.csv -o alpha.json
expect_exit 0 "$BIN/mhcnn" evaluate prepared/good/manifest.csv -o good.json
"$PYTHON" - <<'PY'
import json
dice = lambda name: [l["value"] for l in json.load(open(name))["summary"] if l["metric"] == "Dice dense"]
assert dice("alpha.json") == dice("good.json") and dice("good.json"), (dice("alpha.json"), dice("good.json"))
PY

[[ -d $data/cases ]] || skip "no $data/cases (MHCNN_REAL_DATA names the real data's folder); all else passed"
expect_exit 0 "$BIN/mhcnn" predict "$data/cases/F09b-half-film" "$data/cases/F22-two-breasts" "$data/cases/F21-exif/images" "$data/cases/F09-mask-in-alpha/images" -o real --no-overlays --no-masks
expect_exit 0 "$BIN/mhcnn" prepare generic "$data/cases/F09-mask-in-alpha" -o f09 --split-val 0 --split-test 0
expect_exit 0 "$BIN/mhcnn" prepare generic "$data/cases/F21-exif" -o f21 --split-val 0 --split-test 0
"$PYTHON" - "$data" <<'PY'
import csv, json, pathlib, sys
import numpy
from PIL import Image
rows = {pathlib.Path(r["path"]).name: r for r in csv.DictReader(open("real/results.csv", newline=""))}
flags = lambda name: rows[name]["flags"].split(";")
percent = lambda name: float(rows[name]["percent_density"])
assert "picture_cut" in flags("film_half_black.png") and "picture_cut" not in flags("film_plain.png")
assert "several_breasts" in flags("two_breasts_facing.png")
assert "frame_removed" in flags("film_white_frame.png") and abs(percent("film_white_frame.png") - percent("film_plain.png")) <= 0.5, rows
assert "exif_turned" in flags("a.jpg") and abs(percent("a.jpg") - percent("film_plain.png")) <= 1, (rows["a.jpg"], rows["film_plain.png"])
for name, kinds in (("f09", ["mask_in_alpha"] * 2), ("f21", [])):
    found = [p["kind"] for p in json.load(open(f"{name}/census.json"))["problems"]]
    assert found == kinds, (name, found)
folder = pathlib.Path(sys.argv[1], "cases/F09-mask-in-alpha")
name = "A_0002_1.RIGHT_MLO.png"
breast = numpy.asarray(Image.open(folder / "breast_masks" / name))[..., 3] > 127
dense = numpy.asarray(Image.open(folder / "dense_masks" / name))[..., 3] > 127
got = float(next(csv.DictReader(open("f09/manifest.csv", newline="")))["percent_density"])
assert abs(got - 100 * (dense & breast).sum() / breast.sum()) < 0.01, got
PY
echo "passed"
