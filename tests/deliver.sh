#!/usr/bin/env bash
# Results reach independent programs: Orthanc (C-STORE plain and TLS, storage commitment, STOW-RS), dcmqrscp, storescp, pynetdicom
# and an HTTPS server; each destination's refusals and failures end as they should; kill -9 loses nothing.
source "$(dirname "$0")/own_network.sh"
source "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin
for program in Orthanc storescp dcmqrscp openssl; do command -v "$program" >/dev/null || skip "$program is not installed (scripts/setup)"; done
plugin=$(find /usr/share/orthanc/plugins /usr/lib -name 'libOrthancDicomWeb.so*' 2>/dev/null | head -1)
[[ -n $plugin ]] || skip "orthanc-dicomweb is not installed (scripts/setup)"
"$PYTHON" -c 'import pynetdicom' 2>/dev/null || skip "pynetdicom is not installed (scripts/setup)"
expect_exit 0 "$BIN/mhcnn" predict "${EXAM:-$ROOT/examples/phantom-exam}" -o result --format seg,sr,cad,sc,fhir
timeout 500 "$PYTHON" "$ROOT/tests/deliver_check.py" result || fail "see above"
echo "passed"
