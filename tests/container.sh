#!/usr/bin/env bash
# The examples for orchestrators against their schemas, with the configurations that they contain read by this program; the Containerfile by
# hadolint. About 10 seconds. With MHCNN_SLOW=1, as root and with buildah: the image is built from build/packages and tried (10 minutes).
source "$(dirname "$0")/lib.sh"
"$PYTHON" -c 'import importlib.util, sys; sys.exit(any(importlib.util.find_spec(m) is None for m in ("kubernetes_validate", "check_jsonschema", "jsonschema")))' ||
  skip "no schemas: scripts/setup --release"
expect_exit 0 "$PYTHON" "$ROOT/tests/container_examples.py" "$ROOT" "$BIN/mhcnn"
cat "$out"
expect_exit 0 "${PYTHON%/*}/hadolint" "$ROOT"/packaging/container/Containerfile "$ROOT"/examples/*/Containerfile
if [[ -n ${MHCNN_SLOW:-} && $EUID == 0 ]] && command -v buildah >/dev/null; then
  expect_exit 0 env MHCNN_OUT="$work" "$ROOT/scripts/make-container.sh" "${MHCNN_PACKAGES:-$ROOT/build/packages}"
  cat "$out"
fi
echo "passed"
