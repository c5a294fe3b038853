"""Gives DICOM objects to programs of others and says what they say against them.

Usage: judge_objects.py FOLDER READ_SEGMENTATION [--templates N]

FOLDER: objects/ of `mhcnn predict`. Each SEG goes to dciodvfy, highdicom and DCMTK's reader (READ_SEGMENTATION prints the pixels of each
frame, which must be pydicom's); each SR to dciodvfy, dsrdump and, of TID 1500, highdicom and dcmqi's tid1500reader; with --templates the
SRs of the first N exams to DicomSRValidator too, 10 s each.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

import highdicom as hd
import pydicom

root, read_segmentation = pathlib.Path(sys.argv[1]), sys.argv[2]
validated = int(sys.argv[sys.argv.index("--templates") + 1]) if "--templates" in sys.argv else 0
venv = pathlib.Path(sys.executable).parent
problems = []
# False positives of DicomSRValidator 2022, with the reason.
ALLOWED = [
    # Its own check of the IOD rejects CONTAINS under CODE, and TID 4006 includes 4007 by HAS PROPERTIES.
    r"Template 4007 BreastComposition/\[Row [12]\].*expected CONTAINS - found HAS PROPERTIES$",
    # The link by reference from composition to geometry, which TID 4006 demands.
    r"Template 4006 MammographyCADSingleImageFinding.*\[Row 18\] IMAGE .*Conditional content item present when condition not satisfied$",
    # It writes "Including"; PS3.16 (and pydicom's table) "including".
    r'Code \(111007,DCM,"Breast Outline including Pectoral Muscle Tissue"\) has different code meaning',
    # Groups of TID 1501 beside groups of TID 1410 are taken for such.
    r"Template 1410 PlanarROIMeasurements/.*\[Row [57]\].*Missing conditional content item$",
    r'Warning: .*"Measurement Group"\)/(TEXT \(11100[123],|CODE \(129715009,|IMAGE \(121112,)[^/]*: Content Item not in template$',
    r'Warning: .*"Qualitative Evaluations"\)/CODE \(129715009,[^/]*/CODE \(272741003,[^/]*: Content Item not in template$',
    # Numbers of TID 310, which it looks for in TID 1419 alone.
    r"Template (1419 ROIMeasurements/.*\[Row 1[34]\]|300 .*\[Row (9|10)\]) NUM .*37188500[78]|"
    r"Template (1419 ROIMeasurements/.*\[Row 1[34]\]|300 .*\[Row (9|10)\]) NUM .*37188600[78]",
]
# Not about the document: what dsrdump 3.6.7 itself cannot check.
UNCHECKED = (
    "VR checker does not support this Specific Character Set",
    "Reading unknown/unsupported SpecificCharacterSet (",
    "Check for template constraints not yet supported",
)


def run(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, errors="replace", check=False)
    return done.returncode, (done.stdout + done.stderr).strip()


def dciodvfy(path):
    for options in ([], ["-new"]):
        code, text = run(venv / "dciodvfy", *options, path)
        for line in text.splitlines():
            # The side of a picture file is not known, as it says.
            if "is only permitted to be empty when actually unknown" in line and path.name.startswith(("source-", "sc.")):
                continue
            if line.startswith(("Error", "Warning")):
                problems.append(f"{path}: dciodvfy: {line}")
        if code != 0 or not text:
            problems.append(f"{path}: dciodvfy: {code} {text}")


def judge_segmentation(path):
    seg = hd.seg.segread(str(path))
    frames = pydicom.dcmread(path).pixel_array
    counts = [int(f.sum()) for f in frames]
    code, text = run(read_segmentation, path)
    if code != 0 or [int(n) for n in text.split()[-3:]] != counts or text.split()[-5:-3] != [str(n) for n in frames.shape[1:]]:
        problems.append(f"{path}: DCMTK reads {text}, pydicom {frames.shape} {counts}")
    uid = seg.get_source_image_uids()[0][2]
    mine = seg.get_pixels_by_source_instance([uid], segment_numbers=[1, 2, 3], ignore_spatial_locations=True)[0]
    if [int(mine[..., k].sum()) for k in range(3)] != counts:
        problems.append(f"{path}: highdicom reads other pixels")
    return counts


def judge_report(path):
    code, text = run("dsrdump", path)
    said = [line for line in text.splitlines() if re.match("[EWF]:", line) and not any(w in line for w in UNCHECKED)]
    if code != 0 or said:
        problems.append(f"{path}: dsrdump: {code} {said}")
    if path.name != "sr.dcm":
        return None
    sr = hd.sr.srread(str(path))
    groups = sr.content.get_image_measurement_groups()
    regions = sr.content.get_planar_roi_measurement_groups()
    if not groups:
        problems.append(f"{path}: highdicom finds no measurement groups")
    with tempfile.TemporaryDirectory() as folder:
        code, text = run(venv / "tid1500reader", "--inputDICOM", path, "--outputMetadata", f"{folder}/x.json")
        if code != 0 or not pathlib.Path(f"{folder}/x.json").exists():
            problems.append(f"{path}: tid1500reader: {code} {text[-300:]}")
    return len(groups), len(regions)


def judge_templates(path):
    jdk = ["-Djdk.xml.xpathTotalOpLimit=0", "-Djdk.xml.xpathExprOpLimit=0", "-Djdk.xml.xpathExprGrpLimit=0"]
    _, text = run("java", *jdk, "-cp", "/usr/share/java/pixelmed.jar", "com.pixelmed.validate.DicomSRValidator", path)
    for line in text.splitlines():
        if re.match(r"\s*(Error|Warning)", line) and not any(re.search(a, line) for a in ALLOWED):
            problems.append(f"{path}: DicomSRValidator: {line}")
    if "Root Template Validation Complete" not in text or "IOD validation complete" not in text:
        problems.append(f"{path}: DicomSRValidator did not judge: {text[:300]}")


files = sorted(root.rglob("*.dcm"))
for path in files:
    dciodvfy(path)
    modality = pydicom.dcmread(path, stop_before_pixels=True).Modality
    if modality == "SEG":
        judge_segmentation(path)
    elif modality == "SR":
        judge_report(path)
for folder in sorted(p for p in root.iterdir() if p.is_dir())[:validated]:
    for path in sorted(folder.glob("*.dcm")):
        if pydicom.dcmread(path, stop_before_pixels=True).Modality == "SR":
            judge_templates(path)
for problem in problems:
    print("FAILED:", problem)
if problems:
    sys.exit(1)
print(f"{len(files)} objects judged")
