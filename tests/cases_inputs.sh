#!/usr/bin/env bash
# Every file under the inputs has a row or is counted in a line: companions, links, rights, archives, drawings, masks.
source "$(dirname "$0")/lib.sh"

"$BIN/mhcnn" phantom --exam --count 1 --seed 5 --height 640 --width 400 --format dicom --out exam >/dev/null 2>&1
"$BIN/mhcnn" phantom --exam --count 1 --seed 5 --height 640 --width 400 --out set >/dev/null 2>&1
picture=$(find exam -name 'L-MLO.dcm') png=$(find set/images -name '*.png' | head -1)
mkdir cases
"$PYTHON" "$ROOT/tests/make_input_cases.py" "$picture" "$png" cases
cat > check.py <<'PY'
"""Reads the results of a run; `rows` by path below the inputs, `left` the counts of what has no row."""
import csv, json, sys
folder, base = sys.argv[1:3]
rows = {r["path"].removeprefix(base + "/"): r for r in csv.DictReader(open(folder + "/results.csv", newline=""))}
data = json.load(open(folder + "/results.json"))
left, names = data["left_out"]["counts"], data["left_out"]["files"]
assert data["left_out"]["total"] == sum(left.values()) and all(len(names[k]) == min(left[k], 200) for k in left), data["left_out"]
ok = {p for p, r in rows.items() if r["status"] == "ok"}
failed = {p: r["error"] for p, r in rows.items() if r["status"] != "ok"}
PY
check() { "$PYTHON" -c "exec(open('check.py').read())
$(cat)" "$@" || fail "$1 of $2"; }

# Companions, links, special files.
expect_exit 1 "$BIN/mhcnn" predict cases/beside -o out-beside --no-overlays
check out-beside cases/beside <<'PY'
assert ok == {"exam/._picture.png", "exam/IM1.dcm"}, ok
assert set(failed) == {"dangling", "itself"}, failed
assert "not_found: is a link to nowhere/IM9, which does not exist" in failed["dangling"] and "io: " in failed["itself"], failed
assert left == {"companion": 5, "no_image": 6, "folder_link": 2, "special_file": 2, "same_file": 2}, left
assert any(p.endswith("hard-link.dcm") for p in names["same_file"]), names
PY
grep -q 'left out: 6 files that are not images, 2 links to folders not followed, 5 companion files of macOS or Windows, 2 further names of the same files, 2 pipes, sockets or devices$' "$out" ||
  fail "the summary: $(grep 'left out' "$out")"
rm cases/beside/dangling cases/beside/itself
expect_exit 0 "$BIN/mhcnn" predict cases/beside -o out-beside --no-overlays  # what is only counted is no failure
expect_exit 1 timeout 600 "$BIN/mhcnn" predict cases/beside/pipe.dcm "$picture" -o out-pipe
grep -q 'unsupported: is a pipe, socket or device' out-pipe/results.csv || fail "a named pipe has no row"
expect_exit 1 "$BIN/mhcnn" predict cases/beside/notes.txt -o out-notes
grep -q 'neither DICOM' out-notes/results.csv || fail "a text file that was named has no row"

# Rights, as another user: what cannot be opened has a row that says so.
if [[ $EUID == 0 ]] && command -v setpriv >/dev/null; then
  mkdir other && chmod 777 other && chmod 755 "$work"
  status=0
  setpriv --reuid=65534 --regid=65534 --clear-groups "$BIN/mhcnn" predict cases/rights -o other/out --no-overlays >"$out" 2>"$err" || status=$?
  if [[ $status == 126 || $status == 127 ]] || grep -q 'Permission denied.*onnx' "$err"; then
    echo "not checked: another user cannot run $BIN/mhcnn"
  else
    [[ $status == 1 ]] || { cat "$out" "$err" >&2; fail "exit $status for files without rights"; }
    check other/out cases/rights <<'PY'
assert ok == {"open.dcm"}, rows
assert set(failed) == {"closed", "closed.dcm", "closed.txt", "shut"}, failed
assert all("io: " in e and "Permission denied" in e and "neither" not in e for e in failed.values()), failed
PY
  fi
fi

# Archives: the picture within measures as the plain one.
expect_exit 1 "$BIN/mhcnn" predict cases/archives -o out-archives
nothing_half_written out-archives
check out-archives cases/archives <<'PY'
long = "long" * 60
expected = {"plain.dcm", "gz.dcm.gz", "bz2.dcm.bz2", "xz.dcm.xz", "noext", "deflated.zip/a/IM1", "UPPER.ZIP/IM1.dcm", "bzip2.zip/IM1.dcm",
            "nested.zip/inner.zip/IM1.dcm", "nested.zip/inner.tar.gz/b/IM2", "nested.zip/IM3.dcm.gz", "plain.tar/a/IM1.dcm",
            f"plain.tar/a/{long}/IM2", f"gnu.tar/a/{long}/IM1", "ustar.tar/IM1.dcm", "gz.tar.gz/IM1.dcm", "gz.tgz/IM1.dcm",
            "bz2.tar.bz2/IM1.dcm", "xz.tar.xz/IM1.dcm", "linked.tar/IM1.dcm", "linked.tar/IM2.dcm"}
assert ok == expected, ok ^ expected
assert {r["percent_density"] for p, r in rows.items() if p in ok} == {rows["plain.dcm"]["percent_density"]}, rows
assert set(failed) == {"lzma.zip/IM1.dcm"} and "unsupported: is packed with LZMA" in failed["lzma.zip/IM1.dcm"], failed
assert left == {"companion": 1, "no_image": 2}, left
PY
expect_exit 0 "$BIN/mhcnn" predict cases/archives/gz.tar.gz cases/archives/noext cases/archives/gz.dcm.gz -o out-named
[[ $(grep -c ',ok,' out-named/results.csv) == 3 ]] || fail "archives that were named are not read"

expect_exit 1 timeout 600 "$BIN/mhcnn" predict cases/bad-archives -o out-bad
nothing_half_written out-bad
check out-bad cases/bad-archives <<'PY'
for name, words in {"seven.7z": "unsupported: is a 7z archive", "seven-noext": "unsupported: is a 7z archive", "rar.rar": "a RAR archive",
                    "disc.iso": "a disc image", "cut.dcm.gz": "corrupt: ", "flipped.dcm.gz": "corrupt: ", "no.gz": "not packed as its name says",
                    "cut.zip": "not a readable zip", "cut.tar": "corrupt: ", "cut.tar.gz": "corrupt: ", "bomb.dcm.xz": "limit: ",
                    "bomb.tar.bz2": "limit: ", "in.zip/inner.7z": "a 7z archive"}.items():
    assert words in failed[name], (name, failed.get(name), failed)
assert any(p.startswith("deep.zip/") and "limit: is inside 3 nested archives" in e for p, e in failed.items()), failed
assert not ok and not left, (ok, left)
PY
expect_exit 0 "$BIN/mhcnn" predict cases/other-archives -o out-other
check out-other cases/other-archives <<'PY'
assert set(rows) == {"good.dcm"} and left == {"no_image": 3}, (rows, left)
PY

# An earlier run's output, by its folder and by the text in the drawings.
mkdir -p again
mkdir again/pictures
find exam -name '*.dcm' -exec cp {} again/pictures \;
expect_exit 0 "$BIN/mhcnn" predict again/pictures -o again/results-of-may
cp -r again/results-of-may/overlays again/some-drawings
cp "$(find again/results-of-may/masks -name "*.png" | head -1)" again/loose.png
images=$(find again/pictures -name '*.dcm' | wc -l)
expect_exit 0 "$BIN/mhcnn" predict again -o out-again
check out-again again <<PY
assert len(ok) == $images and not failed, rows
# Drawings twice, masks, a mask more, tables; the page with its two files of data and three for each image.
assert left["earlier_run"] == 3 * $images + 1 + 4 + 1 + 2 + 3 * $images and set(left) <= {"earlier_run", "no_image"}, left
PY
expect_exit 1 "$BIN/mhcnn" predict again/loose.png "$picture" -o out-loose
grep -q 'is the mask that mhcnn drew' out-loose/results.csv || fail "a drawing that was named has no row"
expect_exit 1 "$BIN/mhcnn" predict again/results-of-may/masks -o out-none
expect_error_line 'no image file in it \(left out: .* of an earlier run\)'
expect_exit 0 "$BIN/mhcnn" predict again/pictures -o again/pictures  # beside the pictures; then once more
expect_exit 0 "$BIN/mhcnn" predict again/pictures -o again/pictures
check again/pictures again/pictures <<PY
assert len(ok) == $images and not failed and "earlier_run" not in left, (rows, left)
PY
"$PYTHON" - <<'PY'
import pathlib, re, struct
png = next(pathlib.Path("again/results-of-may/masks").rglob("*.png")).read_bytes()
assert b"tEXtSoftware\0mhcnn mask" in png[:100], png[:100]
PY

# A data set: its masks are counted, by the manifest and without it; a mask that is named fails.
count=$(find set/images -name '*.png' | wc -l)
expect_exit 0 "$BIN/mhcnn" predict set -o out-set
check out-set set <<PY
assert len(ok) == $count and not failed and left["mask"] == 3 * $count, (rows, left)
PY
grep -q "^$count of $count files measured" "$out" || fail "$(grep measured "$out")"
cp -r set bare && rm bare/manifest.csv
expect_exit 0 "$BIN/mhcnn" predict bare -o out-bare
check out-bare bare <<PY
assert len(ok) == $count and not failed and left["mask"] == 3 * $count, (rows, left)
PY
expect_exit 1 "$BIN/mhcnn" predict "$(find set/masks/dense -name '*.png' | head -1)" -o out-mask
grep -q 'label map' out-mask/results.csv || fail "a mask that was named has no row that says so"
expect_exit 1 "$BIN/mhcnn" predict set/masks -o out-masks
expect_error_line 'no image file in it \(left out: .* masks of a data set\)'

# Parts and a resumed run count the same.
for part in 1 2; do "$BIN/mhcnn" predict bare -o out-parts -q --shard $part/2 >/dev/null 2>&1 || fail "part $part"; done
expect_exit 0 "$BIN/mhcnn" merge out-parts
expect_exit 0 "$BIN/mhcnn" predict bare -o out-bare --resume
"$PYTHON" - <<'PY'
import json
left = [json.load(open(f + "/results.json"))["left_out"]["counts"] for f in ("out-bare", "out-parts")]
assert left[0] == left[1] and left[0]["mask"] > 0, left
PY

# The same of a data set that is prepared: companions, circles and links do not get in the way.
cp -r set mac && rm mac/manifest.csv && mv mac/masks/breast mac/breast_masks && mv mac/masks/dense mac/dense_masks && rm -r mac/masks
one=$(basename "$(find mac/images -name '*.png' | head -1)")
printf '\0\5\26\7\0\2\0\0' > "mac/images/._$one"
printf 'Bud1' > mac/images/.DS_Store
ln -s .. mac/images/up && ln -s nowhere mac/images/dangling.png
expect_exit 0 "$BIN/mhcnn" prepare generic mac -o prepared --split-val 0 --split-test 0
grep -q 'companion_file' prepared/census.txt || fail "companions are not counted"
grep -q 'unreadable_file' prepared/census.txt || fail "the dangling link is not said"
[[ $(tail -n +2 prepared/manifest.csv | grep -c "images/") == "$count" ]] || fail "$(wc -l < prepared/manifest.csv) lines for $count pictures"

# The shared examples, where they are.
shared=${MHCNN_REAL_DATA:-$ROOT/../shared/data}/cases
if [[ -d $shared ]]; then
  expect_exit 0 "$BIN/mhcnn" predict "$shared/F14-companions" -o out-f14
  grep -q 'left out: 3 companion files' "$out" || fail "F14: $(grep 'left out' "$out")"
  expect_exit 1 "$BIN/mhcnn" predict "$shared/F16-archives" -o out-f16
  [[ $(grep -c ',ok,' out-f16/results.csv) == 4 && $(grep -c 'packed with LZMA' out-f16/results.csv) == 1 ]] || fail "F16: $(cat out-f16/results.csv)"
fi
echo "passed"
