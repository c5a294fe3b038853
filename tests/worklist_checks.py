"""Checks of the worklist of a node for node_page_check.py: order, thumbnails, mark, ways to send, the own password, tabs, ends of sessions.

`pages` is its Pages: a tab of the browser at the node."""
import subprocess
import zipfile

import numpy
from browser import wait
from selenium.webdriver.common.keys import Keys

PASSWORD = "seven grey rulers 42"
LEAVE = "const leave = new Event('beforeunload', {cancelable: true}); dispatchEvent(leave); return leave.defaultPrevented"


def check_sorting(pages):
    """By the heads of the columns and by the list; in the order of the node."""
    def wanted(query):
        return [exam["patient_id"] for exam in pages.ask(f"/api/v1/exams?{query}")["exams"]]

    def head(name):
        pages.js("[...document.querySelectorAll('.head button')].find((b) => b.textContent.startsWith(arguments[0])).click()", name)

    before = [row[0] for row in pages.rows()]
    for name, query in (("Patient", "sort=patient&order=asc"), ("Patient", "sort=patient&order=desc"),
                        ("Percent density", "sort=percent&order=desc"), ("Percent density", "sort=percent&order=asc"),
                        ("Date", "sort=date"), ("Category", "sort=category"), ("State", "sort=state&order=asc")):
        head(name)
        wait(f"sorted by {query}", lambda q=query: [row[0] for row in pages.rows()] == wanted(q))
        heads = pages.js("return [...document.querySelectorAll('.head [aria-sort]')].map((h) => [h.textContent, h.ariaSort])")
        assert [head for head, sort in heads if sort != "none"] == [name], heads
    assert pages.rows()[-1][1] == "Refused", "by state, the refused one is last"
    pages.check_access("sorted worklist")
    pages.js("const s = document.querySelector('select[aria-label=Sort]'); s.value = 'received desc';"
             "s.dispatchEvent(new Event('change'))")
    wait("by arrival again", lambda: [row[0] for row in pages.rows()] == before)


def check_thumbnails(pages):
    """The four views of each measured exam, kept by their ETag; none of a refused one."""
    wait("thumbnails", lambda: pages.loaded(".body .pictures img") == 8)
    addresses = pages.js("return [...document.querySelectorAll('.pictures img[src]')].map((i) => i.getAttribute('src'))")
    assert len(set(addresses)) == 8 and all(address.endswith("-small.jpg") for address in addresses), addresses
    status = pages.driver.execute_async_script(
        """const [address, done] = arguments;
           fetch(address).then((one) => fetch(address, {headers: {'If-None-Match': one.headers.get('ETag')}, cache: 'no-store'}))
             .then((again) => done(again.status))""", addresses[0])
    assert status == 304, status


def check_mark(pages, node, exam):
    """The mark stays on its exam when another exam comes above it."""
    marked = "return document.querySelector('.body .active .exam b').textContent"
    pages.js("document.querySelector('.grid').focus()")
    pages.keys(Keys.HOME, Keys.DOWN)
    patient = pages.rows()[1][0]
    wait("the mark on the second exam", lambda: pages.js(marked) == patient)
    assert node.send(exam) == [0] * len(exam)
    wait("the new exam above", lambda: pages.rows()[0][0] == str(exam[0].PatientID))
    assert pages.js(marked) == patient and pages.rows()[2][0] == patient, "the mark moved to another exam"


def check_password(pages, name):
    """A person changes the own password; each refusal is said in words."""
    other = "eight brown rulers 43"

    def say(present, new, repeat):
        for field, text in (("present", present), ("next", new), ("repeat", repeat)):
            box = pages.one(f".password input[name={field}]")
            box.clear()
            box.send_keys(text)
        pages.keys(Keys.ENTER)

    def button():
        pages.js("[...document.querySelectorAll('header button')].find((b) => b.textContent === 'Password' && b.offsetParent).click()")
        wait("the dialog", lambda: pages.one(".password").is_displayed())

    button()
    said = pages.one(".password .said")
    pages.check_access("password")
    pages.shoot("password")
    for words, sentence in (((PASSWORD, other, other + "x"), "differ"), (("a wrong password", other, other), "current password is wrong"),
                            ((PASSWORD, "too short", "too short"), "12 characters")):
        say(*words)
        wait(f"the refusal: {sentence}", lambda want=sentence: want in said.text)
    pages.check_access("password refused")
    say(PASSWORD, other, other)
    wait("the change", lambda: said.text == "The password was changed.")
    pages.keys(Keys.ESCAPE)
    wait("no dialog", lambda: not pages.one(".password").is_displayed())
    wait("live with the new session", lambda: pages.one(".connection").text == "Live")
    pages.log_out()
    pages.log_in(name, PASSWORD)
    wait("the refusal", lambda: "wrong" in pages.one(".said").text)
    pages.go("/")
    pages.log_in(name, other)
    wait("the worklist", lambda: pages.one(".worklist"))
    button()
    say(other, PASSWORD, PASSWORD)
    wait("the change", lambda: pages.one(".password .said").text == "The password was changed.")
    pages.keys(Keys.ESCAPE)


def check_ways_in(pages, files, work):
    """A folder, a zip, and what is dropped: a file and a folder. The node has all of it already, so that no exam comes."""
    folder = files[0].parent
    while len(list(folder.rglob("*.dcm"))) < len(files):
        folder = folder.parent
    packed = work / "exam.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in files:
            archive.write(path, path.name)

    def drop(*paths):
        data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            pages.driver.execute_cdp_cmd("Input.dispatchDragEvent", {"type": kind, "x": 700, "y": 400, "data": data})
            if kind == "dragOver":
                wait("word of the drop", lambda: pages.js("return Boolean(document.querySelector('.dropping'))"))
                pages.shoot("worklist-drop")

    for way, act, count, words in (
            ("a folder", lambda: pages.one("input[webkitdirectory]").send_keys(str(folder)), 4, "already"),
            ("a zip", lambda: pages.one("input[type=file][multiple]").send_keys(str(packed)), 1, "4 already stored"),
            ("a dropped file", lambda: drop(files[0]), 1, "already"), ("a dropped folder", lambda: drop(folder), 4, "already")):
        act()
        plural = "" if count == 1 else "s"
        wait(f"{way} is sent", lambda n=count, s=plural: pages.one(".uploads h2").text == f"{n} file{s} sent", 30)
        items = [item.text for item in pages.all(".uploads li")]
        assert len(items) == count and all(words in item for item in items), (way, items)
        pages.js("document.querySelector('.uploads header button:last-child').click()")


def slow(pages, bytes_in_a_second):
    pages.driver.execute_cdp_cmd("Network.enable", {})
    pages.driver.execute_cdp_cmd("Network.emulateNetworkConditions",
                                 {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_in_a_second})


def check_uploads_go_on(pages, files, work):
    """What is sent goes on while the administrator looks at another page, and can be cancelled."""
    large = work / "large.zip"
    with zipfile.ZipFile(large, "w") as archive:
        archive.writestr("noise.bin", numpy.random.default_rng(1).bytes(3_000_000))
        archive.write(files[0], files[0].name)
    slow(pages, 250_000)  # 12 s
    pages.one("input[type=file][multiple]").send_keys(str(large))
    wait("it is sent", lambda: pages.one(".uploads h2").text == "Sending 1 of 1 file")
    assert pages.js(LEAVE), "who leaves the page is warned"
    pages.one("nav a[href='/admin']").click()
    wait("the administration", lambda: pages.one(".admin"))
    assert pages.one(".uploads").is_displayed() and pages.one(".uploads h2").text == "Sending 1 of 1 file"
    pages.check_access("administration with uploads")
    wait("sent meanwhile", lambda: "sent" in pages.one(".uploads h2").text, 60)
    pages.one("nav a[href='/']").click()
    wait("the worklist", lambda: pages.one(".worklist"))
    assert "already" in pages.one(".uploads li").text, pages.one(".uploads").text
    assert not pages.js(LEAVE)
    pages.js("document.querySelector('.uploads header button:last-child').click()")
    slow(pages, 100_000)
    pages.one("input[type=file][multiple]").send_keys(str(large))
    wait("it is sent", lambda: pages.one(".uploads h2").text == "Sending 1 of 1 file")
    next(b for b in pages.all(".uploads header button") if b.text == "Cancel").click()
    wait("cancelled", lambda: "Cancelled" in pages.one(".uploads li").text and pages.one(".uploads h2").text == "0 files sent, 1 not")
    slow(pages, -1)
    pages.js("document.querySelector('.uploads header button:last-child').click()")


def check_tabs(pages):
    """Seven tabs of one browser: those that nobody sees hold no connection, so that the last one loads too."""
    first = pages.driver.current_window_handle
    for _ in range(6):
        pages.driver.switch_to.new_window("tab")
        pages.go("/")
        wait("the worklist of a further tab", lambda: pages.rows() and pages.one(".connection").text == "Live")
    for handle in pages.driver.window_handles:
        if handle != first:
            pages.driver.switch_to.window(handle)
            pages.driver.close()
    pages.driver.switch_to.window(first)
    wait("the first tab is seen", lambda: pages.js("return document.visibilityState") == "visible")
    wait("the first tab is live again", lambda: pages.one(".connection").text == "Live")


def check_disabled(pages, node, name):
    """Whoever may log in no more is shown nothing more: the live stream ends by itself."""
    pages.go("/")
    wait("live", lambda: pages.one(".connection").text == "Live")
    subprocess.run([node.mhcnn, "users", "disable", name, "--config", str(node.config)], check=True)
    wait("the login page", lambda: pages.one(".login-form"), 40)
