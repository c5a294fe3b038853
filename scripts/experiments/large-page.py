#!/usr/bin/env python3
"""Measures the page of a large batch: large-page.py BIN FOLDER [EXAMS]

Makes FOLDER with the journals of two finished parts of EXAMS exams (100,000) of four images, whose rows are those of the bundled exam with
other percents; joins them by `mhcnn merge` with and without the page; opens the page in Chromium and prints times and frames per second.
Needs chromium, chromium-driver and selenium (scripts/setup).
"""
import copy
import json
import os
import pathlib
import random
import subprocess
import sys
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BIN, FOLDER = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
EXAMS = int(sys.argv[3]) if len(sys.argv) > 3 else 100_000


def records():
    """Header, one record for each view, and the last line of the journal of the bundled exam."""
    small = FOLDER / "small"
    subprocess.run([BIN / "mhcnn", "predict", ROOT / "examples" / "phantom-exam", "-o", small, "-q"], check=True, capture_output=True)
    lines = [json.loads(line) for line in (small / "results.journal").read_text().splitlines()]
    return lines[0], [line for line in lines if "result" in line], lines[-1]


def write_parts(folder):
    header, views, last = records()
    header["header"]["study_by"] = "auto"
    last["inputs"] = EXAMS * len(views)
    random.seed(3)
    folder.mkdir(parents=True, exist_ok=True)
    for part in (1, 2):
        with (folder / f"results-{part}-of-2.journal").open("w") as journal:
            journal.write(json.dumps(header) + "\n")
            for i in range(part - 1, EXAMS, 2):
                percent, date = min(88, max(1, random.gammavariate(2, 9))), f"20{10 + i % 15}0{1 + i % 9}1{i % 9}"
                for view in views:
                    record = copy.deepcopy(view)
                    result = record["result"]
                    path = f"/data/in/exam-{i:06d}/{pathlib.Path(result['path']).name}"
                    result |= {
                        "path": path, "study_uid": f"1.2.826.0.1.3680043.8.498.{i:030d}", "patient_id": f"P{i:06d}", "study_date": date,
                        "percent_density": percent + random.random(), "percent_low": max(0, percent - 8),
                        "percent_high": percent + 9, "category": "abcd"[min(3, int(percent / 12))]}
                    record |= {"file": path, "drawn": path[9:-4]}
                    record["patient"]["acquired"] = date
                    journal.write(json.dumps(record) + "\n")
            journal.write(json.dumps(last) + "\n")


def merge(folder, *options):
    process = subprocess.Popen([BIN / "mhcnn", "merge", folder, *options], stdout=subprocess.DEVNULL)
    begin = time.monotonic()
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0, status
    print(f"merge {' '.join(options)}: {time.monotonic() - begin:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of processor time, "
          f"{used.ru_maxrss // 1024} MB")


SCROLL = """
const [step, done] = arguments, grid = document.querySelector('.grid'), times = [];
let last = 0;
function frame(now) {
  if (last) times.push(now - last);
  last = now;
  grid.scrollTop += step;
  if (times.length < 180) requestAnimationFrame(frame);
  else done(1000 * times.length / times.reduce((a, b) => a + b));
}
requestAnimationFrame(frame);"""
USE = """
const input = document.querySelector('input[type=search]'), times = [];
const timed = (act) => { const begin = performance.now(); act(); times.push(performance.now() - begin); };
const search = (text) => { input.value = text; input.dispatchEvent(new Event('input')); };
timed(() => search('p0123'));
timed(() => search('p01234'));
search('');
timed(() => document.querySelector('.head .percent button').click());
return times;"""


def look(folder):
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1440,900"):
        options.add_argument(argument)
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    try:
        begin = time.monotonic()
        driver.get(f"file://{folder}/index.html")
        while not driver.execute_script("return document.querySelector('.body [role=row]') !== null"):
            time.sleep(0.02)
        print(f"first view after {time.monotonic() - begin:.1f} s")
        for step in (60, 600):
            print(f"scrolling {step} pixels a frame: {driver.execute_async_script(SCROLL, step):.0f} frames per second")
        first, following, sort = driver.execute_script(USE)
        print(f"search: {first:.0f} ms, then {following:.0f} ms; sort: {sort:.0f} ms")
    finally:
        driver.quit()


def main():
    parts = FOLDER / "parts"
    write_parts(parts)
    merge(parts, "--no-page")
    merge(parts)
    size = sum(path.stat().st_size for path in (parts / "page").glob("*.js"))
    print(f"exams.js {(parts / 'page' / 'exams.js').stat().st_size / 1e6:.0f} MB, all data {size / 1e6:.0f} MB")
    look(parts)
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


main()
