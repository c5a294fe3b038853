"""Judges the Secondary Captures and FHIR bundles of `mhcnn predict INPUTS -o OUT --format sc,fhir[,...]` by programs of others.

Usage: judge_pages.py OUT INPUTS

Each sc.dcm goes to dciodvfy and pydicom: its pixels must be the page that the bundle carries, its header that of its sources. Each
fhir.json goes to fhir.resources (R4B), and each of its figures must stand in results.csv or studies.csv in the same digits.
"""
import base64
import csv
import decimal
import io
import json
import pathlib
import subprocess
import sys

import numpy as np
import pydicom
from fhir.resources.R4B.bundle import Bundle
from PIL import Image

out, inputs = map(pathlib.Path, sys.argv[1:3])
D = decimal.Decimal
rows = {r["sop_uid"]: r for r in csv.DictReader(open(out / "results.csv", newline="")) if r["sop_uid"]}
studies = [s for s in csv.DictReader(open(out / "studies.csv", newline="")) if s["objects"]]
CATEGORY = {"129716005": "a", "129717001": "b", "129718006": "c", "129719003": "d"}
SIDE = {"73056007": "R", "80248007": "L", "63762007": "B"}
SYSTEMS = {
    "http://dicom.nema.org/resources/ontology/DCM", "http://snomed.info/sct", "http://loinc.org", "http://unitsofmeasure.org",
    "http://terminology.hl7.org/CodeSystem/observation-category", "http://terminology.hl7.org/CodeSystem/data-absent-reason",
    "http://terminology.hl7.org/CodeSystem/v2-0074", "http://hl7.org/fhir/us/breast-radiology/CodeSystem/RadLexCDE",
}
compared = 0


def same(what, a, b):
    global compared
    compared += 1
    assert a == b, f"{what}: {a!r} and {b!r}"


def dciodvfy(path):
    for options in ([], ["-new"]):
        done = subprocess.run([pathlib.Path(sys.executable).parent / "dciodvfy", *options, path], capture_output=True, text=True, errors="replace",
                              check=False)
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith(("Error", "Warning"))]
        assert done.returncode == 0 and not said, (path, said)


def check_capture(path, sources, page):
    """Returns nothing; `sources`: SOP Instance UIDs of the exam's images; `page`: the picture of the bundle, half as large."""
    dciodvfy(path)
    d = pydicom.dcmread(path)
    first = next(pydicom.dcmread(p, stop_before_pixels=True) for u, p in files.items() if u in sources)
    same("class", d.SOPClassUID, "1.2.840.10008.5.1.4.1.1.7")
    same("modality", d.Modality, MODALITY)
    same("kind", (d.ConversionType, list(d.ImageType), d.BurnedInAnnotation), ("WSD", ["DERIVED", "SECONDARY"], "YES"))
    for absent in ("PixelSpacing", "ImagerPixelSpacing", "Laterality", "ViewPosition", "ViewCodeSequence", "FrameOfReferenceUID"):
        same(absent, absent in d, False)
    for keyword in ("PatientName", "PatientID", "PatientBirthDate", "StudyInstanceUID", "StudyDate", "AccessionNumber"):
        same(keyword, str(d.get(keyword, "")), str(first.get(keyword, "")))
    sides = {rows[u]["laterality"] for u in sources if rows[u]["status"] == "ok"}
    same("side", d.ImageLaterality, "B" if len(sides) == 2 else sides.pop())
    same("sources", {s.ReferencedSOPInstanceUID for s in d.SourceImageSequence}, sources)
    pixels = d.pixel_array
    same("shape", pixels.shape, (2560, 2048, 3))
    half = pixels.reshape(1280, 2, 1024, 2, 3).mean(axis=(1, 3))
    assert np.abs(half - page).max() <= 1, "the pixels are not those of the page"
    assert page.max() > 200 and (page > 8).mean() > 0.02, "an empty page"


def number(part):
    return D(str(part["valueQuantity"]["value"]))


def check_values(o, percent, low, high, what):
    same(what + " percent", number(o) if "valueQuantity" in o else None, D(percent) if percent else None)
    same(what + " absent", "dataAbsentReason" in o, not percent)
    parts = {c["id"]: c for c in o.get("component", [])}
    if percent and low:
        same(what + " low", number(o) - number(parts["below"]), D(low))
        same(what + " high", number(o) + number(parts["above"]), D(high))
    else:
        same(what + " no interval", "below" in parts, False)
    return parts


def check_category(parts, row, letters, what):
    category = CATEGORY[parts["category"]["valueCodeableConcept"]["coding"][0]["code"]] if "category" in parts else ""
    same(what + " category", category, row)
    for letter, p in zip("abcd", letters, strict=False):
        if category:
            same(what + " p", number(parts[f"probability-{letter}"]), D(p) * 100)


def check_bundle(path, study):
    text = path.read_text(encoding="utf-8")
    data = json.loads(text)
    Bundle.model_validate(json.loads(text, parse_float=D))
    urls = [e["fullUrl"] for e in data["entry"]]
    same("urls differ", len(set(urls)), len(urls))
    by_url = {e["fullUrl"]: e["resource"] for e in data["entry"]}
    of = {}
    for r in by_url.values():
        of.setdefault(r["resourceType"], []).append(r)

    def walk(part):
        if isinstance(part, dict):
            if "reference" in part:
                assert part["reference"] in by_url, part
            if "system" in part and "code" in part and "value" not in part:
                assert part["system"] in SYSTEMS or part["system"] == "urn:ietf:rfc:3986", part
            if part.get("code") and str(part.get("system", "")).endswith("DCM") and "display" not in part and "uid" not in part:
                assert part["code"] in ("MG", "CR", "DX", "OT", "SEG", "SR"), part
            for child in part.values():
                walk(child)
        elif isinstance(part, list):
            for child in part:
                walk(child)

    walk(data)
    report, image_study = of["DiagnosticReport"][0], of["ImagingStudy"][0]
    same("status", {r["status"] for r in of["Observation"] + of["DiagnosticReport"]}, {"preliminary"})
    category, percent = (by_url[r["reference"]] for r in report["result"])
    check_values(percent, study["percent_density"], study["percent_low"], study["percent_high"], "exam")
    code = category.get("valueCodeableConcept", {"coding": [{"code": ""}]})["coding"][0]["code"]
    same("exam category", CATEGORY.get(code, ""), study["category"])
    if study["category"]:
        for letter, c in zip("abcd", category["component"], strict=False):
            same("exam p", number(c), D(study["p_" + letter]) * 100)
        assert f"category {study['category']}" in report["conclusion"]
    assert "Research use only" in report["conclusion"] and (not study["percent_density"] or study["percent_density"] + " %" in report["conclusion"])
    sources = set()

    def check_image(o):
        uid = next(r["identifier"]["value"] for r in o["derivedFrom"] if "identifier" in r).removeprefix("urn:oid:")
        sources.add(uid)
        row = rows[uid]
        parts = check_values(o, row["percent_density"], row["percent_low"], row["percent_high"], uid)
        check_category(parts, row["category"], [row["p_" + letter] for letter in "abcd"], uid)
        for part, column in [("dense-area", "dense_area_cm2"), ("breast-area", "breast_area_cm2")]:
            same(column, number(parts[part]) if part in parts else None, D(row[column]) if row[column] else None)
        same("side", SIDE.get(o.get("bodySite", {"coding": [{"code": ""}]})["coding"][0]["code"], ""), row["laterality"])
        same("flags", len(o.get("note", [])), len([f for f in row["flags"].split(";") if f]))
        if row["status"] != "ok":
            assert row["error"] in o["dataAbsentReason"]["text"], o

    for member in percent.get("hasMember", []):
        o = by_url[member["reference"]]
        if not o.get("hasMember"):
            check_image(o)
            continue
        side = {"R": "right", "L": "left"}[SIDE[o["bodySite"]["coding"][0]["code"]]]
        same(side, number(o), D(study["percent_" + side]))
        same(side + " category", CATEGORY[{c["id"]: c for c in o["component"]}["category"]["valueCodeableConcept"]["coding"][0]["code"]], study["category_" + side])
        for image in o["hasMember"]:
            check_image(by_url[image["reference"]])
    listed = {i["uid"] for s in image_study["series"] for i in s["instance"]}
    assert sources <= listed
    written = {pydicom.dcmread(p, stop_before_pixels=True).SOPInstanceUID for p in path.parent.glob("*.dcm") if not p.name.startswith("source-")}
    same("listed", listed, sources | written)
    ids = {str(pydicom.dcmread(files[u], stop_before_pixels=True).PatientID) for u in sources if u in files}
    same("patient", {r["identifier"][0]["value"] for r in of.get("Patient", [])}, {i for i in ids if i})
    page = np.array(Image.open(io.BytesIO(base64.b64decode(report["presentedForm"][0]["data"]))).convert("RGB")).astype(float)
    return sources, page


MODALITY = "MG" if "--mg" in sys.argv else "OT"
files = {}
for p in sorted(inputs.rglob("*.dcm")):
    try:
        files[pydicom.dcmread(p, stop_before_pixels=True).SOPInstanceUID] = p
    except Exception:
        pass
bundles = sorted((out / "objects").rglob("fhir.json"))
by_objects = {}
for path in bundles:
    data = json.loads(path.read_text())
    uids = {i["uid"] for e in data["entry"] if e["resource"]["resourceType"] == "ImagingStudy" for s in e["resource"]["series"] for i in s["instance"]}
    study_uid = next(e["resource"]["identifier"][0]["value"] for e in data["entry"] if e["resource"]["resourceType"] == "ImagingStudy").removeprefix("urn:oid:")
    study = [s for s in studies if s["study"] == study_uid]
    assert len(study) == 1, (study_uid, [s["study"] for s in studies])
    sources, page = check_bundle(path, study[0])
    check_capture(path.parent / "sc.dcm", sources, page)
assert bundles, "no bundles"
print(f"{len(bundles)} exams right: {compared} values compared")
