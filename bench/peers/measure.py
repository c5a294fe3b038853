"""What a user of Python would run in place of `mhcnn predict`: files to percent density, and to masks and overlays if asked.

    measure.py --engine pytorch|onnxruntime|openvino --model models/mhcnn-fast.onnx [--drawings FOLDER] [--threads N]
               [--processes N] FILE...

Prints one JSON object: percents by file, and the seconds of import and load. With --processes the files are divided between
processes of one thread each.
"""
import time

began = time.perf_counter()
import argparse  # noqa: E402
import json  # noqa: E402
import multiprocessing  # noqa: E402
import pathlib  # noqa: E402


def load_onnxruntime(model, threads):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    return lambda x: session.run(["masks"], {"image": x})[0]


def load_openvino(model, threads):
    import openvino

    core = openvino.Core()
    # fp32, as mhcnn: else OpenVINO computes in bf16 where the processor has it.
    compiled = core.compile_model(str(model), "CPU", {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": threads,
                                                      "PERFORMANCE_HINT": "LATENCY"})
    request = compiled.create_infer_request()
    return lambda x: request.infer({"image": x})["masks"]


def load_pytorch(model, threads):
    import segmentation_models_pytorch as smp
    import torch
    from safetensors.torch import load_file

    torch.set_num_threads(threads)
    network = metadata(model)["mhcnn.network"]
    encoder = network["encoder"].replace("efficientnet_lite", "tu-tf_efficientnet_lite")
    unet = smp.Unet(encoder, encoder_weights=None, in_channels=1, classes=len(network["masks"]),
                    decoder_channels=network["decoder_channels"])
    tensors = load_file(pathlib.Path(model).with_suffix(".safetensors"))
    wanted = unet.state_dict()
    state = {name: tensors.get(name.replace("encoder.model.", "encoder."), value).to(value.dtype)
             for name, value in wanted.items()}
    missing = [n for n in wanted if n.replace("encoder.model.", "encoder.") not in tensors and "num_batches" not in n]
    if missing:
        raise SystemExit(f"the checkpoint lacks {missing[:3]}")
    unet.load_state_dict(state)
    unet.eval().to(memory_format=torch.channels_last)

    def run(x):
        with torch.inference_mode():
            return torch.sigmoid(unet(torch.from_numpy(x).to(memory_format=torch.channels_last))).contiguous().numpy()

    return run


def metadata(model):
    """The JSON fields of the model file's metadata. ONNX is a protobuf file; the pairs are read without another library."""
    content, found = pathlib.Path(model).read_bytes(), {}
    for key in ("mhcnn.preprocess", "mhcnn.masks", "mhcnn.network"):
        at = content.index(b"\n" + bytes([len(key)]) + key.encode()) + 2 + len(key)
        size = shift = 0
        while True:  # a tag, then a length in sevens of bits
            at += 1
            size |= (content[at] & 0x7F) << shift
            shift += 7
            if content[at] < 0x80:
                break
        found[key] = json.loads(content[at + 1 : at + 1 + size])
    return found


def draw(folder, path, picture, masks):
    """A label map at the picture's size and an overlay of 1600 pixels, as mhcnn predict writes."""
    import cv2
    import numpy as np

    labels = masks["breast"] // 255 + masks["dense"] // 255 + 3 * (masks["pectoral"] // 255)
    labels = cv2.resize(labels, picture.shape[::-1], interpolation=cv2.INTER_NEAREST)
    cv2.imwrite(f"{folder}/{path.stem}-mask.png", labels * 64)
    scale = min(1, 1600 / max(picture.shape))
    size = tuple(round(side * scale) for side in picture.shape[::-1])
    grey = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    canvas = cv2.cvtColor(np.clip(grey * (255 / max(1, grey.max())), 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)
    for name, colour in (("breast", (233, 180, 86)), ("dense", (66, 228, 240)), ("pectoral", (0, 94, 213))):
        outlines, _ = cv2.findContours(cv2.resize(masks[name], size, interpolation=cv2.INTER_NEAREST), cv2.RETR_CCOMP,
                                       cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(canvas, outlines, -1, colour, 2)
    cv2.imwrite(f"{folder}/{path.stem}-overlay.png", canvas)


def work(arguments):
    files, engine, model, threads, drawings = arguments
    import cv2
    import prepare

    cv2.setNumThreads(threads)
    card = metadata(model)
    run = {"onnxruntime": load_onnxruntime, "openvino": load_openvino, "pytorch": load_pytorch}[engine](model, threads)
    ready = time.perf_counter() - began
    percents = {}
    for file in files:
        picture = prepare.read(file)
        network_input, geometry = prepare.prepare(picture, card["mhcnn.preprocess"])
        percent, masks = prepare.measure(run(network_input)[0], card["mhcnn.masks"], geometry)
        percents[str(file)] = percent
        if drawings:
            draw(drawings, pathlib.Path(file), picture, masks)
    return percents, ready


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", required=True, choices=("pytorch", "onnxruntime", "openvino"))
    parser.add_argument("--model", required=True, type=pathlib.Path)
    parser.add_argument("--drawings", type=pathlib.Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("inputs", nargs="+", type=pathlib.Path)
    a = parser.parse_args()
    files = sorted(f for i in a.inputs for f in (sorted(i.iterdir()) if i.is_dir() else [i]))
    if a.drawings:
        a.drawings.mkdir(parents=True, exist_ok=True)
    if a.processes > 1:
        parts = [(files[i :: a.processes], a.engine, a.model, 1, a.drawings) for i in range(a.processes)]
        with multiprocessing.get_context("spawn").Pool(a.processes) as pool:
            done = pool.map(work, parts, 1)
    else:
        done = [work((files, a.engine, a.model, a.threads, a.drawings))]
    print(json.dumps({"percents": {k: v for percents, _ in done for k, v in percents.items()},
                      "ready_seconds": max(ready for _, ready in done)}))


if __name__ == "__main__":
    main()
