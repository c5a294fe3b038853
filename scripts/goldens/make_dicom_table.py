#!/usr/bin/env python3
"""Writes docs/dicom-cases.md: every golden DICOM file with what its own header says, read by pydicom.

    python3 scripts/goldens/make_dicom_table.py        (needs pydicom alone; --check compares instead of writing)
"""
import collections
import csv
import pathlib
import sys

import pydicom
from pydicom.uid import UID

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDENS, PAGE = ROOT / "tests/data/dicom", ROOT / "docs/dicom-cases.md"
HEAD = """# DICOM cases, compared with pydicom

`scripts/goldens/make_dicom_table.py` writes this page from the files of `tests/data/dicom`. Each file was written and decoded by
pydicom 3.0.2 with its codecs (pylibjpeg, GDCM, pyjpegls, imagecodecs for HTJ2K). pydicom also applied the Modality LUT and the VOI.
The test `src/mhcnn/dicom/golden_test.cc` requires the same 16-bit image from `mhcnn`. "Largest difference" is what the test allows:
0 means equal to the last bit. The inverse transforms of lossy codecs may round differently.

In the tables, `s12` is a signed value with 12 bits stored and `u12` an unsigned one. "Requested VOI" is the value of `--window`;
`first` means that none was given.

| transfer syntax | files | photometric | stored bits | largest difference |
|---|---|---|---|---|
"""


def bits(data):
    return f"{'s' if data.PixelRepresentation else 'u'}{data.BitsStored}"


def voi(data):
    said = []
    groups = [data]
    for name in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
        for group in data.get(name, [])[:1]:
            groups += [i for s in ("FrameVOILUTSequence", "PixelValueTransformationSequence") for i in group.get(s, [])]
    for group in groups:
        if "ModalityLUTSequence" in group:
            said.append("Modality LUT")
        if "RescaleSlope" in group:
            said.append(f"rescale {group.RescaleSlope} / {group.RescaleIntercept}")
        if "VOILUTSequence" in group:
            said.append(f"{len(group.VOILUTSequence)} VOI LUT")
        if "WindowWidth" in group:
            centres = group.WindowCenter if group["WindowCenter"].VM > 1 else [group.WindowCenter]
            said.append(f"{len(centres)} window, {group.get('VOILUTFunction', 'LINEAR (not named)')}")
    if "PixelPaddingRangeLimit" in data:
        said.append("padding range")
    elif "PixelPaddingValue" in data:
        said.append("padding value")
    return ", ".join(said) or "none"


def main():
    with open(GOLDENS / "index.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    syntaxes, cases = collections.OrderedDict(), []
    for row in rows:
        data = pydicom.dcmread(GOLDENS / (row["name"] + ".dcm"), force=True)
        syntax = UID(str(data.file_meta.get("TransferSyntaxUID", ""))).name if "file_meta" in dir(data) else ""
        syntax = syntax or "none stated (no preamble)"
        found = syntaxes.setdefault(syntax, {"files": 0, "photometric": set(), "bits": set(), "tolerance": 0})
        found["files"] += 1
        found["photometric"].add(data.PhotometricInterpretation)
        found["bits"].add(bits(data))
        found["tolerance"] = max(found["tolerance"], int(row["tolerance"]))
        shape = data.get("PresentationLUTShape", "")
        cases.append(
            f"| `{row['name']}` | {row['shows']} | {data.PhotometricInterpretation}{', ' + shape if shape else ''} "
            f"| {bits(data)} | {voi(data)} | {row['window'] or 'first'} | {row['tolerance']} |"
        )
    text = HEAD
    for name, found in syntaxes.items():
        text += (f"| {name} | {found['files']} | {', '.join(sorted(found['photometric']))} | "
                 f"{', '.join(sorted(found['bits'], key=lambda b: (b[0], int(b[1:]))))} | {found['tolerance']} |\n")
    text += "\n## Each case\n\n"
    text += "| file | what it shows | photometric, LUT shape | stored | values and VOI | requested VOI | largest difference |\n"
    text += "|---" * 7 + "|\n"
    text += "\n".join(cases) + "\n"
    if "--check" in sys.argv:
        sys.exit(0 if PAGE.read_text(encoding="utf-8") == text else f"{PAGE} is not what {__file__} makes: run it")
    PAGE.write_text(text, encoding="utf-8")


main()
