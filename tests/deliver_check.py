"""Sends results with `mhcnn deliver` to independent programs and looks at what they have. Run by deliver.sh in a network of its
own: deliver_check.py FOLDER (results of mhcnn predict with dicom objects and a FHIR bundle).
"""
import collections
import http.server
import json
import os
import pathlib
import random
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import time

import pydicom
from node_harness import free_ports
from orthanc_server import Orthanc
from pynetdicom import AE, evt
from pynetdicom.sop_class import StorageCommitmentPushModel, Verification

BIN = pathlib.Path(os.environ["BIN"])
WORK = pathlib.Path.cwd()
STATES = ["queued", "sending", "stored", "committed", "dead", "superseded"]
RESULTS = pathlib.Path(sys.argv[1])
OBJECTS = sorted(RESULTS.rglob("*.dcm"))
BUNDLES = [p for p in sorted(RESULTS.rglob("*.json")) if json.loads(p.read_text()).get("resourceType") == "Bundle"]
CLASSES = sorted({pydicom.dcmread(p, stop_before_pixels=True).SOPClassUID for p in OBJECTS})
children = []


def free_port():
    return free_ports(1)[0]


def start(*command, log):
    with open(WORK / log, "wb") as output:
        process = subprocess.Popen([str(c) for c in command], stdout=output, stderr=subprocess.STDOUT)
    children.append(process)
    return process


def wait_for_port(port):
    for _ in range(400):
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    sys.exit(f"nobody listens on port {port}")


class Node:
    """A store, an object folder and a configuration."""

    def __init__(self, name, destinations, extra=""):
        self.folder = WORK / name
        self.folder.mkdir()
        self.config = self.folder / "node.toml"
        self.names = list(destinations)
        text = f'objects = "objects"\nstore.url = "sqlite:node.db"\n{extra}\n'
        for key, values in destinations.items():
            defaults = {"timeout_s": 5, "lease_s": 8, "first_delay_s": 1, "longest_delay_s": 1}
            tls = values.pop("tls", {})
            text += f'[[destination]]\nname = "{key}"\n'
            text += "".join(f"{k} = {json.dumps(v)}\n" for k, v in (defaults | values).items())
            text += "".join(f"tls.{k} = {json.dumps(str(v))}\n" for k, v in tls.items())
        self.config.write_text(text)

    def queue(self, files, study=None, destinations=None):
        study = study or pydicom.dcmread(OBJECTS[0], stop_before_pixels=True).StudyInstanceUID
        subprocess.run([BIN / "queue_results", f"sqlite:{self.folder}/node.db", self.folder / "objects", study,
                        ",".join(destinations or self.names), *files], check=True, stdout=subprocess.DEVNULL, timeout=60)

    def command(self, *arguments):
        return [str(BIN / "mhcnn"), "deliver", "--config", str(self.config), *arguments]

    def once(self):
        done = subprocess.run(self.command("--once"), capture_output=True, text=True, timeout=90, check=False)
        assert done.returncode == 0, done
        return done.stderr

    def check(self):
        return subprocess.run(self.command("--check"), capture_output=True, text=True, timeout=60, check=False)

    def rows(self, destination=None):
        with sqlite3.connect(f"file:{self.folder}/node.db?mode=ro", uri=True, timeout=20) as db:
            rows = db.execute("SELECT destination, state, error, sop_uid FROM deliveries ORDER BY id").fetchall()
        return [(STATES[s], e, uid) for d, s, e, uid in rows if destination in (None, d)]

    def states(self, destination=None):
        return dict(collections.Counter(state for state, _, _ in self.rows(destination)))


def orthanc_server(name, **options):
    server = Orthanc(WORK / name, DicomCheckCalledAet=True, **options).start()
    children.append(server.process)
    wait_for_port(server.dicom)
    return server


def uids_of(files):
    return sorted(pydicom.dcmread(p, stop_before_pixels=True).SOPInstanceUID for p in files)


def dicom(port, called="ORTHANC", **more):
    return {"host": "127.0.0.1", "port": port, "called_ae": called, "calling_ae": "MHCNN"} | more


def peer(handlers, port=None, called=None, contexts=None):
    """A pynetdicom server; returns it and its port."""
    ae = AE(ae_title=called or "PEER")
    ae.require_called_aet = called is not None
    for one in contexts or [*CLASSES, Verification]:
        ae.add_supported_context(one)
    ae.add_supported_context(StorageCommitmentPushModel, scu_role=True, scp_role=True)
    port = port or free_port()
    return ae.start_server(("127.0.0.1", port), block=False, evt_handlers=handlers), port


def certificates():
    """Two authorities, each with a certificate for this machine."""
    for ca in ("good", "other"):
        run = lambda *a: subprocess.run(["openssl", *a], check=True, capture_output=True, cwd=WORK)  # noqa: E731
        run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3", "-subj", f"/CN={ca} authority", "-keyout", f"{ca}-ca.key",
            "-out", f"{ca}-ca.pem")
        run("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-keyout", f"{ca}.key", "-out", f"{ca}.csr")
        (WORK / "san").write_text("subjectAltName=IP:127.0.0.1\n")
        run("x509", "-req", "-in", f"{ca}.csr", "-CA", f"{ca}-ca.pem", "-CAkey", f"{ca}-ca.key", "-CAcreateserial", "-days", "3",
            "-extfile", "san", "-out", f"{ca}.pem")


def tls(ca="good", trusted=None):
    return {"certificate": WORK / f"{ca}.pem", "key": WORK / f"{ca}.key", "trusted": WORK / f"{trusted or ca}-ca.pem"}


def test_orthanc():
    """C-STORE, STOW-RS and folder; commitment comes on an association that Orthanc opens to us."""
    reports = []

    def report(event):
        reports.append(event.event_information)
        return 0x0000, None

    server, port = peer([(evt.EVT_N_EVENT_REPORT, report)], called="MHCNN")
    by_net = orthanc_server("orthanc-net", DicomModalities={"node": ["MHCNN", "127.0.0.1", port]})
    by_web = orthanc_server("orthanc-web")
    node = Node("plain", {
        "net": dicom(by_net.dicom, commitment=True),
        "web": {"kind": "stow", "url": f"http://127.0.0.1:{by_web.http}/dicom-web/studies"},
        "copy": {"kind": "folder", "folder": "copies"}})
    checked = node.check()
    assert checked.returncode == 0 and checked.stdout.count(": ok: ") == 3, checked
    node.queue(OBJECTS)
    node.once()
    assert node.states() == {"stored": 3 * len(OBJECTS)}, node.rows()
    assert by_net.uids() == by_web.uids() == uids_of(OBJECTS)
    assert uids_of((node.folder / "copies").rglob("*.dcm")) == uids_of(OBJECTS)
    for _ in range(100):
        if reports:
            break
        time.sleep(0.1)
    assert len(reports) == 1, reports
    assert sorted(i.ReferencedSOPInstanceUID for i in reports[0].ReferencedSOPSequence) == uids_of(OBJECTS)
    with sqlite3.connect(node.folder / "node.db") as db:
        assert db.execute("SELECT DISTINCT transaction_uid FROM commitments").fetchall() == [(str(reports[0].TransactionUID),)]
    server.shutdown()
    print(f"{len(OBJECTS)} objects by C-STORE, STOW-RS and copy once each; committed by Orthanc on its own association")


def test_orthanc_tls():
    certificates()
    orthanc = orthanc_server("orthanc-tls", DicomTlsEnabled=True, DicomTlsCertificate=str(WORK / "good.pem"),
                      DicomTlsPrivateKey=str(WORK / "good.key"), DicomTlsTrustedCertificates=str(WORK / "good-ca.pem"))
    node = Node("tls", {
        "good": dicom(orthanc.dicom, tls=tls()),
        "we-do-not-trust-it": dicom(orthanc.dicom, tls=tls("good", "other")),
        "it-does-not-trust-us": dicom(orthanc.dicom, tls=tls("other", "good")),
        "plain": dicom(orthanc.dicom)})
    node.queue(OBJECTS[:1], destinations=["we-do-not-trust-it", "it-does-not-trust-us", "plain"])
    node.once()
    assert orthanc.uids() == [] and node.states() == {"queued": 3}, node.rows()
    checked = node.check()
    assert checked.returncode == 1 and checked.stdout.count(": ok: ") == 1, checked
    node = Node("tls-good", {"good": dicom(orthanc.dicom, tls=tls())})
    node.queue(OBJECTS)
    node.once()
    assert node.states() == {"stored": len(OBJECTS)} and orthanc.uids() == uids_of(OBJECTS), node.rows()
    print("TLS with mutual certificates; an unknown certificate on either side, or none, sends nothing and is tried again")


def test_dcmtk():
    port, other = free_port(), free_port()
    (WORK / "storescp").mkdir()
    start("storescp", "-od", WORK / "storescp", "-aet", "STORE", other, log="storescp.log")
    (WORK / "qr").mkdir()
    (WORK / "qr.cfg").write_text(f"""NetworkTCPPort = {port}
MaxPDUSize = 16384
MaxAssociations = 16
HostTable BEGIN
HostTable END
VendorTable BEGIN
VendorTable END
AETable BEGIN
ARCHIVE {WORK}/qr RW (1000, 1024mb) ANY
AETable END
""")
    start("dcmqrscp", "-c", WORK / "qr.cfg", log="qr.log")
    wait_for_port(port)
    wait_for_port(other)
    node = Node("dcmtk", {"archive": dicom(port, "ARCHIVE"), "store": dicom(other, "STORE"), "wrong": dicom(port, "NOBODY")})
    node.queue(OBJECTS)
    node.once()
    assert node.states("archive") == node.states("store") == {"stored": len(OBJECTS)}, node.rows()
    assert uids_of(p for p in (WORK / "qr").iterdir() if p.suffix == ".dcm") == uids_of(OBJECTS)
    assert uids_of((WORK / "storescp").iterdir()) == uids_of(OBJECTS)
    assert set(node.states("wrong")) <= {"dead", "queued"}, node.rows("wrong")
    print("dcmqrscp and storescp have each object")


def test_pynetdicom():
    """Statuses, rejections and reports of an implementation that is not DCMTK's."""
    statuses = iter([0xA700, 0xB000, 0xC123] + [0x0000] * 99)
    server, port = peer([(evt.EVT_C_STORE, lambda _: next(statuses))])
    strict, strict_port = peer([(evt.EVT_C_STORE, lambda _: 0)], called="OTHER")
    poor, poor_port = peer([(evt.EVT_C_STORE, lambda _: 0)], contexts=[Verification])
    node = Node("pynetdicom", {"some": dicom(port, "PEER"), "strict": dicom(strict_port, "PEER"), "poor": dicom(poor_port, "PEER"),
                               "closed": dicom(free_port(), "PEER")})
    node.queue(OBJECTS[:3])
    node.once()
    assert [s for s, _, _ in node.rows("some")] == ["queued", "stored", "dead"], node.rows()
    assert node.states("strict") == node.states("poor") == {"dead": 3}, node.rows()
    assert node.states("closed") == {"queued": 3}, node.rows()
    assert all("called_ae" in error for _, error, _ in node.rows("strict")), node.rows("strict")
    for one in (server, strict, poor):
        one.shutdown()
    print("A700 is tried again, B000 counts as stored, C123, a wrong AE title and unknown SOP classes are dead letters")


def test_commitment_here():
    """The report comes on the association of the request; what is not committed is sent again."""
    stored, refuse = [], [True]

    def store(event):
        stored.append(str(event.request.AffectedSOPInstanceUID))
        return 0

    def act(event):
        asked = event.action_information
        items = list(asked.ReferencedSOPSequence)
        answer = pydicom.Dataset()
        answer.TransactionUID = asked.TransactionUID
        if refuse[0]:
            refuse[0] = False
            failed = items.pop()
            failed.FailureReason = 0x0112
            answer.FailedSOPSequence = [failed]
        answer.ReferencedSOPSequence = items
        kind = 2 if "FailedSOPSequence" in answer else 1
        threading.Thread(target=lambda: (time.sleep(0.2), event.assoc.send_n_event_report(
            answer, kind, StorageCommitmentPushModel, "1.2.840.10008.1.20.1.1")), daemon=True).start()
        return 0, None

    server, port = peer([(evt.EVT_C_STORE, store), (evt.EVT_N_ACTION, act)])
    node = Node("commitment", {"pacs": dicom(port, "PEER", commitment=True)})
    node.queue(OBJECTS[:3])
    node.once()
    assert node.states() == {"committed": 2, "queued": 1}, node.rows()
    assert len(stored) == 3
    server.shutdown()
    print("2 objects committed on the same association, 1 that the peer does not have waits to be sent again")


def test_fhir():
    """A FHIR server with TLS, client certificates and a token."""
    if not (WORK / "good.pem").exists():
        certificates()
    posts = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self, status, body=b""):
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            self.answer(200, json.dumps({"resourceType": "CapabilityStatement"}).encode())

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Authorization") != "Bearer right":
                return self.answer(401)
            condition = self.headers["If-None-Exist"]
            if any(c == condition for c, _ in posts):
                return self.answer(200)
            posts.append((condition, json.loads(body)))
            return self.answer(201)

        def log_message(self, *_):
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(WORK / "good.pem", WORK / "good.key")
    context.load_verify_locations(WORK / "good-ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (WORK / "right").write_text("right\n")
    (WORK / "wrong").write_text("wrong\n")
    base = {"kind": "fhir", "url": f"https://127.0.0.1:{server.server_port}/fhir", "token_file": str(WORK / "right")}
    node = Node("fhir", {"good": base | {"tls": tls()}, "again": base | {"tls": tls()},
                         "token": base | {"tls": tls(), "token_file": str(WORK / "wrong")},
                         "their-certificate": base | {"tls": tls("good", "other")},
                         "our-certificate": base | {"tls": tls("other", "good")}})
    node.queue(BUNDLES)
    node.once()
    assert node.states("good") == node.states("again") == {"stored": len(BUNDLES)}, node.rows()
    assert {n: node.states(n) for n in ("token", "their-certificate", "our-certificate")} == {
        n: {"queued": len(BUNDLES)} for n in ("token", "their-certificate", "our-certificate")}, node.rows()
    assert [b for _, b in posts] == [json.loads(p.read_text()) for p in BUNDLES]
    server.shutdown()
    print(f"{len(BUNDLES)} FHIR bundle created once by two destinations on one server; wrong token and certificates are tried again")


def test_kill():
    """kill -9 of the deliverer and its children at random moments: each object arrives, once."""
    orthanc = orthanc_server("orthanc-kill")
    node = Node("kill", {"pacs": dicom(orthanc.dicom)})
    random.seed(7)
    wanted = []
    for exam in range(8):
        files = []
        for i, path in enumerate(OBJECTS[:4]):
            dataset = pydicom.dcmread(path)
            dataset.StudyInstanceUID = f"2.25.77.{exam}"
            dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = f"2.25.77.{exam}.{i}"
            files.append(WORK / f"kill-{exam}-{i}.dcm")
            dataset.save_as(files[-1])
            wanted.append(dataset.SOPInstanceUID)
        node.queue(files, study=f"2.25.77.{exam}")
    kills = 0
    for _ in range(12):
        process = subprocess.Popen(node.command(), stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(random.uniform(0.02, 0.6))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        kills += 1
    process = subprocess.Popen(node.command(), stderr=subprocess.DEVNULL, start_new_session=True)
    for _ in range(600):
        if node.states() == {"stored": len(wanted)}:
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert node.states() == {"stored": len(wanted)}, node.states()
    assert orthanc.uids() == sorted(wanted)
    print(f"{len(wanted)} objects once each in Orthanc after {kills} kill -9 of the deliverer")


def main():
    assert len(OBJECTS) >= 4 and BUNDLES, (OBJECTS, BUNDLES)
    try:
        for test in (test_orthanc, test_orthanc_tls, test_dcmtk, test_pynetdicom, test_commitment_here, test_fhir, test_kill):
            test()
    finally:
        for child in children:
            child.kill()
            child.wait()


main()
