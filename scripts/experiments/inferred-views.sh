#!/usr/bin/env bash
# How often the view that `mhcnn predict` concludes from the picture is right: on phantoms, and on the real pictures whose view
# their names tell.
#   scripts/experiments/inferred-views.sh [COUNT]     (default 400 phantoms)
set -euo pipefail
cd "$(dirname "$0")/../.."
count=${1:-400} real=${MHCNN_REAL_DATA:-../shared/data} work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source scripts/programs.sh
find_programs mhcnn
mhcnn=$bin/mhcnn
$mhcnn phantom --count "$count" --seed 77 --out "$work/phantoms" >/dev/null
$mhcnn predict "$work/phantoms/images" -o "$work/of_phantoms" --no-overlays --no-masks --quiet >/dev/null || [[ $? == 1 ]]
[[ ! -d $real ]] || $mhcnn predict "$real/ddsm-fgt/images" "$real/ffdm-4view" -o "$work/of_real" --no-overlays --no-masks --quiet >/dev/null
python3 - "$work" <<'PY'
import csv, pathlib, sys
work = pathlib.Path(sys.argv[1])
truth = {pathlib.Path(r["image"]).name: r["view"] for r in csv.DictReader(open(work / "phantoms/manifest.csv"))}
for name in ("of_phantoms", "of_real"):
    if not (work / name).exists():
        continue
    rows = [r for r in csv.DictReader(open(work / name / "results.csv")) if r["status"] == "ok"]
    pairs = [(truth.get(pathlib.Path(r["path"]).name) or ("CC" if "CC" in r["path"] else "MLO"), r["view"]) for r in rows]
    for view in ("CC", "MLO"):
        of = [seen for true, seen in pairs if true == view]
        print(f"{name[3:]:9} {view:3}: {len(of):4} pictures, {of.count(view):4} called so, {of.count('')} left open, "
              f"{len(of) - of.count(view) - of.count('')} called the other")
PY
