#!/usr/bin/env bash
# Training on 400 phantoms from scratch: the loss falls in each phase, and a run killed by SIGKILL again and again and
# resumed ends in the same weights, bit for bit, as one that was left alone.
source "$(dirname "$0")/lib.sh"
"$BIN/mhcnn" phantom --count "${IMAGES:-400}" --seed 4 --height 128 --width 64 --split-val 0.2 --out p >/dev/null 2>&1
train=("$BIN/mhcnn-train" --recipe "$ROOT/recipes/smoke.toml" --data p/manifest.csv --threads 2)

expect_exit 0 "${train[@]}" --out whole
"$PYTHON" - whole/metrics.csv <<'EOF' || fail "the loss does not fall in each phase"
import csv, sys
phases = {}
for row in csv.DictReader(open(sys.argv[1])):
    phases.setdefault(row["phase"], []).append(float(row["loss"]))
for phase, losses in phases.items():
    print(phase, *(f"{loss:.3f}" for loss in losses))
sys.exit(len(phases) != 4 or any(losses[-1] >= losses[0] for losses in phases.values()))
EOF

kills=0
RANDOM=${SEED:-1}  # KILLS=10 IMAGES=400 by hand
for ((kill_number = 0; kill_number < ${KILLS:-5}; ++kill_number)); do
  seconds=$((3 + RANDOM % 6)).$((RANDOM % 10))
  "${train[@]}" --out killed >"$out" 2>"$err" </dev/null &
  pid=$!
  sleep "$seconds"
  kill -KILL $pid 2>/dev/null && kills=$((kills + 1))
  wait $pid 2>/dev/null || true
done
((kills > 0)) || fail "the run ended before it could be killed"
expect_exit 0 "${train[@]}" --out killed
echo "killed $kills times"

"$PYTHON" - whole killed <<'EOF' || fail "the resumed run differs"
import csv, json, sys
def tensors(path):
    data = open(path, "rb").read()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + size])
    header.pop("__metadata__")
    return {n: (t["dtype"], t["shape"], data[8 + size + t["data_offsets"][0]:8 + size + t["data_offsets"][1]])
            for n, t in header.items()}
for name in ("checkpoint", "state"):
    a, b = (tensors(f"{run}/{name}.safetensors") for run in sys.argv[1:])
    different = [n for n in a if a[n] != b.get(n)]
    if different or len(a) != len(b):
        sys.exit(f"{name}: {len(different)} of {len(a)} tensors differ, the first {different[:1]}")
    print(f"{name}: {len(a)} tensors equal")
def rows(run):
    return [[v for k, v in row.items() if k not in ("seconds", "images_per_second", "loader_wait")]
            for row in csv.DictReader(open(f"{run}/metrics.csv"))]
if rows(sys.argv[1]) != rows(sys.argv[2]):
    sys.exit("metrics.csv differs")
EOF

# TensorBoard's own reader finds each step once in both, with the same losses, and a sheet an epoch.
"$PYTHON" - whole killed <<'EOF' || fail "TensorBoard does not read the run"
import csv, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
def read(run):
    events = EventAccumulator(run, size_guidance={"scalars": 0, "images": 0, "tensors": 0})
    events.Reload()
    return events
whole, killed = map(read, sys.argv[1:])
losses = [[(e.step, e.value) for e in run.Scalars("step/loss")] for run in (whole, killed)]
assert losses[0] == losses[1], "the losses of the steps differ"
assert [step for step, _ in losses[0]] == list(range(1, len(losses[0]) + 1)), "a step is missing or there twice"
epochs = list(csv.DictReader(open(f"{sys.argv[1]}/metrics.csv")))
validation = killed.Scalars("validation/loss")
assert [f"{e.value:.4f}" for e in validation] == [f"{float(row['val_loss']):.4f}" for row in epochs]
assert len(killed.Images("samples")) == len(epochs) and killed.Tags()["tensors"] == ["recipe"]
print(f"TensorBoard: {len(losses[0])} steps, {len(epochs)} epochs")
EOF
killed_sheets=(killed/samples/*) whole_sheets=(whole/samples/*)
[[ ${#killed_sheets[@]} == "${#whole_sheets[@]}" && -f ${whole_sheets[0]} ]] || fail "sample sheets are missing"

expect_exit 2 "${train[@]}" --out whole --set optimizer.learning_rate=0.5
expect_error_line "learning_rate"
nothing_half_written whole
echo "passed"
