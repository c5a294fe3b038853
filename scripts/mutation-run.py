#!/usr/bin/env python3
"""Damages files of every format that mhcnn reads and gives them to it: no crash, no hang, no memory beyond the limit, a row for each.

    scripts/mutation-run.py [--count 1000] [--seed 1] [--bin build/release/bin]

Undamaged files are phantoms in every DICOM transfer syntax and as PNG, the pictures of fuzz/corpus (TIFF, BigTIFF, JPEG, JPEG 2000,
BMP, PGM), and the shipped model. Four of five files damaged are images, given to `mhcnn predict` in batches of 50 with one worker;
the rest are archives, directories, lists, label tables and models. A file that takes over 5 s, a run that ends by a signal or with an exit
status other than 0, 1 or 2, or takes over 2 GiB, is named, kept in mutation-findings/ and fails the run.
"""
import argparse
import collections
import csv
import gzip
import os
import pathlib
import random
import resource
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SYNTAXES = ("implicit explicit deflated rle jpeg12 jpeg-lossless jpeg-ls "
            "jpeg2000 jpeg2000-lossy").split()
MOST_SECONDS, MOST_KIB = 5, 2 << 20


def run(command):
    """Exit status (negative: a signal; None: still running after its time), seconds, peak KiB, last line of stderr."""
    start = time.monotonic()
    with tempfile.TemporaryFile() as err:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=err)
        status, usage, limit = None, None, 51 * MOST_SECONDS  # a batch is 50 files
        while status is None and time.monotonic() - start < limit:
            pid, code, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                status = os.waitstatus_to_exitcode(code)
                process.returncode = status
            else:
                time.sleep(0.01)
        if status is None:
            process.kill()
            process.wait()
        err.seek(0)
        lines = err.read().decode("utf-8", "replace").splitlines()
    return status, time.monotonic() - start, usage.ru_maxrss if usage else 0, lines


def flip_bits(data, pick):
    for _ in range(pick.choice((1, 3, 10, 100))):
        data[pick.randrange(len(data))] ^= 1 << pick.randrange(8)


def flip_header_bits(data, pick):
    for _ in range(pick.choice((1, 2, 5))):
        data[pick.randrange(min(len(data), 1500))] ^= 1 << pick.randrange(8)


def cut(data, pick):
    del data[pick.randrange(len(data)):]


def remove_block(data, pick):
    start = pick.randrange(len(data))
    del data[start:start + pick.choice((1, 2, 16, 1000))]


def repeat_block(data, pick):
    start = pick.randrange(len(data))
    data[start:start] = data[start:start + pick.choice((1, 8, 100, 5000))] * pick.choice((1, 2, 50))


def extreme_number(data, pick):
    at, width = pick.randrange(max(1, min(len(data), 3000) - 4)), pick.choice((1, 2, 4))
    data[at:at + width] = pick.choice((b"\xff", b"\x00", b"\x7f", b"\x80"))[:1] * width


def zero_block(data, pick):
    start, length = pick.randrange(len(data)), pick.choice((4, 64, 4096))
    data[start:start + length] = bytes(len(data[start:start + length]))


def foreign_block(data, pick):
    start, length = pick.randrange(len(data)), pick.choice((4, 64, 2000))
    data[start:start + length] = pick.randbytes(length)


DAMAGES = (flip_bits, flip_header_bits, cut, remove_block, repeat_block, extreme_number, zero_block, foreign_block)


def damaged(source, pick):
    data = bytearray(source.read_bytes())
    for _ in range(pick.choice((1, 1, 1, 2, 3))):
        if data:
            pick.choice(DAMAGES)(data, pick)
    return bytes(data)


def make_sources(mhcnn, folder):
    """Undamaged files by what reads them."""
    for n, syntax in enumerate(SYNTAXES):
        made = subprocess.run([mhcnn, "phantom", "--count", "1", "--seed", str(n + 1), "--height", "900", "--width", "640", "--format",
                               "dicom", "--syntax", syntax, "--out", folder / syntax], capture_output=True, text=True, check=False)
        if made.returncode:
            sys.exit(f"phantoms in {syntax} cannot be made: {made.stderr}")
    subprocess.run([mhcnn, "phantom", "--count", "2", "--seed", "50", "--height", "900", "--width", "640", "--out", folder / "png"],
                   check=True, capture_output=True)
    images = sorted(p for s in SYNTAXES for p in (folder / s).rglob("*.dcm")) + sorted((folder / "png/images").glob("*.png"))
    images += [p for kind in ("htj2k", "big_endian", "jpeg_") for p in sorted((ROOT / "tests/data/dicom").glob(kind + "*.dcm"))]
    images += sorted((ROOT / "fuzz/corpus/picture").glob("seed-*"))
    archive = folder / "study.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in images[:2]:
            packed.write(path, f"{path.parts[-2]}-{path.name}")
    tars = [folder / "study.tar", folder / "study.tar.gz", folder / "study.tar.xz"]
    for path in tars:
        with tarfile.open(path, "w:" + path.suffix[1:].replace("tar", "")) as packed:
            for image in images[:2]:
                packed.add(image, f"{image.parts[-2]}-{image.name}")
    alone = folder / "alone.dcm.gz"
    alone.write_bytes(gzip.compress(images[0].read_bytes()))
    archives = [archive, *tars, alone] + [p for kind in ("dicomdir", "zip") for p in sorted((ROOT / "fuzz/corpus" / kind).glob("seed-*"))]
    labels = sorted((folder / "png").glob("*.csv")) + sorted((ROOT / "fuzz/corpus/manifest").glob("seed-*"))
    models = [ROOT / "models/mhcnn-fast.onnx"]
    weights = sorted((ROOT / "fuzz/corpus/safetensors").glob("seed-*")) + sorted((ROOT / "fuzz/corpus/torch_file").glob("seed-*"))
    return images, archives, labels, models, weights


class Report:
    def __init__(self, keep):
        self.keep, self.bad, self.peak, self.longest = keep, [], 0, 0.0
        self.outcomes = collections.Counter()

    def fail(self, path, why):
        self.keep.mkdir(exist_ok=True)
        kept = self.keep / f"{len(self.bad):03d}-{path.name}"
        if path.is_file():
            shutil.copy(path, kept)
        self.bad.append(f"{kept}: {why}")
        print("FINDING", self.bad[-1], flush=True)

    def judge(self, path, result, most_seconds, rows=()):
        status, seconds, kib, lines = result
        self.peak = max(self.peak, kib)
        if status is None:
            self.fail(path, f"still running after {seconds:.0f} s")
        elif status not in (0, 1, 2):
            self.fail(path, f"exit status {status}: {lines[-1] if lines else ''}")
        elif kib > MOST_KIB:
            self.fail(path, f"took {kib >> 10} MiB")
        elif seconds > most_seconds:
            self.fail(path, f"took {seconds:.1f} s")
        elif status and not rows and sum(line.startswith("error: ") for line in lines) != 1:
            self.fail(path, f"no single error line: {lines[-3:]}")


def rows_of(out):
    table = out / "results.csv"
    return list(csv.DictReader(open(table, newline="", encoding="utf-8", errors="surrogateescape"))) if table.exists() else []


def predict_images(mhcnn, files, folder, report):
    """One batch; where it fails as a whole, each file alone to find the one."""
    out = folder.parent / "out"
    shutil.rmtree(out, ignore_errors=True)
    command = [mhcnn, "predict", folder, "-o", out, "-j", "1", "-q", "--no-masks"]
    status, _, kib, lines = run(command)
    report.peak = max(report.peak, kib)
    rows = rows_of(out)
    if status not in (0, 1) or kib > MOST_KIB or sorted(r["path"] for r in rows) != sorted(str(f) for f in files):
        print(f"a batch failed: status {status}, {kib >> 10} MiB, {len(rows)} rows for {len(files)} files", flush=True)
        for path in files:
            shutil.rmtree(out, ignore_errors=True)
            result = run([mhcnn, "predict", path, "-o", out, "-q"])
            report.judge(path, result, MOST_SECONDS, rows_of(out))
        return
    # What libraries print by themselves would drown the batch's own words.
    stray = [line for line in lines if not line.startswith(("error: ", "warning: ")) and "predict " not in line]
    if stray:
        report.fail(files[0], f"a batch with this file printed: {stray[0]}")
    for row in rows:
        taken = float(row["seconds"] or 0)
        report.longest = max(report.longest, taken)
        if taken > MOST_SECONDS:
            report.fail(pathlib.Path(row["path"]), f"took {taken:.1f} s")
        for column, value in row.items():
            if any("\ud800" <= c <= "\udfff" for c in value):
                report.fail(pathlib.Path(row["path"]), f"its {column} is not UTF-8: {value!r}")
        report.outcomes["measured" if row["status"] == "ok" else row["error"].split(":")[0]] += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bin", type=pathlib.Path, default=ROOT / "build/release/bin")
    arguments = parser.parse_args()
    mhcnn = (arguments.bin / "mhcnn").resolve()
    if not mhcnn.exists():
        sys.exit(f"error: {mhcnn} is not built: cmake --preset release && cmake --build --preset release (or --bin)")
    pick = random.Random(arguments.seed)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    started = time.monotonic()
    report = Report(pathlib.Path.cwd() / "mutation-findings")
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        images, archives, labels, models, weights = make_sources(mhcnn, scratch / "sources")
        pictures = arguments.count * 4 // 5
        for first in range(0, pictures, 50):
            folder = scratch / "batch"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            files = []
            for n in range(first, min(first + 50, pictures)):
                source = images[n % len(images)]
                files.append(folder / f"{n:05d}-{source.name}")
                files[-1].write_bytes(damaged(source, pick))
            predict_images(mhcnn, files, folder, report)
        out = scratch / "out"
        for n in range(pictures, arguments.count):
            kind = n % 5
            source = pick.choice((archives, labels, models, weights, archives)[kind])
            path = scratch / f"{n:05d}-{source.name}"
            path.write_bytes(damaged(source, pick))
            shutil.rmtree(out, ignore_errors=True)
            command, most = {
                0: ([mhcnn, "predict", path, "-o", out, "-q"], 2 * MOST_SECONDS),
                1: ([mhcnn, "evaluate", path], MOST_SECONDS),
                2: ([mhcnn, "predict", images[0], "-o", out, "-q", "--model", path], MOST_SECONDS),
                3: ([mhcnn, "inspect", path], MOST_SECONDS),
                4: ([mhcnn, "inspect", path], MOST_SECONDS),
            }[kind]
            result = run(command)
            # evaluate lists what it could not measure in its report.
            report.judge(path, result, most, rows_of(out) or command[1] == "evaluate")
            report.outcomes[
                f"{command[1]} of {('an archive or directory', 'a label table', 'a model', 'weights', 'an archive or directory')[kind]}: "
                f"{'accepted' if result[0] == 0 else 'refused'}"
            ] += 1
            path.unlink()
    for outcome, count in sorted(report.outcomes.items()):
        print(f"{count:6d}  {outcome}")
    print(f"{arguments.count} damaged files (seed {arguments.seed}) in {time.monotonic() - started:.0f} s: {len(report.bad)} findings, "
          f"longest picture {report.longest:.1f} s, peak {report.peak >> 10} MiB")
    sys.exit(1 if report.bad else 0)


main()
