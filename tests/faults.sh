#!/usr/bin/env bash
# What goes wrong under a running batch: the folder goes away and comes back (as a network disk does), files are replaced, a file
# takes forever to open, memory is short. The run goes on or stops with a message, and --resume gives each row once, equal to a plain
# run over the files as they are then. A killed run: tests/resume.sh. About 25 s.
source "$(dirname "$0")/lib.sh"
"$BIN/mhcnn" phantom --count 3 --seed 21 --height 832 --width 640 --format dicom --syntax jpeg-lossless --out made >/dev/null 2>&1
"$BIN/mhcnn" phantom --count 1 --seed 77 --height 832 --width 640 --format dicom --syntax jpeg-ls --out other >/dev/null 2>&1
count=24
"$PYTHON" - "$count" <<'PY'
import pathlib, sys
import pydicom
made = sorted(pathlib.Path("made").glob("*.dcm"))
pathlib.Path("source").mkdir()
for i in range(int(sys.argv[1])):
    ds = pydicom.dcmread(made[i % 3])
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = pydicom.uid.generate_uid()
    ds.StudyInstanceUID = pydicom.uid.generate_uid()
    ds.save_as(f"source/{i:02d}.dcm")
PY
predict=("$BIN/mhcnn" predict in --no-overlays --no-masks --no-page -q -j 1)
cp -a source in
expect_exit 0 "${predict[@]}" -o whole

rows_done() {  # 0 where the journal is not there yet
  local rows
  rows=$(grep -cs '"result"' "$1/results.journal")
  echo "${rows:-0}"
}
wait_rows() {  # until so many rows of the folder are done; fails if the run ends before
  while (($(rows_done "$1") < $2)); do
    kill -0 "$3" 2>/dev/null || fail "the run ended before $2 rows: $(cat "$err")"
    sleep 0.01
  done
}
equal_rows() {  # equal_rows A B: each row once, equal but for the seconds
  "$PYTHON" - "$1" "$2" "$count" <<'PY'
import csv, sys
def rows(folder):
    return [{k: v for k, v in r.items() if k != "seconds"} for r in csv.DictReader(open(folder + "/results.csv", newline=""))]
a, b = rows(sys.argv[1]), rows(sys.argv[2])
assert len(a) == int(sys.argv[3]) == len({r["path"] for r in a}), len(a)
assert a == b, next((x, y) for x, y in zip(a, b) if x != y)
PY
}
start() { "${predict[@]}" -o "$1" --resume >"$out" 2>"$err" </dev/null & pid=$!; }
trap 'kill -9 "${pid:-0}" 2>/dev/null || true; rm -rf "$work"' EXIT

# The folder goes away.
start away
wait_rows away 4 $pid
mv in elsewhere
wait $pid && fail "a run whose files went away says that all is well" || status=$?
[[ $status == 1 ]] || fail "exit $status where the folder went away"
grep -Eq ',error,"?(not_found|io)' away/results.csv || fail "no row says that its file is not there"
before=$(grep -c ',ok,' away/results.csv)
mv elsewhere in
expect_exit 0 "${predict[@]}" -o away --resume
equal_rows away whole || fail "the folder that came back"
echo "folder away after $before of $count files and back: each row once"

# Files are replaced while the batch runs, one that is done and one that is not.
start replaced
wait_rows replaced 4 $pid
for name in 00 23; do
  cp other/phantom-000001.dcm new
  mv new "in/$name.dcm"
done
wait $pid || fail "replaced files stop the run: $(cat "$err")"
expect_exit 0 "${predict[@]}" -o replaced --resume
expect_exit 0 "${predict[@]}" -o plain
equal_rows replaced plain || fail "replaced files"
echo "files replaced during the run: the resumed run has the rows of the new files"
rm -rf in
cp -a source in

# A file takes forever to open: a pipe without a writer in its place. The rows before it are kept, and a second worker goes on.
predict[-1]=2
start forever
wait_rows forever 3 $pid
rm in/20.dcm
mkfifo in/20.dcm
for _ in {1..1000}; do  # all but the one that hangs
  if ! kill -0 $pid 2>/dev/null || (($(rows_done forever) >= count - 1)); then break; fi
  sleep 0.02
done
if kill -0 $pid 2>/dev/null && (($(rows_done forever) < count)); then
  (($(rows_done forever) == count - 1)) || fail "$(rows_done forever) rows beside a file that hangs"
  # The first signal asks it to end after the file at hand, the second one does not wait for that.
  kill -TERM $pid
  sleep 1
  kill -TERM $pid 2>/dev/null || true
  for _ in {1..200}; do kill -0 $pid 2>/dev/null || break; sleep 0.05; done
  ! kill -0 $pid 2>/dev/null || { kill -9 $pid; fail "two signals did not end the run"; }
  ended="ended on the second signal"
else  # the file was open before the pipe took its place
  ended="ended by itself"
fi
status=0
wait $pid 2>/dev/null || status=$?
((status == 0 || status == 1 || status == 128 + 15)) || fail "status $status of a run with a file that takes forever"
rm in/20.dcm
cp -a source/20.dcm in
expect_exit 0 "${predict[@]}" -o forever --resume
equal_rows forever whole || fail "a file that took forever"
echo "a file that takes forever: the others were measured, the run $ended, the resumed run has each row once"

# Memory is short: rows say so or the run stops with a message; nothing is wrong, and it goes on with more.
for megabytes in 300 700 900 1500; do
  status=0
  (ulimit -v $((megabytes * 1024)); "${predict[@]}" -o short --resume >"$out" 2>"$err" </dev/null) || status=$?
  # 134: the C library ends a process that lacks the memory to load a library.
  ((status <= 1 || status == 134)) || { cat "$err" >&2; fail "exit $status with $megabytes MB"; }
  ((status == 0 || status == 134)) || grep -q ',error,' short/results.csv 2>/dev/null || expect_error_line '^error: '
done
nothing_half_written short
expect_exit 0 "${predict[@]}" -o short --resume
equal_rows short whole || fail "short of memory"
echo "address space of 300 to 1500 MB: the run stops or goes on, the resumed run has each row once"
