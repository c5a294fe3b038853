#!/usr/bin/env bash
# Renews "What is refused" of docs/evidence.md: scripts/experiments/refusals.sh OUT [OTHERS] [--learn]
# OTHERS: a folder of pictures that are no mammograms (scripts/experiments/other_pictures.py), beside those drawn here.
# Measures both lists with the built program and prints what was refused wrongly and what passed wrongly; --learn writes the
# figures' tables and learns the coefficients again (in the Python of $LEARN_PYTHON, with scikit-learn), then build again.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
bin=$root/build/release/bin python=$root/.deps/venv/bin/python data=${MHCNN_REAL_DATA:-$root/../shared/data}
learn='' others='' out=''
for argument in "$@"; do
  if [[ $argument == --learn ]]; then learn=1; elif [[ -z $out ]]; then out=$argument; else others=$(realpath "$argument"); fi
done
[[ -n $out ]] || { echo "usage: refusals.sh OUT [OTHERS] [--learn]" >&2; exit 2; }
mkdir -p "$out" && cd "$out"
[[ -d others/drawn ]] || "$python" "$root/tests/make_other_pictures.py" others/drawn 12 1
[[ -z $others ]] || ln -sfn "$others" others/packages
[[ -d p ]] || "$bin/mhcnn" phantom --count 300 --seed 77 --out p
variants() { [[ -d mammograms/$1/$2 ]] || "$python" "$root/scripts/experiments/mammogram_variants.py" "mammograms/$1" "${@:3}"; }
for set in ddsm-fgt/images cesm/images ffdm-4view p/images; do
  folder=$data/$set; name=${set%%/*}
  [[ $set == p/images ]] && folder=$PWD/p/images name=phantom
  [[ -d $folder ]] || { echo "left out: $folder"; continue; }
  variants "$name" as_is required "$folder"/*.*
  [[ -z $learn ]] || variants "$name" both harsh "$folder"/*.*
done
table() {  # LIST OUT.csv
  xargs -a "$1" -n 50 "$bin/mhcnn" inspect --json --evidence | "$python" -c '
import csv, json, sys
text, decoder, at, write, named = sys.stdin.read(), json.JSONDecoder(), 0, csv.writer(sys.stdout, lineterminator="\n"), False
while at < len(text):
    entries, at = decoder.raw_decode(text, at)
    while at < len(text) and text[at].isspace():
        at += 1
    for entry in entries:
        for reading in entry.get("evidence", []):
            figures = reading.get("figures", {})
            if figures and not named:
                write.writerow(["path", "negative", "error", "inverted", *figures])
                named = True
            write.writerow([entry["path"], int(reading["turned"]), reading.get("error", ""), int(reading.get("inverted", 0)), *figures.values()])
' > "$2"
}
if [[ -n $learn ]]; then
  find -L mammograms -name '*.png' | sort > mammograms.txt
  find -L others -name '*.png' | sort > others.txt
  table mammograms.txt mammograms.csv
  table others.txt others.csv
  "${LEARN_PYTHON:-python3}" "$root/scripts/experiments/learn_evidence.py" mammograms.csv others.csv \
    "$root/src/mhcnn/preprocess/mammogram_evidence_coefficients.inc"
  exit
fi
for list in mammograms others; do
  "$bin/mhcnn" predict "$list" -o "out-$list" --no-overlays --no-masks --restart > "$list.log" 2>&1 || true
done
"$python" - <<'PY'
import collections, csv, pathlib
required = set("as_is negative cut_left cut_right cut_top cut_bottom cut_around cut_around_more quarter".split())
rows = [r for r in csv.DictReader(open("out-mammograms/results.csv", newline="")) if pathlib.Path(r["path"]).parent.name in required]
refused = [r for r in rows if r["status"] != "ok"]
print(f"refused wrongly {len(refused)} of {len(rows)}")
for r in refused:
    print("  ", r["path"], r["error"])
total, passed = collections.Counter(), collections.defaultdict(list)
for r in csv.DictReader(open("out-others/results.csv", newline="")):
    kind = pathlib.Path(r["path"]).parent.name
    total[kind] += 1
    if r["status"] == "ok":
        passed[kind].append(pathlib.Path(r["path"]).stem)
print(f"passed wrongly {sum(map(len, passed.values()))} of {sum(total.values())}")
for kind in sorted(total):
    print(f"   {kind}: {len(passed[kind])} of {total[kind]} {' '.join(passed[kind])}")
PY
