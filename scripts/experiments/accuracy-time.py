#!/usr/bin/env python3
"""Accuracy against time of the networks that are shipped and that can be trained: a table, and a plot (docs/images/accuracy-time.png).

    scripts/experiments/accuracy-time.py OUT.png [--turns 15] [--int8 FILE.onnx]

The time is that of one picture by OpenVINO on one thread (processor time, median and lower tenth of the turns; the networks run in turns).
The accuracy is the Dice of the dense tissue by cross-validation on 60 films in fp32 (docs/evidence.md, "Real images, by
cross-validation"). U-Nets without a trained model have random weights
and are "time only". Needs openvino, torch, segmentation-models-pytorch (the venv of bench/compare.sh) and matplotlib."""
import argparse
import pathlib
import time

import matplotlib
import numpy as np
import openvino
import segmentation_models_pytorch as smp
import torch

matplotlib.use("Agg")
import matplotlib.pyplot as plt

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Name, file, rows and columns of the input, dense Dice and its interval (docs/evidence.md: films-cesm-outlined, accurate).
SHIPPED = (("fast (EfficientNet-Lite0)", "mhcnn-fast.onnx", (384, 192), (0.782, 0.749, 0.814)),
           ("accurate (EfficientNet-Lite2)", "mhcnn-accurate.onnx", (512, 256), (0.765, 0.721, 0.806)))
LIGHT, PAPER = (128, 64, 32, 24, 16), (256, 128, 64, 32, 16)
RANDOM = (("fast, half the decoder", "tu-tf_efficientnet_lite0", (64, 32, 16, 16, 8), (384, 192)),
          ("fast, a quarter of the decoder", "tu-tf_efficientnet_lite0", (32, 16, 8, 8, 8), (384, 192)),
          ("EfficientNet-Lite1", "tu-tf_efficientnet_lite1", LIGHT, (512, 256)), ("ResNet18", "resnet18", PAPER, (512, 256)),
          ("ResNet34", "resnet34", PAPER, (512, 256)), ("ResNet50", "resnet50", PAPER, (512, 256)),
          ("ResNet101 (of the paper)", "resnet101", PAPER, (512, 256)))


def random_model(encoder, channels, size):
    network = smp.Unet(encoder, encoder_weights=None, in_channels=1, classes=3, decoder_channels=channels).eval()
    return openvino.convert_model(torch.nn.Sequential(network, torch.nn.Sigmoid()), example_input=torch.zeros(1, 1, *size),
                                  input=[1, 1, *size])


def times(networks, turns):
    """Processor milliseconds of each network and precision, in turns."""
    core, requests = openvino.Core(), {}
    for name, (model, size, precisions) in networks.items():
        for precision in precisions:
            settings = {"INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1}
            request = core.compile_model(model, "CPU", settings).create_infer_request()
            requests[name, precision] = (request, np.random.default_rng(1).random((1, 1, *size), dtype=np.float32))
    spent = {key: [] for key in requests}
    for _ in range(turns + 1):
        for key, (request, picture) in requests.items():
            start = time.process_time()
            request.infer([picture])
            spent[key].append(1e3 * (time.process_time() - start))
    return {key: np.array(values[1:]) for key, values in spent.items()}


def draw(path, rows):
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(7.2, 5.2), sharex=True, height_ratios=(3, 2), layout="constrained")
    colours = {"f32": "#0072B2", "bf16": "#D55E00", "int8": "#009E73"}
    labelled = set()
    for name, precision, milliseconds, dice in rows:
        if dice and precision == "f32":
            top.errorbar(milliseconds, dice[0], yerr=[[dice[0] - dice[1]], [dice[2] - dice[0]]], fmt="o", color=colours["f32"], capsize=3)
            top.annotate(name, (milliseconds, dice[2]), xytext=(0, 4), textcoords="offset points", fontsize=8, ha="center")
        bottom.scatter(milliseconds, name, color=colours[precision], marker="o" if dice else "x",
                       label=None if precision in labelled else precision)
        labelled.add(precision)
    top.margins(y=0.15)
    top.set(ylabel="Dice of dense tissue\n(60 films, cross-validation)", xscale="log")
    top.grid(alpha=0.3)
    bottom.set(xlabel="milliseconds of one processor for a picture (network alone, OpenVINO)")
    bottom.tick_params(labelsize=8)
    ticks = [10, 20, 50, 100, 200, 500, 1000]
    bottom.set_xticks(ticks, [str(t) for t in ticks])
    bottom.minorticks_off()
    bottom.grid(alpha=0.3)
    bottom.legend(title="x: time only", fontsize=8, title_fontsize=8)
    bottom.invert_yaxis()
    figure.savefig(path, dpi=100)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--int8", type=pathlib.Path, help="a model of scripts/experiments/int8.py, shown as fast in int8")
    a = parser.parse_args()
    core, networks, accuracy = openvino.Core(), {}, {}
    for name, file, size, dice in SHIPPED:
        model = core.read_model(str(ROOT / "models" / file))
        model.reshape([1, 1, *size])
        networks[name], accuracy[name] = (model, size, ("f32", "bf16")), dice
    for name, encoder, channels, size in RANDOM:
        networks[name] = (random_model(encoder, channels, size), size, ("f32", "bf16"))
    if a.int8:
        model = core.read_model(str(a.int8))
        model.reshape([1, 1, *SHIPPED[0][2]])
        networks["int8"] = (model, SHIPPED[0][2], ("bf16",))
    spent = times(networks, a.turns)
    print("| network | input | arithmetic | processor ms a picture: median, lower tenth | dense Dice |\n|---|---|---|---|---|")
    rows = []
    for (network, arithmetic), values in spent.items():
        size = networks[network][1]
        name, precision = (SHIPPED[0][0], "int8") if network == "int8" else (network, arithmetic)
        dice = accuracy.get(name)
        shown = "time only" if not dice else f"{dice[0]:.3f} ({dice[1]:.3f} to {dice[2]:.3f})" if precision == "f32" else ""
        print(f"| {name} | {size[0]} x {size[1]} | {precision} | {np.median(values):.0f}, {np.percentile(values, 10):.0f} | {shown} |")
        rows.append((name, precision, float(np.median(values)), dice))
    draw(a.out, rows)


if __name__ == "__main__":
    main()
