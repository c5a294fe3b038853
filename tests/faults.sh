#!/usr/bin/env bash
# What goes wrong under a running batch: the folder goes away and comes back (as a network disk does), files are replaced, a pipe
# takes the place of a file, memory is short, a process is killed twice at one file. The run continues, or it stops with a
# message. After --resume each file has one row.
# The rows are equal to those of a new run over the same files. A killed run: tests/resume.sh. About 25 s.
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

start() { "${predict[@]}" -o "$1" --resume >"$out" 2>"$err" </dev/null & pid=$!; }
frozen() {  # frozen FOLDER ROWS: a run is stopped with so many rows done and files left; `kill -CONT $pid` lets it go on
  for _ in {1..20}; do
    rm -rf "$1"
    start "$1"
    while kill -0 $pid 2>/dev/null && (($(rows_done "$1") < $2)); do sleep 0.01; done
    if kill -STOP $pid 2>/dev/null && (($(rows_done "$1") < count - 6)); then return; fi
    kill -KILL $pid 2>/dev/null || true  # the machine was too slow to stop it in time
    wait $pid 2>/dev/null || true
  done
  fail "the run always ends before it can be stopped: $(cat "$err")"
}
pid=''
trap '[[ -z $pid ]] || kill -9 $pid 2>/dev/null || true; rm -rf "$work"' EXIT
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

# The folder goes away.
frozen away 4
mv in elsewhere
kill -CONT $pid
wait $pid && fail "a run whose files went away says that all is well" || status=$?
pid=''
[[ $status == 1 ]] || fail "exit $status where the folder went away"
grep -Eq ',error,"?(not_found|io)' away/results.csv || fail "no row says that its file is not there"
before=$(grep -c ',ok,' away/results.csv)
mv elsewhere in
expect_exit 0 "${predict[@]}" -o away --resume
equal_rows away whole || fail "the folder that came back"
echo "folder away after $before of $count files and back: each row once"

# The folder is away when the run is resumed, as on a node without the mount: the rows stay, and the run is refused.
mv in elsewhere
for place in none empty; do
  [[ $place == none ]] || mkdir in
  cp away/results.csv kept.csv
  expect_exit 1 "${predict[@]}" -o away --resume
  expect_error_line '^error: in: '
  cmp -s away/results.csv kept.csv || fail "a folder that is away ($place) changed the rows"
  [[ $place == none ]] || rmdir in
done
# So do the rows of files of a list.
find elsewhere -name '*.dcm' | sed 's/^elsewhere/in/' | sort >list.txt
expect_exit 1 "$BIN/mhcnn" predict --files-from list.txt --no-overlays --no-masks --no-page -q -j 1 -o away --resume
expect_error_line '^error: .*in/00\.dcm: is missing'
mv elsewhere in
expect_exit 0 "${predict[@]}" -o away --resume
grep -q "^$count files were processed in an earlier run" "$out" || fail "the rows were not kept: $(cat "$out")"
equal_rows away whole || fail "the folder that was away when the run was resumed"
echo "the folder is away when the run is resumed: refused, and no row is lost"

# A process that is killed twice at the same file: a row says so, and the batch is finished.
mkdir one
cp source/00.dcm one
killing=("$BIN/mhcnn" predict one --no-overlays --no-masks --no-page -q -j 1 -o killing --resume)
for round in 1 2; do
  "${killing[@]}" >"$out" 2>"$err" </dev/null & pid=$!
  while kill -0 $pid 2>/dev/null && ! grep -qs "\"kills\":$round" killing/results.begun; do :; done
  kill -KILL $pid 2>/dev/null || true
  wait $pid 2>/dev/null || true
done
pid=''
if grep -qs '"kills":2' killing/results.begun; then
  expect_exit 1 "${killing[@]}"
  grep -Eq 'one/00.dcm,.*,error,"?limit: the run was killed 2 times' killing/results.csv || fail "no row of the kills: $(cat killing/results.csv)"
  rm killing/results.begun
  expect_exit 0 "${killing[@]}"
  [[ ! -e killing/results.begun ]] || fail "notes of a finished run stay"
  echo "killed twice at one file: it has a row that says so, and is measured again when its note is deleted"
else
  echo "killed twice at one file: not tried, the file was done before it could be killed"
fi

# The pod's script succeeds only for a shard that is finished, whatever mhcnn and an earlier table say.
script=$(sed -n '/^            - |$/,/^          resources:/p' "$ROOT/examples/kubernetes/predict-job.yaml" | sed '1d;$d' |
  sed "s|/work/|$work/pod/|g")
[[ $script == *"mhcnn predict "* ]] || fail "no script in predict-job.yaml"
mkdir -p pod/out
pod() {  # pod STATUS: runs the script with a mhcnn that ends with STATUS
  printf '%s\n' 'busybox() { "$@"; }' "mhcnn() { return $1; }" "$script" >pod.sh
  JOB_COMPLETION_INDEX=1 sh pod.sh
}
echo "path" >pod/out/results-2-of-8.csv
pod 0 || fail "the pod of a run without errors fails"
! pod 1 2>/dev/null || fail "a table without a journal counts as finished"
printf '%s\n' '{"schema":"mhcnn-journal/1"}' '{"finished":true,"inputs":1}' >pod/out/results-2-of-8.journal
pod 1 || fail "a finished shard with errors counts as failed"
! pod 130 || fail "a stopped run counts as finished"
echo '{"resumed":true}' >>pod/out/results-2-of-8.journal
! pod 1 || fail "a shard that is not finished counts as finished"
echo "the pod's script: a shard counts as finished by its journal"

# Files are replaced while the batch runs, one that is done and one that is not.
frozen replaced 4
for name in 00 23; do
  cp other/phantom-000001.dcm new
  mv new "in/$name.dcm"
done
kill -CONT $pid
wait $pid || fail "replaced files stop the run: $(cat "$err")"
pid=''
expect_exit 0 "${predict[@]}" -o replaced --resume
expect_exit 0 "${predict[@]}" -o plain
equal_rows replaced plain || fail "replaced files"
echo "files replaced during the run: the resumed run has the rows of the new files"
rm -rf in
cp -a source in

# A pipe takes the place of a file: opening it would wait for ever. It is refused, and the others are measured.
frozen pipe 3
mkfifo new
mv new in/20.dcm
kill -CONT $pid
status=0
wait $pid || status=$?
pid=''
[[ $status == 1 ]] || fail "exit $status where a pipe took the place of a file"
[[ $(rows_done pipe) == "$count" ]] || fail "$(rows_done pipe) rows beside a pipe"
grep -Eq 'in/20.dcm,.*,error,"?unsupported: ' pipe/results.csv || fail "no row says that it is a pipe: $(grep in/20 pipe/results.csv)"
rm in/20.dcm
cp -a source/20.dcm in
expect_exit 0 "${predict[@]}" -o pipe --resume
equal_rows pipe whole || fail "a pipe in the place of a file"
echo "a pipe in the place of a file: it is refused, the others were measured, the resumed run has each row once"
predict[-1]=2

# Memory is short: rows say so or the run stops with a message; nothing is wrong, and it goes on with more.
for megabytes in 300 700 900 1500; do
  status=0
  rm -f short/results.csv
  (ulimit -v $((megabytes * 1024)); "${predict[@]}" -o short --resume >"$out" 2>"$err" </dev/null) || status=$?
  # 127, 134, 139: the loader or the C library ends a process that lacks the memory to load a library.
  ((status <= 1 || status == 127 || status == 134 || status == 139)) || { cat "$err" >&2; fail "exit $status with $megabytes MB"; }
  ((status != 1)) || grep -q ',error,' short/results.csv 2>/dev/null || expect_error_line '^error: '
done
nothing_half_written short
expect_exit 0 "${predict[@]}" -o short --resume
equal_rows short whole || fail "short of memory"
echo "address space of 300 to 1500 MB: the run stops or goes on, the resumed run has each row once"
