#!/usr/bin/env python3
"""What int8 would bring, and what it would cost: post-training quantisation of a model file to a QDQ graph (weights per channel in int8,
activations in uint8), measured beside fp32 and bf16.

    scripts/experiments/int8.py OUT [--model models/mhcnn-fast.onnx] [--data ../shared/data] [--variants minmax,percentile,...] [--times 60]

Calibration images: 10 films of ddsm-fgt, 20 images of cesm, 10 phantoms. Each variant becomes a model file OUT/NAME.onnx of the product
(checksum and calibration are set for it), which `mhcnn predict` then runs over all films, all images of cesm and 100 other phantoms, as
it runs the model in fp32 and in bf16. Prints the differences of percents and masks, changes of category, the Dice against the readers and
the phantoms' truth, and the processor time of the network in each precision by OpenVINO with one thread, in turns. Needs onnx,
onnxruntime, openvino, opencv, pydicom and NumPy (the venv of bench/compare.sh, and onnx)."""
import argparse
import csv
import json
import pathlib
import subprocess
import sys
import time
import zlib

import cv2
import numpy as np
import onnx
import onnxruntime
import openvino
from experiment import BIN
from onnx import helper, numpy_helper

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench/peers"))
import measure  # noqa: E402
import prepare  # noqa: E402

BINS = 2048
# Name: how ranges are found, the convolutions that stay in fp32 (or bf16), and whether the mean errors of each layer are taken out.
VARIANTS = {"minmax": ("minmax", (), False), "percentile": ("percentile", (), False), "least-squares": ("least-squares", (), False),
            "bias": ("least-squares", (), True), "decoder": ("minmax", ("encoder",), False),
            "no-stem-no-head": ("minmax", ("conv_stem", "segmentation_head", "decoder.blocks.4"), False),
            "no-depthwise": ("minmax", ("conv_dw", "conv_stem"), False)}


def array(tensor):
    return numpy_helper.to_array(tensor)


def float_model(path):
    """The model with weights in fp32 in place of fp16 with a Cast."""
    model = onnx.load(path)
    graph = model.graph
    weights, nodes = {i.name: i for i in graph.initializer}, []
    for node in graph.node:
        if node.op_type == "Cast" and node.input[0].endswith(".f16"):
            half = weights[node.input[0]]
            graph.initializer.remove(half)
            graph.initializer.append(numpy_helper.from_array(array(half).astype(np.float32), node.output[0]))
        else:
            nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)
    return model


def session_of(model, outputs):
    """A session that gives these tensors alone."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    del copy.graph.output[:]
    copy.graph.output.extend(helper.make_tensor_value_info(o, onnx.TensorProto.FLOAT, None) for o in outputs)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    return onnxruntime.InferenceSession(copy.SerializeToString(), options, providers=["CPUExecutionProvider"])


def quantised_tensors(model, convolutions):
    """Tensors that are quantised, and those that share a range: the parts of a concatenation."""
    maker, group, wanted = {o: n for n in model.graph.node for o in n.output}, {}, []

    def root(tensor):
        while group[tensor] != tensor:
            tensor = group[tensor]
        return tensor

    def walk(tensor):
        node = maker.get(tensor)
        if node is not None and node.op_type == "Resize":
            return walk(node.input[0])
        if node is not None and node.op_type == "Concat":
            parts = [p for i in node.input for p in walk(i)]
            for part in parts:
                group[root(part)] = root(parts[0])
            return parts
        group.setdefault(tensor, tensor)
        wanted.append(tensor)
        return [tensor]

    for node in model.graph.node:
        for tensor in node.input[:1] if node.name in convolutions else node.input if node.op_type == "Add" else ():
            walk(tensor)
    return {t: root(t) for t in wanted}


def histograms(model, tensors, pictures):
    """Counts of each tensor's values between its least and its greatest."""
    names = [t for t in tensors if t != "image"]
    session, ends, counts = session_of(model, names), {}, {}
    values = lambda picture: {**dict(zip(names, session.run(None, {"image": picture[None]}), strict=True)), "image": picture}  # noqa: E731
    for picture in pictures:
        for name, value in values(picture).items():
            low, high = ends.get(name, (0.0, 0.0))
            ends[name] = (min(low, float(value.min())), max(high, float(value.max())))
    for picture in pictures:
        for name, value in values(picture).items():
            low, high = ends[name]
            step = max(1, value.size // 50000)
            bins = np.clip(((value.ravel()[::step] - low) * (BINS / max(high - low, 1e-9))).astype(int), 0, BINS - 1)
            counts[name] = counts.get(name, 0) + np.bincount(bins, minlength=BINS)
    return ends, counts


def range_of(ends, counts, way):
    low, high = ends
    width, centres = (high - low) / BINS, low + (np.arange(BINS) + 0.5) * (high - low) / BINS
    if way == "percentile":
        share = np.cumsum(counts) / counts.sum()
        return min(0.0, low + width * np.searchsorted(share, 5e-5)), max(0.0, low + width * (1 + np.searchsorted(share, 1 - 5e-5)))
    if way == "least-squares":
        best = None
        for below in (1, 0.9, 0.8, 0.7, 0.6) if low < 0 else (1,):
            for above in np.arange(1, 0.35, -0.05):
                step = max((above * high - below * low) / 255, 1e-12)
                kept = np.round(np.clip(centres, below * low, above * high) / step) * step
                error = float((counts * (centres - kept) ** 2).sum())
                if best is None or error < best[0]:
                    best = (error, below * low, above * high)
        return best[1:]
    return low, high


def quantised(model, convolutions, groups, ranges):
    """The model with QuantizeLinear and DequantizeLinear around the tensors, and weights in int8."""
    graph, nodes, renamed = model.graph, [], {}
    shared = {}
    for tensor, group in groups.items():
        low, high = shared.get(group, (0.0, 0.0))
        shared[group] = (min(low, ranges[tensor][0]), max(high, ranges[tensor][1]))

    def constant(name, value):
        graph.initializer.append(numpy_helper.from_array(np.asarray(value), name))

    def pair(tensor):
        low, high = shared[groups[tensor]]
        scale = np.float32(max(high - low, 1e-9) / 255)
        constant(tensor + ".scale", scale)
        constant(tensor + ".zero", np.uint8(round(-low / float(scale))))
        renamed[tensor] = tensor + ".dequantised"
        return [helper.make_node("QuantizeLinear", [tensor, tensor + ".scale", tensor + ".zero"], [tensor + ".u8"], name=tensor + ".u8"),
                helper.make_node("DequantizeLinear", [tensor + ".u8", tensor + ".scale", tensor + ".zero"], [renamed[tensor]],
                                 name=renamed[tensor])]

    if "image" in groups:
        nodes += pair("image")
    weights = {i.name: i for i in graph.initializer}
    for node in graph.node:
        if node.name in convolutions or node.op_type in ("Resize", "Concat", "Add"):
            for k, tensor in enumerate(node.input):
                node.input[k] = renamed.get(tensor, tensor)
        if node.name in convolutions:
            name = node.input[1]
            weight = array(weights[name])
            scale = np.maximum(np.abs(weight).reshape(len(weight), -1).max(1) / 127, 1e-12).astype(np.float32)
            graph.initializer.remove(weights[name])
            constant(name + ".i8", np.clip(np.round(weight / scale[:, None, None, None]), -127, 127).astype(np.int8))
            constant(name + ".scale", scale)
            constant(name + ".zero", np.zeros(len(weight), np.int8))
            nodes.append(helper.make_node("DequantizeLinear", [name + ".i8", name + ".scale", name + ".zero"], [name], name=name, axis=0))
        nodes.append(node)
        for output in node.output:
            nodes += pair(output) if output in groups else []
    del graph.node[:]
    graph.node.extend(nodes)
    return model


def correct_means(model, reference, convolutions, pictures):
    """Adds to each bias what the mean of its channel lost, layer by layer (Nagel et al., ICCV 2019)."""
    wanted = [c.output[0] for c in reference.graph.node if c.name in convolutions]
    session, means = session_of(reference, wanted), {}
    for picture in pictures:
        for name, value in zip(wanted, session.run(None, {"image": picture[None]}), strict=True):
            means[name] = means.get(name, 0) + value.mean(axis=(0, 2, 3))
    weights = {i.name: i for i in model.graph.initializer}
    for node in [n for n in model.graph.node if n.name in convolutions]:
        name = node.output[0]
        now = session_of(model, [name])
        got = sum(now.run(None, {"image": p[None]})[0].mean(axis=(0, 2, 3)) for p in pictures)
        bias = weights[node.input[2]]
        bias.CopyFrom(numpy_helper.from_array((array(bias) + (means[name] - got) / len(pictures)).astype(np.float32), bias.name))
    return model


def finish(model, name, path):
    """As a model file of the product: name, calibration and checksum are those of this graph."""
    entries = {p.key: p for p in model.metadata_props}
    graph = zlib.crc32(model.graph.SerializeToString())
    preprocess = entries["mhcnn.preprocess"]
    fingerprint = zlib.crc32((preprocess.key + preprocess.value).encode(), graph)
    calibration = json.loads(entries["mhcnn.calibration"].value)
    if calibration:
        calibration["model_fingerprint"] = f"{fingerprint:08x}"
    entries["mhcnn.calibration"].value = json.dumps(calibration)
    entries["mhcnn.version"].value += " int8 " + name
    for entry in model.metadata_props:
        if entry.key != "mhcnn.crc32":
            graph = zlib.crc32((entry.key + entry.value).encode(), graph)
    entries["mhcnn.crc32"].value = f"{graph:08x}"
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())


def inputs_of(files, preprocess):
    def grey(file):
        picture = cv2.imread(str(file), cv2.IMREAD_UNCHANGED)
        return (picture if picture.ndim == 2 else picture[..., 0]).astype(np.float32)

    return np.concatenate([prepare.prepare(grey(f), preprocess)[0] for f in files])


def times(models, pictures, count):
    """Milliseconds of a processor for one picture, in turns: median, and lower tenth."""
    core, requests = openvino.Core(), {}
    for name, (path, precision) in models.items():
        network = core.read_model(path)
        network.reshape([1, *pictures.shape[1:]])
        settings = {"INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1}
        requests[name] = core.compile_model(network, "CPU", settings).create_infer_request()
    spent = {name: [] for name in requests}
    for turn in range(count + 3):
        for name, request in requests.items():
            start = time.process_time()
            request.infer({"image": pictures[turn % len(pictures)][None]})
            spent[name].append(1e3 * (time.process_time() - start))
    return {name: np.array(values[3:]) for name, values in spent.items()}


def predict(model, folder, out, options=()):
    if not (out / "results.json").exists():
        subprocess.run([BIN / "mhcnn", "predict", folder, "-o", out, "-q", "--no-overlays", "--no-page", "-m", model, *options], check=True,
                       stdout=subprocess.DEVNULL)
    return {row["path"]: row for row in json.loads((out / "results.json").read_text())["results"]}


def label_maps(out):
    return {p.name: cv2.imread(str(p), cv2.IMREAD_GRAYSCALE) for p in sorted((out / "masks").rglob("*.png"))}


def dices(a, b):
    both = 2 * np.count_nonzero(a & b)
    return both / max(1, np.count_nonzero(a) + np.count_nonzero(b)) if a.any() or b.any() else None


def compare(name, rows, reference, out, reference_out):
    """One line of the table."""
    pairs = [(rows[p], reference[p]) for p in reference if reference[p]["status"] == "ok" and rows[p]["status"] == "ok"]
    apart = np.array([abs(a["percent_density"] - b["percent_density"]) for a, b in pairs])
    changed = sum(a["category"] != b["category"] for a, b in pairs)
    found, given = label_maps(out), label_maps(reference_out)
    means = {}
    for part, grey in (("breast", (85, 170)), ("dense", (170,)), ("pectoral", (255,))):
        values = [dices(np.isin(found[k], grey), np.isin(given[k], grey)) for k in given if k in found]
        values = [v for v in values if v is not None]
        means[part] = (np.mean(values), min(values))
    cells = [name, out.name, str(len(pairs)), f"{apart.mean():.2f}, {np.percentile(apart, 95):.2f}, {apart.max():.2f}",
             f"{changed} ({100 * changed / len(pairs):.1f} %)"] + [f"{mean:.4f}, {least:.3f}" for mean, least in means.values()]
    print("| " + " | ".join(cells) + " |", flush=True)


def print_truth(name, data, manifest, out):
    """Dice against the masks of a manifest."""
    said = subprocess.run([BIN / "mhcnn", "evaluate", manifest, "--all", "--predictions", out, "--resamples", "100"], check=True,
                          capture_output=True, text=True).stdout
    for line in said.splitlines():
        if line.startswith(("tissue Dice", "Dice dense  ")):
            print(f"{name}, {data}: {line}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--model", type=pathlib.Path, default=ROOT / "models/mhcnn-fast.onnx")
    parser.add_argument("--data", type=pathlib.Path, default=ROOT / "../shared/data")
    parser.add_argument("--variants", default=",".join(VARIANTS))
    parser.add_argument("--times", type=int, default=60, help="pictures of the time measurement")
    parser.add_argument("--rest", default="f32,bf16", help="precisions of what is not in int8")
    a = parser.parse_args()
    a.out.mkdir(parents=True, exist_ok=True)
    for seed, count in ((9301, 100), (9302, 10)):
        if not (a.out / f"phantoms-{count}" / "manifest.csv").exists():
            subprocess.run([BIN / "mhcnn", "phantom", "--count", str(count), "--seed", str(seed), "--out", a.out / f"phantoms-{count}"],
                           check=True, stdout=subprocess.DEVNULL)
    if not (a.out / "ddsm/manifest.csv").exists():
        subprocess.run([BIN / "mhcnn", "prepare", "ddsm-fgt", a.data / "ddsm-fgt", "-o", a.out / "ddsm", "--split-val", "0",
                        "--split-test", "0"], check=True, stdout=subprocess.DEVNULL)
    chance = np.random.default_rng(1)
    with open(a.out / "phantoms-10/manifest.csv", newline="") as table:
        phantoms = [a.out / "phantoms-10" / row["image"] for row in csv.DictReader(table)]
    films, images = (sorted((a.data / s / "images").iterdir()) for s in ("ddsm-fgt", "cesm"))
    files = [films[i] for i in chance.permutation(len(films))[:10]] + [images[i] for i in chance.permutation(len(images))[:20]] + phantoms
    calibration = inputs_of(files, measure.metadata(a.model)["mhcnn.preprocess"])
    reference = float_model(a.model)
    every = [n.name for n in reference.graph.node if n.op_type == "Conv"]
    ends, counts = histograms(reference, quantised_tensors(reference, every), calibration)
    runs = {"fp32": (a.model, "f32"), "bf16": (a.model, "bf16")}
    for name in a.variants.split(","):
        way, left_out, means = VARIANTS[name]
        chosen = {c for c in every if not any(part in c for part in left_out)}
        model = float_model(a.model)
        groups = quantised_tensors(model, chosen)
        model = quantised(model, chosen, groups, {t: range_of(ends[t], counts[t], way) for t in groups})
        if means:
            correct_means(model, reference, chosen, calibration[::3])
        path = a.out / f"{name}.onnx"
        finish(model, name, path)
        runs |= {f"int8 {name}, rest {rest}": (path, rest) for rest in a.rest.split(",")}
    print(f"{len(calibration)} calibration images", file=sys.stderr, flush=True)
    print("| network | processor ms a picture: median, lower tenth | bf16 / this |\n|---|---|---|")
    spent = times(runs, calibration, a.times)
    for name, values in spent.items():
        ratio = np.median(spent["bf16"] / values)
        print(f"| {name} | {np.median(values):.1f}, {np.percentile(values, 10):.1f} | {ratio:.2f} |", flush=True)
    sets = {"ddsm-fgt": a.data / "ddsm-fgt/images", "cesm": a.data / "cesm/images", "phantoms": a.out / "phantoms-100"}
    print("\n| network | set | images | percent apart: mean, 95th percentile, largest | another category | "
          "Dice breast: mean, smallest | dense | pectoral |\n|---|---|---|---|---|---|---|---|")
    given = {}
    for name, (model, rest) in runs.items():
        for data, folder in sets.items():
            out = a.out / name.replace(", rest ", "-").replace(" ", "-") / data
            rows = predict(model, folder, out, ("--precision", rest))
            if name == "fp32":
                given[data] = (rows, out)
            else:
                compare(name, rows, given[data][0], out, given[data][1])
    for name in runs:
        for data, manifest in (("ddsm-fgt", a.out / "ddsm/manifest.csv"), ("phantoms", a.out / "phantoms-100/manifest.csv")):
            print_truth(name, data, manifest, a.out / name.replace(", rest ", "-").replace(" ", "-") / data)


if __name__ == "__main__":
    main()
