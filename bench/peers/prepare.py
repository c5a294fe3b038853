"""From a file to the network's input and from its masks to the percent density, in Python with pydicom and OpenCV.

It follows docs/design.md and src/mhcnn/preprocess for a mammogram with a dark background and no frame, which is what `bench/compare.py`
measures: other pictures (negatives, cut pictures, several breasts) are not handled. `bench/compare.py` prints how far its percents
lie from those of mhcnn.
"""
import cv2
import numpy as np

WORKING_FACTOR = 2  # longer side of the working copy, divided by the longer side of the network's input
REGION_SIDE = 384  # longer side of the copy on which the breast is sought


def read(path):
    """Grey picture as it is to be shown: a picture file, or a DICOM file through its modality and VOI tables."""
    if str(path).endswith(".png"):
        return cv2.imread(str(path), cv2.IMREAD_UNCHANGED).astype(np.float32)
    import pydicom
    from pydicom.pixels import apply_modality_lut, apply_voi_lut

    ds = pydicom.dcmread(path)
    grey = apply_voi_lut(apply_modality_lut(ds.pixel_array, ds), ds).astype(np.float32)
    return grey.max() - grey if ds.PhotometricInterpretation == "MONOCHROME1" else grey


def resample(picture, size):
    smaller = size[0] < picture.shape[1] or size[1] < picture.shape[0]
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)


def scaled_to(picture, longer):
    scale = longer / max(picture.shape)
    return picture if scale >= 1 else resample(picture, tuple(max(1, round(side * scale)) for side in picture.shape[::-1]))


def strip_lines(unit):
    """Lines of a white or constant strip at the top of a picture (a film's border)."""
    most = len(unit) // 6
    white = next((i for i in range(most) if np.mean(unit[i] >= 0.9) <= 0.9), most)
    if white:
        return white + 4 if white < most else 0
    middle = lambda line: np.partition(line, (line.size - 1) // 2)[(line.size - 1) // 2]  # noqa: E731
    value = middle(unit[0])
    same = next((i for i in range(most) if np.mean(np.abs(unit[i] - value) <= 0.05) <= 0.97), most)
    if same in (0, most):
        return 0
    return same + 4 if abs(middle(unit[same + 4]) - value) > 0.03 else 0


def exposed_frame(unit):
    top, left, bottom, right = 0, 0, *unit.shape
    for _ in range(3):
        view = unit[top:bottom, left:right]
        if min(view.shape) < 32:
            break
        strips = [strip_lines(v) for v in (view, view[::-1], view.T, view.T[::-1])]
        if not any(strips):
            break
        top, bottom, left, right = top + strips[0], bottom - strips[1], left + strips[2], right - strips[3]
    return top, bottom, left, right


def background(unit):
    """Level of the dark mode, and the value above which a pixel is no longer background."""
    bins = np.bincount(np.clip((unit * 256).astype(int), 0, 255).ravel(), minlength=256).astype(float)
    mode = int(np.argmax(np.convolve(bins, np.ones(5), "same")[:115]))
    squares = np.sum(bins[: mode + 1] * (mode - np.arange(mode + 1)) ** 2)
    deviation = np.sqrt(squares / max(1, bins[: mode + 1].sum())) / 256
    level = (mode + 0.5) / 256
    return level, level + np.clip(4 * deviation, 0.03, 0.15)


def fill_holes(mask):
    padded = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    cv2.floodFill(padded, None, (0, 0), 128)
    return np.where(padded[1:-1, 1:-1] != 128, 255, 0).astype(np.uint8)


def axilla_on_top(unit, region, frame):
    x, y, w, h = cv2.boundingRect(region)
    grey = cv2.resize(unit[y : y + h, x : x + w], (96, 192), interpolation=cv2.INTER_AREA)
    inside = cv2.resize(region[y : y + h, x : x + w], (96, 192), interpolation=cv2.INTER_AREA) > 127
    mean, deviation = grey[inside].mean(), grey[inside].std()

    def corner(grey, inside):
        triangle = np.zeros(grey.shape, np.uint8)
        cv2.fillConvexPoly(triangle, np.array([[0, 0], [24, 0], [0, 48]]), 1)
        part = (triangle > 0) & inside
        return (grey[part].mean() - mean) / max(deviation, 1e-6) if part.sum() > 10 else -2

    weight = np.where(inside, np.maximum(0, grey - mean), 0)
    rows = np.arange(192)[:, None] + 0.5
    droop = (weight * rows).sum() / weight.sum() / 192 - 0.5 if weight.sum() > 0 else 0
    near = max(1, (frame[1] - frame[0]) // 100)
    runs_out = int(y <= frame[0] + near) - int(y + h >= frame[1] - near)
    return corner(grey, inside) - corner(grey[::-1], inside[::-1]) + runs_out + droop


def orientation(unit, region, frame):
    x, y, w, h = cv2.boundingRect(region)
    fill = lambda part: np.count_nonzero(part) / part.size  # noqa: E731
    across, down, box = max(1, w // 5), max(1, h // 5), region[y : y + h, x : x + w]
    left, right, top, bottom = fill(box[:, :across]), fill(box[:, -across:]), fill(box[:down]), fill(box[-down:])
    transposed = max(top, bottom) - max(left, right) + np.log(w / h) > 0
    mirrored_x = bottom > top if transposed else right > left
    if transposed:
        frame = (frame[2], frame[3], frame[0], frame[1])
    way = (bool(transposed), bool(mirrored_x), False)
    return (*way[:2], axilla_on_top(oriented(unit, way), oriented(region, way), frame) < 0)


def oriented(picture, way):
    picture = picture.T if way[0] else picture
    picture = picture[:, ::-1] if way[1] else picture
    return np.ascontiguousarray(picture[::-1] if way[2] else picture)


def undo(picture, way):
    picture = picture[::-1] if way[2] else picture
    picture = picture[:, ::-1] if way[1] else picture
    return np.ascontiguousarray(picture.T if way[0] else picture)


def find_breast(picture):
    """Masks of the breast and of other bright things, value of the background, orientation."""
    unit = scaled_to(picture, REGION_SIDE).astype(np.float32)
    unit = cv2.GaussianBlur(unit, (5, 5), 0)
    ranks = [int(share * (unit.size - 1)) for share in (0.002, 0.998)]
    low, high = np.partition(unit.ravel(), ranks)[ranks]
    unit = (unit - low) / (high - low)
    frame = exposed_frame(unit)
    inner = (slice(frame[0], frame[1]), slice(frame[2], frame[3]))
    level, threshold = background(unit[inner])
    bright = np.where(unit[inner] > threshold, 255, 0).astype(np.uint8)
    thickness = max(3, max(unit.shape) // 64) | 1
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (thickness, thickness))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(bright, cv2.MORPH_OPEN, brush), connectivity=8)
    fill = stats[1:, 4] / (stats[1:, 2] * stats[1:, 3])
    best = 1 + int(np.argmax(stats[1:, 4] * np.where(fill > 0.25, 1.0, 0.3)))
    region, other = np.zeros(unit.shape, np.uint8), np.full(unit.shape, 255, np.uint8)
    region[inner] = np.where(labels == best, 255, 0)
    region = fill_holes(region)
    near = cv2.dilate(region[inner], brush) > 0
    rest = np.where(near, 0, bright)
    rest = np.where(near, 0, cv2.dilate(rest, brush))
    other[inner] = rest
    size = picture.shape[::-1]
    masks = [np.where(resample(m, size) > 127, 255, 0).astype(np.uint8) for m in (region, other)]
    return *masks, low + level * (high - low), orientation(unit, region, frame)


def percentiles(values, wanted):
    histogram = np.bincount(values, minlength=65536)
    seen = np.cumsum(histogram)
    found = []
    for percent in wanted:
        target = percent / 100 * len(values)
        v = int(np.argmax((seen >= target) & (histogram > 0)))
        found.append(v - 0.5 + (target - (seen[v] - histogram[v])) / histogram[v])
    return found


def prepare(picture, options):
    """The network's input, 1 x 1 x height x width, and what leads back from it."""
    height, width = options["input_height"], options["input_width"]
    working = scaled_to(picture, WORKING_FACTOR * max(height, width))
    gain = 65535 / max(1, picture.max()) if working.shape != picture.shape else 1
    working = np.clip(np.rint(working * gain), 0, 65535).astype(np.uint16)
    region, other, level, way = find_breast(working)
    image = oriented(working, way)
    if any(way):
        region, other, level, _ = find_breast(image)
    low, high = percentiles(image[region > 0], (options["low_percentile"], options["high_percentile"]))
    x, y, w, h = cv2.boundingRect(region)
    border = round(options["margin"] * max(w, h))
    top, bottom = max(0, y - border), min(image.shape[0], y + h + border)
    left, right = max(0, x - border), min(image.shape[1], x + w + border)
    crop = image[top:bottom, left:right].astype(np.float32)
    crop[other[top:bottom, left:right] > 0] = level
    scale = min(width / crop.shape[1], height / crop.shape[0])
    size = min(width, max(1, round(crop.shape[1] * scale))), min(height, max(1, round(crop.shape[0] * scale)))
    values = np.clip((resample(crop, size) - low) / (high - low), options["clip_low"], options["clip_high"])
    start = (height - size[1]) // 2
    network_input = np.zeros((1, 1, height, width), np.float32)
    network_input[0, 0, start : start + size[1], : size[0]] = values
    return network_input, {"placed": (start, start + size[1], size[0]), "crop": (top, bottom, left, right),
                           "way": way, "shape": image.shape}


def keep_large(mask, share):
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count <= 2:
        return mask
    areas = stats[1:, 4]
    best = int(np.argmax(areas))
    keep = areas >= share * areas[best] if share < 1 else np.arange(count - 1) == best
    return np.where(np.r_[False, keep][labels], 255, 0).astype(np.uint8)


def small_holes(outside, most):
    _, labels, stats, _ = cv2.connectedComponentsWithStats(outside, connectivity=4)
    rows, columns = outside.shape
    x, y, w, h, area = stats.T
    hole = (x > 0) & (y > 0) & (x + w < columns) & (y + h < rows) & (area <= most)
    hole[0] = False
    return np.where(hole[labels], 255, 0).astype(np.uint8)


def measure(maps, names, geometry):
    """Percent density and the masks at the working size, from the network's probabilities (masks x height x width)."""
    start, end, columns = geometry["placed"]
    top, bottom, left, right = geometry["crop"]
    probability = {}
    for name, one in zip(names, maps, strict=True):
        whole = np.zeros(geometry["shape"], np.float32)
        whole[top:bottom, left:right] = resample(np.ascontiguousarray(one[start:end, :columns]), (right - left, bottom - top))
        probability[name] = undo(whole, geometry["way"])
    breast, dense, pectoral = (probability[name] for name in ("breast", "dense", "pectoral"))
    muscle = keep_large(np.where((pectoral > 0.5) & (pectoral >= breast), 255, 0).astype(np.uint8), 0.1)
    tissue = keep_large(np.where((breast > 0.5) & (muscle == 0), 255, 0).astype(np.uint8), 1)
    tissue |= small_holes(~(tissue | muscle), 0.02 * np.count_nonzero(tissue))
    glands = np.where((dense > 0.5) & (tissue > 0), 255, 0).astype(np.uint8)
    return 100 * np.count_nonzero(glands) / max(1, np.count_nonzero(tissue)), {"breast": tissue, "dense": glands, "pectoral": muscle}
