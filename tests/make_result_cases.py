"""Exams for tests/dicom_results.sh, made of one phantom exam: names in several character sets, odd sizes, exams that lack views,
spacing or UIDs, negatives, implants, and inputs for which there are no objects.

Usage: make_result_cases.py EXAM_FOLDER OUT
"""
import copy
import pathlib
import sys

import numpy as np
import pydicom
from PIL import Image
from pydicom.uid import generate_uid

source, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
VIEWS = ["R-CC", "L-CC", "R-MLO", "L-MLO"]
views = {v: pydicom.dcmread(source / f"{v}.dcm") for v in VIEWS}


def cropped(dataset, rows, columns):
    """The picture without its last rows, and without columns at the edge opposite the chest wall."""
    pixels = dataset.pixel_array[: dataset.Rows - rows]
    left = dataset.ImageLaterality == "L"
    pixels = pixels[:, : dataset.Columns - columns] if left else pixels[:, columns:]
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.PixelData = np.ascontiguousarray(pixels).tobytes()


def exam(name, change=lambda view, dataset: None, of=VIEWS, odd=False):
    folder = out / name
    folder.mkdir(parents=True)
    study, series = generate_uid(entropy_srcs=[name, "study"]), generate_uid(entropy_srcs=[name, "series"])
    for i, view in enumerate(of):
        d = copy.deepcopy(views[view])
        d.StudyInstanceUID, d.SeriesInstanceUID = study, series
        d.SOPInstanceUID = d.file_meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=[name, view])
        d.PatientID, d.PatientName, d.AccessionNumber = "ID-" + name, "Test^" + name, "A123"
        d.PatientBirthDate, d.StudyDate, d.StudyTime = "19700102", "20260301", "101112"
        d.AcquisitionDate, d.ContentDate, d.ContentTime = "20260301", "20260301", f"1012{i:02d}"
        d.DeviceSerialNumber, d.SoftwareVersions = "S1", "V1"
        if odd:
            cropped(d, (1, 3, 2, 5)[i], (1, 0, 3, 2)[i])
        change(view, d)
        d.save_as(folder / f"{view}.dcm")


exam("plain")
exam("odd", odd=True)


def japanese(view, d):
    d.SpecificCharacterSet = ["", "ISO 2022 IR 87"]
    d.PatientName = "Yamada^Tarou=山田^太郎=やまだ^たろう"
    d.StudyDescription = "乳房"


exam("japanese", japanese)


def kana(view, d):
    d.SpecificCharacterSet = ["ISO 2022 IR 13", "ISO 2022 IR 87"]
    d.PatientName = "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう"


exam("kana", kana, of=["L-CC"])


def greek(view, d):
    d.SpecificCharacterSet = "ISO_IR 126"
    d.PatientName = "Διονυσιος^Ελένη"
    d.Manufacturer = "Εταιρεία"


exam("greek", greek)


def no_spacing(view, d):
    del d.ImagerPixelSpacing


exam("no-spacing", no_spacing)
exam("one-view", of=["R-MLO"])


def failing(view, d):
    if view == "L-CC":
        d.PixelData = b"\0" * len(d.PixelData)


exam("failed-view", failing)


def implant(view, d):
    d.BreastImplantPresent = "YES"


exam("implant", implant, of=["R-CC", "L-CC"])


def synthesised(view, d):
    d.ImageType = ["DERIVED", "PRIMARY", "TOMOSYNTHESIS", "GENERATED_2D"]


exam("synthesised", synthesised, of=["R-CC", "R-MLO"])


def lossy(view, d):
    d.LossyImageCompression, d.LossyImageCompressionRatio, d.LossyImageCompressionMethod = "01", "12.5", "ISO_10918_1"


exam("lossy", lossy, of=["L-MLO"])


def negative(view, d):
    d.PhotometricInterpretation, d.PresentationLUTShape = "MONOCHROME1", "INVERSE"
    white = (1 << d.BitsStored) - 1
    d.PixelData = (white - d.pixel_array).astype("<u2" if d.BitsAllocated == 16 else "u1").tobytes()
    for window in ("WindowCenter", "WindowWidth"):
        if window in d:
            delattr(d, window)


exam("monochrome1", negative, of=["L-CC", "L-MLO"])


def deidentified(view, d):
    d.PatientName, d.PatientID, d.PatientIdentityRemoved = "ANON^1", "ANON1", "YES"
    d.DeidentificationMethod = "Basic Profile"
    for name in ("PatientBirthDate", "AccessionNumber"):
        setattr(d, name, "")
    d.InstitutionName = "Hospital of Secrets"
    for name in ("DeviceSerialNumber", "SoftwareVersions"):
        delattr(d, name)


exam("deidentified", deidentified, of=["R-CC", "L-CC"])


def misspelt(view, d):
    d.SpecificCharacterSet = "ISO_IR 100"
    d.PatientName = "Müller^Änne"


exam("misspelt", misspelt, of=["R-CC"])
path = out / "misspelt/R-CC.dcm"  # pydicom would not write it
path.write_bytes(path.read_bytes().replace(b"ISO_IR 100", b"ISO_IR_100"))


def special(view, d):
    d.ViewModifierCodeSequence = None
    item = pydicom.Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = "399163009", "SCT", "magnification"
    d.ViewCodeSequence[0].ViewModifierCodeSequence = [item]
    del d["ViewModifierCodeSequence"]


exam("magnified", special, of=["R-CC"])

# No objects, or none for some.
bad = out / "bad"


def without(keyword):
    def change(view, d):
        delattr(d, keyword)

    return change


out = bad
exam("no-study-uid", without("StudyInstanceUID"), of=["R-CC"])
exam("no-series-uid", without("SeriesInstanceUID"), of=["R-CC"])


def two_patients(view, d):
    if view == "L-CC":
        d.PatientID, d.PatientName, d.PatientBirthDate = "OTHER", "Other^Woman", "19610101"


exam("two-patients", two_patients, of=["R-CC", "L-CC"])
exam("no-orientation", lambda view, d: setattr(d, "PatientOrientation", None), of=["R-CC", "L-CC"])

picture = views["L-MLO"].pixel_array.astype(float)
picture = (255 * picture / picture.max()).astype("uint8")
png = pathlib.Path(sys.argv[2]).parent / "png"
png.mkdir()
Image.fromarray(picture).save(png / "picture.png")
