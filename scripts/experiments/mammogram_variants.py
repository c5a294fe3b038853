#!/usr/bin/env python3
"""Makes copies of mammograms as they may come: `mammogram_variants.py OUT required|harsh FILE...`, one folder a variant.

required: what must be measured: 8 bits, its negative, cut by 20 % at each side alone and all around, a quarter of its size.
harsh: what archives do to films and pictures besides, to learn a margin from: padding, a grey or uneven background, a light
border, labels, gamma, noise, JPEG, blur, a window that clips, quarter turns. Two of these for each file, drawn by its name.
"""
import io
import pathlib
import sys
import zlib

import numpy as np
from PIL import Image, ImageDraw, ImageFilter


def eight_bits(a, _=None):
    return a


def cut(left=0.0, top=0.0, right=0.0, bottom=0.0):
    def apply(a, _):
        h, w = a.shape
        return a[round(top * h):h - round(bottom * h), round(left * w):w - round(right * w)]
    return apply


def quarter(a, _):
    return np.asarray(Image.fromarray(a.astype(np.uint8)).resize((max(1, a.shape[1] // 4), max(1, a.shape[0] // 4)), Image.BOX), float)


REQUIRED = {"as_is": eight_bits, "negative": lambda a, _: 255 - a, "cut_left": cut(left=0.2), "cut_right": cut(right=0.2),
            "cut_top": cut(top=0.2), "cut_bottom": cut(bottom=0.2), "cut_around": cut(0.1, 0.1, 0.1, 0.1),
            "cut_around_more": cut(0.2, 0.2, 0.2, 0.2), "quarter": quarter}


def padded(a, rng):
    h, w = a.shape
    top, bottom, left, right = (int(v) for v in rng.uniform(0.02, 0.35, 4) * (h, h, w, w))
    return np.pad(a, ((top, bottom), (left, right)), constant_values=rng.choice([0, 0, float(np.percentile(a, 1)), 10]))


def smooth_field(shape, rng, low, high):
    small = Image.fromarray(rng.uniform(low, high, (3, 3)).astype(np.float32))
    return np.asarray(small.resize(shape[::-1], Image.BICUBIC), float)


def grey_background(a, rng):
    lift = smooth_field(a.shape, rng, 10, 90)
    return lift + a * (255 - lift) / 255 + rng.normal(0, rng.uniform(0, 5), a.shape)


def border(a, rng):
    out = a.copy()
    h, w = a.shape
    for side in rng.permutation(4)[: rng.integers(1, 5)]:
        n, v = int(rng.uniform(0.01, 0.08) * min(h, w)), rng.uniform(120, 255)
        {0: out[:n], 1: out[h - n:], 2: out[:, :n], 3: out[:, w - n:]}[int(side)][...] = v
    return out


def labelled(a, rng):
    h, w = a.shape
    image = Image.fromarray(np.clip(a, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for _ in range(int(rng.integers(1, 4))):
        x, y = rng.uniform(0, w), rng.uniform(0, h * 0.9)
        if a[int(y), min(w - 1, int(x))] < 40:
            draw.rectangle((x, y, x + rng.uniform(0.05, 0.25) * w, y + rng.uniform(0.02, 0.12) * h), fill=int(rng.integers(120, 255)))
            draw.text((x + 3, y + 3), "RMLO 1993", fill=0)
    return np.asarray(image, float)


def gamma(a, rng):
    return 255 * (np.clip(a, 0, 255) / 255) ** np.exp(rng.uniform(-0.9, 0.9))


def noisy(a, rng):
    return a + rng.normal(0, rng.uniform(5, 22), a.shape)


def jpeg(a, rng):
    buffer = io.BytesIO()
    Image.fromarray(np.clip(a, 0, 255).astype(np.uint8)).save(buffer, "JPEG", quality=int(rng.integers(8, 50)))
    return np.asarray(Image.open(buffer), float)


def blurred(a, rng):
    return np.asarray(
        Image.fromarray(np.clip(a, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(rng.uniform(1, 4) * max(a.shape) / 600)), float
    )


def window(a, rng):
    low, high = np.percentile(a[a > 10], (rng.uniform(0, 30), rng.uniform(75, 100))) if (a > 10).any() else (0, 255)
    return (a - low) / max(1.0, high - low) * 255


def turned(a, rng):
    return np.rot90(a, int(rng.integers(1, 4)))


def aslant(a, rng):
    image = Image.fromarray(np.clip(a, 0, 255).astype(np.uint8))
    return np.asarray(image.rotate(rng.uniform(-12, 12), Image.BILINEAR, fillcolor=int(np.percentile(a, 1))), float)


def sharpened(a, rng):
    soft = np.asarray(Image.fromarray(np.clip(a, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(max(a.shape) / 60)), float)
    return a + rng.uniform(0.5, 2.5) * (a - soft)


HARSH = {f.__name__: f for f in (padded, grey_background, border, labelled, gamma, noisy, jpeg, blurred, window, turned, aslant, sharpened)}


def read(path):
    a = np.asarray(Image.open(path), float)
    if a.ndim == 3:
        a = a[..., 0]
    return a if a.max() <= 255 else a / a.max() * 255


def main():
    out, which, files = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    for file in files:
        a = read(file)
        if max(a.shape) > 1600:
            image = Image.fromarray(np.clip(a, 0, 255).astype(np.uint8))
            image.thumbnail((1600, 1600), Image.BOX)
            a = np.asarray(image, float)
        rng = np.random.default_rng(zlib.crc32(pathlib.Path(file).name.encode()))
        names = list(REQUIRED) if which == "required" else [*rng.choice(list(HARSH), 2, replace=False), "both"]
        for name in names:
            if name == "both":  # two disturbances over one another
                picture = HARSH[names[1]](HARSH[names[0]](a, rng), rng)
            else:
                picture = (REQUIRED if which == "required" else HARSH)[name](a, rng)
            (out / name).mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.clip(picture + 0.5, 0, 255).astype(np.uint8)).save(
                out / name / (pathlib.Path(file).stem + ".png"), compress_level=1
            )


if __name__ == "__main__":
    main()
