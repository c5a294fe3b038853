"""Folders of everything that lies beside pictures, for tests/cases_inputs.sh: `make_input_cases.py PICTURE.dcm PICTURE.png FOLDER`."""
import bz2
import gzip
import io
import lzma
import os
import pathlib
import socket
import sys
import tarfile
import zipfile

dicom, png, folder = pathlib.Path(sys.argv[1]).read_bytes(), pathlib.Path(sys.argv[2]).read_bytes(), pathlib.Path(sys.argv[3])
APPLE_DOUBLE = bytes.fromhex("0005160700020000") + b"Mac OS X        " + bytes(130)


def write(path, content):
    path = folder / path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def zipped(members, method=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def tarred(members, mode="w", form=tarfile.PAX_FORMAT):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode, format=form) as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


# Beside pictures: companions, files of no image format, special files, links.
write("beside/exam/IM1.dcm", dicom)
write("beside/exam/._IM1.dcm", APPLE_DOUBLE)
write("beside/exam/._IM2", APPLE_DOUBLE)
write("beside/exam/.DS_Store", b"\0\0\0\1Bud1")
write("beside/exam/Thumbs.db", b"\xd0\xcf\x11\xe0")
write("beside/exam/@eaDir/IM1.dcm/SYNOPHOTO_THUMB_M.png", png)
write("beside/exam/._picture.png", png)  # a picture, whatever its name
for name, content in {"notes.txt": "text", "report.pdf": "%PDF-1.4", "table.csv": "a,b\n", "card.json": "{}", "empty": b"",
                      "letter.docx": zipped({"word/media/image1.png": png})}.items():
    write("beside/" + name, content)
os.mkfifo(folder / "beside/pipe.dcm")
socket.socket(socket.AF_UNIX).bind(str(folder / "beside/socket"))
os.symlink("exam", folder / "beside/link-to-exam")
os.symlink("..", folder / "beside/exam/up")  # a circle
os.symlink("nowhere/IM9", folder / "beside/dangling")
os.symlink("itself", folder / "beside/itself")
os.link(folder / "beside/exam/IM1.dcm", folder / "beside/exam/hard-link.dcm")
os.symlink("IM1.dcm", folder / "beside/exam/soft-link.dcm")

# Rights: another user's files.
for name in ("closed", "closed.dcm", "closed.txt"):
    os.chmod(write("rights/" + name, dicom), 0o600)
write("rights/open.dcm", dicom)
write("rights/shut/IM1.dcm", dicom)
os.chmod(folder / "rights/shut", 0o700)

# Archives, each with the same picture.
archives = {
    "plain.dcm": dicom,
    "gz.dcm.gz": gzip.compress(dicom), "bz2.dcm.bz2": bz2.compress(dicom), "xz.dcm.xz": lzma.compress(dicom),
    "noext": gzip.compress(dicom),
    "deflated.zip": zipped({"a/IM1": dicom, "__MACOSX/a/._IM1": APPLE_DOUBLE, "readme.txt": b"text"}),
    "UPPER.ZIP": zipped({"IM1.dcm": dicom}),
    "bzip2.zip": zipped({"IM1.dcm": dicom}, zipfile.ZIP_BZIP2),
    "lzma.zip": zipped({"IM1.dcm": dicom}, zipfile.ZIP_LZMA),
    "nested.zip": zipped({"inner.zip": zipped({"IM1.dcm": dicom}), "inner.tar.gz": tarred({"b/IM2": dicom}, "w:gz"),
                          "IM3.dcm.gz": gzip.compress(dicom)}),
    "plain.tar": tarred({"a/IM1.dcm": dicom, "readme.txt": b"text", "a/" + "long" * 60 + "/IM2": dicom}),
    "gnu.tar": tarred({"a/" + "long" * 60 + "/IM1": dicom}, "w", tarfile.GNU_FORMAT),
    "ustar.tar": tarred({"IM1.dcm": dicom}, "w", tarfile.USTAR_FORMAT),
    "gz.tar.gz": tarred({"IM1.dcm": dicom}, "w:gz"), "gz.tgz": tarred({"IM1.dcm": dicom}, "w:gz"),
    "bz2.tar.bz2": tarred({"IM1.dcm": dicom}, "w:bz2"), "xz.tar.xz": tarred({"IM1.dcm": dicom}, "w:xz"),
}
for name, content in archives.items():
    write("archives/" + name, content)
with tarfile.open(folder / "archives/linked.tar", "w") as archive:
    archive.add(folder / "archives/plain.dcm", "IM1.dcm")
    link = tarfile.TarInfo("IM2.dcm")
    link.type, link.linkname = tarfile.LNKTYPE, "IM1.dcm"
    archive.addfile(link)

# Archives that cannot be read: a row each, which says why.
deep = zipped({"IM1.dcm": dicom})
for level in range(4):
    deep = zipped({f"level{level}.zip": deep})
bad = {
    "seven.7z": b"7z\xbc\xaf\x27\x1c" + bytes(100), "rar.rar": b"Rar!\x1a\x07\x01\x00" + bytes(100), "disc.iso": bytes(2048),
    "seven-noext": b"7z\xbc\xaf\x27\x1c" + bytes(100),
    "cut.dcm.gz": gzip.compress(dicom)[:5000], "flipped.dcm.gz": bytes(b ^ (i == 30000) for i, b in enumerate(gzip.compress(dicom, 1))),
    "no.gz": b"not packed at all", "cut.zip": zipped({"IM1.dcm": dicom})[:5000], "cut.tar": tarred({"IM1.dcm": dicom})[:50000],
    "cut.tar.gz": tarred({"IM1.dcm": dicom}, "w:gz")[:5000], "deep.zip": deep,
    "bomb.dcm.xz": lzma.compress(bytes(300 << 20)), "bomb.tar.bz2": bz2.compress(tarred({"IM1.dcm": bytes(300 << 20)})),
    "in.zip": zipped({"inner.7z": b"7z\xbc\xaf\x27\x1c" + bytes(100)}),
}
for name, content in bad.items():
    write("bad-archives/" + name, content)
for name in ("notes.txt.gz", "volume.nii.gz", "dump.sql.bz2"):
    write("other-archives/" + name, bz2.compress(b"text") if name.endswith("bz2") else gzip.compress(b"text"))
write("other-archives/good.dcm", dicom)
