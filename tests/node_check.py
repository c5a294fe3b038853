"""What tests/node.sh checks: node_check.py MHCNN FOLDER."""
import collections
import io
import pathlib
import signal
import subprocess
import sys

import pydicom
from node_harness import Node, copies, phantom_exam, wait_for
from orthanc_server import Orthanc
from pacs import Pacs

MHCNN, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])
PERCENT = "111046"


def of_kind(orthanc):
    return collections.Counter(tags["Modality"] for tags in orthanc.instances().values())


def exam_in_orthanc():
    """dcmsend to the node; SEG, SR, CAD SR and SC come to Orthanc, once each."""
    orthanc = Orthanc(FOLDER / "orthanc", DicomModalities={"node": ["NODE", "127.0.0.1", 1]}).start()
    node = Node(MHCNN, FOLDER / "node", f"""
[[destination]]
name = "orthanc"
host = "127.0.0.1"
port = {orthanc.dicom}
called_ae = "ORTHANC"
[[destination]]
name = "web"
kind = "stow"
url = "http://127.0.0.1:{orthanc.http}/dicom-web/studies"
[[destination]]
name = "share"
kind = "folder"
folder = "{FOLDER}/share"
""").start()
    try:
        images = phantom_exam(MHCNN, FOLDER)
        files = sorted((FOLDER / "phantom-7").rglob("*.dcm"))
        for _ in range(2):  # the second time nothing new is to happen
            subprocess.run(["dcmsend", "-aec", "NODE", "127.0.0.1", str(node.dicom), *map(str, files[:3])], check=True)
        subprocess.run(["dcmsend", "-aec", "ORTHANC", "127.0.0.1", str(orthanc.dicom), *map(str, files)], check=True)
        subprocess.run(["dcmsend", "-aec", "NODE", "127.0.0.1", str(node.dicom), str(files[3])], check=True)
        exam = node.wait_until_settled(1, 120)[0]
        assert exam["state"] == "done" and exam["images"] == 4, exam
        wanted = collections.Counter({"MG": 4, "SEG": 4, "SR": 2, "OT": 1})
        wait_for(f"{wanted} in Orthanc", lambda: of_kind(orthanc) == wanted, 60)
        # The figure in the SR is the one of predict on the same files.
        out = FOLDER / "predict"
        subprocess.run([MHCNN, "predict", str(FOLDER / "phantom-7"), "-o", str(out), "-q", "--format", "seg,sr,cad,sc"], check=True,
                       stdout=subprocess.DEVNULL)
        mine = {pydicom.dcmread(path).SOPInstanceUID: pydicom.dcmread(path) for path in out.rglob("*.dcm")}
        stored = [pydicom.dcmread(io.BytesIO(orthanc.file(one))) for one, tags in orthanc.instances().items() if tags["Modality"] != "MG"]
        assert {one.SOPInstanceUID for one in stored} == set(mine), "the node's objects are those of predict"
        for one in stored:
            assert one == mine[one.SOPInstanceUID], one.SOPInstanceUID
        shared = list((FOLDER / "share").rglob("*"))
        assert sum(path.suffix == ".dcm" for path in shared) == 7 and sum(path.suffix == ".json" for path in shared) == 1, shared
        # Our own results, sent back by an auto-router, make nothing.
        results = sorted(str(path) for path in out.rglob("objects/**/*.dcm"))
        subprocess.run(["dcmsend", "-aec", "NODE", "127.0.0.1", str(node.dicom), *results], check=True)
        assert [one["state"] for one in node.exams()] == ["done"] and node.exams()[0]["revision"] == exam["revision"]
        shown = node.jobs("show", images[0].StudyInstanceUID)
        assert shown.returncode == 0 and "orthanc" in shown.stdout, shown
        print(shown.stdout)
        assert "phantom" not in node.log_path.read_text().lower(), "no Patient IDs in the log"
    finally:
        node.stop()
        orthanc.stop()
    assert node.process.returncode == 0, node.log_path.read_text()[-2000:]


def late_image_and_refusal():
    """Three images and, after they were measured, the fourth: one new revision, sent once, which names the SR it replaces. An exam
    without a mammogram is refused with the reason."""
    pacs = Pacs().start()
    node = Node(MHCNN, FOLDER / "late", f"""
[work]
formats = ["sr"]
[[destination]]
name = "pacs"
host = "127.0.0.1"
port = {pacs.port}
called_ae = "PACS"
""").start()
    try:
        exam, other = copies(phantom_exam(MHCNN, FOLDER), 2, "late")
        study = str(exam[0].StudyInstanceUID)
        assert node.send(exam[:3]) == [0, 0, 0]
        first = node.wait_until_settled(1, 60)[0]
        assert first["incomplete"], first
        wait_for("the first SR", lambda: len(pacs.of_study(study)) == 1, 30)
        assert node.send(exam[3:]) == [0]
        wait_for("the second SR", lambda: len(pacs.of_study(study)) == 2, 60)
        last = node.wait_until_settled(1, 30)[0]
        assert last["revision"] == 2 and not last["incomplete"], last
        old, new = sorted((pacs.dataset(uid) for uid in pacs.of_study(study)), key=lambda one: "PredecessorDocumentsSequence" in one)
        named = new.PredecessorDocumentsSequence[0].ReferencedSeriesSequence[0].ReferencedSOPSequence[0].ReferencedSOPInstanceUID
        assert named == old.SOPInstanceUID
        for image in other:  # pictures of nothing
            image.PixelData = bytes(len(image.PixelData))
        assert node.send(other) == [0] * 4
        refused = next(one for one in node.wait_until_settled(2, 60) if one["study_uid"] == str(other[0].StudyInstanceUID))
        assert refused["state"] == "refused" and refused["reason"], refused
        assert "why" in node.jobs("show", other[0].StudyInstanceUID).stdout.lower() or refused["reason"] in node.jobs(
            "show", other[0].StudyInstanceUID).stdout
        # A wrong configuration at SIGHUP leaves the node as it is.
        good = node.config.read_text()
        node.config.write_text(good + "\nnonsense = 1\n")
        node.process.send_signal(signal.SIGHUP)
        wait_for("the refusal of the configuration", lambda: "continues with the old one" in node.log_path.read_text(), 10)
        assert node.echo()
        node.config.write_text(good)
    finally:
        node.stop()
        pacs.stop()


def check_command():
    """serve --check says what it would do, and names a wrong key."""
    node = Node(MHCNN, FOLDER / "check")
    done = subprocess.run([MHCNN, "serve", "--check", "--config", str(node.config)], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "The configuration is valid." in done.stdout, done
    node.config.write_text(node.config.read_text() + "\n[work]\nmodle = 1\n")
    done = subprocess.run([MHCNN, "serve", "--check", "--config", str(node.config)], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "work.model" in done.stderr and done.stderr.count("\n") == 1, done


for part in (check_command, exam_in_orthanc, late_image_and_refusal):
    part()
    print(f"{part.__name__}: right")
