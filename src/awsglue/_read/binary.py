"""Formats that a Python library reads: whole files become records on Spark's workers."""

from __future__ import annotations

import datetime
import decimal
import importlib
import importlib.util
import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from awsglue import gluetypes as gt
from awsglue._frame.frame import Frame
from awsglue._frame.records import from_records
from awsglue._read.files import Files
from awsglue._read.relation import BINARY_FILE
from awsglue._read.spec import ReadSpec
from awsglue.utils import first_of

Records = Iterator[dict[str, Any]]
ION_OPTIONS = {"attachFilename", "attachTimestamp"}
EXCEL_OPTIONS = {"numberRows", "NumberRows", "skipFooter", "SkipFooter", "withHeader", "sheetName", "attachFilename", "attachTimestamp"}


def _need(library: str, format: str) -> None:
    if importlib.util.find_spec(library.partition(".")[0]) is None or importlib.util.find_spec(library) is None:
        package = {"openpyxl": "openpyxl", "amazon.ion": "amazon.ion"}[library]
        raise NotImplementedError(
            f"The format {format} needs the Python package {package}: install it, or give a job --additional-python-modules {package}"
        )


def _read(spec: ReadSpec, files: Files, records: Callable[[bytes], Records]) -> Frame:
    spec.refuse("attachFilename", "attachTimestamp")

    def of_file(row: Any) -> Records:
        try:
            yield from records(bytes(row.content))
        except Exception as error:
            raise ValueError(f"{row.path} is not read as {spec_format}: {type(error).__name__}: {error}") from error

    spec_format = str(spec.format)
    rows = files.load("binaryFile", BINARY_FILE, {}).select("path", "content").rdd.flatMap(of_file)
    return Frame(*from_records(spec.spark, rows, gt.StructType()))


# --- ion -------------------------------------------------------------------------------------------------------------


def read_ion(spec: ReadSpec, files: Files) -> Frame:
    """Amazon Ion, text or binary: a record per struct at the top of a file."""
    _need("amazon.ion", "ion")
    return _read(spec, files, _ion_records)


def _ion_records(content: bytes) -> Records:
    ion = importlib.import_module("amazon.ion.simpleion")
    for value in ion.load(io.BytesIO(content), single_value=False):
        if not isinstance(value, Mapping):
            raise TypeError(f"a value of type {type(value).__name__} stands where a struct is expected")
        yield {str(key): _ion_plain(item) for key, item in value.items()}


def _ion_plain(value: Any) -> Any:
    """Ion's own value types as Python's: they are subclasses that know their annotations."""
    if isinstance(value, Mapping):
        return {str(key): _ion_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_ion_plain(item) for item in value]
    if type(value).__name__ in ("IonPyNull", "NoneType"):
        return None
    if type(value).__name__ in ("IonPyBool", "bool"):
        return bool(value)
    if type(value).__name__ in ("IonPySymbol", "SymbolToken"):
        return str(getattr(value, "text", value))
    return _ion_scalar(value)


def _ion_scalar(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return datetime.datetime.fromtimestamp(value.timestamp(), datetime.timezone.utc) if value.tzinfo else value  # noqa: UP017
    plain = (bytes, str, int, float, decimal.Decimal)
    made = next((kind for kind in plain if isinstance(value, kind)), None)
    if made is None:
        raise TypeError(f"a value of type {type(value).__name__} has no counterpart in a record")
    return made(value)


# --- excel -----------------------------------------------------------------------------------------------------------


def read_excel(spec: ReadSpec, files: Files) -> Frame:
    """Excel workbooks (.xlsx): the rows of the first sheet, named by its first row."""
    _need("openpyxl", "excel")
    given = spec.format_options
    rows, footer = first_of(given, ("numberRows", "NumberRows")), int(first_of(given, ("skipFooter", "SkipFooter"), 0))
    header, sheet = str(given.get("withHeader", "true")).lower() == "true", given.get("sheetName")
    most = None if rows is None else int(rows)
    return _read(spec, files, lambda content: _excel_records(content, most, footer, header, sheet))


def _excel_records(content: bytes, most: int | None, footer: int, header: bool, sheet: Any) -> Records:
    openpyxl = importlib.import_module("openpyxl")
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    rows = [list(row) for row in (book[sheet] if sheet else book.worksheets[0]).iter_rows(values_only=True)]
    rows = [row for row in rows if any(cell is not None for cell in row)]
    if not rows:
        return
    names = [str(cell) if header and cell is not None else f"col{n}" for n, cell in enumerate(rows[0])]
    body = rows[1:] if header else rows
    body = body[: len(body) - footer] if footer else body
    for row in body if most is None else body[:most]:
        yield {name: _cell(cell) for name, cell in zip(names, row, strict=False)}


def _cell(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.time) else str(value) if isinstance(value, datetime.timedelta) else value
