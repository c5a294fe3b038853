#!/usr/bin/env python3
"""Makes tests/data/dicom: small DICOM files of every kind and, for each, the picture that it must be read as.

The files and the pictures come from pydicom (with pylibjpeg, pyjpegls, gdcm and Pillow as its codecs), so that they
judge the C++ reader independently; HTJ2K is encoded by OpenJPH (imagecodecs). Needs: pydicom>=3, numpy, pylibjpeg,
pylibjpeg-libjpeg, pylibjpeg-openjpeg, pyjpegls, python-gdcm, imagecodecs, pillow, and DCMTK's dcmcjpeg. The output is
the same bytes every time.

For each NAME: NAME.dcm, NAME.u16 (the expected picture: rows x columns, little-endian 16 bits) and a line of index.csv:
name, rows, columns, tolerance (of the picture's grey values), window (DicomReadOptions::window) and what it shows. The
matrix of transfer syntaxes x photometric interpretations x VOI (dicom_matrix.py) is in matrix/ in the same way, its
pictures in one file.
"""
import io
import pathlib
import subprocess
import sys

import gdcm
import imagecodecs
import numpy as np
import openjpeg
import pydicom
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.pixels import apply_modality_lut, apply_voi_lut
from pydicom.sequence import Sequence
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

ROWS, COLUMNS = 40, 32
OUT = pathlib.Path(__file__).resolve().parents[2] / "tests" / "data" / "dicom"
MG = "1.2.840.10008.5.1.4.1.1.1.2"
index = []


def picture(bits, signed=False, rows=ROWS, columns=COLUMNS):
    """A bright disc on a dark ground with a ramp and both extreme values."""
    y, x = np.mgrid[0:rows, 0:columns]
    disc = np.clip(1 - np.hypot(y - rows / 2, x) / rows, 0, 1)
    values = (disc * 0.9 + ((x * 37 + y * 91) % 64) / 640) * (2**bits - 1)
    values = np.clip(np.round(values), 0, 2**bits - 1).astype(np.int64)
    values[0, 0], values[-1, -1] = 0, 2**bits - 1
    values[0, 1:9] = np.linspace(0, 2**bits - 1, 8).astype(np.int64)
    return values - 2 ** (bits - 1) if signed else values


def dataset(values, bits, signed=False, **attributes):
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = MG, "2.25.1"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = "2.25.2", "2.25.3"
    ds.Modality, ds.PatientID, ds.PatientName = "MG", "golden", "Golden^Test"
    ds.ImageLaterality, ds.ViewPosition, ds.BodyPartExamined = "L", "CC", "BREAST"
    ds.PresentationIntentType = "FOR PRESENTATION"
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns = values.shape
    ds.BitsAllocated = 8 if bits <= 8 else 16
    ds.BitsStored, ds.HighBit, ds.PixelRepresentation = bits, bits - 1, int(signed)
    for name, value in attributes.items():
        setattr(ds, name, value)
    return ds


def stored_bytes(ds, values, big_endian=False):
    order = ">" if big_endian else "<"
    if ds.BitsAllocated == 8:
        data = values.astype("u1" if ds.PixelRepresentation == 0 else "i1").tobytes()
        data += b"\0" * (len(data) % 2)
        return data
    return values.astype(f"{order}u2" if ds.PixelRepresentation == 0 else f"{order}i2").tobytes()


def choice(ds, window):
    """(is a VOI LUT, its number from 0) that `window` picks: a number from 1 or an explanation, LUTs before windows."""
    tables = list(ds.get("VOILUTSequence", []))
    explained = [item.get("LUTExplanation", "") for item in tables]
    if "WindowWidth" in ds:
        words = np.atleast_1d(ds.get("WindowCenterWidthExplanation", [])).tolist()
        count = np.atleast_1d(ds.WindowWidth).size
        explained += words + [""] * (count - len(words))
    index_ = int(window) - 1 if window.isdigit() else explained.index(window) if window else 0
    return (True, index_) if index_ < len(tables) else (False, index_ - len(tables))


def expected(ds, values, window=""):
    """The picture by the standard's order, with pydicom's own modality and VOI functions."""
    bits, signed = ds.BitsStored, ds.PixelRepresentation == 1
    lowest, highest = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    is_table, number = choice(ds, window)
    has_window = "WindowWidth" in ds and float(np.atleast_1d(ds.WindowWidth)[number if not is_table else 0]) > 0
    typed = values.astype(np.int32)
    if is_table:
        item = ds.VOILUTSequence[number]
        out = apply_voi_lut(apply_modality_lut(typed, ds).astype(np.int32), ds, index=number)
        grey, white = np.round(out.astype(np.float64) * 65535 / (2 ** item.LUTDescriptor[2] - 1)), 65535
    elif has_window:
        modality = apply_modality_lut(typed, ds)
        out = apply_voi_lut(modality, ds, index=number, prefer_lut=False)
        if "ModalityLUTSequence" in ds:
            low, high = 0, 2 ** ds.ModalityLUTSequence[0].LUTDescriptor[2] - 1
        else:
            slope, intercept = float(ds.get("RescaleSlope", 1)), float(ds.get("RescaleIntercept", 0))
            low, high = lowest * slope + intercept, highest * slope + intercept
        fraction = np.clip((out - low) / (high - low), 0, 1)
        grey, white = np.floor(fraction * 65535 + 0.5), 65535
    elif "ModalityLUTSequence" in ds:
        grey = apply_modality_lut(typed, ds)
        white = 2 ** ds.ModalityLUTSequence[0].LUTDescriptor[2] - 1
    else:
        falling = float(ds.get("RescaleSlope", 1)) < 0
        grey, white = (highest - values if falling else values - lowest), highest - lowest
    shape = ds.get("PresentationLUTShape", "")
    if shape == "INVERSE" or (not shape and ds.PhotometricInterpretation == "MONOCHROME1"):
        grey = white - np.asarray(grey, dtype=np.float64)
    grey = np.array(grey, dtype=np.float64)
    if "PixelPaddingValue" in ds:
        ends = sorted([ds.PixelPaddingValue, ds.get("PixelPaddingRangeLimit", ds.PixelPaddingValue)])
        grey[(values >= ends[0]) & (values <= ends[1])] = 0
    return grey.astype(np.uint16)


def tolerance_of(ds, values, steps, window=""):
    """How far the picture moves where a lossy decoder rounds a stored value `steps` apart."""
    if steps == 0:
        return 0
    middle = expected(ds, values, window).astype(int)
    ends = [expected(ds, np.clip(values + d, 0, 2**ds.BitsStored - 1), window).astype(int) for d in (-steps, steps)]
    return max(int(np.abs(end - middle).max()) for end in ends)


def write(path, ds, syntax=ExplicitVRLittleEndian, pixel_data=None):
    """Writes a DICOM file of a syntax with its pixel data."""
    ds.PixelData = pixel_data
    encapsulated = syntax.is_compressed and not syntax.is_deflated
    ds["PixelData"].VR = "OB" if encapsulated or ds.BitsAllocated == 8 else "OW"
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, "2.25.1"
    ds.file_meta.ImplementationClassUID = "2.25.4"
    if encapsulated:
        ds["PixelData"].is_undefined_length = True
    ds.save_as(path, enforce_file_format=True)


def save(name, ds, values, pixel_data=None, syntax=ExplicitVRLittleEndian, tolerance=0, meta=True, check=True,
         window="", flat=None, shows=""):
    """Writes the file and what it must be read as; `values` are its stored values, `flat` holds the display's
    attributes where they are in functional groups of `ds`."""
    big = syntax == ExplicitVRBigEndian
    implicit = syntax == ImplicitVRLittleEndian
    data = stored_bytes(ds, values, big) if pixel_data is None else pixel_data
    path = OUT / f"{name}.dcm"
    if meta:
        write(path, ds, syntax, data)
        if check:
            np.testing.assert_array_equal(ds.pixel_array.astype(np.int64), values, err_msg=name)
    else:
        ds.PixelData = data
        ds["PixelData"].VR = "OB" if ds.BitsAllocated == 8 else "OW"
        buffer = DicomBytesIO()
        buffer.is_little_endian, buffer.is_implicit_VR = not big, implicit
        write_dataset(buffer, ds)
        path.write_bytes(buffer.getvalue())
    picture_ = expected(flat or ds, values, window)
    (OUT / f"{name}.u16").write_bytes(picture_.astype("<u2").tobytes())
    index.append(f"{name},{values.shape[0]},{values.shape[1]},{tolerance},{window},{shows or name.replace('_', ' ')}")


def plain(name, bits=12, signed=False, syntax=ExplicitVRLittleEndian, meta=True, values=None, window="", shows="",
          **attributes):
    values = picture(bits, signed) if values is None else values
    save(name, dataset(values, bits, signed, **attributes), values, syntax=syntax, meta=meta, window=window, shows=shows)


def lookup_table(first, entries, bits, signed=False, explanation=None):
    item = Dataset()
    if explanation:
        item.LUTExplanation = explanation
    item.LUTDescriptor = [len(entries) % 65536, first, bits]
    item["LUTDescriptor"].VR = "SS" if signed else "US"
    item.LUTData = [int(e) for e in entries]
    item["LUTData"].VR = "US"
    return item


def curve(count, bits):
    """An S-shaped table."""
    x = np.linspace(-4, 4, count)
    return np.round((2**bits - 1) / (1 + np.exp(-x))).astype(int)


def uncompressed():
    for bits in (8, 10, 12, 14, 16):
        plain(f"explicit_u{bits}", bits)
    plain("implicit_u12", 12, syntax=ImplicitVRLittleEndian)
    plain("big_endian_u16", 16, syntax=ExplicitVRBigEndian)
    plain("big_endian_u8", 8, syntax=ExplicitVRBigEndian)
    plain("big_endian_s12", 12, signed=True, syntax=ExplicitVRBigEndian)
    plain("deflated_u12", 12, syntax=DeflatedExplicitVRLittleEndian)
    plain("no_preamble_implicit", 12, syntax=ImplicitVRLittleEndian, meta=False)
    plain("no_preamble_explicit", 12, syntax=ExplicitVRLittleEndian, meta=False)
    plain("odd_size_u8", 8, values=picture(8, rows=31, columns=23))
    plain("signed_s16", 16, signed=True)
    plain("signed_s12_window", 12, signed=True, WindowCenter="-100", WindowWidth="2500")
    values = picture(12)
    ds = dataset(values, 12)
    save("overlay_bits", ds, values, pixel_data=(values + ((values * 7) % 16 << 12)).astype("<u2").tobytes(), check=False)
    ds = dataset(values, 12, HighBit=15)
    save("high_bit_15", ds, values, pixel_data=(values << 4).astype("<u2").tobytes(), check=False)
    values = picture(8)
    ds = dataset(values, 8, SamplesPerPixel=3, PhotometricInterpretation="RGB", PlanarConfiguration=0)
    save("grey_rgb", ds, values, pixel_data=np.repeat(values[..., None], 3, axis=2).astype("u1").tobytes(), check=False)
    ds = dataset(values, 8, SamplesPerPixel=3, PhotometricInterpretation="RGB", PlanarConfiguration=1)
    save("grey_rgb_planar", ds, values, pixel_data=np.repeat(values[None], 3, axis=0).astype("u1").tobytes(), check=False)


def display():
    plain("window_linear", WindowCenter="1800", WindowWidth="2600")
    plain("window_linear_named", WindowCenter="1800.5", WindowWidth="2600", VOILUTFunction="LINEAR")
    plain("window_width_1", WindowCenter="2048", WindowWidth="1")
    plain("window_exact", WindowCenter="1800", WindowWidth="2600", VOILUTFunction="LINEAR_EXACT")
    plain("window_exact_narrow", WindowCenter="2048", WindowWidth="0.5", VOILUTFunction="LINEAR_EXACT")
    plain("window_sigmoid", WindowCenter="1800", WindowWidth="2600", VOILUTFunction="SIGMOID")
    plain("windows_several", WindowCenter=["1500", "900", "3000"], WindowWidth=["2000", "100", "50"])
    several = {"WindowCenter": ["1500", "900", "3000"], "WindowWidth": ["2000", "100", "50"],
               "WindowCenterWidthExplanation": ["NORMAL", "HARDER", "SOFTER"]}
    plain("windows_second", window="2", shows="the second of several windows, by its number", **several)
    plain("windows_explained", window="SOFTER", shows="a window by its explanation", **several)
    tables = [lookup_table(0, curve(4096, 12), 12, explanation="NORMAL"),
              lookup_table(300, curve(3000, 10)[::-1], 10, explanation="TURNED")]
    plain("voi_luts_several", VOILUTSequence=tables, shows="several VOI LUTs: the first")
    plain("voi_luts_second", VOILUTSequence=tables, window="2", shows="the second of several VOI LUTs, by its number")
    plain("voi_luts_explained", VOILUTSequence=tables, window="TURNED", shows="a VOI LUT by its explanation")
    plain("voi_luts_then_window", VOILUTSequence=tables, window="4", shows="VOI LUTs and windows: a window by its number",
          **several)
    plain("window_invalid", WindowCenter="1500", WindowWidth="0")
    plain("window_clips", WindowCenter="3000", WindowWidth="500")
    plain("rescale_window", RescaleSlope="2", RescaleIntercept="-1024", WindowCenter="3000", WindowWidth="5000")
    plain("rescale_fraction", RescaleSlope="0.25", RescaleIntercept="10.5", WindowCenter="500", WindowWidth="900")
    plain("rescale_none", RescaleSlope="2", RescaleIntercept="-1024")
    plain("rescale_falling", RescaleSlope="-1", RescaleIntercept="4095")
    modality = [lookup_table(0, curve(4096, 16), 16)]
    plain("modality_lut", ModalityLUTSequence=modality)
    plain("modality_lut_window", ModalityLUTSequence=modality, WindowCenter="30000", WindowWidth="40000")
    plain("modality_lut_short", ModalityLUTSequence=[lookup_table(500, curve(3000, 16), 16)])
    plain("voi_lut_10", VOILUTSequence=[lookup_table(0, curve(4096, 10), 10)])
    plain("voi_lut_16_shifted", VOILUTSequence=[lookup_table(700, curve(2500, 16), 16)])
    plain("voi_lut_and_window", VOILUTSequence=[lookup_table(0, curve(4096, 12), 12)], WindowCenter="9", WindowWidth="9")
    plain("voi_lut_signed", 12, signed=True, VOILUTSequence=[lookup_table(-1500, curve(3000, 12), 12, signed=True)])
    plain("voi_lut_implicit_signed", 12, signed=True, syntax=ImplicitVRLittleEndian,
          VOILUTSequence=[lookup_table(-1500, curve(3000, 12), 12, signed=True)])
    plain("monochrome1", PhotometricInterpretation="MONOCHROME1")
    plain("monochrome1_inverse", PhotometricInterpretation="MONOCHROME1", PresentationLUTShape="INVERSE")
    plain("monochrome1_window", PhotometricInterpretation="MONOCHROME1", PresentationLUTShape="INVERSE",
          WindowCenter="1800", WindowWidth="2600")
    plain("monochrome1_sigmoid", PhotometricInterpretation="MONOCHROME1", WindowCenter="1800", WindowWidth="2600",
          VOILUTFunction="SIGMOID")
    plain("monochrome1_voi_lut", PhotometricInterpretation="MONOCHROME1",
          VOILUTSequence=[lookup_table(0, curve(4096, 12), 12)])
    plain("monochrome2_identity", PresentationLUTShape="IDENTITY")
    plain("monochrome2_inverse", PresentationLUTShape="INVERSE", WindowCenter="1800", WindowWidth="2600")


def padding():
    values = picture(12)
    values[:, 16:] = 4000
    plain("padding", values=values, PixelPaddingValue=4000, WindowCenter="1800", WindowWidth="2600")
    values = picture(12)
    values[:, 14:] = 4001
    values[:, 20:] = 4095
    plain("padding_range", values=values, PixelPaddingValue=4095, PixelPaddingRangeLimit=4001)
    values = picture(12)
    values[:, 16:] = 0
    plain("padding_monochrome1", values=values, PixelPaddingValue=0, PhotometricInterpretation="MONOCHROME1",
          PresentationLUTShape="INVERSE", WindowCenter="1800", WindowWidth="2600")
    values = picture(12, signed=True)
    values[:, 16:] = -2000
    ds = dataset(values, 12, True)
    ds.add_new("PixelPaddingValue", "SS", -2000)
    save("padding_signed", ds, values)


def save_source(ds, values, source):
    write(source, ds, pixel_data=stored_bytes(ds, values))


def pixels_of(*files):
    """Pixel data and stored values of the last file; removes all."""
    made = pydicom.dcmread(files[-1])
    data, decoded = made.PixelData, made.pixel_array.astype(np.int64)
    for file in files:
        file.unlink()
    return data, decoded


def dcmtk_encoded(ds, values, *options):
    """A codestream made by DCMTK's dcmcjpeg: 12-bit lossy and the lossless predictors, which no Python codec can make;
    pylibjpeg decodes it."""
    source, target = OUT / "source.tmp", OUT / "target.tmp"
    save_source(ds, values, source)
    subprocess.run(["dcmcjpeg", *options, str(source), str(target)], check=True)
    return pixels_of(source, target)


def htj2k_encoded(values, **options):
    """An HTJ2K codestream made by OpenJPH."""
    stored = values.astype(("i" if values.min() < 0 else "u") + ("1" if options.pop("eight", False) else "2"))
    return encapsulate([bytes(imagecodecs.htj2k_encode(stored, **options))], has_bot=True)


def gdcm_encoded(ds, values, syntax):
    """Lossless codestream made by GDCM."""
    source, target = OUT / "source.tmp", OUT / "target.tmp"
    save_source(ds, values, source)
    reader = gdcm.ImageReader()
    reader.SetFileName(str(source))
    assert reader.Read()
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(syntax))
    change.SetInput(reader.GetImage())
    assert change.Change()
    writer = gdcm.ImageWriter()
    writer.SetFileName(str(target))
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    assert writer.Write()
    return pixels_of(source, target)


def compressed():
    for name, syntax in (("rle", RLELossless), ("jpeg_ls", JPEGLSLossless), ("jpeg2000", JPEG2000Lossless)):
        for bits, signed in ((8, False), (12, False), (16, False), (12, True)):
            if signed and name == "jpeg_ls":
                continue  # JPEG-LS has no signed samples
            values = picture(bits, signed)
            ds = dataset(values, bits, signed)
            raw = values.astype(("i" if signed else "u") + str(ds.BitsAllocated // 8))
            ds.compress(syntax, raw, generate_instance_uid=False)
            save(f"{name}_{'s' if signed else 'u'}{bits}", ds, values, pixel_data=ds.PixelData, syntax=syntax)
    values = picture(12)
    ds = dataset(values, 12)
    ds.compress(JPEGLSNearLossless, values.astype("u2"), jls_error=3, generate_instance_uid=False)
    save("jpeg_ls_near", ds, ds.pixel_array.astype(np.int64), pixel_data=ds.PixelData, syntax=JPEGLSNearLossless)
    ds = dataset(values, 12, WindowCenter="1800", WindowWidth="2600")
    ds.compress(JPEG2000, values.astype("u2"), j2k_cr=[6], generate_instance_uid=False)
    stored = ds.pixel_array.astype(np.int64)
    save("jpeg2000_lossy", ds, stored, pixel_data=ds.PixelData, syntax=JPEG2000, tolerance=40)
    ds = dataset(values, 12)
    ds.compress(JPEG2000Lossless, values.astype("u2"), generate_instance_uid=False)
    stream = next(generate_frames(ds.PixelData, number_of_frames=1))
    pieces = encapsulate([stream], fragments_per_frame=5, has_bot=True)
    save("jpeg2000_fragments", dataset(values, 12), values, pixel_data=pieces, syntax=JPEG2000Lossless)
    pieces = encapsulate([stream], fragments_per_frame=3, has_bot=False)
    save("jpeg2000_no_offsets", dataset(values, 12), values, pixel_data=pieces, syntax=JPEG2000Lossless)

    for name, syntax in (("jpeg_lossless", gdcm.TransferSyntax.JPEGLosslessProcess14_1),
                         ("jpeg_lossless_p14", gdcm.TransferSyntax.JPEGLosslessProcess14)):
        uid = JPEGLosslessSV1 if name == "jpeg_lossless" else JPEGLossless
        for bits in (8, 12, 16):
            values = picture(bits)
            data, decoded = gdcm_encoded(dataset(values, bits), values, syntax)
            assert (decoded == values).all(), name
            save(f"{name}_u{bits}", dataset(values, bits), values, pixel_data=data, syntax=uid)
    values = picture(12)
    data, decoded = dcmtk_encoded(dataset(values, 12), values, "+ee", "+q", "95")
    save("jpeg_extended_u12", dataset(values, 12), decoded, pixel_data=data, syntax=JPEGExtended12Bit, tolerance=3)
    values = picture(8)
    buffer = io.BytesIO()
    Image.fromarray(values.astype("u1")).save(buffer, "JPEG", quality=90)
    decoded = np.asarray(Image.open(buffer)).astype(np.int64)
    data = encapsulate([buffer.getvalue()], has_bot=True)
    save("jpeg_baseline_u8", dataset(values, 8), decoded, pixel_data=data, syntax=JPEGBaseline8Bit, tolerance=2,
         check=False)


def odd_and_split():
    """Sizes that no code-block or 8 x 8 block divides, and codestreams in several fragments."""
    for name, syntax in (("rle", RLELossless), ("jpeg_ls", JPEGLSLossless), ("jpeg2000", JPEG2000Lossless)):
        # OpenJPEG's encoder wants room for its five levels.
        values = picture(12, rows=71, columns=45) if syntax == JPEG2000Lossless else picture(12, rows=31, columns=23)
        ds = dataset(values, 12)
        ds.compress(syntax, values.astype("u2"), generate_instance_uid=False)
        save(f"{name}_odd", ds, values, pixel_data=ds.PixelData, syntax=syntax)
    for name, syntax, uid in (("jpeg_lossless", gdcm.TransferSyntax.JPEGLosslessProcess14_1, JPEGLosslessSV1),
                              ("jpeg_ls", gdcm.TransferSyntax.JPEGLSLossless, JPEGLSLossless)):
        values = picture(12, rows=31, columns=23)
        data, decoded = gdcm_encoded(dataset(values, 12), values, syntax)
        stream = next(generate_frames(data, number_of_frames=1))
        save(f"{name}_fragments", dataset(values, 12), values, syntax=uid,
             pixel_data=encapsulate([stream], fragments_per_frame=4, has_bot=False))
    values = picture(12, rows=31, columns=23)
    data, decoded = dcmtk_encoded(dataset(values, 12), values, "+ee", "+q", "95")
    save("jpeg_extended_odd", dataset(values, 12), decoded, pixel_data=data, syntax=JPEGExtended12Bit, tolerance=3)


def predictors():
    """Process 14 with each of its predictors (ITU-T T.81 H.1.2.1), and signed values, which it stores as patterns."""
    values = picture(12)
    for selection in range(2, 8):
        data, decoded = dcmtk_encoded(dataset(values, 12), values, "+el", "+sv", str(selection))
        assert (decoded == values).all(), selection
        save(f"jpeg_lossless_predictor_{selection}", dataset(values, 12), values, pixel_data=data, syntax=JPEGLossless)
    values = picture(16, signed=True)
    data, _ = dcmtk_encoded(dataset(values, 16, True), values, "+e1")
    save("jpeg_lossless_s16", dataset(values, 16, True), values, pixel_data=data, syntax=JPEGLosslessSV1)


def high_throughput():
    for bits, signed in ((8, False), (10, False), (12, False), (14, False), (16, False), (12, True), (16, True)):
        values = picture(bits, signed)
        data = htj2k_encoded(values, reversible=True, eight=bits == 8)
        # OpenJPH's precision is that of the array: 16 bits, of which the stored ones are the low.
        save(f"htj2k_{'s' if signed else 'u'}{bits}", dataset(values, bits, signed), values, pixel_data=data,
             syntax=HTJ2KLossless)
    values = picture(12, rows=31, columns=23)
    data = htj2k_encoded(values, reversible=True)
    save("htj2k_odd", dataset(values, 12), values, pixel_data=data, syntax=HTJ2KLossless)
    values = picture(12)
    data = htj2k_encoded(values, reversible=True, tlm=True)
    save("htj2k_rpcl", dataset(values, 12), values, pixel_data=data, syntax=HTJ2KLosslessRPCL)
    data = htj2k_encoded(values, reversible=True, tile=(16, 16))
    save("htj2k_tiles", dataset(values, 12), values, pixel_data=data, syntax=HTJ2KLossless)
    ds = dataset(values, 12, PhotometricInterpretation="MONOCHROME1", WindowCenter="1800", WindowWidth="2600")
    save("htj2k_monochrome1", ds, values, pixel_data=htj2k_encoded(values, reversible=True), syntax=HTJ2KLossless)
    write(OUT / "lossy.tmp", dataset(values, 12), HTJ2K, htj2k_encoded(values, reversible=False))
    data, decoded = pixels_of(OUT / "lossy.tmp")
    save("htj2k_lossy", dataset(values, 12), decoded, pixel_data=data, syntax=HTJ2K, tolerance=1)


def unusual():
    """Headers that are legal and rare."""
    values = picture(10)
    ds = dataset(values, 10, HighBit=12)
    dirt = (values * 5) % 8
    save("high_bit_12_dirty", ds, values, check=False, shows="10 bits below High Bit 12 with other bits around them",
         pixel_data=((values << 3) | dirt | (dirt << 13)).astype("<u2").tobytes())
    values = picture(8)
    plain("u8_in_16", 8, values=values, BitsAllocated=16, shows="8 bits stored in 16 allocated")
    values = picture(12)
    icon = Dataset()
    icon.SamplesPerPixel, icon.PhotometricInterpretation, icon.Rows, icon.Columns = 1, "MONOCHROME2", 4, 4
    icon.BitsAllocated, icon.BitsStored, icon.HighBit, icon.PixelRepresentation = 8, 8, 7, 0
    icon.PixelData = bytes(range(16))
    icon["PixelData"].VR = "OB"
    plain("icon", IconImageSequence=[icon], shows="an icon before the picture")
    ds = dataset(values, 12, IconImageSequence=[icon])
    ds.compress(JPEG2000Lossless, values.astype("u2"), generate_instance_uid=False)
    save("icon_jpeg2000", ds, values, pixel_data=ds.PixelData, syntax=JPEG2000Lossless,
         shows="an icon before a compressed picture")
    for name, colours in (("rgb", "RGB"), ("rct", "YBR_RCT")):
        values = picture(8)
        ds = dataset(values, 8, SamplesPerPixel=3, PhotometricInterpretation=colours, PlanarConfiguration=0)
        stream = openjpeg.encode(np.repeat(values[..., None], 3, axis=2).astype("u1"),
                                       photometric_interpretation=1, use_mct=name == "rct")
        save(f"grey_{name}_jpeg2000", ds, values, check=False, pixel_data=encapsulate([bytes(stream)], has_bot=True),
             syntax=JPEG2000Lossless, shows=f"grey as {colours} in JPEG 2000")


def functional_groups():
    """A synthesised 2D in a Breast Tomosynthesis object of one frame: display and spacing in functional groups."""
    values = picture(10)

    def item(**attributes):
        ds = Dataset()
        for name, value in attributes.items():
            setattr(ds, name, value)
        return ds

    voi = item(WindowCenter=["500", "300"], WindowWidth=["700", "200"], VOILUTFunction="SIGMOID")
    transformation = item(RescaleIntercept="10", RescaleSlope="0.5", RescaleType="US")
    for shared in (True, False):
        groups = item(
            FrameVOILUTSequence=Sequence([voi]), PixelValueTransformationSequence=Sequence([transformation]),
            PixelMeasuresSequence=Sequence([item(PixelSpacing=["0.1", "0.1"], SliceThickness="1")]),
            FrameAnatomySequence=Sequence([item(FrameLaterality="L")]))
        name = "SharedFunctionalGroupsSequence" if shared else "PerFrameFunctionalGroupsSequence"
        ds = dataset(values, 10, NumberOfFrames=1, ImageType=["DERIVED", "PRIMARY", "TOMOSYNTHESIS", "GENERATED_2D"],
                     **{name: Sequence([groups])})
        ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.13.1.3"
        del ds.ImageLaterality
        flat = dataset(values, 10, **{element.keyword: element.value for element in [*voi, *transformation]})
        for window in ("", "2"):
            save(f"groups_{'shared' if shared else 'frame'}{window and '_second'}", ds, values, window=window, flat=flat,
                 shows=f"window and rescale in the {'shared' if shared else 'first frame’s'} functional groups")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for old in list(OUT.glob("*.dcm")) + list(OUT.glob("*.u16")):
        old.unlink()
    uncompressed()
    display()
    padding()
    compressed()
    odd_and_split()
    predictors()
    high_throughput()
    unusual()
    functional_groups()
    (OUT / "index.csv").write_text("name,rows,columns,tolerance,window,shows\n" + "\n".join(index) + "\n")
    size = sum(p.stat().st_size for p in OUT.iterdir())
    print(f"{len(index)} files, {size / 1000:.0f} kB in {OUT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
