#!/usr/bin/env bash
# A node beside a PACS on this machine: starts Orthanc and `mhcnn serve`, sends an exam to the node with dcmsend, waits, and lists what came
# back in Orthanc. Everything runs in a network of its own (127.0.0.1 alone) and ends with the script.
#   scripts/node-demo.sh [FILES OR FOLDERS ...]   (default: the bundled phantom exam)
# Needs orthanc and dcmtk (scripts/setup installs them) and the built program.
if [[ -z ${OWN_NETWORK:-} ]]; then
  # shellcheck disable=SC2016  # $0 and $@ are of the inner shell
  OWN_NETWORK=1 exec unshare -rn bash -c 'ip link set lo up && exec "$0" "$@"' "$0" "$@"
fi
set -euo pipefail
here=$(pwd)
cd "$(dirname "$0")/.."
source scripts/programs.sh
find_programs mhcnn
PATH=$PATH:/usr/sbin
for program in Orthanc dcmsend curl; do
  command -v "$program" >/dev/null || { echo "error: $program is not installed: apt-get install orthanc dcmtk curl" >&2; exit 1; }
done
inputs=()
for input in "$@"; do inputs+=("$(realpath "$here/$input" 2>/dev/null || realpath "$input")"); done
((${#inputs[@]})) || inputs=("$PWD/examples/phantom-exam")
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work"' EXIT

cat >"$work/orthanc.json" <<JSON
{"Name": "PACS", "StorageDirectory": "$work/pacs", "IndexDirectory": "$work/pacs", "DicomPort": 4242, "HttpPort": 8043, "DicomAet": "PACS",
 "RemoteAccessAllowed": false, "AuthenticationEnabled": false, "DicomAlwaysAllowStore": true,
 "DicomModalities": {"node": ["MHCNN", "127.0.0.1", 11112]}}
JSON
cat >"$work/node.toml" <<TOML
objects = "objects"
[exams]
quiet_s = 5
four_views_s = 1
[receive]
ae_title = "MHCNN"
port = 11112
[[destination]]
name = "pacs"
host = "127.0.0.1"
port = 4242
called_ae = "PACS"
commitment = true
TOML
mkdir "$work/pacs"
Orthanc "$work/orthanc.json" >"$work/orthanc.log" 2>&1 &
"$bin/mhcnn" serve --check --config "$work/node.toml"
"$bin/mhcnn" serve --config "$work/node.toml" 2>"$work/node.log" &
ready() { curl -sf http://127.0.0.1:8042/health/ready >/dev/null && curl -sf http://127.0.0.1:8043/system >/dev/null; }
for ((i = 0; i < 300; ++i)); do ready && break; sleep 0.2; done
ready || { cat "$work/node.log" >&2; echo "error: the node or Orthanc did not start" >&2; exit 1; }

echo; echo "== sending ${inputs[*]} to the node =="
dcmsend --recurse --scan-directories -aec MHCNN 127.0.0.1 11112 "${inputs[@]}"
for ((i = 0; i < 600; ++i)); do
  counts=$("$bin/mhcnn" jobs list --json --config "$work/node.toml")
  grep -Eq '"state": ?"(receiving|waiting|running)"' <<<"$counts" || { grep -q '"state"' <<<"$counts" && break; }
  sleep 0.5
done
echo; echo "== the node's exams =="
"$bin/mhcnn" jobs list --config "$work/node.toml"
count() { curl -s http://127.0.0.1:8043/instances | grep -c '"' || true; }
before=-1
for ((i = 0; i < 60; ++i)); do now=$(count); [[ $now == "$before" && $now -gt 0 ]] && break; before=$now; sleep 2; done
echo; echo "== what Orthanc has now =="
for series in $(curl -s http://127.0.0.1:8043/series | grep -o '[0-9a-f-]\{44\}'); do
  curl -s "http://127.0.0.1:8043/series/$series" |
    python3 -c 'import json,sys; s=json.load(sys.stdin); t=s["MainDicomTags"]; print(t["Modality"], t.get("SeriesNumber",""), t.get("SeriesDescription",""), "-", len(s["Instances"]), "objects")'
done | sort
echo "Research tool, not a medical device."
