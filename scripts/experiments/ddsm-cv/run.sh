#!/usr/bin/env bash
# 5-fold cross-validation on the 60 DDSM tissue maps, every arm with the same recipe and folds; what differs is what the weights
# start from:
#   scratch            nothing
#   imagenet           the encoder's ImageNet weights
#   phantom            a network trained on phantoms from scratch
#   imagenet-phantom   a network trained on phantoms from ImageNet weights
#   shipped            the checkpoint that start= names: a shipped model of phantoms alone, of the same encoder and input
#                      (git show 9dc3715:models/mhcnn-fast.safetensors); one that has seen real images is refused
# Each fold's model sees its own 48 images only and is evaluated on the other 12. Of the recipe's settings augmentation, epochs and
# learning rate were chosen on an inner split whose judges were fold 2 (docs/evidence.md); nothing else was chosen by test images.
#   scripts/experiments/ddsm-cv/run.sh FOLDER [key=value ...]
# Keys: arms="imagenet phantom" seeds="1 2 3" folds="1 2 3 4 5" epochs=40 phantoms=1400 threads=2 set="loss.x=1 …" start=FILE.
# Goes on where it was stopped. Ends with FOLDER/summary.md; `mhcnn evaluate --from FOLDER/ARM-?-SEED.json --html …` makes the page of an
# arm, `mhcnn compare` of two joined files the paired tests.
set -euo pipefail
cd "$(dirname "$0")/../../.."
here=scripts/experiments/ddsm-cv
source scripts/programs.sh
find_programs mhcnn mhcnn-train
work=${1:?names the folder for runs and results}
shift
arms="scratch imagenet phantom imagenet-phantom" seeds="1" folds="1 2 3 4 5" epochs=40 phantoms=1400 threads=2 set="" start=""
for assignment in "$@"; do declare "$assignment"; done
if [[ " $arms " == *" shipped "* ]]; then
  [[ -f $start ]] || { echo "error: the arm shipped needs start=FILE, the checkpoint of a model of phantoms alone" >&2; exit 2; }
  BIN=$bin PYTHONPATH=scripts/experiments python3 -c 'import sys, experiment; experiment.refuse_leak(sys.argv[1])' "$(realpath "$start")"
fi
data=${MHCNN_REAL_DATA:-../shared/data}/ddsm-fgt
imagenet=.deps/efficientnet-lite0.pth
mkdir -p "$work"
settings="epochs=$epochs phantoms=$phantoms set=$set${start:+ start=$start}"
[[ ! -f $work/settings || $(<"$work/settings") == "$settings" ]] || {
  echo "$work was begun with $(<"$work/settings"): name another folder" >&2
  exit 2
}
echo "$settings" >"$work/settings"

[[ -f $work/set/manifest.csv ]] || "$bin/mhcnn" prepare ddsm-fgt "$data" -o "$work/set" --split-val 0 --split-test 0 >/dev/null

# The manifest of a fold: its images are the part "test", which training never reads.
for fold in $folds; do
  [[ -f $work/fold-$fold.csv ]] || python3 - "$work" "$fold" "$here/folds.csv" <<'PY'
import csv, pathlib, sys
work, fold = pathlib.Path(sys.argv[1]), sys.argv[2]
fold_of = {row["image"]: row["fold"] for row in csv.DictReader(open(sys.argv[3]))}
rows = list(csv.DictReader(open(work / "set/manifest.csv")))
assert len(rows) == len(fold_of) == 60, "not the 60 images that the folds were drawn for"
for row in rows:
    row["split"] = "test" if fold_of[pathlib.Path(row["image"]).name] == fold else "train"
    for column in ("image", "breast_mask", "dense_mask", "pectoral_mask"):
        row[column] = str((work / "set" / row[column]).resolve())
with open(work / f"fold-{fold}.csv", "w", newline="") as out:
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerows(rows)
PY
done

train() {  # OUT MANIFEST [OPTION ...]
  local out=$1 manifest=$2
  shift 2
  "$bin/mhcnn" train --quiet --threads "$threads" --data "$manifest" --out "$out" "$@"
}

pretrain() {  # OUT [OPTION ...]: a network trained on phantoms, as many women with little dense tissue as over the whole range
  local out=$1
  shift
  [[ ! -f $out/done ]] || return 0
  for part in low:45 all:90; do
    [[ -f $work/phantoms/${part%:*}/manifest.csv ]] || "$bin/mhcnn" phantom --count $((phantoms / 2)) --seed 2100 \
      --density-high "${part#*:}" --split-val 0 --out "$work/phantoms/${part%:*}" >/dev/null
  done
  scripts/join-phantoms.py "$work/phantoms" low=train all=train
  train "$out" "$work/phantoms/manifest.csv" --recipe "$here/pretrain.toml" --set "data.cache=$work/cache" "$@"
  touch "$out/done"
}

for arm in $arms; do
  case $arm in
    phantom) pretrain "$work/pretrained" ;;
    imagenet-phantom) pretrain "$work/pretrained-imagenet" --set "training.pretrained=$imagenet" ;;
  esac
done
overrides=()
for assignment in $set; do overrides+=(--set "$assignment"); done
for seed in $seeds; do
  for fold in $folds; do
    for arm in $arms; do
      name=$arm-$fold-$seed
      [[ ! -f $work/$name.json ]] || continue
      from=()
      case $arm in
        imagenet) from=(--set "training.pretrained=$imagenet") ;;
        phantom) from=(--set "training.pretrained=$work/pretrained/checkpoint.safetensors") ;;
        shipped) from=(--set "training.pretrained=$start") ;;
        imagenet-phantom) from=(--set "training.pretrained=$work/pretrained-imagenet/checkpoint.safetensors") ;;
      esac
      train "$work/$name" "$work/fold-$fold.csv" --recipe "$here/recipe.toml" --set "training.seed=$seed" \
        --set "phase.0.epochs=$epochs" --set "data.cache=$work/cache" "${from[@]}" "${overrides[@]}"
      "$bin/mhcnn" export "$work/$name/checkpoint.safetensors" -o "$work/$name.onnx" --name "$name" >/dev/null
      rm -rf "${work:?}/$name"
      "$bin/mhcnn" evaluate "$work/fold-$fold.csv" --split test --model "$work/$name.onnx" -o "$work/$name.json" >"$work/$name.txt"
    done
  done
done
.deps/venv/bin/python "$here/summarise.py" "$work" >"$work/summary.md"
cat "$work/summary.md"
