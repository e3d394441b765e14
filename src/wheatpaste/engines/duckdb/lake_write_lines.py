"""Rows as lines: delimited text as LazySimpleSerDe reads it, and JSON objects.

The columns are texts already (``text`` for strings, ``plain`` for values whose text needs no quoting, ``number`` and ``moment`` for what
JSON writes bare and quoted). What would be read back as another value is refused, row by row.
"""

import gzip
from collections.abc import Callable, Mapping, Sequence

import duckdb

from wheatpaste.engines.duckdb.failures import LakeError
from wheatpaste.engines.duckdb.lake_text import Lazy
from wheatpaste.engines.duckdb.settings import quoted, text

BATCH = 10_000
Columns = Sequence[tuple[str, str]]


def text_line(columns: Columns, parameters: Mapping[str, str]) -> str:
    """SQL of a delimited line."""
    lazy = Lazy(parameters)
    if parameters.get("skip.header.line.count", "0") != "0":
        raise LakeError("NOT_SUPPORTED", "wheatpaste refuses to write into a table with skip.header.line.count")
    cells = [f"coalesce({_cell(quoted(name), kind, lazy)}, {text(lazy.null)})" for name, kind in columns]
    return f" || {text(lazy.field)} || ".join(cells)


def _cell(sql: str, kind: str, lazy: Lazy) -> str:
    if kind != "text":
        return sql
    written, wrong = sql, ["chr(10)", "chr(13)"]
    if lazy.escape:
        doubled = f"replace({sql}, {text(lazy.escape)}, {text(lazy.escape * 2)})"
        written = f"replace({doubled}, {text(lazy.field)}, {text(lazy.escape + lazy.field)})"
    else:
        wrong.append(text(lazy.field))
    condition = " OR ".join([*(f"contains({sql}, {mark})" for mark in wrong), f"{written} = {text(lazy.null)}"])
    refused = text("!refused!a string with a delimiter, a line end or the sign for NULL in a delimited text file")
    return f"CASE WHEN {condition} THEN error({refused}) ELSE {written} END"


def json_line(columns: Columns, parameters: Mapping[str, str]) -> str:
    """SQL of a JSON object."""
    if any(name.startswith("mapping.") for name in parameters):
        raise LakeError("NOT_SUPPORTED", "wheatpaste refuses to write into a JSON table with mapping.* parameters")
    parts = [f"to_json({text(name)}) || ':' || coalesce({_member(quoted(name), kind)}, 'null')" for name, kind in columns]
    return "'{' || " + " || ',' || ".join(parts) + " || '}'"


def _member(sql: str, kind: str) -> str:
    if kind == "text":
        return f"CAST(to_json({sql}) AS VARCHAR)"
    if kind == "moment":
        return f"'\"' || {sql} || '\"'"
    if kind == "number":
        refused = text("!refused!NaN and Infinity in a JSON file")
        return f"CASE WHEN {sql} IN ('NaN', 'Infinity', '-Infinity') THEN error({refused}) ELSE {sql} END"
    return sql


LINES: dict[str, Callable[[Columns, Mapping[str, str]], str]] = {"text": text_line, "json": json_line}


def write_lines(connection: duckdb.DuckDBPyConnection, select: str, path: str, compression: str) -> int:
    """Write the one text column of ``select``, a line each; how many."""
    if compression not in ("GZIP", "NONE"):
        raise LakeError("NOT_SUPPORTED", f"wheatpaste refuses to write text or JSON with {compression}")
    found, rows = connection.execute(select), 0
    with gzip.open(path, "wb", compresslevel=6) if compression == "GZIP" else open(path, "wb") as file:
        while batch := found.fetchmany(BATCH):
            file.write("".join(f"{line}\n" for (line,) in batch).encode())
            rows += len(batch)
    return rows
