"""What stl_load_errors says of rows that could not be loaded."""

import bz2
import csv
import gzip
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO

from wheatpaste.engines.redshift.dialect.relations import INTERNAL
from wheatpaste.engines.redshift.transfer.copy_options import Copy
from wheatpaste.engines.redshift.warehouse.catalog import Table, TableColumn
from wheatpaste.engines.redshift.warehouse.session import Session, quoted
from wheatpaste.engines.redshift.warehouse.storage import Source

Check = Callable[[Copy, TableColumn, str], tuple[int, str] | None]
"""What is wrong with a field: a code and a reason; None when nothing is."""

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


def of_message(message: str, columns: Sequence[TableColumn], sources: Sequence[Source]) -> LoadError | None:
    """The error that DuckDB's message tells of; None when it is about no row."""
    line = re.search(r"Line: (\d+)", message)
    if line is None:
        return None
    original = re.search(r"Original Line: (.*)", message)
    named = re.search(r"column \"?c(\d+)\"?", message)
    column = columns[int(named[1])] if named and int(named[1]) < len(columns) else None
    value = re.search(r"Could not convert string \"(.*?)\" to", message, re.DOTALL) or re.search(
        r"Could not convert string '(.*?)' to", message
    )
    file = re.search(r"file ?= ?(\S+)", message)
    filename = next((s.url for s in sources if file and str(s.path) == file[1].rstrip(",")), sources[0].url if sources else "")
    code, reason = reason_of(message, column)
    return LoadError(
        filename,
        int(line[1]),
        column.name if column else "",
        kind_of(column),
        str(column.length or "") if column else "",
        original[1][:1024] if original else "",
        value[1][:1024] if value else "",
        code,
        reason,
    )


def reason_of(message: str, column: TableColumn | None) -> tuple[int, str]:
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


def kind_of(column: TableColumn | None) -> str:
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


def broken(copy: Copy, columns: Sequence[TableColumn], sources: Sequence[Source], most: int, check: Check) -> list[LoadError]:
    """The rows with a field that ``check`` objects to, at most so many: found by reading the files again."""
    found: list[LoadError] = []
    for source in sources:
        if copy.compression == "zstd":
            continue
        with _opened(copy, source) as file:
            for number, row in _rows(copy, file):
                found += _bad_fields(copy, columns, source, number, row, check)[:1]
                if len(found) >= most:
                    return found
    return found


def _bad_fields(copy: Copy, columns: Sequence[TableColumn], source: Source, number: int, row: list[str], check: Check) -> list[LoadError]:
    errors = []
    for column, text in zip(columns, row, strict=False):
        told = check(copy, column, text)
        if told is not None:
            raw = copy.delimiter.join(row)[:1024]
            errors.append(LoadError(source.url, number, column.name, kind_of(column), str(column.length or ""), raw, text[:1024], *told))
    return errors


def too_long(copy: Copy, column: TableColumn, text: str) -> tuple[int, str] | None:
    """Whether a text has more bytes than its column."""
    if column.length is not None and text != copy.null_text and len(text.rstrip(" ").encode()) > column.length:
        return TOO_LONG
    return None


def unreadable(copy: Copy, column: TableColumn, text: str) -> tuple[int, str] | None:
    """Whether a field is no value of its column's type; NULLs are none of our business."""
    base = column.type.partition("(")[0]
    if text in ("", copy.null_text) or base not in PARSERS:
        return None
    try:
        PARSERS[base](text.strip())
    except (ValueError, ArithmeticError):
        return reason_of("CONVERT", column)
    return None


def _boolean(text: str) -> bool:
    if text.lower() not in ("t", "f", "true", "false", "0", "1", "y", "n", "yes", "no"):
        raise ValueError(text)
    return True


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


def _opened(copy: Copy, source: Source) -> IO[str]:
    if copy.compression == "gzip":
        return gzip.open(source.path, "rt", encoding="utf-8", errors="replace", newline="")
    if copy.compression == "bzip2":
        return bz2.open(source.path, "rt", encoding="utf-8", errors="replace", newline="")
    return open(source.path, encoding="utf-8", errors="replace", newline="")


def _rows(copy: Copy, file: IO[str]) -> Iterator[tuple[int, list[str]]]:
    if copy.form == "CSV" or copy.remove_quotes:
        reader = csv.reader(file, delimiter=copy.delimiter, quotechar=copy.quote)
    else:
        reader = csv.reader(file, delimiter=copy.delimiter, quoting=csv.QUOTE_NONE)
    first = 1
    for row in reader:
        if first > copy.skip:
            yield first, row
        first = reader.line_num + 1


def keep(session: Session, table: Table, query: int, errors: Sequence[LoadError]) -> None:
    """Write errors where stl_load_errors finds them, in a session of their own: they outlive the transaction that failed."""
    if not errors:
        return
    rows = ", ".join(
        f"({query}, now(), {quoted(table.schema)}, {quoted(table.name)}, {quoted(e.filename)}, {e.line}, {quoted(e.column)},"
        f" {quoted(e.type)}, {quoted(e.length)}, 0, {quoted(e.raw_line)}, {quoted(e.raw_value)}, {e.code}, {quoted(e.reason)},"
        f" {session.process})"
        for e in errors
    )
    session.aside(f"INSERT INTO {INTERNAL}.load_errors VALUES {rows}")
