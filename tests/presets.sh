#!/usr/bin/env bash
# The two commands of README, alone and in either order, in a fresh copy of the sources: none changes what the other builds. Configures
# only. And every preset states every option, and has its own build folder.
source "$(dirname "$0")/lib.sh"
git -C "$ROOT" rev-parse --git-dir >/dev/null 2>&1 || skip "$ROOT is no git checkout, whose files can be listed"

fresh() {  # FOLDER: a copy of the sources without any build, with the wheels that scripts/setup installed
  mkdir "$1"
  git -C "$ROOT" ls-files -z --cached --others --exclude-standard | tar -C "$ROOT" --null --ignore-failed-read -T - -c | tar -x -C "$1"
  ln -sfn "$(readlink -f "$ROOT/.deps")" "$1/.deps"
}
configure() { expect_exit 0 env -C "$1" cmake --preset "$2"; }
tests_of() { env -C "$1" ctest --preset "$2" -N | sed -n 's/^Total Tests: //p'; }
has_target() { ninja -C "$1/build/$2" -t targets all | grep "^bin/$3: " >/dev/null; }
release_is_whole() {
  (($(tests_of "$1" release) > 40)) || fail "$1: $(tests_of "$1" release) tests in build/release"
  for program in mhcnn mhcnn-train train_test; do has_target "$1" release "$program" || fail "$1: build/release does not build $program"; done
}
inference_is_alone() {
  has_target "$1" inference mhcnn || fail "$1: build/inference does not build mhcnn"
  for program in mhcnn-train base_test; do ! has_target "$1" inference "$program" || fail "$1: build/inference builds $program"; done
}

# The commands use presets as they are: an option on the command line would stay in the build folder.
! grep -nE 'cmake .*-D' "$ROOT/scripts/quickstart" "$ROOT/scripts/test" "$ROOT/README.md" || fail "a command sets an option beside its preset"
grep -q 'cmake --preset inference' "$ROOT/scripts/quickstart" || fail "scripts/quickstart uses another preset than inference"
grep -qE 'tested_part release [0-9]+' "$ROOT/scripts/test" || fail "scripts/test does not test the preset release"
"$PYTHON" - "$ROOT/CMakePresets.json" "$ROOT/CMakeLists.txt" <<'PY'
import json, re, sys
options = set(re.findall(r"^option\((MHCNN_\w+)", open(sys.argv[2]).read(), re.M)) | {"MHCNN_SANITIZE"}
presets = {p["name"]: p for p in json.load(open(sys.argv[1]))["configurePresets"]}
assert len(options) >= 7, options
folders = set()
for name, preset in presets.items():
    if preset.get("hidden"):
        continue
    assert preset.get("displayName") and preset.get("description", "").endswith("."), f"{name} is not described"
    stated = {o for o in preset["cacheVariables"] if o.startswith("MHCNN_")}
    assert stated == options, f"{name} does not state {options ^ stated}"
    folder = preset.get("binaryDir", presets[preset["inherits"]]["binaryDir"]).replace("${presetName}", name)
    assert folder not in folders, f"{name} shares {folder}"
    folders.add(folder)
PY

fresh quickstart-first
configure quickstart-first inference
inference_is_alone quickstart-first
configure quickstart-first release
release_is_whole quickstart-first
inference_is_alone quickstart-first
configure quickstart-first dev
(($(tests_of quickstart-first dev) > 25)) || fail "$(tests_of quickstart-first dev) tests in build/dev"

fresh test-first
configure test-first release
release_is_whole test-first
configure test-first inference
inference_is_alone test-first
release_is_whole test-first
echo "passed"
