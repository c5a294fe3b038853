#!/usr/bin/env python3
"""Writes the list of what a package contains and uses (CycloneDX 1.6), and compares it with THIRD_PARTY_LICENSES.md: prints each library
that is in the package and not in the tables, or the reverse, and exits 1 if there are any.

    make-sbom.py PACKAGE OUT.cdx.json

PACKAGE is a .deb of scripts/package.sh or mhcnn-*.whl. Versions of Debian's libraries in a wheel are those of this machine, which
must be the one that made it. The same package gives the same bytes.
"""
import fnmatch
import hashlib
import importlib.util
import io
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import uuid
import zipfile
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parent.parent

# Debian packages and files, and the row of THIRD_PARTY_LICENSES.md that is about them.
ROWS = {
    "libopencv-*": "OpenCV", "libdcmtk*": "DCMTK", "libopenjp2-*": "OpenJPEG", "libjpeg62-turbo": "libjpeg-turbo", "zlib1g": "zlib",
    "libpng16-16": "libpng",
    "libzip4": "libzip", "libarchive13": "libarchive", "libspdlog*": "spdlog, fmt", "libfmt*": "spdlog, fmt", "libpugixml*": "pugixml",
    "libtomlplusplus*": "toml++", "libssl3": "OpenSSL", "libonnx1": "ONNX", "libprotobuf32": "Protocol Buffers", "libplplot17": "PLplot",
    "libcairo2": "Cairo", "libharfbuzz0b": "HarfBuzz", "libnifti2-2": "NIfTI", "libsoci-*": "SOCI", "libsqlite3-0": "SQLite",
    "libpq5": "libpq",
    "libcurl4": "libcurl", "libsystemd0": "libsystemd", "libprometheus-cpp-core*": "prometheus-cpp", "libsodium23": "libsodium",
    "libopenmpi3": "OpenMPI", "python3": "Python", "python3-pip": "pip", "torch": "LibTorch", "nvidia-*": "CUDA runtime and CUPTI",
    "libgfortran5": "`libgfortran`", "libquadmath0": "`libquadmath`", "libwebp7": "`libwebp`",
    "libc6": "GNU C library", "libstdc++6": "GCC", "libgcc-s1": "GCC",
    "libopenvino*": "`libopenvino`", "libtbb*": "oneTBB", "libhwloc*": "hwloc", "libmhcnn*": "MH-CNN",
}
# Rows without a file of their own: in the text of a binary.
HEADERS = "headers"


@dataclass
class Row:
    section: str
    name: str
    version: str
    licence: str
    linked: str


def rows():
    """The rows of the tables of libraries and data."""
    found, section = [], ""
    for line in (ROOT / "THIRD_PARTY_LICENSES.md").read_text().splitlines():
        if line.startswith("## "):
            section = line[3:]
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) >= 3 and cells[0] not in ("library", "data") and not set(cells[0]) <= set("-"):
            found.append(Row(section, *cells[:3], cells[3] if len(cells) > 3 else "bundled"))
    return found


TABLE = rows()


def row_of(name):
    for pattern, title in ROWS.items():
        if fnmatch.fnmatch(name, pattern):
            return next((row for row in TABLE if row.name.startswith(title)), None)
    return None


def schema_file(name):
    return pathlib.Path(importlib.util.find_spec("cyclonedx").submodule_search_locations[0], "schema/_res", name)


SPDX = set(json.loads(schema_file("spdx.SNAPSHOT.schema.json").read_text())["enum"])


def licences(text):
    """A licence of the tables for CycloneDX: an SPDX identifier where it is one, else its name."""
    entries = []
    for part in re.split(r", | and ", re.sub(r" \(.*?\)", "", text)):
        entries.append({"license": {"id": part} if part in SPDX else {"name": part}})
    return entries


def component(kind, name, version, licence, **more):
    made = {"type": kind, "bom-ref": f"{name}@{version}", "name": name, "version": version, "licenses": licences(licence)}
    made.update(more)
    return made


def hashes(content):
    return [{"alg": "SHA-256", "content": hashlib.sha256(content).hexdigest()}]


def deb_members(path):
    """(name, content) of the files of a .deb, and its control fields."""
    stream = subprocess.run(["dpkg-deb", "--fsys-tarfile", path], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(stream)) as archive:
        files = {member.name.removeprefix("./"): archive.extractfile(member).read() for member in archive if member.isfile()}
    lines = subprocess.run(["dpkg-deb", "-f", path], capture_output=True, text=True, check=True).stdout
    return files, dict(re.findall(r"^([\w-]+): (.*)$", lines, re.M))


def wheel_members(path):
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    metadata = next(content for name, content in files.items() if name.endswith(".dist-info/METADATA")).decode()
    return files, dict(re.findall(r"^([\w-]+): (.*)$", metadata, re.M))


def debian_package(library):
    """The installed package that a file of a wheel is from, by its name without auditwheel's digest, and its version."""
    plain = re.sub(r"-[0-9a-f]{8}(?=\.so)", "", library)
    made = subprocess.run(["dpkg", "-S", f"*/{plain}"], check=False, capture_output=True, text=True)
    names = sorted({line.split(":")[0] for line in made.stdout.splitlines() if ": " in line})
    if not names:
        return None, None
    asked = ["dpkg-query", "-W", "-f=${source:Upstream-Version}", names[0]]
    return names[0], subprocess.run(asked, check=True, capture_output=True, text=True).stdout


def copyright_licences(text):
    """The licences that a copyright file of Debian names."""
    names = sorted({name.strip() for line in re.findall(r"^License: *(.+)$", text, re.M) for name in re.split(r" and | or |,", line)})
    return ", ".join(names)


def libraries_of(files, faults):
    """Components of the shared libraries in a package."""
    found = []
    for name, content in sorted(files.items()):
        library = name.rsplit("/", 1)[-1]
        if not re.search(r"\.so(\.|$)", library) or re.match(r"(libmhcnn|_core)", library):
            continue
        row = row_of(library)
        if row and row.section.startswith("Bundled"):
            found.append(component("library", library, row.version.replace("of OpenVINO", "2026.4.1"), row.licence, hashes=hashes(content)))
            continue
        package, version = debian_package(library)
        text = next((files[n].decode(errors="replace") for n in files if package and n.endswith(f"/libraries/{package}.copyright")), "")
        licence = row_of(package).licence if package and row_of(package) else copyright_licences(text)
        if not package or not text or not licence:
            faults.append(f"{name}: is in the package, but no table and no copyright file names its licence")
            continue
        if re.search(r"\b(libgdal|libpoppler|libx265|libjbig|libicu)", library):
            faults.append(f"{name}: was to be left out")
        found.append(component("library", library, version, licence, hashes=hashes(content), purl=f"pkg:deb/debian/{package}@{version}"))
    return found


def depends_of(fields, faults):
    """Components that the package asks for and does not contain."""
    found = []
    for entry in filter(None, fields.get("Depends", "").split(", ")):
        package = entry.split(" ")[0]
        if package.startswith(("mhcnn", "libmhcnn")):
            continue
        row = row_of(package)
        if row is None:
            faults.append(f"{package}: the package depends on it, but THIRD_PARTY_LICENSES.md does not name it")
            continue
        found.append(component("library", package, row.version, row.licence, scope="excluded", purl=f"pkg:deb/debian/{package}",
                               description="of Debian, not contained"))
    return found


def fetched(files):
    """Components that mhcnn-train-libtorch of the package downloads."""
    pins = files.get("usr/share/mhcnn/libtorch.txt", b"").decode()
    found = []
    for name, version, digest in re.findall(r"^([\w-]+)==([\d.]+) --hash=sha256:([0-9a-f]{64})$", pins, re.M):
        found.append(component("library", name, version, row_of(name).licence, scope="optional", purl=f"pkg:pypi/{name}@{version}",
                               hashes=[{"alg": "SHA-256", "content": digest}], description="downloaded by mhcnn-train-libtorch"))
    return found


def embedded():
    """What is compiled into the programs."""
    found = [component("library", row.name, row.version, row.licence, description="headers, compiled into the program")
             for row in TABLE if row.linked == HEADERS]
    return found + [component("data", row.name, row.version, row.licence, description="contained in the program")
                    for row in TABLE if row.section.startswith("Embedded")]


def make(path):
    is_deb = path.suffix == ".deb"
    files, fields = (deb_members if is_deb else wheel_members)(path)
    name, version = fields.get("Package", fields.get("Name")), fields["Version"]
    faults = []
    parts = libraries_of(files, faults) + (depends_of(fields, faults) + fetched(files) if is_deb else [])
    if name != "libmhcnn-dev":
        parts += embedded()
    for model in sorted(n for n in files if n.endswith(".onnx")):
        parts.append(component("machine-learning-model", pathlib.Path(model).stem, version, "Apache-2.0", hashes=hashes(files[model])))
    bundled = [n for n in files if "/lib/mhcnn/" in n and ".so" in n]
    if "/lib/mhcnn/" in "".join(files) and len(bundled) < 6:
        faults.append(f"{path.name}: contains {len(bundled)} libraries of OpenVINO, fewer than the tables name")
    if is_deb:
        for row in TABLE:
            if row.section.startswith("Bundled by an installation") and not row.name.startswith("oneDNN"):
                stems = [stem.rstrip("*") for stem, title in ROWS.items() if row.name.startswith(title)]
                if name == "mhcnn" and not any(pathlib.Path(file).name.startswith(tuple(stems)) for file in bundled):
                    faults.append(f"{row.name}: is in THIRD_PARTY_LICENSES.md, but not in the package")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    unique = {part["bom-ref"]: part for part in parts}
    bom = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, digest)}", "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": f"{name}@{version}", "name": name, "version": version,
                                   "description": "Breast density from mammograms. A research tool, not a medical device.",
                                   "licenses": licences("Apache-2.0"), "hashes": [{"alg": "SHA-256", "content": digest}]}},
        "components": list(unique.values()),
        "dependencies": [{"ref": f"{name}@{version}", "dependsOn": sorted(unique)}],
    }
    return bom, faults


def validate(bom):
    """Checks the list against the schema of CycloneDX 1.6."""
    import jsonschema
    import referencing

    registry = referencing.Registry()
    for file, uri in (("spdx.SNAPSHOT.schema.json", "http://cyclonedx.org/schema/spdx.SNAPSHOT.schema.json"),
                      ("jsf-0.82.SNAPSHOT.schema.json", "http://cyclonedx.org/schema/jsf-0.82.SNAPSHOT.schema.json")):
        content = json.loads(schema_file(file).read_text())
        registry = registry.with_resource(uri, referencing.Resource.from_contents(content, referencing.jsonschema.DRAFT7))
    schema = json.loads(schema_file("bom-1.6.SNAPSHOT.schema.json").read_text())
    jsonschema.Draft7Validator(schema, registry=registry).validate(bom)


def main():
    path, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    bom, faults = make(path)
    validate(bom)
    out.write_text(json.dumps(bom, indent=1, ensure_ascii=False) + "\n")
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{out}: {len(bom['components'])} components, {len(faults)} faults")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
