"""What stl_load_errors says of rows that could not be loaded."""

import re
from collections.abc import Sequence
from dataclasses import asdict

from wheatpaste.engines.redshift.dialect.relations import INTERNAL
from wheatpaste.engines.redshift.transfer import readers
from wheatpaste.engines.redshift.transfer.copy_options import Copy
from wheatpaste.engines.redshift.transfer.files import Field, LoadError, Reading, kind_of, reason_of
from wheatpaste.engines.redshift.warehouse.catalog import Table, TableColumn
from wheatpaste.engines.redshift.warehouse.session import Session, quoted
from wheatpaste.engines.redshift.warehouse.storage import Source


def field(column: TableColumn) -> Field:
    """A column as far as a text must fit it."""
    return Field(column.name, column.type, column.length)


def broken(
    session: Session, copy: Copy, columns: Sequence[TableColumn], sources: Sequence[Source], most: int, check: str
) -> list[LoadError]:
    """The rows with a field that a check (``too_long``, ``unreadable``) objects to: the worker reads the files again."""
    reading = Reading(copy.form, copy.compression, copy.delimiter, copy.quote, copy.skip, copy.null_text, copy.remove_quotes)
    found = session.engine.files(
        "broken",
        reading=asdict(reading),
        fields=[asdict(Field(column.name, "") if readers.formatted(copy, column) else field(column)) for column in columns],
        files=[(str(source.path), source.url) for source in sources],
        most=most,
        check=check,
    )
    return [LoadError(**row) for row in found]


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
    code, reason = reason_of(message, field(column) if column else None)
    return LoadError(
        filename,
        int(line[1]),
        column.name if column else "",
        kind_of(field(column) if column else None),
        str(column.length or "") if column else "",
        original[1][:1024] if original else "",
        value[1][:1024] if value else "",
        code,
        reason,
    )


def keep(session: Session, table: Table, query: int, errors: Sequence[LoadError]) -> None:
    """Write errors where stl_load_errors finds them, in a session of their own: they outlive the transaction that failed."""
    if not errors:
        return
    rows = ", ".join(
        f"({query}, now(), {quoted(table.schema)}, {quoted(table.name)}, {quoted(e.filename)}, {e.line}, {quoted(e.column)},"
        f" {quoted(e.type)}, {quoted(e.length)}, 0, {_raw(e.raw_line)}, {_raw(e.raw_value)}, {e.code}, {quoted(e.reason)},"
        f" {session.process})"
        for e in errors
    )
    session.aside(f"INSERT INTO {INTERNAL}.load_errors VALUES {rows}")


def _raw(text: str) -> str:
    """What was read, as SQL: a NUL, which no statement can hold, is shown as \\0."""
    return quoted(text.replace("\0", "\\0"))
