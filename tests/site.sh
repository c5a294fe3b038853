#!/usr/bin/env bash
# The documentation site in its short form: each command, option, column, flag and key has its place, the links lead somewhere, nothing is
# loaded from another host, the search finds words without a server, and the commands of the tutorial do what it says. About 30 seconds.
source "$(dirname "$0")/lib.sh"
"$PYTHON" -c 'import importlib.util, sys; sys.exit(any(importlib.util.find_spec(m) is None for m in ("sphinx", "furo", "myst_parser")))' ||
  skip "no Sphinx: scripts/setup --docs"
command -v doxygen >/dev/null || skip "no doxygen"

expect_exit 0 "$ROOT/scripts/make-site.sh" "$work/site" --quick
grep -q ' 0 faults$' "$out" || fail "links: $(cat "$out")"
summary=$(grep ' faults$' "$out")

# The tutorial, command by command, in a folder of its own; step 7 names a folder of the reader.
mkdir tutorial
awk '/^```sh/ {show = 1; next} /^```/ {show = 0} show' "$ROOT/docs/tutorial.md" | grep -v '/path/to' >commands.txt
[[ $(wc -l <commands.txt) -ge 5 ]] || fail "the tutorial has lost its commands"
(cd tutorial && PATH=$BIN:$PATH bash -euo pipefail ../commands.txt) >tutorial.txt 2>&1 || { tail -20 tutorial.txt; fail "a command of the tutorial"; }
for file in out/index.html out/results.csv out/studies.csv report.html; do [[ -s tutorial/$file ]] || fail "the tutorial names $file"; done
[[ $(grep -c ',ok,' tutorial/out/results.csv) == 4 ]] || fail "not four images were measured"
grep -q 'L-CC.dcm,L,CC,' tutorial.txt || fail "the columns that the tutorial cuts out"

"$PYTHON" - "$BIN/mhcnn" site tutorial/out <<'PY'
import html, json, pathlib, re, subprocess, sys
program, site, tables = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])


def text_of(page):
    return html.unescape(re.sub(r"<[^>]+>", " ", (site / page).read_text()))


def codes_of(page):
    return {html.unescape(re.sub(r"<[^>]+>", "", c)).strip() for c in re.findall(r"<code[^>]*>(.*?)</code>", (site / page).read_text(), re.S)}


help_text = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
commands = [line.split()[0] for line in help_text.split("Subcommands:")[1].splitlines() if re.match(r"  \w", line)]
assert len(commands) > 20, commands
options = 0
for command in commands:
    if command == "train":
        continue  # of another program, which is not in each build
    own = subprocess.run([program, command, "--help"], capture_output=True, text=True, check=True).stdout
    page = codes_of(f"reference/commands/{command}.html")
    for option in re.findall(r"^  (?:-\w,)?(--[\w-]+)", own, re.M):
        options += 1
        assert option in page, f"{command} {option} is not on its page"
    assert command in text_of("reference/commands/index.html")
columns = codes_of("reference/columns.html")
heads = [(tables / name).read_text().splitlines()[0].split(",") for name in ("results.csv", "studies.csv")]
assert min(map(len, heads)) > 20, heads
for column in heads[0] + heads[1]:
    assert column in columns, f"the column {column} is not on the page"
# The batch page carries the words of all flags, from the program itself.
flags = {f for row in json.loads((tables / "results.json").read_text())["results"] for f in row["flags"] or []}
listed = codes_of("reference/flags.html")
root = pathlib.Path(__import__("os").environ["ROOT"])
flags |= set(re.findall(r'"(\w+)"\},?$', (root / "src/mhcnn/image/flags.cc").read_text(), re.M))
assert len(flags) > 60 and flags <= listed, flags - listed
keys = codes_of("reference/recipe.html")
for recipe in (root / "recipes").rglob("*.toml"):
    table = ""
    for line in recipe.read_text().splitlines():
        if found := re.match(r"\[+(\w+)\]+", line):
            table = "phase.N" if found[1] == "phase" else found[1]
        elif found := re.match(r"(\w+) =", line):
            assert f"{table}.{found[1]}" in keys, f"{recipe.name}: {table}.{found[1]} is not on the page"
config = codes_of("reference/config.html")
assert {"receive.port", "web.port", "store.url", "objects", "destination.tls.certificate"} <= config, config
python = text_of("reference/python.html")
for name in ("Model", "Result", "ExamResult", "Error", "frame", "analyze_many", "probabilities", "remedy"):
    assert name in python, name
assert "AnalyzeBuffer" in text_of("reference/cpp.html")
index = (site / "searchindex.js").read_text()  # loaded by a script tag, so that a browser reads it from a file too
assert index.startswith("Search.setIndex(") and "tomosynthesi" in index
assert "not a medical device" in text_of("index.html")
print(f"{len(commands)} commands, {options} options, {len(heads[0]) + len(heads[1])} columns, {len(flags)} flags, {len(keys)} words of recipes")
PY

# The check of links finds what it is for.
broken() {  # broken WORD HTML
  mkdir -p broken && printf '<html><body id="top"><a href="a.html">a</a>%s</body></html>' "$2" >broken/a.html
  expect_exit 1 "$PYTHON" "$ROOT/scripts/site/check_links.py" broken
  grep -q "$1" "$err" || { cat "$err"; fail "no finding like: $1"; }
}
broken 'missing.html does not exist' '<a href="missing.html">x</a>'
broken 'no such anchor' '<a href="a.html#nowhere">x</a>'
broken 'from another host' '<script src="https://example.org/x.js"></script>'
broken 'does not exist' '<img src="../outside.png">'
expect_exit 1 "$ROOT/scripts/make-site.sh" "$work/tutorial" --quick
expect_error_line 'contains other files'
echo "passed: $summary"
