#!/usr/bin/env python3
"""Makes tests/data/goldens/baselines.safetensors: what the networks of recipes/baselines give for weights made by a formula.

An independent implementation in NumPy, in double precision. src/mhcnn/nn (LibTorch) and src/mhcnn/model/onnx are compared with
it. Needs NumPy alone. Format: tests/data/goldens/README.md.

    make_baseline_goldens.py [output file]
"""
import json
import math
import pathlib
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHAPE = (2, 1, 96, 64)  # as in make_network_goldens.py
STEP = 7
DECODER = [8, 8, 8, 8, 8]
MASKS = ["breast", "dense", "pectoral"]


def formula(name, shape):
    """As FormulaTensor of src/mhcnn/testing/formula_weights.h, to the last bit."""
    start = 0xCBF29CE484222325
    for byte in name.encode():
        start = (start ^ byte) * 0x100000001B3 % 2**64
    with np.errstate(over="ignore"):
        x = np.arange(math.prod(shape), dtype=np.uint64) + np.uint64(start) + np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x ^= x >> np.uint64(31)
    u = (x >> np.uint64(40)).astype(np.float64) * 2.0**-24
    if name == "image":
        offset, factor = -0.25, 1.5
    elif name.endswith(".running_var") or (name.endswith(".weight") and len(shape) == 1):
        offset, factor = 0.75, 0.5
    elif name.endswith((".running_mean", ".bias")):
        offset, factor = -0.2, 0.4
    else:
        bound = math.sqrt(3.0 / math.prod(shape[1:]))
        offset, factor = -bound, 2 * bound
    return (offset + factor * u).astype(np.float32).astype(np.float64).reshape(shape)


def windows(x, kernel, stride, pads, fill=0.0):
    """(N, C, H', W', kernel, kernel); pads: top, left, bottom, right."""
    top, left, bottom, right = pads
    x = np.pad(x, ((0, 0), (0, 0), (top, bottom), (left, right)), constant_values=fill)
    return np.lib.stride_tricks.sliding_window_view(x, (kernel, kernel), axis=(2, 3))[:, :, ::stride, ::stride]


def conv(x, name, out, kernel, stride=1, pads=None, bias=False):
    pads = [kernel // 2] * 4 if pads is None else pads
    weight = formula(name + ".weight", (out, x.shape[1], kernel, kernel))
    y = np.tensordot(windows(x, kernel, stride, pads), weight, ((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2)
    return y + formula(name + ".bias", (out,))[:, None, None] if bias else y


def norm(x, name):
    gamma, beta, mean, variance = (formula(f"{name}.{part}", (x.shape[1],))[:, None, None]
                                   for part in ("weight", "bias", "running_mean", "running_var"))
    return (x - mean) / np.sqrt(variance + 1e-5) * gamma + beta


def linear(x, name, out):
    return x @ formula(name + ".weight", (out, x.shape[1])).T + formula(name + ".bias", (out,))


def relu(x):
    return np.maximum(x, 0)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def pool(x, kernel, stride, pad=0):
    return windows(x, kernel, stride, [pad] * 4, -np.inf).max((4, 5))


def resnet18(image):
    x = relu(norm(conv(image, "encoder.conv1", 64, 7, 2), "encoder.bn1"))
    features = [x]
    x = pool(x, 3, 2, 1)
    for stage in range(4):
        for block in range(2):
            name, width = f"encoder.layer{stage + 1}.{block}", 64 << stage
            stride = 2 if stage > 0 and block == 0 else 1
            y = relu(norm(conv(x, name + ".conv1", width, 3, stride), name + ".bn1"))
            y = norm(conv(y, name + ".conv2", width, 3), name + ".bn2")
            if stride > 1:
                x = norm(conv(x, name + ".downsample.0", width, 1, stride), name + ".downsample.1")
            x = relu(x + y)
        features.append(x)
    return features


def decoder(features, prefix):
    x = features[-1]
    for i, channels in enumerate(DECODER):
        x = x.repeat(2, 2).repeat(2, 3)
        if i + 1 < len(features):
            x = np.concatenate([x, features[-2 - i]], 1)
        for part in ("conv1", "conv2"):
            name = f"{prefix}.blocks.{i}.{part}"
            x = relu(norm(conv(x, name + ".0", channels, 3), name + ".1"))
    return x


def per_mask(image):
    features = resnet18(image)
    maps = {"dense": decoder(features, "decoder_dense")}
    others = decoder(features, "decoder")
    masks = [conv(maps.get(mask, others), f"segmentation_head_{mask}.0", 1, 3, bias=True) for mask in MASKS]
    pooled = features[-1].mean((2, 3))
    return {"segmentation": np.concatenate(masks, 1), "percent": sigmoid(linear(pooled, "regression_head", 1)),
            "category": linear(pooled, "classification_head", 4)}


def dense_mask(image):
    segmentation = conv(decoder(resnet18(image), "decoder"), "segmentation_head.0", len(MASKS), 3, bias=True)
    x = pool(sigmoid(segmentation[:, 1:2]), 4, 4)
    head = "classification_head."
    x = pool(relu(conv(x, head + "conv1", 16, 9, bias=True)), 2, 2)
    x = pool(relu(conv(x, head + "conv2", 32, 5, bias=True)), 2, 2)
    x = relu(conv(x, head + "conv3", 64, 4, pads=[1, 1, 2, 2], bias=True)).mean((2, 3))
    x = relu(linear(x, head + "hidden", 128))
    return {"segmentation": segmentation, "category": linear(x, "classification_head", 4)}


def pixel_histogram(image):
    bins, low, high = 50, -0.25, 1.25
    edges = (low + np.arange(1, bins) * ((high - low) / bins)).astype(np.float32)
    shares = []
    for picture in image.astype(np.float32).reshape(len(image), -1):
        tissue = picture[np.abs(picture) > np.float32(2e-5)]
        counts = np.bincount(np.searchsorted(edges, tissue, "right"), minlength=bins)
        shares.append(bins * counts / max(1, len(tissue)))
    x = relu(linear(np.array(shares), "encoder.hidden1", 200))
    x = relu(linear(x, "encoder.hidden2", 100))
    return {"histogram": np.array(shares), "category": linear(x, "classification_head", 4)}


def write_safetensors(path, tensors, about):
    header, data = {"__metadata__": about}, b""
    for name, tensor in tensors.items():
        values = np.ascontiguousarray(tensor, np.float32)
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [len(data), len(data) + values.nbytes]}
        data += values.tobytes()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


def main():
    image = formula("image", SHAPE)
    # As at the edge of a crop: padding at 0, and at what 16 bits make of it.
    image[:, :, :, 56:] = 0
    image[1, :, 90:] = np.float32(-1.14e-5)
    tensors = {"image": image}
    for network in (per_mask, dense_mask, pixel_histogram):
        for name, values in network(image).items():
            tensors[f"{network.__name__}.{name}"] = values.ravel()[:: STEP if name == "segmentation" else 1]
            print(f"{network.__name__}.{name}: {values.min():.3f} to {values.max():.3f}")
    path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "tests/data/goldens/baselines.safetensors"
    write_safetensors(path, tensors, {"source": f"NumPy {np.__version__}", "step": str(STEP)})


if __name__ == "__main__":
    main()
