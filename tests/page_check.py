#!/usr/bin/env python3
"""Looks at the pages that tests/page.sh wrote with Chromium: page_check.py FOLDER [SCREENSHOTS]"""
import csv
import pathlib
import sys
import time

from browser import Tab, size, start, wait
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

WORK = pathlib.Path(sys.argv[1])
SHOTS = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 and sys.argv[2] else None
NONE = "\u2013"  # what the page shows where there is no figure


class Page(Tab):
    def __init__(self, driver, name):
        super().__init__(driver, SHOTS)
        self.folder = WORK / name
        driver.get_log("browser")
        driver.get("about:blank")
        driver.get(f"file://{self.folder}/index.html")
        wait("rows", lambda: self.one(".body [role=row]"))
        self.studies = list(csv.DictReader((self.folder / "studies.csv").open(newline="")))
        self.results = list(csv.DictReader((self.folder / "results.csv").open(newline="")))

    def rows(self):
        """Texts of the cells of the rows in view, in their order on the screen."""
        self.js("return new Promise(requestAnimationFrame)")
        return self.js(
            """const cells = ['.exam b', '.figures b', '.figures span', '.category b', '.pill', '.flags'];
               return [...document.querySelectorAll('.body [role=row]')].sort((a, b) => a.ariaRowIndex - b.ariaRowIndex)
                 .map((row) => cells.map((cell) => row.querySelector(cell).textContent))""")

    def open(self, index):
        self.js("arguments[0].focus()", self.one(".grid"))
        self.keys(Keys.HOME, *([Keys.DOWN] * index), Keys.ENTER)
        wait("exam", lambda: self.all(".exam-page:not([hidden]) .verdict"))

    def check_quiet(self):
        """Nothing failed, nothing was asked from outside."""
        faults = [entry for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
        assert not faults, faults
        loaded = self.js("return performance.getEntriesByType('resource').map((entry) => entry.name)")
        outside = [name for name in loaded if not name.startswith(f"file://{self.folder}/page/")]
        assert not outside, outside


def percent(text):
    return f"{text} %" if text else NONE


def interval(row):
    return f"{row['percent_low']} to {row['percent_high']}" if row["percent_low"] else ""


def check_table(page):
    rows = page.rows()
    assert len(rows) == len(page.studies) == 4, (rows, page.studies)
    shown = sorted((row[1], row[2], row[3]) for row in rows)
    table = sorted((percent(s["percent_density"]), interval(s), s["category"] or NONE) for s in page.studies)
    assert shown == table, (shown, table)
    for letter, _, _, category, pill, _ in rows:
        assert pill == ("Dense" if category in ("c", "d") else "Not dense") or category == NONE, (letter, pill)
    # Sorted both ways, exams without a percent last.
    page.one(".head .percent button").click()
    up = [row[1] for row in page.rows()]
    numbers = [float(text.split()[0]) for text in up if text != NONE]
    assert numbers == sorted(numbers) and up[-1] == NONE, up
    page.one(".head .percent button").click()
    down = [row[1] for row in page.rows()]
    assert [float(text.split()[0]) for text in down if text != NONE] == numbers[::-1] and down[-1] == NONE, down
    assert page.one(".head .percent").get_attribute("aria-sort") == "descending"


def check_search(page):
    page.js("arguments[0].focus()", page.one(".grid"))
    page.keys("/", "pat-0042")
    wait("one row", lambda: len(page.rows()) == 1)
    assert page.rows()[0][0] == "PAT-0042"
    page.keys(Keys.ESCAPE)
    wait("all rows", lambda: len(page.rows()) == 4)
    page.keys("/", "R-CC.dcm")  # a file's name
    wait("one row by file", lambda: len(page.rows()) == 1)
    page.keys(Keys.ESCAPE)
    for state, wanted in (("With refused files", 1), ("Nothing measured", 1)):
        button = next(b for b in page.all(".summary .line") if b.text.startswith(state))
        button.click()
        assert len(page.rows()) == wanted, (state, page.rows())
        button.click()
    for letter in "abcd":
        wanted = sum(s["category"] == letter for s in page.studies)
        button = next(b for b in page.all(".summary .line") if b.text.startswith(f"{letter} "))
        assert button.text.split()[-1] == str(wanted), button.text
        button.click()
        assert len(page.rows()) == (wanted if wanted else 0), letter
        button.click()
    flagged = page.all(".summary .advice")[0]
    assert flagged.find_element(By.TAG_NAME, "em").text, "no advice"
    totals = [b.text for b in page.all(".totals b")]
    failed = sum(r["status"] == "error" for r in page.results)
    assert totals == [str(len(page.studies)), str(len(page.results) - failed), str(failed)], totals


def check_hostile(page):
    names = [row[0] for row in page.rows()]
    assert "</script><script>alert(2)</script>" in names, names
    assert not page.all("img[src=x]") and len(page.all("script")) == 1
    page.open(names.index("</script><script>alert(2)</script>"))
    page.js("document.querySelectorAll('.exam-figures details').forEach((d) => { d.open = true; })")
    files = [dd.text for dd in page.all(".exam-figures dd")]
    assert any("<img src=x onerror=alert(1)>\"'&amp;\\xE2\\x80\\xA8.dcm" in name for name in files), files
    assert not page.all("img[src=x]")
    notes = page.one(".exam-figures").text
    assert "R CC" in notes and "missing" in notes, notes
    assert page.all(".view-note")[0].text == "Not in the exam"
    page.keys(Keys.ESCAPE)


def check_exam(page):
    names = [row[0] for row in page.rows()]
    place = names.index("PAT-0042")
    page.open(place)
    wait("pictures", lambda: page.loaded(".view > img") == 4)
    study = next(s for s in page.studies if s["patient_id"] == "PAT-0042")
    images = [r for r in page.results if r["study_uid"] == study["study"]]
    assert page.one(".letter").text == study["category"]
    assert page.one(".figure b").text == study["percent_density"]
    shown = {}
    for row in page.all(".scale tr"):
        shown[row.find_element(By.TAG_NAME, "th").text] = [cell.text for cell in row.find_elements(By.TAG_NAME, "td")][1:]
    for r in images:
        assert shown[f"{r['laterality']} {r['view']}"] == [r["percent_density"], interval(r), r["category"]], (r, shown)
    assert shown["Right breast"][0] == study["percent_right"] and shown["Left breast"][0] == study["percent_left"]
    values = [value.text for value in page.all(".probabilities .value")]
    assert values == [f"{100 * float(study[f'p_{c}']):.1f} %" for c in "abcd"], values
    # Hung: right breast left, CC above MLO, chest walls together, one scale.
    places = """return [...document.querySelectorAll('.view')].map((view) => {
                  const r = view.querySelector('img').getBoundingClientRect();
                  return [view.ariaLabel.split(',')[0], r.left, r.right, r.top, r.bottom]; })"""
    hung = {name: rest for name, *rest in page.js(places)}
    assert hung["R CC"][1] <= hung["L CC"][0] + 1 and hung["L CC"][0] - hung["R CC"][1] < 8, hung
    assert hung["R CC"][3] <= hung["R MLO"][2] + 8 and abs(hung["R MLO"][1] - hung["R CC"][1]) < 2, hung
    assert len(page.all(".view .dense")) == 4 and all(len(p.get_attribute("d")) > 40 for p in page.all(".view .dense"))
    # Opacity, outlines off, invert by keys.
    opacity = "return Number(getComputedStyle(document.querySelector('.outlines')).opacity)"
    page.keys("[", "[")
    wait("opacity", lambda: abs(page.js(opacity) - 0.6) < 0.01)
    page.keys("o")
    assert page.one(".exam-views").get_attribute("data-outlines") == "fill"
    page.shoot("exam-fill")
    page.keys("o")
    assert not page.one(".outlines").is_displayed()
    page.keys("o", "]", "]", "i")
    assert "inverted" in page.one(".exam-views").get_attribute("class")
    page.keys("i")
    page.shoot("exam")
    check_window(page)
    # One zoom for all: by the wheel at a point, which stays; pan by the mouse; by keys.
    widths = "return [...document.querySelectorAll('.view > img')].map((i) => i.getBoundingClientRect().width)"
    before = page.js(widths)
    box = page.js("const r = document.querySelector('.view').getBoundingClientRect(); return [r.left, r.top, r.width, r.height]")
    x, y = int(box[0] + 0.7 * box[2]), int(box[1] + box[3] / 2)
    page.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": "mouseWheel", "x": x, "y": y, "deltaX": 0, "deltaY": -900})
    wait("zoom", lambda: page.js(widths)[0] > before[0] * 5)
    factors = [after / one for after, one in zip(page.js(widths), before, strict=True)]
    assert max(factors) - min(factors) < 0.01, factors
    lefts = "return [...document.querySelectorAll('.view > img')].map((i) => i.getBoundingClientRect().left)"
    start = page.js(lefts)
    drag = webdriver.ActionChains(page.driver).move_to_element(page.all(".view")[1]).click_and_hold()
    drag.move_by_offset(-40, 10).release().perform()
    moved = [round(a - b) for a, b in zip(page.js(lefts), start, strict=True)]
    assert moved[1] == moved[3] == -moved[0] == -moved[2] == -40, moved
    page.keys("0")
    assert [round(w) for w in page.js(widths)] == [round(w) for w in before]
    page.keys("+")
    assert page.js(widths)[2] > before[2]
    page.keys("0", "2")
    assert sum(view.is_displayed() for view in page.all(".view")) == 1
    page.keys("2")
    check_touch(page, widths)
    page.check_access("exam")
    # The exam after and before, the table again, the list of keys.
    page.keys(Keys.RIGHT)
    wait("next exam", lambda: page.one(".exam-page h1").text == names[place + 1] if place + 1 < len(names) else True)
    page.keys(Keys.LEFT)
    wait("the exam again", lambda: page.one(".exam-page h1").text == "PAT-0042")
    page.keys("?")
    assert page.one("dialog[open]").is_displayed()
    page.keys(Keys.ESCAPE)
    wait("no dialog", lambda: not page.all("dialog[open]"))
    page.keys(Keys.ESCAPE)
    wait("table", lambda: not page.one(".exam-page").is_displayed())
    assert page.js("return document.activeElement.className") == "grid"


def check_window(page):
    """The window of 8-bit pixels by keys, by the right button and by the list; the magnifier."""
    slope = "return Number(document.querySelector('#grey-window feFuncR').getAttribute('slope'))"
    used = "return getComputedStyle(document.querySelector('.view > img')).filter"
    assert page.js(used) == "none"
    webdriver.ActionChains(page.driver).key_down(Keys.SHIFT).send_keys(Keys.ARROW_LEFT).key_up(Keys.SHIFT).perform()
    assert page.js(slope) > 1.05 and "grey-window" in page.js(used), (page.js(slope), page.js(used))
    page.keys("r")
    assert page.js(used) == "none"
    page.keys("w")
    assert abs(page.js(slope) - 1 / 0.6) < 1e-6
    page.keys("r", "m")
    webdriver.ActionChains(page.driver).move_to_element(page.all(".view")[1]).perform()
    wait("the magnifier", lambda: any(lens.is_displayed() for lens in page.all(".lens")))
    page.keys("m")
    wait("no magnifier", lambda: not any(lens.is_displayed() for lens in page.all(".lens")))


def check_touch(page, widths):
    """Two fingers move apart."""
    before = page.js(widths)[0]
    box = page.js("const r = document.querySelector('.view.left').getBoundingClientRect(); return [r.left, r.top + r.height / 2]")
    for kind, gap in (("touchStart", 20), ("touchMove", 30), ("touchMove", 40), ("touchEnd", 0)):
        points = [{"x": box[0] + 80 + side * gap, "y": box[1], "id": side + 1} for side in (-1, 1)] if gap else []
        page.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    wait("zoom by touch", lambda: page.js(widths)[0] > 1.5 * before)
    page.keys("0")


def check_phone(page):
    size(page.driver, 390, 844, mobile=True)
    page.driver.refresh()
    wait("rows", lambda: len(page.rows()) == 4)
    page.check_narrow("table")
    page.shoot("phone-table")
    page.check_access("table on a phone")
    page.open([row[0] for row in page.rows()].index("PAT-0042"))
    wait("pictures", lambda: page.loaded(".view > img") == 4)
    page.check_narrow("exam")
    page.shoot("phone-exam")
    page.check_access("exam on a phone")
    page.keys(Keys.ESCAPE)
    size(page.driver, 1440, 900)


def main():
    began = time.monotonic()
    driver = start()
    try:
        size(driver, 1440, 900)
        page = Page(driver, "out")
        wait("thumbnails", lambda: page.loaded(".pictures img") >= 7)
        page.shoot("table")
        page.check_access("table")
        check_table(page)
        check_search(page)
        check_hostile(page)
        check_exam(page)
        check_phone(page)
        page.check_quiet()

        merged = Page(driver, "shards")
        assert sorted(merged.rows()) == sorted(page.rows())
        bare = Page(driver, "bare")
        assert sorted(bare.rows()) == sorted(page.rows())
        bare.open([row[0] for row in bare.rows()].index("PAT-0042"))
        assert "--no-overlays" in bare.all(".view-note")[0].text
        bare.check_quiet()
        stopped = Page(driver, "stopped")
        done = len(stopped.results)
        total = len(page.results)
        assert done == total or f"after {done} of {total} files" in stopped.one(".banner").text, (done, total)
        seconds = time.monotonic() - began
        print(f"{len(page.studies)} exams, {total} files; axe without violations; stopped after {done}; browser {seconds:.1f} s")
    finally:
        driver.quit()


main()
