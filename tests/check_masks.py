"""Checks each mask picture of a predict run against its row: size, values, and the percent they give."""
import json
import pathlib
import struct
import sys
import zlib

import numpy as np


def read_png(path):
    """Grey PNG of 2 or 8 bits to an array of 8 bits, filters undone (PNG specification, clauses 7.2, 9 and 13.12)."""
    data, at, idat = path.read_bytes(), 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", data[at + 8:at + 18])
        if kind == b"IDAT":
            idat += data[at + 8:at + 8 + size]
        at += size + 12
    assert depth in (2, 8) and colour == 0
    columns, width = width, (width * depth + 7) // 8  # bytes in a line
    raw = np.frombuffer(zlib.decompress(idat), np.uint8).reshape(height, width + 1)
    image = np.zeros((height, width), np.uint8)
    above = np.zeros(width, np.int64)
    for y in range(height):
        kind, line = raw[y, 0], raw[y, 1:].astype(np.int64)
        if kind == 0:
            row = line
        elif kind == 1:
            row = np.cumsum(line) % 256
        elif kind == 2:
            row = (line + above) % 256
        else:
            row, left, corner = np.zeros(width, np.int64), 0, 0
            for x in range(width):
                up = above[x]
                if kind == 3:
                    guess = (left + up) // 2
                else:
                    p = left + up - corner
                    guess = min((abs(p - left), 0, left), (abs(p - up), 1, up), (abs(p - corner), 2, corner))[2]
                left, corner = (line[x] + guess) % 256, up
                row[x] = left
        image[y] = above = row
    if depth == 2:
        image = np.stack([image >> shift & 3 for shift in (6, 4, 2, 0)], axis=2).reshape(height, -1) * 85
    return image[:, :columns]


def main(out):
    checked = 0
    for row in json.loads((out / "results.json").read_text())["results"]:
        if row["status"] != "ok":
            continue
        name = pathlib.Path(row["path"]).name
        masks = [p for p in (out / "masks").iterdir() if p.name in (name + ".png", pathlib.Path(name).stem + ".png")]
        assert len(masks) == 1, (name, masks)
        mask = read_png(masks[0])
        assert mask.shape == (row["rows"], row["columns"]), name
        assert set(np.unique(mask)) <= {0, 85, 170, 255}, name
        breast, dense = np.isin(mask, (85, 170)).sum(), (mask == 170).sum()
        assert abs(100 * dense / breast - row["percent_density"]) < 1e-6, name
        if row["dense_area_cm2"] is not None:
            pixel = row["row_spacing_mm"] * row["column_spacing_mm"] / 100
            assert abs(dense * pixel - row["dense_area_cm2"]) < 1e-6, name
        checked += 1
    assert checked > 0
    print(f"{checked} masks agree with their rows")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
