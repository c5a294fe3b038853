#!/bin/sh
# A module of mercure: measures the DICOM files of MERCURE_IN_DIR and writes the DICOM objects flat into MERCURE_OUT_DIR, which mercure sends to
# the targets of its rule. result.json contains the row of each image and exam. MHCNN_FORMATS selects the objects (seg,sr,cad,sc).
# Exit status: as `mhcnn predict`, but 0 where results were written.
set -u
work=/tmp/mhcnn-$$
trap 'busybox rm -rf "$work"' EXIT
mhcnn predict "$MERCURE_IN_DIR" -o "$work/out" --format "csv,json,${MHCNN_FORMATS:-seg,sr,sc}" --no-page --no-overlays
status=$?
[ -s "$work/out/results.json" ] || exit $status
busybox cp "$work/out/results.json" "$MERCURE_OUT_DIR/result.json"
count=0
for file in "$work"/out/objects/*/*.dcm; do
  [ -e "$file" ] || continue
  count=$((count + 1))
  busybox cp "$file" "$MERCURE_OUT_DIR/mhcnn-$count.dcm"
done
exit 0
