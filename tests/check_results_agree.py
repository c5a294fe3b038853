"""Compares the figures of one run field by field: results.csv and studies.csv (as printed), results.json, SEG, SR and CAD SR.

Usage: check_results_agree.py OUT INPUTS
OUT: folder of `mhcnn predict INPUTS -o OUT --format seg,sr,cad`. Every figure of the tables must stand in the objects in the same digits,
and nothing else; what is copied from the sources must be equal.
"""
import csv
import decimal
import json
import pathlib
import sys

import numpy as np
import pydicom
from PIL import Image

out, inputs = map(pathlib.Path, sys.argv[1:3])
D = decimal.Decimal
rows = {r["sop_uid"]: r for r in csv.DictReader(open(out / "results.csv", newline="")) if r["sop_uid"]}
studies = {s["study"]: s for s in csv.DictReader(open(out / "studies.csv", newline=""))}
data = json.load(open(out / "results.json"))
CATEGORY = {"129716005": "a", "129717001": "b", "129718006": "c", "129719003": "d"}
SIDE = {"24028007": "R", "7771000": "L", "51440002": "B", "73056007": "R", "80248007": "L", "63762007": "B"}
compared = 0


def same(what, a, b):
    global compared
    compared += 1
    assert a == b, f"{what}: {a!r} and {b!r}"


def name(item):
    return item.ConceptNameCodeSequence[0].CodeValue if "ConceptNameCodeSequence" in item else ""


def children(item, code=None):
    found = list(item.get("ContentSequence", []))
    return found if code is None else [c for c in found if name(c) == code]


def one(item, code):
    found = children(item, code)
    assert len(found) == 1, (code, len(found))
    return found[0]


def number(item):
    return str(item.MeasuredValueSequence[0]["NumericValue"].value) if item.get("MeasuredValueSequence") else ""


def code(item):
    return item.ConceptCodeSequence[0].CodeValue


def fixed(value, digits):
    return "" if value is None else f"{value:.{digits}f}"


# JSON against CSV.
for r in data["results"]:
    if not r["sop_uid"]:
        continue
    row = rows[r["sop_uid"]]
    for key, digits in [("percent_density", 1), ("percent_low", 1), ("percent_high", 1), ("dense_area_cm2", 2), ("breast_area_cm2", 2)]:
        same(key, fixed(r[key], digits), row[key])
    same("category", r["category"] or "", row["category"])


def check_group(group, percent, low, high, category, what):
    """A group of TID 1501."""
    if percent:
        n = one(group, "111046")
        same(what + " percent", number(n), percent)
        same(what + " unit", n.MeasuredValueSequence[0].MeasurementUnitsCodeSequence[0].CodeValue, "%")
        if low:
            same(what + " low", str(D(percent) - D(number(one(n, "371885007")))), low)
            same(what + " high", str(D(percent) + D(number(one(n, "371886008")))), high)
        else:
            same(what + " no interval", children(n, "371885007"), [])
    else:
        same(what + " no percent", children(group, "111046"), [])
    same(what + " category", [CATEGORY[code(c)] for c in children(group, "129715009")], [category] if category else [])
    name_, version = one(group, "111001").TextValue, one(group, "111003").TextValue
    same(what + " model", f"{name_} {version}", data["model"]["name"] + " " + data["model"]["version"])


def check_sr(sr, study, segs):
    text = [c.TextValue for c in children(one(sr, "C0034375"), "121106")]
    assert any("Research use only" in t for t in text)
    joined = " ".join(text)
    groups = children(one(sr, "126010"), "125007")
    figures = {one(g, "112039").TextValue: g for g in groups if g.ContentTemplateSequence[0].TemplateIdentifier == "1501"}
    segment_groups = [g for g in groups if g.ContentTemplateSequence[0].TemplateIdentifier == "1410"]
    images = {}
    for key, g in figures.items():
        sources = [c.ReferencedSOPSequence[0].ReferencedSOPInstanceUID for c in children(g, "121112")]
        if key.startswith("image "):
            images[sources[0]] = (key, g)
            row = rows[sources[0]]
            side = [SIDE[code(s)] for s in children(one(g, "363698007"), "272741003")]
            same("side", side, [row["laterality"]] if row["laterality"] else [])
            check_group(g, row["percent_density"], row["percent_low"], row["percent_high"], row["category"], key)
    for side, letter in [("left", "L"), ("right", "R")]:
        percent = study[f"percent_{side}"]
        same("breast " + letter, f"breast {letter}" in figures, bool(percent))
        if percent:
            g = figures[f"breast {letter}"]
            same("breast percent", number(one(g, "111046")), percent)
            same("breast category", [CATEGORY[code(c)] for c in children(g, "129715009")], [study[f"category_{side}"]])
    check_group(figures["exam"], study["percent_density"], study["percent_low"], study["percent_high"], study["category"], "exam")
    same("overall", [CATEGORY[code(c)] for c in children(one(sr, "C0034375"), "129715009")], [study["category"]])
    # Areas in their digits; each segment that has pixels has a group, which names frame and image.
    for g in segment_groups:
        seg_ref = one(g, "121214").ReferencedSOPSequence[0]
        source = one(g, "121233").ReferencedSOPSequence[0].ReferencedSOPInstanceUID
        frame, row = int(seg_ref.ReferencedFrameNumber), rows[source]
        same("no segment number beside the frame", "ReferencedSegmentNumber" in seg_ref, False)
        same("segment of", segs[seg_ref.ReferencedSOPInstanceUID], source)
        area = number(one(g, "131184002"))
        if frame < 3:
            same("area", area, row[["breast_area_cm2", "dense_area_cm2"][frame - 1]])
        else:
            same("area is there as for the others", bool(area), bool(row["breast_area_cm2"]))
    evidence = {
        i.ReferencedSOPInstanceUID
        for s in sr.CurrentRequestedProcedureEvidenceSequence
        for series in s.ReferencedSeriesSequence
        for i in series.ReferencedSOPSequence
    }
    same("evidence holds each SEG", set(segs) <= evidence, True)
    same("evidence holds each image", set(images) <= evidence, True)
    for uid in evidence - set(segs):
        row = rows[uid]
        if row["status"] != "ok":
            same("a refusal is said", "was not measured: " + row["error"] in joined, True)
        for p in "abcd":
            if row["category"]:
                same("probability", f"{p} {row['p_' + p]}" in joined, True)
    same("flags are said", joined.count("An implant") + joined.count("has an implant"), study["flags"].count("implant") and len(images))
    return images


def check_cad(cad, study, images):
    summary = one(cad, "111017")
    text = one(summary, "111033").TextValue
    assert f"category {study['category']}" in text and f"{study['percent_density']} %" in text
    by_side = {SIDE[code(one(n, "272741003"))]: number(n) for n in children(summary, "112191")}
    wanted = {"L": study["percent_left"], "R": study["percent_right"]}
    if all(wanted.values()):
        wanted["B"] = study["percent_density"]
    same("percents by side", by_side, {k: v for k, v in wanted.items() if v})
    library = children(one(cad, "111028"))
    uids = [i.ReferencedSOPSequence[0].ReferencedSOPInstanceUID for i in library]
    geometry, composition = children(summary, "111034")
    outlines = list(children(geometry, "111059"))
    for finding in children(composition, "111059"):
        link = next(c for c in children(finding) if "ReferencedContentItemIdentifier" in c).ReferencedContentItemIdentifier
        # Root 1, its summary, the container, the finding: by number from 1.
        of = outlines[link[3] - 2]
        outline = one(of, "111007")
        image = library[children(outline)[0].ReferencedContentItemIdentifier[2] - 1].ReferencedSOPSequence[0].ReferencedSOPInstanceUID
        row = rows[image]
        same("cad percent", number(one(finding, "111046")), row["percent_density"])
        same("cad category", CATEGORY[code(one(finding, "129715009"))], row["category"])
        same("certainty", D(number(one(finding, "111012"))), D(row["p_" + row["category"]]) * 100)
        check_outline(np.array(outline.GraphicData).reshape(-1, 2), mask_of(row) > 0)
    same("failed", cad_value(cad, "111017") == "111244", any(rows[u]["status"] != "ok" for u in uids) or study["failed"] != "0")


def cad_value(cad, concept):
    return code(one(cad, concept))


def mask_of(row):
    path = pathlib.Path(row["path"])
    return np.array(Image.open(out / "masks" / path.relative_to(inputs).with_suffix(".png")))


def check_outline(points, mask):
    """The polygon, filled, is the mask but for its border and small holes."""
    from PIL import ImageDraw

    assert (points[0] == points[-1]).all() and (points >= 0).all() and (points <= mask.shape[::-1]).all()
    drawn = Image.new("1", mask.shape[::-1])
    ImageDraw.Draw(drawn).polygon([tuple(p - 0.5) for p in points], fill=1)
    drawn = np.array(drawn)
    same("outline", (drawn & mask).sum() / (drawn | mask).sum() > 0.97, True)


COPIED = ["PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyInstanceUID", "StudyDate", "StudyTime", "AccessionNumber",
          "StudyID", "StudyDescription", "PatientIdentityRemoved", "DeidentificationMethod"]
exams = objects = 0
for folder in sorted((out / "objects").iterdir()):
    files = {p.name: pydicom.dcmread(p) for p in sorted(folder.glob("*.dcm"))}
    any_file = next(iter(files.values()))
    study = studies[any_file.StudyInstanceUID]
    same("files listed", set(study["objects"].split(";")), set(files))
    segs = {}
    for d in files.values():
        objects += 1
        if d.Modality == "SEG":
            source = d.SourceImageSequence[0].ReferencedSOPInstanceUID
            segs[d.SOPInstanceUID] = source
        row = rows[source if d.Modality == "SEG" else next(u for u in rows if rows[u]["study_uid"] == d.StudyInstanceUID)]
        original = pydicom.dcmread(row["path"], stop_before_pixels=True)
        for keyword in COPIED:
            if keyword in original:
                same(keyword, str(d.get(keyword)), str(original.get(keyword)))
            else:
                same(keyword + " not made up", d.get(keyword) in (None, ""), True)
        same("raw name", d.get_item("PatientName").value if hasattr(d.get_item("PatientName"), "value") else None,
             original.get_item("PatientName").value if hasattr(original.get_item("PatientName"), "value") else None)
        same("institution", "InstitutionName" in d, False)
        if d.Modality == "SEG":
            labels, frames = mask_of(row), d.pixel_array
            same("rows", (d.Rows, d.Columns), (original.Rows, original.Columns))
            for frame, mask in zip(frames, [(labels == 85) | (labels == 170), labels == 170, labels == 255], strict=True):
                same("pixels", np.array_equal(frame.astype(bool), mask), True)
            same("orientation", d.PatientOrientation, original.PatientOrientation)
            same("lossy", d.LossyImageCompression, original.get("LossyImageCompression", "00"))
            same("no frame of reference", "FrameOfReferenceUID" in d, False)
            same("percent of the pixels", abs(100 * frames[1].sum() / frames[0].sum() - float(row["percent_density"])) < 1.0, True)
    images = check_sr(files["sr.dcm"], study, segs)
    if "cad.dcm" in files:
        check_cad(files["cad.dcm"], study, images)
    else:
        assert "no CAD SR" in study["objects_error"], study
    exams += 1
print(f"{exams} exams, {objects} objects, {compared} fields compared")
assert exams > 0 and compared > 20 * exams
