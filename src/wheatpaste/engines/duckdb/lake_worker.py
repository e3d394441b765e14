"""The child process that answers queries over files: an in-memory DuckDB for each query, and the next one ready before it is asked for."""

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa  # noqa: F401 - loaded while nobody waits

from wheatpaste.engines.duckdb import settings
from wheatpaste.engines.duckdb.failures import LakeError, explained
from wheatpaste.engines.duckdb.lake_tables import LakeTable, register
from wheatpaste.engines.worker import current, serve


class Spare:
    """A connection with its macros made, so that a query does not wait for them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._prelude: Sequence[str] = ()
        self._connection: duckdb.DuckDBPyConnection | None = None

    def take(self, prelude: Sequence[str]) -> duckdb.DuckDBPyConnection:
        """A fresh connection; another is made behind it."""
        with self._lock:
            found, self._connection = (self._connection, None) if self._prelude == prelude else (None, None)
            self._prelude = prelude
        return found or made(prelude)

    def prepare(self) -> None:
        """Have one ready."""
        with self._lock:
            if self._connection is None:
                self._connection = made(self._prelude)


def made(prelude: Sequence[str]) -> duckdb.DuckDBPyConnection:
    """A connection to a database of its own."""
    connection = duckdb.connect(":memory:", config=settings.START)
    connection.execute("SET TimeZone = 'UTC'")
    for statement in prelude:
        connection.execute(statement)
    return connection


SPARE = Spare()


def query(sql: str, tables: Sequence[Mapping[str, Any]], output: str, prelude: Sequence[str], limits: Sequence[str]) -> dict[str, Any]:
    """Write the rows of ``sql`` (all columns text) as CSV, everything quoted, NULL empty, no header; how many, and the seconds it took."""
    return _run(
        tables, prelude, limits, [output], f"COPY ({sql}) TO {settings.text(output)} (FORMAT csv, HEADER false, FORCE_QUOTE *, NULLSTR '')"
    )


def write(
    sql: str,
    tables: Sequence[Mapping[str, Any]],
    outputs: Sequence[str],
    copies: Sequence[str],
    prelude: Sequence[str],
    limits: Sequence[str],
) -> dict[str, Any]:
    """Run the query once into a table named ``result``, then each of ``copies`` (COPY statements to ``outputs``)."""
    return _run(tables, prelude, limits, list(outputs), f"CREATE TEMP TABLE result AS {sql}", *copies)


def _run(
    tables: Sequence[Mapping[str, Any]], prelude: Sequence[str], limits: Sequence[str], outputs: Sequence[str], *statements: str
) -> dict[str, Any]:
    began = time.monotonic()
    connection = SPARE.take(prelude)
    current().on_cancel(connection.interrupt)
    try:
        lake = [LakeTable.read(table) for table in tables]
        allowed = [file.path for table in lake for group in table.groups for file in group.files]
        for statement in (*limits, *settings.shut([*allowed, *outputs])):
            connection.execute(statement)
        for table in lake:
            register(connection, table)
        planned = time.monotonic()
        counts = [_count(connection.execute(statement)) for statement in statements]
    except duckdb.Error as error:
        current().check()
        raise explained(error) from error
    finally:
        current().on_cancel(None)
        connection.close()
        threading.Thread(target=SPARE.prepare, daemon=True).start()
    return {"rows": counts[0], "counts": counts, "planning": planned - began, "seconds": time.monotonic() - began}


def _count(connection: duckdb.DuckDBPyConnection) -> int:
    row = connection.fetchone()
    return int(row[0]) if row else 0


def warm(prelude: Sequence[str]) -> bool:
    """Be ready for a first query."""
    SPARE.take(prelude).close()
    SPARE.prepare()
    return True


if __name__ == "__main__":
    serve({"query": query, "write": write, "warm": warm}, threads=2)

__all__ = ["LakeError"]
