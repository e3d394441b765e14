"""A query's rows as files of a table: one file for each combination of the partition keys' values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from wheatpaste.engines.duckdb.failures import LakeError
from wheatpaste.engines.duckdb.lake_write_lines import LINES, write_lines
from wheatpaste.engines.duckdb.settings import quoted, text

MOST = 100  # open partitions, as in Athena
ORC = {"ZLIB": "zlib", "GZIP": "zlib", "SNAPPY": "snappy", "ZSTD": "zstd", "LZ4": "lz4", "NONE": "uncompressed"}
PARQUET = {"GZIP": "gzip", "SNAPPY": "snappy", "ZSTD": "zstd", "LZ4": "lz4_raw", "NONE": "uncompressed"}


@dataclass(frozen=True)
class Target:
    """Where the files go, and what they hold."""

    folder: str
    columns: Sequence[Sequence[str]]  # name, SQL over the query's columns, and for lines what kind of text it gives
    keys: Sequence[str]
    format: str  # parquet, orc, json or text
    compression: str
    parameters: Mapping[str, str] = field(default_factory=dict)  # the SerDe's

    @property
    def plain(self) -> list[str]:
        """The columns that are written."""
        return [column[0] for column in self.columns if column[0] not in self.keys]


def write(connection: duckdb.DuckDBPyConnection, sql: str, target: Target) -> dict[str, Any]:
    """Run the query once, write its files; ``{"rows": …, "files": […]}``."""
    listed = ", ".join(f"{value} AS {quoted(name)}" for name, value, *_ in target.columns)
    row = connection.execute(f"CREATE TEMP TABLE result AS SELECT {listed} FROM ({sql}) AS q").fetchone()
    rows = int(row[0]) if row else 0
    files = [_file(connection, target, place, values) for place, values in enumerate(_partitions(connection, target, rows))]
    return {"rows": rows, "files": files}


def _partitions(connection: duckdb.DuckDBPyConnection, target: Target, rows: int) -> list[Sequence[str | None]]:
    if not target.keys:
        return [()] if rows else []
    keys = ", ".join(f"CAST({quoted(key)} AS VARCHAR)" for key in target.keys)
    found = connection.execute(f"SELECT DISTINCT {keys} FROM result ORDER BY ALL LIMIT {MOST + 1}").fetchall()
    if len(found) > MOST:
        raise LakeError("HIVE_TOO_MANY_OPEN_PARTITIONS", f"Exceeded limit of {MOST} open writers for partitions/buckets")
    return list(found)


def _file(connection: duckdb.DuckDBPyConnection, target: Target, place: int, values: Sequence[str | None]) -> dict[str, Any]:
    path = str(Path(target.folder) / str(place))
    rest = " AND ".join(
        f"CAST({quoted(key)} AS VARCHAR) IS NOT DISTINCT FROM {'NULL' if value is None else text(value)}"
        for key, value in zip(target.keys, values, strict=True)
    )
    source = f"FROM result{' WHERE ' + rest if rest else ''}"
    select = f"SELECT {', '.join(quoted(name) for name in target.plain)} {source}"
    if target.format == "orc":
        rows = _orc(connection, select, path, target)
    elif target.format in LINES:
        plain = [(column[0], column[2]) for column in target.columns if column[0] not in target.keys]
        line = LINES[target.format](plain, target.parameters)
        rows = write_lines(connection, f"SELECT {line} {source}", path, target.compression)
    else:
        row = connection.execute(f"COPY ({select}) TO {text(path)} ({_options(target)})").fetchone()
        rows = int(row[0]) if row else 0
    return {"path": path, "values": list(values), "rows": rows}


def _options(target: Target) -> str:
    if target.format != "parquet" or target.compression not in PARQUET:
        raise LakeError("NOT_SUPPORTED", f"wheatpaste refuses to write {target.format} with {target.compression}")
    return f"FORMAT parquet, COMPRESSION {PARQUET[target.compression]}"


def _orc(connection: duckdb.DuckDBPyConnection, select: str, path: str, target: Target) -> int:
    from pyarrow import orc

    if target.compression not in ORC:
        raise LakeError("NOT_SUPPORTED", f"wheatpaste refuses to write orc with {target.compression}")
    table = connection.sql(select).to_arrow_table()
    orc.write_table(table, path, compression=ORC[target.compression])
    return int(table.num_rows)
