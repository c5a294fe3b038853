#!/bin/sh
# The command of app.json: measures the DICOM files of the input folder, and writes tables and DICOM objects into the output folder.
# MONAI Deploy sets the folders by these variables; the defaults are those of the specification of application packages.
# Exit status: 0 also where an image could not be measured, as results.csv states the reason; another status where nothing could be written.
set -u
out=${HOLOSCAN_OUTPUT_PATH:-/var/holoscan/output}
mhcnn predict "${HOLOSCAN_INPUT_PATH:-/var/holoscan/input}" -o "$out" --format all
status=$?
[ $status = 1 ] && [ -s "$out/results.csv" ] && status=0
exit $status
