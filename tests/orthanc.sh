#!/usr/bin/env bash
# Orthanc takes the objects by C-STORE and by STOW-RS and gives them back as they were.
source "$(dirname "$0")/own_network.sh"
source "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin
for program in Orthanc storescu; do command -v "$program" >/dev/null || skip "$program is not installed (scripts/setup)"; done
plugin=$(find /usr/share/orthanc/plugins /usr/lib -name 'libOrthancDicomWeb.so*' 2>/dev/null | head -1)
[[ -n $plugin ]] || skip "orthanc-dicomweb is not installed (scripts/setup)"

"$BIN/mhcnn" phantom --exam --count 1 --seed 7 --height 500 --width 360 --format dicom --out phantom >/dev/null 2>&1
exam=$(dirname "$(find phantom -name L-MLO.dcm)")
expect_exit 0 "$BIN/mhcnn" predict "$exam" -o result --format "${FORMATS:-seg,sr,cad}"

read -r http dicom < <("$PYTHON" - <<'PY'
import socket
s = [socket.socket() for _ in range(2)]
for x in s: x.bind(("127.0.0.1", 0))
print(*(x.getsockname()[1] for x in s))
PY
)
mkdir storage
cat > orthanc.json <<JSON
{"Name": "judge", "StorageDirectory": "$work/storage", "IndexDirectory": "$work/storage", "Plugins": ["$plugin"],
 "HttpPort": $http, "DicomPort": $dicom, "DicomAet": "JUDGE", "RemoteAccessAllowed": false, "AuthenticationEnabled": false,
 "DicomAlwaysAllowStore": true, "OverwriteInstances": false, "DicomWeb": {"Enable": true}}
JSON
Orthanc orthanc.json >orthanc.log 2>&1 &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null || true; rm -rf "$work"' EXIT
"$PYTHON" - "$http" "$dicom" "$exam" <<'PY' || { tail -20 orthanc.log; fail "see above"; }
import io, json, pathlib, subprocess, sys, time, urllib.request
import pydicom
http, dicom, exam = sys.argv[1:]
base = f"http://127.0.0.1:{http}"


def get(path):
    return urllib.request.urlopen(base + path, timeout=60).read()


for _ in range(120):
    try:
        get("/system")
        break
    except OSError:
        time.sleep(0.5)
objects = sorted(pathlib.Path("result/objects").rglob("*.dcm"))
images = sorted(pathlib.Path(exam).rglob("*.dcm"))
assert len(objects) >= 3 and images
# Images and half of the objects by C-STORE, the others by STOW-RS.
by_net, by_web = objects[::2], objects[1::2]
sent = subprocess.run(["storescu", "-R", "-aec", "JUDGE", "127.0.0.1", dicom, *map(str, images + by_net)], capture_output=True, text=True)
assert sent.returncode == 0, sent
body = b"".join(b"--part\r\nContent-Type: application/dicom\r\n\r\n" + p.read_bytes() + b"\r\n" for p in by_web) + b"--part--"
headers = {"Content-Type": 'multipart/related; type="application/dicom"; boundary=part', "Accept": "application/dicom+json"}
for _ in range(2):  # the second time they are there already: no second result
    answer = json.loads(urllib.request.urlopen(urllib.request.Request(base + "/dicom-web/studies", body, headers), timeout=60).read())
    assert not answer.get("00081198", {}).get("Value"), answer  # none failed
    assert len(answer["00081199"]["Value"]) == len(by_web)
stored = {}
for uid in json.loads(get("/instances")):
    content = get(f"/instances/{uid}/file")
    stored[pydicom.dcmread(io.BytesIO(content), stop_before_pixels=True).SOPInstanceUID] = content
assert len(stored) == len(objects) + len(images)
for p in objects:
    mine, theirs = pydicom.dcmread(p), pydicom.dcmread(io.BytesIO(stored[pydicom.dcmread(p).SOPInstanceUID]))
    assert mine == theirs, p
study = json.loads(get("/studies"))
assert len(study) == 1, "the results are in the study of their images"
series = [json.loads(get(f"/series/{s}"))["MainDicomTags"] for s in json.loads(get(f"/studies/{study[0]}"))["Series"]]
print(sorted((s["Modality"], s.get("SeriesNumber"), s.get("SeriesDescription", "")) for s in series))
found = json.loads(get("/dicom-web/series?Modality=SEG"))
assert len(found) == 1, found
for p in objects:  # WADO-RS
    d = pydicom.dcmread(p, stop_before_pixels=True)
    url = f"/dicom-web/studies/{d.StudyInstanceUID}/series/{d.SeriesInstanceUID}/instances/{d.SOPInstanceUID}/metadata"
    metadata = json.loads(get(url))[0]
    assert metadata["00080018"]["Value"] == [d.SOPInstanceUID]
print(f"{len(by_net)} objects by C-STORE and {len(by_web)} by STOW-RS came back equal")
PY
echo "passed"
