"""Checks `mhcnn web` from outside (tests/web.sh): web_check.py MHCNN FOLDER BODY_MB. FOLDER holds a phantom exam."""
import contextlib
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import time

import pydicom
from node_harness import wait_for

mhcnn, work, body_mb = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
images = sorted((work / "phantom").rglob("*.dcm"))
assert len(images) == 4, images
TOKEN = "0123456789abcdef0123456789abcdef"
MULTIPART = 'multipart/related; type="application/dicom"; boundary=part'
STOW_HEAD = f"POST /dicom-web/studies HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n" \
    f"Content-Type: {MULTIPART}\r\n"


class Web:
    """`mhcnn web` with a folder and a store of its own."""

    def __init__(self, name, settings="", more=""):
        self.folder = work / name
        self.folder.mkdir()
        (self.folder / "token").write_text(TOKEN + "\n")
        self.config = self.folder / "node.toml"
        self.config.write_text(f'name = "node"\nobjects = "objects"\nstore.url = "sqlite:{self.folder}/node.db"\n'
                               f'[web]\nport = 0\n{settings}\n[work]\nenabled = false\n[retention]\nreserve_mb = 0\n{more}\n')
        self.log = self.folder / "log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([mhcnn, "web", "--config", str(self.config)], stdout=log, stderr=log)
        end = time.monotonic() + 60
        while not (found := re.search(r"listening on 127\.0\.0\.1:(\d+)", self.text())):
            assert self.process.poll() is None and time.monotonic() < end, self.text()
            time.sleep(0.05)
        self.port = int(found[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def text(self):
        return self.log.read_text()

    def request(self, method, path, body=None, headers=None, source=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=source)
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer, content

    def stow(self, body, path="/dicom-web/studies", **headers):
        sent = {"Content-Type": MULTIPART, "Accept": "application/dicom+json", "Authorization": f"Bearer {TOKEN}"}
        sent.update({k.replace("_", "-"): v for k, v in headers.items()})
        answer, content = self.request("POST", path, body, sent)
        return answer.status, json.loads(content)

    def raw(self, text, source=None):
        client = socket.create_connection(("127.0.0.1", self.port), timeout=30, source_address=source)
        client.sendall(text)
        return client

    def rows(self, query="SELECT count(*) FROM objects"):
        with sqlite3.connect(self.folder / "node.db") as store:
            return store.execute(query).fetchall()

    def incoming(self):
        folder = self.folder / "objects" / "incoming"
        return list(folder.iterdir()) if folder.exists() else []

    def memory(self):
        """Resident memory that is the process's own, in MB."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"RssAnon:\s+(\d+)", status)[1]) / 1024


def part(data, kind="application/dicom"):
    return f"--part\r\nContent-Type: {kind}\r\n\r\n".encode() + data + b"\r\n"


def objects(web):
    return set((web.folder / "objects").rglob("*.dcm"))


def check_stow(web):
    data = [path.read_bytes() for path in images]
    uids = {pydicom.dcmread(path, stop_before_pixels=True).SOPInstanceUID for path in images}
    study = pydicom.dcmread(images[0], stop_before_pixels=True).StudyInstanceUID
    # curl, with Expect: 100-continue, as a person would send it.
    (web.folder / "body").write_bytes(b"".join(map(part, data)) + b"--part--")
    done = subprocess.run(["curl", "-sS", "--max-time", "60", "-H", f"Authorization: Bearer {TOKEN}", "-H", f"Content-Type: {MULTIPART}",
                           "-H", "Expect: 100-continue", "--data-binary", f"@{web.folder}/body",
                           f"http://127.0.0.1:{web.port}/dicom-web/studies"], capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    assert {item["00081155"]["Value"][0] for item in answer["00081199"]["Value"]} == uids, answer
    assert "00081198" not in answer
    assert len(objects(web)) == 4
    # Again, into the study: nothing new. In chunks of odd sizes: the same.
    status, answer = web.stow(b"".join(map(part, data)) + b"--part--", f"/dicom-web/studies/{study}")
    assert status == 200 and len(answer["00081199"]["Value"]) == 4, answer
    body = b"".join(map(part, data)) + b"--part--"
    status, answer = web.stow(body[i:i + 7777] for i in range(0, len(body), 7777))
    assert status == 200 and len(objects(web)) == 4
    status, answer = web.stow(b"".join(map(part, data)) + b"--part--", "/dicom-web/studies/1.2.3")
    assert status == 409 and {i["00081197"]["Value"][0] for i in answer["00081198"]["Value"]} == {0xA900}, answer
    status, answer = web.stow(part(b"no DICOM") + part(data[0]) + b"--part--")
    assert status == 202 and answer["00081198"]["Value"][0]["00081197"]["Value"] == [0xC000], answer


def check_wrong_bodies(web):
    data = images[0].read_bytes()
    before = objects(web)
    cases = {
        "no boundary": (400, data, {"Content_Type": "multipart/related"}),
        "wrong boundary": (400, part(data) + b"--part--", {"Content_Type": "multipart/related; boundary=other"}),
        "truncated": (400, part(data)[: len(data) // 2], {}),
        "without end": (400, part(data), {}),
        "no part": (400, b"--part--", {}),
        "empty": (400, b"", {}),
        "another type": (415, data, {"Content_Type": "application/dicom"}),
        "another answer": (406, part(data) + b"--part--", {"Accept": "application/dicom+xml"}),
        "header of a part without end": (413, b"--part\r\nA: " + b"x" * 1_000_000, {}),
        "preamble without end": (400, b"x" * 1_000_000, {}),
    }
    for name, (wanted, body, headers) in cases.items():
        status, answer = web.stow(body, **headers)
        assert status == wanted, (name, status, answer)
        assert answer["status"] == wanted and answer["title"], (name, answer)
    assert web.incoming() == []
    assert objects(web) == before
    status, _ = web.stow(b"x", "/dicom-web/studies/..%2f..%2fetc")
    assert status == 400
    for path, wanted in (("/nothing", 404), ("/dicom-web/nothing", 404), ("/%ff", 400)):
        assert web.request("GET", path)[0].status == wanted, path


def check_token(web):
    for value in ("", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x"):
        status, answer = web.stow(part(b"x") + b"--part--", Authorization=value)
        assert status == 401, (value, status, answer)
        assert web.request("GET", "/metrics", headers={"Authorization": value})[0].status == 401
    assert web.request("GET", "/health/live")[0].status == 200
    alerts = web.rows("SELECT count(*) FROM audit_events WHERE event = '110113'")[0][0]
    assert alerts == 1, alerts  # not one for each try


def check_metrics(web):
    answer, content = web.request("GET", "/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status == 200 and answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    samples, types = {}, {}
    for line in content.decode().splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in types, name
            types[name] = kind
        elif line and not line.startswith("#"):
            match = re.fullmatch(r'([a-zA-Z_:][\w:]*)(\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*\})? (\S+)', line)
            assert match, line
            assert re.sub("_(bucket|sum|count)$", "", match[1]) in types or match[1] in types, line
            assert match[1] + (match[2] or "") not in samples, line
            samples[match[1] + (match[2] or "")] = float(match[3])
    assert samples["mhcnn_store_up"] == 1
    assert samples['mhcnn_exams{state="receiving"}'] + samples['mhcnn_exams{state="waiting"}'] == 1, samples
    assert samples['mhcnn_stow_objects_total{outcome="stored"}'] >= 4
    assert samples['mhcnn_http_requests_total{method="POST",route="/dicom-web/studies",status="200"}'] >= 2
    assert samples["mhcnn_object_folder_free_bytes"] > 0
    for text in content.decode(), web.text():  # no UID of an object, no patient
        for path in images:
            header = pydicom.dcmread(path, stop_before_pixels=True)
            for value in (header.SOPInstanceUID, header.StudyInstanceUID, str(header.PatientID), str(header.PatientName)):
                assert value not in text, value


def check_broken_connections(web):
    data = images[1].read_bytes()
    changed = data[:-200] + bytes(200)
    before = objects(web)
    length = len(changed) + 1000
    head = (STOW_HEAD + f"Content-Length: {length}\r\n\r\n").encode()
    for cut in (10, 5000, len(changed) // 2, len(changed) - 1):
        client = web.raw(head + part(changed)[:cut])
        if cut > 100_000:  # it is given on in pieces of 64 KiB
            wait_for("the part to be received", web.incoming, 10, 0.02)
        client.close()
        wait_for("the part to be removed", lambda: not web.incoming(), 10, 0.02)
    assert objects(web) == before


def check_hostile_clients(web):
    silent = [web.raw(b"") for _ in range(100)]
    slow = [web.raw(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nX-Slow: ") for _ in range(100)]
    stop = threading.Event()

    def drip():
        while not stop.wait(0.2):
            for client in slow:
                with contextlib.suppress(OSError):
                    client.sendall(b"x")

    dripping = threading.Thread(target=drip)
    dripping.start()
    longest = 0.0
    try:
        for _ in range(20):
            begin = time.monotonic()
            assert web.request("GET", "/health/live")[0].status == 200
            longest = max(longest, time.monotonic() - begin)
            time.sleep(0.05)
        # A header without end is cut at its limit.
        endless = web.raw(b"GET /health/live HTTP/1.1\r\n")
        try:
            for _ in range(1000):
                endless.sendall(b"A: " + b"x" * 997 + b"\r\n")
            answer = endless.recv(4096)
        except OSError:
            answer = b""
        assert answer == b"" or answer.startswith(b"HTTP/1.1 431"), answer
        # All 200 are closed at their deadline.
        for client in silent + slow:
            client.settimeout(40)
            with contextlib.suppress(ConnectionResetError):
                assert client.recv(10) == b""
    finally:
        stop.set()
        dripping.join()
    print(f"200 silent and slow clients: the slowest of 20 answers of /health/live took {longest * 1000:.0f} ms")
    assert longest < 5, longest  # it waits for none of them: a header may take 12 s


def check_large_body(web):
    """One part of body_mb megabytes that is no DICOM: to the disk, not to the memory."""
    size = body_mb * 1024 * 1024
    head, tail = b"--part\r\nContent-Type: application/dicom\r\n\r\n", b"\r\n--part--"
    client = web.raw((STOW_HEAD + f"Content-Length: {size + len(head) + len(tail)}\r\n\r\n").encode() + head)
    client.settimeout(300)
    before, most, block = web.memory(), 0.0, bytes(1024 * 1024)
    for i in range(body_mb):
        client.sendall(block)
        if i % 10 == 0:
            most = max(most, web.memory())
    client.sendall(tail)
    answer = client.recv(65536)
    assert answer.startswith(b"HTTP/1.1 409"), answer[:300]
    print(f"a body of {body_mb} MB: memory {before:.0f} MB before, {most:.0f} MB at most")
    assert most - before < 20, (before, most)
    wait_for("the file to go", lambda: not web.incoming(), 60, 0.02)
    too_large = web.raw((STOW_HEAD + "Content-Length: 9999999999999\r\n\r\n").encode())
    assert too_large.recv(100).startswith(b"HTTP/1.1 413")


def check_stop(web):
    """SIGTERM: a request in progress is answered, and the program ends with 0."""
    data = images[2].read_bytes()
    body = part(data) + b"--part--"
    client = web.raw((STOW_HEAD + f"Content-Length: {len(body)}\r\n\r\n").encode() + body[:-5])
    wait_for("the part to be received", web.incoming, 10, 0.02)
    web.process.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    client.sendall(body[-5:])
    assert client.recv(4096).startswith(b"HTTP/1.1 200")
    assert web.process.wait(15) == 0


def check_tls():
    folder = work / "keys"
    folder.mkdir()

    def openssl(*words):
        subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=folder)

    for name in ("ca", "strangers"):
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", "2",
                "-subj", f"/CN={name}")
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    for name, authority in (("node", "ca"), ("client", "ca"), ("stranger", "strangers")):
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem", "-CAkey", f"{authority}.key", "-CAcreateserial",
                "-days", "2", "-out", f"{name}.pem", "-extfile", "names")
    tls = f'[web.tls]\ncertificate = "{folder}/node.pem"\nkey = "{folder}/node.key"\ntrusted = "{folder}/ca.pem"'
    with Web("tls", f"header_timeout_s = 12\n{tls}") as web:
        def curl(*words):
            return subprocess.run(["curl", "-sS", "-i", "--max-time", "20", "--cacert", f"{folder}/ca.pem", *words,
                                   f"https://127.0.0.1:{web.port}/health/live"], check=False, capture_output=True, text=True)

        mine = ["--cert", f"{folder}/client.pem", "--key", f"{folder}/client.key"]
        good = curl(*mine)
        assert good.returncode == 0 and " 200 " in good.stdout, good
        assert "Strict-Transport-Security:" in good.stdout and "\nServer:" not in good.stdout
        assert curl(*mine, "--tls-max", "1.1").returncode != 0
        assert curl(*mine, "--tls-max", "1.2").returncode == 0
        assert curl().returncode != 0
        assert curl("--cert", f"{folder}/stranger.pem", "--key", f"{folder}/stranger.key").returncode != 0
        # Half handshakes delay nobody, and are closed.
        context = ssl.create_default_context(cafile=f"{folder}/ca.pem")
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        hello = context.wrap_bio(incoming, outgoing, server_hostname="127.0.0.1")
        with contextlib.suppress(ssl.SSLWantReadError):
            hello.do_handshake()
        first = outgoing.read()
        half = [web.raw(first[: 1 + i % len(first)]) for i in range(60)] + [web.raw(first) for _ in range(40)]
        begin = time.monotonic()
        assert curl(*mine).returncode == 0
        assert time.monotonic() - begin < 5
        for client in half:
            client.settimeout(40)
            try:
                while client.recv(65536):
                    pass
            except ConnectionResetError:
                pass
        garbage = web.raw(b"GET / HTTP/1.1\r\n\r\n")
        assert not garbage.recv(100).startswith(b"HTTP")


def check_lists():
    with Web("lists", "", "[[web.allow]]\naddress = \"127.0.0.3\"") as web:
        try:
            answer = web.raw(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n").recv(100)
        except ConnectionResetError:
            answer = b""
        assert answer == b"", answer
        assert web.request("GET", "/health/live", source=("127.0.0.3", 0))[0].status == 200
        assert web.request("GET", "/metrics", source=("127.0.0.3", 0))[0].status == 200  # no token is asked for
        assert web.request("GET", "/health/ready", source=("127.0.0.3", 0))[0].status == 200


limits = ('token_file = "token"\nheader_timeout_s = 12\nmax_connections = 300\nmax_connections_per_peer = 250\n'
          f"max_body_mb = {body_mb + 100}")
with Web("plain", limits, f"[receive]\nmax_object_mb = {body_mb + 50}") as node:
    for check in (check_stow, check_wrong_bodies, check_token, check_metrics, check_broken_connections, check_hostile_clients,
                  check_large_body, check_stop):
        begin = time.monotonic()
        check(node)
        print(f"{check.__name__}: {time.monotonic() - begin:.1f} s", flush=True)
    for line in node.text().splitlines():
        assert line.isprintable(), line
check_tls()
check_lists()
assert os.path.exists(work)
