#!/usr/bin/env python3
"""Averages the weights of checkpoints (safetensors) of one network that were trained from the same start.

    scripts/experiments/real-cv/average.py OUT CHECKPOINT[=SHARE]...      SHARE: 1 where none is given

OUT has the header of the first checkpoint, and as `averaged` the names and shares of all. Needs NumPy (.deps/venv/bin/python has it)."""
import json
import pathlib
import struct
import sys

from setup_python import modules

(np,) = modules("numpy")
TYPES = {"F32": "<f4", "F16": "<f2"}


def read(path):
    """Header and bytes of the tensors."""
    content = pathlib.Path(path).read_bytes()
    end = 8 + struct.unpack("<Q", content[:8])[0]
    return json.loads(content[8:end]), memoryview(content)[end:]


def values(header, data, name):
    tensor = header[name]
    begin, end = tensor["data_offsets"]
    return np.frombuffer(data[begin:end], TYPES[tensor["dtype"]]).astype(np.float64)


def average(out, paths, shares):
    files = [read(path) for path in paths]
    first = files[0][0]
    names = [name for name in first if name != "__metadata__"]
    for path, (header, _) in zip(paths, files, strict=True):
        if {*header} - {"__metadata__"} != {*names} or any(header[name]["shape"] != first[name]["shape"] for name in names):
            sys.exit(f"error: {path}: is of another network than {paths[0]}; average checkpoints of one network")
    header, parts, at = {"__metadata__": dict(first.get("__metadata__", {}))}, [], 0
    names_and_shares = [f"{pathlib.Path(path).stem} {share / sum(shares):.3g}" for path, share in zip(paths, shares, strict=True)]
    header["__metadata__"]["averaged"] = ", ".join(names_and_shares)
    for name in names:
        mean = sum(share * values(*file, name) for share, file in zip(shares, files, strict=True)) / sum(shares)
        parts.append(mean.astype("<f4").tobytes())
        header[name] = {"dtype": "F32", "shape": first[name]["shape"], "data_offsets": [at, at + len(parts[-1])]}
        at += len(parts[-1])
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    temporary = pathlib.Path(f"{out}.tmp")
    temporary.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(parts))
    temporary.replace(out)


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    named = [word.rpartition("=") if "=" in word else (word, "", "1") for word in sys.argv[2:]]
    average(sys.argv[1], [path for path, _, _ in named], [float(share) for _, _, share in named])


if __name__ == "__main__":
    main()
