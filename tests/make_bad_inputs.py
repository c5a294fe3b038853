"""Files that predict must refuse, each with a row: a CT, an all-black image, a 1 x 1 image, a label map, zeros."""
import pathlib
import struct
import sys
import zlib

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

folder = pathlib.Path(sys.argv[1])


def write_png(path, pixels):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 8, 0, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


write_png(folder / "black.png", np.zeros((600, 400), np.uint8))
write_png(folder / "tiny.png", np.zeros((1, 1), np.uint8))
labels = np.full((600, 400), 64, np.uint8)
labels[100:500, :250], labels[200:400, 50:150] = 128, 192
write_png(folder / "label_map.png", labels)
# Claims 60000 x 60000 pixels: refused before memory is taken for them.
bomb = bytearray((folder / "black.png").read_bytes())
bomb[16:24] = struct.pack(">II", 60000, 60000)
bomb[29:33] = struct.pack(">I", zlib.crc32(bytes(bomb[12:29])))
(folder / "bomb.png").write_bytes(bomb)
(folder / "zeros.dcm").write_bytes(bytes(5000))
(folder / "empty.dcm").write_bytes(b"")

ct = Dataset()
ct.file_meta = FileMetaDataset()
ct.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
ct.SOPClassUID = ct.file_meta.MediaStorageSOPClassUID = CTImageStorage
ct.SOPInstanceUID = ct.file_meta.MediaStorageSOPInstanceUID = generate_uid()
ct.Modality, ct.PatientID, ct.Rows, ct.Columns = "CT", "X", 128, 128
ct.SamplesPerPixel, ct.PhotometricInterpretation, ct.PixelRepresentation = 1, "MONOCHROME2", 0
ct.BitsAllocated, ct.BitsStored, ct.HighBit = 16, 12, 11
ct.PixelData = np.random.default_rng(0).integers(0, 4000, (128, 128), np.uint16).tobytes()
pydicom.dcmwrite(folder / "ct.dcm", ct, enforce_file_format=True)
