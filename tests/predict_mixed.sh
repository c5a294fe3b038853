#!/usr/bin/env bash
# A folder of everything: pictures, DICOM in each syntax, and files that must be refused while the others are measured.
source "$(dirname "$0")/lib.sh"

mkdir in
"$BIN/mhcnn" phantom --count 3 --seed 5 --height 640 --width 400 --out png >/dev/null 2>&1
i=0
for picture in png/images/*.png; do cp "$picture" "in/picture-$((i++)).png"; done
for syntax in implicit explicit deflated rle jpeg-lossless jpeg-ls jpeg2000; do
  "$BIN/mhcnn" phantom --exam --count 1 --seed 5 --height 640 --width 400 --format dicom --syntax "$syntax" \
    --out "d-$syntax" >/dev/null 2>&1
  cp "$(find "d-$syntax" -name 'L-MLO.dcm')" "in/$syntax.dcm"
done
good=$(find in -type f | wc -l)
cp in/explicit.dcm in/no_extension
head -c 3000 in/explicit.dcm > in/truncated.dcm
head -c 20000 in/rle.dcm > in/truncated_rle.dcm
echo "not an image" > in/text.dcm
echo "a note" > in/notes.txt
head -c 500 in/picture-0.png > in/cut.png
"$PYTHON" "$ROOT/tests/make_bad_inputs.py" in

expect_exit 1 "$BIN/mhcnn" predict in -o out
nothing_half_written out
[[ $(head -1 out/results.csv) == "path,study_uid,sop_uid,laterality,view,percent_density,percent_low,percent_high,dense_area_cm2,breast_area_cm2,category,p_a,p_b,p_c,p_d,flags,status,error,model,seconds,percent_spread,percent_regression,percent_uncalibrated,category_range,ood_score,percent_strands" ]] ||
  fail "columns: $(head -1 out/results.csv)"
"$PYTHON" - "$good" <<'PY'
import csv, json, pathlib, sys
rows = {pathlib.Path(r["path"]).name: r for r in csv.DictReader(open("out/results.csv", newline=""))}
files = {p.name for p in pathlib.Path("in").iterdir()}
assert set(rows) == files - {"notes.txt"}, set(rows) ^ files
good = {n for n in rows if n.startswith(("picture", "no_ext")) or n.split(".")[0] in
        ("implicit", "explicit", "deflated", "rle", "jpeg-lossless", "jpeg-ls", "jpeg2000")}
assert len(good) == int(sys.argv[1]) + 1
for name, row in rows.items():
    assert row["status"] == ("ok" if name in good else "error"), row
    if name in good:
        assert 0 <= float(row["percent_density"]) <= 100 and row["percent_density"][-2] == "."
        assert row["category"] in "abcd" and abs(sum(float(row["p_" + c]) for c in "abcd") - 1) < 1e-3
        assert pathlib.Path("out/overlays").glob(name.split(".")[0] + "*")
    else:
        assert row["error"] and not row["percent_density"] and not row["category"], row
# One exam in every lossless syntax: the same pixels, so the same figures, with areas since a spacing is given.
exam = [rows[n] for n in rows if n.endswith(".dcm") and n in good]
assert len({r["percent_density"] for r in exam}) == 1, {r["path"]: r["percent_density"] for r in exam}
assert all(r["laterality"] == "L" and r["view"] == "MLO" and float(r["breast_area_cm2"]) > 5 for r in exam)
assert all("spacing_missing" in r["flags"] for n, r in rows.items() if n.startswith("picture"))
for name, words in {"truncated.dcm": "", "text.dcm": "", "ct.dcm": "CT", "tiny.png": "grey value", "black.png": "grey value",
                    "label_map.png": "label map"}.items():
    assert words in rows[name]["error"], rows[name]
data = json.load(open("out/results.json"))
assert data["schema"] == "mhcnn-results/1" and len(data["results"]) == len(rows)
assert all(r["percent_regression"] is not None for r in data["results"] if r["status"] == "ok")
PY

# Mask pictures have the original size and hold what the table says.
"$PYTHON" "$ROOT/tests/check_masks.py" out in
expect_exit 0 "$BIN/mhcnn" predict in/picture-0.png in/explicit.dcm -o out2
grep -q "not a medical device" "$out" || fail "the notice is missing"
echo "passed"
