"""A node for tests: writes its configuration, starts `mhcnn serve` or its parts, sends exams, and reads what became of them.

All ports are of 127.0.0.1 and chosen free. Exams are phantoms; copies of one exam differ in their UIDs and Patient IDs."""
import contextlib
import copy
import csv
import io
import json
import os
import pathlib
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.request

import pydicom
from pydicom.uid import ExplicitVRLittleEndian, generate_uid
from pynetdicom import AE

MG = "1.2.840.10008.5.1.4.1.1.1.2"


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def wait_for(what, condition, seconds, pause=0.1):
    """The value of condition() once it is true; fails after so many seconds."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s for {what}")
        time.sleep(pause)


def phantom_exam(mhcnn, folder, seed=7, height=500, width=360):
    """The data sets of one exam of four views."""
    out = pathlib.Path(folder) / f"phantom-{seed}"
    if not out.exists():
        subprocess.run([mhcnn, "phantom", "--exam", "--count", "1", "--seed", str(seed), "--height", str(height), "--width", str(width),
                        "--format", "dicom", "--out", str(out)], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return [pydicom.dcmread(path) for path in sorted(out.rglob("*.dcm"))]


def copies(exam, count, patient="P"):
    """So many exams with the same pictures: others' UIDs, others' patients."""
    exams = []
    for i in range(count):
        study, series = generate_uid(), generate_uid()
        images = []
        for image in exam:
            one = copy.deepcopy(image)
            one.StudyInstanceUID, one.SeriesInstanceUID, one.SOPInstanceUID = study, series, generate_uid()
            one.file_meta.MediaStorageSOPInstanceUID = one.SOPInstanceUID
            one.PatientID = f"{patient}{i}"
            images.append(one)
        exams.append(images)
    return exams


class Node:
    """A node in a folder of its own."""

    def __init__(self, mhcnn, folder, settings="", store=None, quick=True, objects=None, web=""):
        self.mhcnn, self.folder = str(mhcnn), pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.dicom, self.http = free_ports(2)
        self.objects = pathlib.Path(objects or self.folder / "objects")
        self.database = None  # a Postgres, if the store is there
        self.results = self.folder / "out"
        self.config = self.folder / "node.toml"
        self.log_path = self.folder / "log"
        self.process = None
        exams = "[exams]\nquiet_s = 2\nfour_views_s = 0.2\nhard_limit_s = 60\n" if quick else ""
        self.config.write_text(f"""name = "test"
objects = "{self.objects}"
store.url = "{store or f'sqlite:{self.folder}/node.db'}"
{exams}
[web]
port = {self.http}
{web}
[receive]
port = {self.dicom}
ae_title = "NODE"
max_associations = 200
max_associations_per_peer = 200
{settings}
""")

    def start(self, *command):
        words = [self.mhcnn, *(command or ("serve",)), "--config", str(self.config)]
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(words, stdout=log, stderr=log, start_new_session=True,
                                            env={**os.environ, "OMP_WAIT_POLICY": "PASSIVE"})
        if not command:
            wait_for("the node to be ready", self.ready, 60)
        return self

    def ready(self):
        assert self.process.poll() is None, self.log_path.read_text()[-3000:]
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{self.http}/health/ready", timeout=2).status == 200 and self.echo()
        except OSError:
            return False

    def stop(self, seconds=40):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill_all()
                raise
        self.kill_all()

    def kill_all(self):
        """The last resort at the end of a test: the whole session."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def processes(self):
        """Process ids by part ("receive", "work", ...), of the children of the supervisor."""
        found = {}
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):
                continue
            if str(self.config).encode() in words and len(words) > 1 and parent == (self.process.pid if self.process else 0):
                found.setdefault(words[1].decode(), []).append(int(entry.name))
        return found

    # Sending

    def associate(self, called="NODE", calling="SENDER", port=None, timeout=30, **options):
        ae = AE(ae_title=calling)
        ae.acse_timeout = ae.dimse_timeout = ae.network_timeout = timeout
        ae.add_requested_context(MG, ExplicitVRLittleEndian)
        ae.add_requested_context("1.2.840.10008.1.1")
        return ae.associate("127.0.0.1", port or self.dicom, ae_title=called, **options)

    def echo(self):
        association = self.associate(timeout=30)
        if not association.is_established:
            return False
        status = association.send_c_echo()
        association.release()
        return bool(status) and status.Status == 0

    def send(self, images, acknowledged=None, **options):
        """Sends images on one association. Returns the statuses, None where no answer came; adds the UIDs of those that were
        acknowledged."""
        association = self.associate(**options)
        if not association.is_established:
            return [None] * len(images)
        statuses = []
        for image in images:
            try:
                answer = association.send_c_store(image)
                status = answer.Status if answer else None
            except (RuntimeError, ValueError, OSError):
                status = None
            statuses.append(status)
            if status == 0 and acknowledged is not None:
                acknowledged.add(str(image.SOPInstanceUID))
            if status is None:
                association.abort()
                break
        else:
            association.release()
        return statuses + [None] * (len(images) - len(statuses))

    # What became of it

    def jobs(self, *words):
        command = [self.mhcnn, "jobs", *map(str, words), "--config", str(self.config)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    def exams(self):
        done = self.jobs("list", "--json", "--limit", 100000)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def query(self, sql):
        """Rows of the store."""
        if self.database:
            rows = csv.DictReader(io.StringIO(self.database.query(sql)))
            number = {key for key in rows.fieldnames if "uid" not in key and key not in ("reason", "worker")}
            return [{key: int(value) if key in number and value.lstrip("-").isdigit() else value for key, value in row.items()}
                    for row in rows]
        with contextlib.closing(sqlite3.connect(f"file:{self.folder}/node.db?mode=ro", uri=True, timeout=30)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql)]

    def wait_until_settled(self, count, seconds, states=("done", "refused")):
        def settled():
            exams = self.exams()
            return exams if len(exams) >= count and all(exam["state"] in states for exam in exams) else None

        return wait_for(f"{count} exams in {states}", settled, seconds, 0.5)
