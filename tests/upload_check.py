"""Checks uploads to a node and the analysis of single images from outside (tests/upload.sh): upload_check.py MHCNN FOLDER BODY_MB.
FOLDER holds a phantom exam."""
import base64
import contextlib
import http.client
import io
import json
import pathlib
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import zipfile

import numpy
import pydicom
from node_harness import Node, wait_for
from PIL import Image

mhcnn, work, body_mb = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
images = sorted((work / "phantom").rglob("*.dcm"))
assert len(images) == 4, images
headers_of = {path: pydicom.dcmread(path, stop_before_pixels=True) for path in images}


class Web(Node):
    """A node of which the HTTP port alone runs."""

    def __init__(self, name, settings=""):
        super().__init__(mhcnn, work / name, f"[retention]\nreserve_mb = 0\n{settings}")
        self.start("web")
        wait_for("the port", lambda: "listening on" in self.log_path.read_text(), 60, 0.05)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill_all()

    def request(self, method, path, body=None, headers=None, timeout=60):
        connection = http.client.HTTPConnection("127.0.0.1", self.http, timeout=timeout)
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer, content

    def upload(self, body, kind, **more):
        answer, content = self.request("POST", "/api/v1/uploads", body, {"Content-Type": kind, **more})
        return answer.status, json.loads(content)

    def incoming(self):
        return list((self.objects / "incoming").iterdir())

    def received(self):
        return {row["sop_uid"] for row in self.query("SELECT sop_uid FROM objects WHERE purpose <> 3")}

    def memory(self):
        """Resident memory that is the process's own, in MB."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"RssAnon:\s+(\d+)", status)[1]) / 1024


def packed(members, method=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def form(files, boundary="b0undary"):
    """The body that a browser makes of files: name -> (type, data)."""
    body = b""
    for name, (kind, data) in files.items():
        body += (f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
                 f"Content-Type: {kind}\r\n\r\n").encode() + data + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def uids(answer):
    return {item["sop_uid"] for item in answer["stored"]}


def check_files(web):
    """A file by curl, a folder as a form, all again as a zip file."""
    first = images[0]
    done = subprocess.run(["curl", "-sS", "--max-time", "60", "-H", "Content-Type: application/dicom", "--data-binary", f"@{first}",
                           f"http://127.0.0.1:{web.http}/api/v1/uploads"], capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    assert answer == {"stored": [{"sop_uid": headers_of[first].SOPInstanceUID, "study_uid": headers_of[first].StudyInstanceUID,
                                  "duplicate": False, "measured": True}], "failed": []}, answer
    words = [f"-Ffiles=@{path};type=application/octet-stream;filename=exam/{path.name}" for path in images]
    done = subprocess.run(["curl", "-sS", "--max-time", "60", *words, f"http://127.0.0.1:{web.http}/api/v1/uploads"],
                          capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    everything = {header.SOPInstanceUID for header in headers_of.values()}
    assert uids(answer) == everything and not answer["failed"], answer
    assert sum(item["duplicate"] for item in answer["stored"]) == 1, answer
    members = {f"exam/{path.name}": path.read_bytes() for path in images}
    status, answer = web.upload(packed({**members, "exam/notes.txt": b"text", "exam/inner.zip": packed(members)}), "application/zip")
    assert status == 200 and uids(answer) == everything and all(item["duplicate"] for item in answer["stored"]), answer
    assert {item["name"]: item["problem"] for item in answer["failed"]} == {"file/exam/notes.txt": "is not a DICOM file",
                                                                            "file/exam/inner.zip": "is an archive"}, answer
    assert web.received() == everything and web.incoming() == []
    assert len(web.query("SELECT * FROM exams")) == 1
    assert {row["event"] for row in web.query("SELECT event FROM audit_events WHERE event <> '110100'")} == {"110107"}


def check_wrong_bodies(web):
    data = images[0].read_bytes()
    body, kind = form({"a.dcm": ("application/dicom", data)})
    before = web.received()
    for name, wanted, sent, content_type in (
            ("another type", 415, data, "image/png"), ("no type", 415, data, ""), ("no boundary", 400, body, "multipart/form-data"),
            ("truncated", 400, body[: len(body) // 2], kind), ("empty", 400, b"", "application/dicom"),
            ("no file", 400, b"--b0undary--", kind), ("text", 200, b"text", "application/dicom"),
            ("no zip", 200, b"PK\3\4 and nothing", "application/zip")):
        status, answer = web.upload(sent, content_type)
        assert status == wanted, (name, status, answer)
        assert answer["failed"][0]["problem"] and not answer["stored"] if wanted == 200 else answer["title"], (name, answer)
    assert web.request("GET", "/api/v1/uploads")[0].status == 405
    bomb = packed({"bomb": bytes(300 << 20)})
    status, answer = web.upload(bomb, "application/zip")
    assert status == 200 and "unpacks to more than 256 MB" in answer["failed"][0]["problem"] and len(bomb) < 1 << 20, answer
    many = packed({f"{i}": b"" for i in range(20_001)}, zipfile.ZIP_STORED)
    status, answer = web.upload(many, "application/zip")
    assert status == 200 and "20001 files" in answer["failed"][0]["problem"], answer
    # The list of members of a zip file that claims more than there is.
    cut = packed({"a": data})[: len(data) // 3]
    status, answer = web.upload(cut, "application/zip")
    assert status == 200 and answer["failed"] and not answer["stored"], answer
    damaged = bytearray(packed({"a": data}, zipfile.ZIP_STORED))
    damaged[len(data) // 2] ^= 0xFF
    status, answer = web.upload(bytes(damaged), "application/zip")
    assert "damaged" in answer["failed"][0]["problem"], answer
    assert web.received() == before and web.incoming() == []


def check_keys(web):
    data = images[1].read_bytes()
    results = []

    def send(boundary, body=data, key="k-1"):
        results.append(web.upload(*form({"x.dcm": ("application/dicom", body)}, boundary), **{"Idempotency-Key": key}))
        return results[-1]

    first, second = send("one"), send("two")
    assert first == second and first[0] == 200, results
    assert send("one", images[2].read_bytes())[0] == 422
    assert send("one", images[2].read_bytes(), "k-2")[0] == 200
    assert send("one", data, "a key with spaces")[0] == 400
    # Two at once: one is done, the other is told to wait or gets the same answer.
    both = [threading.Thread(target=send, args=(f"b{i}", images[3].read_bytes(), "k-3")) for i in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert {status for status, _ in results[-2:]} <= {200, 409} and any(status == 200 for status, _ in results[-2:]), results[-2:]


def check_broken_connections(web):
    changed = images[1].read_bytes()[:-200] + bytes(200)
    body, kind = form({"a.dcm": ("application/dicom", changed)})
    before = set(web.objects.rglob("*.dcm"))
    for cut in (10, len(body) // 2, len(body) - 10):
        head = (f"POST /api/v1/uploads HTTP/1.1\r\nHost: 127.0.0.1\r\nIdempotency-Key: broken-{cut}\r\nContent-Type: {kind}\r\n"
                f"Content-Length: {len(body)}\r\n\r\n")
        with socket.create_connection(("127.0.0.1", web.http), timeout=30) as client:
            client.sendall(head.encode() + body[:cut])
            if cut > 100_000:
                wait_for("the part to be received", web.incoming, 10, 0.02)
        wait_for("the part to be removed", lambda: not web.incoming(), 10, 0.02)
        wait_for("the key to be given up", lambda: not web.query("SELECT * FROM request_keys WHERE status = 0"), 10, 0.02)
    assert set(web.objects.rglob("*.dcm")) == before
    # Cut after the first whole file: that one stays.
    uid = pydicom.uid.generate_uid()
    other = pydicom.dcmread(images[0])
    other.SOPInstanceUID = other.file_meta.MediaStorageSOPInstanceUID = uid
    file = io.BytesIO()
    other.save_as(file)
    body, kind = form({"1": ("application/dicom", file.getvalue()), "2": ("application/dicom", changed)})
    with socket.create_connection(("127.0.0.1", web.http), timeout=30) as client:
        client.sendall((f"POST /api/v1/uploads HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\n"
                        f"Content-Length: {len(body)}\r\n\r\n").encode() + body[:-5000])
        wait_for("the first file", lambda: uid in web.received(), 20, 0.05)
    wait_for("the second to be removed", lambda: not web.incoming(), 10, 0.02)


def check_large_body(web):
    """A zip file of body_mb megabytes, packed and as a form: to the disk, not to the memory."""
    rng = numpy.random.default_rng(1)
    block = rng.integers(0, 256, 1 << 20, numpy.uint8).tobytes()
    head, tail = (f'--b\r\nContent-Disposition: form-data; name="f"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'.encode()
                  for name, kind in (("1.dcm", "application/dicom"), ("2", "application/octet-stream")))
    tail = b"\r\n" + tail + b"text\r\n--b--"
    with socket.create_connection(("127.0.0.1", web.http), timeout=300) as client:
        client.sendall(f"POST /api/v1/uploads HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=b\r\n"
                       f"Content-Length: {(body_mb << 20) + len(head) + len(tail)}\r\n\r\n".encode() + head)
        before, most = web.memory(), 0.0
        for i in range(body_mb):
            client.sendall(block)
            if i % 10 == 0:
                most = max(most, web.memory())
        client.sendall(tail)
        answer = client.recv(65536)
        most = max(most, web.memory())
    assert answer.startswith(b"HTTP/1.1 200"), answer[:300]
    print(f"a body of {body_mb} MB: memory {before:.0f} MB before, {most:.0f} MB at most")
    assert most - before < 20, (before, most)
    # A zip file whose member is unpacked to the disk, too.
    member = images[0].read_bytes() + block * min(body_mb, 100)
    archive = packed({"large.dcm": member}, zipfile.ZIP_STORED)
    before = web.memory()
    status, _ = web.upload(archive, "application/zip")
    after = web.memory()
    assert status == 200 and after - before < 40, (status, before, after)
    wait_for("the files to go", lambda: not web.incoming(), 60, 0.02)


def predicted(path):
    out = work / "predicted" / path.name
    subprocess.run([mhcnn, "predict", str(path), "-o", str(out), "--no-overlays", "--no-page", "-q"], check=False, capture_output=True)
    row = json.loads((out / "results.json").read_text())["results"][0]
    return row, out


def check_analyze(web):
    before = set(web.objects.rglob("*"))
    differing = {"path", "seconds"}
    answer, content = web.request("POST", "/api/v1/analyze?masks=true", images[0].read_bytes(), {"Content-Type": "application/dicom"})
    assert answer.status == 200, content[:500]
    given = json.loads(content)
    row, out = predicted(images[0])
    for key in set(row) - differing:
        assert row[key] == given[key], (key, row[key], given[key])
    mask = next((out / "masks").rglob("*.png"))
    assert numpy.array_equal(numpy.asarray(Image.open(mask)), numpy.asarray(Image.open(io.BytesIO(base64.b64decode(given["label_map"])))))
    # A picture of which the client says more.
    pixels = pydicom.dcmread(images[0]).pixel_array
    picture = io.BytesIO()
    Image.fromarray((pixels / pixels.max() * 255).astype(numpy.uint8)).save(picture, "png")
    (work / "picture.png").write_bytes(picture.getvalue())
    row, _ = predicted(work / "picture.png")
    answer, content = web.request("POST", "/api/v1/analyze", picture.getvalue(), {"Content-Type": "image/png"})
    plain = json.loads(content)
    assert answer.status == 200 and plain["dense_area_cm2"] is None, plain
    for key in set(row) - differing:
        assert row[key] == plain[key], (key, row[key], plain[key])
    query = urllib.parse.urlencode({"spacing_mm": "0.5", "laterality": "L", "view": "MLO"})
    answer, content = web.request("POST", f"/api/v1/analyze?{query}", picture.getvalue(), {"Content-Type": "image/png"})
    stated = json.loads(content)
    assert stated["laterality"] == "L" and stated["view"] == "MLO" and stated["dense_area_cm2"] > 0, stated
    # What cannot be measured, in the words of predict.
    (work / "text.dcm").write_bytes(b"text")
    row, _ = predicted(work / "text.dcm")
    answer, content = web.request("POST", "/api/v1/analyze", b"text", {"Content-Type": "application/dicom"})
    problem = json.loads(content)
    assert answer.status in (415, 422) and problem["detail"] == row["error"], (answer.status, problem, row["error"])
    for wanted, path, body, kind in ((415, "", b"x", "text/plain"), (400, "?view=XX", b"x", "image/png"),
                                     (400, "?spacing_mm=-1", b"x", "image/png"),
                                     (400, "?other=1", b"x", "image/png"), (400, "", b"", "image/png"),
                                     (400, "?view=CC", images[0].read_bytes(), "application/dicom")):
        answer, content = web.request("POST", f"/api/v1/analyze{path}", body, {"Content-Type": kind})
        assert answer.status == wanted and json.loads(content)["title"], (path, kind, answer.status, content)
    # More at once than there are places: some are told to come again.
    statuses = []

    def one():
        answer, _ = web.request("POST", "/api/v1/analyze", images[1].read_bytes(), {"Content-Type": "application/dicom"})
        statuses.append((answer.status, answer.getheader("Retry-After")))

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    begin = time.monotonic()
    assert web.request("GET", "/health/ready")[0].status == 200
    assert time.monotonic() - begin < 5
    for thread in threads:
        thread.join()
    assert {status for status, _ in statuses} <= {200, 503} and (200, None) in statuses, statuses
    assert all(again for status, again in statuses if status == 503)
    assert set(web.objects.rglob("*")) == before  # nothing is kept


def check_off():
    with Web("off", "[work]\nenabled = false\n") as web:
        assert web.request("POST", "/api/v1/analyze", b"x", {"Content-Type": "image/png"})[0].status == 404


def main():
    with Web("node") as web:
        for check in (check_files, check_wrong_bodies, check_keys, check_broken_connections, check_large_body, check_analyze):
            begin = time.monotonic()
            try:
                check(web)
            except BaseException:
                print(web.log_path.read_text()[-2000:])
                raise
            print(f"{check.__name__}: {time.monotonic() - begin:.1f} s", flush=True)
        log = web.log_path.read_text()
        for header in headers_of.values():
            for value in (header.SOPInstanceUID, header.StudyInstanceUID, str(header.PatientID)):
                assert value not in log, value
        web.process.send_signal(signal.SIGTERM)
        assert web.process.wait(20) == 0
    check_off()


with contextlib.suppress(KeyboardInterrupt):
    main()
