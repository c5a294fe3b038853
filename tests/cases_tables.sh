#!/usr/bin/env bash
# Tables and lists as other programs write them, names of any bytes, and two patients under one study: Python's csv and json,
# and pydicom, judge. Public cases of the same kinds run where the real data are there.
source "$(dirname "$0")/lib.sh"
"$BIN/mhcnn" phantom --count 3 --seed 11 --height 480 --width 320 --out p >/dev/null 2>&1
cat > judge.py <<'PY'
import csv, io, json, os, pathlib, re
def unescaped(text):  # docs/results.md
    return re.sub(rb"\\x([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), text.encode())
def table(path):
    text = pathlib.Path(path).read_bytes().decode("utf-8")  # strict
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e]", text), path
    return list(csv.DictReader(io.StringIO(text, newline="")))
def plain(rows):
    return [{k: v for k, v in row.items() if k != "seconds"} for row in rows]
PY

# --- names of any bytes ---
"$PYTHON" - <<'PY'
import os, shutil
source = sorted(os.scandir(b"p/images"), key=lambda e: e.name)
os.mkdir(b"in"); os.mkdir(b"in/\xe4")
names = [b"M\xfcller.png", "Größe 中.png".encode(), b"a\nb\x1b[31m.png", b"\xed\xa0\x80.png", b"x\\x41.png", b"\xe4/plain.png", b"50%.png"]
for i, name in enumerate(names):
    shutil.copy(source[i % 3].path, b"in/" + name)
open(b"in/bad\xff.png", "wb").write(b"no picture")
for name in (b"=1+1.png", b"-x.png", b"@SUM(A1).png"): shutil.copy(source[0].path, name)
PY
printf '=1+1.png\n-x.png\n@SUM(A1).png\n' > names.txt
expect_exit 1 "$BIN/mhcnn" predict in --files-from names.txt -o out
! grep -q $'\x1b' "$out" "$err" || fail "a control character of a name is on the screen"
iconv -f utf-8 -t utf-8 "$out" >/dev/null || fail "the screen's table is no UTF-8"
"$PYTHON" - <<'PY'
import json, os, sys
from judge import *
rows = table("out/results.csv")
files = {os.path.join(folder, name) for folder, _, names in os.walk(b"in") for name in names} | {b"=1+1.png", b"-x.png", b"@SUM(A1).png"}
assert {unescaped(r["path"]) for r in rows} == files, {unescaped(r["path"]) for r in rows} ^ files
assert all(r["status"] == ("error" if b"bad" in unescaped(r["path"]) else "ok") for r in rows)
assert not any(r["path"][0] in "=+-@" for r in rows + [{"path": s["study"]} for s in table("out/studies.csv")])
assert any(r["path"] == "in/Größe 中.png" for r in rows) and any(r["path"] == "in/50%.png" for r in rows)
data = json.loads(open("out/results.json", "rb").read().decode("utf-8"))
assert [unescaped(r["path"]) for r in data["results"]] == [unescaped(r["path"]) for r in rows]
assert {unescaped(s["study"]) for s in table("out/studies.csv")} == files
for line in open("out/results.journal", "rb").read().decode("utf-8").splitlines(): json.loads(line)
for name in (b"M\xfcller", b"a\nb\x1b[31m", b"\xe4/plain", b"x\\x41"):
    for folder in (b"out/overlays/", b"out/masks/"): assert os.path.exists(folder + name + b".png"), name
PY
cp out/results.csv before.csv
expect_exit 1 "$BIN/mhcnn" predict in --files-from names.txt -o out --resume
grep -q '^11 files were processed in an earlier run' "$out" || { cat "$out" >&2; fail "--resume did not find all files"; }
cmp before.csv out/results.csv || fail "a resumed table differs"
for part in 1 2; do "$BIN/mhcnn" predict in --files-from names.txt -o parts --shard $part/2 -q >/dev/null 2>&1 || true; done
expect_exit 0 "$BIN/mhcnn" merge parts
"$PYTHON" - <<'PY'
from judge import *
assert plain(table("parts/results.csv")) == plain(table("before.csv"))
assert table("parts/studies.csv") == table("out/studies.csv")
PY
# A folder of such names becomes a manifest in UTF-8, and predictions are matched with it by path.
"$PYTHON" - <<'PY'
import os, shutil
os.makedirs(b"set/images"); os.mkdir(b"set/dense_masks"); os.mkdir(b"set/breast_masks")
for i, entry in enumerate(sorted(os.scandir(b"p/images"), key=lambda e: e.name)):
    name = b"\xfc%d.png" % i
    for folder, source in ((b"images", b"p/images/"), (b"dense_masks", b"p/dense_masks/"), (b"breast_masks", b"p/breast_masks/")):
        if os.path.exists(source + entry.name): shutil.copy(source + entry.name, b"set/" + folder + b"/" + name)
PY
expect_exit 0 "$BIN/mhcnn" prepare generic set -o prepared --split-val 0 --split-test 0
expect_exit 0 "$BIN/mhcnn" prepare generic set -o prepared --split-val 0 --split-test 0  # from its journal
"$BIN/mhcnn" predict set/images -o predicted -q >/dev/null
expect_exit 0 "$BIN/mhcnn" evaluate prepared/manifest.csv --predictions predicted -o evaluation.json --resamples 100
"$PYTHON" - <<'PY'
import json
from judge import *
rows = table("prepared/manifest.csv")
assert len(rows) == 3 and all(os.path.exists(os.path.join(b"prepared", unescaped(r["image"]))) for r in rows), rows
assert json.loads(open("evaluation.json", "rb").read().decode("utf-8"))["counts"]["measured"] == 3
PY

# --- lists ---
"$PYTHON" - <<'PY'
import os, shutil
os.mkdir("lists"); os.mkdir("lists/in")
for i, (entry, name) in enumerate(zip(sorted(os.scandir("p/images"), key=lambda e: e.name), ("a.png", "b c.png", "ü.png"))):
    shutil.copy(entry.path, "lists/in/" + name)
paths = ["in/a.png", "in/b c.png", "in/ü.png"]
def put(name, text, encoding="utf-8"): open("lists/" + name, "wb").write(text.encode(encoding))
lines = "\r\n".join(paths) + "\r\n"
put("bom.txt", lines, "utf-8-sig"); put("utf16.txt", lines, "utf-16"); put("be.txt", "\ufeff" + lines, "utf-16-be")
put("le-no-bom.txt", lines, "utf-16-le"); put("be-no-bom.txt", lines, "utf-16-be"); put("latin1.txt", lines, "latin-1"); put("utf32.txt", lines, "utf-32")
put("quoted", "".join(f'"{p}"  \n' for p in paths)); put("backslash.txt", lines.replace("/", "\\")); put("cr.txt", "\r".join(paths))
for name, sep in (("comma.CSV", ","), ("semicolon.csv", ";"), ("tab.tsv", "\t"), ("bar.csv", "|")):
    put(name, f"Nr{sep}Path\r\n" + "".join(f"{i}{sep}{p}\r\n" for i, p in enumerate(paths)))
put("excel.csv", "sep=;\r\nFILE;x\r\n" + "".join(f'"{p}";1\r\n' for p in paths)); put("unicode.txt", "image\tx\r\n" + "".join(f"{p}\t1\r\n" for p in paths), "utf-16")
put("latin1.csv", "path;x\r\n" + "".join(f"{p};1\r\n" for p in paths), "latin-1")
put("nul.txt", "in/a.png\0in/b c.png\0"); put("other.csv", "id;name\n1;2\n"); put("twice.csv", "path,path\nin/a.png,b\n")
PY
for list in bom.txt utf16.txt be.txt le-no-bom.txt be-no-bom.txt latin1.txt utf32.txt quoted backslash.txt cr.txt comma.CSV semicolon.csv tab.tsv bar.csv \
  excel.csv unicode.txt latin1.csv; do
  expect_exit 0 timeout 60 "$BIN/mhcnn" predict --files-from "lists/$list" -o "l-$list" --no-overlays --no-masks -q
  [[ $(cut -d, -f1 "l-$list/results.csv" | tail -n +2 | sort) == $(printf 'lists/in/a.png\nlists/in/b c.png\nlists/in/ü.png') ]] ||
    { cat "l-$list/results.csv" >&2; fail "list $list"; }
done
expect_exit 2 timeout 60 "$BIN/mhcnn" predict --files-from lists/nul.txt -o l-nul
expect_error_line '^error: lists/nul\.txt: contains a zero byte in line 1'
expect_exit 2 "$BIN/mhcnn" predict --files-from lists/other.csv -o l-other
expect_error_line "lists/other\.csv: has no column 'path', 'image' or 'file'; its columns are id, name \(separated by ';'\)"
expect_exit 2 "$BIN/mhcnn" predict --files-from lists/twice.csv -o l-twice
expect_error_line "lists/twice\.csv: has two columns 'path'"
expect_exit 2 "$BIN/mhcnn" predict --files-from =1+1.png -o l-png
expect_error_line '=1\+1\.png: '

# --- two patients under one study ---
"$BIN/mhcnn" phantom --exam --count 1 --seed 3 --height 480 --width 320 --format dicom --out d >/dev/null 2>&1
cat > exams.py <<'PY'
import itertools, pathlib, pydicom, shutil
sources = sorted(pathlib.Path("d").rglob("*.dcm"))
assert len(sources) == 4
def exam(folder, *changes):  # the four views, with these attributes set in each
    for i, (source, change) in enumerate(zip(sources, itertools.cycle(changes))):
        data = pydicom.dcmread(source)
        for key in ("PatientID", "IssuerOfPatientID", "PatientBirthDate", "PatientName", "AcquisitionDate"): setattr(data, key, "")
        data.StudyDate, data.PatientSex = "20240110", "F"
        for key, value in change.items(): setattr(data, key, value)
        target = pathlib.Path(folder) / str(i % 2) / source.name
        target.parent.mkdir(parents=True, exist_ok=True)
        data.save_as(target)
a, b = {"PatientID": "A"}, {"PatientID": "B"}
exam("e/patients", a, b)
exam("e/dates", {**a, "StudyDate": "20220110"}, a)
exam("e/issuers", {**a, "IssuerOfPatientID": "EAST"}, {**a, "IssuerOfPatientID": "WEST"})
exam("e/births", {**a, "PatientBirthDate": "19500101"}, {**a, "PatientBirthDate": "19700101"})
exam("e/names", {"PatientName": "DOE^ANN"}, {"PatientName": "ROE^EVE"})
exam("o/plain", a)
exam("o/one_lacks", a, a, a, {})
exam("o/written", {"PatientID": "a "}, a)
exam("o/unknown_birth", {**a, "PatientBirthDate": "19000101"}, {**a, "PatientBirthDate": "19500101"})
exam("o/midnight", {**a, "AcquisitionDate": "20240110"}, {**a, "AcquisitionDate": "20240111"})
PY
"$PYTHON" exams.py
for kind in e/* o/*; do expect_exit 0 "$BIN/mhcnn" predict "$kind" -o "x-${kind//\//-}" --no-overlays --no-masks -q; done
for part in 1 2 3; do "$BIN/mhcnn" predict e/patients -o x-parts --no-overlays --no-masks -q --shard $part/3 >/dev/null; done
expect_exit 0 "$BIN/mhcnn" merge x-parts
"$PYTHON" - <<'PY'
import pathlib
from judge import *
for folder in pathlib.Path(".").glob("x-[eo]-*"):
    rows, exams = table(folder / "results.csv"), table(folder / "studies.csv")
    uid = rows[0]["study_uid"]
    if folder.name.startswith("x-o"):
        assert [e["study"] for e in exams] == [uid] and "study_mixed" not in exams[0]["flags"] and exams[0]["images"] == "4", (folder, exams)
        continue
    assert len(exams) == 2 and len({e["study"] for e in exams}) == 2, (folder, exams)
    assert all(e["study"].startswith(uid + " / ") and "study_mixed" in e["flags"].split(";") and e["images"] == "2" for e in exams), (folder, exams)
    percents = sorted(float(e["percent_density"]) for e in exams)
    views = [float(r["percent_density"]) for r in rows]  # sorted by path: the two files of a folder are of one woman
    assert all(abs(p - q) < 0.11 for p, q in zip(percents, sorted((sum(views[:2]) / 2, sum(views[2:]) / 2)))), (folder, exams, views)
assert [e["study"].split(" / ")[1] for e in table("x-e-patients/studies.csv")] == ["A", "B"]
assert table("x-parts/studies.csv") == table("x-e-patients/studies.csv")
PY

# --- manifests ---
"$PYTHON" - <<'PY'
import os
images = sorted(os.listdir("p/images"))
rows = [(f"p/images/{n}", p, c) for n, p, c in zip(images, (53.2, 16.1, 7.5), "dba")]
def put(name, header, lines, encoding="utf-8"): open(name, "wb").write(("\n".join([header, *lines]) + "\n").encode(encoding))
put("plain.csv", "image,percent_density,category", [f"{i},{p},{c}" for i, p, c in rows])
put("german.csv", "Image;Percent_Density;Category;Patient ID", [f"{i};{str(p).replace('.', ',')};{c.upper()};Jörg" for i, p, c in rows], "latin-1")
put("utf16.csv", "image\tpercent_density\tcategory", [f"{i}\t{p}\t{c}" for i, p, c in rows], "utf-16")
put("twice.csv", "image,percent_density,category,percent_density", [f"{i},{p},{c},1" for i, p, c in rows])
put("fraction.csv", "image,percent_density,category", [f"{i},{p / 100},{c}" for i, p, c in rows])
put("comma.csv", "image,percent_density,category", [f"{i},{str(p).replace('.', ',')},{c}" for i, p, c in rows])
PY
for name in plain german utf16; do
  expect_exit 0 "$BIN/mhcnn" prepare generic $name.csv -o m-$name --split-val 0 --split-test 0
  expect_exit 0 "$BIN/mhcnn" evaluate $name.csv -o $name.json --resamples 100
done
"$PYTHON" - <<'PY'
import json
from judge import *
truth = [(c["true_percent"], c["true_category"]) for c in json.load(open("plain.json"))["cases"]]
assert truth == [(53.2, "d"), (16.1, "b"), (7.5, "a")], truth
for name in ("german", "utf16"):
    assert [(c["true_percent"], c["true_category"]) for c in json.load(open(f"{name}.json"))["cases"]] == truth, name
    assert [r["percent_density"] for r in table(f"m-{name}/manifest.csv")] == ["53.200", "16.100", "7.500"]
assert {r["patient_id"] for r in table("m-german/manifest.csv")} == {"Jörg"}
PY
for command in "prepare generic @ -o m-bad" "evaluate @" "calibrate @ -o bad.json"; do
  read -ra arguments <<<"$command"
  expect_exit 2 "$BIN/mhcnn" "${arguments[@]/@/twice.csv}"
  expect_error_line "twice\.csv: has two columns 'percent_density' \(its columns 2 and 4\)"
  expect_exit 2 "$BIN/mhcnn" "${arguments[@]/@/fraction.csv}"
  expect_error_line 'fraction\.csv: the column percent_density looks like fractions.*multiply fractions by 100'
  expect_exit 2 "$BIN/mhcnn" "${arguments[@]/@/comma.csv}"
  expect_error_line "comma\.csv: line 2: has 4 fields where the header has 3 \(separated by ','\)"
done
# Predictions saved again by a spreadsheet of another country.
"$PYTHON" - <<'PY'
import csv, os
from judge import *
os.mkdir("saved")
rows = table("predicted/results.csv")
with open("saved/results.csv", "w", encoding="utf-16", newline="") as out:
    out.write(";".join(rows[0]) + "\r\n")
    for r in rows: out.write(";".join(v if k in ("path", "flags", "model", "error") and ";" not in v else '"' + v + '"' if ";" in v else v.replace(".", ",") for k, v in r.items()) + "\r\n")
PY
expect_exit 0 "$BIN/mhcnn" evaluate prepared/manifest.csv --predictions saved -o saved.json --resamples 100
"$PYTHON" -c '
import json
a, b = (json.load(open(n))["cases"] for n in ("evaluation.json", "saved.json"))
assert all(abs(x["percent"] - y["percent"]) < 0.06 and x["category"] == y["category"] for x, y in zip(a, b))'

# --- public cases ---
cases=${MHCNN_REAL_DATA:-$ROOT/../shared/data}/cases
[[ -d $cases/F01-two-patients ]] || { echo "passed, without the public cases (MHCNN_REAL_DATA names their folder)"; exit 0; }
expect_exit 0 "$BIN/mhcnn" predict "$cases/F01-two-patients" -o c01 --no-overlays --no-masks -q
"$PYTHON" - <<'PY'
from judge import *
exams = table("c01/studies.csv")
assert len(exams) == 2 and all("study_mixed" in e["flags"].split(";") and e["images"] == "1" for e in exams), exams
PY
mkdir cases && cp -r "$cases/F08-F17-lists" "$cases/F09-manifests" cases/ && chmod -R u+w cases && mkdir cases/F08-F17-lists/in cases/F09-manifests/in
cp lists/in/* cases/F08-F17-lists/in/
for i in 0 1 2 3 4 5; do cp "lists/in/a.png" "cases/F09-manifests/in/f$i.png"; done
for list in cases/F08-F17-lists/*.*; do
  wanted=$("$PYTHON" -c 'import sys; raw = open(sys.argv[1], "rb").read(); print((raw.decode("utf-16") if raw[:2] == b"\xff\xfe" else raw.decode()).count(".png"))' "$list")
  expect_exit 0 timeout 60 "$BIN/mhcnn" predict --files-from "$list" -o "c-${list##*/}" --no-overlays --no-masks -q
  [[ $(grep -c ',ok,' "c-${list##*/}/results.csv") == "$wanted" ]] || fail "public list $list"
done
for table in dupcols:'has two columns' fraction:'looks like fractions'; do
  expect_exit 2 "$BIN/mhcnn" evaluate "cases/F09-manifests/${table%%:*}.csv"
  expect_error_line "${table#*:}"
done
for table in latin1 semicolon_comma; do
  expect_exit 0 "$BIN/mhcnn" prepare generic "cases/F09-manifests/$table.csv" -o "c-$table" --split-val 0 --split-test 0
  [[ $(cut -d, -f5 "c-$table/manifest.csv" | tr '\n' ' ') == "percent_density 53.200 16.100 7.500 20.000 30.500 12.250 " ]] || fail "percents of $table"
done
grep -q ',Müller,' c-latin1/manifest.csv || fail "the name in Latin-1"
echo "passed"
