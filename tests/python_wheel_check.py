#!/usr/bin/env python3
"""Checks the installed wheel: python_wheel_check.py EXAM RESULTS OUTPUT, the folders of an exam, of what `mhcnn predict` wrote of it,
and of what is left for other checks."""
import csv
import gc
import io
import os
import pathlib
import sys
import threading
import time

import numpy as np

import mhcnn

EXAM, RESULTS, OUTPUT = map(pathlib.Path, sys.argv[1:])
FILES = sorted(EXAM.glob("*.dcm"))
checks = 0


def check(true, what):
    global checks  # noqa: PLW0603
    checks += 1
    if not true:
        sys.exit(f"FAILED: {what}")


def raises(code, part, act, *arguments, **named):
    """The call raises mhcnn.Error with this code and a remedy, and names `part`."""
    try:
        act(*arguments, **named)
    except mhcnn.Error as error:
        check(error.code == code, f"{error}: code {error.code} instead of {code}")
        check(error.remedy in str(error) and part in str(error), f"message: {error}")
        check(error.remedy or part == "/nowhere.toml", f"no remedy: {error}")
        check("\n" not in str(error), f"one line: {error}")
        return
    sys.exit(f"FAILED: no error: {act} {arguments} {named}")


def row_of(result):
    """The figures as results.csv has them."""
    def number(value, digits):
        return "" if value is None else f"{value:.{digits}f}"
    low, high = result.interval or (None, None)
    return {
        "laterality": result.laterality or "", "view": result.view or "", "percent_density": number(result.percent, 1),
        "percent_low": number(low, 1), "percent_high": number(high, 1), "dense_area_cm2": number(result.dense_area_cm2, 2),
        "breast_area_cm2": number(result.breast_area_cm2, 2), "category": result.category or "",
        **{f"p_{letter}": number(p, 4) for letter, p in zip("abcd", result.probabilities, strict=True)},
        "flags": ";".join(result.flags), "error": result.error, "model": result.model,
    }  # fmt: skip


def check_figures(model, expected):
    results = model.analyze_many(FILES, threads=4)
    for file, result, row in zip(FILES, results, expected, strict=True):
        check(result.name == str(file) and result.ok and result.error_code is None, f"order: {result.name}")
        for key, value in row_of(result).items():
            check(row[key] == value, f"{file.name}: {key} is {value} instead of {row[key]}")
    first = results[0]
    check(repr(first) == f"<mhcnn.Result {first.percent:.1f} %, category {first.category}>", repr(first))

    content = FILES[0].read_bytes()
    figures = {key: value for key, value in first.to_dict().items() if key not in ("path", "seconds")}
    for source in (content, bytearray(content), memoryview(content), io.BytesIO(content)):
        result = model.analyze(source, name="one\xe9")
        check(result.name == "one\xe9", "name")
        check({key: result.to_dict()[key] for key in figures} == figures, f"figures of {type(source)}")
    sys.path.append(os.environ["BESIDE"])
    import pydicom

    dataset = pydicom.dcmread(FILES[0])
    result = model.analyze(dataset)
    check({key: result.to_dict()[key] for key in figures} == figures, "figures of a Dataset")
    check(result.name == dataset.SOPInstanceUID, "name of a Dataset")
    incomplete = pydicom.Dataset()
    incomplete.SOPClassUID = "1.2.3"
    raises("usage", "pydicom cannot write it", model.analyze, incomplete)
    return results


def check_arrays(model, first):
    import pydicom

    picture = pydicom.dcmread(FILES[0]).pixel_array
    check(picture.dtype == np.uint16, "the example has 16 bits")
    facts = {"spacing_mm": (0.1, 0.2), "laterality": "left", "view": "cc", "name": "array"}
    result = model.analyze(picture, **facts)
    check((result.laterality, result.view, result.name) == ("L", "CC", "array"), "facts of an array")
    # Labels and masks have the size of the picture and agree with each other and with the figures.
    labels, masks = result.labels, result.masks
    check(labels.shape == picture.shape and labels.dtype == np.uint8, "labels")
    check(set(np.unique(labels)) <= {0, 85, 170, 255}, "values of the labels")
    check(masks.keys() == {"breast", "dense", "pectoral"} and all(m.dtype == bool for m in masks.values()), "masks")
    check(not (masks["dense"] & ~masks["breast"]).any() and not (masks["pectoral"] & masks["breast"]).any(), "masks overlap")
    check(abs(masks["breast"].sum() * 0.02 / 100 - result.breast_area_cm2) < 0.01 * result.breast_area_cm2, "breast area")
    check(abs(100 * masks["dense"].sum() / masks["breast"].sum() - result.percent) < 1, "percent of the masks")
    del result
    gc.collect()
    check(masks["dense"].any() and labels.max() >= 170, "arrays live longer than their result")

    # The same values in other types and orders in memory give the same figures.
    want = model.analyze(picture).percent
    wide = np.zeros((picture.shape[0], 2 * picture.shape[1]), np.uint16)
    wide[:, ::2] = picture
    for name, array in {
        "every second column": wide[:, ::2], "columns first": np.asfortranarray(picture), "two reversals": picture[::-1].copy()[::-1],
        "big-endian": picture.astype(">u2"), "int32": picture.astype(np.int32), "read-only": np.frombuffer(picture.tobytes(), np.uint16)
        .reshape(picture.shape),
    }.items():  # fmt: skip
        check(model.analyze(array).percent == want, name)
    check(abs(want - first.percent) < 15, f"{want} for the array, {first.percent} for the file")


def check_pictures(model, results):
    """What is displayed, by pydicom; what the network gets is saved for another engine."""
    import pydicom
    from pydicom.pixels import apply_voi_lut

    dataset = pydicom.dcmread(FILES[0])
    picture = mhcnn.read_dicom(FILES[0])
    check((picture.name, picture.laterality, picture.view) == (str(FILES[0]), "L", "CC"), f"facts: {picture}")
    check(np.allclose(picture.spacing_mm, [float(mm) for mm in dataset.ImagerPixelSpacing], rtol=1e-6), f"spacing: {picture}")
    want = apply_voi_lut(dataset.pixel_array, dataset).astype(float)
    if dataset.PhotometricInterpretation == "MONOCHROME1":
        want = want.max() - want
    check(picture.pixels.dtype == np.uint16 and picture.pixels.shape == want.shape, "size and type of the pixels")
    slope, offset = np.polyfit(want.ravel(), picture.pixels.ravel().astype(float), 1)
    worst = np.abs(slope * want + offset - picture.pixels).max() / np.ptp(picture.pixels)
    check(slope > 0 and worst < 1e-3, f"the display differs from pydicom's by {worst}")
    for source in (FILES[0].read_bytes(), dataset):
        check((mhcnn.read_dicom(source).pixels == picture.pixels).all(), f"pixels of {type(source)}")
    check(mhcnn.read_dicom(dataset).name == dataset.SOPInstanceUID, "name of a Dataset")
    raises("not_found", "/nowhere.dcm", mhcnn.read_dicom, "/nowhere.dcm")
    raises("corrupt", "cut", mhcnn.read_dicom, FILES[0].read_bytes()[:9000])
    raises("usage", "zero byte", mhcnn.read_dicom, "a\0b")

    network_input = model.preprocess(FILES[0])
    check(network_input.dtype == np.float32, "type of the input")
    # Percentiles of the breast are 0 and 1; the rest of the frame is 0.
    check((network_input == 0).any() and 0.9 < np.percentile(network_input[network_input != 0], 99.5) < 1.1, "range of the input")
    for source in (FILES[0].read_bytes(), dataset, picture.pixels):
        check((model.preprocess(source) == network_input).all(), f"input of {type(source)}")
    raises("out_of_scope", "blank", model.preprocess, np.zeros((300, 200), np.uint16))
    raises("not_found", "/nowhere.dcm", model.preprocess, "/nowhere.dcm")
    with open(OUTPUT / "input.npy", "wb") as file:
        np.save(file, network_input)
        np.save(file, results[0].to_dict()["percent_regression"])


def check_errors(model):
    analyze = model.analyze
    raises("not_found", "/nowhere.onnx", mhcnn.Model, "/nowhere.onnx")
    raises("not_found", "/nowhere.toml", mhcnn.Model, "fast", calibration="/nowhere.toml")
    raises("usage", "threads", mhcnn.Model, "fast", threads=-1)
    raises("usage", "threads", model.analyze_many, FILES, threads=2.5)
    picture = np.zeros((50, 40), np.uint16)
    for array, part in (
        (picture.astype(float), "float64"), (picture.astype(bool), "bool"), (picture.astype(complex), "complex"),
        (picture.astype(object), "object"), (picture.view("V2"), "V2"), (picture[0], "(40,)"), (picture[None], "(1, 50, 40)"),
        (picture[:0], "(0, 40)"), (np.array(3), "()"), (picture.astype(np.int32) - 1, "from -1"), (picture.astype(int) + 70000, "70000"),
    ):  # fmt: skip
        raises("usage", part, analyze, array)
    raises("limit", "120000000", analyze, np.broadcast_to(np.uint16(5), (10**9, 10)))
    for spacing in (0, -1, float("nan"), (0.1,), (0.1, 0.1, 0.1), "wide", 11):
        raises("usage", "spacing_mm", analyze, picture, spacing_mm=spacing)
    raises("usage", "laterality", analyze, picture, laterality="up")
    raises("usage", "view", analyze, picture, view=3)
    raises("usage", "spacing_mm", analyze, FILES[0], spacing_mm=0.1)
    raises("usage", "name", analyze, FILES[0], name="x")
    raises("usage", "zero byte", analyze, "a\0b")
    raises("usage", "no images", model.exam, [])
    for source in (3, None, [1, 2], object(), io.StringIO("text")):
        try:
            analyze(source)
            sys.exit(f"FAILED: {source} is no picture")
        except TypeError as error:
            check("give a path" in str(error), str(error))
    # A file that cannot be measured is a result.
    content = FILES[0].read_bytes()
    for source, code in (
        ("/nowhere.dcm", "not_found"), (b"/surrog\xff.dcm".decode("utf-8", "surrogateescape"), "not_found"), (b"", "unsupported"),
        (content[: len(content) // 2], "corrupt"), (content[:200], "corrupt"), (bytes(1000), None),
        (b"\x89PNG\r\n\x1a\n" + content, "corrupt"),
        (picture, None),
    ):  # fmt: skip
        result = analyze(source)
        check(not result.ok and result.percent is None and result.interval is None and result.category is None, f"no error: {source!r:.40}")
        check(result.error_code == code if code else result.error_code in mhcnn.ERROR_CODES, f"{source!r:.40}: {result.error}")
        check(result.labels is None and result.masks is None and result.to_dict()["percent_density"] is None, "labels of an error")
        check(repr(result) == f"<mhcnn.Result {result.error}>", repr(result))
    check(analyze(b"/surrog\xff.dcm".decode("utf-8", "surrogateescape")).name == "/surrog\udcff.dcm", "a name that is not UTF-8")


def check_exam(model, results, expected):
    exam = model.exam(results)
    for key, value in (("percent_density", exam.percent), ("percent_low", exam.interval[0]), ("percent_high", exam.interval[1])):
        check(expected[key] == f"{value:.1f}", f"exam: {key} is {value} instead of {expected[key]}")
    check(expected["category"] == exam.category and exam.missing == [] and exam.ok, "exam")
    part = model.exam([FILES[0], results[1]])
    check(len(part.images) == 2 and len(part.missing) == 2 and part.percent_right is None, "an exam of one side")
    check(part.to_dict()["images"] == 2, "exam as a dict")
    try:
        import pandas  # noqa: F401
    except ImportError:
        raises("not_found", "pandas", mhcnn.frame, results)


def check_threads(model):
    """Other Python threads run while a picture is measured. Several threads use one model."""
    ticks, done = [], threading.Event()

    def tick():
        while not done.is_set():
            ticks.append(time.monotonic())
            time.sleep(0.005)

    clock = threading.Thread(target=tick)
    clock.start()
    begin, analyses = time.monotonic(), 0
    while time.monotonic() - begin < 2:
        model.analyze(FILES[0])
        analyses += 1
    took = time.monotonic() - begin
    done.set()
    clock.join()
    # Where the lock is kept, the clock ticks between two analyses alone.
    check(len(ticks) > 5 * analyses, f"{len(ticks)} ticks in {analyses} analyses of {took:.2f} s: the GIL was kept")


def main():
    with open(RESULTS / "results.csv", newline="", encoding="utf-8") as file:
        expected = list(csv.DictReader(file))
    with open(RESULTS / "studies.csv", newline="", encoding="utf-8") as file:
        study = next(csv.DictReader(file))
    check(mhcnn.__version__.count(".") == 2 and mhcnn.Result.__module__ == "mhcnn", "version")
    model = mhcnn.Model("fast")
    check(model.name in expected[0]["model"], f"model {model.name}")
    results = check_figures(model, expected)
    check_arrays(model, results[0])
    check_pictures(model, results)
    check_errors(model)
    check_exam(model, results, study)
    check_threads(model)
    check(mhcnn.Model("accurate", threads=1).analyze(FILES[0]).ok, "accurate")
    print(f"{checks} checks")


main()
