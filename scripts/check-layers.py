#!/usr/bin/env python3
"""Checks the layers of src/mhcnn against CMakeLists.txt.

- A layer includes only itself and layers that its target links, directly or through others (LINK, PRIVATE_LINK), and links
  no layer that it does not include.
- A third-party header is included only by the layers that may see it.
- Only tests include mhcnn/testing.
- A source has at most 400 lines, a header 150 (tests excepted).
- Each header that has a source of the same name has a test of that name beside it, or is in scripts/untested.txt with the reason.
- An options struct (…Options, …Limits) with a field other than a switch or an enumeration has Check().
- A function of a header has a verb: no name such as PercentOf(), OfExam() or Of().
- The table of layers in docs/design.md has the layers of CMakeLists.txt in the same order, each with one sentence.

Prints one line for each breach and exits 1, or prints the layers. With --table: prints the layers with their files, lines, lines of
tests and sentence as a table.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "mhcnn"
SOURCE_LINES, HEADER_LINES = 400, 150
THIRD_PARTY = {  # header prefix -> the layers that may see it
    "dcmtk/": {"dicom", "results", "service", "service/receive", "service/deliver", "service/dicomweb"},
    "openjpeg.h": {"image"},
    "png.h": {"image"},
    "zip.h": {"base"},
    "archive": {"base"},
    "onnx/": {"model/onnx"},
    "openvino/": {"infer"},
    "torch/": {"nn", "distributed", "loader", "train"},
    "ATen/": {"nn", "distributed", "loader", "train"},
    "c10/": {"nn", "distributed", "loader", "train"},
    "mpi.h": {"distributed"},
    "nccl.h": {"distributed"},
    "Eigen/": {"stats"},
    "boost/beast": {"service/web"},
    "boost/asio": {"service/web"},
    "boost/": {"stats", "service/web"},
    "soci": {"jobs"},
    "libpq-fe.h": {"jobs"},
    "sodium": {"jobs"},
    "curl/": {"service/deliver"},
    "systemd/": {"service"},
    "prometheus/": {"service/web"},
    "pugixml.hpp": {"data"},
    "openssl/": {"base", "service/web"},
    "plplot/": {"report"},
    "cairo.h": {"draw"},
    "hb.h": {"draw"},
    "nifti/": {"image"},
}


def read_layers():
    """Layers in order: directory -> the layers it links by name."""
    text = (ROOT / "CMakeLists.txt").read_text()
    layers, directories = {}, {}
    for call in re.finditer(r"^\s*mhcnn_library\((\w+)([^)]*)\)", text, re.M):
        name, arguments = call[1], call[2]
        directory = re.search(r"DIRECTORY (\S+)", arguments)
        directories[name] = directory[1] if directory else name
        layers[directories[name]] = re.findall(r"mhcnn::(\w+)", arguments)
    return {layer: [directories[n] for n in links if n in directories] for layer, links in layers.items()}


def reachable(layers, layer):
    seen, stack = set(), [layer]
    while stack:
        for link in layers[stack.pop()]:
            if link not in seen:
                seen.add(link)
                stack.append(link)
    return seen


def layer_of(path, layers):
    parts = pathlib.PurePosixPath(path).parent.as_posix()
    while parts not in layers and "/" in parts:
        parts = parts.rsplit("/", 1)[0]
    return parts


def read_untested():
    """Units without a test of their own, with the reason: scripts/untested.txt, one 'path: reason' a line."""
    entries = {}
    for line in (ROOT / "scripts" / "untested.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            unit, _, reason = line.partition(": ")
            entries[unit] = reason
    return entries


def read_sentences():
    """Layers of docs/design.md in their order: layer -> what it does."""
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]+) \|[^|]*\|$", (ROOT / "docs" / "design.md").read_text(), re.M)
    return {layer: sentence.strip() for layer, sentence in rows}


def check_sentences(layers):
    sentences = read_sentences()
    if list(sentences) != list(layers):
        return [f"docs/design.md: lists the layers {', '.join(sentences)}; CMakeLists.txt has {', '.join(layers)}"]
    return [f"docs/design.md: the layer '{layer}' is not described by one sentence" for layer, sentence in sentences.items()
            if not re.fullmatch(r"[A-Z].*[^.]\.", sentence) or ". " in sentence]


def unchecked_options(text):
    """Names of the options structs of a header that lack Check() though they have a field that can be wrong."""
    types = r"int|double|float|std::(?:size_t|u?int\d+_t|string|vector|function|filesystem|chrono|map|set)\b"
    checkable = re.compile(rf"^\s+(?:{types})[^(]*;", re.M)
    structs = re.findall(r"^( *)struct (\w+(?:Options|Limits)) \{\n(.*?)^\1\};", text, re.M | re.S)
    return [name for _, name, body in structs
            if checkable.search(body) and "void Check() const" not in body]


def check(layers):
    breaches, included_layers = [], {layer: set() for layer in layers}
    untested, units = read_untested(), set()
    for path in sorted(SOURCE.rglob("*")):
        if path.suffix not in (".h", ".cc"):
            continue
        relative = path.relative_to(SOURCE).as_posix()
        is_test = path.stem.endswith("_test")
        layer = layer_of(relative, layers)
        text = path.read_text()
        if layer == "testing":
            continue
        if layer not in layers:
            breaches.append(f"src/mhcnn/{relative}: its folder is no layer of CMakeLists.txt")
            continue
        limit = HEADER_LINES if path.suffix == ".h" else SOURCE_LINES
        if text.count("\n") > limit and not is_test:
            breaches.append(f"src/mhcnn/{relative}: {text.count(chr(10))} lines, more than {limit}: split it")
        for included in re.findall(r'#include [<"]([^>"]+)[>"]', text):
            if included.startswith("mhcnn/"):
                target = layer_of(included.removeprefix("mhcnn/"), layers)
                if target == "testing":
                    if not is_test:
                        breaches.append(f"src/mhcnn/{relative}: includes {included}, which is for tests only")
                elif target != layer and target in layers:
                    if not is_test:
                        included_layers[layer].add(target)
                    if target not in reachable(layers, layer):
                        breaches.append(f"src/mhcnn/{relative}: includes {included} of a layer that '{layer}' does not link")
            for prefix, allowed in THIRD_PARTY.items():
                if included.startswith(prefix) and layer not in allowed and not is_test:
                    breaches.append(f"src/mhcnn/{relative}: includes {included}, which only {', '.join(sorted(allowed))} may see")
        if path.suffix == ".h":
            breaches += [f"src/mhcnn/{relative}: {name} has no Check()" for name in unchecked_options(text)]
            code = re.sub(r"//.*", "", text)
            breaches += [f"src/mhcnn/{relative}: the name {name}() has no verb"
                         for name in re.findall(r"\b((?:[A-Z]\w*)?Of(?:[A-Z]\w*)?)\(", code)]
        if path.suffix == ".h" and path.with_suffix(".cc").exists():
            unit = relative.removesuffix(".h")
            units.add(unit)
            if not path.with_name(path.stem + "_test.cc").exists() and unit not in untested:
                breaches.append(f"src/mhcnn/{unit}: has no test {path.stem}_test.cc and no reason in scripts/untested.txt")
    order = list(layers)
    for layer, links in layers.items():
        for link in links:
            if order.index(link) > order.index(layer):
                breaches.append(f"CMakeLists.txt: '{layer}' links '{link}', which is above it")
            needed = included_layers[layer] & ({link} | reachable(layers, link))
            if not needed:
                breaches.append(f"CMakeLists.txt: '{layer}' links '{link}' and includes nothing of it")
    for unit in untested:
        if unit not in units:
            breaches.append(f"scripts/untested.txt: {unit} is no unit")
        elif (SOURCE / f"{unit}_test.cc").exists():
            breaches.append(f"scripts/untested.txt: {unit} has a test: remove the line")
    for unit, reason in untested.items():
        for named in re.findall(r"[\w/]+\.(?:cc|sh|py)\b", reason):
            if not (SOURCE / named).exists() and not (ROOT / named).exists():
                breaches.append(f"scripts/untested.txt: {unit}: there is no {named}")
    return breaches + check_sentences(layers), len(units), len(untested)


def table(layers):
    sentences = read_sentences()
    print("| layer | files | lines | lines of tests | what it does |\n|---|---|---|---|---|")
    for layer in layers:
        files = [p for p in (SOURCE / layer).glob("*") if p.suffix in (".h", ".cc")]
        count = {True: 0, False: 0}
        for path in files:
            count[path.stem.endswith("_test")] += path.read_text().count("\n")
        print(f"| `{layer}` | {len(files)} | {count[False]:,} | {count[True]:,} | {sentences.get(layer, '')} |")


def main():
    layers = read_layers()
    if sys.argv[1:] == ["--table"]:
        table(layers)
        return
    breaches, units, untested = check(layers)
    if breaches:
        sys.exit("\n".join(breaches))
    print(f"layers in order: {', '.join(layers)}; {units} units, {units - untested} with a test of their own")


if __name__ == "__main__":
    main()
