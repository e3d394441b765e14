"""The child process that answers queries over files: an in-memory DuckDB for each query, and the next one ready before it is asked for."""

import importlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import duckdb

from wheatpaste.engines.duckdb import lake_write, settings
from wheatpaste.engines.duckdb.failures import explained
from wheatpaste.engines.duckdb.lake_tables import LakeTable, register
from wheatpaste.engines.worker import current, serve


class Spare:
    """A connection with its macros and limits made, so that a query does not wait for them."""

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

    def prepare(self, prelude: Sequence[str] | None = None) -> None:
        """Have one ready, as the last one or with another prelude."""
        with self._lock:
            if prelude is not None and self._prelude != prelude:
                self._prelude, self._connection = prelude, None
            if self._connection is None:
                self._connection = made(self._prelude)

    def replace(self, used: duckdb.DuckDBPyConnection) -> None:
        """Close one that a query has used and have the next ready, while the answer is already on its way."""

        def work() -> None:
            used.close()
            self.prepare()

        threading.Thread(target=work, daemon=True).start()


def made(prelude: Sequence[str]) -> duckdb.DuckDBPyConnection:
    """A connection to a database of its own."""
    connection = duckdb.connect(":memory:", config=settings.START)
    for statement in prelude:
        connection.execute(statement)
    return connection


SPARE = Spare()


def query(sql: str, tables: Sequence[Mapping[str, Any]], output: str, prelude: Sequence[str], limits: Sequence[str]) -> dict[str, Any]:
    """Write the rows of ``sql`` (all columns text) as CSV, everything quoted, NULL empty, no header; how many, and the seconds it took."""

    def copy(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
        statement = f"COPY ({sql}) TO {settings.text(output)} (FORMAT csv, HEADER false, FORCE_QUOTE *, NULLSTR '')"
        row = connection.execute(statement).fetchone()
        return {"rows": int(row[0]) if row else 0}

    return _run(tables, prelude, limits, settings.shut([*_paths(tables), output]), copy)


def write(
    sql: str,
    tables: Sequence[Mapping[str, Any]],
    columns: Sequence[Sequence[str]],
    keys: Sequence[str],
    folder: str,
    format: str,
    compression: str,
    parameters: Mapping[str, str],
    prelude: Sequence[str],
    limits: Sequence[str],
) -> dict[str, Any]:
    """Write the rows as files of a table, one for each partition: ``{"rows": …, "files": [{"path", "values", "rows"}]}``.

    ``columns`` are (name, SQL of the query's columns, kind of text for lines); those named in ``keys`` become the partitions' values (as
    text, None for NULL). ``parameters`` are the SerDe's.
    """
    target = lake_write.Target(folder, columns, keys, format, compression, parameters)
    return _run(
        tables, prelude, limits, settings.shut(_paths(tables), [folder]), lambda connection: lake_write.write(connection, sql, target)
    )


def _paths(tables: Sequence[Mapping[str, Any]]) -> list[str]:
    return [path for table in tables for group in table["groups"] for path, _, _ in group["files"]]


def _run(
    tables: Sequence[Mapping[str, Any]],
    prelude: Sequence[str],
    limits: Sequence[str],
    shutting: Sequence[str],
    answer: Callable[[duckdb.DuckDBPyConnection], dict[str, Any]],
) -> dict[str, Any]:
    began = time.monotonic()
    connection = SPARE.take([*prelude, *limits])
    current().on_cancel(connection.interrupt)
    try:
        connection.execute("; ".join(shutting))
        for table in tables:
            register(connection, LakeTable.read(table))
        planned = time.monotonic()
        found = answer(connection)
    except duckdb.Error as error:
        current().check()
        raise explained(error) from error
    finally:
        current().on_cancel(None)
        SPARE.replace(connection)
    return {**found, "planning": planned - began, "seconds": time.monotonic() - began}


def warm(prelude: Sequence[str], limits: Sequence[str]) -> bool:
    """Be ready for a first query; what only some queries need is loaded behind it."""
    SPARE.prepare([*prelude, *limits])
    threading.Thread(target=importlib.import_module, args=("wheatpaste.engines.duckdb.lake_reading",), daemon=True).start()
    return True


if __name__ == "__main__":
    serve({"query": query, "write": write, "warm": warm}, threads=2)
