#!/usr/bin/python3
"""Puts the LibTorch that mhcnn-train was built with beside it, or says whether it is there. Installed as mhcnn-train-libtorch."""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

# The libraries that the loader asks for: LibTorch's parts for a CPU, and the two of NVIDIA that these name and do not use on a CPU.
WANTED = ("libtorch_cpu.so", "libc10.so", "libgomp.so.1", "libcudart.so.13", "libcupti.so.13")
MEGABYTES = 1500  # for the wheel and what is taken from it


def stop(problem):
    sys.exit(f"error: {problem}")


def extract(wheel, folder):
    """Copies the wanted libraries of a wheel into the folder."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            library = name.rsplit("/", 1)[-1]
            if library in WANTED and "/lib/" in name:
                with archive.open(name) as source, open(folder / library, "wb") as made:
                    shutil.copyfileobj(source, made, 1 << 20)
                (folder / library).chmod(0o644)


def fetch(pins, folder):
    """Downloads the pinned wheels with pip, which compares their SHA-256, and puts the libraries into a new folder."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder.parent).free // 1000000
    if free < MEGABYTES:
        stop(f"{folder.parent}: has {free} MB free; LibTorch needs {MEGABYTES} MB while it is installed")
    with tempfile.TemporaryDirectory(prefix=".libtorch-", dir=folder.parent) as work:
        made = pathlib.Path(work, "libraries")
        made.mkdir(mode=0o755)
        command = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--no-cache-dir", "--no-deps",
                   "--require-hashes", "--only-binary=:all:", "--python-version=3.11", "--implementation=cp", "--abi=cp311", "--abi=none",
                   "--platform=manylinux_2_28_x86_64", "--platform=manylinux_2_25_x86_64", "--platform=manylinux2014_x86_64",
                   "--dest", work, "-r", str(pins)]
        if subprocess.run(command, check=False, stdout=sys.stderr).returncode != 0:
            stop("pip could not download the wheels; its message is above")
        for wheel in sorted(pathlib.Path(work).glob("*.whl")):
            print(f"taking the libraries of {wheel.name}")
            extract(wheel, made)
            wheel.unlink()
        missing = [name for name in WANTED if not (made / name).exists()]
        if missing:
            stop(f"the wheels do not contain {', '.join(missing)}")
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(made, folder)


def main():
    prefix = pathlib.Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(prog="mhcnn-train-libtorch", description=(
        "Downloads LibTorch, which mhcnn-train needs, from the Python Package Index (540 MB) and puts its libraries (457 MB) into "
        "lib/mhcnn beside the program. Takes the version that mhcnn-train was built with, verified by its SHA-256. "
        "Does nothing if it is there. Run it as root. Removing the package mhcnn-train removes LibTorch."))
    parser.add_argument("--check", action="store_true", help="only say whether LibTorch is there (exit status 1: it is not)")
    parser.add_argument("--remove", action="store_true", help="remove LibTorch")
    arguments = parser.parse_args()
    pins = prefix / "share/mhcnn/libtorch.txt"
    version = re.search(r"^torch==([0-9.]+)", pins.read_text(), re.MULTILINE)[1]
    folder = prefix / f"lib/mhcnn/libtorch-{version}"
    there = all((folder / name).exists() for name in WANTED)
    if arguments.check:
        print(f"LibTorch {version} is in {folder}" if there else f"LibTorch {version} is not installed; run as root: mhcnn-train-libtorch")
        sys.exit(not there)
    if there and not arguments.remove:
        print(f"LibTorch {version} is in {folder}; nothing to do")
        return
    if not os.access(prefix / "lib/mhcnn", os.W_OK):
        stop(f"{prefix / 'lib/mhcnn'}: cannot be written; run mhcnn-train-libtorch as root")
    if not arguments.remove:
        print(f"downloading LibTorch {version} and two libraries that it names: 540 MB")
        fetch(pins, folder)
        print(f"LibTorch {version} is in {folder}")
    for other in folder.parent.glob("libtorch-*"):
        if arguments.remove or other != folder:
            shutil.rmtree(other)
            print(f"removed {other}")


if __name__ == "__main__":
    main()
