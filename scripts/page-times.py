#!/usr/bin/env python3
"""Measures how fast the pages of a node are: page-times.py MHCNN [--exams 10000] [--repeats 20] [--only lists|view]

lists: one phantom exam is measured; its rows are written into the store as many exams, with other patients, dates, figures and states. Then
each request of the worklist is made several times: median and slowest, in milliseconds, from another process on the same machine.
view: an exam of four images of 3328 x 4096 pixels (phantoms, enlarged, with noise) is measured, and opened in Chromium by the keyboard:
the time until the four pictures are drawn, and until the 16-bit pixels are.
"""
import argparse
import datetime
import json
import pathlib
import platform
import random
import sqlite3
import statistics
import sys
import tempfile
import time
import urllib.parse
import urllib.request

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests"))
from node_harness import Node, copies, phantom_exam, wait_for

ROWS, COLUMNS = 4096, 3328
# Notes when the marked exam is opened, and in which frame of the browser its views are there.
WATCH = """document.querySelector('.grid').focus();
  window.begun = 0;
  window.seen = {};
  addEventListener('keydown', () => { window.begun ||= performance.now(); }, true);
  const look = () => {
    const now = performance.now();
    const drawn = [...document.querySelectorAll('.view > img')].filter((i) => i.naturalWidth > 0).length;
    if (drawn > 0) seen.first ??= now;
    if (drawn === 4) seen.pictures ??= now;
    if (document.querySelectorAll('.view.sharp').length === 4) seen.pixels ??= now;
    else requestAnimationFrame(look);
  };
  look();"""


def fill(store, count):
    """Copies the one exam of the store. Its results and objects are copied too, as rows; files are not."""
    rng = random.Random(1)
    tables = ("exams", "objects", "results")
    columns = {table: [row[1] for row in store.execute(f"PRAGMA table_info({table})")] for table in tables}
    rows = {table: [dict(zip(columns[table], row, strict=True)) for row in store.execute(f"SELECT * FROM {table}")] for table in tables}
    exam = rows["exams"][0]
    summary = json.loads(exam["summary"])
    done = 3
    new = {table: [] for table in columns}
    for i in range(count):
        number = 1000 + i
        percent = round(min(95, rng.gammavariate(2.2, 10)), 3)
        summary |= {"percent_density": percent, "percent_low": percent * 0.7, "percent_high": min(100, percent * 1.4),
                    "category": "abcd"[sum(percent > edge for edge in (7, 20, 40))],
                    "flags": ["low_contrast"] if rng.random() < 0.01 else []}
        state = done if rng.random() < 0.97 else rng.choice([4, 5, 6])
        study = f"1.2.826.0.1.3680043.10.{number}.{rng.randrange(10 ** 9)}"
        day = datetime.date(2020, 1, 1) + datetime.timedelta(days=rng.randrange(2200))
        one = exam | {"id": number, "study_uid": study, "patient_id": f"PAT{rng.randrange(count):06d}", "state": state,
                      "study_date": day.strftime("%Y%m%d"), "summary": json.dumps(summary, separators=(",", ":")),
                      "first_received": exam["first_received"] + i, "changed": exam["changed"] + i}
        new["exams"].append(one)
        for row in rows["objects"]:
            new["objects"].append(row | {"id": None, "exam": number, "study_uid": study, "sop_uid": f"{row['sop_uid']}.{number}",
                                         "patient_id": one["patient_id"], "study_date": one["study_date"]})
        for row in rows["results"]:
            new["results"].append(row | {"id": None, "exam": number, "sop_uid": f"{row['sop_uid']}.{number}"})
    for table, names in columns.items():
        marks = ", ".join("?" * len(names))
        insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"
        store.executemany(insert, ([row[name] for name in names] for row in new[table]))
    store.commit()
    return {table: len(some) for table, some in new.items()}


class Asker:
    def __init__(self, port, repeats):
        self.base, self.repeats = f"http://127.0.0.1:{port}", repeats

    def json(self, path):
        with urllib.request.urlopen(self.base + path, timeout=60) as answer:
            return json.load(answer)

    def measure(self, name, path):
        times = []
        for _ in range(self.repeats):
            begin = time.perf_counter()
            with urllib.request.urlopen(self.base + path, timeout=60) as answer:
                size = len(answer.read())
            times.append(1000 * (time.perf_counter() - begin))
        print(f"| {name} | {statistics.median(times):.1f} | {max(times):.1f} | {size / 1000:.0f} kB |", flush=True)
        return statistics.median(times)


def time_lists(mhcnn, work, count, repeats):
    node = Node(mhcnn, work / "lists")
    node.start()
    try:
        node.send(phantom_exam(mhcnn, work))
        node.wait_until_settled(1, 120)
    finally:
        node.stop()
    with sqlite3.connect(node.folder / "node.db") as store:
        begin = time.perf_counter()
        print(f"rows: {fill(store, count)}, written in {time.perf_counter() - begin:.1f} s")
    store.close()
    node.start("web")
    try:
        ask = Asker(node.http, repeats)

        def answers():
            try:
                return ask.json("/api/v1/counts")
            except OSError:
                return None

        wait_for("the node to answer", answers, 30)
        patient = urllib.parse.quote(ask.json("/api/v1/exams?limit=1")["exams"][0]["patient_id"])
        print("| request | median ms | slowest ms | answer |\n|---|---|---|---|")
        first = "/api/v1/exams?limit=100"
        ask.measure("first page, 100 exams", first)
        ask.measure("search by Patient ID", f"{first}&q={patient}")
        ask.measure("search by a part that nothing has", f"{first}&q=nobody")
        ask.measure("state refused", f"{first}&state=refused")
        ask.measure("category d", f"{first}&category=d")
        ask.measure("a flag of 1 %", f"{first}&flag=low_contrast")
        ask.measure("a flag that nothing has", f"{first}&flag=view_unknown")
        ask.measure("study dates of a month", f"{first}&from=20230101&to=20230131")
        orders = (("date", "desc"), ("patient", "asc"), ("state", "asc"), ("percent", "desc"), ("percent", "asc"), ("category", "desc"))
        for sort, order in orders:
            ask.measure(f"by {sort}, {order}", f"{first}&sort={sort}&order={order}")
        place = None
        for _ in range(40):
            place = ask.json(f"{first}&sort=percent" + (f"&before={urllib.parse.quote(str(place))}" if place else ""))["next"]
        ask.measure("by percent, page 41", f"{first}&sort=percent&before={urllib.parse.quote(place)}")
        ask.measure("counts, as the node keeps them", "/api/v1/counts")
    finally:
        node.stop()


def enlarged(image, rng):
    """The phantom in the size of a detector, with noise as a detector has it."""
    pixels = image.pixel_array
    rows = numpy.linspace(0, pixels.shape[0] - 1, ROWS).round().astype(int)
    columns = numpy.linspace(0, pixels.shape[1] - 1, COLUMNS).round().astype(int)
    large = pixels[rows][:, columns].astype(numpy.int32)
    top = 2 ** image.BitsStored - 1
    large = numpy.where(large > 0, numpy.clip(large + rng.normal(0, top / 200, large.shape).astype(numpy.int32), 1, top), 0)
    for name in ("ImagerPixelSpacing", "PixelSpacing"):
        if name in image:
            down, across = image[name].value
            image[name].value = [f"{down * pixels.shape[0] / ROWS:.6f}", f"{across * pixels.shape[1] / COLUMNS:.6f}"]
    image.Rows, image.Columns = ROWS, COLUMNS
    image.PixelData = large.astype(pixels.dtype).tobytes()
    return image


def time_view(mhcnn, work, repeats):
    from browser import Tab, size, start, wait
    from selenium.webdriver.common.keys import Keys
    rng = numpy.random.default_rng(1)
    exams = copies(phantom_exam(mhcnn, work), 2, "Large")
    node = Node(mhcnn, work / "view")
    node.start()
    driver = None
    try:
        for exam in exams:
            node.send([enlarged(image, rng) for image in exam], timeout=120)
        node.wait_until_settled(2, 300)
        driver = start()
        size(driver, 1440, 900)
        tab = Tab(driver)
        times = {"first": [], "pictures": [], "pixels": []}
        for _ in range(repeats):
            driver.get(f"http://127.0.0.1:{node.http}/")
            wait("the worklist", lambda: len(tab.all(".body [role=row]")) == 2)
            tab.js(WATCH)
            tab.keys(Keys.ENTER)
            wait("all pixels", lambda: tab.js("return window.seen.pixels"), 60)
            seen, begun = tab.js("return [window.seen, window.begun]")
            for name, some in times.items():
                some.append((seen[name] - begun) / 1000)
        for name, words in (("first", "the first view"), ("pictures", "four pictures (JPEG, 1280 pixels)"),
                            ("pixels", "four views of 16-bit pixels")):
            print(f"| {words} | {statistics.median(times[name]):.2f} s | {max(times[name]):.2f} s |", flush=True)
    finally:
        if driver:
            driver.quit()
        node.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mhcnn", type=pathlib.Path)
    parser.add_argument("--exams", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--only", choices=("lists", "view"))
    arguments = parser.parse_args()
    print(f"{datetime.date.today()}, {platform.processor() or platform.machine()}, {platform.platform()}")
    with tempfile.TemporaryDirectory() as folder:
        if arguments.only != "view":
            time_lists(arguments.mhcnn.resolve(), pathlib.Path(folder), arguments.exams, arguments.repeats)
        if arguments.only != "lists":
            time_view(arguments.mhcnn.resolve(), pathlib.Path(folder), min(arguments.repeats, 7))


if __name__ == "__main__":
    main()
