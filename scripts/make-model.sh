#!/usr/bin/env bash
# Makes a shipped model: a network learns from phantoms (from ImageNet weights), then from real films and digital images; a 5-fold
# cross-validation of that second step gives its figures, its intervals and its categories. Run it again to resume a killed run.
#   scripts/make-model.sh SIZE [FOLDER] [--data phantoms,ddsm-fgt,cesm] [--start CHECKPOINT] [--quick]
# SIZE: fast or accurate. FOLDER: runs/mhcnn-SIZE, or one of your own, into which the model is then written.
# --data phantoms: of phantoms alone, with intervals from phantoms of appearances that it has not seen.
# --start: the checkpoint.safetensors of the first step, made earlier. --quick: a fiftieth of the images, into FOLDER, for CI.
set -euo pipefail
cd "$(dirname "$0")/.."
fail() { echo "make-model.sh: $2" >&2; exit "$1"; }  # STATUS MESSAGE
refuse() { fail 2 "$1 (see scripts/make-model.sh --help)"; }

size="" folder="" data=phantoms,ddsm-fgt,cesm start="" quick=""
while (($#)); do
  case $1 in
    -h | --help) sed -n '/^#!/d; /^#/!q; s/^# \{0,1\}//; p' scripts/make-model.sh; exit ;;
    --quick) quick=yes ;;
    --data | --start)
      [[ -n ${2:-} ]] || refuse "$1 needs a value"
      if [[ $1 == --data ]]; then data=$2; else start=$2; fi
      shift ;;
    -* | "") refuse "'$1' is not an option" ;;
    *)
      [[ -z $folder ]] || refuse "'$1' is one argument too many: FOLDER is $folder"
      if [[ -z $size ]]; then size=$1; else folder=$1; fi ;;
  esac
  shift
done
name=mhcnn-$size unseen=200 interval=500 mixed=240 most=0 precision=bf16
case $size in
  fast) low=1500 all=900 seen=2950 version=0.3.3 arm=films-cesm-outlined ;;
  accurate) low=2000 all=1200 seen=2000 version=0.3.3 arm=films-cesm-outlined precision=fp32 ;;
  "") refuse "no model is named: fast or accurate" ;;
  *) refuse "no model is called $size: fast or accurate" ;;
esac
[[ -z $quick ]] || low=32 all=24 unseen=20 interval=60 mixed=24 most=12 seen=60
if [[ -n $folder ]]; then model=$folder/$name.onnx; else folder=runs/$name model=models/$name.onnx; fi
[[ -z $quick || $folder != "runs/$name" ]] || refuse "--quick needs another FOLDER"

real=${MHCNN_REAL_DATA:-../shared/data} folds=scripts/experiments/real-cv/folds.csv
stems() { find -L "$1" -type f -iname "$2" -printf '%f\n' | sed 's/\.[^.]*$//' | sort -u; }  # FOLDER PATTERN
list_patients() {  # SET: the patient of each image that `mhcnn prepare` takes
  if [[ $1 == cesm ]]; then
    stems "$real/cesm" '*_*_dm_*.*' | sed 's/_.*//'
  else
    comm -12 <(stems "$real/$1/images" '*.png') <(stems "$real/$1/labels" '*_LI.png' | sed 's/_LI$//') | sed 's/\..*//'
  fi 2>/dev/null
}
# Said before hours of training, not after them: what is trained and what its card says are the whole sets.
check_set() {  # SET IMAGES WHAT
  local found wanted remedy="put the set there, or name the folder that holds it by MHCNN_REAL_DATA; without it, --data phantoms makes \
the model of phantoms alone"
  [[ -d $real/$1 ]] || fail 1 "$real/$1 is not there ($3): $remedy"
  found=$(list_patients "$1") wanted=$(sed -n "s/^$1,\(.*\),.*/\1/p" $folds)
  [[ $(grep -c . <<<"$found") == "$2" && $(sort -u <<<"$found") == $(sort -u <<<"$wanted") ]] ||
    fail 1 "$real/$1 has $(grep -c . <<<"$found") images of $(sort -u <<<"$found" | grep -c .) patients, not the $2 images of the $(
      grep -c . <<<"$wanted") patients of $folds ($3): $remedy"
  [[ $1 != cesm || -n $(stems "$real/cesm" 'radiology?manual?annotations.*' && stems "$real/cesm" labels.csv) ]] ||
    fail 1 "$real/cesm has no table of categories, Radiology-manual-annotations.xlsx or labels.csv ($3): $remedy"
}
case $data in
  phantoms) ;;
  phantoms,ddsm-fgt,cesm)
    check_set ddsm-fgt 60 "60 films with tissue maps: Tiryaki & Kaplanoglu, doi 10.1016/j.irbm.2022.05.004"
    check_set cesm 326 "326 digital images with categories: CDD-CESM, TCIA, doi 10.7937/29kw-ae92" ;;
  *) refuse "--data $data is not known; give phantoms or phantoms,ddsm-fgt,cesm" ;;
esac
if [[ -n $start ]]; then
  [[ -f $start ]] || refuse "$start: no such checkpoint"
  # A safetensors file: eight bytes of length, then JSON.
  [[ $(head -c 9 "$start" | tail -c 1 | tr -d '\0') == "{" ]] || refuse "$start is no safetensors file; --start takes a checkpoint.safetensors"
fi
source scripts/programs.sh
find_programs mhcnn mhcnn-train

# Two families of appearances, one of film and one digital, are left out of the first step: the validation, by which anything about the
# phantoms' model is chosen, and its intervals are of those.
held_out=film-fogged,digital-even
seen_appearances=film,film-steep,digital-plain,digital-equalised,digital-crisp,digital-soft,plate,synthesised
phantoms() {  # NAME COUNT SEED LOOKS HIGHEST
  [[ -f $folder/phantoms/$1/manifest.csv ]] ||
    "$bin/mhcnn" phantom --out "$folder/phantoms/$1" --count "$2" --seed "$3" --appearances "$4" --density-high "$5"
}
settings="low=$low all=$all unseen=$unseen interval=$interval seen=$seen mixed=$mixed data=$data start=$start arm=$arm version=$version precision=$precision"
mkdir -p "$folder"
[[ ! -f $folder/settings || $(<"$folder/settings") == "$settings" ]] || {
  echo "make-model.sh: $folder was begun with $(<"$folder/settings"): name another folder" >&2
  exit 2
}
echo "$settings" >"$folder/settings"

if [[ -z $start ]]; then
  # Half of the women in a screening population have under 30 % dense tissue: a set drawn there, and one over the whole range.
  phantoms low "$low" 2101 $seen_appearances 45
  phantoms all "$all" 2102 $seen_appearances 90
  phantoms unseen "$unseen" 2103 $held_out 60
  scripts/join-phantoms.py "$folder/phantoms" low=train all=train unseen=val
  "$bin/mhcnn" train --recipe "recipes/$name.toml" --data "$folder/phantoms/manifest.csv" --out "$folder/run" --threads 2
  start=$folder/run/checkpoint.safetensors
fi
sets=()
checkpoint=$start features=$folder/phantoms/manifest.csv
if [[ $data != phantoms ]]; then
  [[ -f $folder/start.onnx ]] || "$bin/mhcnn" export "$start" -o "$folder/start.onnx" --name "$name-phantoms" --model-version "$version"
  scripts/experiments/real-cv/run.py "$folder/cv" --arms "$arm" --folds 1,2,3,4,5,all --seen "$seen" --phantoms "$mixed" --most "$most" \
    --set "training.precision=$precision" \
    --from "$(realpath "$start")" --model "$(realpath "$folder/start.onnx")"
  sets=(--sets scripts/experiments/real-cv/sets.json)
  checkpoint=$folder/cv/$arm-all.safetensors features=$folder/cv/once-$arm-all.csv
fi
"$bin/mhcnn" export "$checkpoint" -o "$folder/plain.onnx" --name "$name" --model-version "$version" --features "$features" \
  --weights "$folder/weights.safetensors" "${sets[@]}"
rm -f "$folder/whole.onnx"
# Status 1: a part that so few images do not allow was left out, and said so.
if [[ $data == phantoms ]]; then
  phantoms interval "$interval" 2104 $held_out 60
  "$bin/mhcnn" calibrate "$folder/phantoms/interval/manifest.csv" -m "$folder/plain.onnx" --keep-percent \
    --name "phantoms of unseen appearances" -o "$folder/whole.onnx" || [[ $? == 1 && -f $folder/whole.onnx ]]
else
  "$bin/mhcnn" calibrate --from "$folder/cv/$arm"-[1-5].json -m "$folder/plain.onnx" --keep-percent --published-prior \
    --name "films and digital images left out of training" -o "$folder/whole.onnx" || [[ $? == 1 && -f $folder/whole.onnx ]]
fi
mv "$folder/weights.safetensors" "${model%.onnx}.safetensors"
mv "$folder/whole.onnx" "$model"
