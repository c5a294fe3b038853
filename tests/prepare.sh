#!/usr/bin/env bash
# `mhcnn prepare` on small copies of each public data set, made of phantoms in its exact layout with its traps.
source "$(dirname "$0")/lib.sh"

"$BIN/mhcnn" phantom --exam --count 4 --seed 31 --height 480 --width 320 --format dicom --out exams >/dev/null 2>&1
mkdir sets
"$PYTHON" "$ROOT/tests/make_data_sets.py" exams sets
prepare() { expect_exit 0 "$BIN/mhcnn" prepare "$@"; }
prepare vindr-mammo sets/vindr --masks sets/behravan -o vindr --split-val 0.34
prepare vindr-mammo sets/vindr --masks sets/behravan2 -o vindr2
prepare vindr-mammo sets/vindr -o vindr3
prepare cbis-ddsm sets/cbis -o cbis
prepare inbreast sets/inbreast -o inbreast
prepare mini-mias sets/mias -o mias
prepare mini-mias sets/mias -o mias_categories --tissue-categories F=a G=b D=d
prepare cdd-cesm sets/cesm -o cesm
prepare cdd-cesm sets/cesm_csv -o cesm_csv
prepare generic sets/generic -o generic
prepare generic exams/manifest.csv -o again
for page in */census.html; do grep -q "not a medical device" "$page" || fail "$page does not say what it is"; done

# Killed and resumed: the same files as a run that was not.
"$BIN/mhcnn" prepare generic exams/manifest.csv -o killed --threads 1 >/dev/null 2>&1 &
pid=$!
while kill -0 $pid 2>/dev/null && (($(wc -l 2>/dev/null <killed/journal.jsonl || echo 0) < 4)); do sleep 0.01; done
kill -9 $pid 2>/dev/null || true
wait $pid 2>/dev/null || true
prepare generic exams/manifest.csv -o killed
for file in manifest.csv census.txt census.json; do cmp again/$file killed/$file || fail "$file differs after a kill"; done
nothing_half_written killed

expect_exit 1 "$BIN/mhcnn" prepare inbreast sets/mias -o none
expect_error_line 'contains no INbreast.csv'
expect_exit 1 "$BIN/mhcnn" prepare cdd-cesm sets/mias -o none
expect_error_line 'contains no Radiology-manual-annotations.xlsx'
mkdir sets/bad_cesm
printf 'not a zip file' > sets/bad_cesm/Radiology-manual-annotations.xlsx
expect_exit 1 "$BIN/mhcnn" prepare cdd-cesm sets/bad_cesm -o none
expect_error_line 'Radiology-manual-annotations.xlsx'
expect_exit 2 "$BIN/mhcnn" prepare nosuch sets/mias -o none
expect_exit 2 "$BIN/mhcnn" prepare mini-mias sets/mias -o none --tissue-categories X=a
mkdir sets/bad
printf 'study_id,image_id\nx,y\n' > sets/bad/breast-level_annotations.csv
expect_exit 2 "$BIN/mhcnn" prepare vindr-mammo sets/bad -o none
expect_error_line 'laterality'
expect_exit 1 "$BIN/mhcnn" prepare generic sets/generic --strict -o strict

# Files of one name in the folders of several patients; what is not read is named; the set is not written to.
mkdir -p views/images/{p1,p2} views/dense_mask/p2 views/labels
for patient in p1 p2; do cp "sets/generic/images/twin.dcm" "views/images/$patient/RMLO.dcm"; done
cp "$(find sets/generic/dense_masks -name '*.png' | sort | head -n 1)" views/dense_mask/p2/RMLO.png
printf 'image,category\n' > views/labels.csv
prepare generic views -o views/set
grep -q 'p1/RMLO.dcm,,,' views/set/manifest.csv || fail "a mask of another patient"
grep -q 'p2/RMLO.dcm,,.*dense_mask/p2/RMLO.png' views/set/manifest.csv || fail "the mask of the same patient"
for left in labels labels.csv; do grep -q "views/$left: this .* is not read" views/set/census.txt || fail "$left is not named"; done
expect_exit 2 "$BIN/mhcnn" prepare generic views -o views/images/set
expect_error_line 'is in a folder of images or masks of the data set'
mkdir mine
cp exams/manifest.csv mine/manifest.csv
expect_exit 2 "$BIN/mhcnn" prepare generic mine/manifest.csv -o mine
expect_error_line 'mine/manifest.csv: is a table of the data set and would be overwritten'
cmp exams/manifest.csv mine/manifest.csv || fail "a table of the user was changed"

"$PYTHON" - <<'PY'
import csv, json, collections
def manifest(name):
    return list(csv.DictReader(open(f"{name}/manifest.csv", newline="")))
def problems(name):
    return collections.Counter(p["kind"] for p in json.load(open(f"{name}/census.json"))["problems"])
truth = {r["image"].split("/")[-2] + "/" + r["image"].split("/")[-1]: r for r in manifest("exams")}

v = manifest("vindr")
assert len(v) == 16 and all(r["category"] in "abcd" for r in v)
assert sum(bool(r["dense_mask"]) for r in v) == 6 and sum(bool(r["percent_density"]) for r in v) == 6
assert {r["split"] for r in v} == {"train", "val", "test"} and sum(r["split"] == "test" for r in v) == 4
assert problems("vindr")["orphan_row"] == 1 and problems("vindr")["orphan_image"] == 1 and problems("vindr")["orphan_mask"] == 1, problems("vindr")
given = sorted(float(r["percent_density"]) for r in v if r["percent_density"])
made = sorted(float(r["percent_density"]) for r in manifest("vindr2") if r["percent_density"])
assert len(made) == 6 and max(abs(a - b) for a, b in zip(given, made)) < 0.5, (given, made)  # JPEG masks give what the table says
assert not any(r["dense_mask"] for r in manifest("vindr3"))

c = manifest("cbis")
assert len(c) == 12 and sum(not r["category"] for r in c) == 1, problems("cbis")  # the density of 0
assert sum(r["split"] == "test" for r in c) == 4 and problems("cbis")["missing_table"] == 2
assert len({r["image"] for r in c}) == 12  # repeated abnormalities are one image

i = manifest("inbreast")
assert len(i) == 8 and sum(not r["category"] for r in i) == 1
assert {r["view"] for r in i} == {"CC", "MLO"} and sum(bool(r["pectoral_mask"]) for r in i) == 4
assert len({r["patient_id"] for r in i}) == 2

m = manifest("mias")
assert len(m) == 8 and not any(r["category"] for r in m) and problems("mias")["orphan_row"] == 1
assert problems("mias")["repeated_row"] == 1 and problems("mias")["no_coordinates"] == 1
sides = {r["image"].split("/")[-1]: r["laterality"] for r in m}
assert sides["mdb002.pgm"] == "L" and sides["mdb003.pgm"] == "R"
assert len({r["patient_id"] for r in m}) == 4
labels = {r["image"].split("/")[-1]: r for r in csv.DictReader(open("mias/set_labels.csv", newline=""))}
assert labels["mdb001.pgm"]["tissue"] == "G" and "y=598" in labels["mdb001.pgm"]["lesions"], labels["mdb001.pgm"]
assert collections.Counter(r["category"] for r in manifest("mias_categories")) == {"b": 4, "d": 2, "a": 2}

# The workbook and the CSV say the same: low-energy pictures alone; a blank density and two that differ are no label.
e = {r["image"].split("/")[-1]: r for r in manifest("cesm")}
assert len(e) == 8 and all("_DM_" in name for name in e), e
assert {(r["patient_id"], r["laterality"], r["view"]) for r in e.values()} == {(p, s, v) for p in ("P1", "P2") for s in "LR" for v in ("CC", "MLO")}
assert sum(not r["category"] for r in e.values()) == 2, e
published = {f"P{i // 4 + 1}_{r['laterality']}_DM_{r['view']}.jpg": r["category"] for i, r in enumerate(csv.DictReader(open("exams/manifest.csv"))) if i < 8}
assert all(r["category"] in ("", published[name]) for name, r in e.items()), e
for kind in ("orphan_row", "orphan_image", "no_category", "label_conflict"):
    assert problems("cesm")[kind] == problems("cesm_csv")[kind] == 1, (kind, problems("cesm"), problems("cesm_csv"))
again = {r["image"].split("/")[-1]: r for r in manifest("cesm_csv")}
assert {n: r["category"] for n, r in e.items()} == {n: r["category"] for n, r in again.items()}

g = manifest("generic")
p = problems("generic")
assert len(g) == 7 and p["orphan_mask"] == 1 and sum("broken" in r["image"] for r in g) == 0, (len(g), p)
for r in g:
    if r["dense_mask"]:
        stem = r["image"].split("/")[-1]
        want = next(t for n, t in truth.items() if n.replace("/", "_") in stem)
        assert abs(float(r["percent_density"]) - float(want["percent_density"])) < 0.01, r
twins = [r["split"] for r in g if "twin" in r["image"] or r["image"].endswith(g[0]["image"].split("/")[-1])]
assert len(set(twins)) == 1, twins
for name in ("vindr", "cbis", "inbreast", "mias", "generic", "again"):
    parts = {}
    for r in manifest(name):
        assert parts.setdefault(r["patient_id"] or r["image"], r["split"]) == r["split"], (name, r)
PY
echo "seven layouts, each with its traps"
