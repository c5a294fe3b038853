"""scripts/test-summary.py on results of known content: counts, reasons, floors, parts that fail or run nothing."""
import importlib.machinery
import importlib.util
import pathlib
import tempfile

script = str(pathlib.Path(__file__).resolve().parent.parent / "scripts/test-summary.py")
loader = importlib.machinery.SourceFileLoader("test_summary", script)
module = importlib.util.module_from_spec(importlib.util.spec_from_loader("test_summary", loader))
loader.exec_module(module)

PASSED = '<testcase name="p{0}" status="run" time="{0}"><system-out>ok</system-out></testcase>'
FAILED = '<testcase name="bad" status="fail" time="1"><failure message=""/></testcase>'
NOT_BUILT = '<testcase name="x_NOT_BUILT" status="notrun" time="0"><skipped message="Unable to find executable"/></testcase>'
SCRIPT = (
    '<testcase name="e2e/real" status="notrun" time="0"><skipped message="SKIP_RETURN_CODE=77"/><system-out>skipped: no images\n'
    "</system-out></testcase>"
)
GTEST = (
    '<testcase name="nn/Cuda" status="notrun" time="0"><skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/><system-out>[ RUN      ] A.B\n'
    "/src/a_test.cc:25: Skipped\nno device;\nset X\n\n[  SKIPPED ] A.B (0 ms)\n</system-out></testcase>"
)


def check(parts, results, last, well, *wanted):
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        (folder / "parts.tsv").write_text("".join("\t".join(map(str, part)) + "\n" for part in parts))
        for name, cases in results.items():
            (folder / f"{name}.xml").write_text(f"<testsuite>{''.join(cases)}</testsuite>")
        lines, fine = module.summary(folder)
    assert lines[-1] == last, lines
    assert fine == well, lines
    for text in wanted:
        assert any(text in line for line in lines), (text, lines)


two = [PASSED.format(1), PASSED.format(2)]
setup = ("set-up", 0, 60, 0)
check(
    [setup, ("release", 0, 90, 30, 2), ("dev", 0, 1, 1, 1)],
    {"release": [*two, SCRIPT, GTEST], "dev": two},
    "4 passed, 0 failed, 2 skipped",
    True,
    "release, skipped: e2e/real: no images",
    "release, skipped: nn/Cuda: no device; set X",
    "2.5 min",
    "p2 2 s, p1 1 s",
)
check(
    [setup, ("release", 0, 90, 30, 2), ("dev", "skipped", 0, 0, "the first 5 minutes were over")],
    {"release": two},
    "2 passed, 0 failed, 1 skipped",
    True,
    "dev, skipped: all of it: the first 5 minutes were over",
)
check([setup, ("release", 8, 1, 1, 2)], {"release": [*two, FAILED]}, "2 passed, 1 failed, 0 skipped", False, "release, FAILED: bad")
check([("release", 8, 1, 1, 2)], {"release": [*two, NOT_BUILT]}, "2 passed, 1 failed, 0 skipped", False, "FAILED: x_NOT_BUILT")
check(
    [("release", 0, 1, 1, 3)],
    {"release": [*two, SCRIPT]},
    "2 passed, 1 failed, 1 skipped",
    False,
    "ran 2 tests, fewer than the 3 that it must",
)
check(
    [("release", 0, 1, 1, 2), ("dev", 0, 1, 1, 1)],
    {"release": two, "dev": [SCRIPT]},
    "2 passed, 1 failed, 1 skipped",
    False,
    "dev ran no test",
)
check([("release", 1, 1, 0, 2)], {}, "0 passed, 1 failed, 0 skipped", False, "release ran no test", "release ended with status 1")
check(
    [("release", 0, 1, 1, 2), ("release-cuda", 1, 9, 0)],
    {"release": two},
    "2 passed, 1 failed, 0 skipped",
    False,
    "release-cuda ended with status 1",
)
check([("set-up", 1, 9, 0)], {}, "0 passed, 1 failed, 0 skipped", False, "set-up ended with status 1")
check([], {}, "0 passed, 1 failed, 0 skipped", False, "no tests were run")
print("passed")
