"""Asks a node's JSON API and compares it with what other programs say of the same exam: the tables of `mhcnn predict`, pydicom's pixels
through the window of the file, Pillow's size of the pictures, schemathesis' reading of docs/api/openapi.json."""
import contextlib
import csv
import gzip
import http.client
import importlib.util
import io
import json
import pathlib
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile

import numpy as np
import pydicom
from node_harness import Node, copies, phantom_exam, wait_for
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Api:
    def __init__(self, port):
        self.port = port
        self.base = f"http://127.0.0.1:{port}"

    def ask(self, path, method="GET", body=None, **fields):
        """Status, header fields and body; whatever the status is."""
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        if body is not None:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(self.base + path, method=method, data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as answer:
            return answer.code, answer.headers, answer.read()

    def json(self, path, **fields):
        status, _, body = self.ask(path, **fields)
        assert status == 200, (path, status, body[:300])
        return json.loads(body)

    def status(self, path, method="GET", body=None, **fields):
        status, headers, text = self.ask(path, method, body, **fields)
        if status >= 400:
            assert headers["Content-Type"] == "application/problem+json", (path, headers["Content-Type"])
            problem = json.loads(text)
            assert problem["status"] == status and problem["detail"], problem
        return status


class Events:
    """A stream of server-sent events."""

    def __init__(self, port, last=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.connection.request("GET", "/api/v1/events", headers={"Last-Event-ID": last} if last else {})
        self.answer = self.connection.getresponse()
        assert self.answer.status == 200 and self.answer.headers["Content-Type"] == "text/event-stream"

    def next(self):
        """Fields of the next event."""
        event = {}
        while True:
            line = self.answer.readline().decode().rstrip("\n")
            if not line and "data" in event:
                return event
            if line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                event[name] = value

    def wait(self, condition, seconds=15):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            event = self.next()
            if condition(event):
                return event
        raise AssertionError("no such event")

    def close(self):
        self.connection.close()


def with_window(exam):
    """Images whose display can be computed exactly: a window of LINEAR_EXACT over all values."""
    for image in exam:
        image.WindowCenter, image.WindowWidth = 2048, 4096
        image.VOILUTFunction = "LINEAR_EXACT"
        for word in ("VOILUTSequence", "ModalityLUTSequence"):
            if word in image:
                del image[word]
        image.RescaleSlope, image.RescaleIntercept = 1, 0
        if "PixelPaddingValue" in image:
            del image["PixelPaddingValue"]
    return exam


def predicted(mhcnn, folder, exams):
    """Rows of studies.csv by Study Instance UID."""
    files = folder / "files"
    files.mkdir()
    for i, image in enumerate(image for exam in exams for image in exam):
        image.save_as(files / f"{i}.dcm", enforce_file_format=True)
    subprocess.run([mhcnn, "predict", str(files), "-o", str(folder / "predicted"), "--no-page"], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, timeout=300)
    with open(folder / "predicted" / "studies.csv", newline="") as table:
        return {row["study"]: row for row in csv.DictReader(table)}


def check_list(api, exams, table):
    listed = api.json("/api/v1/exams")
    assert listed["next"] is None and len(listed["exams"]) == len(exams), listed
    for summary in listed["exams"]:
        row = table[summary["study_uid"]]
        assert summary["state"] == "done" and summary["images"] == 4, summary
        assert summary["percent"] == row["percent_density"], (summary, row)
        assert (summary["percent_low"] or "") == row["percent_low"] and (summary["percent_high"] or "") == row["percent_high"]
        assert summary["category"] == row["category"].lower(), (summary["category"], row["category"])
        assert summary["dense"] == (summary["category"] in ("c", "d"))
        assert summary["flags"] == [flag for flag in row["flags"].split(";") if flag]
    ids = [summary["id"] for summary in listed["exams"]]
    assert ids == sorted(ids, reverse=True)
    # Pages, one exam each.
    seen, before = [], ""
    for _ in ids:
        page = api.json(f"/api/v1/exams?limit=1{before}")
        seen.append(page["exams"][0]["id"])
        before = f"&before={page['next']}"
    assert seen == ids and page["next"] is None
    # Filters.
    one = listed["exams"][0]
    for query in (f"patient={one['patient_id']}", f"study={one['study_uid']}", f"q={one['patient_id'][-2:]}", f"q={one['study_uid'][:-1]}"):
        assert [exam["id"] for exam in api.json(f"/api/v1/exams?{query}")["exams"]] == [one["id"]], query
    for letter in "abcd":
        found = {exam["id"] for exam in api.json(f"/api/v1/exams?category={letter}")["exams"]}
        assert found == {exam["id"] for exam in listed["exams"] if exam["category"] == letter}, letter
    for flag in {flag for exam in listed["exams"] for flag in exam["flags"]} | {"no_such_flag"}:
        found = {exam["id"] for exam in api.json(f"/api/v1/exams?flag={flag}")["exams"]}
        assert found == {exam["id"] for exam in listed["exams"] if flag in exam["flags"]}, flag
    assert api.json("/api/v1/exams?state=refused")["exams"] == [] and api.json("/api/v1/exams?q=%25")["exams"] == []
    assert len(api.json("/api/v1/exams?state=done")["exams"]) == len(ids)
    for wrong in ("state=x", "limit=0", "limit=501", "limit=x", "category=e", "from=2026", "before=-1", "nothing=1",
                  "state=done&state=done", "q=%00", "q=%ff", "q=%"):
        assert api.status(f"/api/v1/exams?{wrong}") == 400, wrong
    return listed["exams"]


def check_detail(api, summary):
    path = f"/api/v1/exams/{summary['id']}"
    status, headers, body = api.ask(path)
    exam = json.loads(body)
    assert status == 200
    assert {key: exam[key] for key in summary} == summary
    assert exam["details"]["study"] == summary["study_uid"] and len(exam["details"]["images"]) == 4
    assert exam["row"][0] == summary["study_uid"] and f"{exam['row'][5]:.1f}" == summary["percent"]
    assert len(exam["words"]["flags"]) == len(exam["row"][12]) and set(exam["words"]["categories"]) == set("abcd")
    assert len(exam["pictures"]) == 4 and exam["corrections"] == [] and exam["history"]
    assert all(result["kind"] != "view" for result in exam["results"])
    etag = headers["ETag"]
    assert etag.startswith('W/"') and "no-cache" in headers["Cache-Control"]
    status, headers, body = api.ask(path, If_None_Match=etag)
    assert status == 304 and body == b"" and headers["ETag"] == etag, (exam, body)
    assert api.ask(path, If_None_Match='"other"')[0] == 200
    return exam


def check_pictures(api, exam):
    for picture in exam["pictures"]:
        base = f"/api/v1/exams/{exam['id']}/pictures/{picture['key']}"
        outlines = api.json(base + ".json")
        status, headers, body = api.ask(base + ".jpg")
        assert status == 200 and headers["Content-Type"] == "image/jpeg"
        assert Image.open(io.BytesIO(body)).size == (outlines["width"], outlines["height"])
        assert outlines["breast"].startswith("M")
        assert api.ask(base + ".jpg", If_None_Match=headers["ETag"])[0] == 304
        assert Image.open(io.BytesIO(api.ask(base + "-small.jpg")[2])).height == 88
        for other in (".js", ".png", "-small.json", ""):
            assert api.status(base + other) == 404
    assert api.status(f"/api/v1/exams/{exam['id']}/pictures/0123456789abcdef.jpg") == 404


def check_pixels(api, exam, images):
    by_uid = {str(image.SOPInstanceUID): image for image in images}
    for picture in exam["pictures"]:
        image = by_uid[picture["sop_uid"]]
        outlines = api.json(f"/api/v1/exams/{exam['id']}/pictures/{picture['key']}.json")
        path = f"/api/v1/exams/{exam['id']}/images/{picture['sop_uid']}/pixels"
        status, headers, body = api.ask(path + "?longest=0")
        assert status == 200
        columns, rows = int(headers["Mhcnn-Columns"]), int(headers["Mhcnn-Rows"])
        pixels = np.frombuffer(body, "<u2").reshape(rows, columns)
        stored = image.pixel_array.astype(np.float64)
        shown = np.clip((stored - 2048) / 4096 + 0.5, 0, 1) * 65535  # PS3.3 C.11.2.1.3.2
        if image.PhotometricInterpretation == "MONOCHROME1":
            shown = 65535 - shown
        left, top, width, height = (share * size for share, size in zip(outlines["cut"], (image.Columns, image.Rows) * 2, strict=True))
        left, top, width, height = round(left), round(top), round(width), round(height)
        shown = shown[top:top + height, left:left + width]
        assert shown.shape == pixels.shape, (shown.shape, pixels.shape)
        assert np.abs(shown - pixels).max() <= 1, np.abs(shown - pixels).max()
        assert headers["Mhcnn-Bits"] == "16" and float(headers["Mhcnn-Scale"]) == 1
        spacing = float(image.ImagerPixelSpacing[1]) / float(getattr(image, "EstimatedRadiographicMagnificationFactor", None) or 1)
        assert abs(float(headers["Mhcnn-Spacing"]) - spacing) < 1e-5
        centre, width = map(float, headers["Mhcnn-Window"].split("/"))
        assert pixels.min() <= centre - width / 2 < centre + width / 2 <= pixels.max()
        # Reduced, packed and kept by the client.
        status, headers, body = api.ask(path + "?longest=100", Accept_Encoding="gzip")
        assert status == 200 and headers["Content-Encoding"] == "gzip"
        small = np.frombuffer(gzip.decompress(body), "<u2").reshape(int(headers["Mhcnn-Rows"]), int(headers["Mhcnn-Columns"]))
        assert max(small.shape) == 100 and abs(small.mean() - shown.mean()) < 0.005 * 65535
        assert abs(float(headers["Mhcnn-Scale"]) - pixels.shape[1] / small.shape[1]) < 1e-3
        assert api.ask(path + "?longest=100", If_None_Match=headers["ETag"], Accept_Encoding="gzip")[0] == 304
    for wrong in ("longest=-1", "longest=x", "longest=70000", "other=1"):
        assert api.status(f"{path}?{wrong}") == 400, wrong
    assert api.status(f"/api/v1/exams/{exam['id']}/images/1.2.3/pixels") == 404


def check_results(api, exam, table):
    path = f"/api/v1/exams/{exam['id']}/results"
    results = api.json(path)["results"]
    kinds = {result["kind"] for result in results}
    assert {"seg", "sr", "fhir", "table"} <= kinds and "view" not in kinds, kinds
    for result in results:
        status, headers, body = api.ask(f"{path}/{result['id']}")
        assert status == 200 and len(body) == result["bytes"] and "attachment" in headers["Content-Disposition"]
        assert api.ask(f"{path}/{result['id']}", If_None_Match=headers["ETag"])[0] == 304
        if result["kind"] in ("seg", "sr"):
            assert headers["Content-Type"] == "application/dicom"
            found = pydicom.dcmread(io.BytesIO(body))
            assert found.SOPInstanceUID == result["sop_uid"] and found.StudyInstanceUID == exam["study_uid"]
        if result["kind"] == "fhir":
            assert headers["Content-Type"] == "application/fhir+json" and json.loads(body)["resourceType"] == "Bundle"
    assert pydicom.dcmread(io.BytesIO(api.ask(path + "?format=sr")[2])).Modality == "SR"
    with zipfile.ZipFile(io.BytesIO(api.ask(path + "?format=seg")[2])) as archive:
        assert archive.testzip() is None and len(archive.namelist()) == 4
        assert all(pydicom.dcmread(io.BytesIO(archive.read(name))).Modality == "SEG" for name in archive.namelist())
    with zipfile.ZipFile(io.BytesIO(api.ask(path + "?format=csv")[2])) as archive:
        row = next(csv.DictReader(io.StringIO(archive.read("studies.csv").decode())))
        assert row["percent_density"] == table[exam["study_uid"]]["percent_density"]
    assert api.json(path + "?format=json")["studies"][0]["study"] == exam["study_uid"]
    assert api.status(path + "?format=pdf") == 400 and api.status(path + "?format=cad") == 404
    assert api.status(f"{path}/999999") == 404 and api.status(f"{path}/x") == 404


def check_hostile(api):
    for path, status in {
        "/api/v1/exams/999999": 404, "/api/v1/exams/0": 404, "/api/v1/exams/-1": 404, "/api/v1/exams/x": 404, "/api/v1/exams/1%00": 400,
        "/api/v1/exams/99999999999999999999": 404, "/api/v1/exams/..%2f..%2fetc": 400, "/api/v1/exams/1/pictures/..%2f..%2fnode.toml": 400,
        "/api/v1/exams/1/pictures/%2e%2e": 400, "/api/v1/exams/1/pictures/exam.json": 404, "/api/v1/exams/1/images/../pixels": 400,
        "/api/v1/exams/1/results/..": 400, "/api/v1/nothing": 404, "/api/v1/exams/999999/pictures/0123456789abcdef.jpg": 404,
        "/api/v1/exams/999999/images/1.2/pixels": 404, "/api/v1/exams/999999/results": 404,
    }.items():
        assert api.status(path) == status, (path, api.status(path))
    assert api.status("/api/v1/exams/1", "DELETE") == 405
    assert api.status("/api/v1/exams/999999/retry", "POST", b"{}") == 404
    assert api.status("/api/v1/exams/1/retry", "POST", b"{\"x\":1}") == 400
    assert api.status("/api/v1/exams/1/retry", "POST", b"x" * 5000) == 413


def check_events(api, exams):
    one = exams[0]["id"]
    with contextlib.closing(Events(api.port)) as events, contextlib.closing(Events(api.port)) as second:
        counts = json.loads(events.wait(lambda event: event["event"] == "counts")["data"])
        assert counts["exams"]["done"] == len(exams) and counts["bytes"] > 0
        assert api.ask(f"/api/v1/exams/{one}/cancel", "POST", b"{}")[0] == 202
        begin = time.monotonic()
        for stream in (events, second):
            # An event may come twice: the one of before can come again first, and nothing but it.
            seen = {"state": "done"}
            while seen["state"] == "done":
                event = stream.wait(lambda event: event["event"] == "exam" and json.loads(event["data"])["id"] == one)
                seen = json.loads(event["data"])
            assert seen["state"] == "cancelled"
        assert time.monotonic() - begin < 10
        assert api.status(f"/api/v1/exams/{one}/cancel", "POST", b"{}") == 409
        status, _, body = api.ask(f"/api/v1/exams/{one}/retry", "POST", b"{}")
        assert status == 202 and json.loads(body)["state"] == "waiting"
        events.wait(lambda event: event["event"] == "exam" and json.loads(event["data"])["state"] == "done", 60)
    with contextlib.closing(Events(api.port, event["id"])) as resumed:
        assert resumed.wait(lambda event: event["event"] == "exam" and json.loads(event["data"])["id"] == one)
    assert api.status("/api/v1/events", Last_Event_ID="x") == 400
    # Streams hold no thread: more of them than the node has threads, and answers go on.
    with contextlib.ExitStack() as stack:
        for _ in range(12):
            stack.enter_context(contextlib.closing(Events(api.port)))
        begin = time.monotonic()
        api.json("/api/v1/counts")
        assert time.monotonic() - begin < 5


def check_node(api, node):
    def all_parts():
        parts = {part["part"]: part for part in api.json("/api/v1/status")["parts"]}
        return parts if {"web", "work1", "receive", "maintain", "deliver"} <= set(parts) else None

    parts = wait_for("the rows of all parts", all_parts, 20)
    of_process = node.processes()
    for name, part in parts.items():
        assert part["alive"] and part["node"] == "test" and part["pid"] in of_process[name.rstrip("1")], part
    status = api.json("/api/v1/status")
    assert status["store"] == {"kind": "sqlite", "schema": status["store"]["schema"]} and status["disk"]["free"] > 0
    assert status["queues"]["exams"].keys() == api.json("/api/v1/counts")["exams"].keys()
    settings = api.json("/api/v1/settings")
    assert settings["receive"]["port"] == node.dicom and settings["destinations"][0]["name"] == "out"
    model = api.json("/api/v1/model")
    assert "not a medical device" in model["notice"] and model["model"]
    assert api.json("/api/v1/openapi.json") == json.loads((ROOT / "docs/api/openapi.json").read_text())


def check_description(api):
    """schemathesis sends what the description allows, and some of what it does not, and reads the answers by it."""
    if not importlib.util.find_spec("schemathesis"):
        print("schemathesis is not installed: the description was not tried")
        return
    # Not its program: that one names the folder in which the environment was made.
    tool = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"]
    checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance"
    words = ["--include-tag", "exams", "--include-tag", "node", "--exclude-operation-id", "listen", "--checks", checks,
             "--phases", "examples,coverage,fuzzing", "--max-examples", "4", "--seed", "1", "--request-timeout", "20",
             "--suppress-health-check", "all", "--no-color"]
    done = subprocess.run([*tool, "run", ROOT / "docs/api/openapi.json", "--url", api.base, *words], capture_output=True, text=True,
                          timeout=120, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def main():
    mhcnn, work = sys.argv[1], pathlib.Path(sys.argv[2])
    exams = copies(with_window(phantom_exam(mhcnn, work)), 2)
    table = predicted(mhcnn, work, exams)
    (work / "out").mkdir()
    node = Node(mhcnn, work / "node", f"""[work]
formats = ["seg", "sr", "fhir"]
[[destination]]
name = "out"
kind = "folder"
folder = "{work / 'out'}"
""")
    try:
        node.start()
        for exam in exams:
            assert node.send(exam) == [0] * 4
        node.wait_until_settled(len(exams), 120)
        api = Api(node.http)
        # The detail of an exam changes until its last result is sent.
        wait_for("no result in the queue", lambda: not api.json("/api/v1/counts")["deliveries"].get("out", {}).get("queued"), 60)
        listed = check_list(api, exams, table)
        by_study = {str(exam[0].StudyInstanceUID): exam for exam in exams}
        for step in ("detail", "pictures", "pixels", "results"):
            print(step, flush=True)
            exam = check_detail(api, listed[0])
            if step == "pictures":
                check_pictures(api, exam)
            if step == "pixels":
                check_pixels(api, exam, by_study[exam["study_uid"]])
            if step == "results":
                check_results(api, exam, table)
        check_hostile(api)
        check_node(api, node)
        check_events(api, listed)
        begin = time.monotonic()
        check_description(api)
        print(f"schemathesis: {time.monotonic() - begin:.0f} s")
    except BaseException:
        print(node.log_path.read_text()[-4000:])
        raise
    finally:
        node.stop()


if __name__ == "__main__":
    main()
