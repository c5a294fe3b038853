#!/usr/bin/env bash
# The DICOM door and the watched folder of a node with DCMTK's programs as peers, plain and over TLS.
source "$(dirname "$0")/lib.sh"
for program in echoscu storescu dcmsend openssl; do
  command -v "$program" >/dev/null || skip "$program is not installed (scripts/setup)"
done
exam=$ROOT/examples/phantom-exam

# start NAME EXTRA: a node of its own; its port is in $port.
nodes=()
stop() { for pid in "${nodes[@]}"; do kill "$pid" 2>/dev/null || true; done; }
trap 'stop; rm -rf "$work"' EXIT
start() {
  mkdir -p "$1"
  : > "$1/log"
  cat > "$1/node.toml" <<TOML
objects = "objects"
[store]
url = "sqlite:node.db"
[retention]
reserve_mb = 0
[receive]
port = 0
association_timeout_s = 5
message_timeout_s = 10
${2:-}
TOML
  "$BIN/mhcnn" receive --config "$1/node.toml" 2>"$1/log" &
  nodes+=($!)
  for _ in $(seq 150); do
    port=$(sed -n 's/.*listening on 127\.0\.0\.1:\([0-9]*\).*/\1/p' "$1/log")
    [[ -n $port ]] && return
    sleep 0.1
  done
  cat "$1/log" >&2
  fail "$1 does not listen"
}
kept() { find "$1/objects/received" -name '*.dcm' | wc -l; }

start plain
expect_exit 0 echoscu -aec MHCNN 127.0.0.1 "$port"
expect_exit 1 echoscu -aec OTHER 127.0.0.1 "$port"
expect_exit 0 storescu -xt -aec MHCNN 127.0.0.1 "$port" "$exam"/L-CC.dcm "$exam"/R-CC.dcm
expect_exit 0 dcmsend -aec MHCNN 127.0.0.1 "$port" "$exam"/L-MLO.dcm "$exam"/R-MLO.dcm
[[ $(kept plain) == 4 ]] || fail "$(kept plain) objects are kept instead of 4"
expect_exit 0 dcmsend -aec MHCNN 127.0.0.1 "$port" "$exam"/*.dcm
"$PYTHON" - "$exam" plain/objects/received <<'PY'
import pathlib, sys
import pydicom
sent, kept = ({d.SOPInstanceUID: d for d in map(pydicom.dcmread, pathlib.Path(p).rglob("*.dcm"))} for p in sys.argv[1:])
assert sent.keys() == kept.keys(), (len(sent), len(kept))
for uid in sent:
    assert sent[uid] == kept[uid], uid
PY

# authority NAME; certificate NAME ISSUER DAYS
authority() {
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.pem" -days 2 -subj "/CN=$1" 2>/dev/null
}
certificate() {
  openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=$1" 2>/dev/null
  openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days "$3" -out "$1.pem" 2>/dev/null
}
authority trusted
authority stranger
certificate node trusted 2
certificate pacs trusted 2
certificate expired trusted -1 || true
certificate unknown stranger 2
openssl rsa -aes256 -in node.key -passout pass:secret -out node-locked.key 2>/dev/null
echo secret > password
start tls "
[receive.tls]
certificate = \"../node.pem\"
key = \"../node-locked.key\"
key_password_file = \"../password\"
trusted = \"../trusted.pem\""
tls() { echoscu -aec MHCNN -to 5 -ta 5 +tls "$1.key" "$1.pem" +cf trusted.pem 127.0.0.1 "$port"; }
expect_exit 0 tls pacs
[[ -s expired.pem ]] && expect_exit 1 tls expired
expect_exit 1 tls unknown
expect_exit 1 echoscu -aec MHCNN -to 5 -ta 5 +tla +cf trusted.pem 127.0.0.1 "$port"
expect_exit 1 echoscu -aec MHCNN -to 5 -ta 5 127.0.0.1 "$port"
for version in -tls1 -tls1_1; do
  if openssl s_client "$version" -cipher 'ALL:@SECLEVEL=0' -cert pacs.pem -key pacs.key -connect "127.0.0.1:$port" </dev/null 2>/dev/null | grep -q 'Cipher is [A-Z]'; then
    fail "$version is accepted"
  fi
done
expect_exit 0 storescu -xt -aec MHCNN +tls pacs.key pacs.pem +cf trusted.pem 127.0.0.1 "$port" "$exam"/L-CC.dcm
[[ $(kept tls) == 1 ]] || fail "no object over TLS"
# Half a handshake does not keep others waiting.
for _ in 1 2 3 4 5; do { exec {fd}<>"/dev/tcp/127.0.0.1/$port"; printf '\x16\x03\x01\x00\x03\x01\x00\x00' >&"$fd"; } 2>/dev/null; done
expect_exit 0 timeout 5 echoscu -aec MHCNN +tls pacs.key pacs.pem +cf trusted.pem 127.0.0.1 "$port"

echo wrong > password
expect_exit 2 "$BIN/mhcnn" receive --config tls/node.toml
grep -q 'node-locked.key' "$err" || { cat "$err" >&2; fail "the key is not named"; }

mkdir -p watched/drop
cp "$exam"/L-CC.dcm watched/drop/
echo "no DICOM" > watched/drop/note.txt
cat > watched/node.toml <<TOML
objects = "objects"
[store]
url = "sqlite:node.db"
[retention]
reserve_mb = 0
[watch]
folders = ["drop"]
settle_s = 0.5
TOML
"$BIN/mhcnn" watch --config watched/node.toml 2>watched/log &
nodes+=($!)
for _ in $(seq 600); do [[ ! -s watched/drop/rejected/note.txt.txt || -e watched/drop/L-CC.dcm ]] || break; sleep 0.1; done
[[ $(kept watched) -ge 1 ]] || fail "the watched file was not taken in"
[[ -s watched/drop/rejected/note.txt.txt ]] || fail "the note was not rejected"

for pid in "${nodes[@]}"; do kill "$pid"; done
for pid in "${nodes[@]}"; do wait "$pid" || fail "a node ended with $?"; done
if LC_ALL=C grep -q '[^ -~]' plain/log tls/log watched/log; then fail "a log holds other bytes than text"; fi
echo "passed"
