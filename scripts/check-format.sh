#!/usr/bin/env bash
# Says which of our sources clang-format 14 would change; exits 1 if there are any.
set -euo pipefail
cd "$(dirname "$0")/.."
git ls-files 'include/*.h' 'examples/*.cc' 'src/*.h' 'src/*.cc' 'apps/*.h' 'apps/*.cc' 'tests/*.cc' 'python/*.cc' 'python/*.c' | xargs clang-format-14 --dry-run --Werror
echo "formatted: all sources"
