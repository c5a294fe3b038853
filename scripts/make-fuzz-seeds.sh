#!/usr/bin/env bash
# Makes the seeds of fuzz/corpus from the tests' own files, phantoms and models: scripts/make-fuzz-seeds.sh
# Findings (files named finding-*) stay.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/programs.sh
find_programs mhcnn
mhcnn=$bin/mhcnn corpus=fuzz/corpus work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for target in dicom dicomdir picture manifest safetensors torch_file model recipe zip; do
  mkdir -p "$corpus/$target"
  find "$corpus/$target" -name 'seed-*' -delete
done
for file in tests/data/dicom/*.dcm; do cp "$file" "$corpus/dicom/seed-$(basename "$file")"; done
$mhcnn phantom --count 1 --seed 3 --height 80 --width 64 --out "$work/p" >/dev/null 2>&1
.deps/venv/bin/python - "$work" "$corpus" <<'PY'
import pathlib, struct, sys, zipfile, json, pickle, io
work, corpus = map(pathlib.Path, sys.argv[1:])
def put(target, name, data):
    (corpus / target / f"seed-{name}").write_bytes(data)
picture = next((work / "p/images").glob("*.png")).read_bytes()
put("picture", "phantom.png", picture)
put("picture", "grey.pgm", b"P5\n# c\n70 80\n255\n" + bytes((x * y) % 251 for y in range(80) for x in range(70)))
put("picture", "plain.pgm", b"P2 3 2 15\n0 1 2\n3 4 15\n")
# A TIFF of one strip: 8 bits, 70 x 80.
pixels = bytes((x + y) % 256 for y in range(80) for x in range(70))
entries = [(256, 3, 1, 70), (257, 3, 1, 80), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8), (277, 3, 1, 1), (278, 3, 1, 80),
           (279, 4, 1, len(pixels))]
ifd = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHI", t, k, n) + struct.pack("<I", v) for t, k, n, v in entries) + bytes(4)
put("picture", "grey.tif", b"II*\0" + struct.pack("<I", 8 + len(pixels)) + pixels + ifd)
from pydicom import dcmread
from pydicom.encaps import generate_frames
put("picture", "grey.jpg", next(generate_frames(dcmread("tests/data/dicom/jpeg_baseline_u8.dcm").PixelData, number_of_frames=1)))
manifest = (work / "p/manifest.csv").read_bytes()
put("manifest", "phantom.csv", manifest)
put("manifest", "quotes.csv", b'image,patient_id,category,percent_density,view,split\n"a ""b"".png",P1,b,12.5,CC,train\n"c\nd.png",P2,,,,\n')
def tensors(header, data):
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data
put("safetensors", "two", tensors({"__metadata__": {"a": "b"}, "x": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]},
                                   "y": {"dtype": "F16", "shape": [3], "data_offsets": [16, 22]}}, bytes(22)))
put("safetensors", "checkpoint", tensors({"__metadata__": {"mhcnn.network": '{"encoder":"resnet18"}', "mhcnn.preprocess": "{}", "mhcnn.provenance": "{}"}}, b""))
def archive(members):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in members.items():
            z.writestr(name, content)
    return data.getvalue()
put("zip", "two", archive({"a/IM1": picture, "notes.txt": b"text" * 50}))
def field(number, data):  # a length-delimited protobuf field
    size, out = len(data), bytearray()
    while True:
        out.append(size & 127 | (128 if size > 127 else 0))
        size >>= 7
        if not size:
            break
    return bytes([number << 3 | 2]) + bytes(out) + data
import onnxruntime
card = onnxruntime.InferenceSession("models/mhcnn-fast.onnx").get_modelmeta().custom_metadata_map
put("model", "card.onnx", bytes([8, 8]) + field(7, field(2, b"main_graph")) + field(8, bytes([16, 17])) +
    b"".join(field(14, field(1, k.encode()) + field(2, v.encode())) for k, v in sorted(card.items())))
for recipe in pathlib.Path("recipes").glob("*.toml"):
    put("recipe", recipe.name, recipe.read_bytes())
PY
printf 'image\nx.png\n' > "$corpus/manifest/seed-short.csv"
for file in tests/data/goldens/*.pth; do cp "$file" "$corpus/torch_file/seed-$(basename "$file")"; done
cp tests/data/goldens/every_type.safetensors "$corpus/safetensors/seed-every_type"
for i in 0 1; do cp tests/data/dicom/explicit_u8.dcm "$work/IM$i"; done
(cd "$work" && dcmmkdir -Pgp -W -Nxc +I +D DICOMDIR IM0 IM1 >/dev/null 2>&1) || true
[[ ! -f $work/DICOMDIR ]] || cp "$work/DICOMDIR" "$corpus/dicomdir/seed-dicomdir"
du -sh "$corpus"
