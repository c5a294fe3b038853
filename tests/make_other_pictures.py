#!/usr/bin/env python3
"""Draws pictures that are no mammograms: `make_other_pictures.py OUT [COUNT [SEED]]`, COUNT of each kind (default 2), one
folder a kind. All are drawn here: what other modalities, test objects, documents and screens look like, not copies of any.
"""
import pathlib
import sys

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

W, H = 480, 640


def grid(w=W, h=H):
    y, x = np.mgrid[0:h, 0:w].astype(float)
    return (x - w / 2) / (w / 2), (y - h / 2) / (h / 2)


def coloured_noise(rng, power, w=W, h=H):
    """Noise whose amplitude falls as frequency to the -power, scaled to 0..1."""
    fy, fx = np.fft.fftfreq(h)[:, None], np.fft.rfftfreq(w)[None]
    f = np.hypot(fy, fx)
    f[0, 0] = 1
    spectrum = np.fft.rfft2(rng.normal(size=(h, w))) / f**power
    spectrum[0, 0] = 0
    noise = np.fft.irfft2(spectrum, (h, w))
    low, high = np.percentile(noise, (0.5, 99.5))
    return np.clip((noise - low) / (high - low), 0, 1)


def ellipse(x, y, cx, cy, rx, ry, angle=0.0):
    c, s = np.cos(angle), np.sin(angle)
    u, v = ((x - cx) * c + (y - cy) * s) / rx, (-(x - cx) * s + (y - cy) * c) / ry
    return np.hypot(u, v)


def soft(d, width=0.03):
    """1 within the unit ellipse, 0 without, soft at the edge."""
    return 1 / (1 + np.exp(np.clip((d - 1) / width, -60, 60)))


def finish(picture, rng, noise=0.01):
    return np.clip(picture + rng.normal(0, noise, picture.shape), 0, 1) * 255


def font(rng, low=12, high=30):
    return ImageFont.load_default(int(rng.integers(low, high)))


WORDS = "the model of breast density reads a film and gives percent area of dense tissue for each view 12.5 37 2026 table".split()


def text(rng, n):
    return " ".join(rng.choice(WORDS, n))


# --- documents and screens ------------------------------------------------------------------------------------------
def page(rng):
    paper = int(rng.integers(225, 256))
    image = Image.new("L", (W, H), paper)
    draw, f = ImageDraw.Draw(image), font(rng, 10, 20)
    step = int(f.size * rng.uniform(1.2, 1.8))
    for y in range(30, H - 30, step):
        if rng.random() < 0.85:
            draw.text((30, y), text(rng, int(rng.integers(4, 14))), fill=int(rng.integers(0, 70)), font=f)
    a = np.asarray(image.rotate(rng.uniform(-3, 3), fillcolor=paper), float)
    if rng.random() < 0.5:  # photographed: uneven light
        a *= 0.6 + 0.4 * coloured_noise(rng, 2.5)
    return np.clip(a + rng.normal(0, 3, a.shape), 0, 255)


def screenshot(rng):
    dark = rng.random() < 0.5
    image = Image.new("L", (800, 600), 25 if dark else 240)
    draw, f = ImageDraw.Draw(image), font(rng, 11, 16)
    draw.rectangle((0, 0, 800, 30), fill=60 if dark else 200)
    draw.rectangle((0, 30, int(rng.integers(120, 260)), 600), fill=40 if dark else 225)
    for y in range(45, 590, 22):
        draw.text((10, y), text(rng, 2), fill=210 if dark else 40, font=f)
        draw.text((280, y), text(rng, int(rng.integers(2, 9))), fill=int(rng.integers(150, 255) if dark else rng.integers(0, 90)), font=f)
    x, y = rng.integers(300, 500), rng.integers(100, 300)
    picture = Image.fromarray((coloured_noise(rng, 1.4, 220, 180) * 255).astype(np.uint8))
    image.paste(picture, (int(x), int(y)))
    return np.asarray(image, float)


def plot(rng):
    image = Image.new("L", (640, 480), 255)
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 30, 610, 430), outline=0)
    kind = rng.integers(3)
    if kind == 0:
        heights = np.abs(np.cumsum(rng.normal(0, 30, 25))) + rng.uniform(5, 60, 25)
        for i, h in enumerate(heights):
            draw.rectangle((65 + i * 21, 430 - min(h * 2, 390), 82 + i * 21, 430), fill=int(rng.integers(60, 160)))
    elif kind == 1:
        for _ in range(int(rng.integers(1, 5))):
            y = 230 + np.cumsum(rng.normal(0, 6, 540))
            draw.line([(65 + i, float(np.clip(v, 32, 428))) for i, v in enumerate(y)], fill=int(rng.integers(0, 150)), width=2)
    else:
        for x, y in zip(rng.normal(330, 110, 400), rng.normal(230, 80, 400), strict=True):
            draw.ellipse((x - 3, y - 3, x + 3, y + 3), fill=int(rng.integers(0, 180)))
    for i in range(8):
        draw.text((60 + i * 70, 440), f"{i * 10}", fill=0, font=font(rng, 11, 14))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(0.6)), float)


def logo(rng):
    image = Image.new("L", (512, 512), int(rng.choice([0, 255, 230, 20])))
    draw = ImageDraw.Draw(image)
    for _ in range(int(rng.integers(1, 5))):
        x, y, r = rng.integers(80, 430), rng.integers(80, 430), rng.integers(30, 180)
        (draw.ellipse if rng.random() < 0.6 else draw.rectangle)(
            (int(x - r), int(y - r), int(x + r), int(y + r)), fill=int(rng.integers(30, 230))
        )
    draw.text((150, 230), text(rng, 2), fill=int(rng.choice([0, 255])), font=font(rng, 40, 70))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(rng.uniform(0.6, 2))), float)


def label_map(rng):
    field = coloured_noise(rng, 2.2)
    return np.digitize(field, np.sort(rng.uniform(0.1, 0.9, int(rng.integers(1, 5))))) * 50.0


def drawing(rng):
    image = Image.new("L", (W, H), 255)
    draw = ImageDraw.Draw(image)
    for _ in range(int(rng.integers(10, 60))):
        p = rng.uniform((0, 0), (W, H))
        points = p + np.cumsum(rng.normal(0, 14, (30, 2)), axis=0)
        draw.line([tuple(map(float, q)) for q in points], fill=int(rng.integers(0, 120)), width=int(rng.integers(1, 5)))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(0.8)), float)


# --- fields and test objects ----------------------------------------------------------------------------------------
def flat_field(rng):
    x, y = grid()
    return finish(rng.uniform(0.3, 0.7) * (1 - rng.uniform(0, 0.3) * (x**2 + y**2) / 2), rng, rng.uniform(0.005, 0.05))


def gradient(rng):
    x, y = grid()
    a = rng.uniform(0, 2 * np.pi)
    ramp = (x * np.cos(a) + y * np.sin(a)) / 2.9 + 0.5
    if rng.random() < 0.4:
        ramp = np.hypot(x - rng.uniform(-1, 1), y - rng.uniform(-1, 1)) / 2.5
    return finish(ramp, rng, rng.uniform(0, 0.02))


def noise(rng):
    return coloured_noise(rng, rng.choice([0, 0.5, 1, 1.5, 2])) * 255


def acr_phantom(rng):
    """A mammography test object: a uniform block with a wax square of fibres, groups of specks and masses."""
    w, h = 512, 640
    x, y = grid(w, h)
    left = rng.random() < 0.5
    block = soft(np.maximum(np.abs(y) / rng.uniform(0.6, 0.97), np.abs(x + 1) / rng.uniform(1.2, 1.9)), 0.01)
    picture = 0.05 + 0.5 * block
    size, cx = rng.uniform(0.35, 0.6), rng.uniform(-0.5, -0.2)
    wax = soft(np.maximum(np.abs(x - cx) / size, np.abs(y) / (size * w / h)), 0.01)
    picture += 0.12 * wax * block
    for row in range(4):
        for column in range(4):
            px, py = cx + size * (column - 1.5) / 2.2, size * w / h * (row - 1.5) / 2.2
            contrast = 0.25 * (1 - (row * 4 + column) / 18)
            if row == 0 or (row == 1 and column < 2):  # fibres
                picture += contrast * np.exp(-((x - px + (y - py)) ** 2) / 2e-4) * (ellipse(x, y, px, py, 0.08, 0.08) < 1)
            elif row < 3:
                for a in np.linspace(0, 2 * np.pi, 6):
                    picture += 1.5 * contrast * np.exp(-((x - px - 0.04 * np.cos(a)) ** 2 + (y - py - 0.04 * np.sin(a)) ** 2) / 1e-4)
            else:
                picture += contrast * soft(ellipse(x, y, px, py, 0.06, 0.05), 0.2)
    picture += 0.3 * soft(ellipse(x, y, cx + size + 0.15, 0, 0.05, 0.04), 0.05) * block  # disc
    return finish(picture if left else picture[:, ::-1], rng, rng.uniform(0.004, 0.02))


def step_wedge(rng):
    x, y = grid()
    steps = int(rng.integers(6, 15))
    a = np.clip(np.floor((y + 0.85) / 1.7 * steps), 0, steps - 1) / steps
    inside = (np.abs(y) < 0.85) & (np.abs(x - rng.uniform(-0.3, 0.3)) < rng.uniform(0.2, 0.6))
    return finish(np.where(inside, 0.15 + 0.8 * a, rng.choice([0.02, 0.5])), rng, 0.01)


def line_pairs(rng):
    x, y = grid()
    band = np.floor((y + 1) * 4)
    lines = 0.5 + 0.4 * np.sign(np.sin(x * np.pi * (4 + 4 * band)))
    inside = (np.abs(x) < rng.uniform(0.4, 0.9)) & (np.abs(y) < 0.9)
    return finish(np.where(inside, lines, rng.choice([0.05, 0.5])), rng, 0.02)


def contrast_discs(rng):
    x, y = grid(512, 512)
    body = soft(ellipse(x, y, 0, 0, 0.85, 0.85) if rng.random() < 0.5 else np.maximum(abs(x), abs(y)) / 0.8, 0.01)
    picture = 0.05 + 0.4 * body
    for ring in range(3):
        for a in np.linspace(0, 2 * np.pi, 8, endpoint=False):
            r = 0.2 + 0.2 * ring
            picture += rng.uniform(-0.2, 0.4) * soft(ellipse(x, y, r * np.cos(a), r * np.sin(a), 0.06, 0.06), 0.05)
    return finish(picture, rng, rng.uniform(0.01, 0.04))


# --- other parts of the body ----------------------------------------------------------------------------------------
def ct_slice(rng):
    x, y = grid(512, 512)
    body_d = ellipse(x, y, 0, 0.02, rng.uniform(0.7, 0.95), rng.uniform(0.5, 0.75))
    body = soft(body_d, 0.01)
    picture = 0.30 * body + 0.12 * soft(body_d * 1.12, 0.01)
    if rng.random() < 0.5:
        for side in (-1, 1):  # lungs
            picture -= 0.38 * soft(ellipse(x, y, side * 0.38, -0.02, 0.26, 0.38, side * 0.2), 0.02)
    for _ in range(int(rng.integers(3, 9))):
        picture += (
            rng.uniform(-0.1, 0.12)
            * soft(
                ellipse(
                    x,
                    y,
                    rng.uniform(-0.5, 0.5),
                    rng.uniform(-0.35, 0.35),
                    rng.uniform(0.08, 0.3),
                    rng.uniform(0.08, 0.25),
                    rng.uniform(0, 3),
                ),
                0.04,
            )
            * body
        )
    picture += 0.5 * soft(ellipse(x, y, 0, 0.42, 0.11, 0.12), 0.05) - 0.25 * soft(ellipse(x, y, 0, 0.47, 0.05, 0.04), 0.1)
    for a in np.linspace(0.2, 2 * np.pi, 14):  # ribs
        picture += 0.45 * soft(ellipse(x, y, 0.72 * np.cos(a), 0.55 * np.sin(a), 0.07, 0.025, a + 1.5), 0.1) * body
    picture += 0.1 * (np.abs(y - 0.85 - 0.1 * x**2) < 0.01)  # table
    return finish(picture, rng, rng.uniform(0.01, 0.03))


def brain(rng):
    x, y = grid(512, 512)
    rx, ry = rng.uniform(0.55, 0.75), rng.uniform(0.75, 0.92)
    head = ellipse(x, y, 0, 0, rx, ry)
    bone = rng.choice([0.9, 0.15])  # CT or MR
    picture = 0.5 * soft(head, 0.01) + (bone - 0.5) * (soft(head, 0.01) - soft(head * 1.1, 0.01))
    folds = coloured_noise(rng, 1.7, 512, 512)
    folds = 0.5 * (folds + folds[:, ::-1])
    picture += 0.5 * np.tanh(6 * (folds - 0.5)) * soft(head * 1.16, 0.02) * rng.uniform(0.2, 0.6)
    for side in (-1, 1):
        picture -= 0.3 * soft(ellipse(x, y, side * 0.1, -0.02, 0.07, 0.26, side * 0.25), 0.05)
    return finish(picture, rng, rng.uniform(0.01, 0.03))


def chest(rng):
    x, y = grid(512, 560)
    body = soft(ellipse(x, y, 0, 0.35, 1.15, 1.25), 0.03)
    picture = 0.62 * body
    for side in (-1, 1):
        picture -= 0.42 * soft(ellipse(x, y, side * rng.uniform(0.38, 0.46), -0.05, rng.uniform(0.27, 0.36), 0.62, side * 0.12), 0.06)
        for k in range(8):
            picture += (
                0.09
                * np.exp(-((np.hypot((x - side * 0.25) / 1.0, (y + 0.75 - k * 0.19) / 0.7 - 0.15) - 0.45) ** 2) / 8e-4)
                * (side * x > 0)
                * body
            )
        picture += 0.16 * soft(ellipse(x, y, side * 0.4, -0.78, 0.38, 0.035, -side * 0.25), 0.3)
    picture += 0.22 * soft(ellipse(x, y, 0, 0, 0.1, 1.1), 0.1) + 0.25 * soft(ellipse(x, y, 0.14, 0.3, 0.3, 0.3, 0.5), 0.1)
    return finish(picture + 0.08 * (coloured_noise(rng, 1.5, 512, 560) - 0.5), rng, 0.015)


def hand(rng):
    x, y = grid()
    turn = rng.uniform(-0.3, 0.3)
    x, y = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
    flesh = soft(ellipse(x, y, 0, 0.35, 0.52, 0.38), 0.04)
    bones = np.zeros_like(x)
    flesh = np.maximum(flesh, soft(ellipse(x, y, 0, 0.9, 0.3, 0.4), 0.04))
    for i, a in enumerate(np.radians([-50, -17, -3, 10, 23])):
        length = 0.75 if i else 0.5
        dx, dy = np.sin(a), -np.cos(a)
        for k, (start, stop) in enumerate(((0.05, 0.38), (0.42, 0.62), (0.65, 0.8), (0.83, 0.93))):
            middle = (start + stop) / 2 * length * 1.5
            cx, cy = dx * middle, 0.45 + dy * middle
            if k:
                flesh = np.maximum(flesh, soft(ellipse(x, y, cx, cy, 0.11, (stop - start) * length, a), 0.06))
            bones = np.maximum(bones, soft(ellipse(x, y, cx, cy, 0.05, (stop - start) * length * 0.75, a), 0.12))
    for _ in range(8):
        bones = np.maximum(bones, soft(ellipse(x, y, rng.uniform(-0.18, 0.18), rng.uniform(0.5, 0.66), 0.07, 0.06), 0.1))
    for side in (-1, 1):
        bones = np.maximum(bones, soft(ellipse(x, y, side * 0.12, 0.95, 0.08, 0.25), 0.1))
    return finish(0.04 + 0.3 * flesh + 0.5 * bones * (0.8 + 0.4 * coloured_noise(rng, 1)), rng, 0.01)


def long_bone(rng):
    x, y = grid()
    bend = 0.1 * rng.uniform(-1, 1) * y**2
    limb = soft(np.abs(x - bend) / rng.uniform(0.35, 0.6), 0.05)
    d = np.abs(x - bend) / (0.14 + 0.1 * np.abs(y) ** 4)
    picture = 0.05 + 0.3 * limb + 0.35 * soft(d, 0.05) - 0.15 * soft(d * 1.8, 0.1)
    if rng.random() < 0.5:
        picture += 0.25 * soft(np.abs(x - bend - 0.26) / 0.05, 0.1)
    gap = rng.uniform(-0.4, 0.4)
    picture -= 0.3 * np.exp(-((y - gap) ** 2) / 3e-4) * soft(d, 0.05)
    return finish(picture + 0.05 * (coloured_noise(rng, 1.2) - 0.5), rng, 0.01)


def pelvis(rng):
    x, y = grid(600, 512)
    picture = 0.45 * soft(ellipse(x, y, 0, 0, 1.1, 1.2), 0.05)
    for side in (-1, 1):
        picture += 0.3 * soft(ellipse(x, y, side * 0.45, -0.4, 0.3, 0.42, side * 0.5), 0.06) - 0.12 * soft(
            ellipse(x, y, side * 0.42, -0.4, 0.2, 0.3, side * 0.5), 0.2
        )
        picture += 0.3 * soft(ellipse(x, y, side * 0.56, 0.2, 0.14, 0.14), 0.06) + 0.3 * soft(
            ellipse(x, y, side * 0.68, 0.7, 0.1, 0.55, side * 0.1), 0.08
        )
        picture += 0.3 * (soft(ellipse(x, y, side * 0.2, 0.5, 0.2, 0.15), 0.1) - soft(ellipse(x, y, side * 0.2, 0.5, 0.12, 0.08), 0.1))
    picture += 0.3 * soft(ellipse(x, y, 0, -0.6, 0.13, 0.5), 0.08)
    return finish(picture + 0.1 * (coloured_noise(rng, 1.5, 600, 512) - 0.5), rng, 0.015)


def spine(rng):
    x, y = grid(360, 640)
    bend = 0.15 * np.sin(2.5 * y + rng.uniform(0, 6))
    picture = 0.35 + 0.1 * (coloured_noise(rng, 1.8, 360, 640) - 0.5)
    for k in np.linspace(-0.95, 0.95, int(rng.integers(6, 10))):
        picture = (
            picture
            + 0.35 * soft(np.maximum(abs(x - bend) / 0.28, abs(y - k) / 0.085), 0.1)
            - 0.15 * soft(np.maximum(abs(x - bend) / 0.22, abs(y - k) / 0.06), 0.2)
        )
    return finish(picture, rng, 0.02)


def teeth(rng):
    x, y = grid(640, 480)
    picture = 0.25 + 0.1 * coloured_noise(rng, 1.8, 640, 480)
    for row, root in ((-0.25, -1), (0.25, 1)):
        for k in np.linspace(-0.9, 0.9, int(rng.integers(5, 11))):
            crown = soft(ellipse(x, y, k, row + 0.02 * rng.normal(), 0.085, 0.17), 0.15)
            roots = soft(ellipse(x, y, k, row + root * 0.35, 0.06, 0.35), 0.15)
            picture = np.maximum(picture, 0.75 * crown)
            picture = np.maximum(picture, 0.55 * roots) - 0.2 * soft(ellipse(x, y, k, row + root * 0.25, 0.02, 0.3), 0.3)
    return finish(picture, rng, 0.02)


def ultrasound(rng):
    x, y = grid(640, 480)
    r, a = np.hypot(x, y + 1.15), np.arctan2(x, y + 1.15)
    fan = (np.abs(a) < rng.uniform(0.4, 0.8)) & (r > 0.25) & (r < 2.0)
    if rng.random() < 0.3:
        fan = (np.abs(x) < 0.7) & (np.abs(y) < 0.85)
    speckle = rng.rayleigh(0.4, x.shape) * np.exp(-0.4 * r)
    speckle = (
        np.asarray(Image.fromarray((np.clip(speckle, 0, 1) * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(1.2)), float) / 255
    )
    tissue = 0.35 + 0.9 * coloured_noise(rng, 1.6, 640, 480)
    for _ in range(int(rng.integers(1, 4))):
        tissue *= 1 - 0.85 * soft(
            ellipse(x, y, rng.uniform(-0.4, 0.4), rng.uniform(-0.5, 0.6), rng.uniform(0.08, 0.3), rng.uniform(0.08, 0.3)), 0.05
        )
    image = Image.fromarray((np.clip(speckle * tissue * 1.8, 0, 1) * fan * 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for i in range(6):
        draw.text((8, 12 + 16 * i), text(rng, 1), fill=200, font=font(rng, 10, 13))
    return np.asarray(image, float)


def fundus(rng):
    x, y = grid(512, 512)
    disc = soft(ellipse(x, y, 0, 0, 0.95, 0.95), 0.005)
    picture = 0.45 + 0.15 * (coloured_noise(rng, 1.8, 512, 512) - 0.5) - 0.12 * (x**2 + y**2)
    cx = rng.choice([-0.4, 0.4])
    image = Image.new("L", (512, 512), 0)
    draw = ImageDraw.Draw(image)
    for _ in range(14):
        a, p = rng.uniform(0, 2 * np.pi), np.array([256 + cx * 256, 256.0])
        for w in range(60):
            q = p + 7 * np.array([np.cos(a), np.sin(a)])
            draw.line((*map(float, p), *map(float, q)), fill=255, width=max(1, 6 - w // 10))
            p, a = q, a + rng.normal(0, 0.18)
    vessels = np.asarray(image.filter(ImageFilter.GaussianBlur(1.5)), float) / 255
    picture = picture + 0.35 * soft(ellipse(x, y, cx, 0, 0.12, 0.13), 0.1) - 0.2 * vessels
    return finish(picture * disc, rng, 0.01)


def cells(rng):
    x, y = grid(512, 512)
    picture = np.full(x.shape, rng.uniform(0.05, 0.2))
    for _ in range(int(rng.integers(10, 60))):
        r = rng.uniform(0.05, 0.16)
        picture += rng.uniform(0.2, 0.6) * soft(
            ellipse(x, y, rng.uniform(-1, 1), rng.uniform(-1, 1), r, r * rng.uniform(0.6, 1), rng.uniform(0, 3)), 0.1
        )
    return finish(picture, rng, 0.02)


def landscape(rng):
    """Sky, hills and trees, as a photograph has them."""
    _, y = grid(640, 480)
    picture = 0.75 - 0.15 * y + 0.15 * coloured_noise(rng, 1.8, 640, 480)
    for k in range(int(rng.integers(2, 5))):
        ridge = -0.2 + 0.3 * k + 0.2 * np.cumsum(rng.normal(0, 0.02, 640))
        picture = np.where(y > ridge[None], rng.uniform(0.15, 0.6) + 0.3 * (coloured_noise(rng, 1.0, 640, 480) - 0.5), picture)
    return finish(picture, rng, 0.01)


def objects(rng):
    """Lit things on a table or on black, as a photograph has them."""
    x, y = grid(512, 512)
    ground = rng.choice([0.03, 0.3, 0.8])
    picture = ground * (1 + 0.3 * (coloured_noise(rng, 1.2, 512, 512) - 0.5))
    for _ in range(int(rng.integers(1, 7))):
        cx, cy, r = rng.uniform(-0.7, 0.7), rng.uniform(-0.7, 0.7), rng.uniform(0.15, 0.5)
        d = ellipse(x, y, cx, cy, r, r * rng.uniform(0.6, 1.2), rng.uniform(0, 3))
        if rng.random() < 0.4:
            d = np.maximum(abs(x - cx), abs(y - cy)) / r
        light = (
            rng.uniform(0.3, 0.7)
            + 0.3 * ((x - cx) * rng.normal() + (y - cy) * rng.normal())
            + 0.2 * (coloured_noise(rng, rng.uniform(0.5, 1.5), 512, 512) - 0.5)
        )
        picture = np.where(d < 1, light, picture)
    return finish(picture, rng, 0.008)


def face(rng):
    x, y = grid(480, 600)
    picture = rng.uniform(0.1, 0.8) + 0.2 * (coloured_noise(rng, 1.6, 480, 600) - 0.5)
    head = soft(ellipse(x, y, 0, -0.1, 0.5, 0.6), 0.02)
    skin = rng.uniform(0.45, 0.8) - 0.2 * x * rng.choice([-1, 1])
    picture = np.where(head > 0.5, skin, picture)
    picture = np.where(ellipse(x, y, 0, -0.55, 0.52, 0.3) < 1, rng.uniform(0.05, 0.4), picture)
    picture = np.where((y > 0.5) & (ellipse(x, y, 0, 1.2, 0.9, 0.75) < 1), rng.uniform(0.1, 0.9), picture)
    for side in (-1, 1):
        picture -= 0.4 * soft(ellipse(x, y, side * 0.19, -0.15, 0.09, 0.03), 0.1)
    picture -= 0.3 * soft(ellipse(x, y, 0, 0.23, 0.16, 0.03), 0.2) + 0.1 * soft(ellipse(x, y, 0.03, 0.03, 0.04, 0.12), 0.2)
    return finish(picture, rng, 0.01)


KINDS = {f.__name__: f for f in (
    page, screenshot, plot, logo, label_map, drawing, flat_field, gradient, noise, acr_phantom, step_wedge, line_pairs,
    contrast_discs, ct_slice, brain, chest, hand, long_bone, pelvis, spine, teeth, ultrasound, fundus, cells, landscape,
    objects, face)}


def main():
    out, count, seed = pathlib.Path(sys.argv[1]), *(int(v) for v in (sys.argv[2:] + ["2", "0"][len(sys.argv) - 2:])[:2])
    for k, (name, draw) in enumerate(KINDS.items()):
        (out / name).mkdir(parents=True, exist_ok=True)
        for i in range(count):
            picture = np.clip(draw(np.random.default_rng((seed, k, i))), 0, 255).astype(np.uint8)
            Image.fromarray(picture).save(out / name / f"{i:03d}.png")


if __name__ == "__main__":
    main()
