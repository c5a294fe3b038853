"""Pictures and masks that go wrong, made of good ones: make_picture_cases.py OUT IMAGE.png... (grey, 8 or 16 bits).

Writes OUT/plain/N.png and, for each kind, OUT/KIND/N.png (or .jpg, .tif) of the same picture.
"""
import pathlib
import struct
import sys
import zlib

import numpy
from PIL import Image

TURNS = {1: lambda a: a, 2: lambda a: a[:, ::-1], 3: lambda a: a[::-1, ::-1], 4: lambda a: a[::-1], 5: lambda a: a.T,
         6: lambda a: numpy.rot90(a, 1), 7: lambda a: a[::-1, ::-1].T, 8: lambda a: numpy.rot90(a, -1)}
"""From the upright picture to the pixels that a file with this orientation stores (TIFF 6.0, page 36)."""


def save(path, array, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(numpy.ascontiguousarray(array)).save(path, **options)


def exif(orientation, order="<"):
    mark = b"II" if order == "<" else b"MM"
    return mark + struct.pack(order + "HIHHHIHHI", 42, 8, 1, 274, 3, 1, orientation, 0, 0)


def with_exif_chunk(path, orientation):
    """Adds the chunk eXIf behind a PNG's header."""
    data = path.read_bytes()
    body = b"eXIf" + exif(orientation, ">")
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    path.write_bytes(data[:33] + chunk + data[33:])


def framed(a, width, value):
    return numpy.pad(a, width, constant_values=value)


def to_left(a):
    """The picture with its brighter side, the chest wall, at the left."""
    w = a.shape[1]
    return a if a[:, : w // 10].mean() > a[:, -w // 10:].mean() else a[:, ::-1]


def main(out, files):
    for n, file in enumerate(files):
        a = numpy.asarray(Image.open(file))
        full = int(a.max())
        h, w = a.shape
        name = f"{n}.png"
        save(out / "plain" / name, a)
        side = max(h, w)
        wide, thin = round(side * 0.04), max(2, side // 200)
        for kind, picture in {
            "frame_white": framed(a, max(4, side // 80), full), "frame_grey": framed(a, max(4, side // 80), full // 2),
            "frame_black": framed(a, max(4, side // 80), 0), "frame_wide": framed(a, wide, full),
            "frame_thin": framed(a, thin, full), "frame_double": framed(framed(a, thin, 0), wide // 2, full),
            "frame_lines": framed(framed(framed(a, thin, full), thin, 0), thin, full)}.items():
            save(out / kind / name, picture)
        if a.dtype == numpy.uint8:
            save(out / "frame_jpeg" / f"{n}.jpg", framed(a, 12, 255), quality=90)
        # The wall is where the picture's border is brightest; the other end of the row is in front.
        left = a[:, : w // 10].mean() > a[:, -w // 10:].mean()
        for value, word in ((0, "black"), (full // 2 + 1, "grey"), (full, "white")):
            for side_name in ("bottom", "top", "front"):
                cut = a.copy()
                if side_name == "bottom":
                    cut[h // 2:] = value
                elif side_name == "top":
                    cut[: h // 2] = value
                else:
                    columns = numpy.flatnonzero((a > a.min() + 0.15 * (full - int(a.min()))).sum(0) > h // 5)
                    depth = columns.max() if left else w - columns.min()
                    at = depth // 2
                    cut[:, at if left else 0: None if left else w - at] = value
                save(out / f"cut_{word}_{side_name}" / name, cut)
        for orientation, turn in TURNS.items():
            stored = turn(a)
            if a.dtype == numpy.uint8:
                save(out / "exif" / f"{n}-{orientation}.jpg", stored, quality=95,
                     exif=b"Exif\0\0" + exif(orientation, "<>"[orientation % 2]))
            save(out / "exif" / f"{n}-{orientation}.png", stored)
            with_exif_chunk(out / "exif" / f"{n}-{orientation}.png", orientation)
            save(out / "exif" / f"{n}-{orientation}.tif", stored, tiffinfo={274: orientation})
    pictures = [numpy.asarray(Image.open(f)) for f in files]
    for n in range(len(pictures) - 1):
        one, two = pictures[n], pictures[n + 1]
        if one.shape != two.shape or one.dtype != two.dtype:
            continue
        one, two = to_left(one), to_left(two)
        pair = {"facing": numpy.hstack([one, two[:, ::-1]]), "back_to_back": numpy.hstack([one[:, ::-1], two]),
                "mirrored": numpy.hstack([one[:, ::-1], one]), "same_way": numpy.hstack([one, two]),
                "stacked": numpy.vstack([one, two])}
        pair["sheet"] = numpy.vstack([pair["back_to_back"], pair["back_to_back"][:, ::-1]])
        pair["sheet_facing"] = numpy.vstack([pair["facing"], pair["facing"][:, ::-1]])
        pair["row_of_four"] = numpy.hstack([pair["back_to_back"], pair["back_to_back"][:, ::-1]])
        for kind, picture in pair.items():
            save(out / f"several_{kind}" / f"{n}.png", picture)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2:])
