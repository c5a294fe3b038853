#!/usr/bin/env bash
# The page of a batch in a real browser, opened from its file: figures equal the tables, nothing comes from outside, sort, search, filters,
# keys, views, hostile names, a phone, accessibility; then without pictures, interrupted, from shards, and left out.
source "$(dirname "$0")/lib.sh"
for program in chromium chromedriver; do [[ -x /usr/bin/$program ]] || skip "$program is not installed (scripts/setup)"; done
"$PYTHON" -c "import selenium, axe_playwright_python" 2>/dev/null || skip "selenium or axe-playwright-python is not installed (scripts/setup)"
trap 'kill "${pid:-}" 2>/dev/null || true; rm -rf "$work"' EXIT

"$BIN/mhcnn" phantom --exam --count 2 --seed 7 --height 480 --width 320 --format dicom --out phantom >/dev/null 2>&1
"$PYTHON" "$ROOT/tests/make_page_cases.py" phantom in
expect_exit 1 "$BIN/mhcnn" predict in -o out -q
grep -q "open out/index.html in a browser" "$out" || fail "does not name the page"
nothing_half_written out

# What the page holds follows from the results alone: a resumed run and shards that are merged write the same.
cp -r out resumed
expect_exit 1 "$BIN/mhcnn" predict in -o resumed -q --resume
diff -r out/page resumed/page || fail "another page after --resume"
for part in 1 2; do "$BIN/mhcnn" predict in -o shards -q --shard $part/2 >/dev/null 2>&1 || [[ $? == 1 ]]; done
[[ ! -e shards/index.html ]] || fail "a part of a batch wrote the page"
expect_exit 0 "$BIN/mhcnn" merge shards
diff -r out/page/pictures shards/page/pictures || fail "other pictures from shards"
coverage() { grep -o '\\"coverage\\":[0-9.]*' "$1/page/exams.js"; }
[[ -n $(coverage out) && $(coverage out) == "$(coverage shards)" ]] || fail "another coverage of the intervals from shards"

# What is left out, and nobody's file is replaced.
expect_exit 1 "$BIN/mhcnn" predict in -o bare -q --no-overlays --no-masks
[[ ! -e bare/page/pictures ]] || fail "pictures in spite of --no-overlays"
mkdir mine && echo "<p>mine" >mine/index.html
expect_exit 2 "$BIN/mhcnn" predict in/plain -o mine -q
expect_error_line 'index.html: is not a page of mhcnn and would be replaced; .*--no-page'
expect_exit 0 "$BIN/mhcnn" predict in/plain/L-CC.dcm -o mine -q --no-page
[[ ! -e mine/page && $(<mine/index.html) == "<p>mine" ]] || fail "wrote a page in spite of --no-page"
# With --no-page the pictures of the page are not drawn. Such a run cannot be resumed with a page. Merged parts get a page without pictures.
for part in 1 2; do "$BIN/mhcnn" predict in -o unseen -q --no-page --shard $part/2 >/dev/null 2>&1 || [[ $? == 1 ]]; done
expect_exit 2 "$BIN/mhcnn" predict in -o unseen -q --resume --shard 1/2
expect_error_line 'another model or other options'
expect_exit 0 "$BIN/mhcnn" merge unseen
grep -q '\\"pictures\\":false' unseen/page/exams.js || fail "the page of parts without pictures shows some"
# A page and its pictures are no input.
expect_exit 0 "$BIN/mhcnn" predict in/plain/L-CC.dcm out -o again -q
[[ $(wc -l <again/results.csv) == 2 ]] || fail "files of a page were measured"
grep -Eq "^left out: [0-9]+ drawings and tables of an earlier run$" "$out" || fail "files of a page are counted as others: $(grep "left out" "$out")"

# Ctrl-C: the page shows what is done.
"$BIN/mhcnn" predict in -o stopped -q -j 1 >/dev/null 2>&1 &
pid=$!
for _ in {1..400}; do (($(rows_done stopped) < 2)) || break; sleep 0.02; done
kill -TERM $pid 2>/dev/null || true
wait $pid || true

"$PYTHON" "$ROOT/tests/page_check.py" "$work" "${SCREENSHOTS:-}"
