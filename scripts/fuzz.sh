#!/usr/bin/env bash
# Fuzzes each target for a share of the given minutes and says what came out.
#   scripts/fuzz.sh [MINUTES] [TARGET...]     (default 60 minutes of one processor, all targets)
# Builds with clang-14 and libFuzzer under AddressSanitizer and UndefinedBehaviorSanitizer (preset fuzz). New inputs go to
# build/fuzz/corpus/, what crashed, hung (over 5 s), leaked or took over 2 GiB to build/fuzz/findings/. Coverage counts our own
# code: the libraries are not instrumented.
set -euo pipefail
cd "$(dirname "$0")/.."
minutes=${1:-60}
shift || true
targets=("$@")
declare -A share=([dicom]=40 [picture]=15 [dicomdir]=5 [manifest]=8 [safetensors]=8 [torch_file]=8 [model]=6 [recipe]=5 [zip]=5 [multipart]=3 [intake]=3)
((${#targets[@]})) || targets=(dicom picture dicomdir manifest safetensors torch_file model recipe zip multipart)
cmake --preset fuzz >/dev/null
programs=("${targets[@]/#/fuzz_}")
cmake --build build/fuzz --target "${programs[@]}" >/dev/null
total=0
for target in "${targets[@]}"; do total=$((total + share[$target])); done
mkdir -p build/fuzz/logs
for target in "${targets[@]}"; do
  seconds=$((minutes * 60 * share[$target] / total))
  mkdir -p "build/fuzz/corpus/$target" "build/fuzz/findings/$target"
  log=build/fuzz/logs/$target.log
  LSAN_OPTIONS="suppressions=$PWD/fuzz/lsan.supp" ASAN_OPTIONS=allocator_may_return_null=1 TBB_ENABLE_SANITIZERS=1 \
    "build/fuzz/bin/fuzz_$target" "build/fuzz/corpus/$target" "fuzz/corpus/$target" -fork=1 -ignore_crashes=1 -ignore_ooms=1 \
    -ignore_timeouts=1 -timeout=5 -rss_limit_mb=2048 -max_len=65536 -max_total_time="$seconds" \
    -artifact_prefix="build/fuzz/findings/$target/" >"$log" 2>&1 || true
  executions=$(grep -oE '^#[0-9]+:' "$log" | tail -1 | tr -d '#:')
  edges=$(grep -oE 'cov: [0-9]+' "$log" | tail -1 | cut -d' ' -f2)
  printf '%-12s %6s s %12s executions %6s edges %4s findings\n' "$target" "$seconds" "${executions:-?}" "${edges:-?}" \
    "$(find "build/fuzz/findings/$target" -type f | wc -l)"
done
