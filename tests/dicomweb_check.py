"""Judges DICOMweb of a node by dicomweb-client and pydicom (tests/dicomweb.sh): dicomweb_check.py MHCNN FOLDER."""
import http.client
import io
import json
import os
import pathlib
import subprocess
import sys
import time

import numpy
import pydicom
from dicomweb_client.api import DICOMwebClient
from node_harness import Node, phantom_exam, wait_for
from PIL import Image
from pydicom.uid import generate_uid

mhcnn, work = sys.argv[1], pathlib.Path(sys.argv[2])
SYNTAXES = ("implicit", "explicit", "deflated", "rle", "jpeg12", "jpeg-lossless", "jpeg-ls", "jpeg2000", "jpeg2000-lossy")
EXPLICIT = "1.2.840.10008.1.2.1"


def phantoms():
    """One image in each transfer syntax, all of one study: path by Transfer Syntax UID."""
    study, series, files = generate_uid(), generate_uid(), {}
    makers = [subprocess.Popen([mhcnn, "phantom", "--count", "1", "--seed", "5", "--height", "201", "--width", "151", "--format", "dicom",
                                "--syntax", syntax, "--out", str(work / f"phantom-{syntax}")],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for syntax in SYNTAXES]
    assert [maker.wait(120) for maker in makers] == [0] * len(SYNTAXES)
    for number, syntax in enumerate(SYNTAXES, 1):
        path = next((work / f"phantom-{syntax}").rglob("*.dcm"))
        image = pydicom.dcmread(path)
        image.StudyInstanceUID, image.SeriesInstanceUID, image.SOPInstanceUID = study, series, generate_uid()
        image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
        image.PatientID, image.StudyDate, image.InstanceNumber = "SYNTAXES", "20240202", str(number)
        image.SpecificCharacterSet, image.PatientName = "ISO_IR 100", "Müller^Jürgen"
        image.save_as(path)
        files[str(image.file_meta.TransferSyntaxUID)] = path
    real = pathlib.Path(os.environ.get("MHCNN_REAL_DATA", "/nowhere")) / "dicom" / "MG1_J2KI.dcm"
    return files, real if real.exists() else None


def upload(node, files):
    for path in files:
        connection = http.client.HTTPConnection("127.0.0.1", node.http, timeout=60)
        connection.request("POST", "/api/v1/uploads", path.read_bytes(), {"Content-Type": "application/dicom"})
        answer = connection.getresponse()
        content = json.loads(answer.read())
        assert answer.status == 200 and content["stored"], content


def get(node, path, accept="*/*"):
    connection = http.client.HTTPConnection("127.0.0.1", node.http, timeout=60)
    connection.request("GET", f"/dicom-web{path}", headers={"Accept": accept})
    answer = connection.getresponse()
    return answer, answer.read()


def bulk_of(client):
    """Reads binary values by their addresses. The client names no port in its field Host, so that the addresses lack it."""
    return lambda uri: b"".join(client.retrieve_bulkdata(client.base_url + uri.partition("/dicom-web")[2]))


def address(header):
    return header.StudyInstanceUID, header.SeriesInstanceUID, header.SOPInstanceUID


def check_metadata(client, path):
    """The header as JSON is the header that pydicom reads, and binary values come by their addresses."""
    file = pydicom.dcmread(path)
    data = client.retrieve_instance_metadata(*address(file))
    read = pydicom.Dataset.from_json(data, bulk_data_uri_handler=bulk_of(client))
    for element in file:
        if element.tag.is_private or element.keyword in ("SpecificCharacterSet", "PixelData"):
            continue
        assert element.tag in read, element
        given, wanted = read[element.tag], element
        assert given.VR == wanted.VR, (given, wanted)
        if wanted.VR == "SQ":
            assert len(given.value) == len(wanted.value), wanted
        elif wanted.VM == 0 or wanted.value in (None, ""):
            assert given.value in (None, "", b""), (given, wanted)
        elif wanted.VR in ("DS", "IS"):
            assert numpy.allclose(numpy.float64(given.value), numpy.float64(wanted.value), rtol=0, atol=0), (given, wanted)
        else:
            assert given.value == wanted.value, (given, wanted)
    # JSON is UTF-8 and says so, whatever the file says.
    tags = [{element.tag for element in one if element.keyword != "SpecificCharacterSet"} for one in (read, file)]
    assert tags[0] == tags[1], tags[0] ^ tags[1]
    return file


def check_searches(node, client, files):
    image = pydicom.dcmread(next(iter(files.values())), stop_before_pixels=True)
    found = client.search_for_studies(search_filters={"PatientID": "SYNTAXES"})
    assert [s["0020000D"]["Value"][0] for s in found] == [image.StudyInstanceUID]
    study = pydicom.Dataset.from_json(found[0])
    assert study.PatientName == image.PatientName and study.StudyDate == "20240202" and study.ModalitiesInStudy == "MG"
    assert study.NumberOfStudyRelatedInstances == len(files) and study.NumberOfStudyRelatedSeries == 1, study
    for count, filters in (
            (1, {"StudyDate": "20240201-20240203"}), (0, {"StudyDate": "20230101-20230103"}),
            (1, {"StudyDate": "-20240202", "PatientID": "SYNTAXES"}), (1, {"StudyDate": "20240202"}),
            (1, {"StudyInstanceUID": image.StudyInstanceUID}), (0, {"StudyInstanceUID": "1.2"}),
            (1, {"PatientID": "SYNT*"}), (0, {"PatientID": "SYNT"}), (1, {"ModalitiesInStudy": "MG", "PatientID": "SYNTAXES"}),
            (0, {"ModalitiesInStudy": "CT"}), (1, {"PatientName": "m\u00fcller*"}), (0, {"PatientName": "Nobody"})):
        found = client.search_for_studies(search_filters=filters, fields=["all"])
        assert len(found) == count, (filters, found)
    everything = client.search_for_studies()
    assert len(client.search_for_studies(limit=1)) == 1
    assert client.search_for_studies(limit=1, offset=1) == everything[1:2]
    assert client.search_for_studies(offset=len(everything)) == []
    series = client.search_for_series(image.StudyInstanceUID)
    assert [s["0020000E"]["Value"][0] for s in series] == [image.SeriesInstanceUID] and series[0]["00201209"]["Value"] == [len(files)]
    assert client.search_for_series(image.StudyInstanceUID, search_filters={"Modality": "SR"}) == []
    instances = client.search_for_instances(image.StudyInstanceUID, image.SeriesInstanceUID)
    assert len(instances) == len(files) and instances[0]["00280010"]["Value"] == [201], instances[0]
    one = client.search_for_instances(image.StudyInstanceUID, search_filters={"SOPInstanceUID": image.SOPInstanceUID})
    assert [i["00080018"]["Value"][0] for i in one] == [image.SOPInstanceUID]
    answer, _ = get(node, "/studies?Rows=5")
    assert answer.status == 200 and "ignored" in answer.getheader("Warning")
    for wanted, path, accept in ((400, "/studies?limit=x", "*/*"), (400, "/studies?StudyDate=yesterday", "*/*"),
                                 (406, "/studies", "text/html"), (404, "/studies/1.2.3", "*/*"),
                                 (404, "/studies/1.2.3/metadata", "*/*"), (404, "/studies/1/series/2", "*/*")):
        answer, content = get(node, path, accept)
        assert answer.status == wanted and json.loads(content)["title"], (path, answer.status, content)


def check_retrieve(node, client, files):
    image = None
    for path in files.values():
        image = check_metadata(client, path)
        got = client.retrieve_instance(*address(image))
        buffer = io.BytesIO()
        got.save_as(buffer)
        assert got == image and got.file_meta.TransferSyntaxUID == image.file_meta.TransferSyntaxUID
    study = client.retrieve_study(image.StudyInstanceUID)
    assert {i.SOPInstanceUID for i in study} == {pydicom.dcmread(path).SOPInstanceUID for path in files.values()}
    assert len(client.retrieve_series(image.StudyInstanceUID, image.SeriesInstanceUID)) == len(files)
    assert len(client.retrieve_study_metadata(image.StudyInstanceUID)) == len(files)
    assert len(client.retrieve_series_metadata(image.StudyInstanceUID, image.SeriesInstanceUID)) == len(files)
    one = "/studies/{}/series/{}/instances/{}".format(*address(image))
    answer, content = get(node, one, "application/dicom")
    assert answer.getheader("Content-Type") == "application/dicom" and pydicom.dcmread(io.BytesIO(content)) == image
    assert content == next(path for path in files.values() if pydicom.dcmread(path).SOPInstanceUID == image.SOPInstanceUID).read_bytes()
    assert get(node, one, "image/gif")[0].status == 406
    assert get(node, one, 'multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.5')[0].status == 406
    assert get(node, f"{one}/bulkdata/00100010")[0].status == 404 and get(node, f"{one}/bulkdata/x")[0].status == 404


def check_frames(node, client, files):
    # All are of one picture. What a lossy syntax may change is a share of the largest value.
    pixels = pydicom.dcmread(files[EXPLICIT]).pixel_array
    allowed = {"1.2.840.10008.1.2.4.51": 0.06, "1.2.840.10008.1.2.4.91": 0.4}
    for syntax, path in files.items():
        image = pydicom.dcmread(path)
        near = allowed.get(syntax, 0) * int(pixels.max())
        where = "/studies/{}/series/{}/instances/{}".format(*address(image))
        # Samples, as everybody can read them.
        answer, content = get(node, f"{where}/frames/1", "application/octet-stream")
        assert answer.status == 200 and EXPLICIT in answer.getheader("Content-Type"), (syntax, content[:300])
        samples = numpy.frombuffer(content, pixels.dtype).reshape(pixels.shape)
        assert numpy.abs(samples.astype(int) - pixels.astype(int)).max() <= near, syntax
        frames = client.retrieve_instance_frames(*address(image), frame_numbers=[1])
        assert frames == [content], syntax
        # The file with its pixels decompressed.
        answer, content = get(node, where, f"application/dicom; transfer-syntax={EXPLICIT}")
        plain = pydicom.dcmread(io.BytesIO(content))
        assert plain.file_meta.TransferSyntaxUID == EXPLICIT, syntax
        assert numpy.abs(plain.pixel_array.astype(int) - pixels.astype(int)).max() <= near, syntax
        # As they are stored, which is what OHIF asks for.
        answer, content = get(node, f"{where}/frames/1", "multipart/related; type=application/octet-stream; transfer-syntax=*")
        assert answer.status == 200, (syntax, content[:300])
        head, _, rest = content.partition(b"\r\n\r\n")
        body = rest[: rest.rindex(b"\r\n--mhcnn-")]
        if image.file_meta.TransferSyntaxUID.is_compressed and syntax != "1.2.840.10008.1.2.1.99":
            assert f"transfer-syntax={syntax}".encode() in head, head
            assert body.rstrip(b"\0") == next(pydicom.encaps.generate_frames(image.PixelData, number_of_frames=1)).rstrip(b"\0"), syntax
        else:
            assert f"transfer-syntax={EXPLICIT}".encode() in head and body == samples.tobytes(), head
        picture = Image.open(io.BytesIO(client.retrieve_instance_rendered(*address(image), media_types=("image/png",))))
        assert picture.size == pixels.shape[::-1] and picture.mode == "L"
        shown = numpy.asarray(picture).astype(float)
        assert numpy.corrcoef(shown.ravel(), pixels.ravel())[0, 1] > 0.9, syntax
        answer, content = get(node, f"{where}/rendered?viewport=50,50&quality=80", "image/jpeg")
        # JPEG 2000 is read at a smaller size that is rounded up.
        assert Image.open(io.BytesIO(content)).size in ((37, 50), (38, 50)) and answer.getheader("Content-Type") == "image/jpeg"
        answer, content = get(node, f"{where}/thumbnail")
        assert answer.status == 200 and max(Image.open(io.BytesIO(content)).size) == 200, syntax
    for wanted, part, accept in ((404, "frames/2", "*/*"), (400, "frames/0", "*/*"), (400, "frames/1,", "*/*"), (400, "frames/x", "*/*"),
                                 (406, "frames/1", "image/gif"), (400, "rendered?viewport=0,5", "*/*"), (406, "rendered", "image/gif")):
        answer, _ = get(node, f"{where}/{part}", accept)
        assert answer.status == wanted, (part, answer.status)


def check_results(client, exam):
    """Results stand beside their images; a SEG gives its frames, a Secondary Capture its picture."""
    study = exam[0].StudyInstanceUID
    series = [pydicom.Dataset.from_json(s) for s in client.search_for_series(study)]
    assert {s.Modality for s in series} >= {"MG", "SEG", "SR"}, [s.Modality for s in series]
    found = pydicom.Dataset.from_json(client.search_for_studies(search_filters={"StudyInstanceUID": study})[0])
    assert {"MG", "SEG", "SR"} <= set(found.ModalitiesInStudy), found.ModalitiesInStudy
    objects = client.retrieve_study(study)
    assert {o.SOPInstanceUID for o in exam} < {o.SOPInstanceUID for o in objects}
    for made in objects:
        data = client.retrieve_instance_metadata(*address(made))
        read = pydicom.Dataset.from_json(data, bulk_data_uri_handler=bulk_of(client))
        assert read.SOPInstanceUID == made.SOPInstanceUID and read.Modality == made.Modality
    seg = next(o for o in objects if o.Modality == "SEG")
    count = int(seg.NumberOfFrames)
    frames = client.retrieve_instance_frames(*address(seg), frame_numbers=list(range(1, count + 1)))
    for given, wanted in zip(frames, seg.pixel_array.reshape(count, -1), strict=True):
        bits = numpy.unpackbits(numpy.frombuffer(given, numpy.uint8), bitorder="little")[: wanted.size]
        assert numpy.array_equal(bits, wanted)
    capture = next(o for o in objects if o.SOPClassUID == "1.2.840.10008.5.1.4.1.1.7")
    picture = Image.open(io.BytesIO(client.retrieve_instance_rendered(*address(capture), media_types=("image/png",))))
    assert numpy.array_equal(numpy.asarray(picture.convert("RGB")), capture.pixel_array)


def main():
    files, real = phantoms()
    exam = phantom_exam(mhcnn, work)
    with_work = "[retention]\nreserve_mb = 0\n[work]\nworkers = 1\n"
    node = Node(mhcnn, work / "node", with_work)
    node.start()
    try:
        paths = []
        for image in exam:
            paths.append(work / f"{image.SOPInstanceUID}.dcm")
            image.save_as(paths[-1])
        upload(node, [*paths, *files.values(), *([real] if real else [])])
        client = DICOMwebClient(f"http://127.0.0.1:{node.http}/dicom-web")
        checks = [(check_searches, (node, client, files)), (check_retrieve, (node, client, files)), (check_frames, (node, client, files))]
        if real:
            checks.append((check_metadata, (client, real)))
        for check, arguments in checks:
            begin = time.monotonic()
            check(*arguments)
            print(f"{check.__name__}: {time.monotonic() - begin:.1f} s", flush=True)
        wait_for("the exam", lambda: any(e["state"] == "done" for e in node.exams() if e["study_uid"] == exam[0].StudyInstanceUID), 60, 0.3)
        check_results(client, exam)
        views = node.query("SELECT message FROM audit_events WHERE event = '110103'")
        assert 2 <= len(views) <= 12, len(views)
    except BaseException:
        print(node.log_path.read_text()[-3000:])
        raise
    finally:
        node.stop()


main()
