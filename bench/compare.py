#!/usr/bin/env python3
"""Measures mhcnn predict and Python programs (bench/peers/measure.py) on the same files, in turns; bench/compare.sh installs what it needs.

Writes compare.md (a table) and compare.json (each run) to the output folder. Each run is a process of its own; its time is
that from the start of the command to its end, its memory the largest of it and its children together (tree_memory). The files lie in
the page cache. Exits 1 where a percent of a peer differs from that of mhcnn by more than --tolerance, or --tolerance-reduced.
"""
import argparse
import csv
import datetime
import importlib.metadata
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
SYNTAXES = ("explicit", "jpeg2000", "jpeg-lossless", "jpeg-ls", "rle", "deflated", "png")
ENGINES = {"pytorch": "pydicom + pylibjpeg + OpenCV + PyTorch", "onnxruntime": "pydicom + pylibjpeg + OpenCV + ONNX Runtime",
           "openvino": "pydicom + pylibjpeg + OpenCV + OpenVINO"}
PACKAGES = ("pydicom", "pylibjpeg", "pylibjpeg-openjpeg", "pylibjpeg-libjpeg", "pylibjpeg-rle", "pyjpegls", "opencv-python-headless",
            "numpy", "torch", "segmentation-models-pytorch", "onnxruntime", "openvino")
SAMPLE_SECONDS = 0.01


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build/release/bin", help="folder of mhcnn")
    parser.add_argument("--model", type=pathlib.Path, default=ROOT / "models/mhcnn-fast.onnx",
                        help="model file; PyTorch reads the .safetensors beside it")
    parser.add_argument("--images", type=int, default=8, help="images of the long run; one image is measured too")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each kind")
    parser.add_argument("--syntaxes", default=",".join(SYNTAXES), help="of " + ", ".join(SYNTAXES))
    parser.add_argument("--engines", default=",".join(ENGINES), help="peers to run")
    parser.add_argument("--processes", type=int, default=1, help="processes of the peers in the long run, of one thread each")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="threads of all programs")
    parser.add_argument("--drawings", action="store_true", help="measure masks and overlays too")
    parser.add_argument("--source", type=pathlib.Path, help="folder of DICOM mammograms to use (default: 4 phantoms of 3328 x 2560)")
    parser.add_argument("--cache", type=pathlib.Path, default=ROOT / "build/compare", help="folder that keeps the phantoms")
    parser.add_argument("--tolerance", type=float, default=0.3, help="largest difference of two percents, in points")
    parser.add_argument("--tolerance-reduced", type=float, default=1.5,
                        help="the same of JPEG 2000 files, of which mhcnn decodes a smaller level")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "build/compare", help="folder of compare.md and compare.json")
    return parser.parse_args()


def sources(a):
    if a.source:
        return sorted(a.source.glob("*.dcm"))
    folder = a.cache / "phantoms"
    if not (folder / "manifest.csv").exists():
        subprocess.run([a.bin / "mhcnn", "phantom", "--count", "4", "--seed", "5", "--height", "3328", "--width", "2560",
                        "--format", "dicom", "--out", folder], check=True, stdout=subprocess.DEVNULL)
    return sorted(folder.glob("*.dcm"))


def write_as(source, syntax, path):
    """One file of a syntax, lossless."""
    import pydicom
    from pydicom import uid

    ds = pydicom.dcmread(source)
    if syntax == "png":
        sys.path.insert(0, str(ROOT / "bench/peers"))
        import cv2
        import prepare

        grey = prepare.read(source)
        cv2.imwrite(str(path), (grey * (65535 / max(1, grey.max()))).astype("uint16"))
        return
    if ds.file_meta.TransferSyntaxUID.is_compressed:
        ds.decompress()
    ds.file_meta.TransferSyntaxUID = uid.ExplicitVRLittleEndian
    ways = {"jpeg2000": uid.JPEG2000Lossless, "jpeg-ls": uid.JPEGLSLossless, "rle": uid.RLELossless}
    if syntax in ways:
        ds.compress(ways[syntax])
    elif syntax == "deflated":
        ds.file_meta.TransferSyntaxUID = uid.DeflatedExplicitVRLittleEndian
    ds.save_as(path)
    if syntax == "jpeg-lossless":
        subprocess.run(["dcmcjpeg", "+e1", path, path], check=True)


def make_files(a, syntax, folder):
    """`images` files of a syntax, each an object of its own."""
    import pydicom

    suffix = ".png" if syntax == "png" else ".dcm"
    originals = []
    for i, source in enumerate(sources(a)[: a.images]):
        original = folder / f"image-{i:05d}{suffix}"
        write_as(source, syntax, original)
        originals.append(original)
    for i in range(len(originals), a.images):
        original, copy = originals[i % len(originals)], folder / f"image-{i:05d}{suffix}"
        if syntax == "png":
            shutil.copy(original, copy)
            continue
        ds = pydicom.dcmread(original)
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = pydicom.uid.generate_uid()
        ds.StudyInstanceUID = pydicom.uid.generate_uid()
        ds.save_as(copy)
    return sorted(folder.iterdir())


def tree_memory(pid):
    """Bytes of a process and all its children: the private memory of each, and the largest shared memory (files, libraries) of one."""
    private, shared, waiting = 0, 0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            pages = [int(word) for word in pathlib.Path(f"/proc/{one}/statm").read_text().split()]
            private += pages[1] - pages[2]
            shared = max(shared, pages[2])
            for task in pathlib.Path(f"/proc/{one}/task").iterdir():
                waiting += [int(child) for child in (task / "children").read_text().split()]
        except (FileNotFoundError, ProcessLookupError, IndexError):
            continue
    return (private + shared) * os.sysconf("SC_PAGE_SIZE")


def energy():
    """Joules that the processor packages have used, or None where the machine does not tell."""
    try:
        counters = list(pathlib.Path("/sys/class/powercap").glob("intel-rapl:[0-9]*/energy_uj"))
        return sum(int(c.read_text()) for c in counters if c.parent.name.count(":") == 1) / 1e6 if counters else None
    except OSError:
        return None


def run(command):
    """Seconds, processor seconds, peak memory and joules of a command, and what it printed."""
    joules, load = energy(), os.getloadavg()[0]
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen(list(map(str, command)), stdout=output, stderr=errors)
        peak = 0
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            peak = max(peak, tree_memory(process.pid))
            time.sleep(SAMPLE_SECONDS)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        if process.returncode != 0:
            raise SystemExit(f"exit {process.returncode} of {' '.join(map(str, command))}:\n{errors.read().decode()[-2000:]}")
        after = energy()
        return {"seconds": seconds, "cpu_seconds": usage.ru_utime + usage.ru_stime, "peak_mb": max(peak / 2**20, usage.ru_maxrss / 1024),
                "joules": after - joules if joules is not None and after >= joules else None, "load": load}, output.read().decode()


def product(a, inputs, folder, drawings):
    # Like the peers, it sets its network up in each run.
    command = [a.bin / "mhcnn", "predict", *inputs, "-o", folder, "-q", "--no-page", "--no-cache", "--precision", "f32",
               "--model", a.model, "-j", 0 if a.threads == len(os.sched_getaffinity(0)) else a.threads]
    measured, _ = run(command + ([] if drawings else ["--no-overlays", "--no-masks"]))
    with open(folder / "results.csv", newline="") as table:
        percents = {row["path"]: float(row["percent_density"]) for row in csv.DictReader(table)}
    return measured, percents


def peer(a, engine, inputs, folder, drawings):
    command = [sys.executable, ROOT / "bench/peers/measure.py", "--engine", engine, "--model", a.model, "--threads", a.threads]
    command += ["--processes", a.processes] if len(inputs) > 1 else []
    measured, printed = run(command + (["--drawings", folder] if drawings else []) + inputs)
    said = json.loads(printed)
    return measured | {"ready_seconds": said["ready_seconds"]}, said["percents"]


def spread(values):
    if len(values) < 2:
        return values[0], values[0]
    quarters = statistics.quantiles(values, n=4, method="inclusive")
    return quarters[0], quarters[2]


def version(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.machine()


def summarise(runs, about):
    """Markdown: a row for each syntax, output, number of images and program, and a table of start-up times."""
    groups = {}
    for r in runs:
        groups.setdefault((r["syntax"], r["output"], r["images"], r["program"]), []).append(r)
    median = lambda key, field: statistics.median(r[field] for r in groups[key])  # noqa: E731
    lines = [f"{about['date']}, {about['machine']}, {about['threads']} threads, {about['memory_gib']} GiB, {about['system']}; load "
             f"{about['load'][0]:.1f} to {about['load'][1]:.1f} by all programs of the machine. {about['mhcnn']}, model "
             f"{about['model']}, fp32. "
             + ", ".join(f"{k} {v}" for k, v in about["packages"].items() if v) + f". {about['files']}.",
             "Energy: " + ("joules of the processor packages." if about["energy"] else "this machine does not tell."), "",
             "| files | output | images | program | seconds (quartiles) | processor seconds an image | images a second | peak MB | "
             "x the time of mhcnn | x its processor time | difference of percents |" + (" J an image |" if about["energy"] else ""),
             "|---|---|---|---|---|---|---|---|---|---|---|" + ("---|" if about["energy"] else "")]
    for key in groups:
        syntax, output, images, program = key
        base = (syntax, output, images, "mhcnn")
        low, high = spread([r["seconds"] for r in groups[key]])
        cells = [syntax, output, str(images), program, f"{median(key, 'seconds'):.2f} ({low:.2f} to {high:.2f})",
                 f"{median(key, 'cpu_seconds') / images:.3f}", f"{images / median(key, 'seconds'):.2f}", f"{median(key, 'peak_mb'):.0f}",
                 f"{median(key, 'seconds') / median(base, 'seconds'):.1f}",
                 f"{median(key, 'cpu_seconds') / median(base, 'cpu_seconds'):.1f}",
                 "" if program == "mhcnn" else f"{max(r['difference'] for r in groups[key]):.2f}"]
        if about["energy"]:
            cells.append(f"{median(key, 'joules') / images:.1f}")
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", "Start-up: the time of one image less the time that each further image takes in the long run.", "",
              "| files | output | program | start-up s | each further image s | its processor seconds |", "|---|---|---|---|---|---|"]
    for syntax, output, images, program in groups:
        one = (syntax, output, 1, program)
        if images > 1 and one in groups:
            many = (syntax, output, images, program)
            further, work = ((median(many, field) - median(one, field)) / (images - 1) for field in ("seconds", "cpu_seconds"))
            lines.append(f"| {syntax} | {output} | {program} | {median(one, 'seconds') - further:.2f} | {further:.3f} | {work:.3f} |")
    return "\n".join(lines) + "\n"


def main():
    a = arguments()
    syntaxes, engines = a.syntaxes.split(","), [e for e in a.engines.split(",") if e]
    for given, known in ((syntaxes, SYNTAXES), (engines, ENGINES)):
        if unknown := set(given) - set(known):
            raise SystemExit(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(known)}")
    a.out.mkdir(parents=True, exist_ok=True)
    programs = ["mhcnn", *engines]
    runs = []
    with tempfile.TemporaryDirectory(dir=a.out) as made_for_run:
        scratch = pathlib.Path(made_for_run)
        for syntax in syntaxes:
            folder = scratch / syntax
            folder.mkdir()
            files = make_files(a, syntax, folder)
            for output in ("table", "drawings") if a.drawings else ("table",):
                for count in sorted({1, a.images}):
                    for turn in range(a.rounds):
                        found = {}
                        # In turns, and each time another program first, so that a busy moment meets all alike.
                        for program in programs[turn % len(programs):] + programs[: turn % len(programs)]:
                            made = scratch / "made"
                            inputs = files[:1] if count == 1 else [folder] if program == "mhcnn" else files
                            one = product(a, inputs, made, output == "drawings") if program == "mhcnn" else \
                                peer(a, program, inputs, made, output == "drawings")
                            shutil.rmtree(made, ignore_errors=True)
                            found[program] = one
                        ours = found["mhcnn"][1]
                        for program, (measured, percents) in found.items():
                            if percents.keys() != ours.keys():
                                raise SystemExit(f"{program} and mhcnn did not measure the same files")
                            off = max(abs(percents[k] - ours[k]) for k in ours)
                            runs.append({"syntax": syntax, "output": output, "images": count, "program": ENGINES.get(program, program),
                                         "turn": turn, "difference": off, **measured})
                    print(f"{syntax}, {output}, {count} images: done", file=sys.stderr)
            shutil.rmtree(folder)
    worst = max(r["difference"] for r in runs)
    allowed = all(r["difference"] <= (a.tolerance_reduced if r["syntax"] == "jpeg2000" else a.tolerance) for r in runs)
    about = {"date": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"), "machine": processor(), "threads": a.threads,
             "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30), "system": platform.platform(),
             "load": [min(r["load"] for r in runs), max(r["load"] for r in runs)],
             "mhcnn": subprocess.run([a.bin / "mhcnn", "--version"], capture_output=True, text=True, check=True).stdout.strip(),
             "model": a.model.name, "packages": {p: version(p) for p in PACKAGES}, "energy": all(r["joules"] is not None for r in runs),
             "files": str(a.source) if a.source else "phantoms of 3328 x 2560 pixels", "processes_of_peers": a.processes,
             "command": " ".join(["bench/compare.sh", *sys.argv[1:]]), "largest_difference": worst, "tolerance": a.tolerance,
             "tolerance_reduced": a.tolerance_reduced}
    table = summarise(runs, about)
    (a.out / "compare.md").write_text(table)
    (a.out / "compare.json").write_text(json.dumps({"about": about, "runs": runs}, indent=1) + "\n")
    print(table)
    print(f"largest difference of a percent: {worst:.2f} points ({a.tolerance} allowed, {a.tolerance_reduced} for JPEG 2000)")
    sys.exit(not allowed)


if __name__ == "__main__":
    main()
