# shellcheck shell=bash
# To be sourced, in the root of the project, by a script that runs the built programs.

# find_programs NAME...: sets `bin` to the folder that has them: $BIN, else that of the preset release, else that of inference.
find_programs() {
  local name folders=("${BIN:-}")
  [[ -n ${BIN:-} ]] || folders=(build/release/bin build/inference/bin)
  for bin in "${folders[@]}"; do
    for name in "$@"; do [[ -x $bin/$name ]] || continue 2; done
    return
  done
  echo "error: $* not found in ${folders[*]}; build with: scripts/setup && cmake --preset release && cmake --build --preset release" \
    "(or set BIN to the folder of the programs)" >&2
  exit 2
}
