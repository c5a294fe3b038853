#!/usr/bin/env bash
# The pages of a real node in a real browser: log in, upload by the page, live worklist, filters, the exam's views with 16-bit pixels, window,
# magnifier, value under the cursor, correction and its conflict, keyboard alone, a phone, roles, administration; axe on each page and state.
source "$(dirname "$0")/lib.sh"
for program in chromium chromedriver; do [[ -x /usr/bin/$program ]] || skip "$program is not installed (scripts/setup)"; done
"$PYTHON" -c "import selenium, axe_playwright_python, pynetdicom" 2>/dev/null || skip "selenium, axe-playwright-python or pynetdicom is not installed (scripts/setup)"
PYTHONPATH=$ROOT/tests "$PYTHON" "$ROOT/tests/node_page_check.py" "$BIN/mhcnn" "$work" "${SCREENSHOTS:-}" || fail "see above"
