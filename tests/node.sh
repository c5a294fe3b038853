#!/usr/bin/env bash
# A node: an exam sent by dcmsend comes back to Orthanc with its results, once; a late image makes a new revision; what is wrong is said.
# Orthanc's DICOM port would listen on all addresses: the test runs in a network of its own, which has 127.0.0.1 alone.
if [[ -z ${OWN_NETWORK:-} ]]; then
  if ! command -v ip >/dev/null || ! unshare -rn true 2>/dev/null; then echo "skipped: no separate network (unshare, ip)"; exit 77; fi
  # shellcheck disable=SC2016  # $0 is of the inner shell
  OWN_NETWORK=1 exec unshare -rn bash -c 'ip link set lo up && exec "$0"' "$0"
fi
source "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin
for program in Orthanc dcmsend; do command -v "$program" >/dev/null || skip "$program is not installed (scripts/setup)"; done
PYTHONPATH=$ROOT/tests "$PYTHON" "$ROOT/tests/node_check.py" "$BIN/mhcnn" "$work" || fail "see above"
echo "passed"
