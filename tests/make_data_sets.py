"""Small copies of the public data sets in their exact layouts, made of phantoms: python make_data_sets.py EXAMS OUT
EXAMS: what `mhcnn phantom --exam --count 4 --format dicom` wrote. Each set has the traps of the real one."""
import csv
import hashlib
import pathlib
import shutil
import struct
import subprocess
import sys

import numpy
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

exams, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
with open(exams / "manifest.csv", newline="") as file:
    rows = list(csv.DictReader(file))


def hexed(text):
    return hashlib.md5(text.encode()).hexdigest()


def jpeg(grey, path):
    """8-bit JPEG by dcmj2pnm."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID, ds.file_meta.MediaStorageSOPClassUID = ExplicitVRLittleEndian, "1.2.840.10008.5.1.4.1.1.7"
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = "2.25.9"
    ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.BitsAllocated, ds.BitsStored, ds.HighBit = 1, "MONOCHROME2", 8, 8, 7
    ds.PixelRepresentation, ds.Rows, ds.Columns = 0, *grey.shape
    ds.PixelData = grey.astype("u1").tobytes() + b"\0" * (grey.size % 2)
    path.parent.mkdir(parents=True, exist_ok=True)
    ds.save_as(path.with_suffix(".tmp.dcm"), enforce_file_format=True)
    subprocess.run(["dcmj2pnm", "+oj", "+Jq", "90", str(path.with_suffix(".tmp.dcm")), str(path)], check=True, capture_output=True)
    path.with_suffix(".tmp.dcm").unlink()


def png_mask(path):
    """The phantom's mask as an array, by the disc that mhcnn wrote: 8-bit PNG without interlace."""
    import zlib
    data, at, width, height, body = path.read_bytes(), 8, 0, 0, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        chunk = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height = struct.unpack(">II", chunk[:8])
        if kind == b"IDAT":
            body += chunk
        at += 12 + length
    raw, mask = zlib.decompress(body), numpy.zeros((height, width), "i4")
    for y in range(height):
        line = numpy.frombuffer(raw[y * (width + 1) + 1:(y + 1) * (width + 1)], "u1").astype("i4")
        kind, above = raw[y * (width + 1)], mask[y - 1] if y else numpy.zeros(width, "i4")
        for x in range(width):
            left, corner = (mask[y, x - 1], above[x - 1]) if x else (0, 0)
            p = left + above[x] - corner
            near = min((abs(p - left), 0, left), (abs(p - above[x]), 1, above[x]), (abs(p - corner), 2, corner))[2]
            mask[y, x] = (line[x] + (0, left, above[x], (left + above[x]) // 2, near)[kind]) & 255
    return mask


def vindr():
    root = out / "vindr"
    with open_csv(root / "breast-level_annotations.csv") as f:
        f.write("study_id,series_id,image_id,laterality,view_position,height,width,breast_birads,breast_density,split\n")
        for i, row in enumerate(rows):
            study, image = hexed(row["study_id"]), hexed(row["image"])
            split = "test" if i >= 12 else "training"
            f.write(
                f"{study},{hexed('s' + image)},{image},{row['laterality']},{row['view']},480,320,BI-RADS 2,"
                f"DENSITY {row['category'].upper()},{split}\n"
            )
            target = root / "images" / study / f"{image}.dicom"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(exams / row["image"], target)
        f.write(f"{hexed('x')},{hexed('y')},{hexed('gone')},L,CC,480,320,BI-RADS 1,DENSITY B,training\n")  # no file
    shutil.copy(exams / rows[0]["image"], root / "images" / hexed(rows[0]["study_id"]) / f"{hexed('norow')}.dicom")
    for layout in ("behravan", "behravan2"):
        masks = out / layout
        lines = []
        for row in rows[:6]:
            name = hexed(row["image"]) + ".jpg"
            breast, dense = png_mask(exams / row["breast_mask"]), png_mask(exams / row["dense_mask"])
            first, second = (masks / "train/train/breast_masks", masks / "train/train/dense_masks") if layout == "behravan" else \
                (masks / "train/breast_mask", masks / "train/dense_mask")
            jpeg(breast, first / name)
            jpeg(dense, second / name)
            lines.append(f"{name},{100 * (dense > 0).sum() / (breast > 0).sum():.2f}\n")
        if layout == "behravan":
            (masks / "train/train.csv").write_text("Filename,Density\n" + "".join(lines))
            jpeg(breast, masks / "train/train/breast_masks" / "0123.jpg")  # no image of this name


def open_csv(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    return open(path, "w", newline="")


def cbis():
    root = out / "cbis"
    head = "patient_id,{},left or right breast,image view,abnormality id,{},pathology,subtlety,"
    head += "image file path,cropped image file path,ROI mask file path\n"
    with open_csv(root / "mass_case_description_train_set.csv") as mass, open_csv(root / "calc_case_description_test_set.csv") as calc:
        mass.write(head.format("breast_density", "abnormality type,mass shape,mass margins,assessment"))
        calc.write(head.format("breast density", "abnormality type,calc type,calc distribution,assessment"))
        for i, row in enumerate(rows[:12]):
            kind, file = ("Mass-Training", mass) if i < 8 else ("Calc-Test", calc)
            side = {"L": "LEFT", "R": "RIGHT"}[row["laterality"]]
            patient = f"P_{10 + i // 4:05}"
            top = f"{kind}_{patient}_{side}_{row['view']}"
            stated = f"{top}/1.3.6.{i}.1/1.3.6.{i}.2/000000.dcm"
            target = root / "CBIS-DDSM" / stated
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(exams / row["image"], target)
            density = 0 if i == 3 else "abcd".index(row["category"]) + 1
            for abnormality in (1, 2) if i % 3 == 0 else (1,):
                file.write(f'{patient},{density},{side},{row["view"]},{abnormality},mass,OVAL,OBSCURED,4,BENIGN,3,{stated},"{top}_1/a/b/000001.dcm\n",'
                           f'"{top}_1/a/b/000000.dcm\n"\n')


def inbreast():
    root = out / "inbreast"
    with open_csv(root / "INbreast.csv") as f:
        f.write("Patient ID;Patient age;Laterality;View;Acquisition date;File Name;ACR;Bi-Rads\n")
        for i, row in enumerate(rows[:8]):
            number, view = 22678600 + i, "ML" if row["view"] == "MLO" else "CC"
            acr = " " if i == 2 else "abcd".index(row["category"]) + 1
            f.write(f"removed;removed;{row['laterality']};{row['view']};201001;{number};{acr};{'4a' if i == 1 else 1}\n")
            target = root / "AllDICOMs" / f"{number}_{hexed(row['patient_id'])[:16]}_MG_{row['laterality']}_{view}_ANON.dcm"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(exams / row["image"], target)
            if row["view"] == "MLO":
                points = ((0, 0), (120, 0), (0, 200)) if row["laterality"] == "L" else ((319, 0), (199, 0), (319, 200))
                listed = "".join(f"<string>({x}.0, {y}.0)</string>" for x, y in points)
                xml = root / "PectoralMuscle/Pectoral Muscle XML" / f"{number}_muscle.xml"
                xml.parent.mkdir(parents=True, exist_ok=True)
                xml.write_text(
                    '<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict><key>Images</key><array><dict><key>ImageIndex</key>'
                    "<integer>0</integer><key>NumberOfROIs</key><integer>1</integer><key>ROIs</key><array><dict><key>Name</key><string>"
                    f"Pectoral Muscle</string><key>NumberOfPoints</key><integer>3</integer><key>Point_px</key><array>{listed}</array>"
                    "</dict></array></dict></array></dict></plist>"
                )


def mias():
    root = out / "mias"
    root.mkdir()
    for n in range(1, 9):
        y, x = numpy.mgrid[0:1024, 0:1024]
        picture = numpy.where(numpy.hypot((y - 512) / 450, x / (500 + 10 * n)) < 1, 90 + (x * n + y) % 100, (x + y) % 5).astype("u1")
        (root / f"mdb{n:03}.pgm").write_bytes(b"P5\n1024 1024\n255\n" + picture.tobytes())
    (root / "Info.txt").write_text(
        "This file lists the films. mdb is the database's prefix.\n\nmdb001 G CIRC B 535 425 197\n"
        "mdb002 G CIRC B 522 280 69\nmdb003 D NORM \n"
        "mdb004 D NORM\nmdb005 F CIRC B 477 133 30\nmdb005 F CIRC B 500 168 26\nmdb006 F NORM\n"
        "mdb007 G CALC B *NOTE 3*\nmdb008 G NORM\nmdb009 F NORM\n"
    )


def generic():
    root = out / "generic"
    for row in rows[:6]:
        stem = row["image"].replace("/", "_")[:-4]
        for folder, source in (("images", row["image"]), ("breast_masks", row["breast_mask"]), ("dense_masks", row["dense_mask"])):
            target = root / folder / (stem + pathlib.Path(source).suffix)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(exams / source, target)
    shutil.copy(root / "images" / (rows[0]["image"].replace("/", "_")), root / "images" / "twin.dcm")  # a duplicate
    (root / "images" / "broken.dcm").write_bytes((root / "images" / "twin.dcm").read_bytes()[:3000])
    shutil.copy(next((root / "dense_masks").iterdir()), root / "dense_masks" / "nobody.png")


def xlsx(path, table):
    """A workbook as spreadsheet programs write it: shared strings, numbers, cells left out where they are empty."""
    import zipfile
    strings = sorted({v for row in table for v in row if isinstance(v, str)})

    def escape(t):
        return t.replace("&", "&amp;").replace("<", "&lt;")

    lines = []
    for y, row in enumerate(table, 1):
        cells = "".join(
            f'<c r="{chr(65 + x)}{y}"' + (f' t="s"><v>{strings.index(v)}</v>' if isinstance(v, str) else f"><v>{v}</v>") + "</c>"
            for x, v in enumerate(row)
            if v is not None
        )
        lines.append(f'<row r="{y}">{cells}</row>')
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", f'<workbook {main} xmlns:r="{links}"><sheets><sheet name="note" sheetId="1" r:id="rId9"/>'
                         '<sheet name="all" sheetId="2" r:id="rId1"/></sheets></workbook>')
        archive.writestr("xl/_rels/workbook.xml.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                         f'<Relationship Id="rId1" Type="{links}/worksheet" Target="worksheets/sheet2.xml"/>'
                         f'<Relationship Id="rId9" Type="{links}/worksheet" Target="/xl/worksheets/sheet1.xml"/></Relationships>')
        archive.writestr("xl/worksheets/sheet1.xml", f"<worksheet {main}><sheetData/></worksheet>")
        archive.writestr("xl/worksheets/sheet2.xml", f"<worksheet {main}><sheetData>{''.join(lines)}</sheetData></worksheet>")
        archive.writestr("xl/sharedStrings.xml", f"<sst {main}>" + "".join(
            f"<si><r><t>{escape(s[:1])}</t></r><r><t xml:space=\"preserve\">{escape(s[1:])}</t></r></si>" for s in strings) + "</sst>")


def cesm():
    """As published: a row for each picture, low-energy and subtracted; names with spaces at their ends; '_' for no density."""
    root, table = out / "cesm", [["Image_name", "Patient_ID", "Side", "Type", "Age", "Breast density (ACR)", "BIRADS", "View"]]
    for i, row in enumerate(rows[:8]):
        patient = f"P{i // 4 + 1}"
        for kind, folder in (("DM", "Low energy images of CDD-CESM"), ("CM", "Subtracted images of CDD-CESM")):
            name = f"{patient}_{row['laterality']}_{kind}_{row['view']}"
            density = "_" if i == 5 else row["category"].upper()
            table.append(
                [name + (" " if i % 2 else ""), i // 4 + 1, row["laterality"], kind, 50 + i, density, None if i == 3 else "1", row["view"]]
            )
            picture = pydicom.dcmread(exams / row["image"]).pixel_array
            jpeg((picture // 16).clip(0, 255), root / folder / f"{name}.jpg")
            if i == 2 and kind == "DM":
                table.append([*table[-1][:5], "a" if row["category"] != "a" else "b", "4", row["view"]])  # another finding, another density
    table.append(["P9_L_DM_CC", 9, "L", "DM", 61, "c", "2", "CC"])  # no file
    jpeg((picture // 16).clip(0, 255), root / "Low energy images of CDD-CESM/P8_R_DM_CC.jpg")  # no row
    xlsx(root / "Radiology-manual-annotations.xlsx", table)
    for picture in root.rglob("*.jpg"):
        target = out / "cesm_csv/images" / picture.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(picture, target)
    with open_csv(out / "cesm_csv/labels.csv") as f:
        f.write("image,patient_id,acr\n")
        for line in table[1:]:
            if line[3] == "DM":
                f.write(f"images/{line[0].strip()}.jpg,P{line[1]},{'' if line[5] == '_' else line[5].lower()}\n")


for make in (vindr, cbis, inbreast, mias, generic, cesm):
    make()
