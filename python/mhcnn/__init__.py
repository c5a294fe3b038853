"""Breast density from mammograms. A research tool, not a medical device.

>>> model = mhcnn.Model("fast")
>>> result = model.analyze("L-CC.dcm")
>>> result.percent, result.interval, result.category

A file that cannot be measured has a text in `result.error`; wrong arguments and models raise mhcnn.Error.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas


def _check_processor() -> None:
    """The libraries would end Python by SIGILL on a processor that is too old."""
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
            flags = next((line.split() for line in file if line.startswith("flags")), None)
    except OSError:
        return
    if flags is not None and "sse4_2" not in flags:
        raise ImportError("mhcnn: this processor has no SSE4.2 instructions, which the inference engine needs; use one made after 2008")


_check_processor()
try:
    from . import _core
except ImportError as error:
    raise ImportError(f"mhcnn: {error}; the wheel is for x86-64 Linux with glibc 2.36 or later: install it again with pip there") from error

from ._core import ExamResult, Result  # noqa: E402
from ._error import Error  # noqa: E402

__version__: str = _core.version
ERROR_CODES: tuple[str, ...] = _core.codes
"""Values of Error.code and Result.error_code."""

__all__ = ["ERROR_CODES", "Error", "ExamResult", "Model", "Picture", "Result", "__version__", "frame", "read_dicom"]

Source = Any
"""A path (str, os.PathLike), the content of a file (bytes, bytearray, memoryview or a binary file that is open), a 2-D numpy array, or a
pydicom Dataset."""


def _one_of(subject: str, value: str | None, allowed: dict[str, str]) -> str:
    if value is None:
        return ""
    found = allowed.get(value.lower()) if isinstance(value, str) else None
    if found is None:
        raise Error.make(f"is {value!r}", subject, "give one of " + ", ".join(sorted(set(allowed.values()))) + ", or None")
    return found


def _spacing(value: float | Sequence[float] | None) -> tuple[float | None, float | None]:
    """Row and column spacing."""
    if value is None:
        return None, None
    try:
        row, column = (value, value) if np.ndim(value) == 0 else value
        return float(row), float(column)
    except (TypeError, ValueError):
        raise Error.make(f"is {value!r}", "spacing_mm", "give millimetres for a pixel, or a pair (rows, columns)") from None


def _pixels(array: np.ndarray) -> np.ndarray:
    """Grey values as libmhcnn takes them; a copy where the array is of another type or order."""
    if array.ndim != 2 or array.size == 0:
        raise Error.make(f"has the shape {array.shape}", "array", "give rows x columns grey values of one picture")
    if array.size > _MAX_PIXELS:
        raise Error.make(f"has {array.size} pixels; at most {_MAX_PIXELS} are measured", "array", "give a smaller picture", "limit")
    if array.dtype.kind not in "iu":
        raise Error.make(f"has the type {array.dtype}", "array", "convert the grey values to uint8 or uint16")
    if array.dtype not in (np.uint8, np.uint16) and (array.min() < 0 or array.max() > 65535):
        raise Error.make(f"has values from {array.min()} to {array.max()}", "array", "give values from 0 to 65535")
    return np.ascontiguousarray(array, dtype=np.uint16)


_MAX_PIXELS = 120_000_000  # as for files


def _content(dataset: Any) -> bytes:
    """The DICOM file of a pydicom Dataset."""
    buffer = BytesIO()
    try:
        try:
            dataset.save_as(buffer, enforce_file_format=True)
        except TypeError:  # before pydicom 3
            dataset.save_as(buffer, write_like_original=False)
    except Exception as error:
        raise Error.make(
            f"pydicom cannot write it: {error}", "Dataset", "complete it, for example file_meta.TransferSyntaxUID and SOPClassUID"
        ) from error
    return buffer.getvalue()


def _file(source: Any, *, files_alone: bool = False) -> tuple[bytes | None, bytes, str]:
    """The path of a file; or None, its content and the name of that."""
    if isinstance(source, (str, os.PathLike)):
        path = os.fsencode(source)
        if b"\0" in path:
            raise Error.make("contains a zero byte", "path", "give the path of a file")
        return path, b"", ""
    name = ""
    if isinstance(source, (bytes, bytearray, memoryview)):
        content = bytes(source)
    elif hasattr(source, "save_as") and hasattr(source, "SOPClassUID"):
        content = _content(source)
        name = str(getattr(source, "SOPInstanceUID", ""))
    elif hasattr(source, "read"):
        content = source.read()
    else:
        content = None
    if not isinstance(content, bytes):
        kinds = "a path, bytes or a pydicom Dataset" if files_alone else "a path, bytes, a 2-D numpy array or a pydicom Dataset"
        raise TypeError(f"mhcnn: {type(source).__name__} is no picture: give {kinds}")
    return None, content, name


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture as it is displayed and measured, and what its file says."""

    pixels: np.ndarray = field(repr=False)
    """Grey values, uint16, rows x columns; a higher value is brighter (denser tissue)."""
    name: str
    """The path or the name of the picture."""
    laterality: str | None
    """'L', 'R' or None, as the file states it."""
    view: str | None
    """'CC', 'MLO', 'other' or None, as the file states it."""
    spacing_mm: tuple[float, float] | None
    """Millimetres for a pixel at the breast: rows, columns; None where the file does not say."""
    flags: list[str]
    """Warnings of the header: docs/flags.md."""


def read_dicom(source: str | os.PathLike[str] | bytes | Any, *, convert_raw: bool = False) -> Picture:
    """Reads a mammogram as analyze() does, at its full size: a path, the content of a file or a pydicom Dataset.

    The pixels are those of the display: MONOCHROME1 is inverted, the VOI LUT or window is applied (docs/dicom.md). Other picture files
    (PNG, TIFF, JPEG, ...) are read too. convert_raw: convert raw FOR PROCESSING images instead of refusing them. Raises mhcnn.Error.
    """
    path, content, name = _file(source, files_alone=True)
    read = _core.read_buffer(content, name, bool(convert_raw)) if path is None else _core.read_file(path, bool(convert_raw))
    return Picture(**read)


def _count(subject: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not 0 <= value <= 4096:
        raise Error.make(f"is {value!r}", subject, "give a number from 1 to 4096, or 0 for all processors")
    return int(value)


class Model:
    """A loaded model. It may be used by several threads at once; the GIL is released while it reads and measures."""

    def __init__(
        self,
        model: str | os.PathLike[str] = "fast",
        *,
        threads: int = 0,
        calibration: str | os.PathLike[str] | None = None,
        convert_raw: bool = False,
        variants: int = 1,
    ) -> None:
        """Loads 'fast', 'accurate' or an ONNX file.

        threads: threads of the network, 0 for all processors. calibration: a file that `mhcnn calibrate` wrote; None: the model's own.
        convert_raw: convert raw FOR PROCESSING images instead of refusing them. variants: variants of test-time augmentation, 1 to 8.
        Raises mhcnn.Error.
        """
        named = "" if calibration is None else os.fspath(calibration)
        self._analyzer = _core.Analyzer.load(os.fspath(model), _count("threads", threads), named, bool(convert_raw), int(variants))

    @property
    def name(self) -> str:
        """Name and version of the model, and the site that it is calibrated for."""
        return self._analyzer.name

    def __repr__(self) -> str:
        return f"<mhcnn.Model {self.name}>"

    def analyze(
        self,
        source: Source,
        *,
        spacing_mm: float | Sequence[float] | None = None,
        laterality: str | None = None,
        view: str | None = None,
        name: str | None = None,
    ) -> Result:
        """Measures one picture: a path, the content of a file, a 2-D array or a pydicom Dataset.

        An array contains grey values for display: a higher value is brighter (denser tissue). spacing_mm (millimetres for a pixel, or a
        pair of rows and columns), laterality ('L', 'R') and view ('CC', 'MLO', 'other') are for arrays alone: a file states its own.
        name: becomes Result.name; a path has its own. Raises mhcnn.Error for wrong arguments and TypeError for other kinds of source.
        """
        if isinstance(source, np.ndarray):
            row, column = _spacing(spacing_mm)
            side = _one_of("laterality", laterality, {"l": "L", "r": "R", "left": "L", "right": "R"})
            projection = _one_of("view", view, {"cc": "CC", "mlo": "MLO", "other": "other"})
            return self._analyzer.analyze_pixels(_pixels(source), row, column, side, projection, name or "")
        for subject, value in (("spacing_mm", spacing_mm), ("laterality", laterality), ("view", view)):
            if value is not None:
                raise Error.make("is given for a file, which states its own", subject, "leave it out, or give the pixels as an array")
        if isinstance(source, (str, os.PathLike)) and name is not None:
            raise Error.make("is given for a path", "name", "leave it out: the result has the path")
        path, content, found = _file(source)
        if path is not None:
            return self._analyzer.analyze_file(path)
        return self._analyzer.analyze_buffer(content, name or found)

    def preprocess(self, source: Source) -> np.ndarray:
        """Returns the input that analyze() gives to the network: float32, rows x columns of the model.

        The breast is upright, cropped and scaled: its dark and bright percentiles are 0 and 1, and the frame around it is 0. Raises
        mhcnn.Error where the picture cannot be read or is refused before the network runs.
        """
        if isinstance(source, np.ndarray):
            return self._analyzer.preprocess_pixels(_pixels(source))
        path, content, _ = _file(source)
        return self._analyzer.preprocess_buffer(content) if path is None else self._analyzer.preprocess_file(path)

    def analyze_many(self, sources: Iterable[Source], *, threads: int = 0) -> list[Result]:
        """Measures many pictures at once and returns the results in their order.

        threads: pictures at a time, 0 for the number of processors (at most 4: each picture takes up to 0.5 GB).
        """
        wanted = list(sources)
        at_once = _count("threads", threads) or min(4, len(os.sched_getaffinity(0)))
        with ThreadPoolExecutor(max(1, min(at_once, len(wanted)))) as pool:
            futures = [pool.submit(self.analyze, source) for source in wanted]
            try:
                return [future.result() for future in futures]
            except BaseException:  # Ctrl-C too: what has not begun does not begin
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def exam(self, images: Iterable[Source | Result], *, threads: int = 0) -> ExamResult:
        """Measures the images of one exam: sources, or results of analyze(), which are not measured again."""
        wanted = list(images)
        if not wanted:
            raise Error.make("has no images", "exam", "give at least one")
        measured = iter(self.analyze_many([one for one in wanted if not isinstance(one, Result)], threads=threads))
        return _core.make_exam([one if isinstance(one, Result) else next(measured) for one in wanted])


for _class in (Result, ExamResult):
    _class.__module__ = "mhcnn"


def frame(results: Iterable[Result] | Iterable[ExamResult]) -> pandas.DataFrame:
    """A pandas DataFrame with a row for each result, in their order; the columns are those of results.json. Needs pandas."""
    try:
        import pandas
    except ImportError:
        raise Error.make("is not installed", "pandas", "install it: pip install pandas", "not_found") from None
    rows = [result.to_dict() for result in results]
    return pandas.DataFrame(rows)
