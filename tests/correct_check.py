"""What tests/correct.sh checks: correct_check.py MHCNN FOLDER. Leaves judged/ (SR and pages that a destination got), corrected-sr.dcm and
corrections.csv in FOLDER."""
import collections
import csv
import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request

import highdicom as hd
import pydicom
from fhir.resources.R4B.bundle import Bundle
from node_harness import Node, phantom_exam, wait_for

MHCNN, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
SHARE = FOLDER / "share"
COMPOSITION = {"a": "129716005", "b": "129717001", "c": "129718006", "d": "129719003"}
CODES = {code: letter for letter, code in COMPOSITION.items()}


TOKENS = {}


def ask(node, path, body=None, accept=None, role="reader"):
    """Status and JSON (or text) of an answer to who has this role."""
    headers = {"Authorization": f"Bearer {TOKENS[role]}"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    if accept:
        headers["Accept"] = accept
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{node.http}{path}", data, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            status, text, kind = answer.status, answer.read().decode(), answer.headers["Content-Type"]
    except urllib.error.HTTPError as error:
        status, text, kind = error.code, error.read().decode(), error.headers["Content-Type"]
    return status, json.loads(text) if "json" in kind else text


def arrived():
    """What the destination has, by kind."""
    kinds = collections.defaultdict(list)
    for path in sorted(SHARE.rglob("*")):
        if path.suffix == ".dcm":
            found = pydicom.dcmread(path)
            kinds[{"1.2.840.10008.5.1.4.1.1.88.50": "CAD"}.get(found.SOPClassUID, found.Modality)].append(found)
        elif path.suffix == ".json":
            kinds["FHIR"].append(json.loads(path.read_text()))
    return kinds


def counts():
    return {kind: len(found) for kind, found in arrived().items()}


def evaluation(sr):
    """Category of Qualitative Evaluations."""
    for container in sr.ContentSequence:
        if container.ConceptNameCodeSequence[0].CodeValue == "C0034375":
            for item in container.ContentSequence:
                if item.ValueType == "CODE":
                    return CODES[item.ConceptCodeSequence[0].CodeValue]
    raise AssertionError("no qualitative evaluation")


def groups(path):
    """Category and percent of each measurement group by its tracking identifier, as highdicom reads them."""
    found = {}
    for group in hd.sr.srread(str(path)).content.get_image_measurement_groups():
        percents = [m.value for m in group.get_measurements() if m.name.value == "111046"]
        categories = [CODES[e.value.value] for e in group.get_qualitative_evaluations() if e.value.value in CODES]
        found[group.tracking_identifier] = (categories[0] if categories else None, percents[0] if percents else None)
    return found


def resources(bundle, kind):
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]


def category_of(bundle):
    return next(one for one in resources(bundle, "Observation") if "valueCodeableConcept" in one)


def correct_and_send(node):
    """A category and a percent are corrected; the destination gets the new SR, FHIR and page once."""
    assert node.send(phantom_exam(MHCNN, FOLDER)) == [0] * 4
    exam = node.wait_until_settled(1, 90)[0]
    first = {"SEG": 4, "SR": 1, "CAD": 1, "OT": 1, "FHIR": 1}
    wait_for(f"{first} at the destination", lambda: counts() == first, 60)
    model = exam["summary"]["category"]
    path = f"/api/v1/exams/{exam['id']}/corrections"
    assert ask(node, path, role="viewer") == (200, {"corrections": []})
    before = arrived()
    assert before["SR"][0].VerificationFlag == "UNVERIFIED" and evaluation(before["SR"][0]) == model
    assert category_of(before["FHIR"][0])["status"] == "preliminary"

    mine = {"revision": 1, "version": 0, "category": "d" if model != "d" else "a", "percent": 61.04, "comment": "dicht, wie gesehen: ü"}
    assert ask(node, path, {**mine, "category": "x"})[0] == 422
    assert ask(node, path, mine, role="viewer")[0] == 403 and ask(node, "/api/v1/corrections", role="viewer")[0] == 403
    status, made = ask(node, path, mine)
    assert status == 201 and made["version"] == 1 and made["percent"] == "61.0" and not made["accepted"], made
    status, problem = ask(node, path, mine)
    assert status == 409 and "version 1" in problem["detail"], problem
    assert ask(node, path, {**mine, "revision": 2, "version": 1})[0] == 409
    node.wait_until_settled(1, 60)
    second = {"SEG": 4, "SR": 2, "CAD": 1, "OT": 2, "FHIR": 2}
    wait_for(f"{second} at the destination", lambda: counts() == second, 60)

    after = arrived()
    old = next(one for one in after["SR"] if one.VerificationFlag == "UNVERIFIED")
    new = next(one for one in after["SR"] if one.VerificationFlag == "VERIFIED")
    observer = new.VerifyingObserverSequence[0]
    assert str(observer.VerifyingObserverName).rstrip("^") == "jane-reader" and observer.VerificationDateTime.endswith("+0000"), observer
    replaced = new.PredecessorDocumentsSequence[0].ReferencedSeriesSequence[0].ReferencedSOPSequence[0].ReferencedSOPInstanceUID
    assert replaced == old.SOPInstanceUID and new.SeriesInstanceUID == old.SeriesInstanceUID
    assert evaluation(new) == mine["category"]
    file = next(path for path in SHARE.rglob(f"{new.SOPInstanceUID}*"))
    shutil.copy(file, FOLDER / "corrected-sr.dcm")
    said = groups(file)
    assert said["exam, by the reader"] == (mine["category"], 61.0), said
    assert said["exam"] == (model, groups(next(SHARE.rglob(f"{old.SOPInstanceUID}*")))["exam"][1]), said

    bundle = next(one for one in after["FHIR"] if category_of(one)["status"] == "final")
    preliminary = next(one for one in after["FHIR"] if category_of(one)["status"] == "preliminary")
    for one in after["FHIR"]:
        Bundle.model_validate(one)
    assert category_of(bundle)["identifier"] == category_of(preliminary)["identifier"]
    assert category_of(bundle)["valueCodeableConcept"]["coding"][0]["code"] == COMPOSITION[mine["category"]]
    assert resources(bundle, "DiagnosticReport")[0]["status"] == "final"
    assert resources(bundle, "Practitioner") and resources(bundle, "Provenance")
    assert new.SOPInstanceUID in json.dumps(bundle), "the report lists the corrected SR"
    pages = {one.InstanceNumber: one for one in after["OT"]}
    assert set(pages) == {1, 2} and pages[1].SOPInstanceUID != pages[2].SOPInstanceUID
    assert pages[1].pixel_array.shape == pages[2].pixel_array.shape and (pages[1].pixel_array != pages[2].pixel_array).any()

    shown = node.jobs("show", exam["id"]).stdout
    assert f"corrected by reader jane-reader: category {mine['category']}, 61.0 %" in shown, shown
    assert "wie gesehen" in shown and "Reader jane-reader gave category" in shown, shown
    rows = node.query("SELECT event, message FROM audit_events WHERE event = '110103'")
    assert any('EventActionCode="U"' in row["message"] and "version 1" in row["message"] for row in rows), rows
    return exam, mine


def second_version(node, exam, mine):
    """The reader thinks again: the next SR replaces the reader's own, and FHIR says amended. Sent again, nothing new comes."""
    path = f"/api/v1/exams/{exam['id']}/corrections"
    model = exam["summary"]["category"]
    status, made = ask(node, path, {"revision": 1, "version": 1, "category": model, "percent": None})
    assert status == 201 and made["accepted"] and made["version"] == 2, made
    third = {"SEG": 4, "SR": 3, "CAD": 1, "OT": 3, "FHIR": 3}
    wait_for(f"{third} at the destination", lambda: counts() == third, 60)
    reports = {one.InstanceNumber: one for one in arrived()["SR"]}
    replaced = reports[3].PredecessorDocumentsSequence[0].ReferencedSeriesSequence[0].ReferencedSOPSequence[0].ReferencedSOPInstanceUID
    assert replaced == reports[2].SOPInstanceUID
    assert sorted(category_of(one)["status"] for one in arrived()["FHIR"]) == ["amended", "final", "preliminary"]
    node.wait_until_settled(1, 60)
    assert node.jobs("retry", exam["id"]).returncode == 0
    node.wait_until_settled(1, 60)
    assert counts() == third, counts()
    assert [one["category"] for one in ask(node, path)[1]["corrections"]] == [mine["category"], model]


def late_image(node, exam):
    """An image that comes later makes a revision that no reader has seen."""
    known = {one.SOPInstanceUID for one in arrived()["SR"]}
    image = phantom_exam(MHCNN, FOLDER)[0]
    image.SOPInstanceUID = image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID + ".9"
    assert node.send([image]) == [0]
    wait_for("revision 2", lambda: [(one["revision"], one["state"]) for one in node.exams()] == [(2, "done")], 60)
    shown = node.jobs("show", exam["id"]).stdout
    assert "that was for revision 1" in shown and "not final" in shown, shown
    wait_for("the SR of revision 2", lambda: counts().get("SR") == 4, 60)
    new = next(one for one in arrived()["SR"] if one.SOPInstanceUID not in known)
    assert new.VerificationFlag == "UNVERIFIED" and "PredecessorDocumentsSequence" in new
    assert ask(node, f"/api/v1/exams/{exam['id']}/corrections", {"revision": 1, "version": 2, "category": "a"})[0] == 409
    assert ask(node, "/api/v1/corrections")[1]["of_earlier_revision"] == 1


def export(node):
    """28 corrected exams of two images each, put into the store by hand: the manifest that calibrate takes."""
    out = FOLDER / "many"
    subprocess.run([MHCNN, "phantom", "--count", "56", "--seed", "5", "--height", "256", "--width", "192", "--format", "dicom", "--out",
                    str(out)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    # In the order of their percents, so that what the readers say rises with them.
    with open(out / "manifest.csv", newline="") as table:
        rows = sorted(csv.DictReader(table), key=lambda row: float(row["percent_density"]))
    images = [out / row["image"] for row in rows]
    assert len(images) == 56, len(images)
    with sqlite3.connect(node.folder / "node.db", timeout=30) as store:
        columns = [row[1] for row in store.execute("PRAGMA table_info(exams)")]
        template = dict(zip(columns, store.execute("SELECT * FROM exams").fetchone(), strict=True))
        names = [row[1] for row in store.execute("PRAGMA table_info(objects)")]
        picture = dict(zip(names, store.execute("SELECT * FROM objects").fetchone(), strict=True))

        def insert(table, row):
            marks = ",".join("?" * len(row))
            return store.execute(f"INSERT INTO {table} ({','.join(row)}) VALUES ({marks})", list(row.values())).lastrowid

        for i in range(28):
            row = {**template, "study_uid": f"1.9.{i}", "patient_id": f"Anna{i}", "revision": 1, "measured": 1}
            del row["id"]
            number = insert("exams", row)
            for k in range(2):
                name = f"received/{i}-{k}.dcm"
                shutil.copy(images[2 * i + k], node.objects / name)
                one = {**picture, "sop_uid": f"1.9.{i}.{k}", "study_uid": row["study_uid"], "file": name, "exam": number, "digest": name}
                del one["id"]
                insert("objects", one)
            insert("corrections", {"exam": number, "revision": 1, "version": 1, "category": "abcd"[i // 7], "percent": f"{5 + 2 * i}.0",
                                   "comment": "", "author": "anonymous", "made": 1_800_000_000_000 + i, "model_category": "b",
                                   "model_percent": "20.0"})
    done = node.jobs("corrections", "--csv", FOLDER / "corrections.csv")
    assert done.returncode == 0 and "28 exams with 56 images" in done.stdout and "1 left out" in done.stdout, done
    text = (FOLDER / "corrections.csv").read_text()
    assert "Anna" not in text and len(text.splitlines()) == 57, text[:500]
    status, table = ask(node, "/api/v1/corrections?since=2027-01-15", accept="text/csv")
    assert status == 200 and len(table.splitlines()) == 57 and "1.9.0.0.dcm,5.0,a," in table, table[:500]
    assert node.jobs("corrections", "--csv", FOLDER / "x.csv", "--since", "yesterday").returncode == 2


def give_to_judges():
    """judged/N/: each SR and page, under the names that the judges know."""
    for kind, name in (("SR", "sr.dcm"), ("OT", "sc.dcm")):
        for i, one in enumerate(arrived()[kind]):
            folder = FOLDER / "judged" / str(i)
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(next(SHARE.rglob(f"{one.SOPInstanceUID}*")), folder / name)


def start(node):
    """Starts it with a token for a viewer and one for a reader."""
    text = node.config.read_text()
    node.config.write_text(text.replace("[web]\n", '[web]\naccess = "accounts"\n', 1))
    node.start()
    for role in ("viewer", "reader"):
        words = [MHCNN, "tokens", "create", f"jane-{role}", "--role", role, "--config", str(node.config)]
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done
        TOKENS[role] = done.stdout.split()[-1]


running = Node(MHCNN, FOLDER / "node", f"""
[[destination]]
name = "share"
kind = "folder"
folder = "{SHARE}"
""")
try:
    start(running)
    corrected, said_first = correct_and_send(running)
    second_version(running, corrected, said_first)
    late_image(running, corrected)
    give_to_judges()
    export(running)
finally:
    running.stop()
assert running.process.returncode == 0, running.log_path.read_text()[-2000:]
