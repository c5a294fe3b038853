"""The Python that scripts/setup made, for scripts that the system's Python may start."""
import importlib
import os
import pathlib
import sys

PYTHON = pathlib.Path(__file__).resolve().parents[3] / ".deps/venv/bin/python"


def modules(*names):
    """The modules of these names. Where one is missing, the script runs again in that Python."""
    try:
        return [importlib.import_module(name) for name in names]
    except ImportError:
        if sys.executable == str(PYTHON):
            raise
        os.execv(PYTHON, [str(PYTHON), *sys.argv])
