#!/usr/bin/env python3
"""Looks at the pages of a node (tests/node_page.sh) with Chromium: node_page_check.py MHCNN FOLDER [SCREENSHOTS]"""
import base64
import io
import json
import pathlib
import subprocess
import sys
import time

import numpy
import pydicom
from browser import Tab, size, start, wait
from node_harness import Node, copies, phantom_exam
from PIL import Image
from pydicom.pixels import apply_voi_lut
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from worklist_checks import (
    PASSWORD,
    check_disabled,
    check_mark,
    check_password,
    check_sorting,
    check_tabs,
    check_thumbnails,
    check_uploads_go_on,
    check_ways_in,
)

MHCNN, WORK = sys.argv[1], pathlib.Path(sys.argv[2])
SHOTS = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 and sys.argv[3] else None
NOTICE = "Research tool, not a medical device"
# The canvas as it is now, in a frame in which it is drawn anew.
POINT = """const [name, share, done] = arguments;
  const view = [...document.querySelectorAll('.view')].find((one) => one.ariaLabel.startsWith(name));
  const box = view.getBoundingClientRect(), image = view.querySelector('img').getBoundingClientRect();
  done([image.left, image.top, image.width, image.height, box.left, box.top, box.width, box.height]);"""


class Pages(Tab):
    def __init__(self, driver, address):
        super().__init__(driver, SHOTS)
        self.address = address
        self.seconds = {}

    def go(self, path):
        self.driver.get(self.address + path)

    def log_in(self, name, password=PASSWORD):
        wait("the login page", lambda: self.one(".login-form"))
        self.one("input[name=name]").clear()
        self.keys(name, Keys.TAB, password, Keys.ENTER)

    def log_out(self):
        self.js("[...document.querySelectorAll('header button')].find((b) => b.textContent === 'Log out' && b.offsetParent).click()")
        wait("the login page", lambda: self.one(".login-form"))

    def rows(self):
        self.js("return new Promise(requestAnimationFrame)")
        return self.js(
            """const cells = ['.exam b', '.state b', '.figures b', '.category b', '.flags'];
               return [...document.querySelectorAll('.body [role=row]')].sort((a, b) => a.ariaRowIndex - b.ariaRowIndex)
                 .map((row) => cells.map((cell) => row.querySelector(cell).textContent))""")

    def ask(self, path):
        """What the API answers this person."""
        return self.driver.execute_async_script(
            "const done = arguments[1]; fetch(arguments[0]).then((answer) => answer.json()).then(done)", path)

    def figures(self):
        return self.one(".exam-figures").text

    def screen(self):
        """The pixels of the screen."""
        png = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})["data"]
        return numpy.asarray(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB"))

    def mouse(self, kind, x, y, button="none", **more):
        self.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, "button": button, **more})

    def window(self):
        """Centre and width that the page states."""
        words = self.one(".readout > :last-child").text.replace(",", "").split()
        return float(words[2]), float(words[4])

    def faults(self, expected=()):
        """What the browser's console holds besides answers that were meant to fail."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING") and
                not any(word in entry["message"] for word in expected)]


def check_login(pages):
    pages.go("/exam/1")
    wait("the login page", lambda: pages.one(".login-form"))
    assert NOTICE in pages.one("main").text
    pages.shoot("login")
    pages.check_access("login")
    pages.log_in("anna", "a wrong password")
    wait("the refusal", lambda: "wrong" in pages.one(".said").text)
    pages.check_access("login refused")
    pages.go("/")
    pages.log_in("anna")
    wait("the worklist", lambda: pages.one(".worklist"))
    wait("no exams", lambda: "no exams yet" in pages.one(".table .empty").text)
    assert NOTICE in pages.one("header").text and "anna, reader" in pages.one("header").text
    assert not pages.all("nav a[href='/admin']"), "a reader is not offered the administration"
    pages.shoot("worklist-empty")
    pages.check_access("empty worklist")


def check_upload(pages, files, node):
    wait("live", lambda: pages.one(".connection").text == "Live")
    bad = WORK / "notes.dcm"
    bad.write_text("no image" * 100)
    pages.one("input[type=file][multiple]").send_keys("\n".join(map(str, [*files, bad])))
    wait("all sent", lambda: pages.one(".uploads h2").text == "4 files sent, 1 not", 30)
    said = {item.find_element(By.TAG_NAME, "b").text: item.text for item in pages.all(".uploads li")}
    assert all("Stored" in said[path.name] for path in files), said
    assert "Stored" not in said["notes.dcm"] and len(said["notes.dcm"]) > 25, said
    wait("the exam, live", lambda: len(pages.rows()) == 1)
    pages.shoot("worklist-upload")
    pages.check_access("worklist with uploads")
    # The same again: nothing new, and said so.
    pages.one(".uploads header button:last-child").click()
    pages.one("input[type=file][multiple]").send_keys(str(files[0]))
    wait("known already", lambda: "already" in pages.one(".uploads li").text)
    pages.js("document.querySelector('.uploads header button:last-child').click()")
    wait("measured, live", lambda: pages.rows()[0][1] == "Measured", 60)
    exam = node.exams()[0]
    summary = pages.ask(f"/api/v1/exams?study={exam['study_uid']}")["exams"][0]
    assert pages.rows()[0] == [exam["patient_id"], "Measured", f"{summary['percent']} %", summary["category"], pages.rows()[0][4]]


def check_filters(pages):
    """Two more exams, one of which is refused."""
    wait("three exams", lambda: len(pages.rows()) == 3 and {row[1] for row in pages.rows()} == {"Measured", "Refused"}, 60)
    refused = next(row for row in pages.rows() if row[1] == "Refused")
    assert len(refused[4]) > 20, "the reason in words"
    pages.shoot("worklist")
    pages.check_access("worklist")
    button = next(b for b in pages.all(".summary .line") if b.text.startswith("Refused"))
    wait("the count", lambda: button.text.split()[-1] == "1")
    button.click()
    wait("one refused", lambda: [row[1] for row in pages.rows()] == ["Refused"])
    button.click()
    wait("all", lambda: len(pages.rows()) == 3)
    pages.js("document.querySelector('.grid').focus()")
    pages.keys("/", "other0")
    wait("one by patient", lambda: [row[0] for row in pages.rows()] == ["Other0"])
    pages.keys(Keys.ESCAPE)
    wait("all again", lambda: len(pages.rows()) == 3)
    letter = pages.rows()[-1][3]
    for wanted in "abcd":
        choice = next(b for b in pages.all(".summary .line") if b.text.startswith(f"{wanted} "))
        choice.click()
        number = sum(row[3] == wanted for row in [["", "", "", letter]] * 2)
        wait(f"category {wanted}", lambda n=number: len(pages.rows()) == n)
        choice.click()
    pages.js("""const from = document.querySelector('input[type=date]');
                from.value = '2199-01-01'; from.dispatchEvent(new Event('change'));""")
    wait("none by date", lambda: "No exam matches" in pages.one(".table .empty").text and not pages.rows())
    pages.check_access("no match")
    pages.one(".clear").click()
    wait("all", lambda: len(pages.rows()) == 3)


def open_exam(pages, patient):
    """By the keyboard alone; returns after the pixels are there."""
    names = [row[0] for row in pages.rows()]
    pages.js("document.querySelector('.grid').focus()")
    began = time.monotonic()
    pages.keys(Keys.HOME, *([Keys.DOWN] * names.index(patient)), Keys.ENTER)
    wait("pictures", lambda: pages.loaded(".view > img") == 4)
    pages.seconds["pictures"] = time.monotonic() - began
    wait("pixels", lambda: len(pages.all(".view.sharp")) == 4, 30)
    pages.seconds["16-bit pixels"] = time.monotonic() - began


def check_exam(pages, exam):
    record = pages.ask(f"/api/v1/exams/{exam}")
    assert pages.one(".letter").text == record["category"] and pages.one(".figure b").text == record["percent"]
    hung = pages.js("""return [...document.querySelectorAll('.view')].map((view) => {
                         const r = view.getBoundingClientRect(); return [view.ariaLabel.split(',')[0], r.left, r.top]; })""")
    places = {name: (left, top) for name, left, top in hung}
    assert places["R CC"][0] < places["L CC"][0] and places["R MLO"][1] > places["R CC"][1], hung
    text = pages.figures()
    for sentence in record["explanation"]:
        assert sentence in text, sentence
    wait("results to download", lambda: pages.all(".results a"))
    for link in pages.all(".results a")[:1]:
        script = "const done = arguments[1]; fetch(arguments[0]).then((answer) => done(answer.status))"
        status = pages.driver.execute_async_script(script, link.get_attribute("href"))
        assert status == 200
    assert NOTICE in pages.one(".exam-head").text
    pages.shoot("exam")
    pages.check_access("exam")


def check_pixels(pages, files):
    """The value under the cursor is that of the file by pydicom; the grey on the screen follows from it and the window."""
    image = next(pydicom.dcmread(path) for path in files if pydicom.dcmread(path).ImageLaterality == "L" and path.name.startswith("L-CC"))
    # The window maps to 0 ... 2^BitsStored-1; the node keeps 16 bits.
    windowed = apply_voi_lut(image.pixel_array, image).astype(float) / (2 ** image.BitsStored - 1) * 65535
    pages.keys("2")  # L CC alone, then so large that a pixel of the image is many of the screen
    wait("one view", lambda: sum(view.is_displayed() for view in pages.all(".view")) == 1)
    pages.keys("o", "o")  # no outlines before the pixels
    pages.keys(*["+"] * 9)

    def at_rest():  # the image is no longer moved by the last key
        before = pages.driver.execute_async_script(POINT, "L CC", 0)
        time.sleep(0.5)
        return before if pages.driver.execute_async_script(POINT, "L CC", 0) == before else None

    left, top, width, height, *box = wait("the enlarged image", at_rest)
    record = pages.ask(f"/api/v1/exams/{pages.js('return location.pathname').split('/')[-1]}")
    key = next(p["key"] for p in record["pictures"] if p["name"] == "L CC")
    outlines = pages.ask(f"/api/v1/exams/{record['id']}/pictures/{key}.json")
    columns, rows = outlines["pixels"]
    x0, y0 = round(outlines["cut"][0] * image.Columns), round(outlines["cut"][1] * image.Rows)
    checked = 0
    pages.keys("w")  # a window other than the default one
    for share in (0.25, 0.4, 0.5, 0.6, 0.7):
        # The middle of a pixel of the image near this place of the view.
        column = int((box[0] + box[2] * share * 0.6 - left) / width * columns)
        row = int((box[1] + box[3] * share - top) / height * rows)
        x, y = left + (column + 0.5) * width / columns, top + (row + 0.5) * height / rows
        pages.mouse("mouseMoved", x, y)
        wanted = windowed[y0 + row, x0 + column]

        def value():
            words = pages.one(".readout .value").text
            return int(words.split()[-1]) if words.startswith("L CC: value") and "mean" not in words else -1

        # The browser handles the movement with its next frame.
        wait(f"the value {wanted:.0f} at {column}, {row}", lambda read=value, right=wanted: abs(read() - right) <= 9)
        centre, wide = pages.window()
        grey = numpy.clip((value() - (centre - wide / 2)) / wide, 0, 1) * 255
        shown = pages.screen()[int(y), int(x)].astype(int)
        assert max(abs(shown - grey)) <= 3 and max(shown) - min(shown) == 0, (shown, grey, value())
        checked += 1
    pages.keys("i")
    wait("inverted", lambda: max(abs(pages.screen()[int(y), int(x)] - (255 - grey))) <= 3)
    pages.keys("i", "r", "0", "2", "o")
    return checked


def check_tools(pages):
    wait("all views", lambda: sum(view.is_displayed() for view in pages.all(".view")) == 4)
    own = pages.window()
    x, y, h = pages.js("const r = document.querySelectorAll('.view')[1].getBoundingClientRect(); return [r.left, r.top, r.height]")
    # The window by the right button: to the right wider, downwards a higher centre.
    pages.mouse("mousePressed", x + 60, y + 60, "right", buttons=2, clickCount=1)
    pages.mouse("mouseMoved", x + 160, y + 110, "right", buttons=2)
    pages.mouse("mouseReleased", x + 160, y + 110, "right", buttons=0, clickCount=1)
    wider = wait("another window", lambda: pages.window() != own and pages.window())
    assert wider[1] > own[1] * 1.3 and wider[0] > own[0], (own, wider)
    pages.keys("r")
    assert pages.window() == own
    webdriver.ActionChains(pages.driver).key_down(Keys.SHIFT).send_keys(Keys.ARROW_LEFT, Keys.ARROW_UP).key_up(Keys.SHIFT).perform()
    narrower = pages.window()
    assert narrower[1] < own[1] and narrower[0] < own[0], (own, narrower)
    pages.keys("w", "w", "r")
    assert pages.window() == own
    # Wheel at a point, pan, and the other views with it.
    widths = "return [...document.querySelectorAll('.view > img')].map((i) => i.getBoundingClientRect().width)"
    before = pages.js(widths)
    pages.mouse("mouseWheel", int(x + 80), int(y + h / 2), deltaX=0, deltaY=-600)
    wait("zoom", lambda: pages.js(widths)[0] > before[0] * 3)
    factors = [after / one for after, one in zip(pages.js(widths), before, strict=True)]
    assert max(factors) - min(factors) < 0.01, factors
    pages.keys("0")
    # The magnifier leaves the outlines free where it is.
    pages.keys("m")
    pages.mouse("mouseMoved", x + 70, y + h / 2)
    clipped = "return [...document.querySelectorAll('.outlines')].some((lines) => lines.style.clipPath.includes('path'))"
    wait("the magnifier", lambda: pages.js(clipped))
    pages.shoot("exam-magnifier")
    pages.keys("m")
    # True size: first the screen is measured.
    pages.keys("t")
    wait("the dialog", lambda: pages.one("dialog.measure").is_displayed())
    pages.check_access("measure the screen")
    pages.keys(Keys.TAB) if pages.js("return document.activeElement.tagName") == "BODY" else None
    pages.js("const i = document.querySelector('.measure input'); i.value = 400; i.dispatchEvent(new Event('input'))")
    pages.one(".measure .main").click()
    ruler = "const r = document.querySelector('.ruler'); return [parseFloat(r.style.width), parseFloat(r.textContent)]"
    length, cm = wait("true size", lambda: pages.js(ruler))
    assert abs(length / (10 * cm) - 4) < 0.02, (length, cm)
    pages.keys("0", "t")
    length, cm = pages.js(ruler)
    assert abs(length / (10 * cm) - 4) < 0.02, "the measure is kept"
    pages.keys("0")


def check_correction(pages, exam, node):
    """A reader changes the category by the keyboard alone; a second one who saw an older version is told."""
    record = pages.ask(f"/api/v1/exams/{exam}")
    pages.keys("c")
    other = "d" if record["category"] != "d" else "c"
    pages.keys(*[Keys.ARROW_RIGHT if other > record["category"] else Keys.ARROW_LEFT] * abs(ord(other) - ord(record["category"])))
    pages.keys(Keys.TAB, Keys.TAB, "checked by hand", Keys.TAB, Keys.ENTER)
    wait("the correction", lambda: f"category {other}" in pages.one(".reader").text, 15)
    text = wait("the reader's box", lambda: pages.one(".reader").text)  # an event may have it drawn anew
    assert "anna" in text and "version 1" in text and "checked by hand" in text, text
    kept = pages.ask(f"/api/v1/exams/{exam}/corrections")["corrections"]
    assert [(one["category"], one["author"], one["version"]) for one in kept] == [(other, "anna", 1)], kept
    pages.shoot("exam-corrected")
    pages.check_access("corrected exam")
    wait("settled", lambda: node.exams()[-1]["state"] == "done", 60)
    time.sleep(1.5)
    # Another one saves while this reader writes.
    pages.js("document.querySelector('.reader details').open = true")
    pages.one(".reader textarea").send_keys("mine")
    pages.driver.execute_async_script(
        """const [address, body, done] = arguments;
           fetch('/api/v1/session').then((a) => a.json()).then(({csrf}) => fetch(address, {method: 'POST', body,
             headers: {'Content-Type': 'application/json', 'X-CSRF-Token': csrf}})).then(() => done());""",
        f"/api/v1/exams/{exam}/corrections",
        json.dumps({"revision": kept[0]["revision"], "version": 1, "category": "a", "percent": None, "comment": ""}))
    wait("word of the change", lambda: "changed meanwhile" in pages.one(".said").text, 20)
    assert pages.one(".reader textarea").get_attribute("value") == "mine", "what the reader writes stays"
    pages.one(".reader-form .main").click()
    wait("the conflict", lambda: "Not saved" in pages.one(".said").text)
    pages.check_access("conflict")
    wait("the newer version is asked for", lambda: pages.one(".said button").click() or True)
    wait("the newer version", lambda: "version 2" in pages.one(".reader").text)


def check_keyboard(pages):
    pages.keys("?")
    wait("the keys", lambda: pages.one("dialog[aria-label=Keys]").is_displayed())
    pages.shoot("keys")
    pages.check_access("keys")
    pages.keys(Keys.ESCAPE)
    wait("no dialog", lambda: not pages.one("dialog[aria-label=Keys]").is_displayed())
    first = pages.one(".exam-page h1").text
    pages.keys("p")
    wait("the exam before", lambda: pages.one(".exam-page h1").text != first)
    pages.keys("n")
    wait("the exam again", lambda: pages.one(".exam-page h1").text == first)
    pages.js("document.querySelector('.exam-figures').focus()")
    pages.keys(Keys.ESCAPE)
    wait("the worklist", lambda: not pages.one(".exam-page").is_displayed())
    assert pages.js("return document.activeElement.className") == "grid"


def check_refused(pages):
    pages.js("document.querySelector('.grid').focus()")
    names = [row[1] for row in pages.rows()]
    pages.keys(Keys.HOME, *([Keys.DOWN] * names.index("Refused")), Keys.ENTER)
    wait("refused", lambda: "Refused" in pages.figures())
    pages.shoot("exam-refused")
    pages.check_access("refused exam")
    again = [b for b in pages.all(".actions button") if b.text == "Measure again"]
    pages.keys(Keys.ESCAPE)
    return again


def check_phone(pages, exam):
    size(pages.driver, 390, 844, mobile=True)
    for path, name in (("/", "worklist"), (f"/exam/{exam}", "exam")):
        pages.go(path)
        wait("rows", lambda: len(pages.rows()) == 3)
        if name == "exam":
            wait("pictures", lambda: pages.loaded(".view > img") == 4)
        pages.check_narrow(name)
        pages.shoot(f"phone-{name}")
        pages.check_access(f"{name} on a phone")
    size(pages.driver, 1440, 900)


def check_administrator(pages):
    pages.go("/")
    wait("the worklist", lambda: len(pages.rows()) == 3)
    pages.log_out()
    pages.log_in("otto")
    wait("the worklist", lambda: len(pages.rows()) == 3)
    pages.one("nav a[href='/admin']").click()
    wait("parts", lambda: "Parts" in pages.one(".admin").text and "Queues" in pages.one(".admin").text)
    wait("settings", lambda: "Settings" in pages.one(".admin").text)
    text = pages.one(".admin").text
    assert NOTICE in text and PASSWORD not in text
    pages.shoot("admin")
    pages.check_access("administration")
    pages.one("nav a[href='/']").click()
    wait("the worklist", lambda: len(pages.rows()) == 3)
    assert check_refused(pages), "an administrator may measure again"
    check_uploads_go_on(pages, sorted((WORK / "phantom-7").rglob("*.dcm")), WORK)
    # Retry from the worklist: what the node answers is said.
    retry = "[...document.querySelectorAll('.body .cell.state button')].find((b) => b.offsetParent)"
    wait("a button to measure again", lambda: pages.js(f"return Boolean({retry})"))
    pages.js(f"{retry}.click()")
    wait("the answer", lambda: "waits for a worker again" in pages.one(".banner").text)
    wait("refused again", lambda: "Refused" in [row[1] for row in pages.rows()], 60)
    pages.log_out()
    pages.log_in("vera")
    wait("the worklist", lambda: len(pages.rows()) == 3)
    assert not pages.all(".send"), "a viewer is not offered to send"
    open_exam(pages, "Other0")
    assert not pages.all(".reader-form") and not pages.all(".actions"), "a viewer is offered no change"


def check_lost(pages, node):
    pages.go("/")
    wait("live", lambda: pages.one(".connection").text == "Live")
    node.stop()
    wait("the loss is said", lambda: "lost" in pages.one(".banner").text and pages.one(".connection").text == "Connection lost", 20)
    pages.shoot("worklist-lost")
    pages.check_access("connection lost")


def main():
    began = time.monotonic()
    phantom_exam(MHCNN, WORK)
    files = sorted((WORK / "phantom-7").rglob("*.dcm"))
    node = Node(MHCNN, WORK / "node", web='access = "accounts"')
    (WORK / "password").write_text(PASSWORD + "\n")
    for name, role in (("anna", "reader"), ("otto", "administrator"), ("vera", "viewer")):
        words = ["users", "add", name, "--role", role, "--password-file", str(WORK / "password"), "--config", str(node.config)]
        subprocess.run([MHCNN, *words], check=True)
    node.start()
    driver = start()
    try:
        size(driver, 1440, 900)
        pages = Pages(driver, f"http://127.0.0.1:{node.http}")
        check_login(pages)
        check_upload(pages, files, node)
        exam = node.exams()[0]
        number, patient = exam["id"], exam["patient_id"]
        other, empty = copies(phantom_exam(MHCNN, WORK), 2, "Other")
        for image in empty:
            image.PixelData = bytes(len(image.PixelData))
        assert node.send([*other, *empty]) == [0] * 8
        check_filters(pages)
        check_sorting(pages)
        check_thumbnails(pages)
        check_ways_in(pages, files, WORK)
        check_password(pages, "anna")
        open_exam(pages, patient)
        check_exam(pages, number)
        checked = check_pixels(pages, files)
        check_tools(pages)
        check_correction(pages, number, node)
        check_keyboard(pages)
        check_phone(pages, number)
        check_administrator(pages)
        pages.go("/")
        check_mark(pages, node, copies(phantom_exam(MHCNN, WORK), 1, "New")[0])
        check_tabs(pages)
        check_disabled(pages, node, "vera")
        # 401: not logged in, or a wrong password; 409: the conflict; 422: a short password. The browser reports them.
        faults = pages.faults(("401", "409", "422", "favicon"))
        assert not faults, faults
        pages.log_in("anna")
        wait("the worklist", lambda: pages.all(".worklist"))
        check_lost(pages, node)
        times = ", ".join(f"{name} after {seconds:.2f} s" for name, seconds in pages.seconds.items())
        print(f"passed: {checked} values equal those of the file; axe without violations; {times} (four images of 500 x 360 "
              f"pixels); {time.monotonic() - began:.1f} s")
    finally:
        driver.quit()
        node.stop()


main()
