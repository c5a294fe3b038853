#!/usr/bin/env bash
# A batch killed twice, interrupted and resumed has each row once and equals the batch that was not killed; so do shards that are merged.
source "$(dirname "$0")/lib.sh"

count=${FILES:-60}
BIN=$BIN "$ROOT/scripts/experiments/mixed-phantoms.sh" in "$count" >/dev/null
[[ $(find in -type f | wc -l) == "$count" ]] || fail "made $(find in -type f | wc -l) files"
expect_exit 1 "$BIN/mhcnn" predict in -o whole -q --profile

# Killed at two moments that differ from run to run, then stopped as Ctrl-C does.
for round in 1 2 3; do
  resume=(--resume)
  [[ $round != 1 ]] || resume=()
  "$BIN/mhcnn" predict in -o killed -q "${resume[@]}" >/dev/null 2>&1 &
  pid=$!
  target=$((round * count / 4))
  while kill -0 $pid 2>/dev/null && (($(rows_done killed) < target)); do sleep 0.02; done
  sleep "0.0$((RANDOM % 10))"
  kill -STOP $pid 2>/dev/null || true  # so that the last round ends by its signal, however slow this machine is
  [[ $round == 3 ]] || kill -9 $pid 2>/dev/null || true
  [[ $round != 3 ]] || { kill -TERM $pid 2>/dev/null && kill -CONT $pid 2>/dev/null; } || true
  wait $pid 2>/dev/null || true
  (($(rows_done killed) < count)) || fail "round $round was not cut short"
done
[[ -f killed/results.csv ]] || fail "no table of the rows so far"
done_before=$(rows_done killed)
expect_exit 2 "$BIN/mhcnn" predict in -o killed -q
expect_error_line 'results of a run that was not finished; continue with --resume'
expect_exit 1 "$BIN/mhcnn" predict in -o killed -q --resume
nothing_half_written killed
grep -q "files were processed in an earlier run" "$out" || fail "nothing was resumed"
expect_exit 2 "$BIN/mhcnn" predict in -o killed -q --resume --convert-raw
expect_error_line 'another model or other options'

for part in 1 2 3; do
  "$BIN/mhcnn" predict in -o shards -q --shard $part/3 >/dev/null 2>&1 || [[ $? == 1 ]]
  [[ $part == 3 ]] || { expect_exit 2 "$BIN/mhcnn" merge shards; expect_error_line 'part .* of 3 is missing'; }
done
# Another number of shards would divide the files differently and measure all of them again.
expect_exit 2 "$BIN/mhcnn" predict in -o shards -q --shard 1/4
expect_error_line 'contains a shard of a run with another number of shards than 4'
expect_exit 0 "$BIN/mhcnn" merge shards

# The same exams as one zip file, as a list, and behind a DICOMDIR.
"$PYTHON" - <<'PY'
import pathlib, zipfile
with zipfile.ZipFile("all.zip", "w", zipfile.ZIP_DEFLATED) as z:
    for file in sorted(pathlib.Path("in").rglob("*")):
        if file.is_file():
            z.write(file, file.relative_to("in"))
pathlib.Path("list.txt").write_text("\n".join(str(p) for p in sorted(pathlib.Path("in").rglob("*")) if p.is_file()))
PY
expect_exit 1 "$BIN/mhcnn" predict all.zip -o zipped -q
expect_exit 1 "$BIN/mhcnn" predict --files-from list.txt -o listed -q
mkdir medium
i=0; for file in in/explicit-*/*.dcm; do cp "$file" medium/IM$((i++)); done
(cd medium && dcmmkdir -Pmi +D DICOMDIR IM* >/dev/null 2>&1 || dcmmkdir -Pgp -W -Nxc +I +D DICOMDIR IM* >/dev/null 2>&1) || fail "dcmmkdir"
expect_exit 0 "$BIN/mhcnn" predict medium/DICOMDIR -o medium_out -q
expect_exit 0 "$BIN/mhcnn" predict medium -o medium_folder -q

"$PYTHON" - "$count" <<'PY'
import csv, pathlib, sys
def rows(folder, table="results.csv"):
    return list(csv.DictReader(open(f"{folder}/{table}", newline="")))
def plain(table, strip=""):
    return [{k: v for k, v in r.items() if k != "seconds"} | {"path": r["path"].replace("all.zip/", "in/")} for r in table]
whole = rows("whole")
assert len(whole) == int(sys.argv[1]) and len({r["path"] for r in whole}) == len(whole)
assert sum(r["status"] == "error" for r in whole) == int(sys.argv[1]) // 20
for other in ("killed", "shards", "zipped", "listed"):
    assert plain(rows(other)) == plain(whole), other
for other in ("killed", "shards", "listed"):
    assert rows(other, "studies.csv") == rows("whole", "studies.csv"), other
overlays = lambda folder: sorted(str(p.relative_to(folder)) for p in pathlib.Path(folder).rglob("*.png"))
assert overlays("killed") == overlays("whole") == overlays("shards")
studies = rows("whole", "studies.csv")
exams = [s for s in studies if s["images"] == "4" and s["failed"] == "0"]
assert exams and all(s["views"] == "L-CC;L-MLO;R-CC;R-MLO" and s["missing"] == "" and s["used"] == "4" for s in exams)
by_study = {}
for r in whole:
    by_study.setdefault(r["study_uid"], []).append(r)
for s in exams:
    mean = sum(float(r["percent_density"]) for r in by_study[s["study"]]) / 4
    assert abs(mean - float(s["percent_density"])) < 0.11, s
assert sorted(r["sop_uid"] for r in rows("medium_out")) == sorted(r["sop_uid"] for r in rows("medium_folder"))
assert rows("medium_out") and all(r["status"] == "ok" for r in rows("medium_out"))
PY

# A plan takes its rates from a run: twice the machines take half the hours, and the images of an exam are those of the table.
expect_exit 0 "$BIN/mhcnn" plan --from whole --exams 100000 --machines 1,2 --cores 1 --shard-images 100 --straggling 0 --failures-per-hour 0 \
  --machine-mb-per-second 10000 --storage-mb-per-second 10000 --hours 100000
"$PYTHON" - "$out" <<'PY'
import csv, json, sys
said = open(sys.argv[1]).read().splitlines()
ok = [r for r in csv.DictReader(open("whole/results.csv", newline="")) if r["status"] == "ok"]
profile = json.load(open("whole/profile.json"))
rate = profile["processor_seconds"] / profile["images"]
assert said[0].startswith(f"rates: {rate:.3f} processor seconds"), (said[0], rate)
known = [r["study_uid"] for r in ok if r["study_uid"]]  # pictures without a header belong to no exam
assert f"{len(known) / len(set(known)):g} images an exam" in said[0], (said[0], len(known), len(set(known)))
one, two = ([float(x) for x in line.split()[1:4]] for line in said if line.split()[:1] in (["1"], ["2"]))
assert abs(one[0] / two[0] - 2) < 0.01 and one[0] == one[1] == one[2], (one, two)
PY
echo "killed after $((count / 4)) and $((count / 2)) and interrupted after $((3 * count / 4)) of $count files ($done_before done before the last resume): each row once, equal to the run not killed"
