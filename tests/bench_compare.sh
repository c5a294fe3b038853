#!/usr/bin/env bash
# bench/compare.py: its table has each program and syntax once with the right ratios; with the peers installed (bench/compare.sh), two
# phantoms are measured by mhcnn, ONNX Runtime and OpenVINO, and the percents are equal. About 10 s.
source "$(dirname "$0")/lib.sh"
"$PYTHON" - "$ROOT" <<'PY'
import sys
sys.path.insert(0, sys.argv[1] + "/bench")
import compare
def one(program, images, seconds, turn=0):
    return {"syntax": "jpeg2000", "output": "table", "images": images, "program": program, "turn": turn, "seconds": seconds,
            "cpu_seconds": seconds * 1.5, "peak_mb": 100.0, "joules": None, "load": 0.5, "difference": 0.02}
runs = [one("mhcnn", 1, s) for s in (0.5, 0.6, 0.7)] + [one("peer", 1, s) for s in (1.2, 2.0, 1.1)]
runs += [one("mhcnn", 11, 1.6), one("peer", 11, 6.2)]
about = {"date": "", "machine": "", "threads": 2, "memory_gib": 1, "system": "", "load": [0, 1], "mhcnn": "", "model": "", "packages": {},
         "files": "", "energy": False}
rows = [[c.strip() for c in line.strip("|").split("|")] for line in compare.summarise(runs, about).splitlines() if line.startswith("| jpeg")]
table, start = rows[:4], rows[4:]
assert [r[2:4] for r in table] == [["1", "mhcnn"], ["1", "peer"], ["11", "mhcnn"], ["11", "peer"]], table
assert table[1][4] == "1.20 (1.15 to 1.60)" and table[1][8:11] == ["2.0", "2.0", "0.02"], table[1]
assert table[2][6] == "6.88" and table[0][10] == "", table
assert start == [["jpeg2000", "table", "mhcnn", "0.50", "0.100", "0.150"], ["jpeg2000", "table", "peer", "0.70", "0.500", "0.750"]], start
PY
venv=${PEERS_VENV:-$ROOT/.deps/peers}
cmp -s "$ROOT/requirements/compare.txt" "$venv/compare.installed" || skip "the peers are not installed in $venv (bench/compare.sh installs them)"
PEERS_VENV=$venv expect_exit 0 "$ROOT/bench/compare.sh" --source "$ROOT/examples/phantom-exam" --syntaxes jpeg2000 --images 2 --rounds 1 \
  --engines onnxruntime,openvino --out "$work/out" --tolerance 0.15
[[ $(grep -c '^| jpeg2000 | table |' out/compare.md) == 9 ]] || fail "the tables do not have six and three rows: $(cat out/compare.md)"
"$PYTHON" -c "
import json
made = json.load(open('out/compare.json'))
assert len(made['runs']) == 6 and {r['images'] for r in made['runs']} == {1, 2}
assert all(r['seconds'] > 0 and r['cpu_seconds'] > 0 and r['peak_mb'] > 50 for r in made['runs'])
assert made['about']['packages']['openvino'] and made['about']['largest_difference'] <= 0.15"
echo "passed: $(tail -n 1 "$out")"
