#!/usr/bin/env python3
"""Runs mhcnn-train of a pack (scripts/cuda-check.sh) on a machine with PyTorch 2.11: a step on the device equal to one on the processor,
bf16, the network for `mhcnn predict` equal to the processor's, NCCL with one process, and the speed beside PyTorch. Prints a line for each
check; exits 1 if one fails.

    python3 cuda_check_run.py [--device cuda] [--minutes 5]

With --device cpu the same checks run without a CUDA device (NCCL is left out).
"""
import argparse
import contextlib
import json
import math
import os
import pathlib
import random
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time

PACK = pathlib.Path(__file__).resolve().parent
PHASE = '[[phase]]\nname = "joint"\nepochs = {}\nlambda_segmentation = 1\nlambda_regression = 1\nlambda_classification = 1\n'
failed = []
started = time.monotonic()


def report(name, good, text):
    if not good:
        failed.append(name)
    print(f"{'ok    ' if good else 'FAILED'} {name}: {text}", flush=True)


def environment():
    """LD_LIBRARY_PATH with the libraries of PyTorch's wheel and of the CUDA wheels beside it."""
    import torch

    package = pathlib.Path(torch.__file__).parent
    folders = [PACK / "lib", package / "lib", *sorted(package.parent.glob("nvidia/*/lib"))]
    mpi = {"OPAL_PREFIX": str(PACK / "mpi"), "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
           "OMPI_MCA_mca_base_component_path": str(PACK / "mpi/lib/openmpi"), "OMPI_MCA_plm": "isolated",
           "OMPI_MCA_pml": "ob1", "OMPI_MCA_btl": "self,vader"}
    found = dict(os.environ, **mpi, OMP_WAIT_POLICY="PASSIVE")
    found["LD_LIBRARY_PATH"] = ":".join(map(str, folders)) + ":" + os.environ.get("LD_LIBRARY_PATH", "")
    return torch, found


def recipe(source, epochs):
    """A recipe with one phase, in which all heads train; without dropout, whose draws differ by device."""
    text = (PACK / "recipes" / source).read_text().split("[[phase]]")[0]
    text = re.sub(r"(?m)^dropout = .*", "dropout = 0", text)
    return re.sub(r"(?m)^checkpoint_steps = .*", "checkpoint_steps = 1", text) + PHASE.format(epochs)


def train(env, folder, name, device, text, *options, before=(), data="small", seconds=120):
    path = folder / f"{name}.toml"
    path.write_text(text)
    done = subprocess.run([*before, PACK / "bin/mhcnn-train", "--recipe", path, "--data", PACK / data / "manifest.csv",
                           "--out", folder / name, "--device", device, *options],
                          env=env, capture_output=True, text=True, timeout=seconds, check=False)
    said = done.stdout + done.stderr
    if done.returncode != 0:
        raise RuntimeError(f"exit {done.returncode}: " + " | ".join(said.strip().splitlines()[-3:]))
    return said


def read_safetensors(path):
    """The header of a safetensors file, its content, and the length of the header."""
    content = path.read_bytes()
    size = int.from_bytes(content[:8], "little")
    return json.loads(content[8:8 + size]), content, size


def moments(torch, run):
    """AdamW's first moments, by tensor: after one step a tenth of the gradients."""
    header, content, size = read_safetensors(run / "state.safetensors")
    return {name: torch.frombuffer(bytearray(content[8 + size + entry["data_offsets"][0]:8 + size + entry["data_offsets"][1]]),
                                   dtype=torch.float32).double()
            for name, entry in header.items()
            if name.startswith("first.") and entry["dtype"] == "F32" and entry["data_offsets"][1] > entry["data_offsets"][0]}


def distance(a, b):
    """Norm of the difference of all gradients, of their norm."""
    if a.keys() != b.keys() or len(a) < 50:
        raise RuntimeError(f"{len(a)} and {len(b)} tensors")
    return (sum(((a[n] - b[n]) ** 2).sum() for n in a) / sum((a[n] ** 2).sum() for n in a)).sqrt().item()


class NetworkProgram:
    """`mhcnn-train network`, which `mhcnn predict --device cuda` starts, and its messages (src/mhcnn/base/message_socket.h)."""

    def __init__(self, env, checkpoint, device, *options):
        self.socket, theirs = socket.socketpair()
        self.socket.settimeout(60)
        self.process = subprocess.Popen([PACK / "bin/mhcnn-train", "network", checkpoint, "--device", device, *options],
                                        env=env, stdin=theirs)
        theirs.close()
        self.says = self.receive()[0]

    def close(self):
        self.socket.close()
        self.process.wait(timeout=30)

    def bytes(self, count):
        data = bytearray()
        while len(data) < count:
            more = self.socket.recv(min(1 << 20, count - len(data)))
            if not more:
                raise RuntimeError("mhcnn-train network ended")
            data += more
        return bytes(data)

    def receive(self):
        _, failed, length, count = struct.unpack("<IIQQ", self.bytes(24))
        sizes = struct.unpack(f"<{count}Q", self.bytes(8 * count))
        text = self.bytes(length).decode()
        if failed:
            raise RuntimeError(text)
        return text, [struct.unpack(f"<{size}f", self.bytes(4 * size)) for size in sizes]

    def ask(self, pictures):
        self.socket.sendall(struct.pack("<IIQQ", 0x314e484d, 0, 0, len(pictures)) +
                            b"".join(struct.pack("<Q", len(picture) // 4) for picture in pictures) + b"".join(pictures))
        return self.receive()[1]


def attempt(name, work):
    try:
        work()
    except (RuntimeError, OSError, subprocess.TimeoutExpired, KeyError, ValueError) as error:
        report(name, False, str(error)[:300])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cuda", choices=("cuda", "cpu"))
    parser.add_argument("--minutes", type=float, default=5)
    a = parser.parse_args()
    torch, env = environment()
    name = torch.cuda.get_device_name(0) if a.device == "cuda" else "processor"
    revision = (PACK / "revision").read_text().strip() if (PACK / "revision").exists() else "?"
    print(f"revision {revision}, PyTorch {torch.__version__}, device {name}")
    left = lambda most: max(5, min(most, a.minutes * 60 - (time.monotonic() - started)))  # noqa: E731
    exact = env | {"NVIDIA_TF32_OVERRIDE": "0"}  # fp32 is fp32
    smoke = recipe("smoke.toml", 1)

    with tempfile.TemporaryDirectory() as made:
        folder = pathlib.Path(made)

        def step():
            train(exact, folder, "cpu", "cpu", smoke, "--max-steps", "1", seconds=left(60))
            train(exact, folder, "device", a.device, smoke, "--max-steps", "1", seconds=left(60))
            off = distance(moments(torch, folder / "cpu"), moments(torch, folder / "device"))
            report("step", off < 1e-2,
                   f"the gradients of a step on {a.device} differ from the processor's by {off:.1e} of their norm (1e-2 allowed)")

        def bf16():
            losses = []
            for precision in ("fp32", "bf16"):
                said = train(env, folder, precision, a.device, smoke, "--set", f"training.precision=\"{precision}\"", seconds=left(60))
                losses.append(float(re.findall(r"loss ([\d.]+)", said)[0]))
            off = abs(losses[1] / losses[0] - 1)
            report("bf16", off < 0.1,
                   f"loss of the first epoch {losses[1]:.4f}, in fp32 {losses[0]:.4f}: {100 * off:.1f} % apart (10 allowed)")

        def inference():
            checkpoint = folder / "fp32/checkpoint.safetensors"
            described = json.loads(read_safetensors(checkpoint)[0]["__metadata__"]["mhcnn.preprocess"])
            size = described["input_height"] * described["input_width"]
            draw = random.Random(5)
            pictures = [struct.pack(f"<{size}f", *(draw.random() for _ in range(size))) for _ in range(8)]
            with contextlib.ExitStack() as stack:
                programs = [stack.enter_context(contextlib.closing(NetworkProgram(*how))) for how in (
                    (exact, checkpoint, "cpu"), (exact, checkpoint, a.device), (env, checkpoint, a.device, "--bf16"))]
                answers = [program.ask(pictures) for program in programs]
                rates = []
                for count, times in ((1, 20), (8, 5)):
                    begun = time.monotonic()
                    for _ in range(times):
                        programs[1].ask(pictures[:count])
                    rates.append(count * times / (time.monotonic() - begun))
            if not all(len(answer) == 4 * len(pictures) for answer in answers):
                raise RuntimeError("an answer has not four arrays for each picture")
            if not all(math.isfinite(value) for answer in answers for array in answer for value in array):
                raise RuntimeError("an answer has values that are no numbers")
            most = [max(abs(x - y) / (100 if len(one) == 1 else 1) for k, (one, other) in enumerate(zip(answers[0], answer, strict=True))
                        if k % 4 < 3 for x, y in zip(one, other, strict=True)) for answer in answers[1:]]
            report("inference", most[0] < 1e-3 and most[1] < 0.1,
                   f"{programs[1].says}: probabilities and percents / 100 differ from the processor's by {most[0]:.1e} (1e-3 allowed), in "
                   f"bf16 by {most[1]:.1e} (0.1 allowed); {rates[0]:.0f} pictures a second one by one, {rates[1]:.0f} in eights, with "
                   "Python's part of the messages")

        def nccl():
            said = train(exact | {"NCCL_DEBUG": "VERSION"}, folder, "nccl", a.device, smoke, "--max-steps", "1", seconds=left(60),
                         before=(PACK / "mpi/bin/mpirun", "-np", "1", "--bind-to", "none"))
            off = distance(moments(torch, folder / "device"), moments(torch, folder / "nccl"))
            used = "NCCL version" in said
            report("process group", off < 1e-3 and (used or a.device == "cpu"),
                   f"one process under mpirun, {'NCCL' if used else 'without NCCL'}: {off:.1e} from a run without")

        def speed():
            large = a.device == "cuda"
            source, data, size = ("paper.toml", "large", (512, 256)) if large else ("smoke.toml", "small", (128, 64))
            encoder = re.search(r'(?m)^encoder = "(.*)"', recipe(source, 1)).group(1)
            for precision in ("fp32", "bf16"):
                said = train(env, folder, f"speed-{precision}", a.device, recipe(source, 3), "--set", f"training.precision=\"{precision}\"",
                             "--set", "training.batch=8", "--set", "training.checkpoint_steps=1000000", data=data, seconds=left(90))
                rates = re.findall(r"([\d.]+) images/s", said)
                if not rates:
                    raise RuntimeError("no rate in the log")
                ours = max(float(r) for r in rates)
                other = subprocess.run([sys.executable, PACK / "train_pytorch.py", "--variant", f"{precision}-channels-last",
                                        "--encoder", encoder, "--batch", "8", "--height", str(size[0]),
                                        "--width", str(size[1]), "--steps", "6", "--warm-up", "3",
                                        "--threads", str(os.cpu_count()), "--device", a.device],
                                       capture_output=True, text=True, timeout=left(90), check=False)
                theirs = re.search(r"measured ([\d.]+)", other.stdout)
                beside = f"PyTorch {1000 / float(theirs.group(1)):.1f}" if theirs else \
                    "PyTorch not measured: " + ((other.stderr.strip().splitlines() or ["?"])[-1])[:120]
                report(f"speed {precision}", True, f"{encoder}, batch 8 of {size[0]} x {size[1]}: {ours:.1f} images a second with "
                       f"reading and augmentation; {beside}, steps alone")

        for check, work in (("step", step), ("bf16", bf16), ("inference", inference), ("process group", nccl), ("speed", speed)):
            attempt(check, work)
    print(f"{time.monotonic() - started:.0f} s")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
