"""Times a training step of PyTorch and segmentation_models.pytorch, for `mhcnn bench train`: the same encoder, U-Net,
heads, losses and AdamW, as a user of both would write it. Prints "measured MILLISECONDS", an image, median of the steps."""
import argparse
import time

import segmentation_models_pytorch as smp
import torch
from torch.nn import functional as F

parser = argparse.ArgumentParser()
parser.add_argument("--variant", required=True)
parser.add_argument("--encoder", required=True)
for name in ("batch", "height", "width", "steps", "warm-up", "threads"):
    parser.add_argument("--" + name, type=int, required=True)
parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
args = parser.parse_args()
torch.set_num_threads(args.threads)
torch.manual_seed(1)


class MultiHead(torch.nn.Module):
    def __init__(self):
        super().__init__()
        encoder = args.encoder.replace("efficientnet_lite", "tu-tf_efficientnet_lite")
        self.unet = smp.Unet(encoder, encoder_weights=None, in_channels=1, classes=3)
        channels = self.unet.encoder.out_channels[-1]
        self.regression, self.category = torch.nn.Linear(channels, 1), torch.nn.Linear(channels, 4)

    def forward(self, x):
        features = self.unet.encoder(x)
        masks = self.unet.segmentation_head(self.unet.decoder(features))
        pooled = F.dropout(features[-1].mean((2, 3)), 0.2, self.training)
        return masks, torch.sigmoid(self.regression(pooled)), self.category(pooled)


def focal_tversky(logits, truth):
    p = torch.sigmoid(logits.float())
    hit, miss, false = ((a).sum((2, 3)) for a in (p * truth, (1 - p) * truth, p * (1 - truth)))
    return (1 - (hit + 1) / (hit + 0.7 * miss + 0.3 * false + 1)).pow(0.75).mean()


def focal_l1(predicted, truth):
    error = (predicted.float().squeeze(1) - truth).abs()
    return (error * (2 * torch.sigmoid(20 * error) - 1)).mean()


channels_last = args.variant.endswith("channels-last")
bf16 = args.variant.startswith("bf16")
layout = torch.channels_last if channels_last else torch.contiguous_format
model = MultiHead().train().to(args.device, memory_format=layout)
optimizer = torch.optim.AdamW(model.parameters(), lr=5e-5, weight_decay=1e-4)
images = torch.empty(args.batch, 1, args.height, args.width, memory_format=layout).copy_(
    torch.rand(args.batch, 1, args.height, args.width)).to(args.device)
truth = (torch.rand(args.batch, 3, args.height, args.width) > 0.5).float().to(args.device)
percent, category = torch.rand(args.batch).to(args.device), torch.randint(0, 4, (args.batch,)).to(args.device)
seconds = []
for step in range(args.warm_up + args.steps):
    start = time.perf_counter()
    optimizer.zero_grad()
    with torch.autocast(args.device, torch.bfloat16, enabled=bf16):
        masks, regression, classes = model(images)
    loss = focal_tversky(masks, truth) + focal_l1(regression, percent) + F.cross_entropy(classes.float(), category)
    loss.backward()
    optimizer.step()
    loss.item()
    if step >= args.warm_up:
        seconds.append(time.perf_counter() - start)
print("measured", 1000 * sorted(seconds)[len(seconds) // 2] / args.batch)
