#!/usr/bin/env python3
"""Collects pictures that are no mammograms from Python packages: `other_pictures.py OUT`, one folder a package.

Run it in a separate environment with these packages: numpy pillow pydicom nibabel scikit-image scikit-learn
matplotlib nilearn dipy mahotas pynetdicom wsidicom-data deid-data pydicom-data, pylibjpeg-openjpeg pylibjpeg-libjpeg, and
scipy 1.9 (later ones carry no pictures). Volumes are cut in three directions. Nothing of them is part of this project.
"""
import bz2
import gzip
import importlib.util
import pathlib
import sys
import warnings

import numpy as np
from PIL import Image

warnings.filterwarnings("ignore")
out = pathlib.Path(sys.argv[1])
scipy_old = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None


def package(name):
    spec = importlib.util.find_spec(name)
    return pathlib.Path(next(iter(spec.submodule_search_locations))) if spec else None


def save(source, name, array):
    array = np.asarray(array, float)
    if array.ndim == 3 and array.shape[2] in (3, 4):
        array = array[..., :3] @ (0.299, 0.587, 0.114)
    if array.ndim != 2 or min(array.shape) < 100:
        return
    low, high = np.percentile(array, (0.2, 99.8))
    if high <= low:
        return
    (out / source).mkdir(parents=True, exist_ok=True)
    picture = (np.clip((array - low) / (high - low), 0, 1) * 255).astype(np.uint8)
    Image.fromarray(picture).save(out / source / f"{name}.png")


def slices(source, name, volume, count=8):
    while volume.ndim > 3:
        volume = volume[..., volume.shape[-1] // 2]
    for axis in range(3):
        if min(np.delete(volume.shape, axis)) < 100:
            continue
        for share in np.linspace(0.2, 0.8, count):
            cut = np.take(volume, int(share * (volume.shape[axis] - 1)), axis)
            save(source, f"{name}-{'xyz'[axis]}{int(100 * share)}", cut.T[::-1])


def pictures(source, folder, patterns=("*.png", "*.jpg", "*.jpeg", "*.tif", "*.bmp")):
    for path in sorted(p for pattern in patterns for p in folder.rglob(pattern)):
        try:
            save(source, path.stem, np.asarray(Image.open(path).convert("L"), float))
        except Exception as e:
            print(f"left out {path}: {e}", file=sys.stderr)


def dicoms(source, folder):
    import pydicom
    seen = set()
    for path in sorted(folder.rglob("*.dcm")):
        if "MG1" in path.name:  # a mammogram
            continue
        try:
            data = pydicom.dcmread(path, force=True)
            array = data.pixel_array.astype(float)
            if array.ndim == 4 or (array.ndim == 3 and array.shape[-1] not in (3, 4)):
                array = array[len(array) // 2]
            if data.get("PhotometricInterpretation") == "MONOCHROME1":
                array = array.max() - array
            key = (array.shape, round(float(array.mean()), 1))
            if key not in seen:
                seen.add(key)
                save(source, f"{data.get('Modality', 'XX')}-{path.stem}", array)
        except Exception as e:
            print(f"left out {path.name}: {str(e)[:80]}", file=sys.stderr)


def main():
    for name, folder in (("scikit-image", ("skimage", "data")), ("scikit-learn", ("sklearn", "datasets/images")),
                         ("matplotlib", ("matplotlib", "mpl-data/sample_data")), ("mahotas", ("mahotas", "demos/data")),
                         ("wsidicom-data", ("wsidicom_data", "data"))):
        if package(folder[0]):
            pictures(name, package(folder[0]) / folder[1])
    for name, module in (("pydicom", "pydicom"), ("pydicom-data", "data_store"), ("deid-data", "deid_data"),
                         ("pynetdicom", "pynetdicom"), ("nibabel", "nibabel")):
        if package(module):
            dicoms(name, package(module))
    if package("matplotlib"):
        raw = gzip.decompress((package("matplotlib") / "mpl-data/sample_data/s1045.ima.gz").read_bytes())
        save("matplotlib", "MR-s1045", np.frombuffer(raw, np.uint16).reshape(256, 256))
    import nibabel
    if package("nilearn"):
        for path in sorted((package("nilearn") / "datasets/data").glob("mni*.nii.gz")):
            slices("nilearn", path.name.split("_")[2], np.asarray(nibabel.load(path).dataobj, float), count=10)
    if package("dipy"):
        save("dipy", "t1_coronal", np.load(package("dipy") / "data/files/t1_coronal_slice.npy"))
    if scipy_old:
        import pickle
        face = np.frombuffer(bz2.decompress((scipy_old / "scipy/misc/face.dat").read_bytes()), np.uint8).reshape(768, 1024, 3)
        save("scipy", "face", face)
        save("scipy", "ascent", np.array(pickle.loads((scipy_old / "scipy/misc/ascent.dat").read_bytes())))


if __name__ == "__main__":
    main()
