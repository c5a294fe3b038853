#!/usr/bin/env bash
# A real Slurm on loopback runs the example files: the array of examples/slurm/predict.sbatch with a task that is killed and one
# that is requeued while it runs, and the training of examples/slurm/train.sbatch on two processes. The merged table has each row once
# and equals that of a plain run. Needs root and the Debian packages slurm-wlm and munge; about a minute: only with MHCNN_SLOW=1.
# KEEP_LOG=FOLDER keeps the logs.
source "$(dirname "$0")/lib.sh"
[[ -n ${MHCNN_SLOW:-} ]] || skip "set MHCNN_SLOW=1 to start a Slurm on this machine"
for program in munged slurmctld slurmd sbatch; do
  command -v $program >/dev/null || PATH=$PATH:/usr/sbin
  command -v $program >/dev/null || skip "no $program (apt-get install slurm-wlm munge)"
done
[[ $EUID == 0 ]] || skip "slurmd starts tasks only as root"

# Ends what this script started, by process id; the shared trap removes the folder after that.
daemons=()
stop() {
  scancel --user root >/dev/null 2>&1 || true
  sleep 1
  for pid in "${daemons[@]}"; do kill "$pid" 2>/dev/null || true; done
  sleep 1
  for pid in "${daemons[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
  [[ -z ${KEEP_LOG:-} ]] || cp -r "$work"/log "$KEEP_LOG"
  rm -rf "$work"
}
trap stop EXIT

free_ports() { "$PYTHON" -c "
import socket
made = [socket.socket() for _ in range($1)]
for s in made: s.bind(('127.0.0.1', 0))
print(*(s.getsockname()[1] for s in made))"; }
read -r controller node < <(free_ports 2)
mkdir log state spool munge
chmod 700 munge
head -c 1024 /dev/urandom >munge/key
chmod 600 munge/key
munged --force --foreground --key-file munge/key --socket "$work/munge/socket" --pid-file munge/pid --log-file "$work/log/munged" \
  --seed-file munge/seed --num-threads 2 >/dev/null 2>&1 &
daemons+=($!)

host=$(hostname -s) slots=$(($(nproc) > 2 ? $(nproc) : 2))
cat >slurm.conf <<CONF
ClusterName=loopback
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmctldPort=$controller
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket
CredType=cred/munge
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/log/slurmctld
SlurmdLogFile=$work/log/slurmd
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
JobAcctGatherType=jobacct_gather/none
MailProg=/bin/true
MpiDefault=none
KillWait=2
ReturnToService=2
SchedulerParameters=sched_interval=2,batch_sched_delay=0,sched_min_interval=0
NodeName=$host NodeAddr=127.0.0.1 Port=$node CPUs=$slots RealMemory=8000 State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$work/slurm.conf
wait_for() {  # wait_for SECONDS COMMAND...: until it succeeds
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || return 1
    sleep 0.2
  done
}
wait_for 10 test -S munge/socket || skip "munged does not start: $(tail -n 1 log/munged)"
slurmctld -D -c >/dev/null 2>log/slurmctld.err &
daemons+=($!)
slurmd -D -N "$host" >/dev/null 2>log/slurmd.err &
daemons+=($!)
wait_for 30 sh -c "sinfo -h -o %T | grep -q idle" || {
  tail -n 5 log/slurm* >&2
  skip "Slurm does not start here: $(tail -n 1 log/slurmd 2>/dev/null) $(tail -n 1 log/slurmctld 2>/dev/null)"
}
slurmctld -V

# The array, with the limits of a small machine.
export PATH=$BIN:$PATH
count=${FILES:-24} tasks=4
BIN=$BIN "$ROOT/scripts/experiments/mixed-phantoms.sh" in "$count" >/dev/null
expect_exit 1 "$BIN/mhcnn" predict in -o whole --no-overlays -q
export INPUT=$work/in OUT=$work/out
job=$(sbatch --parsable --array=1-$tasks%2 --cpus-per-task=1 --mem=1G --output "$work/log/array-%a" "$ROOT/examples/slurm/predict.sbatch")
started() { [[ $(grep -cs '"result"' "$OUT/results-$1-of-$tasks.journal") -ge 1 ]]; }
state() { scontrol show job "${job}_$1" | grep -oE 'JobState=[A-Z]*' | head -1; }
finished() { [[ ! $(squeue -h -t pending,running,completing,configuring -j "$1" -o %T) ]]; }
again() { scontrol update "JobId=${job}_$1" StartTime=now; }  # Slurm waits two minutes by itself

# The first is requeued while it runs; the process of the second is killed, as by the kernel when memory runs out.
wait_for 60 started 1 || fail "task 1 does not start: $(cat log/array-1 2>/dev/null)"
scontrol requeue "${job}_1" || fail "task 1 cannot be requeued"
before_1=$(grep -c '"result"' "$OUT/results-1-of-$tasks.journal")
wait_for 60 started 2 || fail "task 2 does not start"
process_of() {  # the process of a task of the array: the folder is this script's own
  local pid
  for pid in $(pgrep -f -- "--output $OUT --shard auto"); do
    tr '\0' '\n' <"/proc/$pid/environ" 2>/dev/null | grep -qx "SLURM_ARRAY_TASK_ID=$1" && echo "$pid"
  done | tail -n 1
}
victim=$(process_of 2) || true
[[ -n $victim ]] || fail "no process of task 2"
kill -9 "$victim"
before_2=$(grep -c '"result"' "$OUT/results-2-of-$tasks.journal")
wait_for 30 sh -c "scontrol show job ${job}_2 | grep -q JobState=FAILED" || fail "the killed task is $(state 2)"
expect_exit 2 "$BIN/mhcnn" merge "$OUT"
scontrol requeue "${job}_2" || fail "task 2 cannot be requeued"
again 1 || true
again 2 || true
wait_for 240 finished "$job" || { squeue >&2; fail "the array does not end"; }
grep -q 'files were processed in an earlier run' log/array-1 || grep -q 'files were processed in an earlier run' log/array-2 || {
  cat log/array-* >&2; fail "no task was resumed"; }
expect_exit 0 "$BIN/mhcnn" merge "$OUT"
"$PYTHON" - "$count" <<'PY'
import csv, sys
def rows(folder):
    return [{k: v for k, v in row.items() if k != "seconds"} | {"path": row["path"].split("in/", 1)[1]}
            for row in csv.DictReader(open(folder + "/results.csv", newline=""))]
whole, array = rows("whole"), rows("out")
assert len(array) == int(sys.argv[1]) and len({r["path"] for r in array}) == len(array)
assert array == whole, next((a, w) for a, w in zip(array, whole) if a != w)
PY
echo "array of $tasks tasks over $count files: task 1 requeued after $before_1 files, task 2 killed after $before_2; each row once, equal to a plain run"

# Training on two processes through srun.
if [[ ! -x $BIN/mhcnn-train ]]; then
  echo "no mhcnn-train: the training was not tried"
  exit 0
fi
"$BIN/mhcnn" phantom --count 24 --seed 4 --height 128 --width 64 --split-val 0.2 --out set >/dev/null 2>&1
{ sed '/^\[\[phase\]\]/,$d' "$ROOT/recipes/smoke.toml"
  printf '[[phase]]\nname = "joint"\nepochs = 1\nlambda_segmentation = 1\nlambda_regression = 1\nlambda_classification = 1\n'; } >recipe.toml
srun --mpi=list 2>&1 | grep -qw pmix || { echo "this Slurm has no PMIx (libpmix2): the training was not tried"; exit 0; }
export OMPI_MCA_btl=self,vader,tcp OMPI_MCA_btl_tcp_if_include=lo OMPI_MCA_oob_tcp_if_include=lo PMIX_MCA_gds=hash OMP_NUM_THREADS=1
train=$(DATA=$work/set/manifest.csv RUN=$work/run RECIPE=$work/recipe.toml sbatch --parsable --nodes=1 --ntasks-per-node=2 \
  --cpus-per-task=1 --time=5 --output "$work/log/train" "$ROOT/examples/slurm/train.sbatch")
wait_for 180 finished "$train" || { cat log/train >&2; fail "the training does not end"; }
cat log/train
# Each of two processes reads half of the images.
half=$(($(tail -n +2 set/manifest.csv | grep -c ',train') / 2))
grep -qE "read training images ($half|$((half + 1)))/" log/train || fail "the training did not run on two processes"
[[ -n $(find run -name '*.safetensors') ]] || fail "the training left no checkpoint"
echo "training on two processes through srun --mpi=pmix: one epoch, a checkpoint"
