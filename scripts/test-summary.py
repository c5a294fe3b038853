#!/usr/bin/env python3
"""Prints what scripts/test did: for each part its minutes and how many tests ran, passed, failed and were skipped (with the reason).

    scripts/test-summary.py FOLDER

FOLDER/parts.tsv has a line for each part: name, exit status, seconds of set-up and build, seconds of the tests and, for a part with
tests, the least number that must run; the results of those are in FOLDER/NAME.xml, which `ctest --output-junit` wrote. A part that did
not begin has the status `skipped` and the reason in place of the number. The last line is "N passed, N failed, N skipped". Exits 1
where a test or a part failed, or where fewer tests ran than must."""
import collections
import pathlib
import re
import sys
import xml.etree.ElementTree as ET


class Part:
    """One part: its time, its tests, and what is wrong with it."""

    def __init__(self, folder, line):
        name, status, build, tests, *least = line.split("\t")
        self.left_out = least.pop() if status == "skipped" else ""
        self.name, self.build, self.tests = name, int(build), int(tests)
        self.tested = bool(least)
        self.passed, self.failed, self.skipped = [], [], []  # test names; skipped: (name, reason)
        self.slowest = []
        self.problems = []
        if self.tested:
            self.read(folder / f"{name}.xml")
            ran = len(self.passed) + len(self.failed)
            if ran == 0:
                self.problems.append("ran no test")
            elif ran < int(least[0]):
                self.problems.append(f"ran {ran} tests, fewer than the {least[0]} that it must")
        if not self.left_out and int(status) != 0 and not self.failed:
            self.problems.append(f"ended with status {status}")

    def read(self, file):
        try:
            cases = list(ET.parse(file).getroot().iter("testcase"))
        except (OSError, ET.ParseError):
            return  # the part did not come to its tests, or they did not end
        for case in cases:
            name, skipped = case.get("name"), case.find("skipped")
            if case.find("failure") is not None or case.get("status") == "fail":
                self.failed.append(name)
            elif skipped is not None and skipped.get("message", "").startswith("SKIP_"):
                self.skipped.append((name, reason(case.findtext("system-out") or "")))
            elif skipped is not None or case.get("status") != "run":  # as a program that was not built
                self.failed.append(name)
            else:
                self.passed.append(name)
        times = [(float(case.get("time") or 0), case.get("name")) for case in cases]
        self.slowest = sorted(times, reverse=True)[:8]


def reason(output):
    """Why a test was skipped: what `skip` of tests/lib.sh or GTEST_SKIP printed."""
    script = re.search(r"^skipped: (.+)$", output, re.M)
    if script:
        return script[1].strip()
    gtest = re.search(r": Skipped\n(.+?)\n(?:\n|\[)", output, re.S)
    return " ".join(gtest[1].split()) if gtest else "no reason given"


def minutes(seconds):
    return f"{seconds / 60:.1f}"


def summary(folder):
    """The lines to print, and whether all is well."""
    file = folder / "parts.tsv"
    parts = [Part(folder, line) for line in file.read_text().splitlines()] if file.exists() else []
    lines = ["", f"{'part':<14}{'set-up and build':>17}{'tests':>8}{'ran':>8}{'passed':>8}{'failed':>8}{'skipped':>8}"]
    for part in parts:
        times = f"{part.name:<14}{minutes(part.build) + ' min':>17}"
        counts = [len(part.passed) + len(part.failed), len(part.passed), len(part.failed), len(part.skipped)]
        lines.append(times + (f"{minutes(part.tests) + ' min':>8}" + "".join(f"{n:8}" for n in counts) if part.tested else ""))
    lines.append(
        f"{'all':<14}{minutes(sum(part.build for part in parts)) + ' min':>17}{minutes(sum(part.tests for part in parts)) + ' min':>8}"
    )
    for part in parts:
        if part.slowest:
            lines.append(f"{part.name}, slowest: " + ", ".join(f"{name} {seconds:.0f} s" for seconds, name in part.slowest))
    for part in parts:
        reasons = collections.defaultdict(list)
        for name, why in part.skipped:
            reasons[why].append(name)
        lines += [f"{part.name}, skipped: {', '.join(names)}: {why}" for why, names in reasons.items()]
    lines += [f"{part.name}, skipped: all of it: {part.left_out}" for part in parts if part.left_out]
    for part in parts:
        lines += [f"{part.name}, FAILED: {name}" for name in part.failed]
        lines += [f"FAILED: {part.name} {problem}" for problem in part.problems]
    if not any(part.tested for part in parts):
        lines.append("FAILED: no tests were run")
    # A part that failed without a failed test counts as one, so that the last line never looks like success.
    failed = sum(len(part.failed) or bool(part.problems) for part in parts) or not any(part.tested for part in parts)
    passed, skipped = sum(len(part.passed) for part in parts), sum(len(part.skipped) + bool(part.left_out) for part in parts)
    lines.append(f"{passed} passed, {int(failed)} failed, {skipped} skipped")
    return lines, not failed


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    text, well = summary(pathlib.Path(sys.argv[1]))
    print("\n".join(text))
    sys.exit(0 if well else 1)
