"""Files whose bytes differ from what their header says, from one picture in several transfer syntaxes.

make_odd_dicom.py FOLDER OUT: FOLDER holds explicit.dcm, implicit.dcm, rle.dcm, jpeg-ls.dcm, jpeg-lossless.dcm,
jpeg2000.dcm, deflated.dcm of the same picture. Where pydicom reads an odd file, its picture must be that of the plain file.
"""
import pathlib
import sys
import warnings

import numpy as np
import pydicom

warnings.simplefilter("ignore")
source, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
out.mkdir(exist_ok=True)
plain = pydicom.dcmread(source / "explicit.dcm").pixel_array
stored = {p.stem: p.read_bytes() for p in source.glob("*.dcm")}
uids = {"implicit": "1.2.840.10008.1.2", "explicit": "1.2.840.10008.1.2.1", "deflated": "1.2.840.10008.1.2.1.99",
        "big": "1.2.840.10008.1.2.2", "rle": "1.2.840.10008.1.2.5", "jpeg-lossless": "1.2.840.10008.1.2.4.70",
        "jpeg-baseline": "1.2.840.10008.1.2.4.50", "jpeg-ls": "1.2.840.10008.1.2.4.80", "jpeg2000": "1.2.840.10008.1.2.4.90"}


def says(data, uid):
    """The file with another transfer syntax in its meta information."""
    at = data.index(b"\x02\x00\x10\x00UI")
    length = int.from_bytes(data[at + 6:at + 8], "little")
    value = uid.encode() + b"\0" * (len(uid) % 2)
    group = int.from_bytes(data[140:144], "little") + len(value) - length
    return data[:140] + group.to_bytes(4, "little") + data[144:at + 6] + len(value).to_bytes(2, "little") + value + data[at + 8 + length:]


def pixel_data(data):
    at = data.rindex(b"\xe0\x7f\x10\x00O")
    return at, at + 12


odd = {}
for name, uid in uids.items():
    if name not in ("explicit", "big"):
        odd[f"explicit_says_{name}"] = says(stored["explicit"], uid)
    for inside in ("rle", "jpeg-lossless", "jpeg-ls", "jpeg2000"):
        if inside != name:
            odd[f"{inside}_says_{name}"] = says(stored[inside], uid)
odd["implicit_says_explicit"] = says(stored["implicit"], uids["explicit"])
odd["explicit_says_big"] = says(stored["explicit"], uids["big"])
odd["deflated_says_explicit"] = says(stored["deflated"], uids["explicit"])
big = pydicom.dcmread(source / "explicit.dcm")
big.file_meta.TransferSyntaxUID = uids["big"]
big.PixelData = plain.astype(">u2").tobytes()
list(big.iterall())  # raw elements of the source's byte order become values
pydicom.dcmwrite(out / "big.dcm", big, implicit_vr=False, little_endian=False, force_encoding=True)
odd["big_says_explicit"] = says((out / "big.dcm").read_bytes(), uids["explicit"])
odd["big_says_implicit"] = says((out / "big.dcm").read_bytes(), uids["implicit"])
(out / "big.dcm").unlink()

for name in ("explicit", "implicit", "jpeg-ls", "jpeg2000", "rle", "deflated"):
    for kind, stray in {"newline": b"\r\n", "zeros": bytes(300), "text": "sent by the gateway of the clinic, für später\n".encode(),
                        "twice": stored[name]}.items():
        odd[f"{name}_and_{kind}"] = stored[name] + stray
for name in ("rle", "jpeg-lossless", "jpeg-ls", "jpeg2000"):
    whole = stored[name]
    assert whole.endswith(b"\xfe\xff\xdd\xe0\0\0\0\0")
    for gone in (3, 4, 8):
        odd[f"{name}_less_{gone}"] = whole[:-gone]
    odd[f"{name}_zeros_for_delimiter"] = whole[:-8] + bytes(16)

at, value = pixel_data(stored["explicit"])
raw = stored["explicit"]
for vr in (b"UN", b"OB"):
    odd[f"vr_{vr.decode()}"] = raw[:at + 4] + vr + raw[at + 6:]
item = b"\xfe\xff\x00\xe0"
fragments = item + bytes(4) + item + raw[value - 4:value] + raw[value:] + b"\xfe\xff\xdd\xe0" + bytes(4)
odd["samples_in_items"] = raw[:value - 4] + b"\xff" * 4 + fragments
odd["rle_samples_in_items"] = says(odd["samples_in_items"], uids["rle"])
odd["un_undefined_length"] = raw[:at + 4] + b"UN\0\0" + b"\xff" * 4 + raw[value:] + b"\xfe\xff\xdd\xe0" + bytes(4)
odd["meta_length_wrong"] = raw[:140] + (int.from_bytes(raw[140:144], "little") + 6).to_bytes(4, "little") + raw[144:]
# The sequence's end is also where the end of its last item should be.
sequence = (b"\x40\x00\x55\x05SQ\0\0" + b"\xff" * 4 + item + b"\xff" * 4 + b"\x08\x00\x00\x01SH\x02\x00AB"
            + b"\xfe\xff\xdd\xe0" + bytes(4))
odd["item_end_missing"] = raw[:at] + sequence + raw[at:]

judged = 0
for name, data in odd.items():
    (out / f"{name}.dcm").write_bytes(data)
    try:
        seen = pydicom.dcmread(out / f"{name}.dcm", force=True).pixel_array
    except Exception:
        continue
    if "_says_" in name or "in_items" in name:  # it believes the header, and takes marks of items for samples
        continue
    assert np.array_equal(seen, plain), name
    judged += 1
assert judged >= 20, judged
print(f"{len(odd)} odd files, {judged} of which pydicom reads")
