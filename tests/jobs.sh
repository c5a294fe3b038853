#!/usr/bin/env bash
# `mhcnn jobs` on a store with an exam in each state: it lists them, says in sentences why an exam has no result, retries and cancels,
# and never makes a store where there is none.
source "$(dirname "$0")/lib.sh"

jobs() { "$BIN/mhcnn" jobs "$@" --store "sqlite:$work/node.db"; }
says() { grep -Eq -- "$1" "$out" || { cat "$out" >&2; fail "does not say: $1"; }; }

for command in list counts "show 1" "retry 1" "cancel 1"; do
  # shellcheck disable=SC2086
  expect_exit 1 jobs $command
  expect_error_line 'node.db: there is no such file'
done
[[ ! -e node.db ]] || fail "made a store"
: >node.db
expect_exit 1 jobs list
expect_error_line 'holds no job store'
rm -f node.db*
expect_exit 2 "$BIN/mhcnn" jobs list
expect_exit 2 "$BIN/mhcnn" jobs list --store "postgresql://node:secret@127.0.0.1/jobs"
grep -q secret "$err" && fail "shows the password"

"$BIN/make_job_store" "sqlite:$work/node.db"
expect_exit 0 jobs list --json
cp "$out" list.json
expect_exit 0 jobs show 2 --json
cp "$out" show.json
expect_exit 0 jobs counts --json
cp "$out" counts.json
"$PYTHON" - <<'PY'
import json
exams = json.load(open("list.json"))
assert [e["id"] for e in exams] == [8, 7, 6, 5, 4, 3, 2, 1], exams
states = {e["id"]: e["state"] for e in exams}
assert states == {1: "done", 2: "done", 3: "refused", 4: "dead", 5: "cancelled", 6: "running", 7: "waiting", 8: "receiving"}, states
show = json.load(open("show.json"))
assert {d["kind"]: d["state"] for d in show["deliveries"]} == {"seg": "dead", "sr": "queued", "cad": "stored"}, show["deliveries"]
assert show["priors"] == [{"density": "23.4 %, category b", "id": 1, "study_date": "20240101", "study_uid": "1.1"}], show["priors"]
assert show["summary"]["percent_density"] == 21
counts = json.load(open("counts.json"))
assert counts["exams"]["dead"] == 1 and counts["deliveries"]["PACS"] == {"dead": 1, "queued": 1, "stored": 1}, counts
PY
expect_exit 0 jobs list --state dead
says '^ +4 +dead'
[[ $(grep -c ' 20260' "$out") == 1 ]] || fail "other states are listed"
expect_exit 0 jobs list --patient P1 --from 20250101
says ' 1\.2$'
! grep -q ' 1\.1$' "$out" || fail "lists an exam before --from"
expect_exit 0 jobs list --study 1.3
says 'refused'
expect_exit 2 jobs list --state lost
expect_error_line 'receiving, waiting, running'

expect_exit 0 jobs show 1.2
says 'PACS: 1 result given up: 0122 SOP Class not supported'
says 'mhcnn jobs retry --dead-deliveries 2'
says 'PACS: 1 result not sent yet; next try at .*; the last try failed: connection refused'
says '20240101 +23.4 %, category b'
says 'received image 1.2.1.1 from dicom:MODALITY@192.0.2.1'
expect_exit 0 jobs show 3
says 'No image of the exam could be measured: out of scope: is a specimen'
expect_exit 0 jobs show 4
says 'given up at .*: the model is missing'
says 'mhcnn jobs retry 4'
expect_exit 0 jobs show 5
says 'cancelled by somebody'
expect_exit 0 jobs show 6
says 'Worker host:77 is measuring it'
expect_exit 0 jobs show 7
says '1 attempt failed so far; the last error was: no memory'
says 'Not measured: 1 object of its study \(quarantine: corrupt: is cut short\)'
expect_exit 0 jobs show 8
says 'its analysis did not start: check that mhcnn serve'
! grep -q $'\x1b' "$out" || fail "prints an escape of a peer"

expect_exit 0 jobs retry --dead-deliveries 2
says '1 deliveries'
expect_exit 0 jobs retry 4
expect_exit 0 jobs show 4
says 'state: waiting'
expect_exit 2 jobs retry 4
expect_error_line 'needs no new job'
expect_exit 0 jobs cancel 1.7
expect_exit 0 jobs show 7
says "cancelled by $(id -un)"
expect_exit 2 jobs cancel 7
expect_exit 2 jobs show 99
expect_error_line 'exam 99: is not in the store'
expect_exit 2 jobs retry
echo "passed"
