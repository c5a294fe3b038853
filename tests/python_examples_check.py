#!/usr/bin/env python3
"""Runs the code of docs/python.md and of the notebook with the installed wheel: python_examples_check.py DOCUMENT NOTEBOOK EXAM.
The working folder is writable. Each block of Python must run as it stands; what it speaks of and does not make is made here."""
import contextlib
import io
import json
import os
import pathlib
import re
import shutil
import sys
import types

import mhcnn

DOCUMENT, NOTEBOOK, EXAM = map(pathlib.Path, sys.argv[1:])
sys.path.append(os.environ["BESIDE"])


def run(code, where, names):
    try:
        exec(compile(code, where, "exec"), names)
    except Exception as error:
        sys.exit(f"FAILED: {where}: {type(error).__name__}: {error}\n{code}")


def run_document():
    import pydicom

    for folder in ("exam", "exams/one"):
        shutil.copytree(EXAM, folder)
    for file in EXAM.glob("*.dcm"):
        shutil.copy(file, file.name)
    content = (EXAM / "L-CC.dcm").read_bytes()
    names = {"Path": pathlib.Path, "pydicom": pydicom, "response": types.SimpleNamespace(content=content),
             "array": mhcnn.read_dicom(content).pixels, "plt": types.SimpleNamespace(imshow=lambda *_, **__: None)}  # fmt: skip
    blocks = re.findall(r"^```python\n(.*?)^```$", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert len(blocks) >= 4, "the document has no examples"
    for i, block in enumerate(blocks, 1):
        run(block, f"{DOCUMENT.name}, block {i}", names)
    assert names["result"].name == "case 7" and names["result"].laterality == "L", "facts of an array"
    assert names["overlay"].shape == names["array"].shape, "size of a mask"
    assert names["exam"].missing == [] and names["exam"].ok, "the exam"
    assert pathlib.Path("density.csv").read_text(encoding="utf-8").count("\n") == 5, "rows of the table"
    assert names["network_input"].ndim == 2, "input of the network"
    return len(blocks)


def run_notebook():
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert all(not cell.get("outputs") for cell in notebook["cells"]), "outputs are not kept in the repository"
    os.chdir(NOTEBOOK.parent)
    names, said = {}, io.StringIO()
    cells = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    with contextlib.redirect_stdout(said):
        for i, cell in enumerate(cells, 1):
            run(cell, f"{NOTEBOOK.name}, cell {i}", names)
    assert abs(names["share"] - names["result"].percent) < 1, "percent of the masks"
    assert len(names["table"]) == 4 and f"{names['exam'].percent:.1f} %" in said.getvalue(), "the exam"
    return len(cells)


print(f"{run_document()} blocks of {DOCUMENT.name}, {run_notebook()} cells of {NOTEBOOK.name}")
