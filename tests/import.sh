#!/usr/bin/env bash
# Weights of other programs: the encoder is found, the result imports to itself, what is none is refused.
source "$(dirname "$0")/lib.sh"
weights="$ROOT/.deps/efficientnet-lite0.pth"
[[ -f $weights ]] || skip "no $weights (scripts/setup installs it)"
expect_exit 0 "$BIN/mhcnn" import "$weights" -o lite0.safetensors
grep -q "efficientnet_lite0 (colours summed to grey)" "$out" || fail "says not what it found"
expect_exit 0 "$BIN/mhcnn" import lite0.safetensors -o again.safetensors
"$PYTHON" - <<'EOF' || fail "an import of the import differs"
import sys
a, b = (open(f"{name}.safetensors", "rb").read() for name in ("lite0", "again"))
body = lambda data: data[8 + int.from_bytes(data[:8], "little"):]
sys.exit(int(body(a) != body(b)))
EOF
expect_exit 1 "$BIN/mhcnn" import "$weights" --encoder resnet50 -o wrong.safetensors
expect_error_line "efficientnet-lite0.pth: .*not of the encoder resnet50"
expect_exit 1 "$BIN/mhcnn" import "$ROOT/tests/data/goldens/hostile.pth" -o wrong.safetensors
expect_error_line "hostile.pth: .*posix system"
head -c 5000000 "$weights" > short.pth
expect_exit 1 "$BIN/mhcnn" import short.pth -o wrong.safetensors
expect_error_line "short.pth: is cut short"
[[ ! -e wrong.safetensors ]] || fail "wrote a file"
nothing_half_written .
echo "passed"
