#!/usr/bin/env python3
"""Makes the inputs of tests/page.sh: make_page_cases.py PHANTOM OUT

Two exams of phantoms; the second one has hostile text as Patient ID and in the name of a file, and lacks a view. Beside them a file that
is refused, one whose name is not UTF-8, and one without spacing and side.
"""
import os
import pathlib
import sys

import pydicom

phantom, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
exams = sorted({path.parent for path in phantom.rglob("L-MLO.dcm")})
assert len(exams) == 2, exams
HOSTILE = "<img src=x onerror=alert(1)>\"'&amp;\u2028"
out.mkdir()
for path in sorted(exams[0].glob("*.dcm")):
    d = pydicom.dcmread(path)
    d.PatientID = "PAT-0042"
    (out / "plain").mkdir(exist_ok=True)
    d.save_as(out / "plain" / path.name)
for path in sorted(exams[1].glob("*.dcm")):
    if path.name == "R-CC.dcm":
        continue
    d = pydicom.dcmread(path)
    d.SpecificCharacterSet = "ISO_IR 192"
    d.PatientID = "</script><script>alert(2)</script>"
    folder = out / "hostile"
    folder.mkdir(exist_ok=True)
    d.save_as(folder / (f"{HOSTILE}.dcm" if path.name == "L-CC.dcm" else path.name))
whole = (exams[0] / "L-CC.dcm").read_bytes()
(out / "cut.dcm").write_bytes(whole[: len(whole) // 2])
odd = pydicom.dcmread(exams[0] / "L-MLO.dcm")
odd.PatientID, odd.StudyInstanceUID = "", "2.25.7"
for word in ("ImagerPixelSpacing", "PixelSpacing"):
    if word in odd:
        del odd[word]
name = os.fsencode(out) + b"/name-\xff.dcm"
odd.save_as(out / "odd.dcm")
os.rename(out / "odd.dcm", name)
