"""The work of COPY that reads files byte by byte: done in the warehouse's worker, so that the server never waits for it.

Only the standard library is imported here (and pyarrow, for zstd).
"""

import bz2
import csv
import gzip
import io
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, BinaryIO

from wheatpaste.engines.redshift.transfer.respell import respell

BLOCK = 1 << 22
INVALID_DATE = "Invalid date format - length must be 10 or more"
INVALID_TIMESTAMP = "Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS]"
TOO_LONG = (1204, "String length exceeds DDL length")
CODES = {  # what DuckDB says → Redshift's code and reason
    "TOO MANY COLUMNS": (1202, "Extra column(s) found"),
    "MISSING COLUMNS": (1213, "Missing data for not-null field, or delimiter not found"),
    "UNQUOTED VALUE": (1214, "Delimited value missing end quote"),
    "INVALID ENCODING": (1220, "String contains invalid or unsupported UTF8 codepoints"),
    "LINE SIZE OVER MAXIMUM": (1224, "Record length exceeds limit"),
}


@dataclass(frozen=True)
class LoadError:
    """One row that could not be loaded."""

    filename: str
    line: int
    column: str
    type: str
    length: str
    raw_line: str
    raw_value: str
    code: int
    reason: str


@dataclass(frozen=True)
class Field:
    """A column as far as a text must fit it: its name, its DuckDB type, the bytes that it takes."""

    name: str
    type: str
    length: int | None = None


@dataclass(frozen=True)
class Reading:
    """How the lines of a COPY's files are taken apart."""

    form: str
    compression: str
    delimiter: str
    quote: str
    skip: int
    null_text: str
    remove_quotes: bool


Check = Callable[[Reading, Field, str], tuple[int, str] | None]
"""What is wrong with a field: a code and a reason; None when nothing is."""


def reason_of(message: str, column: Field | None) -> tuple[int, str]:
    """Redshift's code and reason of a message of DuckDB's reader."""
    upper = message.upper()
    if "EXPECTED NUMBER OF COLUMNS" in upper or "COLUMNS, BUT" in upper:
        found = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", message)
        return CODES["TOO MANY COLUMNS" if found and int(found[2]) > int(found[1]) else "MISSING COLUMNS"]
    if "CONVERT" not in upper:
        for key, known in CODES.items():
            if key in upper:
                return known
        return CODES["INVALID ENCODING"] if "UNICODE" in upper else CODES["UNQUOTED VALUE"]
    family = column.type if column else ""
    if family in ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE"):
        return (
            1206,
            "Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS]"
            if family != "DATE"
            else "Invalid date format - length must be 10 or more",
        )
    if family == "BOOLEAN":
        return 1210, "Invalid boolean format"
    return 1207, "Invalid digit, Value, Pos 0, Type: " + {"INTEGER": "Integer", "BIGINT": "Long", "SMALLINT": "Short"}.get(
        family, "Decimal"
    )


def kind_of(column: Field | None) -> str:
    """stl_load_errors' short name of a column's type."""
    if column is None:
        return ""
    base = column.type.partition("(")[0]
    names = {
        "INTEGER": "int4",
        "BIGINT": "int8",
        "SMALLINT": "int2",
        "DOUBLE": "float8",
        "FLOAT": "float4",
        "DECIMAL": "numeric",
        "VARCHAR": "varchar",
    }
    return names.get(base, base.lower())


def broken(reading: Reading, fields: Sequence[Field], files: Sequence[tuple[str, str]], most: int, check: Check) -> list[LoadError]:
    """The rows with a field that ``check`` objects to, at most so many; ``files`` are paths with their URLs."""
    found: list[LoadError] = []
    for path, url in files:
        with opened(Path(path), reading.compression) as raw, io.TextIOWrapper(raw, "utf-8", "replace", newline="") as file:
            for number, row in _rows(reading, file):
                found += _bad_fields(reading, fields, url, number, row, check)[:1]
                if len(found) >= most:
                    return found
    return found


def _bad_fields(reading: Reading, fields: Sequence[Field], url: str, number: int, row: list[str], check: Check) -> list[LoadError]:
    errors = []
    for field, text in zip(fields, row, strict=False):
        told = check(reading, field, text)
        if told is not None:
            raw = reading.delimiter.join(row)[:1024]
            errors.append(LoadError(url, number, field.name, kind_of(field), str(field.length or ""), raw, text[:1024], *told))
    return errors


def too_long(reading: Reading, field: Field, text: str) -> tuple[int, str] | None:
    """Whether a text has more bytes than its column."""
    if field.length is not None and text != reading.null_text and len(text.rstrip(" ").encode()) > field.length:
        return TOO_LONG
    return None


def unreadable(reading: Reading, field: Field, text: str) -> tuple[int, str] | None:
    """Whether a field is no value of its column's type; NULLs are none of our business."""
    base = field.type.partition("(")[0]
    if text in ("", reading.null_text) or base not in PARSERS:
        return None
    try:
        PARSERS[base](text.strip())
    except (ValueError, ArithmeticError):
        return reason_of("CONVERT", field)
    return None


def no_integer(reading: Reading, field: Field, text: str) -> tuple[int, str] | None:
    """Whether a field of an integer column is none; NULLs are none of our business."""
    if field.type not in BITS or text in ("", reading.null_text):
        return None
    if re.fullmatch(r" *[-+]?[0-9]+ *", text) and -(2 ** BITS[field.type]) <= int(text) < 2 ** BITS[field.type]:
        return None
    return reason_of("CONVERT", field)


def _boolean(text: str) -> bool:
    if text.lower() not in ("t", "f", "true", "false", "0", "1", "y", "n", "yes", "no"):
        raise ValueError(text)
    return True


BITS = {"SMALLINT": 15, "INTEGER": 31, "BIGINT": 63}

PARSERS: dict[str, Callable[[str], object]] = {
    "SMALLINT": int,
    "INTEGER": int,
    "BIGINT": int,
    "DECIMAL": Decimal,
    "FLOAT": float,
    "DOUBLE": float,
    "BOOLEAN": _boolean,
    "DATE": date.fromisoformat,
    "TIMESTAMP": datetime.fromisoformat,
}


CHECKS: dict[str, Check] = {"too_long": too_long, "no_integer": no_integer, "unreadable": unreadable}


def opened(path: Path, compression: str) -> Any:
    """A file's bytes, unpacked."""
    if compression == "gzip":
        return gzip.open(path)
    if compression == "bzip2":
        return bz2.open(path)
    if compression == "zstd":
        import pyarrow as pa

        return pa.input_stream(str(path), compression="zstd")
    return path.open("rb")


def _rows(reading: Reading, file: IO[str]) -> Iterator[tuple[int, list[str]]]:
    if reading.form == "CSV" or reading.remove_quotes:
        reader = csv.reader(file, delimiter=reading.delimiter, quotechar=reading.quote)
    else:
        reader = csv.reader(file, delimiter=reading.delimiter, quoting=csv.QUOTE_NONE)
    first = 1
    for row in reader:
        if first > reading.skip:
            yield first, row
        first = reader.line_num + 1


def _contains(file: BinaryIO, wanted: bytes) -> bool:
    tail = b""
    while block := file.read(BLOCK):
        if wanted in tail + block:
            return True
        tail = block[-len(wanted) :]
    return False


# -- what the worker is asked, with parameters that JSON carries


def find_broken(
    reading: dict[str, Any], fields: list[dict[str, Any]], files: list[list[str]], most: int, check: str
) -> list[dict[str, Any]]:
    """``broken`` by the name of its check."""
    listed = [(path, url) for path, url in files]
    return [asdict(row) for row in broken(Reading(**reading), [Field(**field) for field in fields], listed, most, CHECKS[check])]


def find_text(paths: list[str], compression: str, text: str) -> bool:
    """Whether any file contains a text."""
    for path in paths:
        with opened(Path(path), compression) as file:
            if _contains(file, text.encode()):
                return True
    return False


def make_plain(path: str, target: str, compression: str, encoding: str, replacement: str | None) -> None:
    """Unpack a file into UTF-8, and replace what is invalid in it unless ``replacement`` is None. Raises ValueError."""
    with opened(Path(path), compression) as packed, Path(target).open("wb") as plain:
        if replacement is None and encoding == "utf-8":
            shutil.copyfileobj(packed, plain, BLOCK)
            return
        with io.TextIOWrapper(packed, encoding, "strict" if replacement is None else "replace", newline="") as text:
            while block := text.read(BLOCK):
                plain.write((block if replacement is None else block.replace("\ufffd", replacement)).encode())


WORK: dict[str, Callable[..., Any]] = {"broken": find_broken, "text": find_text, "plain": make_plain, "respell": respell}
