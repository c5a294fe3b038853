#!/usr/bin/env bash
# Checks the shell and Python scripts; prints each finding and exits 1 if there are any.
# - shellcheck (.shellcheckrc) for all shell scripts, ruff (ruff.toml) for all Python scripts.
# - A script carries the extension of its language. The exceptions are the commands that README names, and .ci/run.
# - Each path of this repository that a tracked text names exists (but for names of tests, `NAME scripts/...`).
# Exits 77 (skipped) outside a git checkout, whose files it lists.
set -euo pipefail
cd "$(dirname "$0")/.."
git rev-parse --git-dir >/dev/null 2>&1 || { echo "skipped: no git checkout, whose files can be listed"; exit 77; }
commands=(scripts/setup scripts/test scripts/quickstart .ci/run)
status=0
finding() { echo "$*" >&2; status=1; }

mapfile -t files < <(git ls-files --cached --others --exclude-standard)
shell=("${commands[@]}") python=()
for file in "${files[@]}"; do
  [[ -f $file ]] || continue  # deleted, and not committed yet
  case $file in
    *.sh) shell+=("$file") ;;
    *.py) python+=("$file") ;;
    scripts/* | tests/* | bench/* | fuzz/*)
      if [[ " ${commands[*]} " != *" $file "* && $(head -c 2 "$file" | tr -d '\0') == '#!' ]]; then
        finding "$file: a script without the extension of its language (.sh or .py)"
      fi
      ;;
  esac
done
shellcheck "${shell[@]}" || status=1
.deps/venv/bin/ruff check --quiet --no-cache "${python[@]}" || status=1

# What looks like a path: one of these folders and a name; not a part of a name such as evaluation_{a,b}.cc or $name.toml.
folders='scripts|src|apps|tests|docs|recipes|fuzz|cmake|bench|requirements|examples'
while IFS= read -r line; do
  file=${line%%:*} name=${line#*:}
  [[ -e $name ]] || finding "$file: names $name, which does not exist"
done < <(git grep -IoP "(?<!NAME )(?<!properties\()(?<![\w./-])(?:$folders)/[\w./-]*\w(?![\w{*\$-])" -- ':!CHANGELOG.md' ':!fuzz/corpus' ':!examples/kubernetes/node.yaml' | sort -u)

((status)) || echo "checked: ${#shell[@]} shell scripts, ${#python[@]} Python scripts"
exit $status
