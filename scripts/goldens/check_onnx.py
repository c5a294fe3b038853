#!/usr/bin/env python3
"""Checks with onnxruntime that models written by src/mhcnn/model/onnx give the golden outputs of tests/data/goldens.

    check_onnx.py [build/release/bin/model_onnx_test]

The test program writes the models (weights by the formula); needs numpy and onnxruntime (requirements/test.txt).
Exits 1 where a model is further off than 1e-4 (fp32 weights) or 2e-2 (fp16 weights).
"""
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

import numpy as np
import onnxruntime

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHAPE, STEP = (2, 1, 96, 64), 7


def splitmix64(x):
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def formula_image():
    """FormulaTensor("image", SHAPE) of src/mhcnn/testing/formula_weights.h."""
    start = 0xCBF29CE484222325
    for byte in b"image":
        start = (start ^ byte) * 0x100000001B3 % 2**64
    with np.errstate(over="ignore"):
        bits = splitmix64(np.arange(np.prod(SHAPE), dtype=np.uint64) + np.uint64(start))
    return (-0.25 + 1.5 * ((bits >> np.uint64(40)) * 2.0**-24)).astype(np.float32).reshape(SHAPE)


def read_safetensors(path):
    content = path.read_bytes()
    size = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8 : 8 + size])
    data = content[8 + size :]
    return {name: np.frombuffer(data[slice(*entry["data_offsets"])], "<f4")
            for name, entry in header.items() if name != "__metadata__"}


def distance(model, golden):
    """Largest distance of mask logits, percent / 100 and differences of category logits."""
    masks, percent, category = onnxruntime.InferenceSession(
        str(model), providers=["CPUExecutionProvider"]
    ).run(["masks", "percent", "category"], {"image": formula_image()})
    logits = np.log(masks / (1 - masks.astype(np.float64))).flatten()[::STEP]
    ours = np.log(category.astype(np.float64))
    wanted = golden["eval.category"].reshape(ours.shape)
    return max(np.abs(logits - golden["eval.segmentation"]).max(),
               np.abs(percent.flatten() / 100 - golden["eval.percent"]).max(),
               np.abs((ours - ours[:, :1]) - (wanted - wanted[:, :1])).max())


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else ROOT / "build/release/bin/model_onnx_test"
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, "--gtest_filter=ModelFile.WritesFormulaModelsWhereAsked"], check=True,
                       stdout=subprocess.DEVNULL, env={**os.environ, "MHCNN_FORMULA_MODELS": folder})
        for model in sorted(pathlib.Path(folder).glob("*.onnx")):
            golden = read_safetensors(ROOT / f"tests/data/goldens/unet_{model.name.split('.')[0]}.safetensors")
            off, allowed = distance(model, golden), 2e-2 if ".half." in model.name else 1e-4
            failed |= not off < allowed
            print(f"{model.name}: onnxruntime {onnxruntime.__version__} is {off:.1e} off, {allowed:.0e} allowed")
    sys.exit(failed)


if __name__ == "__main__":
    main()
